"""Columns of a snapshot's workbook: a heading, and how a cell is read from a row of a frozen table.

A figure stays the number that was frozen and is shown with the digits of the page; what is missing is an empty cell.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ecodash.domain.lists import Side
from ecodash.domain.targets import State
from ecodash.reports.numbers import is_missing, missing_word, show_month, show_time
from ecodash.reports.profile_sections import FACTS
from ecodash.reports.sections import REPORTING_STATES, Meta, coverage, joined, reports_behind

Cell = str | int | float | None
Row = Any
Digits = Callable[[Meta, Row], int | None]


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        heading: may name what snapshot_sheets.named fills in: {indicator}, {unit}, {own_unit}, {level}, {below}, {before}.
        needs: columns of the table it is read from; a table of an earlier version that lacks one goes without it.
        digits: after the point, of a number; None: as many as it has.
        is_constant_left_out: whether it is left out where it says the same in every row.
    """

    heading: str
    needs: tuple[str, ...]
    read: Callable[[Meta, Row], Cell]
    digits: Digits | None = None
    is_constant_left_out: bool = False


def of_row(meta: Meta, row: Row) -> int:
    """Digits of the row's own indicator."""
    return int(row.decimals)


def of_page(meta: Meta, row: Row) -> int:
    """Digits of the indicator the page is about."""
    return int(meta["decimals"])


def digits(count: int) -> Digits:
    """So many digits in every row."""
    return lambda meta, row: count


def words(heading: str, name: str, *, is_constant_left_out: bool = False) -> Column:
    """A text; missing and empty are an empty cell."""

    def read(meta: Meta, row: Row) -> Cell:
        value = getattr(row, name)
        return None if is_missing(value) else str(value) or None

    return Column(heading, (name,), read, is_constant_left_out=is_constant_left_out)


def number(heading: str, name: str, digits: Digits = of_page) -> Column:
    """A figure exactly as frozen."""

    def read(meta: Meta, row: Row) -> Cell:
        value = getattr(row, name)
        return None if is_missing(value) else float(value)

    return Column(heading, (name,), read, digits)


def whole(heading: str, name: str) -> Column:
    """A count, or the number of a batch or row."""

    def read(meta: Meta, row: Row) -> Cell:
        value = getattr(row, name)
        return None if is_missing(value) else int(value)

    return Column(heading, (name,), read, digits(0))


def month(heading: str, name: str) -> Column:
    """A month, from yyyymm (0: none) or yyyy-mm."""

    def read(meta: Meta, row: Row) -> Cell:
        value = getattr(row, name)
        return None if is_missing(value) or not value else show_month(value)

    return Column(heading, (name,), read)


def time(heading: str, name: str) -> Column:
    """An aware time, in Beijing time."""
    return Column(heading, (name,), lambda meta, row: show_time(getattr(row, name), missing="") or None)


def months(heading: str, name: str) -> Column:
    """A list of months."""
    return Column(
        heading, (name,), lambda meta, row: "、".join(show_month(str(one)) for one in getattr(row, name)) or None
    )


def figure_state(meta: Meta, row: Row) -> Cell:
    """What a figure rests on, or the word for its being missing; never empty."""
    behind = reports_behind(row)
    if is_missing(row.value):
        return missing_word(reports=behind)
    if getattr(row, "is_own", False):
        return "本级自报"
    return joined(coverage(row)) or ("已报" if row.reported else "有数") if behind else "有数"


STATE = Column("数据情况", ("value", "reported", "carried", "totals", "unweighted", "villages"), figure_state)


def target_state(meta: Meta, row: Row) -> Cell:
    """▼ 滞后: icon and word, or the word for a target whose figure is missing."""
    if is_missing(row.state):
        return None
    state = State(row.state)
    return f"{state.icon} {state.label}"


def reporting_state(meta: Meta, row: Row) -> Cell:
    """Whether a unit's villages all reported, in a word."""
    return REPORTING_STATES[row.state][1]


def needed_per_month(meta: Meta, row: Row) -> Cell:
    """What a month must still bring; nothing where the target is reached."""
    is_short = not is_missing(row.gap) and row.gap > 0
    return float(row.needed_per_month) if is_short and not is_missing(row.needed_per_month) else None


def arrival(meta: Meta, row: Row) -> Cell:
    """As on the page: after the deadline nobody asks any more whether the present pace is enough."""
    state = State(row.state)
    if state in (State.DONE, State.UNREPORTED):
        return None
    return show_month(row.arrival_month, missing="" if state is State.MISSED else "按现速达不到") or None


def rank_among(meta: Meta, row: Row) -> Cell:
    """Alone among its peers, a region has no rank worth the name."""
    return None if is_missing(row.rank) or row.ranked_count < 2 else int(row.rank)


def fact_label(meta: Meta, row: Row) -> Cell:
    """What a fact of a region is called."""
    return str(row.name) or FACTS[str(row.fact)]


def fact_text(meta: Meta, row: Row) -> Cell:
    """A fact in words; nothing for a number that is there."""
    if row.name:
        return missing_word() if is_missing(row.value) else None
    return show_month(str(row.text)) if row.fact in ("valid_from", "valid_until") else str(row.text) or None


def trend_state(meta: Meta, row: Row) -> Cell:
    """What the figure of a month rests on, or the word for its being missing; never empty."""
    behind = int(row.reported) + int(row.carried) + int(row.totals)
    if is_missing(row.value):
        return missing_word(reports=behind)
    # Trends frozen by versions before 0.2 do not say how many villages there were.
    villages = int(getattr(row, "villages", 0))
    if villages == 1:
        return "沿用" if row.carried and not row.reported else "已报"
    of_all = f"/{villages}" if villages else ""
    said = [f"上报 {int(row.reported)}{of_all} 村"] if behind else []
    said += [f"沿用 {int(row.carried)} 村"] if row.carried else []
    said += [f"按上级合计 {int(row.totals)} 处"] if row.totals else []
    return joined(said) or "有数"


def digits_of_report(meta: Meta, row: Row) -> int:
    """A part of a ratio may be reported in finer steps than the ratio itself; whole counts stay whole."""
    return 0 if float(row.value).is_integer() else max(int(meta["decimals"]), 2)


def month_state(meta: Meta, row: Row) -> Cell:
    """How a month was reported, in a word."""
    if row.missing:
        return "有缺报" if row.is_due else "未到期"
    return "有迟报" if row.late else "全部按时"


def listed_state(meta: Meta, row: Row) -> Cell:
    """What the figure of a unit on a list rests on, or the word for its being missing; never empty."""
    behind = int(row.reported) + int(row.carried)
    if is_missing(row.value):
        return missing_word(reports=behind)
    if row.villages <= 1 or not behind:
        return "沿用" if row.carried and not row.reported else "有数"
    said = [f"上报 {int(row.reported)}/{int(row.villages)} 村"]
    return joined(said + ([f"沿用 {int(row.carried)} 村"] if row.carried else []))


def side(meta: Meta, row: Row) -> Cell:
    """红榜 or 黑榜."""
    return Side(row.side).label
