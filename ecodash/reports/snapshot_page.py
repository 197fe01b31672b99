"""The page a snapshot link opens: one self-contained HTML file, drawn from the frozen tables alone.

It needs nothing but itself: no request, no clock, no database; its one small script only adds sorting, searching and
paging to what can be read without it. The same pack gives the same bytes.
The page that is printed is the same, drawn from tables that were asked for just now, with a button that prints it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from ecodash.domain.pages import Page
from ecodash.domain.periods import CARRY_MONTHS
from ecodash.domain.snapshots import without_turning_marks
from ecodash.i18n import CHINESE, is_english, marked, speaking
from ecodash.i18n import gettext as _
from ecodash.reports.content_policy import policy_of
from ecodash.reports.frozen import FrozenPack
from ecodash.reports.numbers import show_time
from ecodash.reports.page_facts import Fact, page_facts
from ecodash.reports.page_sections import Document, Tables, page_sections
from ecodash.reports.sections import Meta, Section
from ecodash.reports.snapshot_script import SNAPSHOT_SCRIPT
from ecodash.reports.templating import open_templates

RULES = (
    marked("未上报不等于零：未上报的区域不计入汇总，不参加排名。"),
    marked("存量和比率当月未报的，沿用此前最近一次上报值，最多 {months} 个月，并注明沿用村数；当月完成量不沿用。"),
    marked("比率按分子合计除以分母合计汇总，不取各村百分比的平均；有上报而无法得出数值的，记为“不适用”。"),
)
PRINT_SCRIPT = "document.getElementById('print').addEventListener('click',function(){window.print()})"
"""The one script of the page that is printed."""

SHORT_DIGEST = 12
_LONGEST_FOOT = 40
_OWN_DEFINITION = {Page.REPORTING.value, Page.LISTS.value}
"""Pages that show no indicator, or say themselves what theirs counts."""

_BANNER = "<!--banner-->"


@dataclass(frozen=True, slots=True)
class SnapshotHtml:
    """A snapshot as one HTML page, open at the place of a banner, which may change while the page does not.

    Args:
        before, after: what stands before the banner and after it.
        policy: value of the header Content-Security-Policy the page is served with.
    """

    before: str
    after: str
    policy: str

    def whole(self, banner: str = "") -> bytes:
        """The page in UTF-8.

        Args:
            banner: trusted HTML, stands right under the masthead.
        """
        return (self.before + banner + self.after).encode("utf-8")


@dataclass(frozen=True, slots=True)
class PageView:
    """One page of a document, ready to print.

    Args:
        number: from 1.
        prefix: of the anchors of its parts; empty where the document has no other page.
        label: name of the page and of its indicator.
        about: place and month, where not all pages of the document are of the same.
    """

    number: int
    prefix: str
    label: str
    about: str
    meta: Meta
    facts: Sequence[Fact]
    sections: Sequence[Section]


def render_snapshot(
    pack: FrozenPack, *, number: int, sha256: str, address: str = "", takes: bool = True
) -> SnapshotHtml:
    """A snapshot as one HTML page in Chinese, whatever language is spoken: it is one document for all who open it.

    Args:
        pack: as queries.frozen_pack reads it.
        number: of the snapshot.
        sha256: of the frozen content, printed at the foot.
        address: the full link, printed at the foot; empty: left out.
        takes: whether the files to take away are offered; they are found beside the address.
    """
    with speaking(CHINESE):
        pages = [(page.meta, page.tables) for page in pack.pages]
        html = _render(pack.meta, pages, number=number, sha256=sha256, address=address, takes=takes)
    before, _mark, after = html.partition(_BANNER)
    return SnapshotHtml(before, after, policy_of(html))


def render_print(meta: Meta, tables: Tables) -> bytes:
    """A page to print, as it stands now: like a snapshot, but nothing is kept of it.

    Args:
        meta, tables: of a frozen page; created_at is when it is printed.
    """
    return _render(meta, [(meta, tables)], number=None, sha256="").replace(_BANNER, "", 1).encode("utf-8")


def _render(
    head: Meta,
    pages: Sequence[tuple[Meta, Tables]],
    *,
    number: int | None,
    sha256: str,
    address: str = "",
    takes: bool = False,
) -> str:
    metas = [meta for meta, _tables in pages]
    shared = {name: _shared(metas, name) for name in ("region_code", "month")}
    views = _views(pages, shared)
    return (
        _environment()
        .get_template("page.html")
        .render(
            meta=head,
            note=head.get("note", ""),
            number=number,
            sha256=sha256,
            short_sha256=sha256[:SHORT_DIGEST],
            address=address,
            token=address.rsplit("/", 1)[-1] if takes else "",
            committed=show_time(head["committed_at"], missing=""),
            created=show_time(head["created_at"]),
            place=_place(metas[0]) if shared["region_code"] else "",
            month=metas[0]["month_label"] if shared["month"] else "",
            kicker=views[0].label if len(views) == 1 else _("{count} 页").format(count=len(views)),
            views=views,
            definitions=_definitions(metas),
            rules=[_(rule).format(months=CARRY_MONTHS) for rule in RULES],
            english=is_english(),
            page_foot=_page_foot(head, sha256),
            print_script=Markup(PRINT_SCRIPT),  # nosec B704
            snapshot_script=Markup(SNAPSHOT_SCRIPT),  # nosec B704
        )
    )


def _views(pages: Sequence[tuple[Meta, Tables]], shared: dict[str, bool]) -> list[PageView]:
    """Pages with their sections; what an earlier page has said already is not said again."""
    document, views = Document(), list[PageView]()
    said: set[tuple[Any, ...]] = set()
    for number, (meta, tables) in enumerate(pages, start=1):
        prefix = f"p{number}-" if len(pages) > 1 else ""
        unfolding = document.unfold(meta, tables, prefix)
        facts = [(fact, (meta["region_code"], meta["month"], meta["level"], fact)) for fact in page_facts(meta, tables)]
        views.append(
            PageView(
                number,
                prefix,
                _label(meta),
                _about(meta, shared),
                meta,
                [fact for fact, key in facts if key not in said],
                list(page_sections(meta, tables, unfolding)),
            )
        )
        said.update(key for _fact, key in facts)
    return views


def _shared(metas: Sequence[Meta], name: str) -> bool:
    return len({meta[name] for meta in metas}) == 1


def _place(meta: Meta) -> str:
    return " › ".join(meta["region_path"]) or str(meta["region_name"])


def _label(meta: Meta) -> str:
    """排名 · 清理生活垃圾（吨）; a page of many indicators is not named after one."""
    if not Page(meta["page"]).has_indicator:
        return str(meta["page_label"])
    unit = _(str(meta["indicator_unit"]))
    named = f"{meta['indicator_name']}（{unit}）" if unit else str(meta["indicator_name"])
    return f"{meta['page_label']} · {named}"


def _about(meta: Meta, shared: dict[str, bool]) -> str:
    """Place and month of a page, where not all pages of the document are of the same."""
    words = [] if shared["region_code"] else [str(meta["region_name"])]
    return " · ".join([*words, *([] if shared["month"] else [str(meta["month_label"])])])


def _definitions(metas: Sequence[Meta]) -> list[tuple[str, str]]:
    """Name and definition of each indicator shown, in order."""
    shown = [meta for meta in metas if meta["page"] not in _OWN_DEFINITION and meta["indicator_definition"]]
    return list(dict.fromkeys((str(meta["indicator_name"]), _(str(meta["indicator_definition"]))) for meta in shown))


def _page_foot(meta: Meta, sha256: str) -> Markup:
    """What stands at the foot of every sheet of paper: a sheet that gets lost still says what it is and as of when."""
    time = show_time(meta["committed_at"], missing=_("尚无提交"))
    stamp = _("截至第 {batch} 批，{time} 提交（北京时间）").format(batch=meta["watermark"], time=time)
    title = without_turning_marks(str(meta["title"]))
    title = title if len(title) <= _LONGEST_FOOT else f"{title[: _LONGEST_FOOT - 1]}…"
    words = [title, stamp, *([_("演示数据")] if meta["is_demo"] else [])]
    if sha256:
        words.append(_("校验码 {digest}").format(digest=sha256[:SHORT_DIGEST]))
    left = "".join(f"\\{ord(char):x} " for char in " · ".join(words))
    pages = 'counter(page) " / " counter(pages)'
    font = "font:8.5pt 'Microsoft YaHei','Noto Sans CJK SC',sans-serif;color:#333"
    # Every letter is written as its number: no name can end the string, the rule or the element.
    return Markup(f'@page{{@bottom-left{{content:"{left}";{font}}}@bottom-right{{content:{pages};{font}}}}}')  # nosec B704


@cache
def _environment() -> Environment:
    environment = open_templates(finalize=_upright)
    # Words of the templates themselves are markup, into which format() escapes what it fills in; words that come from
    # data go through the filter and are escaped like any other.
    environment.globals["_"] = lambda message: Markup(_(message))  # nosec B704
    environment.filters["said"] = lambda words: _(str(words))
    return environment


def _upright(value: Any) -> Any:
    """A text that is printed, without marks that would turn the writing of what stands beside it."""
    if isinstance(value, str) and not value.isascii():
        kept = without_turning_marks(value)
        return Markup(kept) if isinstance(value, Markup) else kept  # nosec B704
    return value
