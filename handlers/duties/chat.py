"""Duties in the staff chat: done with its evidence, under way, postponed, taken note of, looked at.

What a person is about to send lies in the conversation's state, as handlers/people/chat.py has it, which also leaves it
(ยกเลิก), forgets it after half an hour and knows who this is:

    {"staff": {"do": "evidence", "about": "d:12", "asked": ms, "until": ms, "day": "2026-12-31", "order": "12/2570"}}
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Literal

from sqlalchemy import func, select

from handlers import evidence, received
from handlers.dialogue import expired_button
from handlers.duties import digest, noting, operations
from handlers.duties.operations import STATUS_LABELS, DutyError
from handlers.evidence import EvidenceDetails, EvidenceError
from handlers.messages import MENU, Card, Choice, Message, Row, Say
from handlers.turn import Turn
from models.agency import Staff
from models.duty import LIVE_DUTY_STATUSES, Duty
from models.measure import Evidence
from thai.dates import ThaiDateError, bangkok_date, format_date, parse_date
from thai.digits import to_arabic
from thai.text import fold_command

LIFE = timedelta(minutes=30)
LATER = (3, 7, 14)  # days offered for a postponement
LISTED = 10
MINE = fold_command("งานของฉัน")
_LEADING = re.compile(r"^(?:ขอ)?(?:เลื่อน)?(?:ไป|เป็น)\s*")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_LEAVE = Choice("ยกเลิก", "s:leave")
_LINK = re.compile(r"https?://\S+")
_ORDER = re.compile(
    r"(?:คำสั่ง|หนังสือ|ประกาศ|บันทึกข้อความ)?[^\d]{0,60}?(?:เลข)?ที่\s*(?P<number>[ก-๙A-Za-z. ]{0,12}\d+\s*/\s*\d{2,4})"
    r"(?P<rest>.*)",
    re.DOTALL,
)
_END_OF_MONTH = re.compile(r"(?:ภายใน)?สิ้นเดือน(?P<next>หน้า)?(?:นี้)?")
_IN_DAYS = re.compile(r"(?:อีก|เพิ่ม|เลื่อน)?\s*(?P<days>\d{1,3})\s*วัน")


def mine(turn: Turn, staff: Staff) -> list[Message]:
    """This person's open duties, the most urgent first; and what waits for them to check."""
    session, today = turn.session, bangkok_date(turn.now)
    own = (Duty.owner_id == staff.id, Duty.status.in_(LIVE_DUTY_STATUSES))
    count = session.scalar(select(func.count()).select_from(Duty).where(*own)) or 0
    duties = session.scalars(select(Duty).where(*own).order_by(Duty.due_on, Duty.id).limit(LISTED)).all()
    console = Choice("เปิดในระบบ", f"{turn.agency.public_url}/console/duties/", "link")
    if not duties:
        return [Card("งานของฉัน", (Row("ที่ค้างอยู่", "ไม่มีค่ะ"),), buttons=(console,), choices=(MENU,))]
    rows = tuple(
        Row(f"{number}. {digest.when(duty.due_on, today)}", f"{digest.name(duty)} · {STATUS_LABELS[duty.status]}")
        for number, duty in enumerate(duties, 1)
    )
    taps = tuple(Choice(f"เรื่องที่ {number}", f"s:d:{duty.id}:show") for number, duty in enumerate(duties, 1))
    more = f"และอีก {count - len(duties)} เรื่อง ดูได้ในระบบค่ะ" if count > len(duties) else ""
    return [Card(f"งานของฉัน {count} เรื่อง", rows, note=more, buttons=(console,), choices=(*taps, MENU))]


def _attach(turn: Turn, staff: Staff, duty: Duty) -> list[Message]:
    """What was sent before is this duty's evidence."""
    kept = turn.state.pop("evidence", None)
    if not kept:
        return _ask_for_evidence(turn, duty)
    said: list[Message] = []
    for kind, attachment_id in kept["ids"]:
        form: Literal["photo", "file"] = "photo" if kind == "image" else "file"
        said = _keep(turn, staff, duty, partial(EvidenceDetails, form, attachment_id=attachment_id))
    return said


