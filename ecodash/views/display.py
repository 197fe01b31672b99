"""Put a table on the screen with its downloads."""

import streamlit as st

from ecodash.reports.tables import to_csv, to_xlsx
from ecodash.views import text
from ecodash.views.tables import Table

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show_table(table: Table, as_of: str, *, key: str, tall: bool = False) -> None:
    """A table, and beside it the same as CSV and workbook.

    Args:
        as_of: which commit it stands on; written into the workbook.
        key: names the table among those of the page.
        tall: show up to 20 rows before it scrolls, instead of ten.
    """
    rows = len(table.frame)
    height = "content" if rows <= (20 if tall else 10) else (740 if tall else 390)
    st.dataframe(
        table.frame,
        column_config=dict(table.columns),
        hide_index=True,
        height=height,  # type: ignore[arg-type]
        placeholder=table.placeholder,
        row_height=36,
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
            mime=_XLSX,
            on_click="ignore",
            type="tertiary",
            key=f"xlsx_{key}",
        )
