"""How a rule holds a function: arguments by place and by name, defaults, actors, what is asked within, and the words of a
refusal."""

from dataclasses import replace

import pytest

from ecodash import actions, queries
from ecodash.actions import Choices
from ecodash.domain.access import NOBODY, SYSTEM, Actor, Right, Role
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.meeting import MeetingOrder, Slide, Stop
from ecodash.domain.snapshots import SnapshotWish
from ecodash.errors import NotPermitted
from ecodash.permits import Reach, needs, of_region, of_selection, regions_of_batch, regions_of_snapshot
from ecodash.queries.meeting import meeting_slides
from ecodash.workspace import Workspace
from tests.permits.world import MONTH, NOW, PLACES, World, csv_of, person

VIEWER, REVIEWER = person(Role.VIEWER), person(Role.REVIEWER)


@needs(Right.READ, of_region("region"))
def told(workspace: Workspace, region: int | None = None) -> tuple[Actor, bool]:
    return workspace.actor, workspace.is_checked


@needs(Right.MANAGE, of_region("region"))
def done(workspace: Workspace, region: int, *, actor: Actor) -> Actor:
    return workspace.actor


def test_an_argument_is_found_by_place_and_by_name(asked: World) -> None:
    seen, own = asked.seen_by(VIEWER), PLACES["本镇"]
    assert told(seen, own) == told(seen, region=own) == told(workspace=seen, region=own) == (VIEWER, True)
    for call in (lambda: told(seen, PLACES["外镇"]), lambda: told(region=PLACES["外镇"], workspace=seen)):
        with pytest.raises(NotPermitted):
            call()


def test_what_is_left_out_is_the_whole_country(asked: World) -> None:
    with pytest.raises(NotPermitted):
        told(asked.seen_by(VIEWER))


def test_an_action_is_done_by_whom_it_names_and_asks_as_them(asked: World) -> None:
    own = PLACES["本镇"]
    assert done(asked.seen_by(SYSTEM), own, actor=REVIEWER) == REVIEWER
    with pytest.raises(NotPermitted):
        done(asked.seen_by(SYSTEM), own, actor=VIEWER)


@pytest.mark.parametrize("before_the_screen", [VIEWER, NOBODY])
def test_nobody_borrows_anothers_name(asked: World, before_the_screen: Actor) -> None:
    for named in (REVIEWER, SYSTEM):
        with pytest.raises(NotPermitted):
            done(asked.seen_by(before_the_screen), PLACES["本镇"], actor=named)


def test_a_workspace_that_turns_to_somebody_is_checked_anew(asked: World) -> None:
    inside = asked.seen_by(SYSTEM).checked()
    with pytest.raises(NotPermitted):
        told(inside.acting(VIEWER), PLACES["外镇"])


def test_a_function_without_a_workspace_cannot_have_a_rule() -> None:
    with pytest.raises(TypeError):
        needs(Right.READ, Reach.GIVEN)(len)


def test_a_rule_can_be_asked_without_the_call(asked: World) -> None:
    assert actions.revoke_snapshot.admit(asked.seen_by(REVIEWER), asked.snapshots["本镇"].number)  # type: ignore[attr-defined]
    with pytest.raises(NotPermitted):
        actions.revoke_snapshot.admit(asked.seen_by(REVIEWER), asked.snapshots["本县"].number)  # type: ignore[attr-defined]


def test_only_figures_of_a_region_are_the_same_for_all_who_may_see_it() -> None:
    def rule(name: str) -> bool:
        return bool(getattr(queries, name).rule.is_shared)

    assert rule("ranking")
    assert rule("batch_cells")
    assert not any(map(rule, ("list_batches", "own_account", "list_filings", "home_region", "snapshot_token")))


# ── the words of a refusal ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_refusal_names_the_place_that_was_asked_for(asked: World) -> None:
    with pytest.raises(NotPermitted) as refused:
        queries.key_figures(asked.seen_by(VIEWER), asked.selection("外镇"))
    assert refused.value.what == "您没有在500230102“查看数据”的权限。"


