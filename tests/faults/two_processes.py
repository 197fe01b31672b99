"""Two processes on one file: the second is told which one has it, and imports go through the one that runs."""

import json
import os
import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ecodash.settings import PROJECT_ROOT
from tests.faults import office
from tests.faults.office import MONTHS, Word
from tests.faults.report import FaultReport

NAME = "two_processes"
_HELD = 3


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "ECODASH_HOME": str(home), "PYTHONPATH": str(PROJECT_ROOT), "ECODASH_OPEN": "1"}


def _command(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "ecodash", *arguments, "--json"],
        cwd=PROJECT_ROOT, env=_environment(home), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def _started(home: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(PROJECT_ROOT / "tests" / "web" / "server.py")],
        cwd=PROJECT_ROOT, env=_environment(home), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def run(rounds: int, seed: int, folder: Path, *, imports_at_once: int = 2, rivals: int = 1) -> FaultReport:
    """So many times, while one app has the store: other apps, a command that needs the store, and imports at once."""
    report, draw = FaultReport(NAME), random.Random(seed)
    home = office.make_home(folder / "two")
    with office.opened(home) as workspace:
        codes = office.villages(workspace)
    app = _started(home)
    told: list[Word] = []
    try:
        assert app.stdout is not None
        assert app.stdout.readline().startswith("http://")
        for number in range(rounds):
            files = []
            for place in range(imports_at_once):
                file = folder / f"{number}-{place}.csv"
                file.write_bytes(office.report_of(codes[place * 20 : place * 20 + 20], draw, MONTHS[:2]))
                files.append(file)
            with ThreadPoolExecutor(4) as pool:
                imports = [
                    pool.submit(_command, home, "import", str(file), "--reason", "已核实", "--publish")
                    for file in files
                ]
                second = pool.submit(_command, home, "batches")
                apps = [pool.submit(_rival, home) for _ in range(rivals)]
            report.rounds += 1
            for done in (one.result() for one in imports):
                if done.returncode:
                    report.problems.append(f"round {number}: import ended with {done.returncode}: {done.stdout[:300]}")
                    continue
                receipt = json.loads(done.stdout)
                told.append(Word("batch", receipt["batch"], receipt["cells"]))
            refused = second.result()
            error = json.loads(refused.stdout).get("error", {}) if refused.returncode == _HELD else {}
            if error.get("kind") != "StoreHeld" or error.get("pid") != app.pid:
                report.problems.append(f"round {number}: {refused.returncode} {refused.stdout[:300]}")
            else:
                report.tell(f"{error['what']}{error['remedy']}".replace(str(app.pid), "…"))
            for said in (one.result() for one in apps):
                if "进程" not in said:
                    report.problems.append(f"round {number}: a second app said {said[-300:]}")
    finally:
        app.send_signal(signal.SIGTERM)
        app.wait(timeout=60)
        if app.stdout is not None:
            app.stdout.close()
    with office.opened(home) as workspace:
        for one in office.missing(workspace, told):
            report.lose("at the end", one)
        report.blame("at the end", office.unsound(workspace))
        if office.count_batches(workspace) != len(told):
            report.problems.append(f"{office.count_batches(workspace)} batches, {len(told)} were told")
    report.acknowledged = len(told)
    report.done = [
        (
            "一个进程开着库时，同时运行：第二个网页服务、一条要打开库的命令、两条 import。",
            "While one app has the store, at the same time: a second app, a command that needs the store, and two imports.",
        )
    ]
    report.notes = [
        (
            f"第二个进程每次都被拒绝并说出占用的进程号；{len(told)} 次 import 都交给运行中的进程完成。",
            f"The second process was refused each time, with the number of the one that has it; {len(told)} imports went "
            "through the one that runs.",
        )
    ]
    report.not_tried = [
        (
            "文件放在网络盘（NFS、SMB）上：那里的文件锁不可靠，不支持。",
            "The file on a network drive (NFS, SMB): locks are not reliable there; not supported.",
        )
    ]
    return report


def _rival(home: Path) -> str:
    """What a second app says before it ends."""
    rival = subprocess.run(
        [sys.executable, str(PROJECT_ROOT / "tests" / "web" / "server.py")],
        cwd=PROJECT_ROOT, env=_environment(home), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return rival.stdout + rival.stderr
