"""The order being put together: what it looks at, its pages, and a name to keep it by."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from ecodash import actions
from ecodash.domain.access import Right
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.indicators import Kind
from ecodash.domain.meeting import (
    FEWEST_SECONDS,
    MOST_SECONDS,
    MOST_STOPS,
    USUAL_STOPS,
    MeetingOrder,
    Slide,
    Stop,
    Theme,
)
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, ancestor_key, level_of
from ecodash.i18n import gettext as _
from ecodash.views import data, filters, meeting_links, meeting_text, snapshot_button, text

_Choice = TypeVar("_Choice", int, str)
_STOPS, _NAME = "meeting_stops", "meeting_name"
SAID = "meeting_said"
"""Where the session keeps what an action has to say, until the next run says it."""

_COUNTY, _MONTH, _LEVEL, _INDICATOR = "meeting_county", "meeting_month", "meeting_level", "meeting_indicator"
_SECONDS, _THEME = "meeting_seconds", "meeting_theme"
_ADD = "meeting_add"
_SAME = -1
"""The choice "as the whole meeting" of a page's region."""


def show(watermark: int) -> None:
    """The form; it keeps what is put together until it is saved or another order is taken up."""
    _begin()
    region, level = _place_boxes(watermark)
    order = MeetingOrder(
        stops=tuple(Stop.parse(one) for one in st.session_state[_STOPS]) or USUAL_STOPS[:1],
        region=region,
        level=level,
        indicator=str(st.session_state[_INDICATOR]),
        month=Month.parse(st.session_state[_MONTH]) if st.session_state[_MONTH] else None,
        seconds=int(st.session_state[_SECONDS]),
        theme=Theme(st.session_state[_THEME]),
    )
    _show_stops()
    _add_row(ancestor_key(region, Level.COUNTY) if level_of(region).rank > Level.COUNTY.rank else region)
    with st.container(horizontal=True, vertical_alignment="bottom", key="meeting_save_row"):
        has_stops = bool(st.session_state[_STOPS])
        may_keep, name = all(data.may(Right.MANAGE, one) for one in order.regions), ""
        if may_keep:
            name = st.text_input(_("名称"), key=_NAME, max_chars=60, placeholder=_("例如：月度调度会"), width=300)
        if may_keep and st.button(_("保存顺序"), type="primary", disabled=not has_stops, key="meeting_save"):
            actions.save_definition(
                data.workspace(), DefinitionKind.MEETING, name, order.to_content(), actor=data.actor(), now=data.now()
            )
            st.session_state[SAID] = meeting_text.saved(name.strip())
            st.rerun()
        st.link_button(
            _("不保存，直接放映"), meeting_links.order_address(order), icon=":material/play_circle:",
            disabled=not has_stops,
        )  # fmt: skip
        snapshot_button.offer_order_snapshot("", order, key="meeting_snapshot", disabled=not has_stops)
    snapshot_button.show_order_form()


def take_up(name: str, order: MeetingOrder) -> None:
    """Put a kept order into the form; called before the form is drawn, as a button's answer."""
    state = st.session_state
    region = data.home_region() if order.region is None else order.region
    scope = _scope_of(region)
    state[_NAME], state[_STOPS] = name, [str(stop) for stop in order.stops]
    state[_COUNTY] = scope
    state[_town_key(scope)] = region
    state[_MONTH] = "" if order.month is None else str(order.month)
    state[_LEVEL] = "" if order.level is None else order.level.value
    state[_INDICATOR], state[_SECONDS], state[_THEME] = order.indicator, order.seconds, order.theme.value


def _begin() -> None:
    """What stands in the form at first: the usual pages of the home region."""
    if _STOPS not in st.session_state:
        take_up("", MeetingOrder())


def _scope_of(region: int) -> int:
    return ancestor_key(region, Level.COUNTY) if level_of(region).rank > Level.COUNTY.rank else region


def _town_key(scope: int) -> str:
    # The key holds the scope: the towns of another are other choices.
    return f"meeting_town_{scope}"


# ── what the meeting looks at ──────────────────────────────────────────────────────────────────────────────────────


