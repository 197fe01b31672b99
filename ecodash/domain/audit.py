"""What the audit tells: what was taken away, how lines are asked for, and a line as it is read."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from ecodash.domain.regions import COUNTRY_KEY
from ecodash.domain.selection import Selection
from ecodash.i18n import gettext as _


class ExportKind(StrEnum):
    """What was taken away from the installation."""

    TABLE = "table"
    PICTURE = "picture"
    SENT_FILE = "sent_file"
    RECEIPT = "receipt"
    TEMPLATE = "template"
    MARKED_FILE = "marked_file"
    LISTS = "lists"
    BOUNDARIES = "boundaries"
    QR_CODE = "qr_code"
    PRINT = "print"
    SNAPSHOT = "snapshot"
    SNAPSHOT_FILE = "snapshot_file"
    DATA = "data"
    AUDIT = "audit"
    ACCOUNT_TEMPLATE = "account_template"
    ACCOUNTS = "accounts"
    FIRST_PASSWORDS = "first_passwords"
    FILING_FILE = "filing_file"
    BACKUP = "backup"

    @property
    def label(self) -> str:
        """What it is called, in the reader's language."""
        return _labels()[self]


def _labels() -> dict["ExportKind", str]:
    return {
        ExportKind.TABLE: _("表格"),
        ExportKind.PICTURE: _("图片"),
        ExportKind.SENT_FILE: _("上报的原文件"),
        ExportKind.RECEIPT: _("上报回执"),
        ExportKind.TEMPLATE: _("上报模板"),
        ExportKind.MARKED_FILE: _("标注了问题的表格"),
        ExportKind.LISTS: _("红黑榜通报附件"),
        ExportKind.BOUNDARIES: _("边界文件"),
        ExportKind.QR_CODE: _("快照二维码"),
        ExportKind.PRINT: _("打印页"),
        ExportKind.SNAPSHOT: _("快照包"),
        ExportKind.SNAPSHOT_FILE: _("快照的表格或图片"),
        ExportKind.DATA: _("数据（命令行）"),
        ExportKind.AUDIT: _("审计日志"),
        ExportKind.ACCOUNT_TEMPLATE: _("账号导入模板"),
        ExportKind.ACCOUNTS: _("账号名单"),
        ExportKind.FIRST_PASSWORDS: _("初始密码表"),
        ExportKind.FILING_FILE: _("报送件的文件"),
        ExportKind.BACKUP: _("备份文件"),
    }


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which lines of the audit are asked for; what is left out does not narrow.

    Args:
        since, until: aware times; until is not included.
        actions: codes.
        account, actor: number of an account (0: no account), and a name as it stands in the line.
        region: key; lines about it and what lies below it.
        batch: number.
        text: words in the detail, the name or the address.
    """

    since: datetime | None = None
    until: datetime | None = None
    actions: tuple[str, ...] = ()
    account: int | None = None
    actor: str = ""
    region: int | None = None
    batch: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """One file that was made for somebody.

    Args:
        what: kind of file.
        file_name: as it was offered.
        region: key of the region its figures are of; 0 where they are of no one region.
        selection: what the page showed, where it showed figures.
        batch: the batch it is about.
        rows: of the table; None where it is none.
        size, sha256: of the bytes; None where they were streamed.
        more: plain values beside.
    """

    what: ExportKind
    file_name: str
    region: int = COUNTRY_KEY
    selection: Selection | None = None
    batch: int | None = None
    rows: int | None = None
    size: int | None = None
    sha256: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    def made(self, *, rows: int | None, size: int, sha256: str) -> "Export":
        """The same once its bytes are there."""
        return replace(self, rows=rows, size=size, sha256=sha256)

    def detail(self) -> dict[str, Any]:
        """As the audit keeps it: what is not known is left out."""
        told: dict[str, Any] = {"what": self.what.value, "file": self.file_name}
        if self.selection is not None:
            told["selection"] = self.selection.to_dict()
        told |= {"rows": self.rows, "size": self.size, "sha256": self.sha256 or None, **self.more}
        return {name: value for name, value in told.items() if value is not None}
