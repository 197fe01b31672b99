"""What a reviewer said of single figures of a filing: as a list, and in the cells of the file."""

from collections.abc import Mapping

import streamlit as st

from ecodash.domain.audit import ExportKind
from ecodash.i18n import gettext as _
from ecodash.views import downloads, filing_cells, filing_data, filing_words, filing_workbook, marks
from ecodash.views.filing_data import Filed, Opened
from ecodash.views.filing_desk import CellKey


def show_remarks(remarks: Mapping[CellKey, str], opened: Opened | None) -> None:
    """Remarks on single figures, as a list that can be read without a sideways scroll."""
    st.subheader(filing_words.remarks_title(len(remarks)), anchor=False)
    heads = [_("哪一格"), *([_("报送的数")] if opened else []), _("审核意见")]
    rows = (
        [
            marks.Cell(filing_cells.name_of(key)),
            *([marks.Cell(filing_cells.value_of(opened, key))] if opened else []),
            marks.Cell(said),
        ]
        for key, said in remarks.items()
    )
    st.html(marks.short_table("", heads, rows, (), "filing-remarks"))


def kept_remarks(one: Filed) -> dict[CellKey, str]:
    """What the reviewer said of single figures when returning it."""
    return {(said.region, said.indicator, said.period): said.comment for said in filing_data.comments(one.number)}


def offer_marked_file(one: Filed) -> None:
    """The file back with the remarks in its cells."""
    downloads.offer(
        _("下载标有审核意见的表"),
        lambda: filing_workbook.marked(one),
        file_name=filing_words.marked_file_name(one.file_name),
        mime=downloads.XLSX,
        what=ExportKind.MARKED_FILE,
        region=one.region,
        type="primary",
        icon=":material/download:",
        help=_("您的原表：有意见的格子标成红色，批注里写着意见。改好保存后，直接上传这个文件即可。"),
        key=f"filing_marked_{one.number}",
    )
