"""区域档案: one region's figures with their change, target and place among peers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ecodash.domain.targets import State
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import is_missing, show_change
from ecodash.reports.screen import words
from ecodash.reports.screen.parts import Part, empty, in_columns, in_parts, numbered
from ecodash.reports.screen.slides import Meta, Room, SlideTables
from ecodash.reports.screen.words import Shown
from ecodash.reports.sections import rows_of

_ROWS = 8


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One indicator of the region."""

    code: str
    name: str
    value: Shown
    change: str
    rank: str
    state: str
    state_text: str


@dataclass(frozen=True, slots=True)
class ProfileBody:
    """Facts of the region, then its indicators in columns."""

    facts: Sequence[tuple[str, str]]
    columns: Sequence[Sequence[ProfileRow]]
    longest: int


def profile_parts(slide: SlideTables, room: Room) -> list[Part]:
    """Indicators with a target first, then those ranked among peers, then the others."""
    meta, frame = slide.meta, slide.tables["region_profile"]
    title = words.heading(meta, slide.slide.label)
    if frame.empty:
        return empty(title, _("{month}没有上报数据。").format(month=words.month_of(meta)))
    ordered = frame.assign(
        no_target=frame["state"].isna(), no_rank=frame["rank"].isna(), no_value=frame["value"].isna()
    )
    ordered = ordered.sort_values(["no_value", "no_target", "no_rank"], kind="stable")
    rows = [_row(meta, row) for row in rows_of(ordered)]
    parts, left = in_parts(rows, room.profile_columns * _ROWS)
    facts = [
        (words.name_of(meta, code), f"{shown.text} {shown.unit}".strip())
        for code, value in meta["attributes"].items()
        for shown in [words.shown(value, 0, meta["attribute_units"].get(code, ""))]
    ]
    path = " › ".join(meta["region_path"])
    found = []
    for place, part in enumerate(parts):
        columns = in_columns(part, room.profile_columns, _ROWS)
        rest = words.elsewhere(left, _("区域档案")) if left and place == len(parts) - 1 else ""
        body = ProfileBody(facts, columns, len(columns[0]))
        note = _("{path}；变化与上月相比，名次在同级同辖区内。").format(path=path)
        found.append(Part(numbered(title, place, len(parts)), "profile.html", body, note, rest))
    return found


def _row(meta: Meta, row: Any) -> ProfileRow:
    value = words.value_of(row, row.unit, int(row.decimals))
    state = None if is_missing(row.state) else State(row.state)
    return ProfileRow(
        code=row.indicator,
        name=words.name_of(meta, row.indicator),
        value=value,
        change="" if value.is_missing else show_change(row.change, int(row.decimals), _(row.unit)),
        rank=""
        if is_missing(row.rank) or row.ranked_count < 2
        else _("第 {rank}/{count} 名").format(rank=int(row.rank), count=int(row.ranked_count)),
        state="" if state is None else state.value,
        state_text="" if state is None else f"{state.icon} {state.label}",
    )
