"""Fixed phrases of the screens in Chinese, marked for the catalogue; the text modules say them in the reader's language."""

from collections.abc import Iterator, Mapping
from types import ModuleType

from ecodash.i18n import gettext


class Words(Mapping[str, str]):
    """Words by code: kept in Chinese, said in the reader's language whenever one is looked up.

    Args:
        chinese: code → word, marked for the catalogue.
    """

    def __init__(self, chinese: Mapping[str, str]) -> None:
        self._chinese = dict(chinese)

    def __getitem__(self, code: str) -> str:
        return gettext(self._chinese[code])

    def __iter__(self) -> Iterator[str]:
        return iter(self._chinese)

    def __len__(self) -> int:
        return len(self._chinese)


def said(phrases: ModuleType, name: str) -> str:
    """A phrase of a module in the language of the running context: what a text module's __getattr__ answers.

    Raises:
        AttributeError: the module has no such phrase.
    """
    phrase = getattr(phrases, name) if name.isupper() else None
    if not isinstance(phrase, str):
        raise AttributeError(f"{phrases.__name__} has no phrase {name}")
    return gettext(phrase)
