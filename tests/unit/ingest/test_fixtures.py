"""Every file of tests/fixtures/uploads is read as its expectation says: recognition, values, remarks, faults, rows.

An expectation is a table of expected/*.toml named for the file. Beside what is plain to read:

- like: takes what is not given from another expectation, for one table in other clothes.
- given: the choices of the page (month, within, sheets, mapping, remembered), the name the file was sent under, regions
  that have another name (aliases) or ended (code = [last month, successor]).
- columns: "header → target how", with what the header says more: unit=, period=, the likeness of a guess in percent.
- rows: what became of each row that is not blank: "1 above, 2 header, 3-5 data".
- values: one row of figures a line: region, month, indicator=value …, in the indicator's unit. targets: region, deadline,
  indicator=baseline→value.
- faults, doubts: "code row column", "-" where there is none, the sheet before it and a "!" where it has a name.
- remarks: "code row column value → what it was read as".
- notes, hints: a part of each; every note has one, a hint may go without.
"""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pytest

from ecodash.catalog.loader import load_catalog
from ecodash.catalog.regions import RegionBook
from ecodash.domain.periods import Month
from ecodash.domain.regions import Region, RegionTree, region_code, region_key
from ecodash.ingest import Intake, read_upload
from ecodash.ingest.body import Fate
from ecodash.ingest.faults import Doubt, Fault
from ecodash.ingest.intake import SheetReading
from ecodash.settings import PROJECT_ROOT

DATA = PROJECT_ROOT / "data"
UPLOADS = PROJECT_ROOT / "tests" / "fixtures" / "uploads"
COUNTIES = ["360521", "411521", "430321", "500230"]
NEWEST = Month(2026, 10)
LARGEST = 20_000

Entry = Mapping[str, Any]


def expectations() -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for path in sorted((UPLOADS / "expected").glob("*.toml")):
        for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            assert name not in found, f"{name} is expected twice"
            found[name] = entry
    return {name: {**found[entry["like"]], **entry} if "like" in entry else entry for name, entry in found.items()}


EXPECTED = expectations()
CATALOG = load_catalog(DATA / "catalog" / "indicators.toml")


@cache
def regions() -> tuple[Region, ...]:
    return tuple(RegionBook(DATA).regions(COUNTIES))


@cache
def whole_tree() -> RegionTree:
    return RegionTree(regions())


def tree_of(given: Entry) -> RegionTree:
    if not given.keys() & {"aliases", "ended"}:
        return whole_tree()
    ended = {region_key(code): (last, region_key(after)) for code, (last, after) in given.get("ended", {}).items()}
    changed = [
        Region(r.key, r.name, r.full_name, r.kind, 0, ended[r.key][0], ended[r.key][1]) if r.key in ended else r
        for r in regions()
    ]
    return RegionTree(changed, [(region_key(code), name) for code, name in given.get("aliases", {}).items()])


@cache
def read(name: str) -> Intake:
    given = EXPECTED[name].get("given", {})
    return read_upload(
        (UPLOADS / name).read_bytes(),
        given.get("file_name", name),
        catalog=CATALOG,
        tree=tree_of(given),
        newest=NEWEST,
        month=Month.parse(given["month"]) if "month" in given else None,
        within=region_key(given.get("within", "0")),
        mapping=given.get("mapping"),
        remembered=given.get("remembered"),
        sheets=given.get("sheets", ()),
    )


files = pytest.mark.parametrize("name", sorted(EXPECTED))


def test_every_file_has_its_expectation_and_is_small() -> None:
    there = {path.name: path.stat().st_size for path in UPLOADS.iterdir() if path.is_file()}
    assert there.keys() == EXPECTED.keys()
    assert {name: size for name, size in there.items() if size > LARGEST} == {}
    assert len(there) >= 60


def test_built_files_are_what_their_builder_builds() -> None:
    from tests.fixtures import build_uploads as build

    for made in (build.texts(), build.layouts(), build.sheets(), build.cells(), build.archives()):
        assert [name for name, content in made.items() if (UPLOADS / name).read_bytes() != content] == []


# ── recognition ────────────────────────────────────────────────────────────────────────────────────────────────────


@files
def test_what_is_recognised(name: str) -> None:
    intake, entry = read(name), EXPECTED[name]
    assert intake.encoding == entry.get("encoding", "utf-8")
    wanted = entry.get("sheets", [entry] if "columns" in entry else [])
    assert len(intake.sheets) == len(wanted)
    for reading, sheet in zip(intake.sheets, wanted, strict=True):
        assert reading.label == sheet.get("label", "")
        assert (reading.layout, reading.is_turned) == (sheet.get("layout", "wide"), sheet.get("turned", False))
        assert list(reading.header_rows) == sheet.get("header", [1])
        assert reading.period == sheet.get("period", "")
        assert reading.place == sheet.get("place", "")
        assert columns_of(reading) == sheet["columns"]
    assert [reading.label for reading in intake.unread] == entry.get("unread", [])


