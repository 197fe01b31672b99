"""What each region itself reported, as of a watermark, for the months in which it stands: the ground of every figure.

The rules are stated in ecodash.store.figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import CTE, FromClause, Subquery

from ecodash.domain.regions import LEVELS, Level
from ecodash.store.tables import AMOUNT, VALUE, WIDE, batch, calendar, indicator, observation, region

CELL = ("region", "indicator", "period")
"""The columns that make a cell of the journal."""
TARGET = ("region", "indicator", "deadline")
"""The columns that make a target."""


Whole = int | sa.BindParameter[int]
"""A number, or a parameter that stands for one where a statement is built once and asked with many."""
Wholes = Sequence[int] | sa.BindParameter[Any]
"""The same of several numbers."""


@dataclass(frozen=True, slots=True)
class Months:
    """Months asked for (yyyymm): all of them, the first and the last."""

    all: Wholes
    first: Whole
    last: Whole

    @staticmethod
    def of(keys: Sequence[int]) -> "Months":
        """These months, not none."""
        return Months(list(keys), min(keys), max(keys))


@dataclass(frozen=True, slots=True)
class Inside:
    """The regions whose reports are read: keys from lo and before hi, and a further condition on observation.region."""

    lo: Whole
    hi: Whole
    further: sa.ColumnElement[bool] | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """On observation.region."""
        key = observation.c.region
        return [key >= self.lo, key < self.hi, *([] if self.further is None else [self.further])]

    def has_known(self, key: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
        """Whether a key is that of a region of the table, of which no more is read than these."""
        return sa.and_(region.c.key == key, region.c.key >= self.lo, region.c.key < self.hi)


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


def cells_as_of(
    watermark: "Whole",
    *where: sa.ColumnElement[bool],
    table: sa.Table = observation,
    keys: Sequence[str] = CELL,
) -> sa.Select[tuple[int, int, int, float]]:
    """Reported cells as of a watermark: one row per (region, indicator, period) with its value.

    Args:
        table, keys: target and its keys for targets.
    """
    t = table.c
    cell = [t[key] for key in keys]
    return (
        sa.select(*cell, sa.cast(sa.func.sum(t.value * t.sign), VALUE).label("value"))
        .where(t.seq <= watermark, *where)
        .group_by(*cell)
        .having(sa.func.sum(t.sign) > 0)
    )


def standing_writes(
    table: sa.Table, keys: Sequence[str], watermark: int, *where: sa.ColumnElement[bool]
) -> sa.Select[tuple[int, ...]]:
    """Which uploads' words for a cell were not taken back as of a watermark: one row per cell and upload (seq).

    An undo writes rows at every cell it takes back, a partial one at some of its batch. So an upload's word stands
    where nothing that undoes it has a row. The newest of a cell's is the origin of its value.

    Args:
        table: observation or target.
        keys: the columns that make a cell of it.
    """
    upload = sa.func.coalesce(batch.c.undoes, batch.c.seq)
    cell = [table.c[key] for key in keys]
    return (
        sa.select(*cell, upload.label("seq"))
        .join(batch, batch.c.seq == table.c.seq)
        .where(table.c.seq <= watermark, *where)
        .group_by(*cell, upload)
        .having(sa.func.max(table.c.seq) == upload)
    )


def newest_writes(watermark: int, *where: sa.ColumnElement[bool]) -> Subquery:
    """The newest upload whose word for a cell stands as of a watermark: region, indicator, period, seq."""
    writes = standing_writes(observation, CELL, watermark, *where).subquery("writes")
    cell = [writes.c[key] for key in CELL]
    return sa.select(*cell, sa.func.max(writes.c.seq).label("seq")).group_by(*cell).subquery("last")


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of the reports a statement will read, so that it need not find out. Figures do not depend on it.

    Args:
        has_retractions: whether a row may have a sign of -1; where none has, each row is a cell that stands.
        is_renewed: whether most reports of earlier months were made anew for the first month asked for; those are then
            left out before the others are put in order.
        has_own_above: whether a region above village may have a report of its own; where none has, nothing is asked
            about them (ecodash.store.reporters).
        first_period: no report for an earlier month (yyyymm) stands in the months asked for; the journal is then read from
            there on.
        is_carried: whether any of the reports may stand in a month after its own.
    """

    has_retractions: bool = True
    is_renewed: bool = False
    has_own_above: bool = True
    first_period: Whole = 0
    is_carried: bool = True


