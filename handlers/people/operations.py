"""Staff: who may log in, with which password, and with which LINE account.

As every operation: rows change, the audit log is written, nothing is committed.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import AgencyView
from models.agency import ROLES, LinkCode, Staff, Unit

ROLE_LABELS = {
    "officer": "เจ้าหน้าที่",
    "head": "หัวหน้าส่วนงาน",
    "clerk": "ปลัด",
    "mayor": "นายก",
    "admin": "ผู้ดูแลระบบ",
}
UNIT_ROLES = ("officer", "head")  # these work inside one unit
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200  # hashing more is work for nothing
LINK_CODE_LIFE = timedelta(minutes=15)
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")

_hasher = PasswordHasher()  # Argon2id, RFC 9106's second choice of parameters


class PeopleError(ValueError):
    """What was typed cannot be used; `field` names the input, str() says in Thai what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


# -- staff -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffDetails:
    """What an admin types about a person. `role` is one of models.agency.ROLES."""

    username: str
    name: str
    role: str = "officer"
    unit_id: int | None = None
    position: str = ""
    email: str = ""
    phone: str = ""


def add_staff(
    session: Session,
    details: StaffDetails,
    password: str,
    actor: str,
    must_change_password: bool = True,
) -> Staff:
    """A new person who can log in. Raises PeopleError."""
    staff = Staff(must_change_password=must_change_password)
    _take_details(session, staff, details)
    staff.password_hash = _new_hash(password, staff.username)
    session.add(staff)
    session.flush()
    audit.record(session, actor, "staff_added", f"staff:{staff.id}", role=staff.role, unit=staff.unit_id)
    return staff


def edit_staff(session: Session, staff: Staff, details: StaffDetails, actor: str) -> None:
    """Change what is known of a person; a new role or unit takes effect at the next click. Raises PeopleError."""
    if staff.role == "admin" and details.role != "admin":
        _keep_an_admin(session, staff)
    before = (staff.role, staff.unit_id)
    _take_details(session, staff, details)
    changed = {"role": staff.role, "unit": staff.unit_id} if before != (staff.role, staff.unit_id) else {}
    audit.record(session, actor, "staff_edited", f"staff:{staff.id}", **changed)


def _take_details(session: Session, staff: Staff, details: StaffDetails) -> None:
    username = details.username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise PeopleError("username", "ชื่อผู้ใช้ใช้ตัวอักษร a-z ตัวเลข จุด ขีด ยาว 2-40 ตัว")
    if not details.name.strip():
        raise PeopleError("name", "กรุณากรอกชื่อ-นามสกุล")
    if details.role not in ROLES:
        raise PeopleError("role", "กรุณาเลือกบทบาท")
    if details.role in UNIT_ROLES and details.unit_id is None:
        raise PeopleError("unit_id", "เจ้าหน้าที่และหัวหน้าต้องสังกัดส่วนงาน")
    if details.unit_id is not None and session.scalar(select(Unit.id).where(Unit.id == details.unit_id)) is None:
        raise PeopleError("unit_id", "ไม่พบส่วนงานนี้")
    taken = session.scalar(select(Staff.id).where(Staff.username == username))
    if taken is not None and taken != staff.id:
        raise PeopleError("username", "มีคนใช้ชื่อผู้ใช้นี้แล้ว")
    staff.username, staff.name, staff.role, staff.unit_id = (
        username,
        details.name.strip(),
        details.role,
        details.unit_id,
    )
    staff.position, staff.email, staff.phone = details.position.strip(), details.email.strip(), details.phone.strip()


def deactivate(session: Session, staff: Staff, actor: str) -> None:
    """The person can no longer log in nor act on LINE; what they did stays theirs. Raises PeopleError."""
    _keep_an_admin(session, staff)
    staff.active, staff.line_user_id = False, None
    staff.session_version += 1
    session.execute(update(Unit).where(Unit.answerer_id == staff.id).values(answerer_id=None))
    audit.record(session, actor, "staff_deactivated", f"staff:{staff.id}")


def reactivate(session: Session, staff: Staff, actor: str) -> None:
    """Let the person in again."""
    staff.active = True
    audit.record(session, actor, "staff_reactivated", f"staff:{staff.id}")


def _keep_an_admin(session: Session, staff: Staff) -> None:
    others = select(Staff.id).where(Staff.role == "admin", Staff.active, Staff.id != staff.id).limit(1)
    if staff.role == "admin" and session.scalar(others) is None:
        raise PeopleError("role", "ต้องมีผู้ดูแลระบบอย่างน้อยหนึ่งคน ตั้งคนอื่นเป็นผู้ดูแลระบบก่อน")


# -- passwords and log-ins -------------------------------------------------------------------------------


@cache
def _nobodys_hash() -> str:
    """Verified when the name is unknown, so that an unknown name takes as long as a wrong password."""
    return _hasher.hash(secrets.token_hex(16))


