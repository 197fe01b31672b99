"""The first screen of an empty store: the demonstration county, or any county, city or province of the country."""

import time

import streamlit as st

from ecodash import actions
from ecodash.domain.access import Right
from ecodash.domain.regions import COUNTRY_KEY, Level, Region
from ecodash.i18n import gettext as _
from ecodash.views import data, sample_load, text, upload_text
from ecodash.views.sample_load import SampleLoad

_GLANCE_SECONDS = 0.3


def show() -> None:
    """Offer both ways to begin; when regions are there, the page that was asked for takes over."""
    st.title(upload_text.WELCOME_TITLE, anchor=False)
    if not data.may(Right.ADMINISTER, COUNTRY_KEY):
        st.info(_("系统还没有设置地区。请联系本系统管理员。"), icon=":material/hourglass_empty:")
        return
    st.markdown(upload_text.WELCOME)
    sample, own = st.columns(2, gap="large")
    with sample, st.container(border=True):
        _offer_sample()
    with own, st.container(border=True):
        _offer_regions()


def _offer_sample() -> None:
    st.subheader(upload_text.START_WITH_SAMPLE, anchor=False)
    st.markdown(upload_text.SAMPLE_EXPLAINED)
    load = sample_load.find_running(data.workspace())
    if st.button(upload_text.LOAD_SAMPLE, type="primary", disabled=load is not None, key="load_sample"):
        load = sample_load.start(data.workspace(), data.actor())
    if load is not None:
        _watch(load)


def _watch(load: SampleLoad) -> None:
    """Show how far the loading is until it is done, then go on to the page that was asked for."""
    bar = st.progress(0.0, upload_text.LOADING_SAMPLE)
    while not load.outcome.done():
        bar.progress(load.done / load.total, upload_text.loading_file(load.done, load.total, load.name))
        time.sleep(_GLANCE_SECONDS)
    load.outcome.result()
    st.rerun()


def _offer_regions() -> None:
    st.subheader(upload_text.START_WITH_REGIONS, anchor=False)
    st.markdown(upload_text.REGIONS_EXPLAINED)
    chosen: dict[str, str] = st.session_state.setdefault("regions_to_add", {})
    for found in (_search(), _cascade()):
        if found is not None:
            chosen[found.code] = found.name
    picked = st.multiselect(
        upload_text.REGIONS_CHOSEN,
        list(chosen),
        default=list(chosen),
        format_func=lambda code: upload_text.name_and_code(chosen[code], code),
        placeholder=upload_text.NONE_CHOSEN_YET,
        key=f"regions_picked_{len(chosen)}",
    )
    if st.button(upload_text.ADD_REGIONS, type="primary", disabled=not picked, key="add_regions"):
        with st.spinner(upload_text.ADDING_REGIONS):
            actions.add_regions(data.workspace(), picked, actor=data.actor(), now=data.now())
        st.rerun()


def _search() -> Region | None:
    sought = st.text_input(
        upload_text.SEARCH_REGION, placeholder=upload_text.SEARCH_REGION_EXAMPLE, key="region_search"
    )
    if not sought.strip():
        return None
    found = data.region_book().find(sought)[:30]
    if not found:
        st.info(upload_text.no_region_named(sought))
        return None
    names = {region.code: region for region in found}
    code = st.selectbox(
        upload_text.FOUND_REGIONS,
        list(names),
        index=None,
        format_func=lambda code: upload_text.name_and_code(names[code].name, code),
        placeholder=text.CHOOSE,
        key=f"region_found_{sought}",
    )
    return names[code] if code else None


def _cascade() -> Region | None:
    """Province, city, county; what is named last is what is meant, on the button's word."""
    book = data.region_book()
    with st.container(horizontal=True):
        province = _one_of(upload_text.PROVINCE, book.children(None), "province")
        city = _one_of(upload_text.CITY, book.children(province.code), "city") if province else None
        below = book.children(city.code) if city else []
        county = _one_of(upload_text.COUNTY, below, "county") if below and below[0].level is Level.COUNTY else None
    deepest = county or city or province
    if deepest is not None and st.button(upload_text.take_region(deepest.name), key="take_region"):
        return deepest
    return None


def _one_of(label: str, options: list[Region], key: str) -> Region | None:
    by_code = {region.code: region for region in options}
    code = st.selectbox(
        label,
        list(by_code),
        index=None,
        format_func=lambda code: by_code[code].name,
        placeholder=text.CHOOSE,
        key=f"cascade_{key}_{options[0].code}",
        width=170,
    )
    return by_code[code] if code else None
