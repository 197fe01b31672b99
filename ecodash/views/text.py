"""Every string on screen. Sentences with a figure or a name in them are functions."""

import re
from collections.abc import Iterable, Sequence

from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.reports.numbers import NOT_APPLICABLE, UNREPORTED, is_missing, show_month

__all__ = ["NOT_APPLICABLE", "UNREPORTED"]

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~$:^])")


def escape(words: str) -> str:
    """Text from files and readers, made safe for elements that read Markdown."""
    return _MARKDOWN.sub(r"\\\1", words)


# ── the app and its pages ──────────────────────────────────────────────────────────────────────────────────────────

APP_NAME = "农村人居环境整治看板"
OVERVIEW = "总览"
MAP = "地图"
PROGRESS = "进度"
RANKING = "排名"
PROFILE = "区域档案"
UPLOAD = "数据上报"
SNAPSHOTS = "快照"


def page_title(region: str, page: str) -> str:
    return f"{region} {page}"


def what_and_remedy(what: str, remedy: str) -> str:
    return f"**{escape(what)}**\n\n{escape(remedy)}" if remedy else f"**{escape(what)}**"


# ── as of ──────────────────────────────────────────────────────────────────────────────────────────────────────────

NO_BATCH_YET = "还没有提交过数据"
DEMO_BADGE = "演示数据"


def as_of(batch: int, committed_at: str) -> str:
    return f"截至第 {batch} 批，{committed_at} 提交（北京时间）"


def only_partly_held(region: str) -> str:
    return f"本系统只装有{region}的一部分县区，合计数不代表全域。"


def nothing_reported(region: str) -> str:
    return f"{escape(region)}还没有上报过数据。上报第一份文件后，这里会显示各项指标。"


GO_TO_UPLOAD = "去上报数据"

# ── filters ────────────────────────────────────────────────────────────────────────────────────────────────────────

MONTH = "月份"
SCOPE = "地区"
TOWN = "乡镇"
VILLAGE = "村"
INDICATOR = "指标"
LEVEL = "比较层级"
ALL = "全部"
ALL_TOWNS = "全部乡镇"
ALL_VILLAGES = "全部村"
COUNTRY = "全国"
CHOOSE = "请选择"

_LINK_PARTS = {"month": "月份", "region": "区划代码", "indicator": "指标代码", "level": "层级"}


def by_level(level: Level) -> str:
    """乡镇, 村: how a column or a choice names the units of a level."""
    return level.label


def link_unknown(name: str, written: str) -> str:
    return f"链接中的{_LINK_PARTS[name]}“{escape(written[:40])}”无法识别，已改为显示默认内容。请核对链接是否完整。"


def month_without_reports(asked: Month, shown: Month) -> str:
    return f"{asked.label}没有上报数据，现在显示的是{shown.label}。"


def indicator_without_figures(asked: str, shown: str) -> str:
    return f"本地区本月没有“{asked}”的数据，现在显示的是“{shown}”。"


# ── words for figures ──────────────────────────────────────────────────────────────────────────────────────────────

CATEGORY = "类别"
NAME = "名称"
REGION = "地区"
PARENT = "所属"
CODE = "区划代码"
UNIT = "单位"
UNIT_OF_MEASURE = "计量单位"
VALUE = "数值"
CHANGE = "比上月"
PREVIOUS_VALUE = "上月"
YEAR_TO_DATE = "本年累计"
RANK = "名次"
MOVEMENT = "升降"
REPORTED_COUNT = "上报村数"
REPORTED_VILLAGES = "上报村数"
CARRIED_COUNT = "沿用村数"
CARRIED_HELP = "本月没有上报、沿用以前上报值的村数。存量和比率最多沿用 12 个月，当月完成量不沿用。"
CARRIED_MARK = "（沿用）"
ALL_FIGURES = "全部指标"


def with_unit(name: str, unit: str) -> str:
    return f"{name}（{unit}）" if unit else name


def value_with_unit(value: str, unit: str) -> str:
    return f"{value}{unit}" if unit == "%" else f"{value} {unit}"


def points_of(unit: str) -> str:
    """A gap between percentages is in points."""
    return "个百分点" if unit == "%" else unit


def since_last_month(change: str) -> str:
    """比上月 ▲ 增 1.2 吨; 无上月数 stays as it is."""
    return change if change.startswith("无") else f"比上月 {change}"


def indicator_in_category(category: str, name: str) -> str:
    return f"{category}：{name}"


def place_in(name: str, around: str) -> str:
    return f"{name}（{around}）"


def reported_of(reported: int, villages: int) -> str:
    return f"上报 {reported}/{villages}"


def reported_short(reported: int, villages: int, totals: int) -> str:
    return f"{reported}/{villages}" if reported or not totals else "直接上报"


def reported_line(reported: int, villages: int, carried: int, totals: int, *, is_own: bool) -> str:
    """上报 318/330 村，沿用 7 村: the last words never part at the end of a line."""
    if villages <= 1 and (reported or carried):
        return "本月已上报" if reported else "本月未上报，沿用以前的数值"
    if not reported and not carried and totals:
        return "本级直接上报" if is_own else f"由下级直接上报（{totals} 处）"
    line = f"上报 {reported}/{villages} 村"
    return f"{line}，沿用\u00a0{carried}\u00a0村" if carried else line


