"""The list of snapshots: searched, filtered by whether their links open, twenty to a page."""

from collections import Counter

import pandas as pd
import streamlit as st

from ecodash.domain.access import Right
from ecodash.domain.snapshots import Snapshot, Standing
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import show_time
from ecodash.views import data, snapshot_card, snapshot_desk, snapshot_links, snapshot_made, snapshot_text, text
from ecodash.views.display import TableToMake, offer_downloads
from ecodash.views.heading import as_of_text
from ecodash.views.tables import Table

_PER_PAGE = 20
_ALL = "all"


def show(snapshots: list[Snapshot], watermark: int) -> None:
    """Newest first; only the twenty on the page at hand are drawn."""
    if not snapshots:
        may_make = data.actor().may_somewhere(Right.SHARE)
        st.info(snapshot_text.nothing_yet(may_make=may_make), icon=":material/push_pin:")
        return
    now = data.now()
    standings = {one.number: one.standing(now) for one in snapshots}
    searched, state = _ask(standings)
    found = [
        one
        for one in snapshots
        if state in (_ALL, standings[one.number].value) and searched.casefold() in snapshot_card.words(one)
    ]
    if not found:
        st.info(snapshot_text.nothing_found(searched), icon=":material/search_off:")
        return
    pages = -(-len(found) // _PER_PAGE)
    page = min(st.pagination(pages, key="snapshot_page"), pages) if pages > 1 else 1
    for one in found[(page - 1) * _PER_PAGE : page * _PER_PAGE]:
        _show_one(one, standings[one.number])
    offer_downloads(
        TableToMake(_("快照清单"), lambda: table(found, standings)), as_of_text(watermark), key="snapshot_list"
    )


def _ask(standings: dict[int, Standing]) -> tuple[str, str]:
    """What is searched for, and which snapshots: at first those that open."""
    counts = Counter(found.value for found in standings.values())
    labels = {one.value: snapshot_text.state_choice(one.label, counts[one.value]) for one in Standing}
    labels[_ALL] = snapshot_text.state_choice(_("全部"), len(standings))
    with st.container(horizontal=True, vertical_alignment="bottom", key="snapshot_choices"):
        searched = st.text_input(
            _("查找"),
            placeholder=_("标题、地区、生成人或例会"),
            type="search",
            icon=":material/search:",
            key="snapshot_search",
            persist_state="session",
            width=320,
        )
        if "snapshot_state" not in st.session_state:
            st.session_state["snapshot_state"] = Standing.OPEN.value if counts[Standing.OPEN.value] else _ALL
        state = st.segmented_control(
            _("链接状态"),
            list(labels),
            format_func=lambda one: labels[one],
            required=True,
            wrap=True,
            key="snapshot_state",
            persist_state="session",
        )
    return searched.strip(), str(state)


def _show_one(one: Snapshot, standing: Standing) -> None:
    with st.container(border=True, key=f"snapshot_{one.number}"):
        address = snapshot_links.address_of(one) if standing is Standing.OPEN else ""
        what, link = st.columns([5, 4], vertical_alignment="center")
        what.html(snapshot_card.card(one, standing))
        if address:
            with link:
                snapshot_made.show_copied(address, key=str(one.number))
        elif standing is Standing.OPEN and snapshot_links.may_share(one):
            link.caption(snapshot_text.link_not_shown())
        with link, st.container(horizontal=True, vertical_alignment="center", key=f"snapshot_buttons_{one.number}"):
            if address:
                st.link_button(_("打开"), address, icon=":material/open_in_new:", key=f"open_{one.number}")
                st.button(
                    _("二维码"), icon=":material/qr_code_2:", key=f"code_{one.number}",
                    on_click=snapshot_desk.ask_for, args=("code", one.number),
                )  # fmt: skip
            st.button(
                _("管理") if snapshot_links.may_share(one) else _("查看"), icon=":material/settings:", key=f"manage_{one.number}",
                on_click=snapshot_desk.go_to, args=(one.number,),
            )  # fmt: skip


def table(snapshots: list[Snapshot], standings: dict[int, Standing]) -> Table:
    """The list as a file. Links are left out: whoever has one may open it."""
    rows = [
        {
            _("编号"): one.number,
            _("标题"): one.title,
            _("说明"): one.note,
            _("地区"): snapshot_card.place(one),
            _("月份"): snapshot_card.month(one),
            _("页面"): text.joined(snapshot_card.page_labels(one)),
            _("截至批次"): one.watermark,
            _("生成时间"): show_time(one.created_at),
            _("生成人"): one.actor,
            _("谁可以打开"): one.access.label,
            _("状态"): standings[one.number].label,
            _("有效期至"): show_time(one.expires_at, missing=_("长期有效")),
            _("打开次数"): one.opened,
            _("最近打开"): show_time(one.last_opened_at, missing=""),
            _("例会"): one.series,
            _("期次"): one.edition or None,
            _("校验值"): one.sha256,
        }
        for one in snapshots
    ]
    frame = pd.DataFrame(rows).astype({_("期次"): "Int64"})
    return Table(_("快照清单"), frame)
