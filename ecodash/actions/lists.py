"""What is done about red and black lists: keep a rule, write reasons beside entries."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ecodash.actions.definitions import save_definition
from ecodash.domain.access import Actor, Right
from ecodash.domain.composite import find_composite_number
from ecodash.domain.definitions import Definition, DefinitionKind
from ecodash.domain.lists import LONGEST_RULE_NAME, ListRule, check_reason, check_rule, reasons_name
from ecodash.domain.periods import Month
from ecodash.domain.regions import region_code
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.permits import needs, of_reasons, of_saved_rule
from ecodash.store import records
from ecodash.workspace import Workspace


@needs(Right.MANAGE, of_saved_rule)
def save_list_rule(workspace: Workspace, name: str, rule: ListRule, *, actor: Actor, now: datetime) -> Definition:
    """Keep a rule as the newest version of its name.

    Raises:
        UserError: the name is empty or too long; the indicator cannot serve, or its standard points the wrong way.
        RegionUnknown: the region or a unit left out is not here.
    """
    shown = " ".join(name.split())
    if not shown or len(shown) > LONGEST_RULE_NAME:
        raise UserError(
            _("规则名称不能为空，也不能超过 {most} 个字。").format(most=LONGEST_RULE_NAME), _("请改写规则名称。")
        )
    for key in (rule.region, *rule.left_out):
        workspace.tree.get(key)
    check_rule(rule, workspace.catalog)
    number = find_composite_number(rule.indicator)
    if number is not None:
        with workspace.store.reading() as connection:
            found = records.find_definition(connection, number)
        if found is None or found.kind is not DefinitionKind.COMPOSITE:
            raise UserError(_("没有编号为 {number} 的综合评价。").format(number=number), _("请重新选择指标。"))
    return save_definition(workspace, DefinitionKind.LIST_RULE, shown, rule.to_content(), actor=actor, now=now)


@needs(Right.MANAGE, of_reasons)
def save_list_reasons(
    workspace: Workspace, rule_name: str, month: Month, changed: Mapping[int, str], *, actor: Actor, now: datetime
) -> Definition:
    """Keep a reviewer's own words beside entries of a month's lists; entries not named keep theirs.

    Args:
        rule_name: of a rule that is kept.
        changed: region key → words; empty words take the reason away.
    Raises:
        UserError: there is no such rule; a reason is too long.
        RegionUnknown: a region is not here.
    """
    with workspace.store.reading() as connection:
        rules = records.versions_of(connection, DefinitionKind.LIST_RULE, rule_name)
    if not rules:
        raise UserError(_("没有名为“{name}”的红黑榜规则。").format(name=rule_name[:60]), _("请刷新页面后重试。"))
    written = {region_code(workspace.tree.get(key).key): check_reason(words) for key, words in changed.items()}

    def content(standing: Definition | None) -> dict[str, Any]:
        kept = standing.content.get("reasons", {}) if standing else {}
        reasons = {code: words for code, words in (kept | written).items() if words}
        return {"rule": rule_name, "month": str(month), "reasons": reasons}

    name = reasons_name(rule_name, str(month))
    return save_definition(workspace, DefinitionKind.LIST_REASONS, name, content, actor=actor, now=now)
