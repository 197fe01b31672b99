"""Figures of regions as of a watermark: carrying over months and rolling up over villages, in one statement.

This is the one place where the roll-up rules of the domain are stated:

* a value stands in its own month; a stock or ratio also in the 12 months after, an attribute until reported anew
  (`indicator.reach`), unless a later month has a report of its own;
* a region that is not valid in a month counts for nothing in it;
* a ratio is numerator over denominator where a region reported both, else the percentage as reported, whichever was
  reported for the later month (the parts where equal); a percentage weighs by its region's denominator, reported for
  the region itself or by every one of its villages; without a denominator it stands for its own region only;
* a region's figure is made of the figures below it wherever there is one, else it is the region's own report; a region
  of which the store holds only a part (a province, for one county) keeps its own report, which speaks for the whole;
* sums add; ratios are 100 * sum(numerator) / sum(denominator); counted levels count villages above zero; scores do
  not roll up.

Every statement works on DuckDB and on PostgreSQL. Rows of a figures relation: period, key, indicator (number),
amount (sum, or 100 times the numerator), weight (denominator; null unless a ratio), pct (a percentage as reported),
own (the region's own report, in its unit), reported (villages that reported in the month), carried (villages whose
earlier value stands), totals (regions above village whose own report stands in for missing villages), unweighted
(villages left out of a ratio for want of a denominator).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import CTE, FromClause

from ecodash.domain.regions import LEVELS, Level
from ecodash.store.standing import (
    Inside,
    Months,
    Past,
    Whole,
    Wholes,
    at_level,
    covered_denominators,
    null_of,
    own_figures,
    report_spells,
    spread,
    standing_reports,
)
from ecodash.store.tables import AMOUNT, indicator, region

COLUMNS = ("period", "key", "indicator", "amount", "weight", "pct", "own", "reported", "carried", "totals")
UNKNOWN_PAST = Past()
_VILLAGE = "figure_village"
COUNTS = ("reported", "carried", "totals", "unweighted")


def _villages(own: CTE) -> CTE:
    o = own.c
    return (
        sa.select(
            o.period,
            o.key,
            o.indicator,
            o.amount,
            o.weight,
            o.pct,
            _own_value(o.amount, o.weight, o.pct).label("own"),
            o.is_fresh.label("reported"),
            (1 - o.is_fresh).label("carried"),
            sa.literal(0).label("totals"),
            sa.case((o.amount.is_(None), 1), else_=0).label("unweighted"),
        )
        .where(at_level(o.key, Level.VILLAGE))
        .cte(_VILLAGE)
    )


def _own_value(
    amount: sa.ColumnElement[Any], weight: sa.ColumnElement[Any], pct: sa.ColumnElement[Any]
) -> sa.ColumnElement[Any]:
    """A region's own report in its unit: the percentage as reported, else the quotient, else the amount."""
    quotient = sa.cast(sa.cast(amount, sa.Double) / sa.cast(weight, sa.Double), AMOUNT)
    return sa.func.coalesce(pct, sa.case((weight > 0, quotient), else_=amount))


