"""The real figures that come with the software: every file of the manifest is read as data/samples/README.md says."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal

import pytest

from ecodash.catalog.loader import load_catalog
from ecodash.catalog.regions import RegionBook
from ecodash.domain.periods import Month
from ecodash.domain.regions import RegionTree, region_code
from ecodash.ingest import Intake, read_upload
from ecodash.settings import PROJECT_ROOT

DATA = PROJECT_ROOT / "data"
SAMPLES = DATA / "samples"
MANIFEST = tomllib.loads((SAMPLES / "manifest.toml").read_text(encoding="utf-8"))["file"]

TOWNS = {
    "jilong-2023-12.csv": (
        "500230123",
        202312,
        {
            "sewage_coverage_rate": "98",
            "waste_service_rate": "100",
            "collection_points": "15",
            "sewer_pipe_laid": "3.5",
            "patrols": "178",
            "problems_found": "13",
            "problems_closed": "13",
        },
    ),
    "yangjiang-2023-06.xlsx": (
        "360521105",
        202306,
        {
            "garbage_cleared": "1000",
            "dump_sites_cleared": "3",
            "ditches_dredged": "30",
            "funds_invested": "50",
            "roads_hardened": "4.1",
            "household_toilets_built": "388",
            "public_toilets_built": "19",
            "old_houses_removed": "50",
            "ponds_cleared": "1",
            "public_toilets": "78",
        },
    ),
    "nangan.csv": (
        "411521105",
        202312,
        {"garbage_cleared": "550", "clutter_cleared": "130", "illegal_structures_removed": "543"},
    ),
}


@pytest.fixture(scope="module")
def intakes() -> Mapping[str, Intake]:
    """Each file read with the regions its entry asks for and no others."""
    catalog, book = load_catalog(DATA / "catalog" / "indicators.toml"), RegionBook(DATA)
    return {
        entry["file"]: read_upload(
            (SAMPLES / entry["file"]).read_bytes(),
            entry["file"],
            catalog=catalog,
            tree=RegionTree(book.regions(entry["regions"])),
            newest=Month(2026, 10),
            month=Month.parse(entry["month"]) if "month" in entry else None,
        )
        for entry in MANIFEST
    }


def test_the_manifest_names_every_file() -> None:
    named = {entry["file"] for entry in MANIFEST}
    assert named == {path.name for path in SAMPLES.iterdir()} - {"README.md", "manifest.toml"}
    assert all(entry["note"] for entry in MANIFEST)


def test_every_file_is_read_without_a_fault(intakes: Mapping[str, Intake]) -> None:
    assert {name: intake.faults for name, intake in intakes.items() if intake.faults} == {}
    assert {intake.encoding for intake in intakes.values()} == {"gb18030", "utf-8-sig", "xlsx"}
    assert [intake.layout for intake in intakes.values()] == ["wide", "wide", "wide", "long", "targets"]


@pytest.mark.parametrize("name", TOWNS)
def test_a_town_has_its_published_figures(intakes: Mapping[str, Intake], name: str) -> None:
    town, month, figures = TOWNS[name]
    cells = intakes[name].cells
    assert {region_code(int(key)) for key in cells["region"]} == {town}
    assert set(cells["period"]) == {month}
    read = dict(zip(cells["indicator"], cells["value"], strict=True))
    assert read == {code: Decimal(value) for code, value in figures.items()}


def test_published_rates_are_filed_at_the_end_of_their_year(intakes: Mapping[str, Intake]) -> None:
    cells = intakes["official-actuals.csv"].cells
    assert set(cells["period"] % 100) == {12}
    assert set(cells["indicator"]) == {"toilet_access_rate", "waste_service_rate", "sewage_village_rate"}
    assert {region_code(int(key)) for key in cells["region"]} == {"0", "50"}
    assert len(cells) == 8


def test_published_targets_are_due_at_the_end_of_their_year(intakes: Mapping[str, Intake]) -> None:
    targets = intakes["official-targets.csv"].targets
    read = {
        (region_code(int(region)), indicator, deadline): value
        for region, indicator, deadline, value in zip(
            targets["region"], targets["indicator"], targets["deadline"], targets["value"], strict=True
        )
    }
    assert read == {
        ("50", "toilet_access_rate", 202012): Decimal(85),
        ("0", "sewage_village_rate", 202512): Decimal(40),
        ("35", "sewage_village_rate", 202512): Decimal(65),
        ("36", "sewage_village_rate", 202512): Decimal(30),
        ("41", "sewage_village_rate", 202512): Decimal(45),
        ("62", "sewage_village_rate", 202512): Decimal(25),
    }
