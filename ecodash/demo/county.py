"""A demonstration county: two years of monthly files, as its towns and villages might have sent them.

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

How it arrives: one county file per month on the 3rd of the next, town scores on the 4th or 5th, three towns once late
in a file of their own, one to four villages a month missing, about six cells a month blank, six corrections of earlier
months. Counts never fall, except where a correction takes back an over-count.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from ecodash.domain.indicators import Catalog
from ecodash.domain.periods import Month, months_between
from ecodash.domain.regions import Level, Region, RegionTree, ancestor_key, region_key
from ecodash.errors import RegionUnknown

Figures = npt.NDArray[np.float64]
"""Villages × months; NaN where nothing is reported."""
Cell = int | float | str | None

DEMO_MARK = "演示数据"

# Decimals written for each reported indicator, in the order of a file's columns.
_REPORTED = {
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
_ATTRIBUTES = ("households", "population", "natural_villages")
# Rates with a target: numerator, denominator, and the part of the gap to 100 % a year's plan closes.
_RATE_PLANS = {
    "sanitary_toilet_rate": ("sanitary_toilet_households", "households", 0.3),
    "sewage_coverage_rate": ("sewage_households", "households", 0.25),
    "waste_sorting_rate": ("sorting_natural_villages", "natural_villages", 0.5),
}

# January to December; building has a mean near 1.
_BUILDING_SEASON = np.array([0.9, 0.5, 1.5, 1.5, 1.0, 0.7, 0.6, 0.7, 0.9, 1.3, 1.3, 1.1])
_CLEANING_SEASON = np.array([1.5, 1.3, 0.9, 1.0, 0.95, 0.9, 0.9, 0.9, 1.0, 1.05, 0.95, 1.2])


@dataclass(frozen=True, slots=True)
class DemoFile:
    """One file as a clerk would upload it.

    Args:
        name: file name.
        data: its bytes.
        received_at: when it arrived, aware UTC.
        month: the month to be chosen on upload; None where the rows name their own.
        note: what the batch is, for its history; says that the data is invented.
    """

    name: str
    data: bytes
    received_at: datetime
    month: Month | None
    note: str


def demo_files(
    tree: RegionTree,
    catalog: Catalog,
    county: int = region_key("500230"),
    *,
    seed: int = 500230,
    last: Month = Month(2026, 10),  # noqa: B008 - immutable
    months: int = 24,
) -> Iterator[DemoFile]:
    """The demonstration files of a county, in the order of their arrival. The same arguments give the same bytes.

    Args:
        tree: must hold the county, its towns and villages.
        county: key of the county.
        seed: of all that is drawn.
        last, months: the last month reported, and how many there are.
    Raises:
        RegionUnknown: the tree does not hold the county, or no village of it.
        IndicatorUnknown: the catalogue lacks a demonstrated indicator.
    """
    world = _simulate(tree, county, months_between(last.plus(1 - months), last), np.random.default_rng([seed, county]))
    writer = _Writer(world, catalog)
    files = [
        writer.attributes(),
        *(writer.targets(year) for year in (last.year - 1, last.year)),
        *(writer.month_report(index) for index in range(months)),
        *(writer.town_scores(index) for index in range(months)),
        *(writer.late_report(town, index) for index, town in world.late),
        *(writer.correction(number, correction) for number, correction in enumerate(world.corrections, start=1)),
    ]
    yield from sorted(files, key=lambda file: file.received_at)


# ── what happened ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Correction:
    """Cells that were reported wrongly and put right in one batch: rows of village, month index, indicator."""

    received_index: int
    reason: str
    cells: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class _World:
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
    corrections: tuple[_Correction, ...]
    stalled: int
    minutes: npt.NDArray[np.int64]


def _simulate(tree: RegionTree, county_key: int, months: list[Month], rng: np.random.Generator) -> _World:
    county = tree.get(county_key)
    villages = tree.under(county_key, Level.VILLAGE)
    if not villages:
        raise RegionUnknown(f"{county.name}下没有村级单位,不能生成演示数据。", "请先加入该县的乡镇和村。")
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
    for place, code in enumerate(_REPORTED):
        # Which cell of a chosen village stays blank turns with its place, so every column is hit.
        hit = blank & ((np.arange(len(villages))[:, None] + np.arange(len(months))) % len(_REPORTED) == place)
        reported[code][hit] = np.nan
    return _World(
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
) -> tuple[_Correction, ...]:
    """Makes the first reports wrong in some cells and returns the batches that put them right.

    An over-count of sanitary toilets stands for three months and is taken back at once; all else is one month.
    """
    months = unusable.shape[1]
    corrections: list[_Correction] = []

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
            corrections.append(_Correction(received, reason, cells))

    def at(figures: Figures, index: int) -> Figures:
        return figures[:, min(index, months - 1)]

    anywhere = town_of != stalled
    grew = np.diff(truth["sewage_households"], axis=1, prepend=np.inf) > 0
    spare = at(truth["sanitary_toilet_households"], 10) + 20 <= attributes["households"]
    spoil("garbage_cleared", 2, 2, 5, "小数点错位,按过磅单更正", anywhere)
    spoil("problems_closed", 5, 5, 8, "补记按期销号的问题", anywhere & (at(truth["problems_closed"], 5) > 0))
    spoil("sanitary_toilet_households", 8, 10, 11, "回头看核减多报的卫生户厕", anywhere & spare)
    spoil("sewage_households", 13, 13, 16, "补计当月新纳管户", anywhere & grew[:, min(13, months - 1)])
    spoil("assessment_score", 17, 17, 19, "申诉复核后改分", anywhere)
    spoil("clutter_cleared", 19, 19, 22, "重复计数,按台账更正", anywhere & (at(truth["clutter_cleared"], 19) > 0))
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


# ── how it is written down ─────────────────────────────────────────────────────────────────────────────────────────


class _Writer:
    """Writes a world as files."""

    def __init__(self, world: _World, catalog: Catalog) -> None:
        self.world = world
        self.catalog = catalog

    def attributes(self) -> DemoFile:
        world = self.world
        month = world.months[0]
        header = ["序号", "区划代码", "乡镇", "行政村", *(self.catalog[code].title for code in _ATTRIBUTES)]
        rows = [
            self._region_cells(number, village) + [_cell(world.attributes[code][village], 0) for code in _ATTRIBUTES]
            for number, village in enumerate(range(len(world.villages)), start=1)
        ]
        title = f"{world.county.name}{month.label}农村基础数据({DEMO_MARK})"
        return DemoFile(
            name=f"{world.county.name}基础数据_{month}.csv",
            data=_csv(title, header, rows, "utf-8-sig"),
            received_at=_moment(month, 20, int(world.minutes[-1])),
            month=month,
            note=f"{DEMO_MARK}:户数、人口、自然村数均为虚构",
        )

    def month_report(self, index: int) -> DemoFile:
        """The county's file of one month: mostly CSV with BOM, every sixth in GB18030, every sixth a workbook."""
        world = self.world
        month = world.months[index]
        late = {town for late_index, town in world.late if late_index == index}
        here = [v for v in range(len(world.villages)) if world.town_of[v] not in late and not world.absent[v, index]]
        title = f"{world.county.name}{month.label}农村人居环境整治月报表({DEMO_MARK})"
        header, rows = self._month_table(index, here)
        name = f"{world.county.name}人居环境月报_{month}"
        match index % 6:
            case 2:
                name, data = f"{name}.csv", _csv(title, header, rows, "gb18030")
            case 4:
                name, data = f"{name}.xlsx", _workbook(title, header, rows)
            case _:
                name, data = f"{name}.csv", _csv(title, header, rows, "utf-8-sig")
        return DemoFile(
            name=name,
            data=data,
            received_at=_moment(month.plus(1), 3, int(world.minutes[index])),
            month=month,
            note=f"{DEMO_MARK}:{month.label}全县月报",
        )

    def late_report(self, town: int, index: int) -> DemoFile:
        world = self.world
        month = world.months[index]
        name = world.towns[town].name
        here = [v for v in range(len(world.villages)) if world.town_of[v] == town and not world.absent[v, index]]
        header, rows = self._month_table(index, here)
        title = f"{world.county.name}{name}{month.label}农村人居环境整治月报表({DEMO_MARK})"
        return DemoFile(
            name=f"{name}人居环境月报_{month}.csv",
            data=_csv(title, header, rows, "gb18030"),
            received_at=_moment(month.plus(1), 9 + index % 8, int(world.minutes[len(world.months) + index])),
            month=month,
            note=f"{DEMO_MARK}:{name}{month.label}月报,逾期报送",
        )

    def town_scores(self, index: int) -> DemoFile:
        world = self.world
        month = world.months[index]
        header = ["序号", "区划代码", "乡镇", self.catalog["assessment_score"].title]
        rows = [
            [number + 1, town.code, town.name, _cell(world.town_scores[number, index], 2)]
            for number, town in enumerate(world.towns)
        ]
        title = f"{world.county.name}{month.label}乡镇人居环境考核得分({DEMO_MARK})"
        minutes = int(world.minutes[2 * len(world.months) + index])
        return DemoFile(
            name=f"{world.county.name}乡镇考核得分_{month}.csv",
            data=_csv(title, header, rows, "utf-8-sig"),
            received_at=_moment(month.plus(1), 4 + index % 2, minutes),
            month=month,
            note=f"{DEMO_MARK}:{month.label}乡镇考核得分",
        )

    def correction(self, number: int, correction: _Correction) -> DemoFile:
        world = self.world
        header = ["区划代码", "指标", "月份", "数值", "备注"]
        rows: list[list[Cell]] = [
            [
                world.villages[village].code,
                self.catalog[code].name,
                str(world.months[index]),
                _cell(world.truth[code][village, index], _REPORTED[code]),
                correction.reason,
            ]
            for village, index, code in correction.cells
        ]
        encoding = "gb18030" if number % 2 else "utf-8-sig"
        minutes = int(world.minutes[3 * len(world.months) + number])
        return DemoFile(
            name=f"{world.county.name}更正表第{number}批.csv",
            data=_csv(f"{world.county.name}农村人居环境月报更正表({DEMO_MARK})", header, rows, encoding),
            received_at=_moment(world.months[correction.received_index], 20, minutes),
            month=None,
            note=f"{DEMO_MARK}:更正,{correction.reason}",
        )

    def targets(self, year: int) -> DemoFile:
        """Targets of a year for the county and every town, signed in mid-January.

        The towns' amounts add up to the county's, except for household_toilets_built of the last year, where the
        stalled town took on 30 fewer than its share and nobody took them over. Rates add up weighted by denominator.
        """
        world = self.world
        base = min(max(world.months[0].months_until(Month(year, 1)) - 1, 0), len(world.months) - 1)
        is_short = year == world.months[-1].year
        rows: list[list[Cell]] = []

        def add(code: str, digits: int, baselines: Figures, targets: Figures, whole: tuple[float, float]) -> None:
            for region, baseline, target in zip(
                [world.county, *world.towns], [whole[0], *baselines], [whole[1], *targets], strict=True
            ):
                name = self.catalog[code].name
                rows.append([region.code, name, f"{year}-12", _cell(baseline, digits), _cell(target, digits)])

        for code, (numerator, denominator, closes) in _RATE_PLANS.items():
            below = self._by_town(world.attributes[denominator])
            baselines = 100 * self._by_town(world.truth[numerator][:, base]) / below
            # A plan is the same for all, whatever the town's diligence: that is why some run ahead and some behind.
            goals = np.ceil(np.minimum(np.maximum(baselines + closes * (100 - baselines), baselines + 2), 100))
            weight = below / below.sum()
            add(code, 2, baselines, goals, (float(baselines @ weight), float(goals @ weight)))

        zeros = np.zeros(len(world.towns))
        households = self._by_town(world.attributes["households"])
        toilets = np.ceil(households * 0.062)
        short = toilets.copy()
        if is_short:
            short[world.stalled] = max(short[world.stalled] - 30, 1)
        add("household_toilets_built", 0, zeros, short, (0.0, float(toilets.sum())))
        pipe = np.round(households * 0.0019, 1)
        add("sewer_pipe_laid", 1, zeros, pipe, (0.0, float(pipe.sum())))
        points = self._by_town(world.truth["collection_points"][:, base])
        more = points + np.ceil(self._by_town(np.ones(len(world.villages))) * 0.7)
        add("collection_points", 0, points, more, (float(points.sum()), float(more.sum())))

        note = f"{DEMO_MARK}:{year}年目标任务分解"
        if is_short:
            shortfall = int((toilets - short).sum())
            stalled = world.towns[world.stalled].name
            note += f";改造户厕一项,{stalled}少领 {shortfall} 座,各乡镇之和比全县少 {shortfall} 座,用于演示对账"
        return DemoFile(
            name=f"{world.county.name}{year}年目标任务.csv",
            data=_csv(
                f"{world.county.name}{year}年农村人居环境整治目标任务分解表({DEMO_MARK})",
                ["区划代码", "指标", "期限", "基数", "目标值"],
                rows,
                "utf-8-sig",
            ),
            received_at=_moment(Month(year, 1), 15, int(world.minutes[-2])),
            month=None,
            note=note,
        )

    def _by_town(self, figures: Figures) -> Figures:
        sums: Figures = np.bincount(self.world.town_of, figures, len(self.world.towns)).astype(np.float64)
        return sums

    def _region_cells(self, number: int, village: int) -> list[Cell]:
        region = self.world.villages[village]
        return [number, region.code, self.world.towns[self.world.town_of[village]].name, region.name]

    def _month_table(self, index: int, villages: Sequence[int]) -> tuple[list[str], list[list[Cell]]]:
        """Header and rows of a wide file; a column nobody reports this month is left out."""
        reported = self.world.reported
        codes = [code for code in _REPORTED if not np.isnan(self.world.truth[code][:, index]).all()]
        header = ["序号", "区划代码", "乡镇", "行政村", *(self.catalog[code].title for code in codes)]
        rows = [
            self._region_cells(number, village)
            + [_cell(reported[code][village, index], _REPORTED[code]) for code in codes]
            for number, village in enumerate(villages, start=1)
        ]
        return header, rows


