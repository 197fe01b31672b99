"""What Streamlit sends to every browser by itself, made ready to travel over a weak line."""

import threading
from collections.abc import Iterable
from pathlib import Path

from ecodash.web.first_page import FirstPages
from ecodash.web.static_copies import Copies, list_files
from ecodash.web.static_files import StaticFiles

_LONGEST_WAIT = 1.0
"""Seconds. The largest file takes four of a free processor, and many more of a busy one."""


class Frontend:
    """Its files and the first page.

    Args:
        folder: of Streamlit's index.html.
        version: of Streamlit.
        kept: folder of compressed copies.
        pages: names of the app's pages.
    """

    def __init__(self, folder: Path, version: str, kept: Path, pages: Iterable[str]) -> None:
        files = list_files(folder, version)
        self.copies = Copies(files, kept)
        self.files = StaticFiles(files, self.copies)
        self.pages = FirstPages(folder, files, pages)
        self._thread = threading.Thread(target=self._make, name="frontend", daemon=True)

    def start(self) -> None:
        """Make everything ready, in a thread; until then it is sent as it is."""
        self._thread.start()

    def close(self) -> None:
        """Make and send no more. The copy at hand is left unfinished where it takes longer than a moment: it counts only
        once it is whole, and the next start makes it."""
        self.copies.stop()
        if self._thread.is_alive():
            self._thread.join(_LONGEST_WAIT)
        self.files.close()

    def _make(self) -> None:
        self.pages.make()
        self.copies.make_all()
