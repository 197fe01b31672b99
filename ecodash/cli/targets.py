"""The command that answers with targets: how far they are, and whether the children's add up."""

from typing import Annotated, Any

import pandas as pd
import typer

from ecodash import queries
from ecodash.cli.base import AsOf, Json, MonthText, opened, region_key_of, say, selection_of
from ecodash.domain.periods import Month
from ecodash.domain.regions import region_code
from ecodash.domain.selection import Selection
from ecodash.domain.targets import State
from ecodash.reports.numbers import is_missing, show_number
from ecodash.workspace import Workspace

_PROGRESS = [
    "indicator", "indicator_name", "unit", "deadline", "baseline", "baseline_source", "target", "actual", "progress_pct",
    "time_gone_pct", "gap", "pace_per_month", "needed_per_month", "arrival_month", "state", "is_reached_late",
]  # fmt: skip
_SUMS = ["indicator", "deadline", "target", "parts", "difference", "adding", "children", "with_target"]


def targets(
    region: Annotated[str, typer.Argument(help="地区代码，或不重名的名称。")],
    month: MonthText = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """一个地区的目标：完成率、时序、每月还需、预计达到，以及下级目标之和是否相符。"""
    with opened(as_json) as workspace:
        key = region_key_of(workspace, region)
        selection = selection_of(workspace, as_of=as_of, month=month, region=key)
        say(as_json, _answer(workspace, selection), _text)


def _answer(workspace: Workspace, selection: Selection) -> dict[str, Any]:
    shown, past = queries.region_targets(workspace, selection), queries.past_targets(workspace, selection)
    if not past.empty:
        shown = pd.concat([shown, past], ignore_index=True)
    year = selection.at(month=Month(selection.month.year, 12))
    return {
        "region_code": region_code(selection.region),
        "name": workspace.tree.get(selection.region).name,
        "month": str(selection.month),
        "watermark": selection.watermark,
        "targets": _records(shown, _PROGRESS),
        "decomposition": _records(queries.target_decomposition(workspace, year).sums, _SUMS),
    }


def _records(rows: pd.DataFrame, columns: list[str]) -> list[dict[str, Any]]:
    """Rows as plain values: missing as None, deadlines as yyyy-mm."""
    found = [
        {name: None if is_missing(value) else value for name, value in row.items()}
        for row in rows[columns].astype(object).to_dict("records")
    ]
    return [{str(name): value for name, value in row.items()} | {"deadline": _month(row["deadline"])} for row in found]


def _month(key: Any) -> str:
    return str(Month.from_key(int(key)))


def _text(values: dict[str, Any]) -> str:
    lines = [f"{values['name']} {values['month']}，截至第 {values['watermark']} 批"]
    if not values["targets"]:
        lines.append("本年没有目标。")
    for row in values["targets"]:
        state = State(row["state"])
        progress = show_number(row["progress_pct"], 1, missing="—")
        arrival = row["arrival_month"] or "—"
        lines.append(
            f"  {row['indicator_name']}（{row['deadline']}）：{state.icon} {state.label}，完成 {progress}%，"
            f"时序 {show_number(row['time_gone_pct'], 1)}%，预计达到 {arrival}"
        )
    for row in values["decomposition"]:
        if row["difference"]:
            word = "少" if row["difference"] < 0 else "多"
            amount = show_number(abs(row["difference"]), 2)
            lines.append(f"  分解不符：{row['indicator']}（{row['deadline']}）下级合计比本级{word} {amount}")
    return "\n".join(lines)
