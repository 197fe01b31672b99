"""提交前核对: what is new and what changes, the totals before and after, and whose rank moves."""

import streamlit as st

from ecodash.actions import Upload
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.effects import Effects
from ecodash.i18n import in_this_language
from ecodash.views import data, marks, text, upload_tables, upload_text
from ecodash.views.display import show_table

CELLS_SHOWN = 1_000
_CELLS_IN_FILES = 20_000
_RANKS_SHOWN = 15


def show(upload: Upload, effects: Effects) -> None:
    """Cards, the cells, the totals, the ranks."""
    st.subheader(upload_text.PREVIEW, anchor=False)
    _show_cells(upload)
    show_effects(effects)


def show_effects(effects: Effects) -> None:
    """The totals and the ranks."""
    _show_totals(effects)
    _show_ranks(effects)


def _show_cells(upload: Upload) -> None:
    counts = upload.counts
    with st.container(horizontal=True, key="changes"):
        for name, label in upload_text.CHANGES.items():
            st.metric(label, upload_text.cells(counts[name]), border=True, width=200)
    kinds = [name for name in upload_text.CHANGES if counts[name]]
    shown = st.segmented_control(
        upload_text.SHOW_CHANGES,
        ["", *kinds],
        default="",
        format_func=in_this_language(lambda name: upload_text.CHANGES[name] if name else text.ALL),
        required=True,
        key="preview_filter",
    )
    rows = upload.target_changes if upload.changes.empty else upload.changes
    rows = rows[rows["change"] == shown] if shown else rows
    if len(rows) > CELLS_SHOWN and not shown:
        # What changes comes before what is new: of a long list only the beginning is seen.
        order = rows["change"].astype("str").map({name: place for place, name in enumerate(upload_text.CHANGES)})
        rows = rows.loc[order.sort_values(kind="stable").index]
    table = upload_tables.changes(rows.head(_CELLS_IN_FILES), data.catalog(), data.tree())
    show_table(table, upload.intake.file_name, key="preview", row_count=12, rows=CELLS_SHOWN)
    if len(rows) > CELLS_SHOWN:
        st.caption(upload_text.changes_shown(CELLS_SHOWN, len(rows)))


def _place(key: int) -> str:
    return upload_text.WHOLE_COUNTRY if key == COUNTRY_KEY else data.tree().get(key).name


def _show_totals(effects: Effects) -> None:
    if effects.totals.empty:
        return
    place = _place(effects.region)
    st.subheader(upload_text.TOTALS, anchor=False)
    if not effects.is_whole:
        st.caption(upload_text.RANKS_NEWEST_ONLY)
    table = upload_tables.totals(effects.totals, data.catalog(), effects.region, place)
    show_table(table, place, key="totals", row_count=12)


def _show_ranks(effects: Effects) -> None:
    st.subheader(upload_text.RANKS, anchor=False)
    ranks = effects.ranks
    if ranks.empty:
        is_unknown = not effects.is_whole and effects.totals.empty
        st.info(upload_text.RANKS_TOO_MANY if is_unknown else upload_text.NO_RANK_MOVES, icon=":material/info:")
        return
    both = ranks["rank_before"].notna() & ranks["rank_after"].notna()
    steps = (ranks["rank_before"] - ranks["rank_after"])[both]
    st.markdown(
        upload_text.rank_summary(
            upload_text.month_list([Month.from_key(int(key)) for key in sorted(ranks["period"].unique())]),
            int((steps > 0).sum()),
            int((steps < 0).sum()),
            int((ranks["rank_before"].isna() & ranks["rank_after"].notna()).sum()),
            int((ranks["rank_before"].notna() & ranks["rank_after"].isna()).sum()),
        )
    )
    table = upload_tables.ranks(ranks, data.catalog())
    heads = [
        text.NAME,
        upload_text.RANK_CHANGE,
        upload_text.RANK_WORDS,
        text.INDICATOR,
        upload_text.RANK_VALUES,
        upload_text.RANK_WHY,
    ]
    if ranks["period"].nunique() > 1:
        heads.append(text.MONTH)
    first = table.frame.head(_RANKS_SHOWN)
    rows = [[marks.Cell(str(cell)) for cell in row] for row in first[heads].to_numpy().tolist()]
    st.html(marks.short_table("", heads, rows, (), "movements"))
    if len(ranks) > _RANKS_SHOWN:
        with st.expander(upload_text.counted(upload_text.ALL_RANK_CHANGES, len(ranks), "个")):
            show_table(table, _place(effects.region), key="ranks", row_count=20)
