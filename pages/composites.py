"""综合评价: composites of weighted indicators, and the peer classes units are ranked in."""

import streamlit as st

from ecodash.i18n import gettext as _
from ecodash.views import composite_parts, heading, peer_parts, text

heading.open_plain_page(text.COMPOSITES)

part = st.segmented_control(
    _("定义什么"),
    ["composites", "peers"],
    format_func=lambda code: _("综合评价") if code == "composites" else _("乡镇分组"),
    default="composites",
    required=True,
    key="composites_part",
    label_visibility="collapsed",
)
if part == "peers":
    peer_parts.show()
else:
    composite_parts.show()
