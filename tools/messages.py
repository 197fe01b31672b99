"""The messages of the code and of the catalogue of indicators, and their English in ecodash/locale.

`python -m tools.messages` (make messages) brings the catalogue file in line with the code: new messages are added
without a translation, those no longer used go. The file holds no places and no dates, so that it changes only where the
words do.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
PO = ROOT / "ecodash" / "locale" / "en" / "LC_MESSAGES" / "ecodash.po"
INDICATORS = ROOT / "data" / "catalog" / "indicators.toml"
_NAMES: dict[str, None] = {"gettext": None, "_": None, "marked": None}
"""What marks a message."""
_HEADER = """# English of 农村人居环境整治看板. Brought in line with the code by `make messages`; translations are written here.
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def extracted() -> set[str]:
    """Every message that a screen may say."""
    found = set(_of_indicators())
    for folder in (ROOT / "ecodash", ROOT / "pages"):
        for source in sorted(folder.rglob("*.py")):
            found.update(_of_python(source.read_text(encoding="utf-8")))
        for _, _, message, _, _ in extract_from_dir(
            str(folder),
            method_map=[("**.html", "jinja2")],
            options_map={"**.html": {"silent": "false"}},
            keywords=_NAMES,
        ):
            found.add(str(message))
    return found - {""}


def _of_python(source: str) -> Iterator[str]:
    """Literal messages; Babel's own reader would also take the key of `_(row["name"])` for one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _NAMES and node.args:
            message = node.args[0]
            if isinstance(message, ast.Constant) and isinstance(message.value, str):
                yield message.value


def _of_indicators() -> Iterator[str]:
    """Words the screens take from the catalogue of indicators; the names have their English there."""
    entries = tomllib.loads(INDICATORS.read_text(encoding="utf-8"))["indicator"]
    for entry in entries:
        yield from (entry[name] for name in ("category", "unit", "definition", "source") if name in entry)
        yield from (name for _, name in entry.get("choices", ()))


def known() -> Catalog:
    """The catalogue file."""
    with PO.open("rb") as stream:
        return read_po(stream, locale="en")


def update(translations: dict[str, str] | None = None) -> list[str]:
    """Bring the file in line with the code; returns the messages that have no translation.

    Args:
        translations: further ones, for messages that have none yet.
    """
    told = {str(message.id): str(message.string) for message in known() if message.id} if PO.is_file() else {}
    more = translations or {}
    found = {message: told.get(message) or more.get(message, "") for message in extracted()}
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(render(found))
    return sorted(message for message, english in found.items() if not english)


def render(translations: dict[str, str]) -> bytes:
    """The catalogue file of these messages, always the same for the same words."""
    catalog = Catalog(locale="en")
    for message in sorted(translations):
        catalog.add(message, translations[message])
    written = BytesIO()
    written.write(_HEADER.encode())
    write_po(written, catalog, width=120, no_location=True, omit_header=True, sort_output=True)
    return written.getvalue()


if __name__ == "__main__":
    untranslated = update()
    sys.stdout.writelines(f"{message!r}\n" for message in untranslated)
    sys.exit(1 if untranslated else 0)
