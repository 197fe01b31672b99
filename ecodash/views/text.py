"""Every string on screen, in the reader's language. Fixed phrases stand in phrases.text; sentences with a figure or a
name in them are functions here. Units and categories come in Chinese, as the catalogue says them."""

import re
from collections.abc import Iterable, Sequence

from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english, marked
from ecodash.reports import numbers
from ecodash.reports.numbers import is_missing, show_month
from ecodash.views.phrases import Words, said
from ecodash.views.phrases import text as phrases

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~$:^])")
_ENGLISH_UNITS = {
    Level.COUNTRY: "countries",
    Level.PROVINCE: "provinces",
    Level.CITY: "cities",
    Level.COUNTY: "counties",
    Level.TOWN: "towns",
    Level.VILLAGE: "villages",
}


def __getattr__(name: str) -> str:
    return said(phrases, name)


def escape(words: str) -> str:
    """Text from files and readers, made safe for elements that read Markdown."""
    return _MARKDOWN.sub(r"\\\1", words)


def joined(words: Iterable[str]) -> str:
    """A、B、C; in English A, B, C."""
    return _("、").join(words)


def listed(parts: Iterable[str]) -> str:
    """Clauses of one line."""
    return _("，").join(part for part in parts if part)


def units_of(level: Level) -> str:
    """乡镇, 村: how a sentence names several units of a level; English has a plural for it."""
    return _ENGLISH_UNITS[level] if is_english() else level.label


def unit_word(unit: str) -> str:
    """A unit of measure in the reader's language."""
    return _(unit)


# ── the app and its pages ──────────────────────────────────────────────────────────────────────────────────────────


def page_title(region: str, page: str) -> str:
    return f"{region} {page}"


def broken_remedy(number: str) -> str:
    """What to do about a fault of the software; its number stands in the log, too."""
    return _("请刷新页面；如果再次出现，请把编号 {number} 和刚才的操作告诉管理员，系统日志里有记录。").format(
        number=number
    )


def what_and_remedy(what: str, remedy: str) -> str:
    return f"**{escape(what)}**\n\n{escape(remedy)}" if remedy else f"**{escape(what)}**"


# ── as of ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def as_of(batch: int, committed_at: str) -> str:
    return _("截至第 {batch} 批，{time} 提交（北京时间）").format(batch=batch, time=committed_at)


def villages_reported(reported: int, villages: int, late: int) -> str:
    """上报 318/330 村，其中迟报 12 村."""
    if late:
        return _("上报 {reported:,}/{villages:,} 村，其中迟报 {late:,} 村").format(
            reported=reported, villages=villages, late=late
        )
    return _("上报 {reported:,}/{villages:,} 村").format(reported=reported, villages=villages)


def only_partly_held(region: str) -> str:
    return _("本系统只装有{region}的一部分县区，合计数不代表全域。").format(region=region)


def nothing_reported(region: str) -> str:
    return _("{region}还没有上报过数据。上报第一份文件后，这里会显示各项指标。").format(region=escape(region))


# ── filters ────────────────────────────────────────────────────────────────────────────────────────────────────────

_LINK_PARTS = Words(
    {
        "month": marked("月份"),
        "region": marked("区划代码"),
        "indicator": marked("指标代码"),
        "level": marked("层级"),
    }
)


def by_level(level: Level) -> str:
    """乡镇, 村: how a column or a choice names the units of a level."""
    return level.label


def link_unknown(name: str, written: str) -> str:
    return _("链接中的{part}“{written}”无法识别，已改为显示默认内容。请核对链接是否完整。").format(
        part=_LINK_PARTS[name], written=escape(written[:40])
    )


def month_without_reports(asked: Month, shown: Month) -> str:
    return _("{asked}没有上报数据，现在显示的是{shown}。").format(asked=asked.label, shown=shown.label)


def indicator_without_figures(asked: str, shown: str) -> str:
    return _("本地区本月没有“{asked}”的数据，现在显示的是“{shown}”。").format(asked=asked, shown=shown)


# ── words for figures ──────────────────────────────────────────────────────────────────────────────────────────────


def with_unit(name: str, unit: str) -> str:
    return _("{name}（{unit}）").format(name=name, unit=_(unit)) if unit else name


def value_with_unit(value: str, unit: str) -> str:
    return f"{value}{unit}" if unit == "%" else f"{value} {_(unit)}"


def exactly(value: str) -> str:
    """What a headline figure in 万 is to the last digit."""
    return _("准确值：{value}").format(value=value)


def points_of(unit: str) -> str:
    """A gap between percentages is in points."""
    return _("个百分点") if unit == "%" else _(unit)


def since_last_month(change: str) -> str:
    """比上月 ▲ 增 1.2 吨; 无上月数 stays as it is."""
    return change if change == _(numbers.NO_PREVIOUS) else _("比上月 {change}").format(change=change)


def indicator_in_category(category: str, name: str) -> str:
    return _("{category}：{name}").format(category=_(category), name=name)


def place_in(name: str, around: str) -> str:
    return _("{name}（{around}）").format(name=name, around=around)


def named_value(name: str, value: str) -> str:
    """九龙泉村：66 吨."""
    return _("{name}：{value}").format(name=name, value=value)


def reported_of(reported: int, villages: int) -> str:
    return _("上报 {reported}/{villages}").format(reported=reported, villages=villages)


def reported_short(reported: int, villages: int, totals: int) -> str:
    return f"{reported}/{villages}" if reported or not totals else _("直接上报")


