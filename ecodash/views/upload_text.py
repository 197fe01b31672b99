"""Strings of 数据上报 and of the first screen: see ecodash.views.text for the others."""

from collections.abc import Iterable

from ecodash.domain.periods import Month
from ecodash.views.text import escape

# ── parts of the page ──────────────────────────────────────────────────────────────────────────────────────────────

PARTS = {"submit": "上报数据", "template": "下载模板", "reporting": "填报情况", "batches": "历次提交"}
PARTS_LABEL = "本页内容"

# ── the file ───────────────────────────────────────────────────────────────────────────────────────────────────────

REPORT_MONTH = "数据月份"
REPORT_MONTH_HELP = "文件的表头、标题、文件名里都没有写月份时，请在这里选择。"
MONTH_FROM_FILE = "以文件所写为准"
WITHIN = "地区范围"
WITHIN_HELP = "文件里的村名、乡镇名在这个范围内查找；范围以外的数据会被拒绝。"
WHOLE_STORE = "全部地区"
FILE_LABEL = "选择要上报的文件：Excel、WPS 表格或 CSV，不超过 50 MB"
UPLOAD_HELP = (
    "可以是 xlsx、xls、xlsm、et、ods、csv、txt、tsv，也可以是它们的压缩包 zip。文件先检查、再核对，确认后才提交。"
)
NOT_SAID_IN_FILE = "文件里没有写月份或地区？在这里指明"
STEPS = (
    ("选文件", "把填好的表格拖进上面的方框，或点按钮选择。手工做的表也可以，不必是模板。"),
    ("改问题", "有问题的格子会逐条列出怎么改，还可以下载批注表对照着改；没有改好之前什么也不会写入。"),
    ("核对后提交", "看清新增、更改了什么，合计和名次怎么变，再点“确认提交”。提交后可以打印回执，也可以撤销。"),
)
READING = "正在读取并检查文件…"
PUT_AWAY = "不用这个文件"


def file_in_hand(name: str, size: str) -> str:
    return f"正在处理：**{escape(name)}**（{size}）"


def file_size(size: int) -> str:
    if size < 1024:
        return f"{size:,} 字节"
    return f"{size / 1024:,.1f} KB" if size < 1024**2 else f"{size / 1024**2:,.1f} MB"


def month_choices_help(months: str) -> str:
    return f"已选择月份：{months}"


# ── 识别结果 ───────────────────────────────────────────────────────────────────────────────────────────────────────

RECOGNISED = "识别结果"
FACT_FILE = "文件"
FACT_SHEET = "工作表"
FACT_LAYOUT = "表格样式"
FACT_MONTHS = "月份"
FACT_PLACE = "地区"
FACT_ROWS = "数据行"
FACT_COLUMNS = "栏目"
FACT_READ = "数值"
NO_HEADER = "没有认出表头"
NO_MONTH = "没有认出月份"
BY_ROW = "以各行所写为准"
ALL_AS_WRITTEN = "都按所写读取；空白为未上报，0 为零"
SHEETS_TO_READ = "要读取的工作表"
SHEETS_HELP = "不选时：只有一张表就读它；几张表栏目相同就一起读。"
COLUMNS = "栏目对照"
HEADER = "表头"
TAKEN_FOR = "读作"
HOW_TAKEN = "依据"
UNIT_CHANGE = "单位"
CONFIDENCE = "把握"
LEFT_OUT_ROWS = "没有读取的行"
LEFT_OUT_WHY = "为什么"
ROW_CONTENT = "内容"
REMARKS = "换了写法读取的数"
WRITTEN = "写的"
READ_AS = "读作"
REMARK = "说明"
PLACE = "位置"
NOTES = "读取说明"
NOT_READ = "不读取"
HIDDEN = "隐藏"


def counted(title: str, count: int, unit: str) -> str:
    return f"{title}（{count:,} {unit}）"


def sheets_read(read: list[str], unread: list[str]) -> str:
    said = "、".join(f"“{name}”" for name in read) if read else "没有读取任何工作表"
    return f"{said}；没有读取：{'、'.join(f'“{name}”' for name in unread)}" if unread else said


def hidden_sheet(name: str) -> str:
    return f"{name}（隐藏）"


def header_at(layout: str, rows: tuple[int, ...], *, is_turned: bool) -> str:
    where = f"表头在第 {rows[0]} 行" if len(rows) == 1 else f"表头在第 {rows[0]} 至 {rows[-1]} 行"
    return f"{layout}，{where}{'，行列颠倒，已转正' if is_turned else ''}"


def month_list(months: list[Month]) -> str:
    if len(months) > 4:
        return f"{months[0].label}至{months[-1].label}，共 {len(months)} 个月"
    return "、".join(month.label for month in months)


def rows_read(rows: int, left_out: dict[str, int]) -> str:
    said = f"{rows:,} 行"
    if left_out:
        said += "；没有读取：" + "、".join(f"{why} {count:,}" for why, count in left_out.items())
    return said


