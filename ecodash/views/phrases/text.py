"""Fixed phrases of ecodash.views.text."""

from ecodash.i18n import marked

# ── the app and its pages ──────────────────────────────────────────────────────────────────────────────────────────

APP_NAME = marked("农村人居环境整治看板")
OVERVIEW = marked("总览")
MAP = marked("地图")
PROGRESS = marked("进度")
RANKING = marked("排名")
PROFILE = marked("区域档案")
UPLOAD = marked("数据上报")
REVIEW = marked("审核")
CALENDAR = marked("报送日历")
SNAPSHOTS = marked("快照")
LISTS = marked("红黑榜")
MEETING = marked("会议")
MANAGE = marked("管理")
TARGETS = marked("目标管理")
COMPOSITES = marked("综合评价")
BOUNDARIES = marked("边界管理")
AUDIT = marked("审计日志")
USERS = marked("用户管理")
INDICATORS = marked("指标管理")
BACKUPS = marked("备份")
BROKEN = marked("这一页出错了。")
LANGUAGE = marked("界面语言")
CHINESE_ONLY = marked("出错和核对的提示只有中文。")
UNREPORTED = marked("未上报")
NOT_APPLICABLE = marked("不适用")

# ── as of ──────────────────────────────────────────────────────────────────────────────────────────────────────────

NO_BATCH_YET = marked("还没有提交过数据")
DEMO_BADGE = marked("演示数据")
GO_TO_UPLOAD = marked("去上报数据")

# ── filters ────────────────────────────────────────────────────────────────────────────────────────────────────────

MONTH = marked("月份")
SCOPE = marked("地区")
TOWN = marked("乡镇")
VILLAGE = marked("村")
INDICATOR = marked("指标")
LEVEL = marked("比较层级")
ALL = marked("全部")
ALL_TOWNS = marked("全部乡镇")
ALL_VILLAGES = marked("全部村")
COUNTRY = marked("全国")
CHOOSE = marked("请选择")

# ── words for figures ──────────────────────────────────────────────────────────────────────────────────────────────

CATEGORY = marked("类别")
NAME = marked("名称")
REGION = marked("地区")
PARENT = marked("所属")
CODE = marked("区划代码")
UNIT = marked("单位")
UNIT_OF_MEASURE = marked("计量单位")
VALUE = marked("数值")
CHANGE = marked("比上月")
PREVIOUS_VALUE = marked("上月数值")
YEAR_TO_DATE = marked("本年累计")
RANK = marked("名次")
MOVEMENT = marked("升降")
CAUSE = marked("原因")
WHY = marked("为什么")
REPORTED_COUNT = marked("上报村数")
CARRIED_COUNT = marked("沿用村数")
CARRIED_HELP = marked("本月没有上报、沿用以前上报值的村数。存量和比率最多沿用 12 个月，当月完成量不沿用。")
CARRIED_MARK = marked("（沿用）")
ALL_FIGURES = marked("全部指标")

# ── 口径 ───────────────────────────────────────────────────────────────────────────────────────────────────────────

DEFINITION = marked("口径")
DEFINITION_HELP = marked("这项指标算什么、怎么汇总、从哪里来")
ENGLISH_NAME = marked("英文名称")
CHINESE_NAME = marked("中文名称")
KIND = marked("类型")
OVER_VILLAGES = marked("各村怎么汇总")
OVER_MONTHS = marked("各月怎么接续")
DIRECTION = marked("好坏方向")
VALID_RANGE = marked("有效范围")
WHAT_IS_COUNTED = marked("统计内容")
DEFINITION_SOURCE = marked("口径出处")
HOW_FORMED = marked("计算方法")
CHOICES = marked("等级")
INDICATOR_CODE = marked("代码")

# ── 总览 ───────────────────────────────────────────────────────────────────────────────────────────────────────────

TARGET_PROGRESS = marked("目标完成进度")
TIME_MARK_LEGEND = marked("竖线为时序进度，即目标期限内已经过去的时间；条形越过竖线，就是快于时序。")
NO_TARGETS = marked("本地区本年没有下达目标，所以没有进度可比。可在“数据上报”中上传目标表（指标、期限、目标值）。")
SEE_EACH_TARGET = marked("查看每项目标")
NOTHING_TO_RANK = marked("本月没有可以排名的数据。请在上方换一个月份、指标或比较层级。")
REPORTING = marked("上报情况")
STATE = marked("状态")
VILLAGES_COUNT = marked("村数")
ON_TIME_COUNT = marked("按时")
LATE_COUNT = marked("迟报")
MISSING_COUNT = marked("未报")
LAST_RECEIVED = marked("最近上报")
RECONCILIATION = marked("对账差异")
RECONCILIATION_HELP = marked("乡镇自己上报的合计与所辖各村相加之差。汇总以各村数据为准。")
OWN_TOTAL = marked("本级上报")
VILLAGE_SUM = marked("各村汇总")
DIFFERENCE = marked("对账差")
ALL_RANKED = marked("全部名次")

# ── 地图 ───────────────────────────────────────────────────────────────────────────────────────────────────────────

MAP_IS_BY_COUNTY = marked("地图按县显示。请选择一个县：")
NO_POINTS = marked("本县没有乡镇位置数据，不能画地图。各村情况见下方方格图和“排名”。")

# ── 进度 ───────────────────────────────────────────────────────────────────────────────────────────────────────────

PROGRESS_PCT = marked("完成率")
TIME_GONE = marked("时序进度")
ACTUAL = marked("完成值")
TARGET = marked("目标值")
BASELINE = marked("基数")
GAP = marked("差距")
NEEDED_PER_MONTH = marked("每月还需")
ARRIVAL = marked("预计达到")
DEADLINE = marked("期限")
TARGET_TABLE = marked("明细表")

# ── 排名 ───────────────────────────────────────────────────────────────────────────────────────────────────────────

UNREPORTED_TITLE = marked("未上报名单")

# ── 区域档案 ───────────────────────────────────────────────────────────────────────────────────────────────────────

ORIGINS = marked("数据来源")
DOUBTS = marked("疑点和理由")
REASON = marked("理由")
REPORTED_FOR = marked("所属月份")
BATCH = marked("批次")
FILE = marked("文件")
ROW = marked("行")
ACTOR = marked("提交人")
COMMITTED_AT = marked("提交时间")
TREND_TABLE = marked("逐月数值")
NO_ORIGINS = marked("这项指标本月没有直接上报的数据。请在上方换一项指标或月份。")

# ── 快照 ───────────────────────────────────────────────────────────────────────────────────────────────────────────

MAKE_SNAPSHOT = marked("生成快照")
SNAPSHOT_HELP = marked("把本页现在的数据固定下来，得到一个可以发给别人的链接")

# ── downloads ──────────────────────────────────────────────────────────────────────────────────────────────────────

DOWNLOAD_CSV = marked("下载 CSV")
DEMO_NOTE = marked("演示数据：表中含有虚构的数，不是真实上报。")
DOWNLOAD_XLSX = marked("下载 Excel")
