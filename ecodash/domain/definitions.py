"""What people define on pages: kept by name, in versions, each with its own number."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class DefinitionKind(StrEnum):
    """What is defined: a composite of weighted indicators, a rule of red and black lists, the reasons written beside the
    entries of a list, the order of a meeting, the peer classes of units."""

    COMPOSITE = "composite"
    LIST_RULE = "list_rule"
    LIST_REASONS = "list_reasons"
    MEETING = "meeting"
    PEER_CLASSES = "peer_classes"


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of a definition.

    Args:
        number: of this version; links name it.
        kind, name: what it is a version of.
        version: from 1.
        content: plain values, as JSON has them; what they are depends on the kind.
        is_withdrawn: it no longer is to be offered.
        actor, at: who wrote it, when.
    """

    number: int
    kind: DefinitionKind
    name: str
    version: int
    content: dict[str, Any]
    is_withdrawn: bool
    actor: str
    at: datetime
