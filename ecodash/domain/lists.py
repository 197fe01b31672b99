"""红黑榜: the rule by which a month's units are honoured (red) or criticised (black), and who is on a list.

Red honours and black criticises: red is no colour of warning here. A unit is never on both lists.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from ecodash.domain.comparison import Against, Comparison, Span
from ecodash.domain.composite import find_composite_number
from ecodash.domain.indicators import Catalog, Direction, Kind
from ecodash.domain.regions import Level, key_range, level_of, region_code, region_key
from ecodash.errors import RegionUnknown, UserError
from ecodash.i18n import gettext as _

MOST_PLACES = 100
"""A list longer than this honours nobody."""
LONGEST_RULE_NAME = 40
"""Leaves room for the month in the name of a month's reasons."""
LONGEST_REASON = 300


class Side(StrEnum):
    """One of the two lists."""

    RED = "red"
    BLACK = "black"

    @property
    def label(self) -> str:
        return {Side.RED: _("红榜"), Side.BLACK: _("黑榜")}[self]


class By(StrEnum):
    """How a side is drawn up: its best or worst few, a standard, or not at all."""

    PLACES = "places"
    THRESHOLD = "threshold"
    NOBODY = "nobody"


class Sign(StrEnum):
    """On which side of its bound a standard lies."""

    AT_LEAST = "at_least"
    ABOVE = "above"
    AT_MOST = "at_most"
    BELOW = "below"

    @property
    def label(self) -> str:
        return {
            Sign.AT_LEAST: _("不低于"),
            Sign.ABOVE: _("高于"),
            Sign.AT_MOST: _("不高于"),
            Sign.BELOW: _("低于"),
        }[self]

    @property
    def symbol(self) -> str:
        return {Sign.AT_LEAST: "≥", Sign.ABOVE: ">", Sign.AT_MOST: "≤", Sign.BELOW: "<"}[self]

    @property
    def is_upward(self) -> bool:
        return self in (Sign.AT_LEAST, Sign.ABOVE)

    @property
    def is_inclusive(self) -> bool:
        return self in (Sign.AT_LEAST, Sign.AT_MOST)

    def holds(self, value: Decimal, bound: Decimal) -> bool:
        if value == bound:
            return self.is_inclusive
        return (value > bound) == self.is_upward


@dataclass(frozen=True, slots=True)
class SideRule:
    """How one list is drawn up.

    Args:
        by: see there.
        count: how many from the front (red) or from the end (black); all that tie at the edge are listed.
        sign, bound: the standard, in the indicator's unit.
    """

    by: By = By.NOBODY
    count: int = 0
    sign: Sign = Sign.AT_LEAST
    bound: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if self.by is By.PLACES and not 1 <= self.count <= MOST_PLACES:
            raise UserError(_("名额应在 1 至 {most} 之间。").format(most=MOST_PLACES), _("请改写名额。"))
        if self.by is By.THRESHOLD and not self.bound.is_finite():
            raise UserError(_("标准不是一个数。"), _("请填写一个数。"))

    def meets(self, value: float) -> bool:
        """Whether a value lies where the standard says; by its shortest decimal, not by its binary tail."""
        return self.by is By.THRESHOLD and self.sign.holds(Decimal(repr(float(value))), self.bound)


