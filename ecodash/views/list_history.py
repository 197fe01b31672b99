"""Versions of a rule, and its withdrawal."""

import pandas as pd
import streamlit as st

from ecodash import actions
from ecodash.domain.definitions import Definition, DefinitionKind
from ecodash.domain.lists import By, ListRule, Side
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import show_time
from ecodash.views import data, list_said, names


def show(kept: Definition) -> None:
    """Every version of the rule looked at, newest first; each can be looked at again, and the rule withdrawn."""
    versions = data.definition_versions(DefinitionKind.LIST_RULE, kept.name)
    with st.expander(_("规则的历次版本（{count}）").format(count=len(versions)), icon=":material/history:"):
        st.dataframe(_table(versions), hide_index=True, key="list_versions")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _look_at(kept, versions)
            _offer_withdrawal(versions[0])


def _table(versions: list[Definition]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("版本"): [one.version for one in versions],
            _("内容"): [_("停用") if one.is_withdrawn else _gist(one) for one in versions],
            _("修改人"): [one.actor for one in versions],
            _("时间"): [show_time(one.at) for one in versions],
        }
    )


def _gist(one: Definition) -> str:
    """考核得分：红榜前 3 名，黑榜低于 85: what tells versions apart at a glance."""
    try:
        rule = ListRule.from_content(one.content)
    except UserError as error:
        return error.what
    sides = []
    for side in Side:
        drawn = rule.side(side)
        if drawn.by is By.PLACES:
            says = _("{side}前 {count} 名") if side is Side.RED else _("{side}后 {count} 名")
            sides.append(says.format(side=side.label, count=drawn.count))
        elif drawn.by is By.THRESHOLD:
            sides.append(f"{side.label}{drawn.sign.symbol}{drawn.bound.normalize():f}")
    return _("{indicator}：{sides}").format(
        indicator=names.indicator_name(rule.indicator), sides=_("，").join(sides) or _("只看上报和升降")
    )


def _look_at(kept: Definition, versions: list[Definition]) -> None:
    others = {one.number: one for one in versions if one.number != kept.number}
    if not others:
        return
    number = st.selectbox(
        _("查看另一版"),
        list(others),
        format_func=lambda one: _("第 {version} 版").format(version=others[one].version) if one in others else "",
        key=f"list_other_{kept.number}",
        width=200,
    )
    if st.button(_("查看"), key="list_look"):
        list_said.go_to(
            others[int(number)], _("现在看的是第 {version} 版。").format(version=others[int(number)].version)
        )


def _offer_withdrawal(newest: Definition) -> None:
    if newest.is_withdrawn or not data.lets(actions.withdraw_definition, newest.kind, newest.name):
        return
    is_sure = st.checkbox(
        _("停用“{name}”（链接仍可打开，重新保存即恢复）").format(name=newest.name), key=f"list_sure_{newest.number}"
    )
    if st.button(_("停用规则"), disabled=not is_sure, key="list_withdraw", icon=":material/block:") and is_sure:
        actions.withdraw_definition(
            data.workspace(), DefinitionKind.LIST_RULE, newest.name, actor=data.actor(), now=data.now()
        )
        st.query_params.pop(list_said.RULE, None)
        list_said.say(_("规则“{name}”已停用。").format(name=newest.name))
