"""The measured files: real villages, drawn figures, the same bytes on every run."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import numpy.typing as npt
from openpyxl.utils import get_column_letter

from ecodash.catalog.regions import RegionBook
from ecodash.domain.indicators import Catalog, Indicator
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, Region, RegionTree, region_code
from ecodash.ingest.files.archives import MAX_BYTES

VERSION = 1
"""Raised when the files change, so that none built before is measured."""
PROVINCE = "37"
"""山东, the province with the most villages: 62,074."""
NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
NEWEST = Month(2026, 10)
INDICATORS = (
    "garbage_cleared",
    "dump_sites_cleared",
    "collection_points",
    "bins",
    "cleaners",
    "household_toilets_built",
    "public_toilets",
    "sewer_pipe_laid",
    "clutter_cleared",
    "ditches_dredged",
    "patrols",
    "funds_invested",
)
"""Seven flows and five stocks, 0 to 4 decimals; none limits another, so that a drawn file has no fault."""
_SEED = 20261103
_VILLAGES = 50_000
_SHEET = "xl/worksheets/sheet1.xml"

Amounts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Case:
    """One file to be measured.

    Args:
        name: of the case, and the file's name without its ending.
        kind: csv or xlsx.
        rows: below the header.
        title: as the table of results names it.
        villages: so many in each month.
        has_names: whether town and village stand beside the code.
        is_small: whether figures are as short as they can be, to fit the largest number of rows into a file.
    """

    name: str
    kind: str
    rows: int
    title: str
    villages: int = _VILLAGES
    has_names: bool = False
    is_small: bool = False

    @property
    def months(self) -> list[Month]:
        """The months of its rows, the last reportable one last."""
        count = -(-self.rows // self.villages)
        return [NEWEST.plus(-before) for before in reversed(range(count))]


CASES = (
    Case("csv_1k", "csv", 1_000, "CSV 1k × 12"),
    Case("csv_100k", "csv", 100_000, "CSV 100k × 12"),
    Case("csv_600k", "csv", 600_000, "CSV 600k × 12"),
    Case("csv_100k_named", "csv", 100_000, "CSV 100k × 12, town and village named", has_names=True),
    Case("xlsx_100k", "xlsx", 100_000, "xlsx 100k × 12"),
    Case("csv_largest", "csv", 999_999, "CSV 1,000k × 12, as many rows as allowed", villages=62_000, is_small=True),
    Case("xlsx_largest", "xlsx", 500_000, "xlsx 500k × 12, 190 MB unpacked", is_small=True),
)


def regions(data_dir: Path) -> list[Region]:
    """The province with its villages, and the country above it."""
    return RegionBook(data_dir).regions([PROVINCE])


def build(case: Case, tree: RegionTree, catalog: Catalog, folder: Path) -> Path:
    """The file of a case, drawn now unless it was before."""
    path = folder / f"{case.name}.{case.kind}"
    if not path.exists():
        header, rows = _table(case, tree, [catalog[code] for code in INDICATORS])
        content = _csv(header, rows) if case.kind == "csv" else _xlsx(header, rows)
        if len(content) > MAX_BYTES:
            raise ValueError(f"{path.name} has {len(content):,} bytes, more than may be uploaded")
        path.write_bytes(content)
    return path


def csv_beside(path: Path, case: Case, tree: RegionTree, catalog: Catalog) -> Path:
    """A workbook's table as CSV, for what reads no workbooks."""
    if case.kind == "csv":
        return path
    beside = path.with_suffix(".as.csv")
    if not beside.exists():
        beside.write_bytes(_csv(*_table(case, tree, [catalog[code] for code in INDICATORS])))
    return beside


# ── figures ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _table(case: Case, tree: RegionTree, indicators: Sequence[Indicator]) -> tuple[list[str], Iterator[list[str]]]:
    """Header and rows, by month, then village."""
    villages = tree.under(0, Level.VILLAGE)[: case.villages]
    header = ["月份", "区划代码", *(["乡镇", "村"] if case.has_names else [])]
    header += [indicator.title for indicator in indicators]
    leading = [[region_code(village.key), *(_names(village, tree) if case.has_names else [])] for village in villages]
    months = case.months
    random = np.random.default_rng(_SEED)
    figures = [_written(_draw(random, one, len(villages), len(months), case), one) for one in indicators]

    def rows() -> Iterator[list[str]]:
        left = case.rows
        for number, month in enumerate(months):
            columns = zip(*(column[number] for column in figures), strict=True)
            for place, values in zip(leading[:left], columns, strict=False):
                yield [str(month), *place, *values]
            left -= len(villages)

    return header, rows()


def _names(village: Region, tree: RegionTree) -> list[str]:
    town = tree.get(tree.parent_of(village.key))
    return [town.name, village.name]


def _draw(random: np.random.Generator, indicator: Indicator, villages: int, months: int, case: Case) -> Amounts:
    """Figures in the last decimal written, one row a month.

    Nothing unlikely: no figure is ten times the one before, and what only grows does not fall.
    """
    low, high = (2, 10) if case.is_small else (40, 330)
    if indicator.is_cumulative:
        start: Amounts = random.integers(low, high // 2 + 1, size=(1, villages))
        grown = random.integers(0, 1 if case.is_small else 4, size=(months, villages))
        return start + np.cumsum(grown, axis=0, dtype=np.int64)
    fine = 1 if case.is_small or not indicator.decimals else 7
    return random.integers(low * fine, high * fine, size=(months, villages))


def _written(amounts: Amounts, indicator: Indicator) -> list[list[str]]:
    """Figures as texts; long ones have a decimal or two."""
    decimals = min(indicator.decimals, 2) if amounts.max() > 400 else 0
    scale = 10**decimals
    texts = {
        amount: f"{amount // scale}.{amount % scale:0{decimals}d}" if decimals else str(amount)
        for amount in np.unique(amounts).tolist()
    }
    return [[texts[amount] for amount in month] for month in amounts.tolist()]


# ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _csv(header: list[str], rows: Iterator[list[str]]) -> bytes:
    text = io.StringIO()
    text.write(",".join(header) + "\r\n")
    text.writelines(",".join(row) + "\r\n" for row in rows)
    return text.getvalue().encode()


def _xlsx(header: list[str], rows: Iterator[list[str]]) -> bytes:
    """A workbook as spreadsheets write it: texts shared, numbers as numbers."""
    shared: dict[str, int] = {}
    letters = [get_column_letter(place + 1) for place in range(len(header))]
    texts = len(header) - len(INDICATORS)

    def cell(number: int, place: int, text: str) -> str:
        where = f"{letters[place]}{number}"
        if number > 1 and place >= texts:
            return f'<c r="{where}"><v>{text}</v></c>'
        return f'<c r="{where}" t="s"><v>{shared.setdefault(text, len(shared))}</v></c>'

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, content)
        with archive.open(_SHEET, "w", force_zip64=True) as sheet:
            sheet.write(f'{_DECLARED}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for number, row in enumerate([header, *rows], 1):
                cells = "".join(cell(number, place, text) for place, text in enumerate(row))
                sheet.write(f'<row r="{number}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        strings = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
        archive.writestr("xl/sharedStrings.xml", f'{_DECLARED}<sst xmlns="{_MAIN}">{strings}</sst>')
    return packed.getvalue()


_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'{_DECLARED}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/{_SHEET}" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'{_DECLARED}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{_DECLARED}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}">'
    '<sheets><sheet name="上报" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_DECLARED}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATED}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATED}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}
