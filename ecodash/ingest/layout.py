"""What each column of a table is for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ecodash.domain.indicators import Catalog, Indicator
from ecodash.domain.periods import PartialPeriod
from ecodash.ingest.faults import FaultList, cut
from ecodash.ingest.header_words import IGNORED, NAME_ROLES, ROLE_NAMES, TOTALS, UNIT, fold_header
from ecodash.ingest.headers import ColumnMatch, HeaderNames, Heading
from ecodash.ingest.heads import Head

LONG, WIDE, TARGETS = "long", "wide", "targets"
_NEEDED = {LONG: ("indicator",), TARGETS: ("indicator", "deadline", "target"), WIDE: ()}
_OUTER_ROLES = ("county", "city", "province")
_UNITS_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Column:
    """One column that is read: its place from 0, and its header or letter as faults name it."""

    position: int
    label: str


@dataclass(frozen=True, slots=True)
class FigureColumn:
    """A column of figures.

    Args:
        column: where it stands.
        indicator: of all its figures; None where each row names its own.
        period: in the header; None where the row or the file says it.
        unit: its figures are written in; empty where it is the indicator's own.
    """

    column: Column
    indicator: Indicator | None
    period: PartialPeriod | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """What each column is for.

    Args:
        kind: long, wide or targets.
        matches: every column with a header, in order.
        roles: columns by role: region_code, village, town, region, month, indicator, deadline, baseline, target, unit.
        figures: columns of figures, left to right; none in a table of targets.
        leading: columns before the first figure: where 合计 is looked for.
        asked: places of columns that are not read before a fault of theirs is settled.
    """

    kind: str
    matches: tuple[ColumnMatch, ...]
    roles: dict[str, Column]
    figures: tuple[FigureColumn, ...]
    leading: tuple[int, ...]
    asked: tuple[int, ...] = ()


def lay_out(
    rows: list[list[str]],
    head: Head,
    names: HeaderNames,
    catalog: Catalog,
    context: Indicator | None,
    units: Sequence[str],
    faults: FaultList,
) -> Layout:
    """What each column of the header is for; headers nobody knows, named twice or in another unit are faults.

    Args:
        context: the one indicator named above the table or by the sheet's name, for columns that name only months.
        units: said above the table for all of it; the one that can be an indicator's counts where its column writes none.
    """
    headings = {place: names.match_path(path) for place, path in enumerate(head.paths) if path}
    if any(heading and heading.period for heading in headings.values()):
        # 7月, 8月, 合计: beside months a total is that of the months.
        sums = [place for place in headings if fold_header(head.paths[place][-1]) in TOTALS]
        headings |= {place: Heading(IGNORED, "derived") for place in sums}
    targets = {heading.target for heading in headings.values() if heading}
    kind = _kind(targets, catalog, context)
    filled = _filled(rows, head)
    reading = _Reading(head, kind, names, catalog, context, units, faults)
    for place, heading in headings.items():
        texts = [row[place] for row in rows[head.last + 1 :][:_UNITS_LOOKED_AT] if place < len(row) and row[place]]
        settled = heading and _settle(heading, head.paths[place], targets, kind, catalog, texts)
        reading.take(place, settled, has_content=place in filled)
    reading.ask_for_missing()
    return reading.layout()


def _filled(rows: list[list[str]], head: Head) -> set[int]:
    """Columns with anything below the header."""
    filled: set[int] = set()
    width = len(head.paths)
    for row in rows[head.last + 1 :]:
        if len(filled) == width:
            break
        filled.update(place for place, text in enumerate(row) if text and place not in filled)
    return filled


def _kind(targets: set[str], catalog: Catalog, context: Indicator | None) -> str:
    if "target" in targets and "indicator" in targets:
        return TARGETS
    is_wide = any(target in catalog for target in targets) or (context is not None and "indicator" not in targets)
    return LONG if "indicator" in targets or ("value" in targets and not is_wide) else WIDE


def _settle(
    heading: Heading, path: Sequence[str], targets: set[str], kind: str, catalog: Catalog, texts: list[str]
) -> Heading | None:
    """A heading's target in the light of the other columns, None where it has no place in this layout."""
    target = heading.target
    if target in catalog or target == IGNORED:
        return heading
    if target in _OUTER_ROLES:
        # A county's name says where to look for the towns and villages beside it; alone it is the region reported.
        inner = {"region"} if target == "county" else {"region_code", *NAME_ROLES[: NAME_ROLES.index(target)]}
        return Heading(IGNORED if inner & targets else "region", "role")
    if fold_header(path[-1]) == "单位" and kind != WIDE:
        # 单位 is an organisation in some tables and a unit of measure in others.
        units = sum(1 for text in texts if catalog.units.knows(text))
        if {"region_code", "village", "town"} & targets or units * 2 > len(texts):
            return Heading(UNIT, "role")
    if target == UNIT and kind == WIDE:
        return Heading(IGNORED, "role")
    figures = {LONG: {"value"}, WIDE: {"value"}, TARGETS: {"target", "baseline", "deadline"}}[kind]
    is_figure = target in {"value", "target", "baseline", "deadline"}
    if is_figure and target not in figures:
        # A plan beside the figures is not the month's figure.
        return Heading(IGNORED, "derived") if kind == WIDE else None
    return heading