def reported_line(reported: int, villages: int, carried: int, totals: int, *, is_own: bool) -> str:
    """上报 318/330 村，沿用 7 村: the last words never part at the end of a line."""
    if villages <= 1 and (reported or carried):
        return _("本月已上报") if reported else _("本月未上报，沿用以前的数值")
    if not reported and not carried and totals:
        return _("本级直接上报") if is_own else _("由下级直接上报（{count} 处）").format(count=totals)
    if carried:
        return _("上报 {reported}/{villages} 村，沿用\u00a0{carried}\u00a0村").format(
            reported=reported, villages=villages, carried=carried
        )
    return _("上报 {reported}/{villages} 村").format(reported=reported, villages=villages)


def short_month(written: str) -> str:
    """26年10月 for an axis."""
    month = Month.parse(written)
    return month.label if is_english() else month.label.removeprefix("20")


def month_over_year(written: str) -> str:
    """10月 above 2026年: narrow enough to stand level under an axis on a phone."""
    shown = show_month(written)
    first, second = shown.split(" ") if is_english() else reversed(shown.replace("年", "年 ").split(" "))
    return f"{first}<br>{second}"


def unit_is(unit: str) -> str:
    return _("单位：{unit}").format(unit=_(unit))


def rank_of(rank: object) -> str:
    return "" if is_missing(rank) else _("第 {rank} 名").format(rank=rank)


# ── 总览 ───────────────────────────────────────────────────────────────────────────────────────────────────────────

REPORT_STATES = Words(
    {
        "complete": marked("✔ 已按时报齐"),
        "late": marked("▼ 报齐但迟报"),
        "partial": marked("◐ 部分未报"),
        "missing": marked("○ 全部未报"),
    }
)


def targets_count(targets: int, reported: int) -> str:
    if targets == reported:
        return _("{targets} 项目标").format(targets=targets)
    return _("{targets} 项目标，{missing} 项未上报").format(targets=targets, missing=targets - reported)


def progress_and_time(progress: str, time_gone: str) -> str:
    if progress == _(numbers.UNREPORTED):
        return _("未上报　时序 {time_gone}%").format(time_gone=time_gone)
    return _("完成 {progress}%　时序 {time_gone}%").format(progress=progress, time_gone=time_gone)


def category_state(reported: int, behind: int) -> str:
    if not reported:
        return _(numbers.UNREPORTED)
    return _("{behind} 项滞后").format(behind=behind) if behind else _("正常")


def ranking_title(indicator: str, level: Level) -> str:
    return _("{level}排名：{indicator}").format(level=level.label, indicator=indicator)


def first_few(count: int) -> str:
    return _("前 {count} 名").format(count=count)


def last_few(count: int) -> str:
    return _("后 {count} 名").format(count=count)


def units_unreported(count: int, level: Level) -> str:
    return _("另有 {count} 个{units}未上报，不参加排名。").format(count=count, units=units_of(level))


def reporting_summary(units: int, complete: int, level: Level) -> str:
    if units == complete:
        return _("{count} 个{units}全部按时报齐。").format(count=units, units=units_of(level))
    return _("**{count} 个{units}中，{complete} 个按时报齐，{rest} 个迟报或未报齐。**").format(
        count=units, units=units_of(level), complete=complete, rest=units - complete
    )


def more_in_download(count: int) -> str:
    return _("还有 {count} 个，见下载的表格。").format(count=count)


def reconciliation_count(differing: int, pairs: int) -> str:
    return _("{pairs} 处同时有本级上报和各村数据，其中 {differing} 处不一致。").format(pairs=pairs, differing=differing)


# ── 地图 ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def listing(names: Iterable[str]) -> str:
    return joined(escape(name) for name in names)


# ── 进度 ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def targets_of(region: str) -> str:
    return _("{region}的目标").format(region=region)


def unit_targets(level: Level, indicator: str) -> str:
    return _("各{units}：{indicator}").format(units=units_of(level), indicator=indicator)


def no_unit_targets(indicator: str, level: Level) -> str:
    return _("各{units}本年没有“{indicator}”的目标。请换一项指标，或换一个比较层级。").format(
        units=units_of(level), indicator=indicator
    )


def target_line(actual: str, target: str, unit: str) -> str:
    return _("{actual} / 目标 {target}").format(actual=actual, target=value_with_unit(target, unit))


def bars_cut(shown: int, total: int) -> str:
    return _("图中为最需要关注的 {shown} 个，全部 {total} 个见明细表。").format(shown=shown, total=total)


# ── 排名 ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def unreported_title(count: int, level: Level) -> str:
    return _("未上报的{units}（{count} 个，不参加排名）").format(units=units_of(level), count=count)


# ── 区域档案 ───────────────────────────────────────────────────────────────────────────────────────────────────────


def path(names: Sequence[str], code: str) -> str:
    return _("{path}　区划代码 {code}").format(path=" › ".join(escape(name) for name in names), code=code)


def trend_title(indicator: str) -> str:
    return _("近 24 个月：{indicator}").format(indicator=indicator)


def no_trend(indicator: str) -> str:
    return _("近 24 个月没有“{indicator}”的数据。请在上方换一项指标。").format(indicator=indicator)


def origins_title(indicator: str) -> str:
    return _("“{indicator}”的数据来源").format(indicator=indicator)


def source(batch: int, file_name: str, row: int | None) -> str:
    if row is None:
        return _("第 {batch} 批 {file}").format(batch=batch, file=file_name)
    return _("第 {batch} 批 {file} 第 {row} 行").format(batch=batch, file=file_name, row=row)


def rolled_up(reported: int, carried: int) -> str:
    if carried:
        return _("由 {count} 村汇总，其中沿用 {carried} 村").format(count=reported + carried, carried=carried)
    return _("由 {count} 村汇总").format(count=reported)


def from_below(totals: int) -> str:
    return _("由下级直接上报的 {count} 处合计").format(count=totals)
