"""Strings of 历次提交, of receipts and of the undo: see ecodash.views.text for the others."""

from ecodash.domain.periods import Month
from ecodash.reports.numbers import is_missing
from ecodash.views.text import escape

BATCHES = "历次提交"
MONTHS = "月份"
ROWS_COUNT = "行数"
CELLS_COUNT = "数据格数"
DOUBTS_COUNT = "疑点"
DEMO = "备注"
CHANNELS = {"page": "网页", "cli": "命令行", "api": "接口", "system": "系统"}

# ── receipt ────────────────────────────────────────────────────────────────────────────────────────────────────────

PRINT_RECEIPT = "打印回执"
PRINT_RECEIPT_HELP = "下载一页回执，用浏览器打开后即可打印在 A4 纸上。"


def rows(count: int) -> str:
    return f"{count:,} 行"


def receipt_title(batch: int) -> str:
    return f"**提交成功：第 {batch} 批。** 各页面已经显示新的数据。"


def receipt_detail(new: int, changed: int, unchanged: int) -> str:
    return f"新增 {new:,} 格，更改 {changed:,} 格，不变 {unchanged:,} 格。"


def receipt_name(batch: int) -> str:
    return f"第{batch}批回执.html"


# ── one batch ──────────────────────────────────────────────────────────────────────────────────────────────────────

BATCH_DETAIL = "查看一个批次"
WHICH_BATCH = "批次"
FACT_WHO = "提交人"
FACT_WHEN = "提交时间"
FACT_RECEIVED = "收到时间"
FACT_FILE = "文件"
FACT_SHA = "SHA-256"
FACT_MONTHS = "月份"
FACT_CELLS = "数据"
FACT_STATE = "状态"
DOWNLOAD_FILE = "下载原文件"
FILE_NOT_KEPT = "没有保存原文件"
DOUBTS_WITH_REASONS = "提交时的疑点和原因"
REASON = "原因"
CHANGED_CELLS = "更改了什么"
TAKEN_BACK = "已撤回"
ONLY_TARGETS = "这一批只有目标值，请在“进度”页查看。"


def batch_number(batch: int) -> str:
    return f"第 {batch} 批"


def batch_state(
    kind: str, undoes: object, undone_by: int | None, partly_undone_by: int | None, *, is_partial: bool
) -> str:
    if kind == "undo":
        return f"撤销第 {int(str(undoes).split('.')[0])} 批{'的一部分' if is_partial else ''}"
    if undone_by is not None:
        return f"已由第 {undone_by} 批撤销"
    return f"已由第 {partly_undone_by} 批撤销一部分" if partly_undone_by is not None else "有效"


def month_span(first: object, last: object) -> str:
    if is_missing(first):
        return ""
    begin, end = (Month.from_key(int(float(str(key)))) for key in (first, last))
    return begin.label if begin == end else f"{begin.label}至{end.label}"


def batch_label(number: int, file_name: str, cell_count: int) -> str:
    return f"第 {number} 批，{file_name}，{cell_count:,} 格"


def undo_label(number: int, undoes: int) -> str:
    return f"第 {number} 批，撤销第 {undoes} 批"


def rows_and_cells(rows: int, cells: int) -> str:
    return f"{rows:,} 行，{cells:,} 格"


def file_with_size(name: str, size: str) -> str:
    return f"{name}（{size}）" if size else name


def by_channel(actor: str, channel: str) -> str:
    return f"{actor}（{CHANNELS.get(channel, channel)}）"


def changed_cells(count: int) -> str:
    return f"{CHANGED_CELLS}（{count:,} 格）"


def only_first(count: int, total: int) -> str:
    return f"这里只显示前 {count:,} 格，共 {total:,} 格。"


# ── undo ───────────────────────────────────────────────────────────────────────────────────────────────────────────

UNDO_EXPLAINED = "撤销会恢复到该批次提交之前的数值，并记为新的一批；已经生成的快照不受影响。"
KEPT_FIGURES = "不会撤销的数据"
VALUE_NOW = "现在的数值"
CHANGED_BY = "后来修改的批次"
TARGET = "目标值"


def want_undo(number: int) -> str:
    return f"撤销第 {number} 批…"


def whole_undo(cells: int) -> str:
    return f"这一批的 {cells:,} 格数据后来都没有被修改过，可以整批撤销。{UNDO_EXPLAINED}"


def partial_undo(kept: int, later: str, free: int) -> str:
    return (
        f"**不能整批撤销：其中 {kept:,} 格后来又被{later}修改过。** "
        f"可以只撤销其余 {free:,} 格，被修改过的保持现在的数值，列在下面。{UNDO_EXPLAINED}"
    )


def no_undo(kept: int, later: str) -> str:
    return f"**不能撤销：仍在使用的 {kept:,} 格后来都被{later}修改过。** 请先撤销这些批次，或直接上报更正后的数据。"


def later_batches(numbers: tuple[int, ...]) -> str:
    return "、".join(f"第 {number} 批" for number in numbers[:5]) + ("等" if len(numbers) > 5 else "")


def undo_confirmation(label: str) -> str:
    return f"我确认撤销：{escape(label)}"


def undo_batch(number: int) -> str:
    return f"撤销第 {number} 批"


def undo_rest(cells: int) -> str:
    return f"撤销其余部分（{cells:,} 格）"


def undone(number: int, by: int) -> str:
    return f"第 {number} 批已撤销，记为第 {by} 批。各页面已恢复为原来的数值。"


def undone_rest(number: int, by: int, cells: int, kept: int) -> str:
    return f"第 {number} 批的其余 {cells:,} 格已撤销，记为第 {by} 批；{kept:,} 格保持后来修改的数值。"
