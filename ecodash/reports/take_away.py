"""What is taken away from a snapshot: the page as a file, its tables as a workbook, its figures as pictures.

Each carries the link, the batch it is as of, and the digest of its content; all are Chinese, as the snapshot is.
"""

from datetime import datetime

from markupsafe import escape

from ecodash.reports.frozen import FrozenPack
from ecodash.reports.numbers import show_time
from ecodash.reports.snapshot_page import SnapshotHtml
from ecodash.reports.snapshot_pictures import TakePicture, snapshot_pictures
from ecodash.reports.snapshot_workbook import snapshot_xlsx
from ecodash.reports.take_names import safe_name
from ecodash.reports.take_stamp import Stamp, stamp_of

__all__ = [
    "Stamp",
    "TakePicture",
    "file_stem",
    "offline_html",
    "snapshot_pictures",
    "snapshot_xlsx",
    "stamp_of",
]

_CHARSET = '<meta charset="utf-8">'
_TITLE_BYTES = 90


def offline_html(html: SnapshotHtml, stamp: Stamp, *, saved_at: datetime | None = None) -> bytes:
    """The page as one file that opens from a disk or a USB stick without asking anyone for anything.

    Args:
        html: of render_snapshot with takes=False: the files to take away are not beside this one.
        saved_at: when it was saved, aware; None where the file must be the same whenever it is asked for.
    """
    # Opened from a disk no server sends the policy; frame-ancestors is of headers only.
    policy = "; ".join(part for part in html.policy.split("; ") if not part.startswith("frame-ancestors"))
    guard = f'{_CHARSET}\n<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
    before = html.before.replace(_CHARSET, guard, 1)
    return SnapshotHtml(before, html.after, html.policy).whole(_offline_banner(stamp, saved_at))


def _offline_banner(stamp: Stamp, saved_at: datetime | None) -> str:
    """As the banner of the page opened by its link looks; nothing in it can have changed."""
    saved = "" if saved_at is None else f"，{show_time(saved_at)}（北京时间）保存"
    onward = "此后的更正请向发送人索取链接查看。"
    if stamp.address.startswith(("http://", "https://")):
        link = escape(stamp.address)
        onward = f'此后的更正请打开链接查看：<a href="{link}" rel="noopener noreferrer">{link}</a>'
    return (
        f'<aside class="since changed" id="offline"><p><b>离线副本</b>{escape(stamp.as_of)}{saved}；'
        f"不会随数据更新。</p><p>{onward}</p></aside>\n"
    )


def file_stem(pack: FrozenPack, number: int) -> str:
    """快照12_丰都县2026年10月总览_第48批: the name of a snapshot's files, without extension."""
    title = safe_name(str(pack.meta["title"]), _TITLE_BYTES)
    return safe_name("_".join(part for part in (f"快照{number}", title, f"第{int(pack.meta['watermark'])}批") if part))