def climb(below: CTE | None, own: CTE | None, level: Level, summed: FromClause | None = None) -> CTE:
    """Figures of one level from those of a level below and the level's own reports.

    Args:
        below: those of the level below; of any level below where no region between has a report of its own.
        own: None where no region of this level has one.
        summed: sums over villages that are not among the figures below, as _village_sums gives them.
    """
    span = level.span
    parts: list[sa.Select[Any]] = []
    if below is not None:
        b = below.c
        counted = sa.case((b.amount > 0, 1), else_=0)
        # A village counts or does not; above it, counts add up like any other sum.
        part: sa.ColumnElement[Any] = b.amount
        if below.name == _VILLAGE:
            part = sa.case((indicator.c.aggregation == "count", sa.cast(counted, AMOUNT)), else_=b.amount)
        parts.append(
            sa.select(
                b.period,
                (b.key - b.key % span).label("key"),
                b.indicator,
                part.label("part_amount"),
                b.weight.label("part_weight"),
                *(b[name] for name in COUNTS),
                null_of(AMOUNT).label("own_amount"),
                null_of(AMOUNT).label("own_weight"),
                null_of(AMOUNT).label("own_pct"),
                sa.literal(0).label("is_own"),
            )
            .join(indicator, indicator.c.number == b.indicator)
            .where(indicator.c.aggregation != "none")
        )
    if own is not None:
        o = own.c
        parts.append(
            sa.select(
                o.period,
                o.key,
                o.indicator,
                null_of(AMOUNT),
                null_of(AMOUNT),
                *(sa.literal(0) for _ in COUNTS),
                o.amount,
                o.weight,
                o.pct,
                sa.literal(1),
            ).where(at_level(o.key, level))
        )
    if summed is not None:
        sums = {"reported": summed.c.reported, "carried": summed.c.carried}
        parts.append(
            sa.select(
                summed.c.period,
                summed.c.key,
                summed.c.indicator,
                summed.c.part_amount.label("part_amount"),
                null_of(AMOUNT).label("part_weight"),
                *(sums.get(name, sa.literal(0).label(name)) for name in COUNTS),
                null_of(AMOUNT).label("own_amount"),
                null_of(AMOUNT).label("own_weight"),
                null_of(AMOUNT).label("own_pct"),
                sa.literal(0).label("is_own"),
            )
        )
    u = (sa.union_all(*parts) if len(parts) > 1 else parts[0]).subquery(f"both_{level}")
    if own is None:
        return _summed_up(u, level)
    has_parts: sa.ColumnElement[bool] = sa.func.count(u.c.part_amount) > 0
    source: FromClause = u
    own_weight, own_pct = sa.func.max(u.c.own_weight), sa.func.max(u.c.own_pct)
    own_amount, has_own = sa.func.max(u.c.own_amount), sa.func.max(u.c.is_own)
    if level.rank < Level.COUNTY.rank:
        source = u.join(region, region.c.key == u.c.key)
        is_whole = sa.func.max(sa.case((region.c.is_whole, 1), else_=0)) == 1
        has_parts = sa.and_(has_parts, sa.or_(has_own == 0, is_whole))
    uses_own = sa.and_(sa.not_(has_parts), has_own == 1)

    def count(name: str) -> sa.ColumnElement[int]:
        return sa.cast(sa.case((uses_own, 0), else_=sa.func.sum(u.c[name])), sa.Integer)

    return (
        sa.select(
            u.c.period,
            u.c.key,
            u.c.indicator,
            sa.case((has_parts, sa.func.sum(u.c.part_amount)), else_=own_amount).label("amount"),
            sa.case((has_parts, sa.func.sum(u.c.part_weight)), else_=own_weight).label("weight"),
            sa.case((uses_own, own_pct)).label("pct"),
            _own_value(own_amount, own_weight, own_pct).label("own"),
            count("reported").label("reported"),
            count("carried").label("carried"),
            sa.cast(sa.case((uses_own, 1), else_=sa.func.sum(u.c.totals)), sa.Integer).label("totals"),
            sa.cast(sa.func.sum(u.c.unweighted), sa.Integer).label("unweighted"),
        )
        .select_from(source)
        .group_by(u.c.period, u.c.key, u.c.indicator)
        .cte(f"figure_{level}")
    )


