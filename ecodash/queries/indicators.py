"""What the installation chose for indicators."""

import pandas as pd

from ecodash.domain.access import Right
from ecodash.domain.indicator_choices import IndicatorChoice
from ecodash.permits import Reach, everywhere, needs
from ecodash.store import indicator_use, records
from ecodash.workspace import Workspace


@needs(None, Reach.SIGNED_IN)
def indicator_choices(workspace: Workspace) -> dict[str, IndicatorChoice]:
    """Code → what was chosen, of the catalogue's indicators that something was ever chosen for."""
    with workspace.store.reading() as connection:
        found = records.indicator_choices(connection)
    return {code: choice for code, choice in found.items() if code in workspace.catalog}


@needs(Right.ADMINISTER, everywhere)
def indicator_reports(workspace: Workspace, watermark: int) -> pd.DataFrame:
    """One row per indicator of which any report stands: indicator (code), reports (how many), last_period (yyyymm)."""
    with workspace.store.reading() as connection:
        return indicator_use.standing_reports(connection, watermark)
