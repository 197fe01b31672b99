"""Sentences of 排名: how it ranks, who is left out, why a unit moved, how safe first place is."""

from collections.abc import Sequence

from ecodash.analytics.explain import Explanation, Factor, FactorKind, Moved
from ecodash.domain.comparison import Against, Comparison, Span
from ecodash.domain.indicators import Direction, Indicator, Kind
from ecodash.domain.periods import Month, Period
from ecodash.domain.ranking import Excluded
from ecodash.domain.regions import Level
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import is_missing, show_number
from ecodash.views import data, text

# ── how it is ranked ───────────────────────────────────────────────────────────────────────────────────────────────


def period_label(months: Sequence[Month]) -> str:
    """2026年10月; 2026年1—10月."""
    return Period(months[0], months[-1]).label


def method_button(comparison: Comparison) -> str:
    return _("排名方式：{span}，{against}").format(span=comparison.span.label, against=against_label(comparison))


def option_unknown(written: str) -> str:
    return _("链接中的排名方式“{written}”无法识别，已按通常的方式排名。请核对链接是否完整。").format(
        written=text.escape(written[:40])
    )


def class_unknown(name: str) -> str:
    return _("没有名为“{name}”的分组，现在显示全部单位。").format(name=text.escape(name[:40]))


def against_label(comparison: Comparison) -> str:
    """What is compared with: for the year to date both ways mean the year before."""
    return Against.YEAR_AGO.label if comparison.span is Span.YEAR else comparison.against.label


def kind_label(kind: str) -> str:
    return {"村": _("行政村"), "社区": _("社区"), "其他": _("其他（农场等）")}.get(kind, kind)


def compared_note(comparison: Comparison, month: Month) -> str:
    """名次按 2026年10月，升降与 2026年9月比."""
    now = period_label(comparison.span.months(month))
    before = period_label(comparison.span.months(comparison.compared_month(month)))
    return _("名次按{now}，升降与{before}比。").format(now=now, before=before)


def span_note(comparison: Comparison, entry: Indicator, rule: str) -> str:
    """How several months make one figure; nothing for one month."""
    if comparison.span is Span.MONTH:
        return ""
    return {
        "sum": _("各月完成量相加，未上报的月份不计。"),
        "last": _("取期末月的数，不累加。"),
        "mean": _("取有得分的各月的平均。"),
        "quotient": _("各月分子之和除以分母之和。"),
        "composite": _("各项先按自己的口径算出这段时间的数，再计分。"),
    }[rule]


def counts_note(ranked: int, units: int, level: Level) -> str:
    return _("{units} 个{level}中 {ranked} 个参加排名。").format(units=units, level=text.units_of(level), ranked=ranked)


def order_note(entry: Indicator) -> str:
    return _("数值越低名次越前。") if entry.direction is Direction.LOWER else _("数值越高名次越前。")


def ties_note() -> str:
    return _("数值相同的并列，后面的名次顺延（1、2、2、4）。")


# ── who is left out ────────────────────────────────────────────────────────────────────────────────────────────────


def excluded_title(count: int, level: Level) -> str:
    return _("不参加排名的{level}（{count} 个）").format(level=text.units_of(level), count=count)


def excluded_reason(
    reason: str, *, kind: str, peer_class: str, denominator: float, present: float, missing: str, comparison: Comparison
) -> str:
    """Why a unit is not ranked, in words."""
    if reason == Excluded.KIND:
        return _("类型是“{kind}”，不在本次排名的类型内").format(kind=kind_label(kind) if kind else _("未注明"))
    if reason == Excluded.CLASS:
        return _("属于“{name}”，不在所选组内").format(name=peer_class) if peer_class else _("没有分组")
    if reason == Excluded.LEAST:
        least = show_number(comparison.least, 0)
        if is_missing(denominator):
            return _("分母没有上报，不能确认达到 {least}").format(least=least)
        return _("分母 {denominator}，低于 {least}").format(denominator=show_number(denominator, 0), least=least)
    names = text.joined(data.entry(code).label for code in missing.split(",") if code)
    return _("缺项：{names}；只有 {present}% 的权重有数据").format(names=names, present=show_number(present, 0))


# ── why ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def why_title(name: str) -> str:
    return _("{name}为什么是这个名次").format(name=name)


def places(count: int) -> str:
    """▲ 升 2 位, ▼ 降 1 位, — 不变."""
    if not count:
        return _("— 不变")
    return _("▲ 升 {count} 位").format(count=count) if count > 0 else _("▼ 降 {count} 位").format(count=-count)


def headline(found: Explanation, before: str, now: str) -> str:
    """第 3 名，比 2026年9月 升 2 位（原第 5 名）."""
    name = text.escape(found.name)
    if found.moved is Moved.EXCLUDED:
        return _("{name}不参加本次排名，所以没有名次和升降。").format(name=name)
    if found.moved is Moved.UNREPORTED:
        return _("{name}在{now}没有上报，所以没有名次；没有上报不等于 0。").format(name=name, now=now)
    if found.moved is Moved.NEW:
        return _("{name}在{now}是第 {rank} 名；{before}没有名次，所以没有升降。").format(
            name=name, now=now, rank=found.rank, before=before
        )
    if found.moved is Moved.SAME:
        return _("{name}在{now}是第 {rank} 名，与{before}相同。").format(
            name=name, now=now, rank=found.rank, before=before
        )
    moved = (
        _("{name}在{now}是第 {rank} 名，比{before}升 {count} 位（原第 {old} 名）。")
        if found.moved is Moved.UP
        else _("{name}在{now}是第 {rank} 名，比{before}降 {count} 位（原第 {old} 名）。")
    )
    return moved.format(
        name=name, now=now, rank=found.rank, before=before, count=abs(found.places or 0), old=found.previous_rank
    )


