"""What a draft says, in sentences; for the pages and the command line alike."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ecodash.boundaries.draft import Draft
from ecodash.boundaries.matching import State
from ecodash.domain.boundaries import Clarity, Datum, DatumFit, Note
from ecodash.domain.regions import RegionTree
from ecodash.i18n import gettext as _
from ecodash.i18n import marked

_MOST_ROWS = 12
_STATES = {
    State.MATCHED: marked("已匹配"),
    State.REPEATED: marked("多个图形合并"),
    State.AMBIGUOUS: marked("名称不止一处"),
    State.UNMATCHED: marked("没有匹配"),
    State.EMPTY: marked("没有可用的面"),
}
_HOW = {"code": marked("按代码"), "name": marked("按名称"), "": ""}


def state_word(state: State) -> str:
    return _(_STATES[state])


def how_word(how: str) -> str:
    return _(_HOW[how])


def datum_label(datum: Datum) -> str:
    """A datum with what people know it by."""
    return {
        Datum.WGS84: _("WGS-84（GPS）"),
        Datum.CGCS2000: _("CGCS2000（国家大地坐标系）"),
        Datum.GCJ02: _("GCJ-02（高德、腾讯地图）"),
        Datum.BD09: _("BD-09（百度地图）"),
    }[datum]


def fit_label(fit: DatumFit) -> str:
    """A datum as a row of the table of fits: WGS-84 and CGCS2000 are one there."""
    return _("WGS-84、CGCS2000") if fit.datum is Datum.WGS84 else fit.datum.label


def verdict(draft: Draft) -> str:
    """Which datum was taken, why, and how clear that is."""
    name = draft.datum.label
    if not draft.fits:
        reason = {
            "chosen": _("按您的选择，坐标系取 {datum}。"),
            "file": _("按文件的说明，坐标系取 {datum}。"),
        }.get(draft.datum_from, _("文件没有说明坐标系，暂按 {datum} 处理。"))
        return reason.format(datum=name) + _("本系统没有这个县的轮廓，无法比对；请确认坐标系。")
    best = draft.fits[0]
    numbers = _("重合度 {overlap}，县界偏差约 {gap} 米").format(overlap=percent(best.overlap), gap=metres(best.gap_m))
    said = {
        Clarity.CLEAR: _("与已知县界比对，{best} 最吻合（{numbers}），优势明显。"),
        Clarity.NARROW: _("与已知县界比对，{best} 稍好（{numbers}），优势不大，请核对下图。"),
        Clarity.PARTIAL: _("文件只盖住县域的一部分；按贴近县界的部分比对，{best} 最吻合（{numbers}），请核对下图。"),
        Clarity.UNCLEAR: _(
            "与已知县界比对，看不出是哪种坐标系（最好的 {best}：{numbers}）；文件可能不是全县，请自行选择。"
        ),
    }[draft.clarity].format(best=fit_label(best), numbers=numbers)
    taken = draft.fit_taken
    if draft.datum_from == "chosen" and taken is not None and taken is not best:
        lag = _("您选择的 {datum} 重合度只有 {overlap}，县界偏差约 {gap} 米，很可能选错了。")
        said += lag.format(datum=name, overlap=percent(taken.overlap), gap=metres(taken.gap_m))
    else:
        said += _("现按 {datum} 处理。").format(datum=name)
    return said


def percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def metres(value: float | None) -> str:
    return "—" if value is None or value != value else f"{value:.0f}"


def summary(draft: Draft, county: str) -> str:
    """How many features, regions drawn and missing."""
    said = _("{county}：文件里 {features} 个图形，匹配到 {shapes} 个{level}，还有 {missing} 个{level}没有边界。")
    if not draft.missing:
        said = _("{county}：文件里 {features} 个图形，匹配到全部 {shapes} 个{level}。")
    return said.format(
        county=county, features=len(draft.features), shapes=len(draft.keys), level=_(draft.level.label),
        missing=len(draft.missing),
    )  # fmt: skip


def made_smaller(draft: Draft) -> str:
    """How the shapes were simplified and how large they are."""
    size = f"{len(draft.content) / 1e6:.2f}"
    if not draft.tolerance_m:
        return _("图形没有简化，共 {size} MB。").format(size=size)
    said = _(
        "图形已整体简化（容差约 {tolerance} 米），相邻边界仍共线；边界点由 {before} 个减为 {after} 个，共 {size} MB。"
    )
    return said.format(
        tolerance=f"{draft.tolerance_m:.0f}", before=f"{draft.vertices_before:,}", after=f"{draft.vertices_after:,}",
        size=size,
    )  # fmt: skip


def columns_read(draft: Draft) -> str:
    """Which columns the regions were found by."""
    code, name, town = draft.columns
    parts = [
        text.format(column=column)
        for text, column in (
            (_("代码取自“{column}”列"), code),
            (_("名称取自“{column}”列"), name),
            (_("所属乡镇取自“{column}”列"), town),
        )
        if column
    ]
    return _("，").join(parts) + _("。") if parts else _("没有一列的代码或名称能与本县的地区对上。")


def note_sentence(note: Note, tree: RegionTree) -> str:
    """A note as a sentence."""
    return _SENTENCES[note.code](note.values, tree)


def _rows(values: Mapping[str, Any]) -> str:
    return _listed([str(row) for row in values["rows"]])


def _regions(keys: Sequence[int], tree: RegionTree) -> str:
    return _listed([region.name if (region := tree.find(key)) else str(key) for key in keys])


def _listed(names: list[str]) -> str:
    shown = _("、").join(names[:_MOST_ROWS])
    return shown if len(names) <= _MOST_ROWS else _("{names} 等 {count} 个").format(names=shown, count=len(names))


_SENTENCES: dict[str, Callable[[Mapping[str, Any], RegionTree], str]] = {
    "encoding": lambda v, t: _("文字按 {encoding} 读取。").format(encoding=str(v["encoding"]).upper()),
    "no_table": lambda v, t: _("压缩包里没有 .dbf，图形没有代码和名称，无法匹配；请把 .dbf 一起打包。"),
    "broken_shapes": lambda v, t: _("第 {rows} 个图形的坐标不成面，没有采用。").format(rows=_rows(v)),
    "mended": lambda v, t: _("第 {rows} 个图形的边界自相交，已自动修复；请在图上核对。").format(rows=_rows(v)),
    "aligned": lambda v, t: _("相邻图形之间有缝隙或重叠，已对齐；面积变化超过 0.5% 的：{names}。").format(
        names=_regions(v["changed"], t)
    ),
    "vanished": lambda v, t: _("{names} 的图形不足一平方米，或完全被别的图形盖住，没有画出。").format(
        names=_regions(v["regions"], t)
    ),
    "uncovered": lambda v, t: _("县域约 {share} 的面积没有图形覆盖。").format(share=percent(v["share"])),
    "swapped": lambda v, t: _("文件的坐标是先北后东，已对调。"),
    "projection_guessed": lambda v, t: _("文件没有可用的投影说明，按坐标数值认作 {name}。").format(name=v["name"]),
    "degrees_assumed": lambda v, t: _("文件没有说明坐标系，按经纬度读取。"),
    "projection_unreadable": lambda v, t: _("文件的坐标系说明（.prj 或 crs）读不懂，没有采用。"),
    "projection_contradicted": lambda v, t: _("文件写明是 {name}，但坐标数值与之不符，没有采用。").format(
        name=v["name"]
    ),
    "old_datum": lambda v, t: _(
        "文件的坐标系是{name}，与 CGCS2000 相差几十米到一百多米，没有公开的转换参数；图形会有这么大的偏移，"
        "请测绘部门转换后再上传更好。"
    ).format(name=_(v["name"])),
}
