"""What the units of a ranking unfold to on the snapshot page: of towns their villages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from ecodash.domain.regions import Level, child_level, region_code
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import exact_number, is_missing, missing_word, show_number
from ecodash.reports.picture_sections import COUNTED_UNIT
from ecodash.reports.sections import Meta, reports_behind, rows_of

PARTS = "unit_parts"


@dataclass(frozen=True, slots=True)
class Part:
    """A region below a unit that has a figure.

    Args:
        exact: not rounded.
        text: as shown, without its unit.
        is_carried: whether nothing was reported for the month and an earlier figure still stands.
    """

    name: str
    exact: str
    text: str
    is_carried: bool


@dataclass(frozen=True, slots=True)
class Unfolded:
    """The regions below one unit.

    Args:
        code: of the unit.
        summary: how many there are, and how many of them with an earlier figure or without one.
        parts: those with a figure, best first.
        silent: names of those without one, by the word that says why.
    """

    code: str
    summary: str
    parts: Sequence[Part]
    silent: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Unfolding:
    """What the rows of a ranking lead to.

    Args:
        units: by region key, what stands under the row.
        links: by region key, where the same stands already: an address within the page.
        note: a sentence that says how to read it.
    """

    units: Mapping[int, Unfolded] = field(default_factory=dict)
    links: Mapping[int, str] = field(default_factory=dict)
    note: str = ""


def unfold(meta: Meta, parts: pd.DataFrame) -> Unfolding:
    """The regions below each unit, ready to print.

    Args:
        parts: of queries.unit_parts.
    """
    label = _below(meta).label
    decimals = int(meta["decimals"])
    keys = [int(key) for key in parts["unit"].unique()]
    units = {key: _unfolded(key, parts[parts["unit"] == key], label, decimals) for key in keys}
    # Towns count villages, but a single village has a level: the unit of the one is not that of the other.
    unit = "" if meta["indicator_unit"] == COUNTED_UNIT else _(str(meta["indicator_unit"]))
    words = {"unit": label, "each": meta["level_label"]}
    if unit:
        note = _("点开各{each}可看到{unit}的数值（单位：{of}）。").format(of=unit, **words)
    else:
        note = _("点开各{each}可看到{unit}的数值。").format(**words)
    return Unfolding(units, note=note)


def linked(meta: Meta, keys: Sequence[int], target: str) -> Unfolding:
    """Rows that lead to where the regions below them stand already.

    Args:
        keys: of the units.
        target: the address without the unit's code.
    """
    note = _("点各{each}旁的“各{unit}”可看到{unit}的数值。").format(each=meta["level_label"], unit=_below(meta).label)
    return Unfolding(links={key: f"#{target}{region_code(key)}" for key in keys}, note=note)


def _below(meta: Meta) -> Level:
    return child_level(Level(meta["level"]))


def _unfolded(key: int, rows: pd.DataFrame, label: str, decimals: int) -> Unfolded:
    parts: list[Part] = []
    silent: dict[str, list[str]] = {}
    for row in rows_of(rows):
        if is_missing(row.value):
            silent.setdefault(missing_word(reports=reports_behind(row)), []).append(str(row.name))
        else:
            is_carried = bool(row.carried) and not row.reported and not row.totals
            parts.append(Part(str(row.name), exact_number(row.value), show_number(row.value, decimals), is_carried))
    summary = _("{count} 个{unit}").format(count=len(rows), unit=label)
    carried = sum(part.is_carried for part in parts)
    counted = [_("沿用 {count}").format(count=carried)] if carried else []
    counted += [f"{word} {len(names)}" for word, names in silent.items()]
    return Unfolded(region_code(key), " · ".join([summary, *counted]), parts, list(silent.items()))
