"""Who the reporter is, if they said so: opened by a custodian, with a reason and a second officer's approval, once."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrity import audit, casework
from integrity.casework import View
from integrity.officers import NotAllowed
from integrity.reports import identity_context, identity_key_context
from integrity.sealing import officer_reader
from integrity.tables import Approval, Identity, IdentityKey
from integrity.vault.envelope import decrypt, open_key


def ask_identity(session: Session, view: View, reason: str, now: datetime) -> None:
    """A custodian asks. Raises NotAllowed, ValueError (Thai)."""
    if not is_keeper(session, view):
        raise NotAllowed("เฉพาะผู้รักษาข้อมูลชื่อผู้แจ้งเท่านั้น และเรื่องต้องมีข้อมูลชื่อผู้แจ้ง")
    casework.ask(session, view, "identity", reason, now)


def approve_identity(session: Session, view: View, now: datetime) -> None:
    """Another officer who reads the report agrees, and does not get to see it. Raises NotAllowed."""
    casework.approve(session, view, "identity", now)


def read_identity(session: Session, view: View, private: bytes, now: datetime) -> dict[str, str]:
    """What the reporter told about themselves, to the custodian who asked, once; looking again is asking again.

    Exactly one row in the audit. Raises NotAllowed, envelope.Tampered."""
    asked = session.scalar(
        select(Approval)
        .where(
            Approval.report_id == view.report.id,
            Approval.what == "identity",
            Approval.asked_by_id == view.officer.id,
            Approval.approved_by_id.is_not(None),
            Approval.used.is_(False),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    reader = officer_reader(view.officer.id)
    key = session.get(IdentityKey, (view.report.id, reader))
    identity = session.get(Identity, view.report.id)
    if asked is None or asked.approved_by_id is None or key is None or identity is None:
        raise NotAllowed("ต้องมีเหตุผลและเจ้าหน้าที่อีกคนหนึ่งอนุมัติก่อน")
    asked.used = True
    audit.append(
        session, view.desk, reader, "identity.read", view.subject_key, view.report.id, now=now,
        approved_by=asked.approved_by_id,
    )  # fmt: skip
    identity_key = open_key(key.sealed, private, identity_key_context(view.report.id, reader))
    told: dict[str, str] = json.loads(decrypt(identity_key, identity.sealed, identity_context(view.report.id)))
    return told


def is_keeper(session: Session, view: View) -> bool:
    """Does this officer hold the key to the identity in this report?"""
    held = session.get(IdentityKey, (view.report.id, officer_reader(view.officer.id)))
    return held is not None and view.officer.role == "custodian"
