"""The first hello, the menu, contact and help: what every person can reach at any time."""

from __future__ import annotations

from handlers import dialogue
from handlers.agencies import AgencyView
from handlers.messages import MENU, OFFICER, Card, Choice, Message, Pin, Row, Say
from handlers.turn import Turn

COMPLAIN = Choice("แจ้งเรื่องร้องเรียน", "start:complaint")
FOLLOW = Choice("ติดตามเรื่อง", "menu:follow")
ASK = Choice("ถาม-ตอบ", "menu:ask")
CONTACT = Choice("ติดต่อเรา", "menu:contact")
HELP = Choice("วิธีใช้", "menu:help")
FORMS = Choice("บริการออนไลน์", "menu:forms")


def welcome(turn: Turn) -> list[Message]:
    """The first hello: who I am, what I do, privacy in two sentences (VOICE.md)."""
    agency = turn.agency
    return [
        Say(
            f"สวัสดีค่ะ ดิฉันเป็นผู้ช่วยของ {agency.name} ค่ะ\n\n"
            "ดิฉันช่วยคุณได้ 3 เรื่องค่ะ\n"
            "• ตอบคำถาม\n• รับเรื่องร้องเรียน\n• ติดตามเรื่องที่แจ้งไว้\n\n"
            "พิมพ์ถามได้เลย หรือกดเมนูด้านล่างค่ะ"
        ),
        Say(
            f"{agency.notice_text}\nอ่านฉบับเต็มได้ที่\n{agency.url('/privacy')}",
            (ASK, COMPLAIN, FOLLOW, OFFICER),
        ),
    ]


def menu(turn: Turn) -> list[Message]:
    """The menu in words and taps, for screens without the rich menu."""
    resume = dialogue.resume_choice(turn)
    forms = (FORMS,) if any(form.listed for form in turn.agency.forms.values()) else ()
    if turn.talk.handoff_id is not None:
        note = "ที่พิมพ์มาจะส่งถึงเจ้าหน้าที่ค่ะ\nอยากถามเรื่องอื่น กด “ถาม-ตอบ”"
    else:
        note = "มีเรื่องที่กรอกค้างไว้ กดทำต่อได้ค่ะ" if resume else "พิมพ์คำถามได้เลยค่ะ"
    return [
        Card(
            title="มีอะไรให้ช่วยคะ",
            note=note,
            buttons=(*resume, ASK, COMPLAIN, *forms, FOLLOW, OFFICER),
            choices=(
                *resume,
                COMPLAIN,
                *forms,
                FOLLOW,
                OFFICER,
                Choice("แจ้งเบาะแสทุจริต", "menu:integrity"),
                Choice("แบบประเมิน EIT", "menu:eit"),
                Choice("กิจกรรม", "a:list"),
                Choice("รับข่าว", "n:list"),
                CONTACT,
                HELP,
            ),
        )
    ]


def ask(turn: Turn) -> list[Message]:
    return [
        Say(
            "พิมพ์คำถามได้เลยค่ะ\nเช่น ขยะเก็บวันไหน\nหรือ จ่ายภาษีที่ดินที่ไหน",
            (Choice("ภาษีจ่ายเมื่อไหร่", "ภาษีจ่ายเมื่อไหร่", "text"), OFFICER, MENU),
        )
    ]


def contact(turn: Turn) -> list[Message]:
    """Address, phones, hours and the map (R05), and where the executives' direct line is (R06)."""
    agency, fields = turn.agency, turn.agency.fields
    rows = [
        Row(label, agency.fill(value))
        for label, value in (
            ("ที่อยู่", fields.get("address", "")),
            ("โทรศัพท์", fields.get("office_phone", "")),
            ("โทรสาร", fields.get("fax", "")),
            ("อีเมล", fields.get("email", "")),
            ("เวลาทำการ", fields.get("office_hours", "")),
        )
        if value
    ]
    phone = fields.get("office_phone", "")
    buttons = [Choice("โทรหาเรา", phone, "call")] if phone else []
    buttons.append(Choice("สายตรงนายก", "q:direct"))
    if fields.get("map_url"):
        buttons.append(Choice("เปิดแผนที่", fields["map_url"], "link"))
    messages: list[Message] = [
        Card(title=agency.name, rows=tuple(rows), buttons=tuple(buttons), choices=(OFFICER, MENU))
    ]
    if fields.get("latitude") and fields.get("longitude"):
        pin = Pin(
            agency.name, fields.get("address", agency.name), float(fields["latitude"]), float(fields["longitude"])
        )
        messages.insert(0, pin)
    return messages


def help_card(turn: Turn) -> list[Message]:
    """How to use this chat (R09); the printable page has the same words and a QR code."""
    return [
        Card(
            title=f"วิธีใช้ LINE {turn.agency.short_name}",
            rows=(
                Row("ถาม", "พิมพ์คำถามสั้น ๆ ได้เลย"),
                Row("ร้องเรียน", "กดแจ้งเรื่องร้องเรียน แล้วตอบทีละข้อ"),
                Row("ติดตาม", "กดติดตามเรื่อง ดูว่าถึงไหนแล้ว"),
                Row("คุยกับคน", "พิมพ์ คุยกับเจ้าหน้าที่"),
                Row("เริ่มใหม่", "พิมพ์ เมนู ได้ทุกเมื่อ"),
            ),
            note="ตอบผิดไม่เป็นไรค่ะ พิมพ์ ย้อนกลับ เพื่อแก้ได้",
            buttons=(Choice("คู่มือแบบพิมพ์", turn.agency.url("/guide"), "link"),),
            choices=(ASK, COMPLAIN, FOLLOW, OFFICER),
        )
    ]


def office_line(agency: AgencyView) -> str:
    """The office's phone on a line of its own, for texts that end a dead end."""
    return agency.fields.get("office_phone", "")
