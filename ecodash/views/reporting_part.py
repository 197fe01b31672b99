"""填报情况: who has reported what for a month, on time or late, who has not, and a text to remind them with."""

import pandas as pd
import streamlit as st

from ecodash.domain.access import Right
from ecodash.domain.calendar import due_words
from ecodash.domain.selection import Selection, default_level
from ecodash.i18n import gettext as _
from ecodash.i18n import in_this_language
from ecodash.reports.numbers import show_time
from ecodash.views import (
    calendar_reminder,
    data,
    filing_beside,
    filing_data,
    filing_words,
    marks,
    place_boxes,
    reporting_text,
    tables,
    text,
)
from ecodash.views.display import offer_downloads
from ecodash.views.heading import as_of_text
from ecodash.views.rows import rows_of

_SHOWN = 100


def show(watermark: int) -> None:
    """The month and the place, the sums, each unit, the reminder."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="reporting_choices"):
        month = place_boxes.month_box(reporting_text.REPORTING_MONTH, "reporting_month", first=1)
        county = place_boxes.county_box(reporting_text.REPORTING_PLACE, "reporting_county")
        place = place_boxes.town_box(text.TOWN, county, text.ALL_TOWNS, "reporting_town")
    selection = Selection(watermark, month, place, "", default_level(place))
    status = data.reporting(selection)
    due = data.due_of(place, month)
    st.caption(reporting_text.due_until(due_words(due, has_hour=True), is_past=data.now() >= due))
    if status.empty:
        st.info(reporting_text.NO_UNITS, icon=":material/inbox:")
        return
    _show_sums(status)
    _show_units(status, as_of_text(watermark))
    _show_waiting(selection)
    if data.actor().may(Right.READ_REPORTED, place):
        calendar_reminder.show(place, month, filing_data.review_status(selection))
    else:
        _show_reminder(selection)


def _show_sums(status: pd.DataFrame) -> None:
    whole = int(status["villages"].sum())
    with st.container(horizontal=True, key="reporting_sums"):
        units = reporting_text.units(len(status))
        st.metric(
            reporting_text.EXPECTED, reporting_text.villages(whole), units, border=True, width=200,
            delta_color="off", delta_arrow="off",
        )  # fmt: skip
        for label, name in (
            (reporting_text.ON_TIME, "on_time"),
            (reporting_text.LATE, "late"),
            (reporting_text.MISSING, "missing"),
        ):
            count = int(status[name].sum())
            st.metric(
                label, reporting_text.villages(count), reporting_text.share(count, whole), border=True, width=200,
                delta_color="off", delta_arrow="off",
            )  # fmt: skip


def _show_waiting(selection: Selection) -> None:
    """What was handed in and does not count yet: else a unit that waits for its reviewer looks like one that is late."""
    waiting = [one.number for one in filing_beside.waiting_in(selection)]
    if waiting:
        said = _("另有 {count} 份报送件正在等待审核，还没有算在里面：{numbers}。")
        words = said.format(count=len(waiting), numbers=filing_words.numbers(sorted(waiting)))
        st.info(words, icon=":material/hourglass_top:")


def _show_units(status: pd.DataFrame, as_of: str) -> None:
    counts = status["state"].value_counts()
    states = [state for state in reporting_text.STATE_CHOICES if state and counts.get(state, 0)]
    shown = ""
    if len(states) > 1:
        shown = st.pills(
            reporting_text.SHOW_STATES,
            ["", *states],
            default="",
            format_func=in_this_language(
                lambda state: f"{reporting_text.STATE_CHOICES[state]} {len(status) if not state else counts[state]}"
            ),
            required=True,
            key="reporting_states",
            wrap=True,
        )
    rows = status[status["state"] == shown] if shown in states else status
    heads = (text.UNIT, text.STATE, reporting_text.REPORTED_OF, text.LATE_COUNT, text.LAST_RECEIVED)
    cells = (
        (
            marks.Cell(row.name),
            marks.Cell(text.REPORT_STATES[row.state]),
            marks.Cell(reporting_text.reported_of(int(row.villages - row.missing), int(row.villages)), is_number=True),
            marks.Cell(str(row.late), is_number=True),
            marks.Cell(show_time(row.last_received), is_number=True),
        )
        for row in rows_of(rows.head(_SHOWN))
    )
    with st.container(width=tables.MIDDLING):
        st.html(marks.short_table("", heads, cells, (2, 3, 4), "reporting"))
        if len(rows) > _SHOWN:
            st.caption(text.more_in_download(len(rows) - _SHOWN))
        offer_downloads(tables.reporting(status), as_of, key="reporting")


def _show_reminder(selection: Selection) -> None:
    st.subheader(reporting_text.REMINDER, anchor=False)
    said = data.reminder(selection)
    if not said:
        st.success(reporting_text.ALL_REPORTED, icon=":material/check_circle:")
        return
    st.caption(reporting_text.REMINDER_EXPLAINED)
    with st.container(key="reminder"):
        st.code(said, language=None, wrap_lines=True)
