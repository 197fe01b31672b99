"""Put a table on the screen with its downloads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import streamlit as st

from ecodash.domain.audit import ExportKind
from ecodash.reports.tables import to_csv, to_xlsx
from ecodash.views import downloads, stamp, text
from ecodash.views.pictures import offer_picture
from ecodash.views.stamp import Stamp
from ecodash.views.tables import Table

_ROW, _HEADER = 36, 52


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


def fold_table(
    label: str, make: Callable[[], Table], as_of: str, *, key: str, row_count: int = 35, rows: int | None = None
) -> None:
    """A table that is folded away, and made only when it is opened.

    Args:
        label: what to click on.
        as_of, key, row_count, rows: as of show_table.
    """
    fold = st.expander(label, icon=":material/table_rows:", key=f"fold_{key}", on_change="rerun")
    if fold.open:
        with fold:
            show_table(make(), as_of, key=key, row_count=row_count, rows=rows)


@dataclass(frozen=True)
class TableToMake:
    """A table that is only downloaded, made when somebody does.

    Args:
        title: names the files.
    """

    title: str
    make: Callable[[], Table]


def offer_downloads(
    table: Table | TableToMake, as_of: str, *, key: str, picture: Callable[[], str] | None = None
) -> None:
    """The table as files; each is made when it is asked for, in the language it was asked for in.

    Args:
        picture: the same as a chart, as of offer_picture.
    """
    files = _Files(table.make if isinstance(table, TableToMake) else lambda: table, as_of, stamp.kept())
    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        downloads.offer(
            text.DOWNLOAD_CSV,
            files.csv,
            file_name=f"{table.title}.csv",
            mime=downloads.CSV,
            what=ExportKind.TABLE,
            rows=files.count_rows,
            type="tertiary",
            key=f"csv_{key}",
        )
        downloads.offer(
            text.DOWNLOAD_XLSX,
            files.xlsx,
            file_name=f"{table.title}.xlsx",
            mime=downloads.XLSX,
            what=ExportKind.TABLE,
            rows=files.count_rows,
            type="tertiary",
            key=f"xlsx_{key}",
        )
        if picture is not None:
            offer_picture(table.title, picture, key=key)


@dataclass(frozen=True)
class _Files:
    """A table on its way into files."""

    make: Callable[[], Table]
    as_of: str
    stamp: Stamp

    @cached_property
    def table(self) -> Table:
        return self.make()

    def count_rows(self) -> int:
        return len(self.table.frame)

    def csv(self) -> bytes:
        return to_csv(self.table.frame, header=self._header, numbers=self._numbers)

    def xlsx(self) -> bytes:
        return to_xlsx(
            self.table.frame,
            title=self.table.title,
            as_of=text.listed((self.stamp.context, self.as_of)),
            header=self._header,
            numbers=self._numbers,
            notes=[text.DEMO_NOTE] if self.stamp.is_demo else [],
        )

    @property
    def _header(self) -> list[str]:
        """Heads with the unit of those columns whose cells show it on the screen."""
        return [
            text.with_unit(name, "%") if _is_percent(self.table.columns.get(name)) else name for name in self._names
        ]

    @property
    def _numbers(self) -> frozenset[str]:
        """Columns of figures set to the right as text, as every row has its own number of digits."""
        columns = self.table.columns
        return frozenset(name for name in self._names if (columns.get(name) or {}).get("alignment") == "right")

    @property
    def _names(self) -> list[str]:
        return [str(name) for name in self.table.frame.columns]


def _is_percent(shown: Any) -> bool:
    return str(((shown or {}).get("type_config") or {}).get("format", "")).endswith("%%")
