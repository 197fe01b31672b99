"""Tokens of links: derived from a key that stands beside the store, so that the store holds none of them.

A token is 128 bits of HMAC-SHA-256 over a random nonce. The store keeps the nonce and the token's SHA-256: whoever reads
the store alone can open no link, and the installation, which has the key, can show a link again.
"""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

_KEY_BYTES, _NONCE_BYTES, _TOKEN_BYTES = 32, 16, 16


def read_link_key(path: Path) -> bytes:
    """The installation's key; made at first use, readable by its user only."""
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        key = b""
    if len(key) == _KEY_BYTES:
        return key
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(secrets.token_bytes(_KEY_BYTES))
        stream.flush()
        os.fsync(stream.fileno())
    try:
        # A link fails where another process was first: its key then holds.
        os.link(fresh, path)
    except FileExistsError:
        if len(path.read_bytes()) != _KEY_BYTES:
            fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return path.read_bytes()


def new_nonce() -> str:
    """What a new token is derived from."""
    return secrets.token_hex(_NONCE_BYTES)


def derive_token(key: bytes, nonce: str) -> str:
    """The token of a nonce: 26 small letters and digits. Chats leave a - or _ at the end of an address out of the link they
    make of it."""
    code = hmac.new(key, b"snapshot link\0" + nonce.encode(), hashlib.sha256).digest()
    return base64.b32encode(code[:_TOKEN_BYTES]).decode().rstrip("=").lower()


def hash_token(token: str) -> str:
    """SHA-256 of a token, in hexadecimal: a token is as long as a key, so that no slow hash is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def is_token_of(token: str, token_hash: str) -> bool:
    """Whether a token has a hash, in a time that does not tell how much of it is right."""
    return hmac.compare_digest(hash_token(token), token_hash)
