"""Several processes on one PostgreSQL: they write in turn, see what the others did, and go on when one is killed."""

import random
import shutil
import time
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
import sqlalchemy as sa

from ecodash import queries, sessions
from ecodash.actions.keys import accept_key, key_standing
from ecodash.domain.access import SYSTEM, Grant, Role
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_key
from ecodash.domain.selection import Selection
from ecodash.errors import KeyRefused, SignInRefused
from ecodash.queries.base import figures_of
from ecodash.settings import load_settings
from ecodash.store import check, journal, key_print, records
from ecodash.store.digest import store_digest
from ecodash.store.engine import open_store
from ecodash.store.tables import audit, batch, catalog_version, counter, indicator
from ecodash.workspace import Workspace, close_shared_workspaces, open_workspace, shared_workspace
from tests.builders import A1, ACTOR, CATALOG, COUNTY, NOON, TOWN_A, cells, commit, targets
from tests.people import cheap_hashing, enrol, enter
from tests.postgres.conftest import House, Worker, worker
from tests.postgres_server import Server
from tests.web.links import Desk

EACH = 8
OTHER_COUNTY = "500231"


def sound(workspace: Workspace) -> int:
    """The newest watermark of a store in which everything holds: numbers without gaps, the chain of the audit whole."""
    with workspace.store.reading() as connection:
        assert check.problems(connection) == []
        assert not records.check_chain(connection).breaks
        numbers = list(connection.execute(sa.select(batch.c.seq).order_by(batch.c.seq)).scalars())
        lines = list(connection.execute(sa.select(audit.c.number).order_by(audit.c.number)).scalars())
        newest = journal.newest_watermark(connection)
    assert numbers == list(range(1, newest + 1))
    assert lines == list(range(1, len(lines) + 1))
    return newest


# ── writing at once ────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_watermark_seen_while_three_processes_commit_reproduces_later(
    house: House, workers: list[Worker]
) -> None:
    house.enter(*workers)
    seen: dict[int, str] = {}

    def look() -> int:
        with house.workspace.store.reading() as connection:
            watermark = journal.newest_watermark(connection)
            digest = store_digest(connection, watermark).total
        assert seen.setdefault(watermark, digest) == digest
        return watermark

    for place, one in enumerate(workers):
        one.send("commits", EACH, place)
    while look() < EACH * len(workers):
        time.sleep(0.01)
    given = [one.line() for one in workers]
    assert sorted(chain.from_iterable(given)) == list(range(1, EACH * len(workers) + 1))
    assert all(numbers == sorted(numbers) for numbers in given)
    assert sound(house.workspace) == EACH * len(workers)
    assert len(seen) > EACH
    with house.workspace.store.reading() as connection:
        for watermark, digest in seen.items():
            assert store_digest(connection, watermark).total == digest, watermark


def test_a_process_killed_in_the_middle_of_a_commit_leaves_nothing_and_holds_nobody_up(
    house: House, workers: list[Worker]
) -> None:
    house.enter(*workers[:2])
    assert workers[0].do("commits", 1, 1) == [1]
    with worker() as doomed:
        assert doomed.line() == "ready"
        house.enter(doomed)
        doomed.send("hang")
        assert doomed.line() == 2
        for place, one in enumerate(workers[:2]):
            one.send("commits", 2, 10 + place)
        with house.workspace.store.reading() as connection:
            assert journal.newest_watermark(connection) == 1
        doomed.kill()
    assert sorted(chain.from_iterable(one.line() for one in workers[:2])) == [2, 3, 4, 5]
    assert sound(house.workspace) == 5


def test_a_process_killed_at_any_moment_loses_nothing_it_was_told_stands(house: House, workers: list[Worker]) -> None:
    house.enter(workers[0])
    with worker() as doomed:
        assert doomed.line() == "ready"
        house.enter(doomed)
        doomed.send("stream", 1000)
        # Waited for, so that a busy machine too has batches to lose.
        acknowledged = [doomed.line() for _turn in range(3)]
        workers[0].send("commits", EACH, 1)
        time.sleep(random.uniform(0.0, 0.2))
        acknowledged += map(int, doomed.kill())
        acknowledged += workers[0].line()
    newest = sound(house.workspace)
    assert len(acknowledged) == len(set(acknowledged))
    assert set(acknowledged) <= set(range(1, newest + 1))
    # At most the commit under way when it was killed may stand unacknowledged.
    assert newest <= len(acknowledged) + 1


