"""How pages ask for snapshots: those there are, and what a new one would keep. None of it is kept in memory."""

from collections.abc import Sequence

from ecodash import queries
from ecodash.domain.comparison import Comparison
from ecodash.domain.listed import MonthLists
from ecodash.domain.meeting import MeetingOrder
from ecodash.domain.pages import Page
from ecodash.domain.selection import Selection
from ecodash.domain.snapshots import Snapshot
from ecodash.reports.frozen import FrozenPage
from ecodash.views.asking import store_state, workspace


def list_snapshots() -> list[Snapshot]:
    """Read anew each time: a snapshot is made without a commit."""
    return queries.list_snapshots(workspace())


def get_snapshot(number: int) -> Snapshot:
    """Read anew each time: links are changed without a commit."""
    return queries.get_snapshot(workspace(), number=number)


def freeze_pages(pages: Sequence[Page], selection: Selection, comparison: Comparison | None = None) -> list[FrozenPage]:
    """What a snapshot of several pages keeps; on 排名 as it ranks there."""
    return queries.freeze_pages(workspace(), pages, selection, comparison)


def freeze_order(order: MeetingOrder) -> list[FrozenPage]:
    """What a snapshot of a meeting order keeps, as of the newest watermark."""
    return queries.freeze_order(workspace(), order, store_state().watermark)


def freeze_lists(lists: MonthLists) -> FrozenPage:
    """What a snapshot of 红黑榜 keeps."""
    return queries.freeze_lists(workspace(), lists.watermark, lists.month, lists.number, lists.reasons_number)
