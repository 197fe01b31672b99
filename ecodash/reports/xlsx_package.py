"""An xlsx file as the archive of parts it is: parts are replaced and added one by one, all others keep every byte.

A library that loads and saves a workbook loses what it does not know: pictures, charts, what formulas last computed.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

MAX_UNPACKED = 400 * 1024 * 1024
MAX_PARTS = 4_000

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_.-]{1,40})""")
_BROKEN = (
    zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError, RuntimeError, KeyError,
)  # fmt: skip


class OddPackage(Exception):
    """The archive is not laid out as spreadsheets write it: it can be read, perhaps, but not safely changed."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A link from one part to another: its id in that part, the last word of its type, the part it leads to."""

    id: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet: its name as its tab shows it, and its part."""

    name: str
    part: str


class Package:
    """The parts of an xlsx file, changed in memory and written anew by save.

    Args:
        data: bytes of an xlsx, xlsm or xltx file.
    Raises:
        OddPackage: here and in every method, where the file is not as it should be.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise OddPackage from error
        entries = self._archive.infolist()
        names = {entry.filename for entry in entries}
        too_large = len(entries) > MAX_PARTS or sum(entry.file_size for entry in entries) > MAX_UNPACKED
        is_strange = any(entry.flag_bits & 1 or ".." in entry.filename.split("/") for entry in entries)
        if too_large or is_strange or len(names) != len(entries):
            raise OddPackage
        self._entries = {entry.filename: entry for entry in entries if not entry.filename.endswith("/")}
        self._changed: dict[str, bytes] = {}
        self._dropped: set[str] = set()
        self._types = self.xml("[Content_Types].xml")
        root = [relation for relation in self._relations_with_bases("") if relation[0].kind == "officeDocument"]
        if len(root) != 1:
            raise OddPackage
        self.workbook, self.relation_base = root[0][0].target, root[0][1]
        self._workbook = self.xml(self.workbook)
        self.namespace = etree.QName(self._workbook).namespace or ""
        if etree.QName(self._workbook).localname != "workbook":
            raise OddPackage

    # ── parts ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def has(self, part: str) -> bool:
        return part not in self._dropped and (part in self._changed or part in self._entries)

    def read(self, part: str) -> bytes:
        """A part's bytes, as they are now."""
        if part in self._changed:
            return self._changed[part]
        if not self.has(part):
            raise OddPackage
        entry = self._entries[part]
        try:
            with self._archive.open(entry) as stream:
                content = stream.read(entry.file_size + 1)
        except _BROKEN as error:
            raise OddPackage from error
        if len(content) != entry.file_size:
            raise OddPackage
        return content

    def put(self, part: str, content: bytes, content_type: str = "") -> None:
        """Replace a part, or add it with its content type."""
        self._changed[part] = content
        self._dropped.discard(part)
        if content_type:
            self._set_type(part, content_type)

    def drop(self, part: str) -> None:
        """Leave a part out, with its content type and its relations."""
        for name in (part, _relations_part(part)):
            self._dropped.add(name)
            self._changed.pop(name, None)
        for override in self._overrides(part):
            self._types.remove(override)

    def xml(self, part: str) -> etree._Element:
        """A part, parsed."""
        return parse(self.read(part))

    def free_part(self, pattern: str) -> str:
        """The first name of a pattern like xl/comments{}.xml that no part has."""
        taken = {name.casefold() for name in (*self._entries, *self._changed)}
        return next(name for n in range(1, MAX_PARTS * 2) if (name := pattern.format(n)).casefold() not in taken)

    # ── relations ──────────────────────────────────────────────────────────────────────────────────────────────────

    def relations(self, part: str) -> list[Relation]:
        """The relations of a part that lead to parts of this package."""
        return [relation for relation, _ in self._relations_with_bases(part)]

    def related(self, part: str, kind: str) -> Relation | None:
        """The first relation of a kind."""
        return next((relation for relation in self.relations(part) if relation.kind == kind), None)

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relation from one part to another; its id."""
        root = self._relations_root(part)
        taken = {element.get("Id") for element in root}
        new = next(name for n in range(1, len(root) + 2) if (name := f"rIdEco{n}") not in taken)
        element = etree.SubElement(root, f"{{{_RELATIONSHIPS}}}Relationship")
        element.set("Id", new)
        element.set("Type", f"{self.relation_base}/{kind}")
        element.set("Target", f"/{target}")
        self.put(_relations_part(part), serialise(root))
        return new

    def unrelate(self, part: str, relation: Relation) -> None:
        """Remove a relation."""
        root = self._relations_root(part)
        for element in [element for element in root if element.get("Id") == relation.id]:
            root.remove(element)
        self.put(_relations_part(part), serialise(root))

    def _relations_root(self, part: str) -> etree._Element:
        name = _relations_part(part)
        if self.has(name):
            return self.xml(name)
        return parse(f'<Relationships xmlns="{_RELATIONSHIPS}"/>'.encode())

    def _relations_with_bases(self, part: str) -> Iterator[tuple[Relation, str]]:
        for element in self._relations_root(part):
            target, kind = element.get("Target", ""), element.get("Type", "")
            if target and element.get("TargetMode") != "External":
                base, _, word = kind.rpartition("/")
                path = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")
                yield Relation(element.get("Id", ""), word, path), base

    # ── content types ──────────────────────────────────────────────────────────────────────────────────────────────

    def add_default_type(self, extension: str, content_type: str) -> None:
        """The content type of all parts whose names end so, unless there is one."""
        if not any(element.get("Extension", "").casefold() == extension for element in self._types):
            element = etree.Element(f"{{{_TYPES}}}Default")
            element.set("Extension", extension)
            element.set("ContentType", content_type)
            self._types.insert(0, element)

    def _overrides(self, part: str) -> list[etree._Element]:
        return [e for e in self._types if e.get("PartName", "").casefold() == f"/{part}".casefold()]

    def _set_type(self, part: str, content_type: str) -> None:
        for override in self._overrides(part):
            self._types.remove(override)
        element = etree.SubElement(self._types, f"{{{_TYPES}}}Override")
        element.set("PartName", f"/{part}")
        element.set("ContentType", content_type)

    # ── the workbook ───────────────────────────────────────────────────────────────────────────────────────────────

    def sheets(self) -> list[SheetPart]:
        """The worksheets in the order of their tabs."""
        targets = {relation.id: relation for relation in self.relations(self.workbook)}
        found = []
        for sheet in self._workbook.iterfind("{*}sheets/{*}sheet"):
            relation = targets.get(sheet.get(f"{{{self.relation_base}}}id", ""))
            if relation is not None and relation.kind == "worksheet":
                found.append(SheetPart(sheet.get("name", ""), relation.target))
        return found

    def put_sheet(self, name: str, content: bytes) -> None:
        """Replace the worksheet of that name, or add it as the last."""
        existing = next((sheet.part for sheet in self.sheets() if sheet.name == name), None)
        if existing is not None:
            self.drop(existing)
            self.put(existing, content, _SHEET)
            return
        part = self.free_part("xl/worksheets/sheet{}.xml")
        self.put(part, content, _SHEET)
        sheets = self._workbook.find("{*}sheets")
        if sheets is None:
            raise OddPackage
        numbers = [whole_number(sheet.get("sheetId", "")) or 0 for sheet in sheets]
        element = etree.SubElement(sheets, f"{{{self.namespace}}}sheet")
        element.set("name", name)
        element.set("sheetId", str(max(numbers, default=0) + 1))
        element.set(f"{{{self.relation_base}}}id", self.relate(self.workbook, "worksheet", part))
        self.put(self.workbook, serialise(self._workbook))

    def drop_macros(self) -> bool:
        """Make the file a plain workbook, without the code of macros; whether it held any."""
        relations = self.relations(self.workbook)
        if any(relation.kind.casefold().endswith("macrosheet") for relation in relations):
            raise OddPackage
        code = [relation for relation in relations if relation.kind == "vbaProject"]
        for relation in code:
            self.unrelate(self.workbook, relation)
            for inner in self.relations(relation.target):
                self.drop(inner.target)
            self.drop(relation.target)
        self._set_type(self.workbook, _MAIN)
        return bool(code)

    def save(self) -> bytes:
        """The file. Parts that did not change hold the same bytes as before, in the same order."""
        self._changed["[Content_Types].xml"] = serialise(self._types)
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as packed:
            for name, entry in self._entries.items():
                if name not in self._dropped:
                    kept = zipfile.ZipInfo(name, entry.date_time)
                    is_stored = entry.compress_type == zipfile.ZIP_STORED
                    kept.compress_type = zipfile.ZIP_STORED if is_stored else zipfile.ZIP_DEFLATED
                    packed.writestr(kept, self.read(name))
            for name, content in self._changed.items():
                if name not in self._entries:
                    added = zipfile.ZipInfo(name)
                    added.compress_type = zipfile.ZIP_DEFLATED
                    packed.writestr(added, content)
        return sink.getvalue()


def parse(content: bytes) -> etree._Element:
    """XML without entities, parts of other files or a document type.

    Raises:
        OddPackage: it is not well-formed, not in UTF-8, or has a document type.
    """
    require_plain(content)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise OddPackage from error


def require_plain(content: bytes) -> None:
    """Refuse XML that is not in UTF-8 or has a document type."""
    declared = _DECLARED.match(content)
    is_other = declared is not None and declared[1].upper() not in (b"UTF-8", b"UTF8", b"US-ASCII")
    if is_other or content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"<!DOCTYPE" in content[:10_000]:
        raise OddPackage


def whole_number(text: str) -> int | None:
    """A number as an attribute holds it; None where it holds none."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def serialise(root: etree._Element) -> bytes:
    """XML as spreadsheets write it."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _relations_part(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
