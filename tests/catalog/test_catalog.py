"""The catalogue that comes with the software, and what the loader refuses."""

import hashlib
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from ecodash.catalog.loader import load_catalog
from ecodash.domain.indicators import SPANS, Aggregation, Catalog, Kind
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


LIMITED = {
    "household_toilets_built": "households",
    "sanitary_toilet_households": "households",
    "toilet_access_households": "households",
    "sewage_households": "households",
    "natural_villages_served": "natural_villages",
    "sorting_natural_villages": "natural_villages",
    "sewage_treated_villages": "administrative_villages",
    "satisfied_respondents": "respondents",
}

CUMULATIVE = {
    "collection_points",
    "natural_villages_served",
    "sorting_natural_villages",
    "public_toilets",
    "sanitary_toilet_households",
    "toilet_access_households",
    "sewage_households",
    "sewage_treated_villages",
    "model_level",
}


def test_an_amount_that_is_part_of_another_never_exceeds_it(catalog: Catalog) -> None:
    assert {code: i.at_most for code, i in catalog.items() if i.at_most} == LIMITED


def test_the_part_of_a_ratio_is_limited_by_the_whole_unless_it_is_done_later(catalog: Catalog) -> None:
    for code, (numerator, denominator) in PARTS.items():
        if code != "rectification_rate":
            assert catalog[numerator].at_most == denominator
    assert catalog["problems_closed"].at_most == ""


def test_stocks_that_only_grow_are_named(catalog: Catalog) -> None:
    assert {code for code, i in catalog.items() if i.is_cumulative} == CUMULATIVE


def test_a_state_may_be_reported_for_a_longer_period_and_work_may_not(catalog: Catalog) -> None:
    for indicator in catalog.values():
        assert indicator.spans == (() if indicator.kind is Kind.FLOW else SPANS), indicator.code


def test_every_unit_is_declared(catalog: Catalog) -> None:
    for indicator in catalog.values():
        assert catalog.units.knows(indicator.unit), indicator.code


def test_no_name_of_an_indicator_is_a_unit(catalog: Catalog) -> None:
    for indicator in catalog.values():
        for header in (indicator.name, *indicator.aliases):
            assert not catalog.units.knows(header), header


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


PIECE: dict[str, object] = {"name": "个", "dimension": "个数", "factor": "1", "synonyms": ["座"]}
TEN: dict[str, object] = {"name": "十个", "dimension": "个数", "factor": "10"}


def toml_of(entries: list[dict[str, object]], key: str = "indicator") -> str:
    """JSON scalars and arrays are valid TOML values."""
    lines: list[str] = []
    for entry in entries:
        lines.append(f"[[{key}]]")
        lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items()]
    return "\n".join(lines)


def load_text(folder: Path, text: str, units: str | None = None) -> Catalog:
    path = folder / "indicators.toml"
    path.write_text(text, encoding="utf-8")
    if units is not None:
        (folder / "units.toml").write_text(units, encoding="utf-8")
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


def test_units_stand_in_a_file_beside_the_indicators_and_count_in_the_digest(tmp_path: Path) -> None:
    alone = load_text(tmp_path, toml_of([BASE]))
    assert alone.units.factor("座", "个") is None
    catalog = load_text(tmp_path, toml_of([BASE]), toml_of([PIECE, TEN], "unit"))
    assert catalog.units.factor("座", "十个") == Fraction(1, 10)
    assert catalog.digest != alone.digest
    other = load_text(tmp_path, toml_of([BASE]), toml_of([PIECE, TEN | {"factor": "12"}], "unit"))
    assert other.digest != catalog.digest


