"""The cached doorway to queries. Keys hold a Selection, whose watermark names immutable data, so nothing goes stale."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from ecodash import actions, i18n, queries, receipts
from ecodash.analytics.decomposition import Decomposition
from ecodash.analytics.explain import Explanation
from ecodash.analytics.robustness import Robustness
from ecodash.catalog.geo import county_outline
from ecodash.catalog.regions import RegionBook
from ecodash.domain.access import Actor, Right
from ecodash.domain.boundaries import BoundarySet
from ecodash.domain.comparison import Comparison
from ecodash.domain.composite import Composite, composite_code, find_composite_number
from ecodash.domain.definitions import Definition, DefinitionKind
from ecodash.domain.indicator_choices import IndicatorChoice, in_use
from ecodash.domain.indicators import Catalog, Indicator
from ecodash.domain.listed import MonthLists
from ecodash.domain.lists import ListRule
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, Region, RegionTree, key_range
from ecodash.domain.selection import Selection
from ecodash.errors import LinkUnknown, NotPermitted
from ecodash.queries.reports import ReportCounts
from ecodash.reports.area_drawing import Ground, lay_ground
from ecodash.reports.boundary_shapes import read_areas
from ecodash.settings import load_settings
from ecodash.store.records import KeptDoubt, Stamp
from ecodash.store.undo import UndoPlan
from ecodash.views import sample_load
from ecodash.views.asking import ask, frame, store_state
from ecodash.views.asking import workspace as workspace


def catalog() -> Catalog:
    return workspace().catalog


def tree() -> RegionTree:
    return workspace().tree


def indicator(selection: Selection) -> Indicator:
    """The selected indicator's entry; a composite's, where one is selected."""
    return entry(selection.indicator)


def entry(code: str) -> Indicator:
    """An indicator's entry, or that which stands for a composite, by code."""
    found: Indicator = catalog()[code] if code in catalog() else ask("indicator_entry", code)
    return found


def is_composite(code: str) -> bool:
    """Whether a code names a composite that was defined, in any version."""
    if find_composite_number(code) is None:
        return False
    try:
        return bool(entry(code))
    except LinkUnknown:
        return False


def composites() -> list[Indicator]:
    """The composites on offer, each as an indicator."""
    return [entry(composite_code(one.number)) for one in ask("list_definitions", DefinitionKind.COMPOSITE)]


def region(selection: Selection) -> Region:
    """The selected region."""
    return tree().get(selection.region)


def actor() -> Actor:
    """Who sits before the screen."""
    return workspace().actor


def may(right: Right, region_key: int | None = None) -> bool:
    """Whether whoever sits before the screen has a right in a region, or, where none is given, in any: what one may not
    do is not offered."""
    who = actor()
    return who.may_somewhere(right) if region_key is None else who.may(right, region_key)


def lets(function: Callable[..., object], *arguments: object, **named: object) -> bool:
    """Whether whoever sits before the screen is let do or ask just this: the rule that stands at the action or the query
    is asked itself, so that no button is offered that would be refused.

    Args:
        function: of actions, queries or effects; called with these arguments after the workspace. What the rule does not
            look at may be left out.
    """
    try:
        function.admit(workspace(), *arguments, **named)  # type: ignore[attr-defined]
    except NotPermitted:
        return False
    return True


def own_regions(right: Right = Right.READ) -> tuple[int, ...]:
    """Keys of the regions here that a right holds in, no one inside another; the country for whoever may everywhere."""
    return tuple(key for key in actor().regions(right) if key in tree())


def _sight() -> str:
    """What the store and the grants let be seen, as part of a cache's key: whoever may see less is not given what was
    kept for another."""
    who = actor()
    return repr((workspace().settings.database_url, who.is_operator, who.account > 0, who.grants))


def now() -> datetime:
    """The clock of the pages, aware UTC."""
    return datetime.now(UTC)


def region_book() -> RegionBook:
    """The country's list of regions."""
    return _region_book(str(workspace().settings.data_dir))


@st.cache_resource(max_entries=2, show_spinner=False)
def _region_book(data_dir: str) -> RegionBook:
    return RegionBook(load_settings().data_dir)


# ── where a reader stands ──────────────────────────────────────────────────────────────────────────────────────────


def is_ready() -> bool:
    """Whether the store holds any region beside the country, and the sample is not just being loaded."""
    return len(tree()) > 1 and sample_load.find_running(workspace()) is None


def newest_watermark() -> int:
    """Read anew at each run."""
    return store_state().watermark


