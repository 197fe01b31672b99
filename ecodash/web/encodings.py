"""Content codings: which one a reader takes, and bytes in it."""

import re
from functools import lru_cache

import pyarrow as pa

IDENTITY = "identity"
_LEVELS = {"zstd": 9, "br": 7, "gzip": 9}
"""By measurement over snapshot pages of 100 to 200 KB: 2 to 14 ms; the next levels take five times as long for 2 percent."""
_PREFERRED = ("br", "zstd", "gzip", IDENTITY)
"""Smallest first; among codings a reader likes equally the first is chosen."""
_ARROW_NAMES = {"br": "brotli"}
_ALIASES = {"x-gzip": "gzip"}
_PART = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?:;\s*[qQ]\s*=\s*([01](?:\.\d{0,3})?)\s*)?", re.ASCII)
_LONGEST = 1_000


def choose_encoding(accepted: bytes | None, offered: tuple[str, ...] = _PREFERRED) -> str | None:
    """The coding to answer in.

    Args:
        accepted: the Accept-Encoding header; None where there is none.
        offered: what there is, smallest first.

    Returns:
        One of those offered; None where the reader takes none of them. Parts that are malformed do not count.
    """
    return IDENTITY if accepted is None else _choose(accepted[:_LONGEST], offered)


@lru_cache(maxsize=256)
def _choose(accepted: bytes, offered: tuple[str, ...]) -> str | None:
    weights: dict[str, float] = {}
    for part in accepted.decode("latin-1").split(","):
        found = _PART.fullmatch(part)
        if found:
            name = found[1].lower()
            weights[_ALIASES.get(name, name)] = min(float(found[2]), 1.0) if found[2] else 1.0
    best, best_weight = None, 0.0
    for name in offered:
        # Identity is acceptable unless it is refused by name or by a refusal of all that is not named.
        usual = 0.001 if name == IDENTITY and weights.get("*", 1.0) > 0 else 0.0
        weight = weights.get(name, usual if name == IDENTITY else weights.get("*", 0.0))
        if weight > best_weight:
            best, best_weight = name, weight
    return best


def encode(data: bytes, encoding: str, level: int | None = None) -> bytes:
    """Bytes in a coding; the same bytes give the same.

    Args:
        level: how hard they are compressed; by default as suits what is made while a reader waits.
    """
    if encoding == IDENTITY:
        return data
    codec = pa.Codec(_ARROW_NAMES.get(encoding, encoding), compression_level=level or _LEVELS[encoding])
    return bytes(codec.compress(data, asbytes=True))
