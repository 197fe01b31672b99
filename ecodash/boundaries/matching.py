"""Features of a layer → regions of the tree, by code and by name."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ecodash.domain.regions import Level, RegionTree, level_of

_CODE = re.compile(r"\d{9,19}")
_DIGITS = {Level.TOWN: 9, Level.VILLAGE: 12}


class State(StrEnum):
    """What became of a feature."""

    MATCHED = "matched"
    REPEATED = "repeated"
    """Its region has other features too: they are drawn as one."""
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"
    EMPTY = "empty"
    """It is no polygon, or none that could be mended."""


@dataclass(frozen=True, slots=True)
class Match:
    """The region of one feature.

    Args:
        region: key; 0 where there is none.
        state: MATCHED, AMBIGUOUS or UNMATCHED.
        how: code or name; empty where it did not match.
        code, name: as the file has them.
        candidates: keys its name may mean.
        disagrees: key of the region its name means where its code means another; 0 where they agree.
    """

    region: int
    state: State
    how: str
    code: str
    name: str
    candidates: tuple[int, ...] = ()
    disagrees: int = 0


@dataclass(frozen=True, slots=True)
class Matching:
    """Every feature's match, and the columns it was made by; a column's name is empty where none served."""

    level: Level
    matches: tuple[Match, ...]
    code_column: str
    name_column: str
    town_column: str

    @property
    def matched(self) -> int:
        """How many regions were found."""
        return len({match.region for match in self.matches if match.region})


def best_match(columns: Mapping[str, Sequence[str]], count: int, tree: RegionTree, county: int) -> Matching:
    """The level that more features match, towns where both match as many."""
    return max(
        (match_features(columns, count, tree, county, level) for level in (Level.TOWN, Level.VILLAGE)),
        key=lambda found: found.matched,
    )


def match_features(
    columns: Mapping[str, Sequence[str]], count: int, tree: RegionTree, county: int, level: Level
) -> Matching:
    """Each feature by its code, else by its name; for villages, within the town another column names.

    Args:
        columns: attributes as texts, one per feature.
        count: of features.
        county: key; only its regions are matched.
        level: TOWN or VILLAGE.
    """
    finder = _Finder(tree, county, level)
    code_column = _best(columns, lambda text: finder.by_code(text) != 0)
    name_column = _best(columns, lambda text: bool(finder.by_name(text)), without=(code_column,))
    town_column = ""
    if level is Level.VILLAGE:
        town_column = _best(columns, lambda text: finder.town(text) != 0, without=(code_column, name_column))
    codes, names, towns = (
        list(columns.get(column, ())) or [""] * count for column in (code_column, name_column, town_column)
    )
    matches = [finder.match(*texts) for texts in zip(codes, names, towns, strict=True)]
    return Matching(level, tuple(matches), code_column, name_column, town_column)


def repeated(matches: Sequence[Match]) -> set[int]:
    """Keys of the regions that several features mean."""
    return {key for key, times in Counter(match.region for match in matches if match.region).items() if times > 1}


def code_key(text: str, level: Level) -> int:
    """The key a code of a level means, however it is padded; 0 where the text is no such code.

    500230101, 500230101000, 500230101.0 and the 19 digits of a land survey all are one town.
    """
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix(".0")
    if not _CODE.fullmatch(plain) or len(plain) in (10, 11):
        return 0
    digits = _DIGITS[level]
    if plain[digits:].strip("0"):
        return 0
    key = int(plain[:digits].ljust(12, "0"))
    return key if level_of(key) is level else 0


class _Finder:
    """Looks texts up in one county, and remembers: tables repeat the name of a town in every row."""

    def __init__(self, tree: RegionTree, county: int, level: Level) -> None:
        self._tree, self._county, self._level = tree, county, level
        self._keys = {region.key for region in tree.under(county, level)}
        self._names: dict[tuple[str, int], tuple[int, ...]] = {}
        self._towns: dict[str, int] = {}

    def match(self, code: str, name: str, town: str) -> Match:
        named = self.by_name(name, self.town(town) if town else 0)
        region = self.by_code(code)
        if region:
            other = named[0] if len(named) == 1 and named[0] != region else 0
            return Match(region, State.MATCHED, "code", code, name, disagrees=other)
        if len(named) == 1:
            return Match(named[0], State.MATCHED, "name", code, name)
        state = State.AMBIGUOUS if named else State.UNMATCHED
        return Match(0, state, "", code, name, candidates=named)

    def by_code(self, text: str) -> int:
        key = code_key(text, self._level)
        return key if key in self._keys else 0

    def by_name(self, text: str, town: int = 0) -> tuple[int, ...]:
        """Keys a name may mean within the county, or within a town of it."""
        if not text or text.isdigit():
            return ()
        if (text, town) not in self._names:
            found = self._tree.named_at(text, self._level, within=town or self._county)
            self._names[text, town] = tuple(region.key for region in found)
        return self._names[text, town]

    def town(self, text: str) -> int:
        """Key of the town a text names, by code or name; 0 where it names none for certain."""
        if text not in self._towns:
            key = code_key(text, Level.TOWN)
            if key and key in self._tree:
                self._towns[text] = key
            else:
                found = [] if text.isdigit() else self._tree.named_at(text, Level.TOWN, within=self._county)
                self._towns[text] = found[0].key if text and len(found) == 1 else 0
        return self._towns[text]


def _best(columns: Mapping[str, Sequence[str]], serves: Callable[[str], bool], without: Sequence[str] = ()) -> str:
    """The column whose texts serve most often; of equals the first; empty where none serves at all."""
    best, most = "", 0
    for name, texts in columns.items():
        if name in without:
            continue
        times = sum(count for text, count in Counter(texts).items() if text and serves(text))
        if times > most:
            best, most = name, times
    return best
