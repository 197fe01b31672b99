"""Published figures, rankings as they were, snapshots, and one JSON object each."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run

JILONG = {
    "sewage_coverage_rate": 98,
    "waste_service_rate": 100,
    "collection_points": 15,
    "sewer_pipe_laid": 3.5,
    "patrols": 178,
    "problems_found": 13,
    "problems_closed": 13,
    "rectification_rate": 100,  # 13 of 13
}
YANGJIANG = {
    "garbage_cleared": 1000,
    "dump_sites_cleared": 3,
    "ditches_dredged": 30,
    "funds_invested": 50,
    "roads_hardened": 4.1,  # 1.5 + 2.6
    "household_toilets_built": 388,
    "public_toilets_built": 19,
    "old_houses_removed": 50,
    "ponds_cleared": 1,
    "public_toilets": 78,
}
NANGAN = {"garbage_cleared": 550, "clutter_cleared": 130, "illegal_structures_removed": 543}


@pytest.fixture(scope="module")
def sample(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample for the commands that only read."""
    return Path(shutil.copytree(sample_home, tmp_path_factory.mktemp("reading") / "home"))


@pytest.mark.parametrize(
    ("place", "month", "figures", "file"),
    [
        ("暨龙镇", "2023-12", JILONG, "jilong-2023-12.csv"),
        ("洋江镇", "2023-06", YANGJIANG, "yangjiang-2023-06.xlsx"),
        ("楠杆镇", "2023-12", NANGAN, "nangan.csv"),
    ],
)
def test_a_town_shows_exactly_what_was_published_of_it(
    run: Run, sample: Path, place: str, month: str, figures: dict[str, float], file: str
) -> None:
    found = run("show", place, "--month", month, "--json", home=sample).values
    assert {row["indicator"]: row["value"] for row in found["indicators"]} == figures
    assert {(row["origin"]["file"], row["origin"]["row"]) for row in found["indicators"]} == {(file, 3)}
    assert found["is_demo"] is False


@pytest.mark.parametrize(("place", "figures"), [("洋江镇", YANGJIANG), ("楠杆镇", NANGAN)])
def test_a_town_with_one_month_shows_it_unasked(run: Run, sample: Path, place: str, figures: dict[str, float]) -> None:
    found = run("show", place, "--json", home=sample).values
    assert {row["indicator"]: row["value"] for row in found["indicators"]} == figures


def test_the_demonstration_county_says_it_is_invented(run: Run, sample: Path) -> None:
    found = run("show", "丰都县", "--json", home=sample).values
    assert (found["is_demo"], found["month"], found["level"]) == (True, "2026-10", "county")
    assert "演示数据" in run("show", "丰都县").out


COMMANDS = [
    ("show", "暨龙镇"),
    ("rank", "--indicator", "assessment_score"),
    ("rank", "--indicator", "garbage_cleared", "--level", "village", "--within", "500230123"),
    ("batches",),
    ("snapshot", "list"),
    ("init", "--region", "500230"),
    ("import", "data/samples/nangan.csv", "--month", "2023-11", "--dry-run"),
    ("import", "tests/fixtures/uploads/ten_faults.csv"),
    ("snapshot", "show", "no-such-token"),
    ("undo", "12345"),
    ("show", "没有的村"),
    ("rank", "--indicator", "no_such_indicator"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_with_json_a_command_prints_one_object_and_nothing_else(
    run: Run, sample: Path, arguments: tuple[str, ...]
) -> None:
    answer = run(*arguments, "--json", home=sample)
    assert answer.values
    assert answer.out.startswith("{")
    assert answer.out.endswith("}\n")


# ── ranking ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_ranking_as_of_an_old_watermark_is_the_one_of_then(run: Run, nanan: Path, tmp_path: Path) -> None:
    file = tmp_path / "scores.csv"
    for score in (70, 99):
        file.write_text(
            f"区划代码,月份,考核得分\n350583100201,2026-09,{score}\n350583100202,2026-09,80\n", encoding="utf-8"
        )
        assert run("import", file, home=nanan).code == 0
    ask = ("rank", "--indicator", "assessment_score", "--json")
    before, now = run(*ask, "--as-of", 1).values, run(*ask).values
    assert [row["value"] for row in before["rows"]] == [80, 70]
    assert [row["value"] for row in now["rows"]] == [99, 80]
    assert (before["as_of"], now["as_of"]) == (1, 2)
    assert run(*ask, "--as-of", 0).values["rows"] == []
    assert run(*ask, "--as-of", 3).code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("rank",),
        ("rank", "--indicator", "no_such_indicator"),
        ("rank", "--indicator", "assessment_score", "--month", "2026-13"),
        ("rank", "--indicator", "assessment_score", "--level", "hamlet"),
        ("rank", "--indicator", "assessment_score", "--within", "110101"),
        ("show", "没有的村"),
        ("show", "350583100999"),
        ("snapshot", "create", "--page", "nowhere"),
        ("no-such-command",),
    ],
    ids=" ".join,
)
def test_an_unknown_code_or_wrong_use_ends_with_two(run: Run, nanan: Path, arguments: tuple[str, ...]) -> None:
    answer = run(*arguments, home=nanan)
    assert answer.code == 2
    assert answer.err


