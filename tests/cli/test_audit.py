"""The commands of the audit: list, verify, export; and every file a command writes is in it."""

import csv
import json
import shutil
from pathlib import Path

import duckdb
import openpyxl
import pytest

from tests.cli.conftest import Run


@pytest.fixture
def home(nanan_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(nanan_home, tmp_path / "home"))


def test_lines_are_listed_by_filters(run: Run, home: Path) -> None:
    run("months", "close", "2026-01", home=home)
    run("alias", "add", "350583", "泉南市")
    found = run("audit", "list", "--json").values
    assert [one["action"] for one in found["lines"]] == ["add_region_alias", "close_month", "add_regions"]
    assert found["lines"][0]["region"] == "350583"
    assert [one["action"] for one in run("audit", "list", "--action", "close_month", "--json").values["lines"]] == [
        "close_month"
    ]
    assert run("audit", "list", "--text", "泉南", "--json").values["count"] == 1
    assert run("audit", "list", "--since", "2099-01-01", "--json").values["count"] == 0
    assert "增加地区曾用名" in run("audit", "list").out
    assert run("audit", "list", "--action", "nosuch").code == 1


def test_verify_tells_a_whole_audit_and_an_altered_one(run: Run, home: Path) -> None:
    run("alias", "add", "350583", "泉南市", home=home)
    whole = run("audit", "verify", "--json").values
    assert (whole["ok"], whole["lines"]) == (True, 2)
    assert run("audit", "verify", "--line", 2, "--digest", whole["digest"]).code == 0
    wrong = run("audit", "verify", "--line", 2, "--digest", "0" * 64)
    assert (wrong.code, "整体改写" in wrong.out) == (1, True)
    assert run("audit", "verify", "--line", 2).code == 2
    with duckdb.connect(str(home / "ecodash.duckdb")) as connection:
        connection.execute("update audit set detail = '{}' where number = 1")
    found = run("audit", "verify")
    assert (found.code, "第 1 行" in found.out) == (1, True)
    assert run("verify").code == 1


@pytest.mark.parametrize("ending", ["xlsx", "csv", "jsonl"])
def test_an_export_has_every_line_with_its_digest_and_is_a_line_itself(run: Run, home: Path, ending: str) -> None:
    run("alias", "add", "350583", "=1+1", home=home)
    file = home.parent / f"audit.{ending}"
    assert run("audit", "export", file, "--json").values["lines"] == 2
    digests = [one["digest"] for one in run("audit", "list", "--json").values["lines"]]
    assert len(digests) == 3
    if ending == "jsonl":
        rows = [json.loads(one)["digest"] for one in file.read_text("utf-8").splitlines()]
    elif ending == "csv":
        with file.open(encoding="utf-8-sig", newline="") as source:
            rows = [one["校验值"] for one in csv.DictReader(source)]
    else:
        sheet = openpyxl.load_workbook(file).active
        cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
        rows = [row[-1] for row in cells[4:6]]
        assert any("另行留存此值" in str(row[0]) for row in cells)
        assert sheet["E5"].data_type != "f"
    assert rows == digests[1:]
    line = run("audit", "list", "--limit", 1, "--json").values["lines"][0]
    assert (line["action"], line["channel"]) == ("export", "cli")
    assert (line["detail"]["what"], line["detail"]["rows"], line["detail"]["file"]) == ("audit", 2, file.name)


def test_a_file_of_another_kind_is_refused(run: Run, home: Path) -> None:
    assert run("audit", "export", home.parent / "audit.txt", home=home).code == 1


def test_a_template_that_is_written_is_told(run: Run, home: Path) -> None:
    file = home.parent / "模板.xlsx"
    run("template", "--within", "350583001", "--month", "2026-10", "--indicator", "bins", "-o", file, home=home)
    line = run("audit", "list", "--limit", 1, "--json").values["lines"][0]
    assert file.exists()
    assert (line["action"], line["detail"]["what"], line["region"]) == ("export", "template", "350583001")
