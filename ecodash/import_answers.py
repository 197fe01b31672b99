"""One upload by a program: options as text in, one JSON object out, for the command line and /api/import alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ecodash import actions, answers
from ecodash.actions import Choices, ImportResult
from ecodash.domain.access import Actor
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.effects import annotated
from ecodash.workspace import Workspace


@dataclass(frozen=True)
class ImportOptions:
    """What a program says of a file it sends.

    Args:
        month: yyyy-mm, where the file does not say; empty otherwise.
        within: code or name of the region whose names the file uses; empty for all.
        sheets: names of the sheets to read; all that are alike where empty.
        mapping: header → indicator code or role, or "-" to leave the column out.
        accepts_guesses: whether headers merely like an indicator's name are taken for it.
        reasons: rule's code → why its doubts are right after all; "" for every rule.
        is_dry_run: whether to stop before the commit.
        explains: whether to answer how the file was recognised.
        publishes: whether to commit without a review, where there are accounts too.
    """

    month: str = ""
    within: str = ""
    sheets: tuple[str, ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    accepts_guesses: bool = False
    reasons: Mapping[str, str] = field(default_factory=dict)
    is_dry_run: bool = False
    explains: bool = False
    publishes: bool = False


def choices_of(workspace: Workspace, options: ImportOptions) -> Choices:
    """The options as actions take them.

    Raises:
        UserError: a month, region or indicator that is not known.
    """
    return Choices(
        month=Month.parse(options.month) if options.month else None,
        within=answers.region_named(workspace, options.within) if options.within else COUNTRY_KEY,
        sheets=options.sheets,
        mapping=answers.known_mapping(workspace, options.mapping),
        accepts_guesses=options.accepts_guesses,
    )


def import_answer(
    workspace: Workspace, data: bytes, file_name: str, options: ImportOptions, *, actor: Actor, now: datetime
) -> dict[str, Any]:
    """Read, check and commit a file; what became of it.

    Raises:
        UserError: an option that cannot be used, or the commit was refused.
    """
    result: ImportResult = actions.import_file(
        workspace,
        data,
        file_name,
        actor=actor,
        now=now,
        choices=choices_of(workspace, options),
        reasons=options.reasons,
        dry_run=options.is_dry_run,
        publishes=True if options.publishes else None,
    )
    answer = result.to_dict()
    if options.explains:
        answer["recognition"] = actions.explain(result.upload.intake)
    return answer


def annotated_answer(
    workspace: Workspace, data: bytes, file_name: str, options: ImportOptions, *, actor: Actor, now: datetime
) -> bytes:
    """The file as an xlsx workbook with its faults and doubts marked. Nothing is written.

    Raises:
        UserError: an option that cannot be used.
    """
    choices = choices_of(workspace, options)
    return annotated(actions.read_file(workspace, data, file_name, actor=actor, now=now, choices=choices))


# ── text ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def import_text(values: dict[str, Any]) -> str:
    """The answer for a reader of the terminal."""
    counts = f"新增 {values['new']}，更改 {values['changed']}，不变 {values['unchanged']}"
    lines = [f"{values['file']}：{values['rows']} 行，{counts}。"]
    lines += [f"  注：{note}" for note in values["notes"]]
    if "recognition" in values:
        lines += _recognition_lines(values["recognition"])
    if values["faults"]:
        lines.append(f"有 {len(values['faults'])} 处问题，未提交任何数据：")
        lines += [
            f"  {_place(fault)} “{fault['column']}” 值“{fault['value']}”：{fault['hint']}" for fault in values["faults"]
        ]
    if values["doubts"]:
        lines.append(f"有 {len(values['doubts'])} 处疑点：")
        lines += [f"  [{doubt['code']}] {doubt['hint']}" for doubt in values["doubts"]]
    if values["batch"] is not None:
        lines.append(f"已提交：第 {values['batch']} 批，{values['cells']} 个数据。")
    elif values["filing"] is not None:
        lines.append(f"已提交审核：第 {values['filing']} 份报送件；通过之前不会发布。")
    elif values["unexplained"] and not values["faults"]:
        codes = "、".join(values["unexplained"])
        lines.append(f"疑点没有说明理由，未提交：{codes}。核对无误的，请用 --reason 理由，或 --reason 代码=理由。")
    elif not values["faults"] and values["new"] + values["changed"]:
        lines.append("检查通过，未提交（--dry-run）。")
    return "\n".join(lines)


def _place(fault: dict[str, Any]) -> str:
    sheet = f"“{fault['sheet']}”" if fault["sheet"] else ""
    return f"{sheet}第 {fault['row'] if fault['row'] is not None else '-'} 行"


def _recognition_lines(recognition: dict[str, Any]) -> list[str]:
    lines = [f"  文件：{recognition['kind']}，编码 {recognition['encoding']}"]
    for sheet in recognition["sheets"]:
        rows = "、".join(map(str, sheet["header_rows"]))
        lines.append(f"  表“{sheet['sheet']}”：{sheet['layout']}，表头第 {rows} 行，{sheet['rows']} 行数据")
        lines += [
            f"    {match['header']} → {match['target']}（{'，'.join(filter(None, (match['how'], match['unit'], match['period'])))}）"
            for match in sheet["columns"]
        ]
        lines += [f"    未读取：{part['why']} {len(part['rows'])} 行" for part in sheet["left_out"]]
    return lines
