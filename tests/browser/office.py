"""People of a county with accounts and passwords, what they hand in, and how they sign in before a browser."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from ecodash import actions, passwords, queries
from ecodash.domain.access import SYSTEM, Actor, Grant, Role
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, region_key
from ecodash.domain.review import CellComment, Filing
from ecodash.domain.selection import Selection
from ecodash.settings import load_settings
from ecodash.store import records
from ecodash.workspace import Workspace, open_workspace
from tests.boundaries import FENGDU
from tests.browser.driving import settle, watched_context
from tests.people import cheap_hashing

PASSWORD = "三江口的渡船一九八七"
JILONG, HUWEI, LONGKONG, JIANGCHI, WUPING = (
    region_key(code) for code in ("500230123", "500230101", "500230122", "500230112", "500230114")
)
_TOWNS = {JILONG: "暨龙镇", HUWEI: "虎威镇", LONGKONG: "龙孔镇", JIANGCHI: "江池镇", WUPING: "武平镇"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account.

    Args:
        is_new: still has the password the administrator made.
    """

    login: str
    name: str
    unit: str
    grants: tuple[Grant, ...]
    is_new: bool = False


ADMINISTRATOR = Person("chen.zhiyuan", "陈志远", "县农业农村委", (Grant(Role.ADMINISTRATOR, COUNTRY_KEY),))
REVIEWER = Person("li.xiuying", "李秀英", "县人居办", (Grant(Role.REVIEWER, FENGDU),))
COLLEAGUE = Person("sun.jianguo", "孙建国", "县人居办", (Grant(Role.REVIEWER, FENGDU),))
REPORTER = Person("wang.haiyan", "王海燕", "暨龙镇", (Grant(Role.REPORTER, JILONG),))
LEADER = Person("zhou.zhenghua", "周正华", "县政府", (Grant(Role.VIEWER, FENGDU),))
NEIGHBOUR = Person("zhang.deming", "张德明", "虎威镇", (Grant(Role.REPORTER, HUWEI),))
TRANSFERRED = Person("tang.wei", "唐伟", "江池镇", (Grant(Role.REPORTER, JIANGCHI),))
BEGINNER = Person("zhao.min", "赵敏", "龙孔镇", (Grant(Role.REPORTER, LONGKONG),), is_new=True)
SEVERAL = Person(
    "he.lin", "何琳", "县人居办",
    (Grant(Role.ADMINISTRATOR, COUNTRY_KEY), Grant(Role.REVIEWER, FENGDU), Grant(Role.REPORTER, HUWEI)),
)  # fmt: skip
"""Whoever may use every page."""
PEOPLE = (ADMINISTRATOR, REVIEWER, COLLEAGUE, REPORTER, LEADER, NEIGHBOUR, TRANSFERRED, BEGINNER, SEVERAL)


def engage(home: Path, people: Iterable[Person] = PEOPLE) -> dict[str, str]:
    """Make accounts in a home that nobody has open; login → password."""
    workspace, now, known = open_workspace(load_settings({"ECODASH_HOME": str(home)})), datetime.now(UTC), {}
    try:
        with cheap_hashing():
            for one in people:
                known[one.login] = _engage(workspace, one, now)
    finally:
        workspace.close()
    return known


def _engage(workspace: Workspace, one: Person, now: datetime) -> str:
    made = actions.create_account(
        workspace, one.login, one.name, unit=one.unit, grants=one.grants, actor=SYSTEM, now=now
    )
    if one.is_new:
        return made.first_password
    with workspace.store.writing() as connection:
        kept = passwords.hash_password(PASSWORD)
        records.update_account(connection, made.account.number, password_hash=kept, must_change=False, password_at=now)
    return PASSWORD


# ── in the browser ─────────────────────────────────────────────────────────────────────────────────────────────────


def sign_in(page: Page, url: str, login: str, password: str = PASSWORD) -> None:
    """Open an address as whoever has no session, and sign in with the form it leads to."""
    page.goto(url)
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.click("main form button[type=submit]")


def signed_in(browser: Browser, url: str, size: dict[str, int], login: str, **options: object) -> BrowserContext:
    """A window in which somebody is signed in: its pages open without asking."""
    context, _ = watched_context(browser, size, **options)
    page = context.new_page()
    sign_in(page, url, login)
    page.locator("h1").first.wait_for()
    settle(page)
    page.close()
    return context


# ── something on every desk ────────────────────────────────────────────────────────────────────────────────────────

