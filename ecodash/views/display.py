"""Put a table on the screen with its downloads."""

from collections.abc import Sequence

import streamlit as st

from ecodash.reports.tables import to_csv, to_xlsx
from ecodash.views import text
from ecodash.views.tables import Table

_ROW, _HEADER = 36, 52
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show_table(
    table: Table,
    as_of: str,
    *,
    key: str,
    row_count: int = 10,
    shown: Sequence[str] | None = None,
    rows: int | None = None,
) -> None:
    """A table, and beside it the same as CSV and workbook.

    Args:
        as_of: which commit it stands on; written into the workbook.
        key: names the table among those of the page.
        row_count: rows shown before it scrolls.
        shown: columns on the screen, where there is no room for all; the files have them all.
        rows: so many of them are sent to the screen; the files have them all.
    """
    frame = table.frame if rows is None else table.frame.head(rows)
    height = "content" if len(frame) <= row_count else _ROW * row_count + _HEADER
    with st.container(width=table.widest or "stretch"):
        st.dataframe(
            frame,
            column_config=dict(table.columns),
            column_order=shown or table.order,
            hide_index=True,
            height=height,  # type: ignore[arg-type]
            placeholder=table.placeholder,
            row_height=_ROW,
            key=f"table_{key}",
            alt=table.title,
        )
        offer_downloads(table, as_of, key=key)


def offer_downloads(table: Table, as_of: str, *, key: str) -> None:
    """The table as files; each is made when it is asked for."""
    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        st.download_button(
            text.DOWNLOAD_CSV,
            lambda: to_csv(table.frame),
            file_name=f"{table.title}.csv",
            mime="text/csv",
            on_click="ignore",
            type="tertiary",
            key=f"csv_{key}",
        )
        st.download_button(
            text.DOWNLOAD_XLSX,
            lambda: to_xlsx(table.frame, title=table.title, as_of=as_of),
            file_name=f"{table.title}.xlsx",
            mime=XLSX,
            on_click="ignore",
            type="tertiary",
            key=f"xlsx_{key}",
        )
