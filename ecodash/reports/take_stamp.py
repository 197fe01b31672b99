"""What every file taken from a snapshot carries: its link, as of which batch, and the digest of what it holds."""

from dataclasses import dataclass

from ecodash.reports.frozen import FrozenPack
from ecodash.reports.numbers import show_time
from ecodash.reports.snapshot_page import SHORT_DIGEST


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where a file comes from.

    Args:
        address: the full link; empty where the file must do without.
        watermark: as of which batch; 0 before the first.
        sha256: of the frozen content, in hexadecimal.
        number, title: of the snapshot.
        committed: when the batch was committed, in Beijing time as people write it; empty before the first.
    """

    address: str
    watermark: int
    sha256: str
    number: int
    title: str
    committed: str

    @property
    def as_of(self) -> str:
        """截至第 48 批，2026-11-03 09:12 提交（北京时间）."""
        return as_of_words(self.watermark, self.committed)

    @property
    def seal(self) -> str:
        """快照 12 · 内容校验码 0123456789ab."""
        return f"快照 {self.number} · 内容校验码 {self.sha256[:SHORT_DIGEST]}"


def stamp_of(pack: FrozenPack, *, number: int, sha256: str, address: str = "") -> Stamp:
    """The stamp of a snapshot's files."""
    meta = pack.meta
    committed = show_time(meta.get("committed_at"), missing="")
    return Stamp(address, int(meta["watermark"]), sha256, number, str(meta["title"]), committed)


def as_of_words(watermark: int, committed: str) -> str:
    """As of which batch, in words."""
    if not watermark or not committed:
        return "还没有提交过数据"
    return f"截至第 {watermark} 批，{committed} 提交（北京时间）"
