"""The figures of a filing beside those that stand: filtered, and the rows a reviewer ticks to remark on."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from streamlit import column_config as column

from ecodash.i18n import gettext as _
from ecodash.i18n import in_this_language
from ecodash.reports.numbers import is_missing, show_month, show_number
from ecodash.views import data, filing_data, filing_words, text, upload_tables, upload_text
from ecodash.views.display import offer_downloads
from ecodash.views.filing_data import Filed, Opened
from ecodash.views.filing_desk import CellKey
from ecodash.views.tables import Table, right_column

ROWS_SHOWN = 2_000
ROUND = "filing_cells_round"
"""Where the session counts how often ticked rows were done with."""
_ROW, _HEADER, _ROWS_HIGH = 36, 52, 12
_DOUBTED, _REMARKED = "doubted", "remarked"


def show(one: Filed, opened: Opened, remarks: Mapping[CellKey, str], *, is_ticked: bool) -> list[CellKey]:
    """Cards with the counts, the filter, the table; returns the figures whose rows are ticked.

    Args:
        remarks: what a reviewer said of single figures.
        is_ticked: whether rows can be ticked.
    """
    rows = all_rows(opened)
    doubted = _doubted(one, rows)
    kind = _choose(one, rows, doubted, remarks)
    rows = _chosen(rows, kind, doubted, remarks)
    keys = [key_of(row) for row in rows.head(ROWS_SHOWN).itertuples()]
    table = _table(rows, doubted, remarks)
    # The ticks go with the key: what was remarked on is not ticked any more.
    key = f"filing_cells_{one.number}_{kind}_{st.session_state.get(ROUND, 0)}"
    chosen = _draw(table, key, is_ticked=is_ticked)
    if len(rows) > ROWS_SHOWN:
        st.caption(upload_text.changes_shown(ROWS_SHOWN, len(rows)))
    offer_downloads(table, filing_words.number(one.number), key=f"filing_cells_{one.number}")
    return [keys[place] for place in chosen if place < len(keys)]


def all_rows(opened: Opened) -> pd.DataFrame:
    """Figures, or targets where it has none: region, indicator, period (of a target its deadline), old, new, change, row;
    what changes an accepted figure first."""
    upload = opened.upload
    rows = upload.changes
    if rows.empty:
        rows = upload.target_changes.rename(columns={"deadline": "period"})
    order = {name: place for place, name in enumerate(upload_text.CHANGES)}
    return rows.loc[rows["change"].astype("str").map(order).sort_values(kind="stable").index]


def key_of(row: object) -> CellKey:
    return int(row.region), str(row.indicator), int(row.period)  # type: ignore[attr-defined]


def name_of(key: CellKey) -> str:
    """九龙泉村 清理生活垃圾 2026年10月."""
    region, code, period = key
    place = upload_tables.place_columns([region], data.tree())
    where = text.place_in(place[text.REGION][0], place[text.TOWN][0]) if place[text.TOWN][0] else place[text.REGION][0]
    return f"{where} {data.catalog()[code].label} {show_month(period)}"


def value_of(opened: Opened, key: CellKey) -> str:
    """45.00 → 145.00 吨; empty where the filing does not have the figure."""
    rows = all_rows(opened)
    region, code, period = key
    found = rows[(rows["region"] == region) & (rows["indicator"].astype("str") == code) & (rows["period"] == period)]
    if found.empty:
        return ""
    entry, row = data.catalog()[code], found.iloc[0]
    new = text.value_with_unit(_number(row["new"], entry.decimals), entry.unit)
    return new if is_missing(row["old"]) else f"{_number(row['old'], entry.decimals)} → {new}"


def _number(value: object, decimals: int) -> str:
    return show_number(None if is_missing(value) else float(str(value)), decimals)


# ── which rows ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _doubted(one: Filed, rows: pd.DataFrame) -> set[CellKey]:
    """The figures a doubt is about: of one that names no indicator or month all that fit it."""
    found: set[CellKey] = set()
    for doubt in filing_data.get_filing(one.number).doubts if one.doubts else ():
        if not doubt.region:
            continue
        fits = rows["region"] == doubt.region
        if doubt.indicator:
            fits &= rows["indicator"].astype("str") == doubt.indicator
        if doubt.period:
            fits &= rows["period"] == doubt.period
        found |= {key_of(row) for row in rows[fits].itertuples()}
    return found


def _choose(one: Filed, rows: pd.DataFrame, doubted: set[CellKey], remarks: Mapping[CellKey, str]) -> str:
    counts = rows["change"].astype("str").value_counts()
    labels = {"": _("全部")} | {name: label for name, label in upload_text.CHANGES.items() if counts.get(name, 0)}
    numbers = {"": len(rows)} | {name: int(counts.get(name, 0)) for name in labels if name}
    for name, label, found in ((_DOUBTED, _("▲ 有疑点"), doubted), (_REMARKED, _("✎ 有意见"), set(remarks))):
        if found:
            labels[name], numbers[name] = label, len(found)
    key = f"filing_kind_{one.number}"
    if st.session_state.get(key) not in labels:
        st.session_state[key] = ""
    chosen = st.segmented_control(
        upload_text.SHOW_CHANGES,
        list(labels),
        format_func=in_this_language(lambda name: f"{labels[name]} {numbers[name]:,}"),
        required=True,
        key=key,
        label_visibility="collapsed",
        wrap=True,
    )
    return str(chosen or "")


def _chosen(rows: pd.DataFrame, kind: str, doubted: set[CellKey], remarks: Mapping[CellKey, str]) -> pd.DataFrame:
    if not kind:
        return rows
    if kind in (_DOUBTED, _REMARKED):
        wanted = doubted if kind == _DOUBTED else set(remarks)
        return rows[[key_of(row) in wanted for row in rows.itertuples()]]
    return rows[rows["change"].astype("str") == kind]


# ── the table ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _table(rows: pd.DataFrame, doubted: set[CellKey], remarks: Mapping[CellKey, str]) -> Table:
    made = upload_tables.changes(rows, data.catalog(), data.tree())
    keys = [key_of(row) for row in rows.itertuples()]
    doubt, remark = _("疑点"), _("审核意见")
    frame = made.frame.assign(
        **{
            doubt: [_("▲ 疑点") if key in doubted else "" for key in keys],
            remark: [remarks.get(key, "") for key in keys],
        }
    )
    order: Sequence[str] = made.order or list(made.frame.columns)
    shown = [name for name, found in ((doubt, doubted), (remark, remarks)) if found]
    narrow = {text.REGION: 78, text.INDICATOR: 112}  # With the ticks, both values are seen on a phone.
    columns = {
        **made.columns,
        **{name: column.Column(width=width) for name, width in narrow.items()},
        **{name: right_column(62) for name in (upload_text.OLD, upload_text.NEW)},
        doubt: column.Column(width=70),
        remark: column.Column(width=260),
    }
    return Table(_("报送的数据"), frame, columns, widest=1200, order=[*order[:5], *shown, *order[5:]])


def _draw(table: Table, key: str, *, is_ticked: bool) -> list[int]:
    frame = table.frame.head(ROWS_SHOWN)
    shown: dict[str, Any] = {
        "column_config": dict(table.columns),
        "column_order": table.order,
        "hide_index": True,
        "height": "content" if len(frame) <= _ROWS_HIGH else _ROW * _ROWS_HIGH + _HEADER,
        "row_height": _ROW,
        "key": key,
        "alt": table.title,
    }
    with st.container(width=table.widest or "stretch"):
        if not is_ticked:
            st.dataframe(frame, **shown)
            return []
        found = st.dataframe(frame, on_select="rerun", selection_mode="multi-row", **shown)
        return sorted(int(place) for place in found.selection.rows)
