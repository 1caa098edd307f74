"""What people are told about a case: the reporter and those who follow it, and the staff who work on it.

A case without a conversation (phone, walk-in, web) is not told by LINE; the staff see that it has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import notify
from handlers.agencies import AgencyView
from handlers.complaints import due
from handlers.complaints.rules import WHOLE_AGENCY, accused
from handlers.files import sign_link
from handlers.messages import MENU, OFFICER, Card, Choice, Message, Picture, Row, Say
from models.agency import Staff
from models.case import Case, CaseEvent, CaseSubscriber
from models.outbox import OutboxMessage
from models.thread import Attachment
from thai.dates import format_date

LINK_LIFE = timedelta(days=30)
_WHY = {
    "survey": "กำลังสำรวจหน้างานค่ะ",
    "budget": "ต้องรองบประมาณก่อนค่ะ",
    "procurement": "ต้องจัดซื้อจัดจ้างก่อนค่ะ",
    "legal": "มีขั้นตอนตามกฎหมายที่ต้องทำก่อนค่ะ",
    "other_agency": "ต้องให้หน่วยงานอื่นดำเนินการค่ะ\nเราติดตามให้อยู่ค่ะ",
    "": "กำลังดำเนินการให้ค่ะ",
}


# -- who -------------------------------------------------------------------------------------------------


def leaders(session: Session, case: Case) -> list[Staff]:
    """Who hears when nobody else does: ปลัด, else นายก, else the admins who are not complained of."""
    for role in WHOLE_AGENCY:
        people = session.scalars(select(Staff).where(Staff.role == role, Staff.active).order_by(Staff.id)).all()
        if found := [person for person in people if not accused(case, person)]:
            return found
    return []


def superiors(session: Session, case: Case) -> list[Staff]:
    """The heads of the unit that works on the case, else its leaders."""
    if case.unit_id is None:
        return leaders(session, case)
    heads = [p for p in notify.unit_heads(session, case.unit_id) if not accused(case, p)]
    return heads or leaders(session, case)


def responsible(session: Session, case: Case) -> list[Staff]:
    """Whoever the case lies with now."""
    if case.assignee and case.assignee.active and not accused(case, case.assignee):
        return [case.assignee]
    return superiors(session, case)


def _listeners(session: Session, case: Case, actor: str) -> list[int]:
    """Conversations to tell: the reporter's first, then those who follow; whoever did it knows already."""
    following = (
        select(CaseSubscriber.conversation_id).where(CaseSubscriber.case_id == case.id).order_by(CaseSubscriber.id)
    )
    own = [case.conversation_id] if case.conversation_id is not None else []
    return [c for c in (*own, *session.scalars(following)) if actor != f"citizen:{c}"]


def handler_name(agency: AgencyView, case: Case) -> str:
    """Who works on the case, as told to citizens: the unit, or ปลัด for a complaint about conduct."""
    if case.accused_unit_id is not None or case.unit_id is None:
        return agency.fields.get("clerk_title") or "ปลัด"
    return agency.unit_name(case.unit_id)


def place_words(case: Case) -> str:
    """ "หมู่ 3 หน้าวัด", at most 100 characters; "" when only a pin or nothing is known."""
    moo = f"หมู่ {case.moo}" if case.moo and "หมู่" not in case.landmark else ""
    return " ".join(part for part in (moo, case.landmark) if part)[:100]


# -- the reporter and those who follow -------------------------------------------------------------------


def _tell(
    session: Session, case: Case, event: CaseEvent, messages: Sequence[Message], actor: str, urgent: bool = False
) -> None:
    for conversation_id in _listeners(session, case, actor):
        key = f"case:{case.id}:{event.action}:{event.id}:c{conversation_id}"
        notify.tell(session, conversation_id, messages, key, f"case:{case.id}", urgent)


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _follow_up(case: Case) -> tuple[Choice, ...]:
    return Choice("ดูเรื่องนี้", f"c:show:{case.id}"), Choice("ส่งข้อมูลเพิ่ม", f"c:add:{case.id}"), MENU


