"""What a region's profile says beside its figures: facts of the region, and its trend with target and last year."""

from typing import Any

import numpy as np
import pandas as pd

from ecodash.analytics.reconciliation import is_own_report
from ecodash.domain.access import Right
from ecodash.domain.composite import find_composite_number
from ecodash.domain.indicators import Kind
from ecodash.domain.periods import Month, months_between
from ecodash.domain.regions import Level, Region, key_range, level_of, region_code
from ecodash.domain.selection import Selection
from ecodash.permits import needs, of_selection
from ecodash.queries.base import figures_of, village_counts
from ecodash.queries.histories import batch_notes, late_villages, report_months
from ecodash.queries.months import targets_as_of
from ecodash.queries.profile import figure_doubts, figure_origins, region_profile
from ecodash.queries.rank_question import HISTORY_MONTHS
from ecodash.queries.ranking import ranking
from ecodash.store import records
from ecodash.workspace import Workspace

TREND_MONTHS = 24

FACT_COLUMNS = [
    "fact", "text", "name", "value", "unit", "decimals", "first_period", "last_period", "reported", "villages",
]  # fmt: skip
_OPEN_FROM, _OPEN_UNTIL = 0, 999912


@needs(Right.READ, of_selection)
def profile_tables(workspace: Workspace, selection: Selection) -> dict[str, pd.DataFrame]:
    """Everything a profile shows, by name: what a snapshot or a print of it is made of."""
    return {
        "region_facts": region_facts(workspace, selection),
        "region_profile": region_profile(workspace, selection),
        "trend": region_trend(workspace, selection),
        "figure_origins": figure_origins(workspace, selection),
        "figure_doubts": figure_doubts(workspace, selection),
        "batch_notes": batch_notes(workspace, selection),
        "report_months": report_months(workspace, selection),
        "late_villages": late_villages(workspace, selection),
    }


