"""Strings of 下载模板 and 填报情况: see ecodash.views.text for the others."""

from ecodash.domain.periods import Month
from ecodash.i18n import gettext as _
from ecodash.i18n import marked
from ecodash.views.phrases import Words, said
from ecodash.views.phrases import reporting as phrases


def __getattr__(name: str) -> str:
    return said(phrases, name)


# ── 下载模板 ───────────────────────────────────────────────────────────────────────────────────────────────────────


def template_of(villages: int, indicators: int, due: str) -> str:
    return _("{villages:,} 个村，{indicators} 项指标，请于{due}前上报。").format(
        villages=villages, indicators=indicators, due=due
    )


def no_villages(place: str, month: Month) -> str:
    return _("{place}在{month}没有村，不能生成模板。请换一个乡镇或月份。").format(place=place, month=month.label)


def too_many_villages(place: str, villages: int, most: int) -> str:
    return _("{place}有 {villages:,} 个村，超过一份模板的上限 {most:,} 个。请选择一个乡镇。").format(
        place=place, villages=villages, most=most
    )


def template_name(place: str, month: Month) -> str:
    """The file's name, in Chinese as the file itself is."""
    return f"{place}{month.year}年{month.month}月填报表.xlsx"


# ── 填报情况 ───────────────────────────────────────────────────────────────────────────────────────────────────────

STATE_CHOICES = Words(
    {
        "": marked("全部"),
        "missing": marked("全部未报"),
        "partial": marked("部分未报"),
        "late": marked("报齐但迟报"),
        "complete": marked("按时报齐"),
    }
)


def villages(count: int) -> str:
    return _("{count:,} 个村").format(count=count)


def units(count: int) -> str:
    return _("{count:,} 个单位").format(count=count)


def share(count: int, whole: int) -> str:
    return _("占 {share:.0%}").format(share=count / whole) if whole else ""


def due_until(due: str, *, is_past: bool) -> str:
    if is_past:
        return _("截止时间：{due}（北京时间），已经截止。").format(due=due)
    return _("截止时间：{due}（北京时间），还没有到。").format(due=due)


def reported_of(reported: int, whole: int) -> str:
    return _("{reported:,}／{whole:,}").format(reported=reported, whole=whole)