def accepted(session: Session, agency: AgencyView, case: Case, event: CaseEvent, actor: str) -> None:
    text = _lines(
        f"เรื่อง {case.number}",
        f"{handler_name(agency, case)}รับเรื่องแล้วค่ะ",
        event.public_note,
        f"จะดำเนินการให้ภายใน\n{due.words_for(case.due_at, case.category.sla_unit)}" if case.due_at > event.at else "",
    )
    _tell(session, case, event, [Say(text, _follow_up(case))], actor)


def progressed(
    session: Session, agency: AgencyView, case: Case, event: CaseEvent, expected: date | None, moved: bool, actor: str
) -> None:
    """Why it takes time, and the new date."""
    text = _lines(f"เรื่อง {case.number}", _WHY[case.sub_status], event.public_note)
    if expected is not None:
        text = _lines(text, "คาดว่าเสร็จ", format_date(expected))
    elif case.sub_status in due.PAUSING:
        text = _lines(text, "ยังบอกวันเสร็จไม่ได้ค่ะ", "ได้กำหนดใหม่เมื่อไหร่ จะแจ้งทันทีค่ะ")
    elif case.due_at > event.at:  # a promise that is broken already is not made again
        by_when = due.words_for(case.due_at, case.category.sla_unit)
        text = _lines(text, "กำหนดใหม่ หลังหักเวลาที่ต้องรอ" if moved else "จะดำเนินการให้ภายใน", by_when)
    _tell(session, case, event, [Say(text, _follow_up(case))], actor)


def categorised(session: Session, agency: AgencyView, case: Case, event: CaseEvent, actor: str, now: datetime) -> None:
    """Who has it now, and by when."""
    text = _lines(
        f"เรื่อง {case.number}", "อยู่ในประเภท", f"{case.category.label}ค่ะ", f"{handler_name(agency, case)}ดูแลให้ค่ะ"
    )
    match due.state_of(case, now):
        case "paused":
            text = _lines(text, "ตอนนี้หยุดนับเวลา เพราะรอขั้นตอนอื่นค่ะ")
        case "soon" | "ok":
            text = _lines(text, "จะดำเนินการให้ภายใน", due.words_for(case.due_at, case.category.sla_unit))
    _tell(session, case, event, [Say(text, _follow_up(case))], actor)


def done(
    session: Session, agency: AgencyView, case: Case, event: CaseEvent, photos: Sequence[Attachment], key: str
) -> None:
    """The after-photo and one question to the reporter; those who follow are told without being asked."""
    pictures = [photo_message(agency, photo, event.at, key) for photo in photos if key and photo.kind == "image"]
    said = _lines(f"{handler_name(agency, case)}แจ้งว่าดำเนินการแล้วค่ะ", event.public_note)
    asked = Card(
        title=f"เรื่อง {case.number}",
        note=_lines(said, "", "เรียบร้อยไหมคะ"),
        buttons=(Choice("เรียบร้อย", f"c:ok:{case.id}"), Choice("ยังไม่เรียบร้อย", f"c:no:{case.id}")),
        choices=(MENU,),
    )
    for conversation_id in _listeners(session, case, ""):
        last = asked if conversation_id == case.conversation_id else Say(_lines(f"เรื่อง {case.number}", said), (MENU,))
        dedupe = f"case:{case.id}:done:{event.id}:c{conversation_id}"
        notify.tell(session, conversation_id, [*pictures, last], dedupe, f"case:{case.id}")


def photo_message(agency: AgencyView, photo: Attachment, now: datetime, key: str) -> Picture:
    """A photo behind a signed link that lives for LINK_LIFE. `key` is the installation's secret."""
    url = f"{agency.public_url}/files/{sign_link(key, photo.id, now + LINK_LIFE)}"
    return Picture(url, "รูปหลังดำเนินการค่ะ" if photo.role == "after" else "รูปจากเจ้าหน้าที่ค่ะ")


def reopened(session: Session, agency: AgencyView, case: Case, event: CaseEvent, actor: str) -> None:
    text = _lines(f"เรื่อง {case.number}", "ผู้แจ้งบอกว่ายังไม่เรียบร้อยค่ะ", f"{handler_name(agency, case)}จะดำเนินการต่อค่ะ")
    _tell(session, case, event, [Say(text, (MENU,))], actor)


