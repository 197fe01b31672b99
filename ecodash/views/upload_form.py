"""上报数据: a file is read, judged, compared, and committed by one click; a second click finds the receipt."""

import time

import streamlit as st

from ecodash import actions, effects
from ecodash.actions import Choices, Upload
from ecodash.domain.access import Right
from ecodash.domain.calendar import newest_reportable
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level
from ecodash.domain.review import Filing
from ecodash.i18n import CHINESE, in_this_language, is_english, speaking
from ecodash.views import (
    data,
    filing_hand_in,
    filters,
    text,
    upload_columns,
    upload_commit,
    upload_desk,
    upload_doubts,
    upload_faults,
    upload_marks,
    upload_preview,
    upload_reading,
    upload_text,
)
from ecodash.views.upload_desk import Desk, FileInHand

TYPES = ["csv", "txt", "tsv", "xlsx", "xls", "xlsm", "ods", "et", "zip"]
_MONTHS_OFFERED = 60
_LARGE = 200_000
"""A file of so many bytes is read long enough for a progress bar to be drawn at once."""
_PATIENCE_S = 0.7
_NOT_SAID = frozenset(
    {"month_missing", "month_disagrees", "period_not_allowed", "region_missing", "region_ambiguous", "region_outside"}
)
"""Faults that a choice of month or place may answer."""


def show() -> None:
    """The field, and under it whatever the file calls for."""
    desk = upload_desk.desk()
    filing_hand_in.show_correcting(desk)
    _file_field(desk)
    choices = _choices(desk)
    if desk.file is None:
        _show_last(desk)
        return
    upload = _read(desk, desk.file, choices)
    if notice := desk.say():
        st.warning(notice, icon=":material/sync_problem:")
    _judge(upload, desk, desk.file)


def _judge(upload: Upload, desk: Desk, file: FileInHand) -> None:
    faults, counts = upload.intake.faults, upload.counts
    if is_english() and (faults or upload.intake.doubts):
        st.caption(text.CHINESE_ONLY)
    if faults:
        upload_columns.ask(upload.intake, file)
        upload_faults.show(upload, file)
        upload_reading.show(upload.intake, file)
        return
    if not counts["new"] + counts["changed"]:
        upload_commit.show_nothing_to_commit(upload)
        upload_reading.show(upload.intake, file)
        return
    upload_reading.show(upload.intake, file)
    upload_columns.ask(upload.intake, file)
    answers = upload_doubts.ask(upload, file)
    upload_preview.show(upload, _effects(desk, upload))
    upload_commit.offer(upload, answers)


def _show_last(desk: Desk) -> None:
    if desk.last is None:
        st.html(upload_marks.steps(upload_text.steps(is_reviewed=not data.actor().may(Right.PUBLISH))))
    elif isinstance(desk.last, Filing):
        filing_hand_in.show_receipt(desk.last)
    else:
        upload_commit.show_receipt(desk.last)


# ── the field and the choices ──────────────────────────────────────────────────────────────────────────────────────


def _file_field(desk: Desk) -> None:
    key = f"file_{desk.round}"
    st.file_uploader(
        upload_text.FILE_LABEL, type=TYPES, key=key, help=upload_text.UPLOAD_HELP, on_change=_take, args=(desk, key)
    )
    if desk.file is not None and st.session_state.get(key) is None:
        # Back from another page: the field is empty, the file is still here.
        with st.container(horizontal=True, vertical_alignment="center", key="file_in_hand"):
            size = upload_text.file_size(len(desk.file.data))
            st.markdown(upload_text.file_in_hand(desk.file.name, size), width="content")
            st.button(upload_text.PUT_AWAY, key="put_away", on_click=desk.put_away, icon=":material/close:")


def _take(desk: Desk, key: str) -> None:
    file = st.session_state[key]
    if file is None:
        desk.file = None
        desk.forget_reading()
    else:
        desk.take(file.name, file.getvalue())


def _choices(desk: Desk) -> Choices:
    is_asked = desk.reading is not None and any(fault.code in _NOT_SAID for fault in desk.reading[1].intake.faults)
    chosen = bool(st.session_state.get("upload_month"))
    with (
        st.expander(upload_text.NOT_SAID_IN_FILE, expanded=is_asked or chosen, icon=":material/edit_calendar:"),
        st.container(horizontal=True, vertical_alignment="bottom", key="upload_choices"),
    ):
        month, within = _month_box(), _within_box()
    return Choices(month=month, within=within, sheets=desk.sheets, mapping=dict(desk.mapping))


def _month_box() -> Month | None:
    newest = newest_reportable(data.now())
    months = [str(newest.plus(-step)) for step in range(_MONTHS_OFFERED)]
    written = st.selectbox(
        upload_text.REPORT_MONTH,
        ["", *months],
        format_func=in_this_language(lambda value: Month.parse(value).label if value else upload_text.MONTH_FROM_FILE),
        key="upload_month",
        help=upload_text.REPORT_MONTH_HELP,
        width=260,
    )
    return Month.parse(written) if written else None


def _within_box() -> int:
    tree = data.tree()
    towns = {town.key: town.name for town in tree.under(COUNTRY_KEY, Level.TOWN) if data.may(Right.REPORT, town.key)}
    scopes = {key: filters.scope_label(key) for key in filters.scope_options(Right.REPORT)}
    options = {COUNTRY_KEY: upload_text.WHOLE_STORE} | scopes | (towns if len(scopes) <= 20 else {})
    home = data.home_region()
    keys = list(options)
    return int(
        st.selectbox(
            upload_text.WITHIN,
            keys,
            index=keys.index(home) if home in options else 0,
            format_func=lambda key: options[key],
            key="upload_within",
            help=upload_text.WITHIN_HELP,
            width=260,
        )
    )


# ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Bar:
    """A progress bar that is drawn only where there is something to wait for."""

    def __init__(self, size: int) -> None:
        self._place = st.empty()
        self._begun = time.monotonic()
        self._is_long = size > _LARGE
        self._bar = self._place.progress(0.0, upload_text.READING) if self._is_long else None

    def __call__(self, what: str, done: float) -> None:
        if self._bar is None and time.monotonic() - self._begun > _PATIENCE_S:
            self._bar = self._place.progress(0.0, upload_text.READING)
        if self._bar is not None:
            self._bar.progress(min(max(done, 0.0), 1.0), f"{what}…")

    def remove(self) -> None:
        self._place.empty()


def _read(desk: Desk, file: FileInHand, choices: Choices) -> Upload:
    """Read once for each choice; the same reading is what is committed."""
    if desk.reading is not None and desk.reading[0] == choices:
        return desk.reading[1]
    bar = _Bar(len(file.data))
    with speaking(CHINESE):  # What is said of a file is kept with it.
        upload = actions.read_file(
            data.workspace(), file.data, file.name, actor=data.actor(), now=data.now(), choices=choices, progress=bar
        )
    bar.remove()
    desk.keep(choices, upload)
    if any(fault.code in _NOT_SAID for fault in upload.intake.faults):
        st.rerun()  # The choices stand above: they are opened now that they are needed.
    return upload


def _effects(desk: Desk, upload: Upload) -> effects.Effects:
    if desk.effects is None:
        with st.spinner(upload_text.REHEARSING):
            desk.effects = effects.effects_of_upload(data.workspace(), upload, actor=data.actor(), now=data.now())
    return desk.effects
