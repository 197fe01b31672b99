"""Five hundred damaged files: none breaks anything, and none loses a row in silence. `make bench` sends 10,000."""

import io
import zipfile
from pathlib import Path

from ecodash.ingest.book import Book
from ecodash.ingest.files.reader import read_book
from tests.fuzz.mutate import mutant, seeds_in
from tests.fuzz.run import UPLOADS, fuzz, fuzz_workspace

COUNT = 500


def test_the_same_number_gives_the_same_file() -> None:
    seeds = seeds_in(UPLOADS)
    assert [mutant(number, seeds) for number in range(20)] == [mutant(number, seeds) for number in range(20)]


def test_a_file_without_a_name_in_an_archive_is_left_out() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("一.csv", "村,垃圾箱\n荷花村,1\n")
        archive.writestr(zipfile.ZipInfo(""), "村,垃圾箱\n荷花村,2\n")
    book = read_book(packed.getvalue(), "上报.zip", score=lambda cells: 0)
    assert isinstance(book, Book)
    assert [sheet.source for sheet in book.sheets] == ["一.csv"]
    assert "1 个文件不是支持的表格" in book.notes[0]


def test_no_damaged_file_breaks_anything(tmp_path: Path) -> None:
    workspace = fuzz_workspace(tmp_path)
    try:
        tally = fuzz(workspace, range(COUNT))
    finally:
        workspace.close()
    assert [(one.mutant.number, one.mutant.how, one.said) for one in tally.failures] == []
    # The files must get far enough to try something.
    assert tally.outcomes["committed"] > COUNT // 10
    assert tally.outcomes["with faults"] > COUNT // 10
