"""Sentences of 地图."""

from collections.abc import Iterable

from ecodash.domain.regions import Level
from ecodash.i18n import gettext as _
from ecodash.views import text


def map_title(level: Level, indicator: str, unit: str) -> str:
    return _("各{level}：{indicator}").format(level=text.units_of(level), indicator=text.with_unit(indicator, unit))


def points_hint(*, has_outline: bool) -> str:
    """What the dots are, and that no boundary is invented."""
    if has_outline:
        return _(
            "点击圆点查看档案。圆点为乡镇驻地或范围中心（WGS-84），大小和颜色表示数值，圆点里是级别；没有乡镇界线数据，所以不画界线。"
        )
    return _("点击圆点查看档案。本县没有县界数据，只画乡镇位置（WGS-84）；大小和颜色表示数值，圆点里是级别。")


def areas_hint() -> str:
    return _("点击区域查看档案。界线由本单位上传，经过简化，不作为划界依据。")


def unmapped_title(count: int, level: Level) -> str:
    return _("{count} 个{level}没有位置数据，未画在图上").format(count=count, level=text.units_of(level))


def undrawn_title(count: int, level: Level) -> str:
    return _("{count} 个{level}没有界线，未画在图上，用方格表示").format(count=count, level=text.units_of(level))


def unnamed(names: Iterable[str]) -> str:
    return _("图上位置拥挤、没有写出名称的：{names}").format(names=text.listing(names))


def no_figures(level: Level, indicator: str) -> str:
    return _("本月没有{level}级的“{indicator}”数据。请在上方换一项指标或月份。").format(
        level=text.units_of(level), indicator=text.escape(indicator)
    )


def no_targets(indicator: str) -> str:
    return _("本年没有可以对照的“{indicator}”目标，改按分位数分级。目标可在“数据上报”或“目标”页面下达。").format(
        indicator=text.escape(indicator)
    )


def attained_note() -> str:
    """What the colours say where they are bands of targets."""
    return _(
        "颜色表示完成目标的程度：有自己目标的按完成率（当月完成量按本年累计），没有的比率和得分按占上级目标的比例。"
    )


def attained(share: str, holder: str) -> str:
    """完成率 73.0%; held to another's target: 为丰都县目标的 73.0%."""
    if holder:
        return _("为{region}目标的 {share}%").format(region=holder, share=share)
    return _("完成率 {share}%").format(share=share)


def choose_town(villages: int, most: int) -> str:
    return _("本地区有 {villages} 个村，一屏最多显示 {most} 个。请在上方选择一个乡镇。").format(
        villages=villages, most=most
    )


def above_county(level: Level, *, opens_map: bool) -> str:
    if opens_map:
        return _("本地区范围大，每个{level}一格；点击方格打开它的地图。").format(level=level.label)
    return _("本地区范围大，每个{level}一格；点击方格查看档案。").format(level=level.label)


def fixed_classes(months: int) -> str:
    return _("各月用同一套分级（按 {months} 个月的全部数值划分），颜色可以前后比较。").format(months=months)


def same_classes() -> str:
    return _("两个月用同一套分级，颜色可以互相比较。")


def without_class() -> str:
    return _("未上报或没有目标")


def one_month_only() -> str:
    return _("只有一个月有上报数据，没有可以对比的月份。")


def differences() -> str:
    return _("两月差异")


def against_label() -> str:
    return _("对比月份")


def county_label() -> str:
    return _("县")


def no_counties() -> str:
    return _("本地区下面没有县区。")
