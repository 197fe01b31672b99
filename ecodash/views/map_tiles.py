"""Units as tiles, one to each, grouped by what they lie in: where no boundary is known, none is invented."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import pandas as pd

from ecodash.i18n import gettext as _
from ecodash.reports.classes import Method
from ecodash.reports.numbers import is_missing, show_number
from ecodash.views import text
from ecodash.views.classes import Division
from ecodash.views.drawing import Group
from ecodash.views.rows import rows_of

MOST_TILES = 2500
"""So many fit a screen a person still reads; where there are more, the units above them are shown instead."""


def tile_groups(units: pd.DataFrame, division: Division, decimals: int, unit: str) -> list[Group]:
    """One tile for each unit, in the order of the frame.

    Args:
        units: one row per unit: region_code, name, group (key), group_name, value (NaN unreported), measure (what its
            class is of; NaN without one), is_reported, reported, carried.
    """
    groups = []
    for _key, rows in units.groupby("group", sort=False):
        cells = [
            (row.region_code, row.name, shown(row, decimals, unit), _place(division, row.measure))
            for row in rows_of(rows)
        ]
        counts = text.reported_of(int(rows["is_reported"].sum()), len(rows))
        groups.append(Group(str(rows["group_name"].iloc[0]), counts, cells))
    return groups


def shown(row: Any, decimals: int, unit: str) -> str:
    """A unit's figure: 73.30%, 1,268 吨（沿用）, 未上报."""
    if is_missing(row.value):
        return text.UNREPORTED
    written = text.value_with_unit(show_number(row.value, decimals), unit)
    return f"{written}{text.CARRIED_MARK}" if row.carried and not row.reported else written


def _place(division: Division, measure: float) -> int:
    look = division.look(measure)
    return -1 if look is None else look.number - 1


def legend(division: Division, measures: Iterable[float], note: str, missing: str = "") -> str:
    """What the colours mean: a number on each, from where to where, and how many of the drawn units are in it.

    Args:
        note: how values were divided.
        missing: the word for those without a class.
    """
    looks = [division.look(measure) for measure in measures]
    counts = {
        number: sum(look is not None and look.number == number for look in looks) for number in _numbers(division)
    }
    keys = "".join(
        f'<span><span class="key" style="background:{look.colour};color:{look.ink}">{look.number}</span>'
        f"{escape(look.label)}<small>（{counts[look.number]}）</small></span>"
        for look in division.looks
    )
    none = sum(look is None for look in looks)
    hollow = (
        f'<span><span class="key hatched">—</span>{escape(missing or text.UNREPORTED)}<small>（{none}）</small></span>'
    )
    return f'<div class="classes"><b>{escape(note)}</b>{keys}{hollow}</div>'


def _numbers(division: Division) -> Iterable[int]:
    return (look.number for look in division.looks)


def classes_note(division: Division, asked: int) -> str:
    """分位数，5 级; and why there are fewer than were asked for."""
    count = len(division.looks)
    if division.method is Method.BANDS:
        return _("按目标，{count} 级").format(count=count)
    name = _("分位数") if division.method is Method.QUANTILE else _("等间距")
    if count < asked:
        return _("{name}，数值相同的归在一级，共 {count} 级").format(name=name, count=count)
    return _("{name}，{count} 级").format(name=name, count=count)


def search_words(level_name: str) -> Mapping[str, str]:
    """What the search box over tiles and areas says."""
    return {
        "find": _("查找{level}").format(level=level_name),
        "hint": _("输入名称"),
        "found": _("找到 {count} 个"),
        "none": _("没有这个名称"),
    }
