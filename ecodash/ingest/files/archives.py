"""Archives: workbooks' parts and zipped files, unpacked in memory only and never further than they may."""

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ecodash.ingest.book import MAX_ROWS, Refusal
from ecodash.ingest.faults import Fault, cut

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_AREA = 20_000_000
"""Cells of all sheets' rectangles, empty ones included: about 0.6 GB in calamine."""

Parts = dict[str, bytes]

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

DAMAGED = Refusal("workbook_damaged", "工作簿已损坏或格式不受支持。请用 WPS 或 Excel 打开后另存为 xlsx 再上传。")
LOCKED = Refusal("workbook_locked", "工作簿设有打开密码。请取消密码后重新上传。")
_PACKED = Refusal(
    "file_too_large", f"文件展开后超过 {MAX_UNPACKED // 1024 // 1024} MB。请只保留要上报的表，或拆成几个文件。"
)
_ZIP_DAMAGED = Refusal("workbook_damaged", "压缩包已损坏。请重新打包成 zip，或直接上传里面的表格。")
_ZIP_LOCKED = Refusal("workbook_locked", "压缩包设有密码。请取消密码后重新打包，或直接上传里面的表格。")
ENTITIES = Refusal(
    "workbook_damaged",
    "文件里有表格不会有的 XML 声明（DOCTYPE 或 ENTITY），没有读取。请用 WPS 或 Excel 另存为 xlsx 再上传。",
)
_ERRORS: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    KeyError,
)
try:
    from lzma import LZMAError
except ImportError:
    pass  # Python may be built without it; zipfile then raises a RuntimeError at such a member.
else:
    _ERRORS += (LZMAError,)

_TABLES = frozenset(
    (
        ".csv",
        ".txt",
        ".tsv",
        ".tab",
        ".xlsx",
        ".xls",
        ".xlsm",
        ".xltx",
        ".xltm",
        ".ods",
        ".et",
        ".ett",
        ".htm",
        ".html",
        ".xml",
    )
)
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")


@dataclass(slots=True)
class Allowance:
    """What may still be unpacked and kept of one upload, over all files in it."""

    unpacked: int = field(default_factory=lambda: MAX_UNPACKED)
    text: int = field(default_factory=lambda: MAX_BYTES)
    rows: int = field(default_factory=lambda: MAX_ROWS)
    area: int = field(default_factory=lambda: MAX_AREA)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive, under a name without folders unless two would be the same."""

    name: str
    data: bytes


@dataclass(slots=True)
class Unzipped:
    """What an archive holds, one member unpacked at a time."""

    archive: zipfile.ZipFile
    entries: list[tuple[str, zipfile.ZipInfo]]
    allowance: Allowance
    notes: list[str]
    faults: list[Fault] = field(default_factory=list)

    def members(self) -> Iterator[Member]:
        """Files that may be tables, in the archive's order; what cannot be unpacked becomes a fault."""
        for name, entry in self.entries:
            if entry.flag_bits & 1:
                self._fault("workbook_locked", name, "设有密码，没有读取。请取消密码后重新打包。")
                continue
            if entry.file_size > MAX_BYTES:
                self._fault("file_too_large", name, f"超过 {MAX_BYTES // 1024 // 1024} MB，没有读取。请拆成几个文件。")
                continue
            try:
                with self.archive.open(entry) as stream:
                    data = stream.read(min(MAX_BYTES, self.allowance.unpacked) + 1)
            except _ERRORS:
                self._fault("workbook_damaged", name, "已损坏，没有读取。请重新打包。")
                continue
            self.allowance.unpacked -= len(data)
            if self.allowance.unpacked < 0 or len(data) > MAX_BYTES:
                self._fault("file_too_large", name, "展开后过大，没有读取，以后的文件也没有读。请分几次上传。")
                return
            yield Member(name, data)

    def _fault(self, code: str, name: str, what: str) -> None:
        self.faults.append(Fault(code, None, "", "", f"压缩包里的“{cut(name)}”{what}", cut(name)))


