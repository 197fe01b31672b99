"""copy: a store with one of everything goes from DuckDB to PostgreSQL and back, and is the same store each time."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from ecodash import actions, queries
from ecodash.actions.copying import copy_store
from ecodash.cli import app
from ecodash.domain.access import SYSTEM
from ecodash.domain.pages import Page
from ecodash.domain.regions import region_key
from ecodash.domain.snapshots import SnapshotWish
from ecodash.errors import KeyRefused, StoreHeld, TransitionRefused, UserError
from ecodash.settings import PROJECT_ROOT, Settings, load_settings
from ecodash.store import copying, records
from ecodash.store.addresses import is_same_store, settings_at, shown_address
from ecodash.store.digest import store_digest
from ecodash.store.engine import Store, open_store
from ecodash.store.records.uploads import compress, keep_file
from ecodash.store.tables import MARK, UtcTime, metadata, region_alias, spell, unspell
from ecodash.workspace import Workspace
from tests.builders import A1, A2, ACTOR, CATALOG, NOON, cells, commit, commit_frames, targets
from tests.databases import held_by_another
from tests.people import cheap_hashing
from tests.permits import world as worlds
from tests.permits.world import World
from tests.postgres_server import Server
from tests.web.links import PARTS, Desk

ODD = (
    "空\0字符",
    MARK,
    f"{MARK}0",
    f"\0{MARK}1\0",
    '引"号,逗号',
    "换\n行\r\n\\.\n\t尾",
    "",
    " ",
    "\\N",
    "NULL",
    "𠮷🙂",
)
"""Texts that formats in between could lose."""
LARGEST, SMALLEST = Decimal("99999999999999.9999"), Decimal("-0.0001")
MICROSECOND = datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=UTC)
ALL_BYTES = bytes(range(256)) * 40


@dataclass
class Places:
    """One store at three places: where it was, on PostgreSQL, and back in a file."""

    world: World
    first: Settings
    second: Settings
    third: Settings

    def opened(self) -> Iterator[Workspace]:
        for settings in (self.first, self.second, self.third):
            workspace = Workspace(settings, open_store(settings), CATALOG, SYSTEM)
            yield workspace
            workspace.close()


def at(server: Server, database: str, key: Path) -> Settings:
    return Settings(key.parent, server.url(database), PROJECT_ROOT / "data", link_key_path=str(key))


def file_in(folder: Path) -> Settings:
    return Settings(folder, f"duckdb:///{folder / 'ecodash.duckdb'}", PROJECT_ROOT / "data")


def add_oddities(store: Store) -> None:
    with store.writing() as connection:
        for text in ODD:
            records.add_alias(connection, region_key(A1), text, ACTOR, MICROSECOND)
        keep_file(
            connection,
            sha256=hashlib.sha256(ALL_BYTES).hexdigest(),
            file_name=ODD[0],
            size=len(ALL_BYTES),
            compressed=compress(ALL_BYTES),
            received_at=MICROSECOND,
        )


def fill_the_rest(store: Store) -> None:
    """Two rows in every table that has none yet: the greatest values its columns take, and the least or none."""
    with store.writing() as connection:
        for table in metadata.sorted_tables:
            if connection.execute(sa.select(table).limit(1)).first() is None:
                connection.execute(sa.insert(table), [{c.name: extreme(c, end) for c in table.c} for end in (1, 0)])


def extreme(column: sa.Column[Any], end: int) -> Any:
    if column.nullable and not end:
        return None
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return bool(end)
    if isinstance(kind, sa.Numeric):
        return (SMALLEST, LARGEST)[end]
    if isinstance(kind, sa.Integer):
        bits = 15 if isinstance(kind, sa.SmallInteger) else 63 if isinstance(kind, sa.BigInteger) else 31
        # Months stay months: the tables of figures are cut by them.
        return (199001, 210012)[end] if column.name in ("period", "deadline") else (1, 2**bits - 1)[end]
    if isinstance(kind, UtcTime):
        return (datetime(1990, 1, 1, tzinfo=UTC), MICROSECOND)[end]
    if isinstance(kind, sa.LargeBinary):
        return (b"", ALL_BYTES)[end]
    return ("", "".join(ODD))[end]


@pytest.fixture(scope="module")
def places(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Places:
    folder = tmp_path_factory.mktemp("copied")
    with cheap_hashing():
        world = worlds.build(folder)
    store = world.workspace.store
    commit(store, (A1, "garbage", "2026-09", LARGEST), (A1, "score", "2026-09", SMALLEST))
    goals = targets((A1, "garbage", "2026-12", 1, 20), (A2, "garbage", "2026-12", 1, 30))
    commit_frames(store, cells(), goals.assign(baseline=[None, SMALLEST]))
    actions.undo_batch(world.workspace, 2, actor=SYSTEM, now=NOON, rest=True)
    page = queries.freeze(world.workspace, Page.OVERVIEW, world.selection("本县"))
    made = actions.create_snapshot(world.workspace, [page], SnapshotWish(title=ODD[4]), actor=SYSTEM, now=worlds.NOW)
    world.tokens["总览"] = made.token
    world.snapshots["总览"] = queries.get_snapshot(world.workspace, number=made.number)
    add_oddities(store)
    fill_the_rest(store)
    assert len(world.workspace.link_key) == 32
    world.workspace.close()
    first = file_in(folder)
    second = at(postgres_server, postgres_server.new_database(), first.link_key_file)
    third = file_in(tmp_path_factory.mktemp("back"))
    copy_store(first, second)
    copy_store(second, third)
    return Places(world, first, second, third)


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, sorted."""
    with store.reading() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
            for table in metadata.sorted_tables
        }


