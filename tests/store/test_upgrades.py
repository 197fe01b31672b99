"""Stores of versions from before links were kept (tests.fixtures.build_early_store): today's code brings them up to date, and
every row of figures, every rank as of every batch, and what a link shows is as it was."""

import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ecodash import actions, answers, queries
from ecodash.domain.access import operator
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_key
from ecodash.domain.selection import Selection
from ecodash.settings import Settings, load_settings
from ecodash.store import backup as backups
from ecodash.store.digest import month_digests, store_digest
from ecodash.store.health import newest_schema
from ecodash.store.tables import observation
from ecodash.workspace import Workspace, open_workspace
from tests.fixtures.build_early_store import COUNTY, INDICATOR, MONTH, STORES

pytestmark = pytest.mark.duckdb_only
NOW = datetime(2026, 12, 1, tzinfo=UTC)
ACTOR = operator("测试员", "test")
FOLDERS = sorted(STORES.iterdir())


@dataclass(frozen=True)
class Early:
    """A store of an early version, opened by today's code.

    Args:
        months: the journal's digests by month, taken before it was brought up to date.
    """

    workspace: Workspace
    expected: dict[str, Any]
    months: dict[int, tuple[int, str]]


def unpacked(folder: Path, home: Path) -> tuple[Settings, dict[str, Any]]:
    """A store as its version left it, in a home of its own."""
    expected: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    home.mkdir(exist_ok=True)
    (home / "ecodash.duckdb").write_bytes(lzma.decompress((folder / "store.duckdb.xz").read_bytes()))
    return load_settings({"ECODASH_HOME": str(home), "ECODASH_OPEN": "1"}), expected


@pytest.fixture(params=FOLDERS, ids=[folder.name for folder in FOLDERS])
def early(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Early]:
    settings, expected = unpacked(request.param, tmp_path / "home")
    with backups.reading_copy(settings.home / "ecodash.duckdb") as connection:
        assert backups.schema_of(connection) == expected["schema"]
        months = month_digests(connection, observation)
    workspace = open_workspace(settings, NOW)
    yield Early(workspace, expected, months)
    workspace.close()


def test_there_is_a_store_of_every_early_version() -> None:
    assert [folder.name for folder in FOLDERS] == ["0.1.0", "0.1.0-uploads", "0.2.0"]


def test_it_is_brought_up_to_date_with_every_figure(early: Early) -> None:
    workspace, expected = early.workspace, early.expected
    checked = queries.verify(workspace)
    assert (checked.problems, checked.digest) == ([], expected["digest"])
    assert (checked.watermark, checked.snapshots) == (expected["watermark"], 1)
    with workspace.store.reading() as connection:
        assert backups.schema_of(connection) == newest_schema()
        assert month_digests(connection, observation) == early.months
        # What batch 4 brought, batch 5 took back: rows are only ever added.
        whole, last = store_digest(connection), store_digest(connection, 5)
        assert whole.tables["observation"] == last.tables["observation"]
        assert len({store_digest(connection, number).total for number in range(6)}) == 6
    for number, ranks in expected["ranks"].items():
        selection = Selection(int(number), Month.parse(MONTH), region_key(COUNTY), INDICATOR, Level.TOWN)
        rows = queries.unit_ranking(workspace, selection)
        shown = rows[rows["value"].notna()]
        assert dict(zip(shown["region_code"], shown["value"].astype(float), strict=True)) == ranks, number


def test_its_link_shows_what_it_showed_and_it_goes_on(early: Early) -> None:
    workspace, snapshot = early.workspace, early.expected["snapshot"]
    values, _page = answers.snapshot(workspace, snapshot["token"])
    assert values["sha256"] == snapshot["sha256"]
    [page] = values["pages"]
    kept = snapshot["tables"]["unit_ranking"]
    now = json.loads(json.dumps(page["tables"]["unit_ranking"], default=str))
    for name in ("region_code", "value", "rank"):
        assert [row[name] for row in now] == [row[name] for row in kept], name
    made = actions.make_backup(workspace, actor=ACTOR, now=NOW)
    assert actions.check_backup(workspace, made.name, actor=ACTOR, now=NOW).problems == ()


def test_a_backup_of_an_earlier_version_is_put_back(tmp_path: Path) -> None:
    """As that version would have made it: its file and a record that says what is in it."""
    settings, expected = unpacked(FOLDERS[0], tmp_path / "home")
    database = settings.home / "ecodash.duckdb"
    folder = settings.backups_dir / "20231231-230000"
    folder.mkdir(parents=True)
    database.replace(folder / "ecodash.duckdb")
    record = {
        "version": 1, "name": folder.name, "made_at": "2023-12-31T15:00:00+00:00", "actor": "测试员", "watermark": 5,
        "digest": expected["digest"], "schema": expected["schema"], "software": "0.1.0", "tables": {"batch": 5},
        "files": [{"name": "ecodash.duckdb", "size": one.size, "sha256": one.sha256}
                  for one in [backups.describe(folder / "ecodash.duckdb")]],
        "checked_at": "2023-12-31T15:00:00+00:00", "fault": "",
    }  # fmt: skip
    (folder / "backup.json").write_text(json.dumps(record), encoding="utf-8")
    assert actions.check_backup_apart(settings, folder.name, now=NOW).problems == ()

    actions.restore_backup(settings, folder.name, actor=ACTOR, now=NOW)

    workspace = open_workspace(settings, NOW)
    try:
        checked = queries.verify(workspace)
        assert (checked.problems, checked.digest) == ([], expected["digest"])
    finally:
        workspace.close()
