"""审核: what waits for the reader, or the one filing the address names, and the dialog that is open over it."""

import streamlit as st

from ecodash.domain.access import Right
from ecodash.views import (
    data,
    filing_card,
    filing_data,
    filing_desk,
    filing_words,
    review_dialogs,
    review_list,
    review_one,
    review_words,
)


def show() -> None:
    """What was done last, then the list or the one."""
    st.html(filing_card.SHEET)
    filing_desk.show_said()
    if not data.actor().may_somewhere(Right.REVIEW):
        st.info(review_words.may_not(), icon=":material/lock:")
        return
    asked = filing_desk.asked_for()
    found = next((one for one in filing_data.list_filings() if one.number == asked), None)
    if asked is not None and found is None:
        st.warning(filing_words.filing_unknown(asked), icon=":material/warning:")
    if found is None:
        review_list.show()
    else:
        review_one.show(found)
    review_dialogs.show()
