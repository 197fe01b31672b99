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

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import CTE, FromClause

from ecodash.domain.regions import LEVELS, Level
from ecodash.store.standing import (
    Past,
    at_level,
    covered_denominators,
    null_of,
    own_figures,
    report_spells,
    standing_reports,
    stands_in,
)
from ecodash.store.tables import AMOUNT, calendar, indicator, observation, region, rollup

COLUMNS = ("period", "key", "indicator", "amount", "weight", "pct", "own", "reported", "carried", "totals")
UNKNOWN_PAST = Past()
_COUNTS = ("reported", "carried", "totals", "unweighted")


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
        .cte("figure_village")
    )


def _own_value(
    amount: sa.ColumnElement[Any], weight: sa.ColumnElement[Any], pct: sa.ColumnElement[Any]
) -> sa.ColumnElement[Any]:
    """A region's own report in its unit: the percentage as reported, else the quotient, else the amount."""
    quotient = sa.cast(sa.cast(amount, sa.Double) / sa.cast(weight, sa.Double), AMOUNT)
    return sa.func.coalesce(pct, sa.case((weight > 0, quotient), else_=amount))


def _climb(below: CTE, own: CTE, level: Level, summed: FromClause | None = None) -> CTE:
    """Figures of one level from those of the level below and the level's own reports.

    Args:
        summed: sums over the level below that are not among its figures, as _town_sums gives them.
    """
    span = level.span
    b, o = below.c, own.c
    counted = sa.case((b.amount > 0, 1), else_=0)
    part: sa.ColumnElement[Any] = sa.case(
        (indicator.c.aggregation == "count", sa.cast(counted, AMOUNT)), else_=b.amount
    )
    if level.rank < Level.TOWN.rank:
        part = b.amount
    children = (
        sa.select(
            b.period,
            (b.key - b.key % span).label("key"),
            b.indicator,
            part.label("part_amount"),
            b.weight.label("part_weight"),
            *(b[name] for name in _COUNTS),
            null_of(AMOUNT).label("own_amount"),
            null_of(AMOUNT).label("own_weight"),
            null_of(AMOUNT).label("own_pct"),
            sa.literal(0).label("is_own"),
        )
        .join(indicator, indicator.c.number == b.indicator)
        .where(indicator.c.aggregation != "none")
    )
    reports = sa.select(
        o.period,
        o.key,
        o.indicator,
        null_of(AMOUNT),
        null_of(AMOUNT),
        *(sa.literal(0) for _ in _COUNTS),
        o.amount,
        o.weight,
        o.pct,
        sa.literal(1),
    ).where(at_level(o.key, level))
    parts = [children, reports]
    if summed is not None:
        sums = {"reported": summed.c.reported, "carried": summed.c.carried}
        parts.append(
            sa.select(
                summed.c.period,
                summed.c.key,
                summed.c.indicator,
                summed.c.part_amount,
                null_of(AMOUNT),
                *(sums.get(name, sa.literal(0)) for name in _COUNTS),
                null_of(AMOUNT),
                null_of(AMOUNT),
                null_of(AMOUNT),
                sa.literal(0),
            )
        )
    u = sa.union_all(*parts).subquery(f"both_{level}")
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


def from_villages(
    watermark: int,
    months: Sequence[int],
    numbers: Sequence[int],
    paired: Sequence[int],
    levels: Sequence[Level],
    inside: sa.ColumnElement[bool],
    past: Past = UNKNOWN_PAST,
) -> sa.Select[tuple[object, ...]]:
    """Figures of villages, towns and counties, from the journal itself.

    Args:
        months: months asked for (yyyymm), not empty.
        numbers: indicators asked for and the parts of the ratios among them.
        paired: the ratios among those and their parts.
        levels: levels asked for, none above county; every level from the village up to the highest is worked out.
        inside: condition on observation.region.
        past: as report_spells takes it.
    """
    top = min(level.rank for level in levels)
    above = [level for level in reversed(LEVELS[:-1]) if level.rank >= top]
    spell = report_spells(watermark, months, numbers, inside, past)
    summed: FromClause | None = None
    kept, plainly = [], []
    if Level.VILLAGE not in levels:
        # What only adds up is summed over the villages before it is spread over the months.
        summed = _town_sums(spell, months)
        kept = [sa.or_(spell.c.indicator.in_(paired), sa.not_(at_level(spell.c.region, Level.VILLAGE)))]
    standing = standing_reports(spell, months, *kept)
    if summed is not None:
        plainly = [sa.not_(at_level(standing.c.region, Level.VILLAGE))]
    covered = covered_denominators(standing, months, above) if above else None
    own = own_figures(standing, covered, numbers, *plainly)
    figures = {Level.VILLAGE: _villages(own)}
    below = figures[Level.VILLAGE]
    for level in above:
        below = figures[level] = _climb(below, own, level, summed if level is Level.TOWN else None)
    return _asked(figures, levels)