def watermark_stamp(watermark: int) -> Stamp:
    stamp: Stamp = ask("watermark_stamp", watermark)
    return stamp


def home_region() -> int:
    return int(ask("home_region"))


def months_reported(watermark: int, region_key: int) -> list[Month]:
    months: list[Month] = ask("months_reported", watermark, region_key)
    return months


def indicators_reported(selection: Selection) -> list[Indicator]:
    codes: list[Indicator] = ask("indicators_reported", selection.at(indicator=""))
    return codes


def default_indicator(selection: Selection) -> str:
    return str(ask("default_indicator", selection.at(indicator="")))


def shows_demo(selection: Selection) -> bool:
    return bool(ask("shows_demo", selection.at(indicator="", level=Level.VILLAGE)))


# ── figures ────────────────────────────────────────────────────────────────────────────────────────────────────────


def key_figures(selection: Selection) -> pd.DataFrame:
    return frame("key_figures", selection.at(indicator=""))


def unit_ranking(selection: Selection) -> pd.DataFrame:
    return frame("unit_ranking", selection)


def reconciliation(selection: Selection) -> pd.DataFrame:
    return frame("reconciliation", selection.at(indicator=""))


def unit_tiles(selection: Selection) -> pd.DataFrame:
    return frame("unit_tiles", selection)


def map_frame(selection: Selection) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Points of the units, and the county's outline: see queries.map_frame."""
    points, outline = ask("map_frame", selection.at(indicator=""))
    return points, outline


def map_areas(selection: Selection) -> pd.DataFrame:
    """Boundaries of the units as pictures draw them: see queries.map_areas."""
    return frame("map_areas", selection.at(indicator=""))


def region_targets(selection: Selection) -> pd.DataFrame:
    return frame("region_targets", selection.at(indicator=""))


def category_targets(selection: Selection) -> pd.DataFrame:
    return frame("category_targets", selection.at(indicator=""))


def unit_progress(selection: Selection) -> pd.DataFrame:
    return frame("unit_progress", selection)


def reporting(selection: Selection) -> pd.DataFrame:
    return frame("reporting", selection.at(indicator=""))


def report_counts(selection: Selection) -> ReportCounts:
    counts: ReportCounts = ask("report_counts", selection.at(indicator="", level=Level.VILLAGE))
    return counts


def region_profile(selection: Selection) -> pd.DataFrame:
    return frame("region_profile", selection.at(indicator=""))


def figure_doubts(selection: Selection) -> pd.DataFrame:
    return frame("figure_doubts", selection.at(indicator="", level=Level.VILLAGE))


def figure_origins(selection: Selection) -> pd.DataFrame:
    return frame("figure_origins", selection)


def list_batches(watermark: int) -> pd.DataFrame:
    return frame("list_batches", watermark)


def batch_of_file(sha256: str) -> int | None:
    """The newest batch that brought a file and still stands, whole or in part, or None."""
    batches = list_batches(newest_watermark())
    found = batches[(batches["file_sha256"] == sha256) & (batches["kind"] == "upload") & batches["undone_by"].isna()]
    return None if found.empty else int(found["seq"].max())


def batch_doubts(number: int) -> list[KeptDoubt]:
    doubts: list[KeptDoubt] = ask("batch_doubts", number)
    return doubts


def batch_cells(number: int) -> pd.DataFrame:
    """Not kept: a batch may have millions of cells."""
    return queries.batch_cells(workspace(), number)


def uploaded_file(number: int) -> bytes:
    """The bytes of a batch's file, as sent."""
    return queries.uploaded_file(workspace(), number).content


def receipt_page(number: int) -> bytes:
    """The receipt of a batch, as a page that prints."""
    with i18n.speaking(i18n.CHINESE):
        return receipts.receipt_page(workspace(), number)


def undo_plan(watermark: int, number: int) -> UndoPlan:
    """What an undo of a batch would do as of a watermark, which is the newest."""
    return _undo_plan(_sight(), watermark, number)


@st.cache_data(max_entries=8, show_spinner=False)
def _undo_plan(sight: str, watermark: int, number: int) -> UndoPlan:
    with i18n.speaking(i18n.CHINESE):
        return actions.plan_undo(workspace(), number)


# ── before and after the upload ────────────────────────────────────────────────────────────────────────────────────


def template_indicators(watermark: int, region_key: int, month: Month) -> list[Indicator]:
    """Indicators a template offers at first, as of a watermark, which is the newest."""
    return _template_indicators(f"{_sight()} {store_state().definitions}", watermark, region_key, month)


