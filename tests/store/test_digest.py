"""The digest of all content: the same for the same content in any order and cut, another for any other."""

import hashlib
import struct
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from ecodash.store import digest
from ecodash.store.digest import FIGURES, LEFT_OUT, month_digests, store_digest
from ecodash.store.engine import Store, load_rows
from ecodash.store.journal import undo
from ecodash.store.tables import metadata, observation, rollup, setting, target
from tests.builders import A1, A2, ACTOR, B1, NOON, commit, commit_frames, targets
from tests.builders import cells as cells_of


def fill(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-10", 3), (A2, "garbage", "2026-10", "7.25"), (B1, "toilets", "2026-09", 2))
    commit(store, (A1, "garbage", "2026-10", 5))
    commit_frames(store, cells_of(), targets(("500230", "garbage", "2026-12", 0, 90)))


def total(store: Store, watermark: int | None = None) -> str:
    with store.reading() as connection:
        return store_digest(connection, watermark).total


def test_a_months_digest_by_hand(store: Store) -> None:
    """Month, region, indicator, batch, sign, value in ten-thousandths; packed little-endian in this order."""
    commit(store, (A1, "garbage", "2026-10", 3), (A2, "garbage", "2026-10", "7.25"))
    commit(store, (A1, "garbage", "2026-10", 5))
    first, second = 500230101001, 500230101002
    rows = [(first, 1, 1, 30_000), (first, 2, -1, 30_000), (first, 2, 1, 50_000), (second, 1, 1, 72_500)]
    with store.reading() as connection:
        [number] = connection.execute(sa.text("SELECT number FROM indicator WHERE code = 'garbage'")).scalars()
        packed = b"".join(
            struct.pack("<iqhqhq", 202610, key, number, seq, sign, value) for key, seq, sign, value in rows
        )
        expected = {202610: (4, hashlib.sha256(packed).hexdigest())}
        assert month_digests(connection, observation) == expected
        assert month_digests(connection, observation, months=[202609, 202610]) == expected
        packed = b"".join(
            struct.pack("<iqhqhq", 202610, key, number, 1, 1, value)
            for key, value in ((first, 30_000), (second, 72_500))
        )
        assert month_digests(connection, observation, watermark=1) == {202610: (2, hashlib.sha256(packed).hexdigest())}


def test_of_an_old_watermark_it_never_changes(store: Store) -> None:
    fill(store)
    before = [total(store, number) for number in range(4)]
    assert len(set(before)) == 4
    commit(store, (A2, "garbage", "2026-10", 1))
    undo(store, 4, actor=ACTOR, now=NOON)
    with store.writing() as connection:
        connection.execute(sa.insert(setting).values(name="x", value="y"))
    assert [total(store, number) for number in range(4)] == before


@pytest.mark.duckdb_only
def test_in_any_order_of_rows_and_in_parts_of_any_size(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)
    before = total(store)
    with store.writing() as connection:
        rows = connection.execute(sa.select(observation).order_by(observation.c.value.desc())).all()
        connection.execute(sa.delete(observation))
        load_rows(
            connection, observation, {one.name: [getattr(row, one.name) for row in rows] for one in observation.c}
        )
    assert total(store) == before
    monkeypatch.setattr(digest, "_AT_ONCE", 1)
    assert total(store) == before


@pytest.mark.duckdb_only
@pytest.mark.parametrize(
    "statement",
    [
        sa.update(observation).values(value=observation.c.value + sa.literal_column("0.0001")),
        sa.update(observation).values(sign=-observation.c.sign),
        sa.update(target).values(baseline=None),
        sa.update(rollup).values(reported=rollup.c.reported + 1),
        sa.delete(rollup),
        sa.text("UPDATE batch SET note = note || '.' WHERE seq = 2"),
        sa.text("UPDATE batch SET received_at = received_at + INTERVAL '1 second' WHERE seq = 2"),
        sa.text("UPDATE counter SET value = value + 1 WHERE name = 'watermark'"),
        sa.text("UPDATE region SET is_whole = NOT is_whole WHERE key = 500230000000"),
        sa.insert(setting).values(name="home_region", value="1"),
    ],
    ids=str,
)  # fmt: skip
def test_any_change_gives_another(store: Store, statement: sa.Executable) -> None:
    fill(store)
    before = total(store)
    with store.writing() as connection:
        connection.execute(statement)
    assert total(store) != before


@pytest.mark.duckdb_only
def test_signing_in_gives_the_same(store: Store) -> None:
    fill(store)
    before = total(store)
    with store.writing() as connection:
        connection.execute(sa.text("UPDATE counter SET value = value + 1 WHERE name IN ('access', 'attempt')"))
        connection.execute(sa.insert(setting).values(name="link_key", value="of this engine"))
    assert total(store) == before


@pytest.mark.duckdb_only
def test_a_missing_baseline_is_not_zero(store: Store) -> None:
    commit_frames(store, cells_of(), targets(("500230", "garbage", "2026-12", 0, 90)))
    before = total(store, 1)
    with store.writing() as connection:
        connection.execute(sa.update(target).values(baseline=None))
    assert total(store, 1) != before


def test_a_wide_decimal_keeps_all_its_digits(store: Store) -> None:
    fill(store)
    with store.writing() as connection:
        connection.execute(sa.update(rollup).values(amount=sa.text("-123456789012345678901234567890.12345678")))
        before = store_digest(connection).total
        connection.execute(sa.update(rollup).values(amount=sa.text("-123456789012345678901234567890.12345679")))
        assert store_digest(connection).total != before


def test_every_table_is_in_it_or_left_out_by_name(store: Store) -> None:
    with store.reading() as connection:
        assert set(store_digest(connection).tables) == set(metadata.tables) - LEFT_OUT
    for table, columns in FIGURES.items():
        assert sorted(columns) == sorted(table.c.keys())


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(), st.binary(),
    st.datetimes(timezones=st.just(UTC)),
)  # fmt: skip


@given(st.lists(VALUES, max_size=5), st.lists(VALUES, max_size=5))
def test_two_rows_are_never_encoded_alike(one: Sequence[object], other: Sequence[object]) -> None:
    def typed(row: Sequence[object]) -> list[tuple[type, object]]:
        return [(type(value), value) for value in row]

    assert (digest._encoded(one) == digest._encoded(other)) == (typed(one) == typed(other))


def test_a_moment_is_encoded_in_utc() -> None:
    assert digest._encoded([datetime(2026, 11, 3, 4, tzinfo=UTC)]) == b"t32:2026-11-03T04:00:00.000000+00:00;"
