"""How much waits for the reader, said beside the name of a page in the bar."""

from ecodash.domain.access import Right
from ecodash.views import data, filing_data, filing_words


def titled(page: str, title: str) -> str:
    """审核（3）: a page's title with the filings that wait there for the reader; the title alone where none does.

    Args:
        page: the file's name.
    """
    actor = data.actor()
    if not actor.is_operator and not actor.account:
        return title  # Nobody signed in: nothing may be asked.
    if page == "review" and actor.may_somewhere(Right.REVIEW):
        return filing_words.with_count(title, len(filing_data.waiting()))
    if page == "upload" and actor.may_somewhere(Right.REPORT):
        return filing_words.with_count(title, len(filing_data.to_correct()))
    return title
