"""生成快照: what its maker says of a snapshot, and the one click that makes it."""

import secrets
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import streamlit as st

from ecodash import actions, queries
from ecodash.domain.pages import Page
from ecodash.domain.snapshots import MOST_NOTE, MOST_SERIES, MOST_TITLE, Access, Lifetime, SnapshotWish, Standing
from ecodash.errors import UserError
from ecodash.i18n import CHINESE, speaking
from ecodash.i18n import gettext as _
from ecodash.reports.frozen import FrozenPage
from ecodash.views import data, snapshot_data, snapshot_links, snapshot_made, snapshot_text, text
from ecodash.views.snapshot_made import Made

_MADE = "snapshots_made"
"""Where the session keeps the links it made, so that a second click shows the same one."""

_FORM, _OF, _SHOWN = "snapshot_form", "snapshot_source", "snapshot_shown"
"""What the keys of the form begin with; where the session keeps what it was filled in for, and the link shown."""

_NONE, _NEW = "", "+"
"""The choices 不属于例会 and 新的例会; a clean name of a recurring meeting is neither."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a snapshot is made of.

    Args:
        key: names what is looked at, as of which commit: the same key freezes the same tables.
        place: 丰都县2026年10月, in Chinese; the usual title begins with it.
        what: what the usual title ends with, in Chinese; empty: the page chosen, or 快照 for several.
        offered: pages to choose from; none: the pages are fixed.
        first: pages chosen at first, or the fixed ones where they are pages of the app.
        labels: of the fixed pages, in order.
        has_notes: whether notes can be written page by page before it is made: not where pages only then turn out.
        freeze: the frozen pages, given those that were chosen.
    """

    key: Hashable
    place: str
    freeze: Callable[[Sequence[Page]], list[FrozenPage]]
    what: str = ""
    offered: tuple[Page, ...] = ()
    first: tuple[Page, ...] = ()
    labels: tuple[str, ...] = ()
    has_notes: bool = True


def show(source: Source) -> None:
    """The form; once the link is made, the link in its place."""
    if st.session_state.get(_OF) != source.key:
        _begin(source)
    made: Made | None = st.session_state.get(_SHOWN)
    if made is not None and _opens(made):
        snapshot_made.show(made)
        st.button(_("返回修改，另做一个"), icon=":material/arrow_back:", on_click=_back, key="snapshot_another")
    elif made := _fill_in(source):
        st.session_state[_SHOWN] = made
        st.rerun()


def _begin(source: Source) -> None:
    """An empty form, as something else is looked at than when it was filled in."""
    forget(_FORM)
    _back()
    st.session_state[_OF] = source.key


def _back() -> None:
    st.session_state.pop(_SHOWN, None)


def _fill_in(source: Source) -> Made | None:
    """The fields and the button; the link, where it was pressed."""
    st.markdown(snapshot_text.promise())
    pages = _choose_pages(source)
    labels = source.labels or tuple(page.label for page in pages)
    wish = _ask(source, pages, labels)
    is_wanted = st.button(
        _("生成链接"), type="primary", icon=":material/push_pin:", disabled=not labels, key="snapshot_make"
    )
    try:
        return _make_once(source, pages, wish) if is_wanted else None
    except UserError as error:
        st.error(text.what_and_remedy(error.what, error.remedy), icon=":material/error:")
        return None


def _make_once(source: Source, pages: tuple[Page, ...], wish: SnapshotWish) -> Made:
    """The link; the same one for the same entries, unless it was closed since."""
    made: dict[Hashable, Made] = st.session_state.setdefault(_MADE, {})
    identity = (source.key, pages, wish)
    if identity not in made or not _opens(made[identity]):
        with st.spinner(_("正在固定数据，请稍候……")):
            now = data.now()
            snapshot = actions.create_snapshot(
                data.workspace(), source.freeze(pages), wish, actor=data.actor(), now=now
            )
        made[identity] = Made(snapshot.number, snapshot.token, wish.pin)
    return made[identity]


def _opens(made: Made) -> bool:
    """Whether the link made before still opens: it may have been revoked or renewed since."""
    try:
        found = queries.get_snapshot(data.workspace(), token=made.token)
    except UserError:
        return False
    return found.standing(data.now()) is Standing.OPEN


# ── what is asked ──────────────────────────────────────────────────────────────────────────────────────────────────


def _choose_pages(source: Source) -> tuple[Page, ...]:
    """The pages in the order they were chosen in: the agenda."""
    if not source.offered:
        if len(source.labels) > 1:
            st.caption(snapshot_text.agenda(source.labels))
            st.caption(snapshot_text.notes_later())
        return source.first
    key = f"{_FORM}_pages"
    st.session_state.setdefault(key, list(source.first))
    chosen = st.multiselect(
        _("页面（按选择的先后排列）"),
        list(source.offered),
        format_func=lambda page: page.label,
        placeholder=_("请选择页面"),
        select_all=False,
        key=key,
        persist_state="session",
    )
    if not chosen:
        st.caption(_("请至少选择一个页面。"))
    elif len(chosen) > 1:
        st.caption(snapshot_text.agenda([page.label for page in chosen]))
    return tuple(chosen)


