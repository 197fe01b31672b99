"""Documents say what is true: commands, words, places; pages stay thin."""

import ast
import re
from pathlib import Path

import pytest

from ecodash.cli import app
from ecodash.domain.indicators import Kind
from ecodash.domain.pages import Page
from ecodash.domain.regions import Level
from ecodash.domain.targets import State
from ecodash.settings import PROJECT_ROOT

README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
GLOSSARY = (PROJECT_ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
MAKEFILE = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_make_target_of_the_readme_exists() -> None:
    named = set(re.findall(r"make ([a-z]+)", README))
    assert {"run", "test"} <= named
    assert named <= set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


def test_the_readme_names_every_command_and_no_other() -> None:
    line = next(line for line in README.splitlines() if "python -m ecodash --help" in line)
    named = set(re.findall(r"[：、]([a-z-]+)(?=[、；])", line.split("--help", 1)[1]))
    known = {command.name or str(getattr(command.callback, "__name__", "")) for command in app.registered_commands}
    assert named == known | {group.name for group in app.registered_groups}


@pytest.mark.parametrize("place", sorted(set(re.findall(r"`((?:docs|data|ecodash|tests|pages)/[\w./-]*)`", README))))
def test_every_place_the_readme_names_is_there(place: str) -> None:
    assert (PROJECT_ROOT / place).exists()


@pytest.mark.parametrize("picture", re.findall(r"!\[[^]]*\]\(([^)]+)\)", README))
def test_every_picture_of_the_readme_is_there(picture: str) -> None:
    assert (PROJECT_ROOT / picture).stat().st_size > 10_000


@pytest.mark.parametrize("word", [*Level, *Kind, *State])
def test_the_glossary_has_every_level_kind_and_state(word: Level | Kind | State) -> None:
    assert word.value in GLOSSARY
    assert word.label in GLOSSARY


def test_every_page_and_width_has_its_screenshot_and_all_are_small() -> None:
    folder = PROJECT_ROOT / "docs" / "screenshots"
    needed = {f"{page.stem}-{width}" for page in (PROJECT_ROOT / "pages").glob("*.py") for width in (1440, 390)}
    needed |= {f"{page}-en-{width}" for page in Page if page.is_figure_page for width in (1440, 390)}
    needed |= {"screen-dark-1920", "screen-light-1920", "screen-en-1920", "print-profile"}
    assert sorted(needed - {picture.stem for picture in folder.glob("*.png")}) == []
    assert sum(picture.stat().st_size for picture in folder.glob("*.png")) < 3_000_000


@pytest.mark.parametrize("page", sorted((PROJECT_ROOT / "pages").glob("*.py")), ids=lambda page: page.stem)
def test_a_page_is_thin(page: Path) -> None:
    tree = ast.parse(page.read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert names <= {"streamlit"}
    assert modules <= {"ecodash.views", "ecodash.domain.pages", "ecodash.i18n"}
    kinds = {type(node) for node in ast.walk(tree)}
    assert not kinds & {ast.Try, ast.FunctionDef, ast.For, ast.While, ast.ClassDef}
    assert len(page.read_text(encoding="utf-8").splitlines()) <= 40
