"""Officers' log-ins: a passphrase, then a code of the telephone; the unlocked key lives under the cookie's key only.

Guessing is slowed without giving a stranger the means to keep an officer out: a wait is never longer than LONGEST_WAIT,
tries during it neither count nor prolong it, and a browser from which the officer has logged in before does not wait
(OWASP's device cookies). Derivations as such are bounded by gate.KdfGate, which the page goes through.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from integrity import audit, telephone
from integrity.config import Config
from integrity.sealing import officer_reader
from integrity.tables import Desk, Officer, OfficerSession
from integrity.vault import officer as keys
from integrity.vault.envelope import Context, decrypt, encrypt
from integrity.vault.kdf import branch

LASTS = timedelta(hours=4)
FREE_FAILURES = 3
LONGEST_WAIT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An officer who is logged in, with the private key (32 bytes)."""

    officer: Officer
    private: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A passphrase that was tried. `private` is None when it was wrong; `waiting`: it was not looked at."""

    officer_id: int | None
    private: bytes | None = field(default=None, repr=False)
    waiting: bool = False


def log_in(
    session: Session, config: Config, desk: Desk, username: str, passphrase: str, code: str, now: datetime,
    browser: str = "",
) -> str | None:  # fmt: skip
    """The cookie's value, or None whatever was wrong (commit all the same: failures count). `browser`: the value of
    `browser_mark` that this browser brought along, if any."""
    return enter(session, desk, try_passphrase(session, config, desk, username, passphrase, now, browser), code, now)


def try_passphrase(
    session: Session, config: Config, desk: Desk, username: str, passphrase: str, now: datetime, browser: str = ""
) -> Attempt:
    """The slow half of `log_in`, which needs no transaction. Exactly one derivation, whoever was named."""
    officer = session.scalar(
        select(Officer).where(
            Officer.desk_id == desk.id, Officer.username == username.strip().lower(), Officer.status == "active"
        )
    )
    waiting = officer is not None and _waits(config, officer, now, browser)
    try:
        private = keys.unwrap(
            _nobodys_key() if officer is None or waiting else officer.private_by_passphrase, passphrase
        )
    except keys.WrongPassphrase:
        private = None
    return Attempt(officer.id if officer else None, private if officer else None, waiting)


def enter(session: Session, desk: Desk, attempt: Attempt, code: str, now: datetime) -> str | None:
    """The quick half of `log_in`: the code, the count of failures, the session."""
    if attempt.officer_id is None or attempt.waiting:
        return None
    officer = session.get(Officer, attempt.officer_id, with_for_update=True, populate_existing=True)
    if officer is None or officer.desk_id != desk.id or officer.status != "active":
        return None
    if attempt.private is None or not telephone.use_code(officer, attempt.private, code, now):
        _count_failure(officer, now)
        if attempt.private is not None:  # somebody knows the passphrase: the officer has to hear of it
            audit.append(session, desk, officer_reader(officer.id), "code.refused", b"", now=now)
        return None
    officer.failed_logins, officer.locked_until = 0, None
    audit.append(session, desk, officer_reader(officer.id), "session.opened", b"", now=now)
    token = secrets.token_urlsafe(32)
    session.add(
        OfficerSession(
            token_hash=_hash(token), officer_id=officer.id, expires_at=now + LASTS,
            private_sealed=encrypt(branch(token.encode(), "session"), attempt.private, _context(officer.id)),
        )
    )  # fmt: skip
    return token


def session_of(session: Session, token: str, now: datetime) -> Unlocked | None:
    """Who is logged in with this cookie, or None."""
    row = session.get(OfficerSession, _hash(token))
    if row is None or _aware(row.expires_at) <= now:
        return None
    officer = session.get(Officer, row.officer_id)
    if officer is None or officer.status != "active":
        return None
    return Unlocked(officer, decrypt(branch(token.encode(), "session"), row.private_sealed, _context(officer.id)))


def log_out(session: Session, token: str) -> None:
    session.execute(delete(OfficerSession).where(OfficerSession.token_hash == _hash(token)))


def drop_old(session: Session, now: datetime) -> None:
    """Sessions that are over."""
    session.execute(delete(OfficerSession).where(OfficerSession.expires_at <= now))


def browser_mark(config: Config, officer: Officer) -> str:
    """For a long-lived cookie of a browser from which this officer has logged in; void with the key. Opens nothing."""
    return hmac.new(config.cookie_key, b"browser|%d|" % officer.id + officer.public_key, "sha256").hexdigest()


def _waits(config: Config, officer: Officer, now: datetime, browser: str) -> bool:
    if officer.locked_until is None or _aware(officer.locked_until) <= now:
        return False
    return not hmac.compare_digest(browser.encode(), browser_mark(config, officer).encode())


def _count_failure(officer: Officer, now: datetime) -> None:
    officer.failed_logins += 1
    beyond = officer.failed_logins - FREE_FAILURES
    if beyond > 0:
        officer.locked_until = now + min(timedelta(seconds=2 ** min(beyond, 10)), LONGEST_WAIT)


@functools.cache
def _nobodys_key() -> bytes:
    """Makes an unknown name take as long as a known one."""
    return keys.wrap(bytes(32), secrets.token_hex(32))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _context(officer_id: int) -> Context:
    return Context("", "session", str(officer_id), officer_reader(officer_id))


def _aware(moment: datetime) -> datetime:
    """SQLite forgets the time zone; what was stored is UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
