"""备份: how things stand, the backups there are, and how one is put back."""

from functools import partial

import streamlit as st

from ecodash import actions, queries
from ecodash.domain.backups import Backup
from ecodash.i18n import gettext as _
from ecodash.i18n import marked
from ecodash.views import admin_desk, backup_text, data, text

_PER_PAGE = 10
_RESTORE = "python -m ecodash restore {name} --yes"


def show() -> None:
    """The page; of PostgreSQL only who makes backups."""
    settings = data.workspace().settings
    backups = queries.list_backups(data.workspace())
    if not settings.is_embedded:
        st.info(backup_text.not_here(), icon=":material/info:")
        st.code(str(settings.link_key_file), language=None)
        return
    admin_desk.show_said()
    st.markdown(backup_text.introduction())
    _show_state()
    if st.button(_("立即备份"), type="primary", icon=":material/save:", key="backup_make"):
        with st.spinner(_("正在备份并核对，请稍候……")):
            admin_desk.attempt(_made)
    st.subheader(_("已有的备份"), anchor=False)
    if backups:
        st.caption(text.escape(backup_text.where(settings.backups_dir, backups)))
        _show_list(backups)
    _show_help(backups)
    admin_desk.show_dialog(_DIALOGS)


def _show_state() -> None:
    settings, now = data.workspace().settings, data.now()
    state = queries.backup_state(settings, now)
    if state.fault and state.last_attempt is not None:
        st.error(text.escape(backup_text.failed(state.last_attempt)), icon=":material/error:")
    if state.newest is None:
        st.warning(backup_text.none_yet(), icon=":material/warning:")
    elif state.is_overdue:
        words = f"{backup_text.newest(state.newest, now)}{backup_text.make_another(state)}"
        st.warning(words, icon=":material/warning:")
    else:
        st.info(backup_text.newest(state.newest, now), icon=":material/verified:")
    st.caption(backup_text.schedule(settings, state, now))


def _show_list(backups: list[Backup]) -> None:
    """Newest first, ten to a page."""
    pages = -(-len(backups) // _PER_PAGE)
    page = min(st.pagination(pages, key="backup_page"), pages) if pages > 1 else 1
    for one in backups[(page - 1) * _PER_PAGE : page * _PER_PAGE]:
        with st.container(border=True, key=f"backup_{one.name}"):
            st.markdown(f"**{backup_text.head(one)}**　{text.escape(backup_text.state(one))}")
            st.caption(text.escape(backup_text.line(one)))
            with st.container(horizontal=True, key=f"backup_buttons_{one.name}"):
                is_asked = st.button(
                    _("重新核对"), icon=":material/fact_check:", type="tertiary", key=f"backup_check_{one.name}"
                )
                st.button(
                    _("删除"), icon=":material/delete:", type="tertiary", key=f"backup_delete_{one.name}",
                    on_click=admin_desk.ask_for, args=("delete", one.name),
                )  # fmt: skip
            if is_asked:
                with st.spinner(_("正在核对，请稍候……")):
                    admin_desk.attempt(partial(_checked, one.name))


def _show_help(backups: list[Backup]) -> None:
    with st.expander(_("怎样恢复"), icon=":material/settings_backup_restore:", key="backup_restore"):
        first, second, *others = backup_text.restore_steps()
        st.markdown(f"1. {first}\n2. {second}")
        name = next((one.name for one in backups if not one.fault), "20261104-100000")
        st.code(_RESTORE.format(name=name), language="bash")
        st.markdown("\n".join(f"{place}. {step}" for place, step in enumerate(others, start=3)))


# ── what is done ───────────────────────────────────────────────────────────────────────────────────────────────────


def _made() -> str:
    return backup_text.made(actions.make_backup(data.workspace(), actor=data.actor(), now=data.now()))


def _checked(name: str) -> admin_desk.Said:
    found = actions.check_backup(data.workspace(), name, actor=data.actor(), now=data.now())
    return admin_desk.Said(backup_text.checked(found), is_bad=bool(found.problems))


def _delete(name: str) -> None:
    st.markdown(backup_text.delete_question(queries.get_backup(data.workspace(), name)))
    if admin_desk.is_confirmed(_("确定删除"), "backup_delete"):
        admin_desk.attempt(partial(_deleted, name))


def _deleted(name: str) -> str:
    return backup_text.deleted(actions.delete_backup(data.workspace(), name, actor=data.actor(), now=data.now()))


_DIALOGS: dict[str, tuple[str, str, admin_desk.Draw]] = {
    "delete": (marked("删除备份"), ":material/delete:", _delete),
}
"""Title, icon and content of a dialog by its kind."""
