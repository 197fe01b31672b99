"""Targets set on a page: read, compared, saved as one batch, refused in words, withdrawn, undone."""

import json
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from ecodash import actions, queries
from ecodash.domain.regions import region_key
from ecodash.domain.targets import TargetEdit
from ecodash.errors import SubmissionRejected, TransitionRefused
from ecodash.store import journal
from ecodash.workspace import Workspace
from tests.actions.conftest import CLERK, FENGLAI, NOW, OTHER, read, send

COUNTY, JILONG, HUWEI = "500230", "500230123", "500230101"


def save(workspace: Workspace, *edits: TargetEdit, **more: Any) -> int:
    return actions.save_targets(workspace, edits, actor=CLERK, now=NOW, **more).batch


def standing(workspace: Workspace, watermark: int = 99) -> dict[tuple[int, str, int], tuple[Any, Any]]:
    with workspace.store.reading() as connection:
        rows = journal.targets_as_of(connection, watermark)
    return {
        (int(row.region), str(row.indicator), int(row.deadline)): (
            None if pd.isna(row.baseline) else row.baseline,
            row.value,
        )
        for row in rows.itertuples()
    }


TOILETS = TargetEdit(JILONG, "public_toilets", "2026-12", "30", "8")
PIPE = TargetEdit(COUNTY, "sewer_pipe_laid", "2026", "12.5")


def test_targets_are_saved_as_one_batch_with_a_name_a_note_and_an_audit_line(workspace: Workspace) -> None:
    number = save(workspace, TOILETS, PIPE, note=" 年初责任书 ")
    assert standing(workspace) == {
        (region_key(JILONG), "public_toilets", 202612): (Decimal(8), Decimal(30)),
        (region_key(COUNTY), "sewer_pipe_laid", 202612): (None, Decimal("12.5")),
    }
    batch = queries.batch_record(workspace, number)
    assert (batch["file_name"], batch["note"], batch["cell_count"]) == ("目标管理", "年初责任书", 2)
    line = queries.list_audit(workspace).iloc[0]
    detail = json.loads(line["detail"]) if isinstance(line["detail"], str) else line["detail"]
    assert (line["action"], line["actor"], detail["new"]) == ("commit", CLERK.name, 2)
    assert queries.verify(workspace).problems == []


def test_a_plan_shows_old_and_new_and_writes_nothing(workspace: Workspace) -> None:
    save(workspace, TOILETS)
    edits = [TargetEdit(JILONG, "public_toilets", "2026年12月", "35"), PIPE, TOILETS]
    plan = actions.plan_targets(workspace, edits[:2])
    rows = plan.changes[["old_baseline", "old", "baseline", "new", "change"]].astype(object)
    assert [tuple(None if pd.isna(cell) else cell for cell in row) for row in rows.itertuples(index=False)] == [
        (8, 30, None, 35, "changed"),
        (None, None, None, Decimal("12.5"), "new"),
    ]
    assert (plan.count, plan.problems, plan.watermark, queries.newest_watermark(workspace)) == (2, (), 1, 1)
    assert [problem.place for problem in actions.plan_targets(workspace, edits).problems] == [2]


def test_a_target_is_withdrawn_and_brought_back_by_undo(workspace: Workspace) -> None:
    save(workspace, TOILETS)
    number = save(workspace, TargetEdit(JILONG, "public_toilets", "2026-12", is_withdrawn=True))
    assert standing(workspace) == {}
    actions.undo_batch(workspace, number, actor=CLERK, now=NOW)
    assert list(standing(workspace).values()) == [(Decimal(8), Decimal(30))]
    assert queries.verify(workspace).problems == []


