"""Whether the audit is whole: followed at once where it is short, at a click where it is long."""

import streamlit as st

from ecodash import queries
from ecodash.i18n import gettext as _
from ecodash.queries import AuditState
from ecodash.views import audit_text, data, text

_AT_ONCE = 20_000
"""So many lines are followed without being asked: about a second."""
_KEPT = "audit_state"


def show() -> None:
    """完整, or the line from which on it does not hold."""
    st.caption(audit_text.explained())
    if said := state():
        _say(said)
        return
    count = queries.audit_length(data.workspace())
    label = _("核对全部 {count} 行").format(count=f"{count:,}")
    if st.button(label, icon=":material/verified_user:", key="audit_check"):
        with st.spinner(_("正在逐行核对……")):
            st.session_state[_KEPT] = count, queries.check_audit(data.workspace())
        st.rerun()


def state() -> AuditState | None:
    """The state of the audit as it is now, or as it was found by the last click; None where nobody asked yet."""
    count = queries.audit_length(data.workspace())
    if count <= _AT_ONCE:
        return data.audit_state(count)
    kept: tuple[int, AuditState] | None = st.session_state.get(_KEPT)
    return kept[1] if kept else None


def _say(said: AuditState) -> None:
    if not said.problems:
        st.success(audit_text.whole(said.chain.count, said.chain.last), icon=":material/verified_user:")
        return
    first = min(one.number for one in said.chain.breaks)
    with st.container(key="audit_broken"):
        st.error(text.what_and_remedy(audit_text.broken(first), audit_text.broken_remedy()), icon=":material/gpp_bad:")
        st.markdown("\n".join(f"- {problem.what}" for problem in said.problems))
