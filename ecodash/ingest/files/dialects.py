"""How a delimited text is written: chosen by the header it gives, else by how even its rows come out."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from ecodash.ingest.book import HEADER_ROWS, MAX_CELL, HeaderScore

DELIMITERS = ",\t;，|"
"""Tried everywhere, the more usual ones first."""
_RARE = ":^~§¦# "
"""Tried only where none of the usual ones gives even rows."""
NO_DELIMITER = "\x1f"
"""Stands for none: the file has one column."""

_SAMPLE = MAX_CELL * 2
_SAMPLE_ROWS = 200
_TYPED = re.compile(
    r"[-+]?[$€£¥￥]?\s?\d{1,3}(?:[,，]\d{3})*(?:\.\d+)?%?"
    r"|[-+]?[$€£¥￥]?\s?\d*\.?\d+(?:[eE][-+]?\d+)?\s?[%‰]?"
    r"|\d{1,4}[-/.年]\d{1,2}(?:[-/.月]\d{1,4}日?)?(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?"
    r"|\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
    r"|\w+://\S+|[\w.+-]+@[\w.-]+"
)
_WORDS = re.compile(r"[^\t;,|，\"]*")


def find_delimiter(text: str, quote: str, score: HeaderScore) -> str:
    """The delimiter that gives the best header, else the most even rows.

    Counting alone is not enough: a tab-separated file of figures like 1,268 holds more commas than tabs.
    """
    sample = sample_of(text)
    best, chosen = (0, 0), ""
    for delimiter in DELIMITERS:
        if delimiter in sample:
            found = max(
                ((score([cell.strip() for cell in row]), len(row)) for row in _top(sample, delimiter, quote)),
                default=(0, 0),
            )
            if found[0] and found > best:
                best, chosen = found, delimiter
    if chosen:
        return chosen
    usual = _most_even(sample, DELIMITERS, quote)
    if usual[0] >= 0.5:
        return usual[1]
    rare = _most_even(sample, _RARE, quote)
    # A rare sign is believed only where the rows come out clearly more even, or nothing else is there.
    if rare[0] > max(0.5, usual[0] * 1.5):
        return rare[1]
    return usual[1] if usual[0] > 0 else NO_DELIMITER


def find_quote(text: str) -> str:
    """A double quote, or a single one where whole cells stand in them and none in double quotes."""
    sample = sample_of(text)
    edge = f"[{re.escape(DELIMITERS + _RARE)}]"
    double = re.search(rf'(?m)(?:^|{edge})"[^"\n]*"(?={edge}|$)', sample)
    if "'" not in sample or double:
        return '"'
    opened = sum(1 for _ in re.finditer(rf"(?m)(?:^|{edge})'", sample))
    whole = sum(1 for _ in re.finditer(rf"(?m)(?:^|{edge})'(?:[^'\n]|'')*'(?={edge}|$)", sample))
    return "'" if whole >= 3 and whole * 10 >= opened * 8 else '"'


def usual_width(text: str, delimiter: str, quote: str) -> int:
    """How many cells most rows have at the top of the file."""
    widths = Counter(len(row) for row in _rows(sample_of(text), delimiter, quote) if row)
    return max(widths, key=lambda width: (widths[width] * min(width, 2), width), default=0)


def sample_of(text: str) -> str:
    """The top of a file, whole lines of it."""
    if len(text) <= _SAMPLE:
        return text
    cut = text.rfind("\n", 0, _SAMPLE)
    return text[: cut if cut > 0 else _SAMPLE]


def _top(sample: str, delimiter: str, quote: str) -> Iterator[list[str]]:
    return islice(_rows(sample, delimiter, quote), HEADER_ROWS)


def _rows(sample: str, delimiter: str, quote: str) -> Iterator[list[str]]:
    lines = sample.split("\n")
    reader = csv.reader(
        (line + "\n" for line in lines), delimiter=delimiter, quotechar=quote, skipinitialspace=delimiter != " "
    )
    try:
        yield from islice(reader, _SAMPLE_ROWS)
    except csv.Error:
        return


def _most_even(sample: str, delimiters: str, quote: str) -> tuple[float, str]:
    return max(
        ((_evenness(sample, delimiter, quote), delimiter) for delimiter in delimiters if delimiter in sample),
        key=lambda found: found[0],
        default=(0.0, ""),
    )


def _evenness(sample: str, delimiter: str, quote: str) -> float:
    """How much rows agree on a width above one, 0 to 1, less where cells look torn or still hold delimiters."""
    every = [row for row in _rows(sample, delimiter, quote) if row]
    rows = [row for row in every if any(cell.strip() for cell in row)] or every
    if not rows:
        return 0.0
    widths = Counter(map(len, rows))
    # As in CleverCSV: long rows of few patterns.
    pattern = sum(count * (width - 1) / width for width, count in widths.items()) / len(widths) ** 0.5
    cells = [cell.strip() for row in rows for cell in row]
    typed = sum(1 for cell in cells if not cell or _TYPED.fullmatch(cell) or _WORDS.fullmatch(cell))
    return float(pattern / len(rows) * typed / len(cells))