# ── the same store ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_row_of_every_table_is_the_same(places: Places) -> None:
    first, second, third = (everything(workspace.store) for workspace in places.opened())
    # What the copy adds on PostgreSQL, and keeps from there on: which key the store is used with.
    own = [row for row in second["setting"] if row[0] == "link_key"]
    assert len(own) == 1
    assert second | {"setting": [row for row in second["setting"] if row not in own]} == first
    assert third == second
    assert all(len(rows) > 1 for name, rows in first.items() if name != "catalog_version")


def test_digests_are_the_same_at_every_watermark(places: Places) -> None:
    found = []
    for workspace in places.opened():
        with workspace.store.reading() as connection:
            newest = queries.newest_watermark(workspace)
            found.append([store_digest(connection, watermark) for watermark in (None, *range(1, newest + 1))])
    assert len(found[0]) > 5
    assert found[0] == found[1] == found[2]


def test_each_is_sound(places: Places) -> None:
    for workspace in places.opened():
        checked = queries.verify(workspace)
        assert checked.problems == []
        assert checked.snapshots == len(places.world.snapshots)
        with workspace.store.reading() as connection:
            assert not records.check_chain(connection).breaks


def test_what_formats_lose_is_not_lost(places: Places) -> None:
    for workspace in places.opened():
        with workspace.store.reading() as connection:
            rows = connection.execute(sa.select(region_alias.c.alias, region_alias.c.added_at)).all()
            assert {row.alias for row in rows} >= set(ODD)
            assert {row.added_at for row in rows if row.alias in ODD} == {MICROSECOND}
            kept = records.load_file(connection, hashlib.sha256(ALL_BYTES).hexdigest())
            assert kept is not None
            assert (kept.content, kept.file_name) == (ALL_BYTES, ODD[0])
            values = {row.value for row in connection.execute(sa.text("SELECT value FROM observation"))}
            assert {LARGEST, SMALLEST} <= values


@pytest.mark.parametrize("part", PARTS)
def test_pages_of_snapshots_are_the_same_byte_for_byte(places: Places, part: str) -> None:
    shown = []
    for workspace in places.opened():
        desk = Desk(workspace)
        desk.now = worlds.NOW
        answers = desk.ask_many([f"/s/{token}{part}" for token in places.world.tokens.values()])
        shown.append([(answer.status, answer.body) for answer in answers])
        desk.close()
    assert shown[0] == shown[1] == shown[2]
    # Only a page with pictures has any to take away.
    assert {status for status, _body in shown[0]} == ({200, 404} if part.startswith("/picture/") else {200})


