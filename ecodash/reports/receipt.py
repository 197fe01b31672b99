"""回执: the sheet of paper that says what a commit did, as one page that prints on A4."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache

from jinja2 import Environment

from ecodash.reports.numbers import show_change, show_movement, show_number, show_time
from ecodash.reports.templating import open_templates

MAX_ROWS = 500
"""So many rows of one table are printed; a line below says how many there are beyond."""


@dataclass(frozen=True, slots=True)
class TotalLine:
    """Total of an indicator for a month before and after the commit, in its unit; None where nothing was reported."""

    indicator: str
    unit: str
    decimals: int
    month: str
    before: Decimal | float | None
    after: Decimal | float | None

    @property
    def before_text(self) -> str:
        return show_number(_plain(self.before), self.decimals)

    @property
    def after_text(self) -> str:
        return show_number(_plain(self.after), self.decimals)

    @property
    def change_text(self) -> str:
        """The change; 新增 where nothing had been reported."""
        before, after = _plain(self.before), _plain(self.after)
        if after is None:
            return "—" if before is None else "不再有数"
        return "新增" if before is None else show_change(after - before, self.decimals, self.unit)


@dataclass(frozen=True, slots=True)
class DoubtLine:
    """A doubt that was committed: where it was, what was unlikely, the reason given."""

    where: str
    hint: str
    reason: str


@dataclass(frozen=True, slots=True)
class RankLine:
    """A region whose rank the commit changed; None where it was or is not ranked."""

    indicator: str
    month: str
    region: str
    before: int | None
    after: int | None

    @property
    def movement_text(self) -> str:
        if self.before is None:
            return "—" if self.after is None else "进入排名"
        return "退出排名" if self.after is None else show_movement(self.before - self.after)


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """What a receipt says.

    Args:
        batch: number of the batch.
        actor, unit: who reported it, and for whom.
        committed_at: an aware time.
        reviewer, received_at: who accepted it, and when it was handed in; empty and None where nobody reviewed it.
        file_name, file_sha256, file_size: the file as sent; size in bytes, 0 where it is not known.
        months: what it reports for, as people write it (2026年10月).
        rows: data rows of the file.
        new, changed, unchanged: figures by what became of them; None where it is not known.
        totals, ranks, doubts, notes: further tables; those without rows are left out.
        is_demo: whether the figures are invented.
        software: name and version of the program.
    """

    batch: int
    actor: str
    committed_at: datetime
    file_name: str
    file_sha256: str
    rows: int
    new: int | None
    changed: int | None
    unchanged: int | None
    unit: str = ""
    reviewer: str = ""
    received_at: datetime | None = None
    file_size: int = 0
    months: Sequence[str] = ()
    totals: Sequence[TotalLine] = field(default=())
    ranks: Sequence[RankLine] = field(default=())
    doubts: Sequence[DoubtLine] = field(default=())
    notes: Sequence[str] = field(default=())
    is_demo: bool = False
    software: str = "EcoDash"


def render_receipt(receipt: ReceiptPage) -> bytes:
    """A receipt as one HTML page in UTF-8: no script, no request, every text escaped; the same receipt, the same bytes.

    Raises:
        ValueError: the time of the commit has no offset.
    """
    html = (
        _environment()
        .get_template("receipt.html")
        .render(
            receipt=receipt,
            committed=show_time(receipt.committed_at),
            received=show_time(receipt.received_at) if receipt.received_at else "",
            committed_iso=receipt.committed_at.isoformat(),
            size=_size(receipt.file_size),
            cells=sum(count or 0 for count in (receipt.new, receipt.changed, receipt.unchanged)),
            is_counted=receipt.new is not None,
            most=MAX_ROWS,
        )
    )
    return html.encode("utf-8")


@cache
def _environment() -> Environment:
    environment = open_templates()
    environment.filters["count"] = lambda number: f"{number:,}"
    return environment


def _plain(value: Decimal | float | None) -> float | None:
    return None if value is None else float(value)


def _size(size: int) -> str:
    if not size:
        return ""
    return (
        f"{size:,} 字节" if size < 1024 else f"{size / 1024:,.1f} KB" if size < 1024**2 else f"{size / 1024**2:,.1f} MB"
    )
