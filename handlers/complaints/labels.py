"""Words for the states of a case, the same on every screen."""

from __future__ import annotations

STATUS_LABEL = {
    "new": "รอรับเรื่อง",
    "accepted": "รับเรื่องแล้ว",
    "in_progress": "กำลังดำเนินการ",
    "done": "ดำเนินการแล้ว",
    "confirmed": "ผู้แจ้งยืนยันแล้ว",
    "rejected": "ไม่รับเรื่อง",
    "cancelled": "ยกเลิก",
    "merged": "รวมกับเรื่องเดิม",
    "transferred": "ส่งต่อหน่วยงานอื่น",
}
SUB_STATUS_LABEL = {
    "survey": "สำรวจหน้างาน",
    "budget": "รองบประมาณ",
    "procurement": "จัดซื้อจัดจ้าง",
    "legal": "ขั้นตอนกฎหมาย",
    "other_agency": "ส่งต่อหน่วยงานอื่น",
}
CHANNEL_LABEL = {
    "line": "LINE",
    "web": "เว็บไซต์",
    "phone": "โทรศัพท์",
    "walk_in": "มาที่สำนักงาน",
    "facebook": "Facebook",
    "letter": "จดหมาย",
}
ACTION_LABEL = {
    "opened": "แจ้งเรื่อง",
    "accepted": "รับเรื่อง",
    "assigned": "มอบหมาย",
    "categorised": "เปลี่ยนประเภทเรื่อง",
    "photo_shown": "แสดงรูปต่อสาธารณะ",
    "photo_hidden": "เลิกแสดงรูปต่อสาธารณะ",
    "progress": "แจ้งความคืบหน้า",
    "note": "บันทึกภายใน",
    "done": "ดำเนินการแล้ว",
    "confirmed": "ผู้แจ้งยืนยันว่าเรียบร้อย",
    "reopened": "ผู้แจ้งบอกว่ายังไม่เรียบร้อย",
    "rated": "ผู้แจ้งให้คะแนน",
    "rejected": "ไม่รับเรื่อง",
    "cancelled": "ยกเลิก",
    "merged": "รวมกับเรื่องเดิม",
    "joined": "มีเรื่องอื่นมารวม",
    "transferred": "ส่งต่อหน่วยงานอื่น",
    "subscribed": "มีผู้แจ้งเรื่องเดียวกัน",
    "claimed": "ผู้แจ้งติดตามทาง LINE",
    "warned": "เตือนก่อนครบกำหนด",
    "escalated": "เกินกำหนด แจ้งผู้บังคับบัญชา",
}


def status_text(status: str, sub_status: str = "") -> str:
    """ "กำลังดำเนินการ (รองบประมาณ)"."""
    label = STATUS_LABEL[status]
    return f"{label} ({SUB_STATUS_LABEL[sub_status]})" if status == "in_progress" and sub_status else label
