"""What the tests of the logic rules share: a small catalogue, two towns of six villages, and rows written short."""

from decimal import Decimal

import pandas as pd
import pyarrow as pa

from ecodash.domain.indicators import Aggregation, Catalog, Direction, Indicator, Kind
from ecodash.domain.periods import Month
from ecodash.domain.regions import Region, RegionTree
from ecodash.ingest.checks import Standing, check_logic
from ecodash.ingest.faults import Doubt, Fault

COUNTY, HUWEI, SHETAN = 500230000000, 500230101000, 500230102000
V1, V2, V3, V4, V5, V6 = (HUWEI + number for number in range(201, 207))
VILLAGES = (V1, V2, V3, V4, V5, V6)
OTHERS = tuple(SHETAN + number for number in range(201, 207))
NAMES = ["荷花村", "同心村", "鹦鹉村", "回龙村", "香岩村", "大溪村"]

Row = tuple[int, str, str, float | int | str]


def make(
    code: str, name: str, unit: str, kind: str, *, parts: tuple[str, str] = ("", ""), at_most: str = "",
    is_cumulative: bool = False, decimals: int = 0, aggregation: str = "",
) -> Indicator:  # fmt: skip
    default = {"ratio": "ratio", "score": "none"}.get(kind, "sum")
    return Indicator(
        code=code, name=name, english=code, category="类", unit=unit, kind=Kind(kind),
        aggregation=Aggregation(aggregation or default), direction=Direction.HIGHER, decimals=decimals,
        minimum=Decimal(0), maximum=Decimal(10**9), definition=name, numerator=parts[0], denominator=parts[1],
        at_most=at_most, is_cumulative=is_cumulative,
    )  # fmt: skip


CATALOG = Catalog(
    [
        make("households", "户数", "户", "attribute"),
        make("garbage", "清理生活垃圾", "吨", "flow", decimals=2),
        make("clutter", "清理乱堆乱放", "处", "flow"),
        make("patrols", "巡查", "次", "flow"),
        make("built", "改造户厕", "座", "flow", at_most="households"),
        make("pipe", "铺设污水管网", "公里", "flow", decimals=4),
        make("funds", "投入资金", "万元", "flow", decimals=4),
        make("bins", "垃圾箱", "个", "stock"),
        make("toilets", "卫生户厕户数", "户", "stock", is_cumulative=True, at_most="households"),
        make("toilet_rate", "无害化卫生户厕覆盖率", "%", "ratio", parts=("toilets", "households"), decimals=2),
        make("found", "发现问题", "个", "flow"),
        make("closed", "整改销号", "个", "flow"),
        make("closing_rate", "整改率", "%", "ratio", parts=("closed", "found"), decimals=2),
        make("score", "考核得分", "分", "score", decimals=2),
        make("level", "创建等级", "级", "stock", aggregation="count"),
    ],
    "0" * 64,
)
CODES = list(CATALOG)
TREE = RegionTree(
    [
        Region(0, "全国", "全国"),
        Region(COUNTY, "丰都县", "丰都县"),
        Region(HUWEI, "虎威镇", "虎威镇"),
        Region(SHETAN, "社坛镇", "社坛镇"),
        *(Region(key, name, name, "村") for keys in (VILLAGES, OTHERS) for key, name in zip(keys, NAMES, strict=True)),
    ]
)


def frame(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "region": pd.Series([row[0] for row in rows], dtype="int64"),
            "indicator": pd.Series([row[1] for row in rows], dtype="str"),
            "period": pd.Series([Month.parse(row[2]).key for row in rows], dtype="int32"),
            "value": pd.Series([Decimal(str(row[3])) for row in rows], dtype=pd.ArrowDtype(pa.decimal128(18, 4))),
        }
    )


def cells_of(rows: list[Row]) -> pd.DataFrame:
    """Cells of a wide sheet: one row, from 3, for each region and month, one column, from D, for each indicator."""
    places = {key: number for number, key in enumerate(dict.fromkeys((row[0], row[2]) for row in rows), start=3)}
    return frame(rows).assign(
        indicator=pd.Categorical([row[1] for row in rows]),
        sheet=pd.Series(0, index=range(len(rows)), dtype="int16"),
        row=pd.Series([places[row[0], row[2]] for row in rows], dtype="int32"),
        column=pd.Series([3 + CODES.index(row[1]) for row in rows], dtype="int16"),
    )


def label(sheet: int, position: int) -> tuple[str, str]:
    return "", CATALOG[CODES[position - 3]].title


def check(
    *rows: Row,
    before: list[Row] | None = None,
    closed: set[tuple[int, int]] | None = None,
    months: set[tuple[int, int]] | None = None,
    newest: str = "2026-10",
) -> tuple[list[Fault], list[Doubt]]:
    standing = Standing(frame(before or []), frozenset(closed or ()), frozenset(months or ()))
    newest_month = Month.parse(newest)
    cells = cells_of(list(rows))
    return check_logic(cells, catalog=CATALOG, tree=TREE, standing=standing, newest=newest_month, label=label)


def fault_of(*rows: Row, **given: object) -> Fault:
    faults, _ = check(*rows, **given)  # type: ignore[arg-type]
    assert len(faults) == 1, faults
    return faults[0]


def doubt_of(*rows: Row, **given: object) -> Doubt:
    faults, doubts = check(*rows, **given)  # type: ignore[arg-type]
    assert not faults, faults
    assert len(doubts) == 1, doubts
    return doubts[0]


def assert_silent(*rows: Row, **given: object) -> None:
    assert check(*rows, **given) == ([], [])  # type: ignore[arg-type]


def month_rows(month: str, code: str, values: list[float], villages: tuple[int, ...] = VILLAGES) -> list[Row]:
    return [(village, code, month, value) for village, value in zip(villages, values, strict=False)]
