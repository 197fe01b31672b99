"""A demonstration county: two years of monthly files, as its towns and villages might have sent them.

Every figure is invented; only the regions are real. How they are drawn: ecodash.demo.simulation.

How it arrives: one county file per month on the 3rd of the next, town scores on the 4th or 5th, three towns once late
in a file of their own, one to four villages a month missing, about six cells a month blank, six corrections of earlier
months. Counts never fall, except where a correction takes back an over-count.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from ecodash.demo.simulation import ATTRIBUTES, REPORTED, Correction, Figures, World, simulate
from ecodash.domain.indicators import Catalog
from ecodash.domain.periods import Month, months_between
from ecodash.domain.regions import RegionTree, region_key

Cell = int | float | str | None

DEMO_MARK = "演示数据"

# Rates with a target: numerator, denominator, and the part of the gap to 100 % a year's plan closes.
RATE_PLANS = {
    "sanitary_toilet_rate": ("sanitary_toilet_households", "households", 0.3),
    "sewage_coverage_rate": ("sewage_households", "households", 0.25),
    "waste_sorting_rate": ("sorting_natural_villages", "natural_villages", 0.5),
}


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
    world = simulate(tree, county, months_between(last.plus(1 - months), last), np.random.default_rng([seed, county]))
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


class _Writer:
    """Writes a world as files."""

    def __init__(self, world: World, catalog: Catalog) -> None:
        self.world = world
        self.catalog = catalog

    def attributes(self) -> DemoFile:
        world = self.world
        month = world.months[0]
        header = ["序号", "区划代码", "乡镇", "行政村", *(self.catalog[code].title for code in ATTRIBUTES)]
        rows = [
            self._region_cells(number, village) + [_cell(world.attributes[code][village], 0) for code in ATTRIBUTES]
            for number, village in enumerate(range(len(world.villages)), start=1)
        ]
        title = f"{world.county.name}{month.label}农村基础数据（{DEMO_MARK}）"
        return DemoFile(
            name=f"{world.county.name}基础数据_{month}.csv",
            data=_csv(title, header, rows, "utf-8-sig"),
            received_at=_moment(month, 20, int(world.minutes[-1])),
            month=month,
            note=f"{DEMO_MARK}：户数、人口、自然村数均为虚构",
        )

    def month_report(self, index: int) -> DemoFile:
        """The county's file of one month: mostly CSV with BOM, every sixth in GB18030, every sixth a workbook."""
        world = self.world
        month = world.months[index]
        late = {town for late_index, town in world.late if late_index == index}
        here = [v for v in range(len(world.villages)) if world.town_of[v] not in late and not world.absent[v, index]]
        title = f"{world.county.name}{month.label}农村人居环境整治月报表（{DEMO_MARK}）"
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
            note=f"{DEMO_MARK}：{month.label}全县月报",
        )

    def late_report(self, town: int, index: int) -> DemoFile:
        world = self.world
        month = world.months[index]
        name = world.towns[town].name
        here = [v for v in range(len(world.villages)) if world.town_of[v] == town and not world.absent[v, index]]
        header, rows = self._month_table(index, here)
        title = f"{world.county.name}{name}{month.label}农村人居环境整治月报表（{DEMO_MARK}）"
        return DemoFile(
            name=f"{name}人居环境月报_{month}.csv",
            data=_csv(title, header, rows, "gb18030"),
            received_at=_moment(month.plus(1), 9 + index % 8, int(world.minutes[len(world.months) + index])),
            month=month,
            note=f"{DEMO_MARK}：{name}{month.label}月报，逾期报送",
        )

    def town_scores(self, index: int) -> DemoFile:
        world = self.world
        month = world.months[index]
        header = ["序号", "区划代码", "乡镇", self.catalog["assessment_score"].title]
        rows = [
            [number + 1, town.code, town.name, _cell(world.town_scores[number, index], 2)]
            for number, town in enumerate(world.towns)
        ]
        title = f"{world.county.name}{month.label}乡镇人居环境考核得分（{DEMO_MARK}）"
        minutes = int(world.minutes[2 * len(world.months) + index])
        return DemoFile(
            name=f"{world.county.name}乡镇考核得分_{month}.csv",
            data=_csv(title, header, rows, "utf-8-sig"),
            received_at=_moment(month.plus(1), 4 + index % 2, minutes),
            month=month,
            note=f"{DEMO_MARK}：{month.label}乡镇考核得分",
        )

    def correction(self, number: int, correction: Correction) -> DemoFile:
        world = self.world
        header = ["区划代码", "指标", "月份", "数值", "备注"]
        rows: list[list[Cell]] = [
            [
                world.villages[village].code,
                self.catalog[code].name,
                str(world.months[index]),
                _cell(world.truth[code][village, index], REPORTED[code]),
                correction.reason,
            ]
            for village, index, code in correction.cells
        ]
        encoding = "gb18030" if number % 2 else "utf-8-sig"
        minutes = int(world.minutes[3 * len(world.months) + number])
        return DemoFile(
            name=f"{world.county.name}更正表第{number}批.csv",
            data=_csv(f"{world.county.name}农村人居环境月报更正表（{DEMO_MARK}）", header, rows, encoding),
            received_at=_moment(world.months[correction.received_index], 20, minutes),
            month=None,
            note=f"{DEMO_MARK}：更正，{correction.reason}",
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

        for code, (numerator, denominator, closes) in RATE_PLANS.items():
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

        note = f"{DEMO_MARK}：{year}年目标任务分解"
        if is_short:
            shortfall = int((toilets - short).sum())
            stalled = world.towns[world.stalled].name
            note += f"；改造户厕一项，{stalled}少领 {shortfall} 座，各乡镇之和比全县少 {shortfall} 座，用于演示对账"
        return DemoFile(
            name=f"{world.county.name}{year}年目标任务.csv",
            data=_csv(
                f"{world.county.name}{year}年农村人居环境整治目标任务分解表（{DEMO_MARK}）",
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
        codes = [code for code in REPORTED if not np.isnan(self.world.truth[code][:, index]).all()]
        header = ["序号", "区划代码", "乡镇", "行政村", *(self.catalog[code].title for code in codes)]
        rows = [
            self._region_cells(number, village)
            + [_cell(reported[code][village, index], REPORTED[code]) for code in codes]
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
