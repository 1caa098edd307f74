"""Staff in the chat: linking a LINE account, and doing with a notice what it asks for.

What a person is about to write lies in the conversation's state until it is written, left or half an hour old:

    {"staff": {"do": "answer", "about": "q:12", "asked": ms, "until": ms, "sub": "budget", "photos": [3, 4]}}

Ordinary people's turns pass through `spoken` at the cost of two look-ups in memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from handlers import dialogue, received
from handlers.complaints import operations as cases
from handlers.complaints.labels import SUB_STATUS_LABEL, status_text
from handlers.dialogue import expired_button
from handlers.duties import chat as duties
from handlers.duties import moves, unasked
from handlers.messages import MENU, OFFICER, Choice, Message, Say
from handlers.people import casework, conduct
from handlers.people.operations import linked_staff, redeem_link_code
from handlers.questions import operations as questions
from handlers.summaries import chat as summaries
from handlers.turn import Turn
from models.agency import Staff
from models.case import Case
from models.question import Question
from thai.dates import format_datetime
from thai.digits import to_arabic
from thai.text import fold_command, normalise

WRITING_LIFE = timedelta(minutes=30)
WRONG_CODES = 5  # an hour
HOUR_MS = 3_600_000
MOST_PHOTOS = 5
_LINK = re.compile(r"เชื่?อม\s*(?:ต่อ|บัญชี)?\s*(?:line|ไลน์)?[\s:.-]*(\d[\d\s-]*)", re.IGNORECASE)
_LEAVE = {fold_command(word) for word in ("ยกเลิก", "เลิก", "ออก", "ไม่ตอบแล้ว", "cancel")}
_SHOW_MENU = {fold_command(word) for word in ("เมนู", "menu", "หน้าหลัก")}
_SUMMARY = {fold_command(word) for word in ("ภาพรวม", "สรุป", "รายงาน", "สรุปผล", "ดูสรุป", "ดูรายงาน", "สรุปงาน")}
_LEAVE_TAP = Choice("ยกเลิก", "s:leave")


def spoken(turn: Turn) -> list[Message] | None:
    """Words or a photo of a staff member at work; None when the turn is for somebody else."""
    writing = turn.state.get("staff")
    if writing is not None:
        return _written(turn, writing)
    if turn.kind == "text" and turn.text.lstrip().startswith(("เชื่อม", "เชือม")):
        return _link(turn)
    if turn.kind in ("image", "file") and not dialogue.active(turn):
        return _thing_of_staff(turn)
    if turn.kind != "text" or dialogue.active(turn):
        return None
    folded = fold_command(turn.text)
    if folded == duties.MINE:
        return _my_duties(turn)
    if casework.may_mean(turn.text):
        return casework.asked(turn)
    if folded in conduct.ASKED and linked_staff(turn.session, turn.talk.user_id) is not None:
        return [conduct.card(turn.agency)]
    if folded in _SUMMARY and (staff := linked_staff(turn.session, turn.talk.user_id)) is not None:
        return summaries.newest(turn, staff)
    if unasked.may_mean(turn.text) and (staff := linked_staff(turn.session, turn.talk.user_id)) is not None:
        return unasked.which(turn, staff)
    return None


def _thing_of_staff(turn: Turn) -> list[Message] | None:
    """A photo or file of a member of staff who is in no talk: perhaps evidence of a duty."""
    if turn.talk.handoff_id is not None or turn.talk.reply_case_id is not None:
        return None
    staff = linked_staff(turn.session, turn.talk.user_id)
    return unasked.offered(turn, staff) if staff is not None else None


def _my_duties(turn: Turn) -> list[Message] | None:
    staff = linked_staff(turn.session, turn.talk.user_id)
    return duties.mine(turn, staff) if staff is not None else None


def tapped(turn: Turn, parts: list[str]) -> list[Message]:
    """A button of a notice: "q:<id>:answer|close", "c:<id>:accept|answer|done|progress[:<sub>]", "sum:<id>:ack",
    "d:mine", "d:<id>:<verb>" (handlers/duties/chat.py), or "leave"."""
    if parts == ["leave"]:
        turn.state.pop("staff", None)
        return [Say("ยกเลิกแล้วค่ะ ยังไม่ได้ส่งอะไรออกไป", (MENU,))]
    staff = linked_staff(turn.session, turn.talk.user_id)
    if staff is None:
        return [Say("ปุ่มนี้สำหรับเจ้าหน้าที่ที่เชื่อมบัญชีแล้วค่ะ", (OFFICER, MENU))]
    match parts:
        case ["q", number, verb] if number.isdigit():
            return _question_tap(turn, staff, int(number), verb)
        case ["c", number, verb, *rest] if number.isdigit():
            return _case_tap(turn, staff, int(number), verb, rest[0] if rest else "")
        case ["d", "mine"]:
            turn.state.pop("staff", None)
            return duties.mine(turn, staff)
        case ["d", number, verb] if number.isdigit():
            return duties.tapped(turn, staff, int(number), verb)
        case ["pack", number] if number.isdigit():
            return _pack_tap(turn, staff, int(number))
        case ["sum", number, "ack"] if number.isdigit():
            return summaries.acknowledged(turn, staff, int(number))
    return [expired_button()]


# -- linking ---------------------------------------------------------------------------------------------


def _link(turn: Turn) -> list[Message] | None:
    match = _LINK.fullmatch(to_arabic(normalise(turn.text)).strip())
    if match is None:
        return None  # "เชื่อมต่อประปา" is a citizen's question
    now = _ms(turn.now)
    wrong = [at for at in turn.state.get("wrong_codes", ()) if now - at < HOUR_MS]
    if len(wrong) >= WRONG_CODES:
        return [Say("ใส่รหัสไม่ถูกหลายครั้งแล้วค่ะ\nรอ 1 ชั่วโมง แล้วขอรหัสใหม่ที่หน้าเจ้าหน้าที่นะคะ", (OFFICER, MENU))]
    code = re.sub(r"\D", "", match[1])
    staff = redeem_link_code(turn.session, turn.agency, code, turn.talk.user_id, turn.now)
    if staff is None:
        turn.state["wrong_codes"] = [*wrong, now]
        return [
            Say(
                "รหัสนี้ใช้ไม่ได้ค่ะ อาจหมดเวลา หรือใช้ไปแล้ว\nขอรหัสใหม่ได้ที่หน้าเจ้าหน้าที่ เมนูบัญชีของฉัน\nแล้วพิมพ์ เชื่อมต่อ ตามด้วยรหัส 6 ตัวค่ะ",
                (OFFICER, MENU),
            )
        ]
    turn.state.pop("wrong_codes", None)
    return [
        Say(
            f"เชื่อมบัญชีแล้วค่ะ คุณ{staff.name}\n\nเรื่องใหม่และเรื่องใกล้ครบกำหนด\nจะแจ้งในแชตนี้ กดปุ่มใต้เรื่องเพื่อตอบได้เลยค่ะ",
            (MENU,),
        )
    ]


# -- writing an answer -----------------------------------------------------------------------------------


def _ask_for(turn: Turn, do: str, about: str, question: str, sub: str = "") -> list[Message]:
    turn.state["staff"] = {
        "do": do,
        "about": about,
        "asked": _ms(turn.at),
        "until": _ms(turn.now + WRITING_LIFE),
        **({"sub": sub} if sub else {}),
    }
    return [Say(question, (_LEAVE_TAP,))]


def _written(turn: Turn, writing: dict[str, Any]) -> list[Message] | None:
    if _ms(turn.at) < writing["asked"]:
        return None  # sent before the button was tapped, delivered after
    folded = fold_command(turn.text) if turn.kind == "text" else ""
    if folded in _SHOW_MENU:
        del turn.state["staff"]
        return None
    if folded == duties.MINE:
        del turn.state["staff"]
        return _my_duties(turn)
    if folded in _LEAVE:
        return tapped(turn, ["leave"])
    if _ms(turn.now) > writing["until"]:
        del turn.state["staff"]
        return [Say("หมดเวลารอคำตอบแล้ว จึงยังไม่ได้ส่งข้อความนี้ค่ะ\nกดปุ่มตอบใต้เรื่องอีกครั้งนะคะ", (MENU,))]
    staff = linked_staff(turn.session, turn.talk.user_id)
    if staff is None:
        del turn.state["staff"]
        return None
    kind, _, row_id = writing["about"].partition(":")
    if kind == "d":
        return duties.written(turn, staff, int(row_id), writing)
    if turn.kind == "image" and writing["do"] == "done":
        return _keep_photo(turn, writing)
    if turn.kind != "text" or not turn.text.strip():
        return [Say("ขอเป็นข้อความนะคะ\nรูปและไฟล์ส่งได้จากหน้าเจ้าหน้าที่ค่ะ", (_LEAVE_TAP,))]
    if kind == "q":
        return _answer_question(turn, staff, int(row_id))
    return _write_to_case(turn, staff, int(row_id), writing)


def _asked_for_photo(turn: Turn, writing: dict[str, Any], case: Case) -> list[Message]:
    """The words came without a photo: the reporter wants to see it, and one tap goes on without."""
    writing["words"] = turn.text.strip()
    taps = (Choice("ปิดโดยไม่มีรูป", f"s:c:{case.id}:nophoto"), _LEAVE_TAP)
    return [Say("จดสรุปไว้แล้วค่ะ ยังไม่ได้ส่ง\nมีรูปหลังทำ ส่งมาได้เลย\nถ้าไม่มี กด “ปิดโดยไม่มีรูป” ค่ะ", taps)]


def _without_photo(turn: Turn, staff: Staff, case: Case) -> list[Message]:
    writing = turn.state.pop("staff", None)
    if not writing or writing["about"] != f"c:{case.id}" or not writing.get("words"):
        return [expired_button()]
    return _finish(turn, staff, case, writing["words"], ())


def _finish(turn: Turn, staff: Staff, case: Case, words: str, photos: Sequence[int]) -> list[Message]:
    key = turn.secret_key
    return _did(
        turn,
        staff,
        case,
        lambda: cases.done(turn.session, turn.agency, case, staff, turn.now, words, photos, secret_key=key),
    )


def _keep_photo(turn: Turn, writing: dict[str, Any]) -> list[Message]:
    photos = writing.setdefault("photos", [])
    if len(photos) >= MOST_PHOTOS:
        return [Say(f"รับรูปได้ {MOST_PHOTOS} รูปค่ะ\nพิมพ์สรุปสั้น ๆ ถึงผู้แจ้งได้เลยค่ะ", (_LEAVE_TAP,))]
    photos.append(received.keep_file(turn, role="after").id)
    if words := writing.get("words"):
        staff = linked_staff(turn.session, turn.talk.user_id)
        case = _case(turn, staff, int(writing["about"].partition(":")[2])) if staff is not None else None
        del turn.state["staff"]
        return (
            _finish(turn, staff, case, words, photos) if staff is not None and case is not None else [_out_of_sight()]
        )
    return [Say(f"ได้รับรูปแล้วค่ะ ({len(photos)} รูป)\nส่งเพิ่มได้ หรือพิมพ์สรุปสั้น ๆ ถึงผู้แจ้งค่ะ", (_LEAVE_TAP,))]


def _pack_tap(turn: Turn, staff: Staff, receipt_id: int) -> list[Message]:
    """A newcomer or a moved officer has read the measures (R78)."""
    receipt = moves.acknowledge(turn.session, receipt_id, staff, turn.now)
    if receipt is None or receipt.acknowledged_at is None:
        return [expired_button()]
    at = format_datetime(receipt.acknowledged_at)
    return [Say(f"บันทึกว่าคุณรับทราบแล้วค่ะ\n{at}\n\nดูงานของคุณได้ที่หน้าเจ้าหน้าที่ เมนูงานตามกำหนดค่ะ", (MENU,))]


# -- questions -------------------------------------------------------------------------------------------


def _question(turn: Turn, staff: Staff, question_id: int) -> Question | None:
    return turn.session.scalars(select(Question).where(Question.id == question_id, questions.visible_to(staff))).first()


def _question_tap(turn: Turn, staff: Staff, question_id: int, verb: str) -> list[Message]:
    question = _question(turn, staff, question_id)
    if question is None:
        return [_out_of_sight()]
    if question.status == "closed":
        return [Say(f"คำถาม {question.number} ปิดไปแล้วค่ะ", (MENU,))]
    if verb == "answer":
        ask = f"พิมพ์คำตอบของ {question.number} ได้เลยค่ะ\nข้อความถัดไปจะส่งถึงผู้ถามทันที"
        return _ask_for(turn, "answer", f"q:{question.id}", ask)
    if verb == "close":
        try:
            questions.close(turn.session, turn.agency, question, f"staff:{staff.id}", turn.now)
        except questions.QuestionError as error:
            return [Say(str(error), (MENU,))]
        return [Say(f"ปิดคำถาม {question.number} แล้วค่ะ", (MENU,))]
    return [expired_button()]


def _answer_question(turn: Turn, staff: Staff, question_id: int) -> list[Message]:
    question = _question(turn, staff, question_id)
    del turn.state["staff"]
    if question is None:
        return [_out_of_sight()]
    try:
        questions.answer(turn.session, turn.agency, question, staff, turn.text.strip(), turn.now)
    except questions.QuestionError as error:
        return [Say(str(error), (MENU,))]
    return [
        Say(
            f"ส่งคำตอบของ {question.number} ถึงผู้ถามแล้วค่ะ",
            (Choice("ตอบเพิ่ม", f"s:q:{question.id}:answer"), Choice("ปิดคำถาม", f"s:q:{question.id}:close"), MENU),
        )
    ]


# -- cases -----------------------------------------------------------------------------------------------


def _case(turn: Turn, staff: Staff, case_id: int) -> Case | None:
    return turn.session.scalars(select(Case).where(Case.id == case_id, cases.visible_to(staff))).first()


def _case_tap(turn: Turn, staff: Staff, case_id: int, verb: str, sub: str) -> list[Message]:
    case = _case(turn, staff, case_id)
    if case is None:
        return [_out_of_sight()]
    if verb == "show":
        return [casework.card(turn, staff, case)]
    if verb == "nophoto":
        return _without_photo(turn, staff, case)
    if verb not in cases.allowed(case, staff):
        state = status_text(case.status, case.sub_status)
        return [Say(f"เรื่อง {case.number} ตอนนี้อยู่ในขั้น\n{state}\nจึงทำรายการนี้ไม่ได้ค่ะ", (MENU,))]
    about = f"c:{case.id}"
    match verb:
        case "accept":
            return _did(turn, staff, case, lambda: cases.accept(turn.session, turn.agency, case, staff, turn.now))
        case "answer":
            ask = f"พิมพ์ข้อความถึงผู้แจ้งเรื่อง {case.number} ได้เลยค่ะ\nข้อความถัดไปจะส่งทันที"
            return _ask_for(turn, "answer", about, ask)
        case "done":
            ask = f"เรื่อง {case.number} ทำเสร็จแล้วนะคะ\nส่งรูปหลังทำ แล้วพิมพ์สรุปสั้น ๆ ถึงผู้แจ้งค่ะ"
            return _ask_for(turn, "done", about, ask)
        case "progress" if sub in SUB_STATUS_LABEL:
            ask = f"เรื่อง {case.number} ขั้น {SUB_STATUS_LABEL[sub]}\nพิมพ์บอกผู้แจ้งสั้น ๆ ว่าทำถึงไหนแล้วค่ะ"
            return _ask_for(turn, "progress", about, ask, sub)
        case "progress":
            taps = [Choice(label[:20], f"s:{about}:progress:{name}") for name, label in SUB_STATUS_LABEL.items()]
            return [Say(f"เรื่อง {case.number} อยู่ขั้นไหนแล้วคะ", (*taps, _LEAVE_TAP))]
    return [expired_button()]


def _write_to_case(turn: Turn, staff: Staff, case_id: int, writing: dict[str, Any]) -> list[Message]:
    case = _case(turn, staff, case_id)
    if case is not None and writing["do"] == "done" and not writing.get("photos") and case.kind != "request":
        return _asked_for_photo(turn, writing, case)
    del turn.state["staff"]
    if case is None:
        return [_out_of_sight()]
    session, agency, words, now = turn.session, turn.agency, turn.text.strip(), turn.now
    match writing["do"]:
        case "answer":
            return _did(turn, staff, case, lambda: cases.answer(session, agency, case, staff, words, now))
        case "progress":
            sub = writing["sub"]
            return _did(turn, staff, case, lambda: cases.progress(session, agency, case, staff, now, sub, words))
    return _finish(turn, staff, case, words, writing.get("photos", ()))


def _did(turn: Turn, staff: Staff, case: Case, act: Callable[[], object]) -> list[Message]:
    """Do it, and say how the case stands and what can be done next."""
    try:
        act()
    except cases.CaseError as error:
        return [Say(str(error), (MENU,))]
    said = f"เรียบร้อยค่ะ เรื่อง {case.number}\n{status_text(case.status, case.sub_status)}"
    return [Say(said, (*casework.next_steps(case, staff), MENU))]


def _out_of_sight() -> Say:
    return Say("เรื่องนี้ย้ายไปอยู่ส่วนงานอื่นแล้วค่ะ\nหรือไม่อยู่ในความรับผิดชอบของคุณ", (MENU,))


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
