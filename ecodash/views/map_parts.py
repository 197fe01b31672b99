"""The parts of 地图."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from ecodash.domain.access import Right
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, ancestor_key, level_of
from ecodash.domain.selection import Selection
from ecodash.reports import pictures
from ecodash.reports.area_drawing import Ground
from ecodash.reports.classes import Method
from ecodash.views import (
    data,
    filters,
    links,
    map_choice,
    map_frames,
    map_tables,
    map_text,
    map_tiles,
    maps,
    tables,
    text,
)
from ecodash.views.display import show_table
from ecodash.views.drawing import Drawing, show_places
from ecodash.views.filters import wish_of
from ecodash.views.heading import as_of_text
from ecodash.views.map_choice import MapChoice, View
from ecodash.views.map_frames import LONGEST_RUN, Units
from ecodash.views.maps import Drawn
from ecodash.views.pictures import offer_picture


def show_map(selection: Selection) -> None:
    """The whole page: a county by towns and by villages, and what lies above a county by its parts."""
    choice = map_choice.settle()
    county = _county_of(selection)
    sees_towns = county is not None and data.may(Right.READ, county)
    map_choice.show(choice, has_views=sees_towns)
    if county is None:
        _show_above_county(selection, choice)
        return
    if not sees_towns:
        # Whose business one town is sees its villages; how the towns compare is the county's.
        _show_villages(selection, choice, ())
        return
    run = _slider(selection) if choice.view is View.RUN else ()
    whole = selection.at(region=county, level=Level.TOWN)
    if choice.view is View.PAIR:
        _show_pair(whole, choice)
    else:
        _show_towns(whole, choice, run)
    _show_villages(selection, choice, run)


def _county_of(selection: Selection) -> int | None:
    """The county drawn; None above the counties, where points would lie hundreds of kilometres apart."""
    if level_of(selection.region).rank < Level.COUNTY.rank:
        return None
    return ancestor_key(selection.region, Level.COUNTY)


def _months(selection: Selection) -> list[Month]:
    """Months with reports, oldest first."""
    return data.months_reported(selection.watermark, filters.lifted(selection.region, Level.COUNTY))


def _slider(selection: Selection) -> tuple[Month, ...]:
    """The month on a slider: the page's month itself, moved. Returns the months it reaches over."""
    months = _months(selection)
    at = months.index(selection.month) if selection.month in months else len(months) - 1
    last = max(min(len(months), at + 1 + LONGEST_RUN // 2), min(LONGEST_RUN, len(months)))
    reach = months[max(last - LONGEST_RUN, 0) : last]
    if len(reach) < 2:
        return tuple(reach)
    st.session_state["map_month"] = str(selection.month)
    st.select_slider(
        text.MONTH,
        [str(month) for month in reach],
        format_func=lambda written: Month.parse(written).label,
        key="map_month",
        on_change=_take_month,
        label_visibility="collapsed",
    )
    return tuple(reach)


def _take_month() -> None:
    st.query_params[links.MONTH] = str(st.session_state["map_month"])


# ── towns ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _show_towns(whole: Selection, choice: MapChoice, run: Sequence[Month]) -> None:
    entry = data.indicator(whole)
    units = map_frames.measured(whole, choice, [whole.month], run)
    frame = units.frames[whole.month]
    st.subheader(map_text.map_title(Level.TOWN, entry.label, entry.shown_at(Level.TOWN)[0]), anchor=False)
    _say_method(choice, units, entry.label)
    drawn, listed = st.columns([3, 2], gap="large")
    with drawn:
        largest = float(data.unit_values(whole.at(month=run[-1]), tuple(run))["value"].max()) if run else None
        _draw_towns(whole, units, whole.month, "county_map", largest)
        if run:
            st.caption(map_text.fixed_classes(len(run)))
    with listed:
        ranking = data.unit_ranking(whole)
        table = tables.ranking(ranking[ranking["is_reported"]], entry, Level.TOWN)
        shown = [str(name) for name in table.frame.columns[:4]]
        show_table(table, as_of_text(whole.watermark), key="map", row_count=15, shown=shown)
        _list_unreported(frame)


def _draw_towns(whole: Selection, units: Units, month: Month, key: str, largest: float | None) -> None:
    """One map of the towns: areas where they were brought, points where they are known, tiles where neither is."""
    frame, entry = units.frames[month], data.indicator(whole)
    figure = entry.shown_at(Level.TOWN)
    title = f"{map_text.map_title(Level.TOWN, entry.label, figure[0])} {month.label}"
    ground = _ground(whole.region, Level.TOWN, whole.region, frame)
    places = data.map_frame(whole)
    drawn = (
        maps.point_map(frame, places, units.division, figure, title, key, largest)
        if ground is None
        else maps.area_map(frame, ground, units.division, figure, title, key)
    )
    rest = frame[frame["region"].isin(drawn.unmapped)]
    groups = map_tiles.tile_groups(rest, units.division, figure[1], figure[0]) if drawn.unmapped else []
    show_places(Drawing(drawn.markup, groups), units.division, Page.PROFILE, wish_of(whole.at(month=month)), key=key)
    _legend(units, frame)
    offer_picture(title, lambda: _picture(whole.at(month=month)), key=key)
    _say_what_is_drawn(drawn, rest, Level.TOWN, ground, has_outline=not places[1].empty)


def _picture(selection: Selection) -> str:
    """The units of a selection as a map."""
    points, outline = data.map_frame(selection)
    return pictures.map_picture(
        data.page_meta(Page.MAP, selection),
        points,
        outline,
        data.unit_ranking(selection),
        data.map_areas(selection),
        title=map_text.map_title(selection.level, data.indicator(selection).label, ""),
    )


def _tiles_picture(selection: Selection) -> str:
    """The villages of a selection as tiles."""
    title = map_text.map_title(Level.VILLAGE, data.indicator(selection).label, "")
    return pictures.tiles_picture(data.page_meta(Page.MAP, selection), data.unit_tiles(selection), title=title)


def _say_what_is_drawn(
    drawn: Drawn, rest: pd.DataFrame, level: Level, ground: Ground | None, *, has_outline: bool
) -> None:
    if not drawn.markup:
        st.caption(text.NO_POINTS)
        return
    st.caption(map_text.areas_hint() if ground is not None else map_text.points_hint(has_outline=has_outline))
    if drawn.unnamed:
        st.caption(map_text.unnamed(drawn.unnamed))
    if not rest.empty:
        title = map_text.unmapped_title if ground is None else map_text.undrawn_title
        with st.expander(title(len(rest), level), icon=":material/location_off:"):
            st.markdown(text.listing(rest["name"]))


def _ground(county: int, level: Level, within: int, frame: pd.DataFrame) -> Ground | None:
    """The areas brought for a county's units, as far as they lie within a region; None where there are none."""
    found = data.boundaries(county, level)
    drawn = frozenset() if found is None else found.keys & frozenset(frame["region"])
    if found is None or not drawn:
        return None
    # Where every unit is drawn they are the county; a known outline is of another source and would run beside them.
    is_whole = within != county or len(drawn) == len(frame)
    return data.map_ground(found.digest, within, None if is_whole else county)


def _list_unreported(frame: pd.DataFrame) -> None:
    missing = frame[~frame["is_reported"]]
    if not missing.empty:
        with st.expander(text.units_unreported(len(missing), Level.TOWN), icon=":material/inbox:"):
            st.markdown(text.listing(missing["name"]))


def _legend(units: Units, frame: pd.DataFrame) -> None:
    note = map_tiles.classes_note(units.division, units.count)
    missing = map_text.without_class() if units.division.is_of_targets else ""
    st.html(map_tiles.legend(units.division, frame["measure"], note, missing))


def _say_method(choice: MapChoice, units: Units, indicator: str) -> None:
    if choice.method is not units.method:
        st.info(map_text.no_targets(indicator), icon=":material/flag:")
    elif units.method is Method.BANDS:
        st.caption(map_text.attained_note())


# ── two months ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _show_pair(whole: Selection, choice: MapChoice) -> None:
    entry = data.indicator(whole)
    against = _against_box(whole, choice)
    if against is None:
        st.info(map_text.one_month_only(), icon=":material/calendar_month:")
        _show_towns(whole, choice, ())
        return
    months = (against, whole.month)
    units = map_frames.measured(whole, choice, months, ())
    st.subheader(map_text.map_title(Level.TOWN, entry.label, entry.shown_at(Level.TOWN)[0]), anchor=False)
    _say_method(choice, units, entry.label)
    st.caption(map_text.same_classes())
    largest = max(float(frame["value"].max()) for frame in units.frames.values())
    for month, column in zip(months, st.columns(2, gap="large"), strict=True):
        with column:
            st.markdown(f"**{month.label}**")
            _draw_towns(whole, units, month, f"map_{month.key}", largest)
    table = map_tables.two_months(
        units.frames[against], units.frames[whole.month], months, units.division, entry, Level.TOWN
    )
    st.subheader(map_text.differences(), anchor=False)
    show_table(table, as_of_text(whole.watermark), key="pair", row_count=15)


def _against_box(whole: Selection, choice: MapChoice) -> Month | None:
    """The other month: as chosen, else the one reported before; None where there is only one."""
    others = [month for month in _months(whole)[::-1] if month != whole.month]
    if not others:
        return None
    before = [month for month in others if month < whole.month]
    shown = choice.against if choice.against in others else (before or others)[0]
    st.session_state["map_against"] = str(shown)
    st.selectbox(
        map_text.against_label(),
        [str(month) for month in others],
        format_func=lambda written: Month.parse(written).label,
        key="map_against",
        on_change=map_choice.take_against,
        args=("map_against",),
        width=190,
    )
    return shown


# ── villages ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _show_villages(selection: Selection, choice: MapChoice, run: Sequence[Month]) -> None:
    """Every village, as an area where its boundary was brought, else as a square grouped by town."""
    if selection.region == COUNTRY_KEY:
        return
    entry = data.indicator(selection)
    figure = entry.shown_at(Level.VILLAGE)
    looked = selection.at(level=Level.VILLAGE)
    st.subheader(map_text.map_title(Level.VILLAGE, entry.label, figure[0]), anchor=False)
    villages = sum(unit.is_valid(selection.month.key) for unit in data.tree().under(selection.region, Level.VILLAGE))
    if villages > map_tiles.MOST_TILES:
        st.info(map_text.choose_town(villages, map_tiles.MOST_TILES), icon=":material/grid_view:")
        return
    units = map_frames.measured(looked, choice, [looked.month], run)
    frame = units.frames[looked.month]
    if not frame["is_reported"].any():
        st.info(map_text.no_figures(Level.VILLAGE, entry.label), icon=":material/inbox:")
        return
    _say_method(choice, units, entry.label)
    ground = _ground(ancestor_key(selection.region, Level.COUNTY), Level.VILLAGE, selection.region, frame)
    title = map_text.map_title(Level.VILLAGE, entry.label, figure[0])
    drawn = Drawn("", frozenset(frame["region"]), ())
    if ground is not None:
        drawn = maps.area_map(frame, ground, units.division, figure, title, "village_map")
    rest = frame[frame["region"].isin(drawn.unmapped)]
    groups = map_tiles.tile_groups(rest, units.division, figure[1], figure[0])
    _legend(units, frame)
    words = map_tiles.search_words(text.units_of(Level.VILLAGE))
    show_places(Drawing(drawn.markup, groups, words), units.division, Page.PROFILE, wish_of(selection), key="villages")
    draw = _tiles_picture if ground is None else _picture
    offer_picture(title, lambda: draw(looked), key="villages")
    if ground is not None:
        _say_what_is_drawn(drawn, rest, Level.VILLAGE, ground, has_outline=False)


# ── above the counties ─────────────────────────────────────────────────────────────────────────────────────────────


def _show_above_county(selection: Selection, choice: MapChoice) -> None:
    """Tiles of the lowest units that fit a screen, each leading one step further down; and the counties by name."""
    _offer_counties(selection)
    entry = data.indicator(selection)
    level = map_frames.finest_level(selection.region, selection.month)
    if level is Level.VILLAGE:
        level = Level.TOWN
    looked = selection.at(level=level)
    figure = entry.shown_at(level)
    st.subheader(map_text.map_title(level, entry.label, figure[0]), anchor=False)
    units = map_frames.measured(looked, choice, [looked.month], ())
    frame = units.frames[looked.month]
    if frame.empty or not frame["is_reported"].any():
        st.info(map_text.no_figures(level, entry.label), icon=":material/inbox:")
        return
    _say_method(choice, units, entry.label)
    st.caption(map_text.above_county(level, opens_map=level is not Level.TOWN))
    _legend(units, frame)
    groups = map_tiles.tile_groups(frame, units.division, figure[1], figure[0])
    words = map_tiles.search_words(text.units_of(level))
    page = Page.PROFILE if level is Level.TOWN else Page.MAP
    show_places(Drawing("", groups, words), units.division, page, wish_of(selection), key="above")


def _offer_counties(selection: Selection) -> None:
    """The counties under the region, in a box: there may be hundreds."""
    counties = {
        region.key: filters.scope_label(region.key) for region in data.tree().under(selection.region, Level.COUNTY)
    }
    st.info(text.MAP_IS_BY_COUNTY if counties else map_text.no_counties(), icon=":material/map:")
    if not counties:
        return
    chosen = st.selectbox(
        map_text.county_label(), [None, *counties], format_func=lambda key: counties.get(key, text.CHOOSE),
        key="map_county", width=260, label_visibility="collapsed",
    )  # fmt: skip
    if chosen is not None:
        st.query_params[links.REGION] = data.tree().get(chosen).code
        st.rerun()
