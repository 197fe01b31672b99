"""Snapshots of several pages by command: of a meeting, and with red and black lists."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ecodash import actions
from ecodash.domain.access import operator
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.lists import By, ListRule, SideRule
from ecodash.domain.meeting import MeetingOrder, Stop
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_key
from ecodash.settings import load_settings
from ecodash.workspace import open_workspace
from tests.cli.conftest import Run

COUNTY = region_key("500230")
ORDER = MeetingOrder(stops=tuple(Stop.parse(one) for one in ("reporting", "targets", "progress")), region=COUNTY)
RULE = ListRule(COUNTY, Level.TOWN, "assessment_score", red=SideRule(By.PLACES, 3), black=SideRule(By.PLACES, 3))

OCTOBER, FIRST = Month(2026, 10), region_key("500230210")


@pytest.fixture
def home(sample_copy: Path) -> Path:
    """A copy of the sample with a meeting order, number 1, and a rule of lists, number 2."""
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(sample_copy)}))
    now, actor = datetime(2026, 11, 7, 1, 0, tzinfo=UTC), operator("测试员", "test")
    actions.save_definition(workspace, DefinitionKind.MEETING, "调度会", ORDER.to_content(), actor=actor, now=now)
    actions.save_list_rule(workspace, "乡镇月榜", RULE, actor=actor, now=now)
    actions.save_list_reasons(workspace, "乡镇月榜", OCTOBER, {FIRST: "三次抽查无积存"}, actor=actor, now=now)
    workspace.close()
    return sample_copy


def pages(run: Run, *arguments: str | int) -> list[dict[str, Any]]:
    """The pages of the snapshot a command makes, as they are shown."""
    made = run("snapshot", "create", *arguments, "--json").values
    found: list[dict[str, Any]] = run("snapshot", "show", made["number"], "--json").values["pages"]
    return found


def test_a_meeting_is_kept_as_the_pages_of_its_slides_with_the_months_lists(run: Run, home: Path) -> None:
    assert run("snapshot", "list", home=home).code == 0
    shown = pages(run, "--order", 1, "--list-rule", 2)
    assert [page["meta"]["page"] for page in shown] == ["reporting", "progress", "lists"]
    lists = shown[-1]
    assert lists["meta"]["lists"]["rule_name"] == "乡镇月榜"
    assert [(row["side"], row["rank"]) for row in lists["tables"]["list_entries"]] == [
        ("red", 1), ("red", 2), ("red", 3), ("black", 30), ("black", 29), ("black", 28),
    ]  # fmt: skip
    assert [row["own_reason"] for row in lists["tables"]["list_entries"] if row["own_reason"]] == ["三次抽查无积存"]
    chosen = ("--page", "lists", "--page", "reporting", "--page", "lists", "--list-rule", 2, "--month", "2026-09")
    shown = pages(run, *chosen)
    assert [(page["meta"]["page"], page["meta"]["month"]) for page in shown] == [
        ("lists", "2026-09"), ("reporting", "2026-09"),
    ]  # fmt: skip
    for arguments, said in (
        (("--page", "lists"), "红黑榜按规则生成"),
        (("--order", 1, "--month", "2026-09"), "会议顺序自带页面"),
        (("--order", 2), "没有编号为 2 的定义"),
        (("--list-rule", 1), "没有编号为 1 的定义"),
    ):
        refused = run("snapshot", "create", *arguments, "--json")
        assert refused.code == 1
        assert said in refused.values["error"]["what"]
