"""How 排名 ranks, in the address: stable codes, and only what differs from the usual."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from ecodash.domain.comparison import Against, Comparison, Span
from ecodash.domain.pages import Page
from ecodash.domain.regions import RegionTree, region_code, region_key
from ecodash.errors import UserError
from ecodash.views import links

SPAN, AGAINST, KINDS, LEAST, SCHEME, CLASS, UNIT = links.EXTRAS[Page.RANKING]
KIND_CODES = {"village": "村", "community": "社区", "other": "其他"}
"""Kinds of village (Region.kind) as an address writes them."""
_KEPT = "ranking_options"
"""Where the session keeps the options while other pages are read."""
_MOST_LEAST = 10**9


def settle() -> Comparison:
    """The comparison the address asks for, else the one this session chose last; the address is brought in line."""
    asked = {name: st.query_params[name] for name in links.EXTRAS[Page.RANKING] if name in st.query_params}
    if not asked and _KEPT in st.session_state:
        asked = dict(st.session_state[_KEPT])
        st.query_params.update(asked)
    st.session_state[_KEPT] = {name: value for name, value in asked.items() if name != UNIT}
    return read_options(asked)


def asked() -> Comparison | None:
    """How 排名 is to rank by the address and the session; None where it is the usual."""
    params = {name: st.query_params[name] for name in links.EXTRAS[Page.RANKING] if name in st.query_params}
    found = read_options(params or st.session_state.get(_KEPT, {}))
    return None if found == Comparison() else found


def take(comparison: Comparison) -> None:
    """Rank so from the next run on."""
    params = to_params(comparison)
    st.session_state[_KEPT] = params
    for name in links.EXTRAS[Page.RANKING]:
        if name in params:
            st.query_params[name] = params[name]
        elif name != UNIT and name in st.query_params:
            del st.query_params[name]


def read_options(params: Mapping[str, str]) -> Comparison:
    """What an address asks for; a code that means nothing is left at the usual."""
    kinds = [KIND_CODES[code] for code in params.get(KINDS, "").split(",") if code in KIND_CODES]
    read = Comparison(kinds=tuple(kinds), peer_class=params.get(CLASS, ""))
    if params.get(SPAN) in list(Span):
        read = replace(read, span=Span(params[SPAN]))
    if params.get(AGAINST) in list(Against):
        read = replace(read, against=Against(params[AGAINST]))
    least, scheme = params.get(LEAST, ""), params.get(SCHEME, "")
    if least.isascii() and least.isdigit():
        read = replace(read, least=float(min(int(least[:12]), _MOST_LEAST)))
    if scheme.isascii() and scheme.isdigit():
        read = replace(read, scheme=int(scheme[:9]))
    return read


def unread(params: Mapping[str, str]) -> list[str]:
    """What an address asks for that means nothing, as it is written there."""
    known = {SPAN: ["", *Span], AGAINST: ["", *Against]}
    strange = [params[name] for name, codes in known.items() if params.get(name, "") not in codes]
    strange += [code for code in params.get(KINDS, "").split(",") if code not in ("", *KIND_CODES)]
    numbers = [params.get(name, "") for name in (LEAST, SCHEME)]
    return strange + [written for written in numbers if written and not (written.isascii() and written.isdigit())]


def to_params(comparison: Comparison) -> dict[str, str]:
    """The options that differ from the usual, in stable codes."""
    codes = {kind: code for code, kind in KIND_CODES.items()}
    usual = Comparison()
    written = {
        SPAN: comparison.span.value if comparison.span is not usual.span else "",
        AGAINST: comparison.against.value if comparison.against is not usual.against else "",
        KINDS: ",".join(codes[kind] for kind in comparison.kinds if kind in codes),
        LEAST: f"{comparison.least:.0f}" if comparison.least else "",
        SCHEME: str(comparison.scheme) if comparison.scheme else "",
        CLASS: comparison.peer_class,
    }
    return {name: value for name, value in written.items() if value}


def opened_unit(tree: RegionTree) -> int | None:
    """Key of the unit whose reasons are shown; None where the address names none."""
    try:
        return tree.get(region_key(st.query_params.get(UNIT, ""))).key
    except UserError:
        return None


def open_unit(region: int | None) -> None:
    """Show the reasons of a unit from the next run on; of none."""
    if region is not None:
        st.query_params[UNIT] = region_code(region)
    elif UNIT in st.query_params:
        del st.query_params[UNIT]