def _cell(value: float, digits: int) -> Cell:
    """A figure as it is typed: whole, or with so many decimals; empty where nothing is reported."""
    if np.isnan(value):
        return None
    return round(float(value), digits) if digits else round(float(value))


def _moment(month: Month, day: int, minutes: int) -> datetime:
    """A time of a working day in China (UTC+8), as UTC: 09:00 and so many minutes."""
    return datetime(month.year, month.month, day, 1, tzinfo=UTC) + timedelta(minutes=minutes)


def _csv(title: str, header: Sequence[str], rows: Sequence[Sequence[Cell]], encoding: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([title])
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_FIXED_TIME = (2020, 1, 1, 0, 0, 0)


def _workbook(title: str, header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """An xlsx whose bytes depend on its content alone."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "月报"
    for row in ([title], header, *rows):
        sheet.append(list(row))
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.freeze_panes = "E3"
    for place in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 14
    saved, fixed = io.BytesIO(), io.BytesIO()
    book.save(saved)
    # openpyxl stamps the clock into the archive's entries and into docProps/core.xml.
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = _MODIFIED.sub(rb"\g<1>2020-01-01T00:00:00Z", source.read(entry))
            target.writestr(zipfile.ZipInfo(entry.filename, _FIXED_TIME), content, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
