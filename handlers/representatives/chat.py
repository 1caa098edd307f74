"""A representative in the chat: the invitation's code, the cases they help with, and what they send for the staff.

While somebody writes to a case, the conversation's state says so: {"helping": {"id": 3, "until": ms}}. It ends when
they turn to something else (the router calls `hang_up`) or after half an hour of silence.
"""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote

from handlers import dialogue, received
from handlers.complaints.lookup import find_number
from handlers.dialogue import expired_button
from handlers.messages import MENU, OFFICER, Choice, Message, Say
from handlers.representatives import inviting, operations, words
from handlers.representatives.rules import RepresentativeError
from handlers.turn import Turn
from models.representative import Representative
from thai.digits import to_arabic

WRITING_LIFE = timedelta(minutes=30)
WRONG_CODES = 5  # an hour
SHOWN = 5
_HOUR_MS = 3_600_000
_CODE = re.compile(r"ผู้แทน(?:ภาค)?(?:ประชาชน)?[\s:]*([a-z0-9][a-z0-9 -]{3,14})", re.IGNORECASE)
_STOP = Choice("พอแล้ว", "r:enough")
GONE = "คุณไม่ได้เป็นผู้แทนของเรื่องนี้แล้วค่ะ\nขอบคุณที่ช่วยดูแลนะคะ"


def words_of(code: str) -> str:
    """What to send to open an invitation."""
    return f"ผู้แทน {code}"


def deep_link(line_id: str, code: str) -> str:
    """An address that opens the chat with these words; "" without the agency's LINE id."""
    return f"https://line.me/R/oaMessage/{quote(line_id)}/?{quote(words_of(code))}" if line_id else ""


def hang_up(turn: Turn) -> None:
    """What the person sends next is no longer for a case that they help with."""
    turn.state.pop("helping", None)


# -- the invitation --------------------------------------------------------------------------------------


def by_code(turn: Turn) -> list[Message] | None:
    """An invitation's code, wherever the person is; None for other words."""
    found = _CODE.fullmatch(to_arabic(turn.text).strip()) if turn.text.lstrip().startswith("ผู้แทน") else None
    if found is None:
        return None
    dialogue.pause(turn)
    hang_up(turn)
    now = int(turn.now.timestamp() * 1000)
    wrong = [at for at in turn.state.get("wrong_invitations", ()) if now - at < _HOUR_MS]
    if len(wrong) >= WRONG_CODES:
        return [Say("ใส่รหัสไม่ถูกหลายครั้งแล้วค่ะ\nรอ 1 ชั่วโมง หรือขอรหัสใหม่จากเจ้าหน้าที่นะคะ", (OFFICER, MENU))]
    row = inviting.open_invitation(turn.session, turn.agency.id, found[1], turn.talk.id, turn.now, turn.secret_key)
    if row is None:
        turn.state["wrong_invitations"] = [*wrong, now]
        return [Say("รหัสนี้ใช้ไม่ได้ค่ะ อาจหมดอายุหรือใช้ไปแล้ว\nขอรหัสใหม่จากเจ้าหน้าที่ได้เลยนะคะ", (OFFICER, MENU))]
    turn.state.pop("wrong_invitations", None)
    if problem := inviting.unsuitable(turn.session, row.case, turn.talk.id, turn.talk.user_id):
        row.conversation_id = None  # for whom it is meant
        return [Say(problem, (OFFICER, MENU))]
    turn.subject = f"case:{row.case_id}"
    return words.invitation(turn.agency, row)


def _answer(turn: Turn, row: Representative, yes: bool) -> list[Message]:
    if yes and row.status == "active":
        return words.case_card(turn.agency, row, turn.now)
    try:
        if not yes:
            inviting.decline(turn.session, turn.agency, row, turn.now)
            return [Say("ไม่เป็นไรค่ะ ขอบคุณที่แจ้งให้ทราบนะคะ\nเราจะลบชื่อของคุณภายใน 30 วัน", (OFFICER, MENU))]
        inviting.accept(turn.session, turn.agency, row, turn.now)
    except RepresentativeError as error:
        return [Say(str(error), (OFFICER, MENU))]
    thanks = Say("ขอบคุณที่รับเป็นผู้แทนค่ะ\nเรื่องเปลี่ยนสถานะเมื่อไร จะบอกในแชตนี้\nดูเองได้ทุกเมื่อ พิมพ์ ผู้แทน ค่ะ")
    return [thanks, *words.case_card(turn.agency, row, turn.now)]


# -- the cases -------------------------------------------------------------------------------------------