def columns_read(total: int, figures: int, guessed: int, unknown: int, remembered: int, ignored: int) -> str:
    parts = [f"{total} 列，其中指标 {figures} 列"]
    parts += [f"待确认 {guessed} 列"] if guessed else []
    parts += [f"不认识 {unknown} 列"] if unknown else []
    parts += [f"按您上次的选择 {remembered} 列"] if remembered else []
    parts += [f"不读取 {ignored} 列"] if ignored else []
    return "，".join(parts)


def remark_count(what: str, count: int) -> str:
    return f"{what} {count:,} 格"


def confidence(percent: int) -> str:
    return f"{percent}%"


def unit_change(written: str, own: str) -> str:
    return f"{written} → {own}"


def more_rows(count: int) -> str:
    return f"还有 {count:,} 行没有列在这里。"


def bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {escape(line)}" for line in lines)


# ── what a column means ────────────────────────────────────────────────────────────────────────────────────────────

GUESSES = "请确认这几列"
GUESSES_EXPLAINED = "这些表头与指标名称相近，但不完全一样。点一下确认；系统会记住，下次不再问。"
UNKNOWN_COLUMNS = "这几列不认识，请指明是哪项指标"
UNKNOWN_COLUMNS_EXPLAINED = "选择后会重新检查。不需要的列请选“不读取这一列”。系统会记住，下次不再问。"
IGNORE_COLUMN = "不读取这一列"
OTHER_TARGET = "是别的指标"
ALL_GUESSES_RIGHT = "这几列都认对了"
CHANGE_COLUMN = "更改某一列的读法"
READ_COLUMN_AS = "改为"
AS_RECOGNISED = "按识别结果"


def column_named(header: str) -> str:
    return f"列“{escape(header)}”"


def guess_question(header: str, target: str, percent: int) -> str:
    return f"表头“**{escape(header)}**”是不是“**{escape(target)}**”？（相似度 {percent}%）"


def guess_right(target: str) -> str:
    return f"是，就是“{escape(target)}”"


def role_choice(role: str) -> str:
    return f"栏目：{role}"


# ── faults ─────────────────────────────────────────────────────────────────────────────────────────────────────────

FAULTS = "问题清单"
FAULT_KIND = "问题类别"
SHEET = "工作表"
CELL = "单元格"
COLUMN = "列"
CELL_VALUE = "填写的内容"
HINT = "怎么改"
WHOLE_FILE = "整个文件"
SHOW_KIND = "只看一类问题"
SEARCH_FAULTS = "查找"
SEARCH_FAULTS_EXAMPLE = "村名、栏目或内容"
ANNOTATED = "下载批注表"
ANNOTATED_HELP = "原表照样返回：有问题的格子标成红色，批注里写明怎么改。改好后保存，直接上传这个文件即可。"
NO_FAULT_FOUND = "没有符合条件的问题，请换一个查找内容或类别。"
ANSWER_FIRST = "**请先回答上面的问题。** 答完会接着检查；现在没有提交任何数据。"
CHOOSE_KIND = "每一类只列出前几处；点上面的类别，查看这一类的全部。"


def faults_found(count: int, kinds: int, *, is_more: bool) -> str:
    number = f"{count:,} 处以上" if is_more else f"{count:,} 处"
    sorts = f"，分 {kinds} 类" if kinds > 1 else ""
    return f"**发现 {number}问题{sorts}，没有提交任何数据。** 请按下面的说明逐条修改，再重新上传；也可以下载批注表对照着改。"


def kind_shown(shown: int, count: int) -> str:
    return f"{count:,} 处" if shown >= count else f"{count:,} 处，列出 {shown} 处"


def kind_count(kind: str, count: int) -> str:
    return f"{kind} {count:,}"


def faults_shown(first: int, last: int, total: int) -> str:
    return f"第 {first:,} 至 {last:,} 处，共 {total:,} 处，按行排列。"


def annotated_name(file_name: str) -> str:
    stem, dot, _ = file_name.rpartition(".")
    return f"{(stem if dot else file_name) or '上报表'}_批注.xlsx"


# ── doubts ─────────────────────────────────────────────────────────────────────────────────────────────────────────

DOUBTS = "请核对疑点"
DOUBTS_EXPLAINED = (
    "下面的数可能没错，但不常见。请逐类核对：有误的，改正文件后重新上传；无误的，打勾并写明原因。"
    "原因会和这批数据一起保存，并显示在数据旁边。"
)
DOUBT_CHECKED = "我已核对，数据无误"
DOUBT_REASON = "原因"
DOUBT_REASON_EXAMPLE = "例如：集中清理了积存的垃圾堆，已实地核实"
DOUBT = "疑点"


def doubts_of_rule(rule: str, count: int, *, is_more: bool) -> str:
    """A rule with how many it found; is_more: not all of them are listed."""
    if is_more:
        return f"{rule}（{count:,} 处以上）" if count else f"{rule}（多处）"
    return f"{rule}（{count:,} 处）"


def more_doubts(count: int) -> str:
    return f"还有 {count:,} 处，请下载完整清单查看。"


