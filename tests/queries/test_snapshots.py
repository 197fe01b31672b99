"""What may be done with snapshots: made of several pages, extended, renewed, guarded, revoked, counted; each is audited."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from ecodash import actions, queries
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, Region, region_key
from ecodash.domain.selection import Selection
from ecodash.domain.snapshots import MOST_PAGES, MOST_ROWS, Access, Lifetime, SnapshotWish, Standing
from ecodash.errors import LinkUnknown, UserError
from ecodash.store import records
from ecodash.store.tables import metadata
from ecodash.workspace import Workspace
from tests.builders import A1, A2, ACTOR, B1, COUNTY, NOON, TOWN_A, commit, targets
from tests.builders import cells as cell_rows
from tests.builders import commit_frames as commit_both
from tests.queries.conftest import Fill


@pytest.fixture
def reported(filled: Callable[[Fill], Workspace]) -> Workspace:
    return filled(report)


def report(workspace: Workspace) -> None:
    rows = cell_rows((A1, "garbage", "2026-01", 5), (A2, "garbage", "2026-01", 7), (B1, "garbage", "2026-01", 3))
    commit_both(workspace.store, rows, targets((COUNTY, "garbage", "2026-12", 0, 100)))


def look(watermark: int = 1, region: str = COUNTY) -> Selection:
    return Selection(watermark, Month(2026, 1), region_key(region), "garbage", Level.TOWN)


def make(workspace: Workspace, *pages: Page, **wish: Any) -> actions.SnapshotMade:
    frozen = [queries.freeze(workspace, page, look()) for page in pages or (Page.RANKING,)]
    return actions.create_snapshot(workspace, frozen, SnapshotWish(**wish), actor=ACTOR, now=NOON)


def last_audit(workspace: Workspace) -> tuple[str, dict[str, Any]]:
    line = queries.list_audit(workspace, 1).iloc[0]
    return str(line["action"]), json.loads(line["detail"])


def test_a_pack_keeps_its_pages_in_order_and_what_they_share_once(reported: Workspace) -> None:
    made = make(reported, Page.OVERVIEW, Page.RANKING, Page.MAP, title="一月调度会", note="先看排名")
    kept = queries.get_snapshot(reported, token=made.token)
    pack = queries.frozen_pack(reported, kept)
    assert (kept.number, kept.page, kept.page_count, kept.watermark) == (made.number, "overview", 3, 1)
    assert [page.page for page in pack.pages] == [Page.OVERVIEW, Page.RANKING, Page.MAP]
    assert (pack.meta["title"], pack.meta["note"]) == ("一月调度会", "先看排名")
    names = [table.name for table in queries.frozen_tables(reported, made.number)]
    assert (names.count("unit_ranking"), names.count("unit_parts")) == (1, 1)
    for page in pack.pages:
        assert page.selection == look()
        assert page.tables["unit_ranking"]["value"].tolist() == [12, 3]
        assert (page.meta["title"], page.meta["actor"]) == ("一月调度会", ACTOR.name)
    assert len(pack.meta["targets_digest"]) == 64


def test_towns_unfold_to_their_villages_with_the_unreported_among_them(reported: Workspace) -> None:
    rows = queries.freeze(reported, Page.RANKING, look()).tables["unit_parts"]
    towns = rows["unit"].map({region_key(TOWN_A): "A"}).fillna("B")
    found = list(zip(towns, rows["region_code"], rows["value"].fillna(-1), rows["is_reported"], strict=True))
    assert found[:2] == [("A", A2, 7, True), ("A", A1, 5, True)]
    assert [(town, value, is_reported) for town, _, value, is_reported in found[2:]] == [
        ("A", -1, False), ("B", 3, True), ("B", -1, False),
    ]  # fmt: skip


def test_without_a_title_it_is_named_after_place_month_and_page(reported: Workspace) -> None:
    titles = [make(reported).number, make(reported, Page.RANKING, Page.MAP, title=" \n ").number]
    assert [queries.get_snapshot(reported, number=number).title for number in titles] == [
        f"{COUNTY}2026年1月排名", f"{COUNTY}2026年1月快照",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "pages",
    [
        lambda w: [],
        lambda w: [queries.freeze(w, Page.RANKING, look())] * (MOST_PAGES + 1),
        lambda w: [queries.freeze(w, Page.RANKING, look(mark)) for mark in (1, 0)],
    ],
)
def test_no_page_too_many_or_pages_of_different_commits_are_refused(
    reported: Workspace, pages: Callable[[Workspace], Any]
) -> None:
    with pytest.raises(UserError):
        actions.create_snapshot(reported, pages(reported), SnapshotWish(), actor=ACTOR, now=NOON)
    assert queries.list_snapshots(reported) == []


def test_neither_token_nor_pin_stands_anywhere_in_the_store(reported: Workspace) -> None:
    made = make(reported, access=Access.PIN, pin="80274613")
    again = actions.renew_link(reported, made.number, actor=ACTOR, now=NOON)
    actions.change_access(reported, made.number, Access.PIN, "51604982", actor=ACTOR, now=NOON)
    with reported.store.reading() as connection:
        written = " ".join(str(row) for table in metadata.sorted_tables for row in connection.execute(sa.select(table)))
    for secret in (made.token, again.token, "80274613", "51604982"):
        assert secret not in written


def test_a_link_can_be_shown_again_with_the_key_and_only_with_it(reported: Workspace) -> None:
    made = make(reported)
    kept = queries.get_snapshot(reported, number=made.number)
    assert queries.snapshot_token(reported, kept) == made.token
    reported.known.link_key = b"k" * 32
    assert queries.snapshot_token(reported, kept) is None
    assert queries.get_snapshot(reported, token=made.token) == kept


def test_a_renewed_link_replaces_the_old_one(reported: Workspace) -> None:
    made = make(reported)
    again = actions.renew_link(reported, made.number, actor=ACTOR, now=NOON)
    with pytest.raises(LinkUnknown):
        queries.get_snapshot(reported, token=made.token)
    assert queries.get_snapshot(reported, token=again.token).number == made.number
    assert (again.sha256, last_audit(reported)) == (made.sha256, ("renew_snapshot_link", {"snapshot": made.number}))


def test_a_link_expires_and_opens_again_when_extended(reported: Workspace) -> None:
    made = make(reported, lifetime=Lifetime.WEEK)
    later = NOON + timedelta(days=8)
    assert queries.get_snapshot(reported, number=made.number).standing(later) is Standing.EXPIRED
    actions.extend_snapshot(reported, made.number, Lifetime.WEEK, actor=ACTOR, now=later)
    kept = queries.get_snapshot(reported, number=made.number)
    assert (kept.standing(later), kept.expires_at) == (Standing.OPEN, later + timedelta(days=7))
    actions.extend_snapshot(reported, made.number, Lifetime.NEVER, actor=ACTOR, now=later)
    assert queries.get_snapshot(reported, number=made.number).expires_at is None
    before = {"expires_at": (later + timedelta(days=7)).isoformat()}
    told = {"snapshot": made.number, "lifetime": "never", "before": before, "after": {"expires_at": None}}
    assert last_audit(reported)[1] == told


def test_a_revoked_link_stays_revoked(reported: Workspace) -> None:
    number = make(reported).number
    for later in (0, 5):
        actions.revoke_snapshot(reported, number, actor=ACTOR, now=NOON + timedelta(days=later))
    kept = queries.get_snapshot(reported, number=number)
    assert (kept.standing(NOON), kept.revoked_at, kept.revoked_by) == (Standing.REVOKED, NOON, ACTOR.name)
    for change in (
        lambda: actions.extend_snapshot(reported, number, Lifetime.YEAR, actor=ACTOR, now=NOON),
        lambda: actions.renew_link(reported, number, actor=ACTOR, now=NOON),
        lambda: actions.change_access(reported, number, Access.LINK, actor=ACTOR, now=NOON),
    ):
        with pytest.raises(UserError, match="已撤回"):
            change()
    assert queries.get_snapshot(reported, number=number) == kept
    assert queries.verify(reported).problems == []


def test_a_pin_is_asked_for_as_it_was_last_set(reported: Workspace) -> None:
    number = make(reported, access=Access.PIN, pin="2468").number
    assert queries.is_right_pin(queries.get_snapshot(reported, number=number), "2468")
    actions.change_access(reported, number, Access.PIN, "13579", actor=ACTOR, now=NOON)
    kept = queries.get_snapshot(reported, number=number)
    assert [queries.is_right_pin(kept, pin) for pin in ("2468", "13579", "", "1" * 10_000)] == [
        False, True, False, False,
    ]  # fmt: skip
    actions.change_access(reported, number, Access.LINK, actor=ACTOR, now=NOON)
    assert not queries.is_right_pin(queries.get_snapshot(reported, number=number), "13579")


def test_editions_of_a_meeting_are_counted_and_find_each_other(reported: Workspace) -> None:
    made = [make(reported, series=series).number for series in ("每月例会", "每月例会", "", "年会", "每月例会")]
    kept = [queries.get_snapshot(reported, number=number) for number in made]
    assert [(one.series, one.edition) for one in kept] == [
        ("每月例会", 1), ("每月例会", 2), ("", 0), ("年会", 1), ("每月例会", 3),
    ]  # fmt: skip

    def beside(place: int) -> list[int | None]:
        one = queries.get_snapshot(reported, number=made[place])
        found = queries.neighbours(one, queries.open_editions(reported, one, NOON))
        return [None if other is None else other.number for other in found]

    assert [beside(place) for place in range(5)] == [
        [None, made[4]], [made[0], made[4]], [None, None], [None, None], [made[1], None],
    ]  # fmt: skip
    actions.revoke_snapshot(reported, made[1], actor=ACTOR, now=NOON)
    assert (beside(0), beside(4)) == ([None, made[4]], [made[0], None])


def test_presenter_notes_are_kept_apart_from_what_is_frozen(reported: Workspace) -> None:
    made = make(reported, presenter_notes=("先表扬", "再点名"))
    kept = queries.get_snapshot(reported, number=made.number)
    assert kept.presenter_notes == ("先表扬", "再点名")
    assert "先表扬" not in kept.meta
    actions.write_presenter_notes(reported, made.number, ["改了"], actor=ACTOR, now=NOON)
    kept = queries.get_snapshot(reported, number=made.number)
    assert (kept.presenter_notes, kept.sha256) == (("改了",), made.sha256)


def test_openings_are_added_up(reported: Workspace) -> None:
    number, before = make(reported).number, queries.store_state(reported)
    for times in (3, 4):
        actions.count_openings(reported, {actions.Opening(number): (times, NOON + timedelta(hours=times))})
    actions.count_openings(reported, {})
    kept = queries.get_snapshot(reported, number=number)
    assert (kept.opened, kept.last_opened_at) == (7, NOON + timedelta(hours=4))
    assert queries.store_state(reported) == before


def test_the_state_of_the_store_moves_with_every_change_of_a_snapshot(reported: Workspace) -> None:
    seen = [queries.store_state(reported).snapshots]
    number = make(reported).number
    for change in (
        lambda: None,
        lambda: actions.extend_snapshot(reported, number, Lifetime.WEEK, actor=ACTOR, now=NOON),
        lambda: actions.renew_link(reported, number, actor=ACTOR, now=NOON),
        lambda: actions.revoke_snapshot(reported, number, actor=ACTOR, now=NOON),
    ):
        change()
        seen.append(queries.store_state(reported).snapshots)
    assert seen == sorted(set(seen))


def test_the_same_pages_as_of_now_show_what_was_corrected(reported: Workspace) -> None:
    pack = queries.frozen_pack(reported, queries.get_snapshot(reported, number=make(reported).number))
    commit(reported.store, (A1, "garbage", "2026-01", 50))
    again = queries.freeze_again(reported, pack, 2)
    assert again[0].tables["unit_ranking"]["value"].tolist() == [57, 3]
    assert again[0].selection == look(2)
    assert pack.pages[0].tables["unit_ranking"]["value"].tolist() == [12, 3]


def test_what_is_no_part_of_the_journal_makes_no_snapshot_unsound(reported: Workspace) -> None:
    make(reported, Page.PROFILE)
    actions.add_region_alias(reported, region_key(COUNTY), "丰都老县", actor=ACTOR, now=NOON)
    found = queries.verify(reported)
    assert (found.problems, found.notes, found.recomputed) == ([], [], 1)


def test_after_regions_were_added_a_snapshot_of_others_is_still_worked_out_again(reported: Workspace) -> None:
    make(reported, Page.OVERVIEW)
    with reported.store.writing() as connection:
        records.add_regions(connection, [Region(region_key("51"), "四川省", "四川省", is_whole=False)])
    reported.forget_tree()
    found = queries.verify(reported)
    assert (found.problems, found.notes, found.recomputed) == ([], [], 1)
    with reported.store.writing() as connection:
        village = Region(region_key("500230101099"), "新村", "新村民委员会", "村")
        records.add_regions(connection, [village])
    reported.forget_tree()
    found = queries.verify(reported)
    assert (found.problems, found.recomputed) == ([], 0)
    assert len(found.notes) == 1
    assert found.notes[0].what.startswith(
        "校验值相符；生成之后，指标目录、区划或上报期限改过，重算有不同：overview 的表 key_figures "
    )


def test_more_rows_than_a_phone_can_show_are_refused_and_nothing_is_kept(reported: Workspace) -> None:
    page = queries.freeze(reported, Page.RANKING, look())
    ranking = page.tables["unit_ranking"]
    many = ranking.iloc[[0] * MOST_ROWS].reset_index(drop=True)
    full = replace(page, tables={"unit_ranking": many})
    # The same table on several pages is kept and shown once; the lines of a map are no rows to read.
    again = replace(page, tables={"unit_ranking": many, "map_outline": many})
    actions.create_snapshot(reported, [full, again], SnapshotWish(), actor=ACTOR, now=NOON)
    more = replace(page, tables={**page.tables, "unit_parts": many})
    with pytest.raises(UserError, match=f"最多 {MOST_ROWS:,} 行") as refused:
        actions.create_snapshot(reported, [more], SnapshotWish(), actor=ACTOR, now=NOON)
    assert "上一级" in refused.value.remedy
    assert [one.number for one in queries.list_snapshots(reported)] == [1]
