"""Region codes and loosely written names in a row → one region of the tree, or what is wrong and which are near."""

import difflib
import re
from dataclasses import dataclass, replace

from ecodash.domain.regions import (
    COUNTRY_KEY,
    Level,
    Region,
    RegionTree,
    ancestor_key,
    fold_name,
    key_range,
    level_of,
    loose_town_name,
    region_code,
    region_key,
)
from ecodash.errors import RegionUnknown
from ecodash.ingest.faults import cut
from ecodash.ingest.numbers import fold_cell

_MANGLED = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,2}")
_WHOLE_FLOAT = re.compile(r"([0-9]{2,12})\.0+")
_CODE = re.compile(r"['’`]?[0-9]{2,12}(?:\.0+)?")
_TEXT_FORMULA = re.compile(r'="?([^"]*)"?')
_LONGEST_NAME = 100
_NEAREST_POOL = 20_000
_NEAREST_BUDGET = 300
"""Comparing with every name in scope is slow: so many unknown names of a file get suggestions."""


@dataclass(frozen=True, slots=True)
class RegionProblem:
    """Something wrong with a row's region: the role of the column at fault, a fault's code, the value, the hint."""

    role: str
    code: str
    value: str
    hint: str


@dataclass(frozen=True, slots=True)
class Found:
    """The region of a row, None where it is not certain, and what is wrong."""

    key: int | None
    problems: tuple[RegionProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """How a row writes its region: each part as in the file, empty where absent."""

    code: str = ""
    village: str = ""
    town: str = ""
    region: str = ""


class RegionFinder:
    """Finds regions as written, within a scope. Every distinct writing is resolved once."""

    def __init__(self, tree: RegionTree, within: int) -> None:
        self._tree = tree
        self._within = within
        self._scope = key_range(within)
        self._towns = tree.under(within, Level.TOWN)
        self._town_forms: dict[str, list[Region]] = {}
        for town in self._towns:
            for form in dict.fromkeys((fold_name(town.name), loose_town_name(town.name))):
                self._town_forms.setdefault(form, []).append(town)
        self._pools: dict[tuple[str, int], dict[str, str]] = {}
        self._budget = _NEAREST_BUDGET
        self._coded: dict[Written, Region | RegionProblem] = {}
        self._found: dict[tuple[Written, int], Found] = {}

    def find(self, written: Written, month: int) -> Found:
        """The region of a row for a month (yyyymm, 0 where unknown: then validity is not asked)."""
        known = self._found.get((written, month))
        if known is None:
            known = self._found[written, month] = self._find(written, month)
        return known

    def _find(self, written: Written, month: int) -> Found:
        if written.code:
            # Whether code and names agree does not hang on the month: asked once for all months of a file.
            if written not in self._coded:
                self._coded[written] = self._by_code_and_names(written)
            region = self._coded[written]
            if isinstance(region, RegionProblem):
                return Found(None, (region,))
            return self._valid(region, "region_code", written.code, month)
        if not (written.village or written.town) and _CODE.fullmatch(fold_cell(written.region)):
            return self._by_code_as_name(written.region, month)
        for role in ("village", "town", "region"):
            text = getattr(written, role)
            if max(len(text), len(written.town)) > _LONGEST_NAME:
                return Found(None, (self._unknown_long(role, text),))
            if text:
                return self._by_name(role, text, written, month)
        hint = "本行没有写明地区。请填写区划代码，或乡镇和村的名称。"
        return Found(None, (RegionProblem("", "region_missing", "", hint),))

    def _by_code_as_name(self, text: str, month: int) -> Found:
        """A code in a column of regions, as in region,indicator,month,value."""
        found = self.find(Written(code=text), month)
        return Found(found.key, tuple(replace(problem, role="region") for problem in found.problems))

    # ── codes ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _by_code(self, text: str) -> Region | RegionProblem:
        folded = fold_cell(text).lstrip("'’`").replace(" ", "")
        if match := _TEXT_FORMULA.fullmatch(folded):
            folded = match[1]
        if match := _WHOLE_FLOAT.fullmatch(folded):
            folded = match[1]
        shown = cut(text)
        if _MANGLED.fullmatch(folded):
            hint = (
                f"区划代码“{shown}”被表格软件改成了科学计数法，后几位已丢失。请把该列设为“文本”格式，重新填写完整代码。"
            )
            return RegionProblem("region_code", "code_mangled", text, hint)
        try:
            key = region_key(folded)
        except RegionUnknown:
            hint = f"区划代码“{shown}”不是 2、4、6、9 或 12 位数字。请核对统计用区划代码。"
            return RegionProblem("region_code", "code_malformed", text, hint)
        region = self._tree.find(key)
        if region is None:
            parent = self._tree.find(self._tree.parent_of(key))
            where = f"它属于“{parent.name}”({parent.code})，但其下没有这个代码。" if parent and parent.key else ""
            hint = f"系统中没有区划代码“{shown}”。{where}请核对代码，或改填地区名称。"
            return RegionProblem("region_code", "region_unknown", text, hint)
        return region

    def _by_code_and_names(self, written: Written) -> Region | RegionProblem:
        region = self._by_code(written.code)
        if isinstance(region, RegionProblem):
            return region
        return self._disagreement(region, written) or self._outside(region, "region_code", written.code) or region

    def _disagreement(self, region: Region, written: Written) -> RegionProblem | None:
        """A name in the row that is not the name of the code's region or of what contains it."""
        for role, level in (("village", Level.VILLAGE), ("town", Level.TOWN), ("region", None)):
            text = getattr(written, role)
            if text and (len(text) > _LONGEST_NAME or not self._is_named(region, text, level)):
                hint = (
                    f"代码 {region.code} 是“{self._full(region)}”，而名称写的是“{cut(text)}”。"
                    "请核对，改正代码或名称；只留其中一个也可以。"
                )
                return RegionProblem(role, "region_disagrees", text, hint)
        return None

    def _is_named(self, region: Region, text: str, level: Level | None) -> bool:
        """Whether a text names the region, or, at another level than its own, the ancestor at that level."""
        if level is not None:
            one = self._tree.find(ancestor_key(region.key, level))
            if one and one.level is level and fold_name(one.name) == fold_name(text):
                return True  # nearly every row, without walking the tree
        path = self._tree.path_of(region.key) or [region]
        meant = [r for r in path if level is None or r.level is level]
        folded = fold_name(text)
        names = [fold_name(r.name) for r in path]
        if any(
            r.level is Level.COUNTY and fold_name(r.name) in (f"{folded}县", f"{folded}市", f"{folded}区")
            for r in meant
        ):
            return True
        if any(
            folded == "".join(names[start:end])
            for start in range(len(names))
            for end in range(start + 1, len(names) + 1)
        ):
            return bool(meant)
        for one in meant:
            if fold_name(one.full_name) == folded or (
                one.level is Level.TOWN and loose_town_name(text) == loose_town_name(one.name)
            ):
                return True
            if one.level is Level.VILLAGE and one in self._villages(text, ancestor_key(one.key, Level.TOWN)):
                return True
        return False

    # ── names ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _by_name(self, role: str, text: str, written: Written, month: int) -> Found:
        towns: list[Region] = []
        if role == "village" and written.town:
            towns = self._towns_named(written.town)
            if not towns:
                return Found(None, (self._unknown("town", written.town, None),))
        candidates = self._candidates(role, text, towns)
        # A name may have passed from a region to its successor: the one of that month is meant.
        candidates = [c for c in candidates if not month or c.is_valid(month)] or candidates
        if role != "region" and written.region:
            candidates = [c for c in candidates if self._is_named(c, written.region, None)] or candidates
        if not candidates:
            return Found(None, (self._unknown(role, text, towns[0] if len(towns) == 1 else None),))
        if len(candidates) > 1:
            listed = "、".join(f"{self._full(c)} {c.code}" for c in candidates[:5])
            more = f" 等 {len(candidates)} 个" if len(candidates) > 5 else ""
            hint = f"“{cut(text)}”可能是：{listed}{more}。请填写区划代码，或同时写明乡镇。"
            return Found(None, (RegionProblem(role, "region_ambiguous", text, hint),))
        region = candidates[0]
        if role != "region" and written.region and not self._is_named(region, written.region, None):
            hint = f"“{self._full(region)}”不属于“{cut(written.region)}”。请核对两列的地区名称。"
            return Found(None, (RegionProblem("region", "region_disagrees", written.region, hint),))
        return self._valid(region, role, text, month)

    def _candidates(self, role: str, text: str, towns: list[Region]) -> list[Region]:
        if role == "town":
            return self._towns_named(text)
        if role == "region":
            return self._tree.named(text, within=self._within)
        if towns:
            return [village for town in towns for village in self._villages(text, town.key)]
        named = self._tree.named(text, within=self._within)
        found = [r for r in named if r.level is Level.VILLAGE]
        if named and not found:
            # A village may be called what a town is called for short: the tree then names the town.
            found = [village for town in self._towns for village in self._villages(text, town.key)]
        return found

    def _towns_named(self, text: str) -> list[Region]:
        return self._town_forms.get(fold_name(text)) or self._town_forms.get(loose_town_name(text)) or []

    def _villages(self, text: str, town_key: int) -> list[Region]:
        """Villages of a town by a loose name, with or without the town's name before it."""
        town = self._tree.find(town_key)
        if town is None:
            return [r for r in self._tree.named(text, within=town_key) if r.level is Level.VILLAGE]
        found = self._tree.named(text, within=town_key, town=town.name)
        folded, prefix = fold_name(text), fold_name(town.name)
        if not found and folded.startswith(prefix):
            found = self._tree.named(folded.removeprefix(prefix), within=town_key, town=town.name)
        return found

    # ── problems ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _outside(self, region: Region, role: str, text: str) -> RegionProblem | None:
        lo, hi = self._scope
        if lo <= region.key < hi:
            return None
        hint = (
            f"“{self._full(region)}”({region.code})不在上报范围“{self._scope_name()}”内。请删去此行，或由该地区上报。"
        )
        return RegionProblem(role, "region_outside", text, hint)

    def _valid(self, region: Region, role: str, text: str, month: int) -> Found:
        if not month or region.is_valid(month):
            return Found(region.key)
        year, number = divmod(month, 100)
        hint = f"“{self._full(region)}”({region.code})在 {year}年{number}月不是有效的地区。"
        successor = self._tree.find(region.successor) if region.successor is not None else None
        if successor:
            hint += f"它的后继是“{self._full(successor)}”({successor.code})，请改报到该地区。"
        else:
            hint += "请核对月份和地区。"
        return Found(None, (RegionProblem(role, "region_not_valid", text, hint),))

    def _unknown(self, role: str, text: str, town: Region | None) -> RegionProblem:
        """A name without a region in scope: one outside it, or the nearest names."""
        shown = cut(text)
        if town is None and self._within != COUNTRY_KEY and self._budget > 0:
            elsewhere = self._tree.named(text)
            if elsewhere:
                outside = self._outside(elsewhere[0], role, text)
                if outside:
                    return outside
        where = self._full(town) if town else self._scope_name()
        near = self._nearest(text, role, town)
        names = f"名称相近的有：{near}。" if near else ""
        hint = f"“{where}”没有叫“{shown}”的{_LEVEL_WORD[role]}。{names}请改正名称，或填写区划代码。"
        return RegionProblem(role, "region_unknown", text, hint)

    def _unknown_long(self, role: str, text: str) -> RegionProblem:
        hint = f"“{cut(text)}”太长，不是地区名称。请只写乡镇或村的名称，或填写区划代码。"
        return RegionProblem(role, "region_unknown", text, hint)

    def _nearest(self, text: str, role: str, town: Region | None) -> str:
        if self._budget <= 0:
            return ""
        self._budget -= 1
        scope = (role, town.key if town else self._within)
        if scope not in self._pools:
            regions = [] if role == "town" else self._tree.under(scope[1], Level.VILLAGE)
            regions = regions + (self._towns if role != "village" else [])
            self._pools[scope] = {fold_name(r.name): r.name for r in regions[:_NEAREST_POOL]}
        pool = self._pools[scope]
        close = difflib.get_close_matches(fold_name(text)[:40], pool, n=3, cutoff=0.3)
        return "、".join(pool[name] for name in close)

    def _full(self, region: Region) -> str:
        """A region's name with its town's or county's before it."""
        path = self._tree.path_of(region.key)
        return "".join(r.name for r in path[-2:]) or region.name

    def _scope_name(self) -> str:
        if self._within == COUNTRY_KEY:
            return "全国"
        region = self._tree.find(self._within)
        return region.name if region else f"{level_of(self._within).label} {region_code(self._within)}"


_LEVEL_WORD = {"village": "村", "town": "乡镇", "region": "地区"}
