"""Files committed, refused, undone."""

from pathlib import Path

import pytest

from ecodash.settings import PROJECT_ROOT
from tests.cli.conftest import Run

TEN_FAULTS = PROJECT_ROOT / "tests" / "fixtures" / "uploads" / "ten_faults.csv"
FIELDS = {"batch", "watermark", "rows", "cells", "faults"}


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    """省新镇's garbage and clutter; no month in it."""
    file = tmp_path / "report.csv"
    file.write_text(
        "区划代码,清理生活垃圾(吨),乱堆乱放清了几处\n350583100201,12.5,3\n350583100202,7,\n", encoding="utf-8"
    )
    return file


MAPPED = ("--map", "乱堆乱放清了几处=clutter_cleared", "--month", "2026-09")


def test_an_import_answers_with_its_receipt(run: Run, nanan: Path, csv: Path) -> None:
    values = run("import", csv, *MAPPED, "--json", home=nanan).values
    assert values.keys() >= FIELDS
    assert {name: values[name] for name in FIELDS} == {"batch": 1, "watermark": 1, "rows": 2, "cells": 3, "faults": []}
    profile = run("show", "省身村", "--json").values
    assert {row["indicator"]: row["value"] for row in profile["indicators"]} == {
        "garbage_cleared": 12.5,
        "clutter_cleared": 3,
    }
    assert profile["month"] == "2026-09"


def test_a_dry_run_says_what_would_change_and_writes_nothing(run: Run, nanan: Path, csv: Path) -> None:
    before = run("verify", "--json", home=nanan).values
    values = run("import", csv, *MAPPED, "--dry-run", "--json").values
    assert (values["batch"], values["watermark"], values["cells"], values["new"], values["faults"]) == (
        None,
        0,
        0,
        3,
        [],
    )
    assert run("verify", "--json").values == before
    assert run("batches", "--json").values == {"batches": []}


def test_a_column_can_be_mapped_or_left_out(run: Run, nanan: Path, csv: Path) -> None:
    unmapped = run("import", csv, "--month", "2026-09", "--json", home=nanan)
    assert (unmapped.code, [fault["code"] for fault in unmapped.values["faults"]]) == (1, ["column_guessed"])
    guessed = run("import", csv, "--month", "2026-09", "--accept-guesses", "--dry-run", "--json").values
    assert (guessed["faults"], guessed["new"]) == ([], 3)
    left_out = run("import", csv, "--month", "2026-09", "--map", "乱堆乱放清了几处=-", "--json")
    assert (left_out.code, left_out.values["cells"]) == (0, 2)


def test_a_file_is_read_within_the_region_asked_for(run: Run, nanan: Path, csv: Path) -> None:
    refused = run("import", csv, *MAPPED, "--within", "仑苍镇", "--json", home=nanan)
    assert (refused.code, [fault["row"] for fault in refused.values["faults"]]) == (1, [2, 3])
    assert run("import", csv, *MAPPED, "--within", "省新镇").code == 0


def test_the_same_file_twice_does_no_harm_and_says_which_batch_has_it(run: Run, nanan: Path, csv: Path) -> None:
    first = run("import", csv, *MAPPED, "--json", home=nanan).values
    again = run("import", csv, *MAPPED, "--json")
    assert (again.code, again.values["batch"], again.values["cells"]) == (0, None, 0)
    assert (again.values["already_in"], again.values["watermark"]) == (first["batch"], first["watermark"])
    assert f"第 {first['batch']} 批" in again.values["notes"][-1]


def test_ten_faults_give_ten_messages_and_leave_the_store_alone(run: Run, tmp_path: Path) -> None:
    good = tmp_path / "good.csv"
    good.write_text("区划代码,月份,清理生活垃圾(吨)\n500230101201,2026-09,1\n", encoding="utf-8")
    assert run("init", "--region", "500230").code == run("import", good).code == 0
    before = run("verify", "--json").values
    refused = run("import", TEN_FAULTS, "--json")
    values = refused.values
    assert (refused.code, values["batch"], values["watermark"], values["cells"]) == (1, None, 1, 0)
    places = [(fault["row"], fault["column"]) for fault in values["faults"]]
    assert len(places) == len(set(places)) == 10
    for fault in values["faults"]:
        assert fault.keys() >= {"row", "column", "value", "code", "hint", "sheet"}
        assert fault["row"] >= 2
        assert fault["column"]
        assert "请" in fault["hint"], fault
    assert len({fault["hint"] for fault in values["faults"]}) == 10
    after = run("verify", "--json").values
    assert (after["ok"], after["digest"]) == (True, before["digest"])
    assert after == before


def test_faults_are_listed_as_text_too(run: Run, nanan: Path) -> None:
    refused = run("import", TEN_FAULTS, home=nanan)
    assert refused.code == 1
    assert "第 4 行 “区划代码” 值“5.00230E+11”" in refused.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("--map", "没有等号"),
        ("--map", "=garbage_cleared"),
        ("--map", "列=no_such_indicator"),
        ("--month", "九月"),
        ("--within", "没有的镇"),
        ("--within", "999999"),
        ("--no-such-option",),
    ],
)
def test_wrong_use_ends_with_two_and_commits_nothing(
    run: Run, nanan: Path, csv: Path, arguments: tuple[str, ...]
) -> None:
    answer = run("import", csv, *arguments, home=nanan)
    assert answer.code == 2
    assert answer.err
    assert run("batches", "--json").values == {"batches": []}


def test_a_file_that_is_not_there_is_wrong_use(run: Run, nanan: Path) -> None:
    assert run("import", nanan / "nothing.csv", home=nanan).code == 2


# ── batches and undo ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_undo_is_a_batch_that_reverses_another(run: Run, nanan: Path, csv: Path) -> None:
    run("import", csv, *MAPPED, home=nanan)
    assert run("undo", 1, "--json").values == {"batch": 2, "watermark": 2, "undoes": 1, "cells": 3}
    found = run("batches", "--json").values["batches"]
    assert [(row["batch"], row["kind"], row["file"], row["undoes"], row["undone_by"]) for row in found] == [
        (2, "undo", "report.csv", 1, None),
        (1, "upload", "report.csv", None, 2),
    ]
    assert (found[1]["rows"], found[1]["cells"], found[1]["first_month"]) == (2, 3, "2026-09")
    assert run("show", "省身村", "--month", "2026-09", "--json").values["indicators"] == []
    assert len(run("show", "省身村", "--month", "2026-09", "--as-of", 1, "--json").values["indicators"]) == 2


def test_what_cannot_be_undone_says_why(run: Run, nanan: Path, csv: Path) -> None:
    run("import", csv, *MAPPED, home=nanan)
    csv.write_text(csv.read_text(encoding="utf-8").replace("12.5", "13"), encoding="utf-8")
    run("import", csv, *MAPPED)
    refusals = [run("undo", number, "--json") for number in (9, 1)]
    run("undo", 2)
    refusals += [run("undo", number, "--json") for number in (2, 3)]
    assert [refusal.code for refusal in refusals] == [1, 1, 1, 1]
    reasons = [refusal.values["error"]["what"] for refusal in refusals]
    for reason, said in zip(reasons, ("没有第 9 批", "第 2 批修改过", "已由第 3 批撤销", "不能再撤销"), strict=True):
        assert said in reason
    assert run("undo", 1).code == 0
