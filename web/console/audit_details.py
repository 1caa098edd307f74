"""What stands beside an act in the audit log, in words: names for the ids of people and units, Thai words for states,
nouns for rows. The log itself keeps keys and ids."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from handlers.borrowing.assets import CONDITION_LABELS
from handlers.complaints import labels as cases
from handlers.documents.information_letters import RESULTS
from handlers.documents.kinds import KINDS
from handlers.duties import operations as duties
from handlers.duties.schedule import EVENTS, REGISTER_LABELS
from handlers.eit.operations import KIND_LABELS as POINTS
from handlers.evidence import KIND_LABELS as PROOFS
from handlers.measures import elements
from handlers.measures import operations as measures
from handlers.participation.activities import KIND_LABELS as ACTIVITIES
from handlers.participation.proposals import STATUS_LABELS as PROPOSALS
from handlers.people.operations import ROLE_LABELS
from handlers.people.organisation import FIELD_LABELS
from handlers.questions.faq import STATUS_LABEL as ANSWERS
from handlers.services.operations import KIND_LABELS as FORMS
from thai.dates import format_date

# What a key of the log's detail is called.
KEYS = {
    "active": "ใช้งาน", "added": "เพิ่ม", "again": "ถามต่อ", "alive": "ใช้ได้", "answerer": "ผู้ตอบ", "assignee": "ผู้รับผิดชอบ",
    "became": "กลายเป็น", "cases": "เรื่องร้องเรียน", "category": "ประเภท", "changed": "แก้ไข", "channel": "ช่องทาง",
    "checked": "ตรวจ", "condition": "สภาพ", "copied": "คัดลอก", "count": "จำนวน", "day": "วันที่", "dead": "เปิดไม่ได้",
    "due": "กำหนดใหม่",
    "duties": "งานตามกำหนด", "entries": "รายการ", "event": "เหตุการณ์", "evidence": "หลักฐานที่", "expected": "คาดว่าเสร็จ",
    "fields": "ช่อง", "findings": "สิ่งที่ควรแก้", "fiscal_year": "ปีงบประมาณ", "from": "จาก", "from_year": "จากปี",
    "good": "ตรงใจ", "held_back": "ไม่ส่ง", "into": "รวมเข้ากับ", "joined": "เรื่องที่รวม", "kept": "รอมอบหมาย", "kind": "ชนิด",
    "left": "ยังไม่คืน", "level": "ขั้น", "link": "มีลิงก์", "loans": "รายการยืม", "mark": "แสดงเป็นรูป", "measures": "มาตรการ",
    "message": "ข้อความที่", "names": "ค่าที่แก้", "outbox": "ข้อความที่", "pack": "ชุดมาตรการที่", "people": "จำนวนคน",
    "period": "รอบ", "photo": "รูปที่", "photos": "รูป", "place": "ลำดับ", "quantity": "จำนวน", "questions": "คำถาม",
    "rating": "คะแนน", "reason": "เหตุ", "receipt": "การรับทราบที่", "recipients": "ผู้รับ", "register": "ทะเบียน",
    "representative": "ผู้แทนที่", "role": "บทบาท", "rows": "แถว", "rules": "กำหนดประจำปี", "sla": "เวลาที่ให้บริการ",
    "status": "สถานะ", "step": "ขั้น", "sub_status": "ขั้นตอน", "terms": "ข้อตกลงฉบับที่", "there": "มาร่วม", "times": "ครั้งที่",
    "to": "เป็น", "unit": "ส่วนงาน", "units": "ส่วนงาน", "until": "ถึงวันที่", "version": "ฉบับที่", "via": "ทาง",
    "was": "จากเดิม", "what": "รายการ", "year": "ปีงบประมาณ",
}  # fmt: skip
# What the rows are called that an act is about.
NOUNS = {
    "activity": "กิจกรรม", "agency": "หน่วยงาน", "announcement": "ประกาศ", "asset": "พัสดุ", "attachment": "ไฟล์",
    "calendar_feed": "ปฏิทิน", "canned_reply": "ข้อความสำเร็จรูป", "case": "เรื่อง", "category": "ประเภทเรื่อง",
    "citizen": "ประชาชน แชต", "conversation": "แชต", "document": "เอกสาร", "duty": "งานตามกำหนด",
    "duty_rule": "กำหนดของปี", "eit": "แบบประเมิน EIT ปี", "eit_point": "จุดวาง QR", "element": "องค์ประกอบ OIT",
    "elements": "องค์ประกอบ OIT ปี", "faq": "คำตอบ", "form": "แบบฟอร์ม", "holiday": "วันหยุด", "ita": "คะแนน ITA ปี",
    "loan": "การยืม", "loans": "การยืม",
    "mail": "อีเมล", "measure": "มาตรการ", "measures": "มาตรการปี", "message": "ข้อความ", "notice": "ประกาศความเป็นส่วนตัว",
    "poll": "ออกเสียง", "proposal": "ข้อเสนอ", "question": "คำถาม", "register_entry": "รายการทะเบียน", "service": "บริการ",
    "staff": "เจ้าหน้าที่", "summary": "สรุปผู้บริหาร", "unit": "ส่วนงาน",
}  # fmt: skip
PEOPLE = ("assignee", "answerer", "to", "from")
UNITS = ("unit", "into")
# States and kinds in words. The same word means the same wherever it is used, but for what WORDS_OF says.
WORDS: dict[str, str] = {
    **cases.SUB_STATUS_LABEL, **cases.CHANNEL_LABEL, **EVENTS, **REGISTER_LABELS, **POINTS, **PROOFS, **ACTIVITIES,
    **PROPOSALS, **ANSWERS, **FORMS, **CONDITION_LABELS, **ROLE_LABELS, **FIELD_LABELS, **duties.STATUS_LABELS,
    **measures.STATUS_LABELS, **{name: kind.label for name, kind in KINDS.items()},
    **{f"letter_{name}": label for name, label in RESULTS.items()},
    "joined": "เข้ามาใหม่", "moved": "ย้ายหรือรับช่วง", "console": "หน้าเว็บ", "email": "อีเมล", "mail": "อีเมล",
    "before": "ก่อนแก้ไข", "after": "หลังแก้ไข", "hours": "ชั่วโมง", "days": "วัน", "working_days": "วันทำการ",
    "loans": "การยืม", "assets": "พัสดุ", "embed_hosts": "เว็บไซต์ที่ฝังหน้าแรกได้", "open311": "Open311",
    "public_map": "หน้าเรื่องในแต่ละหมู่", "public_photos": "รูปก่อนและหลังดำเนินการ",
    "entries": "รายการทะเบียน", "elements": "องค์ประกอบ OIT",
}  # fmt: skip
WORDS_OF: dict[str, dict[str, str]] = {"case": cases.STATUS_LABEL, "element": elements.STATUS_LABELS}


def about(subject: str) -> str:
    """The row in words: "measure:3" is "มาตรการ 3"; the agency itself needs no number."""
    kind, _, number = subject.partition(":")
    if kind == "agency":
        return NOUNS[kind]
    if kind == "web":  # the digest of a form's token tells nobody anything
        return "แบบฟอร์มบนเว็บ"
    return f"{NOUNS.get(kind, kind)} {number}".strip()


def subject_of(words: str) -> str | None:
    """The other way round, for who types what the page shows: "มาตรการ 3" is "measure:3"; None for anything else."""
    noun, _, number = words.rpartition(" ")
    found = next((kind for kind, name in NOUNS.items() if name == noun), None)
    return f"{found}:{number}" if found and number.isdigit() else None


def in_words(
    subject: str, detail: Mapping[str, Any], people: Mapping[str, str], units: Mapping[int, str]
) -> list[tuple[str, str]]:
    """(label, value) pairs of an act's detail. `people`: names by "staff:7"; `units`: names by id."""
    states = WORDS_OF.get(subject.partition(":")[0], {})

    def value(key: str, raw: Any) -> str:
        if raw is None or raw == "":
            return "ไม่กำหนด"
        if isinstance(raw, bool):
            return "ใช่" if raw else "ไม่ใช่"
        if isinstance(raw, int):
            if key in UNITS:
                return units.get(raw, str(raw))
            return people.get(f"staff:{raw}", str(raw)) if key in PEOPLE else str(raw)
        if isinstance(raw, list):
            return ", ".join(value(key, one) for one in raw)
        text = str(raw)
        if text in states or text in WORDS:
            return states.get(text) or WORDS[text]
        if ":" in text and text.partition(":")[0] in NOUNS:
            return about(text)
        return _day(text) or " ".join(WORDS.get(part, part) for part in text.split())

    return [(KEYS.get(key, key), value(key, raw)) for key, raw in detail.items()]


def _day(text: str) -> str | None:
    try:
        return format_date(date.fromisoformat(text))
    except ValueError:
        return None
