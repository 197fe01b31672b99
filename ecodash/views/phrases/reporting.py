"""Fixed phrases of ecodash.views.reporting_text."""

from ecodash.i18n import marked

# ── 下载模板 ───────────────────────────────────────────────────────────────────────────────────────────────────────

TEMPLATE_EXPLAINED = marked(
    "模板里已经写好各村的名称和代码，旁边附上月的数供对照，格子里只能填合理的数。填好后在“上报数据”里选择这个文件即可。"
)
TEMPLATE_COUNTY = marked("县")
TEMPLATE_PLACE = marked("填报单位")
TEMPLATE_MONTH = marked("填报月份")
TEMPLATE_INDICATORS = marked("要填的指标")
TEMPLATE_INDICATORS_HELP = marked("默认是本县最近 12 个月报过的指标；可以增减。覆盖率等由别的指标算出的，不必填。")
ALL_TOWNS_OF_COUNTY = marked("全县（一张表）")
DOWNLOAD_TEMPLATE = marked("下载模板")
NO_INDICATOR_CHOSEN = marked("请至少选择一项指标，再下载模板。")

# ── 填报情况 ───────────────────────────────────────────────────────────────────────────────────────────────────────

REPORTING_MONTH = marked("月份")
REPORTING_PLACE = marked("地区")
EXPECTED = marked("应报")
ON_TIME = marked("按时")
LATE = marked("迟报")
MISSING = marked("未报")
SHOW_STATES = marked("只看")
REPORTED_OF = marked("已报／应报")
REMINDER = marked("提醒文字")
REMINDER_EXPLAINED = marked("点文字框右上角的按钮复制，粘贴到工作群。")
ALL_REPORTED = marked("本月全部报齐，不需要提醒。")
NO_UNITS = marked("这个地区在本月没有需要上报的村。")
