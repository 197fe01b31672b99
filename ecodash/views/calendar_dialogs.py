"""What is decided about a month, each in a dialog that says what will happen before it does."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import streamlit as st

from ecodash import actions
from ecodash.domain.calendar import BEIJING, month_begins
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.domain.review import LONGEST_COMMENT
from ecodash.domain.selection import Selection, default_level
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.i18n import in_this_language, marked
from ecodash.views import calendar_words, data, filing_data, filing_desk, text
from ecodash.views.review_dialogs import confirmed


def show() -> None:
    """The dialog that was asked for, if any; called once, when the rest of the page is drawn."""
    asked = filing_desk.open_dialog()
    if asked is None or asked[0] not in _KINDS:
        return
    kind, (county, period) = asked
    title, icon, draw = _KINDS[kind]
    dialog = st.dialog(_(title), width="medium", icon=icon, on_dismiss=filing_desk.close)
    dialog(in_this_language(_draw))(draw, county, Month.from_key(period))


def _draw(draw: Callable[[int, Month], None], county: int, month: Month) -> None:
    try:
        draw(county, month)
    except UserError as error:
        st.error(text.what_and_remedy(error.what, error.remedy), icon=":material/error:")


def _place(county: int) -> str:
    return data.tree().get(county).name


def _reason(label: str, key: str) -> str:
    return st.text_input(label, max_chars=LONGEST_COMMENT, key=key).strip()


def _deadline(county: int, month: Month) -> None:
    standing = data.due_of(county, month)
    st.markdown(calendar_words.deadline_question(_place(county), month))
    last = (standing.astimezone(BEIJING) - timedelta(seconds=1)).date()
    begins = month_begins(month).astimezone(BEIJING).date()
    day = st.date_input(
        _("最后一天"), last, min_value=begins, max_value=begins + timedelta(days=364), format="YYYY-MM-DD",
        key=f"calendar_day_{county}_{month.key}",
    )  # fmt: skip
    is_past = standing <= data.now()
    if is_past:
        st.warning(calendar_words.deadline_past(), icon=":material/event_busy:")
    reason = _reason(_("理由（必填）") if is_past else _("理由（可以不填）"), "calendar_deadline_reason")
    if not confirmed(_("确定改期限"), "calendar_deadline_sure") or not isinstance(day, date):
        return
    due = datetime(day.year, day.month, day.day, tzinfo=BEIJING) + timedelta(days=1)
    is_new = actions.set_deadline(
        data.workspace(), county, month, due, reason=reason, actor=data.actor(), now=data.now()
    )
    said = calendar_words.deadline_set(_place(county), month, due) if is_new else calendar_words.nothing_changed()
    filing_desk.done(said)


def _close(county: int, month: Month) -> None:
    st.markdown(calendar_words.close_question(_place(county), month))
    status = filing_data.review_status(Selection(data.newest_watermark(), month, county, "", default_level(county)))
    missing = int(status["state"].isin(["missing", "partial", "returned"]).sum())
    if missing:
        st.warning(calendar_words.still_missing(missing), icon=":material/warning:")
    waiting = int(status["waiting"].sum())
    leaves_open = False
    if waiting:
        st.warning(calendar_words.still_waiting(waiting), icon=":material/hourglass_top:")
        leaves_open = st.checkbox(calendar_words.closes_anyway(), key="calendar_close_anyway")
    if not confirmed(_("确定封账"), "calendar_close_sure", is_possible=leaves_open or not waiting):
        return
    actions.set_month_closed(
        data.workspace(), month, is_closed=True, county=county, leaves_open=leaves_open, actor=data.actor(),
        now=data.now(),
    )  # fmt: skip
    filing_desk.done(calendar_words.closed(_place(county), month))


def _reopen(county: int, month: Month) -> None:
    closed = filing_data.closed_everywhere_or_in(county, month)
    if COUNTRY_KEY in closed and not data.actor().is_operator and county != COUNTRY_KEY:
        st.warning(calendar_words.closed_everywhere(), icon=":material/lock:")
    st.markdown(calendar_words.open_question(_place(county), month))
    reason = _reason(_("理由（必填）"), "calendar_reopen_reason")
    if not confirmed(_("确定重新开放"), "calendar_reopen_sure"):
        return
    for where in sorted(closed):
        actions.set_month_closed(
            data.workspace(), month, is_closed=False, county=where, reason=reason, actor=data.actor(), now=data.now()
        )
    filing_desk.done(calendar_words.opened(_place(county), month))


def _switch(county: int, _month: Month) -> None:
    is_reviewed = filing_data.is_reviewed(county)
    if is_reviewed:
        st.warning(calendar_words.review_off_question(_place(county)), icon=":material/warning:")
    else:
        st.markdown(calendar_words.review_on_question(_place(county)))
    reason = _reason(_("理由（必填）") if is_reviewed else _("理由（可以不填）"), "calendar_review_reason")
    if not confirmed(_("确定关闭审核") if is_reviewed else _("确定开启审核"), "calendar_review_sure"):
        return
    actions.set_reviewed(data.workspace(), county, not is_reviewed, reason=reason, actor=data.actor(), now=data.now())
    filing_desk.done(calendar_words.review_switched(_place(county), is_reviewed=not is_reviewed))


_KINDS: dict[str, tuple[str, str, Callable[[int, Month], None]]] = {
    "deadline": (marked("改上报期限"), ":material/event:", _deadline),
    "close": (marked("封账"), ":material/lock:", _close),
    "reopen": (marked("重新开放已封账的月份"), ":material/lock_open:", _reopen),
    "review_switch": (marked("是否审核"), ":material/rule:", _switch),
}
"""Title, icon and content of a dialog by its kind."""
