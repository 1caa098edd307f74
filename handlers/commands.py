"""Words that mean the same wherever a person is, folded for comparison (thai.text.fold_command)."""

from __future__ import annotations

import re

from thai.text import detone, fold_command, normalise, strip_courtesy


def folded(*words: str) -> set[str]:
    return {fold_command(word) for word in words}


LEAVE = folded(
    "ยกเลิก", "เลิก", "ออก", "หยุด", "cancel", "พอก่อน", "ไม่แจ้งแล้ว", "ไม่เอาแล้ว", "ไม่ทำแล้ว", "ไม่ส่งแล้ว", "ไม่กรอกแล้ว",
    "ไม่แจ้งละ", "ไม่เอาละ", "ยกเลิกการแจ้ง", "ยกเลิกก่อน", "ยกเลิกเลย", "ขอยกเลิก", "เลิกทำ", "เลิกแจ้ง", "ขอออก", "เปลี่ยนใจ",
    "เปลี่ยนใจแล้ว", "ไว้วันหลัง", "ไว้ทีหลัง", "ไว้ก่อน", "พอแค่นี้ก่อน",
)  # fmt: skip
BACK = folded(
    "ย้อนกลับ", "ย้อน", "กลับ", "back", "แก้ข้อก่อนหน้า", "ย้อนไป", "ย้อนกลับไป", "กลับไป", "กลับไปข้อก่อน", "ข้อก่อนหน้า", "ข้อที่แล้ว",
    "ก่อนหน้า", "ถอยกลับ",
)  # fmt: skip
SHOW_MENU = folded(
    "เมนู", "menu", "เริ่มใหม่", "หน้าหลัก", "เมนูหลัก", "กลับเมนู", "หน้าแรก", "กลับหน้าแรก", "ดูเมนู", "ขอเมนู", "start", "เริ่ม",
)  # fmt: skip
PERSON = folded(
    "คุยกับเจ้าหน้าที่", "เจ้าหน้าที่", "ขอคุยกับเจ้าหน้าที่", "คุยกับคน", "ขอสายเจ้าหน้าที่", "ติดต่อเจ้าหน้าที่", "แอดมิน", "คุยกับแอดมิน",
    "คนจริง", "ขอคน", "จนท",
)  # fmt: skip
SKIP = folded("ข้าม", "ข้ามไป", "ข้ามข้อนี้", "ข้ามก่อน", "ผ่านข้อนี้", "skip")
RESUME = folded("ทำต่อ", "ทำเรื่องที่ค้างต่อ", "ทำต่อเลย", "กรอกต่อ", "ทำเรื่องเดิมต่อ", "กลับมาทำต่อ")
YES = folded(
    "ใช่", "ใช่แล้ว", "เอา", "ตกลง", "โอเค", "ok", "ได้", "ได้เลย", "แจ้ง", "แจ้งเลย", "แจ้งค่ะ", "เอาเลย", "yes", "แม่น",
    "แม่นแล้ว", "เจ้า",
)  # fmt: skip

