"""The command lists: rules, the lists of a month, and the lists as files."""

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from ecodash import actions
from ecodash.domain.access import operator
from ecodash.domain.lists import By, ListRule, SideRule
from ecodash.domain.regions import Level, region_key
from ecodash.settings import load_settings
from ecodash.workspace import open_workspace
from tests.cli.conftest import Run

PLACES = SideRule(By.PLACES, 3)
RULE = ListRule(region_key("500230"), Level.TOWN, "assessment_score", red=PLACES, black=PLACES)


@pytest.fixture
def home(sample_copy: Path) -> Path:
    """A copy of the sample with one rule."""
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(sample_copy)}))
    now = datetime(2026, 11, 7, 1, 0, tzinfo=UTC)
    actions.save_list_rule(workspace, "乡镇月榜", RULE, actor=operator("测试员", "test"), now=now)
    workspace.close()
    return sample_copy


def test_rules_are_listed_and_a_month_is_answered(run: Run, home: Path) -> None:
    assert [one["name"] for one in run("lists", "--json", home=home).values["rules"]] == ["乡镇月榜"]
    assert "乡镇月榜（第 1 版）" in run("lists").out
    found = run("lists", "--rule", "乡镇月榜", "--month", "2026-10", "--json").values
    assert [one["rank"] for one in found["red"]] == [1, 2, 3]
    assert [one["rank"] for one in found["black"]] == [30, 29, 28]
    assert found["red"][0]["reason"].startswith("考核得分 ")
    assert run("lists", "--rule", "1").out.startswith("【丰都县2026年10月红黑榜】")


def test_files_are_written_by_their_ending(run: Run, home: Path, tmp_path: Path) -> None:
    for ending in ("xlsx", "csv", "html", "txt"):
        assert run("lists", "--rule", "1", "--out", tmp_path / f"榜.{ending}", home=home).code == 0
    assert openpyxl.load_workbook(tmp_path / "榜.xlsx").sheetnames == ["红榜", "黑榜"]
    assert (tmp_path / "榜.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rule", "没有的榜"), "没有名为“没有的榜”的红黑榜规则"),
        (("--rule", "77"), "没有编号为 77"),
        (("--rule", "1", "--as-of", "999"), "没有第 999 批"),
        (("--rule", "1", "--out", "榜.pdf"), "不能写成“.pdf”文件"),
    ],
)
def test_what_cannot_be_answered_is_refused(run: Run, home: Path, arguments: tuple[str, ...], said: str) -> None:
    answer = run("lists", *arguments, home=home)
    assert answer.code == 1
    assert said in answer.err


def test_without_rules_the_way_to_one_is_said(run: Run, nanan: Path) -> None:
    assert "还没有红黑榜规则" in run("lists", home=nanan).out
