"""PINs of snapshots: kept as argon2id, so that a copy of the store tells none of them quickly."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


def hash_pin(pin: str) -> str:
    """What is kept of a PIN."""
    return _hasher().hash(pin)


def is_pin_of(pin: str, pin_hash: str) -> bool:
    """Whether a PIN is the kept one; takes some tens of milliseconds on purpose."""
    try:
        return _hasher().verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False
