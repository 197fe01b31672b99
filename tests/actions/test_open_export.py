"""Everything as open data: read back by pandas, it is what the store says; and no secret is in it."""

import csv
import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from ecodash import actions, queries
from ecodash.domain.access import Grant, Role
from ecodash.domain.pages import Page
from ecodash.domain.regions import Level
from ecodash.domain.snapshots import SnapshotWish
from ecodash.errors import UserError
from ecodash.reports import frozen
from ecodash.reports.open_fields import TABLES
from ecodash.settings import load_settings
from ecodash.store.digest import store_digest
from ecodash.store.tables import upload_file
from ecodash.workspace import Workspace, workspace_of_backup
from tests.actions.conftest import CLERK, FENGLAI, JILONG, NOW, OCTOBER, XINGLONG, rows, send

_RISKY = "=1+1 的说明"


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    """Three batches, a target, a snapshot, an account, and a name that looks like a formula."""
    send(workspace, rows(f"{FENGLAI},,3.25,2", f"{XINGLONG},,,0"), reason=_RISKY)
    send(workspace, rows(f"{FENGLAI},,5,"), name="@更正2026年10月.csv", reason="已核实")
    send(workspace, rows(f"{XINGLONG},,9,"), reason="已核实")
    goals = "区划代码,指标,期限,基数,目标值\n500230,公厕,2026-12,,90\n"
    send(workspace, goals, name="目标.csv", reason="已核实")
    selection = queries.default_selection(workspace, 3, JILONG).at(level=Level.VILLAGE, month=OCTOBER)
    page = queries.freeze(workspace, Page.RANKING, selection.at(indicator="garbage_cleared"))
    actions.create_snapshot(workspace, [page], SnapshotWish(title="调度会"), actor=CLERK, now=NOW)
    actions.create_account(workspace, "zhang.san", "张三", grants=[Grant(Role.VIEWER, JILONG)], actor=CLERK, now=NOW)
    return workspace


def export(workspace: Workspace, folder: Path, **options: object) -> actions.Exported:
    return actions.export_all(workspace, folder, actor=CLERK, now=NOW, **options)  # type: ignore[arg-type]


def parquet(folder: Path, name: str) -> pd.DataFrame:
    return pd.concat([pd.read_parquet(one) for one in sorted(folder.glob(f"{name}*.parquet"))] or
                     [pd.read_parquet(one) for one in sorted((folder / name).rglob("*.parquet"))], ignore_index=True)  # fmt: skip


def standing(frame: pd.DataFrame) -> dict[tuple[str, str, str], Decimal]:
    return {(row.month, row.region_code, row.indicator): Decimal(str(row.value)) for row in frame.itertuples()}


EXPECTED = {
    ("2026-10", FENGLAI, "garbage_cleared"): Decimal(5),
    ("2026-10", FENGLAI, "public_toilets"): Decimal(2),
    ("2026-10", XINGLONG, "garbage_cleared"): Decimal(9),
    ("2026-10", XINGLONG, "public_toilets"): Decimal(0),
}


def test_read_back_it_is_what_the_store_says(filled: Workspace, tmp_path: Path) -> None:
    done = export(filled, tmp_path / "open")
    folder = done.folder
    month = folder / "observations" / "2026" / "observations-2026-10"
    figures = pd.read_parquet(month.with_suffix(".parquet"))
    written = pd.read_csv(month.with_suffix(".csv"), dtype={"region_code": "str", "value": "str"})
    assert standing(figures) == standing(written) == EXPECTED
    assert set(figures["last_batch"]) == {1, 2, 3}
    journal = pd.read_parquet(folder / "journal" / "2026" / "journal-2026-10.parquet")
    journal["value"] = journal["value"] * journal["sign"]
    sums = journal.groupby(["month", "region_code", "indicator"])["value"].sum()
    assert dict(sums) == EXPECTED
    with filled.store.reading() as connection:
        assert done.digest == store_digest(connection, 4).total
    assert (done.watermark, done.rows["observations"], done.rows["batches"]) == (4, 4, 4)


@pytest.mark.duckdb_only
def test_as_of_an_old_batch(filled: Workspace, tmp_path: Path) -> None:
    done = export(filled, tmp_path / "open", watermark=1, formats=("parquet",))
    figures = pd.read_parquet(done.folder / "observations" / "2026" / "observations-2026-10.parquet")
    assert standing(figures)["2026-10", FENGLAI, "garbage_cleared"] == Decimal("3.25")
    assert len(figures) == 3
    assert done.rows["snapshots"] == done.rows["targets"] == 0
    assert not list(done.folder.rglob("batches.csv"))
    with pytest.raises(UserError, match="没有第 9 批"):
        export(filled, tmp_path / "other", watermark=9)
    assert not (tmp_path / "other").exists()


@pytest.mark.duckdb_only
def test_what_is_missing_is_empty_and_not_zero(filled: Workspace, tmp_path: Path) -> None:
    folder = export(filled, tmp_path / "open").folder
    [target] = pd.read_csv(folder / "targets.csv", dtype="str", keep_default_na=False).to_dict("records")
    assert (target["region_code"], target["baseline"], target["value"]) == ("500230", "", "90.0000")
    assert pd.read_parquet(folder / "targets.parquet")["baseline"].isna().all()


