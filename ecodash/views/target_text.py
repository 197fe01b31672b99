"""Sentences about targets: where they stand, how that was worked out, whether the parts add up."""

from typing import Any

from ecodash.analytics.decomposition import Adding
from ecodash.domain.indicators import Direction, Kind
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.domain.targets import PACE_TOLERANCE_PCT, STALL_MONTHS, Source, State
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english
from ecodash.reports.numbers import is_missing, show_month, show_number
from ecodash.views import text

_MOST_NAMED = 8
"""So many regions are named in a sentence."""


def sentences(parts: list[str]) -> str:
    """Sentences one after the other: Chinese needs no space between them."""
    return (" " if is_english() else "").join(parts)


def _pct(value: float) -> str:
    return show_number(value, 1)


def _amount(value: float, row: Any) -> str:
    """12 公里, 3.5 个百分点: a difference of figures."""
    return f"{show_number(value, row.decimals)} {text.points_of(row.unit)}"


def _per_month(value: float, row: Any) -> str:
    return f"{show_number(value, max(row.decimals, 1))} {text.points_of(row.unit)}"


def _level(value: float, row: Any) -> str:
    """98.5%, 450 座: a figure itself."""
    return text.value_with_unit(show_number(value, row.decimals), row.unit)


# ── where a target stands ──────────────────────────────────────────────────────────────────────────────────────────


def lines(row: Any) -> list[str]:
    """Two short lines beside a bar; row of queries.region_targets."""
    state = State(row.state)
    if state is State.UNREPORTED:
        return [_("没有上报，不能计算进度")]
    if state is State.DONE:
        return [_done(row)]
    short = _("差 {gap}").format(gap=_amount(row.gap, row))
    if not is_missing(row.progress_pct):
        short = _("完成 {progress}%，{short}").format(progress=_pct(row.progress_pct), short=short)
    return [short, _missed(row) if state is State.MISSED else _ahead(row)]


def _done(row: Any) -> str:
    if is_missing(row.progress_pct):
        return _("已达到目标，继续保持")
    over = row.progress_pct - 100
    if round(over, 1) > 0:
        return _("完成 {progress}%，超额 {over}%").format(progress=_pct(row.progress_pct), over=_pct(over))
    return _("完成 {progress}%").format(progress=_pct(row.progress_pct))


def _missed(row: Any) -> str:
    if row.is_reached_late:
        return _("期限{deadline}已过；期限以后补上，现在已达到").format(deadline=show_month(row.deadline))
    if not is_missing(row.arrival_month):
        return _("期限{deadline}已到；按此前进度 {arrival}达到").format(
            deadline=show_month(row.deadline), arrival=show_month(row.arrival_month)
        )
    return _("期限{deadline}已过").format(deadline=show_month(row.deadline))


def _ahead(row: Any) -> str:
    needed = _("每月还需 {needed}").format(needed=_per_month(row.needed_per_month, row))
    if is_missing(row.arrival_month):
        return _("{needed}，按现速达不到").format(needed=needed)
    return _("{needed}，按现速 {arrival}达到").format(needed=needed, arrival=show_month(row.arrival_month))


def reports_behind(row: Any, level: Level) -> str:
    """上报 318/330 村，沿用 7 村; nothing where nothing stands behind the figure."""
    if not row.reported and not row.carried and not row.totals:
        return _("本月没有上报")
    return text.reported_line(
        int(row.reported), int(row.villages), int(row.carried), int(row.totals), is_own=level is Level.VILLAGE
    )


# ── how it was worked out ──────────────────────────────────────────────────────────────────────────────────────────


def method(row: Any, direction: Direction) -> list[str]:
    """How the progress of a target was worked out, in sentences; row of queries.region_targets."""
    if State(row.state) is State.UNREPORTED:
        return [
            _start(row),
            _("到{month}没有上报过这项数据，所以没有完成率、速度和预计达标月。").format(month=show_month(row.measured)),
        ]
    said = [_start(row), _progress(row), _pace(row, direction), _state(row)]
    return [sentence for sentence in said if sentence]


