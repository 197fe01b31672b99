"""What the entries of a catalogue say of each other: no name twice, and every reference to one that fits."""

from collections.abc import Sequence

from ecodash.domain.indicators import Aggregation, Indicator, Kind
from ecodash.domain.regions import fold_name
from ecodash.domain.units import Units
from ecodash.errors import CatalogError

RESERVED_HEADERS = frozenset(
    {"省", "市", "县", "区县", "乡镇", "乡", "镇", "街道", "社区", "村", "村名", "行政村", "自然村", "地区", "区域"}
    | {"单位", "代码", "区划代码", "月份", "月", "期", "指标", "数值", "值", "期限", "基数", "目标", "目标值"}
    | {"序号", "备注"}
)
"""Headers of an upload's other columns: an indicator named so would take the column of village names for figures."""

_PART_KINDS = (Kind.FLOW, Kind.STOCK, Kind.ATTRIBUTE)


def check_references(file: str, indicators: Sequence[Indicator], units: Units) -> None:
    """Refuse entries that do not go together.

    Raises:
        CatalogError: names the file, the entry and the reason.
    """
    _check_unambiguous(file, indicators)
    _check_parts(file, indicators)
    _check_bounds(file, indicators)
    _check_own_units(file, indicators, units)


def _check_unambiguous(file: str, indicators: Sequence[Indicator]) -> None:
    """A header of an upload may be a code, a name or an alias, so no two entries may share one in folded form."""
    owners: dict[str, Indicator] = {}
    for indicator in indicators:
        own: set[str] = set()
        for what, text in (
            ("code", indicator.code),
            ("name", indicator.name),
            *(("alias", alias) for alias in indicator.aliases),
        ):
            folded = fold_name(text)
            if folded in RESERVED_HEADERS:
                raise CatalogError(file, indicator.code, f"{what}“{text}”是上报表格中其他列的表头，不能作指标的名称")
            if folded in own:
                raise CatalogError(file, indicator.code, f"{what}“{text}”在本项中重复")
            owner = owners.get(folded)
            if owner is not None:
                raise CatalogError(file, indicator.code, f"{what}“{text}”与 {owner.code} 重复")
            own.add(folded)
            owners[folded] = indicator


def _check_parts(file: str, indicators: Sequence[Indicator]) -> None:
    """A ratio's parts exist, differ, and are amounts that can be summed over villages."""
    by_code = {indicator.code: indicator for indicator in indicators}
    for indicator in indicators:
        if indicator.kind is not Kind.RATIO:
            continue
        for key, code in (("numerator", indicator.numerator), ("denominator", indicator.denominator)):
            part = by_code.get(code)
            if part is None:
                raise CatalogError(file, indicator.code, f"{key} {code} 不在目录中")
            if part.kind not in _PART_KINDS or part.aggregation is not Aggregation.SUM:
                raise CatalogError(file, indicator.code, f"{key} {code} 是 {part.kind}，不能逐村相加")
        if indicator.numerator == indicator.denominator:
            raise CatalogError(file, indicator.code, "numerator 与 denominator 相同")


def _check_bounds(file: str, indicators: Sequence[Indicator]) -> None:
    """The bound of an indicator exists, and both are amounts that can be summed over villages; none bounds itself."""
    by_code = {indicator.code: indicator for indicator in indicators}
    for indicator in indicators:
        if not indicator.at_most:
            continue
        bound = by_code.get(indicator.at_most)
        if bound is None:
            raise CatalogError(file, indicator.code, f"at_most {indicator.at_most} 不在目录中")
        for one in (indicator, bound):
            if one.kind not in _PART_KINDS or one.aggregation is not Aggregation.SUM:
                raise CatalogError(file, indicator.code, f"at_most：{one.code} 是 {one.kind}，不是可以比较多少的数量")
        seen = {indicator.code}
        while bound is not None:
            if bound.code in seen:
                raise CatalogError(file, indicator.code, f"at_most 绕了一圈又回到 {bound.code}")
            seen.add(bound.code)
            bound = by_code.get(bound.at_most)


def _check_own_units(file: str, indicators: Sequence[Indicator], units: Units) -> None:
    """A word of an indicator's own must not already have a meaning beside its unit."""
    for indicator in indicators:
        for word in indicator.units:
            factor = units.factor(word, indicator.unit)
            if factor is not None:
                meaning = "本来就相同" if factor == 1 else "已有换算关系"
                raise CatalogError(file, indicator.code, f"units 中的“{word}”与单位“{indicator.unit}”{meaning}，请删去")
