"""Region codes as cells hold them → keys."""

import re
from dataclasses import dataclass

from ecodash.domain.regions import Level, level_of, region_key
from ecodash.errors import RegionUnknown
from ecodash.ingest.faults import cut
from ecodash.ingest.numbers import fold_cell

_MANGLED = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,2}")
_WHOLE_FLOAT = re.compile(r"([0-9]{2,12})\.0+")
_CODE = re.compile(r"['’`]?[0-9]{2,12}(?:\.0+)?")
_TEXT_FORMULA = re.compile(r'="?([^"]*)"?')


@dataclass(frozen=True, slots=True)
class CodeProblem:
    """Why a text is no code: code_mangled or code_malformed, and what to do."""

    code: str
    hint: str


def is_code(text: str) -> bool:
    """Whether a cell that may hold a name holds a code."""
    return _CODE.fullmatch(fold_cell(text)) is not None


def is_village_code(text: str) -> bool:
    """Whether a cell that may hold a village's name holds its code instead: all twelve digits, and not a town's."""
    key = read_code(text) if is_code(text) else 0
    return isinstance(key, int) and level_of(key) is Level.VILLAGE


def read_code(text: str) -> int | CodeProblem:
    """The key of a code: as text, as a number (430321105001.0), '430321105001, ="430321105001", with spaces.

    No code begins with 0, so none has lost one. What a spreadsheet shows as 4.30321E+11 has lost its last digits.
    """
    folded = fold_cell(text).lstrip("'’`").replace(" ", "").rstrip(",;、。")
    if match := _TEXT_FORMULA.fullmatch(folded):
        folded = match[1].lstrip("'’`")
    if match := _WHOLE_FLOAT.fullmatch(folded):
        folded = match[1]
    if _MANGLED.fullmatch(folded):
        said = f"区划代码“{cut(text)}”被表格软件改成了科学计数法，后几位已丢失。"
        return CodeProblem("code_mangled", f"{said}请把该列设为“文本”格式，重新填写完整代码。")
    try:
        return region_key(folded)
    except RegionUnknown:
        hint = f"区划代码“{cut(text)}”不是 2、4、6、9 或 12 位数字。请核对统计用区划代码。"
        return CodeProblem("code_malformed", hint)
