"""A Shapefile's parts → Layer.

GDAL reads what stands in an archive rebuilt here: the geometry part with a header and an index of our own, whose
records were walked and counted, and the table; its drivers can take that for nothing but a Shapefile. The texts are
decoded here too, as the code page written beside a Chinese table is often wrong.
"""

import codecs
import io
import re
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyogrio
import shapely
from pyogrio import raw
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError

from ecodash.boundaries import layer as limits
from ecodash.boundaries.layer import BoundaryRefused, Layer, text_of
from ecodash.domain.boundaries import Note

_POLYGONS = {5: "Polygon", 15: "PolygonZ", 25: "PolygonM"}
_NULL = 0
_OTHERS = {1: "点", 3: "线", 8: "多点", 11: "点", 13: "线", 18: "多点", 21: "点", 23: "线", 28: "多点"}
_ENOUGH = 3
_MAX_PRJ = 64 * 1024
_CODE_PAGES = {"936": "gb18030", "cp936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030",
               "ansi936": "gb18030", "oem936": "gb18030", "utf8": "utf-8", "65001": "utf-8", "950": "big5",
               "big5": "big5", "cp950": "big5"}  # fmt: skip
_DRIVER_PAGES = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5"}
_DAMAGED = BoundaryRefused("Shapefile 已损坏，没有读取。", "请用制图软件重新导出，再打包成 zip。")
_UNREADABLE = (DataSourceError, DataLayerError, FeatureError, FieldError, shapely.errors.GEOSException, ValueError)

# Only bytes in memory are ever opened; should a file name another place, GDAL is not to go there.
pyogrio.set_gdal_config_options({"CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none", "GDAL_HTTP_MAX_RETRY": "0"})


def read_shapefile(parts: Mapping[str, bytes]) -> Layer:
    """The features of a Shapefile.

    Args:
        parts: content by suffix: .shp, and where they are there .dbf, .prj, .cpg.
    Raises:
        BoundaryRefused: it holds no polygons, is damaged, or too much.
    """
    shp, shx = _rebuilt(parts[".shp"])
    table = parts.get(".dbf", b"")
    files = {"layer.shp": shp, "layer.shx": shx} | ({"layer.dbf": table} if table else {})
    try:
        meta, _, wkb, fields = raw.read(_packed(files), encoding="ISO-8859-1", force_2d=True, datetime_as_string=True)
        shapes = np.asarray(shapely.from_wkb(wkb), dtype=object)
    except _UNREADABLE as error:
        raise _DAMAGED from error
    notes: list[Note] = []
    if not table:
        notes.append(Note("no_table"))
    declared = _declared(parts.get(".cpg", b""), table)
    names, texts = list(meta["fields"]), [[text_of(value) for value in field] for field in fields]
    encoding = _encoding((*names, *(text for column in texts for text in column)), declared)
    if table and declared != encoding:
        notes.append(Note("encoding", {"encoding": encoding}))
    columns = {
        _decoded(name, encoding): [_decoded(text, encoding)[:200] for text in column]
        for name, column in zip(names, texts, strict=True)
    }
    return Layer(shapes, columns, _crs(parts.get(".prj", b"")), encoding, tuple(notes))


# ── geometry ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _rebuilt(shp: bytes) -> tuple[bytes, bytes]:
    """The geometry part and its index, written anew around the records found by walking them."""
    if len(shp) < 100 or struct.unpack_from(">i", shp)[0] != 9994:
        raise _DAMAGED
    kind = struct.unpack_from("<i", shp, 32)[0]
    if kind in _OTHERS:
        raise BoundaryRefused(f"Shapefile 里是{_OTHERS[kind]}，不是面。", "请上传乡镇界或村界的面图层。")
    if kind not in _POLYGONS:
        raise _DAMAGED
    records: list[bytes] = []
    place = 100
    vertices = 0
    while place + 12 <= len(shp):
        size = 2 * struct.unpack_from(">i", shp, place + 4)[0]
        if size < 4 or place + 8 + size > len(shp):
            raise _DAMAGED
        record = shp[place + 8 : place + 8 + size]
        vertices += _checked(record, kind, len(records) + 1)
        records.append(record)
        if len(records) > limits.MAX_FEATURES:
            raise limits.too_many_features(len(records))
        if vertices > limits.MAX_VERTICES:
            raise limits.too_many_vertices()
        place += 8 + size
    if not records:
        raise BoundaryRefused("Shapefile 里没有图形。", "请核对导出的图层。")
    return _written(records, kind)


def _checked(record: bytes, kind: int, row: int) -> int:
    """Vertices of a record, whose counts agree with its size."""
    own = struct.unpack_from("<i", record)[0]
    if own == _NULL:
        return 0
    if own != kind or len(record) < 44:
        raise _DAMAGED
    rings, vertices = struct.unpack_from("<ii", record, 36)
    if rings < 0 or vertices < 0 or 44 + 4 * rings + 16 * vertices > len(record):
        raise _DAMAGED
    if rings > limits.MAX_RINGS:
        raise limits.too_many_rings(row)
    return int(vertices)


def _written(records: Sequence[bytes], kind: int) -> tuple[bytes, bytes]:
    offset, body, index = 50, bytearray(), bytearray()
    for row, record in enumerate(records, 1):
        head = struct.pack(">ii", row, len(record) // 2)
        body += head + record
        index += struct.pack(">ii", offset, len(record) // 2)
        offset += 4 + len(record) // 2
    return _header(100 + len(body), kind) + bytes(body), _header(100 + len(index), kind) + bytes(index)


def _header(size: int, kind: int) -> bytes:
    """A header without the extent, which nobody asks for."""
    return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, size // 2) + struct.pack("<2i", 1000, kind) + bytes(64)


def _packed(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


# ── texts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _declared(cpg: bytes, table: bytes) -> str:
    """The encoding the file states, in its .cpg or in the table's header; empty where it states none we know."""
    name = re.sub(r"[\s_-]", "", cpg[:40].decode("ascii", "replace")).lower()
    if name in _CODE_PAGES:
        return _CODE_PAGES[name]
    return _DRIVER_PAGES.get(table[29], "") if len(table) > 32 and not name else ""


def _encoding(texts: Iterable[str], declared: str) -> str:
    """The encoding that reads most.

    Of equals UTF-8, which texts in other encodings are not by chance, unless they are as few as 联通; then the one
    declared, and GBK, in which nearly any bytes are some text.
    """
    raws = [text.encode("latin-1", "replace") for text in texts if not text.isascii()]
    if not raws:
        return declared or "utf-8"
    tried = ["utf-8", declared] if len(raws) >= _ENOUGH or not declared else [declared, "utf-8"]
    return min([*filter(None, tried), "gb18030"], key=lambda name: sum(not _reads(one, name) for one in raws))


def _reads(data: bytes, encoding: str) -> bool:
    """Whether bytes are text of an encoding, but for a character cut off by the width of its field."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(data, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(text: str, encoding: str) -> str:
    return text if text.isascii() else text.encode("latin-1", "replace").decode(encoding, "ignore").strip("\x00 ")


def _crs(prj: bytes) -> str:
    return prj[:_MAX_PRJ].decode("utf-8", "replace").strip("\ufeff\x00 \r\n\t")
