"""提交审核: what is said before the click that hands a file in, after it, and while a returned one is corrected."""

import streamlit as st

from ecodash.actions import Upload
from ecodash.domain.review import Filing
from ecodash.i18n import gettext as _
from ecodash.permits import towns_of
from ecodash.views import (
    filing_card,
    filing_data,
    filing_desk,
    filing_remarks,
    filing_words,
    text,
    upload_desk,
    upload_marks,
)
from ecodash.views.filing_data import Filed
from ecodash.views.upload_desk import Desk


def show_correcting(desk: Desk) -> None:
    """Which returned filing is being corrected, and what was said of it."""
    if desk.answers is None:
        if desk.file is None and desk.last is None and (waiting := filing_data.to_correct()):
            _point_at(waiting)
        return
    found = next((one for one in filing_data.own() if one.number == desk.answers), None)
    if found is None:
        desk.answers = None
        return
    with st.container(border=True, key="filing_correcting"):
        st.markdown(f"**{filing_words.correcting(found.number)}**")
        if found.comment:
            st.markdown(text.escape(found.comment))
        if remarks := filing_remarks.kept_remarks(found):
            filing_remarks.show_remarks(remarks, None)
        with st.container(horizontal=True):
            filing_remarks.offer_marked_file(found)
            st.button(_("不是订正，另报一份"), key="filing_not_correcting", on_click=_forget, args=(desk,))


def _point_at(waiting: list[Filed]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="filing_returned"):
        st.warning(filing_words.waiting_for_correction(len(waiting)), icon=":material/undo:")
        st.button(
            _("去看退回意见"), key="filing_see_returned", icon=":material/arrow_forward:",
            on_click=upload_desk.go_to_part, args=("filings",),
        )  # fmt: skip


def _forget(desk: Desk) -> None:
    desk.answers = None


def show_before(upload: Upload) -> bool:
    """What handing in does and who will look at it; whether it makes sense: not where the same file waits already."""
    regions, periods = _reach_of(upload)
    open_ones = [one for one in filing_data.own() if one.is_open and set(one.regions) & set(regions)]
    same = [one for one in open_ones if filing_data.get_filing(one.number).file_sha256 == upload.intake.sha256]
    if same:
        st.info(filing_words.already_waiting(same[0].number), icon=":material/hourglass_top:")
        return False
    alike = [
        one.number for one in open_ones if any(one.first_month.key <= key <= one.last_month.key for key in periods)
    ]
    if alike:
        st.warning(filing_words.others_waiting(sorted(alike)), icon=":material/content_copy:")
    names = filing_data.reviewers(regions)
    if not names:
        st.warning(filing_words.nobody_reviews(), icon=":material/person_off:")
    st.markdown(filing_words.what_handing_in_does(names))
    return True


def _reach_of(upload: Upload) -> tuple[tuple[int, ...], set[int]]:
    """Keys of the towns, or larger units, a file has figures or targets for, and its months (yyyymm)."""
    months = [*upload.changes["period"].unique(), *upload.target_changes["deadline"].unique()]
    return tuple(towns_of(upload.regions)), {int(key) for key in months}


def show_receipt(handed_in: Filing) -> None:
    """What was handed in, who looks at it now, and where to see what becomes of it."""
    one = next((filed for filed in filing_data.own() if filed.number == handed_in.number), None)
    if one is None:
        return
    st.html(filing_card.SHEET)
    st.success(filing_words.handed_in_receipt(one.number), icon=":material/outbox:")
    with st.container(border=True, key="filing_receipt"):
        lines = [(_("审核人"), filing_words.reviewers(filing_data.reviewers(one.regions)))]
        st.html(upload_marks.facts([*lines, *filing_card.facts(one)]))
    st.button(
        _("到“我的报送”看办理进度"),
        key="filing_see_own",
        icon=":material/arrow_forward:",
        on_click=_see,
        args=(one.number,),
    )


def _see(number: int) -> None:
    upload_desk.go_to_part("filings")
    filing_desk.go_to(number)
