"""Strings of 下载模板 and 填报情况: see ecodash.views.text for the others."""

from ecodash.domain.periods import Month

# ── 下载模板 ───────────────────────────────────────────────────────────────────────────────────────────────────────

TEMPLATE_EXPLAINED = (
    "模板里已经写好各村的名称和代码，旁边附上月的数供对照，格子里只能填合理的数。填好后在“上报数据”里选择这个文件即可。"
)
TEMPLATE_COUNTY = "县"
TEMPLATE_PLACE = "填报单位"
TEMPLATE_MONTH = "填报月份"
TEMPLATE_INDICATORS = "要填的指标"
TEMPLATE_INDICATORS_HELP = "默认是本县最近 12 个月报过的指标；可以增减。覆盖率等由别的指标算出的，不必填。"
ALL_TOWNS_OF_COUNTY = "全县（一张表）"
DOWNLOAD_TEMPLATE = "下载模板"
NO_INDICATOR_CHOSEN = "请至少选择一项指标，再下载模板。"


def template_of(villages: int, indicators: int, due: str) -> str:
    return f"{villages:,} 个村，{indicators} 项指标，请于{due}前上报。"


def no_villages(place: str, month: Month) -> str:
    return f"{place}在{month.label}没有村，不能生成模板。请换一个乡镇或月份。"


def too_many_villages(place: str, villages: int, most: int) -> str:
    return f"{place}有 {villages:,} 个村，超过一份模板的上限 {most:,} 个。请选择一个乡镇。"


def template_name(place: str, month: Month) -> str:
    return f"{place}{month.label}填报表.xlsx"


# ── 填报情况 ───────────────────────────────────────────────────────────────────────────────────────────────────────

REPORTING_MONTH = "月份"
REPORTING_PLACE = "地区"
EXPECTED = "应报"
ON_TIME = "按时"
LATE = "迟报"
MISSING = "未报"
SHOW_STATES = "只看"
STATE_CHOICES = {"": "全部", "missing": "全部未报", "partial": "部分未报", "late": "报齐但迟报", "complete": "按时报齐"}
REPORTED_OF = "已报／应报"
REMINDER = "提醒文字"
REMINDER_EXPLAINED = "点文字框右上角的按钮复制，粘贴到工作群。"
ALL_REPORTED = "本月全部报齐，不需要提醒。"
NO_UNITS = "这个地区在本月没有需要上报的村。"
NOBODY_SO = "没有这样的单位。"


def villages(count: int) -> str:
    return f"{count:,} 个村"


def units(count: int) -> str:
    return f"{count:,} 个单位"


def share(count: int, whole: int) -> str:
    return f"占 {count / whole:.0%}" if whole else ""


def due_until(due: str, *, is_past: bool) -> str:
    return f"截止时间：{due}（北京时间），{'已经截止' if is_past else '还没有到'}。"


def reported_of(reported: int, whole: int) -> str:
    return f"{reported:,}／{whole:,}"
