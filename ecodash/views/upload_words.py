"""What the upload page calls things that the reader names by codes: faults, rules, encodings, ways of recognition."""

from ecodash.i18n import gettext as _
from ecodash.i18n import marked
from ecodash.ingest.body import Fate
from ecodash.views.phrases import Words
from ecodash.views.upload_text import decoded

FAULT_KINDS = Words(
    {
        # the file
        "file_too_large": marked("文件过大"),
        "workbook_damaged": marked("文件损坏"),
        "workbook_locked": marked("文件有密码"),
        "not_a_table": marked("不是表格文件"),
        "encoding_unknown": marked("文字编码无法识别"),
        "nothing_to_read": marked("没有可读的内容"),
        "too_many_rows": marked("行数过多"),
        "too_many_columns": marked("列数过多"),
        "cell_too_long": marked("单元格内容过长"),
        "row_too_long": marked("一行多出内容"),
        "quote_broken": marked("引号不成对"),
        "formula_uncomputed": marked("公式没有结果"),
        # the sheet
        "sheets_many": marked("需要选择工作表"),
        "sheet_unknown": marked("没有这个工作表"),
        "tables_many": marked("一页有几张表"),
        "header_missing": marked("没有认出表头"),
        # the columns
        "column_guessed": marked("栏目待确认"),
        "column_unknown": marked("栏目不认识"),
        "column_unnamed": marked("栏目没有名称"),
        "column_missing": marked("缺少栏目"),
        "column_twice": marked("栏目重复"),
        "mapping_unknown": marked("所选指标不在目录"),
        "layout_mixed": marked("表格样式混杂"),
        "unit_differs": marked("单位不一致"),
        # the month
        "month_missing": marked("没有写月份"),
        "month_disagrees": marked("月份不一致"),
        "month_unreadable": marked("月份读不懂"),
        "month_future": marked("月份未到"),
        "month_closed": marked("月份已封账"),
        "period_not_allowed": marked("不能按季、半年、全年填报"),
        "deadline_missing": marked("没有期限"),
        "deadline_unreadable": marked("期限读不懂"),
        # the region
        "region_missing": marked("没有写地区"),
        "region_unknown": marked("没有这个地区"),
        "region_ambiguous": marked("地区有重名"),
        "region_disagrees": marked("地区前后不一"),
        "region_outside": marked("超出上报范围"),
        "region_not_valid": marked("地区已撤并"),
        "code_mangled": marked("区划代码被改坏"),
        "code_malformed": marked("区划代码不对"),
        "level_not_allowed": marked("不能在这一级填报"),
        # the figures
        "indicator_missing": marked("没有写指标"),
        "indicator_unknown": marked("没有这个指标"),
        "number_unreadable": marked("数值读不懂"),
        "number_ambiguous": marked("数值有两种读法"),
        "out_of_range": marked("数值超出范围"),
        "too_many_decimals": marked("小数位过多"),
        "not_a_choice": marked("不是可选的等级"),
        "cell_twice": marked("同一数据两个数"),
        "cell_merged": marked("一个数合并在几行上"),
        "more_than_whole": marked("部分大于整体"),
        "more_faults": marked("未列出的问题"),
    }
)
"""Kinds of faults in the order they are shown: those that hinder most come first."""
OTHER_FAULT = marked("其他问题")

DOUBT_RULES = Words(
    {
        "total_differs": marked("合计与明细相加不符"),
        "title_cumulative": marked("标题写的是累计数"),
        "more_than_standing": marked("部分大于整体（与已上报的数对照）"),
        "flow_more_than_whole": marked("本月完成数大于发现数或总数"),
        "stock_falls": marked("存量比以前减少"),
        "tenfold": marked("与上次相差十倍以上"),
        "month_copied": marked("与上月完全相同"),
        "all_same": marked("各村数值都相同"),
        "all_full": marked("各村都是 100%"),
        "month_skipped": marked("中间漏报了月份"),
    }
)
OTHER_DOUBT = marked("其他疑点")