def test_two_processes_that_start_at_once_on_an_empty_database_make_one_store(
    postgres_server: Server, workers: list[Worker], tmp_path: Path
) -> None:
    url = postgres_server.url(postgres_server.new_database())
    for place, one in enumerate(workers):
        one.send("begin", str(tmp_path / str(place)), url)
    assert [one.line() for one in workers] == [0, 0, 0]
    store = open_store(load_settings({"ECODASH_HOME": str(tmp_path), "ECODASH_DATABASE_URL": url}))
    with store.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(catalog_version)).scalar_one() == 1
        numbers = list(connection.execute(sa.select(indicator.c.number)).scalars())
        assert len(numbers) == len(set(numbers)) > 10
        assert connection.execute(sa.select(counter.c.value).where(counter.c.name == "watermark")).scalar_one() == 0
    store.close()


def test_writers_take_turns_whatever_they_write(house: House, workers: list[Worker]) -> None:
    """A month is closed in one process while another is about to commit to it: the commit looks only when it is its turn."""
    house.enter(workers[0])
    waiting = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'")
    with house.workspace.store.writing() as connection:
        for period in (202601, 202602, 202603):
            records.set_month_lock(
                connection, period=period, region=0, is_closed=True, actor=ACTOR, now=NOON, reason="test"
            )
        workers[0].send("commits", 1, 1)
        with house.workspace.store.reading() as looking:
            for _turn in range(500):
                looking.rollback()
                if looking.execute(waiting).scalar_one():
                    break
                time.sleep(0.01)
    assert workers[0].line()["refused"] == "TransitionRefused"
    assert sound(house.workspace) == 0


def test_a_start_waits_for_nobodys_commit(house: House, workers: list[Worker]) -> None:
    url = house.settings.database_url
    assert workers[0].do("begin", str(house.settings.home), url) == 0
    with house.workspace.store.writing() as connection:
        journal.next_number(connection, "attempt")
        assert workers[1].do("begin", str(house.settings.home), url) == 0


def test_the_sample_is_loaded_by_one_process_at_a_time(house: House) -> None:
    other = open_store(house.settings)
    with house.workspace.store.alone("sample") as first:
        assert first
        with other.alone("sample") as second, other.alone("another work") as third:
            assert (second, third) == (False, True)
    with other.alone("sample") as again:
        assert again
    other.close()


# ── what others did ────────────────────────────────────────────────────────────────────────────────────────────────


def test_regions_and_their_other_names_are_seen_at_the_next_question(house: House, workers: list[Worker]) -> None:
    house.enter(workers[0])
    own = house.workspace
    here = Selection(0, Month(2026, 1), region_key(OTHER_COUNTY[:4]), "garbage", Level.COUNTY)
    commit(own.store, (A1, "garbage", "2026-01", 5))
    assert [region.code for region in queries.units(own, here)] == [COUNTY]
    assert workers[0].do("known_regions") == len(own.tree)
    before = queries.store_state(own)
    assert workers[0].do("add_region", OTHER_COUNTY) > 100
    assert [region.code for region in queries.units(own, here)] == [COUNTY, OTHER_COUNTY]
    assert queries.store_state(own).regions > before.regions
    assert not own.tree.named("古渡村")
    assert workers[0].do("add_alias", region_key(A1), "古渡村")
    assert queries.store_state(own).regions == before.regions + 2
    assert [region.code for region in own.tree.named("古渡村")] == [A1]


def test_figures_read_by_the_old_regions_are_read_anew(house: House, workers: list[Worker]) -> None:
    house.enter(workers[0])
    own = house.workspace
    commit(own.store, (A1, "garbage", "2026-01", 5))
    city = Selection(1, Month(2026, 1), region_key(COUNTY[:4]), "garbage", Level.COUNTY)

    def read() -> None:
        assert not figures_of(own, city, [city.month], [Level.COUNTY], ["garbage"]).empty

    read()
    memory = own.frames
    with own.store.reading() as opened_before:
        assert own.frames_at(opened_before) is memory
        workers[0].do("add_region", OTHER_COUNTY)
        read()
        assert own.frames is not memory
        # What is still read as of then is kept where nobody looks.
        assert own.frames_at(opened_before) not in (memory, own.frames)


def test_choices_accounts_and_sessions_of_one_process_hold_in_another(house: House, workers: list[Worker]) -> None:
    house.enter(*workers[:2])
    own = house.workspace
    workers[0].do("leave_out", "garbage")
    assert not queries.indicator_choices(own)["garbage"].is_used
    with cheap_hashing():
        number, token = enrol(own, "zhang", Grant(Role.REPORTER, region_key(TOWN_A)))
    assert sessions.find(own, token, now=NOON) is not None
    assert workers[0].do("who", token) == workers[1].do("who", token) == "zhang的姓名"
    assert workers[0].do("end_sessions", number) >= 1
    assert workers[1].do("who", token) is None
    assert sessions.find(own, token, now=NOON) is None


