"""Frames → markup: target bars, short tables, village tiles. Every text is escaped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from ecodash.domain.indicators import Indicator
from ecodash.domain.pages import Page
from ecodash.domain.targets import State
from ecodash.reports.numbers import show_movement, show_number, show_time
from ecodash.views import links, names, text
from ecodash.views.links import Wish
from ecodash.views.rows import rows_of


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a short table.

    Args:
        shown: its text.
        is_number: set to the right.
        link: where a click leads, within this server.
        is_missing: nothing was reported.
    """

    shown: str
    is_number: bool = False
    link: str = ""
    is_missing: bool = False

    @property
    def markup(self) -> str:
        names = [name for name, holds in (("num", self.is_number), ("missing", self.is_missing)) if holds]
        inner = escape(self.shown)
        if self.link:
            inner = f'<a href="{escape(self.link)}" target="_self">{inner}</a>'
        return f'<td class="{" ".join(names)}">{inner}</td>'


def short_table(
    caption: str, header: Sequence[str], rows: Iterable[Sequence[Cell]], numbers: Sequence[int], kind: str
) -> str:
    """A table of a few rows, readable without scrolling.

    Args:
        numbers: places of the columns that hold numbers.
        kind: names the table in the style sheet.
    """
    heads = "".join(
        f'<th scope="col" class="{"num" if place in numbers else ""}">{escape(name)}</th>'
        for place, name in enumerate(header)
    )
    body = "".join(f"<tr>{''.join(cell.markup for cell in row)}</tr>" for row in rows)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<table class="short {kind}">{title}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


# ── targets ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _bar(progress_pct: float, time_gone_pct: float) -> str:
    filled = "" if pd.isna(progress_pct) else f'<i style="width:{min(max(progress_pct, 0), 100):.1f}%"></i>'
    return f'<div class="track">{filled}<u style="left:{time_gone_pct:.1f}%"></u></div>'


def _goal(name: str, small: str, bar: str, notes: Sequence[str], state: State, state_text: str) -> str:
    note = "".join(f"<span>{escape(line)}</span>" for line in notes if line)
    return (
        f'<div class="goal goal-{state.value}"><div class="goal-name">{escape(name)}<small>{escape(small)}</small></div>'
        f'{bar}<div class="goal-note">{note}</div>'
        f'<div class="state state-{state.value}">{state.icon} {escape(state_text)}</div></div>'
    )


def _goals(rows: Iterable[str]) -> str:
    return f'<p class="legend"><u></u>{escape(text.TIME_MARK_LEGEND)}</p><div class="goals">{"".join(rows)}</div>'


def category_goals(categories: pd.DataFrame) -> str:
    """Progress of each category; rows of queries.category_targets."""
    return _goals(
        _goal(
            names.category_name(row.category),
            text.targets_count(row.targets_count, row.reported_count),
            _bar(row.progress_pct, row.time_gone_pct),
            [text.progress_and_time(show_number(row.progress_pct, 1), show_number(row.time_gone_pct, 1))],
            _category_state(row.reported_count, row.behind_count),
            text.category_state(row.reported_count, row.behind_count),
        )
        for row in rows_of(categories)
    )


def _category_state(reported: int, behind: int) -> State:
    if not reported:
        return State.UNREPORTED
    return State.BEHIND if behind else State.ON_PACE


# ── short lists ────────────────────────────────────────────────────────────────────────────────────────────────────


def rank_list(caption: str, ranking: pd.DataFrame, entry: Indicator, unit: str, decimals: int, wish: Wish) -> str:
    """A few rows of queries.unit_ranking: rank, name, value, movement, and the way to the reasons of the rank."""
    rows = [
        (
            Cell(str(row.rank), is_number=True),
            Cell(row.name, link=links.page_address(Page.PROFILE, Wish(region=row.region).over(wish))),
            Cell(show_number(row.value, decimals), is_number=True),
            Cell(show_movement(row.movement), is_number=True),
            Cell(text.WHY, link=links.why_address(row.region, wish)),
        )
        for row in rows_of(ranking)
    ]
    header = (text.RANK, text.NAME, text.with_unit(entry.label, unit), text.MOVEMENT, text.CAUSE)
    return short_table(caption, header, rows, (0, 2, 3), "ranks")


def late_list(late: pd.DataFrame, wish: Wish) -> str:
    """Units that have not reported whole and in time; rows of queries.reporting."""
    rows = [
        (
            Cell(row.name, link=links.page_address(Page.PROFILE, Wish(region=row.region).over(wish))),
            Cell(text.REPORT_STATES[row.state]),
            Cell(str(row.missing), is_number=True),
            Cell(str(row.late), is_number=True),
            Cell(str(row.villages), is_number=True),
            Cell(show_time(row.last_received), is_number=True),
        )
        for row in rows_of(late)
    ]
    header = (text.UNIT, text.STATE, text.MISSING_COUNT, text.LATE_COUNT, text.VILLAGES_COUNT, text.LAST_RECEIVED)
    return short_table("", header, rows, (2, 3, 4, 5), "late")
