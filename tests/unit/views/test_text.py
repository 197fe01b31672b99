"""What the screens say: every phrase asked for exists, and is said in the language of the moment it is asked for."""

import ast
import importlib
from pathlib import Path
from typing import Any

import pytest

from ecodash import i18n
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.settings import PROJECT_ROOT
from ecodash.views import batch_text, definition, reporting_text, text, upload_text, upload_words
from ecodash.views.phrases import Words
from tests.builders import CATALOG

SPEAKERS = ("text", "upload_text", "batch_text", "reporting_text", "upload_words")
SOURCES = [*sorted((PROJECT_ROOT / "ecodash" / "views").rglob("*.py")), *sorted((PROJECT_ROOT / "pages").glob("*.py"))]


def asked_for(source: Path) -> set[tuple[str, str]]:
    """Names a file takes from the text modules, as module and name."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    attributes = {
        (node.value.id, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in SPEAKERS
    }
    imported = {
        (str(node.module).rsplit(".", 1)[1], alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("ecodash.views.")
        for alias in node.names
        if str(node.module).rsplit(".", 1)[1] in SPEAKERS
    }
    own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return {(module, name) for module, name in attributes | imported if module not in own}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_every_phrase_asked_for_exists(source: Path) -> None:
    if "phrases" in source.parts or "from ecodash.views" not in source.read_text(encoding="utf-8"):
        return
    for module, name in sorted(asked_for(source)):
        assert hasattr(importlib.import_module(f"ecodash.views.{module}"), name), f"{source.name}: {module}.{name}"


@pytest.mark.parametrize("source", [one for one in SOURCES if one.parent.name != "pages"], ids=lambda one: one.stem)
def test_no_phrase_is_taken_once_for_all_readers(source: Path) -> None:
    """A phrase taken while a module is imported would keep the language of whoever came first; pages run for each."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            named = {
                node.attr
                for node in ast.walk(statement)
                if isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in SPEAKERS
                and node.attr.isupper()
            }
            called = {
                node.func.id
                for node in ast.walk(statement)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "gettext")
            }
            assert not named, source
            assert not called, source


@pytest.mark.parametrize(
    ("module", "name", "chinese", "english"),
    [
        (text, "OVERVIEW", "总览", "Overview"),
        (upload_text, "FAULTS", "问题清单", "Problems"),
        (batch_text, "BATCHES", "历次提交", "Past submissions"),
        (reporting_text, "REMINDER", "提醒文字", "Reminder text"),
    ],
)
def test_a_phrase_is_said_in_the_language_of_the_moment(module: Any, name: str, chinese: str, english: str) -> None:
    assert getattr(module, name) == chinese
    with i18n.speaking("en"):
        assert getattr(module, name) == english
    assert getattr(module, name) == chinese


def test_a_phrase_that_is_not_there_is_an_error() -> None:
    with pytest.raises(AttributeError, match="NO_SUCH_PHRASE"):
        _ = text.NO_SUCH_PHRASE
    with pytest.raises(AttributeError):
        _ = text.marked_nowhere


def test_words_by_code_change_with_the_language_and_keep_their_codes() -> None:
    words = Words({"late": "迟报"})
    assert (words["late"], dict(words), words.get("other")) == ("迟报", {"late": "迟报"}, None)
    with i18n.speaking("en"):
        assert (words["late"], list(words)) == ("Late", ["late"])
        assert upload_words.fault_kind("no_such_code") == "Other problems"


@pytest.mark.parametrize(
    ("said", "chinese", "english"),
    [
        (lambda: text.value_with_unit("1.23", "万吨"), "1.23 万吨", None),
        (lambda: text.value_with_unit("93.95", "%"), "93.95%", "93.95%"),
        (lambda: text.value_with_unit("12", "公里"), "12 公里", "12 km"),
        (lambda: text.with_unit("x", ""), "x", "x"),
        (lambda: text.joined(["甲", "乙"]), "甲、乙", "甲, 乙"),
        (lambda: text.villages_reported(318, 1330, 12), "上报 318/1,330 村，其中迟报 12 村",
         "318 of 1,330 villages reported, 12 of them late"),
        (lambda: text.villages_reported(2, 2, 0), "上报 2/2 村", "2 of 2 villages reported"),
        (lambda: text.units_unreported(2, Level.TOWN), "另有 2 个乡镇未上报，不参加排名。",
         "Not reported and not ranked: 2 towns."),
        (lambda: text.since_last_month("无上月数"), "无上月数", None),
        (lambda: text.month_over_year("2026-10"), "10月<br>2026年", "Oct<br>2026"),
        (lambda: text.short_month("2026-10"), "26年10月", "Oct 2026"),
        (lambda: Month(2026, 10).label, "2026年10月", "Oct 2026"),
        (lambda: upload_text.counted(upload_text.COLUMNS, 12, "列"), "栏目对照（12 列）", "Columns (12)"),
        (lambda: upload_text.rank_step(None, 3), "未排名 → 3", "not ranked → 3"),
        (lambda: batch_text.later_batches((1, 2)), "第 1 批、第 2 批", "Batch 1, Batch 2"),
        (lambda: upload_words.decoded_as("text", "utf-8", ","), "文本表格，UTF-8 编码，逗号分隔",
         "Text table, UTF-8, separated by commas"),
    ],
)  # fmt: skip
def test_sentences_in_both_languages(said: Any, chinese: str, english: str | None) -> None:
    assert said() == chinese
    if english is not None:
        with i18n.speaking("en"):
            assert said() == english


def test_a_definition_says_how_a_ratio_is_formed_and_rolled_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(definition.data, "entry", lambda code: CATALOG[code])
    entry = next(one for one in CATALOG.values() if one.numerator)
    facts = dict(definition.facts(entry))
    parts = CATALOG[entry.numerator].name, CATALOG[entry.denominator].name
    assert facts["计算方法"] == f"{parts[0]} ÷ {parts[1]} × 100%"
    assert facts["各村怎么汇总"] == "分子、分母分别相加再相除，不是百分比的平均"
    assert facts["好坏方向"] == "越高越好"
    with i18n.speaking("en"):
        assert dict(definition.facts(entry))["Better when"] == "higher"