def _town_sums(spell: CTE, months: Sequence[int]) -> FromClause:
    """What villages add to their towns, but for ratios: period, key, indicator, part_amount, reported, carried.

    Villages of a town whose reports begin and end together are one row, which is then spread over the months.
    """
    key = spell.c.region - spell.c.region % Level.TOWN.span
    groups = [key.label("key"), spell.c.indicator, spell.c.period, spell.c.replaced_in]
    groups += [region.c.first_month, region.c.last_month]
    together = (
        sa.select(
            *groups,
            sa.func.sum(spell.c.value).label("total"),
            sa.func.sum(sa.case((spell.c.value > 0, 1), else_=0)).label("above_zero"),
            sa.func.count().label("villages"),
        )
        .select_from(spell.join(region, region.c.key == spell.c.region))
        .where(at_level(spell.c.region, Level.VILLAGE))
        .group_by(*groups)
        .subquery("together")
    )
    t = together.c
    is_fresh = t.period == calendar.c.period
    return (
        sa.select(
            calendar.c.period,
            t.key,
            t.indicator,
            sa.case(
                (indicator.c.aggregation == "count", sa.cast(t.above_zero, AMOUNT)), else_=sa.cast(t.total, AMOUNT)
            ).label("part_amount"),
            sa.case((is_fresh, t.villages), else_=0).label("reported"),
            sa.case((is_fresh, 0), else_=t.villages).label("carried"),
        )
        .select_from(
            together.join(indicator, indicator.c.number == t.indicator).join(
                calendar, stands_in(together, indicator.c.reach, months)
            )
        )
        .where(
            indicator.c.aggregation.not_in(["ratio", "none"]),
            t.first_month <= calendar.c.period,
            t.last_month >= calendar.c.period,
        )
        .subquery("summed")
    )


def net_sum(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """The value of a roll-up column that stands: null where the row that stands has none, though retracted ones had."""
    present = sa.func.sum(sa.case((column.is_not(None), rollup.c.sign), else_=0))
    return sa.case((present > 0, sa.cast(sa.func.sum(column * rollup.c.sign), column.type)))


def from_rollup(
    watermark: int,
    months: Sequence[int],
    numbers: Sequence[int],
    levels: Sequence[Level],
    lo: int,
    hi: int,
) -> sa.Select[tuple[object, ...]]:
    """Figures of counties and above, from the roll-up table, whose counties equal from_villages at every watermark."""
    r = rollup.c

    rows = (
        sa.select(
            r.period,
            r.county.label("key"),
            r.indicator,
            *(net_sum(r[name]).label(name) for name in ("amount", "weight", "pct", "own", *_COUNTS)),
        )
        .where(r.seq <= watermark, r.county >= lo, r.county < hi, r.indicator.in_(numbers), r.period <= max(months))
        .group_by(r.period, r.county, r.indicator)
        .having(sa.func.sum(r.sign) > 0)
    )
    exact = (
        rows.join(indicator, indicator.c.number == r.indicator)
        .where(r.period.in_(months), indicator.c.kind != "attribute")
        .subquery("exact")
    )
    points = (
        rows.join(indicator, indicator.c.number == r.indicator)
        .where(indicator.c.kind == "attribute")
        .subquery("points")
    )
    following = sa.func.lead(points.c.period).over(
        partition_by=(points.c.key, points.c.indicator), order_by=points.c.period
    )
    spells = sa.select(points, following.label("replaced_in")).subquery("spells")
    names = ("key", "indicator", "amount", "weight", "pct", "own", *_COUNTS)
    attributes = sa.select(calendar.c.period, *(spells.c[name] for name in names)).join(
        calendar,
        sa.and_(
            calendar.c.period.in_(months),
            calendar.c.period >= spells.c.period,
            sa.or_(spells.c.replaced_in.is_(None), calendar.c.period < spells.c.replaced_in),
        ),
    )
    counties = sa.union_all(sa.select(exact.c.period, *(exact.c[name] for name in names)), attributes).cte(
        "figure_county"
    )
    figures = {Level.COUNTY: counties}
    top = min(level.rank for level in levels)
    above = [level for level in reversed(LEVELS[: Level.COUNTY.rank]) if level.rank >= top]
    if above:
        o = observation.c
        own = own_figures(
            standing_reports(
                report_spells(
                    watermark,
                    months,
                    numbers,
                    sa.and_(o.region >= lo, o.region < hi, o.region % 10**8 == 0),
                    UNKNOWN_PAST,
                ),
                months,
            ),
            None,
            numbers,
        )
        below = counties
        for level in above:
            below = figures[level] = _climb(below, own, level)
    return _asked(figures, levels)


def _asked(figures: dict[Level, CTE], levels: Sequence[Level]) -> sa.Select[tuple[object, ...]]:
    """The levels asked for, each row with its level and with amounts still exact."""
    parts = [
        sa.select(
            sa.literal(level.rank).label("level"),
            *(figures[level].c[name] for name in (*COLUMNS, "unweighted")),
        )
        for level in levels
    ]
    union = sa.union_all(*parts).subquery("asked")
    return sa.select(union)
