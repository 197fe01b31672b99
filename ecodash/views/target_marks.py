"""Frames of targets → markup: bars with the method behind them, and many units side by side. Every text is escaped."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from ecodash.domain.indicators import Direction
from ecodash.domain.pages import Page
from ecodash.domain.regions import Level
from ecodash.domain.targets import State
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import is_missing, show_month, show_number
from ecodash.views import links, names, target_text, text
from ecodash.views.links import Wish
from ecodash.views.rows import rows_of

SHEET = Path(__file__).parent / "static" / "targets.css"


def _bar(progress_pct: float, time_gone_pct: float) -> str:
    filled = "" if is_missing(progress_pct) else f'<i style="width:{min(max(progress_pct, 0), 100):.1f}%"></i>'
    return f'<span class="track">{filled}<u style="left:{time_gone_pct:.1f}%"></u></span>'


def legend() -> str:
    return f'<p class="legend"><u></u>{escape(text.TIME_MARK_LEGEND)}</p>'


# ── targets one below the other ────────────────────────────────────────────────────────────────────────────────────


def goals(rows: pd.DataFrame, directions: Iterable[Direction], level: Level, *, by_unit: bool = False) -> str:
    """Progress of each target, with the method to be opened; rows of queries.region_targets, past_targets or
    unit_progress.

    Args:
        directions: of each row's indicator.
        level: of the regions the targets are of.
        by_unit: whether a row is named by its region; else by its indicator.
    """
    parts = [
        _goal(row, row.name if by_unit else names.indicator_name(row.indicator, row.indicator_name), direction, level)
        for row, direction in zip(rows_of(rows), directions, strict=True)
    ]
    return f'<div class="goals target-goals">{"".join(parts)}</div>'


def _goal(row: Any, name: str, direction: Direction, level: Level) -> str:
    state = State(row.state)
    aim = text.target_line(show_number(row.actual, row.decimals), show_number(row.target, row.decimals), row.unit)
    until = _("期限{deadline}").format(deadline=show_month(row.deadline))
    notes = "".join(f"<span>{escape(line)}</span>" for line in target_text.lines(row))
    how = "".join(f"<p>{escape(sentence)}</p>" for sentence in target_text.method(row, direction))
    behind = escape(target_text.reports_behind(row, level))
    return (
        f'<div class="goal goal-{state.value}">'
        f'<div class="goal-name">{escape(name)}<small>{escape(aim)}　<span>{escape(until)}</span></small></div>'
        f'{_bar(row.progress_pct, row.time_gone_pct)}<div class="goal-note">{notes}</div>'
        f'<div class="state state-{state.value}">{state.icon} {escape(state.label)}</div>'
        f"<details><summary>{escape(_('怎么算的'))}</summary>{how}<p>{behind}</p></details></div>"
    )


# ── many units side by side ────────────────────────────────────────────────────────────────────────────────────────


def state_counts(whole: pd.DataFrame) -> str:
    """How many units are in each state, the neediest first; rows of queries.progress_matrix with an empty column."""
    counts = whole["state"].value_counts()
    shown = sorted((State(state) for state in counts.index), key=lambda state: state.need)
    spans = "".join(
        f'<span class="state state-{state.value}">{escape(target_text.counted(state, int(counts[state.value])))}</span>'
        for state in shown
    )
    return f'<p class="state-counts">{spans}</p>'


def matrix(cells: pd.DataFrame, columns: list[tuple[str, str]], first: str, wish: Wish, caption: str) -> str:
    """The units side by side with a bar and a state in each cell; each unit's name leads into it.

    Args:
        cells: rows of queries.progress_matrix, with the wholes (column empty) among them.
        columns: code and shown name of each column.
        first: heads the units.
        wish: what the unit's page is asked for beside the region.
        caption: says what the table is, for readers aloud.
    """
    by_cell = {(int(row.region), str(row.column)): row for row in rows_of(cells)}
    units = [row for row in rows_of(cells) if row.column == ""]
    heads = "".join(
        f'<th scope="col">{escape(name)}</th>' for name in (first, _("合计"), *(name for _code, name in columns))
    )
    body = "".join(
        f'<tr><th scope="row"><a href="{escape(_into(unit, wish))}" target="_self">{escape(unit.name)}</a></th>'
        f"{_cell(_('合计'), unit, is_whole=True)}"
        f"{''.join(_cell(name, by_cell.get((int(unit.region), code))) for code, name in columns)}</tr>"
        for unit in units
    )
    return (
        f'<div class="matrix-box" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="matrix">'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _into(unit: Any, wish: Wish) -> str:
    return links.page_address(Page.PROGRESS, Wish(region=int(unit.region)).over(wish))


def _cell(name: str, row: Any, *, is_whole: bool = False) -> str:
    label = escape(name)
    if row is None or is_missing(row.state):
        return f'<td class="none" data-label="{label}"><span class="hidden">{escape(_("没有目标"))}</span>—</td>'
    state = State(row.state)
    words = escape(target_text.cell_words(name, row))
    shown = "" if is_missing(row.progress_pct) else f"{show_number(row.progress_pct, 1)}%"
    word = f" {escape(state.label)}" if is_whole or not shown else ""
    if is_whole and row.behind_count:
        word += f" <small>{int(row.behind_count)}/{int(row.targets_count)}</small>"
    return (
        f'<td class="goal-{state.value}{" whole" if is_whole else ""}" data-label="{label}" title="{words}">'
        f'<span class="cell"><b class="state-{state.value}" aria-hidden="true">{state.icon}{word}</b>'
        f'{_bar(row.progress_pct, row.time_gone_pct)}<span class="num" aria-hidden="true">{shown}</span>'
        f'<span class="hidden">{words}</span></span></td>'
    )
