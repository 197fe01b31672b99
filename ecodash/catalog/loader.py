"""data/catalog/*.toml → Catalog. A bad entry is refused by name, so a mistake never becomes a figure."""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from ecodash.catalog.references import check_references
from ecodash.domain.indicators import SPANS, Aggregation, Catalog, Direction, Indicator, Kind
from ecodash.domain.regions import Level, fold_name
from ecodash.domain.units import Unit, Units, fold_unit
from ecodash.errors import CatalogError

LARGEST_VALUE = Decimal(10**9)
"""Bound of a range's ends; values are DECIMAL(18, 4) in the store and roll-ups must not overflow it."""

UNITS_FILE = "units.toml"
"""Declared units, beside the indicators; where it is not there, no unit is converted."""

_REQUIRED = frozenset(
    {"code", "name", "english", "category", "unit", "kind", "direction", "decimals", "range", "definition"}
)
_OPTIONAL = frozenset(
    {"aliases", "numerator", "denominator", "aggregation", "report_levels", "choices", "source"}
    | {"at_most", "cumulative", "spans", "units"}
)
_UNIT_REQUIRED = frozenset({"name", "dimension", "factor"})
_UNIT_OPTIONAL = frozenset({"synonyms"})
_FACTOR = re.compile(r"[1-9][0-9]{0,11}(?:/[1-9][0-9]{0,11})?")
_CODE = re.compile(r"[a-z][a-z0-9_]*")
_DEFAULT_AGGREGATION = {
    Kind.FLOW: Aggregation.SUM,
    Kind.STOCK: Aggregation.SUM,
    Kind.ATTRIBUTE: Aggregation.SUM,
    Kind.RATIO: Aggregation.RATIO,
    Kind.SCORE: Aggregation.NONE,
}
_ALLOWED_AGGREGATION = {
    Kind.FLOW: {Aggregation.SUM, Aggregation.NONE},
    Kind.STOCK: {Aggregation.SUM, Aggregation.COUNT, Aggregation.NONE},
    Kind.ATTRIBUTE: {Aggregation.SUM, Aggregation.NONE},
    Kind.RATIO: {Aggregation.RATIO},
    Kind.SCORE: {Aggregation.NONE},
}
_DEFAULT_SPANS: Mapping[Kind, tuple[str, ...]] = {
    # A state at the end of a quarter is the state of its last month; what was done in a quarter is not a month's work.
    Kind.FLOW: (),
    Kind.STOCK: SPANS,
    Kind.ATTRIBUTE: SPANS,
    Kind.RATIO: SPANS,
    Kind.SCORE: SPANS,
}

_Choice = TypeVar("_Choice", bound=StrEnum)
_Refuse = Callable[[str], CatalogError]


