"""What the map page sends to the browser: classes, tiles, markup."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, Region, RegionTree, region_key
from ecodash.reports.classes import Method
from ecodash.reports.map_drawing import Shape
from ecodash.views import data, drawing, map_frames, map_svg, map_tiles, style
from ecodash.views.classes import divide
from ecodash.views.drawing import Drawing
from ecodash.views.links import Wish
from ecodash.views.map_choice import MapChoice, View, read_choice
from ecodash.views.map_svg import Place

# ── classes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_classes_say_from_where_to_where_with_the_unit() -> None:
    looks = divide([1, 2, 3, 4, math.nan], 0, "吨", Method.QUANTILE, 4).looks
    assert [(look.number, look.label, look.count) for look in looks] == [
        (1, "1 吨", 1), (2, "2 吨", 1), (3, "3 吨", 1), (4, "4 吨", 1),
    ]  # fmt: skip
    looks = divide([0, 50, 100], 1, "%", Method.EQUAL, 4).looks
    assert [look.label for look in looks] == ["0.0–25.0%", "25.0–50.0%", "50.0–75.0%", "75.0–100.0%"]


def test_bands_are_named_by_the_target() -> None:
    looks = divide([10, 70, 120], 0, "吨", Method.BANDS).looks
    assert [look.label for look in looks] == ["完成目标不到 60%", "完成目标 60%–80%", "完成目标 80%–100%", "达到目标"]


@pytest.mark.parametrize("method", list(Method))
def test_what_was_not_reported_has_no_class(method: Method) -> None:
    division = divide([1.0, 2.0, math.nan], 0, "", method)
    assert division.look(math.nan) is None
    assert division.look(None) is None
    assert divide([math.nan], 0, "", method).look(math.nan) is None


# ── colours ────────────────────────────────────────────────────────────────────────────────────────────────────────

# Machado, Oliveira, Fernandes 2009, full severity, on linear light.
SIGHT = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def light(colour: str) -> Any:
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def luminance(linear: Any) -> float:
    return float(np.array([0.2126, 0.7152, 0.0722]) @ linear)


def lightness(colour: str, sight: Any) -> float:
    """CIE L* of a colour as seen, 0 to 100."""
    seen = luminance(np.clip(sight @ light(colour), 0, 1))
    return 116 * seen ** (1 / 3) - 16 if seen > 0.008856 else 903.3 * seen


@pytest.mark.parametrize("sight", SIGHT)
def test_classes_darken_by_steps_every_eye_can_tell(sight: str) -> None:
    seen = [lightness(colour, SIGHT[sight]) for colour in style.CLASSES]
    steps = [lighter - darker for lighter, darker in pairwise(seen)]
    assert min(steps) >= 7, steps
    # Where fewer classes are drawn they are spread over the scale, so their steps are wider.
    assert seen[0] - seen[2] >= 19


def test_numbers_on_classes_can_be_read() -> None:
    for colour, ink in zip(style.CLASSES, style.CLASS_INKS, strict=True):
        bright, dark = sorted((luminance(light(colour)), luminance(light(ink))), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 4, (colour, ink)


# ── tiles ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def villages(*rows: tuple[str, int, float, int]) -> pd.DataFrame:
    """Units from (code, town, value, carried)."""
    frame = pd.DataFrame(rows, columns=["region_code", "group", "value", "carried"])
    frame["name"] = [f"{code[-3:]}村" for code in frame["region_code"]]
    frame["group_name"] = [f"{town}镇" for town in frame["group"]]
    frame["measure"] = frame["value"]
    frame["is_reported"] = frame["value"].notna()
    frame["reported"] = (frame["is_reported"] & (frame["carried"] == 0)).astype(int)
    return frame


def test_every_village_is_one_tile_of_its_town() -> None:
    units = villages(
        ("500230101001", 1, 10, 0), ("500230101002", 1, math.nan, 0), ("500230102001", 2, 0, 0),
        ("500230102002", 2, 30, 1),
    )  # fmt: skip
    division = divide(units["measure"], 0, "吨", Method.EQUAL, 3)
    first, second = map_tiles.tile_groups(units, division, 0, "吨")
    assert (first.name, first.counts) == ("1镇", "上报 1/2")
    assert list(first.cells) == [("500230101001", "001村", "10 吨", 1), ("500230101002", "002村", "未上报", -1)]
    assert list(second.cells) == [("500230102001", "001村", "0 吨", 0), ("500230102002", "002村", "30 吨（沿用）", 2)]


def test_the_legend_counts_what_is_drawn_and_what_is_not() -> None:
    division = divide([1, 5, 9], 0, "吨", Method.EQUAL, 4)
    legend = map_tiles.legend(division, [1, 9, math.nan, math.nan], "等间距，4 级")
    assert "1–3 吨<small>（1）" in legend
    assert "5–7 吨<small>（0）" in legend
    assert "未上报<small>（2）" in legend


def test_fewer_classes_than_asked_for_are_explained() -> None:
    assert "共 1 级" in map_tiles.classes_note(divide([5, 5, 5], 0, ""), 5)
    assert map_tiles.classes_note(divide(range(10), 0, ""), 5) == "分位数，5 级"


def test_no_more_tiles_are_drawn_than_a_screen_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    # A city of 20 counties, each with 10 towns of 100 villages: 20,000 villages, 200 towns.
    codes = [f"5002{county:02d}" for county in range(1, 21)]
    towns = [f"{county}1{town:02d}" for county in codes for town in range(10)]
    villages = [f"{town}{village:03d}" for town in towns for village in range(1, 101)]
    tree = RegionTree([Region(region_key(code), code, code) for code in ("50", "5002", *codes, *towns, *villages)])
    monkeypatch.setattr(data, "tree", lambda: tree)
    assert map_frames.finest_level(region_key("5002"), Month(2026, 9)) is Level.TOWN
    assert map_frames.finest_level(region_key(codes[0]), Month(2026, 9)) is Level.VILLAGE


# ── what travels ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_names_from_data_cannot_become_markup() -> None:
    bad = Place("500230101001", '"><script>alert(1)</script>', "<b>镇</b>", "3 吨", None)
    assert "<script" not in bad.attributes
    assert "<b>" not in bad.attributes


def test_a_path_written_in_steps_comes_back_to_its_places() -> None:
    # Thirds of a tenth would add up, if each step were rounded by itself.
    ring = tuple((place / 3, 10 - place / 7) for place in range(40))
    path = map_svg._path(Shape(1, (ring,), 0, 0))
    start, steps = path.removesuffix("z").removeprefix("M").split("l")
    x, y = map(float, start.split(","))
    for step in steps.split():
        dx, dy = map(float, step.split(","))
        x, y = x + dx, y + dy
    assert (x, y) == pytest.approx(ring[-1], abs=0.051)


def test_an_address_holds_a_place_for_the_code_and_keeps_the_rest_of_the_wish() -> None:
    division = divide([1.0], 0, "")
    sent = drawing.data_of(
        Drawing("<svg/>"), division, Page.PROFILE, Wish(month=Month(2026, 9), indicator="public_toilets")
    )
    assert sent["address"].startswith("profile?")
    assert "region={code}" in sent["address"]
    assert "month=2026-09" in sent["address"]
    assert "indicator=public_toilets" in sent["address"]


# ── the choice in the address ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "choice",
    [MapChoice(), MapChoice(View.RUN, None, Method.EQUAL, 3), MapChoice(View.PAIR, Month(2026, 9), Method.BANDS)],
)
def test_a_choice_is_read_back_from_its_address(choice: MapChoice) -> None:
    read, complaints = read_choice(choice.to_params(), MapChoice())
    assert complaints == []
    assert read.to_params() == choice.to_params()


@pytest.mark.parametrize(
    "params",
    [{"view": "globe"}, {"against": "2026-13"}, {"classes": "equal-99"}, {"classes": "equal"}, {"classes": "x-3"}],
)
def test_an_unknown_choice_is_said_and_shows_the_default(params: dict[str, str]) -> None:
    choice, complaints = read_choice(params, MapChoice())
    assert choice == MapChoice()
    assert len(complaints) == 1
