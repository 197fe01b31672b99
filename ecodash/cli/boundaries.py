"""Commands for boundaries: import, list, withdraw."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ecodash import actions, queries
from ecodash.cli import base
from ecodash.cli.base import Json, opened, region_key_of, say
from ecodash.domain.boundaries import BoundarySet, Datum
from ecodash.domain.regions import Level, RegionTree, region_code

if TYPE_CHECKING:
    from ecodash.boundaries import Draft

app = typer.Typer(no_args_is_help=True, help="边界：上传乡镇界、村界，列表，撤回。")


@app.command("import")
def boundaries_import(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="GeoJSON，或打包的 Shapefile。")
    ],
    within: Annotated[str | None, typer.Option("--within", help="县的区划代码或名称；默认本系统的第一个县。")] = None,
    level: Annotated[Level | None, typer.Option("--level", help="town 或 village；默认按匹配结果判断。")] = None,
    datum: Annotated[Datum | None, typer.Option("--datum", help="文件的坐标系；默认与县界比对判断。")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不保存。")] = False,
    as_json: Json = False,
) -> None:
    """检查并保存一个县的乡镇界或村界。"""
    with opened(as_json) as workspace:
        county = region_key_of(workspace, within) if within else queries.home_region(workspace)
        now = datetime.now(UTC)
        draft = actions.read_boundaries(
            workspace, file.read_bytes(), file.name, county=county, now=now, level=level, datum=datum
        )
        kept = None if dry_run else actions.save_boundaries(workspace, draft, actor=base.actor(workspace), now=now)
        values = _draft_values(draft, workspace.tree) | {"number": kept.number if kept else None}
        say(as_json, values, _import_text)


@app.command("list")
def boundaries_list(as_json: Json = False) -> None:
    """保存过的边界，新的在前。"""
    with opened(as_json) as workspace:
        sets = queries.list_boundaries(workspace)
        values = {"boundaries": [_set_values(one, workspace.tree) for one in sets]}
        say(as_json, values, _list_text)


@app.command("withdraw")
def boundaries_withdraw(
    number: Annotated[int, typer.Argument(help="第几套。")],
    as_json: Json = False,
) -> None:
    """撤回一套边界；上一套重新生效。"""
    with opened(as_json) as workspace:
        gone = actions.withdraw_boundaries(workspace, number, actor=base.actor(workspace), now=datetime.now(UTC))
        say(as_json, _set_values(gone, workspace.tree), lambda v: f"第 {v['number']} 套边界已撤回。")


def _draft_values(draft: "Draft", tree: RegionTree) -> dict[str, Any]:
    from ecodash.boundaries import words  # With GDAL behind it: loaded when it is wanted.

    return {
        "county": region_code(draft.county),
        "level": draft.level.value,
        "datum": draft.datum.value,
        "digest": draft.digest if draft.keys else None,
        "shapes": len(draft.keys),
        "verdict": words.verdict(draft),
        "summary": words.summary(draft, tree.get(draft.county).name),
        "sentences": [words.columns_read(draft), *(words.note_sentence(note, tree) for note in draft.notes),
                      *([words.made_smaller(draft)] if draft.keys else [])],
        **{name: value for name, value in draft.detail().items() if name not in ("regions", "notes")},
    }  # fmt: skip


def _import_text(values: dict[str, Any]) -> str:
    lines = [values["verdict"], values["summary"], *values["sentences"]]
    lines += [
        f"  第 {one['row']} 个图形没有对上：{one['code']} {one['name']}".rstrip() for one in values["unmatched"][:20]
    ]
    number = values["number"]
    lines.append(f"已保存为第 {number} 套边界。" if number else "只检查，没有保存。")
    return "\n".join(lines)


def _set_values(one: BoundarySet, tree: RegionTree) -> dict[str, Any]:
    region = tree.find(one.county)
    return {
        "number": one.number,
        "county": region_code(one.county),
        "name": region.name if region else "",
        "level": one.level.value,
        "datum": one.datum.value,
        "shapes": one.shapes,
        "digest": one.digest,
        "path": one.path,
        "file": one.file_name,
        "actor": one.actor,
        "at": one.at.isoformat(),
        "withdrawn_by": one.withdrawn_by or None,
        "withdrawn_at": one.withdrawn_at.isoformat() if one.withdrawn_at else None,
    }


def _list_text(values: dict[str, Any]) -> str:
    lines = [
        f"第 {one['number']} 套  {one['name']} {Level(one['level']).label}  {one['shapes']} 个图形  {one['datum']}  "
        f"{one['actor']} {one['at'][:16]}  {'已撤回' if one['withdrawn_at'] else '有效'}  {one['file']}"
        for one in values["boundaries"]
    ]
    return "\n".join(lines) or "还没有边界。"
