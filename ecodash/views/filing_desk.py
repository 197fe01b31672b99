"""报送件 on the desk of this session: which one is looked at, which dialog is open over it, remarks not sent yet, and what
was done last."""

import re

import streamlit as st

FILING = "filing"
"""In the address: the number of the filing looked at."""

CellKey = tuple[int, str, int]
"""Region, indicator and month (yyyymm) of one figure."""

_DIALOG, _SAID, _REMARKS = "filing_dialog", "filing_said", "filing_remarks"
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)


def asked_for() -> int | None:
    """Number of the filing the address names; None where it names none."""
    written = st.query_params.get(FILING, "")
    return int(written) if _NUMBER.fullmatch(written) else None


def go_to(number: int | None) -> None:
    """Look at one filing from the next run on, or at the list."""
    close()
    if number is None:
        st.query_params.pop(FILING, None)
    else:
        st.query_params[FILING] = str(number)


def leave() -> None:
    """Look at no filing any more: another part of the page is shown."""
    st.query_params.pop(FILING, None)


# ── the dialog that is open ────────────────────────────────────────────────────────────────────────────────────────


def ask_for(kind: str, *what: int) -> None:
    """Open a dialog in the next run.

    Args:
        what: the filings it is about, or a county and a month.
    """
    st.session_state[_DIALOG] = (kind, what)


def close() -> None:
    st.session_state.pop(_DIALOG, None)


def cancel() -> None:
    """Close the dialog and do nothing; the whole page runs again, as a dialog alone cannot close itself."""
    close()
    st.rerun()


def open_dialog() -> tuple[str, tuple[int, ...]] | None:
    """Kind of the dialog to show, and what it is about."""
    found: tuple[str, tuple[int, ...]] | None = st.session_state.get(_DIALOG)
    return found


# ── what was done ──────────────────────────────────────────────────────────────────────────────────────────────────


def done(*said: str, refused: str = "", leads_to_list: bool = False) -> None:
    """Close the dialog and say at the top of the page what was done.

    Args:
        refused: what could not be done, in words that are Markdown already.
        leads_to_list: the filing needs nothing more: the list is shown.
    """
    close()
    st.session_state[_SAID] = (said, refused)
    if leads_to_list:
        st.query_params.pop(FILING, None)
    st.rerun()


def show_said() -> None:
    """What was done last; once."""
    said, refused = st.session_state.pop(_SAID, ((), ""))
    for line in said:
        st.success(line, icon=":material/check_circle:")
    if refused:
        st.warning(refused, icon=":material/warning:")


# ── remarks on cells, kept until the filing is returned ────────────────────────────────────────────────────────────


def remarks(number: int) -> dict[CellKey, str]:
    """What was noted down on cells of a filing and is not sent yet; to be changed in place."""
    kept: dict[int, dict[CellKey, str]] = st.session_state.setdefault(_REMARKS, {})
    return kept.setdefault(number, {})


def forget_remarks(number: int) -> None:
    st.session_state.get(_REMARKS, {}).pop(number, None)


def drop_remark(number: int, key: CellKey) -> None:
    remarks(number).pop(key, None)
