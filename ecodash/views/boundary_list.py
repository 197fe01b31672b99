"""已有的边界: every set that was kept, which of them holds, and the way to take one back."""

import streamlit as st

from ecodash import actions
from ecodash.boundaries import draw
from ecodash.domain.audit import ExportKind
from ecodash.domain.boundaries import BoundarySet
from ecodash.domain.regions import region_code
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import show_time
from ecodash.views import boundary_text, data, downloads, text

_PER_PAGE = 10
_SAID = "boundary_withdrawn"


def show() -> None:
    """Newest first, ten to a page."""
    if said := st.session_state.pop(_SAID, ""):
        st.success(said, icon=":material/undo:")
    sets = data.list_boundaries()
    if not sets:
        st.info(boundary_text.no_sets(), icon=":material/map:")
        return
    holding = _holding(sets)
    pages = -(-len(sets) // _PER_PAGE)
    page = st.pagination(pages, key="boundary_page") if pages > 1 else 1
    for one in sets[(page - 1) * _PER_PAGE : page * _PER_PAGE]:
        _show_one(one, holds=one.number in holding)


def _holding(sets: list[BoundarySet]) -> set[int]:
    """Numbers of the newest set of each county and level that is not withdrawn."""
    newest: dict[tuple[int, str], int] = {}
    for one in sets:
        if not one.is_withdrawn:
            newest.setdefault((one.county, one.level.value), one.number)
    return set(newest.values())


def _show_one(one: BoundarySet, *, holds: bool) -> None:
    tree = data.tree()
    region = tree.find(one.county)
    county = region.name if region else region_code(one.county)
    with st.container(border=True, key=f"boundary_set_{one.number}"):
        state = boundary_text.set_state(one, holds=holds, withdrawn_at=show_time(one.withdrawn_at))
        st.markdown(f"**{text.escape(boundary_text.set_title(one, county))}**　{text.escape(state)}")
        count = one.shapes + len(one.detail.get("missing", ()))
        st.caption(text.escape(boundary_text.set_line(one, count, show_time(one.at))))
        if one.is_withdrawn:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            is_open = st.toggle(_("看图"), key=f"boundary_look_{one.number}")
            downloads.offer(
                _("下载 GeoJSON"), lambda: data.boundary_geojson(one.digest), file_name=f"{county}-{one.number}.geojson",
                mime="application/geo+json", what=ExportKind.BOUNDARIES, region=one.county, type="tertiary", key=f"boundary_file_{one.number}",
            )  # fmt: skip
            with st.popover(_("撤回"), icon=":material/undo:", key=f"boundary_ask_{one.number}"):
                st.markdown(boundary_text.withdraw_question(one))
                st.button(_("确定撤回"), type="primary", key=f"boundary_withdraw_{one.number}",
                          on_click=_withdraw, args=(one.number,))  # fmt: skip
        if is_open:
            names = {region_code(key): found.name for key in one.keys if (found := tree.find(key))}
            label = boundary_text.picture_label(county, one.level, one.shapes)
            picture = draw(data.boundary_geojson(one.digest), names, data.outline(one.county), label=label)
            st.image(picture, caption=label, width=720, alt=label)


def _withdraw(number: int) -> None:
    actions.withdraw_boundaries(data.workspace(), number, actor=data.actor(), now=data.now())
    st.session_state[_SAID] = boundary_text.withdrawn(number)
