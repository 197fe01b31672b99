"""Sentences of 区域档案."""

from ecodash.domain.regions import Level
from ecodash.i18n import gettext as _
from ecodash.i18n import marked
from ecodash.reports.numbers import show_month
from ecodash.views.phrases import Words

FACTS = Words(
    {
        "path": marked("位置"),
        "code": marked("区划代码"),
        "kind": marked("类型"),
        "villages": marked("村数"),
        "valid_from": marked("设立月份"),
        "valid_until": marked("撤并月份"),
        "successor": marked("撤并后归入"),
        "predecessor": marked("由其撤并而来"),
        "alias": marked("其他名称"),
    }
)
KINDS = Words(
    {
        "new": marked("首次上报"),
        "changed": marked("更正"),
        "withdrawn": marked("撤销上报，此后没有数"),
        "restored": marked("撤销更正，恢复原数"),
    }
)
REPORT_WORDS = Words(
    {
        "on_time": marked("✔ 按时"),
        "late": marked("▼ 迟报"),
        "missing": marked("○ 缺报"),
        "pending": marked("… 未报（未到期）"),
    }
)


def counted(first_period: int, last_period: int, reported: int, villages: int) -> str:
    """2025年11月上报, 2025年11月至12月上报 2/3 村, 未上报."""
    if not first_period:
        return _("未上报")
    month = show_month(first_period)
    span = (
        month if first_period == last_period else _("{first}至{last}").format(first=month, last=show_month(last_period))
    )
    if villages > 1 and reported != 1:
        return _("{span}上报，{reported}/{villages} 村").format(span=span, reported=reported, villages=villages)
    return _("{span}上报").format(span=span)


def print_label() -> str:
    return _("打印")


def figures_hint() -> str:
    return _("点一行，看它的走势、来源和历次数值。")


def versions_title(name: str, indicator: str) -> str:
    return _("{name}“{indicator}”的历次数值").format(name=name, indicator=indicator)


def no_own_report(name: str, count: int) -> str:
    return _("{name}没有自己上报这项数，数值由下级 {count} 条上报数据汇总。").format(name=name, count=count)


def corrected(count: int) -> str:
    return _("其中 {count} 个数被更正或撤销过").format(count=count)


def none_corrected() -> str:
    return _("本月这些数都没有被更正或撤销过。")


def choose_origin() -> str:
    return _("点一行，下面显示这个数的历次数值，并可下载原文件。")


def state_of(is_standing: bool, undone_by: int | None, is_undo: bool) -> str:
    if is_standing:
        return _("● 现用")
    if undone_by is not None:
        return _("已由第 {batch} 批撤销").format(batch=undone_by)
    return "" if is_undo else _("已被后来的数代替")


def undo_of(batch: int) -> str:
    return _("撤销第 {batch} 批").format(batch=batch)


def download_file(batch: int) -> str:
    return _("下载第 {batch} 批原文件").format(batch=batch)


def file_not_kept(batch: int) -> str:
    return _("第 {batch} 批没有保存原文件").format(batch=batch)


def reports_title(level: Level) -> str:
    return _("近 12 个月上报情况") if level is Level.VILLAGE else _("近 12 个月各村上报情况")


def late_summary(late: int, missing: int, months: int) -> str:
    if not late and not missing:
        return _("近 {months} 个月全部按时上报。").format(months=months)
    return _("近 {months} 个月迟报 {late} 村次，缺报 {missing} 村次。").format(
        months=months, late=late, missing=missing
    )


def own_late_summary(late: int, missing: int, months: int) -> str:
    if not late and not missing:
        return _("近 {months} 个月全部按时上报。").format(months=months)
    return _("近 {months} 个月迟报 {late} 次，缺报 {missing} 次。").format(months=months, late=late, missing=missing)


def late_villages_title(count: int) -> str:
    return _("迟报、缺报的村（{count} 个）").format(count=count)


def doubts_and_notes_title() -> str:
    return _("疑点、理由和上报说明")


def no_doubts_or_notes() -> str:
    return _("本月的数上报时没有疑点，也没有填写说明。")
