"""How safe first place is, and what other weights would do."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import streamlit as st

from ecodash.analytics.robustness import Robustness
from ecodash.domain.comparison import Comparison
from ecodash.domain.composite import Composite, reweighted
from ecodash.domain.indicators import Direction
from ecodash.domain.selection import Selection
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import is_missing, show_number
from ecodash.views import data, ranking_table, ranking_text, text
from ecodash.views.display import show_table
from ecodash.views.heading import as_of_text

_MOST_NAMES = 5


def show_robustness(selection: Selection, comparison: Comparison) -> None:
    """The lead of first place, in words."""
    found = data.robustness(selection, comparison)
    entry = data.indicator(selection)
    unit, decimals = entry.shown_at(selection.level)
    is_composite = data.composite_of(selection) is not None
    is_lower_better = entry.direction is Direction.LOWER
    if found.leaders:
        words = robustness_words(found, unit, decimals, is_composite=is_composite, is_lower_better=is_lower_better)
        st.markdown(text.escape(words))


def robustness_words(
    found: Robustness, unit: str, decimals: int, *, is_composite: bool, is_lower_better: bool = False
) -> str:
    """第一名龙河镇领先名山街道 12.81 分。最少要把…"""
    lead = "" if is_missing(found.lead) else show_number(found.lead, decimals)
    words = ranking_text.lead_line(
        _names(found.leaders), _names(found.runners_up), lead, text.points_of(unit), is_shared=len(found.leaders) > 1
    )
    if len(found.leaders) > 1 or not found.runners_up:
        return words
    if found.smallest is not None:
        change = found.smallest
        leader = _names([change.leader]) if change.leader else ""
        before, after = show_number(change.weight, 0), show_number(change.changed, 1)
        return words + ranking_text.weight_loss(data.entry(change.indicator).label, before, after, leader)
    if is_composite:
        return words + ranking_text.weight_safe()
    return words + ranking_text.value_loss(lead, unit, is_lower_better=is_lower_better)


def _names(keys: Sequence[int]) -> str:
    names = text.joined(data.tree().get(key).name for key in keys[:_MOST_NAMES])
    return _("{names} 等 {count} 个").format(names=names, count=len(keys)) if len(keys) > _MOST_NAMES else names


def show_weights(selection: Selection, comparison: Comparison) -> None:
    """A slider for one weight of the composite, and who moves with it."""
    composite = data.composite_of(selection)
    if composite is None or len(composite.items) < 2:
        return
    st.subheader(_("如果调整权重"), anchor=False)
    changed = _changed(composite)
    if changed is None:
        return
    rows = data.what_if(selection, comparison, changed)
    moved = rows[rows["rank_before"].fillna(0) != rows["rank_after"].fillna(0)]
    st.markdown(text.escape(ranking_text.movers_line(len(moved), len(rows))))
    if not moved.empty:
        show_table(ranking_table.movers(moved), as_of_text(selection.watermark), key="movers", rows=50)


def _changed(composite: Composite) -> Composite | None:
    """The composite with one weight as the slider says; None while it stands as it is."""
    codes = composite.codes
    with st.container(horizontal=True, vertical_alignment="bottom"):
        code = st.selectbox(
            _("调整哪一项"), codes, format_func=lambda one: data.entry(one).label, key=f"weight_item_{codes}", width=260
        )
        item = composite.items[codes.index(code)]
        weight = st.slider(
            _("权重（%）"), 1, 99, round(item.weight), key=f"weight_{code}_{item.weight}", width=420,
            help=_("其余各项按原来的比例分摊剩下的权重，合计仍是 100%"),
        )  # fmt: skip
    changed = replace(composite, items=reweighted(composite.items, code, Decimal(weight)))
    if Decimal(weight) == round(item.weight):
        st.caption(_("拖动滑块，看谁的名次会变。现在的权重：{weights}").format(weights=weights_line(composite)))
        return None
    st.caption(_("调整后的权重：{weights}").format(weights=weights_line(changed)))
    return changed


def weights_line(composite: Composite) -> str:
    return text.joined(
        _("{name} {weight}%").format(name=data.entry(item.indicator).label, weight=f"{item.weight.normalize():f}")
        for item in composite.items
    )
