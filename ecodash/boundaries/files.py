"""Bytes → Layer: what a file is, and its parts taken out of an archive in memory."""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath

from ecodash.boundaries import layer as limits
from ecodash.boundaries.geojson import read_geojson
from ecodash.boundaries.layer import BoundaryRefused, Layer
from ecodash.boundaries.shapefile import read_shapefile

_ZIP = b"PK\x03\x04"
_GEOJSON = (".geojson", ".json")
_PARTS = (".shp", ".dbf", ".prj", ".cpg", ".shx")
_LOOSE_PARTS = {b"\x00\x00\x27\x0a": ".shp 或 .shx"}
_HOW = "请上传 GeoJSON 文件，或把同名的 .shp、.dbf、.shx、.prj、.cpg 打包成一个 zip。"
_DAMAGED = (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError, RuntimeError, KeyError)


def read_layer(data: bytes, file_name: str) -> Layer:
    """The features of a GeoJSON file, or of a zip with one Shapefile or one GeoJSON file in it.

    Raises:
        BoundaryRefused: it is something else, too large, damaged, or holds several layers.
    """
    if not data:
        raise BoundaryRefused(f"文件“{_shown(file_name)}”是空的。", "请重新导出后上传。")
    if len(data) > limits.MAX_BYTES:
        raise BoundaryRefused(
            f"文件“{_shown(file_name)}”超过 {limits.MAX_BYTES // 1024 // 1024} MB。",
            "请只导出一个县，或在制图软件里先简化图形。",
        )
    if data.startswith(_ZIP):
        return _from_archive(data)
    if data[:4] in _LOOSE_PARTS or file_name.lower().endswith(_PARTS):
        raise BoundaryRefused(f"“{_shown(file_name)}”只是 Shapefile 的一部分。", _HOW)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        raise BoundaryRefused(f"“{_shown(file_name)}”不是 GeoJSON，也不是 zip。", _HOW)
    return read_geojson(data)


def packed(files: Mapping[str, bytes]) -> bytes:
    """Files that were sent loose, as the archive they might have come in."""
    together = io.BytesIO()
    with zipfile.ZipFile(together, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(PurePosixPath(name.replace("\\", "/")).name), content)
    return together.getvalue()


def _from_archive(data: bytes) -> Layer:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > limits.MAX_ENTRIES:
                raise BoundaryRefused(
                    f"压缩包里有 {len(entries):,} 个文件，超过 {limits.MAX_ENTRIES} 个。", "请只打包一个图层的文件。"
                )
            layers = _layers(entries)
            if not layers:
                raise BoundaryRefused("压缩包里没有 .shp，也没有 .geojson。", _HOW)
            if len(layers) > 1:
                names = "、".join(f"“{_shown(PurePosixPath(name).name)}”" for name in sorted(layers)[:10])
                raise BoundaryRefused(f"压缩包里有 {len(layers)} 个图层：{names}。", "请一次只打包一个图层。")
            parts = {suffix: _unpacked(archive, entry) for suffix, entry in next(iter(layers.values())).items()}
    except _DAMAGED as error:
        raise BoundaryRefused("压缩包已损坏，或用了不支持的压缩方式。", "请重新打包成普通 zip 后上传。") from error
    for suffix in _GEOJSON:
        if suffix in parts:
            return read_geojson(parts[suffix])
    return read_shapefile(parts)


def _layers(entries: list[zipfile.ZipInfo]) -> dict[str, dict[str, zipfile.ZipInfo]]:
    """Entries of each layer by suffix, under their path without it. Paths only name what belongs together: nothing is
    ever written or opened under them."""
    found: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        hidden = any(part.startswith((".", "__MACOSX")) and part != ".." for part in path.parts)
        if not entry.is_dir() and not hidden and path.suffix.lower() in (*_PARTS, *_GEOJSON):
            stem = str(path.with_suffix("")).lower()
            found.setdefault(stem, {})[path.suffix.lower()] = entry
    return {stem: parts for stem, parts in found.items() if ".shp" in parts or parts.keys() & set(_GEOJSON)}


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """An entry's bytes, never more than may be, whatever its directory claims."""
    name = _shown(PurePosixPath(entry.filename).name)
    if entry.flag_bits & 1:
        raise BoundaryRefused(f"压缩包里的“{name}”设有密码。", "请取消密码后重新打包。")
    with archive.open(entry) as stream:
        content = stream.read(limits.MAX_UNPACKED + 1)
    if len(content) > limits.MAX_UNPACKED:
        raise BoundaryRefused(
            f"压缩包里的“{name}”展开后超过 {limits.MAX_UNPACKED // 1024 // 1024} MB。",
            "请只导出一个县，或在制图软件里先简化图形。",
        )
    return content


def _shown(name: str) -> str:
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+", "", name)
    return plain if len(plain) <= 60 else plain[:57] + "…"
