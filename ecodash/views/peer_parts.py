"""分组: which towns are compared with which, so that a small town is not ranked against a large one alone."""

from typing import Any

import pandas as pd
import streamlit as st
from streamlit import column_config as column

from ecodash import actions
from ecodash.domain.definitions import Definition, DefinitionKind
from ecodash.domain.indicators import Kind
from ecodash.domain.selection import Selection
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import show_time
from ecodash.views import data, text
from ecodash.views.composite_preview import preview_selection
from ecodash.views.rows import rows_of

CLASSES = "classes"
_CHOSEN, _NEXT, _SAID, _PROPOSED = "peer_chosen", "peer_next", "peer_said", "peer_proposed"
_LONGEST = 20


def show() -> None:
    """Choose a scheme or begin one, put each town into a class, keep it."""
    if said := st.session_state.pop(_SAID, None):
        st.success(said, icon=":material/check_circle:")
    st.markdown(
        _("把条件相近的乡镇分在一组，“排名”页会写出每个乡镇的组内名次，也可以只排一组。没有分组的乡镇只有总名次。")
    )
    selection = preview_selection("peer")
    known = {one.name: one for one in data.list_definitions(DefinitionKind.PEER_CLASSES)}
    chosen = known.get(_choose(list(known)))
    name = chosen.name if chosen else st.text_input(_("分组名称"), max_chars=60, key="peer_name", width=360).strip()
    _propose(selection)
    edited = _table(selection, chosen)
    if edited is None:
        return
    _keep(name, edited, selection, chosen)


def _choose(names: list[str]) -> str:
    if following := st.session_state.pop(_NEXT, None):
        st.session_state[_CHOSEN] = following
    if st.session_state.get(_CHOSEN) not in [*names, ""]:
        st.session_state[_CHOSEN] = names[0] if names else ""
    return str(
        st.selectbox(
            _("分组方案"), [*names, ""], format_func=lambda name: name or _("＋ 新建"), key=_CHOSEN, width=360,
            on_change=lambda: st.session_state.pop(_PROPOSED, None),
        )
    )  # fmt: skip


def _propose(selection: Selection) -> None:
    """Fill the table by a fact of the towns: three classes of equal size, to be changed by hand."""
    facts = [entry.code for entry in data.offered() if entry.kind is Kind.ATTRIBUTE]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        code = st.selectbox(
            _("按基础数据自动分三组"), facts, format_func=lambda one: data.entry(one).label, key="peer_fact", width=260
        )
        if st.button(_("填入建议"), key="peer_propose"):
            names = {1: _("较小"), 2: _("中等"), 3: _("较大"), 0: ""}
            rows = data.attribute_thirds(selection, code)
            st.session_state[_PROPOSED] = {str(row.region_code): names[int(row.third)] for row in rows_of(rows)}
            missing = int((rows["third"] == 0).sum())
            st.session_state["peer_round"] = st.session_state.get("peer_round", 0) + 1
            if missing:
                st.session_state["peer_missing"] = missing
    if missing := st.session_state.pop("peer_missing", 0):
        st.caption(_("{count} 个乡镇没有上报这项基础数据，没有填入。").format(count=missing))


def _table(selection: Selection, chosen: Definition | None) -> pd.DataFrame | None:
    """The towns with their classes as edited; None where the county has none."""
    towns = data.tree().under(selection.region, selection.level)
    if not towns:
        st.info(_("这个地区没有下级单位。"), icon=":material/inbox:")
        return None
    kept: dict[str, str] = chosen.content.get(CLASSES, {}) if chosen else {}
    shown: dict[str, str] = st.session_state.get(_PROPOSED, kept)
    frame = pd.DataFrame(
        {
            "name": [town.name for town in towns],
            "class": pd.array([shown.get(town.code, "") for town in towns], dtype="str"),
            "code": [town.code for town in towns],
        }
    )
    key = f"peer_table_{selection.region}_{chosen.number if chosen else 0}_{st.session_state.get('peer_round', 0)}"
    edited: Any = st.data_editor(
        frame,
        hide_index=True,
        disabled=["name", "code"],
        column_config={
            "name": column.Column(text.by_level(selection.level), width=130),
            "class": column.TextColumn(_("组（直接填写组名）"), max_chars=_LONGEST, width=180),
            "code": column.Column(text.CODE, width=110),
        },
        key=key,
        width=520,
    )
    found: pd.DataFrame = edited
    return found


def _keep(name: str, edited: pd.DataFrame, selection: Selection, chosen: Definition | None) -> None:
    classes = {
        str(row["code"]): str(row["class"]).strip()
        for row in edited.to_dict("records")
        if pd.notna(row["class"]) and str(row["class"]).strip()
    }
    counts = pd.Series(list(classes.values()), dtype="str").value_counts().sort_index()
    summary = text.joined(_("{name} {count} 个").format(name=one, count=int(count)) for one, count in counts.items())
    st.caption(text.escape(summary) if summary else _("还没有分组。"))
    # Towns of other counties in the same scheme stay as they are.
    inside = set(edited["code"])
    others: dict[str, str] = chosen.content.get(CLASSES, {}) if chosen else {}
    merged = {code: one for code, one in others.items() if code not in inside} | classes
    with st.container(horizontal=True):
        if st.button(_("保存分组"), type="primary", disabled=not (name and merged), key="peer_save"):
            saved = actions.save_definition(
                data.workspace(), DefinitionKind.PEER_CLASSES, name, {CLASSES: merged}, actor=data.actor(),
                now=data.now(),
            )  # fmt: skip
            _done(
                _("分组“{name}”已保存为第 {version} 版。").format(name=text.escape(name), version=saved.version), name
            )
        may_withdraw = chosen is not None and data.lets(actions.withdraw_definition, chosen.kind, chosen.name)
        if chosen is not None and may_withdraw and st.button(_("停用分组"), key="peer_withdraw"):
            actions.withdraw_definition(
                data.workspace(), DefinitionKind.PEER_CLASSES, chosen.name, actor=data.actor(), now=data.now()
            )
            _done(_("“{name}”已停用。").format(name=text.escape(chosen.name)), "")
    if chosen is not None:
        st.caption(
            _("第 {version} 版，{time} 由{actor}保存").format(
                version=chosen.version, time=show_time(chosen.at), actor=text.escape(chosen.actor)
            )
        )


def _done(said: str, following: str) -> None:
    st.session_state[_SAID] = said
    st.session_state.pop(_PROPOSED, None)
    if following:
        st.session_state[_NEXT] = following
    st.rerun()
