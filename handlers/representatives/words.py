"""What a representative, the reporter and the lists are told. No name stands in any of it but the invitation's."""

from __future__ import annotations

from datetime import date, datetime

from handlers.agencies import AgencyView
from handlers.complaints import cards, due
from handlers.complaints.labels import status_text
from handlers.complaints.notices import handler_name, place_words
from handlers.messages import MENU, OFFICER, Card, Choice, Message, Pin, Row, Say
from models.case import OPEN_STATUSES, Case
from models.representative import Representative
from thai.dates import format_date

TERMS_VERSION = 1  # of TERMS: raise it when their meaning changes
TERMS = (
    "คุณจะเห็น ประเภทเรื่อง สถานที่\nสถานะ และกำหนดเสร็จค่ะ\n"
    "ไม่เห็นชื่อ เบอร์ หรือข้อความของผู้ร้อง\n\n"
    "ขอให้เก็บเรื่องนี้เป็นความลับ\nไม่สืบหาหรือบอกต่อว่าใครร้องเรียน\n\n"
    "สิ่งที่คุณส่งมา เจ้าหน้าที่เท่านั้นที่เห็น\n"
    "เราเก็บชื่อและช่วงเวลาของคุณไว้ในทะเบียน\n"
    "เลิกได้ทุกเมื่อ พิมพ์ ผู้แทน แล้วกดเลิกค่ะ"
)
STATUS_LABELS = {"invited": "รอตอบรับ", "active": "กำลังช่วย", "declined": "ไม่สะดวก", "ended": "สิ้นสุดแล้ว"}
END_LABELS = {"": "", "term": "ครบวาระ", "case": "เรื่องปิดแล้ว", "staff": "เจ้าหน้าที่ให้สิ้นสุด", "left": "ผู้แทนขอเลิก"}
FORGOTTEN = "(ลบชื่อแล้ว)"
MINE = Choice("เรื่องที่ช่วยดูแล", "r:list")


def mark(row: Representative) -> str:
    """How the thread, the staff's notices and the log's readers know who it was."""
    return f"ผู้แทนภาคประชาชน คนที่ {row.position}"


def status_label(row: Representative, now: datetime) -> str:
    if row.status == "invited" and row.code_until is not None and row.code_until < now:
        return "รหัสหมดอายุ"
    if row.status == "invited" and row.conversation_id is not None:
        return "เปิดคำเชิญแล้ว รอตอบรับ"
    return STATUS_LABELS[row.status]


def place_of(case: Case, exact: bool) -> str:
    """The place as precisely as the representative may know it; "" when nothing is known so."""
    if exact:
        return place_words(case)
    return f"หมู่ {case.moo}" if case.moo else ""


# -- to the representative -------------------------------------------------------------------------------


def invitation(agency: AgencyView, row: Representative) -> list[Message]:
    """What they are asked, and what they agree to."""
    rows = [
        Row("ถึง", row.name),
        Row("จาก", agency.short_name),
        Row("เรื่อง", row.case.category.label),
        *((Row("ที่ขอให้ช่วย", row.task),) if row.task else ()),
        *((Row("คำสั่งที่", row.order_number),) if row.order_number else ()),
        Row("ถึงวันที่", format_date(row.ends_on)),
    ]
    return [
        Card(
            title="ขอเชิญเป็นผู้แทนภาคประชาชน",
            rows=tuple(rows),
            note=TERMS,
            buttons=(Choice("ยินดีช่วย", f"r:yes:{row.id}"), Choice("ไม่สะดวก", f"r:no:{row.id}")),
            choices=(Choice("อ่านประกาศเต็ม", agency.url("/privacy"), "link"), OFFICER, MENU),
        )
    ]


def case_card(agency: AgencyView, row: Representative, now: datetime) -> list[Message]:
    """All that a representative may know of the case; with the pin where staff gave the exact place."""
    case = row.case
    where = place_of(case, row.exact_place)
    rows = (
        Row("เรื่อง", case.category.label),
        Row("สถานะ", status_text(case.status, case.sub_status)),
        Row("ผู้ดูแล", handler_name(agency, case)),
        Row("ภายใน" if case.status in OPEN_STATUSES else "เมื่อ", cards.when_words(case, now)),
        *((Row("สถานที่", where),) if where else ()),
        *((Row("ที่ขอให้ช่วย", row.task),) if row.task else ()),
        Row("ช่วยถึง", format_date(row.ends_on)),
    )
    card = Card(
        title=f"{case.number} (ผู้แทน)",
        rows=rows,
        buttons=(Choice("ส่งข้อความหรือรูป", f"r:add:{row.id}"), Choice("เลิกเป็นผู้แทน", f"r:leave:{row.id}")),
        choices=(OFFICER, MENU),
    )
    if row.exact_place and case.latitude is not None and case.longitude is not None:
        return [Pin("จุดที่แจ้ง", where or case.number, case.latitude, case.longitude), card]
    return [card]


