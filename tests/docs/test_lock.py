"""What is installed is pinned to versions and to the hashes of their files."""

import re
import tomllib

import pytest

from ecodash.settings import PROJECT_ROOT

ENTRY = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,-]+\])?==([^\s;\\]+)", re.IGNORECASE | re.MULTILINE)


def wanted(name: str) -> dict[str, str]:
    return {package.lower(): version for package, version in ENTRY.findall((PROJECT_ROOT / name).read_text())}


def locked(name: str) -> dict[str, tuple[str, int]]:
    """Package → version and how many hashes it may have."""
    found = {}
    for entry in re.split(r"\n(?=\S)", (PROJECT_ROOT / name).read_text().strip()):
        match = ENTRY.match(entry)
        assert match, entry[:80]
        found[match[1].lower()] = match[2], len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry))
    return found


@pytest.mark.parametrize(
    ("requirements", "lock"),
    [("requirements.txt", "requirements.lock"), ("requirements-dev.txt", "requirements-dev.lock")],
)
def test_the_lock_has_what_is_required_and_a_hash_for_every_package(requirements: str, lock: str) -> None:
    found = locked(lock)
    assert {name: found.get(name, ("", 0))[0] for name in wanted(requirements)} == wanted(requirements)
    assert [name for name, (_, hashes) in found.items() if not hashes] == []


def test_both_locks_agree() -> None:
    run, dev = locked("requirements.lock"), locked("requirements-dev.lock")
    assert {name: dev.get(name) for name in run} == run


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_no_place_to_fetch_from(lock: str) -> None:
    assert not re.search(r"https?://|file:|--(?:extra-)?index-url|--find-links", (PROJECT_ROOT / lock).read_text())


def test_make_installs_by_hash_only_and_runs_bandit() -> None:
    makefile = (PROJECT_ROOT / "Makefile").read_text()
    assert re.findall(r"^\t\$\(PIP\) (.*)$", makefile, re.MULTILINE) == [
        "--require-hashes -r requirements.lock",
        "--require-hashes -r requirements-dev.lock",
    ]
    assert "$(BIN)/bandit --quiet --recursive --configfile pyproject.toml ecodash pages app.py" in makefile
    skips = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text())["tool"]["bandit"]["skips"]
    assert skips == ["B101", "B406"]