def columns_of(reading: SheetReading) -> list[str]:
    shown = []
    for match in reading.columns:
        more = [f"unit={match.unit}"] if match.unit else []
        more += [f"period={match.period}"] if match.period else []
        more += [f"{match.confidence}%"] if match.confidence < 100 else []
        header = match.header.replace("\n", "⏎")
        shown.append(" ".join([f"{header} → {match.target} {match.how}", *more]))
    return shown


@files
def test_no_row_is_lost(name: str) -> None:
    intake, entry = read(name), EXPECTED[name]
    wanted = entry.get("sheets", [entry] if "rows" in entry else [])
    assert [fates_of(reading.fates) for reading in intake.sheets] == [sheet["rows"] for sheet in wanted]
    for reading in (*intake.sheets, *intake.unread):
        filled = [bool(row) for row in intake.book.sheets[reading.number].rows]
        assert [fate != Fate.BLANK for fate in reading.fates] == filled
    for reading in intake.unread:
        assert set(reading.fates.tolist()) <= {Fate.BLANK, Fate.UNREAD}
    for reading in intake.sheets:
        faulty = {fault.row for fault in intake.faults if fault.sheet == reading.label}
        # Of a second table its first row is told; faults of a whole column are told once, at its header.
        second = [fault.row or 0 for fault in intake.faults if fault.code == "tables_many"]
        faulty |= set(range(min(second), len(reading.fates) + 1)) if second else set()
        faulty |= set(range(1, len(reading.fates) + 1)) if faulty & {None, *reading.header_rows} else set()
        refused = set((np.flatnonzero(reading.fates == Fate.REFUSED) + 1).tolist())
        assert refused <= faulty
        empty = set((np.flatnonzero(reading.fates == Fate.EMPTY) + 1).tolist())
        assert not empty & set(intake.cells["row"][intake.cells["sheet"] == reading.number])


def fates_of(fates: Any) -> str:
    """Runs of rows of one fate: 1 above, 2 header, 3-5 data."""
    runs: list[tuple[int, int, Fate]] = []
    for row, fate in enumerate(fates.tolist(), 1):
        if fate == Fate.BLANK:
            continue
        if runs and runs[-1][1:] == (row - 1, Fate(fate)):
            runs[-1] = (runs[-1][0], row, Fate(fate))
        else:
            runs.append((row, row, Fate(fate)))
    return ", ".join(
        f"{first}-{last} {fate.name.lower()}" if last > first else f"{first} {fate.name.lower()}"
        for first, last, fate in runs
    )


# ── values ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@files
def test_what_is_read(name: str) -> None:
    intake, entry = read(name), EXPECTED[name]
    cells = intake.cells
    found = {
        (region_code(int(region)), int(period), str(indicator)): value
        for region, period, indicator, value in zip(
            cells["region"], cells["period"], cells["indicator"], cells["value"], strict=True
        )
    }
    assert len(found) == len(cells)
    assert found == dict(figures(entry.get("values", "")))
    targets = intake.targets
    assert {
        (region_code(int(row.region)), int(row.deadline), str(row.indicator)): (row.baseline, row.value)
        for row in targets.itertuples()
    } == {key: tuple(map(_target_part, value.split("→"))) for key, value in pairs(entry.get("targets", ""))}


def _target_part(written: str) -> Decimal | None:
    return None if written == "—" else Decimal(written)


def pairs(lines: str) -> list[tuple[tuple[str, int, str], str]]:
    found = []
    for line in lines.split("\n"):
        if line.strip():
            region, period, *texts = line.split()
            found += [((region, int(period), text.split("=")[0]), text.split("=")[1]) for text in texts]
    assert len({key for key, _ in found}) == len(found)
    return found


def figures(lines: str) -> list[tuple[tuple[str, int, str], Decimal]]:
    return [(key, Decimal(value)) for key, value in pairs(lines)]


# ── what is said ───────────────────────────────────────────────────────────────────────────────────────────────────


@files
def test_what_is_said(name: str) -> None:
    intake, entry = read(name), EXPECTED[name]
    assert [shown(fault) for fault in intake.faults] == entry.get("faults", [])
    assert [shown(doubt) for doubt in intake.doubts] == entry.get("doubts", [])
    assert [f"{r.code} {r.row} {r.column} {r.value} → {r.read_as}" for r in intake.remarks] == entry.get("remarks", [])
    assert sum(intake.remark_counts.values()) == len(intake.remarks)
    notes, parts = list(intake.notes), entry.get("notes", [])
    assert [sum(part in note for note in notes) for part in parts] == [1] * len(parts), notes
    assert len(notes) == len(parts), notes
    said = "\n".join(one.hint for one in (*intake.faults, *intake.doubts))
    assert [hint for hint in entry.get("hints", []) if hint not in said] == [], said
    for fault in intake.faults:
        assert "请" in fault.hint
        assert fault.hint.endswith(("。", "）"))


def shown(one: Fault | Doubt) -> str:
    where = f"{one.sheet}!" if one.sheet else ""
    return f"{one.code} {where}{one.row or '-'} {one.column or '-'}".replace("\n", "⏎")
