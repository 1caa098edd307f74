"""The audit as an officer may read it: acts of the desk's own life, and acts on the reports that the officer reads.

Rows of other reports are left out and rows carry no numbers: a gap would tell that there are more reports than the
officer's own. Whoever looks after the server checks the whole chain there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from integrity import audit, casework
from integrity.config import Config
from integrity.sealing import REPORTER, officer_reader
from integrity.tables import AuditRow, Desk, Officer

ACTIONS = {
    "session.opened": "เข้าสู่ระบบ",
    "code.refused": "รหัสจากโทรศัพท์ไม่ถูกต้อง (วลีรหัสผ่านถูกต้อง)",
    "officer.appointed": "แต่งตั้งเจ้าหน้าที่",
    "officer.approved": "รับรองกุญแจของเจ้าหน้าที่",
    "officer.left": "ให้เจ้าหน้าที่พ้นหน้าที่",
    "officer.readmitted": "ให้เจ้าหน้าที่กลับเข้าหน้าที่",
    "passphrase.changed": "เปลี่ยนวลีรหัสผ่าน",
    "passphrase.recovered": "ตั้งวลีรหัสผ่านใหม่ด้วยรหัสกู้คืน",
    "paper.replaced": "ออกรหัสกู้คืนใหม่",
    "phone.replaced": "เปลี่ยนโทรศัพท์ที่ใช้ยืนยันตัวตน",
    "key.rotated": "เปลี่ยนกุญแจ",
    "email.changed": "เปลี่ยนอีเมลรับแจ้งเตือน",
    "desk.changed": "แก้ไขข้อความหรือการตั้งค่าของช่องทาง",
    "escrow.set_up": "ฝากส่วนกุญแจ",
    "escrow.share_opened": "เปิดส่วนกุญแจที่รับฝาก",
    "escrow.restored": "กู้กุญแจจากส่วนที่ฝากไว้",
    "reports.shared": "มอบเรื่องเดิมให้เจ้าหน้าที่อ่าน",
    "reports.rekeyed": "เข้ารหัสเรื่องใหม่ทั้งหมดด้วยกุญแจใหม่",
    "report.submitted": "ผู้แจ้งส่งเรื่อง",
    "report.message": "ผู้แจ้งส่งข้อความ",
    "report.files": "ผู้แจ้งส่งไฟล์",
    "report.withdrawn": "ผู้แจ้งถอนเรื่อง",
    "report.read": "เปิดอ่านเรื่อง",
    "report.replied": "ตอบผู้แจ้ง",
    "report.noted": "บันทึกภายใน",
    "report.status": "เปลี่ยนสถานะ",
    "report.due": "เปลี่ยนวันครบกำหนด",
    "report.reopened": "เปิดเรื่องขึ้นใหม่",
    "report.packed": "จัดทำแฟ้มส่งต่อ",
    "file.read": "เปิดไฟล์แนบ",
    "identity.given": "ผู้แจ้งให้ข้อมูลตัวตน",
    "identity.asked": "ขอเปิดข้อมูลตัวตนผู้แจ้ง",
    "identity.approved": "อนุมัติให้เปิดข้อมูลตัวตนผู้แจ้ง",
    "identity.refused": "ไม่อนุมัติหรือถอนคำขอเปิดข้อมูลตัวตน",
    "identity.read": "เปิดข้อมูลตัวตนผู้แจ้ง",
    "deletion.asked": "ขอลบเรื่อง",
    "deletion.approved": "อนุมัติให้ลบเรื่อง",
    "deletion.refused": "ไม่อนุมัติหรือถอนคำขอลบเรื่อง",
}
_ACTORS = {REPORTER: "ผู้แจ้ง", "clock": "ระบบ", "cli": "ผู้ดูแลเครื่องแม่ข่าย"}


@dataclass(frozen=True, slots=True)
class Line:
    """One act in Thai. `report_id` "" for acts of the desk's own life."""

    day: date
    who: str
    what: str
    detail: str
    report_id: str


def lines(session: Session, config: Config, desk: Desk, officer: Officer, most: int = 300) -> list[Line]:
    """What this officer may know of the desk's acts, newest first."""
    key = audit.subject_key(config)
    subjects = {audit.subject(key, report.id): report.id for report in casework.visible(session, officer)}
    names = officer_names(session, desk)
    rows = session.scalars(
        select(AuditRow)
        .where(AuditRow.desk_id == desk.id, or_(AuditRow.subject == "", AuditRow.subject.in_(subjects)))
        .order_by(AuditRow.number.desc())
        .limit(most)
    )
    return [
        Line(
            row.day,
            _ACTORS.get(row.actor) or names.get(row.actor, "เจ้าหน้าที่"),
            ACTIONS.get(row.action, row.action),
            _detail(row, names),
            subjects.get(row.subject, ""),
        )
        for row in rows
    ]


def officer_names(session: Session, desk: Desk) -> dict[str, str]:
    """As authors of entries and actors of the audit: "officer:3" -> name."""
    officers = session.scalars(select(Officer).where(Officer.desk_id == desk.id))
    return {officer_reader(officer.id): officer.name for officer in officers}


def _detail(row: AuditRow, names: dict[str, str]) -> str:
    about = [names.get(officer_reader(row.detail["officer"]), "")] if "officer" in row.detail else []
    if status := row.detail.get("status"):
        about.append(casework.STATUS_NAMES.get(status, ""))
    return " ".join(about)
