"""Where a figure of 区域档案 came from: its reports, each with batch, file, row, person, time and all earlier values."""

from typing import Any

import pandas as pd
import streamlit as st

from ecodash import queries
from ecodash.domain.audit import ExportKind
from ecodash.domain.selection import Selection
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import show_month, show_number, show_time
from ecodash.views import data, downloads, names, profile_tables, profile_text, tables, text, upload_marks
from ecodash.views.display import offer_downloads, show_table
from ecodash.views.heading import as_of_text
from ecodash.views.rows import rows_of

_ROW, _HEADER, _ROWS_SHOWN = 36, 38, 10


def show_summary(selection: Selection) -> None:
    """The report the figure is, and its earlier values; of a sum how many reports it is made of."""
    origins = data.figure_origins(selection)
    own = origins[origins["region"] == selection.region]
    name = data.region(selection).name
    if own.empty:
        if origins.empty:
            st.info(text.NO_ORIGINS, icon=":material/inbox:")
        else:
            st.markdown(text.escape(profile_text.no_own_report(name, len(origins))))
            show_table(
                profile_tables.batches(origins), as_of_text(selection.watermark), key="origin_batches", row_count=5
            )
            _show_corrected(selection)
        return
    for row in rows_of(own):
        st.html(upload_marks.facts(_facts(row)))
        offer_file(int(row.batch), row.file_name, key=f"own_{row.indicator}")
    _show_history(selection, selection.region, key="own_history")


def _facts(row: Any) -> list[tuple[str, str]]:
    entry = data.entry(str(row.indicator))
    month = show_month(row.period) + (text.CARRIED_MARK if row.is_carried else "")
    value = text.value_with_unit(show_number(row.value, entry.decimals), names.unit_name(row.unit))
    file = row.file_name if pd.isna(row.file_row) else _("{file} 第 {row} 行").format(
        file=row.file_name, row=int(row.file_row)
    )  # fmt: skip
    return [
        (entry.label, value),
        (_("所属月份"), month),
        (_("批次"), _("第 {batch} 批").format(batch=int(row.batch))),
        (_("文件"), file),
        (_("提交"), f"{row.actor}　{show_time(row.committed_at)}"),
    ]


def _show_corrected(selection: Selection) -> None:
    """Which of the reports behind a sum were changed after they came."""
    found = data.corrected_reports(selection)
    if found.empty:
        st.caption(profile_text.none_corrected())
        return
    cells = found.groupby(["region", "indicator", "period"]).ngroups
    st.markdown(profile_text.corrected(cells))
    table = profile_tables.history(found, profile_text.corrected(cells))
    show_table(table, as_of_text(selection.watermark), key="corrected", row_count=6)


def _show_history(selection: Selection, region: int, *, key: str) -> None:
    found = data.value_history(selection, region)
    place = data.tree().get(region).name
    title = profile_text.versions_title(place, data.indicator(selection).label)
    st.markdown(f"**{text.escape(title)}**")
    show_table(profile_tables.history(found, title), as_of_text(selection.watermark), key=key, row_count=8)


def offer_file(batch: int, file_name: str, *, key: str) -> None:
    """The file a report came in, as it was sent."""
    batches = data.list_batches(batch)
    row = batches[batches["seq"] == batch]
    if row.empty or pd.isna(row["file_size"].iloc[0]):
        st.caption(profile_text.file_not_kept(batch))
        return
    if not data.lets(queries.uploaded_file, batch):
        return
    downloads.offer(
        profile_text.download_file(batch),
        lambda: data.uploaded_file(batch),
        file_name=file_name or str(batch),
        mime=downloads.OCTETS,
        what=ExportKind.SENT_FILE,
        batch=batch,
        icon=":material/download:",
        key=f"file_{key}_{batch}",
    )


def show_reports(selection: Selection) -> None:
    """Every report behind the chosen figure; a click on one shows all its values and offers its file."""
    origins = data.figure_origins(selection)
    st.subheader(text.origins_title(data.indicator(selection).label), anchor=False)
    if origins.empty:
        st.info(text.NO_ORIGINS, icon=":material/inbox:")
        return
    table = tables.origins(origins, data.catalog())
    if len(origins) > 1:
        st.caption(profile_text.choose_origin())
    event: Any = st.dataframe(
        table.frame,
        column_config=dict(table.columns),
        hide_index=True,
        height=_ROW * min(len(origins), _ROWS_SHOWN) + _HEADER,
        row_height=_ROW,
        on_select="rerun",
        selection_mode="single-cell",
        key=f"origins_{selection.region}_{selection.month.key}_{selection.indicator}",
        alt=table.title,
    )
    offer_downloads(table, as_of_text(selection.watermark), key="origins")
    place = clicked_row(event)
    if place is not None and place < len(origins):
        row = origins.iloc[place]
        offer_file(int(row["batch"]), str(row["file_name"]), key="chosen")
        _show_history(selection, int(row["region"]), key="chosen_history")


def clicked_row(event: Any) -> int | None:
    """Place of the row that was clicked, by its box or any of its cells; None where none was."""
    chosen = event.selection if event else None
    if not chosen:
        return None
    places = [int(cell[0]) for cell in chosen.get("cells", [])] or [int(row) for row in chosen.get("rows", [])]
    return places[0] if places else None