def test_a_name_of_several_regions_is_not_guessed(run: Run, nanan: Path) -> None:
    answer = run("show", "园内村", home=nanan)  # one in 省新镇, one in 康美镇
    assert answer.code == 2
    assert answer.err.count("园内村 350583") == 2


# ── snapshots ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_snapshot_is_made_listed_and_shown(run: Run, sample_copy: Path, tmp_path: Path) -> None:
    made = run("snapshot", "create", "--page", "ranking", "--title", "九月调度会", "--json", home=sample_copy).values
    assert made["path"] == f"/s/{made['token']}"
    listed = run("snapshot", "list", "--json").values["snapshots"]
    assert [(row["number"], row["title"], row["page"], row["path"]) for row in listed] == [
        (made["number"], "九月调度会", "ranking", made["path"])
    ]
    page = tmp_path / "page.html"
    by_number = run("snapshot", "show", made["number"], "--html", page, "--json").values
    by_token = run("snapshot", "show", made["token"], "--json").values
    assert by_number == by_token
    assert by_number["sha256"] == made["sha256"]
    ranking = run("rank", "--indicator", by_number["pages"][0]["meta"]["indicator"], "--json").values
    frozen = by_number["pages"][0]["tables"]["unit_ranking"]
    assert [row["value"] for row in frozen if row["is_reported"]] == [row["value"] for row in ranking["rows"]]
    assert "九月调度会" in page.read_text(encoding="utf-8")


def test_a_guarded_edition_is_made_extended_and_revoked(run: Run, nanan: Path) -> None:
    options = ("--page", "ranking", "--pin", "2468", "--lifetime", "week", "--series", "每月例会")
    number = run("snapshot", "create", *options, "--json", home=nanan).values["number"]

    def listed() -> dict[str, object]:
        [row] = run("snapshot", "list", "--json").values["snapshots"]
        return {name: row[name] for name in ("access", "standing", "series", "edition", "opened")}

    kept = {"access": "pin", "series": "每月例会", "edition": 1, "opened": 0}
    assert listed() == kept | {"standing": "open"}
    assert "有效" in run("snapshot", "list").out
    assert "已延期" in run("snapshot", "extend", number, "--lifetime", "year").out
    assert "已撤回" in run("snapshot", "revoke", number).out
    assert listed() == kept | {"standing": "revoked"}
    refused = run("snapshot", "extend", number)
    assert (refused.code, "已撤回" in refused.err) == (1, True)
    assert "4 至 8 位数字" in run("snapshot", "create", "--pin", "12").err
    assert "没有编号为 99 的快照" in run("snapshot", "revoke", 99).err


@pytest.mark.parametrize("which", ["99", "99999999999999999999999", "²", "no-such-token"])
def test_an_unknown_snapshot_is_refused(run: Run, nanan: Path, which: str) -> None:
    answer = run("snapshot", "show", which, home=nanan)
    assert answer.code == 1
    assert "没有这个快照" in answer.err


def test_snapshots_and_batches_of_a_new_store_are_empty_lists(run: Run, nanan: Path) -> None:
    assert run("snapshot", "list", "--json", home=nanan).values == {"snapshots": []}
    assert run("batches", "--json").values == {"batches": []}
    assert "还没有" in run("snapshot", "list").out
    assert "还没有" in run("batches").out


@pytest.mark.parametrize("kind", ["damaged", "folder", "home_is_a_file"])
def test_a_store_that_cannot_be_opened_is_told_without_a_traceback(run: Run, tmp_path: Path, kind: str) -> None:
    home = tmp_path / "lock home"
    if kind == "home_is_a_file":
        home.touch()
    elif kind == "folder":
        (home / "ecodash.duckdb").mkdir(parents=True)
    else:
        home.mkdir()
        (home / "ecodash.duckdb").write_bytes(b"not a database" * 1000)
    answer = run("verify", "--json", home=home)
    assert answer.code == 1
    assert str(home) in answer.values["error"]["what"]
    assert answer.values["error"]["remedy"]
