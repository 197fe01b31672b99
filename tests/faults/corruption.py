"""A damaged file: bytes changed anywhere, cut off, empty, no database at all, gone; and the way back by the backup."""

import hashlib
import random
import re
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

from ecodash import actions, queries
from ecodash.domain.access import operator
from ecodash.errors import UserError
from ecodash.settings import Settings
from ecodash.store import check
from ecodash.store.examination import open_to_read
from tests.faults import office
from tests.faults.office import CLERK, MONTHS, NOW, Ledger, Word
from tests.faults.report import FaultReport

NAME = "corruption"
KINDS = {
    "head": ("文件头改写几个字节", "bytes of the header changed"),
    "block": ("数据块改写 1 位", "one bit of the blocks changed"),
    "blocks": ("数据块改写 400 位", "400 bits of the blocks changed"),
    "cut": ("文件截断", "the file cut off"),
    "hole": ("中间 64 KB 变成零", "64 KB of zeros in the middle"),
    "empty": ("0 字节", "an empty file"),
    "other": ("换成别的文件", "another kind of file"),
    "gone": ("文件不见了", "the file gone"),
}
_HEADER = 12_288
"""DuckDB's header and its two counterparts take so many bytes."""


def _damaged(data: bytes, kind: str, draw: random.Random) -> bytes | None:
    changed = bytearray(data)
    if kind in ("head", "block", "blocks"):
        first, last = (0, _HEADER) if kind == "head" else (_HEADER, len(data))
        for _ in range({"head": 3, "block": 1, "blocks": 400}[kind]):
            changed[draw.randrange(first, last)] ^= 1 << draw.randrange(8)
    elif kind == "cut":
        del changed[draw.randrange(1, len(data)) :]
    elif kind == "hole":
        place = draw.randrange(len(data) - 65_536)
        changed[place : place + 65_536] = bytes(65_536)
    elif kind == "other":
        return draw.choice([b"PK\x03\x04" + bytes(20_000), b"a,b,c\n" * 5_000, bytes(len(data))])
    return None if kind == "gone" else b"" if kind == "empty" else bytes(changed)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _looked(home: Path) -> Word:
    """What is seen of a store: every figure read and every check made, or what is said."""
    try:
        with office.opened(home) as workspace:
            watermark = queries.newest_watermark(workspace)
            with workspace.store.reading() as connection:
                digest = check.digest(connection, watermark)
            return Word("opened", watermark, len(office.unsound(workspace)), name=digest)
    except UserError as error:
        return Word("told", name=f"{error.what}{error.remedy}")
    except Exception as error:
        return Word("raised", name=f"{type(error).__name__}: {error}")


def _doctored(settings: Settings) -> str:
    """What `doctor` says when it opens the store to read it; empty where it opens."""
    try:
        open_to_read(settings).close()
    except UserError:
        return ""
    except Exception as error:
        return f"doctor: {type(error).__name__}: {error}"
    return ""


def once(number: int, seed: int, base: Path, tried: Path) -> Word:
    """Damage the file, look, and put the backup back: what was said; problems after a NUL."""
    draw, kind = random.Random(seed * 1_000_003 + number), list(KINDS)[number % len(KINDS)]
    settings = office.settings_of(office.copy_home(base, tried))
    file = tried / "ecodash.duckdb"
    damaged = _damaged(file.read_bytes(), kind, draw)
    if damaged is None:
        file.unlink()
    else:
        file.write_bytes(damaged)
    before = _digest(file)
    problems = [_doctored(settings)]
    if _digest(file) != before:
        problems.append("looking at it changed the file")
    found = _looked(tried)
    if found.kind == "told" and _digest(file) != before:
        problems.append("a file that was refused was written to")
    aside_is = _digest(file)
    name = _newest(tried)
    try:
        done = actions.restore_backup(settings, name, actor=operator("管理员", "cli"), now=NOW)
        if aside_is and _digest(done.aside / file.name) != aside_is:
            problems.append("the damaged file was not kept aside as it was")
    except UserError as error:
        problems.append(f"restore: {error}")
    again = _looked(tried)
    return replace(found, undoes=again.number, name="\0".join([found.name, again.name, *filter(None, problems)]))


