"""What an installation calls columns: checked before it is kept, and read like the catalogue's own names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ecodash.domain.indicators import Catalog, Indicator, Kind
from ecodash.domain.period_words import split_period
from ecodash.errors import UserError
from ecodash.ingest.faults import cut
from ecodash.ingest.header_words import BRACKETED, CURRENT, ROLE_NAMES, ROLES, fold_header, is_derived

MOST_HEADINGS = 30
LONGEST_HEADING = 40
_SO_FAR = ("累计", "年初以来", "年初至今", "本年以来", "今年以来")


def with_headings(catalog: Catalog, headings: Mapping[str, Sequence[str]]) -> Catalog:
    """The catalogue with further names of columns.

    Args:
        headings: code → names, as checked_headings gave them. What the catalogue itself has come to call an indicator
            since goes before.
    """
    if not any(headings.values()):
        return catalog
    usual = {fold_header(name) for entry in catalog.values() for name in _names(entry)}
    entries = [
        replace(
            entry, aliases=(*entry.aliases, *(one for one in headings.get(code, ()) if fold_header(one) not in usual))
        )
        for code, entry in catalog.items()
    ]
    return Catalog(entries, catalog.digest, catalog.units)


def checked_headings(
    catalog: Catalog, code: str, written: Iterable[str], others: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """Names of an indicator's column as they are kept: trimmed, each once, without those the catalogue has for it anyway,
    and without the unit in brackets, which a file may write or not.

    Args:
        written: as typed; empty ones are passed over.
        others: code → names kept for other indicators.
    Raises:
        UserError: one means something else already, or would be read wrongly; says which, and why.
    """
    entry = catalog[code]
    own = {fold_header(name) for name in _names(entry)}
    taken = {fold_header(name): other for other in catalog.values() if other.code != code for name in _names(other)} | {
        fold_header(name): catalog[other] for other, names in others.items() if other != code for name in names
    }
    kept: dict[str, str] = {}
    for one in written:
        text = _without_unit(" ".join(one.split()), entry, catalog)
        folded = fold_header(text)
        if not folded or folded in own:
            continue
        _refuse_misread(text, folded, entry, taken)
        kept.setdefault(folded, text)
    if len(kept) > MOST_HEADINGS:
        raise UserError(f"一项指标最多 {MOST_HEADINGS} 个列名，现在有 {len(kept)} 个。", "请删去不再使用的列名。")
    return tuple(kept.values())


def _names(entry: Indicator) -> tuple[str, ...]:
    return (entry.code, entry.name, entry.title, *entry.aliases)


def _without_unit(text: str, entry: Indicator, catalog: Catalog) -> str:
    found = BRACKETED.fullmatch(fold_header(text))
    if found is None or catalog.units.factor_for(found[2], entry) is None:
        return text
    return text[: max(text.rfind("("), text.rfind("（"), text.rfind("["), text.rfind("【"))].rstrip()


def _refuse_misread(text: str, folded: str, entry: Indicator, taken: Mapping[str, Indicator]) -> None:
    shown = cut(text)
    if len(text) > LONGEST_HEADING:
        raise UserError(f"列名“{shown}”太长。", f"请写表头上的原文，不超过 {LONGEST_HEADING} 个字。")
    if folded in taken:
        other = taken[folded].name
        raise UserError(f"“{shown}”已经表示指标“{other}”，不能再表示“{entry.name}”。", "请核对后删去这个列名。")
    if folded in ROLES:
        role = ROLE_NAMES.get(ROLES[folded], ROLES[folded])
        raise UserError(f"“{shown}”是常用的“{role}”列的名称，不能专门表示一项指标。", "请写更具体的列名。")
    if folded in CURRENT or not any(char.isalpha() for char in folded) or not split_period(folded)[1]:
        raise UserError(f"“{shown}”不能说明是哪项指标。", "请写表头上能看出指标的文字。")
    if _is_not_of_the_month(folded, entry):
        raise UserError(
            f"“{shown}”说的不是当月数（累计数、上月数、同比、任务数或完成率），读作“{entry.name}”会出错。",
            "请只填写当月数所在列的列名。",
        )


def _is_not_of_the_month(folded: str, entry: Indicator) -> bool:
    """Whether a heading says that its figures are other ones; what there is at a month's end may well be called so far."""
    if entry.kind is not Kind.FLOW:
        for word in _SO_FAR:
            folded = folded.replace(word, "")
    return bool(folded) and is_derived(folded)
