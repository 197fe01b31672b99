"""The script of a snapshot page: a convenience, without which everything can be read."""

from pathlib import Path


def squeeze(source: str) -> str:
    """A script without its comment lines, indentation and line ends.

    Args:
        source: each line ends where a statement or an argument may end; a comment has a line of its own.
    """
    lines = (line.strip() for line in source.splitlines())
    return "".join(line for line in lines if line and not line.startswith("//"))


SNAPSHOT_SCRIPT = squeeze((Path(__file__).parent / "templates" / "snapshot.js").read_text(encoding="utf-8"))
