"""Column headers → indicators and roles: by the user's choice, code, name, alias, or a role's usual titles."""

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ecodash.domain.indicators import Catalog, Indicator
from ecodash.ingest.faults import cut

IGNORED = "ignored"
UNIT = "unit"
"""Inner role of a column that names each row's unit; shown as ignored, but checked."""


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """What a column was taken for.

    Args:
        header: its text in the file, at most 80 characters.
        target: an indicator's code, or a role: region_code, town, village, region, month, indicator, value, deadline,
            baseline, target, ignored.
        how: code, name, alias, chosen (by the user) or role.
    """

    header: str
    target: str
    how: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A recognised header: its target and how, and a hint where its unit is not the indicator's."""

    target: str
    how: str
    unit_hint: str = ""


_ROLE_TITLES = {
    "region_code": "区划代码 行政区划代码 统计用区划代码 地区代码 区域代码 村代码 村级代码 村编码 行政村代码 乡镇代码 "
    "代码 region_code",
    "town": "乡镇 镇 乡 镇街 镇乡 街道 乡镇街道 镇街道 乡镇(街道) 镇(街道) 镇(乡) 乡(镇) 乡镇名称 镇名称 所属乡镇 "
    "所在乡镇 town",
    "village": "村 村名 村庄 行政村 村社区 村居 村(社区) 村(居) 行政村(社区) 村名称 行政村名称 村社区名称 所属村 "
    "village",
    "region": "地区 区域 单位 地区名称 区域名称 单位名称 上报单位 填报单位 region",
    "month": "月份 月 期 期间 年月 报告期 统计月份 所属月份 上报月份 填报月份 数据月份 month period",
    "indicator": "指标 指标名称 指标代码 indicator",
    "value": "数值 值 指标值 数量 上报值 value",
    "deadline": "期限 完成期限 目标期限 截止月份 截止时间 完成时限 deadline",
    "baseline": "基数 基期 基期值 基期数 基线 基线值 baseline",
    "target": "目标 目标值 目标数 目标任务 任务数 target",
    UNIT: "计量单位 指标单位 unit",
    "county": "县 县区 区县 县名 县(市) 县(区) 县(市、区) 县市区 县名称 区县名称",
    "city": "市 地市 市州 城市 地级市 市名称",
    "province": "省 省份 省市 省名称",
    IGNORED: "序号 编号 no no. 名次 排名 位次 排序 备注 说明 附注 填报人 填表人 审核人 负责人 单位负责人 联系人 联系电话 电话 手机 手机号 "
    "填报日期 填表日期 上报日期 填报时间 制表人",
}
_ROLES = {title: role for role, titles in _ROLE_TITLES.items() for title in titles.split()}

NAME_ROLES = ("village", "town", "region", "county", "city", "province")
_REGION_ROLES = frozenset({"region_code", *NAME_ROLES})
_FIGURE_ROLES = frozenset({"indicator", "value", "target"})

_SAME_UNIT = {"千米": "公里", "km": "公里", "平米": "平方米", "m2": "平方米", "t": "吨", "百分比": "%"}
_DROPPED = re.compile(r"[\s\u200b-\u200f\ufeff*]+")
_BRACKETS = str.maketrans("【】〔〕[]{}", "()()()()")
_BRACKETED = re.compile(r"(.+?)\(([^()]*(?:\([^()]*\))?[^()]*)\)")


def fold_header(text: str) -> str:
    """The comparable form of a header: width and brackets folded, spaces, line breaks and required marks dropped."""
    folded = unicodedata.normalize("NFKC", text[:400]).translate(_BRACKETS)
    return _DROPPED.sub("", folded).casefold().rstrip(":")


def fold_unit(text: str) -> str:
    """The comparable form of a unit; names of the same unit become one."""
    folded = fold_header(text).removeprefix("单位:").removeprefix("单位")
    return _SAME_UNIT.get(folded, folded)


class HeaderNames:
    """Recognises headers and written indicators against a catalogue and the user's choices."""

    def __init__(self, catalog: Catalog, mapping: Mapping[str, str]) -> None:
        self._catalog = catalog
        self._chosen = {fold_header(header): target for header, target in mapping.items()}
        self._names: dict[str, tuple[str, str]] = {}
        for how, names_of in (
            ("code", lambda i: (i.code,)),
            ("name", lambda i: (i.name, i.title)),
            ("alias", lambda i: i.aliases),
        ):
            for indicator in catalog.values():
                for name in names_of(indicator):
                    self._names.setdefault(fold_header(name), (indicator.code, how))

    def match(self, text: str) -> Heading | None:
        """What a header means, or None where it is not recognised."""
        folded = fold_header(text)
        if not folded:
            return None
        bracketed = _BRACKETED.fullmatch(folded)
        base, unit = (bracketed[1], bracketed[2]) if bracketed else (folded, "")
        # 垃圾箱(桶): the brackets may hold a part of the name.
        whole = folded if folded in self._chosen or folded in self._names else f"{base}{unit}"
        for form, unit_left in ((whole, unit if folded in self._chosen else ""), (base, unit)):
            chosen = self._chosen.get(form, "")
            if chosen == "-":
                return Heading(IGNORED, "chosen")
            if chosen in self._catalog:
                return Heading(chosen, "chosen", self._unit_hint(text, unit_left, self._catalog[chosen]))
            if form in self._names:
                code, how = self._names[form]
                return Heading(code, how, self._unit_hint(text, unit_left, self._catalog[code]))
            if form in _ROLES:
                return Heading(_ROLES[form], "role")
        return None

    def indicator(self, text: str) -> Indicator | None:
        """The indicator a cell of an indicator column names."""
        heading = self.match(text)
        return self._catalog[heading.target] if heading and heading.target in self._catalog else None

    def score(self, cells: Sequence[str]) -> int:
        """How many cells of a row are recognised; 0 unless it names a region column and something reported."""
        targets = [heading.target for cell in cells if cell and (heading := self.match(cell))]
        has_region = any(target in _REGION_ROLES for target in targets)
        has_figure = any(target in self._catalog or target in _FIGURE_ROLES for target in targets)
        return len(targets) if has_region and has_figure else 0

    def heads_regions(self, cells: Sequence[str]) -> bool:
        """Whether a row names a column of villages, towns or codes beside a title that is no role."""
        targets = [heading.target if (heading := self.match(cell)) else None for cell in cells if cell]
        return None in targets and any(target in ("region_code", "village", "town") for target in targets)

    def unknown_choices(self) -> list[str]:
        """Codes the user chose that the catalogue does not have."""
        return [code for code in self._chosen.values() if code != "-" and code not in self._catalog]

    def nearest(self, text: str) -> str:
        """The three indicators named most like a text, for a sentence; empty where none is near."""
        folded = fold_header(text)
        base = _BRACKETED.sub(r"\1", folded)[:60]
        close = difflib.get_close_matches(base, [name for name in self._names if name], n=9, cutoff=0.3)
        codes = dict.fromkeys(self._names[name][0] for name in close)
        return "、".join(f"“{self._catalog[code].name}”" for code in list(codes)[:3])

    def _unit_hint(self, text: str, unit: str, indicator: Indicator) -> str:
        if not unit or fold_unit(unit) == fold_unit(indicator.unit):
            return ""
        return (
            f"表头“{cut(text)}”括号中的“{cut(unit)}”与指标“{indicator.name}”的单位“{indicator.unit}”不一致。"
            f"请把数值换算成“{indicator.unit}”，并把表头改为“{indicator.title}”。"
        )
