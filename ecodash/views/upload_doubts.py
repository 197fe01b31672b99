"""疑点: possible but unlikely figures, by rule; each rule needs a tick and a reason before anything is committed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from ecodash.actions import Upload
from ecodash.actions.uploads import LONGEST_REASON
from ecodash.ingest.faults import Doubt
from ecodash.views import upload_marks, upload_tables, upload_text, upload_words
from ecodash.views.display import offer_downloads
from ecodash.views.upload_desk import FileInHand

_SHOWN = 20


@dataclass
class Answers:
    """What was said to the doubts.

    Args:
        reasons: rule's code → reason, of the rules that are answered.
        waiting: rules that are not: name, whether ticked, whether a reason is given.
    """

    reasons: dict[str, str] = field(default_factory=dict)
    waiting: list[tuple[str, bool, bool]] = field(default_factory=list)


def ask(upload: Upload, file: FileInHand) -> Answers:
    """Each rule with its list, its tick and its reason; what was answered so far."""
    answers = Answers()
    doubts = upload.intake.doubts
    if not doubts:
        return answers
    st.subheader(upload_text.DOUBTS, anchor=False)
    st.warning(upload_text.DOUBTS_EXPLAINED, icon=":material/help:")
    for code in upload.doubt_codes:
        _ask_rule(code, [doubt for doubt in doubts if doubt.code == code], upload, file, answers)
    return answers


def _is_about_others(doubt: Doubt) -> bool:
    """Whether it tells of doubts that are not listed one by one."""
    return doubt.row is None and not (doubt.region or doubt.indicator or doubt.period)


def _ask_rule(code: str, doubts: Sequence[Doubt], upload: Upload, file: FileInHand, answers: Answers) -> None:
    rule = upload_words.doubt_rule(code)
    with st.container(border=True, key=f"doubt_{code}"):
        # What says how many are not listed comes first: of a long list only the beginning is seen.
        beyond = [doubt for doubt in doubts if _is_about_others(doubt)]
        listed = [doubt for doubt in doubts if not _is_about_others(doubt)]
        st.markdown(f"**{upload_text.doubts_of_rule(rule, len(listed), is_more=bool(beyond))}**")
        first = [*beyond, *listed][:_SHOWN]
        st.html(upload_marks.doubt_list(first, names_sheets=len(upload.intake.sheets) > 1))
        if len(doubts) > _SHOWN:
            st.caption(upload_text.more_doubts(len(doubts) - _SHOWN))
            offer_downloads(upload_tables.doubts(doubts), upload.intake.file_name, key=f"doubts_{code}")
        is_ticked = st.checkbox(upload_text.DOUBT_CHECKED, key=f"doubt_tick_{code}_{file.number}")
        reason = st.text_input(
            upload_text.DOUBT_REASON,
            placeholder=upload_text.DOUBT_REASON_EXAMPLE,
            max_chars=LONGEST_REASON,
            key=f"doubt_reason_{code}_{file.number}",
        ).strip()
    if is_ticked and reason:
        answers.reasons[code] = reason
    else:
        answers.waiting.append((rule, is_ticked, bool(reason)))
