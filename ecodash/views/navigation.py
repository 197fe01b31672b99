"""The pages of the app in the order of the bar, and who may use them. A page's file, its address and its name here are one
word."""

from dataclasses import dataclass

import streamlit as st

from ecodash.domain.access import Right
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.i18n import gettext as _
from ecodash.settings import PROJECT_ROOT
from ecodash.views import badges, data, text
from ecodash.views.phrases import text as phrases

LOOKED_AT = {
    "overview": phrases.OVERVIEW,
    "map": phrases.MAP,
    "progress": phrases.PROGRESS,
    "ranking": phrases.RANKING,
    "profile": phrases.PROFILE,
    "lists": phrases.LISTS,
    "upload": phrases.UPLOAD,
    "review": phrases.REVIEW,
    "snapshots": phrases.SNAPSHOTS,
    "meeting": phrases.MEETING,
}
"""What people look at stands in the bar itself."""

MANAGED = {
    "calendar": phrases.CALENDAR,
    "targets": phrases.TARGETS,
    "composites": phrases.COMPOSITES,
    "boundaries": phrases.BOUNDARIES,
    "audit": phrases.AUDIT,
    "indicators": phrases.INDICATORS,
    "users": phrases.USERS,
    "backups": phrases.BACKUPS,
}
"""What is set up once in a while stands in a menu of the bar."""


@dataclass(frozen=True, slots=True)
class Needed:
    """Who may use a page: whoever has any of some rights.

    Args:
        rights: what is needed, one of them.
        is_whole: whether it is needed for the whole installation, not just for some region.
    """

    rights: tuple[Right, ...]
    is_whole: bool = False

    def is_met(self) -> bool:
        """Whether whoever sits before the screen may use the page."""
        return any(data.may(right, COUNTRY_KEY if self.is_whole else None) for right in self.rights)


_READERS = Needed((Right.READ,))
NEEDED = {
    "overview": _READERS,
    "map": _READERS,
    "progress": _READERS,
    "ranking": _READERS,
    "profile": _READERS,
    "lists": _READERS,
    "upload": Needed((Right.REPORT, Right.READ_REPORTED)),
    "review": Needed((Right.REVIEW,)),
    "snapshots": _READERS,
    "meeting": _READERS,
    "calendar": Needed((Right.READ_REPORTED,)),
    "targets": Needed((Right.MANAGE,)),
    "composites": Needed((Right.MANAGE,)),
    "boundaries": Needed((Right.ADMINISTER,)),
    "audit": Needed((Right.AUDIT,)),
    "indicators": Needed((Right.ADMINISTER,), is_whole=True),
    "users": Needed((Right.ADMINISTER,)),
    "backups": Needed((Right.ADMINISTER,), is_whole=True),
}
"""Of every page who may use it; what a page shows and does is held to the rights again, where it is asked and done."""

_PAGES = PROJECT_ROOT / "pages"
_FIRST = "overview"


def pages() -> dict[str, list[st.Page]]:
    """Pages by section, named in the reader's language. One that the reader may not use is not named; its address leads to
    why (run)."""
    return {
        "": [_page(name, badges.titled(name, _(title))) for name, title in LOOKED_AT.items()],
        text.MANAGE: [_page(name, _(title)) for name, title in MANAGED.items()],
    }


def _page(name: str, title: str) -> st.Page:
    is_first = name == _FIRST
    return st.Page(
        _PAGES / f"{name}.py",
        title=title,
        default=is_first,
        url_path=None if is_first else name,
        visibility="visible" if NEEDED[name].is_met() else "hidden",
    )


def run(page: st.Page) -> None:
    """Run a page, or say why the reader may not use it."""
    needed = NEEDED.get(page.url_path or _FIRST)
    if needed is None or needed.is_met():
        page.run()
        return
    st.title(page.title, anchor=False)
    if not data.actor().grants:
        st.info(
            _("您的账号还没有分配角色和地区，暂时看不到数据。请联系本系统管理员，在“用户管理”中为您的账号设置。"),
            icon=":material/lock:",
        )
        return
    st.error(
        _("您的账号不能使用这个页面，需要“{right}”的权限。如工作需要，请联系本系统管理员开通。").format(
            right=needed.rights[0].label
        ),
        icon=":material/lock:",
    )
    st.page_link(str(_PAGES / f"{_FIRST}.py"), label=_("回到总览"), icon=":material/arrow_back:")
