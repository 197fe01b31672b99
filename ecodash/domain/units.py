"""Units of measurement: which written units mean the same, and by what exact factor one becomes another."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

SCALES: Mapping[str, int] = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
"""Characters that multiply a number or a unit: 5.2万, 万元."""

_BRACKETS = str.maketrans("【】〔〕[]{}", "()()()()")
_DROPPED = re.compile(r"[\s\u200b-\u200f\ufeff^]+")
_PREFIX = re.compile(r"(?:计量|数量|指标)?单位[:/]?")
_LONGEST = 200


@lru_cache(maxsize=4096)
def fold_unit(text: str) -> str:
    """The comparable form of a unit: NFKC (m² and ㎡ are m2), lower case, without brackets around it, spaces, and the
    word 单位 before it."""
    folded = unicodedata.normalize("NFKC", text[:_LONGEST]).translate(_BRACKETS)
    folded = _DROPPED.sub("", folded).casefold()
    while len(folded) > 2 and folded[0] == "(" and folded[-1] == ")":
        folded = folded[1:-1]
    return _PREFIX.sub("", folded, count=1) if _PREFIX.match(folded) else folded


@dataclass(frozen=True, slots=True)
class Unit:
    """One declared unit.

    Args:
        name: as it is shown.
        dimension: what it measures (质量); units of one dimension are converted into each other.
        factor: its size in the dimension's base unit, exact.
        synonyms: other ways to write it.
    """

    name: str
    dimension: str
    factor: Fraction
    synonyms: tuple[str, ...] = ()


class Measured(Protocol):
    """What has a unit, and words of its own that mean it: an indicator."""

    @property
    def unit(self) -> str: ...

    @property
    def units(self) -> tuple[str, ...]: ...


class Units:
    """Declared units by every way to write them; immutable.

    Args:
        units: entries of which no two are written alike, as the loader checks.
    """

    def __init__(self, units: Iterable[Unit]) -> None:
        self._by_form: dict[str, Unit] = {}
        for unit in units:
            for form in (unit.name, *unit.synonyms):
                self._by_form[fold_unit(form)] = unit

    @staticmethod
    def none() -> "Units":
        """No unit is declared: each is the same as itself only."""
        return _NONE

    def knows(self, written: str) -> bool:
        """Whether a text names a declared unit."""
        return fold_unit(written) in self._by_form

    def factor_for(self, written: str, indicator: Measured) -> Fraction | None:
        """What a number in a written unit is multiplied by to be in an indicator's; None where it cannot be.

        No unit written is the indicator's own.
        """
        if not written or written == indicator.unit:
            return _ONE
        if indicator.units and fold_unit(written) in map(fold_unit, indicator.units):
            return _ONE
        return self.factor(written, indicator.unit)

    def factor(self, written: str, wanted: str) -> Fraction | None:
        """What a number in one unit is multiplied by to be in another; None where they measure different things.

        A scale alone (万) is that many of the wanted unit where such a unit is declared (万户), and the wanted unit
        itself where that begins with it (万元).
        """
        form, wanted_form = fold_unit(written), fold_unit(wanted)
        if form == wanted_form:
            return _ONE
        if form in SCALES:
            if wanted_form.startswith(form):
                return _ONE
            form += wanted_form
        unit, wanted_unit = self._by_form.get(form), self._by_form.get(wanted_form)
        if unit is None or wanted_unit is None or unit.dimension != wanted_unit.dimension:
            return None
        return unit.factor / wanted_unit.factor


_ONE = Fraction(1)
_NONE = Units([])