@pytest.mark.duckdb_only
def test_no_text_of_a_csv_starts_like_a_formula_and_parquet_has_it_as_it_is(filled: Workspace, tmp_path: Path) -> None:
    folder = export(filled, tmp_path / "open").folder
    names = pd.read_csv(folder / "batches.csv")["file_name"].to_list()
    assert "'@更正2026年10月.csv" in names
    assert "@更正2026年10月.csv" in pd.read_parquet(folder / "batches.parquet")["file_name"].to_list()
    for file in folder.rglob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as stream:
            for line in csv.DictReader(stream):
                numbers = {"sign", "value"}
                assert not [
                    cell for name, cell in line.items() if name not in numbers and cell.startswith(("=", "+", "-", "@"))
                ]


def test_the_snapshots_tables_are_the_very_bytes(filled: Workspace, tmp_path: Path) -> None:
    folder = export(filled, tmp_path / "open").folder
    listed = pd.read_parquet(folder / "snapshot_tables.parquet")
    tables = queries.frozen_tables(filled, 1)
    assert len(listed) == len(tables) > 0
    for row, table in zip(listed.itertuples(), tables, strict=True):
        content = (folder / str(row.file)).read_bytes()
        assert (content, row.sha256) == (table.content, frozen.digest(table.content))


@pytest.mark.duckdb_only
def test_every_column_is_in_the_dictionary_and_every_file_has_its_sum(filled: Workspace, tmp_path: Path) -> None:
    folder = export(filled, tmp_path / "open").folder
    words = pd.read_csv(folder / "data-dictionary.csv", keep_default_na=False)
    assert (words["meaning"] != "").all()
    described = {name: list(rows["column"]) for name, rows in words.groupby("table", sort=False)}
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert {one["name"] for one in package["resources"]} >= {table.name.replace("_", "-") for table in TABLES}
    for resource in package["resources"]:
        paths = resource["path"] if isinstance(resource["path"], list) else [resource["path"]]
        for path in paths:
            header = (
                pq.read_schema(folder / path).names if path.endswith("parquet")
                else list(pd.read_csv(folder / path, nrows=0))
            )  # fmt: skip
            name = resource["name"].removesuffix("-parquet").replace("-", "_")
            assert header == described[name] == [one["name"] for one in resource["schema"]["fields"]]
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines())
    files = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()} - {"SHA256SUMS"}
    assert sums == {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files}


@pytest.mark.duckdb_only
def test_no_secret_and_no_file_as_sent_is_in_it(filled: Workspace, tmp_path: Path) -> None:
    folder = export(filled, tmp_path / "open").folder
    with filled.store.reading() as connection:
        secrets = [
            str(value)
            for statement in (
                "SELECT password_hash FROM account_state", "SELECT token_hash FROM snapshot_state",
                "SELECT nonce FROM snapshot_state", "SELECT login FROM account", "SELECT digest FROM audit",
            )
            for value in connection.execute(sa.text(statement)).scalars()
        ]  # fmt: skip
        sent = [bytes(one) for one in connection.execute(sa.select(upload_file.c.content)).scalars()]
    assert len(secrets) > 4
    content = b"".join(one.read_bytes() for one in folder.rglob("*.csv"))
    content += b"".join(pd.read_parquet(one).to_csv().encode() for one in folder.rglob("*.parquet"))
    assert not [one for one in secrets if one.encode() in content]
    assert not [one for one in sent if one in content]
    assert "张三".encode() not in content


@pytest.mark.duckdb_only
def test_a_folder_that_is_there_is_left_alone_and_half_of_one_is_not_left(
    filled: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="已经存在"):
        export(filled, tmp_path / "full")
    (tmp_path / "empty").mkdir()
    assert export(filled, tmp_path / "empty").files > 10
    monkeypatch.setattr(
        "ecodash.reports.open_files.finish", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left"))
    )
    with pytest.raises(UserError, match="写入"):
        export(filled, tmp_path / "cut")
    assert sorted(one.name for one in tmp_path.iterdir() if one.name != "home") == ["empty", "full"]


@pytest.mark.duckdb_only
def test_from_a_backup_while_the_store_is_in_use(filled: Workspace, tmp_path: Path) -> None:
    made = actions.make_backup(filled, actor=CLERK, now=NOW)
    send(filled, rows(f"{FENGLAI},,7,"), reason="已核实")
    with workspace_of_backup(filled.settings, made.name) as apart:
        done = export(apart, tmp_path / "open", formats=("parquet",))
        assert standing(pd.read_parquet(next(done.folder.rglob("observations-*.parquet")))) == EXPECTED
    actions.tell_export(filled, watermark=4, digest=done.digest, files=done.files, actor=CLERK, now=NOW)
    with filled.store.reading() as connection:
        told = connection.execute(sa.text("SELECT detail FROM audit WHERE action = 'export_all'")).scalar_one()
    assert done.digest in told
    with pytest.raises(UserError, match="没有名为"), workspace_of_backup(filled.settings, "../x"):
        pass
    with pytest.raises(UserError), workspace_of_backup(replace(load_settings(), home=tmp_path), made.name):
        pass
