"""Bytes → what kind of file it is, and text in the one encoding that fits it exactly."""

import codecs
import re
from dataclasses import dataclass

MAX_BYTES = 50 * 1024 * 1024

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MARKUP = re.compile(r"\s*<(?:!doctype|html|table|\?xml|meta|head|body)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file, or a sheet of it, cannot be read at all: a fault's code and hint."""

    code: str
    hint: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text file's text, byte-order mark removed, and the encoding it was read in."""

    text: str
    encoding: str


def is_zip(data: bytes) -> bool:
    """Whether the content is a zip archive, as xlsx and ods are; the file's extension is not asked."""
    return data.startswith(_ZIP)


def is_ole(data: bytes) -> bool:
    """Whether the content is an OLE container, as xls and encrypted xlsx are."""
    return data.startswith(_OLE)


def decode_text(data: bytes) -> Decoded | Refusal:
    """Text by byte-order mark, else strict UTF-8, else strict GB18030.

    Encodings are tried exactly, never guessed by statistics: a guess turned real GB18030 files into Korean.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            candidates: tuple[str, ...] = (encoding,)
            break
    else:
        if b"\x00" in data:
            return _NOT_TEXT
        candidates = ("utf-8", "gb18030")
    for encoding in candidates:
        try:
            return _checked(Decoded(data.decode(encoding), encoding))
        except UnicodeDecodeError:
            continue
    return Refusal(
        "encoding_unknown",
        "文件的文字编码不是 UTF-8、GB18030 或带标记的 UTF-16。请用 WPS 或 Excel 打开后另存为 xlsx 再上传。",
    )


_NOT_TEXT = Refusal("not_a_table", "文件内容不是表格，可能是图片、PDF 或已损坏。请上传 xlsx、xls 或 CSV 文件。")


def _checked(decoded: Decoded) -> Decoded | Refusal:
    if _MARKUP.match(decoded.text):
        return Refusal("not_a_table", "文件内容是网页或 XML,不是表格。请用 WPS 或 Excel 打开后另存为 xlsx 再上传。")
    return _NOT_TEXT if _CONTROL.search(decoded.text) else decoded
