"""Choices of a county, a town of it and a month, for the parts of 数据上报 that have no file."""

import streamlit as st

from ecodash.domain.access import Right
from ecodash.domain.calendar import BEIJING, due_words, newest_reportable
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, ancestor_key
from ecodash.i18n import in_this_language
from ecodash.views import data, filters

_MONTHS_OFFERED = 24
_FILLED_FROM = 20


def county_box(label: str, key: str, right: Right = Right.READ) -> int:
    """A county where the reader has a right somewhere, or a region above several; the one at home at first."""
    options = filters.scope_options(right) or [data.home_region()]
    home = ancestor_key(data.home_region(), Level.COUNTY)
    return int(
        st.selectbox(
            label,
            options,
            index=options.index(home) if home in options else 0,
            format_func=in_this_language(filters.scope_label),
            key=key,
            width=260,
        )
    )


def town_box(label: str, county: int, whole: str, key: str, right: Right = Right.READ) -> int:
    """A town of a county where the reader has a right, or the county itself, or, where that is all there is, a village."""
    towns = {county: whole} if data.may(right, county) else {}
    towns |= {town.key: town.name for town in filters.offered(county, Level.TOWN, right)}
    if not towns:
        towns = {one.key: one.name for one in filters.offered(county, Level.VILLAGE, right)} or {county: whole}
    # The key holds the county: the towns of another are other choices.
    return int(st.selectbox(label, list(towns), format_func=lambda one: towns[one], key=f"{key}_{county}", width=300))


def month_box(label: str, key: str, *, first: int) -> Month:
    """A month that may be reported.

    Args:
        first: how many months back the one chosen at first lies.
    """
    newest = newest_reportable(data.now())
    months = [str(newest.plus(-step)) for step in range(_MONTHS_OFFERED)]
    written = st.selectbox(
        label,
        months,
        index=first,
        format_func=in_this_language(lambda value: Month.parse(value).label),
        key=key,
        width=180,
    )
    return Month.parse(written)


def months_back() -> int:
    """How far back lies the month that is being filled in: from the 20th on the running one, before it the last."""
    return 0 if data.now().astimezone(BEIJING).day >= _FILLED_FROM else 1


def due_day(month: Month, region: int) -> str:
    """2026年11月5日: until when a region's month is to be reported."""
    return due_words(data.due_of(region, month))
