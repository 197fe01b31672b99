"""The order of a meeting screen (会议模式): which slides, of which place, for how long each.

Its plain form is what a kept definition holds and what an address spells. A slide is written
`kind`, `kind:indicator`, `kind@region`, `kind~seconds`, or any of these together in that order:
`ranking:waste_service_rate@500230~20`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from ecodash.domain.periods import Month
from ecodash.domain.region_keys import Level, region_code, region_key
from ecodash.errors import UserError
from ecodash.i18n import gettext as _

_Choice = TypeVar("_Choice", bound=StrEnum)
SECONDS, FEWEST_SECONDS, MOST_SECONDS = 15, 3, 600
MOST_STOPS = 40
_STOP = re.compile(
    r"(?P<slide>[a-z_]+)(?::(?P<indicator>[a-z0-9_\-]{1,60}))?(?:@(?P<region>\d{1,12}))?(?:~(?P<seconds>\d{1,4}))?",
    re.ASCII,
)


class Slide(StrEnum):
    """What a slide shows."""

    OVERVIEW = "overview"
    TARGETS = "targets"
    PROGRESS = "progress"
    RANKING = "ranking"
    MAP = "map"
    REPORTING = "reporting"
    PROFILE = "profile"

    @property
    def label(self) -> str:
        return {
            Slide.OVERVIEW: _("总览"),
            Slide.TARGETS: _("目标进度"),
            Slide.PROGRESS: _("各地进度"),
            Slide.RANKING: _("排名"),
            Slide.MAP: _("地图"),
            Slide.REPORTING: _("上报情况"),
            Slide.PROFILE: _("区域档案"),
        }[self]

    @property
    def has_indicator(self) -> bool:
        """Whether the slide is about one indicator."""
        return self in (Slide.PROGRESS, Slide.RANKING, Slide.MAP)


class Theme(StrEnum):
    """Light or dark; auto as the machine is set."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"

    @property
    def label(self) -> str:
        return {Theme.AUTO: _("跟随系统"), Theme.LIGHT: _("浅色"), Theme.DARK: _("深色")}[self]


@dataclass(frozen=True, slots=True)
class Stop:
    """One slide of an order; what it does not say the order says.

    Args:
        slide: what it shows.
        indicator: code; empty: the order's.
        region: key; None: the order's.
        seconds: how long it stays; None: the order's.
    """

    slide: Slide
    indicator: str = ""
    region: int | None = None
    seconds: int | None = None

    def __str__(self) -> str:
        indicator = f":{self.indicator}" if self.indicator else ""
        region = "" if self.region is None else f"@{region_code(self.region)}"
        return f"{self.slide.value}{indicator}{region}{'' if self.seconds is None else f'~{self.seconds}'}"

    @classmethod
    def parse(cls, written: str) -> "Stop":
        """A slide as it is written in an address.

        Raises:
            UserError: the text is none.
        """
        match = _STOP.fullmatch(written.strip())
        if match is None or match["slide"] not in list(Slide):
            names = "、".join(slide.value for slide in Slide)
            raise UserError(
                _("没有名为“{name}”的页面。").format(name=written[:40]), _("可用的页面：{names}。").format(names=names)
            )
        return cls(
            Slide(match["slide"]),
            match["indicator"] or "",
            None if match["region"] is None else region_key(match["region"]),
            None if match["seconds"] is None else _seconds(int(match["seconds"])),
        )


USUAL_STOPS = tuple(Stop(slide) for slide in (Slide.OVERVIEW, Slide.TARGETS, Slide.RANKING, Slide.MAP, Slide.REPORTING))


