"""Backups: copies of the store that were made while it was in use, and what is known of each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecodash.domain.calendar import BEIJING

_NAME = re.compile(r"[0-9]{8}-[0-9]{6}(-[0-9]{1,3})?")
"""20261104-100000, of the moment in Beijing; a second one of that moment ends in -2."""


def is_backup_name(text: str) -> bool:
    """Whether a text may be a backup's name: nothing else is ever made a part of a path."""
    return _NAME.fullmatch(text) is not None


def backup_name(now: datetime, taken: frozenset[str] = frozenset()) -> str:
    """The name of a backup made at a moment, which is none of those that are taken."""
    base = f"{now.astimezone(BEIJING):%Y%m%d-%H%M%S}"
    names = (base, *(f"{base}-{count}" for count in range(2, 1000)))
    return next(name for name in names if name not in taken)


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A file of a backup as it was written."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup as its own record describes it.

    Args:
        name: of its folder.
        made_at, actor: when (aware UTC), and by whom.
        watermark: the newest batch in it.
        digest: over every figure and target up to it, by store.check.digest: equal for equal contents.
        schema, software: of the store and the software that made it.
        files: the database, and the key that links and second factors are derived from.
        tables: table → rows.
        checked_at: when it was last opened and checked whole; at first when it was made.
        fault: what did not hold at that check; empty where all did.
        is_automatic: whether the running app made it by itself, at its hour; such ones go by rotation.
    """

    name: str
    made_at: datetime
    actor: str
    watermark: int
    digest: str
    schema: str
    software: str
    files: tuple[BackupFile, ...]
    tables: Mapping[str, int]
    checked_at: datetime
    fault: str = ""
    is_automatic: bool = False

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(one.size for one in self.files)

    def to_record(self) -> dict[str, Any]:
        """Plain values, as the backup's own record keeps them."""
        return {
            "version": 1,
            "name": self.name,
            "made_at": self.made_at.isoformat(),
            "actor": self.actor,
            "watermark": self.watermark,
            "digest": self.digest,
            "schema": self.schema,
            "software": self.software,
            "files": [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in self.files],
            "tables": dict(self.tables),
            "checked_at": self.checked_at.isoformat(),
            "fault": self.fault,
            "is_automatic": self.is_automatic,
        }

    @classmethod
    def from_record(cls, values: Mapping[str, Any]) -> "Backup":
        """The backup a record describes.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        return cls(
            name=str(values["name"]),
            made_at=_aware(values["made_at"]),
            actor=str(values["actor"]),
            watermark=int(values["watermark"]),
            digest=str(values["digest"]),
            schema=str(values["schema"]),
            software=str(values["software"]),
            files=tuple(BackupFile(str(f["name"]), int(f["size"]), str(f["sha256"])) for f in values["files"]),
            tables={str(name): int(rows) for name, rows in values["tables"].items()},
            checked_at=_aware(values["checked_at"]),
            fault=str(values["fault"]),
            # Records of before there were automatic ones do not say.
            is_automatic=bool(values.get("is_automatic", False)),
        )


def _aware(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a time without its zone")
    return found


@dataclass(frozen=True, slots=True)
class BackupCheck:
    """What a check of a backup found.

    Args:
        backup: as its record stands after the check.
        problems: what does not hold; empty where the backup can be restored as it is.
        agrees: whether the store in use holds the very same figures up to the backup's newest batch; None where the
            store in use has not come so far, as after a restoring.
    """

    backup: Backup
    problems: tuple[str, ...]
    agrees: bool | None
