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

from ecodash.errors import UserError
from ecodash.i18n import gettext as _

_KEY_BYTES, _NONCE_BYTES, _TOKEN_BYTES = 32, 16, 16


def find_link_key(path: Path) -> bytes | None:
    """The installation's key, where there is one."""
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return None
    return key if len(key) == _KEY_BYTES else None


def read_link_key(path: Path) -> bytes:
    """The installation's key; made at first use, readable by its user only.

    Raises:
        UserError: the disk does not take it.
    """
    key = find_link_key(path)
    if key is not None:
        return key
    try:
        return _made(path)
    except OSError as error:
        raise UserError(
            _("密钥文件 {file} 不能写入（{why}），这次操作没有完成。").format(file=path, why=error.strerror or error),
            _("请核对磁盘空间和文件夹权限后重试，不用重启程序。"),
        ) from error


def _made(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(_KEY_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        # A link fails where another process was first: its key then holds.
        os.link(fresh, path)
    except FileExistsError:
        if len(path.read_bytes()) != _KEY_BYTES:
            fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return path.read_bytes()


def fingerprint(key: bytes) -> str:
    """What tells keys apart and from which none can be found."""
    return hmac.new(key, b"fingerprint of the key of links\0", hashlib.sha256).hexdigest()


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
