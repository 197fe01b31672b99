"""A power cut, imitated: the file and its log as a disk may have them, cut off, damaged or padded with zeros at the end."""

import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from ecodash import queries
from ecodash.errors import UserError
from ecodash.store import check, newest_mark
from tests.faults import office
from tests.faults.office import MONTHS, Ledger, Word
from tests.faults.report import FaultReport

NAME = "power_cut"
KINDS = ("truncated", "zeros", "flipped", "length", "gone")
_DAMAGED = KINDS[2:]
"""No power cut, but damage of what was acknowledged: it is to be told, or to hurt nothing."""
_COMMITS = 8


@dataclass(frozen=True)
class Point:
    """What was acknowledged when the log had this many bytes, and the digest of the store then."""

    size: int
    word: Word
    digest: str


def commits(home: Path, out: Path, seed: int) -> None:
    """Commit a few times, and note after each acknowledgement how long the log is; copy file and log as they are then."""
    draw, told = random.Random(seed), Ledger(out / "told")
    database = home / "ecodash.duckdb"
    log = database.with_name(f"{database.name}.wal")
    with office.opened(home) as workspace:
        codes = office.villages(workspace)
        for _ in range(_COMMITS):
            content = office.report_of(codes[: draw.randint(5, 150)], draw, draw.sample(MONTHS, 2))
            done = office.word_of(office.send(workspace, content))
            with workspace.store.reading() as connection:
                digest = check.digest(connection, done.number)
            told.note(Word("batch", done.number, done.cells, name=f"{log.stat().st_size} {digest}"))
        (out / "file").write_bytes(database.read_bytes())
        (out / "log").write_bytes(log.read_bytes())


def look(home: Path) -> Word:
    """How far a store comes that is opened as it was left, or what is said."""
    try:
        with office.opened(home) as workspace:
            watermark = queries.newest_watermark(workspace)
            problems = office.unsound(workspace)
            with workspace.store.reading() as connection:
                digest = check.digest(connection, watermark)
        return Word("opened", watermark, len(problems), name=f"{digest} {problems[:2]}")
    except UserError as error:
        return Word("told", name=f"{error.what}{error.remedy}")
    except Exception as error:
        return Word("raised", name=f"{type(error).__name__}: {error}")


def _cut(log: bytes, draw: random.Random, kind: str) -> tuple[bytes, int]:
    """A log as a disk may have it, and how many bytes of it are certainly as they were written."""
    size = draw.randrange(len(log) + 1)
    if kind == "truncated":
        return log[:size], size
    if kind == "zeros":
        # The file's length reached the disk before its last blocks did.
        return log[:size] + bytes(len(log) - size), size
    if kind == "gone":
        return b"", len(log)
    if kind == "length":
        # An entry says that it goes on beyond the end: DuckDB takes that for one that was not finished.
        place = draw.choice(_entries(log))
        return log[: place + 6] + b"\x01" + log[place + 7 :], len(log)
    place = draw.randrange(max(len(log) - 4096, 0), len(log))
    damaged = bytearray(log)
    for offset in range(place, min(place + draw.randint(1, 64), len(log))):
        damaged[offset] ^= draw.randrange(1, 256)
    return bytes(damaged), len(log)


def _entries(log: bytes) -> list[int]:
    """Where the entries of a log begin: length and checksum, eight bytes each, then what was written."""
    places, place = [], 8
    while place < len(log):
        places.append(place)
        place += 16 + int.from_bytes(log[place : place + 8], "little")
    assert place == len(log)
    return places


def once(number: int, seed: int, out: Path, tried: Path, sizes: list[int]) -> Word:
    """One cut: what opening says, and how many bytes of the log were sound."""
    file, log = (out / "file").read_bytes(), (out / "log").read_bytes()
    left, sound = _cut(log, random.Random(seed * 1_000_003 + number), KINDS[number % len(KINDS)])
    shutil.rmtree(tried, ignore_errors=True)
    tried.mkdir()
    (tried / "ecodash.duckdb").write_bytes(file)
    if left or KINDS[number % len(KINDS)] != "gone":
        (tried / "ecodash.duckdb.wal").write_bytes(left)
    newest_mark.write(tried / "ecodash.duckdb", sum(size <= sound for size in sizes))
    before = _bytes(tried)
    found = replace(look(tried), undoes=sound)
    if found.kind == "told" and _bytes(tried) != before:
        return replace(found, kind="raised", name=f"what was refused was written to; {found.name}")
    return found


def _bytes(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}


