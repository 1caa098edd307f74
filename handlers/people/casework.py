"""Cases in the staff chat: those that wait for this person, and one whose number was typed, with what can be done."""

from __future__ import annotations

from sqlalchemy import or_, select

from handlers.complaints import due
from handlers.complaints import operations as cases
from handlers.complaints.labels import status_text
from handlers.complaints.lookup import find_number
from handlers.complaints.notices import place_words
from handlers.messages import MENU, Card, Choice, Message, Row, Say
from handlers.people.operations import linked_staff
from handlers.turn import Turn
from models.agency import Staff
from models.case import OPEN_STATUSES, Case
from thai.text import fold_command

MINE = {
    fold_command(word)
    for word in ("เรื่องของฉัน", "เรื่องที่รอ", "เรื่องค้าง", "เรื่องที่ค้าง", "รับเรื่อง", "เรื่องใหม่", "เรื่องร้องเรียนของฉัน", "เรื่องที่รับผิดชอบ")
}
LONGEST = 40  # characters of "รับเรื่อง C70-1"; more is a report of one's own
LISTED = 8
STEPS = (("accept", "รับเรื่อง"), ("answer", "ตอบผู้แจ้ง"), ("progress", "แจ้งความคืบหน้า"), ("done", "ทำเสร็จแล้ว"))
MY_DUTIES = Choice("งานของฉัน", "s:d:mine")


def may_mean(text: str) -> bool:
    """True for words that speak of cases when staff say them: "เรื่องที่รอ", "รับเรื่อง C70-1"."""
    return fold_command(text) in MINE or (len(text) <= LONGEST and find_number(text) is not None)


def asked(turn: Turn) -> list[Message] | None:
    """To a member of staff: the case whose number was typed, or those that wait for them, with what can be done."""
    staff = linked_staff(turn.session, turn.talk.user_id)
    if staff is None:
        return None
    number = find_number(turn.text)
    if number is not None:
        found = select(Case).where(Case.number == number, cases.visible_to(staff))
        case = turn.session.scalars(found).first()
        return [card(turn, staff, case)] if case is not None else None
    mine = or_(Case.assignee_id == staff.id, Case.assignee_id.is_(None) & (Case.unit_id == staff.unit_id))
    waiting = (Case.status.in_(OPEN_STATUSES), mine, cases.visible_to(staff))
    listed = turn.session.scalars(select(Case).where(*waiting).order_by(Case.due_at, Case.id).limit(LISTED)).all()
    console = Choice("เปิดในระบบ", f"{turn.agency.public_url}/console/", "link")
    if not listed:
        return [Say("ไม่มีเรื่องร้องเรียนหรือคำขอที่รอคุณค่ะ", (MY_DUTIES, console, MENU))]
    rows = tuple(
        Row(case.number, f"{case.category.label} · {status_text(case.status, case.sub_status)}") for case in listed
    )
    taps = tuple(Choice(case.number, f"s:c:{case.id}:show") for case in listed)
    return [Card("เรื่องที่รอคุณ", rows, buttons=(console,), choices=(*taps, MY_DUTIES, MENU))]


def card(turn: Turn, staff: Staff, case: Case) -> Card:
    where = place_words(case)
    console = Choice("เปิดในระบบ", f"{turn.agency.public_url}/console/cases/{case.id}", "link")
    return Card(
        case.number,
        (
            Row("เรื่อง", case.category.label),
            Row("สถานะ", status_text(case.status, case.sub_status)),
            *((Row("สถานที่", where),) if where else ()),
            Row("กำหนด", due.words_for(case.due_at, case.category.sla_unit)),
        ),
        note=case.detail[:300],
        buttons=(*next_steps(case, staff), console),
        choices=(MY_DUTIES, MENU),
    )


def next_steps(case: Case, staff: Staff) -> tuple[Choice, ...]:
    """What this person may do with the case, in the order of the work."""
    allowed = cases.allowed(case, staff)
    return tuple(Choice(label, f"s:c:{case.id}:{verb}") for verb, label in STEPS if verb in allowed)