def listing(turn: Turn) -> list[Message]:
    """What the person helps with."""
    rows = operations.of_person(turn.session, turn.talk.id, turn.now)
    if not rows:
        return [
            Say("ตอนนี้คุณไม่ได้เป็นผู้แทนของเรื่องใดค่ะ\nถ้ามีรหัสเชิญ พิมพ์ ผู้แทน ตามด้วยรหัส 8 ตัวค่ะ", (OFFICER, MENU)),
        ]
    turn.subject = f"case:{rows[0].case_id}"
    if len(rows) == 1:
        return words.case_card(turn.agency, rows[0], turn.now)
    return [words.list_card(rows[:SHOWN])]


def tapped(turn: Turn, parts: list[str]) -> list[Message]:
    """A button "r:list", "r:enough" or "r:<verb>:<representative>": yes, no, show, add, leave, gone."""
    match parts:
        case ["list"]:
            return listing(turn)
        case ["enough"]:
            hang_up(turn)
            return [Say("ได้ค่ะ ขอบคุณที่ช่วยดูแลนะคะ", (words.MINE, MENU))]
        case [verb, number] if (row := _own(turn, number)) is not None:
            turn.subject = f"case:{row.case_id}"
            return _tap(turn, verb, row)
        case [("show" | "add" | "leave" | "gone" | "yes" | "no"), _]:
            return [Say(GONE, (OFFICER, MENU))]
    return [expired_button()]


def _own(turn: Turn, number: str) -> Representative | None:
    """The row, if this conversation opened it and it is not over."""
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    row = turn.session.get(Representative, int(number))
    return row if row is not None and row.conversation_id == turn.talk.id else None


def _tap(turn: Turn, verb: str, row: Representative) -> list[Message]:
    if verb in ("yes", "no") and (row.status == "invited" or verb == "yes"):
        return _answer(turn, row, verb == "yes")
    if row not in operations.of_person(turn.session, turn.talk.id, turn.now):
        return [Say(GONE, (OFFICER, MENU))]
    match verb:
        case "show":
            return words.case_card(turn.agency, row, turn.now)
        case "add":
            dialogue.pause(turn)
            _listen(turn, row)
            ask = f"เรื่อง {row.case.number}\nพิมพ์ หรือส่งรูปที่พบได้เลยค่ะ\nเจ้าหน้าที่เท่านั้นที่เห็น"
            return [Say(ask, (_STOP, MENU))]
        case "leave":
            yes = Choice("เลิกเป็นผู้แทน", f"r:gone:{row.id}")
            ask = f"เลิกเป็นผู้แทนของเรื่องนี้ใช่ไหมคะ\n{row.case.number}"
            return [Say(ask, (Choice("ไม่เลิก", f"r:show:{row.id}"), yes))]
        case "gone":
            operations.leave(turn.session, turn.agency, row, turn.now)
            said = "เลิกให้แล้วค่ะ ขอบคุณที่ช่วยมาตลอดนะคะ\nขอให้เก็บเรื่องนี้เป็นความลับต่อไป\n\nอยากให้ลบชื่อจากทะเบียน บอกเจ้าหน้าที่ได้ค่ะ"
            return [Say(said, (OFFICER, MENU))]
    return [expired_button()]


# -- what they send --------------------------------------------------------------------------------------


def _listen(turn: Turn, row: Representative) -> None:
    turn.state["helping"] = {"id": row.id, "until": int((turn.now + WRITING_LIFE).timestamp() * 1000)}


def relay(turn: Turn) -> list[Message] | None:
    """Words, a photo, a place or a file for the case that the person writes to, or the number of a case that they help
    with; None for anything else."""
    helping = turn.state.get("helping")
    if helping is None:
        return _by_number(turn)
    row = turn.session.get(Representative, helping["id"])
    over = helping["until"] < turn.now.timestamp() * 1000
    if over or row is None or row not in operations.of_person(turn.session, turn.talk.id, turn.now):
        hang_up(turn)
        return None if over else [Say(GONE, (OFFICER, MENU))]
    turn.subject = f"case:{row.case_id}"
    if turn.kind == "sticker":
        return [Say("ขอบคุณค่ะ พิมพ์หรือส่งรูปต่อได้เลยนะคะ", (_STOP, MENU))]
    text, attachment_id = received.words_and_file(turn)
    operations.hear(
        turn.session,
        turn.agency,
        row,
        turn.now,
        text=text,
        line_message_id=turn.message_id or None,
        attachment_id=attachment_id,
    )
    _listen(turn, row)
    return [Say(f"ส่งให้เจ้าหน้าที่แล้วค่ะ ({row.case.number})\nส่งเพิ่มได้อีกนะคะ", (_STOP, MENU))]


def _by_number(turn: Turn) -> list[Message] | None:
    number = find_number(turn.text) if turn.kind == "text" else None
    if number is None:
        return None
    for row in operations.of_person(turn.session, turn.talk.id, turn.now):
        if row.case.number == number:
            turn.subject = f"case:{row.case_id}"
            return words.case_card(turn.agency, row, turn.now)
    return None
