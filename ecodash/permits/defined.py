"""The regions that definitions are about: rules of lists, reasons beside their entries, orders of meetings, peer classes.
A composite is about none: everybody here compares by the same ones."""

from collections.abc import Iterable, Mapping
from typing import Any

from ecodash.domain.access import Right
from ecodash.domain.definitions import Definition, DefinitionKind
from ecodash.domain.lists import ListRule
from ecodash.domain.meeting import MeetingOrder
from ecodash.domain.regions import COUNTRY_KEY, Level, ancestor_key, key_range, level_of, region_key
from ecodash.domain.review import is_same_person
from ecodash.errors import NotPermitted, UserError
from ecodash.i18n import gettext as _
from ecodash.permits.places import Given
from ecodash.permits.rules import by_number
from ecodash.store import records
from ecodash.store.engine import Connection
from ecodash.workspace import Workspace

CLASSES = "classes"
"""Under which a definition of peer classes keeps region code → class."""


def regions_of_definition(connection: Connection, kind: DefinitionKind, content: Mapping[str, Any]) -> set[int]:
    """Keys of the regions a definition is about: none where it is everybody's, the country where it cannot be read.

    Peer classes say which villages are alike, which is no secret: they are everybody's to read, and whoever changes
    them must manage every region in them (of_change).
    """
    try:
        if kind is DefinitionKind.LIST_RULE:
            return {ListRule.from_content(content).region}
        if kind is DefinitionKind.MEETING:
            return MeetingOrder.from_content(content).regions
        if kind is DefinitionKind.LIST_REASONS:
            named = {region_key(str(code)) for code in content.get("reasons", {})}
            return named | _regions_of_named_rule(connection, str(content.get("rule", "")))
    except (UserError, TypeError, AttributeError):
        return {COUNTRY_KEY}
    return set()


def _regions_of_named_rule(connection: Connection, name: str) -> set[int]:
    newest = next(iter(records.versions_of(connection, DefinitionKind.LIST_RULE, name)), None)
    return {COUNTRY_KEY} if newest is None else regions_of_definition(connection, newest.kind, newest.content)


def may_see(workspace: Workspace, definitions: Iterable[Definition]) -> list[Definition]:
    """Those of some definitions whose regions the asker may see."""
    actor = workspace.actor
    if actor.may(Right.READ):
        return list(definitions)
    with workspace.store.reading() as connection:
        return [
            one
            for one in definitions
            if all(actor.may(Right.READ, key) for key in regions_of_definition(connection, one.kind, one.content))
        ]


# ── rules ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@by_number
def of_definition(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions of a definition by its `number`, or of every version of a `name`; none where there is none, which the
    function says itself."""
    with workspace.store.reading() as connection:
        if "name" in given:
            found = records.versions_of(connection, given["kind"], given["name"])
        else:
            # A meeting's order is asked for by its number alone.
            one = records.find_definition(connection, int(given["number"]))
            kind = given.get("kind", DefinitionKind.MEETING)
            found = [one] if one is not None and one.kind is kind else []
        return {key for one in found for key in regions_of_definition(connection, one.kind, one.content)}


def of_order(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions a meeting's order shows; a slide without one shows the reader's own first region."""
    order: MeetingOrder = given["order"]
    return order.regions


@by_number
def of_rule(workspace: Workspace, given: Given) -> Iterable[int]:
    """The region whose units a rule of lists compares, by the number or the name of it; the country where it cannot be
    found."""
    number = given.get("rule_number", given.get("number"))
    with workspace.store.reading() as connection:
        if number is None:
            return _regions_of_named_rule(connection, str(given["rule_name"]))
        found = records.find_definition(connection, int(number))
        if found is None or found.kind is not DefinitionKind.LIST_RULE:
            return {COUNTRY_KEY}
        return regions_of_definition(connection, found.kind, found.content)


def of_draft_rule(workspace: Workspace, given: Given) -> Iterable[int]:
    """The region whose units the argument `rule` compares."""
    return (given["rule"].region,)


def of_saved_rule(workspace: Workspace, given: Given) -> Iterable[int]:
    """The region whose units the argument `rule` compares; a name that others use already is refused."""
    kind = DefinitionKind.LIST_RULE
    _keep_to_own(workspace, kind, _standing(workspace, kind, " ".join(given["name"].split())))
    return (given["rule"].region,)


def of_reasons(workspace: Workspace, given: Given) -> Iterable[int]:
    """The region whose units the rule of the name compares, and those that words are written beside."""
    return {*of_rule(workspace, given), *map(int, given["changed"])}


def of_change(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions of a definition's new content; a name that others use already is refused. Where it is about none, the
    right in any region will do."""
    kind, content = given["kind"], given.get("content")
    standing = _standing(workspace, kind, given["name"].strip())
    if kind is DefinitionKind.PEER_CLASSES:
        # One scheme may class the units of several counties: who changes some classes need not manage the others.
        return _reclassed({} if standing is None else standing.content, content or {})
    _keep_to_own(workspace, kind, standing)
    if not isinstance(content, Mapping):
        return ()
    with workspace.store.reading() as connection:
        return regions_of_definition(connection, kind, content)


def _standing(workspace: Workspace, kind: DefinitionKind, name: str) -> Definition | None:
    """The version of a name that is on offer."""
    with workspace.store.reading() as connection:
        newest = next(iter(records.versions_of(connection, kind, name)), None)
    return None if newest is None or newest.is_withdrawn else newest


def _keep_to_own(workspace: Workspace, kind: DefinitionKind, standing: Definition | None) -> None:
    """That a name is free, or used for what the asker manages.

    Raises:
        NotPermitted: it is used by others.
    """
    if standing is None:
        return
    if kind is DefinitionKind.COMPOSITE:
        # Everybody compares by it: whoever did not make it must manage all that is here.
        with workspace.store.reading() as connection:
            writer = records.writer_of(connection, standing.number)
        is_own = writer is not None and is_same_person(workspace.actor, *writer)
        regions = set() if is_own else {region_held(workspace)}
    else:
        with workspace.store.reading() as connection:
            regions = regions_of_definition(connection, kind, standing.content)
    if not all(workspace.actor.may(Right.MANAGE, key) for key in regions):
        raise NotPermitted(
            _("“{name}”由其他人或其他地区使用，您不能修改或停用。").format(name=standing.name[:60]),
            _("请换一个名称另存；如确需修改，请联系制定人或上级审核员。"),
        )


def _reclassed(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[int]:
    """Keys of the regions whose peer class one of two versions gives otherwise; the country for what cannot be read."""
    old, new = (
        {str(code): str(name) for code, name in dict(one.get(CLASSES) or {}).items()} for one in (before, after)
    )
    try:
        return {region_key(code) for code in {*old, *new} if old.get(code) != new.get(code)}
    except UserError:
        return {COUNTRY_KEY}


def region_held(workspace: Workspace) -> int:
    """Key of the lowest region that contains all that is held whole; the country where nothing is."""
    held = [region.key for region in workspace.tree if region.is_whole]
    if not held:
        return COUNTRY_KEY
    first, last = min(held), max(held)
    shared = (ancestor_key(first, level) for level in reversed(Level) if level.rank <= level_of(first).rank)
    return next(
        key
        for key in (*shared, COUNTRY_KEY)
        if key == COUNTRY_KEY or (key_range(key)[0] <= last < key_range(key)[1] and key in workspace.tree)
    )
