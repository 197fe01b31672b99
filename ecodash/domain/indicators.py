"""Indicators: what a figure means, how it rolls up over villages and months, and which way is better."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ecodash.domain.periods import CARRY_MONTHS
from ecodash.domain.regions import Level
from ecodash.domain.units import Units
from ecodash.errors import IndicatorUnknown
from ecodash.i18n import gettext, is_english, marked

SHOWN_DECIMALS = 2
SPANS = ("quarter", "half", "year")
"""Reporting periods longer than a month."""


class Kind(StrEnum):
    """What a figure is.

    flow: done in the month; stock: state at its end; ratio: numerator over denominator, in percent;
    score: points of an assessment; attribute: a fact of the region (households), a denominator.
    """

    FLOW = "flow"
    STOCK = "stock"
    RATIO = "ratio"
    SCORE = "score"
    ATTRIBUTE = "attribute"

    @property
    def label(self) -> str:
        return gettext(
            {
                Kind.FLOW: marked("当月完成量"),
                Kind.STOCK: marked("月末存量"),
                Kind.RATIO: marked("比率"),
                Kind.SCORE: marked("得分"),
                Kind.ATTRIBUTE: marked("区域基础数据"),
            }[self]
        )

    @property
    def carry_months(self) -> int:
        """How many months after its report a value still stands: flows and scores none, stocks and ratios 12,
        attributes until they are reported anew. Source: domain rule 沿用."""
        return {Kind.FLOW: 0, Kind.SCORE: 0, Kind.STOCK: CARRY_MONTHS, Kind.RATIO: CARRY_MONTHS, Kind.ATTRIBUTE: 1200}[
            self
        ]


class Aggregation(StrEnum):
    """How villages make a town: sum; sum over sum; count of villages above zero; or not at all."""

    SUM = "sum"
    RATIO = "ratio"
    COUNT = "count"
    NONE = "none"


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One entry of the catalogue.

    Args:
        code: stable identifier, ASCII snake case.
        name, english: Chinese and English name.
        category: Chinese category (垃圾治理 …).
        unit: unit of a value as reported.
        kind, aggregation, direction: see the enumerations.
        decimals: digits kept after the point.
        minimum, maximum: valid range of one reported value, both included.
        definition: 口径, what is counted.
        numerator, denominator: codes of the parts, for a ratio.
        aliases: headers seen in real files.
        report_levels: levels a value may be reported at.
        choices: names of the values of a counted level (0 未创建 …).
        source: where the definition comes from.
        at_most: code of an indicator whose value this one can never exceed in the same region and month; empty: none.
        is_cumulative: whether it is a stock that is not expected to fall from month to month.
        spans: periods longer than a month, of SPANS, a figure may be reported for; it is filed at their last month.
        units: further words that mean the unit for this indicator alone (改造户厕 12 户).
    """

    code: str
    name: str
    english: str
    category: str
    unit: str
    kind: Kind
    aggregation: Aggregation
    direction: Direction
    decimals: int
    minimum: Decimal
    maximum: Decimal
    definition: str
    numerator: str = ""
    denominator: str = ""
    aliases: tuple[str, ...] = ()
    report_levels: frozenset[Level] = frozenset(Level)
    choices: tuple[tuple[int, str], ...] = ()
    source: str = ""
    at_most: str = ""
    is_cumulative: bool = False
    spans: tuple[str, ...] = ()
    units: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name in the language of the context; Chinese where there is no English one."""
        return self.english if self.english and is_english() else self.name

    @property
    def shown_decimals(self) -> int:
        """Digits shown on a screen: offices write at most two; files and origins keep every one."""
        return min(self.decimals, SHOWN_DECIMALS)

    @property
    def rolled_unit(self) -> str:
        """Unit of a rolled-up value: a counted level is a number of villages."""
        return marked("个村") if self.aggregation is Aggregation.COUNT else self.unit

    def shown_at(self, level: Level) -> tuple[str, int]:
        """Unit and decimals of a figure at a level: above the village a counted level is a whole number of villages."""
        if level is Level.VILLAGE or self.unit == self.rolled_unit:
            return self.unit, self.shown_decimals
        return self.rolled_unit, 0

    @property
    def title(self) -> str:
        """Name with unit, as a column heads it."""
        return f"{self.name}({self.unit})" if self.unit else self.name


class Catalog(Mapping[str, Indicator]):
    """Indicators by code, in the order of the catalogue; immutable.

    Args:
        indicators: entries whose references have been checked by the loader.
        digest: SHA-256 of the catalogue and its units, the version a snapshot names.
        units: declared units of measurement.
    """

    def __init__(self, indicators: list[Indicator], digest: str, units: Units | None = None) -> None:
        self._by_code = {indicator.code: indicator for indicator in indicators}
        self.digest = digest
        self.units = Units.none() if units is None else units

    def __getitem__(self, code: str) -> Indicator:
        try:
            return self._by_code[code]
        except KeyError:
            raise IndicatorUnknown(f"没有指标“{code[:60]}”。", "请在指标目录中核对代码。") from None

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_code)

    def __len__(self) -> int:
        return len(self._by_code)

    @property
    def categories(self) -> list[str]:
        """Categories in order of first appearance."""
        return list(dict.fromkeys(indicator.category for indicator in self._by_code.values()))

    def parts_of(self, codes: list[str]) -> list[str]:
        """These indicators with the numerators and denominators of the ratios among them, each once."""
        wanted = dict.fromkeys(codes)
        for code in codes:
            indicator = self[code]
            if indicator.aggregation is Aggregation.RATIO:
                wanted[indicator.numerator] = None
                wanted[indicator.denominator] = None
        return list(wanted)
