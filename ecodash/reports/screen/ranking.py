"""排名: the whole list where it can be read, else its two ends; who has no figure stands apart and is never a 0."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecodash.i18n import gettext as _
from ecodash.i18n import marked
from ecodash.reports.numbers import is_missing, show_movement
from ecodash.reports.screen import words
from ecodash.reports.screen.parts import Part, empty, in_columns, in_parts, numbered
from ecodash.reports.screen.slides import MOST_PARTS, Meta, Room, SlideTables
from ecodash.reports.screen.words import Shown
from ecodash.reports.sections import rows_of

_NAMES = 8


@dataclass(frozen=True, slots=True)
class RankRow:
    """A ranked unit: movement is empty where there is no earlier rank."""

    rank: str
    movement: str
    moved: str
    name: str
    parent: str
    code: str
    value: Shown
    filled: str


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of ranked units under one heading; no heading over the whole list."""

    heading: str
    columns: Sequence[Sequence[RankRow]]


@dataclass(frozen=True, slots=True)
class RankBody:
    """Blocks side by side, the number of rows of the longest column, and who is not ranked."""

    blocks: Sequence[Block]
    longest: int
    apart: Sequence[str]


def ranking_parts(slide: SlideTables, room: Room) -> list[Part]:
    """The units ranked on the indicator."""
    meta, frame = slide.meta, slide.tables["unit_ranking"]
    what = _("{level}排名：{indicator}").format(level=words.level_word(meta), indicator=words.indicator_title(meta))
    title = words.heading(meta, what)
    rows, apart = rank_rows(meta, frame), not_ranked(frame)
    if not rows:
        says = _("{month}没有可排名的数据。").format(month=words.month_of(meta))
        return empty(title, says, "；".join(apart))
    note = direction_note(meta)
    if len(rows) > room.columns * room.rows * MOST_PARTS:
        return [_ends(title, rows, apart, room, note)]
    parts, _left = in_parts(rows, room.columns * room.rows)
    found = []
    for place, part in enumerate(parts):
        columns = in_columns(part, room.columns, room.rows)
        body = RankBody([Block("", columns)], len(columns[0]), apart if place == len(parts) - 1 else [])
        found.append(Part(numbered(title, place, len(parts)), "ranking.html", body, note))
    return found


def _ends(title: str, rows: list[RankRow], apart: list[str], room: Room, note: str) -> Part:
    """A list too long to be read whole: its first and its last; what lies between is said to be left out."""
    blocks, left = both_ends(rows, room.columns, room.rows)
    longest = max(len(column) for block in blocks for column in block.columns)
    return Part(title, "ranking.html", RankBody(blocks, longest, apart), note, words.elsewhere(left, _("排名")))


def both_ends(rows: Sequence[RankRow], columns: int, room: int) -> tuple[list[Block], int]:
    """The whole list in columns, or where it is longer than they hold, its first and last rows under headings; and how
    many rows are left out."""
    if len(rows) <= columns * room:
        return [Block("", in_columns(rows, columns, room))], 0
    front, back = -(-columns // 2), columns // 2
    first, last = (room * front, room * back) if back else (-(-room // 2), room // 2)
    blocks = [
        Block(_("前 {count} 位").format(count=first), in_columns(rows[:first], front, min(room, first))),
        Block(_("后 {count} 位").format(count=last), in_columns(rows[-last:], max(back, 1), min(room, last))),
    ]
    return blocks, len(rows) - first - last


def direction_note(meta: Meta) -> str:
    said = {"higher": _("数值高的在前"), "lower": _("数值低的在前")}.get(
        meta["direction"], _("按数值从高到低排列，不分优劣")
    )
    return _("{direction}；升降与上月名次相比。").format(direction=said)


def rank_rows(meta: Meta, frame: pd.DataFrame) -> list[RankRow]:
    """The ranked units in order; a unit is named with its parent where another has its name."""
    ranked = frame[frame["rank"].notna()]
    top = max((float(value) for value in ranked["value"] if value > 0), default=0.0)
    if meta["unit"] == "%":
        top = max(top, 100.0)
    namesakes = set(frame.loc[frame["name"].duplicated(keep=False), "name"])
    return [_row(meta, row, row.parent if row.name in namesakes else "", top) for row in rows_of(ranked)]


def _row(meta: Meta, row: Any, parent: str, top: float) -> RankRow:
    has_moved = not is_missing(row.movement)
    places = int(row.movement) if has_moved else 0
    return RankRow(
        rank=str(int(row.rank)),
        movement=show_movement(row.movement) if has_moved else "",
        moved="up" if places > 0 else "down" if places < 0 else "",
        name=row.name,
        parent=parent,
        code=row.region_code,
        value=words.shown(row.value, int(meta["decimals"]), meta["unit"]),
        filled=words.share_of(row.value, top),
    )


_REASONS = {
    "kind": marked("类型不参加排名"),
    "least": marked("分母过小，不参与排名"),
    "class": marked("不在所比类别"),
    "parts": marked("所含指标上报过少，不参与排名"),
}
"""Why a unit is left out of a ranking: analytics says a code."""


def not_ranked(frame: pd.DataFrame) -> list[str]:
    """Who is not ranked, and why: 未上报 3 个：甲、乙、丙."""
    out = frame[frame["rank"].isna()]
    if out.empty:
        return []
    excluded = out["excluded"].fillna("") if "excluded" in out.columns else pd.Series("", index=out.index)
    lines = []
    for reason in dict.fromkeys(excluded):
        names = [str(name) for name in out.loc[excluded == reason, "name"]]
        label = _(_REASONS[reason]) if reason in _REASONS else _("○ 未上报，不参与排名")
        listed = "、".join(names[:_NAMES]) + (_("等") if len(names) > _NAMES else "")
        lines.append(_("{label} {count} 个：{names}").format(label=label, count=len(names), names=listed))
    return lines
