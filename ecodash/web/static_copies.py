"""Streamlit's own files, compressed once and kept on disk: Streamlit sends them as they are, 2.9 MB for the first page.

A first pass takes a second and is made at every start that finds none; a second one packs tighter, takes 14 seconds
of one core, and waits until the app has been running for a while.
"""

import hashlib
import json
import logging
import os
import shutil
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ecodash.web.encodings import encode

QUICK, BEST = 5, 10
"""Levels of brotli. By measurement over Streamlit 1.67's 323 files of text, 23.1 MB: 6.3 MB in 0.5 s, 5.75 MB in 14 s; 11 takes 31 s for 5.65 MB."""
GZIP = 9
BEST_AFTER = 120.0
"""Seconds after the start: whoever opens the first page is not to share the processor with it."""
_ENDINGS = {"br": "br", "gzip": "gz"}
"""Without zstd: every browser that takes it takes brotli too, which is smaller here."""
ENCODINGS = tuple(_ENDINGS)
_MEDIA = {
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".json": b"application/json",
    ".svg": b"image/svg+xml",
    ".woff2": b"font/woff2",
    ".woff": b"font/woff",
    ".png": b"image/png",
    ".gif": b"image/gif",
    ".wasm": b"application/wasm",
}
"""Named here: Windows takes them from the registry, where .js may be text/plain, and then no page comes up."""
_TEXTS = frozenset((".js", ".css", ".json", ".svg", ".wasm"))
_MANIFEST = "copies.json"
_FORM = 1
_KEY_LENGTH = 24
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One of Streamlit's files.

    Args:
        size: bytes.
        tag: names its content.
        is_text: whether compressing it helps.
    """

    path: Path
    size: int
    media: bytes
    tag: str
    is_text: bool


@dataclass(frozen=True, slots=True)
class Copy:
    """A file in one coding, on disk.

    Args:
        digest: SHA-256 of its bytes.
        level: how hard it was compressed.
    """

    path: Path
    size: int
    digest: str
    level: int


def list_files(folder: Path, version: str) -> dict[str, StaticFile]:
    """The files below the folder's static/, by their address: static/js/index.DormvYxC.js.

    Args:
        folder: with index.html.
        version: of Streamlit. With it, a name and a size say what is in a file: names hold a digest of the content.
    """
    found = {}
    for path in sorted((folder / "static").rglob("*")):
        if not path.is_file():
            continue
        name, size, ending = path.relative_to(folder).as_posix(), path.stat().st_size, path.suffix.lower()
        tag = hashlib.sha256(f"{version} {name} {size}".encode()).hexdigest()
        media = _MEDIA.get(ending, b"application/octet-stream")
        found[name] = StaticFile(path, size, media, tag, ending in _TEXTS)
    return found


class Copies:
    """Compressed copies of files. What is there can be asked for while more are being made.

    Args:
        files: by address.
        kept: folder of the copies; every set of files has one of its own in it.
    """

    def __init__(self, files: Mapping[str, StaticFile], kept: Path) -> None:
        self._files = files
        listing = json.dumps([_FORM, pa.__version__, [(name, one.size, one.tag) for name, one in files.items()]])
        self._kept, self.folder = kept, kept / hashlib.sha256(listing.encode()).hexdigest()[:_KEY_LENGTH]
        self._ready: dict[tuple[str, str], Copy] = {}
        self._stop = threading.Event()

    def find(self, name: str, encoding: str) -> Copy | None:
        """The copy of a file in a coding; None where there is none yet, or none is smaller than the file."""
        found = self._ready.get((name, encoding))
        return found if found is not None and found.size < self._files[name].size else None

    # ── making them ────────────────────────────────────────────────────────────────────────────────────────────────

    def stop(self) -> None:
        """Make no more; the file at hand is finished, which takes seconds at most."""
        self._stop.set()

    def make(self, level: int) -> None:
        """Make every copy that is missing, damaged or of a lower level of brotli; until stop is called.

        Raises:
            OSError: the folder cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._ready = self._read()
        self._remove_left_over()
        made = 0
        for name, encoding, wanted in self._wishes(level):
            if self._stop.is_set():
                break
            self._ready[name, encoding] = self._make(name, encoding, wanted)
            made += 1
        if made:
            self._write_manifest()

    def make_all(self) -> None:
        """Make them quickly, and once the app has been running for a while as small as may be; in a thread of its own."""
        try:
            self.make(QUICK)
            if any(self._wishes(BEST)) and not self._stop.wait(BEST_AFTER):
                _give_way()
                self.make(BEST)
        except OSError:
            _log.warning("Streamlit's files are sent uncompressed: %s cannot be written", self.folder, exc_info=True)

    def _wishes(self, level: int) -> Iterator[tuple[str, str, int]]:
        for name, one in self._files.items():
            for encoding, wanted in (("br", level), ("gzip", GZIP)) if one.is_text else ():
                found = self._ready.get((name, encoding))
                if found is None or found.level < wanted:
                    yield name, encoding, wanted

    def _make(self, name: str, encoding: str, level: int) -> Copy:
        body = encode(self._files[name].path.read_bytes(), encoding, level)
        path = self._path(name, encoding, level)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, body)
        return Copy(path, len(body), hashlib.sha256(body).hexdigest(), level)

    def _path(self, name: str, encoding: str, level: int) -> Path:
        # By level: what is being sent is not replaced under the reader, nor refused by Windows.
        return self.folder / f"{name}.{level}.{_ENDINGS[encoding]}"

    # ── what was made before ───────────────────────────────────────────────────────────────────────────────────────

    def _read(self) -> dict[tuple[str, str], Copy]:
        """The copies that the manifest names and that are as it says: a power cut may have left them empty."""
        try:
            rows = json.loads((self.folder / _MANIFEST).read_text("utf-8"))
            named = {(str(row[0]), str(row[1])): (int(row[2]), str(row[3])) for row in rows}
        except (OSError, ValueError, TypeError, LookupError):
            return {}
        found = {}
        for (name, encoding), (level, digest) in named.items():
            if name not in self._files or encoding not in _ENDINGS:
                continue
            path = self._path(name, encoding, level)
            body = path.read_bytes() if path.is_file() else b""
            if hashlib.sha256(body).hexdigest() == digest:
                found[name, encoding] = Copy(path, len(body), digest, level)
        return found

    def _write_manifest(self) -> None:
        rows = [(name, encoding, one.level, one.digest) for (name, encoding), one in sorted(self._ready.items())]
        _write(self.folder / _MANIFEST, json.dumps(rows).encode())

    def _remove_left_over(self) -> None:
        """Copies of other versions; and those that were replaced by better ones, which nobody has been given since."""
        for (name, encoding), one in self._ready.items():
            if encoding == "br" and one.level > QUICK:
                self._path(name, encoding, QUICK).unlink(missing_ok=True)
        for folder in self._kept.iterdir():
            if folder != self.folder and len(folder.name) == _KEY_LENGTH and folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)


def _write(path: Path, body: bytes) -> None:
    """All of it or nothing, whoever else writes the same."""
    part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    part.write_bytes(body)
    part.replace(path)


def _give_way() -> None:
    """Let everything else go first, where a thread can say so."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 15)