ACCEPTED, RETURNED, DOUBTFUL, CORRECTION, RETURNED_TO_SEVERAL = 1, 2, 3, 4, 5
"""Numbers of the filings of hand_in_some."""
_REPORTED = ("garbage_cleared", "clutter_cleared", "patrols")
_NEXT = Month(2026, 11)


def hand_in_some(home: Path) -> None:
    """Filings in every state, of a home with the sample and the accounts: accepted, returned, doubtful, a correction,
    returned to whoever may use every page, and two without a doubt."""
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
    try:
        actors = {one.login: one for one in _actors(workspace)}
        hour, begun = timedelta(hours=1), datetime.now(UTC) - timedelta(days=1)
        reporter, neighbour, reviewer = (actors[one.login] for one in (REPORTER, NEIGHBOUR, REVIEWER))
        accepted = _hand_in(workspace, neighbour, HUWEI, Month(2026, 10), begun, {1: 2.4})
        actions.accept_filing(workspace, accepted.number, actor=reviewer, now=begun + hour)
        _return(workspace, _hand_in(workspace, reporter, JILONG, _NEXT, begun, {2: 300.0}), reviewer, begun + 2 * hour)
        _hand_in(workspace, neighbour, HUWEI, _NEXT, begun + 3 * hour, {})
        _hand_in(workspace, reporter, JILONG, Month(2026, 9), begun + 4 * hour, {0: 1.5})
        office = _hand_in(workspace, actors[SEVERAL.login], WUPING, _NEXT, begun + 4 * hour, {2: 400.0})
        _return(workspace, office, reviewer, begun + 5 * hour)
        for place, one in enumerate((BEGINNER, TRANSFERRED), start=6):
            more = {row: 0.4 + row / 10 for row in range(30)}
            _hand_in(workspace, actors[one.login], one.grants[0].region, _NEXT, begun + place * hour, more)
    finally:
        workspace.close()


def _return(workspace: Workspace, filing: Filing, reviewer: Actor, now: datetime) -> None:
    """Return a filing with a remark on a figure of its third village."""
    code, name, _value = _villages(workspace, filing.region, Month(2026, 10), "garbage_cleared")[2]
    remark = CellComment(region_key(code), "garbage_cleared", _NEXT.key, "比 10 月多出近十倍，请核对是否多写了一位。")
    comment = f"除{name}以外都没有问题，改好这一格再报。"
    actions.return_filing(workspace, filing.number, comment=comment, cells=[remark], actor=reviewer, now=now)


def _actors(workspace: Workspace) -> Iterable[Actor]:
    for one in queries.list_accounts(workspace):
        yield Actor(one.name, "page", one.grants, one.number, one.login)


def _villages(workspace: Workspace, town: int, month: Month, indicator: str) -> list[tuple[str, str, float]]:
    """Code, name and figure of the villages of a town."""
    selection = Selection(queries.newest_watermark(workspace), month, town, indicator, Level.VILLAGE)
    rows = queries.unit_ranking(workspace, selection).sort_values("region_code")
    return list(rows[["region_code", "name", "value"]].itertuples(index=False, name=None))


def _hand_in(
    workspace: Workspace, actor: Actor, town: int, month: Month, now: datetime, more: dict[int, float]
) -> Filing:
    """The figures of October again, some of them larger by so much, as the report of a month."""
    columns = {code: _villages(workspace, town, Month(2026, 10), code) for code in _REPORTED}
    catalog = workspace.catalog
    heads = ["村", *(f"{catalog[code].name}({catalog[code].unit})" for code in columns)]
    lines = [f"{month.label}农村人居环境月报" + "," * len(columns), ",".join(heads)]
    for place, (_code, village, _value) in enumerate(columns["garbage_cleared"]):
        figures = [rows[place][2] for rows in columns.values()]
        figures[0] += more.get(place, 0.0)
        lines.append(",".join([village, *(f"{one:.10g}" for one in figures)]))
    content = "\n".join(lines).encode("gb18030")
    name = f"{_TOWNS[town]}{month.label}月报.csv"
    upload = actions.read_file(workspace, content, name, actor=actor, now=now, choices=actions.Choices(within=town))
    assert not upload.intake.faults, upload.intake.faults
    made = actions.deliver(
        workspace, upload, actor=actor, now=now, reasons={"": "已到村核实，清运台账可查"}, was_previewed=True
    )
    assert isinstance(made, Filing)
    return made
