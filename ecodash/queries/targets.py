"""Progress towards targets."""

import hashlib
from collections.abc import Iterable, Sequence

import pandas as pd

from ecodash.analytics.progress import category_progress, in_order_of_need, progress_cells, target_progress
from ecodash.domain.access import Right
from ecodash.domain.indicators import Catalog, Kind
from ecodash.domain.periods import Month, months_between
from ecodash.domain.regions import Level, key_range, level_of
from ecodash.domain.selection import Selection
from ecodash.domain.targets import STALL_MONTHS, Start, find_start, measured_month, period_start, year_end_before
from ecodash.permits import Reach, needs, of_selection
from ecodash.queries.base import read_figures, unit_columns, units, village_counts
from ecodash.queries.months import targets_as_of
from ecodash.store.engine import Connection
from ecodash.workspace import Workspace

_CELL = ["region", "indicator"]
_COUNTS = ["reported", "carried", "totals"]

# ── which targets ──────────────────────────────────────────────────────────────────────────────────────────────────


def targets_of_year(
    connection: Connection, workspace: Workspace, selection: Selection, levels: Sequence[Level]
) -> pd.DataFrame:
    """Every target of the month's year, of regions of some levels at or below the region.

    Returns:
        One row per (region, indicator, deadline), in that order: baseline (float, NaN where not given), target (float).
    """
    lo, hi = key_range(selection.region)
    targets = targets_as_of(connection, workspace, selection.watermark)
    year = selection.month.year * 100
    targets = targets[(targets["region"] >= lo) & (targets["region"] < hi)]
    targets = targets[(targets["deadline"] > year) & (targets["deadline"] <= year + 12)]
    targets = targets[pd.Series([level_of(key) in levels for key in targets["region"]], targets.index, dtype=bool)]
    targets = targets.rename(columns={"value": "target"}).astype({"baseline": float, "target": float})
    return targets.sort_values([*_CELL, "deadline"], ignore_index=True)


def _is_in_force(targets: pd.DataFrame, month: Month) -> "pd.Series[bool]":
    """Whether a target is the one of its region and indicator that counts: the nearest deadline still to come, the
    month's own among them; where none is to come, the last that passed."""
    steps = (targets["deadline"] - month.key).astype("int64")
    # What passed comes after all that is to come, the last one first.
    order = steps.where(steps >= 0, 1200 - steps)
    return order == order.groupby([targets["region"], targets["indicator"]]).transform("min")


# ── how far they are ───────────────────────────────────────────────────────────────────────────────────────────────


class _Figures:
    """The figures some targets are measured by: flows summed from January, others as they stand."""

    def __init__(
        self,
        connection: Connection,
        workspace: Workspace,
        selection: Selection,
        codes: Iterable[str],
        deadlines: Iterable[int],
        levels: Sequence[Level],
    ) -> None:
        self._asked = (connection, workspace, selection)
        self._levels, month = levels, selection.month
        found = list(dict.fromkeys(codes))
        flows = [code for code in found if workspace.catalog[code].kind is Kind.FLOW]
        others = [code for code in found if code not in flows]
        passed = [Month.from_key(key) for key in set(deadlines) if key < month.key]
        wanted = {month, month.plus(-STALL_MONTHS), year_end_before(month), *passed}
        self._year = months_between(period_start(month), month)
        self._flows = self._read(self._year, flows)
        self._others = self._read(sorted(wanted), others)

    def _read(self, months: Sequence[Month], codes: Sequence[str]) -> pd.DataFrame:
        return read_figures(*self._asked, months, self._levels, codes)

    def at(self, month: Month) -> "pd.Series[float]":
        """The figure of each (region, indicator) at a month's end."""
        sums = self._flows[self._flows["period"] <= month.key].groupby(_CELL)["value"].sum(min_count=1).round(6)
        standing = self._others[self._others["period"] == month.key].set_index(_CELL)["value"]
        found: pd.Series[float] = pd.concat([sums, standing]).astype(float)
        return found

    def standing_at(self, month: Month) -> "pd.Series[float]":
        """The figure of each (region, indicator) that is not a flow at a month's end."""
        found: pd.Series[float] = self._others[self._others["period"] == month.key].set_index(_CELL)["value"]
        return found.astype(float)

    def counts_at(self, month: Month) -> pd.DataFrame:
        """How many villages reported, are carried, and how many own totals stand in, by (region, indicator)."""
        both = pd.concat([self._flows, self._others], ignore_index=True)
        return both[both["period"] == month.key].set_index(_CELL)[_COUNTS]

    def first_reports(self, codes: Sequence[str]) -> dict[tuple[int, str], tuple[Month, float]]:
        """The first month of the year with a figure, and the figure, of indicators that are not flows."""
        rows = self._read(self._year, codes)
        rows = rows[rows["value"].notna()].sort_values("period").drop_duplicates(_CELL)
        return {
            (int(region), str(code)): (Month.from_key(period), float(value))
            for region, code, period, value in rows[[*_CELL, "period", "value"]].itertuples(index=False, name=None)
        }