def waiting_for(rules: list[tuple[str, bool, bool]]) -> str:
    """Why a commit waits: rules with what they lack, a tick or a reason."""
    parts = []
    for rule, is_ticked, has_reason in rules:
        lacks = [name for name, holds in (("打勾", is_ticked), ("写原因", has_reason)) if not holds]
        parts.append(f"“{rule}”还没有{'、'.join(lacks)}")
    return f"还不能提交：{'；'.join(parts)}。写完原因请按回车。"


# ── the difference ─────────────────────────────────────────────────────────────────────────────────────────────────

PREVIEW = "提交前核对"
CHANGES = {"changed": "更改", "new": "新增", "unchanged": "不变"}
SHOW_CHANGES = "只看"
OLD = "原值"
NEW = "新值"
CHANGE_KIND = "变化"
TOTALS = "合计的变化"
BEFORE = "提交前"
AFTER = "提交后"
DIFFERENCE = "增减"
RANKS = "名次的变化"
RANK_CHANGE = "名次"
RANK_WORDS = "升降"
RANK_VALUES = "数值"
RANK_WHY = "原因"
OWN_FIGURES = "本次上报"
DISPLACED = "受别处变化影响"
NO_RANK_MOVES = "提交后各地名次都不变。"
RANKS_TOO_MANY = "这次更改的数据很多，没有逐一推算名次；提交后请在“排名”页查看。"
RANKS_NEWEST_ONLY = "文件涉及的月份较多，这里只推算最近三个月的合计和名次。"
REHEARSING = "正在推算合计和名次…"
NOT_RANKED = "未排名"
ENTERS, LEAVES = "进入排名", "不再排名"
ALL_RANK_CHANGES = "全部名次变化"
WHOLE_COUNTRY = "全部地区"
COMMITTING = "正在提交…"


def cells(count: int) -> str:
    return f"{count:,} 格"


def changes_shown(shown: int, total: int) -> str:
    return f"这里只显示前 {shown:,} 格，共 {total:,} 格；下载的文件里最多 20,000 格。"


def totals_of(place: str) -> str:
    return f"{place}合计"


def rank_step(before: int | None, after: int | None) -> str:
    """3 → 1; 未排名 → 5."""
    return f"{NOT_RANKED if before is None else before} → {NOT_RANKED if after is None else after}"


def rank_words(before: int | None, after: int | None) -> str:
    if before is None:
        return ENTERS
    if after is None:
        return LEAVES
    return f"↑ 升 {before - after} 位" if before > after else f"↓ 降 {after - before} 位"


def rank_summary(months: str, risen: int, fallen: int, entered: int, left: int) -> str:
    parts = [
        f"{word} {count:,} 个"
        for word, count in (("名次上升", risen), ("名次下降", fallen), (ENTERS, entered), (LEAVES, left))
        if count
    ]
    return f"{months}：{'，'.join(parts)}。"


def commit_cells(count: int) -> str:
    return f"确认提交 {count:,} 格数据"


def nothing_changes(file_batch: int | None) -> str:
    said = "文件中的数据与系统现有数据完全相同，不需要再提交。"
    return f"**这个文件已经在第 {file_batch} 批提交过。** {said}" if file_batch is not None else f"**{said}**"


def name_and_code(name: str, code: str) -> str:
    return f"{name}（{code}）"


# ── first start ────────────────────────────────────────────────────────────────────────────────────────────────────

WELCOME_TITLE = "欢迎使用农村人居环境整治看板"
WELCOME = "系统里还没有地区。请先选择从哪里开始，之后随时可以上报数据。"
START_WITH_SAMPLE = "看看示例县"
SAMPLE_EXPLAINED = (
    "装入**丰都县演示数据**（30 个乡镇、各村、24 个月）和几份已公开的真实数据，大约半分钟。演示数据都会标明“演示数据”。"
)
LOAD_SAMPLE = "装入示例县"
LOADING_SAMPLE = "正在装入示例县…"
START_WITH_REGIONS = "使用自己的县"
REGIONS_EXPLAINED = "选择一个或几个县（也可以选全市、全省），所辖乡镇和村会一起装入。"
SEARCH_REGION = "按名称或代码查找"
SEARCH_REGION_EXAMPLE = "例如：湘潭县 或 430321"
FOUND_REGIONS = "查找结果"
PROVINCE = "省（自治区、直辖市）"
CITY = "市（州）"
COUNTY = "县（市、区）"
REGIONS_CHOSEN = "已选地区"
NONE_CHOSEN_YET = "还没有选择"
ADD_REGIONS = "开始使用"
ADDING_REGIONS = "正在装入行政区划…"


def loading_file(done: int, total: int, name: str) -> str:
    return f"正在装入（{done}/{total}）：{escape(name)}"


def no_region_named(sought: str) -> str:
    return f"没有找到“{escape(sought[:40])}”。请换一个写法，或逐级选择。"


def take_region(name: str) -> str:
    return f"选择{name}"
