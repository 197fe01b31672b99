"""The demonstration county: the same every time, consistent, and told apart from real figures."""

import io
import zipfile
from collections import Counter
from datetime import UTC, datetime

import pandas as pd
import pytest

from ecodash.catalog.loader import load_catalog
from ecodash.catalog.regions import RegionBook
from ecodash.demo.county import DEMO_MARK, DemoFile, demo_files
from ecodash.domain.indicators import Catalog, Kind
from ecodash.domain.periods import Month, months_between
from ecodash.domain.regions import Level, RegionTree, ancestor_key, key_range, region_key
from ecodash.errors import RegionUnknown
from ecodash.ingest import Intake, read_upload
from ecodash.settings import PROJECT_ROOT

DATA = PROJECT_ROOT / "data"
COUNTY = region_key("500230")
LAST = Month(2026, 10)
MONTHS = [month.key for month in months_between(Month(2024, 11), LAST)]
ATTRIBUTES = ["households", "population", "natural_villages"]


@pytest.fixture(scope="module")
def tree() -> RegionTree:
    return RegionTree(RegionBook(DATA).regions(["500230"]))


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(DATA / "catalog" / "indicators.toml")


@pytest.fixture(scope="module")
def files(tree: RegionTree, catalog: Catalog) -> list[DemoFile]:
    return list(demo_files(tree, catalog))


@pytest.fixture(scope="module")
def intakes(files: list[DemoFile], tree: RegionTree, catalog: Catalog) -> list[Intake]:
    return [
        read_upload(file.data, file.name, catalog=catalog, tree=tree, newest=LAST, month=file.month) for file in files
    ]


@pytest.fixture(scope="module")
def arrivals(files: list[DemoFile], intakes: list[Intake]) -> pd.DataFrame:
    """Every reported cell in order of arrival: region, indicator, period, value, file (position)."""
    frames = [intake.cells.assign(file=position) for position, intake in enumerate(intakes) if len(intake.cells)]
    cells = pd.concat(frames, ignore_index=True)
    return cells.assign(value=cells["value"].astype(float))


@pytest.fixture(scope="module")
def final(arrivals: pd.DataFrame) -> pd.DataFrame:
    """The last value of every cell: one row per region and period, one column per indicator."""
    last = arrivals.drop_duplicates(["region", "indicator", "period"], keep="last")
    return last.pivot(index=["region", "period"], columns="indicator", values="value")


@pytest.fixture(scope="module")
def targets(intakes: list[Intake]) -> pd.DataFrame:
    targets = pd.concat([intake.targets for intake in intakes if len(intake.targets)], ignore_index=True)
    return targets.assign(value=targets["value"].astype(float), baseline=targets["baseline"].astype(float))


# ── the files ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_seed_gives_the_same_bytes(files: list[DemoFile], tree: RegionTree, catalog: Catalog) -> None:
    assert list(demo_files(tree, catalog)) == files


def test_another_seed_gives_other_figures(files: list[DemoFile], tree: RegionTree, catalog: Catalog) -> None:
    others = list(demo_files(tree, catalog, seed=1))
    assert not {file.data for file in files} & {file.data for file in others}


def test_a_workbook_holds_no_trace_of_the_clock(files: list[DemoFile]) -> None:
    workbooks = [file for file in files if file.name.endswith(".xlsx")]
    assert workbooks
    for file in workbooks:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(2020, 1, 1, 0, 0, 0)}
            assert archive.read("docProps/core.xml").count(b"2020-01-01T00:00:00Z") == 2


def test_every_month_has_its_files(tree: RegionTree, catalog: Catalog) -> None:
    assert 50 <= len(list(demo_files(tree, catalog))) <= 62


def test_files_come_in_the_order_of_their_arrival(files: list[DemoFile]) -> None:
    arrivals = [file.received_at for file in files]
    assert arrivals == sorted(arrivals)
    assert all(at.tzinfo is UTC for at in arrivals)
    assert len({file.name for file in files}) == len(files)


def test_every_file_says_that_it_is_a_demonstration(files: list[DemoFile], intakes: list[Intake]) -> None:
    assert all(DEMO_MARK in intake.title for intake in intakes)
    assert all(DEMO_MARK in file.note for file in files)


def test_every_file_is_read_without_a_fault(files: list[DemoFile], intakes: list[Intake]) -> None:
    assert {file.name: intake.faults for file, intake in zip(files, intakes, strict=True) if intake.faults} == {}
    assert all(len(intake.cells) or len(intake.targets) for intake in intakes)


def test_files_come_in_the_encodings_clerks_use(intakes: list[Intake]) -> None:
    encodings = Counter(intake.encoding for intake in intakes)
    assert encodings.keys() == {"utf-8-sig", "gb18030", "xlsx"}
    assert encodings["utf-8-sig"] > len(intakes) / 2


