"""Running numbers (C70-000123) and the secrets that go with them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from thai.fiscal import fiscal_year

SECRET_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # noqa: S105 - nothing that is misread aloud: no 0 O 1 I L
SECRET_LENGTH = 8


def next_number(session: Session, agency_id: int, prefix: str, day: date) -> tuple[str, int]:
    """Give out the agency's next number of this kind in the fiscal year of `day` (Bangkok date).

    Returns e.g. ("C70-000123", 2570). Gapless: rolled back with the transaction."""
    year = fiscal_year(day)
    value = session.execute(
        text(
            "INSERT INTO counter (agency_id, name, value) VALUES (:agency, :name, 1) "
            "ON CONFLICT (agency_id, name) DO UPDATE SET value = counter.value + 1 RETURNING value"
        ),
        {"agency": agency_id, "name": f"{prefix}:{year}"},
    ).scalar_one()
    return f"{prefix}{year % 100:02d}-{value:06d}", year


def new_secret() -> str:
    """Eight characters (39 bits) that are easy to read aloud and to type."""
    return "".join(secrets.choice(SECRET_ALPHABET) for _ in range(SECRET_LENGTH))


def hash_secret(key: str, number: str, secret: str) -> str:
    """The keyed hash kept beside the number; case and separators that people add do not matter."""
    cleaned = "".join(c for c in secret.upper() if c.isalnum())
    return hmac.new(key.encode(), f"{number}|{cleaned}".encode(), hashlib.sha256).hexdigest()


def secret_matches(key: str, number: str, secret: str, stored: str) -> bool:
    """True when the secret is the one given out with the number (constant time)."""
    return hmac.compare_digest(hash_secret(key, number, secret), stored)
