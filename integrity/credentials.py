"""What an officer has, and what to do when it is lost or known to others.

Three things belong to an officer: a passphrase, a telephone that shows codes (TOTP), and a recovery code printed on
paper. Any two of them are enough and one alone is worth nothing: passphrase and telephone log in (sessions.py), paper
and telephone make a new passphrase (`recover`), passphrase and paper take a new telephone (`new_phone`).
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from integrity import audit, escrow, rekey, telephone
from integrity.officers import NotAllowed, end_sessions, find
from integrity.sealing import officer_reader
from integrity.tables import Desk, Officer
from integrity.vault import officer as keys


class Paper(NamedTuple):
    """What to print again after a recovery; shown once."""

    recovery_code: str
    totp_uri: str


def change_passphrase(session: Session, desk: Desk, officer: Officer, old: str, new: str, now: datetime) -> None:
    """Ends every session of the officer. Raises WrongPassphrase, WeakPassphrase."""
    private = keys.unwrap(officer.private_by_passphrase, old)
    keys.check_passphrase(new)
    officer.private_by_passphrase = keys.wrap(private, new)
    end_sessions(session, officer)
    audit.append(session, desk, officer_reader(officer.id), "passphrase.changed", b"", now=now)


def recover(
    session: Session, desk: Desk, username: str, recovery_code: str, code: str, new_passphrase: str, now: datetime,
) -> str | None:  # fmt: skip
    """Paper and telephone make a new passphrase; returns the new recovery code to print, the old one is void.

    None when anything is wrong (commit all the same: a wrong code is used up). Never waits, so that it is the way in
    for an officer whose log-in somebody keeps slowing down. Raises WeakPassphrase."""
    keys.check_passphrase(new_passphrase)
    officer = find(session, desk, username)
    private = _by_paper(officer, recovery_code)
    if officer is None or private is None or not telephone.use_code(officer, private, code, now):
        return None
    fresh = _wrap_anew(session, officer, private, new_passphrase)
    audit.append(session, desk, officer_reader(officer.id), "passphrase.recovered", b"", now=now)
    return fresh


def show_again(session: Session, desk: Desk, officer: Officer, passphrase: str, now: datetime) -> Paper:
    """Paper and telephone anew for an officer whose key nobody has approved yet: the page that shows them once did not
    arrive, or a form was sent twice. Raises WrongPassphrase, NotAllowed."""
    if officer.approved_by_id is not None or officer.status == "left":
        raise NotAllowed("กุญแจนี้ได้รับการรับรองแล้ว")
    return Paper(new_paper(session, desk, officer, passphrase, now), telephone.give(desk, officer))


def new_paper(session: Session, desk: Desk, officer: Officer, passphrase: str, now: datetime) -> str:
    """An officer who is logged in prints a new recovery code; the old one is void. Raises WrongPassphrase."""
    code = keys.new_recovery_code()
    officer.private_by_recovery = keys.wrap_by_code(keys.unwrap(officer.private_by_passphrase, passphrase), code)
    audit.append(session, desk, officer_reader(officer.id), "paper.replaced", b"", now=now)
    return code


def new_phone(
    session: Session, desk: Desk, username: str, passphrase: str, recovery_code: str, now: datetime
) -> str | None:
    """Passphrase and paper take a new telephone; returns its otpauth address, the old telephone is void. None when
    anything is wrong. The recovery code is tried first: guessing costs the desk nothing."""
    officer = find(session, desk, username)
    if officer is None or _by_paper(officer, recovery_code) is None:
        return None
    try:
        keys.unwrap(officer.private_by_passphrase, passphrase)
    except keys.WrongPassphrase:
        return None
    end_sessions(session, officer)
    audit.append(session, desk, officer_reader(officer.id), "phone.replaced", b"", now=now)
    return telephone.give(desk, officer)


def restore_from_escrow(
    session: Session, desk: Desk, username: str, shares: tuple[str, str], new_passphrase: str, now: datetime,
) -> Paper:  # fmt: skip
    """Two holders' printed shares (`escrow.open_share`) give back the key of an officer who lost everything, under a
    new passphrase, paper and telephone. The escrow is used up. Raises escrow.BadShares, WeakPassphrase."""
    keys.check_passphrase(new_passphrase)
    officer = find(session, desk, username)
    private = escrow.restore(officer, shares)
    if officer is None:
        raise escrow.BadShares
    fresh = _wrap_anew(session, officer, private, new_passphrase)
    officer.escrow = None
    audit.append(session, desk, officer_reader(officer.id), "escrow.restored", b"", now=now)
    return Paper(fresh, telephone.give(desk, officer))


def rotate_key(
    session: Session, desk: Desk, officer: Officer, private: bytes, passphrase: str, now: datetime,
) -> str:  # fmt: skip
    """A new key pair; everything sealed to the old one is sealed to the new. The new key waits for a second officer's
    approval, and meanwhile there is no log-in and nothing new is sealed to either. `passphrase` is the present one.

    Returns the new recovery code to print. The telephone stays: were the page with the code lost on its way, passphrase
    and telephone still log in. Raises WrongPassphrase, NotAllowed."""
    if keys.unwrap(officer.private_by_passphrase, passphrase) != private or officer.status != "active":
        raise NotAllowed("เปลี่ยนกุญแจได้เฉพาะเจ้าหน้าที่ที่เปิดใช้กุญแจอยู่")
    pair, code = keys.new_pair(), keys.new_recovery_code()
    rekey.reseal_to(session, officer, private, pair.public)
    escrow.reseal_to(session, officer, private, pair.public)
    telephone.keep(officer, private, pair.public)
    officer.public_key, officer.status, officer.escrow = pair.public, "pending", None
    officer.private_by_passphrase = keys.wrap(pair.private, passphrase)
    officer.private_by_recovery = keys.wrap_by_code(pair.private, code)
    end_sessions(session, officer)
    audit.append(session, desk, officer_reader(officer.id), "key.rotated", b"", now=now)
    return code


def _by_paper(officer: Officer | None, recovery_code: str) -> bytes | None:
    try:
        return keys.unwrap_by_code(officer.private_by_recovery, recovery_code) if officer else None
    except keys.WrongPassphrase:
        return None


def _wrap_anew(session: Session, officer: Officer, private: bytes, passphrase: str) -> str:
    code = keys.new_recovery_code()
    officer.private_by_passphrase = keys.wrap(private, passphrase)
    officer.private_by_recovery = keys.wrap_by_code(private, code)
    officer.failed_logins, officer.locked_until = 0, None
    end_sessions(session, officer)
    return code