def _place_boxes(watermark: int) -> tuple[int, Level | None]:
    state = st.session_state
    with st.container(horizontal=True, vertical_alignment="bottom", key="meeting_choices"):
        scopes = filters.scope_options()
        scope = int(_box(_("地区"), scopes, _COUNTY, filters.scope_label, 220))
        whole = {scope: text.ALL_TOWNS} if data.may(Right.READ, scope) else {}
        towns = whole | {town.key: town.name for town in filters.offered(scope, Level.TOWN)}
        if level_of(scope) is not Level.COUNTY:
            towns = {scope: _("全部")}
        # Whoever sees single villages only looks at those.
        towns = towns or {one.key: one.name for one in filters.offered(scope, Level.VILLAGE)}
        region = int(_box(_("乡镇"), list(towns), _town_key(scope), lambda key: towns.get(key, str(key)), 180))
        reported = data.months_reported(watermark, filters.lifted(region, Level.COUNTY))
        months = [str(month) for month in reported[::-1]]
        _box(_("月份"), ["", *months], _MONTH, lambda one: Month.parse(one).label if one else _("最新月份"), 150)
        levels = [level.value for level in filters.levels_below(region)]
        _box(_("比较层级"), ["", *levels], _LEVEL, lambda one: Level(one).label if one else _("自动"), 120)
        _box(_("指标"), ["", *_indicators(state.get(_INDICATOR))], _INDICATOR, _indicator_label, 260)
        st.number_input(_("每页秒数"), FEWEST_SECONDS, MOST_SECONDS, step=1, key=_SECONDS, width=130)
        _box(_("配色"), [theme.value for theme in Theme], _THEME, lambda one: Theme(one).label, 150)
    return region, Level(state[_LEVEL]) if state[_LEVEL] else None


def _box(label: str, options: Sequence[_Choice], key: str, shown: Callable[[_Choice], str], width: int) -> _Choice:
    """A choice that the session state may set beforehand; what is no option any more falls back to the first."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]
    chosen: _Choice = st.selectbox(label, options, format_func=shown, key=key, width=width)
    return chosen


def _indicators(shown: str | None = None) -> list[str]:
    own = [entry.code for entry in data.offered(None, shown) if entry.kind is not Kind.ATTRIBUTE]
    return [*own, *(one.code for one in data.composites())]


def _indicator_label(code: str) -> str:
    return data.entry(code).label if code else _("自动")


# ── its pages ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _show_stops() -> None:
    """The pages in order, each with buttons to move it and to take it out."""
    st.markdown(_("**放映顺序**"))
    stops = st.session_state[_STOPS]
    if not stops:
        st.info(_("还没有页面，请在下面加入。"), icon=":material/playlist_add:")
    for place, written in enumerate(stops):
        with st.container(horizontal=True, vertical_alignment="center", key=f"meeting_stop_{place}"):
            st.markdown(f"{place + 1}. {_stop_label(Stop.parse(written))}", width="stretch")
            st.button(_("上移"), key=f"meeting_up_{place}", disabled=place == 0, on_click=_move, args=(place, -1))
            st.button(
                _("下移"), key=f"meeting_down_{place}", disabled=place == len(stops) - 1, on_click=_move,
                args=(place, 1),
            )  # fmt: skip
            st.button(_("去掉"), key=f"meeting_drop_{place}", on_click=_drop, args=(place,))


def _stop_label(stop: Stop) -> str:
    parts = [f"**{stop.slide.label}**"]
    if stop.indicator:
        parts.append(text.escape(_indicator_label(stop.indicator)))
    if stop.region is not None:
        found = data.tree().find(stop.region)
        parts.append(text.escape(found.name if found else str(stop)))
    if stop.seconds is not None:
        parts.append(_("{seconds} 秒").format(seconds=stop.seconds))
    return " · ".join(parts)


def _move(place: int, step: int) -> None:
    stops = st.session_state[_STOPS]
    stops[place], stops[place + step] = stops[place + step], stops[place]


def _drop(place: int) -> None:
    del st.session_state[_STOPS][place]


def _add_row(scope: int) -> None:
    """A page to add: of what, and where and how long where that differs from the meeting's."""
    state = st.session_state
    with st.container(horizontal=True, vertical_alignment="bottom", key="meeting_add_row"):
        slide = Slide(_box(_("加入页面"), [one.value for one in Slide], _ADD, lambda one: Slide(one).label, 140))
        indicator = ""
        if slide.has_indicator:
            options = ["", *_indicators()]
            indicator = str(
                _box(
                    _("用指标"), options, f"{_ADD}_indicator", lambda one: _as_meeting(_indicator_label(one), one), 240
                )
            )
        places = {_SAME: _("与会议相同")}
        places |= {scope: data.tree().get(scope).name} if data.may(Right.READ, scope) else {}
        places |= {town.key: town.name for town in filters.offered(scope, Level.TOWN) if town.key != scope}
        region = int(_box(_("用地区"), list(places), f"{_ADD}_region_{scope}", lambda one: places[one], 180))
        state.setdefault(f"{_ADD}_seconds", 0)
        seconds = int(
            st.number_input(_("停留秒数（0 为默认）"), 0, MOST_SECONDS, step=1, key=f"{_ADD}_seconds", width=230)
        )
        kept = max(seconds, FEWEST_SECONDS) if seconds else None
        stop = Stop(slide, indicator, None if region == _SAME else region, kept)
        st.button(
            _("加入"), icon=":material/add:", disabled=len(state[_STOPS]) >= MOST_STOPS, on_click=_append,
            args=(str(stop),), key="meeting_append",
        )  # fmt: skip


def _as_meeting(label: str, code: str) -> str:
    return label if code else _("与会议相同")


def _append(written: str) -> None:
    st.session_state[_STOPS].append(written)
