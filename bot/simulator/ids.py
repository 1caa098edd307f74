"""Identifiers that look like LINE's own."""

import hashlib
import re
import secrets
import threading
import uuid

USER_ID = re.compile(r"U[0-9a-f]{32}")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def user_id_of(name: str) -> str:
    """The same invented name always has the same user id, so demo data can refer to it beforehand."""
    return "U" + hashlib.sha256(f"line-stand-in:{name}".encode()).hexdigest()[:32]


def new_user_id() -> str:
    return "U" + secrets.token_hex(16)


def ulid(milliseconds: int) -> str:
    """A ULID: 48 bits of time, 80 of chance, in Crockford's base 32."""
    value = (milliseconds << 80) | secrets.randbits(80)
    return "".join(_CROCKFORD[(value >> shift) & 31] for shift in range(125, -5, -5))


def token(size: int = 32) -> str:
    return secrets.token_urlsafe(size)


def reply_token() -> str:
    return secrets.token_hex(16)


def request_id() -> str:
    return str(uuid.uuid4())


class Numbers:
    """Message ids: long, rising, numeric strings, as LINE's are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self, milliseconds: int) -> str:
        with self._lock:
            self._last = max(self._last + 1, 500_000_000_000_000_000 + milliseconds * 1000)
            return str(self._last)
