"""Names of files that any system takes: Chinese stays, what Windows forbids does not."""

import re
import unicodedata

from ecodash.domain.snapshots import clean_text

_FORBIDDEN = re.compile(r'[\\/:*?"<>|#%&{}$!`\'@+=~^;,\s]+')
"""What Windows forbids, and what chat programs and shells stumble over."""

_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
MOST_BYTES = 150
"""UTF-8 bytes: with an extension and a folder well below the 255 that a file system takes."""


def safe_name(words: str, most: int = MOST_BYTES) -> str:
    """A file name without extension: no separators, no leading or trailing dots, no marks that turn the writing."""
    clean = clean_text(words, 1_000, lines=False)
    kept = "".join(char for char in clean if unicodedata.category(char) not in ("Cf", "Co", "Zl", "Zp"))
    name = re.sub("_+", "_", _FORBIDDEN.sub("_", kept)).strip("._- ")
    name = name.encode()[:most].decode(errors="ignore").rstrip("._- ")
    return f"_{name}" if _RESERVED.fullmatch(name.partition(".")[0]) else name