def test_a_new_deadline_withdraws_the_old_one_in_the_same_batch(workspace: Workspace) -> None:
    save(workspace, TOILETS)
    withdrawn = TargetEdit(JILONG, "public_toilets", "2026-12", is_withdrawn=True)
    save(workspace, withdrawn, TargetEdit(JILONG, "public_toilets", "2026-06", "30", "8"))
    assert list(standing(workspace)) == [(region_key(JILONG), "public_toilets", 202606)]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (TargetEdit("999999", "public_toilets", "2026-12", "3"), "没有区划代码 999999"),
        (TargetEdit("abc", "public_toilets", "2026-12", "3"), "abc"),
        (TargetEdit(JILONG, "nosuch", "2026-12", "3"), "没有指标“nosuch”"),
        (TargetEdit(JILONG, "households", "2026-12", "3"), "区域基础数据，不能下达目标"),
        (TargetEdit(JILONG, "public_toilets", "2026-13", "3"), "暨龙镇“公厕”：“2026-13”不是期限"),
        (TargetEdit(JILONG, "public_toilets", "年底", "3"), "不是期限"),
        (TargetEdit(JILONG, "public_toilets", "", "3"), "没有填期限"),
        (TargetEdit(JILONG, "public_toilets", "2026-12", ""), "没有填目标值"),
        (TargetEdit(JILONG, "public_toilets", "2026-12", "很多"), "很多"),
        (TargetEdit(JILONG, "public_toilets", "2026-12", "约30"), "不是确定的数"),
        (TargetEdit(JILONG, "public_toilets", "2026-12", "30", "约8"), "不是确定的数"),
        (TargetEdit(JILONG, "public_toilets", "2026-12", "-1"), "应在"),
        (TargetEdit(JILONG, "sanitary_toilet_rate", "2026-12", "101"), "应在 0 至 100"),
        (TargetEdit(JILONG, "public_toilets", "2026-12", "3.5"), "应为整数"),
        (TargetEdit(JILONG, "sewer_pipe_laid", "2026-12", "3", "1"), "从年初的 0 起累计，不能填基数"),
    ],
)
def test_what_cannot_be_a_target_is_refused_in_words(workspace: Workspace, edit: TargetEdit, said: str) -> None:
    plan = actions.plan_targets(workspace, [PIPE, edit])
    assert [problem.place for problem in plan.problems] == [1]
    assert said in plan.problems[0].what
    with pytest.raises(SubmissionRejected, match="1 处填写有误，没有保存任何目标"):
        save(workspace, PIPE, edit)
    assert standing(workspace) == {}


def test_a_counted_level_is_a_number_of_villages_above_the_village(workspace: Workspace) -> None:
    save(workspace, TargetEdit(JILONG, "model_level", "2026-12", "12"))
    plan = actions.plan_targets(workspace, [TargetEdit(FENGLAI, "model_level", "2026-12", "12")])
    assert len(plan.problems) == 1


def test_one_target_said_twice_is_saved_once_and_two_that_differ_not_at_all(workspace: Workspace) -> None:
    save(workspace, TOILETS, TOILETS)
    with pytest.raises(SubmissionRejected, match="填了两次"):
        save(workspace, PIPE, TargetEdit(COUNTY, "sewer_pipe_laid", "2026-12", "13"))


def test_nothing_to_save_is_said(workspace: Workspace) -> None:
    with pytest.raises(SubmissionRejected, match="没有变化"):
        save(workspace)
    save(workspace, TOILETS)
    with pytest.raises(SubmissionRejected, match="没有变化"):
        save(workspace, TOILETS)


def test_what_another_person_changed_meanwhile_is_not_overwritten(workspace: Workspace) -> None:
    save(workspace, TOILETS)
    changed = TargetEdit(JILONG, "public_toilets", "2026-12", "33", "8")
    actions.save_targets(workspace, [changed], actor=OTHER, now=NOW, compared_at=1)
    with pytest.raises(TransitionRefused, match="第 2 批"):
        save(workspace, TargetEdit(JILONG, "public_toilets", "2026-12", "31", "8"), compared_at=1)
    # Another town's target is nobody's conflict.
    save(workspace, TargetEdit(HUWEI, "public_toilets", "2026-12", "31", "8"), compared_at=1)
    assert standing(workspace)[region_key(JILONG), "public_toilets", 202612] == (8, 33)


def test_a_file_and_the_page_write_the_same_targets(workspace: Workspace) -> None:
    send(
        workspace,
        "区划代码,指标,期限,基数,目标值\n500230123,公厕,2026-12,8,30\n500230,铺设污水管网,2026-12,,12.5",
        "目标.csv",
    )
    assert actions.plan_targets(workspace, [TOILETS, PIPE]).count == 0
    again = read(workspace, "区划代码,指标,期限,基数,目标值\n500230123,公厕,2026-12,,30", "目标二.csv")
    assert again.counts == {"new": 0, "changed": 1, "unchanged": 0}  # the baseline is taken away
