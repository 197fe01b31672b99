"""数据上报: a file is read, judged, compared, and committed by one click; a second click finds the receipt."""

import hashlib
from collections.abc import Mapping

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ecodash import actions
from ecodash.actions import Upload
from ecodash.domain.calendar import newest_reportable
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level
from ecodash.ingest.intake import Intake
from ecodash.store.journal import Receipt
from ecodash.views import data, filters, marks, text, upload_tables, upload_text
from ecodash.views.display import offer_downloads, show_table
from ecodash.views.heading import as_of_text

_UPLOAD, _RECEIPTS = "upload_read", "upload_receipts"
_MONTHS_OFFERED = 36
_FAULTS_SHOWN = 200

Identity = tuple[str, str | None, int, tuple[tuple[str, str], ...]]
"""What a reading depends on: the file, the month chosen, the place chosen, the columns chosen."""


def show() -> None:
    """The form, and under it whatever the file calls for."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="upload_choices"):
        month = _month_box()
        within = _within_box()
    file = st.file_uploader(
        upload_text.FILE_LABEL,
        type=["csv", "txt", "tsv", "xlsx", "xls", "ods"],
        key=f"file_{_round()}",
        help=upload_text.UPLOAD_HELP,
    )
    if file is None:
        _show_last_receipt()
        return
    mapping = _mapping_of(file)
    identity = _identify(file, month, within, mapping)
    receipts: dict[Identity, Receipt] = st.session_state.setdefault(_RECEIPTS, {})
    if identity in receipts:
        show_receipt(receipts[identity])
        return
    upload = _read(file, identity, month, within, mapping)
    _show_reading(upload.intake)
    if upload.intake.faults:
        st.error(upload_text.faults_found(len(upload.intake.faults)), icon=":material/error:")
        _offer_mapping(file, upload.intake)
        _show_faults(upload.intake)
        return
    _offer_mapping(file, upload.intake)
    _show_preview(upload)
    _offer_commit(upload, identity)


def _round() -> int:
    """Counts the files done with, so that the field is empty for the next one."""
    return int(st.session_state.setdefault("upload_round", 0))


def _month_box() -> Month | None:
    newest = newest_reportable(data.now())
    months = [str(newest.plus(-step)) for step in range(_MONTHS_OFFERED)]
    written = st.selectbox(
        upload_text.REPORT_MONTH,
        ["", *months],
        format_func=lambda value: Month.parse(value).label if value else upload_text.MONTH_FROM_FILE,
        key="upload_month",
        help=upload_text.REPORT_MONTH_HELP,
        width=260,
    )
    return Month.parse(written) if written else None


def _within_box() -> int:
    tree = data.tree()
    towns = {town.key: town.name for town in tree.under(COUNTRY_KEY, Level.TOWN)}
    scopes = {key: filters.scope_label(key) for key in filters.scope_options()}
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


def _identify(file: UploadedFile, month: Month | None, within: int, mapping: Mapping[str, str]) -> Identity:
    digest = hashlib.sha256(file.getvalue()).hexdigest()
    return f"{file.file_id}{digest}", str(month) if month else None, within, tuple(sorted(mapping.items()))


def _read(
    file: UploadedFile, identity: Identity, month: Month | None, within: int, mapping: Mapping[str, str]
) -> Upload:
    """Read once for each choice; the same reading is what is committed."""
    kept: tuple[Identity, Upload] | None = st.session_state.get(_UPLOAD)
    if kept is not None and kept[0] == identity:
        return kept[1]
    with st.spinner(upload_text.READING):
        upload = actions.read_file(
            data.workspace(), file.getvalue(), file.name, now=data.now(), month=month, within=within, mapping=mapping
        )
    st.session_state[_UPLOAD] = (identity, upload)
    return upload


def _show_reading(intake: Intake) -> None:
    """How the file was understood: what an official checks first."""
    if intake.header_row:
        st.caption(
            upload_text.read_as(intake.row_count, intake.header_row, intake.sheet, upload_text.LAYOUTS[intake.layout])
        )
    if intake.notes:
        with st.expander(upload_text.reading_notes(len(intake.notes)), expanded=len(intake.notes) <= 3):
            st.markdown(upload_text.bullets(intake.notes))


def _mapping_of(file: UploadedFile) -> dict[str, str]:
    """What was chosen for the columns of this file."""
    chosen: dict[str, dict[str, str]] = st.session_state.setdefault("upload_mapping", {})
    return {header: code for header, code in chosen.get(file.file_id, {}).items() if code}


def _offer_mapping(file: UploadedFile, intake: Intake) -> None:
    """A choice for each column that was not recognised, and for those chosen before."""
    chosen: dict[str, str] = st.session_state["upload_mapping"].setdefault(file.file_id, {})
    unknown = dict.fromkeys(fault.column for fault in intake.faults if fault.code == "column_unknown")
    headers = list(unknown | dict.fromkeys(chosen))
    if not headers:
        return
    st.subheader(upload_text.UNKNOWN_COLUMNS, anchor=False)
    st.markdown(upload_text.UNKNOWN_COLUMNS_EXPLAINED)
    labels = {"": text.CHOOSE, "-": upload_text.IGNORE_COLUMN} | {
        code: text.indicator_in_category(entry.category, text.with_unit(entry.name, entry.unit))
        for code, entry in data.catalog().items()
    }
    with st.container(horizontal=True, key="mapping"):
        for place, header in enumerate(headers):
            key = f"mapping_{file.file_id}_{place}_{header}"
            st.selectbox(
                upload_text.column_named(header),
                list(labels),
                index=list(labels).index(chosen.get(header, "")),
                format_func=lambda code: labels[code],
                key=key,
                on_change=_choose_column,
                args=(file.file_id, header, key),
                width=320,
            )


def _choose_column(file_id: str, header: str, key: str) -> None:
    st.session_state["upload_mapping"][file_id][header] = st.session_state[key]


# ── judging, comparing, committing ─────────────────────────────────────────────────────────────────────────────────


def _show_faults(intake: Intake) -> None:
    """Every fault with its whole remedy in sight; a very long list in part, and whole as a file."""
    st.html(marks.fault_list(intake.faults[:_FAULTS_SHOWN]))
    if len(intake.faults) > _FAULTS_SHOWN:
        st.caption(upload_text.more_faults(len(intake.faults) - _FAULTS_SHOWN))
    offer_downloads(upload_tables.faults(intake.faults), intake.file_name, key="faults")


def _show_preview(upload: Upload) -> None:
    counts = upload.counts
    st.subheader(upload_text.PREVIEW, anchor=False)
    with st.container(horizontal=True, key="cards"):
        for name, label in upload_text.CHANGES.items():
            st.metric(label, upload_text.cells(counts[name]), border=True, width=200)
    kinds = [name for name in upload_text.CHANGES if counts[name]]
    shown = st.segmented_control(
        upload_text.SHOW_CHANGES,
        ["", *kinds],
        default="",
        format_func=lambda name: upload_text.CHANGES[name] if name else text.ALL,
        required=True,
        key="preview_filter",
    )
    rows = upload.target_changes if upload.changes.empty else upload.changes
    rows = rows[rows["change"] == shown] if shown else rows
    show_table(
        upload_tables.changes(rows, data.catalog(), data.tree()), upload.intake.file_name, key="preview", row_count=35
    )


def _offer_commit(upload: Upload, identity: Identity) -> None:
    counts = upload.counts
    if not counts["new"] + counts["changed"]:
        st.info(upload_text.NOTHING_CHANGES, icon=":material/info:")
        return
    if not st.button(
        upload_text.commit_cells(counts["new"] + counts["changed"]),
        type="primary",
        key="commit",
        icon=":material/check_circle:",
    ):
        return
    # The reading is taken away first: if the commit is refused, the file is read and compared anew.
    st.session_state.pop(_UPLOAD, None)
    with st.spinner(upload_text.COMMITTING):
        receipt = actions.commit_upload(data.workspace(), upload, actor=data.actor(), now=data.now())
        # Kept before anything is drawn: a second click ends this run at the next drawing and finds the receipt.
        st.session_state[_RECEIPTS][identity] = receipt
        st.session_state["upload_last"] = receipt
        st.session_state["upload_round"] = _round() + 1
    st.rerun()


def _show_last_receipt() -> None:
    if "upload_last" in st.session_state:
        show_receipt(st.session_state["upload_last"])


def forget_receipt(batch: int) -> None:
    """A batch that was undone is no longer called a success."""
    last: Receipt | None = st.session_state.get("upload_last")
    if last is not None and last.batch == batch:
        del st.session_state["upload_last"]


def show_receipt(receipt: Receipt) -> None:
    """What a commit did."""
    st.success(upload_text.receipt_title(receipt.batch), icon=":material/check_circle:")
    with st.container(horizontal=True, key="receipt"):
        for label, value in (
            (text.BATCH, upload_text.batch_number(receipt.batch)),
            (upload_text.WATERMARK, str(receipt.watermark)),
            (upload_text.ROWS_COUNT, f"{receipt.rows:,}"),
            (upload_text.CELLS_COUNT, f"{receipt.cells:,}"),
        ):
            st.metric(label, value, border=True, width=160)
    st.caption(
        f"{upload_text.receipt_detail(receipt.new, receipt.changed, receipt.unchanged)} {as_of_text(receipt.watermark)}"
    )
