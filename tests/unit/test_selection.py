"""A selection in stable codes, and the level shown under a region."""

from dataclasses import FrozenInstanceError

import pytest

from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, region_key
from ecodash.domain.selection import Selection, default_level


def test_a_selection_says_itself_in_stable_codes() -> None:
    selection = Selection(7, Month(2026, 9), region_key("500230101"), "garbage_cleared", Level.VILLAGE)
    assert selection.to_dict() == {
        "watermark": 7,
        "month": "2026-09",
        "region": "500230101",
        "indicator": "garbage_cleared",
        "level": "village",
    }


def test_a_changed_selection_is_a_new_one() -> None:
    selection = Selection(7, Month(2026, 9))
    moved = selection.at(month=Month(2026, 8), level=Level.COUNTY)
    assert (moved.month, moved.level, moved.watermark) == (Month(2026, 8), Level.COUNTY, 7)
    assert selection.month == Month(2026, 9)
    with pytest.raises(FrozenInstanceError):
        selection.watermark = 8  # type: ignore[misc]


@pytest.mark.parametrize(
    ("region", "level"),
    [
        ("0", Level.PROVINCE),
        ("50", Level.CITY),
        ("500230", Level.TOWN),
        ("500230101", Level.VILLAGE),
        ("500230101201", Level.VILLAGE),
    ],
)
def test_the_units_shown_are_one_level_below_and_a_village_shows_itself(region: str, level: Level) -> None:
    assert default_level(region_key(region)) is level


def test_a_selection_without_a_region_looks_at_the_country() -> None:
    assert Selection(0, Month(2026, 9)).region == COUNTRY_KEY
