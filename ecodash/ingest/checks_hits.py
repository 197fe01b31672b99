"""What the logic rules find, before it is told: places and a way to word each, so that only what is listed is worded."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ecodash.decimals import SCALE, Ints
from ecodash.domain.regions import Level, RegionTree, ancestor_key, level_of, region_code
from ecodash.ingest.faults import LISTED, Doubt, Fault, cut, row_list

CONFIRM = "确认无误的，请勾选并写明原因。"
"""How a doubt ends: what to do where the figure is right."""

Label = Callable[[int, int], tuple[str, str]]
"""Sheet label and header text of a sheet's index and a column's place."""
_SHEETS_NAMED = 3


@dataclass(frozen=True, slots=True)
class Hits:
    """Everything one rule found in one way.

    Args:
        code: the rule's.
        places: for each hit, the cell's place in the file's cells; for a group of cells, the first one's.
        hint: Chinese, for the hit of an index.
        scope: region, indicator and period of a group, for the hit of an index; None where each hit is one cell.
    """

    code: str
    places: Ints
    hint: Callable[[int], str]
    scope: Callable[[int], tuple[int, str, int]] | None = None


class Wording:
    """Names, values and rows as hints tell them, and hits as the faults and doubts they become."""

    def __init__(self, cells: pd.DataFrame, tree: RegionTree, label: Label) -> None:
        self._cells = cells
        self._tree = tree
        self._label = label
        self._regions = cells["region"].to_numpy(np.int64)
        self._periods = cells["period"].to_numpy(np.int32)
        self._sheets = cells["sheet"].to_numpy()
        self._rows = cells["row"].to_numpy()
        self._columns = cells["column"].to_numpy()

    def region(self, key: int) -> str:
        """A region's name, a village's with its town before it."""
        name = self._plain(key)
        return self._plain(ancestor_key(key, Level.TOWN)) + name if level_of(key) is Level.VILLAGE else name

    def _plain(self, key: int) -> str:
        found = self._tree.find(key)
        return cut(found.name) if found else region_code(key)

    def rows(self, places: Ints) -> str:
        """第 3、5 行, with the sheet where it has a name."""
        sheets, parts = self._sheets[places], []
        for sheet in np.unique(sheets)[:_SHEETS_NAMED]:
            here = places[sheets == sheet]
            name, _ = self._label(int(sheet), int(self._columns[here[0]]))
            rows = row_list([int(row) for row in np.unique(self._rows[here])])
            rows = rows.replace("(", "，").replace(")", "")
            parts.append(f"“{cut(name)}”{rows}" if name else rows)
        return "、".join(parts) + ("等" if len(np.unique(sheets)) > _SHEETS_NAMED else "")

    def faults(self, hits: Iterable[Hits]) -> list[Fault]:
        """Faults in the order of the file, the first thousand; then for each rule how many more there are."""
        shown, beyond = self._first(list(hits))
        told = []
        for hit, index in shown:
            sheet, row, column, position, value = self._where(hit, index)
            told.append(Fault(hit.code, row, column, value, hit.hint(index), sheet, position))
        for code, (count, example) in beyond.items():
            hint = f"同类问题另有 {count} 处没有列出，例如：{example}请先改正已列出的问题，再重新上传。"
            told.append(Fault(code, None, "", "", hint))
        return told

    def doubts(self, hits: Iterable[Hits]) -> list[Doubt]:
        """Doubts in the order of the file, groups first, a thousand; then one for each rule that has more."""
        shown, beyond = self._first(list(hits))
        told = []
        for hit, index in shown:
            sheet, row, column, position, value = self._where(hit, index)
            region, indicator, period = hit.scope(index) if hit.scope else self._scope(int(hit.places[index]))
            text = hit.hint(index)
            told.append(Doubt(hit.code, text, region, indicator, period, row, column, value, sheet, position))
        for code, (count, example) in beyond.items():
            hint = f"同类疑点另有 {count} 处没有逐条列出，例如：{example}请先核对整张表的指标、单位和月份。"
            told.append(Doubt(code, hint))
        return told

    def _first(self, hits: list[Hits]) -> tuple[list[tuple[Hits, int]], dict[str, tuple[int, str]]]:
        """The hits to be told, and for each rule how many are not, with the wording of the first of them."""
        hits = [hit for hit in hits if len(hit.places)]
        if not hits:
            return [], {}
        which = np.repeat(np.arange(len(hits)), [len(hit.places) for hit in hits])
        index = np.concatenate([np.arange(len(hit.places)) for hit in hits])
        places = np.concatenate([hit.places for hit in hits])
        alone = np.array([hit.scope is None for hit in hits])[which]
        order = np.lexsort((which, self._columns[places], self._rows[places], self._sheets[places], alone))
        shown = [(hits[which[at]], int(index[at])) for at in order[:LISTED]]
        beyond: dict[str, tuple[int, str]] = {}
        for number in np.unique(rest := which[order[LISTED:]]):
            hit = hits[number]
            count, example = beyond.get(hit.code, (0, ""))
            first = order[LISTED:][rest == number][0]
            beyond[hit.code] = (count + int((rest == number).sum()), example or hit.hint(int(index[first])))
        return shown, beyond

    def _where(self, hit: Hits, index: int) -> tuple[str, int | None, str, int | None, str]:
        """Sheet, row, column, position and value of a hit; a group has no row, and a column where it is about one indicator."""
        place = int(hit.places[index])
        position = int(self._columns[place])
        sheet, header = self._label(int(self._sheets[place]), position)
        if hit.scope:
            one = hit.scope(index)[1] != ""
            return cut(sheet), None, cut(header) if one else "", position if one else None, ""
        value = shown(int(self._cells["value"].iloc[place] * SCALE))
        return cut(sheet), int(self._rows[place]), cut(header), position, value

    def _scope(self, place: int) -> tuple[int, str, int]:
        return int(self._regions[place]), str(self._cells["indicator"].iloc[place]), int(self._periods[place])


def shown(value: int) -> str:
    """A value in ten-thousandths as it is written: 1205000 → 120.5."""
    whole, part = divmod(abs(int(value)), SCALE)
    digits = f"{part:04d}".rstrip("0")
    return f"{'-' if value < 0 else ''}{whole}{'.' if digits else ''}{digits}"
