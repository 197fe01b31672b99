"""Random small stores: progress and ranks equal those worked out once more, plainly, over the oracle of figures."""

import math
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ecodash import queries
from ecodash.domain.access import SYSTEM
from ecodash.domain.comparison import Against, Comparison, Span
from ecodash.domain.indicators import Catalog, Direction, Kind
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, Region, region_key
from ecodash.workspace import Workspace
from tests.builders import (
    A1,
    A2,
    B1,
    COUNTY,
    TOWN_A,
    TOWN_B,
    cells,
    commit_frames,
    indicator,
    new_store,
    sample_regions,
    settings_in,
    targets,
)  # fmt: skip
from tests.queries.asking import look
from tests.store.oracle import Cells, Oracle

CATALOG = Catalog(
    [
        indicator("households", "attribute"),
        indicator("garbage", "flow"),
        indicator("burnings", "flow", direction="lower"),
        indicator("toilets", "stock"),
        indicator("spots", "stock", direction="lower"),
        indicator("toilet_rate", "ratio", parts=("toilets", "households")),
    ],
    "oracle-catalog",
)
CODES = [code for code in CATALOG if code != "households"]
A3, B3 = "500230101003", "500230102003"
"""A village that moved from the first town to the second in April 2026."""
MOVED = [
    Region(region_key(A3), A3, A3, "村", last_month=202603, successor=region_key(B3)),
    Region(region_key(B3), B3, B3, "村", first_month=202604),
]
REGIONS = [*sample_regions([A1, A2, B1]), *MOVED]
MONTHS = ("2025-01", "2025-03", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-06")
AMOUNTS = st.sampled_from(["0", "0.1", "0.2", "0.3", "0.7", "1", "3", "10"])
PLACES = st.sampled_from([A1, A2, B1, B1, A3, B3, TOWN_A, TOWN_B])

cell = st.tuples(PLACES, st.sampled_from(["households", *CODES]), st.sampled_from(MONTHS))
reports = st.dictionaries(cell, AMOUNTS, min_size=25, max_size=80).map(
    lambda rows: {
        key: value
        for key, value in rows.items()
        if not (key[0] == A3 and key[2] > "2026-03") and not (key[0] == B3 and key[2] < "2026-04")
    }
)
SIGNED = [(place, code) for place in (COUNTY, TOWN_A, TOWN_B) for code in CODES]
due = st.sampled_from(["2026-03", "2026-06", "2026-12"])
goal = st.tuples(due, st.sampled_from([None, "0", "1"]), AMOUNTS)
goals = st.lists(goal, min_size=2 * len(SIGNED), max_size=2 * len(SIGNED)).map(
    lambda drawn: {(*cell, due): (start, value) for cell, (due, start, value) in zip(SIGNED * 2, drawn, strict=True)}
)
LOOKED = ["2026-01", "2026-03", "2026-04", "2026-06", "2026-09", "2026-12"]


# Each example opens a store, so a failing one is shown as drawn: making it smaller would take minutes.
@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(reports, goals, st.sampled_from(LOOKED), st.sampled_from(Span), st.sampled_from(Against))
def test_progress_and_ranks_equal_those_of_the_oracle(
    written: dict[tuple[str, str, str], str],
    signed: dict[tuple[str, str, str], tuple[str | None, str]],
    month: str,
    span: Span,
    against: Against,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = new_store(Path(folder), CATALOG, REGIONS)
        try:
            asked = targets(*((*key, 0, float(value)) for key, (_, value) in signed.items()))
            given_at = [None if start is None else Decimal(start) for start, _ in signed.values()]
            asked["baseline"] = pd.Series(given_at, dtype=object)
            values = cells(*((*key, value) for key, value in written.items()))
            commit_frames(store, values, asked)
            kept: Cells = {
                (region_key(place), code, Month.parse(period).key): Fraction(value)
                for (place, code, period), value in written.items()
            }
            plain = Plain(CATALOG, REGIONS, kept)
            workspace = Workspace(settings_in(Path(folder)), store, CATALOG, SYSTEM)
            for one in LOOKED:
                compare_targets(workspace, plain, signed, one)
            compare_ranks(workspace, plain, month, Comparison(span, against))
        finally:
            store.close()


class Plain(Oracle):
    """Progress and spans from the rules of the domain, in fractions."""

    def at(self, key: int, code: str, month: Month) -> Fraction | None:
        """A figure as it is kept: to six digits."""
        found = self.figure(key, code, month) if self.regions[key].is_valid(month.key) else None
        return None if found is None or found[0] is None else round(found[0], 6)

    def over(self, key: int, code: str, months: Sequence[Month]) -> Fraction | None:
        """A flow's sum over the months that have one; else as it stands in the last."""
        if self.catalog[code].kind is not Kind.FLOW:
            return self.at(key, code, months[-1])
        found = [value for month in months if (value := self.at(key, code, month)) is not None]
        return sum(found, Fraction(0)) if found else None

    def progress(
        self, key: int, code: str, due: Month, start: str | None, target: Fraction, month: Month
    ) -> tuple[str, Fraction | None, str | None]:
        """State, progress in percent, month of arrival."""
        is_flow, end = self.catalog[code].kind is Kind.FLOW, min(month, due)
        actual, first = self.over(key, code, year_to(end)), Month(due.year, 1)
        base = Fraction(start) if start is not None else Fraction(0) if is_flow else None
        if base is None:
            base = self.at(key, code, Month(due.year - 1, 12))
        if base is None:
            known = [one for one in year_to(end) if self.at(key, code, one) is not None]
            base, first = (self.at(key, code, known[0]), known[0].plus(1)) if known else (None, first)
        if actual is None or base is None:
            return "unreported", None, None
        sign = -1 if self.catalog[code].direction is Direction.LOWER else 1
        gap, way, done = max(sign * (target - actual), Fraction(0)), sign * (target - base), sign * (actual - base)
        share = 100 * done / way if way > 0 else None
        if not gap:
            return "done", share, str(end)
        passed, whole = first.months_until(end) + 1, first.months_until(due) + 1
        steps = math.ceil(gap * passed / done) if passed > 0 and done > 0 else 601
        arrival = str(month.plus(steps)) if month <= due and steps <= 600 else None
        if month >= due:
            return "missed", share, arrival
        before = month.plus(-3)
        earlier = None if is_flow and before.year < due.year else self.over(key, code, year_to(before))
        if earlier is not None and sign * (actual - earlier) <= 0:
            return "stalled", share, arrival
        lead = -100 if share is None else share - Fraction(100 * max(passed, 0), whole)
        return "ahead" if lead >= 5 else "on_pace" if lead >= -5 else "behind", share, arrival


def year_to(month: Month) -> list[Month]:
    return [Month(month.year, number) for number in range(1, month.month + 1)]


def compare_targets(
    workspace: Workspace, plain: Plain, signed: dict[tuple[str, str, str], tuple[str | None, str]], written: str
) -> None:
    month = Month.parse(written)
    in_force: dict[tuple[str, str], str] = {}
    for place, code, due in sorted(signed, key=lambda key: key[2]):
        if in_force.get((place, code), "") < written:
            in_force[place, code] = due
    frames = [queries.region_targets(workspace, look(workspace, written, place)) for place in (COUNTY, TOWN_A, TOWN_B)]
    rows = [row for frame in frames for row in frame.to_dict("records")]
    assert len(rows) == len(in_force)
    for row in rows:
        place = next(one for one in (COUNTY, TOWN_A, TOWN_B) if region_key(one) == row["region"])
        code = str(row["indicator"])
        due = in_force[place, code]
        start, target = signed[place, code, due]
        state, share, arrival = plain.progress(row["region"], code, Month.parse(due), start, Fraction(target), month)
        said = f"{place} {code} {due} {start}→{target} in {written}: {row}"
        assert (row["state"], row["arrival_month"]) == (state, arrival), said
        assert same(row["progress_pct"], share), f"{said} {share}"


def compare_ranks(workspace: Workspace, plain: Plain, written: str, comparison: Comparison) -> None:
    month = Month.parse(written)
    for level in (Level.TOWN, Level.VILLAGE):
        for code in CODES:
            now = ranks(plain, level, code, comparison.span.months(month))
            before = ranks(plain, level, code, comparison.span.months(comparison.compared_month(month)))
            selection = look(workspace, written, indicator=code, level=level)
            rows = queries.ranking(workspace, selection, comparison)
            assert len(rows) == sum(one.level is level and one.is_valid(month.key) for one in REGIONS)
            for row in rows.to_dict("records"):
                key, said = row["region"], f"{code} {comparison} {written}: {row}"
                value, rank = now.get(key, (None, None))
                old = before.get(key, (None, None))[1]
                assert same(row["value"], value), f"{said} {value}"
                moved = None if rank is None or old is None else old - rank
                found = [None if pd.isna(row[name]) else row[name] for name in ("rank", "previous_rank", "movement")]
                assert found == [rank, old, moved], said
                if moved is not None:
                    explained = queries.why(workspace, selection, comparison, key)
                    assert sum(one.places for one in explained.factors) == explained.passing.places == moved, said


def ranks(plain: Plain, level: Level, code: str, months: Sequence[Month]) -> dict[int, tuple[Fraction, int]]:
    """Value and rank of the units that have a value."""
    there = [one.key for one in REGIONS if one.level is level and one.is_valid(months[-1].key)]
    values = {key: value for key in there if (value := plain.over(key, code, months)) is not None}
    sign = -1 if CATALOG[code].direction is Direction.LOWER else 1
    return {key: (mine, 1 + sum(sign * one > sign * mine for one in values.values())) for key, mine in values.items()}


def same(found: float, expected: Fraction | None) -> bool:
    if expected is None or pd.isna(found):
        return expected is None and bool(pd.isna(found))
    return abs(found - float(expected)) <= 1e-4 * max(1, abs(float(expected)))
