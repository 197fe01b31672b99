"""A kept snapshot in a few lines of markup: what it shows, who may open it, until when, how often it was opened."""

import json
from html import escape
from typing import Any

from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import region_key
from ecodash.domain.snapshots import Snapshot, Standing
from ecodash.i18n import gettext as _
from ecodash.views import data, snapshot_text
from ecodash.views.heading import as_of_text

SHEET = """<style>
.snap h3{margin:0;padding:0!important;font-size:1.1rem;line-height:1.45;overflow-wrap:anywhere}
.snap p{margin:.15rem 0 0;font-size:.95rem;line-height:1.5;overflow-wrap:anywhere}
.snap p span{display:inline-block;margin-right:1.1em}.snap p span:last-child{margin-right:0}
.snap .said{white-space:pre-line;opacity:.85}
.standing{display:inline-block;margin-right:.5rem;padding:0 .5rem;border-radius:4px;font-size:.9rem;font-weight:600;
vertical-align:.08em;background:rgba(120,140,130,.18)}
.standing.open{color:#0b5d43;background:#e4f4ec}.standing.expired{color:#7c3a00;background:#fff3dc}
.standing.revoked{color:#96172a;background:#fdeaec}
.speak{font-size:1.5rem;line-height:1.65;white-space:pre-line;overflow-wrap:anywhere;margin:.1rem 0 1rem;max-width:60rem}
.st-key-snapshot_actions{margin:.4rem 0 .2rem}

@media(max-width:640px){.speak{font-size:1.3rem}
.st-key-snapshot_actions>div{flex:1 1 45%!important;min-width:0!important}
.st-key-snapshot_actions>:is(.st-key-snapshot_access,.st-key-snapshot_again,.st-key-snapshot_revoke){flex-basis:100%!important}
.st-key-snapshot_actions :is(button,a){width:100%}
.st-key-snapshot_search{width:100%!important}
[class*="st-key-snapshot_buttons_"]>div{flex:1 1 auto!important}}
@media(prefers-color-scheme:dark){.standing.open{color:#7ee0b0;background:#123325}
.standing.expired{color:#ffd9a0;background:#3d2a06}.standing.revoked{color:#ffa3ab;background:#3d161b}}
</style>"""


def card(one: Snapshot, standing: Standing) -> str:
    """A snapshot in the list. Every text is escaped."""
    lines = [
        [place(one), month(one), snapshot_text.pages_line(page_labels(one)), snapshot_text.as_of(one)],
        [one.access.label, snapshot_text.until(one), snapshot_text.opened(one), snapshot_text.edition(one)],
        [snapshot_text.number_and_made(one)],
    ]
    return (
        f'<div class="snap"><h3>{mark(standing)}{escape(one.title)}</h3>{"".join(_line(line) for line in lines)}</div>'
    )


def mark(standing: Standing) -> str:
    """Whether the link opens: a sign and a word."""
    return f'<span class="standing {standing.value}">{escape(snapshot_text.standing(standing))}</span>'


def _line(parts: list[str]) -> str:
    return f"<p>{''.join(f'<span>{escape(part)}</span>' for part in parts if part)}</p>"


def facts(one: Snapshot) -> list[tuple[str, str]]:
    """All there is to say of one snapshot, label by label; what is empty is left out by whoever draws it."""
    return [
        (_("内容"), snapshot_text.pages_line(page_labels(one))),
        (_("地区和月份"), f"{place(one)}　{month(one)}"),
        (_("数据"), as_of_text(one.watermark)),
        (_("生成"), snapshot_text.number_and_made(one)),
        (_("谁可以打开"), one.access.label),
        (_("有效期"), snapshot_text.until(one)),
        (_("打开情况"), snapshot_text.opened(one)),
        (_("例会"), snapshot_text.edition(one)),
        (_("校验值"), one.sha256),
    ]


# ── what the record says in codes ──────────────────────────────────────────────────────────────────────────────────


def place(one: Snapshot) -> str:
    """The region of the first page by name; its code where it is not known any more."""
    code = str(_selection(one)["region"])
    region = data.tree().find(region_key(code))
    return region.name if region else code


def month(one: Snapshot) -> str:
    return Month.parse(str(_selection(one)["month"])).label


def page_labels(one: Snapshot) -> list[str]:
    """The pages in order, in the reader's language."""
    if one.page_count == 1:
        return [Page(one.page).label]
    return [Page(page["page"]).label for page in json.loads(one.meta)["pages"]]


def words(one: Snapshot) -> str:
    """What a search looks at, in small letters."""
    parts = (f"#{one.number}", one.title, one.note, place(one), month(one), one.actor, one.series)
    return "\n".join(parts).casefold()


def _selection(one: Snapshot) -> dict[str, Any]:
    selection: dict[str, Any] = json.loads(one.selection)
    return selection
