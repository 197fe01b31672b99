"""红黑榜: who a rule puts on the red and the black list of a month. Every answer is a function of (watermark, month,
number of the rule's version, number of the reasons' version)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd

from ecodash.analytics import lists as judging
from ecodash.domain.access import Right
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.listed import Entry, Ground, Measure, MonthLists, Note
from ecodash.domain.lists import By, ListRule, Side, reasons_name
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.domain.selection import Selection
from ecodash.errors import LinkUnknown
from ecodash.i18n import gettext as _
from ecodash.permits import Reach, needs, of_draft_rule, of_rule
from ecodash.queries.composites import indicator_entry
from ecodash.queries.deadlines import due_of
from ecodash.queries.definitions import definition_versions, get_definition
from ecodash.queries.ranking import ranking_without_history
from ecodash.queries.reports import reporting
from ecodash.queries.scope import shows_demo, watermark_stamp
from ecodash.workspace import Workspace

STREAK_MONTHS = 12
"""Further back nobody counts how often a unit was listed."""

_FIRST_MONTH = 199001


@needs(Right.READ, of_rule)
def month_lists(workspace: Workspace, watermark: int, month: Month, number: int, reasons_number: int = 0) -> MonthLists:
    """The lists of a month by a version of a rule, with how often in a row each unit was on its list.

    Args:
        number: of the rule's version.
        reasons_number: of the version of the reviewer's reasons; 0: without.
    Raises:
        LinkUnknown: there is no such rule.
        UserError: the rule cannot be read or names a region that is not here.
    """
    kept = get_definition(workspace, DefinitionKind.LIST_RULE, number)
    rule = ListRule.from_content(kept.content)
    units = _judged(workspace, watermark, month, rule)
    units["streak"] = _streaks(workspace, watermark, month, rule, units)
    own = _own_reasons(workspace, reasons_number, kept.name, month)
    lists = _lists(workspace, watermark, month, rule, units, own)
    return replace(lists, name=kept.name, number=number, version=kept.version, reasons_number=reasons_number)


@needs(Right.READ, of_draft_rule)
def draft_lists(workspace: Workspace, watermark: int, month: Month, rule: ListRule) -> MonthLists:
    """Who a rule that is not kept would put on the lists; nobody's earlier months are counted."""
    units = _judged(workspace, watermark, month, rule).assign(streak=0)
    return _lists(workspace, watermark, month, rule, units, {})


@needs(Right.READ, of_rule)
def reasons_number(workspace: Workspace, rule_name: str, month: Month) -> int:
    """Number of the newest version of the reasons written for a rule's lists of a month; 0 where there is none."""
    versions = definition_versions(workspace, DefinitionKind.LIST_REASONS, reasons_name(rule_name, str(month)))
    return versions[0].number if versions and not versions[0].is_withdrawn else 0


@needs(None, Reach.SIGNED_IN)
def measure_of(workspace: Workspace, code: str, level: Level) -> Measure:
    """Name, unit and decimals of an indicator at a level, or of a composite's version.

    Raises:
        IndicatorUnknown, LinkUnknown: there is none.
    """
    entry = indicator_entry(workspace, code)
    unit, decimals = entry.shown_at(level)
    return Measure(code, entry.name, unit, decimals, entry.direction, entry.definition, entry.english)


# ── how the lists are drawn up ─────────────────────────────────────────────────────────────────────────────────────


def _judged(workspace: Workspace, watermark: int, month: Month, rule: ListRule) -> pd.DataFrame:
    """The ranked units with their reports (late, missing: villages), judged by the rule."""
    selection = _selection(watermark, month, rule)
    units = ranking_without_history(workspace, selection, rule.comparison)
    reports = reporting(workspace, selection).set_index("region")
    for name in ("late", "missing"):
        units[name] = units["region"].map(reports[name]).fillna(0).astype(int)
    direction = measure_of(workspace, rule.indicator, rule.level).direction
    return judging.judge(units, rule, direction, is_due=_is_due(workspace, watermark, month, rule.region))


def _selection(watermark: int, month: Month, rule: ListRule) -> Selection:
    return Selection(watermark, month, rule.region, rule.indicator, rule.level)


def _is_due(workspace: Workspace, watermark: int, month: Month, region: int) -> bool:
    """Whether the month's reports were due when the watermark was committed: a later view of the same watermark must
    not differ."""
    committed = watermark_stamp(workspace, watermark).committed_at
    return committed is not None and due_of(workspace, region, month) <= committed


def _streaks(workspace: Workspace, watermark: int, month: Month, rule: ListRule, units: pd.DataFrame) -> list[int]:
    """For each unit, how many months in a row the same rule at the same watermark has it on the list it is on."""
    months = [_sides(units)]
    unbroken = months[0]
    for step in range(1, STREAK_MONTHS):
        if not unbroken or month.plus(1 - step).key == _FIRST_MONTH:
            break
        earlier = _sides(_judged(workspace, watermark, month.plus(-step), rule))
        unbroken = {key: side for key, side in unbroken.items() if earlier.get(key) == side}
        months.append(earlier)
    pairs = zip(units["region"], units["side"], strict=True)
    return [judging.streak(months, int(key), side) if side else 0 for key, side in pairs]


def _sides(units: pd.DataFrame) -> dict[int, str]:
    """region → side, of those that are listed."""
    found = units[units["side"] != ""]
    return {int(key): str(side) for key, side in zip(found["region"], found["side"], strict=True)}