def short_month(written: str) -> str:
    """26年10月 for an axis."""
    return show_month(written).removeprefix("20")


def month_over_year(written: str) -> str:
    """10月 above 2026年: narrow enough to stand level under an axis on a phone."""
    year, month = show_month(written).split("年")
    return f"{month}<br>{year}年"


def unit_is(unit: str) -> str:
    return f"单位：{unit}"


def rank_of(rank: object) -> str:
    return "" if is_missing(rank) else f"第 {rank} 名"


# ── 总览 ───────────────────────────────────────────────────────────────────────────────────────────────────────────

TARGET_PROGRESS = "目标完成进度"
TIME_MARK_LEGEND = "竖线为时序进度，即目标期限内已经过去的时间；条形越过竖线，就是快于时序。"
NO_TARGETS = "本地区本年没有下达目标，所以没有进度可比。可在“数据上报”中上传目标表（指标、期限、目标值）。"
SEE_EACH_TARGET = "查看每项目标"
NOTHING_TO_RANK = "本月没有可以排名的数据。请在上方换一个月份、指标或比较层级。"
REPORTING = "上报情况"
STATE = "状态"
VILLAGES_COUNT = "村数"
ON_TIME_COUNT = "按时"
LATE_COUNT = "迟报"
MISSING_COUNT = "未报"
LAST_RECEIVED = "最近上报"
RECONCILIATION = "对账差异"
RECONCILIATION_HELP = "乡镇自己上报的合计与所辖各村相加之差。汇总以各村数据为准。"
OWN_TOTAL = "本级上报"
VILLAGE_SUM = "各村汇总"
DIFFERENCE = "对账差"

REPORT_STATES = {"complete": "✔ 已按时报齐", "late": "▼ 报齐但迟报", "partial": "◐ 部分未报", "missing": "○ 全部未报"}


def targets_count(targets: int, reported: int) -> str:
    return f"{targets} 项目标" if targets == reported else f"{targets} 项目标，{targets - reported} 项未上报"


def progress_and_time(progress: str, time_gone: str) -> str:
    return f"完成 {progress}%　时序 {time_gone}%" if progress != UNREPORTED else f"{UNREPORTED}　时序 {time_gone}%"


def category_state(reported: int, behind: int) -> str:
    if not reported:
        return UNREPORTED
    return f"{behind} 项滞后" if behind else "正常"


def ranking_title(indicator: str, level: Level) -> str:
    return f"{level.label}排名：{indicator}"


ALL_RANKED = "全部名次"


def first_few(count: int) -> str:
    return f"前 {count} 名"


def last_few(count: int) -> str:
    return f"后 {count} 名"


def units_unreported(count: int, level: Level) -> str:
    return f"另有 {count} 个{level.label}{UNREPORTED}，不参加排名。"


def reporting_summary(units: int, complete: int, level: Level) -> str:
    if units == complete:
        return f"{units} 个{level.label}全部按时报齐。"
    return f"**{units} 个{level.label}中，{complete} 个按时报齐，{units - complete} 个迟报或未报齐。**"


def more_in_download(count: int) -> str:
    return f"还有 {count} 个，见下载的表格。"


def reconciliation_count(differing: int, pairs: int) -> str:
    return f"{pairs} 处同时有本级上报和各村数据，其中 {differing} 处不一致。"


# ── 地图 ───────────────────────────────────────────────────────────────────────────────────────────────────────────

MAP_HINT = (
    "点击乡镇查看档案。圆点为乡镇驻地或范围中心（WGS-84），大小和颜色表示数值；没有乡镇、村界线数据，所以不画界线。"
)
MAP_HINT_WITHOUT_OUTLINE = "点击圆点查看该乡镇档案。本县没有县界数据，只画乡镇位置（WGS-84）；大小和颜色表示数值。"
MAP_IS_BY_COUNTY = "地图按县显示。请选择一个县："
NO_POINTS = "本县没有乡镇位置数据，不能画地图。各村情况见下方方格图和“排名”。"


def town_map_title(indicator: str, unit: str) -> str:
    return f"各乡镇：{with_unit(indicator, unit)}"


def village_tiles_title(indicator: str, unit: str) -> str:
    return f"各村：{with_unit(indicator, unit)}"


def no_village_figures(indicator: str) -> str:
    return f"本月没有村级的“{indicator}”数据。请在上方换一项指标或月份。"


def unmapped(count: int) -> str:
    return f"{count} 个乡镇没有位置数据，未画在图上"


def listing(names: Iterable[str]) -> str:
    return "、".join(escape(name) for name in names)


# ── 进度 ───────────────────────────────────────────────────────────────────────────────────────────────────────────