def test_a_refusal_by_number_does_not_tell_whether_there_is_such_a_thing(asked: World) -> None:
    said = set()
    for number in (asked.batches["外镇"], asked.batches["全部"], 9_999):
        for query in (queries.batch_cells, queries.batch_record, queries.uploaded_file, queries.batch_doubts):
            with pytest.raises(NotPermitted) as refused:
                query(asked.seen_by(VIEWER), number)
            said.add(refused.value.what)
    for number in (asked.snapshots["外县"].number, 9_999):
        with pytest.raises(NotPermitted) as refused:
            queries.get_snapshot(asked.seen_by(VIEWER), number=number)
        said.add(refused.value.what)
    for number in (asked.rules["外县"], asked.rules["全部"]):
        with pytest.raises(NotPermitted) as refused:
            queries.get_definition(asked.seen_by(VIEWER), DefinitionKind.LIST_RULE, number)
        said.add(refused.value.what)
    assert said == {"您没有在该地区“查看数据”的权限。"}


# ── what is about several regions ──────────────────────────────────────────────────────────────────────────────────


def test_a_batch_is_of_the_villages_it_wrote(asked: World) -> None:
    assert regions_of_batch(asked.workspace, asked.batches["本镇"]) == (500230101001,)
    assert regions_of_batch(asked.workspace, asked.batches["全部"]) == (500230000000, 500231000000)


def test_a_snapshot_of_several_regions_needs_them_all(fresh: World) -> None:
    pages = [fresh.pages["本镇"], fresh.pages["外镇"]]
    made = actions.create_snapshot(fresh.workspace, pages, SnapshotWish(), actor=SYSTEM, now=NOW)
    kept = queries.get_snapshot(fresh.workspace, number=made.number)
    assert regions_of_snapshot(kept) == [PLACES["本镇"], PLACES["外镇"]]
    assert kept.number not in {one.number for one in queries.list_snapshots(fresh.seen_by(VIEWER))}
    assert queries.get_snapshot(fresh.seen_by(person(Role.VIEWER, "县")), number=made.number) == kept
    for reach in (VIEWER, REVIEWER):
        with pytest.raises(NotPermitted):
            queries.frozen_tables(fresh.seen_by(reach), made.number)
    with pytest.raises(NotPermitted):
        actions.create_snapshot(fresh.seen_by(REVIEWER), pages, SnapshotWish(), actor=REVIEWER, now=NOW)


def test_a_link_is_the_permission_to_know_what_it_opens_and_nothing_more(asked: World) -> None:
    found = queries.get_snapshot(asked.seen_by(VIEWER), token=asked.tokens["外县"])
    with pytest.raises(NotPermitted):
        queries.frozen_pack(asked.seen_by(VIEWER), found)


def test_an_order_needs_the_regions_of_all_its_slides(asked: World) -> None:
    order = MeetingOrder(stops=(Stop(Slide.RANKING), Stop(Slide.RANKING, region=PLACES["外镇"])), indicator="garbage")
    with pytest.raises(NotPermitted):
        meeting_slides(asked.seen_by(VIEWER), order, asked.watermark)
    slides = meeting_slides(asked.seen_by(VIEWER), replace(order, stops=order.stops[:1]), asked.watermark)
    assert [one.meta["region_code"] for one in slides] == ["500230101"]


def test_editions_of_a_meeting_stay_among_those_who_hold_it(fresh: World) -> None:
    wish = SnapshotWish(series="月例会")
    first = actions.create_snapshot(fresh.workspace, [fresh.pages["外镇"]], wish, actor=SYSTEM, now=NOW)
    with pytest.raises(NotPermitted) as refused:
        actions.create_snapshot(fresh.seen_by(REVIEWER), [fresh.pages["本镇"]], wish, actor=REVIEWER, now=NOW)
    assert refused.value.what == "例会名称“月例会”已由其他地区使用。"
    second = actions.create_snapshot(fresh.workspace, [fresh.pages["本镇"]], wish, actor=SYSTEM, now=NOW)
    own = queries.get_snapshot(fresh.workspace, number=second.number)
    assert [one.number for one in queries.open_editions(fresh.seen_by(VIEWER), own, NOW)] == [second.number]
    assert {one.number for one in queries.open_editions(fresh.workspace, own, NOW)} == {first.number, second.number}


# ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_about_others_is_not_compared_with_what_they_reported(asked: World) -> None:
    reporter = person(Role.REPORTER)
    for read in (actions.read_file, actions.import_file):
        with pytest.raises(NotPermitted) as refused:
            read(
                asked.seen_by(reporter), csv_of("外镇", 900), "2026年10月.csv", actor=reporter, now=NOW,
                choices=Choices(month=MONTH),
            )  # fmt: skip
        assert refused.value.what == "您没有在500230102001“上报数据”的权限。"


