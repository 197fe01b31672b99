"""Why a unit of the ranking stands where it stands: a sentence, a small chart of places, the uploads."""

from html import escape

import streamlit as st

from ecodash.analytics.explain import Explanation, Factor
from ecodash.domain.comparison import Comparison
from ecodash.domain.pages import Page
from ecodash.domain.regions import Level
from ecodash.domain.selection import Selection
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import show_time
from ecodash.views import data, links, ranking_options, ranking_table, ranking_text, text
from ecodash.views.links import Wish
from ecodash.views.marks import Cell, short_table
from ecodash.views.rows import rows_of

_MOST_BATCHES = 8
_STYLE = """<style>
[data-testid="stDialog"] h2{padding-left:1.5rem!important}
.steps{display:grid;gap:.15rem;max-width:60rem;margin:.3rem 0 .4rem;font-variant-numeric:tabular-nums}
.steps>div{display:grid;grid-template-columns:minmax(9rem,15rem) minmax(7rem,1fr) 6.2rem minmax(8rem,1.1fr);gap:.7rem;
align-items:center;padding:.28rem 0;border-bottom:1px solid rgba(120,140,130,.25)}
.steps .bar{position:relative;height:1.1rem;background:rgba(120,140,130,.14);border-radius:3px}
.steps .bar i{position:absolute;top:0;bottom:0;border-radius:2px}
.steps .bar i.up{background:#0b6e4f}.steps .bar i.down{background:repeating-linear-gradient(135deg,#b3541e 0 5px,#d98a55 5px 8px)}
.steps .bar u{position:absolute;top:-2px;bottom:-2px;width:1px;background:currentColor;opacity:.6}
.steps .places{font-weight:600;white-space:nowrap}.steps small{opacity:.8;font-size:.9rem}
.steps .sum{font-weight:600;border-bottom:0}
@media(max-width:640px){.steps>div{grid-template-columns:1fr auto;gap:.2rem .6rem}.steps .bar{grid-column:1/-1;order:3}
.steps small{grid-column:1/-1;order:4}}
@media(prefers-color-scheme:dark){.steps .bar i.up{background:#4cc38a}}
</style>"""


def open_panel(selection: Selection, comparison: Comparison, region: int) -> None:
    """The reasons of one unit, over the page: seen at once wherever the row that was clicked lies."""
    name = data.tree().get(region).name
    st.dialog(ranking_text.why_title(name), width="large", on_dismiss=lambda: ranking_options.open_unit(None))(_show)(
        selection, comparison, region
    )


def _show(selection: Selection, comparison: Comparison, region: int) -> None:
    found = data.why(selection, comparison, region)
    now = ranking_text.period_label(comparison.span.months(selection.month))
    before = ranking_text.period_label(comparison.span.months(comparison.compared_month(selection.month)))
    sentence = ranking_text.headline(found, before, now)
    st.markdown(f"**{sentence}** {ranking_text.main_cause(found.factors)}")
    if found.excluded:
        _show_exclusion(selection, comparison, region)
    if found.factors:
        st.html(steps_markup(found, selection.level))
        for line in ranking_text.passing_lines(found):
            st.markdown(f"- {text.escape(line)}")
    _show_batches(found)
    _show_parts(selection, comparison, region)
    if found.factors:
        st.caption(ranking_text.method_note())
    st.page_link(
        links.page_file(Page.PROFILE),
        label=_("打开{name}的档案").format(name=found.name),
        icon=":material/article:",
        query_params=Wish(selection.month, region).to_params(),
    )


def _show_exclusion(selection: Selection, comparison: Comparison, region: int) -> None:
    rows = data.ranking(selection, comparison)
    for row in rows_of(rows[rows["region"] == region]):
        st.markdown(text.escape(_("原因：{reason}。").format(reason=ranking_table.reason_of(row, comparison))))


def steps_markup(found: Explanation, level: Level) -> str:
    """A bar to the right for each place gained, to the left for each lost; the number stands beside it."""
    factors = found.factors
    reach = max([abs(factor.places) for factor in factors] + [abs(found.places or 0), 1])
    lines = "".join(_line(factor, level, reach) for factor in factors)
    total = (
        f'<div class="sum"><span>{escape(_("合计"))}</span>{_bar(found.places or 0, reach)}'
        f'<span class="places">{escape(ranking_text.places(found.places or 0))}</span><small></small></div>'
    )
    label = escape(_("名次变化的原因"))
    return f'{_STYLE}<div class="steps" role="group" aria-label="{label}">{lines}{total}</div>'


def _line(factor: Factor, level: Level, reach: int) -> str:
    return (
        f"<div><span>{escape(ranking_text.factor_name(factor))}</span>{_bar(factor.places, reach)}"
        f'<span class="places">{escape(ranking_text.places(factor.places))}</span>'
        f"<small>{escape(ranking_text.factor_change(factor, level))}</small></div>"
    )


def _bar(places: int, reach: int) -> str:
    width = 50 * abs(places) / reach
    left = 50 if places > 0 else 50 - width
    name = "up" if places > 0 else "down"
    drawn = f'<i class="{name}" style="left:{left:.1f}%;width:{width:.1f}%"></i>' if places else ""
    return f'<span class="bar" aria-hidden="true">{drawn}<u style="left:50%"></u></span>'


def _show_parts(selection: Selection, comparison: Comparison, region: int) -> None:
    composite = data.composite_of(selection)
    if composite is None:
        return
    parts = data.composite_parts(selection, comparison)
    lines = ranking_table.parts_of_score(parts[parts["region"] == region], composite, selection.level)
    if not lines:
        return
    header = (text.INDICATOR, text.VALUE, _("得分（0–100）"), _("计入总分"))
    cells = [[Cell(cell, is_number=place > 0) for place, cell in enumerate(line)] for line in lines]
    st.html(short_table(_("得分由这几项组成"), header, cells, (1, 2, 3), "parts"))


def _show_batches(found: Explanation) -> None:
    if found.batches.empty:
        if found.moved not in ("unreported", "excluded"):
            st.caption(ranking_text.no_batches())
        return
    lines = [
        ranking_text.batch_line(
            int(row.seq), str(row.file_name), str(row.actor), show_time(row.committed_at), int(row.cells)
        )
        + (_("（{badge}）").format(badge=text.DEMO_BADGE) if row.is_demo else "")
        for row in rows_of(found.batches.head(_MOST_BATCHES))
    ]
    more = len(found.batches) - len(lines)
    if more:
        lines.append(_("还有更早的 {count} 批").format(count=more))
    st.markdown("**" + _("它的数来自这些上报") + "**\n\n" + "\n".join(f"- {line}" for line in lines))
