"""docs/security.md says nothing that no test, configuration line or place in the code stands behind."""

import ast
import re
from functools import cache

import pytest

from ecodash.settings import PROJECT_ROOT

TEXT = (PROJECT_ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if line.startswith("|") and not re.fullmatch(r"[|\s:-]+", line)
]
HEADINGS = {"条款", "威胁", "项目"}
"""First cells of the tables' headings."""
BODIES = [row for row in ROWS if row[0] not in HEADINGS]
REFERENCE = re.compile(r"`([\w./-]+\.(?:py|toml|md|lock|txt)|Makefile|\.ci/run)(?:::(\w+)|：([^`]+))?`")
CLAUSES = {
    "7.1.4.1 a", "7.1.4.1 b", "7.1.4.1 c",
    "7.1.4.2 a", "7.1.4.2 b", "7.1.4.2 c", "7.1.4.2 d",
    "7.1.4.3 a", "7.1.4.3 b", "7.1.4.3 c",
    "7.1.4.4 a", "7.1.4.4 b", "7.1.4.4 c", "7.1.4.4 d", "7.1.4.4 e",
    "7.1.4.5", "7.1.4.6", "7.1.4.7 a",
    "7.1.4.8 a", "7.1.4.8 b", "7.1.4.9 a", "7.1.4.10 a", "7.1.4.10 b",
}  # fmt: skip


@cache
def names_of(file: str) -> set[str]:
    """The functions of a module, and those of its classes."""
    tree = ast.parse((PROJECT_ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_requirement_of_level_2_has_its_row() -> None:
    assert {row[0] for row in ROWS} >= CLAUSES


@pytest.mark.parametrize("row", BODIES, ids=lambda row: row[0])
def test_every_row_names_what_stands_behind_it(row: list[str]) -> None:
    evidence = row[-1]
    found = REFERENCE.findall(evidence)
    assert found or evidence.startswith("不在软件之内"), row
    for file, function, line in found:
        path = PROJECT_ROOT / file
        assert path.is_file(), file
        if function:
            assert function in names_of(file), f"{file}::{function}"
        if line:
            assert line in path.read_text(encoding="utf-8"), f"{file}: {line}"


def test_every_line_bandit_is_told_to_pass_over_is_explained() -> None:
    marked = {
        f"{path.relative_to(PROJECT_ROOT)}"
        for folder in ("ecodash", "pages")
        for path in (PROJECT_ROOT / folder).rglob("*.py")
        if "# nosec" in path.read_text(encoding="utf-8")
    }
    assert {name for name in marked if f"`{name}`" not in TEXT} == set()
