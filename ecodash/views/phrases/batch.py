"""Fixed phrases of ecodash.views.batch_text."""

from ecodash.i18n import marked

BATCHES = marked("历次提交")
MONTHS = marked("月份")
ROWS_COUNT = marked("行数")
CELLS_COUNT = marked("数据格数")
DOUBTS_COUNT = marked("疑点")
DEMO = marked("备注")

# ── receipt ────────────────────────────────────────────────────────────────────────────────────────────────────────

PRINT_RECEIPT = marked("打印回执")
PRINT_RECEIPT_HELP = marked("下载一页回执，用浏览器打开后即可打印在 A4 纸上。")

# ── one batch ──────────────────────────────────────────────────────────────────────────────────────────────────────

BATCH_DETAIL = marked("查看一个批次")
WHICH_BATCH = marked("批次")
FACT_WHO = marked("提交人")
FACT_WHEN = marked("提交时间")
FACT_RECEIVED = marked("收到时间")
FACT_FILE = marked("文件")
FACT_SHA = marked("SHA-256")
FACT_MONTHS = marked("月份")
FACT_CELLS = marked("数据")
FACT_STATE = marked("状态")
DOWNLOAD_FILE = marked("下载原文件")
FILE_NOT_KEPT = marked("没有保存原文件")
DOUBTS_WITH_REASONS = marked("提交时的疑点和原因")
REASON = marked("原因")
CHANGED_CELLS = marked("更改了什么")
TAKEN_BACK = marked("已撤回")
ONLY_TARGETS = marked("这一批只有目标值，请在“进度”页查看。")

# ── undo ───────────────────────────────────────────────────────────────────────────────────────────────────────────

UNDO_EXPLAINED = marked("撤销会恢复到该批次提交之前的数值，并记为新的一批；已经生成的快照不受影响。")
KEPT_FIGURES = marked("不会撤销的数据")
VALUE_NOW = marked("现在的数值")
CHANGED_BY = marked("后来修改的批次")
TARGET = marked("目标值")
