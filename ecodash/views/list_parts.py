"""The parts of 红黑榜: which rule and month, the two lists, their files, and the desk where rules and reasons are written."""

import re
from dataclasses import dataclass

import streamlit as st

from ecodash import actions, queries
from ecodash.domain.access import Right
from ecodash.domain.audit import ExportKind
from ecodash.domain.calendar import newest_reportable
from ecodash.domain.definitions import Definition, DefinitionKind
from ecodash.domain.listed import MonthLists
from ecodash.domain.lists import ListRule, check_rule, standard_rule
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.reports import lists as files
from ecodash.reports import lists_words as words
from ecodash.views import (
    data,
    downloads,
    filters,
    list_form,
    list_history,
    list_marks,
    list_reasons,
    list_said,
    snapshot_button,
    text,
)
from ecodash.views.list_said import RULE

MONTH = "month"
"""In the address, beside the rule."""

_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Choice:
    """A version of a rule and a month.

    Args:
        kept: the version looked at.
        newest: the newest version of the same name.
    """

    kept: Definition
    newest: Definition
    month: Month


def show(watermark: int) -> None:
    """The lists of a rule for a month; where there is no rule yet, one to begin with."""
    st.html(list_marks.SHEET)
    list_said.show()
    rules = data.list_definitions(DefinitionKind.LIST_RULE)
    asked = _asked_for()
    if not rules and asked is None:
        _offer_first(watermark)
        return
    choice = _choose(watermark, rules, asked)
    lists = data.month_lists(
        watermark, choice.month, choice.kept.number, data.reasons_number(choice.kept.name, choice.month)
    )
    _show_lists(lists, choice)
    _offer_files(lists)
    with st.container(key="list_desk"):
        if data.may(Right.MANAGE, lists.rule.region):
            list_reasons.offer(lists)
            list_form.offer_change(lists, choice.newest)
        if data.may(Right.MANAGE):
            list_form.offer_new(watermark, choice.month)
        list_history.show(choice.kept)


# ── which rule, which month ────────────────────────────────────────────────────────────────────────────────────────


def _asked_for() -> Definition | None:
    """The version the address names; a complaint where it names none."""
    written = st.query_params.get(RULE, "")
    if not written:
        return None
    try:
        if _NUMBER.fullmatch(written):
            return queries.get_definition(data.workspace(), DefinitionKind.LIST_RULE, int(written))
    except UserError:
        pass  # Said below, with all other addresses that name no rule.
    says = _("链接中的规则“{number}”不存在，已改为显示现有规则。")
    st.warning(says.format(number=text.escape(written[:40])), icon=":material/warning:")
    return None


def _choose(watermark: int, rules: list[Definition], asked: Definition | None) -> Choice:
    shown = asked or rules[0]
    options = {one.number: one for one in rules}
    # An old or withdrawn version is offered for as long as the address names it.
    options.setdefault(shown.number, shown)
    months = _months(watermark, ListRule.from_content(shown.content))
    month = _month_of(st.query_params.get(MONTH, ""), months)
    with st.container(horizontal=True, key="list_choices", vertical_alignment="bottom"):
        st.session_state["list_rule"] = shown.number
        st.selectbox(
            _("规则"),
            list(options),
            format_func=lambda number: _rule_label(options[number], rules) if number in options else "",
            key="list_rule",
            on_change=_take,
            args=(RULE, "list_rule"),
            width=380,
        )
        st.session_state["list_month"] = str(month)
        st.selectbox(
            _("月份"),
            [str(one) for one in months],
            format_func=lambda written: Month.parse(written).label,
            key="list_month",
            on_change=_take,
            args=(MONTH, "list_month"),
            width=160,
        )
    address = {RULE: str(shown.number), MONTH: str(month)}
    if any(st.query_params.get(name) != value for name, value in address.items()):
        st.query_params.update(address)
    newest = data.definition_versions(DefinitionKind.LIST_RULE, shown.name)[0]
    return Choice(shown, newest, month)


def _rule_label(one: Definition, rules: list[Definition]) -> str:
    is_current = any(rule.number == one.number for rule in rules)
    if is_current:
        return one.name
    return _("{name}（第 {version} 版，已不是现行规则）").format(name=one.name, version=one.version)


def _months(watermark: int, rule: ListRule) -> list[Month]:
    """Months with reports, newest first; the running month where there is none yet."""
    found: list[Month] = data.months_reported(watermark, filters.lifted(rule.region, Level.COUNTY))[::-1]
    return found or [newest_reportable(data.now())]


def _month_of(written: str, months: list[Month]) -> Month:
    try:
        asked = Month.parse(written) if written else months[0]
    except UserError:
        asked = None
    if asked in months:
        return asked
    st.warning(
        _("链接中的月份“{month}”没有上报数据，现在显示的是{shown}。").format(
            month=text.escape(written[:40]), shown=months[0].label
        ),
        icon=":material/warning:",
    )
    return months[0]


def _take(name: str, box: str) -> None:
    st.query_params[name] = str(st.session_state[box])


