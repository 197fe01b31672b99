"""docs/performance.md, written from what the parts found: first every aim, then a section for each part."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bench.results import Result, Row, Table, results
from ecodash.settings import PROJECT_ROOT

TITLES = {
    "nation": "Queries: 400, 20,000 and 690,000 villages",
    "postgres": "PostgreSQL beside DuckDB",
    "browser": "The browser: cold load, reload, a change of the month",
    "users": "Many people at once",
    "first_load": "First load on a weak line",
    "speed": "Speed of uploads",
    "memory": "Memory of uploads",
    "snapshots": "Snapshot pages",
    "fuzz": "Damaged files",
}
"""Part → its heading; in this order, others after them under their own name."""
DOCUMENT = PROJECT_ROOT / "docs" / "performance.md"
_INTRODUCTION = """# Performance

Written by `make bench` from what it measured; nothing here is written by hand. It builds what it measures (seeded, the
same on every machine), keeps it and its results in `var/bench` or in `ECODASH_BENCH_HOME`, and ends with this document.
A part alone: `make bench ARGS="--only nation"`; this document alone: `python -m bench --document`. Nothing is asserted:
a time is a fact about a machine."""


def write(path: Path = DOCUMENT) -> Path:
    """Write the document from the results that are there."""
    path.write_text(document(results()), encoding="utf-8")
    return path


def document(found: dict[str, Result]) -> str:
    """The document as Markdown."""
    names = [*(name for name in TITLES if name in found), *sorted(set(found) - set(TITLES))]
    parts = [_INTRODUCTION, *_machines([found[name] for name in names]), *_aims(found, names)]
    for name in names:
        parts.append(section(found[name]))
    missing = [title for name, title in TITLES.items() if name not in found]
    if missing:
        parts += ["## Not measured", f"No result is there of: {'; '.join(missing)}."]
    return "\n\n".join(parts) + "\n"


def _machines(found: Sequence[Result]) -> list[str]:
    """Where all was measured on one machine with the same packages, it is said once."""
    kinds = {(result["machine"], result["versions"]) for result in found}
    return ["; ".join(f"{machine}. {versions}." for machine, versions in kinds)] if len(kinds) == 1 else []


def _aims(found: dict[str, Result], names: Sequence[str]) -> Iterator[str]:
    rows = [row for name in names for row in found[name]["findings"]["rows"] if row.get("aim")]
    if not rows:
        return
    met = sum(row.get("met") is True for row in rows)
    yield "## Aims"
    yield f"{met} of {len(rows)} are met."
    yield table(
        ("of", "what", "figure", "aim", "met", "why"),
        ([row["group"], row["what"], _figure(row), row["aim"], _met(row), row.get("why", "")] for row in rows),
    )


def _met(row: Row) -> str:
    return {True: "yes", False: "**no**", None: "not known"}[row.get("met")]


def section(result: Result) -> str:
    """One part as Markdown."""
    return "\n\n".join(_section(result))


def _section(result: Result) -> Iterator[str]:
    findings = result["findings"]
    yield f"## {TITLES.get(result['part'], result['part'])}"
    yield f"Measured on {result['measured_at']} with EcoDash {result['versions'].split()[1].rstrip(',')}; {result['machine']}."
    yield from findings.get("about", ())
    groups = dict.fromkeys(row["group"] for row in findings["rows"])
    for group in groups:
        rows = [row for row in findings["rows"] if row["group"] == group]
        if group != TITLES.get(result["part"]):
            yield f"### {group}"
        yield _rows(rows)
    for one in findings.get("tables", ()):
        yield from _table(one)
    yield from findings.get("notes", ())


def _rows(rows: Sequence[Row]) -> str:
    """A table of figures, without the columns none of them has."""
    has_ratio = any(row.get("ratio") is not None for row in rows)
    has_aim = any(row.get("aim") for row in rows)
    has_why = any(row.get("why") for row in rows)
    header = ["what", "figure", *(["ratio"] if has_ratio else []), *(["aim", "met"] if has_aim else [])]
    lines = []
    for row in rows:
        line = [row["what"], _figure(row)]
        if has_ratio:
            ratio = row.get("ratio")
            line.append("" if ratio is None else f"{ratio:.2f}")
        if has_aim:
            line += [row.get("aim", ""), _met(row) if row.get("aim") else ""]
        lines.append([*line, row.get("why", "")] if has_why else line)
    return table([*header, *(["remark"] if has_why else [])], lines)


def _figure(row: Row) -> str:
    value = row["value"]
    return "not measured" if value is None else f"{number(value)} {row['unit']}".strip()


def number(value: float) -> str:
    """A figure with three digits that count, or all before the point."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def _table(one: Table) -> Iterator[str]:
    if one["title"]:
        yield f"### {one['title']}"
    yield table(one["header"], one["rows"])


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines)
