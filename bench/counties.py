"""Stores of counties that people read: real regions of 山东, 24 months of twelve indicators, targets of counties and towns."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit

from bench.workload import NEWEST, NOW, PROVINCE
from ecodash import actions
from ecodash.catalog.regions import RegionBook
from ecodash.domain.access import operator
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, Region, RegionTree, ancestor_key, region_code
from ecodash.settings import PROJECT_ROOT, Settings
from ecodash.store import journal
from ecodash.store.submission import Submission
from ecodash.web.static_copies import BEST, Copies, list_files
from ecodash.workspace import Workspace, open_workspace

MONTHS = 24
_VERSION = 1
_SEED = 20261122
_ACTOR = operator("性能测试", "bench")
_FLOWS = (
    "garbage_cleared",
    "dump_sites_cleared",
    "household_toilets_built",
    "sewer_pipe_laid",
    "clutter_cleared",
    "patrols",
)
_STOCKS = ("public_toilets", "bins", "cleaners", "sanitary_toilet_households", "sewage_households")
_SCORES = ("assessment_score",)
_TARGETS = (
    "garbage_cleared",
    "household_toilets_built",
    "public_toilets",
    "sanitary_toilet_rate",
    "sewage_coverage_rate",
)


def county_home(villages: int, home: Path) -> Path:
    """The home of a store with so many villages or a few more, 24 months of twelve indicators; made once."""
    kept = home / f"pages-v{_VERSION}-{villages}"
    if not kept.exists():
        made = home / f"{kept.name}.being-made"
        shutil.rmtree(made, ignore_errors=True)
        workspace = open_workspace(Settings(made, f"duckdb:///{made / 'ecodash.duckdb'}", PROJECT_ROOT / "data"), NOW)
        actions.add_regions(workspace, _counties(villages), actor=_ACTOR, now=NOW)
        _report(workspace)
        workspace.close()
        made.rename(kept)
    return kept


def _counties(villages: int) -> list[str]:
    """Codes of counties of the province that together hold so many villages: one county, or the first ones in order."""
    tree = RegionTree(RegionBook(PROJECT_ROOT / "data").regions([PROVINCE]))
    counted = [(county, len(tree.under(county.key, Level.VILLAGE))) for county in tree.under(0, Level.COUNTY)]
    one = min(counted, key=lambda pair: abs(pair[1] - villages))
    if abs(one[1] - villages) < villages / 10:
        return [one[0].code]
    found, total = [], 0
    for county, count in counted:
        if total >= villages:
            break
        found.append(county.code)
        total += count
    return found


def _report(workspace: Workspace) -> None:
    """Every village each month, a few left out; targets for counties and towns."""
    random = np.random.default_rng(_SEED)
    villages = workspace.tree.under(0, Level.VILLAGE)
    months = [NEWEST.plus(-before) for before in reversed(range(MONTHS))]
    standing = {code: random.integers(20, 60, len(villages)) for code in _STOCKS}
    for place, month in enumerate(months):
        reporting = random.random(len(villages)) > 0.02
        columns: dict[str, object] = {code: random.integers(1, 90, len(villages)) for code in _FLOWS}
        for code in _STOCKS:
            standing[code] = standing[code] + random.integers(0, 3, len(villages))
        columns |= standing
        columns |= {code: random.integers(600, 1000, len(villages)) / 10 for code in _SCORES}
        if place == 0:
            columns["households"] = random.integers(150, 600, len(villages))
        frames = [_cells(villages, reporting, month, code, values) for code, values in columns.items()]
        goals = _targets(workspace, random) if place == 0 else _no_targets()
        submission = Submission(
            pd.concat(frames, ignore_index=True), goals, f"{month}.csv", f"{place:064d}", row_count=len(villages)
        )
        journal.commit(
            workspace.store, submission, actor=_ACTOR, now=NOW, received_at=NOW, catalog_digest=workspace.catalog.digest
        )


def _cells(
    villages: Sequence[Region],
    reporting: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
    month: Month,
    code: str,
    values: object,
) -> pd.DataFrame:
    keys = np.array([village.key for village in villages], dtype=np.int64)[reporting]
    amounts = pa.array(np.asarray(values, dtype=float)[reporting]).cast(pa.decimal128(18, 4))
    return pd.DataFrame(
        {
            "region": keys,
            "indicator": code,
            "period": np.full(len(keys), month.key, dtype=np.int32),
            "value": pd.arrays.ArrowExtensionArray(pa.chunked_array([amounts])),
            "row": np.arange(2, len(keys) + 2, dtype=np.int32),
        }
    )


def _targets(workspace: Workspace, random: np.random.Generator) -> pd.DataFrame:
    regions = [*workspace.tree.under(0, Level.COUNTY), *workspace.tree.under(0, Level.TOWN)]
    rows = [
        (region.key, code, deadline, 0, 90 if code.endswith("rate") else int(random.integers(2000, 90_000)))
        for region in regions
        for code in _TARGETS
        for deadline in (202512, 202612)
    ]
    frame = pd.DataFrame(rows, columns=["region", "indicator", "deadline", "baseline", "value"])
    for name in ("baseline", "value"):
        exact = pa.array(frame[name].astype(float)).cast(pa.decimal128(18, 4))
        frame[name] = pd.Series(exact.to_pylist(), dtype=object)
    return frame.assign(row=range(2, len(rows) + 2)).astype({"deadline": "int32", "row": "int32"})


def _no_targets() -> pd.DataFrame:
    return pd.DataFrame(columns=["region", "indicator", "deadline", "baseline", "value", "row"])


def looked_at(home: Path) -> dict[str, str]:
    """Codes of a county of a store, and of the province where the store holds several."""
    workspace = open_workspace(Settings(home, f"duckdb:///{home / 'ecodash.duckdb'}", PROJECT_ROOT / "data"), NOW)
    counties = workspace.tree.under(0, Level.COUNTY)
    workspace.close()
    found = {"县": counties[len(counties) // 2].code}
    if len(counties) > 1:
        found["省"] = region_code(ancestor_key(counties[0].key, Level.PROVINCE))
    return found


def copied(kept: Path, to: Path, home: Path) -> Path:
    """A home to be used up, with the front end packed as after the first minute of an installation.

    Args:
        home: where the packed files are kept between runs.
    """
    folder = Path(streamlit.__file__).parent / "static"
    packed = home / "static"
    Copies(list_files(folder, streamlit.__version__), packed).make(BEST)
    shutil.copytree(kept, to)
    shutil.copytree(packed, to / "static")
    return to
