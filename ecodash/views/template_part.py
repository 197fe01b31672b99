"""下载模板: a workbook for one place and month, ready to be filled in."""

import streamlit as st

from ecodash.domain.audit import ExportKind
from ecodash.domain.indicators import Indicator
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.queries.uploads import MOST_TEMPLATE_ROWS
from ecodash.views import data, downloads, place_boxes, reporting_text, text


def show(watermark: int) -> None:
    """Where, when, what; and the file."""
    st.markdown(reporting_text.TEMPLATE_EXPLAINED)
    with st.container(horizontal=True, vertical_alignment="bottom", key="template_choices"):
        county = place_boxes.county_box(reporting_text.TEMPLATE_COUNTY, "template_county")
        place = place_boxes.town_box(
            reporting_text.TEMPLATE_PLACE, county, reporting_text.ALL_TOWNS_OF_COUNTY, "template_place"
        )
        month = place_boxes.month_box(reporting_text.TEMPLATE_MONTH, "template_month", first=place_boxes.months_back())
    codes = _indicators_box(watermark, county, month)
    villages = _villages(place, month)
    name = data.tree().get(place).name
    if not villages:
        st.info(reporting_text.no_villages(name, month), icon=":material/inbox:")
    elif villages > MOST_TEMPLATE_ROWS:
        st.info(reporting_text.too_many_villages(name, villages, MOST_TEMPLATE_ROWS), icon=":material/info:")
    elif not codes:
        st.info(reporting_text.NO_INDICATOR_CHOSEN, icon=":material/info:")
    else:
        st.markdown(reporting_text.template_of(villages, len(codes), place_boxes.due_day(month, place)))
        downloads.offer(
            reporting_text.DOWNLOAD_TEMPLATE,
            lambda: data.upload_template(place, month, codes),
            file_name=reporting_text.template_name(name, month),
            mime=downloads.XLSX,
            what=ExportKind.TEMPLATE,
            is_chinese=True,
            region=place,
            type="primary",
            icon=":material/download:",
            key="template_file",
        )


def _villages(place: int, month: Month) -> int:
    return sum(1 for village in data.tree().under(place, Level.VILLAGE) if village.is_valid(month.key))


def _indicators_box(watermark: int, county: int, month: Month) -> list[str]:
    usual = [entry.code for entry in data.template_indicators(watermark, county, month)]
    labels = {entry.code: _label(entry) for entry in data.offered()}
    return st.multiselect(
        reporting_text.TEMPLATE_INDICATORS,
        list(labels),
        default=usual,
        format_func=lambda code: labels[code],
        key=f"template_codes_{county}_{month}",
        help=reporting_text.TEMPLATE_INDICATORS_HELP,
        placeholder=text.CHOOSE,
    )


def _label(entry: Indicator) -> str:
    return text.with_unit(entry.label, entry.unit)
