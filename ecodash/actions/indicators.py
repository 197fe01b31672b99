"""What an administrator chooses for indicators, for everybody here."""

from collections.abc import Iterable
from datetime import datetime

from ecodash.domain.access import Actor, Right
from ecodash.domain.indicator_choices import AS_DELIVERED, IndicatorChoice, unused
from ecodash.errors import TransitionRefused
from ecodash.ingest.own_headings import checked_headings
from ecodash.permits import everywhere, needs
from ecodash.store import journal, records
from ecodash.workspace import Workspace


@needs(Right.ADMINISTER, everywhere)
def change_indicator(
    workspace: Workspace, code: str, *, is_used: bool, headings: Iterable[str], actor: Actor, now: datetime
) -> IndicatorChoice:
    """Choose whether an indicator is asked for, and what its column is called in files; what is so already is not
    written again.

    Args:
        headings: all of them, in place of those before.
    Raises:
        IndicatorUnknown: the catalogue has none of that code.
        UserError: a heading means something else already, or would be read wrongly.
        TransitionRefused: none would be left in use.
    """
    catalog = workspace.catalog
    entry = catalog[code]
    with workspace.store.writing() as connection:
        choices = records.indicator_choices(connection)
        others = {other: choice.headings for other, choice in choices.items() if other in catalog}
        before = choices.get(code, AS_DELIVERED)
        chosen = IndicatorChoice(is_used, checked_headings(catalog, code, headings, others))
        if chosen == before:
            return before
        if not is_used and unused(choices) | {code} >= set(catalog):
            raise TransitionRefused(f"“{entry.name}”是最后一项在用的指标，不能停用。", "请先恢复使用另一项指标。")
        records.set_indicator_choice(connection, code, chosen)
        records.write_audit(
            connection,
            actor=actor,
            now=now,
            action="change_indicator",
            detail={"indicator": code, "before": before.to_content(), "after": chosen.to_content()},
            watermark=journal.newest_watermark(connection),
        )
    return chosen
