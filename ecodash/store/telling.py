"""What is told of a change that stands: a line in the log and a count, after the transaction, never within it."""

from ecodash.domain.access import Actor
from ecodash.logs import get_logger
from ecodash.meters import CELLS, COMMITS, FILINGS
from ecodash.store.submission import Receipt

_log = get_logger(__name__)


def committed(
    kind: str, receipt: Receipt, actor: Actor, *, filing: int | None = None, undoes: int | None = None
) -> None:
    """A batch stands.

    Args:
        kind: upload, acceptance or undo.
    """
    COMMITS.labels(kind).inc()
    CELLS.inc(receipt.cells)
    more = {name: value for name, value in (("filing", filing), ("undoes", undoes)) if value is not None}
    _log.info(
        "committed", kind=kind, batch=receipt.batch, rows=receipt.rows, cells=receipt.cells, by=actor.account,
        channel=actor.channel, **more,
    )  # fmt: skip


def handed_in(filing: int, rows: int, cells: int, actor: Actor) -> None:
    """A filing waits for review."""
    FILINGS.inc()
    _log.info("handed_in", filing=filing, rows=rows, cells=cells, by=actor.account, channel=actor.channel)