def tapped(turn: Turn, staff: Staff, duty_id: int, verb: str) -> list[Message]:
    """A button of a reminder: done, doing, skip, postpone, plus<days>, to<day>, attach, ack, show."""
    duty = _duty(turn, staff, duty_id)
    if duty is None:
        return [_out_of_sight()]
    if duty.status not in LIVE_DUTY_STATUSES and verb != "show":
        return [Say(f"{digest.name(duty)}\nงานนี้{STATUS_LABELS[duty.status]}ไปแล้วค่ะ", (digest.MINE, MENU))]
    match verb:
        case "done":
            return _ask_for_evidence(turn, duty)
        case "doing":
            skip = Choice("ข้าม", f"s:d:{duty.id}:skip")
            return _ask(turn, "progress", duty, "ทำถึงไหนแล้วคะ พิมพ์สั้น ๆ ได้เลย\nเช่น ร่างประกาศเสร็จแล้ว รอลงนาม", (skip,))
        case "skip":
            return _progress(turn, staff, duty, "")
        case "postpone":
            return _ask_for_day(turn, duty)
        case "ack":
            return _take_note(turn, staff, duty)
        case "show":
            return [_details(turn, staff, duty)]
        case "attach":
            return _attach(turn, staff, duty)
    if verb.startswith("plus") and verb[4:].isdigit() and int(verb[4:]) in LATER:
        return _ask_for_reason(turn, duty, _later(turn, duty, int(verb[4:])))
    if verb.startswith("to") and _ISO.fullmatch(verb[2:]):
        return _day_is(turn, duty, date.fromisoformat(verb[2:]))
    return [expired_button()]


def written(turn: Turn, staff: Staff, duty_id: int, writing: dict[str, Any]) -> list[Message] | None:
    """What the person sent after the question that `writing` asked; None: it is about something else."""
    duty = _duty(turn, staff, duty_id)
    if duty is None:
        del turn.state["staff"]
        return [_out_of_sight()]
    words = turn.text.strip() if turn.kind == "text" else ""
    match writing["do"]:
        case "evidence":
            return _evidence(turn, staff, duty, words)
        case "more":
            if turn.kind in ("image", "file") or _LINK.search(words):
                return _evidence(turn, staff, duty, words)
            del turn.state["staff"]
            return None
    if not words:
        return [Say("ขอเป็นข้อความนะคะ", (_LEAVE,))]
    match writing["do"]:
        case "progress":
            return _progress(turn, staff, duty, words)
        case "day":
            return _day_given(turn, duty, words)
        case "reason":
            return _postpone(turn, staff, duty, date.fromisoformat(writing["day"]), words)
        case "order":
            return _order_dated(turn, staff, duty, writing, words)
    del turn.state["staff"]
    return None


# -- done ------------------------------------------------------------------------------------------------


def _ask_for_evidence(turn: Turn, duty: Duty) -> list[Message]:
    ask = (
        f"{digest.name(duty)}\n\nส่งหลักฐานได้เลยค่ะ อย่างใดอย่างหนึ่ง\n• ลิงก์หน้าเว็บ\n• รูปหรือไฟล์\n"
        "• เลขที่คำสั่ง เช่น คำสั่งที่ 12/2570 ลงวันที่ 3 ธ.ค. 69\n• หรือพิมพ์สั้น ๆ ว่าทำอะไร"
    )
    return _ask(turn, "evidence", duty, ask)


def _evidence(turn: Turn, staff: Staff, duty: Duty, words: str) -> list[Message]:
    today = bangkok_date(turn.now)
    if turn.kind == "image":
        return _keep(turn, staff, duty, lambda: EvidenceDetails("photo", attachment_id=_file(turn)))
    if turn.kind == "file":
        return _keep(turn, staff, duty, lambda: EvidenceDetails("file", attachment_id=_file(turn)))
    if not words:
        return [Say("ขอเป็นลิงก์ รูป ไฟล์ เลขที่คำสั่ง\nหรือข้อความสั้น ๆ นะคะ", (_LEAVE,))]
    if link := _LINK.search(words):
        title = " ".join((words[: link.start()] + words[link.end() :]).split())
        return _keep(turn, staff, duty, lambda: EvidenceDetails("url", title=title, url=link[0]))
    if order := _ORDER.match(to_arabic(words)):
        number = re.sub(r"\s*/\s*", "/", order["number"]).strip()
        try:
            day = parse_date(re.sub(r"^[\s,]*(?:ลง|เมื่อ)?(?:วันที่)?", "", order["rest"]), today)
        except ThaiDateError:
            choices = (Choice("วันนี้", "วันนี้", "text"),)
            return _ask(turn, "order", duty, f"{number} ลงวันที่เท่าไรคะ", choices, order=number)
        return _keep(turn, staff, duty, lambda: EvidenceDetails("order", order_number=number, dated=day))
    return _keep(turn, staff, duty, lambda: EvidenceDetails("event", title=words[:300], dated=today))


