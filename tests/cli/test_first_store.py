"""From nothing to a ranking: a county of no sample, a small file of scores."""

from pathlib import Path

import pytest

from tests.cli.conftest import NANAN, Run

SCORES = """南安市2026年10月农村人居环境考核情况,,
乡镇,村,考核得分
省新镇,省身村,91.5
省新镇,满山红村,88
仑苍镇,仑苍村委会,95.25
仑苍镇,联盟,88
溪美街道,中山社区,
"""


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    file = tmp_path / "scores.csv"
    file.write_text(SCORES, encoding="utf-8")
    return file


@pytest.mark.parametrize("level", [(), ("--level", "village")])
def test_a_county_of_no_sample_ranks_its_villages_by_a_small_file(
    run: Run, nanan: Path, scores: Path, level: tuple[str, ...]
) -> None:
    done = run("import", scores, "--json", home=nanan)
    assert (done.code, done.values["cells"], done.values["faults"]) == (0, 4, [])
    ranking = run("rank", "--indicator", "assessment_score", *level, "--json").values
    assert (ranking["region"], ranking["month"], ranking["level"]) == (NANAN, "2026-10", "village")
    assert [(row["rank"], row["parent"], row["name"], row["value"]) for row in ranking["rows"]] == [
        (1, "仑苍镇", "仑苍村", 95.25),
        (2, "省新镇", "省身村", 91.5),
        (3, "省新镇", "满山红村", 88),
        (3, "仑苍镇", "联盟村", 88),
    ]
    unreported = {row["name"] for row in ranking["unreported"]}
    assert "中山社区" in unreported
    assert not unreported & {"仑苍村", "省身村", "满山红村"}


def test_a_snapshot_without_flags_shows_what_there_is(run: Run, nanan: Path, scores: Path) -> None:
    run("import", scores, home=nanan)
    made = run("snapshot", "create", "--json").values
    shown = run("snapshot", "show", made["number"], "--json").values
    assert shown["pages"][0]["meta"]["indicator"] == "assessment_score"
    assert [row["value"] for row in shown["pages"][0]["tables"]["unit_ranking"] if row["is_reported"]] == [
        95.25,
        91.5,
        88,
        88,
    ]


def test_init_says_what_it_added_and_adds_nothing_twice(run: Run, nanan: Path) -> None:
    again = run("init", "--region", NANAN, "--json", home=nanan).values
    assert (again["added"], again["watermark"], again["home"]) == (0, 0, str(nanan))
    more = run("init", "--region", "350583100", "--region", "350582", "--json").values
    assert more["added"] == more["regions"] - again["regions"] > 300
    assert run("rank", "--indicator", "assessment_score", "--json").values["region"] == "3505"


def test_init_makes_a_store_where_there_was_none(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "somewhere" / "new"
    done = run("init", "--region", "350583100", "--json", home=home).values
    assert (done["batches"], done["regions"] == done["added"] > 4) == (0, True)
    assert (home / "ecodash.duckdb").exists()


@pytest.mark.parametrize("arguments", [(), ("--region", "999999"), ("--region", "南安市"), ("--region", "0")])
def test_init_without_a_known_region_is_wrong_use(run: Run, arguments: tuple[str, ...]) -> None:
    answer = run("init", *arguments)
    assert answer.code == 2
    assert answer.err


def test_the_sample_is_not_loaded_over_other_figures(run: Run, nanan: Path, scores: Path) -> None:
    run("import", scores, home=nanan)
    refused = run("init", "--sample", "--json")
    assert refused.code == 1
    assert refused.values["error"]["remedy"]


def test_without_a_region_every_village_of_the_store_is_ranked(run: Run, tmp_path: Path) -> None:
    assert run("init", "--region", "350583", "--region", "350582").code == 0
    csv = tmp_path / "scores.csv"
    csv.write_text("区划代码,月份,考核得分\n350583100201,2026-09,80\n350582001004,2026-09,90\n", encoding="utf-8")
    assert run("import", csv).code == 0
    ranked = run("rank", "--indicator", "assessment_score", "--month", "2026-09", "--level", "village", "--json").values
    assert [row["region"] for row in ranked["rows"]] == ["350582001004", "350583100201"]
    assert ranked["within"] == "3505"
    made = run("snapshot", "create", "--json").values
    meta = run("snapshot", "show", made["number"], "--json").values["pages"][0]["meta"]
    assert (meta["region_code"], meta["month"]) == ("3505", "2026-09")


@pytest.mark.parametrize("command", [("rank", "--indicator", "assessment_score"), ("snapshot", "create")])
def test_a_store_without_regions_says_how_to_begin(run: Run, command: tuple[str, ...]) -> None:
    refused = run(*command, "--json")
    assert refused.code == 1
    assert "init --region" in refused.values["error"]["remedy"]


def test_a_snapshot_that_cannot_be_written_is_told_without_a_traceback(run: Run, nanan: Path, tmp_path: Path) -> None:
    number = run("snapshot", "create", "--json", home=nanan).values["number"]
    refused = run("snapshot", "show", number, "--html", tmp_path / "nowhere" / "page.html", "--json")
    assert (refused.code, "page.html" in refused.values["error"]["what"]) == (1, True)
    page = tmp_path / "page.html"
    assert run("snapshot", "show", number, "--html", page).code == 0
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