def test_the_file_of_a_batch_that_said_more_than_it_changed_is_the_countys(fresh: World) -> None:
    both = csv_of("本镇", 100) + b"\n500230102001,12345"  # The first stands already.
    read = actions.read_file(
        fresh.workspace, both, "2026年10月.csv", actor=SYSTEM, now=NOW, choices=Choices(month=MONTH)
    )
    number = actions.commit_upload(
        fresh.workspace, read, actor=SYSTEM, now=NOW, was_previewed=False, reasons={"": "核实"}
    ).batch
    assert read.counts == {"new": 0, "changed": 1, "unchanged": 1}
    of_town = replace(person(Role.VIEWER), grants=tuple(replace(one, region=PLACES["外镇"]) for one in VIEWER.grants))
    assert regions_of_batch(fresh.workspace, number) == (500230102001,)
    assert len(queries.batch_cells(fresh.seen_by(of_town), number)) == 1
    with pytest.raises(NotPermitted):
        queries.uploaded_file(fresh.seen_by(of_town), number)
    assert queries.uploaded_file(fresh.seen_by(person(Role.VIEWER, "县")), number).content == both


# ── definitions ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_name_that_others_use_is_not_taken_over(fresh: World) -> None:
    seen = fresh.seen_by(REVIEWER)
    rule = fresh.rule("本镇")
    for save in (
        lambda: actions.save_list_rule(seen, "本县月榜", rule, actor=REVIEWER, now=NOW),
        lambda: actions.save_definition(
            seen, DefinitionKind.LIST_RULE, "本县月榜", rule.to_content(), actor=REVIEWER, now=NOW
        ),
        lambda: actions.save_definition(
            seen, DefinitionKind.MEETING, "外县例会", fresh.order("本镇").to_content(), actor=REVIEWER, now=NOW
        ),
        lambda: actions.withdraw_definition(seen, DefinitionKind.COMPOSITE, "综合", actor=REVIEWER, now=NOW),
    ):
        with pytest.raises(NotPermitted) as refused:
            save()
        assert refused.value.what.endswith("由其他人或其他地区使用，您不能修改或停用。")


def test_a_composite_is_changed_by_its_maker_or_by_who_manages_everything(fresh: World) -> None:
    kept = fresh.kept(fresh.composite)
    again = {**kept.content, "least_weight": "70"}
    whole = person(Role.REVIEWER, "全部")
    mine = actions.save_definition(
        fresh.seen_by(REVIEWER), DefinitionKind.COMPOSITE, "我的综合", kept.content, actor=REVIEWER, now=NOW
    )
    assert mine.version == 1
    for who, version in ((REVIEWER, 2), (whole, 3)):
        content = again if version == 2 else kept.content
        saved = actions.save_definition(
            fresh.seen_by(who), DefinitionKind.COMPOSITE, "我的综合", content, actor=who, now=NOW
        )
        assert saved.version == version


def test_peer_classes_are_changed_only_where_one_manages(fresh: World) -> None:
    both = {"classes": {"500230101001": "山区", "500230102001": "平坝"}}
    actions.save_definition(fresh.workspace, DefinitionKind.PEER_CLASSES, "分组", both, actor=SYSTEM, now=NOW)
    own = {"classes": {**both["classes"], "500230101001": "平坝"}}
    saved = actions.save_definition(
        fresh.seen_by(REVIEWER), DefinitionKind.PEER_CLASSES, "分组", own, actor=REVIEWER, now=NOW
    )
    assert saved.version == 2
    theirs = {"classes": {**own["classes"], "500230102001": "山区"}}
    for change in (
        lambda: actions.save_definition(
            fresh.seen_by(REVIEWER), DefinitionKind.PEER_CLASSES, "分组", theirs, actor=REVIEWER, now=NOW
        ),
        lambda: actions.withdraw_definition(
            fresh.seen_by(REVIEWER), DefinitionKind.PEER_CLASSES, "分组", actor=REVIEWER, now=NOW
        ),
    ):
        with pytest.raises(NotPermitted):
            change()


def test_reasons_are_written_only_beside_ones_own(fresh: World) -> None:
    with pytest.raises(NotPermitted):
        actions.save_list_reasons(
            fresh.seen_by(REVIEWER), "本镇月榜", MONTH, {PLACES["外镇"]: "不属于我"}, actor=REVIEWER, now=NOW
        )


def test_a_rule_that_is_not_read_here_is_nobodys(asked: World) -> None:
    assert of_selection(asked.workspace, {"selection": asked.selection("本镇")}) == (PLACES["本镇"],)
    with pytest.raises(NotPermitted):
        queries.month_lists(asked.seen_by(VIEWER), asked.watermark, MONTH, 9_999)
