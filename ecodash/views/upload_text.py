"""Strings of 数据上报 and of the first screen: see ecodash.views.text for the others."""

from collections.abc import Iterable

from ecodash.domain.periods import Month
from ecodash.reports.numbers import is_missing
from ecodash.views.text import escape

# ── 数据上报 ───────────────────────────────────────────────────────────────────────────────────────────────────────

REPORT_MONTH = "数据月份"
REPORT_MONTH_HELP = "文件的表头、标题或文件名里没有写月份时，请在这里选择。"
MONTH_FROM_FILE = "以文件所写为准"
WITHIN = "地区范围"
WITHIN_HELP = "文件里的村名、乡镇名在这个范围内查找；范围以外的数据会被拒绝。"
WHOLE_STORE = "全部地区"
FILE_LABEL = "选择文件：Excel（xlsx、xls）或 CSV，不超过 50 MB"
UPLOAD_HELP = "支持 WPS 和 Excel 保存的 xlsx、xls，以及 UTF-8、GB18030 编码的 CSV。文件先检查、再预览，确认后才提交。"
READING = "正在读取并检查文件…"
LAYOUTS = {"wide": "一行一个地区、一列一项指标", "long": "一行一个数值", "targets": "目标表", "": "未识别"}
UNKNOWN_COLUMNS = "有几列不认识，请指明是哪项指标"
UNKNOWN_COLUMNS_EXPLAINED = "选择后会重新检查。不需要的列请选“不读取这一列”。"
IGNORE_COLUMN = "不读取这一列"
FAULTS = "问题清单"
COLUMN = "列"
CELL_VALUE = "填写的内容"
HINT = "怎么改"
WHOLE_FILE = "—"
PREVIEW = "提交前预览"
CHANGES = {"changed": "更改", "new": "新增", "unchanged": "不变"}
SHOW_CHANGES = "只看"
OLD = "原值"
NEW = "新值"
CHANGE_KIND = "变化"
NOTHING_CHANGES = "文件中的数据与系统现有数据完全相同，没有需要提交的内容。"
COMMITTING = "正在提交…"
ROWS_COUNT = "行数"
CELLS_COUNT = "数据格数"
WATERMARK = "水位号"
BATCHES = "历次提交"
MONTHS = "月份"
DEMO = "备注"
UNDO_TITLE = "撤销一个批次"
UNDO_EXPLAINED = "撤销会恢复到该批次提交之前的数值，并记为新的一批；已经生成的快照不受影响。"
BATCH_TO_UNDO = "要撤销的批次"


def column_named(header: str) -> str:
    return f"列“{escape(header)}”"


def read_as(rows: int, header_row: int, sheet: str, layout: str) -> str:
    where = f"工作表“{escape(sheet)}”，" if sheet else ""
    return f"读到 {rows} 行数据：{where}表头在第 {header_row} 行，{layout}。"


def reading_notes(count: int) -> str:
    return f"读取说明（{count} 条）"


def bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {escape(line)}" for line in lines)


def faults_found(count: int) -> str:
    return f"**发现 {count} 处问题，没有提交任何数据。** 请按下表逐条修改文件，再重新上传。"


def more_faults(count: int) -> str:
    return f"还有 {count} 处没有列在这里，请下载问题清单查看。"


def name_and_code(name: str, code: str) -> str:
    return f"{name}（{code}）"


def cells(count: int) -> str:
    return f"{count:,} 格"


def commit_cells(count: int) -> str:
    return f"确认提交 {count:,} 格数据"


def batch_number(batch: int) -> str:
    return f"第 {batch} 批"


def receipt_title(batch: int) -> str:
    return f"**提交成功：第 {batch} 批。** 各页面已经显示新的数据。"


def receipt_detail(new: int, changed: int, unchanged: int) -> str:
    return f"新增 {new:,} 格，更改 {changed:,} 格，不变 {unchanged:,} 格。"


def batch_state(kind: str, undoes: object, undone_by: int | None) -> str:
    if kind == "undo":
        return f"撤销第 {int(str(undoes).split('.')[0])} 批"
    return f"已由第 {undone_by} 批撤销" if undone_by is not None else "有效"


def month_span(first: object, last: object) -> str:
    if is_missing(first):
        return ""
    begin, end = (Month.from_key(int(float(str(key)))) for key in (first, last))
    return begin.label if begin == end else f"{begin.label}至{end.label}"


def batch_label(number: int, file_name: str, cell_count: int) -> str:
    return f"第 {number} 批，{file_name}，{cell_count:,} 格"


def undo_confirmation(label: str) -> str:
    return f"我确认撤销：{escape(label)}"


def undo_batch(number: int) -> str:
    return f"撤销第 {number} 批"


def undone(number: int, by: int) -> str:
    return f"第 {number} 批已撤销，记为第 {by} 批。各页面已恢复为原来的数值。"


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