def _order_dated(turn: Turn, staff: Staff, duty: Duty, writing: dict[str, Any], words: str) -> list[Message]:
    try:
        day = parse_date(words, bangkok_date(turn.now))
    except ThaiDateError as error:
        return [Say(str(error), (_LEAVE,))]
    return _keep(turn, staff, duty, lambda: EvidenceDetails("order", order_number=writing["order"], dated=day))


def _file(turn: Turn) -> int:
    return received.keep_file(turn, role="evidence").id


def _keep(turn: Turn, staff: Staff, duty: Duty, details: Callable[[], EvidenceDetails]) -> list[Message]:
    """Into the register; with the first piece the duty is sent in for a second person to check."""
    session = turn.session
    try:
        evidence.add_evidence(session, duty, details(), staff, turn.now)
        if duty.status != "submitted":
            operations.submit(session, turn.agency, duty, staff, turn.now)
    except (EvidenceError, DutyError) as error:
        return [Say(str(error), (_LEAVE,))]
    pieces = session.scalar(select(func.count()).select_from(Evidence).where(Evidence.duty_id == duty.id))
    said = f"เก็บหลักฐานแล้วค่ะ ({pieces} ชิ้น)\nส่งให้หัวหน้าตรวจรับแล้ว ผลจะแจ้งในแชตนี้\n\nมีรูป ไฟล์ หรือลิงก์อีก ส่งต่อได้เลยค่ะ"
    _wait(turn, "more", duty)
    return [Say(said, (Choice("ดูงานนี้", f"s:d:{duty.id}:show"), digest.MINE, MENU))]


# -- under way -------------------------------------------------------------------------------------------


def _progress(turn: Turn, staff: Staff, duty: Duty, note: str) -> list[Message]:
    turn.state.pop("staff", None)
    try:
        operations.record_progress(turn.session, turn.agency, duty, staff, note, turn.now)
    except DutyError as error:
        return [Say(str(error), (digest.MINE, MENU))]
    held = noting.acknowledge(turn.session, turn.agency, duty, staff, turn.now)
    said = f"บันทึกแล้วค่ะ\n{digest.name(duty)}\n{STATUS_LABELS[duty.status]}\n{_due(turn, duty)}"
    if held is not None:
        said += f"\n\nจะยังไม่แจ้งขั้นถัดไป\nจนถึง {format_date(held)}"
    return [Say(said, (Choice("ทำแล้ว", f"s:d:{duty.id}:done"), digest.MINE, MENU))]


def _take_note(turn: Turn, staff: Staff, duty: Duty) -> list[Message]:
    held = noting.acknowledge(turn.session, turn.agency, duty, staff, turn.now)
    said = f"บันทึกว่ารับทราบแล้วค่ะ\n{digest.name(duty)}\n{_due(turn, duty)}"
    if held is not None:
        said += f"\n\nจะยังไม่แจ้งขั้นถัดไป\nจนถึง {format_date(held)}"
    return [Say(said, (Choice("รายละเอียด", f"s:d:{duty.id}:show"), MENU))]


# -- later -----------------------------------------------------------------------------------------------


def _ask_for_day(turn: Turn, duty: Duty) -> list[Message]:
    choices = tuple(
        Choice(f"+{days} วัน ({format_date(_later(turn, duty, days))})", f"s:d:{duty.id}:plus{days}") for days in LATER
    )
    ask = f"{digest.name(duty)}\n{_due(turn, duty)}\n\nเลื่อนไปวันไหนคะ\nกดเลือก หรือพิมพ์วันที่ เช่น 15 ม.ค."
    return _ask(turn, "day", duty, ask, choices)


def _later(turn: Turn, duty: Duty, days: int) -> date:
    start = max(duty.due_on, bangkok_date(turn.now))
    return turn.agency.calendar.shift_deadline(start + timedelta(days=days))


def _day_given(turn: Turn, duty: Duty, words: str) -> list[Message]:
    today = bangkok_date(turn.now)
    try:
        day = day_of(turn, duty, words, today)
    except ThaiDateError as error:
        return [Say(str(error), (_LEAVE,))]
    return _day_is(turn, duty, day)


def _day_is(turn: Turn, duty: Duty, day: date) -> list[Message]:
    if day <= bangkok_date(turn.now):
        return [Say(f"{format_date(day)} ผ่านมาแล้วค่ะ\nขอวันที่หลังจากวันนี้นะคะ", (_LEAVE,))]
    return _ask_for_reason(turn, duty, day)


