"""Bytes → Book: what kind of file it is by its content, and its sheets as text cells. Any bytes get an answer."""

import codecs
from dataclasses import replace

from ecodash.ingest.book import Book, HeaderScore, Progress, Refusal, Sheet, say_nothing
from ecodash.ingest.faults import Fault, cut
from ecodash.ingest.files.archives import MAX_BYTES, OLE, ZIP, Allowance, kind_of_zip, unzip
from ecodash.ingest.files.encodings import decode_as, decode_text
from ecodash.ingest.files.text_tables import read_text
from ecodash.ingest.files.web_tables import is_markup, read_page

_BINARY_WORKBOOK = Refusal("workbook_damaged", "xlsb 格式不受支持。请用 WPS 或 Excel 打开后另存为 xlsx 再上传。")
_SPREADSHEET = b"urn:schemas-microsoft-com:office:spreadsheet"
_OFFICE = Refusal("not_a_table", "文件不是工作簿，可能是 Word 文档或演示文稿。请把表格复制到 xlsx 再上传。")
_WEB_ARCHIVE = Refusal("not_a_table", "文件是网页归档（MHTML），不是表格。请用 WPS 或 Excel 打开后另存为 xlsx 再上传。")


def read_book(data: bytes, file_name: str, *, score: HeaderScore, progress: Progress = say_nothing) -> Book | Refusal:
    """A file's sheets, whatever its kind; its extension is not asked.

    Args:
        data: the file.
        file_name: as the user sees it, for what is said of it.
        score: tells a header row, to choose the delimiter of a text file.
        progress: told at each sheet and every 50,000 rows.
    """
    if len(data) > MAX_BYTES:
        return Refusal("file_too_large", f"文件超过 {MAX_BYTES // 1024 // 1024} MB。请按乡镇或月份拆成几个文件上传。")
    if not data:
        return Refusal("nothing_to_read", "文件是空的。请核对后重新上传。")
    progress(f"正在读取“{cut(file_name)}”", 0.0)
    allowance = Allowance()
    if data.startswith((ZIP, b"PK\x05\x06")):
        kind = kind_of_zip(data)
        if kind == "zip":
            return _read_zip(data, score, progress, allowance)
    return _read_file(data, score, progress, allowance, "")


def _read_file(data: bytes, score: HeaderScore, progress: Progress, allowance: Allowance, where: str) -> Book | Refusal:
    """Any file but an archive of files."""
    if data.startswith(ZIP):
        kind = kind_of_zip(data)
        if isinstance(kind, Refusal):
            return kind
        if kind in ("xlsb", "other"):
            return _BINARY_WORKBOOK if kind == "xlsb" else _OFFICE
        # Imported late, as below: a text file needs neither reader.
        from ecodash.ingest.files.spreadsheets import read_zipped

        return read_zipped(data, kind, allowance, progress)
    if data.startswith(OLE):
        from ecodash.ingest.files.spreadsheets import read_ole

        return read_ole(data, allowance, progress)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and (text := decode_as(data, "utf-16")):
        page = text[:1000].encode("utf-8", "replace")
        data = text.encode("utf-8-sig", "replace") if is_markup(page) else data
    if is_markup(data):
        if _SPREADSHEET in data[:20_000]:
            from ecodash.ingest.files.xml_workbooks import read_xml_workbook

            return read_xml_workbook(data, allowance, progress)
        return read_page(data, allowance, progress)
    if data[:2000].lower().lstrip().startswith(b"mime-version:"):
        return _WEB_ARCHIVE
    allowance.text -= len(data)
    if allowance.text < 0:
        return Refusal(
            "file_too_large", f"{where}压缩包里的文本文件合计超过 {MAX_BYTES // 1024 // 1024} MB。请分几次上传。"
        )
    decoded = decode_text(data)
    if isinstance(decoded, Refusal):
        return decoded
    sheet = read_text(decoded, score, progress, rows_left=allowance.rows, where=where)
    if isinstance(sheet, Refusal):
        return sheet
    if not any(sheet.rows):
        return Refusal("nothing_to_read", "文件里没有内容。请核对后重新上传。")
    allowance.rows -= len(sheet.rows)
    return Book("text", decoded.encoding, (sheet,))


def _read_zip(data: bytes, score: HeaderScore, progress: Progress, allowance: Allowance) -> Book | Refusal:
    unzipped = unzip(data, allowance)
    if isinstance(unzipped, Refusal):
        return unzipped
    sheets: list[Sheet] = []
    nested: list[str] = []
    total = max(1, len(unzipped.entries))
    with unzipped.archive:
        for number, member in enumerate(unzipped.members()):
            begun = number / total
            progress(f"正在读取压缩包里的“{cut(member.name)}”", begun)
            if member.data.startswith(ZIP) and kind_of_zip(member.data) == "zip":
                nested.append(cut(member.name))
                continue

            def tell(what: str, done: float, begun: float = begun) -> None:
                progress(what, begun + done / total)

            book = _read_file(member.data, score, tell, allowance, f"压缩包里的“{cut(member.name)}”：")
            if isinstance(book, Refusal):
                hint = book.hint if book.hint.startswith("压缩包里") else f"压缩包里的“{cut(member.name)}”：{book.hint}"
                unzipped.faults.append(Fault(book.code, None, "", "", hint, cut(member.name)))
                continue
            sheets += (_placed(sheet, cut(member.name), book.notes) for sheet in book.sheets)
    notes = list(unzipped.notes)
    if nested:
        notes.append(
            f"压缩包里还有压缩包，没有读取：{'、'.join(f'“{name}”' for name in nested[:10])}。请解开后再打包。"
        )
    if not sheets and not unzipped.faults:
        said = "".join(notes)
        return Refusal("nothing_to_read", f"压缩包里没有可读的表格。{said}请打包 xlsx、xls、ods 或 CSV 文件。")
    return Book("zip", "zip", tuple(sheets), tuple(notes), tuple(unzipped.faults))


def _placed(sheet: Sheet, source: str, notes: tuple[str, ...]) -> Sheet:
    """A sheet with the archive's file it is from, in its faults too."""
    placed = replace(sheet, source=source, notes=(*sheet.notes, *notes))
    return replace(placed, faults=tuple(replace(fault, sheet=placed.label) for fault in sheet.faults))
