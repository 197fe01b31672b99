"""The parts of 地图."""

import pandas as pd
import streamlit as st

from ecodash.domain.pages import Page
from ecodash.domain.regions import COUNTRY_KEY, Level, ancestor_key, level_of
from ecodash.domain.selection import Selection
from ecodash.views import charts, classes, data, filters, links, maps, marks, tables, text
from ecodash.views.display import offer_downloads
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
    points, outline = data.map_frame(whole)
    unit, decimals = tables.unit_of(entry, Level.TOWN)
    st.subheader(text.town_map_title(entry.name, unit), anchor=False)
    if points.empty:
        st.info(text.NO_POINTS, icon="🗺️")
    else:
        figure = maps.county_map(points, outline, ranking, classes.divide(ranking["value"], decimals, unit), entry)
        event = st.plotly_chart(
            figure, config=charts.CONFIG, on_select="rerun", selection_mode="points", key="county_map",
            alt=text.town_map_title(entry.name, unit),
        )  # fmt: skip
        st.caption(text.MAP_HINT if not outline.empty else text.MAP_HINT_WITHOUT_OUTLINE)
        picked = maps.picked_region(event)
        if picked is not None:
            st.switch_page(
                links.page_file(Page.PROFILE), query_params=Wish(region=picked).over(wish_of(selection)).to_params()
            )
    _show_unmapped(ranking, points)
    offer_downloads(
        tables.ranking(ranking[ranking["is_reported"]], entry, Level.TOWN), as_of_text(selection.watermark), key="map"
    )


def _county_of(selection: Selection) -> int | None:
    """The county drawn; None above the counties, where points would lie hundreds of kilometres apart."""
    if level_of(selection.region).rank < Level.COUNTY.rank:
        return None
    return ancestor_key(selection.region, Level.COUNTY)


def _offer_counties(selection: Selection) -> None:
    st.info(text.MAP_IS_BY_COUNTY, icon="🗺️")
    for key in filters.scope_options():
        if level_of(key) is Level.COUNTY:
            st.page_link(
                links.page_file(Page.MAP), label=filters.scope_label(key),
                query_params=Wish(region=key).over(wish_of(selection)).to_params(),
            )  # fmt: skip


def _show_unmapped(ranking: pd.DataFrame, points: pd.DataFrame) -> None:
    unmapped = ranking[~ranking["region"].isin(points["region"])]
    if not unmapped.empty and not points.empty:
        with st.expander(text.unmapped(len(unmapped)), icon="📍"):
            st.markdown(text.listing(unmapped["name"]))


def show_village_tiles(selection: Selection) -> None:
    """Every village as a square, grouped by town: there are no village boundaries to draw, and none are invented."""
    if _county_of(selection) is None or selection.region == COUNTRY_KEY:
        return
    entry = data.indicator(selection)
    unit, decimals = tables.unit_of(entry, Level.VILLAGE)
    tiles = data.unit_tiles(selection)
    st.subheader(text.village_tiles_title(entry.name, unit), anchor=False)
    if tiles.empty or not tiles["is_reported"].any():
        st.info(text.no_village_figures(entry.name), icon="📭")
        return
    division = classes.divide(tiles["value"], decimals, unit)
    st.html(marks.class_legend(division))
    st.html(marks.village_tiles(tiles, division, decimals, unit, wish_of(selection)))