def day_of(turn: Turn, duty: Duty, words: str, today: date) -> date:
    """A day to come as people type it: a date, "อีก 5 วัน" (after the last day), "สิ้นเดือน". Raises ThaiDateError."""
    calendar = turn.agency.calendar
    words = _LEADING.sub("", words.strip())
    if match := _IN_DAYS.fullmatch(to_arabic(words)):
        return _later(turn, duty, int(match["days"]))
    if match := _END_OF_MONTH.fullmatch(re.sub(r"\s", "", words)):
        months = today.year * 12 + today.month + (1 if match["next"] else 0)
        return calendar.previous_working_day(date(months // 12, months % 12 + 1, 1) - timedelta(days=1))
    return calendar.shift_deadline(parse_date(words, today, prefer="future"))


def _ask_for_reason(turn: Turn, duty: Duty, day: date) -> list[Message]:
    return _ask(
        turn,
        "reason",
        duty,
        f"เลื่อนไปเป็น\n{format_date(day, 'weekday')}\n\nเพราะอะไรคะ พิมพ์เหตุผลสั้น ๆ ค่ะ",
        day=day.isoformat(),
    )


def _postpone(turn: Turn, staff: Staff, duty: Duty, day: date, reason: str) -> list[Message]:
    turn.state.pop("staff", None)
    try:
        operations.postpone(turn.session, turn.agency, duty, staff, day, reason, turn.now)
    except DutyError as error:
        return [Say(str(error), (Choice("เลือกวันใหม่", f"s:d:{duty.id}:postpone"), MENU))]
    return [Say(f"เลื่อนแล้วค่ะ\n{digest.name(duty)}\nกำหนดใหม่ {format_date(duty.due_on, 'weekday')}", (digest.MINE, MENU))]


# -- looking ---------------------------------------------------------------------------------------------


def _details(turn: Turn, staff: Staff, duty: Duty) -> Card:
    session = turn.session
    owner = session.get(Staff, duty.owner_id) if duty.owner_id is not None else None
    pieces = session.scalar(select(func.count()).select_from(Evidence).where(Evidence.duty_id == duty.id))
    can = operations.allowed(duty, staff)
    steps = (("submit", "done", "ทำแล้ว"), ("record_progress", "doing", "กำลังทำ"), ("postpone", "postpone", "เลื่อน"))
    taps = [Choice(label, f"s:d:{duty.id}:{verb}") for needs, verb, label in steps if needs in can]
    return Card(
        digest.name(duty),
        (
            Row("กำหนด", digest.when(duty.due_on, bangkok_date(turn.now))),
            Row("สถานะ", STATUS_LABELS[duty.status]),
            Row("ผู้รับผิดชอบ", owner.name if owner else turn.agency.unit_name(duty.unit_id)),
            *((Row("ล่าสุด", duty.note[:300]),) if duty.note else ()),
            Row("หลักฐาน", f"{pieces} ชิ้น" if pieces else "ยังไม่มี"),
        ),
        note=duty.detail[:500],
        buttons=(*taps, digest.link(turn.agency, duty, "เปิดในระบบ")),
        choices=(digest.MINE, MENU),
    )


# -- inside ----------------------------------------------------------------------------------------------


def _duty(turn: Turn, staff: Staff, duty_id: int) -> Duty | None:
    return turn.session.scalars(select(Duty).where(Duty.id == duty_id, operations.visible_to(staff))).first()


def _due(turn: Turn, duty: Duty) -> str:
    return digest.when(duty.due_on, bangkok_date(turn.now))


def _ask(
    turn: Turn, do: str, duty: Duty, question: str, choices: tuple[Choice, ...] = (), **more: str
) -> list[Message]:
    _wait(turn, do, duty, **more)
    return [Say(question, (*choices, _LEAVE))]


def _wait(turn: Turn, do: str, duty: Duty, **more: str) -> None:
    turn.state["staff"] = {
        "do": do,
        "about": f"d:{duty.id}",
        "asked": _ms(turn.at),
        "until": _ms(turn.now + LIFE),
        **more,
    }


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _out_of_sight() -> Say:
    return Say("งานนี้ย้ายไปอยู่ส่วนงานอื่นแล้วค่ะ\nหรือไม่อยู่ในความรับผิดชอบของคุณ", (digest.MINE, MENU))
