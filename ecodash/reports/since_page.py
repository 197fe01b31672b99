"""Then and now on a snapshot's page: the banner that says what changed since, and the page of both figures side by side.

Both are Chinese whatever the reader's language, as the snapshot is, and everything from the store is escaped. The frozen
page itself is not touched: its figures and today's stand together only here, in two columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from ecodash.domain.since import Since
from ecodash.i18n import CHINESE, speaking
from ecodash.i18n import gettext as _
from ecodash.reports import since_words as words
from ecodash.reports.comparison_sections import SINCE_SIGNS, Frames, page_parts
from ecodash.reports.content_policy import policy_of
from ecodash.reports.frozen import FrozenPack
from ecodash.reports.templating import TEMPLATES, open_templates


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page that needs nothing but itself.

    Args:
        content: UTF-8.
        policy: the Content-Security-Policy it is to be sent with.
    """

    content: bytes
    policy: str

    def whole(self) -> bytes:
        """The page as it is sent."""
        return self.content


@dataclass(frozen=True, slots=True)
class Edition:
    """Another edition of the same recurring meeting.

    Args:
        number: of the edition, from 1.
        path: of its link.
    """

    number: int
    title: str
    path: str


# ── the banner ─────────────────────────────────────────────────────────────────────────────────────────────────────


def render_banner(since: Since, *, compare_path: str, previous: Edition | None, next_: Edition | None) -> str:
    """What changed since a snapshot was made, as an element to stand above its figures.

    Args:
        compare_path: of the page that sets both beside each other; empty: no link.
        previous, next_: editions of the same meeting; the next one is offered first.
    """
    with speaking(CHINESE):
        return (
            _environment()
            .get_template("banner.html")
            .render(
                since=since,
                as_of=words.as_of(since),
                same=words.same_words(since),
                headline=words.headline(since),
                by=words.by(since),
                largest=words.largest(since.largest),
                kept=words.kept(since),
                compare_path=compare_path,
                previous=previous,
                next_=next_,
            )
        )


# ── both beside each other ─────────────────────────────────────────────────────────────────────────────────────────


def render_comparison(pack: FrozenPack, comparison: Frames, since: Since, *, number: int, back_path: str) -> HtmlPage:
    """A snapshot's figures in one column and today's in the other, page by page, what reads otherwise first.

    Args:
        comparison: frames of queries.compare_with_now.
        number: of the snapshot.
        back_path: of its page; empty: no link back.
    """
    with speaking(CHINESE):
        said = [
            _("“当时”一栏是快照 #{number} 里冻结的数字，不会再变；“现在”一栏是按现在的数据重新算出的。").format(
                number=number
            ),
            _changed_words(comparison),
        ]
        if words.has_cells(since) or since.targets:
            said.append(f"{words.headline(since)}{words.by(since)}{_('。')}{words.largest(since.largest)}")
        said.append(
            _("更正：数字与当时不同，包括随下级更正、补报而变的合计。补报：当时没有、现在有。撤回：当时有、现在没有。")
        )
        return _page(
            pack,
            comparison,
            heading=_("当时与现在"),
            labels=(_labelled(_("当时"), since.then), _labelled(_("现在"), since.now)),
            said=said,
            back_path=back_path,
        )


def _labelled(word: str, batch: int) -> str:
    return _("{word}（第 {batch} 批）").format(word=word, batch=batch)


def _changed_words(comparison: Frames) -> str:
    changed = sum(int(frame["is_changed"].sum()) for frame in comparison)
    if not changed:
        return _("页上没有一个数字变化。")
    return _("页上有 {count} 处数字变了，变了的在前，没变的收在每页末尾。").format(count=f"{changed:,}")


def _page(
    pack: FrozenPack,
    comparison: Frames,
    *,
    heading: str,
    labels: tuple[str, str],
    said: Sequence[str],
    back_path: str,
) -> HtmlPage:
    html = (
        _environment()
        .get_template("comparison.html")
        .render(
            heading=heading,
            title=str(pack.meta["title"]),
            back_path=back_path,
            is_demo=bool(pack.meta["is_demo"]),
            said=said,
            rules=[_("未上报不等于零。")],
            then_label=labels[0],
            now_label=labels[1],
            pages=list(page_parts(pack, comparison, SINCE_SIGNS)),
            style=Markup(_style()),  # nosec B704
        )
    )
    return HtmlPage(html.encode("utf-8"), policy_of(html))


@cache
def _style() -> str:
    return (TEMPLATES / "comparison.css").read_text(encoding="utf-8").strip()


@cache
def _environment() -> Environment:
    environment = open_templates()
    environment.globals["_"] = lambda message: Markup(_(message))  # nosec B704
    return environment
