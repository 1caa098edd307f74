"""Two of three: a secret in three shares, any two of which give it back and any one of which tells nothing.

Shamir's scheme over GF(256), byte by byte: share x holds secret + x * random, for x = 1, 2, 3.
"""

from __future__ import annotations

import hashlib
import secrets

_CHECK = 8  # bytes of SHA-256, shared along with the secret, so that a damaged share is noticed


class BadShares(ValueError):
    """These two shares do not belong together, or one of them was damaged."""


def split(secret: bytes) -> tuple[bytes, bytes, bytes]:
    """Three shares, each nine bytes longer than `secret`; the first byte is its number."""
    checked = secret + hashlib.sha256(secret).digest()[:_CHECK]
    slope = secrets.token_bytes(len(checked))
    first, second, third = (
        bytes([x]) + bytes(byte ^ _times(x, step) for byte, step in zip(checked, slope, strict=True)) for x in (1, 2, 3)
    )
    return first, second, third


def join(one: bytes, other: bytes) -> bytes:
    """The secret from any two shares. Raises BadShares."""
    if len(one) != len(other) or len(one) <= 1 + _CHECK or one[0] == other[0] or not {one[0], other[0]} <= {1, 2, 3}:
        raise BadShares
    x, y = one[0], other[0]
    # The line through both points, at zero: (y * one + x * other) / (x + y).
    back = next(candidate for candidate in range(256) if _times(candidate, x ^ y) == 1)
    checked = bytes(_times(back, _times(y, a) ^ _times(x, b)) for a, b in zip(one[1:], other[1:], strict=True))
    secret, check = checked[:-_CHECK], checked[-_CHECK:]
    if not secrets.compare_digest(hashlib.sha256(secret).digest()[:_CHECK], check):
        raise BadShares
    return secret


def _times(a: int, b: int) -> int:
    """The product in GF(256) with AES's polynomial x^8 + x^4 + x^3 + x + 1."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product
