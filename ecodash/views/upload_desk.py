"""What lies on the reporter's desk: the file in hand, what was chosen for it, its reading, the last receipt.

One object in the session, taken once a run: changing it never yields to Streamlit, so a second click that ends a run
cannot fall between a commit and the note of it. It outlives the widgets, so a look at another page loses no file.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import streamlit as st

from ecodash.actions import Choices, Upload
from ecodash.domain.review import Filing
from ecodash.effects import Effects
from ecodash.store.submission import Receipt

_DESK = "upload_desk"
PART = "upload_part"
"""Where the session keeps which part of the page is shown."""


@dataclass(frozen=True)
class FileInHand:
    """A file as it was dropped.

    Args:
        number: counts the files of a session, so that widgets for one file are not taken for those of the next.
    """

    name: str
    data: bytes
    sha256: str
    number: int


@dataclass
class Desk:
    """What a session works on.

    Args:
        file: in hand; None between files.
        mapping: what was chosen for headers in this session: header → indicator code, role, or "-".
        sheets: chosen of the file in hand.
        reading: the choices a file was read with, and what it says; None where it has to be read.
        effects: of that reading.
        last: the receipt of the last commit of this session, or what was handed in for review.
        answers: number of the returned filing the next file corrects.
        notice: Chinese: what happened since the reader last looked; said once.
        round: counts the files done with: an upload field of its own for each.
    """

    file: FileInHand | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    reading: tuple[Choices, Upload] | None = None
    effects: Effects | None = None
    last: Receipt | Filing | None = None
    answers: int | None = None
    notice: str = ""
    round: int = 0
    files_seen: int = 0

    def take(self, name: str, data: bytes) -> None:
        """Begin with a file. What was chosen for headers holds for it too: it may be the one before, corrected."""
        self.files_seen += 1
        self.file = FileInHand(name, data, hashlib.sha256(data).hexdigest(), self.files_seen)
        self.sheets, self.notice = (), ""
        self.forget_reading()

    def put_away(self) -> None:
        """No file is in hand, and the field is empty for the next."""
        self.file = None
        self.sheets = ()
        self.round += 1
        self.forget_reading()

    def forget_reading(self) -> None:
        """The file is read and compared anew."""
        self.reading = self.effects = None

    def keep(self, choices: Choices, upload: Upload) -> None:
        """The reading that is shown is the one that is committed."""
        self.reading, self.effects = (choices, upload), None

    def choose(self, headers: Iterable[str], target: str) -> None:
        """A reader's word on what headers mean; "" takes it back."""
        for header in headers:
            self.mapping.pop(header, None)
            if target:
                self.mapping[header] = target

    def correct(self, filing: int) -> None:
        """The next file corrects a returned filing; the receipt of an earlier one is in the way."""
        self.answers, self.last = filing, None

    def close(self, done: Receipt | Filing) -> None:
        """The file is committed, or handed in."""
        self.last, self.notice, self.answers = done, "", None
        self.mapping.clear()
        self.put_away()

    def say(self) -> str:
        """The notice, once."""
        said, self.notice = self.notice, ""
        return said


def desk() -> Desk:
    """This session's desk."""
    found: Desk = st.session_state.setdefault(_DESK, Desk())
    return found


def go_to_part(name: str) -> None:
    """Show another part of 数据上报 from the next run on."""
    st.session_state[PART] = name
