"""总览: the headline figures with their change, and three facts a leader asks first."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ecodash.domain.targets import State
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import is_missing, show_change
from ecodash.reports.screen import words
from ecodash.reports.screen.parts import Part, empty
from ecodash.reports.screen.slides import Meta, Room, SlideTables
from ecodash.reports.screen.words import Shown
from ecodash.reports.sections import rows_of


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: label, figure, and what it is made of."""

    label: str
    text: str
    detail: str


@dataclass(frozen=True, slots=True)
class Card:
    """One indicator: its figure, whether the change is for the better, and who stands behind it."""

    code: str
    name: str
    value: Shown
    change: str
    mood: str
    backed: str


def overview_parts(slide: SlideTables, room: Room) -> list[Part]:
    """One slide: as many headline figures as can be read."""
    meta, figures = slide.meta, slide.tables["key_figures"]
    title = words.heading(meta, slide.slide.label)
    if figures.empty:
        return empty(
            title,
            _("{month}没有上报数据。").format(month=words.month_of(meta)),
            _("请选择有数据的月份，或先上报数据。"),
        )
    rows = sorted(rows_of(figures), key=lambda row: (row.indicator != meta["indicator"], row.headline))
    cards = [_card(meta, row) for row in rows[: room.cards]]
    left = len(figures) - len(cards)
    rest = words.elsewhere(left, _("总览")) if left else ""
    facts = list(_facts(slide))
    return [Part(title, "overview.html", (facts, cards), _("变化与上月相比。"), rest)]


def _card(meta: Meta, row: Any) -> Card:
    value = words.value_of(row, row.unit, int(row.decimals))
    change = "" if value.is_missing else show_change(row.change, int(row.decimals), _(row.unit))
    return Card(row.indicator, words.name_of(meta, row.indicator), value, change, _mood(row), _backed(row))


def _mood(row: Any) -> str:
    """Better or worse by the indicator's direction; the arrow and its word say the same."""
    if is_missing(row.value) or is_missing(row.change) or not row.change or row.direction == "neutral":
        return ""
    return "better" if (row.change > 0) == (row.direction == "higher") else "worse"


def _backed(row: Any) -> str:
    if row.is_own:
        return _("本级自报")
    if row.villages <= 1:
        return _("沿用") if row.carried else ""
    said = _("上报 {count}/{villages} 村").format(count=int(row.reported), villages=int(row.villages))
    return said + (_("，沿用 {count} 村").format(count=int(row.carried)) if row.carried else "")


def _facts(slide: SlideTables) -> Iterator[Fact]:
    meta = slide.meta
    reported, villages, late = int(meta["reported"]), int(meta["villages"]), int(meta["late"])
    yield Fact(
        _("上报村数"),
        f"{reported}/{villages}",
        _("迟报 {late} · 缺报 {missing}").format(late=late, missing=villages - reported),
    )
    targets = slide.tables["region_targets"]
    if not targets.empty:
        states = [State(state) for state in targets["state"]]
        needy = sum(state.is_trouble for state in states)
        counts = [f"{state.icon} {state.label} {states.count(state)}" for state in State if state in states]
        text = _("▼ {count} 项落后").format(count=needy) if needy else _("● 无落后")
        yield Fact(_("目标 {count} 项").format(count=len(states)), text, " · ".join(counts))
    ranking = slide.tables["unit_ranking"]
    ranked = ranking[ranking["rank"].notna()]
    if meta["direction"] != "neutral" and len(ranked) > 1:
        first, last = ranked.iloc[0], ranked.iloc[-1]
        unit, decimals = meta["unit"], int(meta["decimals"])
        ends = [words.shown(row["value"], decimals, unit) for row in (first, last)]
        yield Fact(
            words.indicator_title(meta),
            _("首位 {name} {value}").format(name=first["name"], value=ends[0].text),
            _("末位 {name} {value}").format(name=last["name"], value=ends[1].text),
        )
