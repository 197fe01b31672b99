"""Fills of marked cells in a workbook's styles.xml, and how they are taken off again."""

import copy
from typing import Literal

from lxml import etree

from ecodash.reports.xlsx_package import OddPackage, whole_number

Severity = Literal["fault", "doubt"]

FILLS: dict[str, str] = {"fault": "FFFFC1C6", "doubt": "FFFFE08A"}
"""Red and amber of marked cells: shades that no palette offers, so that they are known again in a file that comes
back."""

_MAX_FORMATS = 64_000
_NEAR = 0x28
"""Some programs write the nearest palette colour as the second colour of a fill: it is no fill of the sender's."""


class Styles:
    """The styles of a workbook, to which formats are added; equal ones are added once.

    A marked cell's own colour is kept as the second colour of its new fill, which a solid fill does not show and
    spreadsheets save all the same. So the marks of an earlier round are taken off here alone, wherever their cells
    have been moved to.
    """

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self._namespace = etree.QName(root).namespace or ""
        self._fills, self._fonts, self._formats = (self._list(name) for name in ("fills", "fonts", "cellXfs"))
        self._known: dict[str, dict[bytes, int]] = {}
        self._marked: dict[tuple[int, str], int] = {}
        self._take_off()

    def _list(self, name: str) -> etree._Element:
        found = self.root.find(f"{{*}}{name}")
        if found is None or len(found) > _MAX_FORMATS:
            raise OddPackage
        return found

    def _tag(self, name: str) -> str:
        return f"{{{self._namespace}}}{name}"

    def _take_off(self) -> None:
        for fill in self._fills:
            pattern = fill.find("{*}patternFill")
            front = None if pattern is None else pattern.find("{*}fgColor")
            if pattern is None or front is None or front.get("rgb", "").upper() not in FILLS.values():
                continue
            back = pattern.find("{*}bgColor")
            if back is None or back.get("indexed") == "64" or _is_near(back.get("rgb", ""), front.get("rgb", "")):
                fill.replace(pattern, etree.Element(self._tag("patternFill"), patternType="none"))
            else:
                fill.replace(pattern, self._solid(_attributes(back), {"indexed": "64"}))

    def _solid(self, front: dict[str, str], back: dict[str, str]) -> etree._Element:
        pattern = etree.Element(self._tag("patternFill"), patternType="solid")
        etree.SubElement(pattern, self._tag("fgColor"), front)
        etree.SubElement(pattern, self._tag("bgColor"), back)
        return pattern

    def marked(self, style: int, severity: Severity) -> int:
        """The format of a marked cell: its own with another fill."""
        style = style if 0 <= style < len(self._formats) else 0
        key = (style, severity)
        if key not in self._marked:
            if not len(self._formats):
                raise OddPackage
            own = copy.deepcopy(self._formats[style])
            fill = etree.Element(self._tag("fill"))
            fill.append(self._solid({"rgb": FILLS[severity]}, self._colour_of(own.get("fillId", "0"))))
            own.set("fillId", str(self._add("fills", self._fills, fill)))
            own.set("applyFill", "1")
            self._marked[key] = self._add("cellXfs", self._formats, own)
        return self._marked[key]

    def _colour_of(self, fill: str) -> dict[str, str]:
        place = whole_number(fill) or 0
        pattern = self._fills[place].find("{*}patternFill") if place < len(self._fills) else None
        front = pattern.find("{*}fgColor") if pattern is not None and pattern.get("patternType") == "solid" else None
        return _attributes(front) if front is not None and front.attrib else {"indexed": "64"}

    def text_format(self, *, size: int = 11, is_bold: bool = False) -> int:
        """The format of text that wraps, is no formula and stays text when it is edited."""
        font = etree.Element(self._tag("font"))
        if is_bold:
            etree.SubElement(font, self._tag("b"))
        etree.SubElement(font, self._tag("sz"), val=str(size))
        etree.SubElement(font, self._tag("name"), val="微软雅黑")
        own = etree.Element(self._tag("xf"), numFmtId="49", fontId=str(self._add("fonts", self._fonts, font)))
        for name in ("fillId", "borderId", "xfId"):
            own.set(name, "0")
        for name in ("applyNumberFormat", "applyFont", "applyAlignment"):
            own.set(name, "1")
        etree.SubElement(own, self._tag("alignment"), vertical="top", wrapText="1")
        return self._add("cellXfs", self._formats, own)

    def _add(self, name: str, entries: etree._Element, new: etree._Element) -> int:
        known = self._known.get(name)
        if known is None:
            known = {}
            for place, entry in enumerate(entries):
                known.setdefault(_spelled(entry), place)
            self._known[name] = known
        place = known.setdefault(_spelled(new), len(entries))
        if place == len(entries):
            entries.append(new)
            entries.set("count", str(len(entries)))
        return place


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def _spelled(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", with_tail=False)


def _is_near(colour: str, other: str) -> bool:
    try:
        pairs = list(zip(bytes.fromhex(colour)[-3:], bytes.fromhex(other)[-3:], strict=True))
    except ValueError:
        return False
    return all(abs(one - two) <= _NEAR for one, two in pairs)
