"""Column headers → indicators and roles: by the user's choice, code, name, alias, a role's usual titles, or a guess."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from ecodash.domain.indicators import Catalog, Indicator
from ecodash.domain.period_words import parse_period, split_period
from ecodash.domain.periods import PartialPeriod
from ecodash.ingest.faults import cut
from ecodash.ingest.header_words import (
    BRACKETED,
    CHOOSABLE_ROLES,
    CURRENT,
    FIGURE_ROLES,
    IGNORED,
    NUMBERING,
    REGION_ROLES,
    ROLE_NAMES,
    ROLES,
    fold_header,
    is_derived,
)

GUESS_SCORE = 65
"""So alike (0 to 100, by shared characters in order) must a header be to a name for it to be offered as a guess."""
_GUESS_LEAD = 6
"""By so much a guess must lead over the next indicator: two that are nearly as near are only named."""
_LONGEST = 60
_FIRST_DAY = re.compile(r"((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])-01")
_UNIT_SEPARATORS = "/／,，、:： -—_"


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """What a column was taken for.

    Args:
        header: its text in the file, at most 80 characters; the parts of a header of several rows joined by “/”.
        target: an indicator's code, or a role: region_code, town, village, region, month, indicator, value, deadline,
            baseline, target, ignored.
        how: code, name, alias, role, chosen (by the user now), remembered (chosen before), near (a guess that waits for
            a click), derived (累计, 上月, 同比 …: not the month's figure), context (the indicator is named above the
            table) or unknown.
        unit: the unit in the header, where values are converted from it.
        period: label of the month or quarter in the header, where it has one.
        confidence: 0 to 100; below 100 only for a guess.
        position: the column's place from 0.
    """

    header: str
    target: str
    how: str
    unit: str = ""
    period: str = ""
    confidence: int = 100
    position: int = -1


@dataclass(frozen=True, slots=True)
class Heading:
    """What a header means: a target and how it was found; unit and period as written; unit_hint where the unit is
    another; pieces, how many parts of the header said something; has_unit, whether it writes a unit, its own or another."""

    target: str
    how: str
    unit: str = ""
    period: PartialPeriod | None = None
    unit_hint: str = ""
    confidence: int = 100
    pieces: int = 1
    has_unit: bool = False


class HeaderNames:
    """Recognises headers and written indicators against a catalogue and the user's choices.

    Args:
        catalog: indicators that may be reported, and the units values may be written in.
        mapping: choices of this upload: header → indicator code, role, or "-" to leave the column out.
        remembered: the same, chosen by this reporter before.
        knows_region: whether a text names a region; used to tell a table turned on its side.
        knows_town: whether a text names a town; used to tell a line that heads the rows below it.
    """

    def __init__(
        self,
        catalog: Catalog,
        mapping: Mapping[str, str],
        remembered: Mapping[str, str] | None = None,
        knows_region: Callable[[str], bool] = lambda text: False,
        knows_town: Callable[[str], bool] = lambda text: False,
    ) -> None:
        self._catalog = catalog
        self.knows_region = knows_region
        self.knows_town = knows_town
        self._chosen = {fold_header(header): (target, "remembered") for header, target in (remembered or {}).items()}
        self._chosen |= {fold_header(header): (target, "chosen") for header, target in mapping.items()}
        self._asked = set(mapping.values())
        self._names: dict[str, tuple[str, str]] = {}
        for how, names_of in (
            ("code", lambda i: (i.code,)),
            ("name", lambda i: (i.name, i.title)),
            ("alias", lambda i: i.aliases),
        ):
            for indicator in catalog.values():
                for name in names_of(indicator):
                    self._names.setdefault(fold_header(name), (indicator.code, how))
        self._categories = {fold_header(category) for category in catalog.categories}
        self._known: dict[str, Heading | None] = {}

    def unknown_choices(self) -> list[str]:
        """Targets chosen for this upload that are neither an indicator, a role, nor "-"."""
        return sorted(t for t in self._asked if t != "-" and t not in self._catalog and t not in CHOOSABLE_ROLES)

    # ── one text ───────────────────────────────────────────────────────────────────────────────────────────────────

    def match(self, text: str) -> Heading | None:
        """What a header's one text means for certain, or None."""
        folded = fold_header(text)
        if not folded:
            return None
        if folded not in self._known:
            self._known[folded] = self._match(text, folded)
        return self._known[folded]

    def _match(self, text: str, folded: str) -> Heading | None:
        found = self._certain(text, folded)
        if found is not None:
            return found
        numbered = NUMBERING.sub("", folded)
        if numbered != folded:
            return self.match(numbered)
        period, rest = split_period(folded)
        if period is not None:
            rest = fold_header(rest.strip("的" + _UNIT_SEPARATORS))
            inner = self.match(rest) if rest else None
            if inner is not None and inner.target in self._catalog:
                return replace(inner, period=period, pieces=2)
        for word in CURRENT:
            for bare in (folded.removeprefix(word), folded.removesuffix(word)):
                if bare and bare != folded and (inner := self._certain(text, bare)) and inner.target in self._catalog:
                    return inner
        return Heading(IGNORED, "derived") if is_derived(folded) else None

    def _certain(self, text: str, folded: str) -> Heading | None:
        """By choice, name or role, with a unit in brackets or behind a stroke."""
        if folded in self._chosen:
            return self._as_chosen(folded, text, "")
        bracketed = BRACKETED.fullmatch(folded)
        base, unit = (bracketed[1], bracketed[2]) if bracketed else (folded, "")
        if not bracketed:
            for separator in _UNIT_SEPARATORS:
                before, found, after = folded.rpartition(separator)
                if found and before in self._names and after:
                    base, unit = before, after
        if unit and f"{base}{unit}" not in self._names and (is_derived(unit) or split_period(unit)[0] is not None):
            return None  # 清理垃圾(累计), 清理垃圾(9月): no unit
        unit = "" if unit in CURRENT else unit
        # 垃圾箱(桶): the brackets may hold a part of the name.
        for form, left in ((folded if folded in self._names else f"{base}{unit}", ""), (base, unit)):
            if form in self._chosen:
                return self._as_chosen(form, text, left)
            if form in self._names:
                code, how = self._names[form]
                return self._with_unit(Heading(code, how), text, left)
            if form in ROLES:
                return Heading(ROLES[form], "role")
        return None

    def _as_chosen(self, folded: str, text: str, unit: str) -> Heading | None:
        target, how = self._chosen[folded]
        if target == "-":
            return Heading(IGNORED, how)
        if target in CHOOSABLE_ROLES:
            return Heading(target, how)
        if target not in self._catalog:
            return None
        bracketed = BRACKETED.fullmatch(fold_header(text))
        inner = unit or (bracketed[2] if bracketed else "")
        if inner and self._catalog.units.factor_for(inner, self._catalog[target]) is None:
            inner = ""  # 好看程度(群众评)：what the user chose a whole header for need not end in a unit
        return self._with_unit(Heading(target, how), text, inner)

    def _with_unit(self, heading: Heading, text: str, unit: str) -> Heading:
        """The heading with the unit its values are written in; a hint where it cannot be converted."""
        if not unit:
            return heading
        indicator = self._catalog[heading.target]
        factor = self._catalog.units.factor_for(unit, indicator)
        if factor is None:
            hint = (
                f"表头“{cut(text)}”中的“{cut(unit)}”与指标“{indicator.name}”的单位“{indicator.unit}”不一致，也不能换算。"
                f"请把数值换算成“{indicator.unit}”，并把表头改为“{indicator.title}”。"
            )
            return replace(heading, unit_hint=hint)
        heading = replace(heading, has_unit=True)
        return heading if factor == 1 else replace(heading, unit=unit, pieces=heading.pieces + 1)

    # ── several texts over one column ──────────────────────────────────────────────────────────────────────────────

    def match_path(self, path: Sequence[str]) -> Heading | None:
        """What the texts over one column, top to bottom, mean together, or None."""
        if len(path) < 2:
            return self._match_single(path[0]) if path else None
        label = fold_header("/".join(path))
        if label in self._chosen:
            return self._as_chosen(label, path[-1], "")
        unit, period, named = "", None, []
        said = 0
        for text in path:
            folded = fold_header(text)
            found = _period_of(folded)
            if found is not None:
                period, said = found if period is None else _narrower(period, found), said + 1
                if period is None:
                    return None
            elif self._is_unit(folded) and folded not in self._names:
                unit, said = folded.removeprefix("单位:").removeprefix("单位"), said + 1
            elif folded in self._categories or folded in CURRENT:
                said += folded in CURRENT
            else:
                named.append(text)
        heading = self._named(named)
        if heading is None and period is not None and not named:
            heading = Heading("value", "role", period=period)
        if heading is None:
            return None
        if heading.target not in self._catalog and heading.target != "value":
            return heading
        heading = replace(heading, period=heading.period or period, pieces=heading.pieces + said)
        return self._with_unit(heading, path[-1], unit) if unit and heading.target in self._catalog else heading

    def _match_single(self, text: str) -> Heading | None:
        """A header of one text: one that is only a month heads figures of the indicator named elsewhere."""
        heading, folded = self.match(text), fold_header(text)
        if heading is not None:
            return heading
        if folded in CURRENT:
            return Heading("value", "role")
        period = _period_of(folded)
        return Heading("value", "role", period=period) if period is not None else None

    def _named(self, texts: list[str]) -> Heading | None:
        """The one indicator or role that the naming texts mean together."""
        if not texts:
            return None
        if len(texts) == 1:
            return self.match(texts[0])
        if any(is_derived(text) and not self._is_name(text) for text in texts):
            return Heading(IGNORED, "derived")
        for joined in ("".join(texts), "".join(reversed(texts))):
            if found := self.match(joined):
                return replace(found, pieces=len(texts))
        known = [found for text in texts if (found := self.match(text))]
        figures = {found.target for found in known if found.target in self._catalog}
        if len(figures) == 1 and len(known) == len(texts):
            return replace(next(f for f in known if f.target in self._catalog), pieces=len(texts))
        bottom = self.match(texts[-1])
        # 垃圾治理情况 / 清理垃圾: a caption above is no part of the name; an indicator above another is.
        return bottom if bottom and len(known) == 1 else None

    def _is_name(self, text: str) -> bool:
        return fold_header(text) in self._names

    def _is_unit(self, folded: str) -> bool:
        bare = folded.removeprefix("单位:").removeprefix("单位").strip("()")
        return bool(bare) and self._catalog.units.knows(bare)

    # ── guesses ────────────────────────────────────────────────────────────────────────────────────────────────────

    def guess(self, path: Sequence[str]) -> Heading | None:
        """The indicator or role a header is most like, where one leads clearly; to be confirmed, never assumed."""
        for text in (path[-1], "".join(path)) if len(path) > 1 else path:
            base, unit, period = self._bare(text)
            if len(base) < 2:
                continue
            ranked = self._ranked(base)
            if not ranked or ranked[0][1] < GUESS_SCORE:
                continue
            if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _GUESS_LEAD:
                continue
            target, score = ranked[0]
            if target not in self._catalog:
                return Heading(target, "near", confidence=int(score))
            heading = self._with_unit(Heading(target, "near", period=period, confidence=int(score)), text, unit)
            if not heading.unit_hint:
                return heading
        return None

    def nearest(self, text: str) -> str:
        """The three indicators named most like a text, for a sentence; empty where none is near."""
        close = [t for t, score in self._ranked(self._bare(text)[0]) if score >= 30 and t in self._catalog]
        return "、".join(f"“{self._catalog[code].name}”" for code in close[:3])

    def _bare(self, text: str) -> tuple[str, str, PartialPeriod | None]:
        folded = NUMBERING.sub("", fold_header(text))
        bracketed = BRACKETED.fullmatch(folded)
        base, unit = (bracketed[1], bracketed[2]) if bracketed and self._is_unit(bracketed[2]) else (folded, "")
        period, rest = split_period(base)
        return (fold_header(rest) if period else base)[:_LONGEST], unit, period

    def _ranked(self, base: str) -> list[tuple[str, float]]:
        """Indicators and choosable roles by likeness of their likest name, best first."""
        best: dict[str, float] = {}
        roles = [title for title, role in ROLES.items() if role in REGION_ROLES and len(title) > 1]
        for name, score, _ in process.extract(base, [*self._names, *roles], scorer=fuzz.ratio, limit=12):
            target = self._names[name][0] if name in self._names else ROLES[name]
            if target in self._catalog or target in CHOOSABLE_ROLES:
                best[target] = max(best.get(target, 0.0), score)
        return sorted(best.items(), key=lambda item: -item[1])

    def target_name(self, target: str) -> str:
        """A target as messages call it."""
        return self._catalog[target].name if target in self._catalog else ROLE_NAMES.get(target, target)

    def named_in(self, text: str) -> Indicator | None:
        """The one indicator a title or a sheet's name names; None where it names none or several."""
        folded = fold_header(text)
        found: set[str] = set()
        for name in sorted((name for name in self._names if len(name) > 1 and name in folded), key=len, reverse=True):
            if name in folded:
                found.add(self._names[name][0])
                folded = folded.replace(name, "\0")
        return self._catalog[found.pop()] if len(found) == 1 else None

    # ── rows ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def indicator(self, text: str) -> tuple[Indicator, str] | None:
        """The indicator a cell of an indicator column names, and the unit written behind it where it is another."""
        heading = self.match(text)
        if heading is None or heading.target not in self._catalog or heading.unit_hint:
            return None
        return self._catalog[heading.target], heading.unit

    def score(self, cells: Sequence[str]) -> int:
        """How many cells of a row are recognised; 0 unless it names a region column and something reported."""
        targets = [heading.target for cell in cells if cell and (heading := self.match(cell))]
        has_region = any(target in REGION_ROLES for target in targets)
        has_figure = any(target in self._catalog or target in FIGURE_ROLES for target in targets)
        return len(targets) if has_region and has_figure else 0


def _period_of(folded: str) -> PartialPeriod | None:
    """The period a header names: also as a date, which is what a spreadsheet makes of 2026年8月."""
    if match := _FIRST_DAY.fullmatch(folded):
        return PartialPeriod(int(match[1]), int(match[2]), int(match[2]))
    return parse_period(folded)


def _narrower(above: PartialPeriod, below: PartialPeriod) -> PartialPeriod | None:
    """Two periods over one column as one: 2026年 above 9月 is that September; None where one does not lie in the other."""
    if None not in (above.year, below.year) and above.year != below.year:
        return None
    short, long = sorted((above, below), key=lambda period: period.last - period.first)
    if not long.first <= short.first <= short.last <= long.last:
        return None
    return replace(short, year=above.year or below.year)
