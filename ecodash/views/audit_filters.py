"""Which lines of the audit to look at: time, what was done, by whom, where, which batch, words."""

from datetime import datetime, timedelta

import pandas as pd
import streamlit as st

from ecodash import queries
from ecodash.domain.audit import AuditFilter
from ecodash.domain.calendar import BEIJING
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.i18n import gettext as _
from ecodash.i18n import in_this_language
from ecodash.reports import audit_words as words
from ecodash.views import data, filters
from ecodash.views.rows import rows_of

_SPANS = ("1", "7", "30", "180", "all", "days")
_LONGEST = 60
_ANY = ""


def choose() -> AuditFilter:
    """The filters of the page."""
    choices = queries.audit_choices(data.workspace())
    with st.container(horizontal=True, vertical_alignment="bottom", key="audit_filters"):
        since, until = _time()
        actions = _actions(list(dict.fromkeys(choices["action"])))
        account, actor = _person(choices)
        region = _region()
        batch = _batch()
        sought = st.text_input(
            _("查找"), placeholder=_("文件名、姓名、地址……"), max_chars=_LONGEST, key="audit_text", width=200
        )
    return AuditFilter(since, until, actions, account, actor, region, batch, sought.strip())


def _time() -> tuple[datetime | None, datetime | None]:
    span = st.selectbox(
        _("时间"), _SPANS, index=2, format_func=in_this_language(_span_label), key="audit_span", width=150
    )
    today = data.now().astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
    if span == "all":
        return None, None
    if span != "days":
        return today - timedelta(days=int(span) - 1), None
    first = st.text_input(_("从哪天"), placeholder="2026-11-01", max_chars=10, key="audit_first", width=130)
    last = st.text_input(_("到哪天"), placeholder="2026-11-30", max_chars=10, key="audit_last", width=130)
    since, until = _day(first), _day(last)
    return since, until + timedelta(days=1) if until else None


def _span_label(span: str) -> str:
    if span == "1":
        return _("今天")
    named = {"all": _("全部时间"), "days": _("指定日期")}
    return named.get(span) or _("最近 {days} 天").format(days=span)


def _day(written: str) -> datetime | None:
    """The beginning of a day in Beijing; None where nothing is written, or nothing that is a day."""
    if not written.strip():
        return None
    try:
        return datetime.strptime(written.strip(), "%Y-%m-%d").replace(tzinfo=BEIJING)
    except ValueError:
        st.warning(
            _("“{written}”不是日期，没有按它查找。请写成 2026-11-01 的样子。").format(written=words.visible(written)),
            icon=":material/warning:",
        )
        return None


def _actions(present: list[str]) -> tuple[str, ...]:
    shown = sorted(present, key=lambda code: list(words.ACTIONS).index(code) if code in words.ACTIONS else 999)
    chosen = st.multiselect(
        _("操作"),
        shown,
        format_func=in_this_language(words.action_label),
        placeholder=_("全部"),
        key="audit_actions",
        width=190,
    )
    return tuple(chosen)


def _person(choices: pd.DataFrame) -> tuple[int | None, str]:
    people = sorted({(int(row.account), str(row.actor)) for row in rows_of(choices)})
    labels = {f"{account} {actor}": (account, actor) for account, actor in people if actor}
    chosen = st.selectbox(
        _("何人"),
        [_ANY, *labels],
        format_func=in_this_language(lambda one: _label(labels[one]) if one else _("全部")),
        key="audit_person",
        width=170,
    )
    return labels[chosen] if chosen else (None, "")


def _label(person: tuple[int, str]) -> str:
    account, actor = person
    shown = words.visible(actor)
    return _("{name}（账号 {number}）").format(name=shown, number=account) if account else shown


def _region() -> int | None:
    options = [COUNTRY_KEY, *(key for key in filters.scope_options() if key != COUNTRY_KEY)]
    chosen = st.selectbox(
        _("地区"),
        options,
        format_func=in_this_language(lambda key: _("全部") if key == COUNTRY_KEY else filters.scope_label(key)),
        key="audit_region",
        width=170,
    )
    return None if chosen == COUNTRY_KEY else int(chosen)


def _batch() -> int | None:
    written = st.text_input(_("批次"), placeholder=_("如 48"), max_chars=9, key="audit_batch", width=90).strip()
    if written and not (written.isascii() and written.isdigit()):
        st.warning(_("批次应为数字，没有按它查找。"), icon=":material/warning:")
        return None
    return int(written) if written else None
