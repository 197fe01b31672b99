"""One snapshot beside another of the same pages: what reads otherwise first, all of it on demand."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st
from streamlit import column_config as column

from ecodash import i18n, queries
from ecodash.domain.pages import Page
from ecodash.domain.snapshots import Snapshot
from ecodash.domain.targets import State
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import missing_word, show_number
from ecodash.views import data, names, text
from ecodash.views import snapshot_text as words
from ecodash.views.display import show_table
from ecodash.views.tables import Table, right_column

_ROWS_SHOWN = 1_000
_MOST_SHOWN = 12
"""Lines of the table before it scrolls."""


def offer(one: Snapshot, snapshots: list[Snapshot]) -> None:
    """A choice of the snapshots that look at the same; nothing is unpacked before one is chosen."""
    st.subheader(_("与另一个快照对比"), anchor=False)
    fold = st.expander(
        _("选择要对比的快照"), icon=":material/compare_arrows:", key="snapshot_compare", on_change="rerun"
    )
    if not fold.open:
        return
    with fold:
        alike = [other for other in snapshots if other.number != one.number and _may_compare(one, other)]
        # Editions of the same meeting first.
        alike.sort(key=lambda other: not one.series or other.series != one.series)
        others = {other.number: other for other in alike}
        if not others:
            st.caption(words.nothing_alike())
            return
        number = st.selectbox(
            _("对比哪一个"),
            list(others),
            index=None,
            placeholder=_("请选择"),
            format_func=lambda key: words.other_label(others[key]) if key in others else "",
            key=f"snapshot_other_{one.number}",
        )
        if number is not None:
            _compare(one, others[number])


def _may_compare(one: Snapshot, other: Snapshot) -> bool:
    """Whether they look at the same; what the record says without its meta rules most others out."""
    return (one.page, one.page_count) == (other.page, other.page_count) and queries.are_alike(one, other)


def _compare(one: Snapshot, other: Snapshot) -> None:
    """The earlier one on the left."""
    then, now = sorted((one, other), key=lambda snapshot: (_month(snapshot), snapshot.watermark, snapshot.number))
    try:
        with st.spinner(_("正在对比……")):
            frames = queries.compare_snapshots(data.workspace(), then, now)
    except UserError as error:
        st.error(text.what_and_remedy(error.what, error.remedy), icon=":material/error:")
        return
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"is_changed": []})
    changed = rows[rows["is_changed"].astype(bool)]
    st.markdown(f"**{words.compared_count(len(changed), len(rows))}**")
    if changed.empty:
        return
    is_whole = st.toggle(_("也列出没有变化的数据"), key="snapshot_compare_all")
    shown = pd.concat([changed, rows[~rows["is_changed"].astype(bool)]]) if is_whole else changed
    show_table(
        table(shown, then, now),
        words.compared(then, now),
        key="snapshot_compare",
        row_count=_MOST_SHOWN,
        rows=_ROWS_SHOWN,
    )
    if len(shown) > _ROWS_SHOWN:
        st.caption(words.rows_cut(_ROWS_SHOWN, len(shown)))


def _month(snapshot: Snapshot) -> str:
    return str(json.loads(snapshot.selection)["month"])


# ── the table ──────────────────────────────────────────────────────────────────────────────────────────────────────


def table(rows: pd.DataFrame, then: Snapshot, now: Snapshot) -> Table:
    """Figures of two snapshots beside each other: rows of queries.compare_snapshots."""
    earlier, later = words.column_of(then), words.column_of(now)
    records = rows.to_dict("records")
    has_ranks = bool((rows["rank_then"].notna() | rows["rank_now"].notna()).any())
    has_states = bool(((rows["state_then"] != "") | (rows["state_now"] != "")).any())
    found: dict[str, list[str]] = {
        _("地区"): [str(row["name"]) for row in records],
        _("指标"): [_label(row) for row in records],
        earlier: [_figure(row, "then") for row in records],
        later: [_figure(row, "now") for row in records],
        _("增减"): [_change(row) for row in records],
    }
    if has_ranks:
        found[_("名次")] = [_pair(_rank(row["rank_then"]), _rank(row["rank_now"])) for row in records]
    if has_states:
        found[_("状态")] = [_pair(_state(row["state_then"]), _state(row["state_now"])) for row in records]
    found[_("页面")] = [Page(str(row["page"])).label for row in records]
    # Narrow, so that on a phone a figure stands beside what it is of.
    widths = {_("地区"): column.Column(width=76), _("指标"): column.Column(width=170)}
    figures = {name: right_column(96) for name in (earlier, later, _("增减"))}
    return Table(words.compared_title(then, now), pd.DataFrame(found), widths | figures)


def _label(row: Mapping[Any, Any]) -> str:
    """What figure it is, with its unit: 公厕：上月（座）. Frozen names are Chinese; the catalogue knows the others."""
    label, code = str(row["label"]), str(row["indicator"])
    with i18n.speaking(i18n.CHINESE):
        chinese = names.indicator_name(code) if code else ""
    if i18n.is_english() and chinese and label.startswith(chinese):
        pattern = "{name}" + label.removeprefix(chinese)
        label = _(pattern).format(name=names.indicator_name(code))
    return text.with_unit(label, str(row["unit"]))


def _figure(row: Mapping[Any, Any], side: str) -> str:
    """A figure, or the word for what is missing: never a zero."""
    only = "then_only" if side == "now" else "now_only"
    if row["presence"] == only:
        return _("不在榜上") if row["page"] == Page.LISTS.value else "—"
    missing = missing_word(reports=int(row[f"reports_{side}"]))
    return show_number(float(row[side]), int(row["decimals"]), missing=missing)


def _change(row: Mapping[Any, Any]) -> str:
    change = float(row["change"])
    if change != change:  # NaN: one of the two is missing.
        return ""
    shown = show_number(abs(change), int(row["decimals"]))
    sign = "+" if change > 0 else "−"
    return "" if not change else f"{sign}{shown}"


def _rank(rank: Any) -> str:
    return "" if pd.isna(rank) else str(int(rank))


def _state(state: str) -> str:
    return State(state).label if state else ""


def _pair(then: str, now: str) -> str:
    """3 → 5; once where both are the same."""
    return now if then == now else f"{then or '—'} → {now or '—'}"
