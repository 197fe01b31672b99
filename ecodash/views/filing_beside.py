"""上报／审定: the figures of a region with everything that waits for review accepted, beside those that are published."""

import pandas as pd
import streamlit as st

from ecodash.domain.access import Right
from ecodash.domain.regions import COUNTRY_KEY, key_range, level_of
from ecodash.domain.selection import Selection
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import is_missing, show_change, show_number
from ecodash.views import data, filing_data, filing_desk, filing_words, links, names, text
from ecodash.views.display import show_table
from ecodash.views.filing_data import Filed
from ecodash.views.heading import as_of_text
from ecodash.views.rows import rows_of
from ecodash.views.tables import MIDDLING, Table, right_column


def show(selection: Selection) -> None:
    """What waits about the region and the month, and by a click both figures side by side; nothing where nothing waits or
    the reader sees accepted figures only."""
    if not data.actor().may(Right.READ_REPORTED, selection.region):
        return
    waiting = waiting_in(selection)
    if not waiting:
        return
    with st.container(border=True, key="filing_beside"):
        named = filing_words.numbers(sorted(one.number for one in waiting))
        said = _("{month}有 {count} 份报送件正在等待审核（{numbers}），本页的数字还没有算上它们。").format(
            month=selection.month.label, count=len(waiting), numbers=named
        )
        st.markdown(f"◐ {said}")
        with st.container(horizontal=True, vertical_alignment="center"):
            is_open = st.toggle(_("上报数与审定数对照"), key="filing_beside_open")
            mine = [one for one in waiting if filing_data.waits_for_reader(one)]
            if mine:
                query = links.language_param() | ({filing_desk.FILING: str(mine[0].number)} if len(mine) == 1 else {})
                st.page_link(str(links.REVIEW_FILE), label=_("去审核"), query_params=query, icon=":material/rule:")
        if is_open:
            _show_both(selection)


def waiting_in(selection: Selection) -> list[Filed]:
    """Filings that wait about a region, or a part of it, and a month."""
    lo, hi = (0, 10**12) if selection.region == COUNTRY_KEY else key_range(selection.region)

    def touches(key: int) -> bool:
        begin, end = key_range(key)
        return begin < hi and lo < end

    return [
        one
        for one in filing_data.list_filings()
        if one.is_open and one.first_month <= selection.month <= one.last_month and any(map(touches, one.regions))
    ]


def _show_both(selection: Selection) -> None:
    with st.spinner(_("正在推算…")):
        rows = filing_data.reported_beside_accepted(selection)
    if left_out := rows.attrs.get("left_out"):
        said = _("{numbers}现在读不出来，没有算进去。").format(numbers=filing_words.numbers(sorted(left_out)))
        st.warning(said, icon=":material/warning:")
    if rows.empty:
        st.caption(_("等待审核的数据不改变本页的数字。"))
        return
    st.caption(_("审定：已经通过审核、正在使用的数。上报：等待审核的全部通过以后的数。"))
    show_table(_table(rows, selection), as_of_text(selection.watermark), key="filing_beside", row_count=14)


def _table(rows: pd.DataFrame, selection: Selection) -> Table:
    accepted, reported, difference = _("审定"), _("上报"), _("相差")
    shown = [data.catalog()[str(row.indicator)].shown_at(level_of(int(row.region))) for row in rows_of(rows)]

    def figures(name: str) -> list[str]:
        return [
            show_number(None if is_missing(value) else float(value), places)
            for value, (_unit, places) in zip(rows[name], shown, strict=True)
        ]

    frame = pd.DataFrame(
        {
            text.REGION: [
                text.place_in(row.name, _("合计")) if row.is_total and len(set(rows["region"])) > 1 else row.name
                for row in rows_of(rows)
            ],
            text.INDICATOR: [
                text.with_unit(names.indicator_name(str(row.indicator), row.indicator_name), unit)
                for row, (unit, _places) in zip(rows_of(rows), shown, strict=True)
            ],
            accepted: figures("accepted"),
            reported: figures("reported"),
            difference: [
                _("新增") if is_missing(row.accepted) else show_change(row.difference, places, unit)
                for row, (unit, places) in zip(rows_of(rows), shown, strict=True)
            ],
            _("报送件"): [text.joined(str(number) for number in row.filings) for row in rows_of(rows)],
        }
    )
    columns = {accepted: right_column(90), reported: right_column(90)}
    title = _("{place}{month}上报数与审定数").format(place=data.region(selection).name, month=selection.month.label)
    return Table(title, frame, columns, widest=MIDDLING)