def test_questions_have_the_same_answers(places: Places) -> None:
    answers: list[list[pd.DataFrame]] = []
    for workspace in places.opened():
        answers.append(
            [
                frame
                for place in ("本县", "全部")
                for frame in (
                    queries.key_figures(workspace, places.world.selection(place)),
                    queries.unit_ranking(workspace, places.world.selection(place)),
                    queries.reporting(workspace, places.world.selection(place)),
                )
            ]
        )
    for first, second, third in zip(*answers, strict=True):
        pd.testing.assert_frame_equal(first, second)
        pd.testing.assert_frame_equal(second, third)


def test_the_copies_go_on(places: Places, postgres_server: Server, tmp_path: Path) -> None:
    """A copy is a store that is used: the next number, the next batch, a new account, on both engines alike."""
    # Copied once more, so that the others stay as they are.
    again = at(postgres_server, postgres_server.new_database(), places.first.link_key_file)
    copy_store(places.third, again)
    back = file_in(tmp_path / "on")
    copy_store(again, back)
    found = []
    for settings in (again, back):
        workspace = Workspace(settings, open_store(settings), CATALOG, SYSTEM)
        newest = queries.newest_watermark(workspace)
        assert commit(workspace.store, (A1, "garbage", "2027-01", 3)).batch == newest + 1
        assert queries.verify(workspace).problems == []
        with workspace.store.reading() as connection:
            found.append(store_digest(connection, newest + 1))
        workspace.close()
    assert found[0] == found[1]


# ── the sample ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_sample_goes_there_and_back(
    sample_home: Path, postgres_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = postgres_server.url(postgres_server.new_database())
    monkeypatch.setenv("ECODASH_HOME", str(sample_home))
    monkeypatch.delenv("ECODASH_DATABASE_URL", raising=False)
    there = CliRunner().invoke(app, ["copy", "--to", address, "--json"])
    assert there.exit_code == 0, there.output
    back = CliRunner().invoke(app, ["copy", "--from", address, "--to", f"duckdb:///{tmp_path}/new/ecodash.duckdb"])
    assert back.exit_code == 0, back.output
    assert ":ecodash@" not in there.output + back.output
    values = json.loads(there.stdout)
    assert values["to"].startswith("postgresql+psycopg://ecodash:***@127.0.0.1")
    assert values["tables"]["observation"] > 100_000
    assert len(values["compared"]) == 3
    assert values["digest"][:16] in back.output
    assert "observation" in back.stderr
    monkeypatch.setenv("ECODASH_HOME", str(tmp_path / "new"))
    for url in (address, ""):
        monkeypatch.setenv("ECODASH_DATABASE_URL", url)
        checked = CliRunner().invoke(app, ["verify", "--json"])
        assert checked.exit_code == 0, checked.output
        assert json.loads(checked.stdout)["watermark"] == values["watermark"]


# ── refused, or given up ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def small(small_store: Path, tmp_path: Path) -> Settings:
    """A small store in a file, with a batch and a key."""
    settings = file_in(tmp_path / "small")
    settings.home.mkdir()
    database = settings.home / "ecodash.duckdb"
    database.write_bytes(small_store.read_bytes())
    store = open_store(settings)
    commit(store, (A1, "garbage", "2026-01", 5))
    store.close()
    settings.link_key_file.write_bytes(bytes(range(32)))
    return settings


@pytest.fixture
def empty(postgres_server: Server, small: Settings) -> Settings:
    return at(postgres_server, postgres_server.new_database(), small.link_key_file)


