"""The catalogue that comes with the software, and what the loader refuses."""

import hashlib
import json
from decimal import Decimal
from pathlib import Path

import pytest

from ecodash.catalog.loader import load_catalog
from ecodash.domain.indicators import Aggregation, Catalog, Kind
from ecodash.domain.regions import Level, fold_name
from ecodash.errors import CatalogError
from ecodash.settings import PROJECT_ROOT

SHIPPED = PROJECT_ROOT / "data" / "catalog" / "indicators.toml"

EXPECTED = {
    "households": ("户数", "户", Kind.ATTRIBUTE),
    "population": ("人口", "人", Kind.ATTRIBUTE),
    "natural_villages": ("自然村数", "个", Kind.ATTRIBUTE),
    "administrative_villages": ("行政村数", "个", Kind.ATTRIBUTE),
    "garbage_cleared": ("清理生活垃圾", "吨", Kind.FLOW),
    "dump_sites_cleared": ("整治非正规垃圾堆放点", "处", Kind.FLOW),
    "collection_points": ("垃圾分类收集点", "个", Kind.STOCK),
    "bins": ("垃圾箱", "个", Kind.STOCK),
    "natural_villages_served": ("收运处置覆盖自然村数", "个", Kind.STOCK),
    "waste_service_rate": ("生活垃圾收运处置率", "%", Kind.RATIO),
    "sorting_natural_villages": ("开展垃圾分类自然村数", "个", Kind.STOCK),
    "waste_sorting_rate": ("垃圾分类覆盖率", "%", Kind.RATIO),
    "cleaners": ("保洁员", "人", Kind.STOCK),
    "household_toilets_built": ("改造户厕", "座", Kind.FLOW),
    "public_toilets_built": ("新建公厕", "座", Kind.FLOW),
    "public_toilets": ("公厕", "座", Kind.STOCK),
    "sanitary_toilet_households": ("卫生户厕户数", "户", Kind.STOCK),
    "sanitary_toilet_rate": ("无害化卫生户厕覆盖率", "%", Kind.RATIO),
    "toilet_access_households": ("使用卫生厕所户数", "户", Kind.STOCK),
    "toilet_access_rate": ("卫生厕所普及率", "%", Kind.RATIO),
    "sewer_pipe_laid": ("铺设污水管网", "公里", Kind.FLOW),
    "sewage_households": ("生活污水纳管或治理户数", "户", Kind.STOCK),
    "sewage_coverage_rate": ("生活污水治理率", "%", Kind.RATIO),
    "sewage_treated_villages": ("完成生活污水治理的行政村数", "个", Kind.STOCK),
    "sewage_village_rate": ("行政村生活污水治理率", "%", Kind.RATIO),
    "black_water_cleared": ("黑臭水体整治", "处", Kind.FLOW),
    "clutter_cleared": ("清理乱堆乱放", "处", Kind.FLOW),
    "illegal_structures_removed": ("拆除私搭乱建", "平方米", Kind.FLOW),
    "old_houses_removed": ("拆除危旧房空心房", "间", Kind.FLOW),
    "ditches_dredged": ("清理沟渠", "公里", Kind.FLOW),
    "ponds_cleared": ("清理水塘", "口", Kind.FLOW),
    "roads_hardened": ("硬化道路", "公里", Kind.FLOW),
    "patrols": ("巡查", "次", Kind.FLOW),
    "problems_found": ("发现问题", "个", Kind.FLOW),
    "problems_closed": ("整改销号", "个", Kind.FLOW),
    "rectification_rate": ("整改率", "%", Kind.RATIO),
    "funds_invested": ("投入资金", "万元", Kind.FLOW),
    "satisfied_respondents": ("满意人数", "人", Kind.STOCK),
    "respondents": ("受访人数", "人", Kind.STOCK),
    "satisfaction": ("群众满意度", "%", Kind.RATIO),
    "assessment_score": ("考核得分", "分", Kind.SCORE),
    "announced_score": ("明查得分", "分", Kind.SCORE),
    "unannounced_score": ("暗访得分", "分", Kind.SCORE),
    "model_level": ("创建等级", "级", Kind.STOCK),
}

