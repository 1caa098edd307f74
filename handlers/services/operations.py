"""The verbs that change a form of an agency: save, draft, publish, roll back. None commits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import AgencyView, FormView, content_changed
from handlers.services import definition
from handlers.services.definition import Definition, DefinitionError, Problem
from models.agency import Staff, Unit
from models.audit import AuditEntry
from models.case import Category
from models.form import FORM_KINDS, FormDefinition, FormVersion

__all__ = [
    "DefinitionError", "FormDetails", "FormError", "Problem", "definition_of", "discard_draft", "draft_of",
    "open_form", "publish", "roll_back", "save_draft", "save_form", "version_in_use", "versions",
]  # fmt: skip

SAME_SITTING = timedelta(hours=8)  # of one person at one draft: one line in the audit log
KEY = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
KIND_LABELS = {
    "request": "คำขอ (ได้เลขที่และติดตามได้)",
    "survey": "แบบสำรวจ",
    "opinion": "ความคิดเห็น",
    "anonymous": "แบบสำรวจไม่ระบุตัวตน",
}
SLA_UNITS = {"hours": "ชั่วโมง", "working_days": "วันทำการ", "days": "วัน"}


class FormError(ValueError):
    """The form does not allow this; str() says why in Thai."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDetails:
    """What is said of a form beside its questions (models/form.py FormDefinition)."""

    key: str
    title: str
    about: str = ""
    kind: str = "request"
    unit_id: int | None = None
    sla_value: int = 15
    sla_unit: str = "days"
    active: bool = True
    listed: bool = True
    position: int = 0
    service_id: int | None = None
    settings: dict[str, Any] = field(default_factory=dict)


def save_form(
    session: Session, agency: AgencyView, form: FormDefinition | None, details: FormDetails, staff: Staff, now: datetime
) -> FormDefinition:
    """A new form (None) or a change of what is said of it. Key and kind stay as they are once a version was published:
    addresses and answers rest on them. Raises FormError."""
    key, title = details.key.strip().lower(), details.title.strip()
    if not KEY.fullmatch(key):
        raise FormError("รหัสแบบฟอร์มใช้ a-z ตัวเลข และ - ยาว 2 ถึง 40 ตัว")
    if not title or len(title) > 100:
        raise FormError("ชื่อแบบฟอร์มต้องมี และไม่เกิน 100 ตัวอักษร")
    if details.kind not in FORM_KINDS:
        raise FormError("ไม่รู้จักชนิดของแบบฟอร์ม")
    if details.sla_unit not in SLA_UNITS or not 1 <= details.sla_value <= 999:
        raise FormError("เวลาดำเนินการต้องเป็นตัวเลข 1-999")
    if details.unit_id is not None and session.scalar(select(Unit.id).where(Unit.id == details.unit_id)) is None:
        raise FormError("ไม่พบส่วนงานนี้")
    same = session.scalar(select(FormDefinition.id).where(FormDefinition.key == key))
    if same is not None and (form is None or same != form.id):
        raise FormError("มีแบบฟอร์มที่ใช้รหัสนี้แล้ว")
    if form is not None and (key, details.kind) != (form.key, form.kind) and version_in_use(session, form):
        raise FormError("แบบฟอร์มนี้เผยแพร่แล้ว เปลี่ยนรหัสหรือชนิดไม่ได้")
    form = form or FormDefinition(created_at=now)
    form.key, form.title, form.about, form.kind = key, title, details.about.strip(), details.kind
    form.unit_id, form.sla_value, form.sla_unit = details.unit_id, details.sla_value, details.sla_unit
    form.active, form.listed, form.position = details.active, details.listed, details.position
    form.service_id, form.settings = details.service_id, dict(details.settings)
    session.add(form)
    session.flush()
    if form.category_id is not None:
        _keep_category(session, form)
    audit.record(session, f"staff:{staff.id}", "form_saved", f"form:{form.id}", active=form.active)
    content_changed(session, agency.id)
    return form


def save_draft(
    session: Session, form: FormDefinition, fields: list[dict[str, Any]], note: str, staff: Staff, now: datetime
) -> FormVersion:
    """Keep the questions as they are now, unfinished ones too: the form's one draft. Nobody is asked them before
    `publish`. Raises FormError only for what is no list of fields."""
    if not isinstance(fields, list) or not all(isinstance(one, dict) for one in fields):
        raise FormError("โครงสร้างแบบฟอร์มไม่ถูกต้อง")
    version = draft_of(session, form)
    if version is None:
        last = session.scalar(select(func.max(FormVersion.number)).where(FormVersion.form_id == form.id)) or 0
        version = FormVersion(form_id=form.id, number=last + 1, created_by_id=staff.id, created_at=now)
        session.add(version)
    version.fields, version.note = [dict(one) for one in fields], note.strip()
    session.flush()
    actor, subject = f"staff:{staff.id}", f"form:{form.id}"
    if not _noted(session, actor, subject, version.number, now - SAME_SITTING):
        audit.record(session, actor, "form_drafted", subject, version=version.number)
    return version


