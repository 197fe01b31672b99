"""口径: what an indicator means, one click away on every page that shows it."""

from html import escape

import streamlit as st

from ecodash.domain.indicators import Aggregation, Direction, Indicator, Kind
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english, marked
from ecodash.reports.numbers import show_number
from ecodash.views import data, text
from ecodash.views.phrases import Words

_OVER_VILLAGES = Words(
    {
        Aggregation.SUM: marked("各村相加"),
        Aggregation.RATIO: marked("分子、分母分别相加再相除，不是百分比的平均"),
        Aggregation.COUNT: marked("数等级高于 0 的村，不求和也不平均"),
        Aggregation.NONE: marked("不汇总，由上级评定"),
    }
)
_OVER_MONTHS = Words(
    {
        Kind.FLOW: marked("逐月相加，得本年累计；未上报的月份不沿用"),
        Kind.STOCK: marked("取月末数；未上报的，沿用以前 12 个月内的数"),
        Kind.RATIO: marked("取月末数；未上报的，沿用以前 12 个月内的数"),
        Kind.SCORE: marked("只算当月，不沿用"),
        Kind.ATTRIBUTE: marked("一直有效，直到重新上报"),
    }
)
_DIRECTIONS = Words(
    {
        Direction.HIGHER: marked("越高越好"),
        Direction.LOWER: marked("越低越好"),
        Direction.NEUTRAL: marked("不分好坏"),
    }
)


def offer(entry: Indicator) -> None:
    """A button beside the heading; what it opens says everything about the indicator."""
    popover = st.popover(
        text.DEFINITION,
        icon=":material/menu_book:",
        help=text.DEFINITION_HELP,
        key="definition_popover",
        on_change="rerun",
    )
    if popover.open:
        with popover:
            st.markdown(f"**{text.escape(text.with_unit(entry.label, entry.unit))}**")
            st.html(markup(entry))


def markup(entry: Indicator) -> str:
    """Labelled lines: the indicator's whole entry in the catalogue."""
    lines = "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in facts(entry) if value)
    return f'<dl class="facts definition">{lines}</dl>'


def facts(entry: Indicator) -> list[tuple[str, str]]:
    """What there is to know of an indicator, as label and words; without words where it does not apply."""
    other_name = (text.CHINESE_NAME, entry.name) if is_english() else (text.ENGLISH_NAME, entry.english)
    is_ratio = entry.aggregation is Aggregation.RATIO
    return [
        other_name if other_name[1] != entry.label else ("", ""),
        (text.WHAT_IS_COUNTED, _(entry.definition)),
        (text.CATEGORY, _(entry.category) if entry.category else ""),
        (text.KIND, entry.kind.label),
        (text.HOW_FORMED, _formula(entry) if is_ratio else ""),
        (text.OVER_VILLAGES, _OVER_VILLAGES[entry.aggregation]),
        (text.OVER_MONTHS, _OVER_MONTHS[entry.kind]),
        (text.DIRECTION, _DIRECTIONS[entry.direction]),
        (text.VALID_RANGE, _range(entry)),
        (text.CHOICES, text.joined(f"{value} {_(name)}" for value, name in entry.choices)),
        (text.DEFINITION_SOURCE, _(entry.source) if entry.source else ""),
        (text.INDICATOR_CODE, entry.code),
    ]


def _formula(entry: Indicator) -> str:
    """卫生户厕户数 ÷ 户数 × 100%."""
    numerator, denominator = (data.entry(code).label for code in (entry.numerator, entry.denominator))
    return _("{numerator} ÷ {denominator} × 100%").format(numerator=numerator, denominator=denominator)


def _range(entry: Indicator) -> str:
    """0 至 100%, 0 至 120 分."""
    lowest, highest = (show_number(float(edge), 0) for edge in (entry.minimum, entry.maximum))
    return _("{lowest} 至 {highest}").format(lowest=lowest, highest=text.value_with_unit(highest, entry.unit))
