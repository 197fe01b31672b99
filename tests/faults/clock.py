"""A clock that goes back: commits, deadlines, sessions, closed accounts, the audit's chain and backups."""

import random
from datetime import datetime, timedelta
from pathlib import Path

from ecodash import actions, queries, sessions
from ecodash.actions.sign_in_guard import Caller, begin
from ecodash.domain.backup_plan import rotated_out
from ecodash.domain.findings import Standing
from ecodash.errors import SignInRefused
from ecodash.link_key import hash_token
from ecodash.store.records import accounts as account_records
from ecodash.store.records import sessions as session_records
from ecodash.workspace import Workspace
from tests.faults import office
from tests.faults.office import CLERK, MONTHS, NOW, Word
from tests.faults.report import FaultReport

NAME = "clock"
_HERE = Caller("10.1.2.3", "试")


def _person(workspace: Workspace, login: str, token: str, now: datetime) -> None:
    with workspace.store.writing() as connection:
        number = account_records.insert_account(
            connection, login=login, name=login, unit="", grants=(), password_hash="x", must_change=False,
            created_by="试", now=now,
        )  # fmt: skip
        session_records.insert_session(
            connection, token_hash=hash_token(token), number=number, method="password", now=now,
            ends_at=now + timedelta(hours=12), address="127.0.0.1", agent="试",
        )  # fmt: skip


def _order(workspace: Workspace, steps: list[datetime], draw: random.Random, report: FaultReport) -> list[Word]:
    """Commit at each of some times, most of them before the last: later batches stand, whatever the clock said."""
    codes, told = office.villages(workspace), []
    for moment in steps:
        done = office.send(workspace, office.report_of(codes[:20], draw, [MONTHS[0]]), now=moment)
        told.append(office.word_of(done))
    numbers = [one.number for one in told]
    if numbers != sorted(set(numbers)):
        report.problems.append(f"batches are numbered {numbers}")
    return told


def _locked(workspace: Workspace, login: str, now: datetime) -> bool:
    try:
        begin(workspace, _HERE, now, login=login)
    except SignInRefused:
        return True
    return False


def _sessions(workspace: Workspace, ahead: timedelta, report: FaultReport, number: int) -> None:
    """A session and a closed account of a time that turns out to be in the future."""
    login, token, wrong = f"u{number}", f"token-{number}", NOW + ahead
    _person(workspace, login, token, wrong)
    while not _locked(workspace, login, wrong):
        pass
    holds = sessions.find(workspace, token, now=NOW) is not None
    idle = timedelta(minutes=workspace.settings.idle_minutes)
    if holds != (ahead < idle):
        report.problems.append(f"a session {ahead} ahead {'holds' if holds else 'ended'}")
    if ahead > timedelta(hours=1) and _locked(workspace, login, NOW):
        report.problems.append(f"an account closed for a minute at a time {ahead} ahead is closed still")


def _backups(workspace: Workspace, ahead: timedelta, report: FaultReport) -> None:
    """Backups of the wrong time do not make those of the right time go."""
    days = [NOW + ahead + timedelta(days=day) for day in range(2)] + [
        NOW + timedelta(minutes=1),
        NOW + timedelta(days=1),
    ]
    for moment in days:
        made = actions.make_backup(workspace, actor=CLERK, now=moment, is_automatic=True)
        gone = rotated_out(queries.list_backups(workspace), workspace.settings.backup_keep)
        if made.name in {one.name for one in gone}:
            report.problems.append(f"the backup of {moment:%Y-%m-%d} would be rotated out at once")


def run(rounds: int, seed: int, folder: Path) -> FaultReport:
    """Set the clock back so many times, by seconds to years."""
    report, draw = FaultReport(NAME), random.Random(seed)
    home, told = office.make_home(folder / "clock"), list[Word]()
    steps = [timedelta(seconds=20), timedelta(minutes=10), timedelta(hours=8), timedelta(days=1), timedelta(days=400)]
    warned, furthest = 0, timedelta()
    with office.opened(home) as workspace:
        now = NOW
        for number in range(rounds):
            back = steps[number % len(steps)] * draw.uniform(0.9, 1.1)
            told += _order(workspace, [now + back, now, now - back / 2], draw, report)
            _sessions(workspace, back, report, number)
            report.rounds += 1
            report.blame(f"round {number}", office.unsound(workspace))
            found = queries.examine(workspace, is_full=False, now=now)
            clock = next(one for one in found if one.name == "clock")
            warned += clock.standing is not Standing.OK
            # What was written at the furthest time so far stays the newest record.
            furthest = max(furthest, back)
            if (clock.standing is Standing.OK) != (furthest < timedelta(minutes=2)):
                report.problems.append(f"doctor says of a clock {back} back: {clock.what}")
            if clock.standing is not Standing.OK and not report.messages:
                report.tell(f"{clock.what}{clock.remedy}")
        _backups(workspace, timedelta(days=400), report)
    with office.opened(home) as workspace:
        for one in office.missing(workspace, told):
            report.lose("at the end", one)
        report.blame("at the end", office.unsound(workspace))
        report.acknowledged = len(told)
    report.done = [
        (
            "时钟分别倒退约 20 秒、10 分钟、8 小时、1 天、400 天：倒退前后都上报，都有人登录、有账号被锁，都做自动备份；"
            "核对批次次序、以后报的为准、登录时限、锁定时限、备份轮换、审计链和 verify。",
            "The clock goes back by about 20 seconds, 10 minutes, 8 hours, a day and 400 days. Reports, sessions, closed "
            "accounts and automatic backups of before and after: the order of batches, which figure stands, how long "
            "sessions and locks last, the rotation of backups, the audit's chain and verify.",
        )
    ]
    report.notes = [
        (
            f"批次以编号定先后，与时钟无关；{report.rounds} 次里 doctor {warned} 次提示时钟倒退（相差 2 分钟以内不提示）。"
            "登录时刻比现在晚超过闲置时限的会话作废；锁定不会因时钟倒退而变长。",
            f"Batches are ordered by number, whatever the clock; doctor warned {warned} of {report.rounds} times (not below "
            "2 minutes). A session of a time further ahead than the idle limit ends; no lock grows longer.",
        )
    ]
    report.not_tried = [
        (
            "真的改系统时间（由参数传入）；动态验证码在时钟不准时的表现由其时间窗口决定。快照有效期按生成时的时钟计算，不随校时改变。",
            "Setting the system's clock itself (the time is an argument everywhere); one-time codes follow their own window. "
            "A snapshot's end was worked out by the clock of then, and stays.",
        )
    ]
    return report
