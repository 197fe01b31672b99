"""Sentences of 边界管理."""

from collections.abc import Sequence

from ecodash.boundaries import words
from ecodash.domain.boundaries import BoundarySet, Datum
from ecodash.domain.regions import Level
from ecodash.i18n import gettext as _

_MOST_NAMES = 60


def title() -> str:
    return _("边界管理")


def introduction() -> str:
    return _(
        "上传乡镇界或村界后，地图用真实边界代替圆点和方格。支持 GeoJSON，也支持 Shapefile：打包成 zip，"
        "或同时选中 .shp、.dbf、.shx、.prj、.cpg。文件只在本机读取，坐标统一转为 WGS-84。"
    )


def level_name(level: str) -> str:
    """A level of boundaries; empty where it is to be found out."""
    return {"": _("自动判断"), Level.TOWN: _("乡镇界"), Level.VILLAGE: _("村界")}[level]


def datum_name(datum: str) -> str:
    """A datum; empty where it is to be found out."""
    return words.datum_label(Datum(datum)) if datum else _("自动判断（与县界比对）")


def saved(boundary_set: BoundarySet, county: str) -> str:
    said = _("已保存{county}{level}（第 {number} 套，{shapes} 个图形），地图从现在起使用它。")
    return said.format(
        county=county, level=level_name(boundary_set.level), number=boundary_set.number, shapes=boundary_set.shapes
    )


def choose_datum_first() -> str:
    return _("请先在上面选择坐标系，再保存：选错会使边界偏移几百米。")


def picture_label(county: str, level: Level, count: int) -> str:
    return _("{county}{level}：{count} 个图形，红色虚线为已知县界").format(
        county=county, level=level_name(level), count=count
    )


def missing(names: Sequence[str], level: Level) -> str:
    shown = _("、").join(names[:_MOST_NAMES])
    if len(names) > _MOST_NAMES:
        shown = _("{names} 等").format(names=shown)
    return _("没有边界的{level}（{count} 个）：{names}").format(level=_(level.label), count=len(names), names=shown)


# ── kept sets ──────────────────────────────────────────────────────────────────────────────────────────────────────


def sets_title() -> str:
    return _("已有的边界")


def no_sets() -> str:
    return _("还没有上传过边界。没有边界时，地图用乡镇驻地的圆点和村的方格。")


def set_title(boundary_set: BoundarySet, county: str) -> str:
    return _("{county}{level}（第 {number} 套）").format(
        county=county, level=level_name(boundary_set.level), number=boundary_set.number
    )


def set_state(boundary_set: BoundarySet, *, holds: bool, withdrawn_at: str) -> str:
    """A sign and a word."""
    if boundary_set.is_withdrawn:
        return _("✕ 已撤回：{actor}，{time}").format(actor=boundary_set.withdrawn_by, time=withdrawn_at)
    return _("✓ 正在使用") if holds else _("○ 已被更新的一套代替")


def set_line(boundary_set: BoundarySet, count: int, time: str) -> str:
    said = _("{shapes} 个图形，{missing} 个{level}没有边界；原坐标系 {datum}；文件“{file}”，{actor} {time} 上传")
    if count == boundary_set.shapes:
        said = _("全部 {shapes} 个{level}都有边界；原坐标系 {datum}；文件“{file}”，{actor} {time} 上传")
    return said.format(
        shapes=boundary_set.shapes, missing=count - boundary_set.shapes, level=_(boundary_set.level.label),
        datum=boundary_set.datum.label, file=boundary_set.file_name, actor=boundary_set.actor, time=time,
    )  # fmt: skip


def withdraw_question(boundary_set: BoundarySet) -> str:
    return _("撤回第 {number} 套后，地图改用上一套；没有上一套时用圆点和方格。撤回记入操作记录。").format(
        number=boundary_set.number
    )


def withdrawn(number: int) -> str:
    return _("第 {number} 套边界已撤回。").format(number=number)
