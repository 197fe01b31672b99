"""Every page as people with little to see get it: it opens on their own place, offers nothing else, and refuses the rest."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ecodash.domain.access import Actor, Grant, Role
from ecodash.views import navigation, who
from tests.pages.conftest import Open
from tests.pages.staff import COUNTY, JILONG, SANHE

VILLAGE = JILONG + 1_202
"""A village of 暨龙镇."""

Sit = Callable[..., None]


@pytest.fixture
def sit(monkeypatch: pytest.MonkeyPatch) -> Sit:
    """Put somebody with some grants before the screen."""

    def before(*grants: Grant) -> None:
        actor = Actor("某人", "page", grants, 7, "somebody")
        monkeypatch.setattr(who, "actor", lambda opened: actor)

    return before


def said(app: AppTest) -> list[str]:
    """What a page complains of."""
    return [one.value for one in app.error] + [str(one.value) for one in app.exception]


PEOPLE = {
    "镇查看员": (Grant(Role.VIEWER, JILONG),),
    "镇审核员": (Grant(Role.REVIEWER, JILONG),),
    "县管理员": (Grant(Role.ADMINISTRATOR, COUNTY),),
    "村查看员": (Grant(Role.VIEWER, VILLAGE),),
}


@pytest.mark.parametrize("person", PEOPLE)
def test_every_page_opens_on_what_is_ones_own(open_app: Open, county_home: Path, sit: Sit, person: str) -> None:
    sit(*PEOPLE[person])
    app = open_app(county_home)
    complaints = {}
    for page in navigation.NEEDED:
        app.switch_page(f"../../pages/{page}.py")
        app.run()
        complaints[page] = said(app)
    refused = {page for page, found in complaints.items() if found and "需要“" in found[0]}
    may = Actor("", grants=PEOPLE[person], account=7).may_somewhere
    whole = {page for page, needed in navigation.NEEDED.items() if needed.is_whole}
    expected = {page for page, needed in navigation.NEEDED.items() if not any(map(may, needed.rights))} | whole
    assert refused == expected
    assert {page: found for page, found in complaints.items() if found and page not in refused} == {}


# ── a place that is none of one's own ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", ["overview", "map", "progress", "ranking", "profile"])
def test_an_address_elsewhere_is_refused_with_a_way_home(
    open_app: Open, county_home: Path, sit: Sit, page: str
) -> None:
    sit(Grant(Role.VIEWER, JILONG))
    app = open_app(county_home, page, region="500230001", month="2026-10")
    assert said(app) == ["您的账号不能查看三合街道的数据。如工作需要，请联系本系统管理员开通。"]
    assert [*app.dataframe, *app.metric, *app.selectbox] == []
    assert [one.label for one in app.get("page_link")] == ["查看暨龙镇"]
    app.query_params.clear()
    app.run()
    assert said(app) == []
    assert "暨龙镇" in app.title[0].value


def test_the_county_is_refused_to_a_town(open_app: Open, county_home: Path, sit: Sit) -> None:
    sit(Grant(Role.REPORTER, JILONG))
    assert "丰都县" in said(open_app(county_home, "ranking", region="500230"))[0]


def test_boxes_offer_only_ones_own_places(open_app: Open, county_home: Path, sit: Sit) -> None:
    def towns() -> list[str]:
        app = open_app(county_home, "profile")
        return next(one.options for one in app.selectbox if one.key == "town_box")

    sit(Grant(Role.VIEWER, COUNTY))
    everything = towns()
    sit(Grant(Role.REPORTER, JILONG), Grant(Role.REPORTER, SANHE))
    assert towns() == ["三合街道", "暨龙镇"]
    sit(Grant(Role.REPORTER, JILONG))
    assert towns() == ["暨龙镇"]
    assert (everything[0], len(everything)) == ("全部乡镇", 31)


def test_a_role_taken_away_counts_at_the_next_click(open_app: Open, county_home: Path, sit: Sit) -> None:
    sit(Grant(Role.VIEWER, COUNTY))
    app = open_app(county_home, "ranking", region="500230")
    assert said(app) == []
    sit(Grant(Role.VIEWER, JILONG))
    app.run()
    assert "丰都县" in said(app)[0]


def test_an_account_without_a_role_is_told_why(open_app: Open, county_home: Path, sit: Sit) -> None:
    sit()
    app = open_app(county_home)
    assert said(app) == []
    assert [one.value for one in app.info] == [
        "您的账号还没有分配角色和地区，暂时看不到数据。请联系本系统管理员，在“用户管理”中为您的账号设置。"
    ]
    assert [*app.dataframe, *app.selectbox] == []


# ── buttons ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("role", "may_share"), [(Role.VIEWER, False), (Role.REPORTER, True)])
def test_snapshots_are_offered_to_whom_may_share(
    open_app: Open, county_home: Path, sit: Sit, role: Role, may_share: bool
) -> None:
    sit(Grant(role, JILONG))
    app = open_app(county_home, "ranking")
    assert ("生成快照" in [one.proto.popover.label for one in app.get("popover")]) is may_share


@pytest.mark.parametrize(("role", "may_keep"), [(Role.REPORTER, False), (Role.REVIEWER, True)])
def test_orders_are_kept_by_who_manages(
    open_app: Open, county_home: Path, sit: Sit, role: Role, may_keep: bool
) -> None:
    sit(Grant(role, JILONG))
    app = open_app(county_home, "meeting")
    assert ("保存顺序" in [one.label for one in app.button]) is may_keep


def test_answers_are_not_shared_between_people_who_see_different_things(
    open_app: Open, county_home: Path, sit: Sit
) -> None:
    """The same question by two people in one process, one after the other, and back again."""
    for grant in (Grant(Role.VIEWER, COUNTY), Grant(Role.VIEWER, JILONG), Grant(Role.VIEWER, COUNTY)):
        sit(grant)
        app = open_app(county_home)
        assert (("丰都县" in app.title[0].value), ("暨龙镇" in app.title[0].value)) == (
            (True, False) if grant.region == COUNTY else (False, True)
        )
