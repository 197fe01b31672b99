"""Who is signed in, in the bar: the own account and the way out. And what is shown to whom nobody knows."""

from html import escape
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st

from ecodash.i18n import gettext as _
from ecodash.settings import PROJECT_ROOT
from ecodash.views import account_data, data, text

_PAGE = PROJECT_ROOT / "pages" / "account.py"
_SHEET = Path(__file__).parent / "static" / "account.css"
_TO_LOGIN = (
    '<script>location.replace("login?next=" + encodeURIComponent(location.pathname + location.search));</script>'
)
_TO_LOGOUT = '<script>location.replace("logout");</script>'
SCRIPTS = (_TO_LOGIN, _TO_LOGOUT)
"""The same for everybody, so that a Content-Security-Policy can name them: the pages stand side by side below one root."""
_HERE, _WAS_HERE = "account_here", "account_was_here"


def lets_in() -> bool:
    """Whether whoever sits before the screen may use the app; else a way to sign in is shown, and nothing more is."""
    st.html(_SHEET)
    if account_data.is_known():
        return True
    _show_ended()
    return False


def pages() -> dict[str, list[st.Page]]:
    """A section of the bar named like whoever is signed in; none in open mode."""
    actor = data.actor()
    if not actor.account:
        return {}
    st.session_state[_WAS_HERE] = st.session_state.get(_HERE, False)
    st.session_state[_HERE] = True
    # A person may be called like another section.
    name = f"{actor.name} " if actor.name == text.MANAGE else text.escape(actor.name)
    return {
        name: [
            st.Page(_PAGE, title=_("我的账号"), icon=":material/account_circle:", url_path="account"),
            st.Page(_sign_out, title=_("退出登录"), icon=":material/logout:", url_path="sign-out"),
        ]
    }


def show_mode() -> None:
    """Say that everybody at this machine may do everything."""
    if account_data.is_open_mode():
        said = _("试用模式：没有登录和权限控制，只能在本机打开。")
        st.html(f'<p class="open-mode" role="note">{escape(said)}</p>')


def _show_ended() -> None:
    """The session ended, or was ended: nothing more is shown, and the way leads to signing in and back to this page."""
    st.html(_TO_LOGIN, unsafe_allow_javascript=True)
    st.title(_("请重新登录"), anchor=False)
    st.markdown(_("登录已失效：长时间没有操作、已在别处退出，或账号有变动。没有保存的内容需要重新填写。"))
    show_link(f"{_root()}/login?next={quote(_address(), safe='')}", _("去登录"))


def leave() -> None:
    """Go to the page that takes the cookie away, which no page here can."""
    st.html(_TO_LOGOUT, unsafe_allow_javascript=True)
    show_link(f"{_root()}/logout", _("已退出登录。返回登录页"))


def show_link(address: str, label: str) -> None:
    """A way to a page outside of this script, in the same tab."""
    st.html(f'<p><a class="way-out" href="{escape(address)}" target="_self">{escape(label)}</a></p>')


def way(path: str, **params: str) -> str:
    """An address of the pages of signing in."""
    return f"{_root()}{path}{'?' if params else ''}{urlencode(params)}"


def _sign_out() -> None:
    """Sign out at once who clicked in the bar; ask whoever came by an address, which another site may have sent."""
    st.title(_("退出登录"), anchor=False)
    is_meant = bool(st.session_state.get(_WAS_HERE))
    if not is_meant:
        st.markdown(_("当前登录：{name}。要退出吗？").format(name=text.escape(data.actor().name)))
    if is_meant or st.button(_("退出登录"), type="primary", key="sign_out"):
        account_data.sign_out()
        leave()


def _root() -> str:
    """Where the app is mounted; empty at the top of its host."""
    return "/".join(["", *str(st.get_option("server.baseUrlPath") or "").strip("/").split("/")]).rstrip("/")


def _address() -> str:
    """The path and query of the page before the reader."""
    path = urlsplit(str(st.context.url or "/")).path or "/"
    query = urlencode(st.query_params.to_dict())
    return f"{path}?{query}" if query else path
