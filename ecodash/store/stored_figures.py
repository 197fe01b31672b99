"""Figures of counties and of all above them, from the roll-up table."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.sql.selectable import CTE

from ecodash.domain.regions import LEVELS, Level
from ecodash.store.figures import COUNTS, UNKNOWN_PAST, climb, of_levels
from ecodash.store.standing import Inside, Months, Whole, Wholes, own_figures, report_spells, standing_reports
from ecodash.store.tables import calendar, observation, rollup

STORED = ("amount", "weight", "pct", "own", *COUNTS)


def last_stored(*where: sa.ColumnElement[bool]) -> "sa.Select[tuple[object, ...]]":
    """Rows of the roll-up that stand, among those with some conditions: period, county, indicator, amount, weight, pct,
    own and the counts.

    A commit that changes a figure retracts its row and adds the one that stands from then on, so what stands is the row
    added last. It is found among integers; sums of signed decimals would cost several times more.
    """
    r = rollup.c
    key = (r.period, r.county, r.indicator)
    last = sa.select(*key, sa.func.max(r.seq).label("seq")).where(*where).group_by(*key).subquery("last")
    is_last = sa.and_(*(column == last.c[column.name] for column in (*key, r.seq)))
    return sa.select(*key, *(r[name] for name in STORED)).join(last, is_last).where(r.sign == 1, *where)


def from_rollup(
    watermark: Whole,
    months: Months,
    numbers: Wholes,
    states: Wholes | None,
    lasting: Wholes | None,
    levels: Sequence[Level],
    inside: Inside,
    *,
    has_own_above: bool = True,
) -> sa.Select[tuple[object, ...]]:
    """Figures of counties and above, which for counties equal figures.from_villages at every watermark.

    Args:
        numbers: indicators asked for and the parts of the ratios among them; used where has_own_above.
        states, lasting: those of them that are no attributes, and those that are; None where there are none.
        has_own_above: whether a region above county may have a report of its own.
    """
    counties = _counties(watermark, months, states, lasting, inside)
    figures = {Level.COUNTY: counties}
    if not has_own_above:
        figures |= {level: climb(counties, None, level) for level in levels if level is not Level.COUNTY}
        return of_levels(figures, levels)
    top = min(level.rank for level in levels)
    above = [level for level in reversed(LEVELS[: Level.COUNTY.rank]) if level.rank >= top]
    if above:
        upper = Inside(inside.lo, inside.hi, observation.c.region % Level.CITY.span == 0)
        spell = report_spells(watermark, months, numbers, upper, UNKNOWN_PAST)
        own = own_figures(standing_reports(spell, months, upper, UNKNOWN_PAST), None, numbers)
        below = counties
        for level in above:
            below = figures[level] = climb(below, own, level)
    return of_levels(figures, levels)


def _counties(watermark: Whole, months: Months, states: Wholes | None, lasting: Wholes | None, inside: Inside) -> CTE:
    """The counties' figures. An attribute is stored for some months only, and stands until the next."""
    r = rollup.c
    names = ("indicator", *STORED)
    within = [r.seq <= watermark, r.county >= inside.lo, r.county < inside.hi]
    parts = []
    if states is not None:
        exact = last_stored(*within, r.indicator.in_(states), r.period.in_(months.all)).subquery("exact")
        parts.append(sa.select(exact.c.period, exact.c.county.label("key"), *(exact.c[name] for name in names)))
    if lasting is not None:
        points = last_stored(*within, r.indicator.in_(lasting), r.period <= months.last).subquery("points")
        following = sa.func.lead(points.c.period).over(
            partition_by=(points.c.county, points.c.indicator), order_by=points.c.period
        )
        spells = sa.select(points, following.label("replaced_in")).subquery("spells")
        stands = sa.and_(
            calendar.c.period.in_(months.all),
            calendar.c.period >= spells.c.period,
            sa.or_(spells.c.replaced_in.is_(None), calendar.c.period < spells.c.replaced_in),
        )
        columns = (spells.c.county.label("key"), *(spells.c[name] for name in names))
        parts.append(sa.select(calendar.c.period, *columns).join(calendar, stands))
    return (sa.union_all(*parts) if len(parts) > 1 else parts[0]).cte("figure_county")