class _Reading:
    """Columns taken one after another into a layout."""

    def __init__(
        self,
        head: Head,
        kind: str,
        names: HeaderNames,
        catalog: Catalog,
        context: Indicator | None,
        units: Sequence[str],
        faults: FaultList,
    ) -> None:
        self._head, self._kind, self._names, self._catalog = head, kind, names, catalog
        self._context, self._units, self._faults = context, units, faults
        self._matches: list[ColumnMatch] = []
        self._roles: dict[str, Column] = {}
        self._figures: list[FigureColumn] = []
        self._taken: dict[object, str] = {}
        self._asked: list[int] = []

    def take(self, place: int, heading: Heading | None, *, has_content: bool) -> None:
        """One column with its settled heading, None where nobody knows it."""
        column = Column(place, self._head.label(place))
        if heading is None:
            self._ask(column, has_content)
            return
        target, how = heading.target, heading.how
        is_indicator = target in self._catalog
        indicator = self._catalog[target] if is_indicator else None
        if target == "value" and self._kind == WIDE:
            indicator, how = self._context, "context"
            if indicator is None:
                self._ask(column, has_content)
                return
        if indicator is not None and not heading.has_unit:
            heading = replace(heading, unit=self._unit_above(indicator))
        shown = IGNORED if target == UNIT else indicator.code if indicator else target
        period = _label(heading.period)
        self._note(column, shown, how, unit=heading.unit, period=period, confidence=heading.confidence)
        if target == IGNORED:
            return
        if self._is_taken((shown if indicator or target != "value" else "value", heading.period), column):
            return
        if heading.unit_hint:
            self._add("unit_differs", heading.unit_hint, column)
            self._asked.append(place)
            return
        if indicator is None and target != "value":
            self._roles[target] = column
        elif indicator is not None and self._kind != WIDE:
            hint = f"逐行填写指标的表里不应再有指标列“{cut(column.label)}”。请分成两个文件，或把该列设为忽略。"
            self._add("layout_mixed", hint, column, value="")
        else:
            self._figures.append(FigureColumn(column, indicator, heading.period, heading.unit))

    def _unit_above(self, indicator: Indicator) -> str:
        """The unit said above the table, where this indicator's figures must be converted from it."""
        factors = {unit: self._catalog.units.factor_for(unit, indicator) for unit in self._units}
        fitting = [unit for unit, factor in factors.items() if factor is not None]
        return fitting[0] if len(fitting) == 1 and factors[fitting[0]] != 1 else ""

    def _is_taken(self, key: object, column: Column) -> bool:
        if key not in self._taken:
            self._taken[key] = column.label
            return False
        other = self._taken[key]
        hint = f"“{cut(column.label)}”与“{cut(other)}”两列是同一内容。请只保留一列，或把另一列设为忽略。"
        self._add("column_twice", hint, column)
        return True

    def _ask(self, column: Column, has_content: bool) -> None:
        """A column nobody knows: a guess to be confirmed, else the nearest names; without content it is left out."""
        if not has_content:
            self._note(column, IGNORED, "unknown")
            return
        self._asked.append(column.position)
        guess = self._names.guess(self._head.paths[column.position])
        if guess is not None and (self._kind == WIDE or guess.target not in self._catalog):
            self._note(
                column,
                guess.target,
                guess.how,
                unit=guess.unit,
                period=_label(guess.period),
                confidence=guess.confidence,
            )
            name = self._names.target_name(guess.target)
            hint = (
                f"列“{cut(column.label)}”可能是“{name}”（相似度 {guess.confidence}%）。请确认：是则选定“{name}”，"
                "不是则选择正确的指标，或选择不读取这一列。"
            )
            self._add("column_guessed", hint, column)
            return
        self._note(column, IGNORED, "unknown")
        near = self._names.nearest(column.label)
        suggestion = f"名称相近的指标有：{near}。" if near else ""
        hint = (
            f"不认识列“{cut(column.label)}”。{suggestion}请改用指标目录中的名称，或在上传页为该列选择指标或选择忽略。"
        )
        self._add("column_unknown", hint, column)

    def ask_for_missing(self) -> None:
        """What a table of this kind cannot do without."""
        for role in _NEEDED[self._kind]:
            if role not in self._roles:
                self._add_missing(ROLE_NAMES[role] if role != "indicator" else "指标")
        if self._kind == LONG and not self._figures:
            self._add_missing("数值")

    def _add_missing(self, name: str) -> None:
        hint = f"缺少“{name}”列。请补上这一列，或改用每个指标一列的表。"
        self._faults.add("column_missing", hint, row=self._head.last + 1, column=name)

    def _note(self, column: Column, target: str, how: str, **more: object) -> None:
        match = ColumnMatch(cut(column.label), target, how, position=column.position)
        self._matches.append(replace(match, **more))  # type: ignore[arg-type]

    def _add(self, code: str, hint: str, column: Column, value: str | None = None) -> None:
        shown = column.label if value is None else value
        row, place = self._head.last + 1, column.position
        self._faults.add(code, hint, row=row, position=place, column=column.label, value=shown)

    def layout(self) -> Layout:
        """What was taken."""
        first = min(
            (figure.column.position for figure in self._figures if figure.indicator),
            default=min((c.position for c in self._roles.values()), default=0) + 1,
        )
        figures, leading = tuple(self._figures), tuple(range(first))
        return Layout(self._kind, tuple(self._matches), self._roles, figures, leading, tuple(self._asked))


def _label(period: PartialPeriod | None) -> str:
    return "" if period is None else period.label