def load_catalog(path: Path) -> Catalog:
    """The catalogue of a TOML file and of units.toml beside it, every entry and every reference between them checked.

    The digest is taken from the parsed content in canonical JSON, so comments and layout do not change it, while the
    order of entries, which is the order on screen, does.

    Raises:
        CatalogError: a file cannot be read, or an entry is bad; names the file, the entry and the reason.
    """
    parsed = _parse(path, "indicator")
    units_path = path.with_name(UNITS_FILE)
    units = Units.none()
    if units_path.exists():
        parsed |= _parse(units_path, "unit")
        units = _read_units(UNITS_FILE, parsed["unit"])
    indicators = [_read_entry(path.name, number, entry) for number, entry in enumerate(parsed["indicator"], start=1)]
    check_references(path.name, indicators, units)
    canonical = json.dumps(parsed, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return Catalog(indicators, hashlib.sha256(canonical.encode()).hexdigest(), units)


def _parse(path: Path, key: str) -> dict[str, list[object]]:
    """The content of a file that is a list of entries under one key."""
    try:
        parsed = tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogError(path.name, "文件", f"无法读取：{error}") from error
    unknown = sorted(set(parsed) - {key})
    if unknown:
        raise CatalogError(path.name, "文件", f"未知的键 {'、'.join(unknown)}")
    entries = parsed.get(key)
    if not isinstance(entries, list) or not entries:
        raise CatalogError(path.name, "文件", f"没有 [[{key}]] 条目")
    return {key: entries}


# ── units ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_units(file: str, entries: Sequence[object]) -> Units:
    """Declared units: no two written alike, and every dimension with its base unit."""
    units = [_read_unit(file, number, entry) for number, entry in enumerate(entries, start=1)]
    owners: dict[str, str] = {}
    for unit in units:
        for form in (unit.name, *unit.synonyms):
            owner = owners.get(fold_unit(form))
            if owner is not None:
                raise CatalogError(file, unit.name, f"写法“{form}”与单位“{owner}”重复")
            owners[fold_unit(form)] = unit.name
    based = {unit.dimension for unit in units if unit.factor == 1}
    for unit in units:
        if unit.dimension not in based:
            raise CatalogError(file, unit.name, f'量纲“{unit.dimension}”没有 factor 为 "1" 的基本单位')
    return Units(units)


def _read_unit(file: str, number: int, entry: object) -> Unit:
    name = entry.get("name") if isinstance(entry, dict) else None
    label = name if isinstance(name, str) and name else f"第 {number} 项"

    def refuse(reason: str) -> CatalogError:
        return CatalogError(file, label, reason)

    fields = _keys(entry, "unit", _UNIT_REQUIRED, _UNIT_OPTIONAL, refuse)
    factor = fields["factor"]
    if not isinstance(factor, str) or not _FACTOR.fullmatch(factor):
        raise refuse(f'factor 为“{factor}”，应写作文字的正整数或分数，例如 "1/1000"')
    return Unit(
        name=_text(fields, "name", refuse),
        dimension=_text(fields, "dimension", refuse),
        factor=Fraction(factor),
        synonyms=_words(fields.get("synonyms", []), "synonyms", refuse),
    )


# ── one entry ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_entry(file: str, number: int, entry: object) -> Indicator:
    code = entry.get("code") if isinstance(entry, dict) else None
    label = code if isinstance(code, str) and code else f"第 {number} 项"

    def refuse(reason: str) -> CatalogError:
        return CatalogError(file, label, reason)

    entry = _keys(entry, "indicator", _REQUIRED, _OPTIONAL, refuse)
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise refuse("code 应以小写字母开头，只含小写字母、数字和下划线")

    kind = _one_of(Kind, entry["kind"], "kind", refuse)
    aggregation = _DEFAULT_AGGREGATION[kind]
    if "aggregation" in entry:
        aggregation = _one_of(Aggregation, entry["aggregation"], "aggregation", refuse)
    if aggregation not in _ALLOWED_AGGREGATION[kind]:
        raise refuse(f"kind 为 {kind} 的指标不能按 {aggregation} 汇总")
    minimum, maximum = _range(entry["range"], refuse)
    numerator, denominator = _parts(entry, kind, refuse)
    return Indicator(
        code=code,
        name=_text(entry, "name", refuse),
        english=_text(entry, "english", refuse),
        category=_text(entry, "category", refuse),
        unit=_text(entry, "unit", refuse),
        kind=kind,
        aggregation=aggregation,
        direction=_one_of(Direction, entry["direction"], "direction", refuse),
        decimals=_decimals(entry["decimals"], refuse),
        minimum=minimum,
        maximum=maximum,
        definition=_text(entry, "definition", refuse),
        numerator=numerator,
        denominator=denominator,
        aliases=_aliases(entry.get("aliases", []), refuse),
        report_levels=_levels(entry.get("report_levels"), refuse),
        choices=_choices(entry.get("choices"), aggregation, minimum, maximum, refuse),
        source=_text(entry, "source", refuse) if "source" in entry else "",
        at_most=_text(entry, "at_most", refuse) if "at_most" in entry else "",
        is_cumulative=_is_cumulative(entry.get("cumulative", False), kind, refuse),
        spans=_spans(entry.get("spans"), kind, refuse),
        units=_words(entry.get("units", []), "units", refuse),
    )


def _keys(
    entry: object, key: str, required: frozenset[str], optional: frozenset[str], refuse: _Refuse
) -> Mapping[str, object]:
    """An entry that has every required key and no unknown one."""
    if not isinstance(entry, dict):
        raise refuse(f"不是一个条目，应写作 [[{key}]]")
    missing = sorted(required - entry.keys())
    if missing:
        raise refuse(f"缺少 {'、'.join(missing)}")
    unknown = sorted(entry.keys() - required - optional)
    if unknown:
        raise refuse(f"未知的键 {'、'.join(unknown)}")
    return entry


def _text(entry: Mapping[str, object], key: str, refuse: _Refuse) -> str:
    value = entry[key]
    if not isinstance(value, str) or not value.strip():
        raise refuse(f"{key} 应是非空文字")
    return value.strip()


def _one_of(choices: type[_Choice], value: object, key: str, refuse: _Refuse) -> _Choice:
    for choice in choices:
        if choice.value == value:
            return choice
    raise refuse(f"{key} 为“{value}”，只能是 {'、'.join(choices)}")


def _is_integer(value: object) -> bool:
    # TOML's true is an int to Python.
    return isinstance(value, int) and not isinstance(value, bool)


def _decimals(value: object, refuse: _Refuse) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 4:
        raise refuse(f"decimals 为 {value}，应是 0 到 4 的整数")
    return value


def _range(value: object, refuse: _Refuse) -> tuple[Decimal, Decimal]:
    if not isinstance(value, list) or len(value) != 2:
        raise refuse("range 应写作 [最小值, 最大值]")
    ends: list[Decimal] = []
    for end in value:
        if not (_is_integer(end) or (isinstance(end, Decimal) and end.is_finite())):
            raise refuse(f"range 中的 {end} 不是数")
        ends.append(Decimal(end))
    minimum, maximum = ends
    if minimum >= maximum:
        raise refuse(f"range 的最小值 {minimum} 不小于最大值 {maximum}")
    if max(abs(minimum), abs(maximum)) > LARGEST_VALUE:
        raise refuse(f"range 的绝对值不得超过 {LARGEST_VALUE}")
    return minimum, maximum


def _parts(entry: Mapping[str, object], kind: Kind, refuse: _Refuse) -> tuple[str, str]:
    """Codes of numerator and denominator; whether they exist is checked when all entries are read."""
    if kind is not Kind.RATIO:
        given = [key for key in ("numerator", "denominator") if key in entry]
        if given:
            raise refuse(f"kind 为 {kind} 的指标不能有 {'、'.join(given)}")
        return "", ""
    absent = [key for key in ("numerator", "denominator") if key not in entry]
    if absent:
        raise refuse(f"比率缺少 {'、'.join(absent)}")
    return _text(entry, "numerator", refuse), _text(entry, "denominator", refuse)


def _aliases(value: object, refuse: _Refuse) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(alias, str) and fold_name(alias) for alias in value):
        raise refuse("aliases 应是非空文字的列表")
    return tuple(value)


