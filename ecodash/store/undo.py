"""Undo: a batch taken back by a new one, whole or as far as nothing later stands on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.decimals import Ints, decimal_series, scaled
from ecodash.domain.access import Actor
from ecodash.domain.accounts import common_region
from ecodash.errors import TransitionRefused
from ecodash.store import rollup, telling
from ecodash.store.closed import refuse_closed
from ecodash.store.columns import cell_keys
from ecodash.store.difference import NEWEST
from ecodash.store.engine import Store, arrow_table, load_rows, next_number
from ecodash.store.records import indicator_numbers, write_audit
from ecodash.store.standing import CELL, TARGET, cells_as_of, standing_writes
from ecodash.store.submission import Receipt
from ecodash.store.tables import batch, observation, target

_NAMED = 5
"""So many batches are named in a message."""


@dataclass(frozen=True)
class UndoPlan:
    """What an undo of a batch would take back now, and what later batches changed.

    Args:
        batch: its number.
        cells: how many figures and targets would be taken back.
        kept: one row per figure or target that stays, as a later batch changed it: region (key), indicator (code),
            period (a target's deadline), value_now (decimal of Arrow; null for a target withdrawn since), by (the later
            batches' numbers), is_target.
    """

    batch: int
    cells: int
    kept: pd.DataFrame

    @property
    def later(self) -> tuple[int, ...]:
        """The later batches, by number."""
        return tuple(sorted({number for numbers in set(self.kept["by"]) for number in numbers}))


@dataclass(frozen=True)
class _Words:
    """A batch's words in one table: the cells nobody wrote after it, and those that later batches changed.

    Args:
        free: keys of the cells (ecodash.store.columns) that can be taken back, in order.
        kept: the others at which its word was not taken back yet: region, indicator (number), period, by.
    """

    table: sa.Table
    columns: Sequence[str]
    free: Ints
    kept: pd.DataFrame


def undo_plan(connection: Connection, number: int) -> UndoPlan:
    """What an undo of a batch would take back.

    Raises:
        TransitionRefused: there is no such batch, it is an undo, or nothing of it stands any more.
    """
    _undoable(connection, number)
    return _plan(connection, number, _all_words(connection, number))


def undo(store: Store, number: int, *, actor: Actor, now: datetime, rest: bool = False) -> Receipt:
    """Take a batch back by a new one.

    Args:
        rest: where later batches changed a part of it, take back the rest, so that the part stays as it is.
    Raises:
        TransitionRefused: there is no such batch, it is an undo, nothing of it stands any more, later batches that
            still stand changed a part of it (or, with rest, all that is left), or a month of it is closed.
    """
    with store.writing() as connection:
        seq = next_number(connection, "watermark")
        undone = _undoable(connection, number)
        words = _all_words(connection, number)
        plan = _plan(connection, number, words)
        is_partial = not plan.kept.empty
        if is_partial and not (rest and plan.cells):
            _refuse(plan)
        taken = [_take_back(connection, number, seq, one) for one in words]
        changed = taken[0]
        refuse_closed(connection, changed["region"].to_numpy(), changed["period"].to_numpy())
        months = np.concatenate([one["period"].to_numpy() for one in taken])
        values = {
            **undone._mapping,
            "seq": seq,
            "kind": "undo",
            "actor": actor.name,
            "channel": actor.channel,
            "received_at": now,
            "committed_at": now,
            "cell_count": plan.cells,
            "first_month": int(months.min()),
            "last_month": int(months.max()),
            "undoes": number,
            "is_partial": is_partial,
            "is_file_kept": False,
            "note": "",
        }
        connection.execute(sa.insert(batch).values(values))
        rollup.refresh(connection, seq, changed)
        detail = {"batch": seq, "undoes": number, "cells": plan.cells, "kept": len(plan.kept)}
        write_audit(
            connection,
            actor=actor,
            now=now,
            action="undo",
            detail=detail,
            watermark=seq,
            region=common_region(int(key) for one in taken for key in one["region"].unique()),
            batch=seq,
        )
    receipt = Receipt(seq, seq, undone.row_count, plan.cells, 0, plan.cells, 0)
    telling.committed("undo", receipt, actor, undoes=number)
    return receipt


def _undoable(connection: Connection, number: int) -> "sa.Row[tuple[Any, ...]]":
    found = connection.execute(sa.select(batch).where(batch.c.seq == number)).one_or_none()
    if found is None:
        raise TransitionRefused(f"没有第 {number} 批。", "请在批次列表中核对批次号。")
    if found.kind == "undo":
        raise TransitionRefused(
            f"第 {number} 批本身是撤销第 {found.undoes} 批的操作，不能再撤销。", "如需恢复，请重新上传原文件。"
        )
    whole = sa.select(batch.c.seq).where(batch.c.undoes == number, sa.not_(batch.c.is_partial))
    by = connection.execute(whole).scalar_one_or_none()
    if by is not None:
        raise TransitionRefused(f"第 {number} 批已由第 {by} 批撤销。", "无需再次撤销。")
    return found


def _refuse(plan: UndoPlan) -> None:
    named = "、".join(f"第 {seq} 批" for seq in plan.later[:_NAMED]) + ("等" if len(plan.later) > _NAMED else "")
    if plan.cells:
        raise TransitionRefused(
            f"第 {plan.batch} 批不能整批撤销：其中 {len(plan.kept)} 个数据后来又被{named}修改过。",
            f"可以只撤销未被改动的其余 {plan.cells} 个数据，也可以先撤销这些批次，或直接上传更正后的数据。",
        )
    raise TransitionRefused(
        f"第 {plan.batch} 批不能撤销：其中仍在使用的 {len(plan.kept)} 个数据后来都被{named}修改过。",
        "请先撤销这些批次，或直接上传更正后的数据。",
    )


def _all_words(connection: Connection, number: int) -> tuple[_Words, _Words]:
    return _words(connection, observation, CELL, number), _words(connection, target, TARGET, number)


def _words(connection: Connection, table: sa.Table, columns: Sequence[str], number: int) -> _Words:
    written = standing_writes(table, columns, NEWEST, table.c.seq >= number, _touched(table, columns, number))
    rows = arrow_table(connection, written)
    region, indicator, period, seq = (rows[name].to_numpy() for name in (*columns, "seq"))
    keys = cell_keys(region, indicator, period)
    order = np.lexsort((seq, keys))
    keys, seq = keys[order], seq[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    ends = np.append(starts[1:], len(keys))
    stands = seq[starts] == number
    is_free = stands & (ends - starts == 1)
    shared = np.flatnonzero(stands & ~is_free)
    places = order[starts[shared]]
    kept = pd.DataFrame({"region": region[places], "indicator": indicator[places], "period": period[places]})
    later = [tuple(seq[starts[one] + 1 : ends[one]].tolist()) for one in shared]
    return _Words(table, columns, keys[starts[is_free]], kept.assign(by=pd.Series(later, dtype=object)))


def _touched(table: sa.Table, columns: Sequence[str], number: int) -> sa.ColumnElement[bool]:
    """Whether a row is of a cell the batch wrote."""
    mine = table.alias("mine")
    return sa.exists().where(mine.c.seq == number, *(mine.c[name] == table.c[name] for name in columns))


def _plan(connection: Connection, number: int, words: Sequence[_Words]) -> UndoPlan:
    kept = [_as_they_stand(connection, number, one) for one in words]
    return UndoPlan(number, sum(len(one.free) for one in words), pd.concat(kept, ignore_index=True))


def _as_they_stand(connection: Connection, number: int, words: _Words) -> pd.DataFrame:
    """Rows of UndoPlan.kept of one table."""
    kept, table, columns = words.kept, words.table, words.columns
    values, stands = np.zeros(len(kept), dtype=np.int64), np.zeros(len(kept), dtype=np.bool_)
    if len(kept):
        touched = _touched(table, columns, number)
        rows = arrow_table(connection, cells_as_of(NEWEST, touched, table=table, keys=columns))
        keys = cell_keys(*(rows[name].to_numpy() for name in columns))
        order = np.argsort(keys)
        asked = cell_keys(*(kept[name].to_numpy() for name in CELL))
        stands = _among(asked, keys[order])
        values[stands] = scaled(rows["value"])[order[np.searchsorted(keys, asked[stands], sorter=order)]]
    codes = {number: code for code, number in indicator_numbers(connection).items()}
    return pd.DataFrame(
        {
            "region": kept["region"].astype("int64"),
            "indicator": kept["indicator"].map(codes).astype("str"),
            "period": kept["period"].astype("int32"),
            "value_now": decimal_series(values, stands),
            "by": kept["by"],
            "is_target": np.full(len(kept), table is target),
        }
    )


def _take_back(connection: Connection, number: int, seq: int, words: _Words) -> pd.DataFrame:
    """Append what the batch wrote at its free cells, with the signs turned; the cells: region, indicator, period."""
    table = words.table
    rows = arrow_table(connection, sa.select(table).where(table.c.seq == number))
    keys = cell_keys(*(rows[name].to_numpy() for name in words.columns))
    rows = rows.take(np.flatnonzero(_among(keys, words.free)))
    if len(rows):
        turned = {"seq": np.full(len(rows), seq), "sign": -rows["sign"].to_numpy()}
        load_rows(connection, table, {name: rows[name] for name in rows.column_names} | turned)
    cells = pd.DataFrame({name: rows[column].to_numpy() for name, column in zip(CELL, words.columns, strict=True)})
    return cells.drop_duplicates(ignore_index=True)


def _among(keys: Ints, ordered: Ints) -> npt.NDArray[np.bool_]:
    """Which keys are among others that are in order."""
    if not len(ordered):
        return np.zeros(len(keys), dtype=np.bool_)
    places = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
    found: npt.NDArray[np.bool_] = ordered[places] == keys
    return found