# ── the lists ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _show_lists(lists: MonthLists, choice: Choice) -> None:
    with st.container(key="list_title"):
        st.header(words.title(lists), anchor=False)
    badge = f"　:orange-badge[{text.DEMO_BADGE}]" if lists.is_demo else ""
    st.markdown(text.escape(_summary(lists)) + badge)
    if choice.newest.is_withdrawn:
        st.info(_("这条规则已经停用；重新保存即可恢复。"), icon=":material/block:")
    elif choice.kept.number != choice.newest.number:
        st.info(
            _("现在看的是第 {version} 版规则；最新的是第 {newest} 版。").format(
                version=choice.kept.version, newest=choice.newest.version
            ),
            icon=":material/history:",
        )
    st.html(list_marks.both_lists(lists))
    st.html(
        list_marks.lines(_("说明"), [words.note_words(note) for note in lists.notes])
        + list_marks.lines(_("评比规则"), words.rule_words(lists))
    )


def _summary(lists: MonthLists) -> str:
    """30 个乡镇按考核得分（分）评比：3 个上红榜，3 个上黑榜，其余 24 个两榜都不列."""
    return _(
        "{judged} 个{level}按{measure}评比：红榜 {red} 个，黑榜 {black} 个，有数据而两榜都不列的 {rest} 个。"
    ).format(
        judged=lists.judged,
        level=lists.rule.level.label,
        measure=lists.measure.title,
        red=len(lists.red),
        black=len(lists.black),
        rest=lists.unlisted,
    )


def _offer_files(lists: MonthLists) -> None:
    """The lists as files; each is made when it is asked for."""
    name = words.title(lists)
    with st.container(horizontal=True, key="list_files"):
        downloads.offer(
            _("下载通报附件（可打印）"), lambda: files.lists_page(lists), file_name=f"{name}.html", mime=downloads.HTML,
            what=ExportKind.LISTS, is_chinese=True, region=lists.rule.region, type="primary", icon=":material/print:", key="list_html",
        )  # fmt: skip
        downloads.offer(
            _("下载 Excel"), lambda: files.lists_xlsx(lists), file_name=f"{name}.xlsx", mime=downloads.XLSX,
            what=ExportKind.LISTS, is_chinese=True, region=lists.rule.region, icon=":material/download:", key="list_xlsx",
        )  # fmt: skip
        downloads.offer(
            _("下载 CSV"), lambda: files.lists_csv(lists), file_name=f"{name}.csv", mime=downloads.CSV,
            what=ExportKind.LISTS, is_chinese=True, region=lists.rule.region, icon=":material/download:", key="list_csv",
        )  # fmt: skip
        snapshot_button.offer_lists_snapshot(lists)
    with st.expander(_("发到工作群的文字"), icon=":material/chat:"), st.container(key="list_text"):
        st.code(files.lists_text(lists), language=None, wrap_lines=True)


# ── before there is any rule ───────────────────────────────────────────────────────────────────────────────────────


def _offer_first(watermark: int) -> None:
    """What 红黑榜 is, and a sensible rule to create with one click."""
    st.info(
        _("还没有红黑榜规则。规则定下后，每个月的红榜（表扬）和黑榜（批评）按它自动列出，每个上榜单位附理由。"),
        icon=":material/military_tech:",
    )
    region = data.home_region()
    if not data.may(Right.MANAGE, region):
        return
    months = data.months_reported(watermark, region)
    rule = _first_rule(watermark, months[-1]) if months else None
    if rule is not None:
        _offer_ready(watermark, months[-1], rule)
    else:
        st.markdown(text.nothing_reported(data.tree().get(region).name))
    list_form.offer_new(watermark, months[-1] if months else newest_reportable(data.now()))


def _first_rule(watermark: int, month: Month) -> ListRule | None:
    """First and last few of the units below the home region, by what is ranked first there; None where that cannot
    be judged."""
    selection = queries.default_selection(data.workspace(), watermark, data.home_region()).at(month=month)
    reported = int(data.unit_ranking(selection)["is_reported"].sum())
    try:
        rule = standard_rule(selection.region, selection.level, selection.indicator, reported)
        check_rule(rule, data.catalog())
    except UserError:
        return None
    return rule


def _offer_ready(watermark: int, month: Month, rule: ListRule) -> None:
    draft = data.draft_lists(watermark, month, rule)
    with st.container(border=True, key="list_first"):
        st.markdown(f"**{_('可以先用这条规则')}**")
        st.html(list_marks.lines("", words.rule_words(draft)))
        st.markdown(_("按{month}的数据，上榜的会是：").format(month=month.label))
        st.html(list_marks.preview(draft, None))
        if st.button(_("就用这条规则"), type="primary", icon=":material/check:", key="list_create"):
            name = _("{level}月度红黑榜").format(level=rule.level.label)
            kept = actions.save_list_rule(data.workspace(), name, rule, actor=data.actor(), now=data.now())
            list_said.go_to(kept, _("规则“{name}”已保存。").format(name=kept.name))
