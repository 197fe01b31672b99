"""目标管理, 编辑: the targets of a region and its children in a table to type in, what would change, and saving it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from streamlit import column_config as column

from ecodash import actions
from ecodash.actions import TargetPlan
from ecodash.domain.indicators import Kind
from ecodash.domain.selection import Selection
from ecodash.domain.targets import Source, TargetEdit
from ecodash.errors import SubmissionRejected, TransitionRefused
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import is_missing
from ecodash.views import data, names, target_tables, text
from ecodash.views.display import offer_downloads, show_table
from ecodash.views.heading import as_of_text
from ecodash.views.rows import rows_of

_DESK, _SAID = "target_desk", "target_said"
CODE, PLACE, INDICATOR, UNIT, BASELINE, TARGET, DEADLINE, USED = (
    "code", "place", "indicator", "unit", "baseline", "target", "deadline", "used",
)  # fmt: skip
"""Columns of the frame that is edited; all texts."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What somebody is editing: the place, year and indicator, and the commit whose targets are on the table.

    The commit stays while somebody types: another person's commit does not take away what was typed, and saving compares
    with it.
    """

    scope: tuple[int, int, str]
    watermark: int
    round: int


def _desk(selection: Selection, code: str) -> Desk:
    scope = (selection.region, selection.month.year, code)
    kept: Desk | None = st.session_state.get(_DESK)
    if kept is None or kept.scope != scope or kept.watermark > selection.watermark:
        kept = Desk(scope, selection.watermark, 0 if kept is None else kept.round + 1)
        st.session_state[_DESK] = kept
    return kept


def forget() -> None:
    """Begin anew from the newest targets."""
    st.session_state.pop(_DESK, None)


def say(what: str) -> None:
    """Keep a sentence for the next run, above the table."""
    st.session_state[_SAID] = what


def show_said() -> None:
    if said := st.session_state.pop(_SAID, ""):
        st.success(said, icon=":material/check_circle:")


# ── the table ──────────────────────────────────────────────────────────────────────────────────────────────────────


def show(selection: Selection, code: str) -> None:
    """The table, the preview of what was typed, and the button that saves it.

    Args:
        selection: the place and the year, at the newest watermark.
        code: one indicator, for which every child has a row; or empty, for all targets that stand.
    """
    desk = _desk(selection, code)
    plans = data.target_plans(selection.at(watermark=desk.watermark))
    before = _rows(plans, selection, code)
    _warn_of_others(selection, desk, plans)
    if before.empty:
        st.info(_("本年还没有下达目标。请在上方选择一项指标，逐个地区填写，或上传目标表。"), icon=":material/flag:")
        return
    st.caption(_("直接在表中修改。清空目标值即撤销这项目标；基数留空，按“现用基数”一栏的办法自动取得。"))
    after = _editor(before, desk, has_indicator=not code)
    edits = find_edits(before, after)
    if not edits:
        offer_downloads(
            target_tables.set_targets(plans, data.catalog(), _("目标表 {year}年").format(year=selection.month.year)),
            as_of_text(desk.watermark), key="set_targets",
        )  # fmt: skip
        return
    _preview(edits, desk)


def _rows(plans: pd.DataFrame, selection: Selection, code: str) -> pd.DataFrame:
    """What is edited: the targets that stand, and for one indicator an empty row for each place without one."""
    chosen = plans[plans["indicator"] == code] if code else plans
    rows = [
        {
            CODE: row.region_code, PLACE: row.name, "of": row.indicator, INDICATOR: names.indicator_name(row.indicator),
            UNIT: names.unit_name(row.unit), BASELINE: target_tables.plain(row.given, row.decimals),
            TARGET: target_tables.plain(row.target, row.decimals),
            DEADLINE: f"{row.deadline // 100}-{row.deadline % 100:02d}", USED: _used(row),
        }
        for row in rows_of(chosen)
    ]  # fmt: skip
    if code:
        rows += _empty_rows(selection, code, {row[CODE] for row in rows})
        order = {key: place for place, key in enumerate(_place_codes(selection))}
        rows.sort(key=lambda row: (order.get(row[CODE], len(order)), row[DEADLINE]))
    columns = [CODE, PLACE, "of", INDICATOR, UNIT, TARGET, DEADLINE, BASELINE, USED]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _place_codes(selection: Selection) -> list[str]:
    return [region.code for region in places(selection)]


def places(selection: Selection) -> list[Any]:
    """The region and its children."""
    return [data.region(selection), *data.target_children(selection)]


def _empty_rows(selection: Selection, code: str, known: set[str]) -> list[dict[str, str]]:
    entry = data.catalog()[code]
    return [
        {
            CODE: place.code, PLACE: place.name, "of": code, INDICATOR: entry.label,
            UNIT: names.unit_name(entry.shown_at(place.level)[0]), BASELINE: "", TARGET: "",
            DEADLINE: f"{selection.month.year}-12", USED: "",
        }
        for place in places(selection)
        if place.code not in known
    ]  # fmt: skip


def _used(row: Any) -> str:
    """60（上年末）: the baseline that counts, and where it comes from."""
    source = Source(row.baseline_source)
    if source is Source.UNKNOWN:
        return _("还没有数")
    if source is Source.ZERO:
        return _("从 0 累计")
    shown = target_tables.plain(row.baseline, row.decimals)
    words = {Source.GIVEN: _("给定"), Source.YEAR_END: _("上年末"), Source.FIRST_REPORT: _("本年首次上报")}
    return text.place_in(shown, words[source])


def _editor(before: pd.DataFrame, desk: Desk, *, has_indicator: bool) -> pd.DataFrame:
    order = [PLACE, INDICATOR, TARGET, DEADLINE, BASELINE, USED, UNIT] if has_indicator else [
        PLACE, TARGET, DEADLINE, BASELINE, USED, UNIT,
    ]  # fmt: skip
    edited: pd.DataFrame = st.data_editor(
        before,
        column_config={
            PLACE: column.TextColumn(text.REGION, width=110, pinned=True),
            INDICATOR: column.TextColumn(text.INDICATOR, width=180),
            TARGET: column.TextColumn(text.TARGET, width=100, help=_("清空即撤销这项目标。")),
            DEADLINE: column.TextColumn(
                text.DEADLINE, width=100, help=_("到期的月份，例如 2026-12；只写年份为当年 12 月。")
            ),
            BASELINE: column.TextColumn(
                text.BASELINE,
                width=90,
                help=_("留空时：当月完成量从 0 起算；存量和比率取上年末的数，没有就取本年首次上报的数。"),
            ),
            USED: column.TextColumn(_("现用基数"), width=150),
            UNIT: column.TextColumn(text.UNIT_OF_MEASURE, width=80),
        },
        column_order=order,
        disabled=[PLACE, INDICATOR, UNIT, USED],
        hide_index=True,
        num_rows="fixed",
        height="content" if len(before) <= 16 else 620,
        key=f"target_editor_{desk.round}_{'_'.join(map(str, desk.scope))}",
    )
    return edited


def find_edits(before: pd.DataFrame, after: pd.DataFrame) -> list[TargetEdit]:
    """What was typed, as changes: a new deadline withdraws the target of the old one."""
    edits: list[TargetEdit] = []
    for old, new in zip(before.to_dict("records"), after.to_dict("records"), strict=True):
        baseline, target, deadline = (_typed(new[name]) for name in (BASELINE, TARGET, DEADLINE))
        if (baseline, target, deadline) == (old[BASELINE], old[TARGET], old[DEADLINE]):
            continue
        had = bool(old[TARGET])
        if not target and not had and not baseline:
            continue
        if had and (not target or deadline != old[DEADLINE]):
            edits.append(TargetEdit(old[CODE], old["of"], old[DEADLINE], is_withdrawn=True))
        if target or not had:
            edits.append(TargetEdit(old[CODE], old["of"], deadline, target, baseline))
    return edits


def _typed(value: object) -> str:
    return "" if is_missing(value) else str(value).strip()


def _warn_of_others(selection: Selection, desk: Desk, plans: pd.DataFrame) -> None:
    """Say that somebody changed these targets since they were put on the table."""
    if desk.watermark == selection.watermark or data.target_plans(selection).equals(plans):
        return
    st.warning(
        _("这些目标刚由别人改过（现在是第 {now} 批，表中是第 {then} 批）。您改动了同一项目标时不能保存。").format(
            now=selection.watermark, then=desk.watermark
        ),
        icon=":material/sync_problem:",
    )
    if st.button(_("载入最新目标，放弃未保存的修改"), key="target_reload", icon=":material/refresh:"):
        forget()
        st.rerun()


# ── saving ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _preview(edits: Sequence[TargetEdit], desk: Desk) -> None:
    plan = actions.plan_targets(data.workspace(), edits)
    # The table's own buttons hang below it.
    st.space("small")
    st.markdown(f"**{_('保存后的变化')}**")
    show_plan(plan, desk.watermark)
    note = st.text_input(_("说明（选填，随批次保存）"), max_chars=200, key=f"target_note_{desk.round}")
    is_clicked = st.button(
        _("保存 {count} 项目标").format(count=plan.count),
        type="primary",
        key="save_targets",
        icon=":material/check_circle:",
        disabled=bool(plan.problems) or not plan.count,
    )
    if is_clicked and not plan.problems:
        commit(edits, note, desk.watermark)


def show_plan(plan: TargetPlan, watermark: int) -> None:
    """Old and new of each target, and what is wrong."""
    for problem in plan.problems:
        st.error(text.escape(problem.what), icon=":material/error:")
    if plan.count:
        tree = data.tree()
        known = {int(key): tree.get(int(key)).name for key in plan.changes["region"].unique()}
        table = target_tables.changes(plan.changes, data.catalog(), known, _("目标的变化"))
        show_table(table, as_of_text(watermark), key="target_changes", row_count=12)


def commit(edits: Sequence[TargetEdit], note: str, watermark: int) -> None:
    """Save, and say what was done or why not; the page runs anew."""
    try:
        receipt = actions.save_targets(
            data.workspace(), edits, actor=data.actor(), now=data.now(), note=note, compared_at=watermark
        )
    except (TransitionRefused, SubmissionRejected) as refused:
        st.error(text.what_and_remedy(refused.what, refused.remedy), icon=":material/error:")
        return
    forget()
    say(_("已保存为第 {batch} 批：新增 {new} 项，修改或撤销 {changed} 项。可在“数据上报”的批次中撤销。").format(
        batch=receipt.batch, new=receipt.new, changed=receipt.changed
    ))  # fmt: skip
    st.rerun()


def offered_indicators() -> list[str]:
    """Indicators a target may be set for: those in use."""
    return [entry.code for entry in data.offered() if entry.kind is not Kind.ATTRIBUTE]
