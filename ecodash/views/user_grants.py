"""Roles by region, put together one by one: what is chosen so far, and the boxes to add to it."""

from collections.abc import Sequence

import streamlit as st

from ecodash.domain.access import Grant, Right, Role
from ecodash.domain.regions import COUNTRY_KEY, Level, ancestor_key, key_range, level_of
from ecodash.i18n import gettext as _
from ecodash.i18n import in_this_language
from ecodash.views import account_text, data, filters, text, user_text

_DRAFT = "user_grants"
_ALL = -1
"""The choice 全部 of a box."""


def begin(start: Sequence[Grant] = ()) -> None:
    """Start from these roles."""
    st.session_state[_DRAFT] = list(start)


def chosen() -> tuple[Grant, ...]:
    """The roles put together so far."""
    return tuple(st.session_state.get(_DRAFT, ()))


def edit() -> None:
    """What is chosen, each with what it allows and a way to take it out; below, a role and a place to add."""
    st.markdown(f"**{_('角色和地区')}**")
    if not chosen():
        st.caption(_("还没有选择。请在下面选一个角色和一个地区，点“加入”。"))
    for place, grant in enumerate(chosen()):
        with st.container(border=True, key=f"user_grant_{place}"):
            st.markdown(f"**{text.escape(user_text.grant_line(grant))}**")
            st.caption(text.escape(user_text.allowed(grant)))
            st.button(
                _("去掉"), icon=":material/remove_circle:", type="tertiary", key=f"user_grant_drop_{place}",
                on_click=_drop, args=(place,),
            )  # fmt: skip
    with st.container(key="user_grant_new"):
        role = st.segmented_control(
            _("角色"), list(Role), format_func=in_this_language(lambda one: Role(one).label), default=Role.REPORTER,
            required=True, wrap=True, key="user_grant_role",
        )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="bottom"):
            region = _place()
        sees = role is Role.VIEWER and st.checkbox(
            _("也可以看还没有审核的数据"), key="user_grant_sees", help=_("不勾选时，只看审核通过的数据。")
        )
        st.button(
            _("加入"), icon=":material/add:", key="user_grant_add", disabled=region is None,
            on_click=_add, args=(Grant(Role(role or Role.REPORTER), region or COUNTRY_KEY, bool(sees)),),
        )  # fmt: skip


def _drop(place: int) -> None:
    del st.session_state[_DRAFT][place]


def _add(grant: Grant) -> None:
    kept = [one for one in chosen() if (one.role, one.region) != (grant.role, grant.region)]
    st.session_state[_DRAFT] = [*kept, grant]


# ── the place ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _place() -> int | None:
    """A region whoever sits here administers: the whole, a county, one of its towns, or a village of that."""
    tops = [key for key in (COUNTRY_KEY, *filters.scope_options()) if _may(key) or (_has_towns(key) and _touches(key))]
    if not tops:
        return None
    top = int(
        st.selectbox(
            _("地区"),
            tops,
            tops.index(_home(tops)),
            format_func=in_this_language(_top_label),
            key="user_grant_county",
            width=220,
        )
    )
    if not _has_towns(top):
        return top
    town = _below(_("乡镇"), text.ALL_TOWNS, Level.TOWN, top)
    return town if town in (None, top) else _below(_("村"), text.ALL_VILLAGES, Level.VILLAGE, int(town or top))


def _home(tops: Sequence[int]) -> int:
    """What is offered first: the county at home, never the whole country by mere inattention."""
    home = ancestor_key(data.home_region(), Level.COUNTY)
    counties = [key for key in tops if _has_towns(key)]
    return home if home in tops else (counties or tops)[0]


def _has_towns(key: int) -> bool:
    """Whether towns are chosen below a region: a county, or a city without counties."""
    tree = data.tree()
    is_county = level_of(key) is Level.COUNTY or not tree.under(key, Level.COUNTY)
    return is_county and bool(tree.under(key, Level.TOWN))


def _below(label: str, everything: str, level: Level, above: int) -> int | None:
    """One of the regions of a level, or the one above where that is administered."""
    names = {_ALL: everything} if _may(above) else {}
    names |= {one.key: one.name for one in data.tree().under(above, level) if _touches(one.key)}
    if not names:
        return None
    key = f"user_grant_{level.value}_{above}"
    found = int(st.selectbox(label, list(names), format_func=lambda one: names[one], key=key, width=190))
    return above if found == _ALL else found


def _top_label(key: int) -> str:
    return account_text.place(data.tree(), key) if key == COUNTRY_KEY else filters.scope_label(key)


def _may(key: int) -> bool:
    return data.may(Right.ADMINISTER, key)


def _touches(key: int) -> bool:
    """Whether a region, or one inside it, is administered by whoever sits here."""
    lo, hi = key_range(key)
    return _may(key) or any(lo <= own < hi for own in data.actor().regions(Right.ADMINISTER))