def test_wrong_passwords_are_counted_for_all_processes_whether_there_is_the_account_or_not(
    house: House, workers: list[Worker]
) -> None:
    """Else who tries at two processes would learn which names are accounts."""
    other = Workspace(house.settings, open_store(house.settings), CATALOG, SYSTEM)
    waits: dict[str, list[int]] = {}
    with cheap_hashing():
        enrol(house.workspace, "zhang", Grant(Role.REPORTER, region_key(TOWN_A)))
        for login in ("zhang", "nobody-here"):
            for turn in range(7):
                with pytest.raises(SignInRefused) as caught:
                    enter((house.workspace, other)[turn % 2], login, "wrong", now=NOON, address="10.9.9.9")
                waits.setdefault(login, []).append(caught.value.wait_seconds)
    other.close()
    assert waits["zhang"] == waits["nobody-here"] == [0, 0, 0, 0, 0, 60, 60]


def test_a_link_made_by_one_process_opens_at_another_until_a_third_revokes_it(
    house: House, workers: list[Worker]
) -> None:
    house.enter(*workers[:2])
    commit(house.workspace.store, (A1, "garbage", "2026-01", 5))
    desk = Desk(house.workspace)
    made = desk.make()
    token = made.path.removeprefix("/s/")
    assert desk.ask(made.path).status == 200
    assert workers[0].do("open_link", token) == made.number
    workers[1].do("commits", 1, 3)
    assert "data-corrected" in desk.ask(made.path).text
    assert workers[1].do("revoke", made.number) is None
    assert desk.ask(made.path).status == 410
    desk.close()


def test_a_rehearsal_of_one_process_is_not_seen_by_another(house: House, workers: list[Worker]) -> None:
    house.enter(workers[0])
    commit(house.workspace.store, (A1, "garbage", "2026-01", 5))
    submission = journal.Submission(cells((A1, "garbage", "2026-01", 9)), targets(), "f.csv", "0" * 64, row_count=1)
    with journal.rehearsing(
        house.workspace.store, submission, actor=ACTOR, now=NOON, catalog_digest=CATALOG.digest
    ) as rehearsal:
        assert rehearsal.watermark == 2
        assert workers[0].do("newest") == 1
        assert queries.newest_watermark(house.workspace) == 1
    assert workers[0].do("commits", 1, 5) == [2]


# ── the key ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_process_with_another_key_is_refused_at_its_start(house: House, tmp_path: Path) -> None:
    assert house.workspace.link_key == shared_workspace(house.settings).link_key
    stranger = replace(house.settings, link_key_path=str(tmp_path / "own.key"))
    with pytest.raises(KeyRefused, match="没有找到这个数据库所用的密钥文件"):
        shared_workspace(stranger)
    assert not stranger.link_key_file.exists(), "a key nobody asked for is not made"
    stranger.link_key_file.write_bytes(bytes(32))
    with pytest.raises(KeyRefused, match="不是这个数据库原来所用的密钥"):
        open_workspace(stranger)
    assert key_standing(stranger).agrees is False
    shutil.copy(house.settings.link_key_file, stranger.link_key_file)
    open_workspace(stranger).close()
    with house.workspace.store.reading() as connection:
        assert house.workspace.link_key.hex() not in str(connection.execute(sa.text("SELECT * FROM setting")).all())
    close_shared_workspaces()


def test_of_two_keys_at_once_the_first_counts(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Both look before either has written: only the row itself decides.
    monkeypatch.setattr(key_print, "_known_key", lambda settings, store: None)
    other = replace(house.settings, link_key_path=str(tmp_path / "own.key"))
    second = Workspace(other, open_store(other), CATALOG, SYSTEM)
    assert len(house.workspace.link_key) == 32
    with pytest.raises(KeyRefused):
        _ = second.link_key
    second.close()


def test_a_lost_key_is_replaced_on_purpose_and_the_audit_says_so(house: House, tmp_path: Path) -> None:
    commit(house.workspace.store, (A1, "garbage", "2026-01", 5))
    desk = Desk(house.workspace)
    made = desk.make()
    desk.close()
    house.settings.link_key_file.unlink()
    accept_key(house.settings, actor=SYSTEM, now=NOON)
    again = open_workspace(house.settings)
    assert len(again.link_key) == 32
    assert key_standing(house.settings).agrees
    after = Desk(again)
    # Links given out go on opening; what is derived from the key alone is gone.
    assert after.ask(made.path).status == 200
    assert queries.snapshot_token(again, queries.get_snapshot(again, number=made.number)) is None
    after.close()
    with again.store.reading() as connection:
        assert "accept_key" in connection.execute(sa.select(audit.c.action)).scalars().all()
    again.close()