@st.cache_data(max_entries=100, show_spinner=False)
def _template_indicators(sight: str, watermark: int, region_key: int, month: Month) -> list[Indicator]:
    return queries.template_indicators(workspace(), region_key, month)


def upload_template(region_key: int, month: Month, codes: Sequence[str]) -> bytes:
    with i18n.speaking(i18n.CHINESE):
        return queries.upload_template(workspace(), region_key, month, codes, now=now())


def due_of(region: int, month: Month) -> datetime:
    """Until when a region's month is reported in time."""
    due: datetime = ask("due_of", region, month)
    return due


def reminder(selection: Selection) -> str:
    """Asked anew each time: it says the time. Chinese, as it goes to those who report."""
    with i18n.speaking(i18n.CHINESE):
        return queries.reminder(workspace(), selection, now=now())


# ── maps ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def unit_values(selection: Selection, months: tuple[Month, ...]) -> pd.DataFrame:
    return frame("unit_values", selection, months)


def unit_attainment(selection: Selection) -> pd.DataFrame:
    return frame("unit_attainment", selection)


def map_ground(digest: str, region_key: int, outline_of: int | None) -> Ground | None:
    """Areas of a boundary set at or below a region in drawing units, with a county's outline around them."""
    return _map_ground(_sight(), digest, region_key, outline_of)


@st.cache_resource(max_entries=32, show_spinner=False)
def _map_ground(sight: str, digest: str, region_key: int, outline_of: int | None) -> Ground | None:
    areas = read_areas(queries.boundary_geojson(workspace(), digest))
    lo, hi = key_range(region_key)
    outline = areas.iloc[:0] if outline_of is None else queries.county_outline(workspace(), outline_of)
    return lay_ground(areas[(areas["county"] >= lo) & (areas["county"] < hi)], outline)


def boundaries(region_key: int, level: Level) -> BoundarySet | None:
    """Read anew each time: boundaries are brought without a commit."""
    return queries.boundaries(workspace(), region_key, level)


# ── rankings and composites ────────────────────────────────────────────────────────────────────────────────────────


def ranking(selection: Selection, comparison: Comparison) -> pd.DataFrame:
    return frame("ranking", selection, comparison)


def composite_parts(selection: Selection, comparison: Comparison) -> pd.DataFrame:
    return frame("composite_parts", selection, comparison)


def why(selection: Selection, comparison: Comparison, region_key: int) -> Explanation:
    explanation: Explanation = ask("why", selection, comparison, region_key)
    return explanation


def robustness(selection: Selection, comparison: Comparison) -> Robustness:
    found: Robustness = ask("robustness", selection, comparison)
    return found


def robustness_of(selection: Selection, comparison: Comparison, composite: Composite) -> Robustness:
    """Of a composite that is not saved: asked anew each time."""
    return queries.robustness(workspace(), selection, comparison, composite)


def what_if(selection: Selection, comparison: Comparison, composite: Composite) -> pd.DataFrame:
    """Asked anew each time: weights under a slider hardly come back."""
    return queries.what_if(workspace(), selection, comparison, composite)


def composite_of(selection: Selection) -> Composite | None:
    return queries.composite_of(workspace(), selection.indicator)


def list_definitions(kind: DefinitionKind) -> list[Definition]:
    found: list[Definition] = ask("list_definitions", kind)
    return found


def definition_versions(kind: DefinitionKind, name: str) -> list[Definition]:
    found: list[Definition] = ask("definition_versions", kind, name)
    return found


def peer_scheme(number: int) -> Definition | None:
    scheme: Definition | None = ask("peer_scheme", number)
    return scheme


def attribute_thirds(selection: Selection, attribute: str) -> pd.DataFrame:
    return frame("attribute_thirds", selection.at(indicator=""), attribute)


# ── profiles and pictures ──────────────────────────────────────────────────────────────────────────────────────────


def region_facts(selection: Selection) -> pd.DataFrame:
    return frame("region_facts", selection.at(indicator="", level=Level.VILLAGE))


def region_trend(selection: Selection) -> pd.DataFrame:
    return frame("region_trend", selection.at(level=Level.VILLAGE))


def value_history(selection: Selection, region_key: int) -> pd.DataFrame:
    return frame("value_history", selection, region_key, selection.indicator)


def corrected_reports(selection: Selection) -> pd.DataFrame:
    return frame("corrected_reports", selection.at(level=Level.VILLAGE))


def report_months(selection: Selection) -> pd.DataFrame:
    return frame("report_months", selection.at(indicator="", level=Level.VILLAGE))