@needs(Right.READ, of_selection)
def region_facts(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """What is known of the region itself.

    Returns:
        One row per fact in the order shown: fact (path, code, kind, villages, valid_from, valid_until, successor,
        predecessor, alias, or the code of an attribute); text (of those that are words; months as yyyy-mm; a region
        as 名称 and its code apart by a space); and of an attribute or a count name, value, unit, decimals,
        first_period and last_period (yyyymm the reports behind it were made for, 0 where unknown), reported (villages,
        or 1 where it is the region's own report) and villages (that exist).
    """
    tree, place, month = workspace.tree, workspace.tree.get(selection.region), selection.month.key
    rows = [_fact("path", " › ".join(one.name for one in tree.path_of(place.key)) or place.name)]
    rows.append(_fact("code", place.code))
    if place.kind:
        rows.append(_fact("kind", place.kind))
    if place.level is not Level.VILLAGE:
        count = sum(one.is_valid(month) for one in tree.under(place.key, Level.VILLAGE))
        rows.append(_fact("villages", "", value=float(count)))
    rows += _attributes(workspace, selection)
    if place.first_month > _OPEN_FROM:
        rows.append(_fact("valid_from", str(Month.from_key(place.first_month))))
    if place.last_month < _OPEN_UNTIL:
        rows.append(_fact("valid_until", str(Month.from_key(place.last_month))))
    if place.successor is not None:
        after = tree.find(place.successor)
        rows.append(_fact("successor", _named(after) if after else region_code(place.successor)))
    before = [one for one in tree if one.successor == place.key]
    rows += [_fact("predecessor", _named(one)) for one in before]
    with workspace.store.reading() as connection:
        aliases = records.list_aliases(connection, place.key)
    names = sorted({one.alias for one in aliases if one.key == place.key} | _published(place))
    if names:
        rows.append(_fact("alias", "、".join(names)))
    return pd.DataFrame(rows, columns=FACT_COLUMNS)


def _published(place: Region) -> set[str]:
    """The name as published, where people say another."""
    return {place.full_name} if place.full_name and place.full_name != place.name else set()


def _named(place: Region) -> str:
    return f"{place.name} {place.code}"


def _fact(fact: str, text: str, **other: Any) -> dict[str, Any]:
    blank: dict[str, Any] = {
        "name": "", "value": float("nan"), "unit": "", "decimals": 0, "first_period": 0, "last_period": 0,
        "reported": 0, "villages": 0,
    }  # fmt: skip
    return {"fact": fact, "text": text, **blank, **other}


def _attributes(workspace: Workspace, selection: Selection) -> list[dict[str, Any]]:
    """Households, population and the like, each with the months its reports were made for; unreported ones too."""
    level = level_of(selection.region)
    codes = [code for code, entry in workspace.catalog.items() if entry.kind is Kind.ATTRIBUTE]
    figures = figures_of(workspace, selection, [selection.month], [level], codes)
    figures = figures[figures["region"] == selection.region]
    known = {row["indicator"]: row for row in figures.assign(is_own=is_own_report(figures)).to_dict("records")}
    lo, hi = key_range(selection.region)
    with workspace.store.reading() as connection:
        reports = records.origins(connection, selection.watermark, lo, hi, selection.month.key, codes)
    reports = reports.sort_values("period").drop_duplicates(["region", "indicator"], keep="last")
    villages = village_counts(workspace, selection, level).get(selection.region, 0)
    rows = []
    for code in codes:
        entry = workspace.catalog[code]
        rows.append(_fact(code, "", name=entry.name, unit=entry.unit, decimals=entry.decimals, villages=villages))
        figure = known.get(code)
        if figure is None:
            continue
        is_own = bool(figure["is_own"]) or level is Level.VILLAGE
        behind = reports[reports["indicator"] == code]
        behind = behind[(behind["region"] == selection.region) == is_own]
        rows[-1] |= {
            "value": float(figure["value"]),
            "first_period": int(behind["period"].min()) if len(behind) else 0,
            "last_period": int(behind["period"].max()) if len(behind) else 0,
            "reported": 1 if is_own else int(figure["reported"]) + int(figure["carried"]),
        }
    return rows


# ── trend ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@needs(Right.READ, of_selection)
def region_trend(workspace: Workspace, selection: Selection, months: int = TREND_MONTHS) -> pd.DataFrame:
    """The region's figure of the selected indicator over the months up to the selected one, with what it is held to.

    Returns:
        One row per month, oldest first: month (yyyy-mm), value (NaN unreported), year_ago (the same month a year
        before), target (of the nearest deadline of that month's year: the value to be reached; of a flow the even
        share of one month, from January to the deadline; NaN where there is none), reported, carried, totals, villages
        (that existed). Of a composite the scores among the region's neighbours in the 12 months a ranking looks back,
        without a target and without the counts, which a score has none of.
    """
    if find_composite_number(selection.indicator) is not None:
        return _score_trend(workspace, selection)
    span = months_between(selection.month.plus(1 - months), selection.month)
    asked = months_between(selection.month.plus(1 - months - 12), selection.month)
    figures = figures_of(workspace, selection, asked, [level_of(selection.region)], [selection.indicator])
    own = figures[figures["region"] == selection.region].set_index("period")
    keys = [month.key for month in span]
    rows = pd.DataFrame({"month": [str(month) for month in span]})
    rows["value"] = own["value"].reindex(keys).astype(float).to_numpy()
    rows["year_ago"] = own["value"].reindex([month.plus(-12).key for month in span]).astype(float).to_numpy()
    rows["target"] = _target_line(workspace, selection, span)
    for name in ("reported", "carried", "totals"):
        rows[name] = own[name].reindex(keys).fillna(0).astype(int).to_numpy()
    rows["villages"] = _villages_of(workspace, selection.region, keys)
    return rows


def _score_trend(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """Months of region_trend for a composite."""
    span = months_between(selection.month.plus(1 - HISTORY_MONTHS), selection.month)
    rows = pd.DataFrame({"month": [str(month) for month in span], "value": np.nan, "year_ago": np.nan})
    rows["target"] = np.nan
    if (level := level_of(selection.region)) is not Level.COUNTRY:
        around = selection.at(region=workspace.tree.parent_of(selection.region), level=level)
        ranked = ranking(workspace, around)
        for history in ranked.loc[ranked["region"] == selection.region, "history"]:
            rows["value"] = history
    for name in ("reported", "carried", "totals"):
        rows[name] = 0
    rows["villages"] = _villages_of(workspace, selection.region, [month.key for month in span])
    return rows


def _target_line(workspace: Workspace, selection: Selection, span: list[Month]) -> list[float]:
    with workspace.store.reading() as connection:
        found = targets_as_of(connection, workspace, selection.watermark)
    mine = found[(found["region"] == selection.region) & (found["indicator"] == selection.indicator)]
    goals = {int(row["deadline"]): row for row in mine.to_dict("records")}
    is_flow = workspace.catalog[selection.indicator].kind is Kind.FLOW
    line = []
    for month in span:
        deadline = min((key for key in goals if month.key <= key <= month.year * 100 + 12), default=None)
        if deadline is None:
            line.append(float("nan"))
            continue
        value, baseline = goals[deadline]["value"], goals[deadline]["baseline"]
        # A flow without a stated baseline begins its year at nothing.
        share = (float(value) - (0.0 if pd.isna(baseline) else float(baseline))) / (deadline % 100)
        line.append(round(share, 6) if is_flow else float(value))
    return line


def _villages_of(workspace: Workspace, region: int, keys: list[int]) -> list[int]:
    """How many villages at or below a region existed in each month."""
    villages = workspace.tree.under(region, Level.VILLAGE)
    first = np.array([one.first_month for one in villages], dtype=np.int64)
    last = np.array([one.last_month for one in villages], dtype=np.int64)
    return [int(((first <= key) & (last >= key)).sum()) for key in keys]
