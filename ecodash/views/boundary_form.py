"""上传边界: a file, the county, the level and the datum; what they come to; and the click that keeps it."""

import hashlib
from typing import Any

import streamlit as st

from ecodash import actions
from ecodash.boundaries import Draft, packed
from ecodash.domain.access import Right
from ecodash.domain.boundaries import BOUNDARY_LEVELS, Datum
from ecodash.domain.regions import COUNTRY_KEY, Level
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.views import boundary_preview, boundary_text, data, filters, text

TYPES = ["geojson", "json", "zip", "shp", "dbf", "shx", "prj", "cpg"]
_DRAFT, _SAID, _ROUND = "boundary_draft", "boundary_said", "boundary_round"
"""Where the session keeps the file read with its choices, what it has to say once, and how many files are done with."""

Choice = tuple[str, int, Level | None, Datum | None]


def show() -> None:
    """The field and the choices, and under them what the file comes to."""
    if said := st.session_state.pop(_SAID, ""):
        st.success(said, icon=":material/check_circle:")
    st.markdown(boundary_text.introduction())
    file = _file()
    county, level, datum = _choices()
    if file is None or county is None:
        return
    try:
        draft = _draft(*file, county, level, datum)
    except UserError as refused:
        st.error(text.what_and_remedy(refused.what, refused.remedy), icon=":material/error:")
        return
    boundary_preview.show(draft)
    _offer_save(draft)


def _file() -> tuple[bytes, str] | None:
    """The file dropped; the loose parts of a Shapefile are packed as one."""
    dropped: list[Any] = st.file_uploader(
        _("边界文件"), type=TYPES, accept_multiple_files=True, key=f"boundary_files_{st.session_state.get(_ROUND, 0)}"
    )
    if not dropped:
        return None
    if len(dropped) == 1:
        return dropped[0].getvalue(), dropped[0].name
    names = [file.name for file in dropped]
    return packed({file.name: file.getvalue() for file in dropped}), next(
        (name for name in names if name.lower().endswith(".shp")), names[0]
    )


def _choices() -> tuple[int | None, Level | None, Datum | None]:
    counties = [county.key for county in filters.offered(COUNTRY_KEY, Level.COUNTY, Right.ADMINISTER)]
    home = data.home_region()
    with st.container(horizontal=True, vertical_alignment="bottom", key="boundary_choices"):
        county = st.selectbox(
            _("哪个县"), counties, index=counties.index(home) if home in counties else 0,
            format_func=filters.scope_label, key="boundary_county", width=260,
        )  # fmt: skip
        level = st.selectbox(
            _("哪一级"), ["", *BOUNDARY_LEVELS], format_func=boundary_text.level_name, key="boundary_level", width=180
        )
        datum = st.selectbox(
            _("文件的坐标系"), ["", *Datum], format_func=boundary_text.datum_name, key="boundary_datum", width=300
        )
    return county, Level(level) if level else None, Datum(datum) if datum else None


def _draft(content: bytes, name: str, county: int, level: Level | None, datum: Datum | None) -> Draft:
    """Read once for each choice; what was looked at is what is kept."""
    choice: Choice = (hashlib.sha256(content).hexdigest(), county, level, datum)
    held: tuple[Choice, Draft] | None = st.session_state.get(_DRAFT)
    if held is None or held[0] != choice:
        with st.spinner(_("正在读取图形、比对县界…")):
            draft = actions.read_boundaries(
                data.workspace(), content, name, county=county, now=data.now(), level=level, datum=datum
            )
        held = st.session_state[_DRAFT] = (choice, draft)
    return held[1]


def _offer_save(draft: Draft) -> None:
    if not draft.keys:
        st.error(_("没有一个图形能与本县的地区对上，不能保存。请核对所选的县和级别，以及代码列或名称列。"),
                 icon=":material/block:")  # fmt: skip
        return
    if draft.datum_from == "none":
        st.warning(boundary_text.choose_datum_first(), icon=":material/warning:")
    label = _("保存这套边界（{count} 个图形）").format(count=len(draft.keys))
    if not st.button(
        label, type="primary", disabled=draft.datum_from == "none", icon=":material/save:", key="boundary_save"
    ):
        return
    kept = actions.save_boundaries(data.workspace(), draft, actor=data.actor(), now=data.now())
    st.session_state[_SAID] = boundary_text.saved(kept, data.tree().get(kept.county).name)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.session_state.pop(_DRAFT, None)
    st.rerun()
