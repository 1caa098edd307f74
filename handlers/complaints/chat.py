"""The chat's way into complaints: everything that handlers/router.py calls, and every tap that begins with "c:"."""

from __future__ import annotations

from handlers.complaints import cards, operations
from handlers.complaints.filing import (
    FLOW,
    declined,
    every_category,
    go_on,
    join,
    start_with_photo,
    start_with_pin,
    use_photo_place,
    use_pin,
)
from handlers.complaints.following import add, by_number, follow, leave, own, relay, seen, show, stop, track
from handlers.dialogue import MENU, OFFICER, expired_button
from handlers.messages import Choice, Message, Say
from handlers.turn import Turn
from models.case import Case

__all__ = ["FLOW", "by_number", "follow", "relay", "start_with_photo", "start_with_pin", "tapped"]


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
            return declined(turn)
        case "all", []:
            return every_category(turn)
        case "gps", []:
            return use_photo_place(turn)
        case (("nogps" | "new"), []):
            return go_on(turn)
        case "same", [case_id] if case_id.isdigit():
            return join(turn, int(case_id))
    return [expired_button(FLOW)]


def _case_tap(turn: Turn, verb: str, case: Case, rest: list[str]) -> list[Message]:
    """What only the reporter may do. Raises CaseError."""
    session, agency = turn.session, turn.agency
    match verb, rest:
        case "ok", []:
            operations.confirm(session, agency, case, turn.actor, turn.now)
            return [Say(f"ขอบคุณค่ะ ปิดเรื่อง\n{case.number}\nพอใจแค่ไหนคะ ให้คะแนนได้เลยค่ะ", cards.rating_choices(case))]
        case "no", []:
            operations.not_done(session, agency, case, turn.actor, turn.now)
            said = f"เปิดเรื่อง {case.number} ต่อให้แล้วค่ะ\nแจ้งหัวหน้าส่วนงานแล้วด้วย\n\nยังไม่เรียบร้อยตรงไหนคะ\nพิมพ์หรือส่งรูปได้เลยค่ะ"
            return add(turn, case, said)
        case "rate", [value] if value.isdigit():
            operations.rate(session, case, int(value), turn.actor, turn.now)
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
