"""Officers of the desk: who reads, who joins with whose approval, who leaves. Their keys are in credentials.py."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from integrity import audit, escrow, rekey, telephone
from integrity.sealing import officer_reader
from integrity.tables import OFFICER_ROLES, Approval, Desk, Officer, OfficerSession
from integrity.vault import officer as keys
from thai.dates import bangkok_date

INSIDE = ("officer", "custodian")
FEWEST_INSIDE, FEWEST_OUTSIDE = 2, 1
_EMAIL = re.compile(r"[^@\s<>,;\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class NotAllowed(ValueError):
    """The rules of the desk forbid it. The message is Thai, for the officer."""


class Appointed(NamedTuple):
    """`recovery_code` and `totp_uri` are shown once, to the officer alone, and kept nowhere."""

    officer: Officer
    recovery_code: str
    totp_uri: str


# -- who reads ----------------------------------------------------------------------------------------------


def active(session: Session, desk: Desk) -> list[Officer]:
    """Officers to whom new reports are sealed, oldest first."""
    chosen = select(Officer).where(Officer.desk_id == desk.id, Officer.status == "active").order_by(Officer.id)
    return list(session.scalars(chosen))


def readiness(session: Session, desk: Desk) -> list[str]:
    """What is missing before the desk may open, in Thai; empty when nothing is.

    One officer alone could be the one complained of, and a whole office could be: hence two, and one from outside."""
    officers = active(session, desk)
    inside = sum(officer.role in INSIDE for officer in officers)
    outside = sum(officer.role == "outside" for officer in officers)
    missing = []
    if inside < FEWEST_INSIDE:
        missing.append(f"ต้องมีเจ้าหน้าที่ที่เปิดใช้กุญแจแล้วอย่างน้อย {FEWEST_INSIDE} คน (ขณะนี้ {inside} คน)")
    if outside < FEWEST_OUTSIDE:
        missing.append(f"ต้องมีผู้รับเรื่องจากนอกหน่วยงานอย่างน้อย {FEWEST_OUTSIDE} คน (ขณะนี้ {outside} คน)")
    unapproved = [officer.name for officer in officers if officer.approved_by_id is None]
    if unapproved:
        missing.append(f"กุญแจของ {', '.join(unapproved)} ยังไม่ได้รับการรับรองจากเจ้าหน้าที่คนที่สอง")
    return missing


def waiting_for(session: Session, desk: Desk, by: Officer) -> list[Officer]:
    """Officers whose key `by` may vouch for, oldest first."""
    chosen = select(Officer).where(
        Officer.desk_id == desk.id,
        Officer.id != by.id,
        or_(Officer.status == "pending", and_(Officer.status == "active", Officer.approved_by_id.is_(None))),
    )
    alone = len(active(session, desk)) == 1
    found = session.scalars(chosen.order_by(Officer.id))
    return [officer for officer in found if alone or officer.appointed_by_id != by.id]


# -- join and leave -----------------------------------------------------------------------------------------


def appoint(
    session: Session, desk: Desk, username: str, name: str, role: str, passphrase: str, actor: Officer | None,
    now: datetime, *, position: str = "",
) -> Appointed:  # fmt: skip
    """A new officer with a new key, waiting for a second officer's approval. `actor` None: the command line.

    The first of a desk has nobody to ask: active at once, but the desk does not open before the second has approved
    the first's key too. Raises NotAllowed, WeakPassphrase."""
    username = username.strip().lower()
    if role not in OFFICER_ROLES or not username or not name.strip():
        raise NotAllowed("กรุณากรอกชื่อผู้ใช้ ชื่อ และบทบาทให้ครบ")
    if session.scalar(select(Officer.id).where(Officer.desk_id == desk.id, Officer.username == username)):
        raise NotAllowed("ชื่อผู้ใช้นี้มีอยู่แล้ว")
    keys.check_passphrase(passphrase)
    first = not active(session, desk)
    pair, code = keys.new_pair(), keys.new_recovery_code()
    officer = Officer(
        desk_id=desk.id, username=username, name=name.strip(), position=position.strip(), role=role,
        status="active" if first else "pending", public_key=pair.public, joined_on=bangkok_date(now),
        private_by_passphrase=keys.wrap(pair.private, passphrase),
        private_by_recovery=keys.wrap_by_code(pair.private, code), appointed_by_id=actor.id if actor else None,
    )  # fmt: skip
    session.add(officer)
    session.flush()
    uri = telephone.give(desk, officer)
    audit.append(session, desk, _actor(actor), "officer.appointed", b"", now=now, officer=officer.id, role=role)
    return Appointed(officer, code, uri)


