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
    is_known,
    null_of,
    own_figures,
    report_spells,
    standing_reports,
    stands_in,
)
from ecodash.store.tables import AMOUNT, calendar, indicator, observation, region, rollup

COLUMNS = ("period", "key", "indicator", "amount", "weight", "pct", "own", "reported", "carried", "totals")
UNKNOWN_PAST = Past()
_VILLAGE = "figure_village"
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
        .cte(_VILLAGE)
    )


def _own_value(
    amount: sa.ColumnElement[Any], weight: sa.ColumnElement[Any], pct: sa.ColumnElement[Any]
) -> sa.ColumnElement[Any]:
    """A region's own report in its unit: the percentage as reported, else the quotient, else the amount."""
    quotient = sa.cast(sa.cast(amount, sa.Double) / sa.cast(weight, sa.Double), AMOUNT)
    return sa.func.coalesce(pct, sa.case((weight > 0, quotient), else_=amount))


def _climb(below: CTE | None, own: CTE | None, level: Level, summed: FromClause | None = None) -> CTE:
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
                *(b[name] for name in _COUNTS),
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
                *(sa.literal(0) for _ in _COUNTS),
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
                *(sums.get(name, sa.literal(0).label(name)) for name in _COUNTS),
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
            *(total(name, sa.Integer()).label(name) for name in _COUNTS),
        )
        .group_by(p.period, p.key, p.indicator)
        .cte(f"figure_{level}")
    )


def from_villages(
    watermark: int,
    months: Sequence[int],
    numbers: Sequence[int],
    paired: Sequence[int],
    levels: Sequence[Level],
    inside: sa.ColumnElement[bool],
    lo: int,
    hi: int,
    past: Past = UNKNOWN_PAST,
    plain: Sequence[int] | None = None,
) -> sa.Select[tuple[object, ...]]:
    """Figures of villages, towns and counties, from the journal itself.

    Args:
        months: months asked for (yyyymm), not empty.
        numbers: indicators asked for and the parts of the ratios among them.
        paired: the ratios among those and their parts.
        levels: levels asked for, none above county; every level from the village up to the highest is worked out.
        inside: condition on observation.region.
        lo, hi: what it lets through has keys from lo, before hi.
        past: as report_spells takes it.
        plain: those of the numbers that are asked for and are no ratios; all may be among them where None.
    """
    if not past.has_own_above:
        adding = numbers if plain is None else plain
        return _from_villages_alone(watermark, months, numbers, paired, adding, levels, inside, lo, hi, past)
    top = min(level.rank for level in levels)
    above = [level for level in reversed(LEVELS[:-1]) if level.rank >= top]
    spell = report_spells(watermark, months, numbers, inside, past)
    summed: FromClause | None = None
    kept, plainly = [], []
    if Level.VILLAGE not in levels:
        # What only adds up is summed over the villages before it is spread over the months.
        summed = _village_sums(spell, months, Level.TOWN, lo, hi)
        kept = [sa.or_(spell.c.indicator.in_(paired), sa.not_(at_level(spell.c.region, Level.VILLAGE)))]
    standing = standing_reports(spell, months, lo, hi, *kept)
    if summed is not None:
        plainly = [sa.not_(at_level(standing.c.region, Level.VILLAGE))]
    covered = covered_denominators(standing, months, above) if above else None
    own = own_figures(standing, covered, numbers, *plainly)
    figures = {Level.VILLAGE: _villages(own)}
    below = figures[Level.VILLAGE]
    for level in above:
        below = figures[level] = _climb(below, own, level, summed if level is Level.TOWN else None)
    return _asked(figures, levels)


def _from_villages_alone(
    watermark: int,
    months: Sequence[int],
    numbers: Sequence[int],
    paired: Sequence[int],
    plain: Sequence[int],
    levels: Sequence[Level],
    inside: sa.ColumnElement[bool],
    lo: int,
    hi: int,
    past: Past,
) -> sa.Select[tuple[object, ...]]:
    """As from_villages, where no region above village has a report of its own: each level is the sum of its villages."""
    spell = report_spells(watermark, months, numbers, inside, past)
    adds_up = bool(plain) and Level.VILLAGE not in levels
    villages: CTE | None = None
    if paired or not adds_up:
        kept = [spell.c.indicator.in_(paired)] if adds_up else []
        standing = standing_reports(spell, months, lo, hi, *kept)
        has_plain = bool(plain) and not adds_up
        own = own_figures(standing, None, numbers, has_plain=has_plain, has_ratios=bool(paired))
        villages = _villages(own)
    figures: dict[Level, CTE] = {}
    for level in levels:
        if level is not Level.VILLAGE:
            summed = _village_sums(spell, months, level, lo, hi, plain) if adds_up else None
            figures[level] = _climb(villages, None, level, summed)
        elif villages is not None:
            figures[level] = villages
    return _asked(figures, levels)


