"""A session open for a day: thousands of clicks, a machine that sleeps, the end of a session, the end of the app."""

import random
import signal
import threading
import time
from pathlib import Path

import httpx
import psutil

from ecodash.settings import load_settings
from ecodash.web.client import KEY_HEADER
from ecodash.web.handle import find_handle
from tests.faults import office
from tests.faults.handled_app import App, running_app
from tests.faults.office import MONTHS, Word
from tests.faults.report import FaultReport
from tests.pages.staff import engage
from tests.tab import Tab, is_let_in

NAME = "long_session"
PAGES = ("overview", "ranking", "profile", "snapshots", "progress", "account")
_ENDED = "请重新登录"
_MOST_SECONDS = 35
_VILLAGES = ("500230123001", "500230123201", "500230123202")


def _held(app: App) -> float:
    return float(psutil.Process(app.process.pid).memory_info().rss) / 1e6


def _click_on(app: App, rounds: int, draw: random.Random, report: FaultReport) -> list[tuple[int, float]]:
    """Click so many times in three tabs that stay open: how much memory the app held after a tenth each."""
    tabs, levels = [Tab(app.url, login) for login in ("wang", "zhou", "li")], []
    for number in range(rounds):
        page = PAGES[number % len(PAGES)]
        month = draw.choice(MONTHS)
        said = draw.choice(tabs).read(page, query=f"month={month}")
        if _ENDED in said or "这一页出错了" in said:
            report.problems.append(f"click {number}: {page} was not shown")
            break
        if number % max(rounds // 10, 1) == 0:
            levels.append((number, _held(app)))
    levels.append((rounds, _held(app)))
    for tab in tabs:
        tab.close()
    return levels


def _sleep_and_wake(app: App, report: FaultReport) -> None:
    """A machine sleeps: the connection is gone, the page stays; after the idle time only the way to sign in is shown."""
    tab = Tab(app.url, "wang")
    tab.read("ranking")
    first = tab.page_id
    tab.close()
    again = Tab(app.url, "wang", resumes=first)
    again.read("ranking")
    if again.page_id != first:
        report.problems.append("a page was not taken up again after its connection was gone")
    app.set("minutes", "31")
    said = again.read("ranking")
    if _ENDED not in said:
        report.problems.append("nothing was said of a session that ended")
    else:
        report.tell("请重新登录。登录已失效：长时间没有操作、已在别处退出，或账号有变动。没有保存的内容需要重新填写。")
    again.close()
    if is_let_in(app.url, "wang", again.page_id):
        report.problems.append("a tab was let in after its session had ended")
    answer = app.ask("/ranking", "wang")
    if answer.status_code != httpx.codes.SEE_OTHER or "/login" not in answer.headers.get("location", ""):
        report.problems.append(f"a page asked for after the session had ended: {answer.status_code}")
    app.set("minutes")


def _stop(app: App, draw: random.Random, report: FaultReport) -> tuple[list[Word], float]:
    """SIGTERM while tabs are open and a file is imported: what was acknowledged, and how long the end took."""
    tabs = [Tab(app.url, login) for login in ("wang", "zhou")]
    for tab in tabs:
        tab.read("overview")
    handle = find_handle(load_settings({"ECODASH_HOME": str(app.home)}).handle_file)
    assert handle is not None
    told: list[Word] = []
    refused: list[str] = []

    def send() -> None:
        for _ in range(50):
            content = office.report_of(_VILLAGES, draw, MONTHS[:6])
            try:
                answer = httpx.post(
                    f"{app.url}/api/import", content=content, headers={KEY_HEADER: handle.key}, timeout=120,
                    params={"name": "月报.csv", "publish": "1", "reasons": '{"": "已核实"}'},
                )  # fmt: skip
            except httpx.TransportError:
                return
            values = answer.json()
            if "error" in values:
                refused.append(f"{values['error']['what']}{values['error']['remedy']}")
                return
            told.append(Word("batch", values["batch"], values["cells"]))

    sender = threading.Thread(target=send)
    sender.start()
    limit = time.monotonic() + 60
    while not told and sender.is_alive() and time.monotonic() < limit:
        time.sleep(0.05)
    time.sleep(draw.uniform(0.0, 1.0))
    begun = time.perf_counter()
    app.process.send_signal(signal.SIGTERM)
    code = app.process.wait(timeout=120)
    seconds = time.perf_counter() - begun
    sender.join()
    for said in refused:
        report.tell(said)
    if seconds > _MOST_SECONDS:
        report.problems.append(f"the end took {seconds:.0f} s")
    if code not in (0, -signal.SIGTERM, 128 + signal.SIGTERM):
        report.problems.append(f"the app ended with {code}")
    if (app.home / "app.json").exists():
        report.problems.append("the handle of the app is still there")
    for tab in tabs:
        tab.close()
    return told, seconds


def run(rounds: int, seed: int, folder: Path) -> FaultReport:
    """So many clicks, then a sleep, the end of a session, and a stop of the app."""
    with running_app(make_home(folder / "long", seed), folder) as app:
        return tried(app, rounds, seed)


def make_home(folder: Path, seed: int) -> Path:
    """An installation with figures and accounts."""
    home = office.make_home(folder)
    with office.opened(home) as workspace:
        office.send(workspace, office.report_of(office.villages(workspace), random.Random(seed), MONTHS))
    engage(home)
    return home


def tried(app: App, rounds: int, seed: int) -> FaultReport:
    """As run, in an app that runs already: it is ended."""
    report, draw = FaultReport(NAME, rounds=rounds), random.Random(seed)
    levels = _click_on(app, rounds, draw, report)
    _sleep_and_wake(app, report)
    told, seconds = _stop(app, draw, report)
    report.acknowledged = len(told)
    with office.opened(app.home) as workspace:
        for one in office.missing(workspace, told):
            report.lose("after SIGTERM", one)
        report.blame("after SIGTERM", office.unsound(workspace))
    (half, at_half), (_, at_end) = levels[len(levels) // 2], levels[-1]
    growth = (at_end - at_half) / max(rounds - half, 1) * 1000
    report.done = [
        (
            f"真实的网页服务，三个人的页面一直开着，共点击 {rounds:,} 次（换页面、换月份）；断开长连接再恢复；"
            "把会话的时钟拨快 31 分钟；最后在有人看页面、有文件正在导入时发 SIGTERM。",
            f"The real app with three people's pages open, {rounds:,} clicks (pages and months changed); a websocket lost and "
            "taken up again; the clock of sessions set on by 31 minutes; at last SIGTERM while pages are open and files are "
            "being imported.",
        )
    ]
    report.notes = [
        (
            f"进程占用内存：开始 {levels[0][1]:.0f} MB，点到一半 {at_half:.0f} MB，结束 {at_end:.0f} MB；后一半每千次点击增加 {growth:.1f} MB。"
            f"SIGTERM 后 {seconds:.1f} 秒结束，其间确认过的 {len(told)} 批都在。",
            f"Memory of the process: {levels[0][1]:.0f} MB at the beginning, {at_half:.0f} MB half way, {at_end:.0f} MB at the end; "
            f"{growth:.1f} MB for a thousand clicks in the second half. It ended {seconds:.1f} s after SIGTERM, with all "
            f"{len(told)} batches acknowledged meanwhile.",
        )
    ]
    report.not_tried = [
        (
            "真的开一整天：以点击次数和拨快的时钟代替。电脑睡眠超过 2 分钟后，服务器不再保留那一页，浏览器自动重新打开，未提交的内容需重填。",
            "A real day: clicks and a clock set on stand for it. A page is kept for 2 minutes after its connection is lost; "
            "after a longer sleep the browser opens it anew, and what was not submitted is to be filled in again.",
        )
    ]
    return report