def test_bounds_growth_spans_and_words_for_the_unit_are_read(tmp_path: Path) -> None:
    changed = {"at_most": "cleaners", "cumulative": True, "spans": ["year", "quarter"], "units": ["桶", "只"]}
    bins = load_text(tmp_path, toml_of([BASE | changed, OTHER]))["bins"]
    assert (bins.at_most, bins.is_cumulative) == ("cleaners", True)
    assert (bins.spans, bins.units) == (("quarter", "year"), ("桶", "只"))
    plain = load_text(tmp_path, toml_of([BASE]))["bins"]
    assert (plain.at_most, plain.is_cumulative, plain.spans, plain.units) == ("", False, SPANS, ())
    flow = BASE | {"kind": "flow"}
    assert load_text(tmp_path, toml_of([flow]))["bins"].spans == ()
    assert load_text(tmp_path, toml_of([flow | {"spans": ["year"]}]))["bins"].spans == ("year",)


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
    "bound that is not there": ([BASE | {"at_most": "cleaners"}], "cleaners"),
    "bound that is itself": ([BASE | {"at_most": "bins"}], "bins"),
    "bounds in a circle": ([BASE | {"at_most": "cleaners"}, OTHER | {"at_most": "bins"}], "绕了一圈"),
    "bound of a ratio": ([BASE, OTHER, RATE | {"at_most": "bins"}], "rate 是 ratio"),
    "bound that is a score": ([BASE | {"at_most": "score"}, SCORE], "score 是 score"),
    "bound of a counted level": ([COUNTED | {"at_most": "cleaners"}, OTHER], "bins 是 stock"),
    "bound that is empty": ([BASE | {"at_most": ""}], "at_most"),
    "growth that is a word": ([BASE | {"cumulative": "yes"}], "cumulative"),
    "a flow that grows": ([BASE | {"kind": "flow", "cumulative": True}], "cumulative"),
    "span of a month": ([BASE | {"spans": ["month"]}], "month"),
    "span given twice": ([BASE | {"spans": ["year", "year"]}], "year"),
    "spans as text": ([BASE | {"spans": "year"}], "spans"),
    "spans as numbers": ([BASE | {"spans": [3]}], "spans"),
    "word for the unit that is empty": ([BASE | {"units": [" "]}], "units"),
    "word for the unit given twice": ([BASE | {"units": ["桶", "（桶）"]}], "units"),
    "word for the unit that is the unit": ([BASE | {"units": ["个"]}], "本来就相同"),
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


UNIT_REFUSALS = {
    "no name": ([without(PIECE, "name")], "缺少 name"),
    "no dimension": ([without(PIECE, "dimension")], "缺少 dimension"),
    "unknown key": ([PIECE | {"size": 1}], "size"),
    "factor that is a number": ([PIECE | {"factor": 1}], "factor"),
    "factor with a point": ([PIECE | {"factor": "0.5"}], "factor"),
    "factor of zero": ([PIECE | {"factor": "0"}], "factor"),
    "factor over zero": ([PIECE | {"factor": "1/0"}], "factor"),
    "factor below zero": ([PIECE | {"factor": "-1"}], "factor"),
    "unit declared twice": ([PIECE, PIECE], "重复"),
    "synonym that is the name": ([PIECE | {"synonyms": ["（个）"]}], "重复"),
    "synonym given twice": ([PIECE | {"synonyms": ["座", "座"]}], "synonyms"),
    "synonym of two units": ([PIECE, TEN | {"synonyms": ["座"]}], "重复"),
    "synonyms as text": ([PIECE | {"synonyms": "座"}], "synonyms"),
    "empty synonym": ([PIECE | {"synonyms": ["单位："]}], "synonyms"),
    "dimension without a base": ([TEN], "基本单位"),
}


@pytest.mark.parametrize(("entries", "named"), UNIT_REFUSALS.values(), ids=UNIT_REFUSALS.keys())
def test_a_bad_unit_is_refused(tmp_path: Path, entries: list[dict[str, object]], named: str) -> None:
    with pytest.raises(CatalogError) as caught:
        load_text(tmp_path, toml_of([BASE]), toml_of(entries, "unit"))
    assert caught.value.file == "units.toml"
    assert named in str(caught.value)


@pytest.mark.parametrize("word", ["座", "十个"])
def test_a_word_that_already_means_something_beside_the_unit_is_refused(tmp_path: Path, word: str) -> None:
    with pytest.raises(CatalogError, match=f"units 中的“{word}”"):
        load_text(tmp_path, toml_of([BASE | {"units": [word]}]), toml_of([PIECE, TEN], "unit"))


@pytest.mark.parametrize("text", ["", "[[unit]\n", "unit = 3", "[[indicator]]\nx = 1"])
def test_a_file_that_declares_no_units_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(CatalogError) as caught:
        load_text(tmp_path, toml_of([BASE]), text)
    assert caught.value.file == "units.toml"