def kind_of_zip(data: bytes) -> str | Refusal:
    """What a zip archive is: xlsx, xlsb, ods, other (a document of an office program) or zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {name.replace("\\", "/").lower() for name in archive.namelist()}
    except _ERRORS:
        return DAMAGED
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "content.xml" in names:
        return "ods"
    return "other" if "[content_types].xml" in names else "zip"


def unpack(data: bytes, allowance: Allowance) -> Parts | Refusal:
    """The XML parts of a workbook, never more than 200 MB of them, whatever sizes its directory claims."""
    parts: Parts = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [
                entry
                for entry in archive.infolist()
                if entry.filename.endswith((".xml", ".rels", "vbaProject.bin")) or entry.filename == "mimetype"
            ]
            if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > allowance.unpacked:
                return _PACKED
            for entry in entries:
                if entry.flag_bits & 1:
                    return LOCKED
                with archive.open(entry) as stream:
                    content = stream.read(allowance.unpacked + 1)
                allowance.unpacked -= len(content)
                if allowance.unpacked < 0:
                    return _PACKED
                if _DECLARED.search(content) and not entry.filename.startswith("META-INF/"):
                    return ENTITIES
                parts[entry.filename] = content
    except _ERRORS:
        return DAMAGED
    return parts


def repack(parts: Parts) -> bytes:
    """An archive of exactly the bytes that were measured; the parts are given up on the way."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in list(parts):
            content = parts.pop(name)
            small = len(content) < 1 << 24
            archive.writestr(
                zipfile.ZipInfo(name), content, zipfile.ZIP_STORED if small else zipfile.ZIP_DEFLATED, compresslevel=1
            )
    return packed.getvalue()


def unzip(data: bytes, allowance: Allowance) -> Unzipped | Refusal:
    """The tables of a zip archive, with what is left out said in its notes."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _ERRORS:
        return _ZIP_DAMAGED
    entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    if len(entries) > MAX_ENTRIES:
        return Refusal("file_too_large", f"压缩包里超过 {MAX_ENTRIES:,} 个文件。请只打包要上报的表格。")
    kept: list[tuple[PurePosixPath, zipfile.ZipInfo]] = []
    system: list[str] = []
    other: list[str] = []
    for entry in entries:
        path = _path_of(entry)
        if any(part.startswith((".", "~$", "__MACOSX")) for part in path.parts) or path.name.lower() == "thumbs.db":
            system.append(path.name)
        elif path.suffix.lower() not in _TABLES:
            other.append(path.name)
        else:
            kept.append((path, entry))
    if entries and all(entry.flag_bits & 1 for entry in entries):
        return _ZIP_LOCKED
    notes = []
    if system:
        notes.append(f"压缩包里 {len(system)} 个系统文件或隐藏文件没有读取：{_names(system)}。")
    if other:
        notes.append(f"压缩包里 {len(other)} 个文件不是支持的表格，没有读取：{_names(other)}。")
    bases = Counter(path.name for path, _ in kept)
    named = [(path.name if bases[path.name] == 1 else "/".join(path.parts[-2:]), entry) for path, entry in kept]
    return Unzipped(archive, named, allowance, notes)


def _names(names: list[str]) -> str:
    shown = "、".join(f"“{cut(name)}”" for name in names[:10])
    return shown if len(names) <= 10 else f"{shown}等"


def _path_of(entry: zipfile.ZipInfo) -> PurePosixPath:
    """A member's path with nothing that leads out of the archive; it names the member and is never opened."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        # Python reads names without the UTF-8 flag as cp437; archivers of the region write GBK or plain UTF-8.
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            raw = b""
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding) or name
                break
            except UnicodeDecodeError:
                continue
    parts = [part for part in _UNSEEN.sub("", name).replace("\\", "/").split("/") if part not in ("", ".", "..")]
    if parts and re.fullmatch("[A-Za-z]:", parts[0]):
        parts = parts[1:]
    return PurePosixPath(*(parts or ["无名文件"]))