PARTS = {
    "waste_service_rate": ("natural_villages_served", "natural_villages"),
    "waste_sorting_rate": ("sorting_natural_villages", "natural_villages"),
    "sanitary_toilet_rate": ("sanitary_toilet_households", "households"),
    "toilet_access_rate": ("toilet_access_households", "households"),
    "sewage_coverage_rate": ("sewage_households", "households"),
    "sewage_village_rate": ("sewage_treated_villages", "administrative_villages"),
    "rectification_rate": ("problems_closed", "problems_found"),
    "satisfaction": ("satisfied_respondents", "respondents"),
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(SHIPPED)


def test_every_indicator_is_present_with_name_unit_and_kind(catalog: Catalog) -> None:
    assert {code: (i.name, i.unit, i.kind) for code, i in catalog.items()} == EXPECTED


def test_ratios_name_their_parts(catalog: Catalog) -> None:
    ratios = {code: (i.numerator, i.denominator) for code, i in catalog.items() if i.kind is Kind.RATIO}
    assert ratios == PARTS


def test_aggregation_follows_kind_unless_stated(catalog: Catalog) -> None:
    assert catalog["bins"].aggregation is Aggregation.SUM
    assert catalog["households"].aggregation is Aggregation.SUM
    assert catalog["satisfaction"].aggregation is Aggregation.RATIO
    assert catalog["assessment_score"].aggregation is Aggregation.NONE


def test_model_level_is_counted_and_reported_by_villages_only(catalog: Catalog) -> None:
    level = catalog["model_level"]
    assert level.aggregation is Aggregation.COUNT
    assert level.report_levels == {Level.VILLAGE}
    assert level.choices == ((0, "未创建"), (1, "初级"), (2, "中级"), (3, "高级"))


def test_the_two_toilet_rates_say_that_they_differ(catalog: Catalog) -> None:
    assert catalog["toilet_access_rate"].name in catalog["sanitary_toilet_rate"].definition
    assert catalog["sanitary_toilet_rate"].name in catalog["toilet_access_rate"].definition


def test_every_percentage_lies_between_0_and_100(catalog: Catalog) -> None:
    for indicator in catalog.values():
        if indicator.unit == "%":
            assert (indicator.minimum, indicator.maximum) == (Decimal(0), Decimal(100)), indicator.code


def test_no_header_ends_in_brackets_where_a_unit_stands(catalog: Catalog) -> None:
    for indicator in catalog.values():
        for header in (indicator.name, *indicator.aliases):
            assert not header.endswith((")", ")")), header
            assert fold_name(header), header


# ── refusals ───────────────────────────────────────────────────────────────────────────────────────────────────────

BASE: dict[str, object] = {
    "code": "bins",
    "name": "垃圾箱",
    "english": "Bins",
    "category": "垃圾治理",
    "unit": "个",
    "kind": "stock",
    "direction": "higher",
    "decimals": 0,
    "range": [0, 100],
    "definition": "月末在用的垃圾箱数。",
}
OTHER = BASE | {"code": "cleaners", "name": "保洁员"}
RATE = BASE | {"code": "rate", "name": "覆盖率", "kind": "ratio", "numerator": "bins", "denominator": "cleaners"}
SCORE = BASE | {"code": "score", "name": "得分", "kind": "score"}
COUNTED = BASE | {"aggregation": "count", "range": [0, 3], "choices": [[0, "无"], [1, "有"]]}


def toml_of(entries: list[dict[str, object]]) -> str:
    """JSON scalars and arrays are valid TOML values."""
    lines: list[str] = []
    for entry in entries:
        lines.append("[[indicator]]")
        lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items()]
    return "\n".join(lines)


def load_text(folder: Path, text: str) -> Catalog:
    path = folder / "indicators.toml"
    path.write_text(text, encoding="utf-8")
    return load_catalog(path)


def without(entry: dict[str, object], key: str) -> dict[str, object]:
    return {name: value for name, value in entry.items() if name != key}


def test_a_good_file_loads(tmp_path: Path) -> None:
    catalog = load_text(tmp_path, toml_of([BASE, OTHER, RATE, SCORE]))
    assert list(catalog) == ["bins", "cleaners", "rate", "score"]
    assert load_text(tmp_path, toml_of([COUNTED]))["bins"].choices == ((0, "无"), (1, "有"))


