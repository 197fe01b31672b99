"""What a column means: a guess is one click, an unknown one a choice, and any other can be changed."""

import streamlit as st

from ecodash.ingest.header_words import CHOOSABLE_ROLES
from ecodash.ingest.headers import ColumnMatch
from ecodash.ingest.intake import Intake
from ecodash.views import data, text, upload_desk, upload_marks, upload_text, upload_words
from ecodash.views.upload_desk import Desk, FileInHand

_LEAVE_OUT = "-"
_WIDE = 320


def ask(intake: Intake, file: FileInHand) -> None:
    """Questions about columns, as far as there are any."""
    desk = upload_desk.desk()
    columns = list({match.header: match for sheet in intake.sheets for match in sheet.columns}.values())
    labels = _labels(columns)
    guessed = [match for match in columns if match.how == "near"]
    if guessed:
        _confirm_guesses(guessed, desk, file, labels)
    unknown = list(dict.fromkeys(fault.column for fault in intake.faults if fault.code == "column_unknown"))
    if unknown:
        _choose_unknown(unknown, desk, file, labels)


def _labels(columns: list[ColumnMatch]) -> dict[str, str]:
    """Everything a column may be taken for: what is in use here, and what a column is taken for already."""
    indicators = {
        entry.code: text.indicator_in_category(entry.category, text.with_unit(entry.label, entry.unit))
        for entry in data.offered(None, *(match.target for match in columns))
    }
    roles = {role: upload_text.role_choice(upload_words.role(role)) for role in CHOOSABLE_ROLES}
    return {_LEAVE_OUT: upload_text.IGNORE_COLUMN} | indicators | roles


def _confirm_guesses(guessed: list[ColumnMatch], desk: Desk, file: FileInHand, labels: dict[str, str]) -> None:
    st.subheader(upload_text.GUESSES, anchor=False)
    st.markdown(upload_text.GUESSES_EXPLAINED)
    if len(guessed) > 1:
        st.button(
            upload_text.ALL_GUESSES_RIGHT, key="guesses_right", on_click=_take_all, args=(desk, guessed),
            icon=":material/done_all:",
        )  # fmt: skip
    for place, match in enumerate(guessed):
        name = upload_marks.target_name(match.target, data.catalog())
        with st.container(border=True, key=f"guess_{place}"):
            st.markdown(upload_text.guess_question(match.header, name, match.confidence))
            with st.container(horizontal=True, vertical_alignment="bottom"):
                st.button(
                    upload_text.guess_right(name), type="primary", key=f"guess_right_{file.number}_{place}",
                    on_click=_choose, args=(desk, match.header, match.target), icon=":material/check:",
                )  # fmt: skip
                st.button(
                    upload_text.IGNORE_COLUMN, key=f"guess_leave_{file.number}_{place}",
                    on_click=_choose, args=(desk, match.header, _LEAVE_OUT),
                )  # fmt: skip
                _target_box(
                    upload_text.OTHER_TARGET, match.header, desk, labels, key=f"guess_other_{file.number}_{place}"
                )


def _choose_unknown(unknown: list[str], desk: Desk, file: FileInHand, labels: dict[str, str]) -> None:
    st.subheader(upload_text.UNKNOWN_COLUMNS, anchor=False)
    st.markdown(upload_text.UNKNOWN_COLUMNS_EXPLAINED)
    with st.container(horizontal=True, key="mapping"):
        for place, header in enumerate(unknown):
            key = f"mapping_{file.number}_{place}_{header}"
            _target_box(upload_text.column_named(header), header, desk, labels, key=key)


def offer_change(columns: list[ColumnMatch], file: FileInHand) -> None:
    """Any column can be read otherwise: also one recognised for certain, or chosen before."""
    known = {match.header: match for match in columns if match.header}
    desk, labels = upload_desk.desk(), _labels(columns)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        header = st.selectbox(
            upload_text.CHANGE_COLUMN, list(known), index=None, placeholder=text.CHOOSE,
            key=f"change_header_{file.number}", width=_WIDE,
        )  # fmt: skip
        if header is not None:
            now = known[header]
            target = _LEAVE_OUT if now.target == "ignored" else now.target
            _target_box(
                upload_text.READ_COLUMN_AS, header, desk, labels, key=f"change_{file.number}_{header}", now=target
            )


def _target_box(label: str, header: str, desk: Desk, labels: dict[str, str], *, key: str, now: str = "") -> None:
    options = list(labels)
    st.selectbox(
        label,
        options,
        index=options.index(now) if now in labels else None,
        format_func=lambda target: labels[target],
        placeholder=text.CHOOSE,
        key=key,
        on_change=_choose_from,
        args=(desk, header, key),
        width=_WIDE,
    )


def _choose_from(desk: Desk, header: str, key: str) -> None:
    _choose(desk, header, st.session_state[key] or "")


def _choose(desk: Desk, header: str, target: str) -> None:
    desk.choose([header], target)
    desk.forget_reading()


def _take_all(desk: Desk, guessed: list[ColumnMatch]) -> None:
    for match in guessed:
        desk.choose([match.header], match.target)
    desk.forget_reading()
