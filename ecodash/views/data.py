"""The cached doorway to queries. Keys hold a Selection, whose watermark names immutable data, so nothing goes stale."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from ecodash import actions, queries, receipts
from ecodash.catalog.regions import RegionBook
from ecodash.domain.access import Actor, local_operator
from ecodash.domain.indicators import Catalog, Indicator
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, Region, RegionTree
from ecodash.domain.selection import Selection
from ecodash.reports.frozen import FrozenPage
from ecodash.settings import load_settings
from ecodash.store.records import KeptDoubt, Stamp
from ecodash.store.undo import UndoPlan
from ecodash.views import sample_load
from ecodash.workspace import Workspace, shared_workspace


def workspace() -> Workspace:
    """The one workspace of this process."""
    return shared_workspace(load_settings())


def catalog() -> Catalog:
    return workspace().catalog


def tree() -> RegionTree:
    return workspace().tree


def indicator(selection: Selection) -> Indicator:
    """The selected indicator's entry."""
    return catalog()[selection.indicator]


def region(selection: Selection) -> Region:
    """The selected region."""
    return tree().get(selection.region)


def actor() -> Actor:
    """Who sits before the screen. Until accounts exist: the local operator."""
    return local_operator("page")


def now() -> datetime:
    """The clock of the pages, aware UTC."""
    return datetime.now(UTC)


def region_book() -> RegionBook:
    """The country's list of regions."""
    return _region_book(str(workspace().settings.data_dir))


@st.cache_resource(max_entries=2, show_spinner=False)
def _region_book(data_dir: str) -> RegionBook:
    return RegionBook(load_settings().data_dir)


@st.cache_data(max_entries=600, show_spinner=False)
def _answer(name: str, store: str, regions_count: int, *arguments: object) -> Any:
    """One answer of queries. The store and its number of regions belong to the key: regions are added without a
    commit, and tests open one store after another in one process."""
    return getattr(queries, name)(workspace(), *arguments)


def _ask(name: str, *arguments: object) -> Any:
    opened = workspace()
    return _answer(name, opened.settings.database_url, len(opened.tree), *arguments)


# ── where a reader stands ──────────────────────────────────────────────────────────────────────────────────────────


def is_ready() -> bool:
    """Whether the store holds any region beside the country, and the sample is not just being loaded."""
    return len(tree()) > 1 and sample_load.find_running(workspace()) is None


def newest_watermark() -> int:
    """Read anew at each run: the one thing that moves."""
    return queries.newest_watermark(workspace())


def watermark_stamp(watermark: int) -> Stamp:
    stamp: Stamp = _ask("watermark_stamp", watermark)
    return stamp


def home_region() -> int:
    return queries.home_region(workspace())


def months_reported(watermark: int, region_key: int) -> list[Month]:
    months: list[Month] = _ask("months_reported", watermark, region_key)
    return months


def indicators_reported(selection: Selection) -> list[Indicator]:
    codes: list[Indicator] = _ask("indicators_reported", selection.at(indicator=""))
    return codes


def default_indicator(selection: Selection) -> str:
    return str(_ask("default_indicator", selection.at(indicator="")))


def shows_demo(selection: Selection) -> bool:
    return bool(_ask("shows_demo", selection.at(indicator="", level=Level.VILLAGE)))


# ── figures ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _frame(name: str, *arguments: object) -> pd.DataFrame:
    frame: pd.DataFrame = _ask(name, *arguments)
    return frame


def key_figures(selection: Selection) -> pd.DataFrame:
    return _frame("key_figures", selection.at(indicator=""))


def unit_ranking(selection: Selection) -> pd.DataFrame:
    return _frame("unit_ranking", selection)


def trend(selection: Selection) -> pd.DataFrame:
    return _frame("trend", selection)


def reconciliation(selection: Selection) -> pd.DataFrame:
    return _frame("reconciliation", selection.at(indicator=""))


def unit_tiles(selection: Selection) -> pd.DataFrame:
    return _frame("unit_tiles", selection)


def map_frame(selection: Selection) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Points of the units, and the county's outline: see queries.map_frame."""
    points, outline = _ask("map_frame", selection.at(indicator=""))
    return points, outline


def region_targets(selection: Selection) -> pd.DataFrame:
    return _frame("region_targets", selection.at(indicator=""))


def category_targets(selection: Selection) -> pd.DataFrame:
    return _frame("category_targets", selection.at(indicator=""))


def unit_progress(selection: Selection) -> pd.DataFrame:
    return _frame("unit_progress", selection)


def reporting(selection: Selection) -> pd.DataFrame:
    return _frame("reporting", selection.at(indicator=""))


def region_profile(selection: Selection) -> pd.DataFrame:
    return _frame("region_profile", selection.at(indicator=""))


def figure_doubts(selection: Selection) -> pd.DataFrame:
    return _frame("figure_doubts", selection.at(indicator="", level=Level.VILLAGE))


def figure_origins(selection: Selection) -> pd.DataFrame:
    return _frame("figure_origins", selection)


def list_batches(watermark: int) -> pd.DataFrame:
    return _frame("list_batches", watermark)


def batch_of_file(sha256: str) -> int | None:
    """The newest batch that brought a file and still stands, whole or in part, or None."""
    batches = list_batches(newest_watermark())
    found = batches[(batches["file_sha256"] == sha256) & (batches["kind"] == "upload") & batches["undone_by"].isna()]
    return None if found.empty else int(found["seq"].max())


def batch_doubts(number: int) -> list[KeptDoubt]:
    doubts: list[KeptDoubt] = _ask("batch_doubts", number)
    return doubts


def batch_cells(number: int) -> pd.DataFrame:
    """Not kept: a batch may have millions of cells."""
    return queries.batch_cells(workspace(), number)


def uploaded_file(number: int) -> bytes:
    """The bytes of a batch's file, as sent."""
    return queries.uploaded_file(workspace(), number).content


def receipt_page(number: int) -> bytes:
    """The receipt of a batch, as a page that prints."""
    return receipts.receipt_page(workspace(), number)


def undo_plan(watermark: int, number: int) -> UndoPlan:
    """What an undo of a batch would do as of a watermark, which is the newest."""
    opened = workspace()
    return _undo_plan(opened.settings.database_url, watermark, number)


@st.cache_data(max_entries=8, show_spinner=False)
def _undo_plan(store: str, watermark: int, number: int) -> UndoPlan:
    return actions.plan_undo(workspace(), number)


# ── before and after the upload ────────────────────────────────────────────────────────────────────────────────────


def template_indicators(watermark: int, region_key: int, month: Month) -> list[Indicator]:
    """Indicators a template offers at first, as of a watermark, which is the newest."""
    opened = workspace()
    return _template_indicators(opened.settings.database_url, watermark, region_key, month)


@st.cache_data(max_entries=100, show_spinner=False)
def _template_indicators(store: str, watermark: int, region_key: int, month: Month) -> list[Indicator]:
    return queries.template_indicators(workspace(), region_key, month)


def upload_template(region_key: int, month: Month, codes: Sequence[str]) -> bytes:
    return queries.upload_template(workspace(), region_key, month, codes, now=now())


def reminder(selection: Selection) -> str:
    """Asked anew each time: it says the time."""
    return queries.reminder(workspace(), selection, now=now())


def frozen_page(page: Page, selection: Selection) -> FrozenPage:
    """What a snapshot of a page keeps."""
    return queries.freeze(workspace(), page, selection)


def list_snapshots() -> pd.DataFrame:
    """Read anew each time: a snapshot is made without a commit."""
    return queries.list_snapshots(workspace())
