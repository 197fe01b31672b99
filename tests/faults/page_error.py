"""A page that raises an exception for one person, in drawing or in a click: that person is told, with a number; the others
go on."""

import re
from pathlib import Path

from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.faults import office
from tests.faults.handled_app import App, running_app
from tests.faults.report import FaultReport
from tests.pages.staff import engage
from tests.tab import Tab

NAME = "page_error"
PAGES = ("overview", "ranking", "profile", "progress", "snapshots", "account")
_SAID, _NUMBER = "这一页出错了", re.compile(r"编号 ([0-9A-Z]{6})", re.IGNORECASE)


def _others(app: App, tabs: dict[str, Tab], page: str, report: FaultReport, where: str) -> None:
    for login in ("zhou", "li"):
        said = tabs[login].read(page)
        if _SAID in said or "请重新登录" in said:
            report.problems.append(f"{where}: {login} was hit too")


def _told(app: App, said: str, report: FaultReport, where: str) -> None:
    """The message has a number, which stands in the log."""
    found = _NUMBER.search(said)
    if _SAID not in said or found is None:
        report.problems.append(f"{where}: nothing was said")
        return
    report.tell("这一页出错了。请刷新页面；如果再次出现，请把编号 …… 和刚才的操作告诉管理员，系统日志里有记录。")
    if found[1] not in app.log.read_text(encoding="utf-8", errors="replace"):
        report.problems.append(f"{where}: the number {found[1]} is not in the log")


def run(rounds: int, seed: int, folder: Path) -> FaultReport:
    """Break a page for one person so many times, while two others look at it."""
    home = office.make_home(folder / "page")
    engage(home)
    with running_app(home, folder) as app:
        return tried(app, rounds, seed)


def tried(app: App, rounds: int, seed: int) -> FaultReport:
    """As run, in an app that runs already."""
    report = FaultReport(NAME)
    tabs = {login: Tab(app.url, login) for login in ("wang", "zhou", "li")}
    for number in range(rounds):
        page, where = PAGES[(number + seed) % len(PAGES)], f"round {number}"
        app.set("raise", f"wang {page} draw")
        _told(app, tabs["wang"].read(page), report, f"{where}, {page}")
        _others(app, tabs, page, report, where)
        app.set("raise")
        if _SAID in tabs["wang"].read(page):
            report.problems.append(f"{where}: {page} stays broken")
        # A click that raises before anything is drawn.
        switch = tabs["wang"].widget("language_box")
        app.set("raise", "wang - click")
        _told(app, tabs["wang"].read(page, WidgetState(id=switch, string_value="English")), report, f"{where}, click")
        _others(app, tabs, page, report, where)
        app.set("raise")
        if _SAID in tabs["wang"].read(page):
            report.problems.append(f"{where}: {page} stays broken after a click")
        report.rounds += 2
    for tab in tabs.values():
        tab.close()
    if app.process.poll() is not None:
        report.problems.append("the app ended")
    report.done = [
        (
            "真实的网页服务，三个人各开一个页面；让其中一人的页面在绘制时、在点击时抛出异常，其他两人同时查看同一页；之后再让那人重新打开。",
            "The real app with three people, each with a page open: for one of them the page raises while it is drawn, or in a "
            "click; the two others look at the same page meanwhile; then that person opens it again.",
        )
    ]
    report.notes = [
        (
            f"{report.rounds} 次里 {sum(report.messages.values())} 次给出带编号的提示，编号都在日志里；其他人不受影响，页面长连接没有断。",
            f"{sum(report.messages.values())} of {report.rounds} were told with a number, each of which stands in the log; "
            "nobody else was affected and no websocket was lost.",
        )
    ]
    return report
