"""Composites people defined, as what a selection may name in place of an indicator."""

from decimal import Decimal

from ecodash.domain.composite import Composite, composite_code, find_composite_number
from ecodash.domain.definitions import Definition, DefinitionKind
from ecodash.domain.indicators import Aggregation, Direction, Indicator, Kind
from ecodash.permits import Reach, needs
from ecodash.queries.definitions import get_definition
from ecodash.workspace import Workspace

UNIT = "分"
_DECIMALS = 2


@needs(None, Reach.SIGNED_IN)
def composite_of(workspace: Workspace, code: str) -> Composite | None:
    """The composite a code names (composite-12); None where it is the code of an indicator.

    Raises:
        LinkUnknown: no composite has the number.
    """
    number = find_composite_number(code)
    if number is None:
        return None
    definition = get_definition(workspace, DefinitionKind.COMPOSITE, number)
    return Composite.from_content(definition.content, definition.name)


@needs(None, Reach.SIGNED_IN)
def indicator_entry(workspace: Workspace, code: str) -> Indicator:
    """The catalogue's entry of a code; of a composite one that says the same of it: a score of 0 to 100, higher is
    better, defined by its weights.

    Raises:
        IndicatorUnknown, LinkUnknown: there is none of that code.
    """
    number = find_composite_number(code)
    if number is None:
        return workspace.catalog[code]
    return entry_of(workspace, get_definition(workspace, DefinitionKind.COMPOSITE, number))


@needs(None, Reach.SIGNED_IN)
def entry_of(workspace: Workspace, definition: Definition) -> Indicator:
    """A version of a composite in the form of an indicator."""
    composite = Composite.from_content(definition.content, definition.name)
    catalog = workspace.catalog
    weights = "、".join(
        f"{catalog[item.indicator].name if item.indicator in catalog else item.indicator} {item.weight.normalize():f}%"
        for item in composite.items
    )
    return Indicator(
        code=composite_code(definition.number),
        name=definition.name,
        english=definition.name,
        category="",
        unit=UNIT,
        kind=Kind.SCORE,
        aggregation=Aggregation.NONE,
        direction=Direction.HIGHER,
        decimals=_DECIMALS,
        minimum=Decimal(0),
        maximum=Decimal(100),
        definition=weights,
    )