def report_spells(watermark: Whole, months: Months, numbers: Wholes, inside: Inside, past: Past) -> CTE:
    """Own reports that may stand in some of the months: region, indicator, period, value, and replaced_in, the month of
    the next report of the same (null where there is none)."""
    o, i = observation.c, indicator.alias("reach_of")
    asked = [*inside.conditions(), o.indicator.in_(numbers), o.period >= past.first_period, o.period <= months.last]

    def cells_where(*where: sa.ColumnElement[bool]) -> sa.Select[tuple[int, int, int, float]]:
        if past.has_retractions:
            return cells_as_of(watermark, *asked, *where)
        return sa.select(o.region, o.indicator, o.period, o.value).where(o.seq <= watermark, *asked, *where)

    if not past.is_carried:
        cells = cells_where(o.period.in_(months.all)).subquery("cell")
        return sa.select(cells, null_of(sa.Integer()).label("replaced_in")).cte("spell")
    reached = sa.exists().where(i.c.number == o.indicator, o.period + i.c.reach >= months.first)
    if past.is_renewed:
        first = cells_where(reached, o.period == months.first).cte("first_cell")
        renewed = sa.exists().where(first.c.region == o.region, first.c.indicator == o.indicator)
        cell = sa.union_all(
            sa.select(first),
            cells_where(reached, o.period > months.first),
            cells_where(reached, o.period < months.first, sa.not_(renewed)),
        ).cte("cell")
    else:
        cell = cells_where(reached).cte("cell")
    following = sa.func.lead(cell.c.period).over(partition_by=(cell.c.region, cell.c.indicator), order_by=cell.c.period)
    return sa.select(cell, following.label("replaced_in")).cte("spell")


def spread(spell: FromClause, months: Months, past: Past) -> tuple[sa.ColumnElement[int], FromClause]:
    """Spells with their indicators in each month in which they stand: the month, and what to select from."""
    told = spell.join(indicator, indicator.c.number == spell.c.indicator)
    if not past.is_carried:
        return spell.c.period, told
    stands = sa.and_(
        calendar.c.period.in_(months.all),
        calendar.c.period >= spell.c.period,
        calendar.c.period <= spell.c.period + indicator.c.reach,
        sa.or_(spell.c.replaced_in.is_(None), calendar.c.period < spell.c.replaced_in),
    )
    return calendar.c.period, told.join(calendar, stands)


def standing_reports(spell: CTE, months: Months, inside: Inside, past: Past, *where: sa.ColumnElement[bool]) -> CTE:
    """Own reports that stand in each month: period, region, indicator, value, reported_for.

    Args:
        spell: as report_spells gives them for the months, the regions and what is known of them.
        where: conditions on them.
    """
    period, source = spread(spell, months, past)
    is_valid = sa.and_(inside.has_known(spell.c.region), region.c.first_month <= period, region.c.last_month >= period)
    return (
        sa.select(
            period.label("period"),
            spell.c.region,
            spell.c.indicator,
            spell.c.value,
            spell.c.period.label("reported_for"),
        )
        .select_from(source.join(region, is_valid))
        .where(*where)
        .cte("standing")
    )


def covered_denominators(standing: CTE, months: Months, levels: Sequence[Level], inside: Inside) -> CTE:
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
        units = village_counts(months, level, inside).subquery(f"units_{level}")
        parts.append(
            sa.select(sums.c.period, sums.c.key, sums.c.indicator, sa.cast(sums.c.value, VALUE).label("value"))
            .join(units, sa.and_(units.c.period == sums.c.period, units.c.key == sums.c.key))
            .where(units.c.villages == sums.c.villages)
        )
    return sa.union_all(*parts).cte("covered")


def village_counts(months: Months, level: Level, inside: Inside) -> sa.Select[tuple[int, int, int]]:
    """Villages that exist in each month, by region of one level: period, key, villages."""
    span = level.span
    key = (region.c.key - region.c.key % span).label("key")
    return (
        sa.select(calendar.c.period, key, sa.func.count().label("villages"))
        .select_from(
            region.join(
                calendar,
                sa.and_(
                    calendar.c.period.in_(months.all),
                    region.c.first_month <= calendar.c.period,
                    region.c.last_month >= calendar.c.period,
                ),
            )
        )
        .where(at_level(region.c.key, Level.VILLAGE), region.c.key >= inside.lo, region.c.key < inside.hi)
        .group_by(calendar.c.period, key)
    )


def own_figures(
    standing: CTE,
    covered: CTE | None,
    numbers: Wholes,
    *plainly: sa.ColumnElement[bool],
    has_plain: bool = True,
    has_ratios: bool = True,
) -> CTE:
    """Each region's own report as a figure: period, key, indicator, amount, weight, pct, is_fresh.

    Args:
        numbers: ratios among them are made.
        plainly: conditions on the reports that become figures as they are.
        has_plain: whether any is to become one.
        has_ratios: whether there are ratios to be made; one of the two is.
    """
    parts = [_plain_figures(standing, *plainly)] if has_plain else []
    if has_ratios:
        parts.append(_ratio_figures(standing, covered, numbers))
    return (sa.union_all(*parts) if len(parts) > 1 else parts[0]).cte("own_figure")


def _plain_figures(standing: CTE, *plainly: sa.ColumnElement[bool]) -> "sa.Select[tuple[object, ...]]":
    """Reports that are figures as they are."""
    s = standing.c
    return (
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
        .where(indicator.c.aggregation != "ratio", *plainly)
    )


def _ratio_figures(standing: CTE, covered: CTE | None, numbers: Wholes) -> "sa.Select[tuple[object, ...]]":
    """Ratios, of both parts or of a percentage as reported."""
    s = standing.c
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
                ratio.c.number.in_(numbers),
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
    return sa.select(
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
