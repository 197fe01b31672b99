"""Codes of a second factor (TOTP, RFC 6238): six digits that change every half minute, as authenticator apps show them.

The secret is derived from the installation's key and a nonce, so that the store alone tells no codes.
"""

import base64
import hashlib
import hmac
import unicodedata
from datetime import datetime

import pyotp

ISSUER = "EcoDash"
_BYTES = 20
_AROUND = 1
"""A code of the step before or after is right too: clocks differ."""


def derive_secret(key: bytes, nonce: str) -> str:
    """The secret of a nonce, as authenticator apps take it (base 32)."""
    code = hmac.new(key, b"second factor\0" + nonce.encode(), hashlib.sha256).digest()
    return base64.b32encode(code[:_BYTES]).decode()


def setup_uri(secret: str, login: str) -> str:
    """What an authenticator app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def matching_step(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """The step a code is of; None where it is not right, or of a step that is not after one.

    Args:
        after: the newest step a code was used of: a code is good once, and none before it is.
    """
    digits = "".join(unicodedata.normalize("NFKC", code[:40]).split())
    if len(digits) != 6 or not digits.isascii() or not digits.isdecimal():
        return None
    totp = pyotp.TOTP(secret)
    current = totp.timecode(now)
    # All are compared, so that the time tells nothing.
    right = [
        step
        for step in range(current - _AROUND, current + _AROUND + 1)
        if hmac.compare_digest(totp.generate_otp(step), digits) and step > after
    ]
    return right[0] if right else None
