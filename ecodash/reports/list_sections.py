"""The section of the snapshot page that holds a month's red and black list, with the reasons as they were frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecodash.domain.lists import Side
from ecodash.i18n import gettext as _
from ecodash.i18n import marked
from ecodash.reports.numbers import is_missing, show_movement, show_time
from ecodash.reports.sections import Figure, Meta, Section, figure, rows_of

_SIDES = {
    Side.RED: ("★", marked("表扬")),
    Side.BLACK: ("■", marked("批评")),
}
"""Sign and word beside the name of each list: which is which is never said by colour alone."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One unit on one list; own_by names who wrote own, and when."""

    code: str
    rank: str
    name: str
    parent: str
    value: Figure
    movement: str
    reason: str
    own: str
    own_by: str


@dataclass(frozen=True, slots=True)
class ListSide:
    """One of the two lists."""

    code: str
    label: str
    icon: str
    meaning: str
    rows: Sequence[ListRow]


@dataclass(frozen=True, slots=True)
class Lists:
    """Both lists, what has to be said beside them, the rule in words, and what the measure counts."""

    level: str
    measure: str
    definition: str
    sides: Sequence[ListSide]
    notes: Sequence[str]
    rules: Sequence[str]


def lists_section(meta: Meta, tables: Mapping[str, pd.DataFrame]) -> Section:
    """The red and the black list as two tables; one that names nobody says so.

    Args:
        meta, tables: of a page that queries.freeze_lists made; list_entries may be empty.
    """
    said, entries = meta["lists"], tables["list_entries"]
    # Where all units have one parent, naming it says nothing.
    names_parents = entries["parent"].nunique() > 1
    sides = [
        ListSide(
            side.value,
            side.label,
            _SIDES[side][0],
            _(_SIDES[side][1]),
            [_row(meta, row, names_parents=names_parents) for row in rows_of(entries[entries["side"] == side.value])],
        )
        for side in Side
    ]
    body = Lists(
        level=str(meta["level_label"]),
        measure=str(meta["indicator_name"]),
        definition=str(meta["indicator_definition"]),
        sides=sides,
        notes=[str(note) for note in tables["list_notes"]["note"]],
        rules=[str(rule) for rule in said["rules"]],
    )
    return Section("lists", str(said["title"]), "lists_part.html", body, _note(said))


def _note(said: Mapping[str, Any]) -> str:
    """按“乡镇月榜”（第 2 版）评比，参评 30 个，有数据而两榜都不列的 24 个；本月上报期限已过。"""
    due = _("本月上报期限已过") if said["is_due"] else _("本月上报期限未到")
    return _("按“{name}”（第 {version} 版）评比，参评 {judged} 个，有数据而两榜都不列的 {rest} 个；{due}。").format(
        name=said["rule_name"], version=said["rule_version"], judged=said["judged"], rest=said["unlisted"], due=due
    )


def _row(meta: Meta, row: Any, *, names_parents: bool) -> ListRow:
    own = "" if is_missing(row.own_reason) else str(row.own_reason)
    return ListRow(
        code=str(row.region_code),
        rank="—" if is_missing(row.rank) else str(int(row.rank)),
        name=str(row.name),
        parent=str(row.parent) if names_parents else "",
        value=figure(
            str(row.region_code), str(meta["indicator"]), row.value, int(meta["decimals"]), unit=meta["indicator_unit"]
        ),
        movement=show_movement(row.movement),
        reason=str(row.reason),
        own=own,
        own_by=_("{name}，{time}").format(name=row.own_by, time=show_time(row.own_at)) if own else "",
    )
