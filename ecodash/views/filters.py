"""Widgets → Selection. What is chosen stands in the address in stable codes and goes along from page to page."""

from dataclasses import dataclass, replace

import streamlit as st

from ecodash.domain.access import Right
from ecodash.domain.calendar import newest_reportable
from ecodash.domain.indicators import Indicator, Kind
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, LEVELS, Level, Region, RegionTree, ancestor_key, level_of, region_code
from ecodash.domain.selection import Selection, default_level
from ecodash.i18n import gettext as _
from ecodash.i18n import in_this_language
from ecodash.views import data, links, text
from ecodash.views.links import Wish

_WISH, _WRITTEN = "wish", "address_written"
"""Where the session keeps what was chosen, over pages, and what was last written into the address."""
_ALL = -1
"""The choice 全部 of a region widget."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Which filters a page has.

    Args:
        deepest: the lowest level a region may be chosen at.
        has_indicator, has_level: whether the page looks at one indicator, and at units of a chosen level.
        has_composites: whether the indicator may be a composite people defined.
        is_about_itself: whether only the region's own figures count, not those of its units.
    """

    deepest: Level = Level.TOWN
    has_indicator: bool = True
    has_level: bool = False
    has_composites: bool = False
    is_about_itself: bool = False


FIELDS = {
    Page.OVERVIEW: Fields(),
    Page.MAP: Fields(),
    Page.PROGRESS: Fields(has_level=True),
    Page.RANKING: Fields(has_level=True, has_composites=True),
    Page.PROFILE: Fields(deepest=Level.VILLAGE, is_about_itself=True),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a page looks at, and what it may look at instead.

    Args:
        selection: settled; every part of it exists.
        months: months with reports, newest first; none where nothing was reported in the county.
        indicators: indicators with a figure.
        complaints: Chinese sentences on what the address asked for in vain.
    """

    selection: Selection
    months: list[Month]
    indicators: list[Indicator]
    complaints: list[str]


# ── from what was asked to what is there ───────────────────────────────────────────────────────────────────────────


def settle(page: Page, watermark: int) -> Choice:
    """The selection the address and the session ask for, as far as it exists; the address is brought in line."""
    fields = FIELDS[page]
    wish, complaints = _wish(page)
    if wish.region is not None and not data.may(Right.READ, wish.region):
        _refuse(page, wish.region)
    region = lifted(data.home_region() if wish.region is None else wish.region, fields.deepest)
    months = data.months_reported(watermark, _scope_of_months(region))[::-1]
    month = _settle_month(wish.month, months, complaints)
    level = _settle_level(wish.level if fields.has_level else None, region)
    selection = Selection(watermark, month, region, "", level)
    indicators = _indicators(selection, fields, wish.indicator)
    if fields.has_composites and indicators and wish.indicator is not None and data.is_composite(wish.indicator):
        # An earlier version is not on offer, and still has its link.
        indicators += [entry for entry in [data.entry(wish.indicator)] if entry not in indicators]
    selection = selection.at(
        indicator=_settle_indicator(wish.indicator, indicators, _usual_indicator(page, selection), complaints)
    )
    _write_address(page, selection)
    return Choice(selection, months, indicators, complaints)


def _wish(page: Page) -> tuple[Wish, list[str]]:
    """What was asked for and is not merely shown: by this address, else by earlier ones and widgets.

    What a page itself wrote into its address is no wish: else the default of one place would follow a reader to
    another that has no such figure, and a town shown in place of its village would replace it.
    """
    kept: Wish = st.session_state.get(_WISH, Wish())
    if kept.region is not None and kept.region not in data.tree():
        kept = replace(kept, region=None)
    written_on, written = st.session_state.get(_WRITTEN, (page, {}))
    address = st.query_params.to_dict()
    if written_on == page:
        address = {name: value for name, value in address.items() if value != written.get(name)}
    asked, complaints = links.read_params(address, data.tree(), _known(address.get(links.INDICATOR, "")))
    st.session_state[_WISH] = asked.over(kept)
    return asked.over(kept), complaints


def _known(asked: str) -> frozenset[str]:
    """Codes an address may name: indicators, and the composite it asks for, also in an earlier version."""
    codes = {code for code, entry in data.catalog().items() if entry.kind is not Kind.ATTRIBUTE}
    return frozenset(codes | ({asked} if data.is_composite(asked) else set()))


def _write_address(page: Page, selection: Selection) -> None:
    fields = FIELDS[page]
    params = Wish(
        selection.month,
        selection.region,
        selection.indicator if fields.has_indicator else None,
        selection.level if fields.has_level else None,
    ).to_params()
    st.session_state[_WRITTEN] = (page, params)
    params = params | {name: st.query_params[name] for name in links.EXTRAS.get(page, ()) if name in st.query_params}
    if st.query_params.to_dict() != params:
        st.query_params.from_dict(params)


def _indicators(selection: Selection, fields: Fields, asked: str | None) -> list[Indicator]:
    """Those in use with a figure for the region or its units; for the region itself where the page is about it alone.
    One not in use any more still has its link, and is all there is where nothing else was reported."""
    found = data.indicators_reported(selection)
    reported = data.offered(found, asked) or found
    if fields.has_composites and reported:
        return [*reported, *data.composites()]
    if not fields.is_about_itself:
        return reported
    own = set(data.key_figures(selection)["indicator"])
    return [entry for entry in reported if entry.code in own]


def _refuse(page: Page, region: int) -> None:
    """Say that a place is none of the reader's, and lead to one that is; the rest of the page does not run."""
    st.session_state[_WISH] = replace(st.session_state.get(_WISH, Wish()), region=None)
    home = data.home_region()
    st.title(page.label, anchor=False)
    st.error(_place_refused(data.tree().get(region).name), icon=":material/lock:")
    if data.may(Right.READ, home):
        label = _("查看{place}").format(place=data.tree().get(home).name)
        st.page_link(
            links.page_file(page), label=label, icon=":material/arrow_forward:",
            query_params=Wish(region=home).to_params(),
        )  # fmt: skip
    st.stop()


def _place_refused(name: str) -> str:
    return _("您的账号不能查看{place}的数据。如工作需要，请联系本系统管理员开通。").format(place=name)


def _lift(region: int, deepest: Level) -> int:
    return ancestor_key(region, deepest) if level_of(region).rank > deepest.rank else region


def lifted(region: int, deepest: Level) -> int:
    """A region, or the one of a level that it lies in, as far up as the reader may see."""
    above = [level for level in LEVELS if deepest.rank <= level.rank < level_of(region).rank]
    keys = (ancestor_key(region, level) for level in above)
    return next((key for key in keys if data.may(Right.READ, key)), region)


def _scope_of_months(region: int) -> int:
    """A village that missed a month is looked at in that month too: the county's months are offered."""
    return lifted(region, Level.COUNTY)


def _settle_month(asked: Month | None, months: list[Month], complaints: list[str]) -> Month:
    if not months:
        return asked or newest_reportable(data.now())
    if asked in months:
        return asked
    earlier = [month for month in months if asked is not None and month <= asked]
    shown = earlier[0] if earlier else months[0]
    if asked is not None:
        complaints.append(text.month_without_reports(asked, shown))
    return shown


def _settle_level(asked: Level | None, region: int) -> Level:
    levels = levels_below(region)
    usual = default_level(region) if level_of(region).rank >= Level.COUNTY.rank else Level.COUNTY
    if asked in levels:
        return asked
    return usual if usual in levels or not levels else levels[0]


def levels_below(region: int) -> list[Level]:
    """Levels of the units that can be compared inside a region; a village's is its own."""
    own = level_of(region)
    if own is Level.VILLAGE:
        return [own]
    below = [level for level in LEVELS if level.rank > own.rank]
    return [level for level in below if data.tree().has_any(region, level)]


def _usual_indicator(page: Page, selection: Selection) -> str:
    """What a page shows when nothing was asked for: on 进度 an indicator that has a target."""
    aimed_at = list(data.region_targets(selection)["indicator"]) if page is Page.PROGRESS else []
    targets = [entry.code for entry in data.offered(map(data.entry, aimed_at))] or aimed_at
    rates = [code for code in targets if data.catalog()[code].kind is Kind.RATIO]
    return str((rates or targets or [data.default_indicator(selection)])[0])


def _settle_indicator(asked: str | None, indicators: list[Indicator], usual: str, complaints: list[str]) -> str:
    codes = [entry.code for entry in indicators]
    if asked in codes:
        return str(asked)
    shown = usual if usual in codes or not codes else _first_rate(indicators)
    if asked is not None and codes:
        complaints.append(text.indicator_without_figures(data.entry(asked).label, data.entry(shown).label))
    return shown


def _first_rate(indicators: list[Indicator]) -> str:
    rates = [entry.code for entry in indicators if entry.kind is Kind.RATIO]
    return rates[0] if rates else indicators[0].code


def wish_of(selection: Selection) -> Wish:
    """What to ask a page for, to see this selection on it."""
    return Wish(selection.month, selection.region, selection.indicator)


# ── widgets ────────────────────────────────────────────────────────────────────────────────────────────────────────


def show(page: Page, choice: Choice) -> None:
    """Draw the page's filters; a change is written into the address before the next run."""
    fields, selection = FIELDS[page], choice.selection
    with st.container(horizontal=True, key="filters", vertical_alignment="bottom"):
        if choice.months:
            _month_box(choice.months, selection.month)
        _region_boxes(selection.region, fields.deepest)
        if fields.has_indicator and choice.indicators:
            _indicator_box(choice.indicators, selection.indicator)
        levels = levels_below(selection.region)
        if fields.has_level and len(levels) > 1:
            _level_box(levels, selection.level)


def _month_box(months: list[Month], shown: Month) -> None:
    st.session_state["month_box"] = str(shown)
    st.selectbox(
        text.MONTH,
        [str(month) for month in months],
        format_func=in_this_language(lambda written: Month.parse(written).label),
        key="month_box",
        on_change=_take,
        args=(links.MONTH, "month_box"),
        width=150,
    )


def _region_boxes(region: int, deepest: Level) -> None:
    scopes = scope_options()
    scope = _lift(region, Level.COUNTY)
    if len(scopes) > 1 or scope not in scopes:
        st.session_state["scope_box"] = scope
        st.selectbox(
            text.SCOPE,
            scopes if scope in scopes else [scope, *scopes],
            format_func=in_this_language(scope_label),
            key="scope_box",
            on_change=_take_region,
            args=("scope_box", COUNTRY_KEY),
            width=190,
        )
    if level_of(scope) is not Level.COUNTY:
        return
    town = ancestor_key(region, Level.TOWN) if region != scope else _ALL
    if town == _ALL or data.may(Right.READ, town):
        _region_box(text.TOWN, text.ALL_TOWNS, "town_box", offered(scope, Level.TOWN), town, scope)
    if deepest is Level.VILLAGE or level_of(region) is Level.VILLAGE:
        above = scope if town == _ALL else town
        village = region if level_of(region) is Level.VILLAGE else _ALL
        _region_box(text.VILLAGE, text.ALL_VILLAGES, "village_box", offered(above, Level.VILLAGE), village, above)


def offered(region: int, level: Level, right: Right = Right.READ) -> list[Region]:
    """Regions of a level below a region that whoever sits before the screen has a right in."""
    found = data.tree().under(region, level)
    return found if data.may(right, region) else [one for one in found if data.may(right, one.key)]


def _region_box(label: str, everything: str, key: str, options: list[Region], shown: int, above: int) -> None:
    names = {option.key: _region_label(option, above) for option in options}
    whole = [_ALL] if data.may(Right.READ, above) else []
    st.session_state[key] = shown
    st.selectbox(
        label,
        [*whole, *names],
        format_func=lambda option: names.get(option, everything),
        key=key,
        on_change=_take_region,
        args=(key, above),
        width=190,
    )


def _region_label(region: Region, above: int) -> str:
    """A village listed for a whole county is named with its town, as two may share a name."""
    if region.level is Level.VILLAGE and level_of(above) is not Level.TOWN:
        town = data.tree().find(ancestor_key(region.key, Level.TOWN))
        return text.place_in(region.name, town.name) if town else region.name
    return region.name


def scope_options(right: Right = Right.READ) -> list[int]:
    """The counties of the store in which the reader has a right somewhere, after the regions above them that hold more
    than one, where the reader has it everywhere."""
    own = data.own_regions(right)
    found = _scopes(data.tree())
    if COUNTRY_KEY in own:
        return found
    near = {ancestor_key(key, Level.COUNTY) for key in own}
    return [key for key in found if key in near or data.may(right, key)]


def _scopes(tree: RegionTree) -> list[int]:
    counties = tree.under(COUNTRY_KEY, Level.COUNTY)
    above = [
        region.key
        for region in tree
        if region.level.rank < Level.COUNTY.rank and len(tree.under(region.key, Level.COUNTY)) > 1
    ]
    # A city without counties (东莞市) has its towns directly below it.
    bare = [
        region.key
        for region in tree.under(COUNTRY_KEY, Level.CITY)
        if not tree.under(region.key, Level.COUNTY) and tree.under(region.key, Level.TOWN)
    ]
    return [*above, *bare, *(county.key for county in counties)]


def scope_label(region: int) -> str:
    """丰都县（重庆市）: a county with its province, as counties of several provinces may stand in one list."""
    path = data.tree().path_of(region)
    if not path:
        return text.COUNTRY
    return path[-1].name if len(path) == 1 else text.place_in(path[-1].name, path[0].name)


def _indicator_box(indicators: list[Indicator], shown: str) -> None:
    labels = {
        entry.code: text.indicator_in_category(entry.category or text.COMPOSITES, entry.label) for entry in indicators
    }
    st.session_state["indicator_box"] = shown
    st.selectbox(
        text.INDICATOR,
        list(labels),
        format_func=lambda code: labels.get(code, code),
        key="indicator_box",
        on_change=_take,
        args=(links.INDICATOR, "indicator_box"),
        width=300,
    )


def _level_box(levels: list[Level], shown: Level) -> None:
    st.session_state["level_box"] = shown.value
    st.segmented_control(
        text.LEVEL,
        [level.value for level in levels],
        format_func=in_this_language(lambda value: text.by_level(Level(value))),
        required=True,
        key="level_box",
        on_change=_take,
        args=(links.LEVEL, "level_box"),
    )


def _take(name: str, box: str) -> None:
    st.query_params[name] = str(st.session_state[box])


def _take_region(box: str, above: int) -> None:
    chosen = int(st.session_state[box])
    region = above if chosen == _ALL else chosen
    st.query_params[links.REGION] = region_code(region)
