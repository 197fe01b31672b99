"""The audit in words: every action has some, nothing hidden stays hidden, and what was replaced is told."""

import ast
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.domain.audit import ExportKind
from ecodash.domain.regions import region_key
from ecodash.i18n import ENGLISH, speaking
from ecodash.reports import audit_words as words
from ecodash.settings import PROJECT_ROOT
from tests.builders import CATALOG

TREES = [ast.parse(source.read_text("utf-8")) for source in sorted((PROJECT_ROOT / "ecodash").rglob("*.py"))]


def constants(node: ast.expr) -> Iterator[str]:
    """The texts an argument may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def writers() -> dict[str, int]:
    """Functions that write lines, with the place of their argument `action`; of those that take it by name only -1."""
    found = {"write_audit": -1}
    for tree in TREES:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names = [one.arg for one in node.args.args]
                if "action" in names and any(name_of(call) == "write_audit" for call in calls(node)):
                    found[node.name] = names.index("action")
    return found


def written() -> set[str]:
    places, found = writers(), set[str]()
    for call in (one for tree in TREES for one in calls(tree) if name_of(one) in places):
        place = places[name_of(call)]
        given = [word.value for word in call.keywords if word.arg == "action"]
        given += call.args[place : place + 1] if place >= 0 else []
        found.update(one for argument in given for one in constants(argument))
    return found


WRITTEN = sorted(written())


def test_the_actions_are_found_in_the_code() -> None:
    assert {"commit", "undo", "export", "open_snapshot", "close_month", "revoke_snapshot", "sign_in"} <= set(WRITTEN)


def test_every_action_that_is_written_has_words_and_no_other() -> None:
    assert set(WRITTEN) == set(words.ACTIONS)


@pytest.mark.parametrize("code", words.ACTIONS)
def test_words_are_in_both_languages(code: str) -> None:
    chinese = words.action_label(code)
    with speaking(ENGLISH):
        assert words.action_label(code)
    assert chinese != code


@pytest.mark.parametrize("kind", ExportKind)
def test_every_kind_of_file_has_words(kind: ExportKind) -> None:
    assert kind.label
    assert words.told({"what": kind.value}) == f"内容：{kind.label}"


def test_what_was_replaced_is_told_and_what_stayed_is_not() -> None:
    detail = {
        "name": "乡镇月榜",
        "before": {"red": {"count": 3}, "region": "500230", "due_at": "2026-11-05T16:00:00+00:00"},
        "after": {"red": {"count": 5}, "region": "500230", "is_closed": True},
    }
    assert words.told(detail) == "名称：乡镇月榜"
    assert words.changes(detail) == [
        ("red / 个数", "3", "5"),
        ("期限", "2026-11-06 00:00", "（无）"),
        ("是否封账", "（无）", "是"),
    ]
    assert words.changes({"before": None, "after": {"name": "甲"}}) == [("名称", "（无）", "甲")]


def test_roles_regions_and_indicators_are_said_by_their_names() -> None:
    names = {0: "全部地区", region_key("500230123"): "丰都县暨龙镇"}
    say = words.saying(lambda key: names.get(key, str(key)), CATALOG)
    reporter = {"role": "reporter", "region": "500230123", "sees_reported": False}
    viewer = {"role": "viewer", "region": "0", "sees_reported": True}
    assert words.changes({"before": [reporter], "after": [reporter, viewer]}, say) == [
        ("权限", "填报员（丰都县暨龙镇）", "填报员（丰都县暨龙镇）、查看员（全部地区），能看待审数据")
    ]
    assert words.changes({"after": [reporter]}, say) == [("权限", "（无）", "填报员（丰都县暨龙镇）")]
    assert words.told({"login": "wang", "method": "totp"}) == "账号：wang；登录方式：密码和动态验证码"
    remark = {"region": "500230123", "indicator": "garbage", "month": "2026-11", "comment": "请核对"}
    assert words.told({"cells": [remark]}, say) == (
        "逐格意见：（地区：丰都县暨龙镇，指标：" + CATALOG["garbage"].label + "，月份：2026-11，意见：请核对）"
    )
    assert words.told({"cells": 24, "region": "不是代码"}, say) == "数据个数：24；地区：不是代码"


def test_marks_that_turn_or_hide_text_are_written_out() -> None:
    assert words.visible("报表\u202excod.exe") == "报表⟨U+202E⟩xcod.exe"
    assert words.visible("a\u200bb\x1b[31m\nc") == "a⟨U+200B⟩b⟨U+001B⟩[31m c"
    assert words.who("", "link") == "持链接者"
    assert words.who("", "page") == "未登录者"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["before", "after", "what", "file", "\u202e"]), json_values))
def test_any_detail_can_be_read(detail: dict[str, object]) -> None:
    said = words.summary(json.dumps(detail))
    assert not words._HIDDEN.search(said)


@given(st.text())
def test_a_line_that_was_tampered_with_can_be_read(written: str) -> None:
    words.summary(written)
