"""Region codes and loosely written names in a row → one region of the tree, or what is wrong and which are near."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy.typing as npt

from ecodash.domain.regions import (
    COUNTRY_KEY,
    LEVELS,
    Level,
    Region,
    RegionTree,
    ancestor_key,
    fold_name,
    key_range,
    level_of,
    loose_town_name,
    loose_upper_name,
    region_code,
)
from ecodash.ingest.codes import CodeProblem, is_code, is_village_code, read_code
from ecodash.ingest.faults import cut
from ecodash.ingest.mistyped import simplified
from ecodash.ingest.nearest import NearestNames
from ecodash.ingest.numbers import fold_cell
from ecodash.ingest.plain_rows import Ints, PlainRows

_TOTAL = re.compile(r"(?:小计|合计|总计|共计)$")
_KINDS = re.compile(r"(?:社区|嘎查|村|镇|乡|街道)$")
_LONGEST_NAME = 100
_LISTED = 5
_EXPLAINED = 20_000
"""So many unknown names are looked for elsewhere and given the nearest ones."""
_REMEMBERED = 200_000
"""So many writings are kept: a file may have a million of them, all wrong."""
_LEVEL_WORD = {"village": "村", "town": "乡镇", "region": "地区"}
_LEVELS_OF = {"village": (Level.VILLAGE,), "town": (Level.TOWN,), "region": tuple(LEVELS[1:])}


@dataclass(frozen=True, slots=True)
class RegionProblem:
    """Something wrong with a row's region.

    Args:
        role: of the column at fault; empty where no column is.
        code: of the fault.
        value, hint: as in Fault.
        near: keys of the regions the hint names as candidates, or as the nearest.
    """

    role: str
    code: str
    value: str
    hint: str
    near: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The region of a row, None where it is not certain, what is wrong, and how a name was understood that is not the
    region's own."""

    key: int | None
    problems: tuple[RegionProblem, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """How a row writes its region: each part as in the file, empty where absent."""

    code: str = ""
    village: str = ""
    town: str = ""
    region: str = ""


class RegionFinder:
    """Finds regions as written. A writing that comes again is not resolved again.

    Args:
        tree: of the store.
        within: key of the region that reports must be inside.
        context: key of the region the whole sheet is about, 0 where it is not known: names are looked for in it, and
            codes must lie in it.
        context_source: who says so, as messages name it: 工作表名, 表格标题, 文件名, 上传时选择的地区.
    """

    def __init__(self, tree: RegionTree, within: int, context: int = 0, context_source: str = "") -> None:
        self._tree = tree
        self._within = within
        self._context = tree.find(context) if context else None
        self._source = context_source or "文件"
        is_narrower = self._context is not None and level_of(context).rank > level_of(within).rank
        self._inner = context if is_narrower else within
        self._nearest_names = NearestNames(tree)
        self._plain = PlainRows(tree, key_range(self._inner), self._context)
        self._unknowns = 0
        self._coded: dict[Written, Region | RegionProblem] = {}
        self._found: dict[tuple[Written, int], Found] = {}

    def find(self, written: Written, month: int) -> Found:
        """The region of a row for a month (yyyymm, 0 where unknown: then validity is not asked)."""
        known = self._found.get((written, month))
        if known is None:
            known = self._find(written, month)
            if len(self._found) < _REMEMBERED:
                self._found[written, month] = known
        return known

    def keys_of(
        self,
        codes: Sequence[str],
        villages: Sequence[str],
        towns: Sequence[str],
        regions: Sequence[str],
        month: npt.ArrayLike,
    ) -> Ints:
        """Keys of the rows that write their region plainly, -1 for those that find must look at.

        Args:
            month: yyyymm of all rows, or of each.
        """
        return self._plain.keys(codes, villages, towns, regions, month)

    def find_context(self) -> Region | None:
        """The region the whole sheet is about; None where it is not known, or not in scope."""
        return None if self._context is None or self._is_stray(self._context) else self._context

    def town_named(self, text: str) -> int | None:
        """Key of the one town a cell names, alone or as in 石潭镇小计; None where it names none."""
        plain = _TOTAL.sub("", fold_name(text[:_LONGEST_NAME]))
        towns = self._tree.named_at(plain, Level.TOWN, within=self._inner) if plain else []
        return towns[0].key if len(towns) == 1 else None

    def _find(self, written: Written, month: int) -> Found:
        if self._context is not None and self._is_stray(self._context):
            return Found(None, (self._stray(self._context),))
        if written.code:
            # Whether code and names agree does not hang on the month: asked once for all months of a file.
            region = self._coded.get(written) or self._by_code_and_names(written)
            if len(self._coded) < _REMEMBERED:
                self._coded[written] = region
            if isinstance(region, RegionProblem):
                return Found(None, (region,))
            return self._valid(region, "region_code", written.code, month)
        if is_village_code(written.village):
            return self._by_code_as_name("village", written, month)
        if not (written.village or written.town) and is_code(written.region):
            return self._by_code_as_name("region", written, month)
        for role in ("village", "town", "region"):
            text = getattr(written, role)
            if max(len(text), len(written.town)) > _LONGEST_NAME:
                return Found(None, (self._unknown_long(role, text),))
            if text:
                return self._by_name(role, text, written, month)
        if self._context is not None:
            return self._valid(self._context, "", self._context.name, month)
        hint = "本行没有写明地区。请填写区划代码，或乡镇和村的名称。"
        return Found(None, (RegionProblem("", "region_missing", "", hint),))

    def _by_code_as_name(self, role: str, written: Written, month: int) -> Found:
        """A code in a column of regions, as in region,indicator,month,value, or of villages; other names must agree."""
        found = self.find(replace(written, **{"code": getattr(written, role), role: ""}), month)
        own = (replace(one, role=role) if one.role == "region_code" else one for one in found.problems)
        return replace(found, problems=tuple(own))

    # ── codes ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _by_code(self, text: str) -> Region | RegionProblem:
        key = read_code(text)
        if isinstance(key, CodeProblem):
            return RegionProblem("region_code", key.code, text, key.hint)
        shown = cut(text)
        region = self._tree.find(key)
        if region is None:
            parent = self._tree.find(self._tree.parent_of(key))
            where = f"它属于“{parent.name}”（{parent.code}），但其下没有这个代码。" if parent and parent.key else ""
            hint = f"系统中没有区划代码“{shown}”。{where}请核对代码，或改填地区名称。"
            return RegionProblem("region_code", "region_unknown", text, hint)
        return region

    def _by_code_and_names(self, written: Written) -> Region | RegionProblem:
        region = self._by_code(written.code)
        if isinstance(region, RegionProblem):
            return region
        return (
            self._disagreement(region, written)
            or self._outside(region, "region_code", written.code)
            or self._beside_context(region, "region_code", written.code)
            or region
        )

    def _disagreement(self, region: Region, written: Written) -> RegionProblem | None:
        """A name in the row that is not the name of the code's region or of what contains it."""
        for role, level in (("village", Level.VILLAGE), ("town", Level.TOWN), ("region", None)):
            text = getattr(written, role)
            if text and (len(text) > _LONGEST_NAME or not self._is_named(region, text, level)):
                why = "请核对，改正代码或名称；只留其中一个也可以。"
                if level is not None and region.level.rank < level.rank and len(fold_cell(written.code)) == 12:
                    why = "代码的后几位可能被表格软件改成了 0。请把该列设为“文本”格式，重新填写完整代码，或只写名称。"
                hint = f"代码 {region.code} 是“{self._full(region)}”，而名称写的是“{cut(text)}”。{why}"
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
        runs = ("".join(names[start:end]) for start in range(len(names)) for end in range(start + 1, len(names) + 1))
        if folded in runs:
            return bool(meant)
        return any(self._is_called(one, text, folded) for one in meant)

    def _is_called(self, one: Region, text: str, folded: str) -> bool:
        if one.level is Level.VILLAGE:
            return one in self._tree.named_at(text, Level.VILLAGE, within=ancestor_key(one.key, Level.TOWN))
        if one.level is Level.TOWN:
            return loose_town_name(text) == loose_town_name(one.name) or one in self._tree.named_at(
                text, Level.TOWN, within=one.key
            )
        return folded in (fold_name(one.full_name), loose_upper_name(one.name)) or self._tree.is_former(one, text)

    # ── names ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _by_name(self, role: str, text: str, written: Written, month: int) -> Found:
        candidates = self._candidates(role, text, written, month, self._inner)
        if not candidates:
            modern = Written("", *map(simplified, (written.village, written.town, written.region)))
            if modern != written and (found := self._find(modern, month)).key is not None:
                return replace(found, note=f"“{cut(text)}”按简体字“{self._full_of(found.key)}”读取。")
            return Found(None, (self._missing(role, text, written, month),))
        if len(candidates) > 1:
            return Found(None, (self._ambiguous(role, text, candidates),))
        region = candidates[0]
        if role != "region" and written.region and not self._is_named(region, written.region, None):
            hint = f"“{self._full(region)}”不属于“{cut(written.region)}”。请核对两列的地区名称。"
            return Found(None, (RegionProblem("region", "region_disagrees", written.region, hint),))
        note = self._note(region, text)
        if role == "village" and written.town:
            town = self._tree.find(ancestor_key(region.key, Level.TOWN))
            note += self._note(town, written.town) if town else ""
        return replace(self._valid(region, role, text, month), note=note)

    def _candidates(self, role: str, text: str, written: Written, month: int, within: int) -> list[Region]:
        """Regions a row's name may mean; of one name passed from a region to its successor, the one of that month."""
        if role == "village" and written.town:
            towns = self._tree.named_at(written.town, Level.TOWN, within=within)
            found = [v for town in towns for v in self._tree.named_at(text, Level.VILLAGE, within=town.key)]
        elif role == "region":
            found = self._tree.named(text, within=within)
        else:
            found = self._tree.named_at(text, Level.VILLAGE if role == "village" else Level.TOWN, within=within)
        found = [region for region in found if not month or region.is_valid(month)] or found
        if role != "region" and written.region:
            found = [region for region in found if self._is_named(region, written.region, None)] or found
        return found

    def _note(self, region: Region, text: str) -> str:
        """How a name that is not quite the region's own was understood; empty where it is."""
        if self._tree.is_former(region, text):
            return f"“{cut(text)}”按曾用名读作“{self._full(region)}”。"
        written, own = _KINDS.search(fold_name(text)), _KINDS.search(fold_name(region.name))
        if written and own and written.group() != own.group() and region.level in (Level.TOWN, Level.VILLAGE):
            names = fold_name(region.name), fold_name(region.full_name)
            if not any(fold_name(text).endswith(name) for name in names):
                return f"“{cut(text)}”按“{self._full(region)}”读取。"
        return ""

    # ── problems ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _ambiguous(self, role: str, text: str, candidates: list[Region]) -> RegionProblem:
        listed = "、".join(f"{self._full(c)} {c.code}" for c in candidates[:_LISTED])
        more = f" 等 {len(candidates)} 个" if len(candidates) > _LISTED else ""
        hint = f"“{cut(text)}”可能是：{listed}{more}。请填写区划代码，或同时写明乡镇。"
        near = tuple(region.key for region in candidates[:_LISTED])
        return RegionProblem(role, "region_ambiguous", text, hint, near)

    def _outside(self, region: Region, role: str, text: str) -> RegionProblem | None:
        lo, hi = key_range(self._within)
        if lo <= region.key < hi:
            return None
        hint = (
            f"“{self._full(region)}”（{region.code}）不在上报范围“{self._name_of(self._within)}”内。"
            "请删去此行，或由该地区上报。"
        )
        return RegionProblem(role, "region_outside", text, hint)

    def _is_stray(self, context: Region) -> bool:
        """Whether the sheet is about a region that neither lies in scope nor contains it."""
        (lo, hi), (first, last) = key_range(self._within), key_range(context.key)
        return last <= lo or hi <= first

    def _stray(self, context: Region) -> RegionProblem:
        hint = (
            f"{self._source}写的是“{self._full(context)}”（{context.code}），不在上报范围"
            f"“{self._name_of(self._within)}”内。请核对是否选错了文件或上报的地区。"
        )
        return RegionProblem("", "region_outside", context.name, hint)

    def _beside_context(self, region: Region, role: str, text: str) -> RegionProblem | None:
        """A region that is not in the one the sheet is about."""
        lo, hi = key_range(self._inner)
        if self._context is None or lo <= region.key < hi:
            return None
        shown = f"“{cut(text)}”是“{self._full(region)}”" if text != self._full(region) else f"本行是“{cut(text)}”"
        hint = (
            f"{self._source}写的是“{self._context.name}”，而{shown}（{region.code}）。"
            "请核对：改正本行的地区，或把这一行移到它所属乡镇的表里。"
        )
        return RegionProblem(role, "region_disagrees", text, hint, (region.key,))

    def _valid(self, region: Region, role: str, text: str, month: int) -> Found:
        if not month or region.is_valid(month):
            return Found(region.key)
        year, number = divmod(month, 100)
        hint = f"“{self._full(region)}”（{region.code}）在 {year}年{number}月不是有效的地区。"
        successor = self._tree.find(region.successor) if region.successor is not None else None
        if successor:
            hint += f"它的后继是“{self._full(successor)}”（{successor.code}），请改报到该地区。"
        else:
            hint += "请核对月份和地区。"
        return Found(None, (RegionProblem(role, "region_not_valid", text, hint),))

    def _missing(self, role: str, text: str, written: Written, month: int) -> RegionProblem:
        """A name without a region where it should be: one elsewhere in scope, one outside it, or unknown."""
        towns: list[Region] = []
        if role == "village" and written.town:
            towns = self._tree.named_at(written.town, Level.TOWN, within=self._inner)
            if not towns and self._inner == self._within:
                return self._unknown("town", written.town, None)
        if self._context is not None:
            elsewhere = self._candidates(role, text, written, month, self._within)
            for region in elsewhere:
                beside = self._beside_context(region, role, text)
                if beside:
                    return beside
            if role == "village" and written.town and not towns:
                return self._unknown("town", written.town, None)
        return self._unknown(role, text, towns[0] if len(towns) == 1 else None)

    def _unknown(self, role: str, text: str, town: Region | None) -> RegionProblem:
        """A name no region in scope bears: one outside it, or the nearest names."""
        shown = cut(text)
        self._unknowns += 1
        if self._unknowns > _EXPLAINED:
            hint = f"没有叫“{shown}”的{_LEVEL_WORD[role]}。请改正名称，或填写区划代码。"
            return RegionProblem(role, "region_unknown", text, hint)
        if town is None and self._within != COUNTRY_KEY:
            levels = _LEVELS_OF[role]
            for region in self._tree.named(text):
                outside = self._outside(region, role, text) if region.level in levels else None
                if outside:
                    return outside
        # A sheet about one town has no other towns to be near.
        scope = self._within if role == "town" and level_of(self._inner) is Level.TOWN else self._inner
        where = self._full(town) if town else self._name_of(scope)
        said = f"“{where}”没有叫“{shown}”的{_LEVEL_WORD[role]}。"
        if town is not None:
            elsewhere = self._tree.named_at(text, Level.VILLAGE, within=self._inner)[:_LISTED]
            if elsewhere:
                listed = "、".join(f"{self._full(region)} {region.code}" for region in elsewhere)
                keys = tuple(region.key for region in elsewhere)
                hint = f"{said}别的乡镇有：{listed}。请核对乡镇和村的名称。"
                return RegionProblem(role, "region_unknown", text, hint, keys)
        near = self._nearest_names.of(text, _LEVELS_OF[role], town.key if town else scope)
        names = "、".join(r.name if town or r.level is not Level.VILLAGE else self._full(r) for r in near)
        likely = f"名称相近的有：{names}。" if near else ""
        hint = f"{said}{likely}请改正名称，或填写区划代码。"
        return RegionProblem(role, "region_unknown", text, hint, tuple(region.key for region in near))

    def _unknown_long(self, role: str, text: str) -> RegionProblem:
        hint = f"“{cut(text)}”太长，不是地区名称。请只写乡镇或村的名称，或填写区划代码。"
        return RegionProblem(role, "region_unknown", text, hint)

    def _full(self, region: Region) -> str:
        """A region's name with its town's or county's before it."""
        path = self._tree.path_of(region.key)
        return "".join(r.name for r in path[-2:]) or region.name

    def _full_of(self, key: int | None) -> str:
        region = self._tree.find(key) if key is not None else None
        return self._full(region) if region else ""

    def _name_of(self, key: int) -> str:
        if key == COUNTRY_KEY:
            return "全国"
        region = self._tree.find(key)
        return region.name if region else f"{level_of(key).label} {region_code(key)}"
