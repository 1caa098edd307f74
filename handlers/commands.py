"""Words that mean the same wherever a person is, folded for comparison (thai.text.fold_command)."""

from __future__ import annotations

from thai.text import fold_command


def folded(*words: str) -> set[str]:
    return {fold_command(word) for word in words}


LEAVE = folded("ยกเลิก", "เลิก", "ออก", "หยุด", "cancel", "พอก่อน", "ไม่แจ้งแล้ว")
BACK = folded("ย้อนกลับ", "ย้อน", "กลับ", "back", "แก้ข้อก่อนหน้า")
SHOW_MENU = folded("เมนู", "menu", "เริ่มใหม่", "หน้าหลัก", "เมนูหลัก", "กลับเมนู")
PERSON = folded(
    "คุยกับเจ้าหน้าที่", "เจ้าหน้าที่", "ขอคุยกับเจ้าหน้าที่", "คุยกับคน", "ขอสายเจ้าหน้าที่", "ติดต่อเจ้าหน้าที่", "แอดมิน", "คุยกับแอดมิน"
)
