"""What happened in the demonstration county: the figures as they are, and as they were first reported.

Every figure is invented; only the regions are real. What is drawn, and how (q is a town's diligence):

- q: towns are spread evenly over 0.05–1 in random order, so there are leaders and laggards. The median town stalls:
  from 5/12 of the months on it builds nothing more, and reports zeros.
- households: log-normal around 420 (村), 900 (社区), 40 (其他); population 2.4–3.3 per household; natural villages
  about one per 55 households of a 村, 300 of other units.
- household_toilets_built: Poisson, 0.6 % of households a month on average, (0.3 + 1.4 q) times that, by building
  season (dry months Oct–May, less at Spring Festival, least in the summer rains). sanitary_toilet_households starts at
  62–80 % and grows by exactly these toilets. Sewage likewise from 30–55 %, 0.9 % a month, with 20 m of pipe to a
  household. Neither passes the number of households.
- waste service, sorting, collection points, cleaners: whole numbers that grow by steps, oftener where q is high.
- garbage_cleared: about 50 kg per household and month, × 1.5 before Spring Festival; clutter likewise.
- problems_found: Poisson 2–4; problems_closed: binomial with 60–98 %. patrols: 1 + Poisson(4 + 6 q).
- satisfaction: percent only, of about one respondent in 16 households, in quarter-end months only, 80–98. model_level: 村 only, raised in June and December.
- assessment_score: 70 + 22 q plus a walk of the town and noise of the village; a town's own score is given apart and
  is near, not equal to, the mean of its villages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, Region, RegionTree, ancestor_key
from ecodash.errors import RegionUnknown

Figures = npt.NDArray[np.float64]
"""Villages × months; NaN where nothing is reported."""

# Decimals written for each reported indicator, in the order of a file's columns.
REPORTED = {
    "garbage_cleared": 1,
    "clutter_cleared": 0,
    "household_toilets_built": 0,
    "sanitary_toilet_households": 0,
    "sewer_pipe_laid": 2,
    "sewage_households": 0,
    "natural_villages_served": 0,
    "sorting_natural_villages": 0,
    "collection_points": 0,
    "cleaners": 0,
    "patrols": 0,
    "problems_found": 0,
    "problems_closed": 0,
    "funds_invested": 2,
    "respondents": 0,
    "satisfaction": 1,
    "model_level": 0,
    "assessment_score": 1,
}
ATTRIBUTES = ("households", "population", "natural_villages")
# January to December; building has a mean near 1.
_BUILDING_SEASON = np.array([0.9, 0.5, 1.5, 1.5, 1.0, 0.7, 0.6, 0.7, 0.9, 1.3, 1.3, 1.1])
_CLEANING_SEASON = np.array([1.5, 1.3, 0.9, 1.0, 0.95, 0.9, 0.9, 0.9, 1.0, 1.05, 0.95, 1.2])


@dataclass(frozen=True, slots=True)
class Correction:
    """Cells that were reported wrongly and put right in one batch: rows of village, month index, indicator."""

    received_index: int
    reason: str
    cells: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class World:
    """The county as it is (truth) and as it was first reported (reported, NaN where a cell is blank).

    Args:
        town_of: position of each village's town.
        attributes: one value per village.
        town_scores: towns × months.
        absent: villages × months without a row.
        late: month index and town whose rows come in a file of their own.
        stalled: position of the town that stalls.
        minutes: offset of each arrival, drawn once.
    """

    county: Region
    towns: list[Region]
    villages: list[Region]
    months: list[Month]
    town_of: npt.NDArray[np.int64]
    attributes: Mapping[str, Figures]
    truth: Mapping[str, Figures]
    reported: Mapping[str, Figures]
    town_scores: Figures
    absent: npt.NDArray[np.bool_]
    late: tuple[tuple[int, int], ...]
    corrections: tuple[Correction, ...]
    stalled: int
    minutes: npt.NDArray[np.int64]


def simulate(tree: RegionTree, county_key: int, months: list[Month], rng: np.random.Generator) -> World:
    county = tree.get(county_key)
    villages = tree.under(county_key, Level.VILLAGE)
    if not villages:
        raise RegionUnknown(f"{county.name}下没有村级单位，不能生成演示数据。", "请先加入该县的乡镇和村。")
    town_keys = sorted({ancestor_key(village.key, Level.TOWN) for village in villages})
    towns = [tree.get(key) for key in town_keys]
    position = {key: place for place, key in enumerate(town_keys)}
    town_of = np.array([position[ancestor_key(village.key, Level.TOWN)] for village in villages], dtype=np.int64)

    order = rng.permutation(len(towns))
    diligence = np.empty(len(towns))
    diligence[order] = np.linspace(0.05, 1.0, len(towns))
    stalled = int(order[len(towns) // 2])

    attributes = _draw_attributes(villages, rng)
    truth = _draw_truth(villages, months, town_of, diligence, stalled, attributes, rng)
    town_scores = _draw_town_scores(truth["assessment_score"], town_of, len(towns), rng)

    absent, blank, late = _draw_gaps(town_of, len(months), diligence, stalled, rng)
    reported = {code: figures.copy() for code, figures in truth.items()}
    in_late = {(town, index) for index, town in late}
    is_late = np.array([[(int(town), i) in in_late for i in range(len(months))] for town in town_of])
    corrections = _draw_corrections(truth, reported, attributes, absent | blank | is_late, stalled, town_of, rng)
    for place, code in enumerate(REPORTED):
        # Which cell of a chosen village stays blank turns with its place, so every column is hit.
        hit = blank & ((np.arange(len(villages))[:, None] + np.arange(len(months))) % len(REPORTED) == place)
        reported[code][hit] = np.nan
    return World(
        county=county,
        towns=towns,
        villages=villages,
        months=months,
        town_of=town_of,
        attributes=attributes,
        truth=truth,
        reported=reported,
        town_scores=town_scores,
        absent=absent,
        late=late,
        corrections=corrections,
        stalled=stalled,
        minutes=rng.integers(0, 7 * 60, size=len(months) * 4 + 16),
    )


def _draw_attributes(villages: Sequence[Region], rng: np.random.Generator) -> dict[str, Figures]:
    usual = np.array([{"村": 420.0, "社区": 900.0}.get(village.kind, 40.0) for village in villages])
    households = np.maximum(12, np.round(usual * rng.lognormal(0.0, 0.35, len(villages))))
    population = np.round(households * rng.uniform(2.4, 3.3, len(villages)))
    per_hamlet = np.array([55.0 if village.kind == "村" else 300.0 for village in villages])
    hamlets = np.maximum(1, np.round(households / per_hamlet * rng.uniform(0.7, 1.3, len(villages))))
    return {"households": households, "population": population, "natural_villages": hamlets}


def _draw_truth(
    villages: Sequence[Region],
    months: Sequence[Month],
    town_of: npt.NDArray[np.int64],
    diligence: Figures,
    stalled: int,
    attributes: Mapping[str, Figures],
    rng: np.random.Generator,
) -> dict[str, Figures]:
    """Every reported indicator, villages × months, before gaps and mistakes."""
    shape = (len(villages), len(months))
    q = diligence[town_of][:, None]
    pace = 0.3 + 1.4 * q
    calendar = np.array([month.month - 1 for month in months])
    building, cleaning = _BUILDING_SEASON[calendar], _CLEANING_SEASON[calendar]
    moving = np.ones(shape)
    moving[town_of == stalled, len(months) * 5 // 12 :] = 0.0
    households = attributes["households"][:, None]
    hamlets = attributes["natural_villages"][:, None]
    eager = rng.gamma(4.0, 0.25, (shape[0], 1))

    def grow(start: Figures, expected: Figures, ceiling: Figures) -> tuple[Figures, Figures]:
        """Stock at each month's end and what was added in it, whole numbers, never above the ceiling."""
        added = rng.poisson(expected * moving).astype(np.float64)
        stock = np.minimum(start + np.cumsum(added, axis=1), np.maximum(ceiling, start))
        return stock, np.diff(stock, axis=1, prepend=start)

    def share(low: float, high: float) -> Figures:
        """A share of the whole that rises with diligence, one per village."""
        return np.asarray(np.clip(low + (high - low) * q + rng.normal(0.0, 0.04, (shape[0], 1)), 0.02, 0.97))

    toilets, built = grow(
        np.round(households * share(0.62, 0.80)), households * 0.006 * pace * eager * building, households
    )
    sewage, connected = grow(
        np.round(households * share(0.30, 0.55)), households * 0.009 * pace * eager * building, households
    )
    served, _ = grow(np.round(hamlets * share(0.78, 0.93)), np.broadcast_to(0.05 * pace, shape), hamlets)
    sorting, _ = grow(np.round(hamlets * share(0.35, 0.55)), np.broadcast_to(0.016 * pace * hamlets, shape), hamlets)
    points, _ = grow(
        1.0 + rng.poisson(3.0, (shape[0], 1)).astype(np.float64), np.broadcast_to(0.06 * pace, shape), np.array(60.0)
    )
    cleaners, _ = grow(np.maximum(1.0, np.round(households / 130)), np.full(shape, 0.02), np.array(40.0))

    pipe = np.round(connected * 0.02 * rng.uniform(0.7, 1.3, shape), 2)
    found = rng.poisson(np.broadcast_to(4.0 - 2.0 * q, shape)).astype(np.float64)
    closed = rng.binomial(found.astype(np.int64), np.broadcast_to(0.6 + 0.38 * q, shape)).astype(np.float64)
    satisfaction = np.round(np.clip(82 + 13 * q + rng.normal(0, 1.5, shape), 80, 98), 1)
    respondents = np.broadcast_to(np.clip(np.round(households / 16), 5, 60), shape).copy()
    for survey in (satisfaction, respondents):
        survey[:, [month.month % 3 != 0 for month in months]] = np.nan

    walk = np.cumsum(rng.normal(0.0, 0.8, (len(diligence), len(months))), axis=1)
    score = 70 + 22 * q + 0.6 * walk[town_of] + rng.normal(0.0, 2.0, shape)
    score[town_of == stalled, len(months) * 5 // 12 :] -= 6
    return {
        "garbage_cleared": np.round(households * 0.05 * cleaning * rng.lognormal(0.0, 0.2, shape), 1),
        "clutter_cleared": rng.poisson(np.broadcast_to(5.0 * cleaning * (0.6 + 0.6 * q), shape)).astype(np.float64),
        "household_toilets_built": built,
        "sanitary_toilet_households": toilets,
        "sewer_pipe_laid": pipe,
        "sewage_households": sewage,
        "natural_villages_served": served,
        "sorting_natural_villages": sorting,
        "collection_points": points,
        "cleaners": cleaners,
        "patrols": 1.0 + rng.poisson(np.broadcast_to(4.0 + 6.0 * q, shape)),
        "problems_found": found,
        "problems_closed": closed,
        "funds_invested": np.round(0.2 * built + 9.0 * pipe + rng.gamma(2.0, 0.3, shape), 2),
        "respondents": respondents,
        "satisfaction": satisfaction,
        "model_level": _draw_model_levels(villages, months, q, moving, rng),
        "assessment_score": np.round(np.clip(score, 50, 99.5), 1),
    }


def _draw_model_levels(
    villages: Sequence[Region], months: Sequence[Month], q: Figures, moving: Figures, rng: np.random.Generator
) -> Figures:
    """0 to 3 for a 村, raised by one at most in June and December; missing for other units, which take no part."""
    draws = rng.uniform(size=(len(villages), len(months)))
    level = (rng.uniform(size=len(villages)) < 0.1 + 0.25 * q[:, 0]).astype(np.float64)
    level += (level > 0) & (rng.uniform(size=len(villages)) < 0.2 * q[:, 0])
    levels = np.empty_like(draws)
    for index, month in enumerate(months):
        if month.month in (6, 12):
            level = np.minimum(3.0, level + ((draws[:, index] < 0.22 * q[:, 0]) & (moving[:, index] > 0)))
        levels[:, index] = level
    levels[[village.kind != "村" for village in villages]] = np.nan
    return levels


def _draw_town_scores(scores: Figures, town_of: npt.NDArray[np.int64], towns: int, rng: np.random.Generator) -> Figures:
    """Towns × months: the mean of the villages' scores moved by what the departments give, two decimals."""
    means = np.stack([scores[town_of == town].mean(axis=0) for town in range(towns)])
    return np.asarray(np.round(np.clip(means + rng.normal(0.0, 0.7, means.shape), 50, 99.5), 2))


def _draw_gaps(
    town_of: npt.NDArray[np.int64], months: int, diligence: Figures, stalled: int, rng: np.random.Generator
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], tuple[tuple[int, int], ...]]:
    """Villages without a row, villages with a blank cell, and (month, town) that come late."""
    villages = len(town_of)
    # Careless towns forget oftener.
    weight = 1.15 - diligence[town_of]
    weight /= weight.sum()
    absent = np.zeros((villages, months), dtype=np.bool_)
    blank = np.zeros((villages, months), dtype=np.bool_)
    for index in range(months):
        absent[rng.choice(villages, size=min(int(rng.integers(1, 5)), villages), replace=False, p=weight), index] = True
        blank[rng.choice(villages, size=min(6, villages), replace=False), index] = True
    slowest = [int(town) for town in np.argsort(diligence) if town != stalled][:3]
    late = [(index, town) for index, town in zip((4, 13, months - 3), slowest, strict=False) if 0 <= index < months]
    return absent, blank & ~absent, tuple(sorted(set(late)))


