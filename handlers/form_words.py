"""What people type at a form instead of an answer: done, send it, no, "แก้เบอร์"."""

from __future__ import annotations

import re

from handlers.commands import folded
from thai.text import fold_command, strip_courtesy

DONE_WORDS = folded(
    "พอแล้ว", "พอ", "หมดแล้ว", "หมด", "เสร็จแล้ว", "เสร็จ", "แค่นี้", "เท่านี้", "แค่นี้แหละ", "ครบแล้ว", "ครบ", "ต่อไป", "ไม่มีแล้ว",
    "ไม่มีรูปแล้ว", "ไม่มีเพิ่มแล้ว",
)  # fmt: skip
SEND_WORDS = folded(
    "ส่งเรื่อง", "ส่ง", "ยืนยัน", "ตกลง", "ใช่", "ถูกต้อง", "ถูกแล้ว", "ส่งเลย", "ส่งได้เลย", "โอเค", "ok", "เรียบร้อย", "ไม่แก้",
    "ไม่แก้แล้ว", "ครบแล้ว",
)  # fmt: skip
REFUSAL = folded("ไม่ยินยอม", "ไม่", "ไม่เอา", "ไม่ตกลง", "ไม่ให้", "ไม่ยอม", "ไม่ยอมรับ", "no")
MEND_SOMETHING = folded("แก้", "แก้ไข", "ขอแก้", "ขอแก้ไข", "อยากแก้", "พิมพ์ผิด", "ตอบผิด", "กดผิด")
_MEND = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:ขอ|อยาก|จะ|ช่วย)*(?:แก้ไข|แก้|เปลี่ยน)(?P<what>.{1,20}?)(?:ใหม่|ผิด)?",
        r"(?:ขอ|อยาก|จะ|มี)*(?:ส่ง|เพิ่ม)(?P<what>รูป|ภาพ|รูปภาพ|ตำแหน่ง|หมุด)(?:ใหม่|เพิ่ม|อีก)*",
        r"(?P<what>.{1,20}?)(?:ผิด|ไม่ถูก)",
    )
)


def what_to_mend(text: str) -> str:
    """What "แก้เบอร์" or "ชื่อผิด" speaks of, folded as Field.called has it; "" for other words."""
    compact = strip_courtesy(text).replace(" ", "")
    found = next((match for pattern in _MEND if (match := pattern.fullmatch(compact))), None)
    return fold_command(found["what"]) if found else ""
