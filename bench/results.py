"""What the parts of the bench found, kept as JSON so that docs/performance.md can be written again without measuring."""

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NotRequired, TypedDict, cast

from ecodash import __version__
from ecodash.settings import PROJECT_ROOT

_PACKAGES = (
    "duckdb",
    "sqlalchemy",
    "duckdb-sqlalchemy",
    "pandas",
    "numpy",
    "pyarrow",
    "python-calamine",
    "lxml",
    "rapidfuzz",
    "streamlit",
)


class Row(TypedDict):
    """One figure.

    Args:
        group: what it belongs to, a table of the document.
        what: was measured.
        value, unit: the figure; None where it could not be had, and why says so.
        ratio: to the floor measured beside it.
        aim: what it was to be; empty where there is none.
        met: whether it was; None without an aim.
        why: it was not, or what the figure depends on.
    """

    group: str
    what: str
    value: float | None
    unit: str
    ratio: NotRequired[float | None]
    aim: NotRequired[str]
    met: NotRequired[bool | None]
    why: NotRequired[str]


class Table(TypedDict):
    """A table of texts, where rows of one figure each would say it worse."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


class Findings(TypedDict):
    """What a part found.

    Args:
        rows: its figures; those with an aim come first in the document.
        tables: further ones.
        about: how it was measured, as Markdown paragraphs before the figures.
        notes: what is to be known of them, as Markdown paragraphs after.
    """

    rows: Sequence[Row]
    tables: NotRequired[Sequence[Table]]
    about: NotRequired[Sequence[str]]
    notes: NotRequired[Sequence[str]]


class Result(TypedDict):
    """What a part found, when and on what."""

    part: str
    measured_at: str
    machine: str
    versions: str
    findings: Findings


def bench_home() -> Path:
    """The folder of all that is built and found: ECODASH_BENCH_HOME, else var/bench, which git does not see."""
    home = Path(os.environ.get("ECODASH_BENCH_HOME") or PROJECT_ROOT / "var" / "bench")
    home.mkdir(parents=True, exist_ok=True)
    return home


def save(part: str, findings: Findings) -> Path:
    """Keep what a part found, with machine, versions and time, in the place of what it found before."""
    path = _folder() / f"{part}.json"
    result: Result = {
        "part": part,
        "measured_at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": machine(),
        "versions": versions(),
        "findings": findings,
    }
    being_written = path.with_suffix(".being-written")
    being_written.write_text(json.dumps(result, ensure_ascii=False, indent=1, default=_plain), encoding="utf-8")
    being_written.replace(path)
    return path


def results() -> dict[str, Result]:
    """What every part found when it was last run, by its name."""
    return {
        path.stem: cast(Result, json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(_folder().glob("*.json"))
    }


def _folder() -> Path:
    folder = bench_home() / "results"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _plain(value: Any) -> Any:
    """A number of numpy as JSON has it."""
    return value.item()


# ── the machine ────────────────────────────────────────────────────────────────────────────────────────────────────


def machine() -> str:
    """Processor, cores, memory and system in a line."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    held = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return f"{model}, {os.cpu_count()} cores, {held / 1024**2:.0f} GB; {platform.system()} {platform.release()}"


def versions() -> str:
    """Python and the packages whose speed is ours."""
    named = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return f"EcoDash {__version__}, Python {platform.python_version()}, {named}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).exists() else []