def _ask(source: Source, pages: tuple[Page, ...], labels: tuple[str, ...]) -> SnapshotWish:
    title = _ask_title(source, pages)
    access, pin = ask_access(_FORM)
    lifetime = ask_lifetime(_FORM)
    with st.expander(_("说明和例会（可不填）"), icon=":material/edit_note:", key=f"{_FORM}_more"):
        note = st.text_area(
            _("说明（显示在标题下面）"), height=90, max_chars=MOST_NOTE, key=f"{_FORM}_note", persist_state="session"
        )
        series = _ask_series()
    notes = _ask_notes(labels) if source.has_notes else []
    return SnapshotWish(
        title=title,
        note=note,
        access=access,
        pin=pin,
        lifetime=lifetime,
        series=series,
        base_url=snapshot_links.base_url(),
        presenter_notes=tuple(notes) if any(one.strip() for one in notes) else (),
    )


def _ask_notes(labels: tuple[str, ...]) -> list[str]:
    """One text a page, for whoever presents."""
    with st.expander(_("主持备注（可不填）"), icon=":material/speaker_notes:", key=f"{_FORM}_hints"):
        st.caption(snapshot_text.notes_promise())
        return [
            st.text_area(
                snapshot_text.page_note(place, label),
                height=80,
                max_chars=MOST_NOTE,
                key=f"{_FORM}_hint_{place}",
                persist_state="session",
            )
            for place, label in enumerate(labels, 1)
        ]


def _ask_title(source: Source, pages: tuple[Page, ...]) -> str:
    """The title; the usual one, which follows the pages, shows in the empty field and holds where nothing is written. It is
    never put into the field: what is typed while the pages are worked out would be written over."""
    with speaking(CHINESE):
        what = source.what or (pages[0].label if len(pages) == 1 else "快照")
        usual = f"{source.place}{what}"
    typed = st.text_input(
        _("标题"), max_chars=MOST_TITLE, placeholder=usual, key=f"{_FORM}_title", persist_state="session"
    )
    return typed.strip() or usual


def ask_access(name: str, first: Access = Access.LINK) -> tuple[Access, str]:
    """Who may open it, and the PIN where one is asked for: six random digits until its maker writes others."""
    st.session_state.setdefault(f"{name}_access", first)
    choices = list(Access)
    access = st.radio(
        _("谁可以打开"),
        choices,
        format_func=lambda one: one.label,
        captions=snapshot_text.access_notes(),
        key=f"{name}_access",
        persist_state="session",
    )
    if access is not Access.PIN:
        return access, ""
    key = f"{name}_pin"
    if key not in st.session_state:
        _draw_pin(key)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pin = st.text_input(
            _("口令（4 至 8 位数字）"), max_chars=8, key=key, persist_state="session", autocomplete="off", width=190
        )
        st.button(_("换一个"), icon=":material/casino:", on_click=_draw_pin, args=(key,), key=f"{key}_draw")
    return access, pin.strip()


def draw_pin() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**6):06d}"


def _draw_pin(key: str) -> None:
    st.session_state[key] = draw_pin()


def ask_lifetime(name: str, first: Lifetime = Lifetime.YEAR) -> Lifetime:
    """For how long it opens, and until which day that is. A year: last month's link leads to this month's only while it
    still opens."""
    st.session_state.setdefault(f"{name}_lifetime", first)
    choices = list(Lifetime)
    lifetime = st.radio(
        _("有效期"),
        choices,
        format_func=lambda one: one.label,
        horizontal=True,
        key=f"{name}_lifetime",
        persist_state="session",
    )
    st.caption(snapshot_text.lasts_until(lifetime, data.now()))
    return lifetime


def forget(name: str) -> None:
    """Forget what was filled in under a name, a PIN above all."""
    for key in [key for key in st.session_state if str(key).startswith(f"{name}_")]:
        del st.session_state[key]


def _ask_series() -> str:
    """The recurring meeting: one of the earlier ones, a new one, or none."""
    editions: dict[str, int] = {}
    for one in snapshot_data.list_snapshots():
        if one.series:
            editions[one.series] = max(one.edition, editions.get(one.series, 0))
    label = _("例会（同名的快照编为一期一期，互相连着）")
    chosen = _NEW
    if editions:
        # What was typed while there was none yet stays chosen.
        typed = SnapshotWish(series=st.session_state.get(f"{_FORM}_series_new", "")).cleaned().series
        first = typed if typed in editions else _NEW if typed else _NONE
        st.session_state.setdefault(f"{_FORM}_series", first)
        chosen = st.selectbox(
            label,
            [_NONE, *editions, _NEW],
            format_func=lambda one: {_NONE: _("不属于例会"), _NEW: _("新的例会……")}.get(one, one),
            key=f"{_FORM}_series",
            persist_state="session",
        )
    if chosen == _NEW:
        chosen = st.text_input(
            _("例会名称") if editions else label,
            max_chars=MOST_SERIES,
            placeholder=_("例如：每月例会"),
            key=f"{_FORM}_series_new",
            persist_state="session",
        )
    series = SnapshotWish(series=chosen).cleaned().series
    if series in editions:
        st.caption(snapshot_text.next_edition(series, editions[series] + 1))
    return series
