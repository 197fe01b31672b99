"""Definitions saved and withdrawn by people, each with one audit line."""

import pytest

from ecodash import actions, queries
from ecodash.domain.definitions import DefinitionKind
from ecodash.errors import LinkUnknown, UserError
from ecodash.workspace import Workspace
from tests.actions.conftest import CLERK, NOW, OTHER

KIND = DefinitionKind.COMPOSITE


def test_saving_the_same_twice_writes_once(workspace: Workspace) -> None:
    first = actions.save_definition(workspace, KIND, " 月考评 ", {"a": 1}, actor=CLERK, now=NOW)
    again = actions.save_definition(workspace, KIND, "月考评", {"a": 1}, actor=OTHER, now=NOW)
    assert (again, first.name, first.actor) == (first, "月考评", CLERK.name)
    audit = queries.list_audit(workspace)
    assert (audit["action"] == "save_definition").sum() == 1


def test_withdrawing_needs_something_to_withdraw(workspace: Workspace) -> None:
    saved = actions.save_definition(workspace, KIND, "月考评", {"a": 1}, actor=CLERK, now=NOW)
    gone = actions.withdraw_definition(workspace, KIND, "月考评", actor=CLERK, now=NOW)
    assert (gone.is_withdrawn, gone.content, queries.list_definitions(workspace, KIND)) == (True, {"a": 1}, [])
    assert queries.get_definition(workspace, KIND, saved.number) == saved
    for name in ("月考评", "没有的"):
        with pytest.raises(UserError, match="没有名为"):
            actions.withdraw_definition(workspace, KIND, name, actor=CLERK, now=NOW)


@pytest.mark.parametrize("name", ["", "   ", "长" * 61])
def test_a_name_must_be_there_and_short(workspace: Workspace, name: str) -> None:
    with pytest.raises(UserError, match="名称"):
        actions.save_definition(workspace, KIND, name, {}, actor=CLERK, now=NOW)


def test_a_number_of_another_kind_is_unknown(workspace: Workspace) -> None:
    saved = actions.save_definition(workspace, KIND, "月考评", {}, actor=CLERK, now=NOW)
    with pytest.raises(LinkUnknown):
        queries.get_definition(workspace, DefinitionKind.MEETING, saved.number)
