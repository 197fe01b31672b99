"""问题清单: every fault with its place and remedy, by kind, searchable, and the marked workbook to correct."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from ecodash import effects
from ecodash.actions import Upload
from ecodash.domain.audit import ExportKind
from ecodash.i18n import in_this_language, language
from ecodash.ingest.faults import Fault
from ecodash.views import downloads, text, upload_marks, upload_tables, upload_text, upload_words
from ecodash.views.display import offer_downloads
from ecodash.views.upload_desk import FileInHand

_PER_PAGE, _OF_EACH = 50, 8
_QUESTIONS = {"column_guessed", "column_unknown"}
"""Faults that are answered on the page: where there are no others, the questions say it all."""


def show(upload: Upload, file: FileInHand) -> None:
    """Nothing is committed: what is wrong, where, and what to do."""
    faults = upload.intake.faults
    listed = [fault for fault in faults if fault.code != "more_faults"]
    if {fault.code for fault in listed} <= _QUESTIONS:
        st.info(upload_text.ANSWER_FIRST, icon=":material/arrow_upward:")
        return
    counts = Counter(upload_words.fault_kind(fault.code) for fault in listed)
    is_more = len(listed) < len(faults)
    st.error(upload_text.faults_found(len(listed), len(counts), is_more=is_more), icon=":material/error:")
    downloads.offer(
        upload_text.ANNOTATED,
        lambda: effects.annotated(upload),
        file_name=upload_text.annotated_name(file.name),
        mime=downloads.XLSX,
        what=ExportKind.MARKED_FILE,
        is_chinese=True,
        type="primary",
        icon=":material/download:",
        key="annotated",
    )
    st.caption(upload_text.ANNOTATED_HELP)
    st.subheader(upload_text.FAULTS, anchor=False)
    shown = _chosen(faults, counts, file)
    _show_page(shown, counts, file, names_sheets=len(upload.intake.sheets) > 1)
    offer_downloads(upload_tables.faults(faults), upload.intake.file_name, key="faults")


def _chosen(faults: Sequence[Fault], counts: Counter[str], file: FileInHand) -> list[Fault]:
    """The faults of the kind and with the words asked for, by kind, then in the file's order."""
    kinds = sorted(counts, key=_rank)
    kind, sought = "", ""
    if len(faults) > 5:
        with st.container(horizontal=True, vertical_alignment="bottom", key="fault_filters"):
            if len(kinds) > 1:
                kind = st.pills(
                    upload_text.SHOW_KIND,
                    ["", *kinds],
                    default="",
                    format_func=in_this_language(
                        lambda one: upload_text.kind_count(one or text.ALL, counts[one] if one else counts.total())
                    ),
                    required=True,
                    key=f"fault_kind_{file.number}_{language()}",
                    wrap=True,
                )
            sought = st.text_input(
                upload_text.SEARCH_FAULTS,
                placeholder=upload_text.SEARCH_FAULTS_EXAMPLE,
                key=f"fault_search_{file.number}",
                width=260,
            ).strip()
    found = [
        fault
        for fault in faults
        if (not kind or upload_words.fault_kind(fault.code) == kind)
        and (not sought or any(sought in part for part in (fault.column, fault.value, fault.hint, fault.sheet)))
    ]
    return sorted(found, key=lambda fault: _rank(upload_words.fault_kind(fault.code)))


def _rank(kind: str) -> int:
    order = list(upload_words.FAULT_KINDS.values())
    return order.index(kind) if kind in order else len(order)


def _show_page(shown: Sequence[Fault], counts: Counter[str], file: FileInHand, *, names_sheets: bool) -> None:
    if not shown:
        st.info(upload_text.NO_FAULT_FOUND, icon=":material/search_off:")
        return
    if len(shown) > _PER_PAGE and len(shown) >= counts.total():
        # All of a long list: the beginning of each kind, so that none is hidden behind the pages of the first.
        first = _first_of_each(shown)
        st.html(upload_marks.fault_list(first, counts, names_sheets=names_sheets))
        st.caption(upload_text.CHOOSE_KIND)
        return
    pages = -(-len(shown) // _PER_PAGE)
    page = min(int(st.session_state.get(f"fault_page_{file.number}", 1)), pages)
    begin = (page - 1) * _PER_PAGE
    part = shown[begin : begin + _PER_PAGE]
    listed = Counter(upload_words.fault_kind(fault.code) for fault in shown)
    st.html(upload_marks.fault_list(part, listed, names_sheets=names_sheets))
    if pages > 1:
        st.caption(upload_text.faults_shown(begin + 1, begin + len(part), len(shown)))
        st.pagination(pages, key=f"fault_page_{file.number}")


def _first_of_each(shown: Sequence[Fault]) -> list[Fault]:
    seen: Counter[str] = Counter()
    first = []
    for fault in shown:
        kind = upload_words.fault_kind(fault.code)
        seen[kind] += 1
        if seen[kind] <= _OF_EACH:
            first.append(fault)
    return first
