"""Words and figures of the slides, in the language of the context; everything that comes from data stays text."""

from dataclasses import dataclass
from typing import Any

from ecodash.domain.regions import Level
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english
from ecodash.reports.numbers import exact_number, is_missing, missing_word, show_month, show_number, show_time
from ecodash.reports.screen.slides import Meta


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as shown, with its unit where it is not missing, and its exact value for programs."""

    text: str
    unit: str = ""
    exact: str = ""

    @property
    def is_missing(self) -> bool:
        return not self.exact


def shown(value: float | None, decimals: int, unit: str = "", *, reports: int = 0) -> Shown:
    """A figure ready to print; reports decides between 未上报 and 不适用."""
    exact = exact_number(value)
    text = show_number(value, int(decimals), missing=_(missing_word(reports=reports)))
    return Shown(text, _(unit) if exact and unit else "", exact)


def value_of(row: Any, unit: str, decimals: int) -> Shown:
    """The value of a row that says how many reports stand behind it."""
    return shown(row.value, decimals, unit, reports=int(row.reported) + int(row.carried) + int(row.totals))


def name_of(meta: Meta, code: str) -> str:
    """An indicator's name in the language of the reader."""
    names = meta["names"].get(code)
    return code if names is None else str(names[1] if is_english() and names[1] else names[0])


def with_unit(name: str, unit: str) -> str:
    """生活污水治理率（%）."""
    return _("{name}（{unit}）").format(name=name, unit=_(unit)) if unit else name


def indicator_title(meta: Meta) -> str:
    """The selected indicator with its unit."""
    return with_unit(name_of(meta, meta["indicator"]), meta["unit"])


def level_word(meta: Meta) -> str:
    """The level of the units, in the language of the reader."""
    return Level(meta["level"]).label


def heading(meta: Meta, what: str) -> str:
    """丰都县 · 目标进度."""
    return _("{place} · {what}").format(place=meta["region_name"], what=what)


def elsewhere(count: int, page: str) -> str:
    """What a cut list leaves out, and where it is."""
    return _("其余 {count} 个见“{page}”页。").format(count=count, page=page)


def stamp(meta: Meta) -> list[str]:
    """What every slide says of its figures: month, as of which batch, who reported."""
    parts = [month_of(meta)]
    if meta["watermark"]:
        committed = show_time(meta["committed_at"], missing="")
        parts.append(_("截至第 {batch} 批（{at}）").format(batch=meta["watermark"], at=committed))
    else:
        parts.append(_("还没有提交过数据"))
    parts.append(reported_of(meta))
    if not meta["is_whole"]:
        parts.append(_("◐ 本系统只装有该地区的一部分"))
    return parts


def month_of(meta: Meta) -> str:
    return show_month(meta["month"])


def reported_of(meta: Meta) -> str:
    """已上报 301/330 村（含迟报 12）."""
    count, villages, late = int(meta["reported"]), int(meta["villages"]), int(meta["late"])
    if not villages:
        return _("没有村级区域")
    words = _("已上报 {count}/{villages} 村").format(count=count, villages=villages)
    return words + (_("（含迟报 {late}）").format(late=late) if late else "")


def share_of(value: float | None, top: float) -> str:
    """Length of a bar in percent of the longest, 0 to 100."""
    if value is None or is_missing(value) or top <= 0:
        return "0"
    return f"{min(max(100 * float(value) / top, 0.0), 100.0):.1f}"
