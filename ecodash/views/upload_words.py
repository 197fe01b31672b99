"""What the upload page calls things that the reader names by codes: faults, rules, encodings, ways of recognition."""

from ecodash.ingest.body import Fate

FAULT_KINDS = {
    # the file
    "file_too_large": "文件过大",
    "workbook_damaged": "文件损坏",
    "workbook_locked": "文件有密码",
    "not_a_table": "不是表格文件",
    "encoding_unknown": "文字编码无法识别",
    "nothing_to_read": "没有可读的内容",
    "too_many_rows": "行数过多",
    "too_many_columns": "列数过多",
    "cell_too_long": "单元格内容过长",
    "row_too_long": "一行多出内容",
    "quote_broken": "引号不成对",
    "formula_uncomputed": "公式没有结果",
    # the sheet
    "sheets_many": "需要选择工作表",
    "sheet_unknown": "没有这个工作表",
    "tables_many": "一页有几张表",
    "header_missing": "没有认出表头",
    # the columns
    "column_guessed": "栏目待确认",
    "column_unknown": "栏目不认识",
    "column_unnamed": "栏目没有名称",
    "column_missing": "缺少栏目",
    "column_twice": "栏目重复",
    "mapping_unknown": "所选指标不在目录",
    "layout_mixed": "表格样式混杂",
    "unit_differs": "单位不一致",
    # the month
    "month_missing": "没有写月份",
    "month_disagrees": "月份不一致",
    "month_unreadable": "月份读不懂",
    "month_future": "月份未到",
    "month_closed": "月份已封账",
    "period_not_allowed": "不能按季、半年、全年填报",
    "deadline_missing": "没有期限",
    "deadline_unreadable": "期限读不懂",
    # the region
    "region_missing": "没有写地区",
    "region_unknown": "没有这个地区",
    "region_ambiguous": "地区有重名",
    "region_disagrees": "地区前后不一",
    "region_outside": "超出上报范围",
    "region_not_valid": "地区已撤并",
    "code_mangled": "区划代码被改坏",
    "code_malformed": "区划代码不对",
    "level_not_allowed": "不能在这一级填报",
    # the figures
    "indicator_missing": "没有写指标",
    "indicator_unknown": "没有这个指标",
    "number_unreadable": "数值读不懂",
    "number_ambiguous": "数值有两种读法",
    "out_of_range": "数值超出范围",
    "too_many_decimals": "小数位过多",
    "not_a_choice": "不是可选的等级",
    "cell_twice": "同一数据两个数",
    "cell_merged": "一个数合并在几行上",
    "more_than_whole": "部分大于整体",
    "more_faults": "未列出的问题",
}
"""Kinds of faults in the order they are shown: those that hinder most come first."""
OTHER_FAULT = "其他问题"

DOUBT_RULES = {
    "total_differs": "合计与明细相加不符",
    "title_cumulative": "标题写的是累计数",
    "more_than_standing": "部分大于整体（与已上报的数对照）",
    "flow_more_than_whole": "本月完成数大于发现数或总数",
    "stock_falls": "存量比以前减少",
    "tenfold": "与上次相差十倍以上",
    "month_copied": "与上月完全相同",
    "all_same": "各村数值都相同",
    "all_full": "各村都是 100%",
    "month_skipped": "中间漏报了月份",
}
OTHER_DOUBT = "其他疑点"

HOW = {
    "code": "指标代码",
    "name": "指标名称",
    "alias": "常用别名",
    "role": "栏目名称",
    "chosen": "您选定的",
    "remembered": "您上次选定的",
    "near": "名称相近，待确认",
    "derived": "不是当月数",
    "context": "表格标题",
    "unknown": "不认识",
}
"""How a column was recognised."""

REMARKS = {
    "approximate": "约数",
    "unit_stripped": "去掉单位或文字",
    "converted": "换算单位",
    "scaled": "展开“万”“亿”",
    "point_mended": "改正小数点或空格",
    "zero_word": "“无”按 0",
    "rounded": "四舍五入",
    "percent_of_one": "小数按百分数",
}
"""Notes on cells in few words; ecodash.ingest.faults.REMARKS says them in full."""

LEFT_OUT = {
    Fate.TOTAL: "合计行",
    Fate.AVERAGE: "平均行",
    Fate.FOOTER: "表尾说明",
    Fate.REPEAT: "重复的表头",
    Fate.ORDINALS: "栏次行",
    Fate.SECTION: "分段标题（乡镇）",
    Fate.EMPTY: "没有数值，按未上报",
    Fate.REFUSED: "有问题的行",
}
"""Rows below the header that give no figure, and why."""

KINDS = {
    "xlsx": "Excel 工作簿（xlsx）",
    "xls": "Excel 工作簿（xls）",
    "ods": "WPS、LibreOffice 工作簿（ods）",
    "html": "网页表格",
    "zip": "压缩包（zip）",
    "text": "文本表格",
}
ENCODINGS = {
    "utf-8": "UTF-8 编码",
    "utf-8-sig": "UTF-8 编码（带 BOM）",
    "utf-16": "UTF-16 编码",
    "utf-16-le": "UTF-16 编码",
    "utf-16-be": "UTF-16 编码",
    "gb18030": "国标中文编码（GB18030、GBK）",
}
DELIMITERS = {",": "逗号分隔", "\t": "制表符分隔", ";": "分号分隔", "，": "全角逗号分隔", "|": "竖线分隔"}
LAYOUTS = {"wide": "一行一个地区、一列一项指标", "long": "一行一个数值", "targets": "目标表", "": "未识别"}


def fault_kind(code: str) -> str:
    return FAULT_KINDS.get(code, OTHER_FAULT)


def doubt_rule(code: str) -> str:
    return DOUBT_RULES.get(code, OTHER_DOUBT)


def decoded_as(kind: str, encoding: str, delimiter: str) -> str:
    """Excel 工作簿（xlsx）; 文本表格，UTF-8 编码，逗号分隔."""
    parts = [KINDS.get(kind, kind), ENCODINGS.get(encoding, ""), DELIMITERS.get(delimiter, "")]
    return "，".join(part for part in parts if part)