# Somebody who asks for a person in a sentence of their own, in the four regions' words and in English. Matched whole,
# without tone marks and spaces, so that "คุยกับคนข้างบ้านแล้วทะเลาะกัน" is no such wish.
_WANTS_PERSON = re.compile(
    detone(
        "(?:ผม|หนู|ฉัน|ยาย|ตา|ป้า|ลุง)?(?:อยาก|อยากจะ|ขอ|จะ|ต้องการ|ใคร่|ไค่|ขอให้|ช่วย|รบกวน|สิ|ขอบริการ)*"
        "(?:คุย|พูด|พูดคุย|สนทนา|ติดต่อ|เว้า|อู้|แหลง|ต่อสาย|โอนสาย|ต่อ|ปรึกษา|สอบถาม|เรียก|หา|แชท|แชต)"
        "(?:สาย|กับ|กะ|นำ|ถึง|หา|ไปหา|ให้)*"
        "(?:เจ้าหน้าที่|จนท|แอดมิน|พนักงาน|มนุษย์|คน|คนจริง|คนเป็น)"
        "(?:จริง|เป็น|ตัวเป็น|หน่อย|ที|นิด|ได้|ไหม|มั้ย|บ่|ก่อ|ม้าย|ไม่|เอา|คุย|กับ|บอท|แทน|เลย|ที่|รู้เรื่อง|ดีกว่า|เท่านั้น|ตรง|อบต|เทศบาล|เจ้า|แด่|แหน่|นะ)*"
    )
    + detone("|(?:มี)?(?:จนท|แอดมิน)(?:อยู่|ว่าง|ตอบ|ออนไลน์)(?:ไหม|มั้ย|บ้าง|บ่|ก่อ)*")
    + "|(?:can|may|could|i|want|wanna|need|like|would|please|to|a|the|let|me|have)*(?:talk|speak|chat|contact)"
    "(?:to|with)*(?:a|an|the|your|real|some|human)*(?:person|human|someone|somebody|officer|staff|agent|operator|people)(?:please|now)?"
    "|(?:human|operator|agent|officer|livechat)"
)
_WAIT = re.compile(
    detone(
        "(?:ขอ)?(?:เดี๋ยว|รอ|แป๊บ|แปป|แป๊ป|สักครู่|ซักครู่|คอย)(?:ก่อน|แป๊บ|แปป|นึง|หนึ่ง|เดียว|แป๊ปนึง|นะ|สัก|ซัก|ครู่|เด้อ|มา|ไป|ดู|คิด)*"
        "(?:ขอ)?(?:(?:ไป|หา|ถ่าย|ดู|ถาม|คิด|เดิน|กลับ|เอา).{1,16}(?:ก่อน|แป๊บ|มา)?)?"
        "|(?:ขอ)?(?:คิด|ดู|ถามลูก|ถามหลาน|ถามแฟน|หารูป|ถ่ายรูป|ไปถ่ายรูป|หาเบอร์|เวลา)(?:ดู|คิด)?(?:ก่อน|แป๊บ|สักครู่)"
    )
)
_QUESTION = re.compile(
    detone(
        r"(?:ไหม|มั้ย|มะ|ป่าว|เปล่า|หรือยัง|รึยัง|ไง|อย่างไร|เท่าไร|เท่าไหร่|เท่าใด|เมื่อไร|เมื่อไหร่|ที่ไหน|ตรงไหน|วันไหน|ไปไหน|อันไหน|ข้อไหน|ทางไหน"
        r"|อะไร|อะไรบ้าง|ทำไม|ใคร|ใครบ้าง|กี่\D{1,6}|ได้บ่|จังได๋|จั่งได๋|มื้อได๋|อิหยัง|ก่อ|\?)$|^(?:แล้ว)?(?:ทำไม|ใคร(?!บาง)|อะไรคือ|กี่|เมื่อไร|เมื่อไหร่)"
    )
)
_LONGEST_WISH = 60  # characters


def _compact(text: str) -> str:
    """Without courtesy, tone marks, spaces and points."""
    # Courtesy takes the "จ้า" out of these.
    short = normalise(text).replace("เจ้าหน้าที่", "จนท").removesuffix("เจ้า")
    return re.sub(r"[\s.,!…ฯ]+", "", detone(strip_courtesy(short)))


def wants_person(text: str) -> bool:
    """True for "คุยกับเจ้าหน้าที่" and for every other way to ask for a human."""
    if fold_command(text) in PERSON:
        return True
    return len(text) <= _LONGEST_WISH and _WANTS_PERSON.fullmatch(_compact(text)) is not None


def wants_to_wait(text: str) -> bool:
    """True for "เดี๋ยวก่อน", "รอแป๊บ ไปถ่ายรูปก่อน"."""
    return len(text) <= _LONGEST_WISH and _WAIT.fullmatch(_compact(text)) is not None


def is_question(text: str) -> bool:
    """True for words that ask something, as far as their form tells."""
    return normalise(text).rstrip().endswith("?") or _QUESTION.search(_compact(text)) is not None
