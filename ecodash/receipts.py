"""回执: what a batch did, for printing, at any time after its commit."""

from decimal import Decimal

import pandas as pd

from ecodash import queries
from ecodash.domain.regions import level_of
from ecodash.effects import effects_of_batch
from ecodash.errors import UserError
from ecodash.reports.numbers import is_missing, show_month
from ecodash.reports.receipt import DoubtLine, RankLine, ReceiptPage, TotalLine, render_receipt
from ecodash.workspace import Workspace


def receipt_page(workspace: Workspace, number: int) -> bytes:
    """The receipt of a batch as one printable HTML page.

    Raises:
        UserError: there is no such batch, or it is an undo.
    """
    batch = queries.batch_record(workspace, number)
    if batch["kind"] != "upload":
        raise UserError(f"第 {number} 批是撤销，没有上报回执。", "请打印被撤销的批次，或查看批次列表。")
    effects = effects_of_batch(workspace, number)
    catalog, place = workspace.catalog, workspace.tree.get(effects.region)
    totals = []
    for row in effects.totals.to_dict("records"):
        entry = catalog[str(row["indicator"])]
        unit, decimals = entry.shown_at(level_of(effects.region))
        before, after = (_decimal(row[name]) for name in ("before", "after"))
        totals.append(TotalLine(entry.name, unit, decimals, show_month(row["period"]), before, after))
    ranks = [
        RankLine(
            catalog[str(row["indicator"])].name,
            show_month(row["period"]),
            str(row["name"]),
            *(None if pd.isna(row[name]) else int(row[name]) for name in ("rank_before", "rank_after")),
        )
        for row in effects.ranks.to_dict("records")
    ]
    doubts = [
        DoubtLine(_where(workspace, doubt.region, doubt.row), doubt.hint, doubt.reason)
        for doubt in queries.batch_doubts(workspace, number)
    ]
    months = [batch["first_month"], batch["last_month"]]
    filing = queries.filing_of_batch(workspace, number)
    return render_receipt(
        ReceiptPage(
            batch=number,
            actor=str(batch["actor"]),
            committed_at=batch["committed_at"],
            file_name=str(batch["file_name"]),
            file_sha256=str(batch["file_sha256"]),
            rows=int(batch["row_count"]),
            new=batch["new"],
            changed=batch["changed"],
            unchanged=batch["unchanged"],
            unit=place.name,
            reviewer=filing.state_by if filing else "",
            received_at=filing.received_at if filing else None,
            months=[show_month(month) for month in dict.fromkeys(months) if not is_missing(month)],
            totals=totals,
            ranks=ranks,
            doubts=doubts,
            notes=() if effects.is_whole else ("本批数据量大，未逐月列出合计和名次变化。",),
            is_demo=bool(batch["is_demo"]),
        )
    )


def _decimal(value: float) -> Decimal | None:
    return None if is_missing(value) else Decimal(str(value))


def _where(workspace: Workspace, region: int, row: int | None) -> str:
    found = workspace.tree.find(region) if region else None
    return " ".join(part for part in (found.name if found else "整个文件", f"第 {row} 行" if row else "") if part)
