"""An installation in which every text that a person may bring in tries to be more than a text."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import sqlalchemy as sa

from ecodash import actions, queries
from ecodash.domain.access import SYSTEM, Actor
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.lists import By, ListRule, SideRule
from ecodash.domain.meeting import MeetingOrder
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.domain.review import CellComment
from ecodash.domain.selection import Selection
from ecodash.domain.snapshots import SnapshotWish
from ecodash.domain.targets import TargetEdit
from ecodash.errors import UserError
from ecodash.settings import load_settings
from ecodash.store.tables import account, region
from ecodash.workspace import Workspace, open_workspace
from tests.pages.staff import COUNTY, JILONG, SANHE, engage, hand_in, july, return_it

EVIL = "<img src=x onerror='window.evil=1'><script>window.evil=1</script>{{7*7}}[x](javascript:window.evil=1)\u202e"
LONG = EVIL + "W" * 10_000
MARK = "window.evil"
JULY = Month(2026, 7)


def make(home: Path) -> dict[str, int]:
    """Fill a home of the page tests; numbers of what an address can name."""
    people = engage(home)
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
    try:
        _rename(workspace)
        return _fill(workspace, people)
    finally:
        workspace.close()


def _rename(workspace: Workspace) -> None:
    """Names of people, units and places straight in the store, as an older version or another program might have left
    them."""
    with workspace.store.writing() as connection:
        connection.execute(sa.update(account).values(name=account.c.login + EVIL, unit=LONG))
        for key in (SANHE, JILONG + 201):
            connection.execute(sa.update(region).where(region.c.key == key).values(name=EVIL, full_name=LONG))
    workspace.forget_tree()


def _longest(text: str, work: Callable[[str], object]) -> object:
    """Do something with the longest beginning of a text that is taken."""
    for length in (len(text), 2_000, 500, 200, 110, 60, 30):
        try:
            return work(text[:length])
        except UserError:
            continue
    return None


def _fill(workspace: Workspace, people: dict[str, Actor]) -> dict[str, int]:
    now, numbers = datetime.now(UTC), {}
    li, chen, wang, admin = (people[login] for login in ("li", "chen", "wang", "admin"))
    waiting = hand_in(workspace, wang, july(("滨江东路社区", 12), ("平都中路社区", 9)), f"{EVIL}.csv")
    returned = hand_in(workspace, chen, july(("暨龙镇九龙泉村", 31)), f"{LONG[:300]}.csv")
    remark = CellComment(JILONG + 202, "garbage_cleared", JULY.key, EVIL)
    return_it(workspace, li, returned.number, LONG, remark)
    numbers |= {"waiting": waiting.number, "returned": returned.number}
    rule = ListRule(
        COUNTY, Level.TOWN, "public_toilets", red=SideRule(By.PLACES, 1), black=SideRule(By.PLACES, 1)
    )  # fmt: skip
    plain = EVIL[:-1]
    _longest(plain, lambda name: actions.save_list_rule(workspace, name, rule, actor=li, now=now))
    composite = {"items": [{"indicator": "garbage_cleared", "weight": "50", "scoring": "direct"},
                           {"indicator": "public_toilets", "weight": "50", "scoring": "direct"}]}  # fmt: skip
    for kind, content in (
        (DefinitionKind.COMPOSITE, composite),
        (DefinitionKind.MEETING, MeetingOrder(region=COUNTY).to_content()),
        (DefinitionKind.PEER_CLASSES, {"classes": {"500230001": plain, "500230123": LONG}}),
    ):
        _longest(plain, lambda name, kind=kind, content=content: actions.save_definition(
            workspace, kind, name, content, actor=li, now=now))  # fmt: skip
    for text in (EVIL, LONG):
        _longest(text, lambda alias: actions.add_region_alias(workspace, SANHE, alias, actor=admin, now=now))
        _longest(text, lambda why: actions.set_deadline(
            workspace, COUNTY, JULY, datetime(2026, 9, 1, tzinfo=UTC), reason=why, actor=li, now=now))  # fmt: skip
        actions.set_month_closed(
            workspace, Month(2026, 5), is_closed=True, county=COUNTY, reason=text, actor=li, now=now
        )
        actions.set_month_closed(
            workspace, Month(2026, 5), is_closed=False, county=COUNTY, reason=text, actor=admin, now=now
        )
    edit = TargetEdit("500230123", "public_toilets", "2026-12", "20")
    actions.save_targets(workspace, [edit], actor=li, now=now, note=LONG)
    _longest(EVIL, lambda heading: actions.change_indicator(
        workspace, "public_toilets", is_used=True, headings=[heading], actor=admin, now=now))  # fmt: skip
    here = Selection(queries.newest_watermark(workspace), Month(2026, 10), COUNTY, "public_toilets", Level.TOWN)
    frozen = queries.freeze_pages(workspace.acting(SYSTEM), [Page.OVERVIEW], here)
    wish = SnapshotWish(title=LONG, note=LONG, series=EVIL)
    numbers["snapshot"] = actions.create_snapshot(workspace, frozen, wish, actor=li, now=now).number
    actions.set_disabled(workspace, people["zhou"].account, True, reason=LONG, actor=admin, now=now)
    return numbers


def workbook() -> bytes:
    """A file to be uploaded whose sheet, title, headers, units, remarks and cells are hostile."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = EVIL.translate(dict.fromkeys(map(ord, "[]:*?/\\'")))[:31]
    plain = EVIL[:-1]
    sheet.append([f"{plain} 2026年6月"])
    sheet.append(["村", "清理生活垃圾(吨)", f"公厕({plain})", plain, f"备注{'W' * 2_000}"])
    sheet.append(["滨江东路社区", 12, plain, plain, LONG])
    sheet.append([plain, "=1+1", 3, "@SUM(1)", plain])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
