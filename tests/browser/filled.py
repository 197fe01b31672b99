"""The sample with what people define on pages, so that no page is empty: for pictures, and for tests of all pages."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from ecodash import actions, queries
from ecodash.domain.access import operator
from ecodash.domain.composite import Composite, CompositeItem, Scoring
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.lists import By, Falling, ListRule, SideRule
from ecodash.domain.meeting import USUAL_STOPS, MeetingOrder
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.domain.selection import Selection
from ecodash.domain.snapshots import Access, SnapshotWish
from ecodash.domain.targets import TargetEdit
from ecodash.queries.peers import CLASSES
from ecodash.settings import load_settings
from ecodash.workspace import Workspace, open_workspace
from tests.boundaries import FENGDU, geojson, town_columns, towns

COMPOSITE = "人居环境综合评价"
RULE = "月度红黑榜"
MONTH = Month(2026, 10)
PIN = "135790"
_ACTOR = operator("本机操作员", "page")
_CORRECTION = "丰都县2026年10月考核得分更正\n乡镇,考核得分（分）\n龙孔镇,71.40\n三元镇,73.10\n名山街道,86.90\n"


def fill(home: Path) -> None:
    """Define one of everything in a home with the sample."""
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
    try:
        _define_composite(workspace)
        _define_peers(workspace)
        _keep_lists(workspace)
        _define(workspace, DefinitionKind.MEETING, "月度调度会", MeetingOrder(stops=USUAL_STOPS).to_content())
        _keep_boundaries(workspace)
        edit = TargetEdit("500230101", "sewage_coverage_rate", "2026", target="82", baseline="")
        actions.save_targets(workspace, [edit], actor=_ACTOR, now=datetime.now(UTC), note="按县里下达的任务书调整")
    finally:
        workspace.close()


def _define(workspace: Workspace, kind: DefinitionKind, name: str, content: dict[str, object]) -> int:
    return actions.save_definition(workspace, kind, name, content, actor=_ACTOR, now=datetime.now(UTC)).number


def _define_composite(workspace: Workspace) -> None:
    weights = {"waste_service_rate": 40, "sewage_coverage_rate": 35, "assessment_score": 25}
    items = tuple(CompositeItem(code, Decimal(weight), Scoring.DIRECT) for code, weight in weights.items())
    composite = Composite(COMPOSITE, items)
    _define(workspace, DefinitionKind.COMPOSITE, COMPOSITE, composite.to_content())


def _define_peers(workspace: Workspace) -> None:
    """Towns in three classes of a size by households."""
    selection = Selection(queries.newest_watermark(workspace), MONTH, FENGDU, "households", Level.TOWN)
    thirds = queries.attribute_thirds(workspace, selection, "households")
    names = {1: "户数较少", 2: "户数中等", 3: "户数较多"}
    classes = {row.region_code: names[row.third] for row in thirds.itertuples() if row.third}
    _define(workspace, DefinitionKind.PEER_CLASSES, "按户数分组", {CLASSES: classes})


def _keep_lists(workspace: Workspace) -> None:
    rule = ListRule(
        FENGDU, Level.TOWN, "assessment_score", red=SideRule(By.PLACES, 3), black=SideRule(By.PLACES, 3),
        falling=Falling.ALSO, fallen_places=12,
    )  # fmt: skip
    number = actions.save_list_rule(workspace, RULE, rule, actor=_ACTOR, now=datetime.now(UTC)).number
    lists = queries.month_lists(workspace, queries.newest_watermark(workspace), MONTH, number)
    reasons = {lists.black[0].region: "粪污清运车辆检修两周，11 月 15 日前补齐。"}
    actions.save_list_reasons(workspace, RULE, MONTH, reasons, actor=_ACTOR, now=datetime.now(UTC))


def _keep_boundaries(workspace: Workspace) -> None:
    shapes = towns()
    content = geojson(list(shapes.values()), town_columns(list(shapes)))
    draft = actions.read_boundaries(workspace, content, "乡镇界.geojson", county=FENGDU, now=datetime.now(UTC))
    actions.save_boundaries(workspace, draft, actor=_ACTOR, now=datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Links:
    """Paths of links to snapshots: of several pages, with figures corrected since; with a PIN; revoked."""

    pack: str
    guarded: str
    revoked: str


def keep_snapshots(home: Path) -> Links:
    """Make snapshots of the county in a home with the sample, then correct three of the figures they show."""
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
    try:
        selection = Selection(queries.newest_watermark(workspace), MONTH, FENGDU, "assessment_score", Level.TOWN)
        pages = queries.freeze_pages(workspace, [Page.OVERVIEW, Page.RANKING, Page.MAP], selection)
        wishes = (
            SnapshotWish(
                title="丰都县十月份调度会", note="会前请各分管领导审阅；黑榜乡镇请准备说明。", series="每月例会"
            ),
            SnapshotWish(title="丰都县十月份排名", access=Access.PIN, pin=PIN),
            SnapshotWish(title="丰都县十月份排名（作废）"),
        )
        made = [
            actions.create_snapshot(
                workspace, pages[: 3 if place == 0 else 1], wish, actor=_ACTOR, now=datetime.now(UTC)
            )
            for place, wish in enumerate(wishes)
        ]
        actions.revoke_snapshot(workspace, made[2].number, actor=_ACTOR, now=datetime.now(UTC))
        _correct(workspace)
    finally:
        workspace.close()
    return Links(*(one.path for one in made))


def _correct(workspace: Workspace) -> None:
    result = actions.import_file(
        workspace, _CORRECTION.encode(), "考核得分更正.csv", actor=_ACTOR, now=datetime.now(UTC),
        choices=actions.Choices(within=FENGDU),
    )  # fmt: skip
    assert result.receipt is not None
