"""The words headers are made of: titles of roles, qualifiers, and the forms in which texts are compared."""

import re
import unicodedata

IGNORED = "ignored"
UNIT = "unit"
"""Inner role of a column that names each row's unit; shown as ignored, but checked."""

_ROLE_TITLES = {
    "region_code": "区划代码 行政区划代码 统计用区划代码 地区代码 区域代码 村代码 村级代码 村编码 行政村代码 乡镇代码 镇代码 "
    "单位代码 统计代码 代码 region_code",
    "town": "乡镇 镇 乡 镇街 镇乡 街道 乡镇街道 镇街道 乡镇(街道) 镇(街道) 镇(乡) 乡(镇) 乡镇名称 镇名称 乡镇名 镇名 所属乡镇 "
    "所在乡镇 所在镇 town",
    "village": "村 村名 村庄 行政村 村社区 村居 村(社区) 村(居) 行政村(社区) 村名称 行政村名称 村社区名称 村庄名称 所属村 "
    "所在村 行政村名 各村 village",
    "region": "地区 区域 单位 地区名称 区域名称 单位名称 上报单位 填报单位 报送单位 责任单位 地名 region",
    "month": "月份 月 期 期间 年月 报告期 统计月份 所属月份 上报月份 填报月份 数据月份 时间 month period",
    "indicator": "指标 指标名称 指标代码 项目 考核项目 整治内容 整治项目 工作内容 indicator",
    "value": "数值 值 指标值 数量 上报值 填报值 完成数 完成量 完成情况 本月数 本期数 value",
    "deadline": "期限 完成期限 目标期限 截止月份 截止时间 完成时限 deadline",
    "baseline": "基数 基期 基期值 基期数 基线 基线值 baseline",
    "target": "目标 目标值 目标数 目标任务 任务数 target",
    UNIT: "计量单位 指标单位 unit",
    "county": "县 县区 区县 县名 县(市) 县(区) 县(市、区) 县市区 县名称 区县名称",
    "city": "市 地市 市州 城市 地级市 市名称",
    "province": "省 省份 省市 省名称",
    IGNORED: "序号 编号 序 no no. 名次 排名 位次 排序 备注 说明 附注 填报人 填表人 审核人 负责人 单位负责人 联系人 联系电话 电话 手机 "
    "类别 分类 大类 板块 手机号 填报日期 填表日期 上报日期 填报时间 制表人 村支书 村主任 网格员",
}
ROLES = {title: role for role, titles in _ROLE_TITLES.items() for title in titles.split()}
ROLE_NAMES = {
    "region_code": "区划代码",
    "town": "乡镇",
    "village": "村",
    "region": "地区",
    "month": "月份",
    "indicator": "指标名称",
    "value": "数值",
    "deadline": "期限",
    "baseline": "基数",
    "target": "目标值",
    IGNORED: "不读取",
}
"""Chinese label of each role a column may have."""

NAME_ROLES = ("village", "town", "region", "county", "city", "province")
REGION_ROLES = frozenset({"region_code", *NAME_ROLES})
FIGURE_ROLES = frozenset({"indicator", "value", "target"})
CHOOSABLE_ROLES = ("region_code", "town", "village", "region", "month", "indicator", "value")
"""Roles a user may choose for a column, beside the indicators and “do not read”."""

CORNERS = frozenset(
    ["指标", "指标名称", "项目", "考核项目", "内容", "整治内容", "整治项目", "工作内容", "名称", "类别", "项目名称"]
)
"""What stands in the corner of a table whose rows are indicators: turned over, it heads the regions."""

TOTALS = frozenset(("合计", "小计", "总计", "共计", "总数"))
"""Words that head the sum of the columns beside them; below an indicator's name they add nothing to it."""

CURRENT = TOTALS | frozenset(
    [
        "本月",
        "当月",
        "本期",
        "当期",
        "本月数",
        "本期数",
        "本月完成",
        "当月完成",
        "当月数",
        "完成",
        "完成数",
        "完成量",
        "实际完成",
        "实际完成数",
        "实际",
        "实绩",
        "数量",
        "数值",
        "值",
    ]
)
"""Words that add nothing to an indicator's name: it is the month's own figure."""

_DERIVED = re.compile(
    r"(?:上月|上期|上年|去年|同期|环比|同比|较上|比上|增幅|增长|增减)|"
    r"(?:累计|年初以来|年初至今|本年以来|今年以来)|"
    r"^(?:全?年?目标|年度?任务|任务|目标|计划|应完成|年度目标)(?:任务|目标|完成|总)?[数量值]?$|"
    r"^(?:合计|小计|总计|共计|升降|(?:名次|位次|排名)变化)$|"
    r"^(?:任务|目标|计划)?(?:完成率|进度|达标率|完成比例|占比|完成百分比)$"
)
_DROPPED = re.compile(r"[\s\u200b-\u200f\ufeff*]+")
_BRACKETS = str.maketrans("【】〔〕[]{}", "()()()()")
BRACKETED = re.compile(r"(.+?)\(([^()]*(?:\([^()]*\))?[^()]*)\)")
NUMBERING = re.compile(
    r"^(?:其中:?|[0-9]{1,2}[.、．)]|\([0-9一二三四五六七八九十]{1,3}\)|[一二三四五六七八九十]{1,3}[、.])(?=\D)"
)


def fold_header(text: str) -> str:
    """The comparable form of a header: width and brackets folded, spaces, line breaks and required marks dropped."""
    folded = unicodedata.normalize("NFKC", text[:400]).translate(_BRACKETS)
    return _DROPPED.sub("", folded).casefold().rstrip(":")


def is_derived(text: str) -> bool:
    """Whether a header says that its figures are not the month's own: 累计, 上月, 同比, 任务数, 完成率 …"""
    return _DERIVED.search(fold_header(text)) is not None
