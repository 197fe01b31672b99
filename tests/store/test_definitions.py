"""Definitions are kept in versions: the newest holds, and a number always means what it meant."""

from ecodash.domain.definitions import DefinitionKind
from ecodash.store import records
from ecodash.store.engine import Store
from tests.builders import ACTOR, NOON

COMPOSITE, MEETING = DefinitionKind.COMPOSITE, DefinitionKind.MEETING


def write(store: Store, kind: DefinitionKind, name: str, content: dict[str, object], *, gone: bool = False) -> int:
    with store.writing() as connection:
        return records.insert_definition(connection, kind, name, content, actor=ACTOR, now=NOON, is_withdrawn=gone)


def test_a_change_is_a_new_version_and_the_old_number_keeps_its_meaning(store: Store) -> None:
    first = write(store, COMPOSITE, "月考评", {"weights": {"score": 100}})
    second = write(store, COMPOSITE, "月考评", {"weights": {"score": 60, "toilet_rate": 40}})
    other = write(store, MEETING, "月考评", {"pages": []})
    with store.reading() as connection:
        assert [(one.number, one.version) for one in records.list_definitions(connection, COMPOSITE)] == [(second, 2)]
        assert [one.number for one in records.versions_of(connection, COMPOSITE, "月考评")] == [second, first]
        found = records.find_definition(connection, first)
        assert records.find_definition(connection, other + 1) is None
        assert records.definitions_version(connection) == 3
    assert found is not None
    assert (found.version, found.content, found.at, found.actor) == (1, {"weights": {"score": 100}}, NOON, ACTOR.name)


def test_a_withdrawn_definition_is_not_offered_until_it_is_saved_again(store: Store) -> None:
    write(store, COMPOSITE, "乙", {"a": 1})
    write(store, COMPOSITE, "甲", {"a": 1})
    write(store, COMPOSITE, "甲", {"a": 1}, gone=True)
    with store.reading() as connection:
        assert [one.name for one in records.list_definitions(connection, COMPOSITE)] == ["乙"]
    write(store, COMPOSITE, "甲", {"a": 2})
    with store.reading() as connection:
        offered = records.list_definitions(connection, COMPOSITE)
    assert sorted((one.name, one.version) for one in offered) == [("乙", 1), ("甲", 3)]