class Falling(StrEnum):
    """What a fall in rank means for the black list.

    ignored: nothing; also: who fell far is listed besides; only: of those the list would name, only who fell far.
    """

    IGNORED = "ignored"
    ALSO = "also"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class ListRule:
    """A rule of red and black lists.

    Args:
        region: key of the region whose units are compared.
        level: of the units; below the region.
        indicator: code, or that of a composite's version.
        comparison: span, what movement is against, kinds, class and least denominator, as in a ranking.
        red, black: how the lists are drawn up; at least one names somebody.
        falling: whether a fall of at least fallen_places puts on the black list.
        fallen_places: at least 1 where falling counts.
        lists_unreported: units without a figure go onto the black list, once the month's reports are due.
        lists_late: units of which a village reported late or not go onto the black list, likewise.
        left_out: keys of units on neither list; the places go to those after them.
    """

    region: int
    level: Level
    indicator: str
    comparison: Comparison = field(default_factory=Comparison)
    red: SideRule = field(default_factory=SideRule)
    black: SideRule = field(default_factory=SideRule)
    falling: Falling = Falling.IGNORED
    fallen_places: int = 0
    lists_unreported: bool = False
    lists_late: bool = False
    left_out: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.level.rank <= level_of(self.region).rank:
            raise UserError(_("比较的层级要在地区之下。"), _("请选择更低的层级或更高的地区。"))
        lo, hi = key_range(self.region)
        if any(not lo <= key < hi or level_of(key) is not self.level for key in self.left_out):
            raise UserError(_("不列入的单位要在所比较的单位之中。"), _("请重新选择不列入的单位。"))
        if not 0 <= self.comparison.least < float("inf"):
            raise UserError(_("最小分母应是不小于 0 的数。"), _("请改写最小分母。"))
        if self.falling is not Falling.IGNORED and not 1 <= self.fallen_places <= MOST_PLACES:
            raise UserError(_("名次下降的位数应在 1 至 {most} 之间。").format(most=MOST_PLACES), _("请改写下降位数。"))
        if self.falling is Falling.ONLY and self.black.by is By.NOBODY:
            raise UserError(_("黑榜没有标准，无从筛选名次下降的单位。"), _("请给黑榜定名额或标准，或改为“另外列入”。"))
        if self.red.by is By.NOBODY and not self.names_black:
            raise UserError(_("红榜和黑榜都没有条件，不会有单位上榜。"), _("请至少给一榜定名额或标准。"))
        if self.red.by is self.black.by is By.THRESHOLD and _overlap(self.red, self.black):
            raise UserError(_("红榜和黑榜的标准有重叠，同一数值会同时上两榜。"), _("请让两个标准分开。"))

    @property
    def names_black(self) -> bool:
        """Whether anybody can come onto the black list."""
        by_conduct = self.lists_unreported or self.lists_late
        return self.black.by is not By.NOBODY or self.falling is Falling.ALSO or by_conduct

    def side(self, side: Side) -> SideRule:
        return self.red if side is Side.RED else self.black

    def to_content(self) -> dict[str, Any]:
        """Plain values, as a definition keeps them."""
        return {
            "region": region_code(self.region),
            "level": self.level.value,
            "indicator": self.indicator,
            "span": self.comparison.span.value,
            "against": self.comparison.against.value,
            "kinds": list(self.comparison.kinds),
            "peer_class": self.comparison.peer_class,
            "scheme": self.comparison.scheme,
            "least": self.comparison.least,
            "red": _side_content(self.red),
            "black": _side_content(self.black),
            "falling": self.falling.value,
            "fallen_places": self.fallen_places,
            "lists_unreported": self.lists_unreported,
            "lists_late": self.lists_late,
            "left_out": [region_code(key) for key in self.left_out],
        }

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> "ListRule":
        """The rule a definition keeps.

        Raises:
            UserError: the content is not that of a rule.
        """
        try:
            comparison = Comparison(
                Span(content.get("span", Span.MONTH)),
                Against(content.get("against", Against.PREVIOUS)),
                tuple(str(kind) for kind in content.get("kinds", ())),
                str(content.get("peer_class", "")),
                float(content.get("least", 0)),
                int(content.get("scheme", 0)),
            )
            parts: dict[str, Any] = {
                "region": region_key(str(content["region"])),
                "level": Level(content["level"]),
                "indicator": str(content["indicator"]),
                "red": _side_rule(content["red"]),
                "black": _side_rule(content["black"]),
                "falling": Falling(content.get("falling", Falling.IGNORED)),
                "fallen_places": int(content.get("fallen_places", 0)),
                "lists_unreported": bool(content.get("lists_unreported", False)),
                "lists_late": bool(content.get("lists_late", False)),
                "left_out": tuple(sorted(region_key(str(code)) for code in content.get("left_out", ()))),
            }
        except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation, RegionUnknown):
            raise UserError(_("这条红黑榜规则的内容无法读取。"), _("请重新定义并保存。")) from None
        return cls(comparison=comparison, **parts)


