"""What any file decodes to before it gets a meaning, for support calls and for judging the reader."""

from typing import Any

from ecodash.domain.indicators import Catalog
from ecodash.ingest.book import Book, Sheet
from ecodash.ingest.files.read_answer import book_answer, guess_header_rows
from ecodash.ingest.files.reader import read_book
from ecodash.ingest.headers import HeaderNames
from ecodash.ingest.heads import find_head


def read_answer(data: bytes, file_name: str, catalog: Catalog) -> dict[str, Any]:
    """A file's encoding, dialect and sheets with every cell as text; see book_answer for the keys.

    The header is where the project's own vocabulary finds one, else where tables usually have it.
    """
    names = HeaderNames(catalog, {})

    def header_rows(sheet: Sheet) -> list[int]:
        found = find_head(sheet, names, catalog)
        if found is None or found[0].is_turned or not names.score(found[1][found[0].last]):
            return guess_header_rows(sheet.rows)
        return list(range(found[0].first + 1, found[0].last + 2))

    book: Book | Any = read_book(data, file_name, score=names.score)
    return book_answer(book, file_name, header_rows)
