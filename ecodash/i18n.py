"""The language of the reader: Chinese is what the code says, English comes from the gettext catalogue beside it.

A message that has no translation stays Chinese. The language belongs to the running context (a script run, a request),
never to the process.
"""

import gettext as gettext_module
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from io import BytesIO
from pathlib import Path
from typing import ParamSpec, TypeVar

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Params = ParamSpec("Params")
Result = TypeVar("Result")

CHINESE, ENGLISH = "zh", "en"
LANGUAGES = (CHINESE, ENGLISH)
DOMAIN = "ecodash"
_LOCALE = Path(__file__).parent / "locale"
_language: ContextVar[str] = ContextVar("language", default=CHINESE)


def language() -> str:
    """The language of this context: zh or en."""
    return _language.get()


def use(code: str) -> None:
    """Speak a language from here on in this context; what is not known is Chinese."""
    _language.set(code if code in LANGUAGES else CHINESE)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language for a while."""
    token = _language.set(code if code in LANGUAGES else CHINESE)
    try:
        yield
    finally:
        _language.reset(token)


def in_this_language(work: Callable[Params, Result]) -> Callable[Params, Result]:
    """The same work in the language spoken now, wherever it is done: a download is made in another thread, and a part
    of a page may run again by itself."""
    code = _language.get()

    @wraps(work)
    def spoken(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        with speaking(code):
            return work(*args, **kwargs)

    return spoken


def is_english() -> bool:
    return _language.get() == ENGLISH


def gettext(message: str) -> str:
    """A message in the language of this context. Values are filled in after it: gettext("第 {rank} 名").format(rank=3)."""
    return message if _language.get() == CHINESE or not message else _translations(_language.get()).gettext(message)


def marked(message: str) -> str:
    """Marks a message for the catalogue where it is translated later, by gettext."""
    return message


@cache
def _translations(code: str) -> gettext_module.NullTranslations:
    source = _LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not source.is_file():
        return gettext_module.NullTranslations()
    with source.open("rb") as stream:
        catalog = read_po(stream, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext_module.GNUTranslations(compiled)
