"""红黑榜 → markup: two lists side by side, each entry with its figure, its movement and its reason. Every text is
escaped, and no colour says anything that a word does not."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from ecodash.domain.listed import Entry, MonthLists
from ecodash.domain.lists import Side
from ecodash.domain.pages import Page
from ecodash.i18n import gettext as _
from ecodash.reports import lists_words as words
from ecodash.reports.numbers import show_movement, show_time
from ecodash.views import links
from ecodash.views.links import Wish

MOST_SHOWN = 100
"""Entries of one list drawn on the screen; the files have them all."""

SHEET = Path(__file__).parent / "static" / "lists.css"


def both_lists(lists: MonthLists) -> str:
    """The red and the black list of a month."""
    return f'<div class="honours">{"".join(_list(lists, side) for side in Side)}</div>'


def _list(lists: MonthLists, side: Side) -> str:
    entries = lists.entries(side)
    body = "".join(_entry(entry, side, lists) for entry in entries[:MOST_SHOWN])
    if len(entries) > MOST_SHOWN:
        more = _("另有 {count} 个，见下载的文件。").format(count=len(entries) - MOST_SHOWN)
        body += f'<li class="nobody">{escape(more)}</li>'
    if not entries:
        body = f'<li class="nobody">{escape(_("本月没有单位列入。"))}</li>'
    says = _("表扬") if side is Side.RED else _("批评")
    count = _("共 {count} 个").format(count=len(entries))
    return (
        f'<section class="list list-{side.value}" aria-label="{escape(side.label)}">'
        f"<h3><b>{escape(side.label)}</b><span>{escape(says)}</span><small>{escape(count)}</small></h3>"
        f"<ol>{body}</ol></section>"
    )


def _entry(entry: Entry, side: Side, lists: MonthLists) -> str:
    rank = "—" if entry.rank is None else str(entry.rank)
    said = _("第 {rank} 名").format(rank=rank) if entry.rank is not None else _("没有名次")
    wish = Wish(lists.month, entry.region, None if lists.measure.code.startswith("composite-") else lists.measure.code)
    link = escape(links.page_address(Page.PROFILE, wish))
    parent = f"<small>{escape(entry.parent)}</small>" if _has_parents(lists) else ""
    figure = escape(words.amount(entry.value, lists.measure))
    return (
        f'<li><div class="rank" title="{escape(said)}" aria-label="{escape(said)}">{rank}</div>'
        f'<div class="who"><a href="{link}" target="_self">{escape(entry.name)}</a>{parent}</div>'
        f'<div class="figure{"" if entry.value is not None else " missing"}">{figure}</div>'
        f'<div class="chips">{"".join(_chips(entry, side, lists))}</div>'
        f'<p class="why">{escape(words.reason(entry, side, lists, with_streak=False))}</p>{_own(entry)}</li>'
    )


def _chips(entry: Entry, side: Side, lists: MonthLists) -> Sequence[str]:
    since = words.since_words(lists.rule.comparison)
    if entry.rank is None:
        moved = ""
    elif entry.movement is None:
        moved = _("{since}没有名次").format(since=since)
    else:
        moved = _("{movement} 位").format(movement=show_movement(entry.movement)) if entry.movement else _("— 持平")
    before = _("{since} {value}").format(since=since, value=words.amount(entry.previous, lists.measure))
    streak = words.streak_words(entry, side)
    badge = [f"<b>{escape(streak)}</b>"] if streak else []
    return [*(f"<span>{escape(chip)}</span>" for chip in (moved, before) if chip), *badge]


def _own(entry: Entry) -> str:
    if not entry.own_reason or entry.own_at is None:
        return ""
    who = _("{actor}，{time}").format(actor=entry.own_by, time=show_time(entry.own_at))
    return (
        f"<blockquote><b>{escape(_('审核人说明'))}</b> {escape(entry.own_reason)}"
        f"<small>{escape(who)}</small></blockquote>"
    )


def _has_parents(lists: MonthLists) -> bool:
    return len({entry.parent for side in Side for entry in lists.entries(side)}) > 1


def lines(heading: str, sentences: Sequence[str]) -> str:
    """A short list of sentences under a heading."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<div class="list-lines"><b>{escape(heading)}</b><ul>{items}</ul></div>' if sentences else ""


def preview(lists: MonthLists, before: MonthLists | None) -> str:
    """Who a rule would list, in two short rows; who is new to a list or leaves it is said in words."""
    return "".join(_preview_side(lists, before, side) for side in Side)


def _preview_side(lists: MonthLists, before: MonthLists | None, side: Side) -> str:
    entries = lists.entries(side)
    old = None if before is None else {entry.region: entry.name for entry in before.entries(side)}
    names = "".join(
        _preview_name(entry, lists, is_new=old is not None and entry.region not in old)
        for entry in entries[:MOST_SHOWN]
    )
    if len(entries) > MOST_SHOWN:
        names += f"<span>{escape(_('另有 {count} 个').format(count=len(entries) - MOST_SHOWN))}</span>"
    now = {entry.region for entry in entries}
    gone = [name for region, name in (old or {}).items() if region not in now]
    left = f"<p>{escape(_('不再列入：{names}').format(names=words.names(gone)))}</p>" if gone else ""
    nobody = f"<span>{escape(_('没有单位列入'))}</span>"
    count = _("{side} {count} 个").format(side=side.label, count=len(entries))
    return f'<div class="preview list-{side.value}"><h4>{escape(count)}</h4><div>{names or nobody}</div>{left}</div>'


def _preview_name(entry: Entry, lists: MonthLists, *, is_new: bool) -> str:
    mark = f"<i>{escape(_('新列入'))}</i>" if is_new else ""
    return f"<span>{escape(entry.name)} {escape(words.amount(entry.value, lists.measure))}{mark}</span>"
