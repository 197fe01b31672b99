"""The bundle for machines without the internet: what it is made of, and that its parts refuse what is not as it should be.

`make bundle-test` makes one, installs it and runs it with the network cut off; here stands what can be looked at without
fetching hundreds of megabytes."""

import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from ecodash.settings import PROJECT_ROOT
from tools import bundle
from tools.bundle import BundleFault, Pinned, check_wheels, pack, plain_lock, read_lock, targets, write_sums

LOCK = """alembic==1.20.1 \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:{c}
uvloop==0.23.0 ; platform_python_implementation != 'PyPy' and sys_platform != 'cygwin' and sys_platform != 'win32' \\
    --hash=sha256:{d}
""".format(a="a" * 64, b="b" * 64, c="c" * 64, d="d" * 64)
SYSTEMS = targets(28)


def test_a_lock_is_read_with_its_markers_and_hashes() -> None:
    found = read_lock(LOCK)
    assert [(one.name, one.version, len(one.hashes)) for one in found] == [
        ("alembic", "1.20.1", 2), ("colorama", "0.4.6", 1), ("uvloop", "0.23.0", 1),
    ]  # fmt: skip
    assert [one.name for one in found if one.is_for(SYSTEMS["win_amd64"], "3.11")] == ["alembic", "colorama"]
    assert [one.name for one in found if one.is_for(SYSTEMS["linux_x86_64"], "3.11")] == ["alembic", "uvloop"]
    plain = plain_lock(found)
    assert ";" not in plain
    assert [replaced.hashes for replaced in read_lock(plain)] == [one.hashes for one in found]


def test_every_package_of_the_real_lock_is_read() -> None:
    text = (PROJECT_ROOT / "requirements.lock").read_text()
    found = read_lock(text)
    assert len(found) == len(re.findall(r"^\S+==", text, re.MULTILINE)) > 60
    assert {one.name for one in found} >= {"streamlit", "duckdb", "psycopg-binary", "structlog", "prometheus-client"}
    for one in found:
        for system in SYSTEMS.values():
            one.is_for(system, "3.11")


@pytest.mark.parametrize("entry", ["alembic==1.20.1", "alembic>=1 --hash=sha256:" + "a" * 64, "-r other.txt"])
def test_a_lock_without_version_or_hash_is_refused(entry: str) -> None:
    with pytest.raises(BundleFault):
        read_lock(entry)


# ── wheels ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def wheel(folder: Path, name: str, content: bytes = b"wheel") -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def test_wheels_are_one_of_each_package_as_the_lock_says(tmp_path: Path) -> None:
    folder = tmp_path / "wheels"
    digest = wheel(folder, "python_calamine-0.9.1-cp311-cp311-manylinux_2_17_x86_64.whl")
    package = Pinned("python-calamine", "0.9.1", frozenset({digest}))
    check_wheels([package], folder)
    with pytest.raises(BundleFault, match="not what the lock says"):
        check_wheels([Pinned("python-calamine", "0.9.1", frozenset({"0" * 64}))], folder)
    with pytest.raises(BundleFault, match="0 wheels"):
        check_wheels([package, Pinned("duckdb", "1.5.6", frozenset({digest}))], folder)
    wheel(folder, "other-1.0-py3-none-any.whl")
    with pytest.raises(BundleFault, match=r"other-1\.0"):
        check_wheels([package], folder)


def test_a_package_that_has_only_source_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "wheels"
    digest = wheel(folder, "segno-1.6.6-1.tar.gz")
    with pytest.raises(BundleFault, match=r"segno 1\.6\.6"):
        check_wheels([Pinned("segno", "1.6.6", frozenset({digest}))], folder)


def test_a_package_without_a_wheel_ends_the_making_with_its_name_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No index at all: what pip says of a package that has no file for the platform.
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    out = tmp_path / "dist"
    with pytest.raises(BundleFault, match=r"alembic==|altair==|No matching distribution"):
        bundle.make(SYSTEMS["linux_x86_64"], "3.11", out)
    assert list(out.iterdir()) == []


# ── the folder ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The scripts of a bundle with hardly anything in it."""
    found = tmp_path / "ecodash-1.0"
    shutil.copytree(PROJECT_ROOT / "deploy" / "offline", found)
    (found / "VERSION").write_text(
        f"version: 1.0\ncommit: abc\nplatform: linux_{platform.machine()}\npython: {sys.version_info[0]}.{sys.version_info[1]}\n"
    )
    write_sums(found)
    return found


def install(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "install.py"], cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )


def test_the_sums_are_those_of_sha256sum(folder: Path) -> None:
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
    assert (folder / "SHA256SUMS").read_text().count("\n") == len(list((PROJECT_ROOT / "deploy/offline").iterdir())) + 1


def test_what_was_altered_or_lost_on_the_way_is_not_installed(folder: Path) -> None:
    (folder / "run.sh").write_text("#!/bin/sh\n")
    done = install(folder)
    assert done.returncode == 1
    assert "run.sh 与打包时不同" in done.stderr
    (folder / "run.sh").unlink()
    assert "缺少文件 run.sh" in install(folder).stderr
    assert not (folder / ".venv").exists()


@pytest.mark.parametrize(
    ("line", "said"), [("platform: linux_sparc", "这个安装包用于 linux_sparc"), ("python: 3.1", r"需要 Python 3.1")]
)
def test_a_bundle_for_another_machine_is_not_installed(folder: Path, line: str, said: str) -> None:
    version = folder / "VERSION"
    name = line.partition(":")[0]
    version.write_text(re.sub(rf"^{name}: .*$", line, version.read_text(), flags=re.MULTILINE))
    write_sums(folder)
    done = install(folder)
    assert done.returncode == 1
    assert said in done.stderr


def test_packed_twice_it_is_the_same_file_that_belongs_to_nobody(folder: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a.tar.gz", tmp_path / "b.tar.gz"
    pack(folder, first, 1_700_000_000)
    (folder / "install.sh").touch()
    pack(folder, second, 1_700_000_000)
    assert first.read_bytes() == second.read_bytes()
    with tarfile.open(first) as tar:
        entries = {entry.name: entry for entry in tar}
    assert {(entry.uid, entry.uname, entry.mtime) for entry in entries.values()} == {(0, "root", 1_700_000_000)}
    assert entries["ecodash-1.0/install.sh"].mode == 0o755
    assert entries["ecodash-1.0/install.py"].mode == 0o644


def test_the_source_is_what_is_committed_without_what_nobody_needs(tmp_path: Path) -> None:
    bundle.copy_source(tmp_path, is_working_tree=False)
    assert (tmp_path / "app.py").is_file()
    assert (tmp_path / "ecodash" / "store" / "migrations").is_dir()
    assert not (tmp_path / "tests").exists()
    assert not (tmp_path / ".git").exists()


@pytest.mark.parametrize("script", ["install.sh", "run.sh", "install.py", "install.bat", "run.bat", "离线安装.md"])
def test_no_script_names_a_place_to_fetch_from(script: str) -> None:
    text = (PROJECT_ROOT / "deploy" / "offline" / script).read_text(encoding="utf-8")
    assert not re.search(r"https?://(?!127\.0\.0\.1|10\.)|--(?:extra-)?index-url", text)


def test_scripts_of_windows_end_lines_as_windows_does() -> None:
    for name in ("install.bat", "run.bat"):
        content = (PROJECT_ROOT / "deploy" / "offline" / name).read_bytes()
        assert content.count(b"\n") == content.count(b"\r\n") > 3
        content.decode("ascii")
