"""PostgreSQL restarted as if its power were cut, its backends ended, and the line cut right before or after a COMMIT."""

import contextlib
import random
import selectors
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from ecodash import actions, queries
from ecodash.errors import OutcomeUnknown, StoreTrouble, SubmissionRejected
from ecodash.store.tables import batch
from ecodash.workspace import Workspace
from tests.faults import office
from tests.faults.office import CLERK, MONTHS, NOW, Word
from tests.faults.report import FaultReport
from tests.postgres_server import Server, running_server

NAME = "postgres"
KINDS = ("before", "after", "terminate", "restart")
_COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
"""The message of that statement, and nothing else that has the word in it."""


class Line:
    """A line to the server that can be cut: right before a COMMIT is handed on, or right after the server has answered it.

    Args:
        port: of the server, on 127.0.0.1.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.cut = ""
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._to)) as far:
            selector = selectors.DefaultSelector()
            selector.register(near, selectors.EVENT_READ)
            selector.register(far, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    source = near if key.fileobj is near else far
                    data = source.recv(1 << 16)
                    if not data:
                        return
                    if source is near and self.cut and _COMMIT in data:
                        kind, self.cut = self.cut, ""
                        self.cuts += 1
                        if kind == "after":
                            far.sendall(data)
                            far.recv(1 << 16)
                        return
                    (far if source is near else near).sendall(data)


@dataclass(frozen=True)
class Attempt:
    """A file that was sent: what came of it."""

    name: str
    content: bytes
    word: Word | None
    trouble: StoreTrouble | None = None


def _try(workspace: Workspace, draw: random.Random, name: str) -> Attempt:
    codes = office.villages(workspace)
    content = office.report_of(codes[: draw.randint(5, 60)], draw, draw.sample(MONTHS, 2))
    try:
        return Attempt(name, content, office.word_of(office.send(workspace, content, name)))
    except StoreTrouble as trouble:
        return Attempt(name, content, None, trouble)


def _until_hit(workspace: Workspace, draw: random.Random, name: str, most: int = 40) -> list[Attempt]:
    """Send until something goes wrong."""
    found: list[Attempt] = []
    while len(found) < most and (not found or found[-1].trouble is None):
        found.append(_try(workspace, draw, f"{name}-{len(found)}.csv"))
    return found


def _names(workspace: Workspace) -> set[str]:
    with workspace.store.reading() as connection:
        return set(connection.execute(sa.select(batch.c.file_name)).scalars())


def _hit(kind: str, workspace: Workspace, server: Server, line: Line, draw: random.Random, name: str) -> list[Attempt]:
    """Bring a fault about while files are sent."""
    if kind in ("before", "after"):
        line.cut = kind
        return _until_hit(workspace, draw, name)
    delay, done = draw.uniform(0.0, 0.6), threading.Event()

    def strike() -> None:
        time.sleep(delay)
        while not done.is_set():
            if kind == "restart":
                server.stop("immediate")
                time.sleep(0.2)
                server.start(())
                return
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ecodash' "
                "AND state IN ('active', 'idle in transaction')"
            )
            time.sleep(0.01)

    striker = threading.Thread(target=strike)
    striker.start()
    attempts = _until_hit(workspace, draw, name)
    done.set()
    striker.join()
    return attempts


def _again(workspace: Workspace, attempt: Attempt, names: set[str], report: FaultReport, where: str) -> Word | None:
    """Send what failed once more, as the message says: what is there already is refused as identical."""
    was_there = attempt.name in names
    if was_there and not isinstance(attempt.trouble, OutcomeUnknown):
        report.problems.append(f"{where}: said not to be saved, and was: {attempt.trouble}")
    try:
        done = office.word_of(office.send(workspace, attempt.content, attempt.name))
    except SubmissionRejected:
        if not was_there:
            report.problems.append(f"{where}: refused as identical, and is not there")
        return None
    if was_there:
        report.blame(where, ["a file was taken twice"])
    return done


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[tuple[Server, Line, Path, Callable[[int], str]]]:
    with running_server(()) as server:
        line = Line(server.port)
        database = server.new_database()

        def url(port: int) -> str:
            return server.url(database).replace(f":{server.port}/", f":{port}/")

        try:
            yield server, line, folder / "postgres", url
        finally:
            line.close()


def run(rounds: int, seed: int, folder: Path) -> FaultReport:
    """So many faults, one kind after the other, under one app that is never restarted."""
    report, draw = FaultReport(NAME), random.Random(seed)
    outcomes: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    told: list[Word] = []
    with _opened(folder) as (server, line, home, url):
        home.mkdir()
        with office.opened(home, database_url=url(line.port)) as workspace:
            actions.add_regions(workspace, ["500230"], actor=CLERK, now=NOW)
            for number in range(rounds):
                kind, where = KINDS[number % len(KINDS)], f"round {number}, {KINDS[number % len(KINDS)]}"
                attempts = _hit(kind, workspace, server, line, draw, f"{number}")
                report.rounds += 1
                told += [one.word for one in attempts if one.word is not None]
                last = attempts[-1]
                if last.trouble is None:
                    report.problems.append(f"{where}: nothing was hit")
                    continue
                report.tell(f"{last.trouble.what}{last.trouble.remedy}".replace(str(line.port), "…"))
                # The same process goes on by itself.
                try:
                    names = _names(workspace)
                except StoreTrouble:
                    names = _names(workspace)
                is_unknown = isinstance(last.trouble, OutcomeUnknown)
                outcomes[kind][
                    ("unknown" if is_unknown else "refused") + (", there" if last.name in names else "")
                ] += 1
                if again := _again(workspace, last, names, report, where):
                    told.append(again)
                for one in office.missing(workspace, told[-50:]):
                    report.lose(where, one)
        with office.opened(home, database_url=url(server.port)) as workspace:
            for one in office.missing(workspace, told):
                report.lose("at the end", one)
            report.blame("at the end", office.unsound(workspace))
            unannounced = office.count_batches(workspace) - len(told)
            watermark = queries.newest_watermark(workspace)
            with workspace.store.reading() as connection:
                version = connection.execute(sa.text("SHOW server_version")).scalar_one()
    there = sum(counts["unknown, there"] for counts in outcomes.values())
    if unannounced != there:
        report.problems.append(f"{unannounced} batches nobody was told of, {there} of unknown outcome")
    report.acknowledged = len(told)
    english = {
        "before": "line cut before COMMIT",
        "after": "line cut after COMMIT",
        "terminate": "backend ended",
        "restart": "immediate restart",
    }
    chinese = {"before": "COMMIT 前断线", "after": "COMMIT 后断线", "terminate": "结束后端", "restart": "立即重启"}
    words = {
        "unknown": "说明结果不明（事后没有）",
        "unknown, there": "说明结果不明（事后已在）",
        "refused": "说明没有保存",
        "refused, there": "误说没有保存",
    }
    told_of = {
        "unknown": "told as unknown (it was not there)",
        "unknown, there": "told as unknown (it was there)",
        "refused": "told as not saved",
        "refused, there": "wrongly told as not saved",
    }

    def summed(kinds: dict[str, str], names: dict[str, str]) -> str:
        return "; ".join(
            f"{kinds[kind]}: " + ", ".join(f"{names[one]} {count}" for one, count in counts.items())
            for kind, counts in outcomes.items()
            if counts
        )

    report.done = [
        (
            "真实的 PostgreSQL（fsync 打开）和自己的一段可以剪断的线路：上报时在 COMMIT 送达之前、服务器答复之后剪断；"
            "pg_terminate_backend；pg_ctl -m immediate 停止后再启动。程序始终不重启；出错的文件按提示再传一次。",
            "A real PostgreSQL (fsync on) behind a line of our own that can be cut: before a COMMIT arrives, after the server "
            "has answered it; pg_terminate_backend; pg_ctl -m immediate and a new start. The app is never restarted; what "
            "failed is sent once more, as the message says.",
        )
    ]
    report.notes = [
        (
            f"{summed(chinese, words)}。再传一次时，已在的都被判为数据完全相同，没有重复；共 {watermark} 批。连接池自行恢复。",
            f"{summed(english, told_of)}. Sent once more, what was there was refused as identical, and nothing was taken "
            f"twice; {watermark} batches in all. The pool recovered by itself.",
        ),
        (f"PostgreSQL {version}。", f"PostgreSQL {version}."),
    ]
    report.not_tried = [
        (
            "主备切换；网络分区后旧主库仍在写；PostgreSQL 磁盘满。",
            "A switch to a standby; a former primary that still writes after a partition; a full disk of PostgreSQL.",
        )
    ]
    return report