def main_cause(factors: Sequence[Factor]) -> str:
    """The factor that moved the unit most, in a sentence; nothing where none did."""
    moving = [factor for factor in factors if factor.places]
    if not moving:
        return _("它自己和其他单位的变化都没有改变名次。") if factors else ""
    if not sum(factor.places for factor in factors):
        return _("它自己的变化和其他单位的变化互相抵消。")
    main = max(moving, key=lambda factor: abs(factor.places))
    if main.kind is FactorKind.OTHERS:
        return _("主要原因是其他单位的变化：{places}。").format(places=places(main.places))
    return _("主要原因是{name}的变化：{places}。").format(name=factor_name(main), places=places(main.places))


def factor_name(factor: Factor) -> str:
    if factor.kind is FactorKind.OTHERS:
        return _("其他单位的变化")
    label = data.entry(factor.indicator).label
    if factor.kind is FactorKind.NUMERATOR:
        return _("{name}（分子）").format(name=label)
    if factor.kind is FactorKind.DENOMINATOR:
        return _("{name}（分母）").format(name=label)
    return label


def factor_change(factor: Factor, level: Level) -> str:
    """85.2% → 88.6%（得分 61.3 → 70.2）."""
    if factor.kind is FactorKind.OTHERS:
        return ""
    entry = data.entry(factor.indicator)
    unit, decimals = entry.shown_at(level)
    before, after = (
        _value(value, decimals, unit, is_exact=entry.kind is Kind.RATIO) for value in (factor.before, factor.after)
    )
    change = _("{before} → {after}").format(before=before, after=after)
    if factor.kind is not FactorKind.ITEM:
        return change
    points = [show_number(value, 1, missing="—") for value in (factor.points_before, factor.points_after)]
    return _("{change}（得分 {before} → {after}）").format(change=change, before=points[0], after=points[1])


def _value(value: float, decimals: int, unit: str, *, is_exact: bool) -> str:
    if is_missing(value):
        return text.UNREPORTED
    return text.value_with_unit(show_number(value, decimals), unit)


def method_note() -> str:
    return _(
        "算法：从上一次排名出发，先把它自己的变化一项一项换成现在的数（其他单位先不动），每换一项重新排一次名，"
        "最后换其他单位的数；每一步名次变了几位，就记在那一项上。各项相加正好是升降的位数。"
    )


def passing_lines(found: Explanation, most: int = 12) -> list[str]:
    """Who was passed, who passed, who came or went above: counts that add up to the movement, and names."""
    passing = found.passing
    sentences = [
        (passing.passed, _("超过了 {count} 个：{names}")),
        (passing.passed_by, _("被 {count} 个超过：{names}")),
        (passing.new_above, _("前面新增 {count} 个有名次的：{names}")),
        (passing.gone_above, _("前面有 {count} 个不再有名次：{names}")),
    ]
    lines = []
    for keys, sentence in sentences:
        if keys:
            names = text.joined(found.names[key] for key in keys[:most])
            more = _(" 等") if len(keys) > most else ""
            lines.append(sentence.format(count=len(keys), names=names + more))
    return lines


def batch_line(number: int, file_name: str, actor: str, at: str, cells: int) -> str:
    """第 64 批“…”，本机操作员 2026-11-22 14:04 提交，其中它的数 33 个."""
    return _("第 {number} 批“{file}”，{actor} {at} 提交，其中它的数 {cells} 个").format(
        number=number, file=text.escape(file_name), actor=text.escape(actor), at=at, cells=cells
    )


def no_batches() -> str:
    return _("这段时间没有新的上报；现在的数是沿用以前上报的。")


# ── robustness and what-if ─────────────────────────────────────────────────────────────────────────────────────────


def lead_line(leaders: str, runners_up: str, lead: str, unit: str, *, is_shared: bool) -> str:
    if is_shared:
        return _("{names}并列第一，没有领先。").format(names=leaders)
    if not runners_up:
        return _("只有{name}有名次，没有可比的单位。").format(name=leaders)
    return _("第一名{first}领先{second} {lead}。").format(
        first=leaders, second=runners_up, lead=text.value_with_unit(lead, text.unit_word(unit))
    )


def value_loss(lead: str, unit: str, *, is_lower_better: bool) -> str:
    worse = _("上升") if is_lower_better else _("下降")
    return _("其他单位不变时，它的数值{worse}超过 {lead}就会失去第一。").format(
        worse=worse, lead=text.value_with_unit(lead, text.points_of(unit))
    )


def weight_loss(indicator: str, before: str, after: str, leader: str) -> str:
    if not leader:
        return _("“{indicator}”的权重从 {before}% 调到 {after}% 以外，它就会因缺项失去名次。").format(
            indicator=indicator, before=before, after=after
        )
    return _(
        "最少要把“{indicator}”的权重从 {before}% 调到 {after}%（其余按比例分摊），第一名才会换成{leader}。"
    ).format(indicator=indicator, before=before, after=after, leader=leader)


def weight_safe() -> str:
    return _("单独调整任何一项的权重，都不会换掉第一名。")


def movers_line(count: int, units: int) -> str:
    if not count:
        return _("这样调整后，{units} 个单位的名次都不变。").format(units=units)
    return _("这样调整后，{units} 个单位中有 {count} 个名次变化。").format(units=units, count=count)
