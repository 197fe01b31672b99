"""Comments of a sheet and the shapes they are drawn in: ours are replaced, others' are kept and added to."""

import re
from collections.abc import Mapping

from lxml import etree
from openpyxl.utils import column_index_from_string

from ecodash.reports.xlsx_package import OddPackage, parse

AUTHOR = "EcoDash"
HEADING = "【EcoDash】"
"""First line of a comment of ours, and of what is added to somebody else's."""

Places = set[tuple[int, int]]
"""Cells as row and column from 0."""

_PREFIX = rb"(?:[A-Za-z_][\w.-]{0,20}:)?"
_SHAPE = re.compile(rb"<(%s)shape\s(?:(?!<\1shape\s).)*?</\1shape>\s*" % _PREFIX, re.DOTALL)
_NOTE = re.compile(rb"""ObjectType\s*=\s*["']Note["']""")
_ROW = re.compile(rb"<%sRow>\s*([0-9]{1,8})\s*</" % _PREFIX)
_COLUMN = re.compile(rb"<%sColumn>\s*([0-9]{1,6})\s*</" % _PREFIX)
_NUMBER = re.compile(rb"_x0000_s([0-9]{1,9})")
_REFERENCE = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})")
_FIRST_SHAPE = 1025
_NAMES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_DECLARED = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in _NAMES.items())
_EMPTY_DRAWING = (
    f'<xml{_DECLARED}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
).encode()
_NOTE_TYPE = (
    '<v:shapetype{names} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_NOTE_SHAPE = (
    '<v:shape{names} id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;margin-left:59.25pt;margin-top:1.5pt;'
    'width:{width}px;height:{height}px;z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_WIDTH, _LINE, _LINE_WIDTH = 280, 18, 40
_LOWEST, _HIGHEST = 54, 420


def new_comments(namespace: str) -> etree._Element:
    """The comments of a sheet that has none."""
    return parse(f'<comments xmlns="{namespace}"><authors/><commentList/></comments>'.encode())


def take_off_comments(root: etree._Element) -> Places:
    """Remove what an earlier round said; the cells left without a comment.

    Ours are known by their first line: some programs do not keep authors.
    """
    gone: Places = set()
    for comment in root.findall("{*}commentList/{*}comment"):
        parent = comment.getparent()
        if _cut(comment) and not "".join(t.text or "" for t in comment.iter("{*}t")).strip() and parent is not None:
            parent.remove(comment)
            gone |= _place(comment.get("ref", ""))
    return gone


def _place(reference: str) -> Places:
    match = _REFERENCE.fullmatch(reference)
    return {(int(match[2]) - 1, column_index_from_string(match[1]) - 1)} if match else set()


def _cut(comment: etree._Element) -> bool:
    """Cut a comment where ours begins, whether it does; the text may have been split into other runs."""
    text = comment.find("{*}text")
    is_cut = False
    for element in [] if text is None else list(text.iter("{*}t")):
        if is_cut:
            element.text = ""
        elif HEADING in (element.text or ""):
            element.text = (element.text or "").partition(HEADING)[0].rstrip("\n")
            is_cut = True
    if text is not None and is_cut:
        for run in text.findall("{*}r"):
            if not "".join(t.text or "" for t in run.iter("{*}t")):
                text.remove(run)
    return is_cut


def add_comments(root: etree._Element, texts: Mapping[str, str]) -> dict[str, str]:
    """Add a comment to each cell (A1 → text); to somebody else's comment it is added at the end.

    Returns:
        The whole text of each.
    """
    namespace = etree.QName(root).namespace
    authors, comments = root.find("{*}authors"), root.find("{*}commentList")
    if authors is None or comments is None:
        raise OddPackage
    names = [author.text for author in authors]
    if AUTHOR not in names:
        etree.SubElement(authors, f"{{{namespace}}}author").text = AUTHOR
        names.append(AUTHOR)
    standing = {comment.get("ref"): comment for comment in comments}
    whole_texts: dict[str, str] = {}
    for reference, words in texts.items():
        other = standing.get(reference)
        own_text = None if other is None else other.find("{*}text")
        if own_text is not None:
            plain = own_text.find("{*}t")
            if plain is not None:
                # Plain text becomes a run of its own, as text and runs do not stand side by side.
                own_text.remove(plain)
                run = etree.SubElement(own_text, f"{{{namespace}}}r")
                run.append(plain)
            _add_run(own_text, f"\n{HEADING}\n{words}", namespace)
            whole_texts[reference] = "".join(t.text or "" for t in own_text.iter("{*}t"))
            continue
        comment = etree.SubElement(comments, f"{{{namespace}}}comment")
        comment.set("ref", reference)
        comment.set("authorId", str(names.index(AUTHOR)))
        whole_texts[reference] = f"{HEADING}\n{words}"
        _add_run(etree.SubElement(comment, f"{{{namespace}}}text"), whole_texts[reference], namespace)
    return whole_texts


def _add_run(text: etree._Element, words: str, namespace: str | None) -> None:
    run = etree.SubElement(text, f"{{{namespace}}}r")
    look = etree.SubElement(run, f"{{{namespace}}}rPr")
    for name, value in (("sz", "10"), ("color", "FF000000"), ("rFont", "宋体"), ("charset", "134")):
        etree.SubElement(look, f"{{{namespace}}}{name}", {"rgb" if name == "color" else "val": value})
    element = etree.SubElement(run, f"{{{namespace}}}t")
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    element.text = words


def redraw(drawing: bytes | None, gone: Places, texts: Mapping[tuple[int, int], str]) -> bytes:
    """A sheet's drawing with the boxes of removed comments taken out and those of changed ones sized to their texts.

    The drawing may hold buttons and others' comments; it is often no well-formed XML, so it is not parsed.

    Args:
        gone: cells whose comments were removed.
        texts: whole texts of comments that were added or added to, by row and column from 0.
    Raises:
        OddPackage: the drawing has no end where boxes could be added.
    """
    content = _EMPTY_DRAWING if drawing is None else drawing

    def judge(match: re.Match[bytes]) -> bytes:
        row, column = _ROW.search(match[0]), _COLUMN.search(match[0])
        if not (_NOTE.search(match[0]) and row and column):
            return match[0]
        place = (int(row[1]), int(column[1]))
        return b"" if place in gone or place in texts else match[0]

    content = _SHAPE.sub(judge, content)
    first = max([_FIRST_SHAPE - 1, *(int(number) for number in _NUMBER.findall(content))]) + 1
    # Prefixes are declared where the drawing does not use the usual ones.
    names = "" if all(f'xmlns:{prefix}="{name}"'.encode() in content for prefix, name in _NAMES.items()) else _DECLARED
    shapes = "".join(
        _NOTE_SHAPE.format(names=names, id=first + step, row=row, column=column, width=_WIDTH, height=_height(text))
        for step, ((row, column), text) in enumerate(texts.items())
    )
    if shapes and b'id="_x0000_t202"' not in content:
        shapes = _NOTE_TYPE.format(names=names) + shapes
    body, end, rest = content.rpartition(b"</xml>")
    if not end:
        raise OddPackage
    return body + shapes.encode() + end + rest


def _height(text: str) -> int:
    """Height of a box that shows the whole text, a Chinese character counting two columns."""
    lines = sum(1 + sum(2 if ord(char) > 0xFF else 1 for char in line) // _LINE_WIDTH for line in text.split("\n"))
    return min(max(lines * _LINE + 14, _LOWEST), _HIGHEST)