def _newest(home: Path) -> str:
    return max(one.parent.name for one in (home / "backups").glob("*/backup.json"))


def _prepared(home: Path, answer: Path, seed: int, batches: int) -> None:
    draw = random.Random(seed)
    with office.opened(home) as workspace:
        codes = office.villages(workspace)
        for _ in range(batches):
            office.send(workspace, office.report_of(codes, draw, MONTHS[:4]))
        watermark = queries.newest_watermark(workspace)
        with workspace.store.reading() as connection:
            digest = check.digest(connection, watermark)
        actions.make_backup(workspace, actor=CLERK, now=NOW)
    Ledger(answer).note(Word("batch", watermark, name=digest))


def run(rounds: int, seed: int, folder: Path, *, batches: int = 6) -> FaultReport:
    """Damage the file so many times, each kind in turn."""
    report, base = FaultReport(NAME), office.make_home(folder / "corrupt")
    office.start(_prepared, base, folder / "corrupt.sound", seed, batches).join()
    sound = Ledger(folder / "corrupt.sound").words()[0]
    outcomes: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for number, found in enumerate(
        office.serially(rounds, folder / "corrupt.answers", once, seed, base, folder / "corrupt.tried")
    ):
        kind = list(KINDS)[number % len(KINDS)]
        report.rounds += 1
        report.acknowledged += sound.number
        said, again, *problems = found.name.split("\0") if found.kind != "died" else (found.name, "", "")
        report.problems += [f"round {number}, {kind}: {one}" for one in problems if one]
        if found.kind == "told":
            outcomes[kind]["told"] += 1
            said = re.sub(r"/\S*/(?=ecodash)", "…/", re.sub(r"\d{4,}", "…", said))
            report.tell(re.sub(r"（(IO|.* Error).*?）(?=。)", "（…）", said))
        elif found.kind != "opened":
            report.problems.append(f"round {number}, {kind}: {said}")
        elif found.cells:
            outcomes[kind]["verify"] += 1
        elif (found.number, said) == (sound.number, sound.name):
            outcomes[kind]["untouched"] += 1
        else:
            report.blame(f"round {number}, {kind}", ["other figures were shown and nothing was said"])
        if (found.undoes, again) != (sound.number, sound.name):
            report.lose(f"round {number}, {kind}", f"after restoring: {found.undoes}")
    shutil.rmtree(folder / "corrupt.tried", ignore_errors=True)
    words = {"told": "提示", "verify": "verify 发现", "untouched": "改在没用到的地方，数据分毫不差"}
    english = {"told": "told", "verify": "found by verify", "untouched": "hit unused space: figures exact"}

    def summed(names: dict[str, str], place: int) -> str:
        return "；".join(
            f"{KINDS[kind][place]}: " + ", ".join(f"{names[one]} {count}" for one, count in counts.items())
            for kind, counts in outcomes.items()
            if counts
        )

    report.done = [
        (
            "把数据文件弄坏（" + "、".join(chinese for chinese, _ in KINDS.values()) + "），打开、读出全部流水算摘要、"
            "运行 verify；再用备份恢复，核对摘要，并核对损坏的文件原样另存。",
            "The file is damaged ("
            + ", ".join(told for _, told in KINDS.values())
            + "); it is opened, the whole journal read for its digest, and verify run; then the backup is put back, the "
            "digest compared, and the damaged file is looked for, kept aside as it was.",
        )
    ]
    report.notes = [(summed(words, 0) + "。", summed(english, 1) + ".")]
    report.not_tried = [
        (
            "块内改写后连校验和一起改对（蓄意篡改）：审计链和原文件校验值可发现一部分，见 security.md。",
            "Blocks changed together with their checksums (tampering): the audit's chain and the files' digests find part "
            "of it, see security.md.",
        )
    ]
    return report
