"""The data dictionary of what is given away as open data: every table, and every column with type, unit and meaning."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Field:
    """A column.

    Args:
        name: in the files.
        kind: text, integer, number, moment or truth.
        meaning, english: in Chinese and in English.
        unit: of a number; empty where it has none.
        may_miss: whether it may be missing, and what that means; empty where it never is.
    """

    name: str
    kind: str
    meaning: str
    english: str
    unit: str = ""
    may_miss: str = ""


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table, in one file or in one for each month.

    Args:
        name: of its files.
        title, english: what it holds.
        fields: its columns.
        is_monthly: whether each month has its own file.
    """

    name: str
    title: str
    english: str
    fields: tuple[Field, ...]
    is_monthly: bool = False

    @property
    def schema(self) -> Any:
        """Of Arrow."""
        return pa.schema([(one.name, _TYPES[one.kind]) for one in self.fields])


_TYPES = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.decimal128(18, 4),
    "moment": pa.timestamp("us", tz="UTC"),
    "truth": pa.bool_(),
}
_ALL = "全部 all"
_OWN_UNIT = "见 indicators.unit / see indicators.unit"
_MONTH = Field("month", "text", "月份，如 2026-10", "month, e.g. 2026-10")
_REGION = Field(
    "region_code", "text", "区划代码（国家 0，省 2 位，市 4 位，县 6 位，乡镇 9 位，村 12 位）", "region code"
)
_INDICATOR = Field("indicator", "text", "指标代码，见 indicators", "indicator code, see indicators")
_BATCH = Field("batch", "integer", "批次编号，见 batches", "number of the batch, see batches")
_SIGN = Field("sign", "integer", "1 表示写入，-1 表示冲销", "1 puts the value in, -1 takes it back")
_ACTOR = Field("actor", "text", "谁做的", "who did it")
_AT = Field("at", "moment", "何时（UTC）", "when (UTC)")
_REASON = Field("reason", "text", "理由", "reason given")
_NUMBER = Field("number", "integer", "编号", "number")

