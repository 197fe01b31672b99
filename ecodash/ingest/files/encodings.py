"""Bytes → text in the one encoding that fits them exactly."""

import codecs
import re
from dataclasses import dataclass

from ecodash.ingest.book import Refusal
from ecodash.ingest.faults import Fault

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY = (
    *(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM6", b"RIFF", b"II*\x00", b"MM\x00*"),
    *(
        b"%PDF",
        b"{\\rtf",
        b"Rar!",
        b"7z\xbc\xaf",
        b"\x1f\x8b",
        b"BZh",
        b"\xfd7zXZ",
        b"MZ",
        b"\x7fELF",
        b"SQLite format",
    ),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_WESTERN = re.compile(r"[\w\s\x20-\x7e£€§°±²³µ·¼½¾¿¡«»‘’“”–—…•©®™´¨¸ºª¹×÷¬¦¢¥¤¶†‡‰‹›„‚˜ˆ\xad\xa0]*")

_NOT_TEXT = Refusal(
    "not_a_table",
    "文件内容不是表格，可能是图片、PDF、压缩文件或已损坏。请上传 xlsx、xls、ods、CSV 或装有它们的 zip 文件。",
)
_UNKNOWN = "文件的文字编码不是 UTF-8、GB18030 或带标记的 UTF-16。请用 WPS 或 Excel 打开后另存为 xlsx 再上传。"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text file's text, byte-order mark removed, and the encoding it was read in.

    Args:
        faults: where the encoding is only a guess, for reading but not for keeping.
    """

    text: str
    encoding: str
    faults: tuple[Fault, ...] = ()


def decode_text(data: bytes) -> Decoded | Refusal:
    """Text by byte-order mark, else strict UTF-8, else strict GB18030.

    Encodings are tried exactly, never guessed by statistics: a guess turned real GB18030 files into Korean. GB18030
    however takes nearly anything, so damaged UTF-8 is not offered to it.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode_with(data, encoding) or _western(data) or _damaged(data, encoding)
    zeros = data.count(0)
    if data.startswith(_BINARY) or (zeros > 3 and zeros * 50 > len(data)):
        return _NOT_TEXT
    if decoded := _decode_with(data, "utf-8"):
        return decoded
    if _is_damaged_utf8(data):
        return _damaged(data, "utf-8")
    return _decode_with(data, "gb18030") or _western(data) or Refusal("encoding_unknown", _UNKNOWN)


def decode_as(data: bytes, encoding: str) -> str | None:
    """Text where the data is exactly in this encoding."""
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _decode_with(data: bytes, encoding: str) -> Decoded | Refusal | None:
    text = decode_as(data, encoding)
    if text is None:
        return None
    text = text.removesuffix("\x1a")
    # A stray control character is a slip of some program; many of them are no text at all.
    odd = sum(1 for _ in _CONTROL.finditer(text)) if _CONTROL.search(text) else 0
    return _NOT_TEXT if odd > 3 and odd * 50 > len(text) else Decoded(text, encoding)


def _is_damaged_utf8(data: bytes) -> bool:
    sample = data[: 1 << 20]
    damaged = sample.decode("utf-8", "replace")
    if len(data) > len(sample):
        damaged = damaged[:-1]
    whole = sum(1 for _ in re.finditer("[\u0800-\uffef]", damaged))
    return whole >= 10 * max(1, damaged.count("\ufffd"))


def _damaged(data: bytes, encoding: str) -> Refusal:
    row = 0
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1 if encoding.startswith("utf-8") else 0
    where = f"第 {row} 行附近" if row else "末尾附近"
    name = "UTF-8" if encoding.startswith("utf-8") else "UTF-16"
    return Refusal(
        "encoding_unknown",
        f"文件是 {name} 编码，但{where}有损坏的字节，可能没有传完整。请从原来的表格重新导出，或另存为 xlsx 再上传。",
    )


def _western(data: bytes) -> Decoded | None:
    """Text with a few single accented letters or signs: shown as Windows-1252 for whoever asks, with a fault."""
    runs = _HIGH_RUN.findall(data)
    if b"\x00" in data or sum(map(len, runs)) * 5 > len(data) or any(len(run) > 4 for run in runs):
        return None
    text = decode_as(data, "cp1252")
    if text is None or not _WESTERN.fullmatch(text):
        return None
    row = data[: data.index(runs[0])].count(b"\n") + 1
    hint = f"{_UNKNOWN}（内容暂按西文 Windows-1252 显示，第 {row} 行起有不能确定的字符。）"
    return Decoded(text, "cp1252", (Fault("encoding_unknown", row, "", "", hint),))