def late_villages(selection: Selection) -> pd.DataFrame:
    return frame("late_villages", selection.at(indicator="", level=Level.VILLAGE))


def batch_notes(selection: Selection) -> pd.DataFrame:
    return frame("batch_notes", selection.at(indicator="", level=Level.VILLAGE))


def page_meta(page: Page, selection: Selection) -> dict[str, Any]:
    """Names, units and dates of a page, as pictures of its charts say them."""
    meta: dict[str, Any] = ask("page_meta", page, selection)
    return meta


# ── 红黑榜 ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def month_lists(watermark: int, month: Month, number: int, reasons_number: int) -> MonthLists:
    lists: MonthLists = ask("month_lists", watermark, month, number, reasons_number)
    return lists


def draft_lists(watermark: int, month: Month, rule: ListRule) -> MonthLists:
    """Who a rule that is not kept would list."""
    lists: MonthLists = ask("draft_lists", watermark, month, rule)
    return lists


def reasons_number(rule_name: str, month: Month) -> int:
    return int(ask("reasons_number", rule_name, month))


# ── boundaries ─────────────────────────────────────────────────────────────────────────────────────────────────────


def list_boundaries() -> list[BoundarySet]:
    """Read anew each time: boundaries are kept and withdrawn without a commit."""
    return queries.list_boundaries(workspace())


def boundary_geojson(digest: str) -> bytes:
    """Read anew each time: a withdrawn set is not to be had any more."""
    return queries.boundary_geojson(workspace(), digest)


def outline(county: int) -> list[list[tuple[float, float]]] | None:
    """Rings of a county's outline in WGS-84; None where it is not known."""
    return county_outline(workspace().settings.data_dir, county)


# ── 会议模式 ────────────────────────────────────────────────────────────────────────────────────────────────────────


def meeting_orders() -> list[Definition]:
    """The orders on offer, by name; read anew each time: an order is kept without a commit."""
    return queries.list_definitions(workspace(), DefinitionKind.MEETING)


# ── targets ────────────────────────────────────────────────────────────────────────────────────────────────────────


def past_targets(selection: Selection) -> pd.DataFrame:
    return frame("past_targets", selection.at(indicator=""))


def progress_matrix(selection: Selection, category: str = "") -> pd.DataFrame:
    return frame("progress_matrix", selection.at(indicator=""), category)


def target_categories(selection: Selection) -> list[str]:
    found: list[str] = ask("target_categories", selection.at(indicator=""))
    return found


def target_plans(selection: Selection) -> pd.DataFrame:
    return frame("target_plans", selection.at(indicator="", level=Level.VILLAGE))


def target_decomposition(selection: Selection) -> Decomposition:
    found: Decomposition = ask("target_decomposition", selection.at(indicator="", level=Level.VILLAGE))
    return found


def next_year_targets(selection: Selection) -> pd.DataFrame:
    return frame("next_year_targets", selection.at(indicator="", level=Level.VILLAGE))


def default_selection(region_key: int) -> Selection:
    """The newest month of a region, as of the newest watermark."""
    selection: Selection = ask("default_selection", newest_watermark(), region_key)
    return selection


def target_children(selection: Selection) -> list[Region]:
    """The regions a region's targets are decomposed to."""
    found: list[Region] = ask("target_children", selection.region, selection.month)
    return found


# ── the audit ──────────────────────────────────────────────────────────────────────────────────────────────────────


def audit_state(count: int) -> queries.AuditState:
    """Whether the audit is whole, followed anew when it grew, and every few minutes.

    Args:
        count: how many lines it has.
    """
    opened = workspace()
    opened.actor.require(Right.AUDIT, ())
    return _audit_state(opened.settings.database_url, count)


@st.cache_data(max_entries=4, ttl=600, show_spinner=False)
def _audit_state(store: str, count: int) -> queries.AuditState:
    return queries.check_audit(workspace())


# ── indicators of the installation ─────────────────────────────────────────────────────────────────────────────────


def indicator_choices() -> dict[str, IndicatorChoice]:
    """What was chosen here for indicators: see queries.indicator_choices."""
    found: dict[str, IndicatorChoice] = ask("indicator_choices")
    return found


def offered(entries: Iterable[Indicator] | None = None, *shown: str | None) -> list[Indicator]:
    """What a list to choose from offers, of some entries or of the whole catalogue: those in use here, and whichever are
    shown already."""
    given = catalog().values() if entries is None else entries
    return in_use(given, indicator_choices(), shown)
