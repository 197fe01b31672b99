"""Peer classes of units: schemes people wrote, and one proposed from a fact of the regions."""

import pandas as pd

from ecodash.domain.access import Right
from ecodash.domain.definitions import Definition, DefinitionKind
from ecodash.domain.selection import Selection
from ecodash.permits import Reach, needs, of_selection
from ecodash.queries.base import figures_of, unit_columns, units
from ecodash.queries.definitions import get_definition, list_definitions
from ecodash.workspace import Workspace

CLASSES = "classes"
"""Under which a definition of peer classes keeps region code → class."""


@needs(None, Reach.SIGNED_IN)
def peer_scheme(workspace: Workspace, number: int = 0) -> Definition | None:
    """A version of a scheme of peer classes by its number; for 0 the first scheme there is, None where there is none.

    Raises:
        LinkUnknown: no scheme has the number.
    """
    if number:
        return get_definition(workspace, DefinitionKind.PEER_CLASSES, number)
    schemes = list_definitions(workspace, DefinitionKind.PEER_CLASSES)
    return schemes[0] if schemes else None


@needs(None, Reach.SIGNED_IN)
def peer_classes(workspace: Workspace, number: int = 0) -> dict[str, str]:
    """Class of each region code in a scheme; none where there is no scheme."""
    scheme = peer_scheme(workspace, number)
    classes = scheme.content.get(CLASSES, {}) if scheme else {}
    return {str(code): str(name) for code, name in classes.items() if str(name)}


@needs(Right.READ, of_selection)
def attribute_thirds(workspace: Workspace, selection: Selection, attribute: str) -> pd.DataFrame:
    """The units under the region in three classes of equal size by a fact of theirs, as a proposal.

    Args:
        attribute: code of an attribute (households, population).
    Returns:
        One row per unit in code order: region, region_code, name, value (NaN unreported), third (1: the smallest; 0:
        unreported). Units with the same value are in the same third.
    """
    regions = units(workspace, selection)
    rows = unit_columns(workspace, regions)[["region", "region_code", "name"]]
    figures = figures_of(workspace, selection, [selection.month], [selection.level], [attribute])
    rows["value"] = rows["region"].map(figures.set_index("region")["value"]).astype(float)
    place = rows["value"].rank(method="min") - 1
    count = int(rows["value"].notna().sum())
    rows["third"] = (place * 3 // max(count, 1) + 1).fillna(0).astype(int)
    return rows