def check_rule(rule: ListRule, catalog: Catalog) -> None:
    """That units can be judged by the rule's indicator, and that its standards point the way the indicator does.

    Raises:
        UserError: the indicator does not exist, is a fact of the region, or has no better side that places could be
            given by; a standard honours what is worse.
    """
    direction = Direction.HIGHER
    if find_composite_number(rule.indicator) is None:
        if rule.indicator not in catalog or catalog[rule.indicator].kind is Kind.ATTRIBUTE:
            raise UserError(
                _("“{indicator}”不能用来定红黑榜。").format(indicator=rule.indicator[:60]), _("请从指标目录中选择。")
            )
        direction = catalog[rule.indicator].direction
    by_rank = By.PLACES in (rule.red.by, rule.black.by) or rule.falling is not Falling.IGNORED
    if direction is Direction.NEUTRAL:
        if by_rank:
            raise UserError(_("这项指标没有好坏之分，不能按名次定红黑榜。"), _("请改用标准，或换一项指标。"))
        return
    is_higher_better = direction is Direction.HIGHER
    for side, is_good in ((rule.red, True), (rule.black, False)):
        if side.by is By.THRESHOLD and side.sign.is_upward != (is_higher_better is is_good):
            better = _("数值越高越好") if is_higher_better else _("数值越低越好")
            raise UserError(
                _("这项指标{better}，标准的方向反了。").format(better=better), _("请改“不低于”“低于”的方向。")
            )


def reasons_name(rule_name: str, month: str) -> str:
    """The name under which the reasons for a rule's lists of a month are kept."""
    return f"{rule_name}｜{month}"


def check_reason(written: str) -> str:
    """A reviewer's own words for an entry, as they are kept.

    Raises:
        UserError: they are too long.
    """
    shown = " ".join(written.split())
    if len(shown) > LONGEST_REASON:
        raise UserError(
            _("理由有 {count} 个字，最多 {most} 个字。").format(count=len(shown), most=LONGEST_REASON),
            _("请写短一些。"),
        )
    return shown


def standard_rule(region: int, level: Level, indicator: str, reported: int) -> ListRule:
    """A rule to begin with: the first and the last few of the month, at most three and at most a third of the units
    that have a figure."""
    places = SideRule(By.PLACES, max(1, min(3, reported // 3)))
    return ListRule(region, level, indicator, red=places, black=places)


def _overlap(red: SideRule, black: SideRule) -> bool:
    if red.sign.is_upward == black.sign.is_upward:
        return True
    upward, downward = (red, black) if red.sign.is_upward else (black, red)
    if upward.bound == downward.bound:
        return upward.sign.is_inclusive and downward.sign.is_inclusive
    return upward.bound < downward.bound


def _side_content(side: SideRule) -> dict[str, Any]:
    if side.by is By.PLACES:
        return {"by": side.by.value, "count": side.count}
    if side.by is By.THRESHOLD:
        return {"by": side.by.value, "sign": side.sign.value, "bound": f"{side.bound.normalize():f}"}
    return {"by": side.by.value}


def _side_rule(content: Mapping[str, Any]) -> SideRule:
    by = By(content["by"])
    if by is By.PLACES:
        return SideRule(by, int(content["count"]))
    if by is By.THRESHOLD:
        return SideRule(by, sign=Sign(content["sign"]), bound=Decimal(str(content["bound"])))
    return SideRule(by)
