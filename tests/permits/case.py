"""What a cell of the permission matrix is: a call, and what it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ecodash.domain.access import Actor, Right
from ecodash.permits import Reach
from tests.permits.world import PLACES, World

Arguments = tuple[tuple[Any, ...], dict[str, Any]]


def given(*args: Any, **kwargs: Any) -> Arguments:
    """Arguments of a call, after the workspace; `actor` and `now` are added where the function has them."""
    return args, kwargs


@dataclass(frozen=True)
class Case:
    """A public function that asks or does something, and what it needs.

    Written by hand, and so a second opinion on the rule that stands at the function.

    Args:
        right: None where the reach says it all.
        arguments: of a call about a place.
        reach: None where the right is asked for in the place; else how far the rule reaches.
        shows: of what reaches somewhere, the places that an answer tells something of.
        sees: the right that shows something of a place, where it is another.
        places: where it can be tried.
        more: a further right an allowed call must have in the place.
        only: those who may at all, whatever their rights; None: everybody.
    """

    right: Right | None
    arguments: Callable[[World, str], Arguments]
    reach: Reach | None = None
    shows: Callable[[World, Any], set[str]] | None = None
    places: tuple[str, ...] = tuple(PLACES)
    more: Right | None = None
    only: Callable[[Actor], bool] | None = None
    sees: Right | None = None

    @property
    def is_inside(self) -> bool:
        """Whether the function itself decides more than its rule does."""
        return self.shows is not None or self.more is not None or self.only is not None

    def allows(self, actor: Actor, place: str) -> bool:
        """Whether somebody may."""
        if self.only is not None and not self.only(actor):
            return False
        if actor.is_operator or self.reach is Reach.GIVEN:
            return True
        if self.reach is Reach.MACHINE or not actor.account:
            return False
        if self.reach is Reach.SIGNED_IN:
            return True
        assert self.right is not None
        if self.reach is Reach.SOMEWHERE:
            return actor.may_somewhere(self.right)
        rights = [self.right] if self.more is None else [self.right, self.more]
        return all(actor.may(right, PLACES[place]) for right in rights)