def approve(
    session: Session, desk: Desk, officer: Officer, by: Officer, by_private: bytes, now: datetime,
    share_reports: Collection[str] = (),
) -> None:  # fmt: skip
    """`by` has compared the key's fingerprint with its owner and vouches for it; new reports are sealed to it from now.

    `share_reports`: ids of older reports that `by` can read and hands on (see `rekey.share`). Raises NotAllowed."""
    if officer.desk_id != desk.id or by.desk_id != desk.id or by.status != "active":
        raise NotAllowed("ผู้รับรองต้องเป็นเจ้าหน้าที่ของช่องทางนี้ที่เปิดใช้กุญแจแล้ว")
    if by.id == officer.id:
        raise NotAllowed("รับรองกุญแจของตนเองไม่ได้ ต้องเป็นเจ้าหน้าที่อีกคนหนึ่ง")
    if officer.status == "left" or (officer.status == "active" and officer.approved_by_id is not None):
        raise NotAllowed("กุญแจนี้ไม่ได้รอการรับรอง")
    if by.id == officer.appointed_by_id and len(active(session, desk)) > 1:
        raise NotAllowed("ผู้แต่งตั้งรับรองเองไม่ได้ ต้องเป็นเจ้าหน้าที่อีกคนหนึ่ง")
    if officer.status == "pending" and officer.approved_by_id is None:
        officer.joined_on = bangkok_date(now)  # the day from which a missing key means "excluded", see rekey.share
    officer.status, officer.approved_by_id = "active", by.id
    if share_reports:
        rekey.share(session, desk, officer, share_reports, by, by_private, now)
    audit.append(session, desk, officer_reader(by.id), "officer.approved", b"", now=now, officer=officer.id)


def leave(session: Session, desk: Desk, officer: Officer, by: Officer | None, now: datetime) -> None:
    """The officer reads nothing any more: no log-in, no session, no sealed keys. `by` None: the command line.

    Copies of the keys may have been made before; `rekey.rekey_reports` is what makes them worthless. Keys of reports
    that nobody else can read stay for `readmit`: refusing to let go would tell `by` that there is such a report. The
    wrapped private key stays always, for the same reason; without a sealed key it opens nothing.

    No officer can make themselves the only one: alone they could appoint and approve whom they like. Raises
    NotAllowed."""
    if officer.desk_id != desk.id or officer.status == "left":
        raise NotAllowed("เจ้าหน้าที่คนนี้พ้นหน้าที่ไปแล้ว")
    if by is not None and by.id != officer.id and {one.id for one in active(session, desk)} == {by.id, officer.id}:
        raise NotAllowed("เหลือท่านคนเดียวไม่ได้ โปรดแต่งตั้งและรับรองคนใหม่ก่อน หรือให้ผู้ดูแลเครื่องแม่ข่ายบันทึกการพ้นหน้าที่")
    officer.status, officer.left_on, officer.totp_wrapped = "left", bangkok_date(now), None
    end_sessions(session, officer)
    rekey.forget_reader(session, officer)
    escrow.drop_holder(session, officer)
    session.execute(delete(Approval).where(Approval.asked_by_id == officer.id, Approval.used.is_(False)))
    audit.append(session, desk, _actor(by), "officer.left", b"", now=now, officer=officer.id)


def readmit(session: Session, desk: Desk, officer: Officer, by: Officer, now: datetime) -> None:
    """Let an officer who left come back with the old key, for new reports and for those that nobody else can read;
    waits for a second officer's approval, then for `credentials.new_phone`. Raises NotAllowed."""
    if officer.desk_id != desk.id or officer.status != "left":
        raise NotAllowed("เจ้าหน้าที่คนนี้ยังไม่ได้พ้นหน้าที่")
    officer.status, officer.left_on = "pending", None
    audit.append(session, desk, officer_reader(by.id), "officer.readmitted", b"", now=now, officer=officer.id)


def set_email(session: Session, desk: Desk, officer: Officer, email: str, now: datetime) -> None:
    """Where the officer is told, with one and the same sentence, that something moved; "" for nowhere. Raises
    NotAllowed."""
    email = email.strip()
    if email and not _EMAIL.fullmatch(email):
        raise NotAllowed("ที่อยู่อีเมลไม่ถูกต้อง ตัวอย่าง malee@example.go.th")
    officer.email = email
    audit.append(session, desk, officer_reader(officer.id), "email.changed", b"", now=now)


# -- parts that others share --------------------------------------------------------------------------------


def find(session: Session, desk: Desk, username: str) -> Officer | None:
    """The active officer of that name, locked for change where the database can."""
    return session.scalar(
        select(Officer)
        .where(Officer.desk_id == desk.id, Officer.username == username.strip().lower(), Officer.status == "active")
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def end_sessions(session: Session, officer: Officer) -> None:
    session.execute(delete(OfficerSession).where(OfficerSession.officer_id == officer.id))


def _actor(officer: Officer | None) -> str:
    return officer_reader(officer.id) if officer else "cli"
