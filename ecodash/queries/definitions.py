"""What people defined: composites, lists, meeting orders, peer classes."""

from ecodash.domain.access import Right
from ecodash.domain.definitions import Definition, DefinitionKind
from ecodash.errors import LinkUnknown
from ecodash.permits import Reach, may_see, needs, of_definition
from ecodash.store import records
from ecodash.workspace import Workspace


@needs(Right.READ, Reach.SOMEWHERE)
def list_definitions(workspace: Workspace, kind: DefinitionKind) -> list[Definition]:
    """The newest version of every name of a kind that is not withdrawn, by name: those about regions the asker may see,
    and those about none."""
    with workspace.store.reading() as connection:
        kept = records.list_definitions(connection, kind)
    return may_see(workspace, kept)


@needs(Right.READ, of_definition)
def definition_versions(workspace: Workspace, kind: DefinitionKind, name: str) -> list[Definition]:
    """Every version of a definition, newest first."""
    with workspace.store.reading() as connection:
        return records.versions_of(connection, kind, name)


@needs(Right.READ, of_definition)
def get_definition(workspace: Workspace, kind: DefinitionKind, number: int) -> Definition:
    """One version by its number.

    Raises:
        LinkUnknown: there is none of that kind and number.
    """
    with workspace.store.reading() as connection:
        found = records.find_definition(connection, number)
    if found is None or found.kind is not kind:
        raise LinkUnknown(f"没有编号为 {number} 的定义。", "请核对链接是否完整。")
    return found


@needs(None, Reach.SIGNED_IN)
def definitions_version(workspace: Workspace) -> int:
    """Grows with every definition and boundary written; part of the key of what is derived from them."""
    with workspace.store.reading() as connection:
        return records.definitions_version(connection)
