"""The audit log: who did what to which row. It holds no content and cannot be changed."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, render_template, request
from sqlalchemy import select

from models.agency import Staff
from models.audit import AuditEntry
from thai.dates import ThaiDateError, at_bangkok, bangkok_date, parse_date
from web.console import access

pages = Blueprint("audit", __name__, url_prefix="/audit")
PAGE = 50
# Acts that admins look for, in words; others show their own name.
ACTION_LABEL = {
    "logged_in": "เข้าระบบ",
    "login_failed": "เข้าระบบไม่สำเร็จ",
    "logged_out": "ออกจากระบบ",
    "sessions_ended": "ออกจากระบบทุกเครื่อง",
    "password_set": "ตั้งรหัสผ่าน",
    "staff_added": "เพิ่มเจ้าหน้าที่",
    "staff_edited": "แก้ไขเจ้าหน้าที่",
    "staff_deactivated": "ปิดบัญชีเจ้าหน้าที่",
    "staff_reactivated": "เปิดบัญชีเจ้าหน้าที่",
    "link_code_made": "ออกรหัสเชื่อม LINE",
    "line_linked": "เชื่อมบัญชี LINE",
    "line_unlinked": "ยกเลิกเชื่อม LINE",
    "unit_saved": "บันทึกส่วนงาน",
    "unit_kept": "เก็บส่วนงานที่นำเข้า",
    "unit_merged": "รวมส่วนงาน",
    "category_saved": "บันทึกประเภทเรื่อง",
    "canned_reply_saved": "บันทึกข้อความสำเร็จรูป",
    "canned_reply_removed": "ลบข้อความสำเร็จรูป",
    "holiday_saved": "บันทึกวันหยุด",
    "holiday_removed": "ลบวันหยุด",
    "holidays_added": "เติมวันหยุดราชการ",
    "fields_saved": "แก้ข้อมูลหน่วยงาน",
    "identity_saved": "แก้ชื่อและเวลาทำการ",
    "settings_saved": "แก้การตั้งค่า",
    "notice_published": "เผยแพร่ประกาศความเป็นส่วนตัว",
    "sent_again": "ส่งข้อความอีกครั้ง",
    "message_withdrawn": "ยกเลิกการส่งข้อความ",
    "unsent": "ผู้ส่งยกเลิกข้อความ",
}
OTHERS = {"clock": "ระบบตามเวลา", "web": "หน้าเว็บประชาชน", "cli": "คำสั่งผู้ดูแลเครื่อง"}


def _day(name: str) -> date | None:
    typed = request.args.get(name, "").strip()
    try:
        return parse_date(typed, bangkok_date(access.now())) if typed else None
    except ThaiDateError:
        return None


@pages.get("/")
@access.roles("admin", "clerk", "mayor")
def index() -> str:
    given = {name: request.args.get(name, "").strip() for name in ("actor", "action", "subject", "since", "until")}
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(PAGE + 1)
    for name in ("actor", "action", "subject"):
        if given[name]:
            query = query.where(getattr(AuditEntry, name) == given[name])
    if since := _day("since"):
        query = query.where(AuditEntry.at >= at_bangkok(since))
    if until := _day("until"):
        query = query.where(AuditEntry.at < at_bangkok(until + timedelta(days=1)))
    before = request.args.get("before", type=int)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    with access.reading() as session:
        rows = session.scalars(query).all()
        names = {f"staff:{row.id}": row.name for row in session.execute(select(Staff.id, Staff.name))}
        actions = session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)).all()
        return render_template(
            "console/audit.html",
            rows=rows[:PAGE],
            older=rows[PAGE - 1].id if len(rows) > PAGE else None,
            first=before is None,
            given=given,
            actions=[(name, ACTION_LABEL.get(name, name)) for name in actions],
            labels=ACTION_LABEL,
            actors={**names, **OTHERS},
        )