def _start(row: Any) -> str:
    source = Source(row.baseline_source)
    month = Month.from_key(int(row.start)).plus(-1).label
    if source is Source.ZERO:
        return _("当月完成量从{first}起累计，基数为 0。").format(first=show_month(row.start))
    if source is Source.UNKNOWN:
        return _("没有给定基数，上年末和本年也都没有上报，所以没有基数。")
    baseline = _level(row.baseline, row)
    return {
        Source.GIVEN: _("基数是随目标给定的 {baseline}，算作{month}末的数。"),
        Source.YEAR_END: _("没有给定基数，取{month}末的数 {baseline}。"),
        Source.FIRST_REPORT: _(
            "没有给定基数，上年末也没有数，取本年首次上报（{month}）的 {baseline}，从下月起计算时间。"
        ),
    }[source].format(baseline=baseline, month=month)


def _progress(row: Any) -> str:
    if is_missing(row.progress_pct):
        return _("基数已经达到目标值 {target}，没有完成率，只看是否保持。").format(target=_level(row.target, row))
    actual, target, baseline = (show_number(value, row.decimals) for value in (row.actual, row.target, row.baseline))
    said = _("完成率 =（{actual} − {baseline}）÷（{target} − {baseline}）= {progress}%。").format(
        actual=actual, baseline=baseline, target=target, progress=_pct(row.progress_pct)
    )
    whole = int(row.months_passed) + int(row.months_left)
    if not whole:
        return said
    gone = _("时序进度 = 到{month}已过 {passed} 个月 ÷ 全期 {whole} 个月 = {gone}%。").format(
        month=show_month(row.measured), passed=int(row.months_passed), whole=whole, gone=_pct(row.time_gone_pct)
    )
    return sentences([said, gone])


def _pace(row: Any, direction: Direction) -> str:
    if is_missing(row.pace_per_month):
        return _("本月就是基数所在的月份，还没有速度可算。")
    moved = _moved(row, direction)
    said = _("{months} 个月{moved}，平均每月 {pace}。").format(
        months=int(row.months_passed), moved=moved, pace=_per_month(row.pace_per_month, row)
    )
    if not row.gap:
        return said
    if not row.months_left:
        return sentences([said, _("期限已到，还差 {gap}。").format(gap=_amount(row.gap, row))])
    short = _("还差 {gap}，剩 {left} 个月，每月还需 {needed}。").format(
        gap=_amount(row.gap, row), left=int(row.months_left), needed=_per_month(row.needed_per_month, row)
    )
    if is_missing(row.arrival_month):
        return sentences([said, short, _("按现在的速度达不到。")])
    arrives = _("照此推算，{arrival}达到。").format(arrival=show_month(row.arrival_month))
    return sentences([said, short, arrives])


def _moved(row: Any, direction: Direction) -> str:
    if row.kind == Kind.FLOW.value:
        return _("共完成 {amount}").format(amount=_level(row.actual, row))
    goes_down = direction is Direction.LOWER or (direction is Direction.NEUTRAL and row.target < row.baseline)
    up, down = _("提高 {amount}"), _("下降 {amount}")
    words = (down, up) if goes_down else (up, down)
    return (words[0] if row.done >= 0 else words[1]).format(amount=_amount(abs(row.done), row))


def _state(row: Any) -> str:
    state = State(row.state)
    if state is State.STALLED:
        return _("近 {months} 个月没有前进，定为停滞。").format(months=STALL_MONTHS)
    if state is State.MISSED:
        return _("期限已到而没有达到，定为未按期完成；完成率按期限当月的数计算。")
    if state in (State.AHEAD, State.ON_PACE, State.BEHIND) and not is_missing(row.progress_pct):
        return _(
            "完成率比时序进度{more} {points} 个百分点；相差 {tolerance} 个百分点以内为正常，多为超前，少为滞后。"
        ).format(
            more=_("多") if row.progress_pct >= row.time_gone_pct else _("少"),
            points=_pct(abs(row.progress_pct - row.time_gone_pct)),
            tolerance=_pct(PACE_TOLERANCE_PCT).removesuffix(".0"),
        )
    return ""


