"""Evidence: a dated thing that proves a duty, a measure, an element or a register entry.

Whoever adds it cannot approve it (R47). Approving is for those who answer for the work: the head of the unit it belongs
to, ปลัด, นายก, an admin. Files are stored by handlers/files.py before they come here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from handlers import audit
from models.agency import Staff
from models.duty import LIVE_DUTY_STATUSES, Duty, DutyEvent
from models.measure import EVIDENCE_KINDS, Element, Evidence, Measure, RegisterEntry
from models.thread import Attachment
from thai.dates import bangkok_date, format_date
from thai.digits import to_arabic

Target = Duty | Measure | Element | RegisterEntry

KIND_LABELS = {
    "url": "ลิงก์",
    "order": "คำสั่ง/หนังสือ",
    "file": "ไฟล์",
    "photo": "ภาพถ่าย",
    "event": "กิจกรรม/การประชุม",
}
WHOLE_AGENCY = ("clerk", "mayor", "admin")
LONGEST_URL = 2_000
LONGEST_TITLE = 300


class EvidenceError(ValueError):
    """The evidence cannot be taken or approved. The message is Thai and can be shown as it is."""


@dataclass(frozen=True, slots=True)
class EvidenceDetails:
    """What a person gives. `kind` is one of EVIDENCE_KINDS; `dated` the day (Bangkok) that the thing bears: needed for
    an order and an event, the present day for the others unless said."""

    kind: str
    title: str = ""
    url: str = ""
    order_number: str = ""
    dated: date | None = None
    attachment_id: int | None = None


def may_approve(staff: Staff, unit_id: int | None) -> bool:
    """Whether this person answers for work of that unit: its head, or ปลัด, นายก and admins for every unit."""
    if not staff.active:
        return False
    return staff.role in WHOLE_AGENCY or (staff.role == "head" and unit_id is not None and staff.unit_id == unit_id)


def clean_url(text: str) -> str:
    """The address as it will be stored. Raises EvidenceError for what no browser could open."""
    url = text.strip()
    if not url:
        raise EvidenceError("กรุณาวางลิงก์ เช่น https://www.example.go.th/news/1")
    if len(url) > LONGEST_URL:
        raise EvidenceError(f"ลิงก์ยาวเกินไป รับได้ไม่เกิน {LONGEST_URL:,} ตัวอักษร")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise EvidenceError("ลิงก์นี้ไม่ถูกรูปแบบ กรุณาคัดลอกจากช่องที่อยู่ของเว็บอีกครั้ง") from None
    if parts.scheme not in ("http", "https"):
        raise EvidenceError("ลิงก์ต้องขึ้นต้นด้วย https:// หรือ http://")
    broken = "." not in host.strip(".") or host.startswith(".") or ".." in host or port == 0
    if broken or any(character.isspace() for character in url) or parts.username is not None:
        raise EvidenceError("ลิงก์นี้ไม่ถูกรูปแบบ กรุณาคัดลอกจากช่องที่อยู่ของเว็บอีกครั้ง")
    return url


def add_evidence(session: Session, target: Target, details: EvidenceDetails, staff: Staff, now: datetime) -> Evidence:
    """Attach a piece of evidence; an open duty is then under way. Raises EvidenceError."""
    if isinstance(target, Duty):
        _lock(session, target)
        if target.status not in LIVE_DUTY_STATUSES:
            raise EvidenceError("งานนี้ปิดไปแล้ว เพิ่มหลักฐานไม่ได้")
    today = bangkok_date(now)
    if details.kind not in EVIDENCE_KINDS:
        raise EvidenceError("กรุณาเลือกชนิดของหลักฐาน")
    title, number = details.title.strip(), to_arabic(details.order_number).strip()
    if len(title) > LONGEST_TITLE or len(number) > LONGEST_TITLE:
        raise EvidenceError(f"ชื่อหลักฐานยาวเกินไป รับได้ไม่เกิน {LONGEST_TITLE} ตัวอักษร")
    if details.dated is not None and details.dated > today:
        raise EvidenceError(f"วันที่ของหลักฐานต้องไม่เกินวันนี้ ({format_date(today)})")
    row = Evidence(kind=details.kind, title=title, dated=details.dated, added_by_id=staff.id, added_at=now)
    match details.kind:
        case "url":
            row.url = clean_url(details.url)
        case "order":
            if not number or details.dated is None:
                raise EvidenceError("กรุณากรอกเลขที่คำสั่งหรือหนังสือ และวันที่")
            row.order_number = number
        case "event":
            if not title or details.dated is None:
                raise EvidenceError("กรุณากรอกชื่อกิจกรรม และวันที่จัด")
        case "file" | "photo":
            row.attachment_id = _attachment(session, details).id
    if details.kind != "url" and details.url.strip():
        row.url = clean_url(details.url)
    row.dated = row.dated or today
    match target:
        case Duty():
            row.duty_id = target.id
        case Measure():
            row.measure_id = target.id
        case Element():
            row.element_id = target.id
        case RegisterEntry():
            row.entry_id = target.id
    session.add(row)
    session.flush()
    if isinstance(target, Duty):
        if target.status == "open":
            target.status, target.started_at = "in_progress", target.started_at or now
        _step(session, target.id, "evidence", staff, now, row)
    audit.record(session, f"staff:{staff.id}", "evidence_added", subject_of(row), evidence=row.id, kind=row.kind)
    return row


def approve_evidence(session: Session, evidence: Evidence, staff: Staff, now: datetime) -> None:
    """A second person says that the evidence proves it (R47). Raises EvidenceError."""
    _lock(session, evidence)
    if evidence.approved_at is not None:
        raise EvidenceError("หลักฐานนี้ตรวจรับแล้ว")
    check_second_person(session, evidence, staff)
    evidence.approved_by_id, evidence.approved_at = staff.id, now
    if evidence.duty_id is not None:
        _step(session, evidence.duty_id, "evidence_approved", staff, now, evidence)
    audit.record(session, f"staff:{staff.id}", "evidence_approved", subject_of(evidence), evidence=evidence.id)


def check_second_person(session: Session, evidence: Evidence, staff: Staff) -> None:
    """Raise EvidenceError unless this person may approve this evidence as it stands."""
    if evidence.added_by_id == staff.id:
        raise EvidenceError("ผู้ส่งหลักฐานตรวจรับเองไม่ได้ ต้องให้อีกคนหนึ่งตรวจ")
    if not may_approve(staff, unit_of(session, evidence)):
        raise EvidenceError("ผู้ตรวจรับหลักฐานคือหัวหน้าส่วนงานนั้น ปลัด นายก หรือผู้ดูแลระบบ")
    if evidence.attachment is not None and evidence.attachment.status != "stored":
        raise EvidenceError("ไฟล์นี้ยังเปิดดูไม่ได้ จึงยังตรวจรับไม่ได้ กรุณาให้ผู้ส่งแนบใหม่")


def remove_evidence(session: Session, evidence: Evidence, staff: Staff, now: datetime) -> None:
    """Take back what nobody has approved yet; for who added it and for who may approve. Raises EvidenceError."""
    _lock(session, evidence)
    if evidence.approved_at is not None:
        raise EvidenceError("หลักฐานที่ตรวจรับแล้วลบไม่ได้")
    if evidence.added_by_id != staff.id and not may_approve(staff, unit_of(session, evidence)):
        raise EvidenceError("ผู้ที่ลบได้คือผู้ส่งหลักฐาน หรือผู้ตรวจรับ")
    if evidence.duty_id is not None:
        _step(session, evidence.duty_id, "evidence_removed", staff, now, evidence)
    audit.record(session, f"staff:{staff.id}", "evidence_removed", subject_of(evidence), evidence=evidence.id)
    session.delete(evidence)
    session.flush()


def of(session: Session, target: Target) -> list[Evidence]:
    """The evidence of this duty, measure, element or entry, oldest first, with its files loaded."""
    match target:
        case Duty():
            owner = Evidence.duty_id
        case Measure():
            owner = Evidence.measure_id
        case Element():
            owner = Evidence.element_id
        case RegisterEntry():
            owner = Evidence.entry_id
    query = select(Evidence).options(joinedload(Evidence.attachment)).where(owner == target.id).order_by(Evidence.id)
    return list(session.scalars(query))


def unit_of(session: Session, evidence: Evidence) -> int | None:
    """The unit that answers for what this evidence proves."""
    for unit, row, row_id in (
        (Duty.unit_id, Duty.id, evidence.duty_id),
        (Measure.unit_id, Measure.id, evidence.measure_id),
        (Element.unit_id, Element.id, evidence.element_id),
        (RegisterEntry.unit_id, RegisterEntry.id, evidence.entry_id),
    ):
        if row_id is not None:
            return session.scalar(select(unit).where(row == row_id))
    return None


def subject_of(evidence: Evidence) -> str:
    """ "duty:3", "measure:7", "element:9" or "register_entry:2": what the audit log calls it."""
    names = ("duty", evidence.duty_id), ("measure", evidence.measure_id), ("element", evidence.element_id)
    found = next(
        ((name, row_id) for name, row_id in names if row_id is not None), ("register_entry", evidence.entry_id)
    )
    return f"{found[0]}:{found[1]}"


def label(evidence: Evidence) -> str:
    """What a person reads of it in one line."""
    words = evidence.title
    if evidence.kind == "order":
        words = f"คำสั่งที่ {evidence.order_number} {words}".strip()
    elif not words:
        words = evidence.attachment.file_name if evidence.attachment and evidence.attachment.file_name else evidence.url
    return words or KIND_LABELS[evidence.kind]


def _attachment(session: Session, details: EvidenceDetails) -> Attachment:
    """The file, stored or on its way from LINE. Only this agency's are found: the session is scoped."""
    found = None
    if details.attachment_id is not None:
        found = session.scalars(
            select(Attachment).where(
                Attachment.id == details.attachment_id,
                Attachment.status.in_(("stored", "waiting")),
                Attachment.case_id.is_(None),  # what a citizen sent stays with the case
            )
        ).first()
    if found is None:
        raise EvidenceError("กรุณาแนบไฟล์หรือรูป")
    if details.kind == "photo" and found.kind != "image":
        raise EvidenceError("ไฟล์นี้ไม่ใช่รูป กรุณาเลือกชนิดเป็นไฟล์")
    return found


def _step(session: Session, duty_id: int, action: str, staff: Staff, now: datetime, evidence: Evidence) -> None:
    detail = {"evidence": evidence.id, "kind": evidence.kind}
    session.add(
        DutyEvent(duty_id=duty_id, at=now, action=action, staff_id=staff.id, note=label(evidence), detail=detail)
    )


def _lock(session: Session, row: Duty | Evidence) -> None:
    """Two people may act at once: the second sees what the first did (SQLite has one writer anyway)."""
    session.flush()
    session.refresh(row, with_for_update={"key_share": True, "of": type(row)})  # an attachment may be joined
