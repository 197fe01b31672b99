"""docs/permissions.md says what the rules are, and every way in or out is in it."""

from pathlib import Path

from ecodash.domain.audit import ExportKind
from ecodash.settings import PROJECT_ROOT
from ecodash.views.navigation import LOOKED_AT, MANAGED, NEEDED
from tests.permits.document import FILE, document
from tests.permits.exports import EXPORTS

OWN = {"account"}
"""Pages of whoever is signed in."""


def test_the_document_is_as_the_rules_are() -> None:
    assert FILE.read_text(encoding="utf-8") == document(), "run: python -m tests.permits.document"


def test_every_page_says_what_it_needs() -> None:
    files = {path.stem for path in Path(PROJECT_ROOT / "pages").glob("*.py")}
    assert set(NEEDED) == set(LOOKED_AT) | set(MANAGED) == files - OWN


def test_every_file_that_can_be_taken_away_says_what_it_needs() -> None:
    assert set(EXPORTS) == set(ExportKind)