def _noted(session: Session, actor: str, subject: str, number: int, since: datetime) -> bool:
    """True when it is in the audit log that this person works on this version: the builder stores every step."""
    written = session.scalars(
        select(AuditEntry.detail).where(
            AuditEntry.subject == subject,
            AuditEntry.action == "form_drafted",
            AuditEntry.actor == actor,
            AuditEntry.at > since,
        )
    )
    return any(detail.get("version") == number for detail in written)


def discard_draft(session: Session, form: FormDefinition, staff: Staff) -> None:
    """Throw the draft away; what is in use stays. Raises FormError without one."""
    version = draft_of(session, form)
    if version is None:
        raise FormError("ไม่มีแบบร่างให้ทิ้ง")
    session.delete(version)
    session.flush()
    audit.record(session, f"staff:{staff.id}", "form_draft_discarded", f"form:{form.id}")


def publish(session: Session, agency: AgencyView, form: FormDefinition, staff: Staff, now: datetime) -> FormVersion:
    """Put the draft in use; from now on it never changes. Who is filling in the version before finishes under that.
    Raises FormError without a draft, DefinitionError for one that is not in order."""
    version = draft_of(session, form)
    if version is None:
        raise FormError("ไม่มีแบบร่างให้เผยแพร่")
    if problems := definition.check(version.fields, form.kind):
        raise DefinitionError(problems)
    version.published_at, version.published_by_id = now, staff.id
    _put_in_use(session, agency, form, version)
    audit.record(session, f"staff:{staff.id}", "form_published", f"form:{form.id}", version=version.number)
    return version


def roll_back(
    session: Session, agency: AgencyView, form: FormDefinition, version: FormVersion, staff: Staff, now: datetime
) -> None:
    """Put a version that was published before in use again. Raises FormError."""
    if version.form_id != form.id or version.published_at is None:
        raise FormError("รุ่นนี้ยังไม่เคยเผยแพร่")
    _put_in_use(session, agency, form, version)
    audit.record(session, f"staff:{staff.id}", "form_rolled_back", f"form:{form.id}", version=version.number)


def _put_in_use(session: Session, agency: AgencyView, form: FormDefinition, version: FormVersion) -> None:
    session.execute(update(FormVersion).where(FormVersion.form_id == form.id, FormVersion.in_use).values(in_use=False))
    version.in_use = True
    if form.kind == "request":
        _keep_category(session, form)
    session.flush()
    content_changed(session, agency.id)


def _keep_category(session: Session, form: FormDefinition) -> None:
    """The desk's category of this form, as the form says."""
    category = session.get(Category, form.category_id) if form.category_id is not None else None
    if category is None:
        category = Category(kind="request", code=f"form:{form.key}")
        session.add(category)
    category.label, category.unit_id = form.title, form.unit_id
    category.sla_value, category.sla_unit = form.sla_value, form.sla_unit
    session.flush()
    form.category_id = category.id


# -- looking ---------------------------------------------------------------------------------------------


def versions(session: Session, form: FormDefinition) -> list[FormVersion]:
    """All versions, the newest first; the draft, if any, among them."""
    found = select(FormVersion).where(FormVersion.form_id == form.id).order_by(FormVersion.number.desc())
    return list(session.scalars(found))


def draft_of(session: Session, form: FormDefinition) -> FormVersion | None:
    return session.scalars(
        select(FormVersion).where(FormVersion.form_id == form.id, FormVersion.published_at.is_(None))
    ).first()


def version_in_use(session: Session, form: FormDefinition) -> FormVersion | None:
    return session.scalars(select(FormVersion).where(FormVersion.form_id == form.id, FormVersion.in_use)).first()


def definition_of(version: FormVersion) -> Definition:
    """A stored version, read. Raises DefinitionError for a draft that is not in order."""
    form = version.form
    return definition.read(version.fields, key=form.key, title=form.title, kind=form.kind, version=version.id)


def open_form(view: FormView) -> Definition:
    """The version in use of a form that is open (AgencyView.forms)."""
    return definition.read_text(view.fields, view.key, view.title, view.kind, view.version_id)