OwnReason = tuple[str, str, datetime]
"""A reviewer's words, who wrote them, when they last changed."""


def _own_reasons(workspace: Workspace, number: int, rule_name: str, month: Month) -> dict[str, OwnReason]:
    """The reviewer's own words by region code, as of a version of the reasons for a rule's lists of a month: those for
    another rule's, whose readers and writers may be others, are none of these lists'.

    Raises:
        LinkUnknown: the number is not of reasons for these lists.
    """
    written: dict[str, OwnReason] = {}
    if not number:
        return written
    name, about = reasons_name(rule_name, str(month)), (rule_name, str(month))
    if get_definition(workspace, DefinitionKind.LIST_REASONS, number).name != name:
        raise LinkUnknown(_("没有编号为 {number} 的定义。").format(number=number), _("请核对链接是否完整。"))
    versions = definition_versions(workspace, DefinitionKind.LIST_REASONS, name)
    own = [one for one in versions if (one.content.get("rule"), one.content.get("month")) == about]
    for one in sorted((one for one in own if one.number <= number), key=lambda one: one.number):
        written = {
            code: written[code] if code in written and written[code][0] == words else (words, one.actor, one.at)
            for code, words in _reasons_in(one.content).items()
        }
    return written


def _reasons_in(content: Mapping[str, Any]) -> dict[str, str]:
    """The reasons a definition keeps: region code → words; what is not text is not there."""
    kept = content.get("reasons")
    return (
        {str(code): words for code, words in kept.items() if isinstance(words, str)} if isinstance(kept, dict) else {}
    )


# ── rows → entries ─────────────────────────────────────────────────────────────────────────────────────────────────


def _lists(
    workspace: Workspace,
    watermark: int,
    month: Month,
    rule: ListRule,
    units: pd.DataFrame,
    own: Mapping[str, OwnReason],
) -> MonthLists:
    is_due = _is_due(workspace, watermark, month, rule.region)
    due = due_of(workspace, rule.region, month)
    return MonthLists(
        rule=rule,
        name="",
        number=0,
        version=0,
        reasons_number=0,
        watermark=watermark,
        month=month,
        committed_at=watermark_stamp(workspace, watermark).committed_at,
        region_name=workspace.tree.get(rule.region).name,
        measure=measure_of(workspace, rule.indicator, rule.level),
        red=_entries(units, Side.RED, own),
        black=_entries(units, Side.BLACK, own),
        judged=len(units),
        unlisted=int((units["place"].notna() & (units["side"] == "")).sum()),
        left_out=tuple(place.name for key in rule.left_out if (place := workspace.tree.find(key))),
        notes=tuple(_notes(units, rule, None if is_due else due)),
        is_demo=shows_demo(workspace, _selection(watermark, month, rule)),
    )


def _entries(units: pd.DataFrame, side: Side, own: Mapping[str, OwnReason]) -> tuple[Entry, ...]:
    found = units[units["side"] == side]
    order = "place" if side is Side.RED else "place_from_last"
    rows = found.sort_values([order, "region"], na_position="last").to_dict("records")
    return tuple(_entry(row, own.get(str(row["region_code"]))) for row in rows)


def _entry(row: Mapping[Any, Any], own: OwnReason | None) -> Entry:
    words, by, at = own or ("", "", None)
    return Entry(
        region=int(row["region"]),
        name=str(row["name"]),
        parent=str(row["parent"]),
        rank=_whole(row["rank"]),
        previous_rank=_whole(row["previous_rank"]),
        movement=_whole(row["movement"]),
        value=_exact(row["value"]),
        previous=_exact(row["previous"]),
        distance=_exact(row["distance"]),
        grounds=tuple(Ground(one) for one in row["grounds"]),
        streak=int(row["streak"]),
        villages=int(row["villages"]),
        reported=int(row["reported"]),
        carried=int(row["carried"]),
        late=int(row["late"]),
        missing=int(row["missing"]),
        own_reason=words,
        own_by=by,
        own_at=at,
    )


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _exact(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


# ── what to say beside them ────────────────────────────────────────────────────────────────────────────────────────


def _notes(units: pd.DataFrame, rule: ListRule, due: datetime | None) -> list[Note]:
    notes: list[Note] = []
    count = judging.candidates(units)
    if not count:
        notes.append(Note("nobody", {}))
    for side in Side:
        given, shared = rule.side(side).count, judging.listed_by_place(units, side, rule)
        if rule.side(side).by is By.PLACES and shared > given:
            notes.append(Note("tied", {"side": side.value, "count": given, "listed": shared}))
    wanted = rule.red.count + rule.black.count
    if rule.red.by is rule.black.by is By.PLACES and 0 < count < wanted:
        notes.append(Note("few", {"units": count, "wanted": wanted}))
    both = units[units["withheld"] == judging.BOTH]
    if not both.empty:
        notes.append(Note("both", {"names": _names(both)}))
    is_missing = units["value"].isna() & (units["withheld"] == "") & (units["side"] == "")
    if is_missing.any():
        notes.append(Note("unreported", {"names": _names(units[is_missing])}))
    for reason, group in units[~units["withheld"].isin(["", judging.BOTH])].groupby("withheld", sort=True):
        notes.append(Note("excluded", {"reason": str(reason), "names": _names(group)}))
    if (rule.lists_unreported or rule.lists_late) and due is not None:
        notes.append(Note("not_due", {"due": due}))
    return notes


def _names(units: pd.DataFrame) -> tuple[str, ...]:
    return tuple(str(name) for name in units.sort_values("region")["name"])
