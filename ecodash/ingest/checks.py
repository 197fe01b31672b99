"""Logic of a file that was read: what cannot be (faults), and what is unlikely enough to be asked about (doubts).

| code | kind | what |
|---|---|---|
| month_future, month_closed | fault | the month cannot be reported, or not any more |
| more_than_whole | fault | the file gives a part above its whole: more sanitary toilets than households |
| more_than_standing | doubt | the same against what stands |
| flow_more_than_whole | doubt | the same for a month's work: problems may have been found earlier than closed |
| stock_falls | doubt | a stock that only grows is below an earlier report, or above a later one |
| tenfold | doubt | ten times the last figure or a tenth of it |
| month_copied | doubt | a town's figures are those of the month before |
| all_same, all_full | doubt | every village of a town has the same figure, or 100 % |
| month_skipped | doubt | months are missing before the first new one |

Every rule sees the file laid over what stands (checks_series). A cell that repeats what stands changes nothing and
raises no doubt: its doubts were answered when it came first. Thresholds are constants beside their rules.
"""

from dataclasses import dataclass

import pandas as pd

from ecodash.domain.indicators import Catalog
from ecodash.domain.periods import Month
from ecodash.domain.regions import RegionTree
from ecodash.ingest.checks_alike import alike
from ecodash.ingest.checks_changes import falling_stocks, tenfold_changes
from ecodash.ingest.checks_hits import Label, Wording
from ecodash.ingest.checks_limits import limits_of, over_limits
from ecodash.ingest.checks_months import barred_months
from ecodash.ingest.checks_series import lay_over
from ecodash.ingest.checks_towns import copied_months, skipped_months
from ecodash.ingest.faults import Doubt, Fault

__all__ = ["MONTHS_BEFORE", "Standing", "check_logic", "compared_with"]

MONTHS_BEFORE = 13
"""Reports so many months before a file's first month are compared with it."""


@dataclass(frozen=True)
class Standing:
    """What stands before a file is committed.

    Args:
        reports: own reports of the submitted regions, one row per (region, indicator, period): region (int64 key),
            indicator (code), period (int32 yyyymm), value (decimal, four places or fewer). Of the indicators
            compared_with names, from MONTHS_BEFORE before the first submitted month to after the last; of attributes
            among them, which stand until they are reported anew, also the last report before, however old.
        closed: (region key or 0 for all, yyyymm) of months that are closed; a county's key closes all below it.
        months: (town or higher unit, yyyymm) of months in which a unit or a village of it reported any flow, so that
            a file of one seldom indicator is not told that months were skipped. May be empty.
    """

    reports: pd.DataFrame
    closed: frozenset[tuple[int, int]] = frozenset()
    months: frozenset[tuple[int, int]] = frozenset()

    @staticmethod
    def nothing() -> "Standing":
        """Nothing was reported before."""
        types = {"region": "int64", "indicator": "str", "period": "int32", "value": "object"}
        return Standing(pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in types.items()}))


def compared_with(catalog: Catalog, codes: list[str]) -> list[str]:
    """Submitted indicators and those they limit or are limited by: what Standing.reports is to hold."""
    wanted = dict.fromkeys(codes)
    for limit in limits_of(catalog):
        if limit.part in codes or limit.whole in codes:
            wanted |= dict.fromkeys((limit.part, limit.whole))
    return list(wanted)


def check_logic(
    cells: pd.DataFrame,
    *,
    catalog: Catalog,
    tree: RegionTree,
    standing: Standing,
    newest: Month,
    label: Label,
) -> tuple[list[Fault], list[Doubt]]:
    """Faults and doubts of a file's cells, each list in the order of the file, those of groups first.

    At most 1,000 of either are told one by one; for each rule with more, one more says how many.

    Args:
        cells: one row per (region, indicator, period): region, indicator, period, value, sheet (index), row (as the
            spreadsheet shows it), column (place from 0).
        tree: for names.
        standing: what the file is compared with.
        newest: the last month that may be reported.
        label: sheet label and header text of a sheet's index and a column's place.
    """
    if cells.empty:
        return [], []
    wording = Wording(cells, tree, label)
    book = lay_over(cells, standing.reports, catalog)
    contradictions, unlikely = over_limits(book, catalog, wording)
    faults = [*barred_months(cells, book, standing.closed, newest, wording), *contradictions]
    doubts = [
        *unlikely,
        *falling_stocks(book, wording),
        *tenfold_changes(book, catalog, wording),
        *copied_months(book, wording),
        *alike(book, catalog, wording),
        *skipped_months(book, standing.months, wording),
    ]
    return wording.faults(faults), wording.doubts(doubts)
