"""Several pages for one snapshot: a meeting's slides, who reported, red and black lists, each worked out anew later."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from ecodash import actions, queries
from ecodash.domain.comparison import Comparison, Span
from ecodash.domain.composite import Composite, CompositeItem, composite_code
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.lists import By, ListRule, SideRule, Sign
from ecodash.domain.meeting import MeetingOrder, Stop
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_code, region_key
from ecodash.domain.snapshots import MOST_PAGES, SnapshotWish
from ecodash.errors import LinkUnknown, RegionUnknown, UserError
from ecodash.i18n import ENGLISH, speaking
from ecodash.queries import packs
from ecodash.queries.frozen import read_comparison
from ecodash.queries.meeting import meeting_slides
from ecodash.reports.frozen import FrozenPage, canonical_json, from_parquet, to_parquet, unpack
from ecodash.reports.lists import lists_page
from ecodash.reports.snapshot_page import render_snapshot
from ecodash.workspace import Workspace
from tests.builders import (
    A1,
    A2,
    A3,
    ACTOR,
    B1,
    B2,
    COUNTY,
    NOON,
    TOWN_A,
    TOWN_B,
    VILLAGES,
    cells,
    commit,
    commit_frames,
    targets,
)
from tests.queries.asking import look, rows_of
from tests.queries.conftest import Fill

SEPTEMBER = Month(2026, 9)


def tonnes(workspace: Workspace, month: str, *values: float | None) -> None:
    """Tonnes of the five villages in order; None is not reported. All is committed on 3 November."""
    named = zip(VILLAGES, values, strict=True)
    commit(workspace.store, *((code, "garbage", month, value) for code, value in named if value is not None))


def keep_rule(workspace: Workspace, name: str = "村月榜", **changes: Any) -> int:
    usual: dict[str, Any] = {
        "region": region_key(COUNTY), "level": Level.VILLAGE, "indicator": "garbage",
        "red": SideRule(By.PLACES, 1), "black": SideRule(By.PLACES, 1), "lists_unreported": True,
    }  # fmt: skip
    return actions.save_list_rule(workspace, name, ListRule(**(usual | changes)), actor=ACTOR, now=NOON).number


def keep(workspace: Workspace, *pages: FrozenPage) -> FrozenPage:
    """The first of the pages as it is read back from a snapshot made of them."""
    made = actions.create_snapshot(workspace, pages, SnapshotWish(), actor=ACTOR, now=NOON)
    return queries.frozen_pack(workspace, queries.get_snapshot(workspace, number=made.number)).pages[0]


# ── red and black lists ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def two_months(filled: Callable[[Fill], Workspace]) -> Workspace:
    """August 10 20 30 40 50; September 60 20 — 40 5: A1 rises from fifth to first, B2 falls from first to fourth."""
    return filled(report_two_months)


def report_two_months(workspace: Workspace) -> None:
    tonnes(workspace, "2026-08", 10, 20, 30, 40, 50)
    tonnes(workspace, "2026-09", 60, 20, None, 40, 5)


def test_frozen_lists_say_who_is_listed_why_and_by_which_rule(two_months: Workspace) -> None:
    page = queries.freeze_lists(two_months, 2, SEPTEMBER, keep_rule(two_months))
    entries = page.tables["list_entries"]
    columns = ("side", "place", "region_code", "parent", "rank", "previous_rank", "movement", "value", "previous",
               "streak", "missing", "grounds")  # fmt: skip
    assert rows_of(entries, *columns) == [
        ("red", 1, A1, TOWN_A, 1, 5, 4, 60.0, 10.0, 1, 0, "places"),
        ("black", 1, B2, TOWN_B, 4, 1, -3, 5.0, 50.0, 1, 0, "places"),
        ("black", 2, A3, TOWN_A, None, 3, None, None, 30.0, 1, 1, "unreported"),
    ]
    assert entries["reason"].tolist() == [
        "garbage 60.00 单位，第 1 名，比上月升 4 位",
        "garbage 5.00 单位，第 4 名，比上月降 3 位",
        "garbage未上报，没有名次",
    ]
    assert page.selection == look(two_months, "2026-09", level=Level.VILLAGE)
    meta = page.meta["lists"]
    assert (meta["rule_name"], meta["rule_version"], meta["judged"], meta["unlisted"]) == ("村月榜", 1, 5, 2)
    assert meta["title"] == f"{COUNTY}2026年9月红黑榜"
    assert meta["rules"][1] == "红榜：前 1 名，名次并列的全部列入。"
    assert (meta["is_due"], meta["due_at"], meta["has_distance"]) == (True, "2026-10-05T16:00:00+00:00", False)
    assert (page.meta["page"], page.meta["level"], page.meta["indicator"]) == ("lists", "village", "garbage")
    assert json.loads(canonical_json(page.meta))["lists"] == meta


def test_frozen_reasons_are_those_of_the_annex(two_months: Workspace) -> None:
    number = keep_rule(two_months, black=SideRule(By.THRESHOLD, sign=Sign.BELOW, bound=Decimal("20.5")))
    page = queries.freeze_lists(two_months, 2, SEPTEMBER, number)
    annex = lists_page(queries.month_lists(two_months, 2, SEPTEMBER, number)).decode()
    assert len(page.tables["list_entries"]) == 4
    for row in page.tables["list_entries"].itertuples():
        assert f"<td>{row.reason}</td>" in annex
    for rule in page.meta["lists"]["rules"]:
        assert f"<li>{rule}</li>" in annex
    assert page.tables["list_entries"]["distance"].tolist()[1:3] == [-15.5, -0.5]
    assert page.meta["lists"]["has_distance"]


def test_before_the_reports_are_due_the_page_says_so_whenever_it_is_made_again(two_months: Workspace) -> None:
    tonnes(two_months, "2026-10", 60, 20, None, 40, 5)
    page = queries.freeze_lists(two_months, 3, Month(2026, 10), keep_rule(two_months))
    assert page.tables["list_entries"]["region_code"].tolist() == [A1, B2]
    assert not page.meta["lists"]["is_due"]
    assert rows_of(page.tables["list_notes"], "code", "note") == [
        ("unreported", f"1 个单位未上报，没有名次，不列入任何一榜：{A3}。"),
        ("not_due", "本月上报期限为 2026-11-05；截至本批还没有到期，未上报和迟报的暂不列入黑榜。"),
    ]


def test_frozen_lists_are_chinese_whoever_makes_them(two_months: Workspace) -> None:
    number = keep_rule(two_months)
    plain = queries.freeze_lists(two_months, 2, SEPTEMBER, number)
    with speaking(ENGLISH):
        foreign = queries.freeze_lists(two_months, 2, SEPTEMBER, number)
    assert foreign.meta == plain.meta
    assert plain.meta["page_label"] == "红黑榜"
    for name, table in plain.tables.items():
        pd.testing.assert_frame_equal(foreign.tables[name], table)


def test_a_reviewers_words_are_frozen_with_who_wrote_them_and_when(two_months: Workspace) -> None:
    number = keep_rule(two_months)
    actions.save_list_reasons(
        two_months, "村月榜", SEPTEMBER, {region_key(A1): "三次抽查无积存"}, actor=ACTOR, now=NOON
    )
    noted = queries.reasons_number(two_months, "村月榜", SEPTEMBER)
    kept = keep(two_months, queries.freeze_lists(two_months, 2, SEPTEMBER, number, noted))
    actions.save_list_reasons(
        two_months, "村月榜", SEPTEMBER, {region_key(A1): "改过的话"}, actor=ACTOR, now=NOON + timedelta(hours=1)
    )
    written = rows_of(kept.tables["list_entries"], "own_reason", "own_by", "own_at")
    assert written == [("三次抽查无积存", ACTOR.name, pd.Timestamp(NOON)), ("", "", None), ("", "", None)]
    assert queries.verify(two_months).problems == []


def test_lists_that_name_nobody_keep_their_columns(workspace: Workspace) -> None:
    page = queries.freeze_lists(workspace, 0, SEPTEMBER, keep_rule(workspace))
    for table in (page.tables["list_entries"], from_parquet(to_parquet(page.tables["list_entries"]))):
        assert (list(table), len(table)) == (list(packs.LIST_COLUMNS), 0)
    assert page.tables["list_notes"]["note"].tolist()[0] == "本月没有可以评比的数据。"


def test_lists_are_made_as_of_another_commit_by_the_version_of_the_rule_they_were_made_by(
    two_months: Workspace,
) -> None:
    number = keep_rule(two_months)
    made = actions.create_snapshot(
        two_months, [queries.freeze_lists(two_months, 2, SEPTEMBER, number)], SnapshotWish(), actor=ACTOR, now=NOON
    )
    keep_rule(two_months, red=SideRule(By.PLACES, 3))
    commit(two_months.store, (A3, "garbage", "2026-09", 99), (B2, "garbage", "2026-09", 41))
    pack = queries.frozen_pack(two_months, queries.get_snapshot(two_months, number=made.number))
    (then,) = queries.freeze_again(two_months, pack, 2)
    (now,) = queries.freeze_again(two_months, pack, 3)
    listed = ("side", "region_code", "value")
    assert rows_of(then.tables["list_entries"], *listed) == [("red", A1, 60), ("black", B2, 5), ("black", A3, None)]
    assert rows_of(now.tables["list_entries"], *listed) == [("red", A3, 99), ("black", A2, 20)]
    assert (now.selection, now.meta["lists"]["rule_version"]) == (then.selection.at(watermark=3), 1)


@pytest.mark.parametrize("number", [0, 99])
def test_a_rule_that_is_not_there_makes_no_lists(two_months: Workspace, number: int) -> None:
    with pytest.raises(LinkUnknown):
        queries.freeze_lists(two_months, 2, SEPTEMBER, number)


def test_lists_are_not_made_from_a_selection(two_months: Workspace) -> None:
    with pytest.raises(UserError, match="红黑榜按规则生成"):
        queries.freeze(two_months, Page.LISTS, look(two_months, "2026-09"))


# ── who reported ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_reported_is_a_page_of_its_own(two_months: Workspace) -> None:
    # September was due on 5 October and came on 3 November; October is in time; A3 sent neither.
    tonnes(two_months, "2026-10", 1, 2, None, 4, 5)
    late, in_time = (queries.freeze(two_months, Page.REPORTING, look(two_months, month)) for month in
                     ("2026-09", "2026-10"))  # fmt: skip
    assert list(late.tables) == ["reporting"]
    columns = ("region_code", "villages", "on_time", "late", "missing", "state")
    assert rows_of(late.tables["reporting"], *columns) == [
        (TOWN_A, 3, 0, 2, 1, "partial"),
        (TOWN_B, 2, 0, 2, 0, "late"),
    ]
    assert rows_of(in_time.tables["reporting"], *columns) == [
        (TOWN_A, 3, 2, 0, 1, "partial"),
        (TOWN_B, 2, 2, 0, 0, "complete"),
    ]
    assert (late.meta["page_label"], late.meta["month_label"], late.meta["region_code"]) == (
        "上报情况", "2026年9月", COUNTY,
    )  # fmt: skip


# ── several pages at one selection ─────────────────────────────────────────────────────────────────────────────────


def test_pages_of_a_selection_stand_in_order_once_each(two_months: Workspace) -> None:
    here = look(two_months, "2026-09")
    chosen = [Page.RANKING, Page.REPORTING, Page.RANKING, Page.OVERVIEW]
    made = queries.freeze_pages(two_months, chosen, here, Comparison(Span.YEAR))
    assert [page.page for page in made] == [Page.RANKING, Page.REPORTING, Page.OVERVIEW]
    assert {page.selection for page in made} == {here}
    assert [read_comparison(page.meta) for page in made] == [Comparison(Span.YEAR), None, None]
    # Of the year so far A has 10 20 30 and 60 20, B 40 50 and 40 5; of September alone 80 and 45.
    assert [rows_of(made[place].tables["unit_ranking"], "region_code", "value") for place in (0, 2)] == [
        [(TOWN_A, 140), (TOWN_B, 135)],
        [(TOWN_A, 80), (TOWN_B, 45)],
    ]


def test_every_kind_of_page_stays_sound_after_later_commits(two_months: Workspace) -> None:
    commit_frames(two_months.store, cells(), targets((COUNTY, "garbage", "2026-12", 0, 900)))
    items = (CompositeItem("garbage", Decimal(100)),)
    composite = actions.save_definition(
        two_months, DefinitionKind.COMPOSITE, "综合", Composite("综合", items).to_content(), actor=ACTOR, now=NOON
    ).number
    rule = keep_rule(two_months)
    by_score = keep_rule(two_months, "得分榜", indicator=composite_code(composite))
    here = look(two_months, "2026-09")
    pages = queries.freeze_pages(two_months, [page for page in Page if page.is_selected], here)
    pages += [queries.freeze_lists(two_months, here.watermark, SEPTEMBER, number) for number in (rule, by_score)]
    assert {page.page for page in pages} == set(Page)
    keep(two_months, *pages)
    commit(
        two_months.store, (A1, "garbage", "2026-09", 1), (A2, "garbage", "2026-08", 99), (A3, "garbage", "2026-09", 7)
    )
    actions.withdraw_definition(two_months, DefinitionKind.LIST_RULE, "村月榜", actor=ACTOR, now=NOON)
    found = queries.verify(two_months)
    assert (found.problems, found.notes, found.recomputed) == ([], [], 1)


def test_lists_that_were_tampered_with_are_found(two_months: Workspace) -> None:
    page = queries.freeze_lists(two_months, 2, SEPTEMBER, keep_rule(two_months))
    entries = page.tables["list_entries"]
    swapped = entries.assign(name=entries["name"].where(entries["side"] == "black", "丙村"))
    keep(two_months, replace(page, tables={**page.tables, "list_entries": swapped}))
    (problem,) = queries.verify(two_months).problems
    assert problem.place == "snapshot 1"
    assert "list_entries" in problem.what
    assert "丙村" in problem.what


def test_a_snapshot_of_an_earlier_version_of_one_page_is_read_and_made_again(two_months: Workspace) -> None:
    page = queries.freeze(two_months, Page.RANKING, look(two_months, "2026-09"))
    ranking = to_parquet(page.tables["unit_ranking"])
    pack = unpack({**page.meta, "title": "旧快照"}, [("unit_ranking", ranking)])
    (again,) = queries.freeze_again(two_months, pack, 2)
    pd.testing.assert_frame_equal(from_parquet(to_parquet(again.tables["unit_ranking"])), from_parquet(ranking))
    assert (again.page, again.selection) == (page.page, page.selection)
    kept = {**page.meta, "title": "旧快照", "created_at": NOON.isoformat(), "actor": "测试员"}
    for name in ("targets_digest", "definitions_version"):
        del kept[name]
    html = render_snapshot(unpack(kept, [("unit_ranking", ranking)]), number=1, sha256="0" * 64).whole().decode()
    assert f'data-region="{TOWN_A}" data-indicator="garbage" data-field="value" data-value="80"' in html


@pytest.mark.parametrize(
    ("month", "expected"), [("2026-01", "closing_rate"), ("2026-02", "garbage"), ("2026-03", "score")]
)
def test_the_telling_indicator_is_one_the_region_itself_has(workspace: Workspace, month: str, expected: str) -> None:
    commit(
        workspace.store,
        *((A1, "garbage", "2026-01", 5), (A1, "found", "2026-01", 4), (A1, "closed", "2026-01", 3)),
        *((A1, "garbage", "2026-02", 5), (A1, "score", "2026-03", 80)),
    )
    # A score is not added up: in March the county has none of its own.
    assert queries.telling_indicator(workspace, look(workspace, month, indicator="score")) == expected


# ── the slides of a meeting ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def meeting(filled: Callable[[Fill], Workspace]) -> Workspace:
    """Town A has February, the county only January beside it; targets of the county and of town A."""
    return filled(prepare_meeting)


def prepare_meeting(workspace: Workspace) -> None:
    commit(workspace.store, *((code, "garbage", "2026-01", 5) for code in VILLAGES))
    commit(workspace.store, *((code, "score", "2026-02", 90) for code in (A1, A2, B1)), (A1, "garbage", "2026-02", 6))
    goals = targets((COUNTY, "garbage", "2026-12", 0, 100), (TOWN_A, "garbage", "2026-12", 0, 60))
    commit_frames(workspace.store, cells(), goals)


def order_of(written: Sequence[str], **order: Any) -> MeetingOrder:
    return MeetingOrder(stops=tuple(Stop.parse(one) for one in written), **({"region": region_key(COUNTY)} | order))


@pytest.fixture
def plan(meeting: Workspace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[tuple[str, ...]]]:
    """Says page, region, indicator and level of each page an order comes to, without making them."""
    monkeypatch.setattr(packs, "freeze", lambda _workspace, page, selection: FrozenPage(page, selection, {}, {}))

    def plan_of(*written: str, **order: Any) -> list[tuple[str, ...]]:
        pages = queries.freeze_order(meeting, order_of(written, **order), 3)
        looks = [(page.page.value, page.selection) for page in pages]
        return [(page, region_code(look.region), look.indicator, look.level.value) for page, look in looks]

    return plan_of


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        # Each slide is a page, in order.
        (
            ["overview:garbage", "ranking:score", "map:garbage", "reporting:garbage", f"profile:garbage@{A1}"],
            [
                ("overview", COUNTY, "garbage", "town"), ("ranking", COUNTY, "score", "town"),
                ("map", COUNTY, "garbage", "town"), ("reporting", COUNTY, "garbage", "town"),
                ("profile", A1, "garbage", "village"),
            ],
        ),
        # Targets of the region and of its units are one page, where the first of them stands.
        (["targets", "ranking:score", "progress:found"],
         [("progress", COUNTY, "found", "town"), ("ranking", COUNTY, "score", "town")]),
        (["progress:garbage", "targets:score"], [("progress", COUNTY, "garbage", "town")]),
        # … of one place: of another they are another page; of another indicator, too, once with the region's own.
        (["targets", f"progress:garbage@{TOWN_A}"],
         [("progress", COUNTY, "garbage", "town"), ("progress", TOWN_A, "garbage", "village")]),
        (["progress:garbage", "targets", "progress:found"],
         [("progress", COUNTY, "garbage", "town"), ("progress", COUNTY, "found", "town")]),
        # Who reported does not depend on the indicator; what is shown twice alike stands once.
        (["reporting:garbage", "reporting:score", "ranking:score", "ranking:score~30", "ranking:garbage"],
         [("reporting", COUNTY, "garbage", "town"), ("ranking", COUNTY, "score", "town"),
          ("ranking", COUNTY, "garbage", "town")]),
        # Where nothing is named: what is ranked first; what has a target; what the region itself has a figure of.
        (["ranking", "targets", "progress", "profile", f"profile@{A1}"],
         [("ranking", COUNTY, "score", "village"), ("progress", COUNTY, "garbage", "village"),
          ("profile", COUNTY, "garbage", "village"), ("profile", A1, "garbage", "village")]),
    ],
)  # fmt: skip
def test_slides_become_pages_and_none_is_shown_twice(
    plan: Callable[..., list[tuple[str, ...]]], written: list[str], expected: list[tuple[str, ...]]
) -> None:
    assert plan(*written, level=Level.VILLAGE if written[0] == "ranking" else None) == expected


def test_an_order_that_names_an_indicator_is_about_it_throughout(plan: Callable[..., list[tuple[str, ...]]]) -> None:
    assert {page[2] for page in plan("ranking", "targets", "profile", indicator="score")} == {"score"}


@pytest.mark.parametrize("order", [{}, {"month": Month(2026, 1), "level": Level.VILLAGE, "indicator": "garbage"}])
def test_a_page_looks_at_what_its_slide_does(meeting: Workspace, order: dict[str, Any]) -> None:
    written = ["reporting", "ranking", f"ranking:garbage@{TOWN_A}", f"overview@{TOWN_B}"]
    asked = order_of(written, **order)
    slides = meeting_slides(meeting, asked, 3)
    pages = queries.freeze_order(meeting, asked, 3)
    named = ("region_code", "month", "level", "indicator", "watermark", "is_demo", "committed_at")
    assert [[page.meta[name] for name in named] for page in pages] == [
        [slide.meta[name] for name in named] for slide in slides
    ]
    pd.testing.assert_series_equal(pages[1].tables["unit_ranking"]["value"], slides[1].tables["unit_ranking"]["value"])


def test_the_newest_month_is_that_of_the_watermark(meeting: Workspace) -> None:
    months = [queries.freeze_order(meeting, order_of(["reporting"]), mark)[0].selection.month for mark in (1, 2)]
    assert months == [Month(2026, 1), Month(2026, 2)]


def test_slides_of_a_meeting_stay_sound_after_later_commits(meeting: Workspace) -> None:
    asked = order_of(["overview", "targets", "progress", "ranking", "map", "reporting", f"profile@{A1}"])
    keep(meeting, *queries.freeze_order(meeting, asked, 3))
    commit(meeting.store, (A1, "garbage", "2026-02", 60), (B2, "score", "2026-02", 11), (B2, "score", "2026-03", 11))
    found = queries.verify(meeting)
    assert (found.problems, found.recomputed) == ([], 1)


def test_an_order_of_too_many_pages_is_refused_before_any_is_made(
    meeting: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    stops = [
        f"{slide}:{code}@{region}"
        for slide in ("ranking", "map")
        for code in ("garbage", "found", "closed", "toilets")
        for region in (COUNTY, TOWN_A, TOWN_B)
    ]
    assert len(stops) > MOST_PAGES
    monkeypatch.setattr(packs, "freeze", lambda *_: pytest.fail("a page was made"))
    with pytest.raises(UserError, match=f"最多 {MOST_PAGES} 个页面"):
        queries.freeze_order(meeting, order_of(stops), 3)


def test_an_order_that_names_what_is_not_there_is_refused(meeting: Workspace) -> None:
    with pytest.raises(RegionUnknown):
        queries.freeze_order(meeting, order_of(["ranking@999999"]), 3)
