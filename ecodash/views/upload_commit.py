"""The one click that commits or hands in for review, what holds it up, and the receipt."""

import streamlit as st

from ecodash import actions
from ecodash.actions import Upload
from ecodash.domain.audit import ExportKind
from ecodash.errors import SubmissionRejected, TransitionRefused
from ecodash.store.submission import Receipt
from ecodash.views import (
    batch_text,
    data,
    downloads,
    filing_data,
    filing_hand_in,
    filing_words,
    text,
    upload_desk,
    upload_text,
)
from ecodash.views.heading import as_of_text
from ecodash.views.upload_desk import Desk
from ecodash.views.upload_doubts import Answers


def offer(upload: Upload, answers: Answers) -> None:
    """The button, and why it waits where it does."""
    desk = upload_desk.desk()
    counts = upload.counts
    if answers.waiting:
        st.warning(upload_text.waiting_for(answers.waiting), icon=":material/hourglass_empty:")
    is_filed = filing_data.is_filed(upload)
    if is_filed and not filing_hand_in.show_before(upload):
        return
    cells = counts["new"] + counts["changed"]
    is_clicked = st.button(
        filing_words.hand_in(cells) if is_filed else upload_text.commit_cells(cells),
        type="primary",
        key="commit",
        icon=":material/outbox:" if is_filed else ":material/check_circle:",
        disabled=bool(answers.waiting),
    )
    if is_clicked and not answers.waiting:
        _commit(upload, answers, desk)


def _commit(upload: Upload, answers: Answers, desk: Desk) -> None:
    with st.spinner(upload_text.COMMITTING):
        # The reading is taken away first: if the commit is refused, the file is read and compared anew.
        desk.forget_reading()
        try:
            done = actions.deliver(
                data.workspace(), upload, actor=data.actor(), now=data.now(), reasons=answers.reasons,
                answers=desk.answers,
            )  # fmt: skip
            # Kept before anything is drawn: a second click ends this run at the next drawing and finds the receipt.
            desk.close(done)
        except (TransitionRefused, SubmissionRejected) as refused:
            desk.notice = text.what_and_remedy(refused.what, refused.remedy)
    st.rerun()


def show_nothing_to_commit(upload: Upload) -> None:
    """Everything the file says stands already: say so, and in which batch the file came."""
    batch = data.batch_of_file(upload.intake.sha256)
    st.info(upload_text.nothing_changes(batch), icon=":material/info:")
    if batch is not None:
        offer_receipt(batch, key="receipt_again")


def show_receipt(receipt: Receipt) -> None:
    """What a commit did, and a page of it for the printer."""
    st.success(batch_text.receipt_title(receipt.batch), icon=":material/check_circle:")
    with st.container(horizontal=True, key="receipt"):
        for label, value in (
            (text.BATCH, batch_text.batch_number(receipt.batch)),
            (batch_text.ROWS_COUNT, batch_text.rows(receipt.rows)),
            (upload_text.CHANGES["new"], upload_text.cells(receipt.new)),
            (upload_text.CHANGES["changed"], upload_text.cells(receipt.changed)),
        ):
            st.metric(label, value, border=True, width=160)
    detail = batch_text.receipt_detail(receipt.new, receipt.changed, receipt.unchanged)
    st.caption(f"{detail} {as_of_text(receipt.watermark)}")
    offer_receipt(receipt.batch, key="receipt_print")


def offer_receipt(batch: int, *, key: str) -> None:
    """The receipt as a page that prints."""
    downloads.offer(
        batch_text.PRINT_RECEIPT,
        lambda: data.receipt_page(batch),
        file_name=batch_text.receipt_name(batch),
        mime=downloads.HTML,
        what=ExportKind.RECEIPT,
        is_chinese=True,
        batch=batch,
        icon=":material/print:",
        help=batch_text.PRINT_RECEIPT_HELP,
        key=key,
    )


def forget_receipt(batch: int) -> None:
    """A batch that was undone is no longer called a success."""
    desk = upload_desk.desk()
    if isinstance(desk.last, Receipt) and desk.last.batch == batch:
        desk.last = None