def test_a_month_is_reported_on_the_third_of_the_next(files: list[DemoFile]) -> None:
    reports = [file for file in files if file.name.startswith("丰都县人居环境月报")]
    assert [file.month.key for file in reports if file.month] == MONTHS
    for file in reports:
        assert file.month is not None
        due = file.month.plus(1)
        assert (file.received_at.year, file.received_at.month, file.received_at.day) == (due.year, due.month, 3)


# ── who reports ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_village_and_town_takes_part(arrivals: pd.DataFrame, tree: RegionTree) -> None:
    expected = {r.key for level in (Level.TOWN, Level.VILLAGE) for r in tree.under(COUNTY, level)}
    assert set(arrivals["region"]) == expected
    assert set(arrivals["period"]) == set(MONTHS)


def test_villages_and_towns_report_what_is_theirs(arrivals: pd.DataFrame, catalog: Catalog) -> None:
    is_town = arrivals["region"] % Level.TOWN.span == 0
    assert set(arrivals[is_town]["indicator"]) == {"assessment_score"}
    reported = set(arrivals[~is_town]["indicator"]) - set(ATTRIBUTES)
    assert len(reported) == 18
    assert {catalog[code].kind for code in reported} == {Kind.FLOW, Kind.STOCK, Kind.RATIO, Kind.SCORE}
    scores = arrivals[is_town].groupby("period")["region"].nunique()
    assert (scores == 30).all()


def test_attributes_are_given_once_for_every_village(arrivals: pd.DataFrame, tree: RegionTree) -> None:
    given = arrivals[arrivals["indicator"].isin(ATTRIBUTES)]
    assert len(given) == 3 * len(tree.under(COUNTY, Level.VILLAGE))
    assert (given["period"] == MONTHS[0]).all()
    assert (given["file"] == 0).all()


def test_some_villages_miss_a_month_and_some_cells_are_blank(arrivals: pd.DataFrame, tree: RegionTree) -> None:
    patrols = arrivals[arrivals["indicator"] == "patrols"].drop_duplicates(["region", "period"])
    garbage = arrivals[arrivals["indicator"] == "garbage_cleared"].drop_duplicates(["region", "period"])
    everyone = len(tree.under(COUNTY, Level.VILLAGE))
    counts = patrols.groupby("period").size()
    assert (counts < everyone).all()
    assert (counts >= everyone - 12).all()
    assert set(zip(patrols["region"], patrols["period"], strict=True)) != set(
        zip(garbage["region"], garbage["period"], strict=True)
    )


def test_late_towns_come_in_a_file_of_their_own_after_the_fifth(
    files: list[DemoFile], intakes: list[Intake], arrivals: pd.DataFrame
) -> None:
    late = [position for position, file in enumerate(files) if "逾期" in file.note]
    assert len(late) == 3
    for position in late:
        received, month = files[position].received_at, files[position].month
        assert month is not None
        assert 5 < received.day <= 20
        towns = {ancestor_key(int(key), Level.TOWN) for key in intakes[position].cells["region"]}
        assert len(towns) == 1
        lo, hi = key_range(towns.pop())
        same = arrivals[arrivals["region"].between(lo + 1, hi - 1) & (arrivals["period"] == month.key)]
        assert set(same[~same["indicator"].isin(ATTRIBUTES)]["file"]) == {position}


# ── what is reported ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("problems_closed", "problems_found"),
        ("sanitary_toilet_households", "households"),
        ("sewage_households", "households"),
        ("natural_villages_served", "natural_villages"),
        ("sorting_natural_villages", "natural_villages"),
    ],
)
def test_a_part_is_never_more_than_its_whole(
    arrivals: pd.DataFrame, final: pd.DataFrame, part: str, whole: str
) -> None:
    if whole in ATTRIBUTES:
        # Attributes are given once; first reports are held to the rule like corrected ones.
        wholes = arrivals[arrivals["indicator"] == whole].set_index("region")["value"]
        parts = arrivals[arrivals["indicator"] == part]
        assert (parts["value"] <= parts["region"].map(wholes)).all()
    else:
        assert (final[part].dropna() <= final[whole].reindex(final[part].dropna().index).fillna(1e9)).all()


def test_stocks_never_fall_once_corrected(final: pd.DataFrame, catalog: Catalog) -> None:
    for code in [code for code in final.columns if catalog[code].kind is Kind.STOCK]:
        values = final[code].dropna().sort_index()
        steps = values.groupby(level="region").diff().dropna()
        assert (steps >= 0).all(), code


def test_new_toilets_make_new_toilet_households(final: pd.DataFrame) -> None:
    stock = final["sanitary_toilet_households"].unstack("period")
    built = final["household_toilets_built"].unstack("period")
    added = stock.diff(axis=1).iloc[:, 1:]
    both = added.notna() & built.iloc[:, 1:].notna()
    assert both.to_numpy().sum() > 6000
    assert (added.where(both, 0.0) == built.iloc[:, 1:].where(both, 0.0)).all().all()


