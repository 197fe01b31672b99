"""A file laid over what stands, held against the same done with dictionaries."""

import random
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from ecodash.decimals import scaled
from ecodash.domain.periods import Month
from ecodash.domain.regions import ancestor_key, level_of
from ecodash.ingest.checks import Standing, check_logic
from ecodash.ingest.checks_series import NOWHERE, lay_over, month_of, ordinals_of, parents_of, towns_of
from tests.unit.ingest.checking import CATALOG, COUNTY, TREE, VILLAGES, Row, cells_of, frame, label

CODES = ("garbage", "toilets", "households")


def draw(chooser: random.Random, count: int) -> dict[tuple[int, str, str], int]:
    months = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)]
    cells = [(chooser.choice(VILLAGES), chooser.choice(CODES), chooser.choice(months)) for _ in range(count)]
    return {cell: chooser.randrange(4) for cell in cells}


def rows_of(drawn: dict[tuple[int, str, str], int]) -> list[Row]:
    return [(region, code, month, value) for (region, code, month), value in drawn.items()]


@pytest.mark.parametrize("seed", range(20))
def test_series_are_the_file_over_the_store(seed: int) -> None:
    chooser = random.Random(seed)
    before, brought = draw(chooser, chooser.randrange(200)), draw(chooser, 1 + chooser.randrange(200))
    cells = cells_of(rows_of(brought))
    book = lay_over(cells, frame(rows_of(before)), CATALOG)
    both = before | brought
    assert sum(len(series.keys) for series in book.values()) == len(both)
    for code, series in book.items():
        assert (np.diff(series.keys) > 0).all()
        known: dict[int, list[tuple[int, int]]] = {}
        for index in range(len(series.keys)):
            region, ordinal = int(series.regions[index]), int(series.ordinals[index])
            cell = (region, code, str(month_of(ordinal)))
            assert series.values[index] == 10_000 * both[cell]
            assert series.stood[index] == (cell in before)
            assert series.changed[index] == (cell in brought and before.get(cell) != brought[cell])
            place = int(series.places[index])
            assert (place == NOWHERE) == (cell not in brought)
            if place != NOWHERE:
                assert (cells["region"][place], cells["indicator"][place]) == (region, code)
            earlier = known.setdefault(region, [])
            assert series.gaps[index] == (ordinal - earlier[-1][0] if earlier else 0)
            earlier.append((ordinal, index))
        for carry in (0, 12):
            asked = [(region, ordinal) for region in VILLAGES for ordinal in range(418, 446)]
            regions, ordinals = (np.array(part, dtype=np.int64) for part in zip(*asked, strict=True))
            expected = [
                max((i for o, i in known.get(region, []) if ordinal - carry <= o <= ordinal), default=NOWHERE)
                for region, ordinal in asked
            ]
            assert series.as_of(regions, ordinals, carry).tolist() == expected


def test_months_count_on_over_the_year() -> None:
    periods = [199001, 202512, 202601, 210012]
    ordinals = ordinals_of(np.array(periods, dtype=np.int64))
    assert ordinals.tolist() == [0, 431, 432, 1331]
    assert [month_of(ordinal).key for ordinal in ordinals] == periods


def test_regions_one_level_up() -> None:
    keys = [VILLAGES[0], ancestor_key(VILLAGES[0], level_of(COUNTY + 101_000)), COUNTY, 500200000000, 500000000000, 0]
    regions = np.array(keys, dtype=np.int64)
    assert parents_of(regions).tolist() == [*keys[1:], 0]
    assert towns_of(regions).tolist() == [keys[1], *keys[1:]]


def test_values_are_exact_however_they_are_held() -> None:
    values = [Decimal("0.0001"), Decimal("999999999.9999"), Decimal("-12.5"), Decimal(0)]
    expected = [1, 9_999_999_999_999, -125_000, 0]
    held = frame([(VILLAGES[0], "garbage", "2026-10", str(value)) for value in values])["value"]
    assert scaled(held).tolist() == scaled(held.iloc[:]).tolist() == expected
    assert scaled(held.iloc[1:3]).tolist() == expected[1:3]
    assert scaled(pd.Series(values, dtype=object)).tolist() == expected
    assert scaled(pd.concat([held, held], ignore_index=True)).tolist() == 2 * expected


def test_decimals_as_objects_and_codes_as_text_are_checked_alike() -> None:
    rows: list[Row] = [(VILLAGES[0], "toilets", "2026-09", 300), (VILLAGES[0], "toilets", "2026-10", "290.5")]
    cells = cells_of(rows)
    plain = cells.assign(value=cells["value"].astype(object), indicator=cells["indicator"].astype("str"))
    given = {"catalog": CATALOG, "tree": TREE, "newest": Month(2026, 10), "label": label}
    found = [check_logic(table, standing=Standing.nothing(), **given) for table in (cells, plain)]
    assert found[0] == found[1]
    assert [doubt.value for doubt in found[0][1]] == ["290.5"]
