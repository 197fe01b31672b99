"""报送日历: the months of the reader's counties, and one of them: its deadline, whether it is closed, who has handed in."""

from typing import Any

import pandas as pd
import streamlit as st

from ecodash.domain.access import Right
from ecodash.domain.calendar import newest_reportable
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.domain.selection import Selection, default_level
from ecodash.i18n import gettext as _
from ecodash.i18n import in_this_language
from ecodash.reports.numbers import show_time
from ecodash.views import (
    calendar_dialogs,
    calendar_reminder,
    calendar_words,
    data,
    filing_card,
    filing_data,
    filing_desk,
    marks,
    text,
    upload_marks,
)
from ecodash.views.display import offer_downloads
from ecodash.views.heading import as_of_text
from ecodash.views.rows import rows_of
from ecodash.views.tables import Table

_MONTHS, _OFFERED = 6, 24
_COUNTIES_SIDE_BY_SIDE = 6
_SHOWN = 100


def show(watermark: int) -> None:
    """The overview, the choice of a county and a month, and what there is to say and to do about them."""
    st.html(filing_card.SHEET)
    filing_desk.show_said()
    newest = newest_reportable(data.now())
    counties = list(rows_of(filing_data.deadlines(newest)))
    if not counties:
        st.info(_("您的账号没有可以查看的县。请联系本系统管理员。"), icon=":material/lock:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="reporting_choices"):
        county = _county_box(counties)
        month = _month_box(newest)
    row = next(one for one in rows_of(filing_data.deadlines(month)) if int(one.region) == county)
    _show_month(row, month)
    if data.actor().may(Right.READ_REPORTED, county):
        _show_units(row, month, watermark)
    else:
        st.caption(_("您的账号不能查看待审数据，各单位的填报情况请看“数据上报”的“填报情况”。"))
    _show_months(counties, newest, watermark)
    calendar_dialogs.show()


def _county_box(counties: list[Any]) -> int:
    names = {int(one.region): str(one.name) for one in counties}
    keys, home = list(names), data.home_region()
    return int(
        st.selectbox(
            _("县（市、区）"), keys, index=keys.index(home) if home in names else 0,
            format_func=lambda key: names[key], key="calendar_county", width=260,
        )
    )  # fmt: skip


def _month_box(newest: Month) -> Month:
    months = [str(newest.plus(-step)) for step in range(_OFFERED)]
    written = st.selectbox(
        text.MONTH, months, index=1, format_func=in_this_language(lambda value: Month.parse(value).label),
        key="calendar_month", width=180,
    )  # fmt: skip
    return Month.parse(written)


# ── one month ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _show_month(row: Any, month: Month) -> None:
    due = row.due_at.to_pydatetime()
    with st.container(border=True, key="calendar_one"):
        st.subheader(calendar_words.month_of(row.name, month), anchor=False)
        set_by = "" if row.is_usual else calendar_words.changed_by(row.actor, show_time(row.at), row.reason)
        st.html(
            upload_marks.facts(
                [
                    (_("上报期限"), calendar_words.due_line(due, is_past=data.now() >= due, is_usual=row.is_usual)),
                    (_("期限由来"), set_by),
                    (_("是否封账"), calendar_words.open_or_closed(is_closed=row.is_closed)),
                    (_("是否审核"), calendar_words.reviewed_or_not(is_reviewed=row.is_reviewed)),
                ]
            )
        )
        _offer(row, month)


def _offer(row: Any, month: Month) -> None:
    """Buttons the reader may use; each opens a dialog that says what it does."""
    may, county = data.actor().may, int(row.region)
    with st.container(horizontal=True, key="filing_actions"):
        if may(Right.CLOSE, county) and not row.is_closed:
            _button("deadline", _("改上报期限…"), ":material/event:", county, month)
            _button("close", _("封账…"), ":material/lock:", county, month)
        if may(Right.REOPEN, county) and row.is_closed:
            _button("reopen", _("重新开放…"), ":material/lock_open:", county, month)
        if may(Right.ADMINISTER, county):
            label = _("关闭审核…") if row.is_reviewed else _("开启审核…")
            _button("review_switch", label, ":material/rule:", county, month)


def _button(kind: str, label: str, icon: str, county: int, month: Month) -> None:
    st.button(label, icon=icon, key=f"calendar_{kind}", on_click=filing_desk.ask_for, args=(kind, county, month.key))


# ── who has handed in ──────────────────────────────────────────────────────────────────────────────────────────────


def _show_units(row: Any, month: Month, watermark: int) -> None:
    county = int(row.region)
    status = filing_data.review_status(Selection(watermark, month, county, "", default_level(county)))
    st.subheader(_("各单位报到哪一步"), anchor=False)
    if status.empty:
        st.info(_("这里这个月没有要上报的单位。"), icon=":material/inbox:")
        return
    counts = status["state"].value_counts()
    with st.container(horizontal=True, key="review_sums"):
        for state in calendar_words.STATES:
            if counts.get(state, 0):
                st.metric(
                    calendar_words.STATES[state], calendar_words.units(int(counts[state])), border=True, width=180
                )
    heads = (text.UNIT, text.STATE, _("已发布的村"), _("待审核"), text.LATE_COUNT, text.LAST_RECEIVED)
    cells = (
        (
            marks.Cell(one.name),
            marks.Cell(calendar_words.STATES[one.state]),
            marks.Cell(f"{one.accepted:,}／{one.villages:,}", is_number=True),
            marks.Cell(str(one.waiting) if one.waiting else "", is_number=True),
            marks.Cell(str(one.late) if one.late else "", is_number=True),
            marks.Cell(show_time(one.last_at, missing=text.UNREPORTED), is_number=True),
        )
        for one in rows_of(status.head(_SHOWN))
    )
    with st.container(width=960):
        st.html(marks.short_table("", heads, cells, (2, 3, 4, 5), "calendar"))
        if len(status) > _SHOWN:
            st.caption(text.more_in_download(len(status) - _SHOWN))
        offer_downloads(_table(status), as_of_text(watermark), key="calendar")
    calendar_reminder.show(county, month, status)


def _table(status: pd.DataFrame) -> Table:
    frame = pd.DataFrame(
        {
            text.UNIT: status["name"],
            text.CODE: status["region_code"],
            text.STATE: [calendar_words.STATES[state] for state in status["state"]],
            text.VILLAGES_COUNT: status["villages"],
            _("已发布的村"): status["accepted"],
            text.MISSING_COUNT: status["missing"],
            text.LATE_COUNT: status["late"],
            _("待审核"): status["waiting"],
            _("退回待改"): status["returned"],
            text.LAST_RECEIVED: [show_time(moment, missing="") for moment in status["last_at"]],
        }
    )
    return Table(_("各单位报到哪一步"), frame)


# ── months side by side ────────────────────────────────────────────────────────────────────────────────────────────


def _show_months(counties: list[Any], newest: Month, watermark: int) -> None:
    """The last months of the first few counties: deadline or closed, and how many villages are published."""
    st.subheader(_("近几个月"), anchor=False)
    chosen = st.session_state.get("calendar_county")
    first = sorted(counties, key=lambda one: int(one.region) != chosen)[:_COUNTIES_SIDE_BY_SIDE]
    heads = [text.MONTH, *(str(one.name) for one in first)]
    lines = []
    for step in range(_MONTHS):
        month = newest.plus(-step)
        known = {int(one.region): one for one in rows_of(filing_data.deadlines(month))}
        cells = [marks.Cell(month.label)]
        for one in first:
            found = known[int(one.region)]
            counts = data.report_counts(Selection(watermark, month, int(one.region), "", Level.TOWN))
            due = calendar_words.short_day(found.due_at.to_pydatetime())
            shown = calendar_words.cell(due, counts.reported, counts.villages, is_closed=found.is_closed)
            cells.append(marks.Cell(shown))
        lines.append(cells)
    with st.container(width=260 + 230 * len(first)):
        st.html(marks.short_table("", heads, lines, (), "county-months"))
    if len(counties) > len(first):
        st.caption(_("这里只并列 {count} 个县；其他县请在上方选择。").format(count=len(first)))
