"""The units of systemd, the container's recipe and the manual of operation say what the software does."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ecodash.settings import PROJECT_ROOT, SETTING_NAMES
from ecodash.web.health import LITTLE_SPACE, NO_SPACE
from ecodash.web.stopping import END_SECONDS
from tests.permits.routes import ROUTES

UNITS = sorted((PROJECT_ROOT / "deploy" / "systemd").glob("*.service"))
MANUAL = (PROJECT_ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
DOCKERFILE = (PROJECT_ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_manual_has_every_setting_and_no_other() -> None:
    assert set(re.findall(r"^\| `(ECODASH_\w+)` \|", MANUAL, re.MULTILINE)) == set(SETTING_NAMES)


def test_the_manual_has_every_metric_an_alert_asks_for() -> None:
    code = "".join((PROJECT_ROOT / "ecodash" / name).read_text() for name in ("meters.py", "web/metrics.py"))
    known = set(re.findall(r'"(ecodash_\w+)"', code))
    named = {re.sub(r"_(total|bucket)$", "", name) for name in re.findall(r"\b(ecodash_(?!data)\w+)", MANUAL)}
    assert named <= known
    assert known - named == set(), "every metric has its row"


def test_the_manual_says_what_health_says() -> None:
    assert f"剩余不足 {LITTLE_SPACE // 10**9} GB" in MANUAL
    assert f"剩余不足 {NO_SPACE // 10**6} MB" in MANUAL
    assert "GET /metrics" in ROUTES


def test_every_make_target_and_file_of_the_manual_exists() -> None:
    makefile = (PROJECT_ROOT / "Makefile").read_text()
    assert set(re.findall(r"`make ([a-z-]+)", MANUAL)) <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for place in re.findall(r"`(deploy/[\w./@-]+)`", MANUAL):
        assert (PROJECT_ROOT / place).exists(), place


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_gives_a_stop_the_time_it_takes(unit: Path) -> None:
    text = unit.read_text()
    seconds = int(re.findall(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)[0])
    assert seconds > END_SECONDS
    assert "ProtectSystem=strict" in text
    assert "NoNewPrivileges=yes" in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_reads_a_unit_without_complaint(unit: Path, tmp_path: Path) -> None:
    # It looks whether the program is there: another stands for it.
    name = unit.name.replace("@", "@8501")
    text = unit.read_text().replace("/opt/ecodash/.venv/bin/python", "/bin/true")
    text = re.sub(r"^Documentation=.*\n", "", text, flags=re.MULTILINE)
    (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", f"./{name}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_container_holds_what_the_app_needs_and_runs_as_nobody() -> None:
    copied = set(re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE))
    named = {name for line in copied for name in line.split()}
    assert {"ecodash", "pages", "data", "app.py", ".streamlit", "requirements.lock"} <= named
    assert all((PROJECT_ROOT / name).exists() for name in named)
    let_in = set(re.findall(r"^!(.+)$", (PROJECT_ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert let_in == named
    assert DOCKERFILE.index("USER ecodash") < DOCKERFILE.index("CMD [")
    assert "--require-hashes" in DOCKERFILE
