"""红黑榜 in words: the rule, the reason of each entry made from its figures, and what has to be said beside the lists."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from ecodash.domain.comparison import Against, Comparison, Span
from ecodash.domain.listed import Entry, Ground, Measure, MonthLists, Note
from ecodash.domain.lists import By, Falling, Side, SideRule
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import BEIJING, show_month, show_number, show_time

MANY_MONTHS = 12
"""From here on a streak is only said to be at least as long."""
_NAMES_SHOWN = 8
_FINEST = 6


def title(lists: MonthLists) -> str:
    """丰都县2026年10月红黑榜."""
    return _("{region}{month}红黑榜").format(region=lists.region_name, month=show_month(lists.month))


def as_of(lists: MonthLists) -> str:
    """截至第 48 批，2026-11-06 17:20 提交（北京时间）."""
    if lists.committed_at is None:
        return _("还没有提交过数据")
    return _("截至第 {batch} 批，{time} 提交（北京时间）").format(
        batch=lists.watermark, time=show_time(lists.committed_at)
    )


def rule_name(lists: MonthLists) -> str:
    """乡镇月度红黑榜（第 2 版）."""
    return _("{name}（第 {version} 版）").format(name=lists.name, version=lists.version)


# ── figures ────────────────────────────────────────────────────────────────────────────────────────────────────────


def amount(value: float | None, measure: Measure) -> str:
    """98.2%, 1,268 座, 未上报."""
    return show_number(value, measure.decimals) if value is None else _with_unit(value, measure, measure.decimals)


def gap(distance: float, measure: Measure) -> str:
    """6.3 个百分点: never rounded to nothing, as a hundredth below a standard is below it."""
    digits = next(
        (places for places in range(measure.decimals, _FINEST) if round(abs(distance), places)), _FINEST
    )  # fmt: skip
    unit = _("个百分点") if measure.unit == "%" else measure.unit_label
    return f"{show_number(abs(distance), digits)} {unit}".rstrip()


def distance_words(entry: Entry, side: SideRule, measure: Measure) -> str:
    """低于 85% 的标准 6.3 个百分点; empty where the list has no standard or the unit no figure."""
    if entry.distance is None:
        return ""
    bound = _bound(side, measure)
    if not entry.distance:
        return _close(_("正好为 {bound} 的标准").format(bound=bound), bound)
    says = _("高出 {bound} 的标准 {gap}") if entry.distance > 0 else _("低于 {bound} 的标准 {gap}")
    return _close(says.format(bound=bound, gap=gap(entry.distance, measure)), bound)


def movement_words(entry: Entry, comparison: Comparison) -> str:
    """比上月升 3 位; 名次与上月相同; 上月没有名次."""
    if entry.rank is None:
        return ""
    since = since_words(comparison)
    if entry.movement is None:
        return _("{since}没有名次").format(since=since)
    if not entry.movement:
        return _("名次与{since}相同").format(since=since)
    says = _("比{since}升 {places} 位") if entry.movement > 0 else _("比{since}降 {places} 位")
    return says.format(since=since, places=abs(entry.movement))


def since_words(comparison: Comparison) -> str:
    """What the compared span is called: 上月, 上季度同期, 上年同期."""
    if comparison.against is Against.YEAR_AGO or comparison.span is Span.YEAR:
        return _("上年同期")
    return _("上月") if comparison.span is Span.MONTH else _("上季度同期")


def streak_words(entry: Entry, side: Side) -> str:
    """连续 3 个月列入红榜; empty for the first month."""
    if entry.streak < 2:
        return ""
    says = _("连续 {count} 个月以上列入{side}") if entry.streak >= MANY_MONTHS else _("连续 {count} 个月列入{side}")
    return says.format(count=entry.streak, side=side.label)


def _bound(side: SideRule, measure: Measure) -> str:
    digits = max(0, -int(side.bound.normalize().as_tuple().exponent))
    return _with_unit(float(side.bound), measure, digits)


def _close(said: str, bound: str) -> str:
    """85 分的标准, 85% 的标准: Chinese characters stand side by side."""
    return said if bound[-1].isascii() else said.replace(f"{bound} 的", f"{bound}的")


def _with_unit(value: float, measure: Measure, digits: int) -> str:
    shown = show_number(value, digits)
    return f"{shown}{measure.unit}" if measure.unit == "%" else f"{shown} {measure.unit_label}".rstrip()


# ── the reason of an entry ─────────────────────────────────────────────────────────────────────────────────────────


def reason(entry: Entry, side: Side, lists: MonthLists, *, with_streak: bool = True) -> str:
    """Why an entry is listed, from its figures:
    生活垃圾收运处置率 78.7%，第 30 名，比上月降 3 位，低于 85% 的标准 6.3 个百分点；3 个村未上报."""
    measure = lists.measure
    if entry.value is None:
        figure = [_("{indicator}未上报，没有名次").format(indicator=measure.label)]
    else:
        rank = "" if entry.rank is None else _("第 {rank} 名").format(rank=entry.rank)
        figure = [
            f"{measure.label} {amount(entry.value, measure)}",
            rank,
            movement_words(entry, lists.rule.comparison),
            distance_words(entry, lists.rule.side(side), measure),
        ]
    clauses = [_joined(figure), _reports(entry), streak_words(entry, side) if with_streak else ""]
    return _("；").join(clause for clause in clauses if clause)


def _reports(entry: Entry) -> str:
    """How the unit's villages reported: where it is listed for that, as of the month's reports; else as far as the
    figure stands on fewer villages than there are."""
    if Ground.LATE in entry.grounds:
        if entry.villages <= 1:
            return _("本月没有报送") if entry.missing else _("本月报送迟于期限")
        late = _("{count} 个村迟报").format(count=entry.late) if entry.late else ""
        return _joined([late, _("{count} 个村未报").format(count=entry.missing) if entry.missing else ""])
    stands_on = entry.reported + entry.carried
    if entry.value is None or entry.villages <= 1 or not stands_on:
        return ""
    absent = entry.villages - stands_on
    missing = _("{count} 个村未上报").format(count=absent) if absent > 0 else ""
    return _joined([missing, _("{count} 个村沿用以前的数").format(count=entry.carried) if entry.carried else ""])


def _joined(parts: Sequence[str]) -> str:
    return _("，").join(part for part in parts if part)


# ── the rule in words ──────────────────────────────────────────────────────────────────────────────────────────────


def rule_words(lists: MonthLists) -> list[str]:
    """The rule, one sentence a line."""
    rule, measure = lists.rule, lists.measure
    found = [_compared(lists)]
    found += [_side_words(Side.RED, rule.red, measure), _side_words(Side.BLACK, rule.black, measure)]
    if rule.falling is not Falling.IGNORED:
        says = (
            _("名次比{since}下降 {places} 位及以上的，另外列入黑榜。")
            if rule.falling is Falling.ALSO
            else _("其中只有名次比{since}下降 {places} 位及以上的才列入黑榜。")
        )
        found.append(says.format(since=since_words(rule.comparison), places=rule.fallen_places))
    found.append(
        _("过了上报期限仍未上报的单位列入黑榜，不按零计。")
        if rule.lists_unreported
        else _("未上报的单位不列入任何一榜，不按零计。")
    )
    if rule.lists_late:
        found.append(_("有村迟报或未报的单位列入黑榜。"))
    if lists.left_out:
        found.append(_("不参加评比：{names}；名额顺延。").format(names=names(lists.left_out)))
    found.append(
        _(
            "一个单位不同时上两榜：够黑榜标准或因上报被列入的只上黑榜，达到红榜标准的只上红榜，只凭名次两榜都够的两榜都不列。"
        )
    )
    return found


def _compared(lists: MonthLists) -> str:
    rule, comparison = lists.rule, lists.rule.comparison
    measure = lists.measure.title
    parts = [
        _("{region}各{level}，按{measure}评比").format(
            region=lists.region_name, level=rule.level.label, measure=measure
        ),
        comparison.span.label,
        _("名次升降{against}").format(against=comparison.against.label),
    ]
    if comparison.kinds:
        parts.append(_("只评{kinds}").format(kinds=_("、").join(comparison.kinds)))
    if comparison.peer_class:
        parts.append(_("只评“{name}”类").format(name=comparison.peer_class))
    if comparison.least:
        least = f"{Decimal(repr(comparison.least)).normalize():f}"
        parts.append(_("分母不足 {least} 的不评").format(least=least))
    return _("{what}。").format(what=_joined(parts))


def _side_words(side: Side, drawn: SideRule, measure: Measure) -> str:
    if drawn.by is By.NOBODY:
        return _("{side}：不按名次或标准列入。").format(side=side.label)
    if drawn.by is By.THRESHOLD:
        bound = _bound(drawn, measure)
        says = _("{side}：{indicator}{sign} {bound} 的。")
        return _close(says.format(side=side.label, indicator=measure.label, sign=drawn.sign.label, bound=bound), bound)
    says = (
        _("{side}：前 {count} 名，名次并列的全部列入。")
        if side is Side.RED
        else _("{side}：后 {count} 名，名次并列的全部列入。")
    )
    return says.format(side=side.label, count=drawn.count)


def names(all_names: Sequence[str], most: int = _NAMES_SHOWN) -> str:
    """甲镇、乙镇 等 12 个."""
    shown = _("、").join(all_names[:most])
    return shown if len(all_names) <= most else _("{names}等 {count} 个").format(names=shown, count=len(all_names))


# ── what to say beside the lists ───────────────────────────────────────────────────────────────────────────────────


def note_words(note: Note) -> str:
    """The sentence of a note."""
    values = note.values
    if note.code == "nobody":
        return _("本月没有可以评比的数据。")
    if note.code == "tied":
        return _("{side}定 {count} 名；因名次并列，共有 {listed} 个单位列入。").format(
            side=Side(values["side"]).label, count=values["count"], listed=values["listed"]
        )
    if note.code == "few":
        return _("可以评比的只有 {units} 个单位，少于两榜名额之和 {wanted} 个。").format(**values)
    if note.code == "both":
        return _("{names}只凭名次两榜都够，两榜都不列。").format(names=names(values["names"]))
    if note.code == "unreported":
        return _("{count} 个单位未上报，没有名次，不列入任何一榜：{names}。").format(
            count=len(values["names"]), names=names(values["names"])
        )
    if note.code == "excluded":
        return _("{why}，不参加评比：{names}。").format(why=_why_out(values["reason"]), names=names(values["names"]))
    last_day = (values["due"] - timedelta(seconds=1)).astimezone(BEIJING)
    return _("本月上报期限为 {day}；截至本批还没有到期，未上报和迟报的暂不列入黑榜。").format(
        day=f"{last_day:%Y-%m-%d}"
    )


def _why_out(reason: str) -> str:
    return {
        "kind": _("不是所评的村类"),
        "class": _("不在所评的类别"),
        "least": _("分母低于下限或不明"),
        "parts": _("综合评价缺项太多"),
        "named": _("按规则除外"),
    }[reason]