def _summed_up(parts: FromClause, level: Level) -> CTE:
    """Figures of a level at which no region has a report of its own: nothing but the sums of what lies below."""
    p = parts.c

    def total(name: str, type_: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
        return sa.cast(sa.func.sum(p[name]), type_)

    return (
        sa.select(
            p.period,
            p.key,
            p.indicator,
            total("part_amount", AMOUNT).label("amount"),
            total("part_weight", AMOUNT).label("weight"),
            null_of(AMOUNT).label("pct"),
            null_of(AMOUNT).label("own"),
            *(total(name, sa.Integer()).label(name) for name in COUNTS),
        )
        .group_by(p.period, p.key, p.indicator)
        .cte(f"figure_{level}")
    )


def from_villages(
    watermark: Whole,
    months: Months,
    numbers: Wholes,
    paired: Wholes,
    plain: Wholes,
    levels: Sequence[Level],
    inside: Inside,
    past: Past = UNKNOWN_PAST,
) -> sa.Select[tuple[object, ...]]:
    """Figures of villages, towns and counties, from the journal itself.

    Args:
        numbers: indicators asked for and the parts of the ratios among them.
        paired: the ratios among those and their parts; an empty list where there are none.
        plain: those asked for that are no ratios; an empty list where there are none.
        levels: levels asked for, none above county.
        past: as report_spells takes it.
    """
    spell = report_spells(watermark, months, numbers, inside, past)
    if not past.has_own_above:
        return _from_villages_alone(spell, months, numbers, paired, plain, levels, inside, past)
    top = min(level.rank for level in levels)
    above = [level for level in reversed(LEVELS[:-1]) if level.rank >= top]
    summed: FromClause | None = None
    kept, plainly = [], []
    if Level.VILLAGE not in levels:
        # What only adds up is summed over the villages before it is spread over the months.
        summed = _village_sums(spell, months, Level.TOWN, inside, past)
        kept = [sa.or_(spell.c.indicator.in_(paired), sa.not_(at_level(spell.c.region, Level.VILLAGE)))]
    standing = standing_reports(spell, months, inside, past, *kept)
    if summed is not None:
        plainly = [sa.not_(at_level(standing.c.region, Level.VILLAGE))]
    covered = covered_denominators(standing, months, above, inside) if above else None
    own = own_figures(standing, covered, numbers, *plainly)
    figures = {Level.VILLAGE: _villages(own)}
    below = figures[Level.VILLAGE]
    for level in above:
        below = figures[level] = climb(below, own, level, summed if level is Level.TOWN else None)
    return of_levels(figures, levels)


def _from_villages_alone(
    spell: CTE,
    months: Months,
    numbers: Wholes,
    paired: Wholes,
    plain: Wholes,
    levels: Sequence[Level],
    inside: Inside,
    past: Past,
) -> sa.Select[tuple[object, ...]]:
    """As from_villages, where no region above village has a report of its own: each level is the sum of its villages."""
    has_ratios, has_plain = _any(paired), _any(plain)
    adds_up = has_plain and Level.VILLAGE not in levels
    villages: CTE | None = None
    if has_ratios or not adds_up:
        kept = [spell.c.indicator.in_(paired)] if adds_up else []
        standing = standing_reports(spell, months, inside, past, *kept)
        own = own_figures(standing, None, numbers, has_plain=not adds_up, has_ratios=has_ratios)
        villages = _villages(own)
    figures: dict[Level, CTE] = {}
    for level in levels:
        if level is not Level.VILLAGE:
            summed = _village_sums(spell, months, level, inside, past, plain) if adds_up else None
            figures[level] = climb(villages, None, level, summed)
        elif villages is not None:
            figures[level] = villages
    return of_levels(figures, levels)


def _any(numbers: Wholes) -> bool:
    """Whether there are any; a parameter stands for some."""
    return isinstance(numbers, sa.BindParameter) or bool(numbers)


def _village_sums(
    spell: CTE, months: Months, level: Level, inside: Inside, past: Past, plain: Wholes | None = None
) -> FromClause:
    """What villages add to the regions of a level, but for ratios: period, key, indicator, part_amount, reported, carried.

    Villages of a region whose reports begin and end together are one row, which is then spread over the months.

    Args:
        plain: only these indicators; all where None.
    """
    wanted = [] if plain is None else [spell.c.indicator.in_(plain)]
    key = spell.c.region - spell.c.region % level.span
    groups = [key.label("key"), spell.c.indicator, spell.c.period, spell.c.replaced_in]
    groups += [region.c.first_month, region.c.last_month]
    together = (
        sa.select(
            *groups,
            sa.func.sum(spell.c.value).label("total"),
            sa.func.sum(sa.case((spell.c.value > 0, 1), else_=0)).label("above_zero"),
            sa.func.count().label("villages"),
        )
        .select_from(spell.join(region, inside.has_known(spell.c.region)))
        .where(at_level(spell.c.region, Level.VILLAGE), *wanted)
        .group_by(*groups)
        .subquery(f"together_{level}")
    )
    t = together.c
    period, source = spread(together, months, past)
    is_fresh = t.period == period
    return (
        sa.select(
            period.label("period"),
            t.key,
            t.indicator,
            sa.case(
                (indicator.c.aggregation == "count", sa.cast(t.above_zero, AMOUNT)), else_=sa.cast(t.total, AMOUNT)
            ).label("part_amount"),
            sa.case((is_fresh, t.villages), else_=0).label("reported"),
            sa.case((is_fresh, 0), else_=t.villages).label("carried"),
        )
        .select_from(source)
        .where(indicator.c.aggregation.not_in(["ratio", "none"]), t.first_month <= period, t.last_month >= period)
        .subquery(f"summed_{level}")
    )


def of_levels(figures: Mapping[Level, CTE], levels: Sequence[Level]) -> sa.Select[tuple[object, ...]]:
    """The levels asked for, each row with its level and with amounts still exact."""
    parts = [
        sa.select(
            sa.literal(level.rank).label("level"),
            *(figures[level].c[name] for name in (*COLUMNS, "unweighted")),
        )
        for level in levels
    ]
    return sa.select((sa.union_all(*parts) if len(parts) > 1 else parts[0]).subquery("asked"))
