"""Red and black lists from a real store: what is listed, how often in a row, whose reasons, and the same for ever."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ecodash import actions, queries
from ecodash.domain.access import operator
from ecodash.domain.composite import Composite, CompositeItem, composite_code
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.listed import Ground, MonthLists
from ecodash.domain.lists import By, ListRule, Side, SideRule, Sign
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_key
from ecodash.errors import LinkUnknown, UserError
from ecodash.workspace import Workspace
from tests.builders import A1, A2, A3, B1, B2, COUNTY, NOON, TOWN_A, TOWN_B, VILLAGES, commit

REVIEWER = operator("李审核", "page")
FIRST_AND_LAST = SideRule(By.PLACES, 1)


def rule(**changes: Any) -> ListRule:
    usual: dict[str, Any] = {
        "region": region_key(COUNTY),
        "level": Level.VILLAGE,
        "indicator": "garbage",
        "red": FIRST_AND_LAST,
        "black": FIRST_AND_LAST,
    }
    return ListRule(**(usual | changes))


def keep(workspace: Workspace, one: ListRule, name: str = "村月榜") -> int:
    return actions.save_list_rule(workspace, name, one, actor=REVIEWER, now=NOON).number


def lists_of(workspace: Workspace, number: int, month: str, watermark: int | None = None, noted: int = 0) -> MonthLists:
    mark = queries.newest_watermark(workspace) if watermark is None else watermark
    return queries.month_lists(workspace, mark, Month.parse(month), number, noted)


def codes(lists: MonthLists) -> tuple[list[str], list[str]]:
    by_key = {region_key(code): code for code in (*VILLAGES, TOWN_A, TOWN_B)}
    return tuple([by_key[one.region] for one in lists.entries(side)] for side in Side)  # type: ignore[return-value]


def month_of(workspace: Workspace, month: str, *values: float | None) -> None:
    """Tonnes of the five villages in order; None is not reported."""
    commit(
        workspace.store,
        *((code, "garbage", month, value) for code, value in zip(VILLAGES, values, strict=True) if value is not None),
    )


def test_entries_say_rank_movement_and_both_values(workspace: Workspace) -> None:
    month_of(workspace, "2026-08", 10, 20, 30, 40, 50)
    month_of(workspace, "2026-09", 60, 20, 30, 40, 5)
    lists = lists_of(workspace, keep(workspace, rule()), "2026-09")
    assert codes(lists) == ([A1], [B2])
    red, black = lists.red[0], lists.black[0]
    assert (red.rank, red.previous_rank, red.movement, red.value, red.previous) == (1, 5, 4, 60, 10)
    assert (black.rank, black.previous_rank, black.movement, black.value, black.previous) == (5, 1, -4, 5, 50)
    assert (red.grounds, red.streak, red.distance) == ((Ground.PLACES,), 1, None)
    assert (lists.judged, lists.unlisted, lists.name, lists.version) == (5, 3, "村月榜", 1)


def test_black_list_begins_with_the_last_and_ends_with_the_unreported(workspace: Workspace) -> None:
    month_of(workspace, "2026-09", 60, 20, None, 40, 5)
    by = rule(black=SideRule(By.PLACES, 2), lists_unreported=True)
    lists = lists_of(workspace, keep(workspace, by), "2026-09")
    assert codes(lists) == ([A1], [B2, A2, A3])
    last = lists.black[-1]
    assert (last.rank, last.value, last.grounds) == (None, None, (Ground.UNREPORTED,))


def test_before_the_reports_are_due_nobody_is_listed_for_them(workspace: Workspace) -> None:
    # Committed on 3 November: September was due, October not yet.
    month_of(workspace, "2026-10", 60, 20, None, 40, 5)
    number = keep(workspace, rule(lists_unreported=True))
    lists = lists_of(workspace, number, "2026-10")
    assert codes(lists) == ([A1], [B2])
    noted = {note.code: note.values for note in lists.notes}
    assert noted["unreported"] == {"names": (A3,)}
    assert noted["not_due"]["due"] == datetime(2026, 11, 5, 16, tzinfo=UTC)


def test_a_town_is_late_where_one_of_its_villages_was(workspace: Workspace) -> None:
    # All of August came on 3 November, long after it was due.
    month_of(workspace, "2026-08", 10, 20, 30, 40, None)
    by = rule(level=Level.TOWN, lists_late=True, black=SideRule(By.NOBODY))
    lists = lists_of(workspace, keep(workspace, by), "2026-08")
    assert codes(lists)[1] == [TOWN_B, TOWN_A]
    assert [(one.late, one.missing, one.reported, one.villages) for one in lists.black] == [(1, 1, 1, 2), (3, 0, 3, 3)]


def test_months_in_a_row_are_counted_by_the_same_rule(workspace: Workspace) -> None:
    month_of(workspace, "2026-06", 10, 20, 30, 40, 50)
    month_of(workspace, "2026-07", 60, 20, 30, 40, 5)
    month_of(workspace, "2026-08", 60, 20, 30, 40, 5)
    month_of(workspace, "2026-09", 60, 20, 30, 1, 5)
    number = keep(workspace, rule())
    assert [(one.streak) for one in (*lists_of(workspace, number, "2026-08").red,)] == [2]
    lists = lists_of(workspace, number, "2026-09")
    assert codes(lists) == ([A1], [B1])
    assert (lists.red[0].streak, lists.black[0].streak) == (3, 1)


def test_a_streak_is_counted_for_twelve_months_at_most(workspace: Workspace) -> None:
    for step in range(14):
        month_of(workspace, str(Month(2025, 8).plus(step)), 60, 20, 30, 40, 5)
    assert lists_of(workspace, keep(workspace, rule()), "2026-09").red[0].streak == 12


def test_a_correction_of_an_earlier_month_changes_the_streak_from_its_watermark_on(workspace: Workspace) -> None:
    month_of(workspace, "2026-08", 60, 20, 30, 40, 5)
    month_of(workspace, "2026-09", 60, 20, 30, 40, 5)
    number, before = keep(workspace, rule()), queries.newest_watermark(workspace)
    commit(workspace.store, (A1, "garbage", "2026-08", 25))
    assert lists_of(workspace, number, "2026-09").red[0].streak == 1
    assert lists_of(workspace, number, "2026-09", before).red[0].streak == 2


def test_a_draft_lists_the_same_units_without_streaks(workspace: Workspace) -> None:
    month_of(workspace, "2026-08", 60, 20, 30, 40, 5)
    month_of(workspace, "2026-09", 60, 20, 30, 40, 5)
    number, mark = keep(workspace, rule()), queries.newest_watermark(workspace)
    draft = queries.draft_lists(workspace, mark, Month.parse("2026-09"), rule())
    kept = lists_of(workspace, number, "2026-09")
    assert draft.red == tuple(replace(one, streak=0) for one in kept.red)


def test_places_shared_are_noted(workspace: Workspace) -> None:
    month_of(workspace, "2026-09", 60, 60, 60, 40, 5)
    notes = lists_of(workspace, keep(workspace, rule(red=SideRule(By.PLACES, 2))), "2026-09").notes
    assert [(note.code, note.values) for note in notes] == [("tied", {"side": "red", "count": 2, "listed": 3})]


def test_too_few_units_are_noted_with_those_on_neither_list(workspace: Workspace) -> None:
    month_of(workspace, "2026-09", 60, None, None, 40, 5)
    three = SideRule(By.PLACES, 2)
    lists = lists_of(workspace, keep(workspace, rule(red=three, black=three)), "2026-09")
    assert codes(lists) == ([A1], [B2])
    noted = {note.code: note.values for note in lists.notes}
    assert noted["few"] == {"units": 3, "wanted": 4}
    assert noted["both"] == {"names": (B1,)}
    assert noted["unreported"] == {"names": (A2, A3)}


def test_nothing_reported_is_said_and_lists_nobody(workspace: Workspace) -> None:
    month_of(workspace, "2026-08", 60, 20, 30, 40, 5)
    lists = lists_of(workspace, keep(workspace, rule()), "2026-09")
    assert (lists.red, lists.black) == ((), ())
    assert [note.code for note in lists.notes] == ["nobody", "unreported"]


def test_distance_is_to_the_standard_of_its_own_list(workspace: Workspace) -> None:
    month_of(workspace, "2026-09", 60, 20, 30, 40, 5)
    by = rule(
        red=SideRule(By.THRESHOLD, sign=Sign.AT_LEAST, bound=Decimal(40)),
        black=SideRule(By.THRESHOLD, sign=Sign.BELOW, bound=Decimal(20)),
    )
    lists = lists_of(workspace, keep(workspace, by), "2026-09")
    assert [(one.rank, one.distance) for one in lists.red] == [(1, 20), (2, 0)]
    assert [(one.rank, one.distance) for one in lists.black] == [(5, -15)]


def test_a_composite_can_be_the_measure(workspace: Workspace) -> None:
    month_of(workspace, "2026-09", 60, 20, 30, 40, 5)
    content = Composite("综合", (CompositeItem("garbage", Decimal(100)),)).to_content()
    made = actions.save_definition(workspace, DefinitionKind.COMPOSITE, "综合", content, actor=REVIEWER, now=NOON)
    lists = lists_of(workspace, keep(workspace, rule(indicator=composite_code(made.number))), "2026-09")
    assert codes(lists) == ([A1], [B2])
    assert (lists.measure.name, lists.measure.unit, lists.red[0].value) == ("综合", "分", 100)
    with pytest.raises(UserError, match="没有编号为 999 的综合评价"):
        keep(workspace, rule(indicator=composite_code(999)))


# ── reasons ────────────────────────────────────────────────────────────────────────────────────────────────────────


def write(workspace: Workspace, reasons: dict[str, str], who: str = "李审核", hours: int = 0) -> int:
    changed = {region_key(code): words for code, words in reasons.items()}
    return actions.save_list_reasons(
        workspace,
        "村月榜",
        Month.parse("2026-09"),
        changed,
        actor=operator(who, "page"),
        now=NOON + timedelta(hours=hours),
    ).number


def test_reasons_say_who_wrote_them_and_when_each_last_changed(workspace: Workspace) -> None:
    month_of(workspace, "2026-09", 60, 20, 30, 40, 5)
    number = keep(workspace, rule())
    first = write(workspace, {A1: "带头清运"})
    second = write(workspace, {B2: "车辆停运"}, "王主任", 2)
    assert queries.reasons_number(workspace, "村月榜", Month.parse("2026-09")) == second
    lists = lists_of(workspace, number, "2026-09", noted=second)
    assert (lists.red[0].own_reason, lists.red[0].own_by, lists.red[0].own_at) == ("带头清运", "李审核", NOON)
    assert (lists.black[0].own_by, lists.black[0].own_at) == ("王主任", NOON + timedelta(hours=2))
    assert lists_of(workspace, number, "2026-09", noted=first).black[0].own_reason == ""
    assert lists_of(workspace, number, "2026-09").red[0].own_reason == ""


def test_an_empty_reason_takes_it_away_and_the_earlier_version_stays(workspace: Workspace) -> None:
    month_of(workspace, "2026-09", 60, 20, 30, 40, 5)
    number = keep(workspace, rule())
    first, second = write(workspace, {A1: "带头清运"}), write(workspace, {A1: " "})
    assert lists_of(workspace, number, "2026-09", noted=second).red[0].own_reason == ""
    assert lists_of(workspace, number, "2026-09", noted=first).red[0].own_reason == "带头清运"


def test_reasons_belong_to_one_month_and_to_a_rule_that_exists(workspace: Workspace) -> None:
    keep(workspace, rule())
    write(workspace, {A1: "带头清运"})
    assert queries.reasons_number(workspace, "村月榜", Month.parse("2026-08")) == 0
    with pytest.raises(UserError, match="没有名为“别的榜”"):
        actions.save_list_reasons(workspace, "别的榜", Month.parse("2026-09"), {}, actor=REVIEWER, now=NOON)


# ── versions ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_old_version_of_a_rule_lists_what_it_listed(workspace: Workspace) -> None:
    month_of(workspace, "2026-09", 60, 20, 30, 40, 5)
    old = keep(workspace, rule())
    new = keep(workspace, rule(red=SideRule(By.PLACES, 2)))
    assert codes(lists_of(workspace, old, "2026-09"))[0] == [A1]
    assert codes(lists_of(workspace, new, "2026-09"))[0] == [A1, B1]
    assert lists_of(workspace, new, "2026-09").version == 2


def test_a_number_that_is_no_rule_is_refused(workspace: Workspace) -> None:
    with pytest.raises(LinkUnknown):
        lists_of(workspace, 7, "2026-09")


@pytest.mark.parametrize("name", ["", "  ", "长" * 41])
def test_a_rule_needs_a_name_of_bearable_length(workspace: Workspace, name: str) -> None:
    with pytest.raises(UserError, match="规则名称"):
        keep(workspace, rule(), name)


def test_a_rule_is_checked_before_it_is_kept(workspace: Workspace) -> None:
    with pytest.raises(UserError, match="不能用来定红黑榜"):
        keep(workspace, rule(indicator="households"))
    with pytest.raises(UserError):
        keep(workspace, rule(region=region_key("510104")))
    assert queries.list_definitions(workspace, DefinitionKind.LIST_RULE) == []
