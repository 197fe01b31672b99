"""One region in full, and where its figures came from."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from ecodash.analytics.ranking import rank_regions
from ecodash.domain.access import Right
from ecodash.domain.indicators import Catalog
from ecodash.domain.periods import months_between
from ecodash.domain.regions import Level, key_range, level_of, region_code
from ecodash.domain.selection import Selection
from ecodash.permits import needs, of_selection
from ecodash.queries.base import figures_of
from ecodash.queries.composites import composite_of
from ecodash.queries.figures import key_figures
from ecodash.queries.targets import region_targets
from ecodash.store import records
from ecodash.workspace import Workspace

SPARK_MONTHS = 12
"""Months of an indicator's small trend in the table."""


@needs(Right.READ, of_selection)
def region_profile(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """Everything about one region in a month.

    Returns:
        The rows of key_figures with target, deadline, progress_pct, state (NaN/None without a target), rank and
        ranked_count (among the regions of its level under its parent), difference (own report minus villages, NaN
        where there is no such pair), doubts (what was doubted at upload about reports behind the figure, and the
        reason given; empty where nothing was), history (list of the last 12 months' values, oldest first, NaN
        unreported), and the origin of the region's own report: period (yyyymm), batch, file_name, file_row, actor,
        committed_at (NaN where the figure is made of others).
    """
    rows = key_figures(workspace, selection)
    targets = region_targets(workspace, selection).set_index("indicator")
    for name in ("target", "deadline", "progress_pct", "state"):
        rows[name] = rows["indicator"].map(targets[name])
    peers = _peer_ranks(workspace, selection)
    rows["rank"] = pd.array([peers.get(code, (None, 0))[0] for code in rows["indicator"]], dtype="Int64")
    rows["ranked_count"] = [peers.get(code, (None, 0))[1] for code in rows["indicator"]]
    has_parts = ~rows["is_own"] & (level_of(selection.region) is not Level.VILLAGE)
    rows["difference"] = (rows["own"] - rows["value"]).where(has_parts).round(6)
    own = figure_origins(workspace, selection, codes=list(rows["indicator"]), own_only=True)
    own = _speaking(own, workspace.catalog).set_index("for_indicator")
    is_own = rows["is_own"] | (level_of(selection.region) is Level.VILLAGE)
    for name in ("period", "batch", "file_name", "file_row", "actor", "committed_at"):
        rows[name] = own[name].reindex(rows["indicator"]).set_axis(rows.index).where(is_own)
    rows["doubts"] = _doubt_texts(workspace, selection, list(rows["indicator"]))
    rows["history"] = _histories(workspace, selection, list(rows["indicator"]))
    return rows


def _histories(workspace: Workspace, selection: Selection, codes: Sequence[str]) -> "pd.Series[Any]":
    """For each indicator the region's values of the last months."""
    months = months_between(selection.month.plus(1 - SPARK_MONTHS), selection.month)
    figures = figures_of(workspace, selection, months, [level_of(selection.region)], codes)
    figures = figures[figures["region"] == selection.region]
    values = {(row["indicator"], row["period"]): float(row["value"]) for row in figures.to_dict("records")}
    lists = [[values.get((code, month.key), math.nan) for month in months] for code in codes]
    return pd.Series(lists, dtype=object)


@needs(Right.READ, of_selection)
def figure_doubts(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """What was doubted at upload about reports that stand in the month for the region and all in it.

    Returns:
        One row per doubt, by batch: batch, code, region (key; 0: the whole file), name, indicator (code; "" for all),
        indicator_name, period (yyyymm; 0 for all), hint, reason.
    """
    lo, hi = key_range(selection.region)
    with workspace.store.reading() as connection:
        found = records.standing_doubts(connection, selection.watermark, lo, hi, selection.month.key)
    regions = (workspace.tree.find(int(key)) for key in found["region"])
    found["name"] = [region.name if region is not None and region.key else "" for region in regions]
    catalog = workspace.catalog
    found["indicator_name"] = [catalog[str(code)].name if code else "" for code in found["indicator"]]
    columns = ["batch", "code", "region", "name", "indicator", "indicator_name", "period", "hint", "reason"]
    return found.rename(columns={"seq": "batch"})[columns]


def _doubt_texts(workspace: Workspace, selection: Selection, codes: Sequence[str]) -> list[str]:
    """For each indicator the one doubt about it or its parts with its reason, or how many there are."""
    doubts = figure_doubts(workspace, selection)
    texts = []
    for code in codes:
        about = doubts[doubts["indicator"].isin(["", *workspace.catalog.parts_of([code])])]
        if len(about) == 1:
            texts.append(f"{about['hint'].iloc[0]}理由：{about['reason'].iloc[0]}")
        else:
            texts.append(f"{len(about)} 处疑点，已说明理由" if len(about) else "")
    return texts


def _speaking(origins: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    """Of the reports behind each figure of one region the one that made it: of a ratio the numerator, or the percentage
    where that is the later one or no denominator stands beside the numerator."""
    asked, found = origins["for_indicator"], origins["indicator"]
    is_denominator = found == asked.map({code: entry.denominator for code, entry in catalog.items()})
    is_part = found != asked
    is_whole = asked.isin(asked[is_denominator]) | ~asked.isin(asked[~is_part])
    speaking = origins.assign(is_part=is_part)[~is_denominator & (~is_part | is_whole)]
    return speaking.sort_values(["period", "is_part"]).drop_duplicates("for_indicator", keep="last")


def _peer_ranks(workspace: Workspace, selection: Selection) -> dict[str, tuple[int | None, int]]:
    """Rank of the region among its peers, and how many are ranked, by indicator."""
    level = level_of(selection.region)
    if level is Level.COUNTRY:
        return {}
    around = selection.at(region=workspace.tree.parent_of(selection.region), level=level)
    figures = figures_of(workspace, around, [selection.month], [level])
    ranks: dict[str, tuple[int | None, int]] = {}
    for code, group in figures.groupby("indicator"):
        values = group.assign(previous=float("nan"))[["region", "value", "previous"]]
        ranked = rank_regions(values, workspace.catalog[str(code)].direction)
        mine = ranked.loc[ranked["region"] == selection.region, "rank"]
        place = None if mine.empty or pd.isna(mine.iloc[0]) else int(mine.iloc[0])
        ranks[str(code)] = (place, int(ranked["rank"].notna().sum()))
    return ranks


@needs(Right.READ, of_selection)
def figure_origins(
    workspace: Workspace, selection: Selection, codes: Sequence[str] | None = None, *, own_only: bool = False
) -> pd.DataFrame:
    """The reports that stand behind figures of the region in the month, each with its batch, file and row.

    Args:
        codes: indicators; the selected one where not given. A ratio brings its numerator and denominator too,
            a composite all that its items are made of.
        own_only: only reports of the region itself.
    Returns:
        One row per (region at or below the selected one, reported indicator, figure it serves): for_indicator,
        indicator, indicator_name, region, region_code, name, level, period (yyyymm it was reported for), is_carried,
        value, unit, batch, file_name, file_row, actor, committed_at, is_demo; by region then indicator.
    """
    catalog, month = workspace.catalog, selection.month
    asked = [selection.indicator] if codes is None else list(codes)
    parts_of = {code: _parts_of(workspace, code) for code in asked}
    lo, hi = (selection.region, selection.region + 1) if own_only else key_range(selection.region)
    with workspace.store.reading() as connection:
        parts = list(dict.fromkeys(part for parts in parts_of.values() for part in parts))
        found = records.origins(connection, selection.watermark, lo, hi, month.key, parts)
    found = found.sort_values("period").drop_duplicates(["region", "indicator"], keep="last")
    serves = pd.DataFrame(
        [(code, part) for code in asked for part in parts_of[code]], columns=["for_indicator", "indicator"]
    )
    rows = serves.merge(found, on="indicator").rename(columns={"seq": "batch"})
    tree = workspace.tree
    rows["region_code"] = [region_code(key) for key in rows["region"]]
    rows["name"] = [tree.get(key).name for key in rows["region"]]
    rows["level"] = [level_of(key).value for key in rows["region"]]
    rows["indicator_name"] = [catalog[code].name for code in rows["indicator"]]
    rows["unit"] = [catalog[code].unit for code in rows["indicator"]]
    rows["value"] = rows["value"].astype(float)
    rows["is_carried"] = rows["period"] < month.key
    columns = [
        "for_indicator", "indicator", "indicator_name", "region", "region_code", "name", "level", "period",
        "is_carried", "value", "unit", "batch", "file_name", "file_row", "actor", "committed_at", "is_demo",
    ]  # fmt: skip
    return rows[columns].sort_values(["region", "for_indicator", "indicator"], ignore_index=True)


def _parts_of(workspace: Workspace, code: str) -> list[str]:
    """The indicators whose reports a figure is made of."""
    composite = composite_of(workspace, code)
    return workspace.catalog.parts_of([code] if composite is None else list(composite.codes))
