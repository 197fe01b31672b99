"""A small installation of two counties in which there is one of everything for every place, and people with each role."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ecodash import actions, queries
from ecodash.actions import Choices, Upload
from ecodash.domain.access import NOBODY, SYSTEM, Actor, Grant, Role
from ecodash.domain.boundaries import BOUNDARY_LEVELS, Datum
from ecodash.domain.definitions import Definition, DefinitionKind
from ecodash.domain.lists import By, ListRule, SideRule
from ecodash.domain.meeting import MeetingOrder
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, Region, child_level, level_of, region_code, region_key
from ecodash.domain.selection import Selection
from ecodash.domain.snapshots import Snapshot, SnapshotWish
from ecodash.reports.frozen import FrozenPack, FrozenPage
from ecodash.store import records
from ecodash.store.engine import open_store
from ecodash.workspace import Workspace
from tests.builders import A1, B1, CATALOG, COUNTY, TOWN_A, TOWN_B, new_store, sample_regions, settings_in

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
MONTH = Month(2026, 10)
OTHER, TOWN_C, C1 = "500231", "500231101", "500231101001"

PLACES = {
    "本镇": region_key(TOWN_A),
    "外镇": region_key(TOWN_B),
    "本县": region_key(COUNTY),
    "外县": region_key(OTHER),
    "全部": COUNTRY_KEY,
}
"""Where something is tried, as somebody of the first town sees it."""
TOWNS = ("本镇", "外镇")

REPORTS = {"本镇": A1, "外镇": B1, "本县": COUNTY, "外县": OTHER}
"""Whose figures a batch or a file of a place holds; of everywhere, those of both counties."""

SCOPES = {"乡镇": region_key(TOWN_A), "县": region_key(COUNTY), "全部": COUNTRY_KEY}
"""Where a role is held."""

_NUMBERS = {
    (role, scope): number
    for number, (role, scope) in enumerate(((role, scope) for role in Role for scope in SCOPES), start=100)
}


def person(role: Role | None, scope: str = "乡镇") -> Actor:
    """Somebody with a role in a place; an account without any for None."""
    if role is None:
        return Actor("无角色", "page", account=99, login="norole")
    return Actor(
        f"{scope}{role.value}", "page", (Grant(role, SCOPES[scope]),), _NUMBERS[role, scope], f"{role.value}{scope}"
    )


PEOPLE = {f"{scope}·{role.value}": person(role, scope) for scope in SCOPES for role in Role} | {
    "无角色": person(None),
    "未登录": NOBODY,
    "操作员": SYSTEM,
}


@dataclass
class World:
    """Everything by place: numbers of batches, snapshots, definitions, filings, boundary sets and accounts."""

    workspace: Workspace
    batches: dict[str, int] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    pages: dict[str, FrozenPage] = field(default_factory=dict)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    rules: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    orders: dict[str, int] = field(default_factory=dict)
    boundaries: dict[str, int] = field(default_factory=dict)
    filings: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    composite: int = 0
    watermark: int = 0

    def seen_by(self, actor: Actor) -> Workspace:
        """The installation as somebody sees it."""
        return self.workspace.acting(actor)

    def selection(self, place: str, indicator: str = "garbage") -> Selection:
        """What is looked at of a place: its month, by the next level that has units."""
        region = PLACES[place]
        level = Level.COUNTY if region == COUNTRY_KEY else child_level(level_of(region))
        return Selection(self.watermark, MONTH, region, indicator, level)

    def pack(self, place: str) -> FrozenPack:
        """Pages as a snapshot of the place keeps them."""
        return FrozenPack({"watermark": self.watermark}, (self.pages[place],))

    def order(self, place: str) -> MeetingOrder:
        """A meeting about the place."""
        return MeetingOrder(region=PLACES[place], indicator="garbage")

    def kept(self, number: int) -> Definition:
        """A definition by its number."""
        with self.workspace.store.reading() as connection:
            found = records.find_definition(connection, number)
        assert found is not None
        return found

    def rule(self, place: str) -> ListRule:
        """A rule that compares the units of the place."""
        selection, side = self.selection(place), SideRule(By.PLACES, 1)
        return ListRule(selection.region, selection.level, "garbage", red=side, black=side)


def csv_of(place: str, value: int) -> bytes:
    """A file with figures of a place."""
    codes = [COUNTY, OTHER] if place == "全部" else [REPORTS[place]]
    return "\n".join(["区划代码,garbage", *(f"{code},{value}" for code in codes)]).encode()


def regions() -> list[Region]:
    """Those of the other tests, and another county with a town and a village."""
    more = [Region(region_key(code), code, code) for code in (OTHER, TOWN_C)]
    return [*sample_regions(), *more, Region(region_key(C1), C1, C1, "村")]


def build(folder: Path) -> World:
    """A new installation; what is committed first stands in the month looked at, what is handed in comes on top."""
    new_store(folder, regions=regions()).close()
    settings = settings_in(folder)
    world = World(Workspace(settings, open_store(settings), CATALOG, SYSTEM))
    workspace = world.workspace
    for step, place in enumerate(PLACES):
        read = _read(workspace, place, 100 + step)
        world.batches[place] = actions.commit_upload(workspace, read, actor=SYSTEM, now=NOW, was_previewed=False).batch
    world.watermark = queries.newest_watermark(workspace)
    for place in PLACES:
        _add_people_and_papers(world, place)
    content = {"items": [{"indicator": "garbage", "weight": "60"}, {"indicator": "toilets", "weight": "40"}]}
    world.composite = _define(world, DefinitionKind.COMPOSITE, "综合", content)
    return world


def _add_people_and_papers(world: World, place: str) -> None:
    workspace = world.workspace
    world.accounts[place] = actions.create_account(
        workspace, f"user{len(world.accounts)}", f"{place}的人", grants=[Grant(Role.VIEWER, PLACES[place])],
        actor=SYSTEM, now=NOW,
    ).account.number  # fmt: skip
    world.uploads[place] = _read(workspace, place, 200)
    filed = actions.deliver(
        workspace, _read(workspace, place, 300), actor=person(Role.REPORTER, "全部"), now=NOW, was_previewed=False
    )
    world.filings[place] = filed.number  # type: ignore[union-attr]
    page = queries.freeze(workspace, Page.REPORTING, world.selection(place))
    world.pages[place] = page
    made = actions.create_snapshot(workspace, [page], SnapshotWish(title=place), actor=SYSTEM, now=NOW)
    world.tokens[place] = made.token
    world.snapshots[place] = queries.get_snapshot(workspace, number=made.number)
    rule = world.rule(place)
    world.rules[place] = _define(world, DefinitionKind.LIST_RULE, f"{place}月榜", rule.to_content())
    world.reasons[place] = actions.save_list_reasons(
        workspace, f"{place}月榜", MONTH, {PLACES[place]: "理由"}, actor=SYSTEM, now=NOW
    ).number
    world.orders[place] = _define(world, DefinitionKind.MEETING, f"{place}例会", world.order(place).to_content())
    if level_of(PLACES[place]) is Level.COUNTY:
        with workspace.store.writing() as connection:
            world.boundaries[place] = records.insert_boundary_set(
                connection, county=PLACES[place], level=BOUNDARY_LEVELS[0], digest=digest_of(place),
                content=b'{"type": "FeatureCollection", "features": []}', shapes=0, datum=Datum.WGS84, detail={"regions": []},
                file_name="a.json", file_sha256="0" * 64, actor=SYSTEM, now=NOW,
            )  # fmt: skip


def digest_of(place: str) -> str:
    """Of the boundary set of a county."""
    return region_code(PLACES[place]).ljust(64, "0")


def _define(world: World, kind: DefinitionKind, name: str, content: dict[str, Any]) -> int:
    return actions.save_definition(world.workspace, kind, name, content, actor=SYSTEM, now=NOW).number


def _read(workspace: Workspace, place: str, value: int) -> Upload:
    upload = actions.read_file(
        workspace, csv_of(place, value), f"{place}{value}.csv", actor=SYSTEM, now=NOW, choices=Choices(month=MONTH)
    )
    assert not upload.intake.faults, upload.intake.faults
    return upload