def _taps(row: Representative) -> tuple[Choice, ...]:
    return Choice("ดูเรื่องนี้", f"r:show:{row.id}"), Choice("ส่งข้อความหรือรูป", f"r:add:{row.id}"), MENU


def changed(row: Representative) -> list[Message]:
    """How the case stands now."""
    case = row.case
    lines = [f"เรื่อง {case.number} ที่คุณช่วยดูแล"]
    if case.status == "done":
        lines += ["เจ้าหน้าที่แจ้งว่าดำเนินการแล้วค่ะ", "ถ้าไปดูแล้วยังไม่เรียบร้อย ส่งรูปบอกเราได้นะคะ"]
    else:
        lines += ["สถานะตอนนี้ค่ะ", status_text(case.status, case.sub_status)]
    if case.status in OPEN_STATUSES and case.sub_status not in due.PAUSING:
        lines += ["กำหนดเสร็จ", due.words_for(case.due_at, case.category.sla_unit)]
    return [Say("\n".join(lines), _taps(row))]


def from_staff(row: Representative, text: str) -> list[Message]:
    return [Say(f"เจ้าหน้าที่ถึงผู้แทน · เรื่อง {row.case.number}\n{text}\n\nกดปุ่มด้านล่างเพื่อตอบกลับค่ะ", _taps(row))]


def ending(row: Representative, today: date) -> list[Message]:
    days = (row.ends_on - today).days
    when = f"อีก {days} วัน" if days else "วันนี้"
    text = f"การเป็นผู้แทนของเรื่อง {row.case.number}\nจะครบกำหนด{when}ค่ะ\n{format_date(row.ends_on)}\n\n"
    text += "มีอะไรอยากบอกเจ้าหน้าที่ ส่งได้เลยนะคะ"
    return [Say(text, _taps(row))]


def farewell(row: Representative, reason: str) -> list[Message]:
    case = row.case
    why = {
        "term": "ครบวาระผู้แทนภาคประชาชนแล้วค่ะ",
        "case": _over(case),
        "staff": "เจ้าหน้าที่แจ้งสิ้นสุดการเป็นผู้แทนแล้วค่ะ",
    }[reason]
    return [
        Say(
            f"เรื่อง {case.number}\n{why}\n\nขอบคุณที่ช่วยดูแลเรื่องของชุมชนนะคะ\nจากนี้จะไม่แจ้งเรื่องนี้อีกแล้ว\nขอให้เก็บเป็นความลับต่อไปค่ะ",
            (OFFICER, MENU),
        )
    ]


def _over(case: Case) -> str:
    if case.status in OPEN_STATUSES:  # a matter of another kind than it seemed
        return "เรื่องนี้ไม่ต้องใช้ผู้แทนแล้วค่ะ"
    return f"เรื่องนี้ปิดแล้วค่ะ ({status_text(case.status, case.sub_status)})"


# -- to the reporter -------------------------------------------------------------------------------------


def to_reporter(case: Case) -> list[Message]:
    """Once a case."""
    text = (
        f"เรื่อง {case.number}\nมีผู้แทนภาคประชาชนที่ได้รับแต่งตั้ง\nมาช่วยติดตามเรื่องนี้ด้วยค่ะ\n\n"
        "ผู้แทนไม่เห็นชื่อ เบอร์\nหรือข้อความของคุณค่ะ\nถ้าไม่สบายใจ บอกเจ้าหน้าที่ได้นะคะ"
    )
    return [Say(text, (Choice("ดูเรื่องนี้", f"c:show:{case.id}"), OFFICER, MENU))]


def list_card(rows: list[Representative]) -> Card:
    """Several cases, each a line to tap."""
    return Card(
        title="เรื่องที่คุณช่วยดูแล",
        rows=tuple(
            Row(
                row.case.number,
                f"{row.case.category.label} ({status_text(row.case.status, row.case.sub_status)})",
                f"r:show:{row.id}",
            )
            for row in rows
        ),
        note="แตะเรื่องที่ต้องการได้เลยค่ะ",
        choices=(*(Choice(row.case.number, f"r:show:{row.id}") for row in rows), MENU),
    )