@dataclass(frozen=True, slots=True)
class MeetingOrder:
    """A meeting's slides in order.

    Args:
        stops: at least one.
        region: key; None: the home region.
        level: of the units compared; None: the usual one of the region.
        indicator: code; empty: the usual one.
        month: None: the newest month with reports, moving on with them.
        seconds: how long a slide stays.
        theme: at the start; D on the screen changes it.
    """

    stops: tuple[Stop, ...] = USUAL_STOPS
    region: int | None = None
    level: Level | None = None
    indicator: str = ""
    month: Month | None = None
    seconds: int = SECONDS
    theme: Theme = Theme.AUTO

    @property
    def regions(self) -> set[int]:
        """Keys of the regions it names; a slide without one shows the reader's own first region."""
        return {key for key in (self.region, *(stop.region for stop in self.stops)) if key is not None}

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> "MeetingOrder":
        """An order from its plain form; what is not given is as usual.

        Raises:
            UserError: a part of it means nothing; it says which.
        """
        written = content.get("stops")
        stops = USUAL_STOPS if written is None else tuple(Stop.parse(str(one)) for one in written)
        if not stops:
            raise UserError(_("会议顺序里没有页面。"), _("请至少加入一个页面。"))
        if len(stops) > MOST_STOPS:
            raise UserError(_("会议顺序最多 {most} 个页面。").format(most=MOST_STOPS), _("请删去一些页面。"))
        indicator = str(content.get("indicator") or "")
        if not re.fullmatch(r"[a-z0-9_\-]{0,60}", indicator, re.ASCII):
            raise UserError(_("指标代码“{code}”无法识别。").format(code=indicator[:40]), _("请核对链接是否完整。"))
        return cls(
            stops=stops,
            region=region_key(str(content["region"])) if content.get("region") else None,
            level=_one_of(Level, _("层级"), content.get("level")),
            indicator=indicator,
            month=Month.parse(str(content["month"])) if content.get("month") else None,
            seconds=_seconds(content.get("seconds", SECONDS)),
            theme=_one_of(Theme, _("配色"), content.get("theme")) or Theme.AUTO,
        )

    def to_content(self) -> dict[str, Any]:
        """The plain form: texts and numbers only, every field spelled out."""
        return {
            "stops": [str(stop) for stop in self.stops],
            "region": "" if self.region is None else region_code(self.region),
            "level": "" if self.level is None else self.level.value,
            "indicator": self.indicator,
            "month": "" if self.month is None else str(self.month),
            "seconds": self.seconds,
            "theme": self.theme.value,
        }

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "MeetingOrder":
        """An order from an address: month, region, level, indicator, seconds, theme, and pages, parted by commas.

        Raises:
            UserError: a part of it means nothing.
        """
        content: dict[str, Any] = {name: params[name] for name in _PARAMS if params.get(name)}
        if params.get("pages"):
            content["stops"] = [one for one in params["pages"].split(",") if one.strip()]
        return cls.from_content(content)

    def to_params(self) -> dict[str, str]:
        """The address of this order; what is as usual is left out."""
        content, usual = self.to_content(), MeetingOrder().to_content()
        changed = {name: str(content[name]) for name in _PARAMS if content[name] != usual[name]}
        return changed | ({"pages": ",".join(content["stops"])} if self.stops != USUAL_STOPS else {})


_PARAMS = ("month", "region", "indicator", "level", "seconds", "theme")


def _seconds(value: object) -> int:
    try:
        seconds = int(str(value))
    except ValueError:
        seconds = -1
    if not FEWEST_SECONDS <= seconds <= MOST_SECONDS:
        raise UserError(
            _("每页停留“{seconds}”秒不可用。").format(seconds=str(value)[:20]),
            _("请填 {fewest} 至 {most} 之间的整数。").format(fewest=FEWEST_SECONDS, most=MOST_SECONDS),
        )
    return seconds


def _one_of(kind: type[_Choice], label: str, value: object) -> _Choice | None:
    if not value:
        return None
    if str(value) not in list(kind):
        raise UserError(
            _("{what}“{written}”无法识别。").format(what=label, written=str(value)[:40]),
            _("可用的值：{names}。").format(names="、".join(kind)),
        )
    return kind(str(value))
