"""The sample with what people define on pages, so that no page is empty: for pictures, and for tests of all pages."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from ecodash import actions, queries
from ecodash.domain.access import Actor
from ecodash.domain.composite import Composite, CompositeItem, Scoring
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.lists import By, Falling, ListRule, SideRule
from ecodash.domain.meeting import USUAL_STOPS, MeetingOrder
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.domain.selection import Selection
from ecodash.domain.targets import TargetEdit
from ecodash.queries.peers import CLASSES
from ecodash.settings import load_settings
from ecodash.workspace import Workspace, open_workspace
from tests.boundaries import FENGDU, geojson, town_columns, towns

COMPOSITE = "人居环境综合评价"
RULE = "月度红黑榜"
MONTH = Month(2026, 10)
_ACTOR = Actor("本机操作员", "page")


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
