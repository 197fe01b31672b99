"""What an examination of an installation finds: what was looked at, how it stands, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class Standing(IntEnum):
    """How something stands; the worst of all is the exit code of `doctor`."""

    OK = 0
    WARN = 1
    BAD = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Args:
        name: what, as a code for programs.
        standing: how it stands.
        what: the same in words.
        remedy: what to do; empty where nothing is.
    """

    name: str
    standing: Standing
    what: str
    remedy: str = ""

    def to_record(self) -> dict[str, Any]:
        """Plain values."""
        return {"name": self.name, "state": self.standing.name.lower(), "what": self.what, "remedy": self.remedy}

    @classmethod
    def from_record(cls, values: Mapping[str, Any]) -> "Finding":
        """The finding that plain values describe."""
        standing = Standing[str(values["state"]).upper()]
        return cls(str(values["name"]), standing, str(values["what"]), str(values["remedy"]))