PROGRESS_PCT = "完成率"
TIME_GONE = "时序进度"
ACTUAL = "完成值"
TARGET = "目标值"
BASELINE = "基数"
GAP = "差距"
NEEDED_PER_MONTH = "每月还需"
ARRIVAL = "预计达到"
DEADLINE = "期限"
TARGET_TABLE = "明细表"


def targets_of(region: str) -> str:
    return f"{region}的目标"


def unit_targets(level: Level, indicator: str) -> str:
    return f"各{level.label}：{indicator}"


def no_unit_targets(indicator: str, level: Level) -> str:
    return f"各{level.label}本年没有“{indicator}”的目标。请换一项指标，或换一个比较层级。"


def target_line(actual: str, target: str, unit: str) -> str:
    return f"{actual} / 目标 {value_with_unit(target, unit)}"


def progress_done(progress: str) -> str:
    return f"完成 {progress}%" if progress != NOT_APPLICABLE else "已达到目标"


def done_and_gap(progress: str, gap: str, unit: str) -> str:
    """完成 72.3%，差 12 公里."""
    return f"完成 {progress}%，差 {gap} {unit}" if progress != NOT_APPLICABLE else f"差 {gap} {unit}"


def needed_and_arrival(needed: str, arrival: str, unit: str) -> str:
    """每月还需 6 公里，按现速 2027年1月达到."""
    pace = f"每月还需 {needed} {unit}" if needed else "期限已到"
    return f"{pace}，按现速 {arrival}达到" if arrival else f"{pace}，按现速达不到"


def bars_cut(shown: int, total: int) -> str:
    return f"图中为最需要关注的 {shown} 个，全部 {total} 个见明细表。"


# ── 排名 ───────────────────────────────────────────────────────────────────────────────────────────────────────────

UNREPORTED_TITLE = "未上报名单"


def ranking_note(ranked: int, units: int, level: Level, is_lower_better: bool, definition: str, is_count: bool) -> str:
    order = "数值越低名次越前" if is_lower_better else "数值越高名次越前"
    counted = "（村数）" if is_count else ""
    return f"{units} 个{level.label}中 {ranked} 个有数据，{order}{counted}。口径：{escape(definition)}"


def unreported_title(count: int, level: Level) -> str:
    return f"未上报的{level.label}（{count} 个，不参加排名）"


# ── 区域档案 ───────────────────────────────────────────────────────────────────────────────────────────────────────

PEER_RANK = "同级名次"
SOURCE = "来源"
ORIGINS = "数据来源"
DOUBTS = "疑点和理由"
DOUBTS_HELP = "上报时系统认为少见、上报人核对后说明了理由的数。"
REASON = "理由"
REPORTED_FOR = "所属月份"
BATCH = "批次"
FILE = "文件"
ROW = "行"
ACTOR = "提交人"
COMMITTED_AT = "提交时间"
TREND_TABLE = "逐月数值"
NO_ORIGINS = "这项指标本月没有直接上报的数据。请在上方换一项指标或月份。"


def path(names: Sequence[str], code: str) -> str:
    return f"{' › '.join(escape(name) for name in names)}　区划代码 {code}"


def trend_title(indicator: str) -> str:
    return f"近 24 个月：{indicator}"


def no_trend(indicator: str) -> str:
    return f"近 24 个月没有“{indicator}”的数据。请在上方换一项指标。"


def origins_title(indicator: str) -> str:
    return f"“{indicator}”的数据来源"


def source(batch: int, file_name: str, row: int | None) -> str:
    where = f" 第 {row} 行" if row is not None else ""
    return f"第 {batch} 批 {file_name}{where}"


def rolled_up(reported: int, carried: int) -> str:
    return f"由 {reported + carried} 村汇总" + (f"，其中沿用 {carried} 村" if carried else "")


def from_below(totals: int) -> str:
    return f"由下级直接上报的 {totals} 处合计"


# ── 快照 ───────────────────────────────────────────────────────────────────────────────────────────────────────────

MAKE_SNAPSHOT = "生成快照"
SNAPSHOT_HELP = "把本页现在的数据固定下来，得到一个可以发给别人的链接"
SNAPSHOT_PROMISE = "快照固定本页现在显示的数据。以后数据再更新，链接里的内容也不会变；打开链接不需要登录。"
SNAPSHOT_TITLE_LABEL = "标题"
MAKE_SNAPSHOT_NOW = "生成链接"
SNAPSHOT_MADE = "快照已生成，复制下面的链接即可发送。"
OPEN_SNAPSHOT = "打开"
NO_SNAPSHOT_YET = "还没有快照。在总览、地图、进度、排名、区域档案页面点“生成快照”，即可得到链接。"


def snapshot_title(region: str, month: Month, page: str) -> str:
    return f"{region}{month.label}{page}"


def snapshot_line(page: str, region: str, month: Month, watermark: int, created_at: str, actor: str) -> str:
    return f"{page}，{escape(region)}，{month.label}，截至第 {watermark} 批。{created_at} 由{escape(actor)}生成"


# ── downloads ──────────────────────────────────────────────────────────────────────────────────────────────────────

DOWNLOAD_CSV = "下载 CSV"
DOWNLOAD_XLSX = "下载 Excel"
