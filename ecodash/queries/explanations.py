"""Why a unit of a ranking moved, and which uploads moved it."""

from typing import Any

import pandas as pd

from ecodash.analytics import explain
from ecodash.analytics.explain import Explanation, Factor, FactorKind, Moved, Passing, Step
from ecodash.domain.access import Right
from ecodash.domain.comparison import Comparison
from ecodash.domain.indicators import Kind
from ecodash.domain.regions import key_range
from ecodash.domain.selection import Selection
from ecodash.permits import needs, of_selection_and
from ecodash.queries.rank_question import Question, Standing, ranked_values, taking_part
from ecodash.store import records
from ecodash.workspace import Workspace


@needs(Right.READ, of_selection_and("region"))
def why(workspace: Workspace, selection: Selection, comparison: Comparison, region: int) -> Explanation:
    """Why a unit of the ranking stands where it stands: see analytics.explain.

    Raises:
        RegionUnknown: there is no such region.
    """
    place = workspace.tree.get(region)
    question = Question(workspace, selection, comparison)
    now, before = question.standing(question.now), question.standing(question.compared)
    row, old = _row(now, region), _row(before, region)
    rank, previous_rank = _whole(row, "rank"), _whole(old, "rank")
    batches = _batches(question, region)
    factors: tuple[explain.Factor, ...] = ()
    passing = Passing()
    if rank is not None and previous_rank is not None:
        numerators = {entry.numerator for entry in question.entries.values() if entry.numerator}
        has_parts = not question.composite and bool(numerators & _reported_codes(question, region))
        factors = _explained(question, region, before, now, has_parts=has_parts)
        passing = explain.passing_of(region, ranked_values(before), ranked_values(now), question.direction)
    keys = (*passing.passed, *passing.passed_by, *passing.new_above, *passing.gone_above)
    excluded = "" if row is None else str(row["excluded"])
    return Explanation(
        region=region,
        name=place.name,
        moved=_moved(rank, previous_rank, excluded),
        excluded=excluded,
        rank=rank,
        previous_rank=previous_rank,
        places=None if rank is None or previous_rank is None else previous_rank - rank,
        value=float("nan") if row is None else float(row["value"]),
        previous=float("nan") if old is None else float(old["value"]),
        factors=factors,
        passing=passing,
        names={key: workspace.tree.get(key).name for key in keys},
        batches=batches,
    )


def _row(standing: Standing, region: int) -> Any:
    return standing.rows.loc[region] if region in standing.rows.index else None


def _whole(row: Any, name: str) -> int | None:
    return None if row is None or pd.isna(row[name]) else int(row[name])


def _moved(rank: int | None, previous: int | None, excluded: str) -> Moved:
    if excluded:
        return Moved.EXCLUDED
    if rank is None:
        return Moved.UNREPORTED
    if previous is None:
        return Moved.NEW
    return Moved.SAME if rank == previous else Moved.UP if rank < previous else Moved.DOWN


BATCH_COLUMNS = ["seq", "file_name", "actor", "committed_at", "cells", "indicators", "is_demo"]


def _batches(question: Question, region: int) -> pd.DataFrame:
    """Uploads that brought the unit's figures of the span, newest first; for what stands on from month to month those
    that came since the compared span."""
    found = _origins(question, region)
    catalog = question.workspace.catalog
    added_up = (Kind.FLOW, Kind.SCORE)
    since = question.compared.key
    is_new = [
        catalog[str(code)].kind in added_up or int(period) > since
        for code, period in zip(found["indicator"], found["period"], strict=True)
    ]
    found = found[is_new] if len(found) else found
    grouped = found.groupby("seq").agg(
        file_name=("file_name", "first"),
        actor=("actor", "first"),
        committed_at=("committed_at", "first"),
        cells=("indicator", "size"),
        indicators=("indicator", lambda codes: ",".join(sorted(set(codes)))),
        is_demo=("is_demo", "first"),
    )
    return grouped.reset_index().sort_values("seq", ascending=False, ignore_index=True)[BATCH_COLUMNS]


def _origins(question: Question, region: int) -> pd.DataFrame:
    """Reports at or below a unit that stand behind its figures of the span: of several of one cell the newest."""
    selection, catalog = question.selection, question.workspace.catalog
    lo, hi = key_range(region)
    codes = catalog.parts_of(question.codes)
    lasting = [code for code in codes if catalog[code].kind not in (Kind.FLOW, Kind.SCORE)]
    monthly = [code for code in codes if code not in lasting]
    frames = []
    with question.workspace.store.reading() as connection:
        for month in question.comparison.span.months(question.now):
            asked = [*monthly, *lasting] if month == question.now else monthly
            if asked:
                frames.append(records.origins(connection, selection.watermark, lo, hi, month.key, asked))
    found = pd.concat(frames, ignore_index=True)
    newest = found.sort_values("period").drop_duplicates(["region", "indicator"], keep="last")
    is_lasting = newest["indicator"].isin(lasting)
    return pd.concat([newest[is_lasting], found[~found["indicator"].isin(lasting)]], ignore_index=True)


def _reported_codes(question: Question, region: int) -> set[str]:
    return {str(code) for code in _origins(question, region)["indicator"]}


def _explained(
    question: Question, region: int, before: Standing, now: Standing, *, has_parts: bool
) -> tuple[Factor, ...]:
    """The factors of a unit that is ranked in both.

    Args:
        has_parts: the unit's ratio was reported by its numerator, not as a mere percentage.
    """
    if question.composite:
        return explain.explain_composite(
            region, taking_part(before), taking_part(now), question.composite, question.directions()
        )
    steps = _steps(question, _row(before, region), _row(now, region), has_parts=has_parts)
    return explain.explain_value(region, ranked_values(before), ranked_values(now), question.direction, steps)


def _steps(question: Question, before: Any, now: Any, *, has_parts: bool) -> list[Step]:
    entry = question.entries[question.codes[0]]
    previous, value = float(before["value"]), float(now["value"])
    if previous == value:
        return []
    if has_parts and before["weight"] > 0 and now["weight"] > 0:
        pairs = [(float(row["amount"]) / 100, float(row["weight"])) for row in (before, now)]
        return explain.ratio_steps((entry.numerator, entry.denominator), pairs[0], pairs[1], previous, value)
    return [Step(FactorKind.OWN, entry.code, previous, value, value)]
