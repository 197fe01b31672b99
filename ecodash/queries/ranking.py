"""Units ranked on an indicator or a composite over a span of months, and what other weights would do.

Every answer is a function of (watermark, selection, comparison) and of the numbered definitions these name.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from ecodash.analytics import robustness as leads
from ecodash.analytics.ranking import with_movement
from ecodash.analytics.robustness import Robustness
from ecodash.domain.access import Right
from ecodash.domain.comparison import Comparison
from ecodash.domain.composite import Composite, find_composite_number
from ecodash.domain.selection import Selection
from ecodash.permits import needs, of_selection
from ecodash.queries.base import unit_columns, village_counts
from ecodash.queries.rank_question import Question, ranked_values, taking_part
from ecodash.workspace import Workspace

_AS_IS = Comparison()

RANKING_COLUMNS = [
    "rank", "previous_rank", "movement", "peer_class", "peer_rank", "peer_count", "region", "region_code", "name",
    "parent", "kind", "value", "previous", "reported", "carried", "totals", "unweighted", "villages", "is_reported",
    "excluded", "months", "denominator", "present_weight", "missing", "history",
]  # fmt: skip


@needs(Right.READ, of_selection)
def ranking(workspace: Workspace, selection: Selection, comparison: Comparison = _AS_IS) -> pd.DataFrame:
    """The units under the region ranked on the selected indicator or composite.

    Returns:
        One row per unit that exists in the month; ranked ones first by rank then key, then those left out, the
        unreported last: rank, previous_rank, movement (places gained; Int64, NA where either rank is missing),
        peer_class ("" without one), peer_rank (Int64), peer_count, region (key), region_code, name, parent, kind (of a
        village), value and previous (of the span and of the compared one; a composite's score), the counts reported,
        carried, totals, unweighted of the span's last month (of a composite: of its item with the fewest reports),
        villages (that exist), is_reported, excluded (domain.ranking.Excluded, "" where it takes part), months (of the
        span that have a figure), denominator (behind a ratio; NaN where none is known), present_weight (percent of a
        composite's weight that is behind the score; 100 or 0 else), missing (codes of the items that are not, joined
        by commas), history (figures of the last 12 single months, oldest first, NaN where there is none).
    """
    return _ranking_rows(Question(workspace, selection, comparison, with_history=True))


@needs(Right.READ, of_selection)
def ranking_without_history(
    workspace: Workspace, selection: Selection, comparison: Comparison = _AS_IS
) -> pd.DataFrame:
    """As ranking, but history is empty: for those who do not draw it."""
    return _ranking_rows(Question(workspace, selection, comparison))


def _ranking_rows(question: Question) -> pd.DataFrame:
    workspace, selection = question.workspace, question.selection
    rows = with_movement(question.standing(question.now).rows, question.standing(question.compared).rows)
    names = unit_columns(workspace, [workspace.tree.get(int(key)) for key in rows.index])
    rows = rows.reset_index()
    for name in ("region_code", "name", "parent", "kind"):
        rows[name] = names[name]
    counts = village_counts(workspace, selection, selection.level)
    rows["villages"] = rows["region"].map(counts).fillna(0).astype(int)
    rows["is_reported"] = rows["value"].notna() | (rows["present_weight"] > 0)
    index = pd.Index(rows["region"])
    rows["history"] = question.histories(index) if question.history else [[] for _ in range(len(rows))]
    return rows[RANKING_COLUMNS]


@needs(Right.READ, of_selection)
def composite_parts(
    workspace: Workspace, selection: Selection, comparison: Comparison = _AS_IS, composite: Composite | None = None
) -> pd.DataFrame:
    """What the scores of a composite are made of.

    Args:
        composite: looked at instead of the one the selection names.
    Returns:
        One row per (unit that is not left out for its kind or class, item), by unit then in the composite's order:
        region, name, indicator (code), value, points (0–100), weight (percent), share (points the item brings to the
        score, out of 100 over the weight that is present); NaN where the item is missing.
    """
    question = Question(workspace, selection, comparison, composite=composite, with_compared=False)
    assert question.composite is not None
    standing = question.standing(question.now)
    part = taking_part(standing)
    assert standing.points is not None
    points = standing.points.loc[part.index]
    present = standing.rows.loc[part.index, "present_weight"]
    frames = []
    for place, item in enumerate(question.composite.items):
        frame = pd.DataFrame({"region": part.index, "place": place, "indicator": item.indicator})
        frame["value"], frame["points"] = part[item.indicator].to_numpy(), points[item.indicator].to_numpy()
        frame["weight"] = float(item.weight)
        frame["share"] = (frame["points"] * frame["weight"] / present.where(present > 0).to_numpy()).round(6)
        frames.append(frame)
    rows = pd.concat(frames, ignore_index=True).sort_values(["region", "place"], ignore_index=True)
    rows.insert(1, "name", [workspace.tree.get(int(key)).name for key in rows["region"]])
    return rows.drop(columns="place")


WHAT_IF_COLUMNS = ["region", "name", "rank_before", "rank_after", "score_before", "score_after"]


@needs(Right.READ, of_selection)
def what_if(workspace: Workspace, selection: Selection, comparison: Comparison, composite: Composite) -> pd.DataFrame:
    """The units ranked by the selected composite, and by another one (other weights, or one not saved yet).

    Returns:
        One row per unit with a rank in either, by rank_after, then key: region, name, rank_before, rank_after (Int64),
        score_before, score_after (NaN where it has none; before is missing too where the selection is no composite).
    """
    after = Question(workspace, selection, comparison, composite=composite, with_compared=False)
    now = after.standing(after.now).rows
    rows = pd.DataFrame({"rank_after": now["rank"], "score_after": now["value"].astype(float)})
    if find_composite_number(selection.indicator) is None:
        rows["rank_before"], rows["score_before"] = pd.array([pd.NA] * len(rows), dtype="Int64"), np.nan
    else:
        before = Question(workspace, selection, comparison, with_compared=False)
        old = before.standing(before.now).rows
        rows["rank_before"], rows["score_before"] = old["rank"], old["value"].astype(float)
    rows = rows[rows["rank_after"].notna() | rows["rank_before"].notna()].reset_index()
    rows.insert(1, "name", [workspace.tree.get(int(key)).name for key in rows["region"]])
    return rows.sort_values(["rank_after", "region"], na_position="last", ignore_index=True)[WHAT_IF_COLUMNS]


@needs(Right.READ, of_selection)
def robustness(
    workspace: Workspace, selection: Selection, comparison: Comparison, composite: Composite | None = None
) -> Robustness:
    """How large a lead first place has, and the smallest change of one weight that would cost it.

    Args:
        composite: looked at instead of the one the selection names.
    """
    question = Question(workspace, selection, comparison, composite=composite, with_compared=False)
    standing = question.standing(question.now)
    ranked = ranked_values(standing)
    found = leads.lead_of([int(key) for key in ranked.index], ranked.to_numpy(dtype=float), question.direction)
    if question.composite is None or standing.points is None:
        return found
    part = taking_part(standing).index
    points = standing.points.loc[part].to_numpy(dtype=float)
    return replace(found, smallest=leads.smallest_change([int(key) for key in part], points, question.composite))
