"""The parts of 地图."""

import pandas as pd
import streamlit as st

from ecodash.domain.pages import Page
from ecodash.domain.regions import COUNTRY_KEY, Level, ancestor_key, level_of
from ecodash.domain.selection import Selection
from ecodash.views import charts, classes, data, filters, links, maps, marks, style, tables, text
from ecodash.views.classes import Division
from ecodash.views.display import show_table
from ecodash.views.filters import wish_of
from ecodash.views.heading import as_of_text
from ecodash.views.links import Wish


def show_county_map(selection: Selection) -> None:
    """The county's towns where they lie; a click on one opens its profile."""
    entry = data.indicator(selection)
    county = _county_of(selection)
    if county is None:
        _offer_counties(selection)
        return
    whole = selection.at(region=county, level=Level.TOWN)
    ranking = data.unit_ranking(whole)
    unit, decimals = entry.shown_at(Level.TOWN)
    st.subheader(text.town_map_title(entry.name, unit), anchor=False)
    drawn, listed = st.columns([3, 2], gap="large")
    with drawn:
        _draw(selection, ranking, data.map_frame(whole), classes.divide(ranking["value"], decimals, unit))
    with listed:
        table = tables.ranking(ranking[ranking["is_reported"]], entry, Level.TOWN)
        show_table(
            table,
            as_of_text(selection.watermark),
            key="map",
            row_count=15,
            shown=[str(name) for name in table.frame.columns[:4]],
        )


def _draw(
    selection: Selection, ranking: pd.DataFrame, places: tuple[pd.DataFrame, pd.DataFrame], division: Division
) -> None:
    points, outline = places
    if points.empty:
        st.info(text.NO_POINTS, icon=":material/map:")
        return
    entry = data.indicator(selection)
    ink = style.INK_ON_DARK if st.context.theme.type == "dark" else style.INK
    event = st.plotly_chart(
        maps.county_map(points, outline, ranking, division, entry, ink),
        config=charts.CONFIG,
        on_select="rerun",
        selection_mode="points",
        key="county_map",
        alt=text.town_map_title(entry.name, entry.unit),
    )
    st.caption(text.MAP_HINT if not outline.empty else text.MAP_HINT_WITHOUT_OUTLINE)
    _show_unmapped(ranking, points)
    picked = maps.picked_region(event)
    if picked is not None:
        st.switch_page(
            links.page_file(Page.PROFILE), query_params=Wish(region=picked).over(wish_of(selection)).to_params()
        )


def _county_of(selection: Selection) -> int | None:
    """The county drawn; None above the counties, where points would lie hundreds of kilometres apart."""
    if level_of(selection.region).rank < Level.COUNTY.rank:
        return None
    return ancestor_key(selection.region, Level.COUNTY)


def _offer_counties(selection: Selection) -> None:
    st.info(text.MAP_IS_BY_COUNTY, icon=":material/map:")
    for key in filters.scope_options():
        if level_of(key) is Level.COUNTY:
            st.page_link(
                links.page_file(Page.MAP), label=filters.scope_label(key),
                query_params=Wish(region=key).over(wish_of(selection)).to_params(),
            )  # fmt: skip


def _show_unmapped(ranking: pd.DataFrame, points: pd.DataFrame) -> None:
    unmapped = ranking[~ranking["region"].isin(points["region"])]
    if not unmapped.empty and not points.empty:
        with st.expander(text.unmapped(len(unmapped)), icon=":material/location_off:"):
            st.markdown(text.listing(unmapped["name"]))


def show_village_tiles(selection: Selection) -> None:
    """Every village as a square, grouped by town: there are no village boundaries to draw, and none are invented."""
    if _county_of(selection) is None or selection.region == COUNTRY_KEY:
        return
    entry = data.indicator(selection)
    unit, decimals = entry.shown_at(Level.VILLAGE)
    tiles = data.unit_tiles(selection)
    st.subheader(text.village_tiles_title(entry.name, unit), anchor=False)
    if tiles.empty or not tiles["is_reported"].any():
        st.info(text.no_village_figures(entry.name), icon=":material/inbox:")
        return
    division = classes.divide(tiles["value"], decimals, unit)
    st.html(marks.class_legend(division))
    st.html(marks.village_tiles(tiles, division, decimals, unit, wish_of(selection)))
