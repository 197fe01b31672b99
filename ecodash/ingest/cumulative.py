"""Titles that speak of figures since the year began, over columns that should hold one month's."""

import re
from collections.abc import Iterable, Sequence

from ecodash.domain.indicators import Kind
from ecodash.ingest.faults import Doubt, cut
from ecodash.ingest.figures import Figures
from ecodash.ingest.headers import ColumnMatch

_CUMULATIVE = re.compile(r"累计|(?:年初|今年|本年|年)以来|年初至今")


def check_cumulative(titles: Iterable[str], matches: Sequence[ColumnMatch], read: Iterable[Figures]) -> list[Doubt]:
    """A doubt for each column of monthly amounts under a title that says they are added up.

    A table that sets its month beside what has been added up says itself which is which.

    Args:
        titles: the text above the table, the sheet's and the file's name.
        matches: all columns of the table.
        read: figures whose month is the sheet's.
    """
    said = next((found[0] for title in titles if (found := _CUMULATIVE.search(title))), "")
    if not said or any(match.how == "derived" for match in matches):
        return []
    doubts: dict[int, Doubt] = {}
    for one in read:
        column, indicator = one.source.column, one.indicator
        if indicator.kind is Kind.FLOW and len(one.places):
            hint = (
                f"标题写的是“{said}”，而“{indicator.name}”要报的是当月完成量。请核对：是累计数的请改填当月的数，"
                "确是当月数的请说明。"
            )
            position, label = column.position, cut(column.label)
            doubts.setdefault(
                position,
                Doubt("title_cumulative", hint, indicator=indicator.code, column=label, position=position),
            )
    return list(doubts.values())
