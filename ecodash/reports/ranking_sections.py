"""The section of the snapshot page that ranks the units; those without a value stand apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecodash.domain.regions import Level, child_level
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import is_missing, show_movement
from ecodash.reports.part_sections import Unfolded, Unfolding
from ecodash.reports.sections import Figure, Meta, Section, figure, reports_behind, rows_of


@dataclass(frozen=True, slots=True)
class RankRow:
    """A unit in the ranking, or, without a rank, among those left out of it.

    Args:
        places: gained since the last ranking, to sort by; empty where there is no earlier rank.
        parts: the regions below the unit; None where they are not shown under it.
        link: where on the page they are shown instead; empty: nowhere.
    """

    rank: str
    movement: str
    places: str
    name: str
    parent: str
    value: Figure
    filled: str
    previous: Figure
    coverage: str
    parts: Unfolded | None
    link: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """Ranked rows, apart from them the rows without a value, and what the figures beside are of.

    Args:
        below: what the level below the units is called; empty where no row leads to it.
        hint: how to see what the units unfold to, which paper cannot show.
    """

    indicator: str
    unit: str
    ranked: Sequence[RankRow]
    left_out: Sequence[RankRow]
    previous_label: str
    below: str
    hint: str


def ranking_rows(meta: Meta, frame: pd.DataFrame, unfolding: Unfolding | None = None) -> Section:
    """The units ranked on the selected indicator; those without a value stand apart and are never a 0.

    Args:
        unfolding: what the rows lead to; None: nothing.
    """
    unfolding = unfolding or Unfolding()
    top = max((float(value) for value in frame["value"] if value > 0), default=0.0)
    if meta["indicator_unit"] == "%":
        top = max(top, 100.0)
    # Namesakes are common among villages; where all units have one parent, naming it says nothing.
    parents = frame["parent"] if frame["parent"].nunique() > 1 else pd.Series("", index=frame.index)
    rows = [_rank_row(meta, row, parent, top, unfolding) for row, parent in zip(rows_of(frame), parents, strict=True)]
    is_ranked = frame["rank"].notna()
    unit = str(meta["indicator_unit"])
    body = Ranking(
        meta["indicator_name"],
        _(unit),
        [row for row, ranked in zip(rows, is_ranked, strict=True) if ranked],
        [row for row, ranked in zip(rows, is_ranked, strict=True) if not ranked],
        meta["comparison"]["before_label"] if "comparison" in meta else _("上月数值"),
        child_level(Level(meta["level"])).label if unfolding.links else "",
        unfolding.note,
    )
    order = {"higher": _("数值高的在前"), "lower": _("数值低的在前")}.get(
        meta["direction"], _("按数值从高到低排列，不分优劣")
    )
    title = _("{level}排名：{indicator}").format(level=meta["level_label"], indicator=meta["indicator_name"])
    compared = meta.get("comparison")
    note = _("{order}；变化与上月名次相比。").format(order=order)
    return Section("unit-ranking", title, "ranking.html", body, compared_note(compared, order) if compared else note)


def compared_note(compared: Meta, order: str) -> str:
    """The rule of a ranking that is not by the month alone, and how many units it leaves out."""
    note = _("{order}；名次按{now}，变化与{before}的名次相比。").format(
        order=order, now=compared["now_label"], before=compared["before_label"]
    )
    kinds = _("、").join([*compared["kinds"], *([compared["peer_class"]] if compared["peer_class"] else [])])
    note += _("只排：{kinds}。").format(kinds=kinds) if kinds else ""
    note += _("分母至少为 {least}。").format(least=f"{compared['least']:g}") if compared["least"] else ""
    return note + (_("另有 {count} 个不参加排名。").format(count=compared["left_out"]) if compared["left_out"] else "")


def _rank_row(meta: Meta, row: Any, parent: str, top: float, unfolding: Unfolding) -> RankRow:
    indicator, decimals = meta["indicator"], int(meta["decimals"])
    reports = reports_behind(row)
    share = 0.0 if is_missing(row.value) or not top else min(max(100 * float(row.value) / top, 0.0), 100.0)
    return RankRow(
        rank="" if is_missing(row.rank) else str(int(row.rank)),
        movement=show_movement(row.movement),
        places="" if is_missing(row.movement) else str(int(row.movement)),
        name=row.name,
        parent=parent,
        value=figure(row.region_code, indicator, row.value, decimals, reports=reports),
        filled=f"{share:.1f}",
        previous=figure(row.region_code, indicator, row.previous, decimals, field="previous"),
        coverage=_short_coverage(row),
        parts=unfolding.units.get(int(row.region)),
        link=unfolding.links.get(int(row.region), ""),
    )


def _short_coverage(row: Any) -> str:
    if row.villages <= 1:
        return _("已报") if row.reported else (_("沿用") if row.carried else _("未上报"))
    if row.totals and not row.reported and not row.carried:
        return _("自报")
    words = [f"{int(row.reported)}/{int(row.villages)}"]
    if row.carried:
        words.append(_("沿用 {count}").format(count=int(row.carried)))
    if row.totals:
        words.append(_("含自报"))
    return " ".join(words)
