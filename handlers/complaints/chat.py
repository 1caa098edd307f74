"""The chat's way into complaints: everything that handlers/router.py calls, and every tap that begins with "c:"."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from handlers import dialogue
from handlers.complaints import cards, following, operations
from handlers.complaints.filing import (
    FLOW,
    begin,
    begin_with,
    every_category,
    go_on,
    join,
    keep_photo,
    start_with_photo,
    start_with_pin,
    use_photo_place,
    use_pin,
)
from handlers.complaints.following import add, follow, leave, own, relay, seen, show, stop, track
from handlers.complaints.lookup import find_secret
from handlers.dialogue import expired_button
from handlers.messages import MENU, OFFICER, Choice, Message, Say
from handlers.turn import Turn
from models.case import OPEN_STATUSES, Case
from thai.digits import to_arabic
from thai.text import detone, fold_command, normalise

VERDICT_LIFE = timedelta(days=30)  # how long "เรียบร้อย" typed still answers "เรียบร้อยไหมคะ"
RATING_LIFE_MS = 30 * 60_000
LONGEST_AFTER = 60  # characters of "เมื่อไหร่จะมาซ่อม"; more is a story
_WELL = {fold_command(w) for w in ("เรียบร้อย", "เรียบร้อยแล้ว", "เรียบร้อยดี", "ซ่อมเสร็จแล้ว", "ใช้ได้แล้ว")}
_NOT_WELL = {
    fold_command(word + end)
    for word in ("ยังไม่เรียบร้อย", "ไม่เรียบร้อย", "ยังไม่เสร็จ", "ยังไม่ซ่อม", "ยังใช้ไม่ได้", "เหมือนเดิม")
    for end in ("", "เลย")
}

_VERDICTS = _WELL | _NOT_WELL

_AFTER = re.compile(
    detone(
        "ถึงไหน(?:แล้ว)?|(?:เมื่อไร|เมื่อไหร่|ตอนไหน|วันไหน|มื้อได๋).{0,6}(?:จะ|สิ)?(?:เสร็จ|มาซ่อม|มาทำ|มาดู|มาแก้|ซ่อม)|(?:เสร็จ|ซ่อม|มาดู)(?:หรือ)?(?:ยัง|รึยัง)"
        "|(?:แจ้ง|ร้องเรียน)(?:ไป|ไว้)?.{0,12}(?:เงียบ|ไม่เห็น|ไม่มีใคร|ยังไม่|นานแล้ว)|(?:ดู|เช็ค|เช็ก|ตาม|ยกเลิก|ติดตาม)(?:สถานะ)?เรื่อง(?:ของ(?:ฉัน|ผม|หนู|ยาย))?(?:ที่)?(?:แจ้ง|ร้อง|ส่ง)?"
        "|เรื่องของ(?:ฉัน|ผม|หนู|ยาย|ตา|ป้า|ลุง)"
    )
)

__all__ = [
    "FLOW",
    "after",
    "begin",
    "begin_with",
    "by_number",
    "follow",
    "keep_photo",
    "only_number",
    "relay",
    "start_with_photo",
    "start_with_pin",
    "tapped",
]


def after(turn: Turn) -> list[Message] | None:
    """ "เมื่อไหร่จะมาซ่อม", "แจ้งไปแล้วเงียบเลย": the cases of somebody who has some open; None for other words."""
    if len(turn.text) > LONGEST_AFTER or not _AFTER.search(detone(normalise(turn.text)).replace(" ", "")):
        return None
    mine = select(Case.id).where(Case.conversation_id == turn.talk.id, Case.status.in_((*OPEN_STATUSES, "done")))
    return follow(turn) if turn.session.scalars(mine.limit(1)).first() is not None else None


def by_number(turn: Turn) -> list[Message] | None:
    """Words that belong to a case: a typed answer to what was asked of it, its number, its secret; else None."""
    answered = _typed_answer(turn)
    return answered if answered is not None else following.by_number(turn)


def only_number(turn: Turn) -> list[Message] | None:
    """The case whose number is all that was typed, also to somebody who waits for an officer; None for other words."""
    known = following.is_only_number(turn.text) or (turn.state.get("lookup") and find_secret(turn.text))
    return following.by_number(turn) if known else None


def _typed_answer(turn: Turn) -> list[Message] | None:
    """ "เรียบร้อย", "ยังไม่เรียบร้อย" or a rating, typed instead of tapped."""
    case_id, asked = turn.state.get("rate", (0, 0))
    value = to_arabic(turn.text).strip()
    if value in ("1", "2", "3", "4", "5") and turn.now.timestamp() * 1000 - asked < RATING_LIFE_MS:
        return tapped(turn, ["rate", str(case_id), value])
    folded = fold_command(turn.text)
    if folded not in _VERDICTS:
        return None
    waiting = select(Case.id).where(
        Case.conversation_id == turn.talk.id, Case.status == "done", Case.done_at > turn.now - VERDICT_LIFE
    )
    found = turn.session.scalars(waiting.limit(2)).all()
    if len(found) == 1:
        return tapped(turn, ["ok" if folded in _WELL else "no", str(found[0])])
    return follow(turn) if found else None


def tapped(turn: Turn, parts: list[str]) -> list[Message]:
    """A button "c:<verb>[:<draft or case>[:<more>]]"; one that is not this conversation's is an old button."""
    match parts:
        case ["pin"]:
            return use_pin(turn)
        case ["leave"]:
            return leave(turn)
        case ["track", case_id]:
            return track(turn, case_id)
        case [("decline" | "all" | "gps" | "nogps" | "new" | "same") as verb, draft_id, *rest]:
            return _draft_tap(turn, verb, draft_id, rest)
        case [("show" | "stop") as verb, case_id] if followed := seen(turn, case_id):
            return show(turn, followed) if verb == "show" else stop(turn, followed)
        case [verb, case_id, *rest] if case := own(turn, case_id):
            turn.subject = f"case:{case.id}"
            try:
                return _case_tap(turn, verb, case, rest)
            except operations.CaseError as error:
                return [Say(str(error), (Choice("ดูเรื่องนี้", f"c:show:{case.id}"), OFFICER, MENU))]
    return [expired_button(FLOW)]


