"""Accounts from a table: the template, what was read with what is wrong, and the making of all at once."""

from functools import partial

import pandas as pd
import streamlit as st

from ecodash import actions
from ecodash.actions import AccountPlan
from ecodash.domain.audit import ExportKind
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.views import admin_desk, data, downloads, user_state, user_text

_ROUND = "user_import_round"


def offer() -> None:
    """A popover with the three steps."""
    popover = st.popover(
        _("从表格导入"), icon=":material/upload_file:", key="user_import", width="content", on_change="rerun"
    )
    if popover.open:
        with popover:
            _show()


def _show() -> None:
    steps = (_("下载模板，一行填一个账号。"), _("选择填好的文件，核对。"), _("导入，把初始密码告诉各人。"))
    st.markdown("\n".join(f"{place}. {step}" for place, step in enumerate(steps, start=1)))
    downloads.offer(
        _("下载导入模板"), actions.accounts_template, file_name=_("账号导入模板") + ".xlsx", mime=downloads.XLSX,
        what=ExportKind.ACCOUNT_TEMPLATE, icon=":material/download:", key="accounts_template",
    )  # fmt: skip
    round_ = int(st.session_state.get(_ROUND, 0))
    file = st.file_uploader(_("填好的表格（xlsx、xls、ods 或 csv）"), key=f"user_import_file_{round_}")
    if file is None:
        return
    try:
        plan = actions.plan_accounts(data.workspace(), file.getvalue(), file.name, actor=data.actor())
    except UserError as error:
        admin_desk.refuse(error)
        return
    _show_plan(plan)


def _show_plan(plan: AccountPlan) -> None:
    said = user_text.plan_line(len(plan.rows), len(plan.problems))
    if plan.problems:
        st.error(said, icon=":material/error:")
        st.dataframe(_problems(plan), hide_index=True, key="table_user_problems", alt=_("有误的地方"))
    else:
        st.success(said, icon=":material/check_circle:")
    st.dataframe(_rows(plan), hide_index=True, key="table_user_rows", alt=_("要建立的账号"))
    is_asked = st.button(
        _("全部导入"), type="primary", icon=":material/group_add:", key="user_import_sure",
        disabled=bool(plan.problems) or not plan.rows,
    )  # fmt: skip
    if is_asked:
        with st.spinner(_("正在建立账号……")):
            admin_desk.attempt(partial(_imported, plan))


def _problems(plan: AccountPlan) -> pd.DataFrame:
    rows = [(user_text.file_row(one.row), one.column, one.value, one.what) for one in plan.problems]
    return pd.DataFrame(rows, columns=[_("位置"), _("列"), _("填写的内容"), _("问题")])


def _rows(plan: AccountPlan) -> pd.DataFrame:
    rows = [(one.login, one.name, one.unit, user_text.grants_line(one.grants)) for one in plan.rows]
    return pd.DataFrame(rows, columns=[_("账号"), _("姓名"), _("单位"), _("角色和地区")])


def _imported(plan: AccountPlan) -> str:
    made = actions.create_accounts(data.workspace(), plan, actor=data.actor(), now=data.now())
    user_state.hand_out(made)
    st.session_state[_ROUND] = int(st.session_state.get(_ROUND, 0)) + 1
    return user_text.imported(len(made))
