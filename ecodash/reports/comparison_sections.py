"""The figures of two times beside each other, page by page: frames in, lines a template prints out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecodash.domain.pages import Page
from ecodash.domain.targets import State
from ecodash.i18n import gettext as _
from ecodash.i18n import marked
from ecodash.reports.frozen import FrozenPack
from ecodash.reports.numbers import exact_number, is_missing, missing_word, show_number
from ecodash.reports.sections import Meta, step_of, with_unit
from ecodash.reports.since_words import clipped

MOST_CHANGED, MOST_SAME = 1_000, 200
"""So many rows of one table are listed that read otherwise, and that read the same."""

Frames = Sequence[pd.DataFrame]
Signs = Mapping[str, tuple[str, str]]

SINCE_SIGNS: Signs = {
    "corrected": ("▲", marked("更正")),
    "added": ("＋", marked("补报")),
    "withdrawn": ("－", marked("撤回")),
    "moved": ("⇅", marked("变化")),
}
PAIR_SIGNS: Signs = {
    "corrected": ("▲", marked("有变化")),
    "added": ("＋", marked("新有")),
    "withdrawn": ("－", marked("不再有")),
    "moved": ("⇅", marked("变化")),
}
_TITLES = {
    "category_targets": marked("分类完成率"),
    "key_figures": marked("各项指标"),
    "region_profile": marked("各项指标"),
    "region_targets": marked("本级目标"),
    "unit_progress": marked("各单位目标"),
    "unit_ranking": marked("各单位"),
    "unit_parts": marked("各单位下一级"),
    "unit_tiles": marked("各村"),
    "list_entries": marked("红黑榜"),
    "reporting": marked("上报情况"),
    "region_facts": marked("基本情况"),
    "trend": marked("逐月数值"),
    "report_months": marked("逐月上报情况"),
    "late_villages": marked("迟报缺报的村"),
}
_ABSENT = {
    "unit_ranking": marked("没有这个单位"),
    "unit_parts": marked("没有这个单位"),
    "unit_tiles": marked("没有这个单位"),
    "reporting": marked("没有这个单位"),
    "unit_progress": marked("没有这个目标"),
    "region_targets": marked("没有这个目标"),
    "category_targets": marked("没有这类目标"),
    "list_entries": marked("不在榜上"),
    "late_villages": marked("不在名单上"),
}
"""What it means that a table has no row for a figure; where nothing is said, that it was not reported."""


_OF_REPORTS = ("key_figures", "region_profile", "unit_ranking", "unit_parts", "unit_tiles", "region_facts", "trend")
"""Tables whose figures are reports or made of them alone: only they are corrected, added and withdrawn. A count of
villages, a target, a place on a list is not."""
_COUNTED = ("个村", "个月", "项")


@dataclass(frozen=True, slots=True)
class Side:
    """A figure as it read, with what stands beside it: rank, state."""

    exact: str
    text: str
    unit: str = ""
    beside: tuple[str, ...] = ()

    @property
    def is_missing(self) -> bool:
        return not self.exact


@dataclass(frozen=True, slots=True)
class Line:
    """A figure then and now."""

    region: str
    indicator: str
    kind: str
    name: str
    label: str
    then: Side
    now: Side
    sign: str
    word: str
    change: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table's figures, those that read otherwise apart; beyond: how many are not listed."""

    title: str
    changed: list[Line]
    changed_beyond: int
    same: list[Line]
    same_beyond: int


@dataclass(frozen=True, slots=True)
class PagePart:
    """What a page of the snapshot compares."""

    title: str
    what: str
    tables: list[Table]
    changed_count: int
    same_count: int


def page_parts(pack: FrozenPack, comparison: Frames, signs: Signs) -> Iterator[PagePart]:
    for place, page in enumerate(pack.pages):
        own = [frame for frame in comparison if int(frame["position"].iloc[0]) == place]
        changed = sum(int(frame["is_changed"].sum()) for frame in own)
        yield PagePart(
            title=page.page.label,
            what=_what(page.page, page.meta),
            tables=[_table(frame, page.meta, signs) for frame in own],
            changed_count=changed,
            same_count=sum(len(frame) for frame in own) - changed,
        )


def _what(page: Page, meta: Meta) -> str:
    words = [str(meta["region_name"]), str(meta["month_label"])]
    if page not in (Page.OVERVIEW, Page.PROFILE, Page.REPORTING):
        words.append(str(meta["indicator_name"]))
    return " · ".join(words)


def _table(frame: pd.DataFrame, meta: Meta, signs: Signs) -> Table:
    table = str(frame["table"].iloc[0])
    changed, same = frame[frame["is_changed"]], frame[~frame["is_changed"]]
    return Table(
        _(_TITLES[table]),
        list(_lines(changed[:MOST_CHANGED], table, meta, signs)),
        max(len(changed) - MOST_CHANGED, 0),
        list(_lines(same[:MOST_SAME], table, meta, signs)),
        max(len(same) - MOST_SAME, 0),
    )


def _lines(rows: pd.DataFrame, table: str, meta: Meta, signs: Signs) -> Iterable[Line]:
    # Where all rows are of the page's own region, its name says nothing that the heading does not.
    is_unit = table in _ABSENT
    is_own = bool((rows["region_code"] == str(meta["region_code"])).all())
    for row in rows.to_dict("records"):
        is_report = table in _OF_REPORTS and row["unit"] not in _COUNTED and (row["presence"] == "both" or not is_unit)
        sign, word = (signs if is_report else PAIR_SIGNS).get(row["kind"], ("", ""))
        yield Line(
            region=row["region_code"],
            indicator=row["indicator"],
            kind=row["kind"],
            name=clipped(row["label"] if is_own else row["name"]),
            label="" if is_own else clipped(row["label"]),
            then=_side(row, "then", table),
            now=_side(row, "now", table),
            sign=sign,
            word=_(word) if word else "",
            change=_step(row),
        )


def _side(row: Mapping[Any, Any], side: str, table: str) -> Side:
    value = row[side]
    beside = []
    if not pd.isna(row[f"rank_{side}"]):
        beside.append(_("第 {rank} 名").format(rank=int(row[f"rank_{side}"])))
    if row[f"state_{side}"]:
        state = State(row[f"state_{side}"])
        beside.append(f"{state.icon} {state.label}")
    if row["presence"] == ("now_only" if side == "then" else "then_only") and table in _ABSENT:
        return Side("", _(_ABSENT[table]))
    word = missing_word(reports=int(row[f"reports_{side}"]))
    text, unit = show_number(value, int(row["decimals"]), missing=word), str(row["unit"])
    return Side(exact_number(value), text, "" if is_missing(value) else _(unit), tuple(beside))


def _step(row: Mapping[Any, Any]) -> str:
    """增 90 吨; of a figure that reads the same what else of it changed: 名次降 1 位, 状态."""
    if row["kind"] == "moved":
        ranks = [row["rank_then"], row["rank_now"]]
        if any(pd.isna(rank) for rank in ranks) or ranks[0] == ranks[1]:
            return _("状态") if row["state_then"] != row["state_now"] else _("名次")
        up = int(ranks[0]) - int(ranks[1])
        return (_("名次升 {places} 位") if up > 0 else _("名次降 {places} 位")).format(places=abs(up))
    if row["kind"] != "corrected" or pd.isna(row["change"]):
        return ""
    amount = with_unit(show_number(abs(row["change"]), int(row["decimals"])), step_of(row["unit"]))
    return (_("增 {amount}") if row["change"] > 0 else _("减 {amount}")).format(amount=amount)
