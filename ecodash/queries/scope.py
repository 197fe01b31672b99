"""What there is to look at: months, indicators, where a reader starts."""

from ecodash.domain.access import Right
from ecodash.domain.indicator_choices import in_use
from ecodash.domain.indicators import Indicator, Kind
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, key_range, level_of
from ecodash.domain.selection import Selection, default_level
from ecodash.permits import Reach, needs, of_region, of_selection, of_start, region_held
from ecodash.queries.base import figures_of
from ecodash.queries.composites import composite_of
from ecodash.queries.indicators import indicator_choices
from ecodash.store import journal, records
from ecodash.store.records import Stamp, StoreState
from ecodash.workspace import Workspace


@needs(None, Reach.SIGNED_IN)
def newest_watermark(workspace: Workspace) -> int:
    """The number of the last commit; 0 before the first."""
    with workspace.store.reading() as connection:
        return journal.newest_watermark(connection)


@needs(None, Reach.SIGNED_IN)
def watermark_stamp(workspace: Workspace, watermark: int) -> Stamp:
    """Number and time of the commit a screen stands on."""
    with workspace.store.reading() as connection:
        return records.stamp(connection, watermark)


@needs(None, Reach.SIGNED_IN)
def store_state(workspace: Workspace) -> StoreState:
    """Commits, changes of the regions and definitions so far, in one small query; in none where all that is written goes
    through this process, and nothing was since."""
    # Before the question: what is written meanwhile makes it be asked again.
    writes, kept = workspace.store.writes, workspace.known.state
    if kept is not None and kept[0] == writes and workspace.settings.is_embedded:
        return kept[1]
    with workspace.store.reading() as connection:
        state = records.store_state(connection)
    workspace.keep_up(state.regions)
    workspace.known.state = writes, state
    return state


@needs(None, Reach.SIGNED_IN)
def regions_version(workspace: Workspace) -> int:
    """How many times the list of regions changed."""
    with workspace.store.reading() as connection:
        return records.regions_version(connection)


@needs(None, Reach.SIGNED_IN)
def home_region(workspace: Workspace) -> int:
    """Key of the region shown first: as chosen at init, else the country; for whoever may not see that, the first of
    the regions they may see."""
    with workspace.store.reading() as connection:
        chosen = records.find_setting(connection, "home_region")
    home = int(chosen) if chosen is not None and int(chosen) in workspace.tree else COUNTRY_KEY
    return _own_or(workspace, home)


@needs(None, Reach.SIGNED_IN)
def whole_region(workspace: Workspace) -> int:
    """Key of the region that "the whole store" means: the lowest that contains all that is held whole; for whoever may
    not see that, the first of the regions they may see."""
    return _own_or(workspace, region_held(workspace))


def _own_or(workspace: Workspace, region: int) -> int:
    own = [key for key in workspace.actor.regions(Right.READ) if key in workspace.tree]
    return region if workspace.actor.may(Right.READ, region) or not own else own[0]


@needs(Right.READ, of_region("region"))
def months_reported(workspace: Workspace, watermark: int, region: int) -> list[Month]:
    """Months in which anything was reported at or below a region, oldest first."""
    lo, hi = key_range(region)
    with workspace.store.reading() as connection:
        return [Month.from_key(key) for key in records.reported_months(connection, watermark, lo, hi)]


@needs(Right.READ, of_selection)
def indicators_reported(workspace: Workspace, selection: Selection) -> list[Indicator]:
    """Indicators with a figure for the region or its units in the month, in the catalogue's order; where there is none,
    those with a figure anywhere below. Attributes are left out."""
    below = [level for level in Level if level.rank > selection.level.rank]
    for levels in ([level_of(selection.region), selection.level], below):
        figures = figures_of(workspace, selection, [selection.month], levels)
        present = set(figures.loc[figures["value"].notna(), "indicator"])
        found = [entry for code, entry in workspace.catalog.items() if code in present]
        if reported := [entry for entry in found if entry.kind is not Kind.ATTRIBUTE]:
            return reported
    return []


@needs(Right.READ, of_start)
def default_selection(workspace: Workspace, watermark: int | None = None, region: int | None = None) -> Selection:
    """What is shown when a reader has chosen nothing: the home region at its newest month."""
    mark = newest_watermark(workspace) if watermark is None else watermark
    place = home_region(workspace) if region is None else region
    months = months_reported(workspace, mark, place)
    month = months[-1] if months else Month(2026, 1)
    selection = Selection(mark, month, place, "", default_level(place))
    chosen = selection.at(indicator=default_indicator(workspace, selection))
    return chosen.at(level=indicator_level(workspace, chosen))


@needs(Right.READ, of_selection)
def default_indicator(workspace: Workspace, selection: Selection) -> str:
    """The indicator ranked first: a score where units have one, else a ratio, else whatever is reported; one not in use
    only where nothing else is."""
    found = indicators_reported(workspace, selection)
    reported = in_use(found, indicator_choices(workspace)) or found
    for kind in (Kind.SCORE, Kind.RATIO, Kind.STOCK, Kind.FLOW):
        for entry in reported:
            if entry.kind is kind:
                return entry.code
    return next(code for code, entry in workspace.catalog.items() if entry.kind is not Kind.ATTRIBUTE)


@needs(Right.READ, of_selection)
def indicator_level(workspace: Workspace, selection: Selection) -> Level:
    """The level at which units can be compared on the indicator: the next below the region at which any has a figure.

    Where none has, the next level below the region. Of a composite any of its items counts.
    """
    first = default_level(selection.region)
    below = [level for level in Level if level.rank >= first.rank]
    composite = composite_of(workspace, selection.indicator)
    codes = [selection.indicator] if composite is None else composite.codes
    figures = figures_of(workspace, selection, [selection.month], below, codes)
    present = set(figures.loc[figures["value"].notna(), "level"])
    return next((level for level in below if level in present), first)


@needs(Right.READ, of_selection)
def shows_demo(workspace: Workspace, selection: Selection) -> bool:
    """Whether invented figures stand among those of the region up to the month."""
    lo, hi = key_range(selection.region)
    with workspace.store.reading() as connection:
        return records.has_demo(connection, selection.watermark, lo, hi, selection.month.key)
