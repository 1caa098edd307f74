"""The officer's telephone: six digits that change every thirty seconds (TOTP, RFC 6238), each good for one log-in."""

from __future__ import annotations

import hmac
from datetime import datetime
from string import digits

import pyotp

from integrity.sealing import officer_reader
from integrity.tables import Desk, Officer
from integrity.vault.envelope import Context, open_key, seal_key
from thai.digits import to_arabic

STEP = 30  # seconds


def give(desk: Desk, officer: Officer) -> str:
    """A new secret; returns its otpauth address, to be shown once as a QR code. An earlier telephone is void."""
    # Sealed to the officer's own key: whoever lacks the passphrase (or the paper) cannot make codes.
    secret = pyotp.random_base32()
    officer.totp_wrapped = seal_key(secret.encode(), officer.public_key, _context(officer))
    return pyotp.TOTP(secret).provisioning_uri(name=officer.username, issuer_name=f"ช่องทางแจ้งทุจริต {desk.code}")


def keep(officer: Officer, private: bytes, new_public: bytes) -> None:
    """The officer's key is being changed to `new_public`: the same telephone goes on."""
    if officer.totp_wrapped is not None:
        secret = open_key(officer.totp_wrapped, private, _context(officer))
        officer.totp_wrapped = seal_key(secret, new_public, _context(officer))


def use_code(officer: Officer, private: bytes, code: str, now: datetime) -> bool:
    """True when `code` is one that the officer's telephone shows within a step of `now` and was not used before.

    Every try, right or wrong, uses up the present step: who has the passphrase but not the telephone gets one guess in
    thirty seconds."""
    if officer.totp_wrapped is None:
        return False
    secret = open_key(officer.totp_wrapped, private, _context(officer)).decode()
    typed = "".join(c for c in to_arabic(code) if c in digits)
    present = int(now.timestamp()) // STEP
    for step in (present - 1, present, present + 1):
        if step > officer.totp_last_used and hmac.compare_digest(pyotp.HOTP(secret).at(step), typed):
            officer.totp_last_used = step
            return True
    officer.totp_last_used = max(officer.totp_last_used, present)
    return False


def _context(officer: Officer) -> Context:
    return Context("", "totp", str(officer.id), officer_reader(officer.id))
