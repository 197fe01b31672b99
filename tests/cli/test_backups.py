"""backup make, list, verify, restore."""

from pathlib import Path

from tests.cli.conftest import Run


def test_made_listed_verified_and_put_back(run: Run, nanan: Path) -> None:
    made = run("backup", "make", "--json", home=nanan)
    assert made.code == 0
    name, folder = made.values["name"], Path(made.values["path"])
    assert (folder / "ecodash.duckdb").stat().st_size == made.values["files"][0]["size"]
    assert [one["name"] for one in run("backup", "list", "--json").values["backups"]] == [name]
    assert "完好" in run("backup", "list").out

    verified = run("backup", "verify", "--json")
    assert (verified.code, verified.values["problems"], verified.values["agrees"]) == (0, [], True)
    assert "完好" in run("backup", "verify", name).out

    assert run("alias", "add", "350583101", "旧名").code == 0
    unsure = run("backup", "restore", name)
    assert (unsure.code, "--yes" in unsure.err) == (2, True)
    assert run("alias", "list", "--json").values["aliases"]
    done = run("backup", "restore", name, "--yes", "--json")
    assert done.code == 0
    assert run("alias", "list", "--json").values["aliases"] == []
    assert (Path(done.values["aside"]) / "ecodash.duckdb").is_file()


def test_only_the_newest_are_kept_where_that_is_asked_for(run: Run, nanan: Path) -> None:
    names = [run("backup", "make", "--json", home=nanan).values["name"] for _ in range(2)]
    third = run("backup", "make", "--keep", 2, "--json")
    assert third.values["deleted"] == [names[0]]
    assert [one["name"] for one in run("backup", "list", "--json").values["backups"]] == [
        third.values["name"],
        names[1],
    ]


def test_a_damaged_one_is_refused(run: Run, nanan: Path) -> None:
    folder = Path(run("backup", "make", "--json", home=nanan).values["path"])
    (folder / "ecodash.duckdb").write_bytes(b"nothing")
    verified = run("backup", "verify", "--json")
    assert (verified.code, len(verified.values["problems"])) == (1, 1)
    assert "有问题" in run("backup", "list").out
    assert run("backup", "restore", folder.name, "--yes").code == 1
    # It does not count among those that are kept.
    sound = run("backup", "make", "--keep", 1, "--json").values
    assert sound["deleted"] == [folder.name]


def test_nothing_to_verify(run: Run, nanan: Path) -> None:
    empty = run("backup", "verify", home=nanan)
    assert (empty.code, "还没有备份" in empty.err) == (1, True)
    assert run("backup", "restore", "../x", "--yes").code == 1
