"""How a reader looks at the map: one month, two, or month after month; and how values are divided. Kept in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import streamlit as st

from ecodash.domain.periods import Month
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.reports.classes import COUNTS, SHADES, Method
from ecodash.views import text

VIEW, AGAINST, CLASSES = "view", "against", "classes"
"""Names of the choices in the address: links.EXTRAS keeps them there."""

_KEPT = "map_choice"
"""Where the session keeps the choice while the reader is on other pages."""


class View(StrEnum):
    """What is drawn: the month; it beside another; it on a slider over the months."""

    ONE = "one"
    PAIR = "pair"
    RUN = "run"

    @property
    def label(self) -> str:
        return {View.ONE: _("单月"), View.PAIR: _("两月对比"), View.RUN: _("逐月滑动")}[self]


@dataclass(frozen=True, slots=True)
class MapChoice:
    """How the map is looked at.

    Args:
        view: see View.
        against: the month it is set beside; None for the month before.
        method, count: how values are divided, and into how many classes; bands have a number of their own.
    """

    view: View = View.ONE
    against: Month | None = None
    method: Method = Method.QUANTILE
    count: int = SHADES

    def to_params(self) -> dict[str, str]:
        """The choice in stable codes: view=pair, against=2026-09, classes=quantile-5."""
        classes = self.method.value if self.method is Method.BANDS else f"{self.method.value}-{self.count}"
        params = {VIEW: self.view.value, CLASSES: classes}
        return params | ({AGAINST: str(self.against)} if self.against and self.view is View.PAIR else {})


def read_choice(params: Mapping[str, str], kept: MapChoice) -> tuple[MapChoice, list[str]]:
    """What an address asks for, over what was chosen before, and a Chinese sentence for each part that means nothing."""
    choice, complaints = kept, []
    readers = {VIEW: _read_view, AGAINST: _read_against, CLASSES: _read_classes}
    for name, reader in readers.items():
        if written := params.get(name, ""):
            try:
                choice = reader(choice, written)
            except (ValueError, UserError):
                complaints.append(
                    _("链接中的地图选项“{written}”无法识别，已改为显示默认内容。请核对链接是否完整。").format(
                        written=text.escape(written[:40])
                    )
                )
    return choice, complaints


def _read_view(choice: MapChoice, written: str) -> MapChoice:
    return replace(choice, view=View(written))


def _read_against(choice: MapChoice, written: str) -> MapChoice:
    return replace(choice, against=Month.parse(written))


def _read_classes(choice: MapChoice, written: str) -> MapChoice:
    method, _dash, count = written.partition("-")
    if Method(method) is Method.BANDS:
        return replace(choice, method=Method.BANDS)
    if int(count) not in COUNTS:
        raise ValueError(written)
    return replace(choice, method=Method(method), count=int(count))


# ── on the page ────────────────────────────────────────────────────────────────────────────────────────────────────


def settle() -> MapChoice:
    """The choice of the address, else of earlier in this session; the address is brought in line."""
    kept: MapChoice = st.session_state.get(_KEPT, MapChoice())
    choice, complaints = read_choice(st.query_params.to_dict(), kept)
    for complaint in complaints:
        st.warning(complaint, icon=":material/warning:")
    st.session_state[_KEPT] = choice
    _write(choice)
    return choice


def _write(choice: MapChoice) -> None:
    params = choice.to_params()
    others = {name: value for name, value in st.query_params.to_dict().items() if name not in (VIEW, AGAINST, CLASSES)}
    if st.query_params.to_dict() != others | params:
        st.query_params.from_dict(others | params)


def show(choice: MapChoice, *, has_views: bool = True) -> None:
    """The widgets of the choice, in one row: what is drawn, and a fold with how values are divided.

    Args:
        has_views: whether there is a map to look at in several ways, and not tiles alone.
    """
    with st.container(horizontal=True, key="map_choices", vertical_alignment="center"):
        if has_views:
            st.session_state["map_view"] = choice.view.value
            st.segmented_control(
                _("看法"), [view.value for view in View], format_func=lambda value: View(value).label, required=True,
                key="map_view", on_change=_take, label_visibility="collapsed",
            )  # fmt: skip
        with st.popover(_("分级"), icon=":material/palette:", help=method_label(choice)):
            _method_boxes(choice)


def _method_boxes(choice: MapChoice) -> None:
    st.session_state["map_method"] = choice.method.value
    st.radio(
        _("分级方法"), [method.value for method in Method], format_func=lambda value: _method_names()[Method(value)],
        captions=[_method_notes()[method] for method in Method], key="map_method", on_change=_take,
    )  # fmt: skip
    if choice.method is not Method.BANDS:
        st.session_state["map_count"] = choice.count
        st.segmented_control(
            _("级数"), list(COUNTS), required=True, key="map_count", on_change=_take,
            format_func=lambda count: _("{count} 级").format(count=count),
        )  # fmt: skip


def _method_names() -> dict[Method, str]:
    return {Method.QUANTILE: _("分位数"), Method.EQUAL: _("等间距"), Method.BANDS: _("按目标")}


def _method_notes() -> dict[Method, str]:
    return {
        Method.QUANTILE: _("每级的个数大致相同，便于看出前后位次"),
        Method.EQUAL: _("从最小到最大等分，便于看出差距大小"),
        Method.BANDS: _("按完成目标的程度：不到 60%、60%–80%、80%–100%、达到目标"),
    }


def method_label(choice: MapChoice) -> str:
    """分位数 5 级; 按目标."""
    name = _method_names()[choice.method]
    return name if choice.method is Method.BANDS else _("{name} {count} 级").format(name=name, count=choice.count)


def _take() -> None:
    """A widget's value goes into the address before the next run."""
    kept: MapChoice = st.session_state.get(_KEPT, MapChoice())
    choice = replace(
        kept,
        view=View(st.session_state.get("map_view", kept.view.value)),
        method=Method(st.session_state.get("map_method", kept.method.value)),
        count=int(st.session_state.get("map_count", kept.count)),
    )
    _write(choice)


def take_against(box: str) -> None:
    """The other month, chosen in a widget, goes into the address."""
    st.query_params[AGAINST] = str(st.session_state[box])