def _synced() -> bool | None:
    """Whether DuckDB has its log on the disk before COMMIT is answered, as the system's calls show; None where they may not
    be looked at."""
    strace = shutil.which("strace")
    if strace is None:
        return None
    script = (
        "import duckdb, os, sys\n"
        "c = duckdb.connect(sys.argv[1])\n"
        "c.execute('CREATE TABLE t(i INTEGER)')\n"
        "c.execute('BEGIN')\nc.execute('INSERT INTO t VALUES (1)')\n"
        "os.write(2, b'asked')\nc.execute('COMMIT')\nos.write(2, b'answered')\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [strace, "-f", "-e", "trace=write,fsync,fdatasync", sys.executable, "-c", script, f"{folder}/s.duckdb"],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    calls = done.stderr.partition('"asked"')[2].partition('"answered"')[0]
    return None if done.returncode or not calls else "fsync(" in calls or "fdatasync(" in calls


def run(rounds: int, seed: int, folder: Path) -> FaultReport:
    """Cut so many times, a fifth of them each way."""
    report, is_synced = FaultReport(NAME), _synced()
    if is_synced is False:
        report.problems.append("DuckDB did not have its log on the disk before COMMIT was answered")
    base, out = office.make_home(folder / "cut"), folder / "cut.out"
    out.mkdir()
    writer = office.start(commits, base, out, seed)
    writer.join()
    points = [Point(int(one.name.split()[0]), one, one.name.split()[1]) for one in Ledger(out / "told").words()]
    assert len(points) == _COMMITS
    assert points[-1].size == (out / "log").stat().st_size
    opened, refused = Counter[str](), Counter[str]()
    for number, found in enumerate(
        office.serially(
            rounds, folder / "cut.answers", once, seed, out, folder / "cut.tried", [one.size for one in points]
        )
    ):
        kind, sound = KINDS[number % len(KINDS)], found.undoes or 0
        # What had been acknowledged when the log had come so far was on the disk: DuckDB has it written before it answers.
        promised = [one for one in points if one.size <= sound]
        report.acknowledged += len(promised)
        report.rounds += 1
        where = f"round {number}, {kind} at {sound}"
        if found.kind == "told":
            refused[kind] += 1
            said = re.sub(r"position \d+", "position …", re.sub(r"第 \d+ 批", "第 … 批", found.name))
            report.tell(re.sub(r"/\S*/(?=ecodash)", "…/", said))
        elif found.kind != "opened":
            report.problems.append(f"{where}: {found.name}")
        elif found.number < len(promised):
            report.lose(where, f"batches {found.number + 1} to {len(promised)}")
        else:
            opened[kind] += 1
            digest = points[found.number - 1].digest if found.number else found.name.split()[0]
            if found.cells or found.name.split()[0] != digest:
                report.blame(where, [f"as of {found.number}: {found.name}"])
    for kind in ("truncated", "zeros"):
        if refused[kind]:
            report.problems.append(f"{kind}: {refused[kind]} refused, although all that was acknowledged was there")
    report.done = [
        (
            f"每次提交 {_COMMITS} 批，确认一批记一次日志长度；然后把数据文件和日志按断电可能留下的样子放回去：日志在任意位置截断、"
            "从任意位置起全是零；再加三种已确认数据的损坏：末尾几十个字节被改写、某一条的长度被改写、日志不见了（各五分之一）。"
            "重新打开，核对恢复到哪一批、摘要是否与当时相同、verify 是否通过；拒绝打开的，核对文件一个字节都没有动。",
            f"{_COMMITS} batches are committed, the log's length noted at each acknowledgement; then file and log are put "
            "back as a power cut may leave them: the log cut off anywhere, or all zeros from anywhere on; and in three ways in "
            "which acknowledged data is damaged: bytes changed near its end, the length of an entry changed, the log gone; a "
            "fifth each. The store is opened, and it is compared which batch it came to, whether its digest is that of then, "
            "and whether verify passes; of what was refused, that no byte was touched.",
        )
    ]
    told = ", ".join(f"{kind} {refused[kind]}/{refused[kind] + opened[kind]}" for kind in _DAMAGED)
    report.notes = [
        (
            f"截断 {opened['truncated']} 次、末尾为零 {opened['zeros']} 次，全部直接打开，恢复到的正好是完整的若干批，已确认的都在。"
            f"已确认的数据被损坏的，拒绝打开并说明办法（改写、长度、不见了：{told}）。",
            f"Cut off {opened['truncated']} times and ended in zeros {opened['zeros']} times: all opened at once, at a whole "
            f"number of batches, with all that was acknowledged. Damage of acknowledged data was refused with the way out: "
            f"{told}.",
        ),
        (
            "末尾为零的日志 DuckDB 自己拒绝打开；本系统取下从未确认过的那一段，整份日志另存为 .wal.torn-1，再打开。"
            "日志不见了、或长度被改写，DuckDB 自己会少了后面的批次而一声不响地打开；本系统在数据文件旁记着最新一批（.newest），少了就拒绝。",
            "DuckDB by itself refuses a log that ends in zeros; the part nobody was told of is taken off, the whole log kept "
            "aside as .wal.torn-1, and the store opened. Without its log, or with the length of an entry changed, DuckDB opens "
            "without the later batches and says nothing; the newest batch is kept beside the file (.newest), and a store that "
            "lacks it is refused.",
        ),
    ]
    if is_synced is None:
        report.notes.append(
            ("本次没有 strace，没有查看 fsync。", "Without strace, whether DuckDB syncs was not looked at.")
        )
    elif is_synced:
        report.notes.append(
            (
                "DuckDB 在 COMMIT 返回之前对日志调用 fsync（本次用 strace 看到）。",
                "DuckDB calls fsync on its log before COMMIT returns (seen in this run with strace).",
            )
        )
    report.not_tried = [
        (
            "真的拔电源；谎报 fsync 的磁盘或虚拟机；整理日志中途断电造成的半页写入；刚建好的日志文件在目录里还没有落盘（DuckDB 不对目录调用 fsync）。",
            "A real power cut; a disk or a virtual machine that lies about fsync; pages half written while the log is moved "
            "into the file; a log just created whose name is not on the disk yet (DuckDB does not sync the folder).",
        )
    ]
    return report