def _with_starts(targets: pd.DataFrame, figures: _Figures, catalog: Catalog, month: Month) -> pd.DataFrame:
    """Adds where each target starts from: start (yyyymm) and source, and its baseline where none was given."""
    year_end = _picked(figures.standing_at(year_end_before(month)), targets)
    kinds = [catalog[code].kind for code in targets["indicator"]]
    is_open = targets["baseline"].isna() & year_end.isna()
    codes = [code for code, kind, is_so in zip(targets["indicator"], kinds, is_open, strict=True) if is_so]
    others = [code for code in dict.fromkeys(codes) if catalog[code].kind is not Kind.FLOW]
    firsts = figures.first_reports(others) if others else {}
    starts: list[Start] = []
    columns = ("region", "indicator", "deadline", "baseline")
    for row, kind, standing in zip(
        targets[list(columns)].itertuples(index=False, name=None), kinds, year_end, strict=True
    ):
        region, code, deadline, given = row
        due = Month.from_key(deadline)
        first = firsts.get((int(region), str(code)))
        starts.append(
            find_start(
                kind,
                due,
                given=None if pd.isna(given) else float(given),
                year_end=None if pd.isna(standing) else float(standing),
                # What was reported after the deadline is no start of the way to it.
                first_report=first if first is not None and first[0] <= due else None,
            )
        )
    return targets.assign(
        baseline=pd.Series([start.baseline for start in starts], targets.index, dtype=float),
        baseline_source=pd.Series([start.source.value for start in starts], targets.index, dtype=object),
        start=pd.Series([start.first.key for start in starts], targets.index, dtype="int64"),
    )


def with_baselines(
    connection: Connection, workspace: Workspace, selection: Selection, targets: pd.DataFrame, levels: Sequence[Level]
) -> pd.DataFrame:
    """Targets of the month's year with where each starts from: the rows of targets_of_year with baseline (as used),
    baseline_source and start."""
    figures = _Figures(connection, workspace, selection, targets["indicator"], (), levels)
    return _with_starts(targets, figures, workspace.catalog, selection.month)


def _with_actuals(targets: pd.DataFrame, figures: _Figures, month: Month) -> pd.DataFrame:
    """Adds actual (at the month, or at the deadline where that has passed), earlier, latest, and the counts."""
    ends = [measured_month(month, Month.from_key(key)) for key in targets["deadline"]]
    result = targets.assign(measured=pd.Series([end.key for end in ends], targets.index, dtype="int64"))
    result["actual"] = float("nan")
    for end in dict.fromkeys(ends):
        rows = result["measured"] == end.key
        result.loc[rows, "actual"] = _picked(figures.at(end), result[rows])
    result["earlier"] = _picked(figures.at(month.plus(-STALL_MONTHS)), result)
    result["latest"] = _picked(figures.at(month), result)
    counts = figures.counts_at(month).reindex(pd.MultiIndex.from_frame(result[_CELL])).fillna(0).astype("int64")
    return result.assign(**{name: counts[name].to_numpy() for name in _COUNTS})


def _picked(values: "pd.Series[float]", targets: pd.DataFrame) -> "pd.Series[float]":
    found = values.reindex(pd.MultiIndex.from_frame(targets[_CELL])).to_numpy(dtype=float)
    return pd.Series(found, targets.index)


def _measured(
    workspace: Workspace,
    selection: Selection,
    levels: Sequence[Level],
    *,
    indicator: str = "",
    is_past: bool = False,
) -> pd.DataFrame:
    """Targets with everything measured, by region, indicator, deadline; those in force, or those that passed before."""
    catalog, month = workspace.catalog, selection.month
    with workspace.store.reading() as connection:
        targets = targets_of_year(connection, workspace, selection, levels)
        if indicator:
            targets = targets[targets["indicator"] == indicator]
        chosen = _is_in_force(targets, month)
        targets = targets[(~chosen & (targets["deadline"] < month.key)) if is_past else chosen].reset_index(drop=True)
        figures = _Figures(connection, workspace, selection, targets["indicator"], targets["deadline"], levels)
        rows = _with_starts(_with_actuals(targets, figures, month), figures, catalog, month)
    rows = target_progress(rows, catalog, month)
    entries = [catalog[code] for code in rows["indicator"]]
    rows["category"] = [entry.category for entry in entries]
    rows["indicator_name"] = [entry.name for entry in entries]
    rows["kind"] = [entry.kind.value for entry in entries]
    rows["unit"] = [entry.rolled_unit for entry in entries]
    rows["decimals"] = [entry.shown_decimals for entry in entries]
    villages: dict[int, int] = {}
    for level in dict.fromkeys(levels):
        if not rows.empty:
            villages |= village_counts(workspace, selection, level)
    rows["villages"] = pd.Series([villages.get(int(key), 0) for key in rows["region"]], rows.index, dtype="int64")
    return rows


# ── questions ──────────────────────────────────────────────────────────────────────────────────────────────────────