TABLES: tuple[OpenTable, ...] = (
    OpenTable(
        "observations",
        "现行数值：每个地区、指标、月份一行；没有上报的没有行，不是零",
        "Figures as they stand, one row for each region, indicator and month; what was not reported has no row and is not zero",
        (
            _MONTH,
            _REGION,
            Field("region_name", "text", "地区全称", "full name of the region"),
            _INDICATOR,
            Field("value", "number", "数值", "value", _OWN_UNIT),
            Field("last_batch", "integer", "最后改动这个数值的批次（含撤销）", "last batch that changed it, undoing included"),
        ),
        is_monthly=True,
    ),
    OpenTable(
        "journal",
        "流水：历次上报、更正和撤销；截至第 W 批的数值 = 该批及以前各行 value×sign 之和，sign 之和为 0 的不存在",
        "The journal: every report, correction and undoing. As of batch W a figure is the sum of value×sign up to W, there where "
        "the signs sum to 1",
        (_BATCH, _MONTH, _REGION, _INDICATOR, _SIGN, Field("value", "number", "数值", "value", _OWN_UNIT)),
        is_monthly=True,
    ),
    OpenTable(
        "origins",
        "来源：数值在原文件中的工作表和行",
        "Where in its file each figure came from",
        (
            _BATCH,
            _MONTH,
            _REGION,
            Field("indicator", "text", "指标代码", "indicator code", may_miss=f"空：该行的{_ALL}指标"),
            Field("sheet", "integer", "第几个工作表，从 1 起", "sheet, from 1"),
            Field("file_row", "integer", "第几行，从 1 起", "row, from 1"),
        ),
        is_monthly=True,
    ),
    OpenTable(
        "targets",
        "现行目标",
        "Targets as they stand",
        (
            _REGION,
            Field("region_name", "text", "地区全称", "full name of the region"),
            _INDICATOR,
            Field("deadline", "text", "到期月份", "month by which it is to be reached"),
            Field("baseline", "number", "基数", "baseline", _OWN_UNIT, "空：未给出 / not given"),
            Field("value", "number", "目标值", "target", _OWN_UNIT),
        ),
    ),
    OpenTable(
        "target_journal",
        "目标的流水：历次设定和修改",
        "Journal of the targets",
        (
            _BATCH,
            Field("deadline", "text", "到期月份", "month by which it is to be reached"),
            _REGION,
            _INDICATOR,
            _SIGN,
            Field("baseline", "number", "基数", "baseline", _OWN_UNIT, "空：未给出 / not given"),
            Field("value", "number", "目标值", "target", _OWN_UNIT),
        ),
    ),
    OpenTable(
        "regions",
        "地区",
        "Regions",
        (
            _REGION,
            Field("name", "text", "名称", "name"),
            Field("full_name", "text", "全称", "full name"),
            Field("level", "text", "级别：country 国家、province 省、city 市、county 县、town 乡镇、village 村", "level"),
            Field("kind", "text", "类型，如 社区、村", "kind"),
            Field("first_month", "text", "从哪个月起存在", "exists from this month on", may_miss="空：一直 / always"),
            Field("last_month", "text", "到哪个月止", "exists until this month", may_miss="空：至今 / still"),
            Field("successor_code", "text", "撤并后的地区代码", "what it became", may_miss="空：没有 / none"),
            Field("is_whole", "truth", "本系统是否有它的全部下级", "whether all regions below it are here"),
        ),
    ),
    OpenTable(
        "region_aliases",
        "地区的曾用名和俗称",
        "Other names of regions",
        (
            _REGION,
            Field("alias", "text", "名称", "name"),
            _ACTOR,
            Field("added_at", "moment", "何时加入（UTC）", "added when (UTC)"),
        ),
    ),
    OpenTable(
        "indicators",
        "指标目录",
        "The catalogue of indicators",
        (
            Field("code", "text", "指标代码", "code"),
            Field("name", "text", "名称", "Chinese name"),
            Field("english", "text", "英文名称", "English name"),
            Field("category", "text", "类别", "category"),
            Field("unit", "text", "单位", "unit"),
            Field("kind", "text", "flow 当月发生数、stock 月末存量、ratio 比率、score 得分、attribute 基本情况", "kind"),
            Field("aggregation", "text", "向上汇总的方式", "how it is rolled up"),
            Field("direction", "text", "higher 越高越好、lower 越低越好、neutral 不分好坏", "which way is better"),
            Field("decimals", "integer", "保留的小数位数", "digits after the point"),
            Field("minimum", "number", "上报值的下限", "least value", _OWN_UNIT),
            Field("maximum", "number", "上报值的上限", "greatest value", _OWN_UNIT),
            Field("definition", "text", "口径", "definition"),
            Field("numerator", "text", "比率的分子指标", "numerator of a ratio", may_miss="空：不是比率 / no ratio"),
            Field("denominator", "text", "比率的分母指标", "denominator of a ratio", may_miss="空：不是比率 / no ratio"),
            Field("source", "text", "口径的来源", "source of the definition", may_miss="空：未注明 / not stated"),
        ),
    ),
    OpenTable(
        "batches",
        "批次：每次提交或撤销",
        "Batches: every commit and undoing",
        (
            _NUMBER,
            Field("kind", "text", "upload 提交、undo 撤销", "kind"),
            _ACTOR,
            Field("channel", "text", "途径", "channel"),
            Field("received_at", "moment", "收到时间（UTC）", "received (UTC)"),
            Field("committed_at", "moment", "提交时间（UTC）", "committed (UTC)"),
            Field("file_name", "text", "文件名", "file"),
            Field("file_sha256", "text", "文件的 SHA-256", "SHA-256 of the file"),
            Field("row_count", "integer", "文件行数", "rows of the file"),
            Field("cell_count", "integer", "改动的数据个数", "figures changed"),
            Field("first_month", "text", "最早月份", "first month", may_miss="空：没有 / none"),
            Field("last_month", "text", "最晚月份", "last month", may_miss="空：没有 / none"),
            Field("is_demo", "truth", "是否演示数据（虚构）", "whether the figures are invented for demonstration"),
            Field("undoes", "integer", "撤销的是哪一批", "batch it undoes", may_miss="空：不是撤销 / no undoing"),
            Field("is_partial", "truth", "是否部分撤销", "whether it undoes a part only"),
            Field("note", "text", "说明", "note"),
        ),
    ),
    OpenTable(
        "doubts",
        "提交时的疑点和理由",
        "Doubts at the commit, and the reasons given",
        (
            _BATCH,
            Field("position", "integer", "批内序号", "place within the batch"),
            Field("code", "text", "疑点代码", "code of the doubt"),
            Field("region_code", "text", "区划代码", "region code", may_miss="0：整个文件 / the whole file"),
            Field("indicator", "text", "指标代码", "indicator code", may_miss=f"空：{_ALL}"),
            Field("month", "text", "月份", "month", may_miss=f"空：{_ALL}"),
            Field("file_row", "integer", "文件第几行", "row of the file", may_miss="空：不在某一行 / no single row"),
            Field("sheet", "text", "工作表", "sheet"),
            Field("hint", "text", "疑点说明", "what is doubtful"),
            _REASON,
        ),
    ),
    OpenTable(
        "definitions",
        "规则和定义（综合评价、红黑榜、会议顺序、同类分组），历次版本",
        "Rules and definitions made on pages, in all versions",
        (
            _NUMBER,
            Field("kind", "text", "类别", "kind"),
            Field("name", "text", "名称", "name"),
            Field("version", "integer", "版本", "version"),
            Field("content", "text", "内容（JSON）", "content (JSON)"),
            Field("is_withdrawn", "truth", "是否停用", "whether withdrawn"),
            _ACTOR,
            _AT,
        ),
    ),
    OpenTable(
        "month_closings",
        "封账和重新开放的记录",
        "Months closed and opened again",
        (
            _NUMBER,
            _MONTH,
            Field("region_code", "text", "县的区划代码；0 表示全部地区", "county; 0 everywhere"),
            Field("is_closed", "truth", "封账还是开放", "closed, or opened again"),
            _ACTOR,
            _AT,
            _REASON,
        ),
    ),
    OpenTable(
        "deadlines",
        "另行设定的上报期限",
        "Deadlines that were set",
        (
            _NUMBER,
            _MONTH,
            Field("region_code", "text", "县的区划代码；0 表示全部地区", "county; 0 everywhere"),
            Field("due_at", "moment", "期限（UTC）", "due (UTC)"),
            _ACTOR,
            _AT,
            _REASON,
        ),
    ),
    OpenTable(
        "snapshots",
        "快照（不含链接）",
        "Snapshots, without their links",
        (
            _NUMBER,
            Field("page", "text", "第一页", "first page"),
            Field("title", "text", "标题", "title"),
            Field("selection", "text", "所看的内容（JSON）", "what it looks at (JSON)"),
            Field("watermark", "integer", "截至第几批", "as of this batch"),
            Field("created_at", "moment", "生成时间（UTC）", "made (UTC)"),
            _ACTOR,
            Field("note", "text", "说明", "note"),
            Field("page_count", "integer", "页数", "pages"),
            Field("series", "text", "例会", "series"),
            Field("edition", "integer", "第几期", "edition"),
            Field("meta", "text", "页面说明（JSON）", "what its pages say beside tables (JSON)"),
            Field("sha256", "text", "快照的校验值", "digest of the snapshot"),
        ),
    ),
    OpenTable(
        "snapshot_tables",
        "快照冻结的表，各在一个文件",
        "The frozen tables of snapshots, each in a file of its own",
        (
            Field("snapshot", "integer", "快照编号", "number of the snapshot"),
            Field("position", "integer", "表的序号", "place of the table"),
            Field("name", "text", "表名", "name of the table"),
            Field("file", "text", "文件（Parquet，生成快照时的原样字节）", "file (Parquet, the very bytes that were frozen)"),
            Field("sha256", "text", "校验值", "SHA-256"),
        ),
    ),
    OpenTable(
        "boundaries",
        "上传的边界，GeoJSON 各在一个文件",
        "Boundaries brought by users, each GeoJSON in a file of its own",
        (
            _NUMBER,
            Field("region_code", "text", "县的区划代码", "county"),
            Field("level", "text", "级别", "level"),
            Field("shapes", "integer", "图形个数", "shapes"),
            Field("datum", "text", "原文件的坐标系", "datum of the file"),
            Field("file_name", "text", "原文件名", "file as sent"),
            _ACTOR,
            _AT,
            Field("file", "text", "文件（GeoJSON，WGS-84）", "file (GeoJSON, WGS-84)"),
        ),
    ),
)  # fmt: skip
BY_NAME = {one.name: one for one in TABLES}
