"""Who may ask and do what: every public query and action says it once, and is held to it wherever it is called from."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from ecodash.domain.access import Actor, Right
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.errors import NotPermitted, UserError
from ecodash.i18n import gettext as _
from ecodash.logs import get_logger
from ecodash.meters import REFUSALS
from ecodash.workspace import Workspace

P = ParamSpec("P")
R = TypeVar("R")
_log = get_logger(__name__)
Regions = Callable[[Workspace, dict[str, Any]], Iterable[int]]
"""The keys of all regions a call is about, from the workspace and the call's arguments by name."""
Answered = Callable[[Any], Iterable[int]]
"""The keys of all regions an answer is about, where that shows only when it is there."""


class Reach(Enum):
    """What a rule's right is asked for, where it is not regions."""

    SOMEWHERE = "somewhere"
    """The right in any region at all: the function itself leaves out what lies elsewhere."""
    SIGNED_IN = "signed_in"
    """Nothing but an account: names, numbers and rules that everybody here shares."""
    GIVEN = "given"
    """Nothing: the function only works on what it is handed."""
    MACHINE = "machine"
    """Only the software itself and whoever works on the machine."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a call needs.

    Args:
        right: None where the reach says it all.
        where: the regions a call is about, or how far the rule reaches.
        answer: the regions its answer is about, which the right is asked for too; None where the call says them.
    """

    right: Right | None
    where: Regions | Reach
    answer: Answered | None = None

    @property
    def is_shared(self) -> bool:
        """Whether accounts with the same grants are answered alike: a figure of a region is the same for all who may see
        it, a list may say more to the one whose own it is."""
        return self.right is Right.READ and not isinstance(self.where, Reach)

    @property
    def is_alike(self) -> bool:
        """Whether everybody who may ask is answered alike: the call says which region's figures are meant."""
        return self.is_shared and getattr(self.where, "is_said", False)


def by_number(where: Regions) -> Regions:
    """Mark a rule's regions as looked up by a number or a name: a refusal does not tell which they are, and sounds like
    that for what does not exist."""
    where.is_by_number = True  # type: ignore[attr-defined]
    return where


def said(where: Regions) -> Regions:
    """Mark a rule's regions as those the call itself says: what it answers does not depend on who asks."""
    where.is_said = True  # type: ignore[attr-defined]
    return where


def needs(
    right: Right | None, where: Regions | Reach, *, answer: Answered | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Hold a query or an action to a rule.

    A query is asked by the workspace's actor; an action is done by the one named in its argument `actor`, who is then
    also whom it asks as, and where somebody else sits before the screen, both must be allowed. What an allowed call asks
    in turn is not checked again. The rule can be read at the function's attribute `rule`; `admit` is called like the
    function and only checks.

    Args:
        answer: finds the regions of an answer, to be allowed as well before it is handed out. It is for reading only:
            what was written would stand.
    Raises (the function so marked):
        NotPermitted: the actor may not.
    """

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        rule = Rule(right, where, answer)
        names = list(inspect.signature(function).parameters)
        if not names or names[0] != "workspace":
            raise TypeError(f"{function.__qualname__} has no rule to be held to: its first argument is no workspace.")

        @wraps(function)
        def admit(*args: P.args, **kwargs: P.kwargs) -> Workspace:
            given: dict[str, Any] = dict(zip(names, args, strict=False)) | kwargs
            workspace: Workspace = given["workspace"]
            if workspace.is_checked:
                return workspace
            actor: Actor = given.get("actor", workspace.actor)
            _check(rule, workspace, actor, given)
            if actor is not workspace.actor and not workspace.actor.is_operator:
                _check(rule, workspace, workspace.actor, given)
            return workspace.asked_by(actor)

        @wraps(function)
        def held(*args: P.args, **kwargs: P.kwargs) -> R:
            workspace: Workspace = args[0] if args else kwargs["workspace"]  # type: ignore[assignment]
            if workspace.is_checked:
                return function(*args, **kwargs)
            try:
                workspace.catch_up()
                inside = admit(*args, **kwargs)
                rest = args[1:] if args else ()
                found = function(inside, *rest, **{name: one for name, one in kwargs.items() if name != "workspace"})  # type: ignore[arg-type]
                if answer is not None and not inside.actor.is_operator:
                    _require(rule, inside, inside.actor, answer(found))
            except UserError as error:
                _count(error, function.__name__, kwargs.get("actor", workspace.actor))  # type: ignore[arg-type]
                raise
            return found

        held.rule, held.admit = rule, admit  # type: ignore[attr-defined]
        return held

    return mark


def _count(error: UserError, name: str, actor: Actor) -> None:
    """Tell the log that something was refused: what was said to the reader may hold what the reader typed, and is not
    told."""
    REFUSALS.labels(type(error).__name__).inc()
    _log.info("refused", what=name, kind=type(error).__name__, by=actor.account, channel=actor.channel)


def _check(rule: Rule, workspace: Workspace, actor: Actor, given: dict[str, Any]) -> None:
    if actor.is_operator or rule.where is Reach.GIVEN:
        return
    if rule.where is Reach.MACHINE or not actor.account:
        raise NotPermitted(_("没有登录，或不能在网页上这样做。"), _("请重新登录后再试。"))
    if rule.where is Reach.SIGNED_IN:
        return
    assert rule.right is not None
    if not actor.may_somewhere(rule.right):
        actor.require(rule.right)
    if not isinstance(rule.where, Reach):
        asking = workspace.asked_by(actor)
        _require(rule, asking, actor, rule.where(asking, given))


def _require(rule: Rule, workspace: Workspace, actor: Actor, regions: Iterable[int]) -> None:
    """That the right holds for some regions; the refusal names those it lacks, where the asker named them."""
    right = rule.right
    assert right is not None
    lacking = [key for key in regions if not actor.may(right, key)]
    if not lacking:
        return
    found = () if getattr(rule.where, "is_by_number", False) else map(workspace.tree.find, sorted(lacking))
    names = [region.name for region in found if region is not None and region.key != COUNTRY_KEY]
    if not names:
        actor.require(right, lacking)
    said = "、".join(names[:_NAMED])
    what = (
        _("您没有在{regions}“{right}”的权限。") if len(names) <= _NAMED else _("您没有在{regions}等地“{right}”的权限。")
    )
    raise NotPermitted(
        what.format(regions=said, right=right.label), _("请选择您负责的地区；如工作需要，请联系本系统管理员开通。")
    )


_NAMED = 3
"""So many regions a refusal names."""
