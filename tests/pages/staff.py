"""People with accounts in the small store of the page tests, what they hand in, and the page as one of them sees it."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ecodash import actions
from ecodash.domain.access import Actor, Grant, Role
from ecodash.domain.regions import region_key
from ecodash.domain.review import CellComment, Filing
from ecodash.link_key import hash_token
from ecodash.settings import load_settings
from ecodash.store.records import accounts, sessions
from ecodash.workspace import Workspace, open_workspace

COUNTY, JILONG = region_key("500230"), region_key("500230123")
"""暨龙镇 with 九龙泉村; the two communities of the store's other figures lie in 三合街道."""
SANHE = region_key("500230001")

PEOPLE: dict[str, tuple[str, tuple[Grant, ...]]] = {
    "admin": ("赵管理", (Grant(Role.ADMINISTRATOR, 0),)),
    "li": ("李审核", (Grant(Role.REVIEWER, COUNTY),)),
    "sun": ("孙复核", (Grant(Role.REVIEWER, COUNTY),)),
    "wang": ("王镇员", (Grant(Role.REPORTER, SANHE),)),
    "chen": ("陈镇员", (Grant(Role.REPORTER, JILONG),)),
    "zhou": ("周领导", (Grant(Role.VIEWER, COUNTY),)),
}

JULY = "2026年7月月报,\n村,清理生活垃圾(吨)\n{}\n"
"""A month nothing was reported for: what is handed in is new, and no rule finds anything to compare it with."""


def july(*rows: tuple[str, float]) -> bytes:
    """Figures of July for some villages."""
    return JULY.format("\n".join(f"{village},{value}" for village, value in rows)).encode("gb18030")


def engage(home: Path) -> dict[str, Actor]:
    """Make the accounts, each with an open session whose token is the login; login → actor."""
    workspace, now = open_workspace(load_settings({"ECODASH_HOME": str(home)})), datetime.now(UTC)
    actors = {}
    with workspace.store.writing() as connection:
        for login, (name, grants) in PEOPLE.items():
            number = accounts.insert_account(
                connection, login=login, name=name, unit="", grants=grants, password_hash="", must_change=False,
                created_by="测试", now=now,
            )  # fmt: skip
            sessions.insert_session(
                connection, token_hash=hash_token(login), number=number, method="password", now=now,
                ends_at=now + timedelta(hours=8), address="127.0.0.1", agent="test",
            )  # fmt: skip
            actors[login] = Actor(name, "page", grants, number, login)
    workspace.close()
    return actors


def hand_in(workspace: Workspace, actor: Actor, content: bytes, name: str = "月报.csv", **more: int) -> Filing:
    """Read a file and hand it in."""
    now = datetime.now(UTC)
    upload = actions.read_file(workspace, content, name, actor=actor, now=now)
    assert not upload.intake.faults, upload.intake.faults
    filing = actions.deliver(workspace, upload, actor=actor, now=now, reasons={"": "已逐村核实"}, **more)
    assert isinstance(filing, Filing)
    return filing


def return_it(workspace: Workspace, actor: Actor, number: int, comment: str, *cells: CellComment) -> None:
    """Return a filing."""
    actions.return_filing(workspace, number, comment=comment, cells=cells, actor=actor, now=datetime.now(UTC))


def in_store(home: Path, work: Callable[[Workspace], None]) -> None:
    """Do something in a store that no page holds open."""
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
    try:
        work(workspace)
    finally:
        workspace.close()


def copy_of(home: Path, folder: Path) -> Path:
    """A copy of a home for one test."""
    return Path(shutil.copytree(home, folder / "home"))