def _draw_corrections(
    truth: Mapping[str, Figures],
    reported: Mapping[str, Figures],
    attributes: Mapping[str, Figures],
    unusable: npt.NDArray[np.bool_],
    stalled: int,
    town_of: npt.NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[Correction, ...]:
    """Makes the first reports wrong in some cells and returns the batches that put them right.

    An over-count of sanitary toilets stands for three months and is taken back at once; all else is one month.
    """
    months = unusable.shape[1]
    corrections: list[Correction] = []

    def spoil(code: str, first: int, last: int, received: int, reason: str, candidates: npt.NDArray[np.bool_]) -> None:
        if received >= months:
            return
        span = slice(first, last + 1)
        usable = np.flatnonzero(candidates & ~unusable[:, span].any(axis=1))
        chosen = np.sort(rng.choice(usable, size=min(3, len(usable)), replace=False))
        for village in chosen:
            reported[code][village, span] = _mistake(code, truth[code][village], attributes, int(village), span)
        cells = tuple((int(village), index, code) for village in chosen for index in range(first, last + 1))
        if cells:
            corrections.append(Correction(received, reason, cells))

    def at(figures: Figures, index: int) -> Figures:
        return figures[:, min(index, months - 1)]

    anywhere = town_of != stalled
    grew = np.diff(truth["sewage_households"], axis=1, prepend=np.inf) > 0
    spare = at(truth["sanitary_toilet_households"], 10) + 20 <= attributes["households"]
    spoil("garbage_cleared", 2, 2, 5, "小数点错位，按过磅单更正", anywhere)
    spoil("problems_closed", 5, 5, 8, "补记按期销号的问题", anywhere & (at(truth["problems_closed"], 5) > 0))
    spoil("sanitary_toilet_households", 8, 10, 11, "回头看核减多报的卫生户厕", anywhere & spare)
    spoil("sewage_households", 13, 13, 16, "补计当月新纳管户", anywhere & grew[:, min(13, months - 1)])
    spoil("assessment_score", 17, 17, 19, "申诉复核后改分", anywhere)
    spoil("clutter_cleared", 19, 19, 22, "重复计数，按台账更正", anywhere & (at(truth["clutter_cleared"], 19) > 0))
    return tuple(corrections)


def _mistake(code: str, true: Figures, attributes: Mapping[str, Figures], village: int, span: slice) -> Figures:
    """What a village reported at first instead of the true values of these months."""
    values = true[span]
    match code:
        case "garbage_cleared":
            return np.asarray(values * 10)
        case "problems_closed":
            return np.asarray(values - 1)
        case "sanitary_toilet_households":
            return np.asarray(np.minimum(values + 15, attributes["households"][village]))
        case "sewage_households":
            # Last month's figure, copied.
            return np.asarray(true[span.start - 1 : span.start])
        case "assessment_score":
            return np.asarray(np.maximum(values - 3.5, 0))
        case _:
            return np.asarray(values * 2)
