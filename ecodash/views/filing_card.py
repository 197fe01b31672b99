"""A filing in a few lines of markup: its state as a sign and a word, who handed in what, when, and what to look out for."""

from collections.abc import Iterable
from html import escape

from ecodash.domain.review import FilingState
from ecodash.reports.numbers import show_time
from ecodash.views import filing_words
from ecodash.views.filing_data import Filed

SHEET = """<style>
.filing h3{margin:0;padding:0!important;font-size:1.1rem;line-height:1.5;overflow-wrap:anywhere}
.filing p{margin:.1rem 0 0;font-size:.97rem;line-height:1.55;overflow-wrap:anywhere}
.filing p span{display:inline-block;margin-right:1.1em}.filing p span:last-child{margin-right:0}
.filing .says{white-space:pre-line;border-left:4px solid #c77700;padding:.15rem .7rem;margin:.35rem 0 .1rem}
.fmark{display:inline-block;margin-right:.5rem;padding:0 .5rem;border-radius:4px;font-size:.92rem;font-weight:600;
white-space:nowrap;background:rgba(120,140,130,.18)}
.fmark.submitted{color:#7c3a00;background:#fff3dc}.fmark.accepted{color:#0b5d43;background:#e4f4ec}
.fmark.returned{color:#96172a;background:#fdeaec}.fmark.warn{color:#7c3a00;background:#fff3dc}
.fmark.fine{color:#0b5d43;background:#e4f4ec}
:has(>.st-key-review_decide){position:sticky;bottom:0;z-index:5}
.st-key-review_decide{padding:.7rem 0 .8rem;margin-top:.4rem;
border-top:1px solid rgba(120,140,130,.5);background:#fff}
.st-key-review_decide button,.st-key-filing_bulk button{min-height:2.8rem}
@media(min-width:900px){:is(.st-key-review_filing,.st-key-filing_detail,.st-key-filing_receipt) dl.facts{
grid-template-columns:fit-content(11rem) 1fr fit-content(11rem) 1fr}}
@media(max-width:640px){[class*="st-key-filing_line_"]{flex-direction:column!important;align-items:stretch!important;
row-gap:.5rem!important}[class*="st-key-filing_line_"]>*{width:100%!important;flex:none!important}
[class*="st-key-review_open_"]{flex:1 1 auto!important}
:is([class*="st-key-filing_open_"],[class*="st-key-review_open_"]) button{width:100%}
.st-key-review_decide>div{flex:1 1 44%!important;min-width:0!important}
.st-key-review_decide button{width:100%}.st-key-review_decide p{font-size:.95rem}
.st-key-filing_actions>div{flex:1 1 100%!important}.st-key-filing_actions button{width:100%}
.st-key-review_sums>div{flex:1 1 44%!important;width:auto!important}
table.short:is(.filing-remarks,.filing-steps){font-size:.92rem}
table.short:is(.calendar,.county-months){font-size:.92rem}
table.short.calendar :is(th,td):is(:nth-child(4),:nth-child(5)){display:none}
table.short.calendar td:last-child{white-space:normal;width:5.6rem}}
table.short.calendar :is(th,td):nth-child(-n+2){white-space:nowrap}
table.short.county-months td{white-space:nowrap}
table.short:is(.filing-remarks,.filing-steps) td{vertical-align:top;overflow-wrap:anywhere;white-space:pre-line}
table.short.filing-steps td:nth-child(-n+2){white-space:nowrap}
@media(prefers-color-scheme:dark){.st-key-review_decide{background:#121816}
.fmark:is(.submitted,.warn){color:#ffd9a0;background:#3d2a06}.fmark:is(.accepted,.fine){color:#7ee0b0;background:#123325}
.fmark.returned{color:#ffa3ab;background:#3d161b}}
@media print{:has(>.st-key-review_decide){position:static}}
</style>"""


def card(one: Filed, marks: Iterable[tuple[str, str]] = ()) -> str:
    """A filing in a list. Every text is escaped.

    Args:
        marks: further ones beside the state: a class of the style sheet and words.
    """
    lines = [
        [filing_words.place(one), filing_words.months(one), filing_words.counts(one)],
        [one.file_name, filing_words.handed_in(one)],
        [filing_words.last_step(one)],
    ]
    shown = "".join(_mark(kind, words) for kind, words in marks)
    says = f'<p class="says">{escape(one.comment)}</p>' if one.comment and one.state is FilingState.RETURNED else ""
    return f'<div class="filing"><h3>{title(one)}{shown}</h3>{"".join(_line(line) for line in lines)}{says}</div>'


def heading(one: Filed, marks: Iterable[tuple[str, str]] = ()) -> str:
    """The same of one that is looked at."""
    return f'<div class="filing"><h3>{title(one)}{"".join(_mark(kind, words) for kind, words in marks)}</h3></div>'


def title(one: Filed) -> str:
    """◐ 待审核　第 12 份报送件."""
    return f"{_mark(one.state.value, filing_words.state(one.state))}{escape(filing_words.number(one.number))}　"


def _mark(kind: str, words: str) -> str:
    return f'<span class="fmark {kind}">{escape(words)}</span>'


def _line(parts: list[str]) -> str:
    shown = "".join(f"<span>{escape(part)}</span>" for part in parts if part)
    return f"<p>{shown}</p>" if shown else ""


def facts(one: Filed) -> list[tuple[str, str]]:
    """All there is to say of one filing, label by label."""
    return [
        (filing_words.who(), filing_words.by(one)),
        (filing_words.when(), show_time(one.received_at)),
        (filing_words.where(), filing_words.place(one)),
        (filing_words.which_months(), filing_words.months(one)),
        (filing_words.what(), filing_words.counts(one)),
        (filing_words.which_file(), one.file_name),
        (filing_words.what_it_answers(), "" if one.answers is None else filing_words.number(one.answers)),
    ]
