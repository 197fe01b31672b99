"""What a meeting's slides stand on: the region, month, level and indicator they settle on, and figures worked by hand."""

from collections.abc import Callable

import pandas as pd
import pytest

from ecodash import actions
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.meeting import MeetingOrder, Slide, Stop
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_key
from ecodash.errors import UserError
from ecodash.queries.meeting import meeting_order, meeting_slides
from ecodash.reports.screen.slides import SlideTables
from ecodash.workspace import Workspace
from tests.builders import A1, A2, A3, ACTOR, B1, COUNTY, NOON, TOWN_A, TOWN_B, commit
from tests.queries.conftest import Fill


@pytest.fixture
def reported(filled: Callable[[Fill], Workspace]) -> Workspace:
    """Town A: two of three villages in January and all in February; town B: one of two in January, none after."""
    return filled(report)


def report(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "garbage", "2026-01", 5), (A2, "garbage", "2026-01", 8), (B1, "garbage", "2026-01", 4))
    commit(workspace.store, (A1, "garbage", "2026-02", 6), (A2, "garbage", "2026-02", 8), (A3, "garbage", "2026-02", 1))


def slides(workspace: Workspace, *written: str, watermark: int = 2, **order: object) -> list[SlideTables]:
    stops = tuple(Stop.parse(one) for one in written)
    asked = MeetingOrder(stops=stops, **({"region": region_key(COUNTY)} | order))  # type: ignore[arg-type]
    return meeting_slides(workspace, asked, watermark)


def test_the_newest_month_moves_on_and_a_fixed_one_stays(reported: Workspace) -> None:
    assert slides(reported, "ranking")[0].meta["month"] == "2026-02"
    assert slides(reported, "ranking", watermark=1)[0].meta["month"] == "2026-01"
    assert slides(reported, "ranking", month=Month(2026, 1))[0].meta["month"] == "2026-01"


def test_a_village_that_missed_the_newest_month_is_looked_at_in_it(reported: Workspace) -> None:
    (one,) = slides(reported, f"profile@{B1}")
    assert one.meta["month"] == "2026-02"
    assert one.meta["region_name"] == B1
    assert (one.meta["reported"], one.meta["villages"]) == (0, 1)


def test_slides_count_villages_that_reported(reported: Workspace) -> None:
    county, town = slides(reported, "ranking", f"ranking@{TOWN_A}", month=Month(2026, 1))
    assert (county.meta["reported"], county.meta["villages"]) == (3, 5)
    assert (town.meta["reported"], town.meta["villages"]) == (2, 3)


def test_units_are_those_next_below_unless_the_order_says_others(reported: Workspace) -> None:
    towns, villages = slides(reported, "ranking:garbage", f"ranking:garbage@{TOWN_A}")
    assert (towns.meta["level"], villages.meta["level"]) == ("town", "village")
    rows = slides(reported, "ranking:garbage", level=Level.VILLAGE)[0].tables["unit_ranking"]
    assert list(rows["region_code"][:3]) == [A2, A1, A3]
    # A town has no towns: its villages are compared.
    assert slides(reported, f"ranking@{TOWN_A}", level=Level.TOWN)[0].meta["level"] == "village"


def test_a_ranking_says_who_has_no_figure(reported: Workspace) -> None:
    rows = slides(reported, "ranking:garbage")[0].tables["unit_ranking"]
    assert rows[["region_code", "value"]].astype(object).where(rows["value"].notna(), None).to_numpy().tolist() == [
        [TOWN_A, 15.0],
        [None, None],
    ]
    assert rows["region_code"].iloc[1] == TOWN_B


def test_a_town_that_misses_few_villages_names_them(reported: Workspace) -> None:
    (one,) = slides(reported, "reporting", month=Month(2026, 1))
    rows = one.tables["reporting"].set_index("region_code")
    assert rows.loc[TOWN_A, "missing_names"] == A3
    assert rows.loc[TOWN_B, "missing"] == 1


def test_a_slide_keeps_its_own_seconds_and_a_stable_key(reported: Workspace) -> None:
    first, second = slides(reported, "overview", "ranking:garbage~30", seconds=10)
    assert (first.seconds, second.seconds) == (10, 30)
    assert first.key == slides(reported, "overview", watermark=1)[0].key


def test_every_slide_has_tables_even_where_nothing_was_reported(workspace: Workspace) -> None:
    found = slides(workspace, *(slide.value for slide in Slide), watermark=0)
    assert [one.slide for one in found] == list(Slide)
    assert all(isinstance(frame, pd.DataFrame) for one in found for frame in one.tables.values())


@pytest.mark.parametrize("order", [{"region": 999999000000}, {"indicator": "nothing"}, {"indicator": "composite-9"},
                                   {"indicator": "households"}])  # fmt: skip
def test_what_does_not_exist_is_refused(reported: Workspace, order: dict[str, object]) -> None:
    with pytest.raises(UserError):
        slides(reported, "ranking", **order)


def test_a_kept_order_is_found_by_its_number_after_it_changed(workspace: Workspace) -> None:
    first = MeetingOrder(stops=(Stop(Slide.MAP),))

    def keep(order: MeetingOrder) -> int:
        return actions.save_definition(
            workspace, DefinitionKind.MEETING, "调度会", order.to_content(), actor=ACTOR, now=NOON
        ).number

    old, new = keep(first), keep(MeetingOrder(seconds=30))
    actions.withdraw_definition(workspace, DefinitionKind.MEETING, "调度会", actor=ACTOR, now=NOON)
    assert meeting_order(workspace, old) == ("调度会", first)
    assert meeting_order(workspace, new) == ("调度会", MeetingOrder(seconds=30))


def test_a_composite_is_ranked_like_an_indicator(reported: Workspace) -> None:
    content = {"items": [{"indicator": "garbage", "weight": "100", "scoring": "span"}]}
    kept = actions.save_definition(reported, DefinitionKind.COMPOSITE, "综合分", content, actor=ACTOR, now=NOON)
    (one,) = slides(reported, f"ranking:composite-{kept.number}@{TOWN_A}")
    rows = one.tables["unit_ranking"]
    assert one.meta["names"][f"composite-{kept.number}"] == ("综合分", "综合分")
    assert one.meta["unit"] == "分"
    assert list(zip(rows["region_code"], rows["value"], strict=True)) == [
        (A2, 100.0),
        (A1, pytest.approx(500 / 7)),
        (A3, 0.0),
    ]