def _draft_tap(turn: Turn, verb: str, draft_id: str, rest: list[str]) -> list[Message]:
    draft = turn.state.get("form")
    if not draft or draft["id"] != draft_id or draft["name"] != FLOW.form.name:
        return [expired_button(FLOW)]
    draft.pop("paused", None)
    match verb, rest:
        case "decline", []:
            return dialogue.declined(turn)
        case "all", []:
            return every_category(turn)
        case "gps", []:
            return use_photo_place(turn)
        case (("nogps" | "new"), []):
            return go_on(turn)
        case "same", [case_id] if case_id.isdecimal():
            return join(turn, int(case_id))
    return [expired_button(FLOW)]


def _case_tap(turn: Turn, verb: str, case: Case, rest: list[str]) -> list[Message]:
    """What only the reporter may do. Raises CaseError."""
    session, agency = turn.session, turn.agency
    match verb, rest:
        case "ok", []:
            operations.confirm(session, agency, case, turn.actor, turn.now)
            turn.state["rate"] = [case.id, int(turn.now.timestamp() * 1000)]
            return [Say(f"ขอบคุณค่ะ ปิดเรื่อง\n{case.number}\nพอใจแค่ไหนคะ ให้คะแนนได้เลยค่ะ", cards.rating_choices(case))]
        case "no", []:
            operations.not_done(session, agency, case, turn.actor, turn.now)
            said = f"เปิดเรื่อง {case.number} ต่อให้แล้วค่ะ\nแจ้งหัวหน้าส่วนงานแล้วด้วย\n\nยังไม่เรียบร้อยตรงไหนคะ\nพิมพ์หรือส่งรูปได้เลยค่ะ"
            return add(turn, case, said)
        case "rate", [value] if value.isdecimal():
            operations.rate(session, case, int(value), turn.actor, turn.now)
            turn.state.pop("rate", None)
            return [Say("บันทึกคะแนนแล้วค่ะ ขอบคุณมากค่ะ", (MENU,))]
        case "add", []:
            return add(turn, case)
        case "cancel", []:
            yes = Choice("ยกเลิกเรื่องนี้", f"c:cancel:{case.id}:yes")
            return [Say(f"ยกเลิกเรื่องนี้แน่ไหมคะ\n{case.number}", (Choice("ไม่ยกเลิก", f"c:show:{case.id}"), yes))]
        case "cancel", ["yes"]:
            operations.cancel(session, agency, case, turn.actor, turn.now, "ผู้แจ้งขอยกเลิก")
            return [Say(f"ยกเลิก {case.number} ให้แล้วค่ะ", (MENU,))]
    return [expired_button(FLOW)]
