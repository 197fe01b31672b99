"""What each region itself reported, as of a watermark, for the months in which it stands: the ground of every figure.

The rules are stated in ecodash.store.figures.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import CTE, FromClause

from ecodash.domain.regions import LEVELS, Level
from ecodash.store.tables import AMOUNT, VALUE, WIDE, calendar, indicator, observation, region


def null_of(type_: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
    """A null of a type, as a union needs it."""
    return sa.cast(sa.null(), type_)


def at_level(key: sa.ColumnElement[int], level: Level) -> sa.ColumnElement[bool]:
    """Whether a key is of this level, by its trailing zeros."""
    own = key % level.span == 0
    if level is Level.COUNTRY:
        return key == 0
    above = LEVELS[level.rank - 1]
    return sa.and_(own, key % above.span != 0) if above is not Level.COUNTRY else sa.and_(own, key != 0)


def cells_as_of(watermark: int, *where: sa.ColumnElement[bool]) -> sa.Select[tuple[int, int, int, float]]:
    """Reported cells as of a watermark: one row per (region, indicator, period) with its value."""
    o = observation.c
    return (
        sa.select(o.region, o.indicator, o.period, sa.cast(sa.func.sum(o.value * o.sign), VALUE).label("value"))
        .where(o.seq <= watermark, *where)
        .group_by(o.region, o.indicator, o.period)
        .having(sa.func.sum(o.sign) > 0)
    )


def standing_reports(
    watermark: int, months: Sequence[int], numbers: Sequence[int], inside: sa.ColumnElement[bool]
) -> CTE:
    """Own reports that stand in each month: period, region, indicator, value, reported_for."""
    o, i = observation.c, indicator.alias("reach_of")
    reached = sa.exists().where(i.c.number == o.indicator, o.period + i.c.reach >= min(months))
    cells = cells_as_of(watermark, inside, o.indicator.in_(numbers), o.period <= max(months), reached).cte("cell")
    following = sa.func.lead(cells.c.period).over(
        partition_by=(cells.c.region, cells.c.indicator), order_by=cells.c.period
    )
    spell = sa.select(cells, following.label("replaced_in")).cte("spell")
    return (
        sa.select(
            calendar.c.period,
            spell.c.region,
            spell.c.indicator,
            spell.c.value,
            spell.c.period.label("reported_for"),
        )
        .select_from(
            spell.join(indicator, indicator.c.number == spell.c.indicator)
            .join(
                calendar,
                sa.and_(
                    calendar.c.period.in_(months),
                    calendar.c.period >= spell.c.period,
                    calendar.c.period <= spell.c.period + indicator.c.reach,
                    sa.or_(spell.c.replaced_in.is_(None), calendar.c.period < spell.c.replaced_in),
                ),
            )
            .join(
                region,
                sa.and_(
                    region.c.key == spell.c.region,
                    region.c.first_month <= calendar.c.period,
                    region.c.last_month >= calendar.c.period,
                ),
            )
        )
        .cte("standing")
    )


def covered_denominators(standing: CTE, months: Sequence[int], levels: Sequence[Level]) -> CTE:
    """Denominators of regions above village that every one of their villages reported: period, key, indicator, value."""
    denominators = sa.select(indicator.c.denominator).where(indicator.c.denominator.is_not(None))
    parts = []
    for level in levels:
        span = level.span
        key = (standing.c.region - standing.c.region % span).label("key")
        sums = (
            sa.select(
                standing.c.period,
                key,
                standing.c.indicator,
                sa.func.sum(standing.c.value).label("value"),
                sa.func.count().label("villages"),
            )
            .where(at_level(standing.c.region, Level.VILLAGE), standing.c.indicator.in_(denominators))
            .group_by(standing.c.period, key, standing.c.indicator)
            .subquery(f"sums_{level}")
        )
        units = village_counts(months, level).subquery(f"units_{level}")
        parts.append(
            sa.select(sums.c.period, sums.c.key, sums.c.indicator, sa.cast(sums.c.value, VALUE).label("value"))
            .join(units, sa.and_(units.c.period == sums.c.period, units.c.key == sums.c.key))
            .where(units.c.villages == sums.c.villages)
        )
    return sa.union_all(*parts).cte("covered")


def village_counts(months: Sequence[int], level: Level) -> sa.Select[tuple[int, int, int]]:
    """Villages that exist in each month, by region of one level: period, key, villages."""
    span = level.span
    key = (region.c.key - region.c.key % span).label("key")
    return (
        sa.select(calendar.c.period, key, sa.func.count().label("villages"))
        .select_from(
            region.join(
                calendar,
                sa.and_(
                    calendar.c.period.in_(months),
                    region.c.first_month <= calendar.c.period,
                    region.c.last_month >= calendar.c.period,
                ),
            )
        )
        .where(at_level(region.c.key, Level.VILLAGE))
        .group_by(calendar.c.period, key)
    )


def own_figures(standing: CTE, covered: CTE | None) -> CTE:
    """Each region's own report as a figure: period, key, indicator, amount, weight, pct, is_fresh."""
    s = standing.c
    plain = (
        sa.select(
            s.period,
            s.region.label("key"),
            s.indicator,
            sa.cast(s.value, AMOUNT).label("amount"),
            null_of(AMOUNT).label("weight"),
            null_of(AMOUNT).label("pct"),
            sa.case((s.reported_for == s.period, 1), else_=0).label("is_fresh"),
        )
        .join(indicator, indicator.c.number == s.indicator)
        .where(indicator.c.aggregation != "ratio")
    )
    ratio = indicator.alias("ratio")
    role = sa.case((s.indicator == ratio.c.numerator, "n"), (s.indicator == ratio.c.denominator, "d"), else_="p").label(
        "role"
    )
    roles = (
        sa.select(
            s.period, s.region, ratio.c.number.label("indicator"), ratio.c.denominator, role, s.value, s.reported_for
        )
        .join(
            ratio,
            sa.and_(
                ratio.c.aggregation == "ratio",
                sa.or_(
                    s.indicator == ratio.c.number, s.indicator == ratio.c.numerator, s.indicator == ratio.c.denominator
                ),
            ),
        )
        .subquery("roles")
    )

    def pick(name: str, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        return sa.func.max(sa.case((roles.c.role == name, column)))

    paired = (
        sa.select(
            roles.c.period,
            roles.c.region,
            roles.c.indicator,
            roles.c.denominator,
            pick("n", roles.c.value).label("num"),
            pick("d", roles.c.value).label("den"),
            pick("p", roles.c.value).label("pct"),
            pick("n", roles.c.reported_for).label("num_for"),
            pick("p", roles.c.reported_for).label("pct_for"),
        )
        .group_by(roles.c.period, roles.c.region, roles.c.indicator, roles.c.denominator)
        .subquery("paired")
    )
    den: sa.ColumnElement[Any] = paired.c.den
    source: FromClause = paired
    if covered is not None:
        den = sa.func.coalesce(paired.c.den, covered.c.value)
        source = paired.outerjoin(
            covered,
            sa.and_(
                covered.c.period == paired.c.period,
                covered.c.key == paired.c.region,
                covered.c.indicator == paired.c.denominator,
            ),
        )
    pairs = sa.select(paired, den.label("whole")).select_from(source).subquery("pairs")
    p = pairs.c
    # Never null: a null here would lose the row, as neither the parts nor the percentage would speak.
    by_parts = sa.and_(
        p.num.is_not(None), sa.func.coalesce(p.whole, 0) > 0, sa.or_(p.pct.is_(None), p.num_for >= p.pct_for)
    )
    by_pct = sa.and_(p.pct.is_not(None), sa.not_(by_parts))
    ratios = sa.select(
        p.period,
        p.region.label("key"),
        p.indicator,
        sa.case(
            (by_parts, sa.cast(sa.cast(p.num, WIDE) * 100, AMOUNT)),
            (sa.and_(by_pct, p.whole > 0), sa.cast(sa.cast(p.pct, WIDE) * sa.cast(p.whole, WIDE), AMOUNT)),
        ).label("amount"),
        sa.case((sa.and_(sa.or_(by_parts, by_pct), p.whole > 0), sa.cast(p.whole, AMOUNT))).label("weight"),
        sa.case((by_pct, sa.cast(p.pct, AMOUNT))).label("pct"),
        sa.case((sa.case((by_parts, p.num_for), else_=p.pct_for) == p.period, 1), else_=0).label("is_fresh"),
    ).where(sa.or_(by_parts, by_pct))
    return sa.union_all(plain, ratios).cte("own_figure")