def test_the_digest_names_the_content_and_not_the_layout(tmp_path: Path) -> None:
    plain = load_text(tmp_path, toml_of([BASE])).digest
    assert load_text(tmp_path, "# 注释\n\n" + toml_of([dict(reversed(BASE.items()))])).digest == plain
    assert load_text(tmp_path, toml_of([BASE | {"decimals": 1}])).digest != plain
    canonical = json.dumps({"indicator": [BASE]}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert plain == hashlib.sha256(canonical.encode()).hexdigest()


REFUSALS = {
    "unknown key": ([BASE | {"colour": "red"}], "colour"),
    "bad kind": ([BASE | {"kind": "gauge"}], "gauge"),
    "kind of another type": ([BASE | {"kind": 1}], "kind"),
    "bad direction": ([BASE | {"direction": "up"}], "up"),
    "bad aggregation": ([BASE | {"aggregation": "mean"}], "mean"),
    "aggregation that does not fit the kind": ([BASE | {"aggregation": "ratio"}], "ratio"),
    "score that sums": ([SCORE | {"aggregation": "sum"}], "sum"),
    "empty category": ([BASE | {"category": " "}], "category"),
    "empty definition": ([BASE | {"definition": ""}], "definition"),
    "name that is a number": ([BASE | {"name": 5}], "name"),
    "decimals above 4": ([BASE | {"decimals": 5}], "decimals"),
    "decimals below 0": ([BASE | {"decimals": -1}], "decimals"),
    "decimals that are true": ([BASE | {"decimals": True}], "decimals"),
    "range upside down": ([BASE | {"range": [10, 1]}], "range"),
    "range of one point": ([BASE | {"range": [1, 1]}], "range"),
    "range of one end": ([BASE | {"range": [1]}], "range"),
    "range of text": ([BASE | {"range": ["0", "9"]}], "range"),
    "range the store cannot hold": ([BASE | {"range": [0, 1_000_000_001]}], "range"),
    "duplicate code": ([BASE, BASE | {"name": "垃圾桶"}], "bins"),
    "duplicate name": ([BASE, BASE | {"code": "boxes"}], "垃圾箱"),
    "name of another in full width": ([OTHER | {"name": "PM"}, BASE | {"name": "PM "}], "PM"),
    "alias that is another's name": ([BASE, OTHER | {"aliases": ["垃圾 箱"]}], "垃圾 箱"),
    "alias of two entries": ([BASE | {"aliases": ["桶"]}, OTHER | {"aliases": ["桶"]}], "桶"),
    "alias that is another's code": ([BASE, OTHER | {"aliases": ["bins"]}], "bins"),
    "alias given twice": ([BASE | {"aliases": ["桶", "桶"]}], "桶"),
    "alias that heads the column of villages": ([BASE | {"aliases": ["行政 村"]}], "行政 村"),
    "empty alias": ([BASE | {"aliases": [" "]}], "aliases"),
    "aliases as text": ([BASE | {"aliases": "桶"}], "aliases"),
    "ratio without numerator": ([BASE, OTHER, without(RATE, "numerator")], "numerator"),
    "ratio without denominator": ([BASE, OTHER, without(RATE, "denominator")], "denominator"),
    "ratio of an unknown part": ([BASE, RATE], "cleaners"),
    "ratio of a ratio": ([BASE, OTHER, RATE, RATE | {"code": "r2", "name": "率二", "numerator": "rate"}], "rate"),
    "ratio of a score": ([BASE, SCORE, RATE | {"denominator": "score"}], "score"),
    "ratio of a counted level": ([COUNTED, OTHER, RATE], "bins"),
    "ratio of one part twice": ([BASE, RATE | {"denominator": "bins"}], "相同"),
    "numerator on a stock": ([BASE | {"numerator": "cleaners"}, OTHER], "numerator"),
    "bad level": ([BASE | {"report_levels": ["hamlet"]}], "hamlet"),
    "no level": ([BASE | {"report_levels": []}], "report_levels"),
    "code in capitals": ([BASE | {"code": "Bins"}], "code"),
    "code beginning with a digit": ([BASE | {"code": "2bins"}], "code"),
    "code with a newline": ([BASE | {"code": "bins\n"}], "code"),
    "choices without count": ([BASE | {"choices": [[0, "无"]]}], "choices"),
    "count without choices": ([without(COUNTED, "choices")], "choices"),
    "choice outside the range": ([COUNTED | {"choices": [[7, "七"]]}], "7"),
    "choice given twice": ([COUNTED | {"choices": [[1, "甲"], [1, "乙"]]}], "choices"),
    "choice without a name": ([COUNTED | {"choices": [[1]]}], "choices"),
}


@pytest.mark.parametrize(("entries", "named"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_bad_entry_is_refused(tmp_path: Path, entries: list[dict[str, object]], named: str) -> None:
    with pytest.raises(CatalogError) as caught:
        load_text(tmp_path, toml_of(entries))
    assert caught.value.file == "indicators.toml"
    assert caught.value.entry in {str(entry["code"]) for entry in entries}
    assert named in str(caught.value)


@pytest.mark.parametrize("key", sorted(BASE))
def test_a_missing_key_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(CatalogError, match=f"缺少 {key}") as caught:
        load_text(tmp_path, toml_of([without(BASE, key)]))
    assert caught.value.entry == ("第 1 项" if key == "code" else "bins")


@pytest.mark.parametrize("end", ["nan", "inf"])
def test_a_range_without_end_is_refused(tmp_path: Path, end: str) -> None:
    with pytest.raises(CatalogError, match="range"):
        load_text(tmp_path, toml_of([without(BASE, "range")]) + f"\nrange = [0, {end}]")


@pytest.mark.parametrize("text", ["", "[[indicator]\n", "indicator = 3", "indicator = [1]", "[metric]\nx = 1"])
def test_a_file_that_is_no_catalogue_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(CatalogError):
        load_text(tmp_path, text)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="无法读取"):
        load_catalog(tmp_path / "indicators.toml")
