"""A small tree of 丰都县 (real codes and names), a small catalogue, and a shorthand for reading a text as an upload."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from ecodash.catalog.loader import load_catalog
from ecodash.domain.indicators import SPANS, Aggregation, Catalog, Direction, Indicator, Kind
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, Region, RegionTree
from ecodash.ingest import Intake, read_upload
from ecodash.settings import PROJECT_ROOT

COUNTY = 500230000000
NEWEST = Month(2026, 10)

_TOWNS = {
    500230101000: (
        "虎威镇",
        [
            "001 大池社区",
            "201 荷花村",
            "202 同心村",
            "203 鹦鹉村",
            "204 回龙村",
            "205 香岩村",
            "206 大溪村",
            "207 立石村",
        ],
    ),
    500230102000: (
        "社坛镇",
        [
            "001 社稷坛社区",
            "200 德盛村",
            "201 平安村",
            "202 五福村",
            "203 社坛村",
            "204 三桥村",
            "213 永兴村",
            "215 龙门村",
        ],
    ),
}


def make_indicator(code: str, name: str, unit: str, kind: Kind = Kind.FLOW, **changes: Any) -> Indicator:
    given: dict[str, Any] = {
        "english": code,
        "category": "垃圾治理",
        "aggregation": Aggregation.RATIO if kind is Kind.RATIO else Aggregation.SUM,
        "direction": Direction.HIGHER,
        "decimals": 0,
        "minimum": Decimal(0),
        "maximum": Decimal(1_000_000),
        "definition": name,
    }
    return Indicator(code=code, name=name, unit=unit, kind=kind, **(given | changes))


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    percent = {"decimals": 2, "maximum": Decimal(100), "spans": SPANS}
    return Catalog(
        [
            make_indicator("garbage_cleared", "清理生活垃圾", "吨", decimals=2, aliases=("清理垃圾", "垃圾清运量")),
            make_indicator("bins", "垃圾箱", "个", Kind.STOCK, spans=SPANS),
            make_indicator("households", "户数", "户", Kind.ATTRIBUTE, spans=SPANS),
            make_indicator("sanitary_toilet_households", "卫生户厕户数", "户", Kind.STOCK),
            make_indicator(
                "sanitary_toilet_rate",
                "无害化卫生户厕覆盖率",
                "%",
                Kind.RATIO,
                numerator="sanitary_toilet_households",
                denominator="households",
                aliases=("卫生厕所普及率",),
                **percent,
            ),
            make_indicator("problems_found", "发现问题", "个"),
            make_indicator("problems_closed", "整改销号", "个"),
            make_indicator(
                "rectification_rate",
                "整改率",
                "%",
                Kind.RATIO,
                numerator="problems_closed",
                denominator="problems_found",
                **percent,
            ),
            make_indicator("funds_invested", "投入资金", "万元", decimals=2, minimum=Decimal(-1000)),
            make_indicator(
                "model_level",
                "创建等级",
                "",
                Kind.STOCK,
                aggregation=Aggregation.COUNT,
                maximum=Decimal(3),
                choices=((0, "未创建"), (1, "初级"), (2, "中级"), (3, "高级")),
                report_levels=frozenset({Level.VILLAGE}),
            ),
        ],
        "0" * 64,
        load_catalog(PROJECT_ROOT / "data" / "catalog" / "indicators.toml").units,
    )


@pytest.fixture(scope="session")
def tree() -> RegionTree:
    regions = [
        Region(0, "全国", "全国"),
        Region(500000000000, "重庆市", "重庆市"),
        Region(COUNTY, "丰都县", "丰都县"),
        Region(430321000000, "湘潭县", "湘潭县"),
        Region(430321103000, "石潭镇", "石潭镇"),
        Region(430321103204, "董泉村", "董泉村村民委员会", "村"),
        # One name in two towns, and a village that was merged into its neighbour.
        Region(500230101299, "和平村", "和平村村民委员会", "村"),
        Region(500230102299, "和平村", "和平村村民委员会", "村"),
        Region(500230101298, "旧院村", "旧院村村民委员会", "村", last_month=202512, successor=500230101201),
    ]
    for town, (name, villages) in _TOWNS.items():
        regions.append(Region(town, name, name))
        for village in villages:
            digits, shown = village.split()
            full = shown.replace("社区", "社区居民委员会") if shown.endswith("社区") else f"{shown}村民委员会"
            regions.append(Region(town + int(digits), shown, full, "村"))
    return RegionTree(regions)


@pytest.fixture(scope="session")
def read(catalog: Catalog, tree: RegionTree) -> Callable[..., Intake]:
    """Read a text, or bytes, as an upload for October 2026 within 丰都县, unless told otherwise."""

    def read(content: str | bytes, file_name: str = "上报.csv", **changes: Any) -> Intake:
        data = content.encode() if isinstance(content, str) else content
        given: dict[str, Any] = {"newest": NEWEST, "month": NEWEST, "within": COUNTY}
        return read_upload(data, file_name, catalog=catalog, tree=tree, **(given | changes))

    return read


@pytest.fixture(scope="session")
def fault_of(read: Callable[..., Intake]) -> Callable[..., tuple[str, int | None, str, str]]:
    """The only fault of an upload: code, row, column, value."""

    def fault_of(content: str | bytes, *rest: Any, **changes: Any) -> tuple[str, int | None, str, str]:
        faults = read(content, *rest, **changes).faults
        assert len(faults) == 1, faults
        return faults[0].code, faults[0].row, faults[0].column, faults[0].value

    return fault_of
