"""The audit is a chain: what was altered, removed, inserted, re-ordered or cut off shows, and nothing secret goes in."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from ecodash.domain.access import Actor, operator
from ecodash.domain.audit import AuditFilter
from ecodash.store import check, records
from ecodash.store.engine import Store
from ecodash.store.records import audit as lines
from ecodash.store.tables import audit, counter
from tests.builders import A1, ACTOR, COUNTY, NOON, TOWN_A, TOWN_B, commit

COUNTY_KEY, A_KEY, B_KEY = (int(code.ljust(12, "0")) for code in (COUNTY, TOWN_A, TOWN_B))


def write(store: Store, count: int, **options: object) -> None:
    with store.writing() as connection:
        for place in range(count):
            given: dict[str, object] = {"actor": ACTOR, "now": NOON, "action": "undo", "detail": {"n": place}} | options
            records.write_audit(connection, watermark=0, **given)  # type: ignore[arg-type]


def breaks(store: Store, *statements: sa.Executable, anchor: tuple[int, str] | None = None) -> list[tuple[int, str]]:
    with store.writing() as connection:
        for statement in statements:
            connection.execute(statement)
    with store.reading() as connection:
        return [(one.number, one.kind) for one in records.check_chain(connection, anchor).breaks]


def at(number: int) -> sa.ColumnElement[bool]:
    return audit.c.number == number


def test_a_chain_as_it_was_written_holds(store: Store) -> None:
    assert breaks(store) == []
    write(store, 5)
    assert breaks(store) == []
    with store.reading() as connection:
        chain = records.check_chain(connection)
    assert (chain.count, chain.last, len(chain.digest)) == (5, 5, 64)


COLUMNS = {
    "at": NOON + timedelta(microseconds=1), "actor": "别人", "account": 9, "address": "10.0.0.9", "channel": "cli",
    "action": "commit", "region": 1, "detail": "{}", "batch": 3, "watermark": 8, "digest": "0" * 64,
}  # fmt: skip


@pytest.mark.parametrize("column", COLUMNS)
def test_an_altered_line_is_named_whatever_was_altered(store: Store, column: str) -> None:
    assert {*COLUMNS, "number"} == set(audit.c.keys())
    write(store, 4)
    found = breaks(store, sa.update(audit).where(at(2)).values({column: COLUMNS[column]}))
    assert found[0] == (2, "altered")
    assert {number for number, _ in found} <= {2, 3}


def test_a_removed_line_and_a_cut_tail_are_named(store: Store) -> None:
    write(store, 5)
    assert breaks(store, sa.delete(audit).where(at(3))) == [(3, "removed")]
    assert breaks(store, sa.delete(audit).where(audit.c.number > 3)) == [(3, "cut")]
    assert breaks(store, sa.delete(audit)) == [(1, "cut")]


def test_removing_the_first_line_shows(store: Store) -> None:
    write(store, 3)
    assert breaks(store, sa.delete(audit).where(at(1))) == [(1, "removed")]


def test_a_removed_line_does_not_hide_behind_new_numbers(store: Store) -> None:
    write(store, 4)
    steps: list[sa.Executable] = [sa.delete(audit).where(at(2))]
    steps += [sa.update(audit).where(at(number)).values(number=number - 1) for number in (3, 4)]
    found = breaks(store, *steps)
    assert found[0] == (2, "altered")
    assert found[-1] == (4, "cut")


def test_lines_that_changed_places_show(store: Store) -> None:
    write(store, 4)
    swap = [(2, 99), (3, 2), (99, 3)]
    found = breaks(store, *(sa.update(audit).where(at(old)).values(number=new) for old, new in swap))
    assert [number for number, kind in found if kind == "altered"][:2] == [2, 3]


def test_a_line_put_in_is_named(store: Store) -> None:
    write(store, 2)
    line = {
        "number": 3, "at": NOON, "actor": "x", "account": 0, "address": "", "channel": "cli", "action": "undo",
        "region": 0, "detail": "{}", "batch": None, "watermark": 0,
    }  # fmt: skip
    with store.reading() as connection:
        last = records.check_chain(connection).digest
    assert breaks(store, sa.insert(audit).values(**line, digest=lines.line_digest(last, line))) == [(3, "surplus")]


def test_a_chain_that_was_written_anew_is_told_by_a_digest_kept_elsewhere(store: Store) -> None:
    write(store, 3)
    with store.reading() as connection:
        kept = records.check_chain(connection)
    assert breaks(store, anchor=(kept.last, kept.digest)) == []
    write_again = [sa.delete(audit), sa.update(counter).where(counter.c.name == "audit").values(value=0)]
    breaks(store, *write_again)
    write(store, 4, actor=operator("别人", "test"))
    assert breaks(store) == []
    assert breaks(store, anchor=(kept.last, kept.digest)) == [(3, "anchor")]
    assert breaks(store, anchor=(77, kept.digest)) == [(77, "anchor")]


def test_verify_tells_breaks_and_batches_without_a_line(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 10))
    with store.reading() as connection:
        assert check.problems(connection) == []
    breaks(store, sa.update(audit).where(at(1)).values(action="undone"))
    with store.reading() as connection:
        found = [problem.what for problem in check.problems(connection)]
    assert len(found) == 2
    assert "审计日志第 1 行与其校验值不符" in found[0]
    assert "第 1 批没有审计记录" in found[1]


def test_a_commit_says_where_and_which_batch(store: Store) -> None:
    commit(store, (A1, "garbage", "2026-01", 10))
    with store.reading() as connection:
        line = records.list_audit(connection).iloc[0]
    assert (line["region"], line["batch"], line["watermark"]) == (int(A1), 1, 1)


# ── what goes in ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("detail", [{"password": "x"}, {"after": {"PIN": "1234"}}, {"list": [{"token": "t"}]}])
def test_names_of_secrets_are_refused_and_nothing_is_written(store: Store, detail: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="is not to hold"):
        write(store, 1, detail=detail)
    assert breaks(store) == []


NAMES = st.text().filter(lambda name: name.casefold() not in lines._SECRETS)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
        max_leaves=40,
    )
)
def test_any_detail_is_bounded_json_that_every_database_takes(value: object) -> None:
    written = lines.written_detail({"value": value, "long": "长" * 90_000, "many": list(range(9_000))})
    assert json.loads(written)
    assert len(written) <= 2 * lines.LONGEST_DETAIL
    written.encode("utf-8")
    assert "\x00" not in written


def test_hostile_names_are_kept_and_the_chain_holds(store: Store) -> None:
    actor = Actor("坏\x00人\ud800\u202etxt", "page", address="1" * 500)
    write(store, 2, actor=actor, detail={"file": "a\x00\ud83d.csv"})
    assert breaks(store) == []
    with store.reading() as connection:
        line = records.list_audit(connection).iloc[0]
    assert len(line["address"]) == 64


# ── asking ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def found(store: Store, wanted: AuditFilter, regions: tuple[int, ...] = (0,), **options: int) -> list[int]:
    with store.reading() as connection:
        listed = records.list_audit(connection, 50, wanted=wanted, regions=regions, **options)
        if not options:
            assert records.count_audit(connection, wanted, regions) == len(listed)
        return [int(number) for number in listed["number"]]


def test_lines_are_found_by_each_filter_and_by_pages(store: Store) -> None:
    write(store, 1, region=A_KEY, now=NOON, detail={"file": "一月.csv"})
    write(store, 1, region=B_KEY, now=NOON + timedelta(days=1), action="commit", batch=7)
    write(store, 1, actor=Actor("张三", "page", account=3, address="10.1.2.3"), detail={"note": "100%_a"})
    assert found(store, AuditFilter()) == [3, 2, 1]
    assert found(store, AuditFilter(), before=3) == [2, 1]
    assert found(store, AuditFilter(since=NOON + timedelta(hours=1))) == [2]
    assert found(store, AuditFilter(until=NOON + timedelta(hours=1))) == [3, 1]
    assert found(store, AuditFilter(actions=("commit",))) == [2]
    assert found(store, AuditFilter(account=3, actor="张三")) == [3]
    assert found(store, AuditFilter(batch=7)) == [2]
    assert found(store, AuditFilter(region=COUNTY_KEY)) == [2, 1]
    assert found(store, AuditFilter(text="一月")) == [1]
    assert found(store, AuditFilter(text="%_A")) == [3]
    assert found(store, AuditFilter(text="%_")) == [3]
    assert found(store, AuditFilter(text="10.1.2")) == [3]
    assert found(store, AuditFilter(text="'; drop table audit; --")) == []


def test_who_reads_some_regions_sees_only_their_lines(store: Store) -> None:
    for region in (0, COUNTY_KEY, A_KEY, int(A1), B_KEY):
        write(store, 1, region=region)
    assert found(store, AuditFilter(), (A_KEY,)) == [4, 3]
    assert found(store, AuditFilter(), (A_KEY, B_KEY)) == [5, 4, 3]
    assert found(store, AuditFilter(), (COUNTY_KEY,)) == [5, 4, 3, 2]
    assert found(store, AuditFilter(region=0), (A_KEY,)) == [4, 3]
    assert found(store, AuditFilter(), ()) == []
