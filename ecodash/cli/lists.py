"""The command for red and black lists: which rules there are, who is listed in a month, and the lists as files."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from ecodash import queries
from ecodash.cli.base import AsOf, Json, MonthText, opened, say
from ecodash.cli.files import hand_over
from ecodash.domain.audit import ExportKind
from ecodash.domain.definitions import Definition, DefinitionKind
from ecodash.domain.listed import Entry, MonthLists
from ecodash.domain.lists import ListRule, Side
from ecodash.domain.periods import Month
from ecodash.domain.regions import region_code
from ecodash.errors import UserError
from ecodash.reports import lists as files
from ecodash.reports import lists_words as words
from ecodash.workspace import Workspace

_WRITERS: dict[str, Callable[[MonthLists], bytes]] = {
    ".xlsx": files.lists_xlsx,
    ".csv": files.lists_csv,
    ".html": files.lists_page,
    ".txt": lambda lists: files.lists_text(lists).encode("utf-8"),
}


def lists(
    rule: Annotated[str | None, typer.Option("--rule", help="规则名称或版本编号；不给出时列出全部规则。")] = None,
    month: MonthText = None,
    as_of: AsOf = None,
    out: Annotated[Path | None, typer.Option("--out", help="写入文件：.xlsx、.csv、.html 或 .txt。")] = None,
    as_json: Json = False,
) -> None:
    """红黑榜：有哪些规则；某条规则在某月的红榜和黑榜，每个上榜单位附理由。"""
    with opened(as_json) as workspace:
        if rule is None:
            say(as_json, {"rules": [_rule(one) for one in _rules(workspace)]}, _rules_text)
            return
        found = _month_lists(workspace, rule, month, as_of)
        if out is not None:
            _write(workspace, out, found)
        say(as_json, _answer(found), lambda _values: files.lists_text(found))


def _rules(workspace: Workspace) -> list[Definition]:
    return queries.list_definitions(workspace, DefinitionKind.LIST_RULE)


def _rule(one: Definition) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": one.name,
        "version": one.version,
        "actor": one.actor,
        "at": one.at.isoformat(),
    }


def _rules_text(values: dict[str, Any]) -> str:
    lines = [f"{one['number']}  {one['name']}（第 {one['version']} 版）" for one in values["rules"]]
    return "\n".join(lines) or "还没有红黑榜规则。请在网页“红黑榜”中新建。"


def _named(workspace: Workspace, written: str) -> Definition:
    """A rule by its name, else the version of a number.

    Raises:
        UserError: there is none.
    """
    for one in _rules(workspace):
        if one.name == written:
            return one
    if written.isdecimal() and len(written) < 10:
        return queries.get_definition(workspace, DefinitionKind.LIST_RULE, int(written))
    raise UserError(f"没有名为“{written[:60]}”的红黑榜规则。", "不带 --rule 运行，可列出全部规则。")


def _month_lists(workspace: Workspace, written: str, month: str | None, as_of: int | None) -> MonthLists:
    kept = _named(workspace, written)
    newest = queries.newest_watermark(workspace)
    if as_of is not None and not 0 <= as_of <= newest:
        raise UserError(f"没有第 {as_of} 批；最新为第 {newest} 批。", "请核对 --as-of。")
    watermark = newest if as_of is None else as_of
    if month is not None:
        chosen = Month.parse(month)
    else:
        known = queries.months_reported(workspace, watermark, ListRule.from_content(kept.content).region)
        if not known:
            raise UserError("规则所评的地区还没有上报过数据。", "请先导入数据，或用 --month 指定月份。")
        chosen = known[-1]
    reasons = queries.reasons_number(workspace, kept.name, chosen)
    return queries.month_lists(workspace, watermark, chosen, kept.number, reasons)


def _write(workspace: Workspace, path: Path, found: MonthLists) -> None:
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UserError(f"不能写成“{path.suffix}”文件。", "文件名请以 .xlsx、.csv、.html 或 .txt 结尾。")
    hand_over(workspace, path, writer(found), ExportKind.LISTS, region=found.rule.region)


def _answer(found: MonthLists) -> dict[str, Any]:
    sides = {side.value: [_entry(one, side, found) for one in found.entries(side)] for side in Side}
    return {
        "rule": {"number": found.number, "name": found.name, "version": found.version},
        "rule_in_words": words.rule_words(found),
        "month": str(found.month),
        "watermark": found.watermark,
        "reasons_number": found.reasons_number,
        "indicator": found.measure.code,
        "unit": found.measure.unit,
        "is_demo": found.is_demo,
        **sides,
        "notes": [words.note_words(note) for note in found.notes],
    }


def _entry(entry: Entry, side: Side, found: MonthLists) -> dict[str, Any]:
    return {
        "region_code": region_code(entry.region),
        "name": entry.name,
        "rank": entry.rank,
        "previous_rank": entry.previous_rank,
        "movement": entry.movement,
        "value": entry.value,
        "previous": entry.previous,
        "distance": entry.distance,
        "grounds": [ground.value for ground in entry.grounds],
        "streak": entry.streak,
        "reason": words.reason(entry, side, found),
        "own_reason": entry.own_reason,
    }
