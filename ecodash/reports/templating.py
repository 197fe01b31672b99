"""How the files of a folder of templates are read: the same for every page of ours."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"


def open_templates(folder: Path = TEMPLATES, *, finalize: Callable[[Any], Any] | None = None) -> Environment:
    """Templates with every text escaped, and an error for a name a template misspells.

    Args:
        folder: where the templates are.
        finalize: what becomes of each value right before it is printed.
    """
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
