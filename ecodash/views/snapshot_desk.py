"""快照: the list of all, or one of them by its number in the address; and which dialog is open over it."""

import re
from dataclasses import dataclass

import streamlit as st

from ecodash.domain.snapshots import Snapshot
from ecodash.views import snapshot_data, snapshot_text

SNAPSHOT = "snapshot"
"""In the address: the number of the snapshot looked at."""

_DIALOG, _SAID = "snapshot_dialog", "snapshot_said"
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


def asked_for(snapshots: list[Snapshot]) -> Snapshot | None:
    """The snapshot the address names; a complaint where it names none that is kept."""
    written = st.query_params.get(SNAPSHOT, "")
    if not written:
        return None
    found = next((one for one in snapshots if _NUMBER.fullmatch(written) and one.number == int(written)), None)
    if found is None:
        st.warning(snapshot_text.link_unknown(written), icon=":material/warning:")
    return found


def go_to(number: int | None) -> None:
    """Look at one snapshot from the next run on, or at all of them."""
    close()
    if number is None:
        st.query_params.pop(SNAPSHOT, None)
    else:
        st.query_params[SNAPSHOT] = str(number)


# ── the dialog that is open ────────────────────────────────────────────────────────────────────────────────────────


def ask_for(kind: str, number: int) -> None:
    """Open a dialog about a snapshot in the next run."""
    st.session_state[_DIALOG] = (kind, number)


def close() -> None:
    st.session_state.pop(_DIALOG, None)


def cancel() -> None:
    """Close the dialog and do nothing; the whole page runs again, as a dialog alone cannot close itself."""
    close()
    st.rerun()


def open_dialog() -> tuple[str, int] | None:
    """Kind and snapshot of the dialog to show."""
    found: tuple[str, int] | None = st.session_state.get(_DIALOG)
    return found


# ── what was done ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Said:
    """What was done.

    Args:
        words: a sentence.
        pin: a new PIN; empty where there is none.
        is_replaced: whether an earlier PIN stopped working.
    """

    words: str
    pin: str = ""
    is_replaced: bool = False


def done(said: str, *, pin: str = "", number: int | None = None) -> None:
    """Close the dialog and say what was done at the top of the page.

    Args:
        pin: a new one, which is shown once.
        number: of the snapshot to look at from now on, where it is another.
    """
    close()
    st.session_state[_SAID] = Said(said, pin, is_replaced=number is None)
    if number is not None:
        st.query_params[SNAPSHOT] = str(number)
    st.rerun()


def say() -> Said | None:
    """What was done last; once."""
    found: Said | None = st.session_state.pop(_SAID, None)
    return found


def find(number: int) -> Snapshot:
    """A snapshot as it stands now."""
    return snapshot_data.get_snapshot(number)
