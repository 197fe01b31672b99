"""Composites: several indicators made one score by stated weights.

Every item becomes 0 to 100 points by its own method, the score is the mean of the points by weight, and what was
missing is said beside it: a score stands only where enough of the weight is behind it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from ecodash.domain.indicators import Catalog, Kind
from ecodash.errors import UserError
from ecodash.i18n import gettext as _

FULL_WEIGHT = Decimal(100)
LEAST_WEIGHT = Decimal(60)
"""How much of the weight must be behind a score unless the composite says otherwise."""
MOST_ITEMS = 20
_CODE = re.compile(r"composite-([1-9][0-9]{0,8})")


class Scoring(StrEnum):
    """How an item's value becomes 0 to 100 points.

    span: linear between the worst (0) and the best (100) value among the units ranked; all equal: 100 each;
    target: the value's share of a full mark in percent, at most 100; where lower is better, the points fall from 100
    at zero to 0 at the full mark;
    direct: the value itself, held to 0–100 (rates and scores); 100 minus it where lower is better.
    """

    SPAN = "span"
    TARGET = "target"
    DIRECT = "direct"

    @property
    def label(self) -> str:
        return {
            Scoring.SPAN: _("最好最差之间"),
            Scoring.TARGET: _("按满分值折算"),
            Scoring.DIRECT: _("直接用数值"),
        }[self]


@dataclass(frozen=True, slots=True)
class CompositeItem:
    """One indicator of a composite.

    Args:
        indicator: code.
        weight: in percent, above 0.
        scoring: how its value becomes points.
        full: the value that earns full points; of Scoring.TARGET only, above 0.
    """

    indicator: str
    weight: Decimal
    scoring: Scoring = Scoring.SPAN
    full: Decimal | None = None

    def __post_init__(self) -> None:
        if not (self.weight.is_finite() and self.weight > 0):
            raise UserError(_("每项权重都要大于 0。"), _("请填写权重，或去掉这一项。"))
        if self.scoring is Scoring.TARGET and not (self.full is not None and self.full.is_finite() and self.full > 0):
            raise UserError(_("“按满分值折算”的项要有大于 0 的满分值。"), _("请填写满分值，或换一种计分方法。"))


@dataclass(frozen=True, slots=True)
class Composite:
    """Weighted indicators under one name.

    Args:
        name: as people call it.
        items: each indicator at most once; weights sum to 100.
        least_weight: percent of the weight that must be present for a unit to have a score.
    """

    name: str
    items: tuple[CompositeItem, ...]
    least_weight: Decimal = LEAST_WEIGHT

    def __post_init__(self) -> None:
        if not 1 <= len(self.items) <= MOST_ITEMS:
            raise UserError(_("综合评价要有 1 至 {most} 项指标。").format(most=MOST_ITEMS), _("请增减指标后再保存。"))
        codes = [item.indicator for item in self.items]
        if len(set(codes)) < len(codes):
            raise UserError(_("同一指标不能列两次。"), _("请合并重复的项。"))
        total = sum((item.weight for item in self.items), Decimal(0))
        if total != FULL_WEIGHT:
            raise UserError(
                _("各项权重之和应为 100%，现在是 {total}%。").format(total=_plain(total)), _("请调整权重。")
            )
        if not 0 < self.least_weight <= FULL_WEIGHT:
            raise UserError(_("最低权重应大于 0%，不超过 100%。"), _("请填写 1 至 100 之间的数。"))

    @property
    def codes(self) -> list[str]:
        """Codes of the indicators, in order."""
        return [item.indicator for item in self.items]

    @property
    def weights(self) -> dict[str, float]:
        return {item.indicator: float(item.weight) for item in self.items}

    def to_content(self) -> dict[str, Any]:
        """Plain values, as a definition keeps them; the name is the definition's."""
        return {
            "items": [
                {
                    "indicator": item.indicator,
                    "weight": _plain(item.weight),
                    "scoring": item.scoring.value,
                    **({} if item.full is None else {"full": _plain(item.full)}),
                }
                for item in self.items
            ],
            "least_weight": _plain(self.least_weight),
        }

    @classmethod
    def from_content(cls, content: Mapping[str, Any], name: str = "") -> "Composite":
        """The composite a definition keeps.

        Raises:
            UserError: the content is not that of a composite.
        """
        try:
            items = tuple(
                CompositeItem(
                    str(item["indicator"]),
                    Decimal(str(item["weight"])),
                    Scoring(item.get("scoring", Scoring.SPAN)),
                    None if item.get("full") is None else Decimal(str(item["full"])),
                )
                for item in content["items"]
            )
            least = Decimal(str(content.get("least_weight", LEAST_WEIGHT)))
        except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation):
            raise UserError(_("这个综合评价的内容无法读取。"), _("请重新定义并保存。")) from None
        return cls(name, items, least)


def reweighted(items: Sequence[CompositeItem], indicator: str, weight: Decimal) -> tuple[CompositeItem, ...]:
    """The items with one weight changed and the others shrunk or grown in proportion, so that the sum stays 100.

    Weights are rounded to two decimals; the last of the others takes the rest.

    Raises:
        UserError: the indicator is not among them, or the weight leaves nothing for the others.
    """
    others = [item for item in items if item.indicator != indicator]
    if len(others) == len(items) or not others or not 0 < weight < FULL_WEIGHT:
        raise UserError(_("权重要大于 0%，小于 100%。"), _("请填写 1 至 99 之间的数。"))
    rest = sum((item.weight for item in others), Decimal(0))
    left = FULL_WEIGHT - weight
    shares = {item.indicator: (item.weight / rest * left).quantize(Decimal("0.01")) for item in others}
    last = others[-1].indicator
    shares[last] = left - sum((share for code, share in shares.items() if code != last), Decimal(0))
    shares[indicator] = weight
    return tuple(CompositeItem(one.indicator, shares[one.indicator], one.scoring, one.full) for one in items)


def check_items(composite: Composite, catalog: Catalog) -> None:
    """That every item is an indicator units can be scored on.

    Raises:
        UserError: an indicator does not exist, or is a fact of the region, not a result.
    """
    for item in composite.items:
        if item.indicator not in catalog or catalog[item.indicator].kind is Kind.ATTRIBUTE:
            raise UserError(
                _("“{indicator}”不能列入综合评价。").format(indicator=item.indicator[:60]),
                _("请从指标目录中选择。"),
            )


def composite_code(number: int) -> str:
    """What a selection and an address call version number of a composite: composite-12."""
    return f"composite-{number}"


def find_composite_number(code: str) -> int | None:
    """The number of the version a code names; None where it names none."""
    found = _CODE.fullmatch(code)
    return int(found[1]) if found else None


def _plain(number: Decimal) -> str:
    """12.5, 100: without an exponent or zeros at the end."""
    shown = f"{number:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