@needs(Right.READ, of_selection)
def region_targets(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """Progress of every target of the region itself that is in force: for each indicator that with the nearest deadline
    still to come in the year, or, where none is to come, the last of the year that passed.

    Returns:
        One row per indicator, in the catalogue's order: region, indicator, deadline, baseline (as given or worked out;
        NaN where it is not known), target, measured (yyyymm: the month, or the deadline where that has passed), actual
        (then), earlier (STALL_MONTHS before the month), latest (at the month), reported, carried, totals (villages and
        own totals behind the figure of the month), baseline_source (domain.targets.Source), start (yyyymm, the first
        month that counts), the columns of analytics.target_progress, category, indicator_name, kind, unit, decimals,
        villages.
    """
    return _own(workspace, selection, is_past=False)


@needs(Right.READ, of_selection)
def past_targets(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """Targets of the region itself whose deadline passed this year and that a later one has followed: reached or missed.

    Returns:
        One row per indicator and deadline, in the catalogue's order: the columns of region_targets. Mostly there are none,
        and then nothing is read and there are no columns.
    """
    with workspace.store.reading() as connection:
        targets = targets_of_year(connection, workspace, selection, [level_of(selection.region)])
    targets = targets[targets["region"] == selection.region]
    if not (~_is_in_force(targets, selection.month) & (targets["deadline"] < selection.month.key)).any():
        return pd.DataFrame()
    return _own(workspace, selection, is_past=True)


def _own(workspace: Workspace, selection: Selection, *, is_past: bool) -> pd.DataFrame:
    rows = _measured(workspace, selection, [level_of(selection.region)], is_past=is_past)
    rows = rows[rows["region"] == selection.region]
    order = {code: place for place, code in enumerate(workspace.catalog)}
    places = rows["indicator"].map(order).astype("int64")
    return rows.assign(_place=places).sort_values(["_place", "deadline"], ignore_index=True).drop(columns="_place")


@needs(Right.READ, of_selection)
def category_targets(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """Progress of each category of the region's targets: see analytics.category_progress."""
    return category_progress(region_targets(workspace, selection))


@needs(Right.READ, of_selection)
def unit_progress(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """Progress of the units under the region on the selected indicator, the neediest first: by state, then by how far
    the progress lags behind the time gone.

    Returns:
        One row per unit with a target: region, region_code, name, and the columns of region_targets, and lead_pct
        (progress minus time gone).
    """
    rows = _measured(workspace, selection, [selection.level], indicator=selection.indicator)
    names = unit_columns(workspace, units(workspace, selection))[["region", "region_code", "name"]]
    rows = names.merge(rows, on="region", how="inner")
    return in_order_of_need(rows.assign(lead_pct=rows["progress_pct"] - rows["time_gone_pct"]))


@needs(Right.READ, of_selection)
def progress_matrix(workspace: Workspace, selection: Selection, category: str = "") -> pd.DataFrame:
    """The units under the region side by side, the neediest first.

    Args:
        category: one whose indicators are the columns; the columns are the categories where empty.
    Returns:
        One row per (unit, column) with a target in force, and one per unit with an empty column for all its targets
        (of the category) together: place (1 is the neediest), region, region_code, name, parent, column (category or
        indicator code), column_name, progress_pct, time_gone_pct, targets_count, reported_count, behind_count, state,
        lead_pct: see analytics.progress_cells. Columns stand in the catalogue's order. Units without a target come last
        (state None).
    """
    catalog = workspace.catalog
    rows = _measured(workspace, selection, [selection.level])
    if category:
        rows = rows[rows["category"] == category]
    order = {code: place for place, code in enumerate(catalog)}
    rows = rows.sort_values("indicator", key=lambda codes: codes.map(order).astype("int64"), kind="stable")
    named = unit_columns(workspace, units(workspace, selection))[["region", "region_code", "name", "parent"]]
    rows = rows[rows["region"].isin(set(named["region"]))]
    cells = progress_cells(rows, named, "indicator" if category else "category")
    names = {code: entry.name for code, entry in catalog.items()} if category else {}
    cells["column_name"] = [names.get(column, column) for column in cells["column"]]
    return cells


@needs(Right.READ, of_selection)
def target_categories(workspace: Workspace, selection: Selection) -> list[str]:
    """Categories in which the units under the region have a target this year, in the catalogue's order."""
    with workspace.store.reading() as connection:
        targets = targets_of_year(connection, workspace, selection, [selection.level])
    found = {workspace.catalog[code].category for code in targets["indicator"].unique()}
    return [category for category in workspace.catalog.categories if category in found]


@needs(None, Reach.SIGNED_IN)
def targets_digest(workspace: Workspace, watermark: int) -> str:
    """SHA-256 over every target that stands as of a watermark: which version of the targets a page was made with."""
    with workspace.store.reading() as connection:
        rows = targets_as_of(connection, workspace, watermark)
    ordered = rows.sort_values(["region", "indicator", "deadline"])
    said = ordered[["region", "indicator", "deadline", "baseline", "value"]].astype(str)
    return hashlib.sha256(said.to_csv(index=False, header=False, lineterminator="\n").encode()).hexdigest()
