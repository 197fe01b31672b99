"""What several questions about one ranking need: its figures read once, its units ranked over any span among them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ecodash.analytics.composite import missing_items, score_units
from ecodash.analytics.ranking import rank_standing
from ecodash.analytics.spans import COUNTS, SpanRule, over_span, span_rule
from ecodash.domain.comparison import Comparison, Span
from ecodash.domain.composite import Composite, check_items
from ecodash.domain.indicators import Aggregation, Direction
from ecodash.domain.periods import Month, months_between
from ecodash.domain.ranking import Excluded
from ecodash.domain.regions import Level
from ecodash.domain.selection import Selection
from ecodash.queries.base import units
from ecodash.queries.composites import composite_of
from ecodash.queries.months import monthly_figures
from ecodash.queries.peers import peer_classes
from ecodash.workspace import Workspace

HISTORY_MONTHS = 12


@dataclass(frozen=True)
class Standing:
    """The units of one span, ranked.

    Args:
        rows: indexed by region: value, rank, excluded, peer_class, peer_rank, peer_count, denominator, present_weight,
            missing, months, amount, weight, and the counts.
        items: values of the indicators ranked on, by region and code.
        points: of a composite, by region and code.
    """

    rows: pd.DataFrame
    items: pd.DataFrame
    points: pd.DataFrame | None = None


class Question:
    """A selection and a comparison with all they need read once.

    Args:
        composite: ranked instead of what the selection names.
        with_history: whether the months before are read as well.
    """

    def __init__(
        self,
        workspace: Workspace,
        selection: Selection,
        comparison: Comparison,
        *,
        composite: Composite | None = None,
        with_history: bool = False,
        with_compared: bool = True,
    ) -> None:
        self.workspace, self.selection, self.comparison = workspace, selection, comparison
        self.composite = composite or composite_of(workspace, selection.indicator)
        if self.composite is not None:
            check_items(self.composite, workspace.catalog)
        self.codes = self.composite.codes if self.composite else [selection.indicator]
        self.entries = {code: workspace.catalog[code] for code in self.codes}
        self.direction = Direction.HIGHER if self.composite else self.entries[self.codes[0]].direction
        self.now, self.compared = selection.month, comparison.compared_month(selection.month)
        first = selection.month.plus(1 - HISTORY_MONTHS)
        self.history = months_between(first, selection.month) if with_history else []
        self._ends = [self.now, self.compared] if with_compared else [self.now]
        self._rules = {code: span_rule(entry, workspace.catalog) for code, entry in self.entries.items()}
        self._figures = self._read()
        self._classes = peer_classes(workspace, comparison.scheme)

    def _read(self) -> dict[str, pd.DataFrame]:
        """Figures of each indicator: of what stands from month to month no more than the months in which spans end."""
        figures: dict[str, pd.DataFrame] = {}
        for is_lasting in (True, False):
            codes = [code for code, rule in self._rules.items() if (rule is SpanRule.LAST) is is_lasting]
            if codes:
                found = monthly_figures(
                    self.workspace,
                    self.selection,
                    self._months(is_lasting),
                    [self.selection.level],
                    codes,
                    with_parts=True,
                )
                figures |= {code: found[found["indicator"] == code] for code in codes}
        return figures

    def _months(self, is_lasting: bool) -> list[Month]:
        spans = [[end] if is_lasting else self.comparison.span.months(end) for end in self._ends]
        return sorted({*self.history, *(month for span in spans for month in span)})

    def standing(self, end: Month, span: Span | None = None) -> Standing:
        """The units that exist in a month, ranked over the span that ends in it."""
        regions = units(self.workspace, self.selection.at(month=end))
        index = pd.Index([region.key for region in regions], name="region", dtype="int64")
        months = [month.key for month in (span or self.comparison.span).months(end)]
        spans = {
            code: over_span(self._figures[code], months, rule).reindex(index) for code, rule in self._rules.items()
        }
        classes = [self._classes.get(region.code, "") for region in regions]
        excluded = self._left_out([region.kind for region in regions], classes)
        rows = pd.DataFrame({"excluded": excluded, "peer_class": pd.array(classes, dtype="str")}, index=index)
        ranked = self._composed(rows, spans) if self.composite else self._plain(rows, spans[self.codes[0]])
        return replace(ranked, rows=rank_standing(ranked.rows, self.direction))

    def _left_out(self, kinds: Sequence[str], classes: Sequence[str]) -> list[str]:
        asked, peer_class = self.comparison.kinds, self.comparison.peer_class
        is_village = self.selection.level is Level.VILLAGE
        left_out = []
        for kind, name in zip(kinds, classes, strict=True):
            is_other_kind = bool(asked) and is_village and kind not in asked
            is_other_class = bool(peer_class) and name != peer_class
            left_out.append(Excluded.KIND.value if is_other_kind else Excluded.CLASS.value if is_other_class else "")
        return left_out

    def _plain(self, rows: pd.DataFrame, figures: pd.DataFrame) -> Standing:
        rows = rows.join(figures[["value", "amount", "weight", "months"]])
        rows["months"] = rows["months"].fillna(0).astype(int)
        rows["denominator"] = rows["weight"]
        if self._has_denominator(self.codes[0]):
            too_small = rows["value"].notna() & ~(rows["weight"] >= self.comparison.least) & (rows["excluded"] == "")
            rows["excluded"] = rows["excluded"].mask(too_small, Excluded.LEAST.value)
        for name in COUNTS:
            rows[name] = figures[name].fillna(0).astype(int)
        rows["present_weight"] = np.where(rows["value"].notna(), 100.0, 0.0)
        rows["missing"] = ""
        return Standing(rows, rows[["value"]].set_axis([self.codes[0]], axis=1))

    def _composed(self, rows: pd.DataFrame, spans: dict[str, pd.DataFrame]) -> Standing:
        assert self.composite is not None
        items = pd.DataFrame({code: spans[code]["value"] for code in self.codes}, index=rows.index).astype(float)
        for code in self.codes:
            if self._has_denominator(code):
                items[code] = items[code].where(spans[code]["weight"] >= self.comparison.least)
        takes_part = (rows["excluded"] == "").to_numpy()
        scored = score_units(items.to_numpy(dtype=float), takes_part, self.composite, self.directions())
        rows = rows.assign(value=scored.score, amount=np.nan, weight=np.nan, denominator=np.nan)
        weights = np.array([float(item.weight) for item in self.composite.items])
        rows["present_weight"] = np.round(items.notna().to_numpy(dtype=float) @ weights, 6)
        rows["missing"] = missing_items(items)
        lacks_parts = rows["value"].isna() & (scored.present > 0) & takes_part
        rows["excluded"] = rows["excluded"].mask(lacks_parts, Excluded.PARTS.value)
        has_any = items.notna()
        for name in (*COUNTS, "months"):
            counts = pd.DataFrame({code: spans[code][name].where(has_any[code]) for code in self.codes})
            found = counts.min(axis=1) if name in ("reported", "months") else counts.max(axis=1)
            rows[name] = found.fillna(0).astype(int)
        return Standing(rows, items, pd.DataFrame(scored.points, index=rows.index, columns=self.codes))

    def directions(self) -> dict[str, Direction]:
        return {code: entry.direction for code, entry in self.entries.items()}

    def _has_denominator(self, code: str) -> bool:
        """Whether a minimum denominator is asked for, and the indicator has one."""
        return self.comparison.least > 0 and self.entries[code].aggregation is Aggregation.RATIO

    def histories(self, index: "pd.Index[int]") -> list[list[float]]:
        """Each unit's figure in each of the months, oldest first; NaN where there was none."""
        if not self.composite:
            figures = self._figures[self.codes[0]]
            table = figures.pivot(index="region", columns="period", values="value")
            table = table.reindex(index=index, columns=[month.key for month in self.history])
            rows: list[list[float]] = table.to_numpy(dtype=float).tolist()
            return rows
        columns = [self.standing(month, Span.MONTH).rows["value"].reindex(index) for month in self.history]
        scores: list[list[float]] = np.column_stack([column.to_numpy(dtype=float) for column in columns]).tolist()
        return scores


def ranked_values(standing: Standing) -> "pd.Series[float]":
    rows = standing.rows
    return rows.loc[rows["rank"].notna(), "value"].astype(float)


def taking_part(standing: Standing) -> pd.DataFrame:
    """Values of the items of the units that span the scales: those not left out for their kind or class."""
    excluded = standing.rows["excluded"]
    return standing.items[(excluded == "") | (excluded == Excluded.PARTS.value)]
