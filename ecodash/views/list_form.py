"""A rule of red and black lists, defined on the page: fields, who would be listed as they stand, and its saving."""

from dataclasses import dataclass

import streamlit as st

from ecodash import actions
from ecodash.domain.definitions import Definition, DefinitionKind
from ecodash.domain.listed import MonthLists
from ecodash.domain.lists import LONGEST_RULE_NAME, ListRule, check_rule
from ecodash.domain.periods import Month
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.reports import lists_words as words
from ecodash.views import data, list_fields, list_marks, list_said, text


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form starts from.

    Args:
        key: names its widgets; another version starts them anew.
        name: of the rule; empty for a new one.
        rule: None for a new one.
        before: the lists by the version that stands, to say who is new; None for a new rule.
    """

    key: str
    name: str
    rule: ListRule | None
    before: MonthLists | None


def offer_change(lists: MonthLists, newest: Definition) -> None:
    """Change the rule looked at: saved as the next version of its name."""
    if not st.toggle(_("修改这条规则"), key=f"list_change_{newest.number}"):
        return
    draft = Draft(f"lc{lists.number}", lists.name, lists.rule, lists)
    st.markdown(
        _("保存后成为第 {version} 版；以前的版本仍可查看。改了名称，就另存为一条新规则。").format(
            version=newest.version + 1
        )
    )
    _form(draft, lists.watermark, lists.month)


def offer_new(watermark: int, month: Month) -> None:
    """Define another rule."""
    if not st.toggle(_("新建规则"), key="list_new"):
        return
    _form(Draft("ln", "", None, None), watermark, month)


def _form(draft: Draft, watermark: int, month: Month) -> None:
    with st.container(border=True, key=f"list_form_{draft.key}"):
        name = st.text_input(
            _("规则名称"), draft.name, max_chars=LONGEST_RULE_NAME, key=f"{draft.key}_name", width=420,
            placeholder=_("如：乡镇月度红黑榜"),
        )  # fmt: skip
        try:
            rule = list_fields.ask(draft.key, draft.rule, watermark, month)
            check_rule(rule, data.catalog())
            shown = data.draft_lists(watermark, month, rule)
        except UserError as error:
            st.warning(text.what_and_remedy(error.what, error.remedy), icon=":material/warning:")
            return
        _preview(shown, draft.before)
        _save(draft, name, rule)


def _preview(shown: MonthLists, before: MonthLists | None) -> None:
    st.markdown(f"**{_('按{month}的数据，保存后上榜的会是').format(month=shown.month.label)}**")
    st.html(list_marks.preview(shown, before))
    notes = [words.note_words(note) for note in shown.notes]
    st.html(list_marks.lines(_("说明"), notes) + list_marks.lines(_("评比规则"), words.rule_words(shown)))


def _save(draft: Draft, name: str, rule: ListRule) -> None:
    is_taken = " ".join(name.split()) != draft.name and any(
        one.name == " ".join(name.split()) for one in data.list_definitions(DefinitionKind.LIST_RULE)
    )
    if is_taken:
        st.warning(
            _("已有名为“{name}”的规则；保存会成为它的新版本。").format(name=text.escape(name)),
            icon=":material/warning:",
        )
    if not st.button(
        _("保存规则"), type="primary", disabled=not name.strip(), key=f"{draft.key}_save", icon=":material/save:"
    ):
        return
    kept = actions.save_list_rule(data.workspace(), name, rule, actor=data.actor(), now=data.now())
    list_said.go_to(kept, _("规则“{name}”第 {version} 版已保存。").format(name=kept.name, version=kept.version))