ROLES = Words(
    {
        "region_code": marked("区划代码"),
        "town": marked("乡镇"),
        "village": marked("村"),
        "region": marked("地区"),
        "month": marked("月份"),
        "indicator": marked("指标名称"),
        "value": marked("数值"),
        "deadline": marked("期限"),
        "baseline": marked("基数"),
        "target": marked("目标值"),
        "ignored": marked("不读取"),
    }
)
"""What a column may be beside an indicator; ecodash.ingest.header_words has the same codes."""

HOW = Words(
    {
        "code": marked("指标代码"),
        "name": marked("指标名称"),
        "alias": marked("常用别名"),
        "role": marked("栏目名称"),
        "chosen": marked("您选定的"),
        "remembered": marked("您上次选定的"),
        "near": marked("名称相近，待确认"),
        "derived": marked("不是当月数"),
        "context": marked("表格标题"),
        "unknown": marked("不认识"),
    }
)
"""How a column was recognised."""

REMARKS = Words(
    {
        "approximate": marked("约数"),
        "unit_stripped": marked("去掉单位或文字"),
        "converted": marked("换算单位"),
        "scaled": marked("展开“万”“亿”"),
        "point_mended": marked("改正小数点或空格"),
        "zero_word": marked("“无”按 0"),
        "rounded": marked("四舍五入"),
        "percent_of_one": marked("小数按百分数"),
    }
)
"""Notes on cells in few words; ecodash.ingest.faults.REMARKS says them in full."""

LEFT_OUT = {
    Fate.TOTAL: marked("合计行"),
    Fate.AVERAGE: marked("平均行"),
    Fate.FOOTER: marked("表尾说明"),
    Fate.REPEAT: marked("重复的表头"),
    Fate.ORDINALS: marked("栏次行"),
    Fate.SECTION: marked("分段标题（乡镇）"),
    Fate.EMPTY: marked("没有数值，按未上报"),
    Fate.REFUSED: marked("有问题的行"),
}
"""Rows below the header that give no figure, and why."""

KINDS = Words(
    {
        "xlsx": marked("Excel 工作簿（xlsx）"),
        "xls": marked("Excel 工作簿（xls）"),
        "ods": marked("WPS、LibreOffice 工作簿（ods）"),
        "html": marked("网页表格"),
        "zip": marked("压缩包（zip）"),
        "text": marked("文本表格"),
    }
)
ENCODINGS = Words(
    {
        "utf-8": marked("UTF-8 编码"),
        "utf-8-sig": marked("UTF-8 编码（带 BOM）"),
        "utf-16": marked("UTF-16 编码"),
        "utf-16-le": marked("UTF-16 编码"),
        "utf-16-be": marked("UTF-16 编码"),
        "gb18030": marked("国标中文编码（GB18030、GBK）"),
    }
)
DELIMITERS = Words(
    {
        ",": marked("逗号分隔"),
        "\t": marked("制表符分隔"),
        ";": marked("分号分隔"),
        "，": marked("全角逗号分隔"),
        "|": marked("竖线分隔"),
    }
)
LAYOUTS = Words(
    {
        "wide": marked("一行一个地区、一列一项指标"),
        "long": marked("一行一个数值"),
        "targets": marked("目标表"),
        "": marked("未识别"),
    }
)


def fault_kind(code: str) -> str:
    return FAULT_KINDS.get(code) or _(OTHER_FAULT)


def doubt_rule(code: str) -> str:
    return DOUBT_RULES.get(code) or _(OTHER_DOUBT)


def decoded_as(kind: str, encoding: str, delimiter: str) -> str:
    """Excel 工作簿（xlsx）; 文本表格，UTF-8 编码，逗号分隔."""
    return decoded([KINDS.get(kind, kind), ENCODINGS.get(encoding, ""), DELIMITERS.get(delimiter, "")])


def role(code: str) -> str:
    return ROLES.get(code, code)


def left_out(fate: int) -> str:
    """Why a row gives no figure."""
    return _(LEFT_OUT[Fate(fate)])