def test_a_copy_that_differs_is_given_up_and_can_be_begun_again(
    small: Settings, empty: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = copying.load_rows

    def lossy(connection: Any, table: sa.Table, rows: dict[str, Any]) -> None:
        kept = {name: values[:-1] for name, values in rows.items()} if table.name == "rollup" else rows
        real(connection, table, kept)

    back = file_in(tmp_path / "back")
    with monkeypatch.context() as patched:
        patched.setattr(copying, "load_rows", lossy)
        for target in (empty, back):
            with pytest.raises(UserError, match="复制后核对不一致：rollup"):
                copy_store(small, target)
    assert [path.name for path in back.home.iterdir()] == []
    moved = copy_store(small, empty)
    assert copy_store(empty, back).copied.digest == moved.copied.digest


def test_a_copy_cut_short_leaves_nothing(
    small: Settings, empty: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(name: str, _rows: int) -> None:
        if name == "region":
            raise KeyboardInterrupt

    back = file_in(tmp_path / "back")
    for target in (empty, back):
        with pytest.raises(KeyboardInterrupt):
            copy_store(small, target, stop)
    assert [path.name for path in back.home.iterdir()] == []
    store = open_store(empty)
    with store.reading() as connection:
        copying.refuse_filled(connection)
        # It is still a new store, which an app could begin with.
        assert records.store_state(connection).watermark == 0
    store.close()


def test_a_target_with_anything_in_it_is_refused(small: Settings, empty: Settings, tmp_path: Path) -> None:
    copy_store(small, empty)
    with pytest.raises(TransitionRefused, match="目标数据库里已有内容"):
        copy_store(small, empty)
    with pytest.raises(TransitionRefused, match="同一个"):
        copy_store(small, small)
    other = file_in(tmp_path / "other")
    other.home.mkdir()
    (other.home / "ecodash.duckdb").write_bytes(b"somebody's")
    with pytest.raises(TransitionRefused, match="已经存在"):
        copy_store(small, other)
    assert (other.home / "ecodash.duckdb").read_bytes() == b"somebody's"


def test_what_is_in_use_is_refused(small: Settings, empty: Settings, tmp_path: Path) -> None:
    user = open_store(empty)
    with pytest.raises(TransitionRefused, match="目标数据库正在使用"):
        copy_store(small, empty)
    user.close()
    copy_store(small, empty)
    user = open_store(empty)
    with pytest.raises(TransitionRefused, match="原数据库正在使用"):
        copy_store(empty, file_in(tmp_path / "back"))
    user.close()
    with held_by_another(small.home), pytest.raises(StoreHeld):
        copy_store(small, file_in(tmp_path / "back"))


def test_there_must_be_something_to_copy(empty: Settings, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="没有数据库文件"):
        copy_store(file_in(tmp_path / "none"), empty)
    assert not (tmp_path / "none").exists()
    with pytest.raises(UserError, match="没有任何内容"):
        copy_store(empty, file_in(tmp_path / "back"))


def test_the_key_goes_along_and_no_other_is_overwritten(small: Settings, empty: Settings, tmp_path: Path) -> None:
    assert copy_store(small, empty).key_file == small.link_key_file
    back = file_in(tmp_path / "back")
    assert copy_store(empty, back).key_file == back.link_key_file
    assert back.link_key_file.read_bytes() == small.link_key_file.read_bytes()
    assert back.link_key_file.stat().st_mode & 0o777 == 0o600
    other = file_in(tmp_path / "other")
    other.home.mkdir()
    other.link_key_file.write_bytes(bytes(32))
    with pytest.raises(TransitionRefused, match="另一个数据库的密钥"):
        copy_store(empty, other)
    assert [path.name for path in other.home.iterdir()] == ["link.key"]
    with pytest.raises(KeyRefused):
        copy_store(replace(empty, link_key_path=str(other.link_key_file)), file_in(tmp_path / "more"))


# ── addresses and texts ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "address",
    ["", "x", "sqlite:///a.db", "duckdb://", "duckdb:///:memory:", "postgresql://a:pw@host", "mysql://a:pw@b/c"],
)
def test_what_is_no_address_is_refused_without_repeating_it(address: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        settings_at(load_settings({"ECODASH_HOME": str(tmp_path)}), address)
    assert "pw" not in str(caught.value)


def test_addresses_of_one_store_are_known(tmp_path: Path) -> None:
    own = load_settings({"ECODASH_HOME": str(tmp_path)})
    assert settings_at(own, f"duckdb:///{tmp_path}/x/../ecodash.duckdb") == own
    server = settings_at(own, "postgres://a:p%40ss@db/x")
    assert server.database_url == "postgresql+psycopg://a:p%40ss@db/x"
    assert shown_address(server) == "postgresql+psycopg://a:***@db/x"
    assert "p%40ss" not in repr(server)
    assert is_same_store(server, settings_at(own, "postgresql+psycopg://b:c@db:5432/x"))
    assert not is_same_store(server, settings_at(own, "postgresql://b:c@db:5433/x"))
    assert not is_same_store(server, own)


@pytest.mark.parametrize("text", ODD)
def test_a_text_is_spelled_without_the_character_that_has_no_place(text: str) -> None:
    spelled = spell(text)
    assert spelled is not None
    assert "\0" not in spelled
    assert unspell(spelled) == text