def _new_hash(password: str, username: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise PeopleError("password", f"รหัสผ่านต้องยาวอย่างน้อย {SHORTEST_PASSWORD} ตัว")
    if len(password) > LONGEST_PASSWORD:
        raise PeopleError("password", f"รหัสผ่านยาวได้ไม่เกิน {LONGEST_PASSWORD} ตัว")
    if len(set(password)) < 4 or username in password.lower():
        raise PeopleError("password", "รหัสผ่านนี้เดาง่ายเกินไป อย่าใช้ชื่อผู้ใช้หรือตัวซ้ำ ๆ")
    return _hasher.hash(password)


def verify_login(session: Session, username: str, password: str) -> Staff | None:
    """The active person with this name and password in the session's agency, or None; changes nothing.

    An unknown name costs one verification too, so that time tells nothing about who works here."""
    staff = session.scalars(select(Staff).where(Staff.username == username.strip().lower(), Staff.active)).first()
    matches = _matches(staff.password_hash if staff else _nobodys_hash(), password)
    return staff if staff and matches else None


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password[: LONGEST_PASSWORD + 1])
    except (VerificationError, InvalidHashError):
        return False


def record_login(session: Session, staff: Staff, password: str, now: datetime) -> None:
    """Note a log-in that verify_login allowed; the hash is renewed when the parameters have become stronger."""
    staff.last_login_at = now
    if _hasher.check_needs_rehash(staff.password_hash):
        staff.password_hash = _hasher.hash(password)
    audit.record(session, f"staff:{staff.id}", "logged_in", f"staff:{staff.id}")


def set_password(session: Session, staff: Staff, password: str, actor: str, must_change: bool = True) -> None:
    """An admin gives a new password; open log-ins end. Raises PeopleError."""
    staff.password_hash = _new_hash(password, staff.username)
    staff.must_change_password = must_change
    staff.session_version += 1
    audit.record(session, actor, "password_set", f"staff:{staff.id}")


def change_password(session: Session, staff: Staff, old: str, new: str) -> None:
    """The person's own change; every other log-in of theirs ends. Raises PeopleError."""
    if not _matches(staff.password_hash, old):
        raise PeopleError("old", "รหัสผ่านเดิมไม่ถูกต้อง")
    if old == new:
        raise PeopleError("password", "รหัสผ่านใหม่ต้องไม่ซ้ำของเดิม")
    set_password(session, staff, new, f"staff:{staff.id}", must_change=False)


def end_sessions(session: Session, staff: Staff, actor: str) -> None:
    """End every open log-in of this person."""
    staff.session_version += 1
    audit.record(session, actor, "sessions_ended", f"staff:{staff.id}")


# -- the person's LINE account ---------------------------------------------------------------------------


def _code_hash(agency_id: int, code: str) -> str:
    return hashlib.sha256(f"link:{agency_id}:{code}".encode()).hexdigest()


def new_link_code(session: Session, staff: Staff, now: datetime, actor: str = "") -> str:
    """Six digits to send to the agency's LINE account within 15 minutes; an earlier code of theirs is void.

    `actor` is empty when the person asks for it."""
    session.execute(delete(LinkCode).where((LinkCode.staff_id == staff.id) | (LinkCode.expires_at < now)))
    while True:
        code = f"{secrets.randbelow(10**6):06d}"
        hashed = _code_hash(staff.agency_id, code)
        if session.scalar(select(LinkCode.id).where(LinkCode.code_hash == hashed)) is None:
            break
    session.add(LinkCode(staff_id=staff.id, code_hash=hashed, expires_at=now + LINK_CODE_LIFE))
    audit.record(session, actor or f"staff:{staff.id}", "link_code_made", f"staff:{staff.id}")
    return code


def redeem_link_code(session: Session, agency: AgencyView, code: str, line_user_id: str, now: datetime) -> Staff | None:
    """Link the LINE account to whoever asked for this code; None for a code that is wrong, used or too old.

    A LINE account belongs to one person: it leaves whom it was linked to before."""
    taken = session.scalars(
        update(LinkCode)
        .where(LinkCode.code_hash == _code_hash(agency.id, code), LinkCode.used_at.is_(None), LinkCode.expires_at > now)
        .values(used_at=now)
        .returning(LinkCode.staff_id)
    ).first()
    staff = session.scalars(select(Staff).where(Staff.id == taken, Staff.active)).first() if taken else None
    if staff is None:
        return None
    before = session.scalars(select(Staff).where(Staff.line_user_id == line_user_id, Staff.id != staff.id)).all()
    for other in before:
        unlink(session, other, f"staff:{staff.id}")
    session.flush()  # the other gives the account up before this one takes it: it is unique
    staff.line_user_id = line_user_id
    audit.record(session, f"staff:{staff.id}", "line_linked", f"staff:{staff.id}")
    return staff


def unlink(session: Session, staff: Staff, actor: str) -> None:
    """Forget the person's LINE account."""
    staff.line_user_id = None
    audit.record(session, actor, "line_unlinked", f"staff:{staff.id}")


def linked_staff(session: Session, line_user_id: str) -> Staff | None:
    """The active person whose LINE account this is."""
    return session.scalars(select(Staff).where(Staff.line_user_id == line_user_id, Staff.active)).first()
