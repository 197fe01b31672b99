"""Two installations that differ in what other towns report, and in nothing else: whoever may see one town alone must not be
able to tell them apart."""

import dataclasses
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ecodash import actions
from ecodash.actions import Choices
from ecodash.domain.access import SYSTEM, Role
from tests.builders import A1, B1, COUNTY
from tests.permits.asking import opened
from tests.permits.world import MONTH, NOW, OTHER, World, person

ELSEWHERE = (B1, COUNTY, OTHER)
_CODES = "garbage,toilets,households,found,closed"


def twin(built: tuple[World, Path], folder: Path, secret: int) -> World:
    """A copy of a world in which all but the first town report figures made of a secret, in two months; some of it is
    published, some waits. The first town's are always the same."""
    world = opened(built, folder)
    for month in (MONTH.plus(-1), MONTH):
        own = [f"{A1},{month.month * 3},41,900,30,{month.month}"]
        others = [_row(code, secret + month.month) for code in ELSEWHERE]
        _send(world, [*own, *others], f"{month}.csv")
    for place, code in enumerate(ELSEWHERE):
        _send(world, [_row(code, secret + 5_000 + place)], f"{code}.csv", waits=True)
    newest = world.workspace.acting(SYSTEM)
    with newest.store.reading() as connection:
        mark = actions.uploads.journal.newest_watermark(connection)
    return dataclasses.replace(world, watermark=mark)


def _row(code: str, first: int) -> str:
    return f"{code},{first},{first + 11},{first + 900},{first + 7},{first + 3}"


def _send(world: World, rows: list[str], name: str, *, waits: bool = False) -> None:
    who = person(Role.REPORTER, "全部") if waits else SYSTEM
    month = MONTH.plus(-1) if name.startswith(str(MONTH.plus(-1))) else MONTH
    content = "\n".join([f"区划代码,{_CODES}", *rows]).encode()
    read = actions.read_file(world.workspace, content, name, actor=who, now=NOW, choices=Choices(month=month))
    assert not read.intake.faults, read.intake.faults
    actions.deliver(
        world.workspace, read, actor=who, now=NOW, reasons={"": "已核实"}, was_previewed=False,
        publishes=True if who is SYSTEM else None,
    )  # fmt: skip


# ── what an answer says ────────────────────────────────────────────────────────────────────────────────────────────

_DRAWN = re.compile(r"[0-9a-f]{64}|[A-Za-z0-9_-]{22,43}(?=\W|$)")


def told(answer: Any) -> str:
    """Everything an answer says, written out the same way each time; keys and digests, which are drawn or of the whole
    store, are one mark."""
    return _DRAWN.sub("#", "\n".join(_lines(answer, "")))


def _lines(one: Any, name: str) -> Iterator[str]:
    if isinstance(one, pd.DataFrame):
        for column in one.columns:
            yield from _lines(one[column].tolist(), f"{name}.{column}")
        yield from _lines(one.attrs, f"{name}.attrs")
    elif isinstance(one, pd.Series | np.ndarray):
        yield from _lines(one.tolist(), name)
    elif isinstance(one, bytes):
        # A workbook's own times differ from run to run; its cells are looked at where it is made.
        yield f"{name} is a workbook" if one[:2] == b"PK" else f"{name} = {one!r}"
    elif one is None or one is pd.NA or isinstance(one, str | int | float | Decimal | date | datetime | Enum):
        yield f"{name} = {'nan' if isinstance(one, float) and math.isnan(one) else one}"
    elif isinstance(one, Mapping):
        for key, value in one.items():
            yield from _lines(value, f"{name}.{key}")
    elif dataclasses.is_dataclass(one):
        for part in dataclasses.fields(one):
            yield from _lines(getattr(one, part.name), f"{name}.{part.name}")
    elif isinstance(one, set | frozenset):
        yield from _lines(sorted(map(repr, one)), name)
    elif isinstance(one, Iterable):
        for place, value in enumerate(one):
            yield from _lines(value, f"{name}[{place}]")
    else:
        yield f"{name} = {one!r}"