def test_only_corrections_change_an_earlier_figure(files: list[DemoFile], arrivals: pd.DataFrame) -> None:
    repeats = arrivals[arrivals.duplicated(["region", "indicator", "period"], keep="first")]
    corrections = {position for position, file in enumerate(files) if "更正" in file.note}
    assert len(corrections) == 6
    assert set(repeats["file"]) == corrections
    assert len(repeats) == len(arrivals[arrivals["file"].isin(corrections)])
    firsts = arrivals.drop_duplicates(["region", "indicator", "period"]).set_index(["region", "indicator", "period"])
    before = firsts.loc[pd.MultiIndex.from_frame(repeats[["region", "indicator", "period"]]), "value"].to_numpy()
    assert (before != repeats["value"].to_numpy()).all()
    for row in repeats.itertuples():
        next_month = Month.from_key(int(str(row.period))).plus(1)
        assert files[int(str(row.file))].received_at > datetime(next_month.year, next_month.month, 6, tzinfo=UTC)


def test_one_correction_takes_back_an_over_count(arrivals: pd.DataFrame) -> None:
    toilets = arrivals[arrivals["indicator"] == "sanitary_toilet_households"]
    twice = toilets[toilets.duplicated(["region", "period"], keep=False)].groupby(["region", "period"])["value"]
    assert len(twice) >= 6
    assert (twice.last() < twice.first()).all()


def test_satisfaction_is_a_percentage_of_quarter_ends(arrivals: pd.DataFrame) -> None:
    satisfaction = arrivals[arrivals["indicator"] == "satisfaction"]
    assert set(satisfaction["period"] % 100) == {3, 6, 9, 12}
    assert satisfaction["value"].between(80, 98).all()


def test_flows_have_seasons(final: pd.DataFrame) -> None:
    by_month = final.groupby(lambda period: period % 100, level="period")
    garbage = by_month["garbage_cleared"].mean()
    assert garbage.idxmax() == 1
    built = by_month["household_toilets_built"].mean()
    assert built[7] < built[3]


def test_towns_differ_and_one_stalls(final: pd.DataFrame) -> None:
    towns = final.index.get_level_values("region") // Level.TOWN.span * Level.TOWN.span
    built = final["household_toilets_built"].groupby([towns, final.index.get_level_values("period")]).sum()
    last_year = built.unstack().iloc[:, -12:].sum(axis=1)
    assert (last_year == 0).sum() == 1
    scores = final["assessment_score"].xs(LAST.key, level="period")
    town_scores = scores[scores.index % Level.TOWN.span == 0]
    assert len(town_scores) == 30
    assert town_scores.max() - town_scores.min() > 12


def test_model_levels_are_of_villages_proper(final: pd.DataFrame, tree: RegionTree) -> None:
    levels = final["model_level"].dropna()
    assert {tree.get(int(key)).kind for key in levels.index.get_level_values("region")} == {"村"}
    assert set(levels) == {0.0, 1.0, 2.0, 3.0}


# ── targets ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_county_and_every_town_have_targets_for_two_years(targets: pd.DataFrame, tree: RegionTree) -> None:
    regions = {COUNTY, *(town.key for town in tree.under(COUNTY, Level.TOWN))}
    for (_, deadline), group in targets.groupby(["indicator", "deadline"]):
        assert set(group["region"]) == regions
        assert deadline in (202512, 202612)
    assert (targets["value"] > targets["baseline"]).all()


def test_parts_add_up_to_the_whole_except_where_the_note_says_so(files: list[DemoFile], targets: pd.DataFrame) -> None:
    amounts = targets[targets["indicator"].isin(["household_toilets_built", "sewer_pipe_laid", "collection_points"])]
    gaps = {}
    for (code, deadline), group in amounts.groupby(["indicator", "deadline"]):
        is_whole = group["region"] == COUNTY
        gap = round(float(group[is_whole]["value"].sum() - group[~is_whole]["value"].sum()), 6)
        if gap:
            gaps[str(code), deadline] = gap
    assert gaps == {("household_toilets_built", 202612): 30.0}
    notes = [file.note for file in files if "目标任务" in file.name]
    assert ["少 30 座" in note for note in notes] == [False, True]


# ── other counties ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("months", [1, 3, 14])
def test_any_county_and_any_number_of_months_will_do(catalog: Catalog, months: int) -> None:
    tree = RegionTree(RegionBook(DATA).regions(["360521"]))
    county = region_key("360521")
    made = list(demo_files(tree, catalog, county, last=Month(2026, 1), months=months))
    assert sum("月报_" in file.name and file.name.startswith("分宜县") for file in made) == months
    for file in made:
        intake = read_upload(
            file.data, file.name, catalog=catalog, tree=tree, newest=Month(2026, 1), month=file.month, within=county
        )
        assert intake.faults == ()


def test_a_county_the_tree_does_not_hold_is_refused(tree: RegionTree, catalog: Catalog) -> None:
    with pytest.raises(RegionUnknown):
        list(demo_files(tree, catalog, region_key("430321")))
