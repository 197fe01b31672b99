"""Definitions: a change is a new version, and an old one stays what it was."""

import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ecodash.domain.access import Actor, Right
from ecodash.domain.definitions import Definition, DefinitionKind
from ecodash.domain.regions import COUNTRY_KEY, region_key
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.permits import needs, of_change
from ecodash.store import journal, records
from ecodash.store.engine import Connection
from ecodash.workspace import Workspace

_LONGEST_NAME = 60
_UNSEEN = ("Cc", "Cf", "Cn", "Co", "Cs")
"""Categories of characters that nobody sees."""
Content = dict[str, Any] | Callable[[Definition | None], dict[str, Any]]


@needs(Right.MANAGE, of_change)
def save_definition(
    workspace: Workspace,
    kind: DefinitionKind,
    name: str,
    content: Content,
    *,
    actor: Actor,
    now: datetime,
) -> Definition:
    """Keep a definition as the newest version of its name; what stands already so is not written again.

    Args:
        content: plain values whose meaning was checked by the kind's own class; or what makes them of the version that
            stands (None: there is none), within the transaction, so that two people at once lose nothing of each other's.
    Raises:
        UserError: the name is empty or too long.
    """
    shown = name.strip()
    if not shown or len(shown) > _LONGEST_NAME:
        raise UserError("名称不能为空，也不能太长。", f"请填写不超过 {_LONGEST_NAME} 个字的名称。")
    if any(unicodedata.category(char) in _UNSEEN for char in shown):
        # Two names that look alike are two definitions: one of them would pass for the other.
        raise UserError(_("名称中有看不见的字符。"), _("请删去整个名称，重新输入。"))
    return _write(workspace, kind, shown, content, is_withdrawn=False, actor=actor, now=now)


@needs(Right.MANAGE, of_change)
def withdraw_definition(
    workspace: Workspace, kind: DefinitionKind, name: str, *, actor: Actor, now: datetime
) -> Definition:
    """Stop offering a definition; links to its versions keep working, and saving the name again brings it back.

    Raises:
        UserError: there is none of that name.
    """
    with workspace.store.reading() as connection:
        versions = records.versions_of(connection, kind, name)
    if not versions or versions[0].is_withdrawn:
        raise UserError(f"没有名为“{name[:60]}”的定义。", "请刷新页面后重试。")
    return _write(workspace, kind, name, versions[0].content, is_withdrawn=True, actor=actor, now=now)


def _write(
    workspace: Workspace,
    kind: DefinitionKind,
    name: str,
    content: Content,
    *,
    is_withdrawn: bool,
    actor: Actor,
    now: datetime,
) -> Definition:
    with workspace.store.writing() as connection:
        versions = records.versions_of(connection, kind, name)
        if callable(content):
            content = content(versions[0] if versions and not versions[0].is_withdrawn else None)
        if versions and versions[0].content == content and versions[0].is_withdrawn is is_withdrawn:
            return versions[0]
        number = records.insert_definition(
            connection, kind, name, content, actor=actor, now=now, is_withdrawn=is_withdrawn
        )
        records.write_audit(
            connection,
            actor=actor,
            now=now,
            action="withdraw_definition" if is_withdrawn else "save_definition",
            detail={
                "definition": number,
                "kind": kind.value,
                "name": name,
                "before": versions[0].content if versions and not versions[0].is_withdrawn else None,
                "after": None if is_withdrawn else content,
            },
            watermark=journal.newest_watermark(connection),
            region=_region_of(connection, kind, content),
        )
        written = records.find_definition(connection, number)
    assert written is not None
    return written


def _region_of(connection: Connection, kind: DefinitionKind, content: dict[str, Any]) -> int:
    """Key of the region a definition is about; the whole installation where everybody has it."""
    if kind is DefinitionKind.LIST_REASONS:
        rules = records.versions_of(connection, DefinitionKind.LIST_RULE, str(content.get("rule", "")))
        return _region_of(connection, DefinitionKind.LIST_RULE, rules[0].content) if rules else COUNTRY_KEY
    code = content.get("region") if kind in (DefinitionKind.LIST_RULE, DefinitionKind.MEETING) else None
    return region_key(str(code)) if code else COUNTRY_KEY