def ended(session: Session, agency: AgencyView, case: Case, event: CaseEvent, actor: str) -> None:
    """Rejected or cancelled: why, and what else can be done."""
    what = "ขออภัยค่ะ รับเรื่องนี้ไว้ไม่ได้" if case.status == "rejected" else "เรื่องนี้ยกเลิกแล้วค่ะ"
    text = _lines(f"เรื่อง {case.number}", what, f"เพราะ {case.close_reason}", "", "ถ้ามีข้อสงสัย คุยกับเจ้าหน้าที่ได้ค่ะ")
    _tell(session, case, event, [Say(text, (OFFICER, MENU))], actor)


def merged(session: Session, agency: AgencyView, case: Case, into: Case, event: CaseEvent, actor: str) -> None:
    text = _lines(
        f"เรื่อง {case.number}",
        "เป็นเรื่องเดียวกับที่มีผู้แจ้งไว้แล้วค่ะ\nเรารวมไว้ด้วยกันเป็นเรื่อง",
        into.number,
        "มีความคืบหน้าจะแจ้งให้ทราบค่ะ",
    )
    _tell(session, case, event, [Say(text, (Choice("ดูเรื่องนี้", f"c:show:{into.id}"), MENU))], actor)


def transferred(session: Session, agency: AgencyView, case: Case, event: CaseEvent, actor: str) -> None:
    text = _lines(
        f"เรื่อง {case.number}",
        "เรื่องนี้อยู่ในหน้าที่ของ",
        case.transferred_to,
        "เราส่งเรื่องต่อให้แล้วค่ะ",
        f"เลขที่อ้างอิง\n{case.transfer_reference}" if case.transfer_reference else "",
        event.public_note,
    )
    _tell(session, case, event, [Say(text, (OFFICER, MENU))], actor)


def answered(
    session: Session, agency: AgencyView, case: Case, text: str, message_id: int, pictures: Sequence[Message]
) -> OutboxMessage | None:
    """The officer's own words, to the reporter only."""
    if case.conversation_id is None:
        return None
    said = Say(
        _lines(f"{handler_name(agency, case)} · เรื่อง {case.number}", text, "", "พิมพ์ตอบกลับที่นี่ได้เลยค่ะ"),
        (Choice("ดูเรื่องนี้", f"c:show:{case.id}"), Choice("ถามเรื่องอื่น", "c:leave"), MENU),
    )
    key = f"case:{case.id}:answer:{message_id}:c{case.conversation_id}"
    return notify.tell(session, case.conversation_id, [*pictures, said], key, f"case:{case.id}")


# -- staff -----------------------------------------------------------------------------------------------


def to_staff(
    session: Session,
    agency: AgencyView,
    case: Case,
    people: Iterable[Staff],
    title: str,
    key: str,
    note: str = "",
    urgent: bool = False,
) -> int:
    """A card to these people, one tap to act; never to those complained of. Returns how many have LINE.

    The reporter's name and phone stay in the console."""
    first = [("accept", "รับเรื่อง")] if case.status == "new" else [("progress", "แจ้งความคืบหน้า"), ("done", "ทำเสร็จแล้ว")]
    taps = [Choice(label, f"s:c:{case.id}:{verb}") for verb, label in (*first, ("answer", "ตอบผู้แจ้ง"))]
    card = Card(
        title=title,
        rows=(
            Row("เลขเรื่อง", case.number),
            Row("ประเภท", case.category.label),
            *((Row("สถานที่", where),) if (where := place_words(case)) else ()),
            Row("กำหนด", due.words_for(case.due_at, case.category.sla_unit)),
        ),
        note=note,
        buttons=(*taps, Choice("เปิดในระบบ", f"{agency.public_url}/console/cases/{case.id}", "link")),
    )
    fit = [person for person in people if not accused(case, person)]
    return notify.tell_staff(session, fit, [card], f"case:{case.id}:{key}", f"case:{case.id}", urgent)