# ── many units ─────────────────────────────────────────────────────────────────────────────────────────────────────


def cell_words(name: str, row: Any) -> str:
    """垃圾治理：滞后，完成 62.5%，时序 83.3%，2 项目标: what a reader's voice and a pointer say of a cell."""
    state = State(row.state)
    parts = [state.label]
    if not is_missing(row.progress_pct):
        parts.append(_("完成 {progress}%").format(progress=_pct(row.progress_pct)))
        parts.append(_("时序 {gone}%").format(gone=_pct(row.time_gone_pct)))
    parts.append(text.targets_count(int(row.targets_count), int(row.reported_count)))
    return text.named_value(name, text.listed(parts))


def counted(state: State, count: int) -> str:
    return f"{state.icon} {state.label} {count}"


def units_title(level: Level) -> str:
    return _("各{units}进度").format(units=text.units_of(level))


def no_unit_has_targets(level: Level) -> str:
    return _("各{units}本年没有下达目标，所以没有可比的进度。").format(units=text.units_of(level))


def only_neediest(shown: int, units: int) -> str:
    return _("图中为最需要关注的 {shown} 个，全部 {units} 个见下表。").format(shown=shown, units=units)


def reported_units(reported: int, units: int, level: Level) -> str:
    return _("{units} 个{level}中 {reported} 个有数据").format(
        units=units, level=text.units_of(level), reported=reported
    )


# ── whether the parts add up ───────────────────────────────────────────────────────────────────────────────────────


def adding_mark(adding: Adding) -> str:
    """An icon and a word for each way parts stand to their whole."""
    return {
        Adding.AGREES: _("✔ 相符"),
        Adding.SHORT: _("▼ 下级合计偏少"),
        Adding.OVER: _("▲ 下级合计偏多"),
        Adding.NO_PARTS: _("○ 没有分解"),
        Adding.NO_WHOLE: _("○ 本级没有目标"),
        Adding.UNWEIGHTED: _("○ 没有分母，不能加权"),
        Adding.NOT_ADDITIVE: _("— 得分不相加"),
    }[adding]


def adding_sentence(row: Any, region: str, units: str) -> str:
    """丰都县目标 8,200 座，30 个乡镇合计 8,170 座，少 30 座。; row of analytics.Decomposition.sums with unit, decimals."""
    adding = Adding(row.adding)
    if adding is Adding.NO_PARTS:
        return _("{region}目标 {target}，下级都没有分解。").format(region=region, target=_level(row.target, row))
    if adding is Adding.NO_WHOLE:
        return _("下级 {count} 个{units}有目标，{region}没有这个期限的目标。").format(
            count=row.with_target, units=units, region=region
        )
    if adding in (Adding.UNWEIGHTED, Adding.NOT_ADDITIVE):
        return _("{region}目标 {target}；{count} 个{units}有目标，不能相加比较。").format(
            region=region,
            target="—" if is_missing(row.target) else _level(row.target, row),
            count=row.with_target,
            units=units,
        )
    how = _("加权平均") if row.is_rate else _("合计")
    said = _("{region}目标 {target}，{count} 个{units}{how} {parts}").format(
        region=region, target=_level(row.target, row), count=row.with_target, units=units, how=how,
        parts=_level(row.parts, row),
    )  # fmt: skip
    if adding is Adding.AGREES:
        return said + _("，相符。")
    word = _("，少 {amount}。") if adding is Adding.SHORT else _("，多 {amount}。")
    return said + word.format(amount=_amount(abs(row.difference), row))


def who_is_missing(names: list[str]) -> str:
    return _("没有目标：{names}。").format(names=_named(names))


def who_has_another_deadline(names: list[str]) -> str:
    return _("只有其他期限的目标：{names}。").format(names=_named(names))


def who_is_unweighted(names: list[str]) -> str:
    return _("没有分母、未计入平均：{names}。").format(names=_named(names))


def _named(names: list[str]) -> str:
    shown = text.joined(names[:_MOST_NAMED])
    return _("{names}等 {count} 个").format(names=shown, count=len(names)) if len(names) > _MOST_NAMED else shown
