"""Passing for somebody or something else: by a name, by a look-alike, by a number of another's, by another's open page."""

import json
import tomllib
from typing import Any

import pytest

from ecodash import actions, queries
from ecodash.domain.access import SYSTEM, Actor, Grant, Role
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.lists import reasons_name
from ecodash.errors import LinkUnknown, NotPermitted, UserError
from ecodash.settings import PROJECT_ROOT
from ecodash.web.session_gate import SESSION_HEADER
from tests.permits.world import MONTH, NOW, PLACES, World, person
from tests.web.conftest import building, house, quick_passwords
from tests.web.gates import House

__all__ = ["building", "house", "quick_passwords"]

VIEWER, REVIEWER = person(Role.VIEWER), person(Role.REVIEWER)
COMPOSITE = {"items": [{"indicator": "garbage", "weight": "50"}, {"indicator": "toilets", "weight": "50"}]}


# ── a namesake ─────────────────────────────────────────────────────────────────────────────────────────────────────


def namesake(of: Actor) -> Actor:
    return Actor(of.name, "page", (Grant(Role.REVIEWER, PLACES["外镇"]),), 555, "namesake")


def save(world: World, who: Actor, name: str, content: dict[str, Any]) -> int:
    return actions.save_definition(
        world.seen_by(who), DefinitionKind.COMPOSITE, name, content, actor=who, now=NOW
    ).version


def test_a_namesake_changes_nobodys_composite(fresh: World) -> None:
    assert save(fresh, REVIEWER, "我的综合", COMPOSITE) == 1
    other = {**COMPOSITE, "least_weight": "70"}
    for who, name in ((namesake(REVIEWER), "我的综合"), (namesake(SYSTEM), "综合")):
        with pytest.raises(NotPermitted, match="由其他人"):
            save(fresh, who, name, other)
        with pytest.raises(NotPermitted, match="由其他人"):
            actions.withdraw_definition(fresh.seen_by(who), DefinitionKind.COMPOSITE, name, actor=who, now=NOW)
    assert save(fresh, REVIEWER, "我的综合", other) == 2


def test_nobody_accepts_their_own_as_a_namesake_or_by_another_channel(fresh: World) -> None:
    """Two accounts of one name are two people; one account is one, whatever it is called since and whichever way it
    comes."""
    mine = fresh.filings["本镇"]
    with fresh.workspace.store.reading() as connection:
        reporter = queries.review.records.review.get_filing(connection, mine)
    grants = (Grant(Role.REVIEWER, PLACES["全部"]),)
    for who in (
        Actor("另一个名字", "page", grants, reporter.account, "renamed"),
        Actor(reporter.actor, "cli", grants, reporter.account, "x"),
        Actor(reporter.actor, "api", grants, reporter.account, "y", address="10.0.0.9"),
    ):
        for refused in (
            lambda who=who: actions.accept_filing(fresh.seen_by(who), mine, actor=who, now=NOW),
            lambda who=who: actions.return_filing(fresh.seen_by(who), mine, comment="退", actor=who, now=NOW),
        ):
            with pytest.raises(NotPermitted, match="自己"):
                refused()
        ((_, told),) = actions.accept_filings(fresh.seen_by(who), [mine], actor=who, now=NOW)
        assert isinstance(told, NotPermitted)
    assert queries.get_filing(fresh.workspace, mine).is_open


# ── a look-alike ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mark", ["\u200b", "\u2060", "\u00ad", "\u202e", "\x00", "\ue000", "\u200d"])
@pytest.mark.parametrize("kind", [DefinitionKind.LIST_RULE, DefinitionKind.MEETING, DefinitionKind.COMPOSITE])
def test_a_name_with_marks_that_nobody_sees_is_refused(fresh: World, kind: DefinitionKind, mark: str) -> None:
    content = {
        DefinitionKind.LIST_RULE: fresh.rule("本镇").to_content(),
        DefinitionKind.MEETING: fresh.order("本镇").to_content(),
        DefinitionKind.COMPOSITE: COMPOSITE,
    }[kind]
    for name in (f"本县月榜{mark}榜", f"本县{mark}例会", f"综{mark}合"):
        with pytest.raises(UserError, match="看不见"):
            actions.save_definition(fresh.seen_by(REVIEWER), kind, name, content, actor=REVIEWER, now=NOW)


# ── another's number ───────────────────────────────────────────────────────────────────────────────────────────────


def test_lists_do_not_take_reasons_written_for_another_rule(fresh: World) -> None:
    """By their number from an address, nor under a name that another rule's reasons will have."""
    asking = fresh.seen_by(VIEWER)
    own = queries.month_lists(asking, fresh.watermark, MONTH, fresh.rules["本镇"], fresh.reasons["本镇"])
    assert own.reasons_number == fresh.reasons["本镇"]
    for number in (fresh.reasons["本县"], fresh.rules["本镇"], 9_999):
        with pytest.raises(LinkUnknown):
            queries.month_lists(asking, fresh.watermark, MONTH, fresh.rules["本镇"], number)
    with pytest.raises(LinkUnknown):
        queries.month_lists(asking, fresh.watermark, MONTH.plus(-1), fresh.rules["本镇"], fresh.reasons["本镇"])

    month, county = MONTH.plus(-1), fresh.seen_by(SYSTEM)
    squatted = actions.save_definition(
        fresh.seen_by(REVIEWER), DefinitionKind.LIST_REASONS, reasons_name("本县月榜", str(month)),
        {"rule": "本镇月榜", "month": str(month), "reasons": {"500230101": "本镇自己写的表扬"}},
        actor=REVIEWER, now=NOW,
    )  # fmt: skip
    lists = queries.month_lists(county, fresh.watermark, month, fresh.rules["本县"], squatted.number)
    assert "自己写的" not in repr(lists)


# ── another's open page ────────────────────────────────────────────────────────────────────────────────────────────


def test_streamlit_is_told_whose_websocket_it_is_by_the_gate_alone(house: House) -> None:
    """What a page had when it lost its connection is taken up again by the session it was begun in, and by no other: an
    id of a page stands in addresses of uploads, and so in logs of proxies."""
    config = tomllib.loads((PROJECT_ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    named = json.loads(config["server"]["trustedUserHeaders"])
    assert [name.lower().encode() for name in named] == [SESSION_HEADER]
    told = []
    for _ in range(2):
        token = house.enrol(Role.VIEWER, "500230101")
        forged = {"origin": "http://ecodash.test", "x_ecodash_session": "0" * 64}
        assert house.connect(token=token, **forged)
        told.append([value for name, value in house.behind.seen[-1]["headers"] if name == SESSION_HEADER])
        assert house.ask("/map", token=token, x_ecodash_session="0" * 64).status == 200
        assert SESSION_HEADER not in dict(house.behind.seen[-1]["headers"])
    # What a program on the machine shows is no such claim, and arrives.
    assert house.ask("/map", token=token, x_ecodash_key="k").status == 200
    assert (b"x-ecodash-key", b"k") in house.behind.seen[-1]["headers"]
    assert [len(one) for one in told] == [1, 1]
    assert told[0] != told[1]
    assert b"0" * 64 not in (told[0][0], told[1][0])
