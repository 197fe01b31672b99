"""Which coding a reader gets, and that it unpacks to the same bytes."""

import gzip

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.web.encodings import choose_encoding, encode

CHROME = b"gzip, deflate, br, zstd"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        (None, "identity"),
        (b"", "identity"),
        (CHROME, "br"),
        (b"gzip, deflate", "gzip"),
        (b"GZIP", "gzip"),
        (b"x-gzip", "gzip"),
        (b"zstd", "zstd"),
        (b"deflate", "identity"),
        (b"*", "br"),
        (b"br;q=0, *", "zstd"),
        (b"br;q=0.5, gzip;q=0.8", "gzip"),
        (b"br; Q=0.001, gzip;q=0", "br"),
        (b"gzip;q=0", "identity"),
        (b"identity, gzip;q=0.5", "identity"),
        (b"identity;q=0", None),
        (b"*;q=0", None),
        (b"identity;q=0, gzip", "gzip"),
        (b"*;q=0, identity", "identity"),
        (b"*;q=0, zstd;q=0.1", "zstd"),
        (b"gzip;q=nan, br;q=2, zstd;q=-1", "identity"),
        (b"gzip;;, ,,;q=1", "identity"),
        (b"gzip;q=1.0000", "identity"),
        ("gzip，br".encode(), "identity"),
    ],
)
def test_the_best_coding_both_know(accepted: bytes | None, encoding: str | None) -> None:
    assert choose_encoding(accepted) == encoding


@given(st.binary(max_size=200))
def test_whatever_is_sent_is_read(accepted: bytes) -> None:
    assert choose_encoding(accepted) in ("br", "zstd", "gzip", "identity", None)


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br", "zstd"])
@pytest.mark.parametrize("data", [b"", b"a", "农村人居环境".encode() * 5_000])
def test_what_is_packed_unpacks(encoding: str, data: bytes) -> None:
    packed = encode(data, encoding)
    assert packed == encode(data, encoding)
    if encoding == "identity":
        unpacked = packed
    elif encoding == "gzip":
        unpacked = gzip.decompress(packed)
    else:
        name = {"br": "brotli"}.get(encoding, encoding)
        unpacked = pa.Codec(name).decompress(packed, decompressed_size=len(data), asbytes=True) if data else b""
    assert unpacked == data
    assert not data[100:] or encoding == "identity" or len(packed) < len(data) / 10
