"""The parts of 综合评价: the list of composites, one of them edited with what it would rank, and its versions."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st
from streamlit import column_config as column

from ecodash import actions
from ecodash.domain.composite import LEAST_WEIGHT, Composite, CompositeItem, Scoring, composite_code
from ecodash.domain.definitions import Definition, DefinitionKind
from ecodash.domain.indicators import Indicator, Kind
from ecodash.domain.pages import Page
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english
from ecodash.reports.numbers import show_time
from ecodash.views import composite_text, data, links, text
from ecodash.views.composite_preview import show_preview
from ecodash.views.links import Wish
from ecodash.views.marks import Cell, short_table

_NEW = ""
_CHOSEN, _NEXT, _SAID = "composite_chosen", "composite_next", "composite_said"


def show() -> None:
    """Choose a composite or begin one, change it, see what it ranks, keep it."""
    if said := st.session_state.pop(_SAID, None):
        st.success(said, icon=":material/check_circle:")
    st.markdown(composite_text.introduction())
    known = {one.name: one for one in data.list_definitions(DefinitionKind.COMPOSITE)}
    if following := st.session_state.pop(_NEXT, None):
        st.session_state[_CHOSEN] = following
    chosen = known.get(_choose(list(known)))
    draft = _edit(chosen)
    if draft is not None:
        show_preview(draft)
        _keep(draft, chosen)
    elif chosen is not None:
        _offer_withdrawal(chosen)
    if chosen is not None:
        _show_versions(chosen)
    _explain_scoring()


def _choose(names: list[str]) -> str:
    kept = st.session_state.get(_CHOSEN)
    if kept not in [*names, _NEW]:
        st.session_state[_CHOSEN] = names[0] if names else _NEW
    return str(
        st.selectbox(
            _("综合评价"),
            [*names, _NEW],
            format_func=lambda name: name or _("＋ 新建"),
            key=_CHOSEN,
            width=360,
        )
    )


# ── editing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _edit(chosen: Definition | None) -> Composite | None:
    """The composite as the boxes say; None while they do not add up to one, and why."""
    saved = Composite.from_content(chosen.content, chosen.name) if chosen else None
    mark = f"{chosen.number}" if chosen else "new"
    name = saved.name if saved else st.text_input(_("名称"), max_chars=60, key="composite_name", width=360)
    items = _items_table(saved, mark)
    least = st.number_input(
        _("至少要有多少权重有数据，才参加排名（%）"),
        min_value=1,
        max_value=100,
        value=int(saved.least_weight if saved else LEAST_WEIGHT),
        key=f"composite_least_{mark}",
        help=composite_text.missing_rule(),
        width=360,
    )
    total = sum(float(weight) for weight in items["weight"] if pd.notna(weight))
    st.markdown(composite_text.total_line(total))
    if not len(items):
        st.caption(composite_text.no_items())
        return None
    try:
        return Composite(name.strip() or _("未命名"), _items(items), Decimal(str(least)))
    except UserError as error:
        st.warning(text.what_and_remedy(error.what, error.remedy), icon=":material/warning:")
        return None


def _items_table(saved: Composite | None, mark: str) -> pd.DataFrame:
    """The items as edited; only rows with an indicator."""
    entries = _choices(() if saved is None else saved.codes)
    rows = [
        {
            "indicator": item.indicator,
            "weight": float(item.weight),
            "scoring": item.scoring.value,
            "full": None if item.full is None else float(item.full),
        }
        for item in (saved.items if saved else ())
    ]
    frame = pd.DataFrame(rows, columns=["indicator", "weight", "scoring", "full"]).astype(
        {"indicator": object, "weight": float, "scoring": object, "full": float}
    )
    edited: Any = st.data_editor(
        frame,
        num_rows="dynamic",
        hide_index=True,
        column_config={
            "indicator": column.SelectboxColumn(
                text.INDICATOR, options=list(entries), format_func=lambda code: _choice(entries, str(code)), required=True,
                width=340 if is_english() else 250,
            ),
            "weight": column.NumberColumn(
                _("权重（%）"), min_value=0.01, max_value=100, step=0.01, format="%g", required=True, width=90
            ),
            "scoring": column.SelectboxColumn(
                _("计分方法"), options=[one.value for one in Scoring], default=Scoring.SPAN.value, required=True,
                format_func=lambda code: Scoring(code).label if code in list(Scoring) else "", width=140,
            ),
            "full": column.NumberColumn(
                _("满分值"), min_value=0, help=_("只有“按满分值折算”要填：达到它得 100 分"), width=90
            ),
        },
        key=f"composite_items_{mark}",
        placeholder="—",
        width=800 if is_english() else 700,
    )  # fmt: skip
    return edited[edited["indicator"].notna()]  # type: ignore[no-any-return]


def _choices(codes: Sequence[str]) -> dict[str, Indicator]:
    """What an item may be of: indicators in use, and those the composite is made of already."""
    return {entry.code: entry for entry in data.offered(None, *codes) if entry.kind is not Kind.ATTRIBUTE}


def _choice(entries: dict[str, Indicator], code: str) -> str:
    entry = entries.get(code)
    return text.indicator_in_category(_(entry.category), entry.label) if entry else str(code)


def _items(rows: pd.DataFrame) -> tuple[CompositeItem, ...]:
    """The items of the table.

    Raises:
        UserError: a weight or a full mark is not what it must be.
    """
    return tuple(
        CompositeItem(
            str(row["indicator"]),
            _decimal(row["weight"]) or Decimal(0),
            Scoring(row["scoring"]) if row["scoring"] in list(Scoring) else Scoring.SPAN,
            _decimal(row["full"]) if row["scoring"] == Scoring.TARGET else None,
        )
        for row in rows.to_dict("records")
    )


def _decimal(value: Any) -> Decimal | None:
    return None if value is None or pd.isna(value) else Decimal(f"{float(value):.6f}").normalize()


# ── keeping ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _keep(draft: Composite, chosen: Definition | None) -> None:
    is_changed = chosen is None or Composite.from_content(chosen.content, chosen.name) != draft
    is_named = chosen is not None or bool(str(st.session_state.get("composite_name", "")).strip())
    with st.container(horizontal=True, vertical_alignment="center"):
        label = _("保存为新版本") if chosen else _("保存")
        if st.button(label, type="primary", disabled=not (is_changed and is_named), key="composite_save"):
            _save(draft)
        if chosen is not None:
            _offer_withdrawal(chosen)
            st.page_link(
                links.page_file(Page.RANKING),
                label=_("按它排名"),
                icon=":material/leaderboard:",
                query_params=Wish(indicator=composite_code(chosen.number)).to_params(),
            )
    if chosen is None and not is_named:
        st.caption(_("填写名称后可以保存。"))


def _save(draft: Composite) -> None:
    names = {one.name for one in data.list_definitions(DefinitionKind.COMPOSITE)}
    is_new = draft.name not in names
    saved = actions.save_definition(
        data.workspace(),
        DefinitionKind.COMPOSITE,
        draft.name,
        draft.to_content(),
        actor=data.actor(),
        now=data.now(),
    )
    st.session_state[_SAID] = composite_text.saved(saved.name, saved.version, is_new=is_new)
    st.session_state[_NEXT] = saved.name
    st.rerun()


def _offer_withdrawal(chosen: Definition) -> None:
    if not data.lets(actions.withdraw_definition, chosen.kind, chosen.name):
        return
    if st.button(_("停用"), key="composite_withdraw", help=_("不再列出；已经发出的链接照常能打开")):
        actions.withdraw_definition(
            data.workspace(), DefinitionKind.COMPOSITE, chosen.name, actor=data.actor(), now=data.now()
        )
        st.session_state[_SAID] = _("“{name}”已停用。").format(name=text.escape(chosen.name))
        st.rerun()


def _show_versions(chosen: Definition) -> None:
    versions = data.definition_versions(DefinitionKind.COMPOSITE, chosen.name)
    with st.expander(_("历次版本（{count} 个）").format(count=len(versions)), icon=":material/history:"):
        rows = [
            [
                Cell(str(one.version), is_number=True),
                Cell(_("停用") if one.is_withdrawn else composite_text.weights(one)),
                Cell(one.actor),
                Cell(show_time(one.at)),
            ]
            for one in versions
        ]
        header = (_("版本"), _("权重"), text.ACTOR, _("保存时间"))
        st.html(short_table("", header, rows, (0,), "versions"))


def _explain_scoring() -> None:
    with st.expander(_("怎么计分"), icon=":material/calculate:"):
        for line in composite_text.scoring_rules():
            st.markdown(f"- {line}")
