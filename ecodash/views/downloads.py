"""The one door through which a file leaves a page: made at the click, for whoever sits there then, and told to the audit.

Every download of every page is offered by `offer`; nothing else calls st.download_button (tests/pages/test_downloads.py).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from ecodash.actions import EXPORT_LOG
from ecodash.domain.access import Actor, Grant
from ecodash.domain.audit import Export, ExportKind
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.domain.selection import Selection
from ecodash.errors import NotPermitted
from ecodash.i18n import CHINESE, in_this_language, language, speaking
from ecodash.i18n import gettext as _
from ecodash.views import asking, data, stamp, who

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
HTML = "text/html"
OCTETS = "application/octet-stream"


def offer(
    label: str,
    make: Callable[[], bytes],
    *,
    file_name: str,
    mime: str,
    what: ExportKind,
    key: str,
    region: int | None = None,
    selection: Selection | None = None,
    batch: int | None = None,
    rows: Callable[[], int] | None = None,
    is_chinese: bool = False,
    type: Literal["primary", "secondary", "tertiary"] = "secondary",
    icon: str | None = None,
    help: str | None = None,
    width: Literal["content", "stretch"] = "content",
    disabled: bool = False,
) -> None:
    """A button that makes a file when it is clicked; the page does not run again. One click, one line of the audit.

    The file is made in a thread of the server, in the language of this run, as whoever sits before the screen at the
    click: data.workspace() and data.actor() may be used in `make`, widgets and st.session_state may not. Somebody whose
    session ended, or whose roles changed since the page was drawn, gets no file.

    Args:
        make: the file's bytes; whatever is worth its time only when asked for.
        what: kind of file, as the audit names it (ecodash/domain/audit.py: add a member with its words for a new one).
        key: names the button among those of the page.
        region: key of the region its figures are of; left out, that of the selection, else the whole installation.
        selection: what the figures are of; left out, what the page's heading said, where it said any.
        batch: number of the batch the file is about.
        rows: how many rows its table has; asked after make.
        is_chinese: made in Chinese whatever the reader's language: an official paper, or a table to be handed in.
        type, icon, help, width, disabled: as of st.download_button.
    """
    shown = selection or stamp.kept().selection
    at = region if region is not None else shown.region if shown is not None else COUNTRY_KEY
    told = Export(what, file_name, at, shown, batch)
    opened = data.workspace()
    with speaking(CHINESE if is_chinese else language()):
        work = in_this_language(_Download(make, told, rows, who.later(opened), opened.actor.grants))
    st.download_button(
        label,
        work,
        file_name=file_name,
        mime=mime,
        on_click="ignore",
        type=type,
        icon=icon,
        help=help,
        width=width,
        disabled=disabled,
        key=key,
    )


@dataclass(frozen=True)
class _Download:
    """What a click runs."""

    make: Callable[[], bytes]
    told: Export
    rows: Callable[[], int] | None
    find_actor: Callable[[], Actor | None]
    grants: tuple[Grant, ...]

    def __call__(self) -> bytes:
        actor = self.find_actor()
        if actor is None:
            raise NotPermitted(_("您的登录已结束，文件没有生成。"), _("请重新登录后再下载。"))
        if actor.grants != self.grants:
            raise NotPermitted(_("您的权限已变更，文件没有生成。"), _("请刷新页面后再下载。"))
        with asking.acting_as(actor):
            content = self.make()
            rows = self.rows() if self.rows is not None else None
            told = self.told.made(rows=rows, size=len(content), sha256=hashlib.sha256(content).hexdigest())
            EXPORT_LOG.note(data.workspace(), told, actor=actor, now=data.now())
        return content
