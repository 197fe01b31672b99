"""Names of indicators in the reader's language. Queries answer with codes and Chinese names; screens say these."""

from collections.abc import Iterable

from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.views import data


def indicator_name(code: str, chinese: str = "") -> str:
    """An indicator by its code; a composite's own name; what the query called it where neither is known.

    Args:
        chinese: the name a query answered with.
    """
    try:
        return data.entry(code).label
    except UserError:
        return chinese or code


def indicator_names(codes: Iterable[str]) -> list[str]:
    """The names of several, in their order."""
    return [indicator_name(str(code)) for code in codes]


def category_name(chinese: str) -> str:
    """A category of the catalogue."""
    return _(chinese)


def unit_name(chinese: str) -> str:
    """A unit of measure of the catalogue."""
    return _(chinese)