def _levels(value: object, refuse: _Refuse) -> frozenset[Level]:
    if value is None:
        return frozenset(Level)
    if not isinstance(value, list) or not value:
        raise refuse("report_levels 应是层级的列表，不可为空")
    return frozenset(_one_of(Level, level, "report_levels", refuse) for level in value)


def _is_cumulative(value: object, kind: Kind, refuse: _Refuse) -> bool:
    if not isinstance(value, bool):
        raise refuse(f"cumulative 为 {value}，只能是 true 或 false")
    if value and kind is not Kind.STOCK:
        raise refuse(f"kind 为 {kind} 的指标不能是 cumulative：只有存量才谈得上只增不减")
    return value


def _spans(value: object, kind: Kind, refuse: _Refuse) -> tuple[str, ...]:
    """Longer reporting periods in the order of SPANS."""
    if value is None:
        return _DEFAULT_SPANS[kind]
    if not isinstance(value, list) or not all(isinstance(span, str) for span in value):
        raise refuse("spans 应是文字的列表，只按月填报写作 []")
    unknown = [span for span in value if span not in SPANS]
    if unknown or len(set(value)) < len(value):
        raise refuse(f"spans 中有“{(unknown or value)[0]}”，只能从 {'、'.join(SPANS)} 中取，每种一次")
    return tuple(span for span in SPANS if span in value)


def _words(value: object, key: str, refuse: _Refuse) -> tuple[str, ...]:
    """Ways to write a unit, each once in its folded form."""
    if not isinstance(value, list) or not all(isinstance(word, str) and fold_unit(word) for word in value):
        raise refuse(f"{key} 应是非空文字的列表")
    if len({fold_unit(word) for word in value}) < len(value):
        raise refuse(f"{key} 中有重复的写法")
    return tuple(value)


def _choices(
    value: object, aggregation: Aggregation, minimum: Decimal, maximum: Decimal, refuse: _Refuse
) -> tuple[tuple[int, str], ...]:
    """Names of the values of a counted level: whole numbers inside the range, each once."""
    if value is None:
        if aggregation is Aggregation.COUNT:
            raise refuse("按 count 汇总的指标缺少 choices")
        return ()
    if aggregation is not Aggregation.COUNT:
        raise refuse("只有按 count 汇总的指标才有 choices")
    if not isinstance(value, list) or not value:
        raise refuse("choices 应写作 [[0, 名称], [1, 名称]]")
    choices: list[tuple[int, str]] = []
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2:
            raise refuse("choices 应写作 [[0, 名称], [1, 名称]]")
        number, name = pair
        if not _is_integer(number) or not isinstance(name, str) or not name.strip():
            raise refuse("choices 应写作 [[0, 名称], [1, 名称]]")
        if not minimum <= number <= maximum:
            raise refuse(f"choices 中的 {number} 不在 range 之内")
        choices.append((number, name.strip()))
    if len({number for number, _ in choices}) < len(choices) or len({name for _, name in choices}) < len(choices):
        raise refuse("choices 中有重复的取值或名称")
    return tuple(choices)
