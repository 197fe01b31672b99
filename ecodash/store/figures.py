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
from ecodash.store.tables import AMOUNT, VALUE, calendar, indicator, observation, region, rollup

COLUMNS = ("period", "key", "indicator", "amount", "weight", "pct", "own", "reported", "carried", "totals")
_COUNTS = ("reported", "carried", "totals", "unweighted")


def _null(type_: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(sa.null(), type_)


def _at_level(key: sa.ColumnElement[int], level: Level) -> sa.ColumnElement[bool]:
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


def _standing(watermark: int, months: Sequence[int], numbers: Sequence[int], inside: sa.ColumnElement[bool]) -> CTE:
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


def _covered(standing: CTE, months: Sequence[int], levels: Sequence[Level]) -> CTE:
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
            .where(_at_level(standing.c.region, Level.VILLAGE), standing.c.indicator.in_(denominators))
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
        .where(_at_level(region.c.key, Level.VILLAGE))
        .group_by(calendar.c.period, key)
    )


def _own_figures(standing: CTE, covered: CTE | None) -> CTE:
    """Each region's own report as a figure: period, key, indicator, amount, weight, pct, is_fresh."""
    s = standing.c
    plain = (
        sa.select(
            s.period,
            s.region.label("key"),
            s.indicator,
            sa.cast(s.value, AMOUNT).label("amount"),
            _null(AMOUNT).label("weight"),
            _null(AMOUNT).label("pct"),
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
            (by_parts, sa.cast(p.num * 100, AMOUNT)), (sa.and_(by_pct, p.whole > 0), sa.cast(p.pct * p.whole, AMOUNT))
        ).label("amount"),
        sa.case((sa.and_(sa.or_(by_parts, by_pct), p.whole > 0), sa.cast(p.whole, AMOUNT))).label("weight"),
        sa.case((by_pct, sa.cast(p.pct, AMOUNT))).label("pct"),
        sa.case((sa.case((by_parts, p.num_for), else_=p.pct_for) == p.period, 1), else_=0).label("is_fresh"),
    ).where(sa.or_(by_parts, by_pct))
    return sa.union_all(plain, ratios).cte("own_figure")


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
        .where(_at_level(o.key, Level.VILLAGE))
        .cte("figure_village")
    )


def _own_value(
    amount: sa.ColumnElement[Any], weight: sa.ColumnElement[Any], pct: sa.ColumnElement[Any]
) -> sa.ColumnElement[Any]:
    """A region's own report in its unit: the percentage as reported, else the quotient, else the amount."""
    quotient = sa.cast(sa.cast(amount, sa.Double) / sa.cast(weight, sa.Double), AMOUNT)
    return sa.func.coalesce(pct, sa.case((weight > 0, quotient), else_=amount))


def _climb(below: CTE, own: CTE, level: Level) -> CTE:
    """Figures of one level from those of the level below and the level's own reports."""
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
            _null(AMOUNT).label("own_amount"),
            _null(AMOUNT).label("own_weight"),
            _null(AMOUNT).label("own_pct"),
            sa.literal(0).label("is_own"),
        )
        .join(indicator, indicator.c.number == b.indicator)
        .where(indicator.c.aggregation != "none")
    )
    reports = sa.select(
        o.period,
        o.key,
        o.indicator,
        _null(AMOUNT),
        _null(AMOUNT),
        *(sa.literal(0) for _ in _COUNTS),
        o.amount,
        o.weight,
        o.pct,
        sa.literal(1),
    ).where(_at_level(o.key, level))
    u = sa.union_all(children, reports).subquery(f"both_{level}")
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
    levels: Sequence[Level],
    inside: sa.ColumnElement[bool],
) -> sa.Select[tuple[object, ...]]:
    """Figures of villages, towns and counties, from the journal itself.

    Args:
        months: months asked for (yyyymm), not empty.
        numbers: indicators asked for and the parts of the ratios among them.
        levels: levels asked for, none above county; every level from the village up to the highest is worked out.
        inside: condition on observation.region.
    """
    top = min(level.rank for level in levels)
    above = [level for level in reversed(LEVELS[:-1]) if level.rank >= top]
    standing = _standing(watermark, months, numbers, inside)
    covered = _covered(standing, months, above) if above else None
    own = _own_figures(standing, covered)
    figures = {Level.VILLAGE: _villages(own)}
    below = figures[Level.VILLAGE]
    for level in above:
        below = figures[level] = _climb(below, own, level)
    return _asked(figures, levels)


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
        own = _own_figures(
            _standing(watermark, months, numbers, sa.and_(o.region >= lo, o.region < hi, o.region % 10**8 == 0)), None
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
