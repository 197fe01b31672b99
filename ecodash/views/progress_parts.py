"""The parts of 进度: the units side by side, the region's own targets in words, the units on one indicator."""

import pandas as pd
import streamlit as st

from ecodash.domain.indicators import Direction
from ecodash.domain.pages import Page
from ecodash.domain.regions import level_of
from ecodash.domain.selection import Selection
from ecodash.i18n import gettext as _
from ecodash.reports import pictures
from ecodash.views import data, filters, names, target_marks, target_tables, target_text, text
from ecodash.views.display import fold_table
from ecodash.views.heading import as_of_text
from ecodash.views.links import Wish
from ecodash.views.pictures import offer_picture

CATEGORY = "category"
"""Which category's indicators are the columns, in the address; the categories themselves where it is absent."""

_BARS = 40
"""So many units are drawn; the tables below hold more."""
_ROWS = 500
"""So many rows are sent to the screen; the files have all."""


def show_sheet() -> None:
    st.html(target_marks.SHEET)


# ── the units side by side ─────────────────────────────────────────────────────────────────────────────────────────


def show_matrix(selection: Selection) -> None:
    """Every unit under the region, by category or by the indicators of one, the neediest first."""
    category = _category_box(data.target_categories(selection))
    cells = data.progress_matrix(selection, category)
    whole = cells[cells["column"] == ""]
    units = [*whole.loc[whole["state"].notna(), "region"].head(_BARS)]
    columns = _columns(cells)
    title = target_text.units_title(selection.level)
    st.html(target_marks.state_counts(whole))
    reported = target_text.reported_units(int((whole["reported_count"] > 0).sum()), len(whole), selection.level)
    st.caption(text.listed([reported, _("按状态和落后时序的多少排列，点名称看该单位")]))
    drawn = cells[cells["region"].isin(units)]
    wish = Wish(selection.month, None, selection.indicator)
    st.html(target_marks.legend() + target_marks.matrix(drawn, columns, text.by_level(selection.level), wish, title))
    if len(units) < len(whole):
        st.caption(target_text.only_neediest(len(units), len(whole)))
    fold_table(
        text.TARGET_TABLE,
        lambda: target_tables.matrix(cells, columns, selection.level, title),
        as_of_text(selection.watermark),
        key="matrix",
        rows=_ROWS,
    )


def _category_box(categories: list[str]) -> str:
    """The category whose indicators are the columns; empty for the categories themselves."""
    asked = st.query_params.get(CATEGORY, "")
    shown = asked if asked in categories else ""
    st.session_state["category_box"] = shown
    st.segmented_control(
        _("各列"),
        ["", *categories],
        format_func=lambda one: names.category_name(one) if one else _("各类别"),
        required=True,
        key="category_box",
        on_change=_take_category,
        label_visibility="collapsed",
    )
    return shown


def _take_category() -> None:
    chosen = st.session_state["category_box"]
    if chosen:
        st.query_params[CATEGORY] = chosen
    else:
        st.query_params.pop(CATEGORY, None)


def _columns(cells: pd.DataFrame) -> list[tuple[str, str]]:
    """Code and shown name of each column, in the catalogue's order."""
    catalog = data.catalog()
    found = set(cells.loc[cells["column"] != "", "column"])
    if found <= set(catalog):
        return [(code, names.indicator_name(code)) for code in catalog if code in found]
    return [(name, names.category_name(name)) for name in catalog.categories if name in found]


# ── the region's own targets ───────────────────────────────────────────────────────────────────────────────────────


def show_region_targets(selection: Selection) -> None:
    """The region's own targets: bars, how each was worked out, and those whose deadline passed."""
    rows, past = data.region_targets(selection), data.past_targets(selection)
    if rows.empty:
        st.info(text.NO_TARGETS, icon=":material/flag:")
        return
    level = level_of(selection.region)
    st.html(target_marks.legend() + target_marks.goals(rows, _directions(rows), level))
    if not past.empty:
        st.markdown(f"**{_('本年已到期的目标')}**")
        st.html(target_marks.goals(past, _directions(past), level))
    both = pd.concat([rows, past], ignore_index=True) if not past.empty else rows
    title = text.targets_of(data.region(selection).name)
    offer_picture(
        title,
        lambda: pictures.progress_picture(
            data.page_meta(Page.PROGRESS, selection), both, map(names.indicator_name, both["indicator"]), title
        ),
        key="region_targets",
    )
    fold_table(
        text.TARGET_TABLE,
        lambda: target_tables.progress(
            both,
            text.INDICATOR,
            [names.indicator_name(code) for code in both["indicator"]],
            title,
        ),
        as_of_text(selection.watermark),
        key="region_targets",
    )


def _directions(rows: pd.DataFrame) -> list[Direction]:
    return [data.catalog()[code].direction for code in rows["indicator"]]


# ── one indicator ──────────────────────────────────────────────────────────────────────────────────────────────────


def show_unit_progress(selection: Selection) -> None:
    """The units' targets on the chosen indicator, the neediest first."""
    entry = data.indicator(selection)
    rows = data.unit_progress(selection)
    if rows.empty:
        st.info(text.no_unit_targets(entry.label, selection.level), icon=":material/flag:")
        return
    drawn = rows.head(_BARS)
    st.html(target_marks.goals(drawn, _directions(drawn), selection.level, by_unit=True))
    if len(rows) > _BARS:
        st.caption(text.bars_cut(_BARS, len(rows)))
    title = text.unit_targets(selection.level, entry.label)
    offer_picture(
        title,
        lambda: pictures.progress_picture(data.page_meta(Page.PROGRESS, selection), rows, rows["name"], title),
        key="unit_targets",
    )
    fold_table(
        text.TARGET_TABLE,
        lambda: target_tables.progress(rows, text.by_level(selection.level), rows["name"], title),
        as_of_text(selection.watermark),
        key="unit_targets",
        rows=_ROWS,
    )


def has_units(selection: Selection) -> bool:
    """Whether there are regions below the one looked at."""
    below = filters.levels_below(selection.region)
    return selection.level is not level_of(selection.region) and selection.level in below


def has_unit_targets(selection: Selection) -> bool:
    """Whether any of them has a target this year."""
    return has_units(selection) and bool(data.target_categories(selection))


def show_no_unit_targets(selection: Selection) -> None:
    """Say that nothing was decomposed to the units."""
    st.info(target_text.no_unit_has_targets(selection.level), icon=":material/flag:")
