"""Handing in and reviewing from the command line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ecodash import actions
from ecodash.domain.access import Actor, Grant, Role, operator
from ecodash.settings import load_settings
from ecodash.workspace import open_workspace
from tests.cli.conftest import NANAN, Run

TOWN = 350583100000
CLERK = Actor("省新填报员", "page", (Grant(Role.REPORTER, TOWN),), 1, "clerk")
NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
TEXT = "区划代码,清理生活垃圾(吨)\n350583100201,12.5\n350583100202,7\n"


@pytest.fixture
def staffed(nanan: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """南安市 with one account, whose figures wait as filing 1."""
    monkeypatch.setenv("ECODASH_OPEN", "")
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(nanan)}))
    grants = [Grant(Role.REPORTER, TOWN)]
    actions.create_account(workspace, "clerk", "省新填报员", grants=grants, actor=operator("管", "test"), now=NOW)
    upload = actions.read_file(workspace, TEXT.encode(), "2026年9月.csv", actor=CLERK, now=NOW)
    actions.deliver(workspace, upload, actor=CLERK, now=NOW)
    workspace.close()
    return nanan


def test_what_waits_is_listed_shown_and_accepted(run: Run, staffed: Path) -> None:
    (waiting,) = run("review", "list", "--json", home=staffed).values["filings"]
    assert (waiting["number"], waiting["new_count"], waiting["is_late"], waiting["is_clean"]) == (1, 2, True, True)
    shown = run("review", "show", "1", "--json").values
    assert [(row["region"], row["old"], row["new"]) for row in shown["changes"]] == [
        ("350583100201", None, 12.5),
        ("350583100202", None, 7),
    ]
    assert [(row["before"], row["after"]) for row in shown["totals"]] == [(None, 19.5)]
    assert "未上报 → 12.5" in run("review", "show", "1").out
    done = run("review", "accept", "1", "9", "--comment", "已核对", "--json")
    assert done.code == 1
    assert [(one["filing"], one["batch"]) for one in done.values["results"]] == [(1, 1), (9, None)]
    assert run("review", "list").out.strip() == "没有等待审核的报送件。"
    assert "已通过" in run("review", "list", "--all").out


def test_what_is_returned_says_why(run: Run, staffed: Path) -> None:
    assert run("review", "return", "1", "--comment", "缺一个村", home=staffed).code == 0
    assert run("review", "accept", "1").code == 1
    assert run("batches", "--json").values == {"batches": []}


def test_with_accounts_an_import_waits_unless_it_is_told_to_publish(run: Run, staffed: Path, tmp_path: Path) -> None:
    file = tmp_path / "2026年8月.csv"
    file.write_text(TEXT, encoding="utf-8")
    values = run("import", file, "--json", home=staffed).values
    assert (values["batch"], values["filing"], values["cells"]) == (None, 2, 0)
    again = run("import", file)
    assert "已提交审核：第 2 份报送件" in again.out
    # The machine's operator is one and the same person.
    assert run("review", "accept", "2").code == 1
    assert run("import", file, "--publish", "--json").values["batch"] == 1


def test_deadlines_and_the_review_of_a_county_are_set(run: Run, staffed: Path) -> None:
    said = run(
        "months", "deadline", "2026-09", "--within", NANAN, "--until", "2026-10-08", "--reason", "放假", home=staffed
    )
    assert said.out.strip() == f"2026-09 {NANAN} 上报期限：2026年10月8日。"
    until = ("--until", "2026-12-08T18:00")
    assert run("months", "deadline", "2027-01", "--within", NANAN, *until).code == 1
    assert run("months", "deadline", "2026-11", "--within", NANAN, *until).out.strip().endswith("2026年12月8日 18:00。")
    assert run("months", "deadline", "2026-11", "--within", NANAN, "--until", "月底").code == 1
    assert run("review", "switch", "--within", NANAN, "--off").code == 1
    assert "不再审核" in run("review", "switch", "--within", NANAN, "--off", "--reason", "试点").out
    assert run("months", "close", "2026-09", "--within", NANAN).code == 1
    assert run("months", "close", "2026-09", "--within", NANAN, "--leaves-open").code == 0