def _village_sums(
    spell: CTE, months: Sequence[int], level: Level, lo: int, hi: int, plain: Sequence[int] | None = None
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
        .select_from(spell.join(region, is_known(spell.c.region, lo, hi)))
        .where(at_level(spell.c.region, Level.VILLAGE), *wanted)
        .group_by(*groups)
        .subquery(f"together_{level}")
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
        .subquery(f"summed_{level}")
    )


def net_sum(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """The value of a roll-up column that stands: null where the row that stands has none, though retracted ones had."""
    present = sa.func.sum(sa.case((column.is_not(None), rollup.c.sign), else_=0))
    return sa.case((present > 0, sa.cast(sa.func.sum(column * rollup.c.sign), column.type)))


def from_rollup(
    watermark: int,
    months: Sequence[int],
    numbers: Sequence[int],
    attributes: Sequence[int],
    levels: Sequence[Level],
    lo: int,
    hi: int,
    *,
    has_own_above: bool = True,
) -> sa.Select[tuple[object, ...]]:
    """Figures of counties and above, from the roll-up table, whose counties equal from_villages at every watermark.

    Args:
        numbers: indicators asked for; where a region above county may have a report of its own, also the parts of the
            ratios among them.
        attributes: those of the numbers that are attributes.
        has_own_above: whether a region above county may have a report of its own.
    """
    counties = _stored_counties(watermark, months, numbers, attributes, lo, hi)
    figures = {Level.COUNTY: counties}
    if not has_own_above:
        figures |= {level: _climb(counties, None, level) for level in levels if level is not Level.COUNTY}
        return _asked(figures, levels)
    top = min(level.rank for level in levels)
    above = [level for level in reversed(LEVELS[: Level.COUNTY.rank]) if level.rank >= top]
    if above:
        o = observation.c
        inside = sa.and_(o.region >= lo, o.region < hi, o.region % Level.CITY.span == 0)
        spell = report_spells(watermark, months, numbers, inside, UNKNOWN_PAST)
        own = own_figures(standing_reports(spell, months, lo, hi), None, numbers)
        below = counties
        for level in above:
            below = figures[level] = _climb(below, own, level)
    return _asked(figures, levels)


def _stored_counties(
    watermark: int, months: Sequence[int], numbers: Sequence[int], attributes: Sequence[int], lo: int, hi: int
) -> CTE:
    """The counties' figures as the roll-up has them. An attribute's row of a month may come after the last one stored."""
    r = rollup.c
    names = ("key", "indicator", "amount", "weight", "pct", "own", *_COUNTS)

    def rows(wanted: Sequence[int], *when: sa.ColumnElement[bool]) -> sa.Select[tuple[object, ...]]:
        return (
            sa.select(
                r.period,
                r.county.label("key"),
                r.indicator,
                *(net_sum(r[name]).label(name) for name in ("amount", "weight", "pct", "own", *_COUNTS)),
            )
            .where(r.seq <= watermark, r.county >= lo, r.county < hi, r.indicator.in_(wanted), *when)
            .group_by(r.period, r.county, r.indicator)
            .having(sa.func.sum(r.sign) > 0)
        )

    parts = []
    if states := [number for number in numbers if number not in attributes]:
        exact = rows(states, r.period.in_(months)).subquery("exact")
        parts.append(sa.select(exact.c.period, *(exact.c[name] for name in names)))
    if lasting := [number for number in numbers if number in attributes]:
        points = rows(lasting, r.period <= max(months)).subquery("points")
        following = sa.func.lead(points.c.period).over(
            partition_by=(points.c.key, points.c.indicator), order_by=points.c.period
        )
        spells = sa.select(points, following.label("replaced_in")).subquery("spells")
        parts.append(
            sa.select(calendar.c.period, *(spells.c[name] for name in names)).join(
                calendar,
                sa.and_(
                    calendar.c.period.in_(months),
                    calendar.c.period >= spells.c.period,
                    sa.or_(spells.c.replaced_in.is_(None), calendar.c.period < spells.c.replaced_in),
                ),
            )
        )
    return (sa.union_all(*parts) if len(parts) > 1 else parts[0]).cte("figure_county")


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
