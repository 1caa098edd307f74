"""A report of corruption told in the chat, for whoever chose that over the safe form after a plain warning.

Each answer goes through the door at once, where it is sealed. It is never stored, logged, repeated or kept in memory
here. All that the conversation's state holds is

    {"sealed": {"d": draft id or "", "s": step}}

with the step "!warn", "!who" (no key of a question begins so), a question's key ("<key>+" when only that one is
answered anew) or "!review". Who must not see the report travels in the buttons ("i:not:new:3,5"), so that it too is
stored nowhere; who may, in the last of them ("i:open:new:4,9"): an officer who joins after the list was shown is not
in it. From the warning on, every turn of the person comes here first and nowhere else.
"""

from __future__ import annotations

from handlers import dialogue
from handlers.commands import BACK, LEAVE, PERSON, SHOW_MENU, folded
from handlers.integrity import words
from handlers.integrity.door import Gone, Refused, SealedDoor
from handlers.messages import MENU, Card, Choice, Message, Row, Say
from handlers.questions import chat as questions
from handlers.questions.guard import classify
from handlers.turn import SEALED, Turn
from thai.text import fold_command, forget

MOST_PEOPLE = 10  # LINE shows 13 quick replies; two are ours
_SKIP = folded("ข้าม", "ข้ามข้อนี้", "skip")
_DROP = folded("ยกเลิกและลบ")
_SEND = folded("ส่งเรื่อง", "ส่ง", "ยืนยัน")
_THINGS = ("image", "video", "audio", "file", "sticker", "location")


def taken(turn: Turn) -> list[Message] | None:
    """The answer to a turn of somebody who tells something under seal, or wants to; None when it is for others."""
    inside = SEALED in turn.state
    ours = turn.kind == "postback" and turn.data.startswith("i:")
    if not ours and not (inside and (turn.kind in ("text", "postback") or turn.kind in _THINGS)):
        return None
    turn.subject = SEALED
    door = turn.door
    if door is None:
        turn.state.pop(SEALED, None)
        return [Say(words.CLOSED, (MENU,))]
    try:
        return _taken(turn, door, ours)
    except Gone:
        turn.state.pop(SEALED, None)
        return [*_danger(turn), Say(words.GONE, (*_doors(turn), MENU))]
    except Refused as refused:
        again = (Choice("ทำต่อ", f"i:on:{_tag(turn)}"), _drop(turn)) if SEALED in turn.state else (MENU,)
        return [*_danger(turn), Say(str(refused), again)]
    finally:
        forget()  # commands were looked for in what was told


def _taken(turn: Turn, door: SealedDoor, ours: bool) -> list[Message] | None:
    if ours:
        return _tapped(turn, door, turn.data.split(":")[1:])
    elsewhere = turn.kind == "postback" or (turn.kind == "text" and fold_command(turn.text) in SHOW_MENU | PERSON)
    if elsewhere:
        if turn.state[SEALED]["d"]:
            return [_ask_to_leave(turn)]
        turn.state.pop(SEALED)  # nothing was told yet
        turn.subject = ""
        return None
    if turn.kind in _THINGS:
        return [Say(words.NO_FILES), *_ask(turn, door)]
    return [*_danger(turn), *_spoken(turn, door)]


# -- words ---------------------------------------------------------------------------------------------------


def _spoken(turn: Turn, door: SealedDoor) -> list[Message]:
    said, step = fold_command(turn.text), turn.state[SEALED]["s"]
    if said in _DROP or (said in LEAVE and not turn.state[SEALED]["d"]):
        return _cancel(turn, door)
    if said in LEAVE:
        return [_ask_to_leave(turn)]
    if step == "!warn":
        return [Say(words.CHOOSE_DOOR, _warning_choices(turn))]
    if step == "!who":
        return [Say(words.CHOOSE_PEOPLE), *_ask(turn, door)]
    if said in BACK:
        return _back(turn, door)
    if step == "!review":
        return _submit(turn, door) if said in _SEND else _review(turn, door)
    if turn.late:  # it was not written as the answer to this question
        return [Say(words.LATE), *_ask(turn, door)]
    key = step.removesuffix("+")
    if said in _SKIP:
        return _skip(turn, door)
    door.put(turn.state[SEALED]["d"], key, turn.text)
    return [Say(words.SEALED_NOW), *_next(turn, door)]


def _danger(turn: Turn) -> list[Message]:
    """The number to ring first, when the words tell of danger to life. Looked at here and kept nowhere."""
    found = classify(turn.text) if turn.kind == "text" else None
    if found is None or found.kind not in ("emergency", "crisis"):
        return []
    return [Say(questions.whom_to_ring(turn, found.topic)[0])]


# -- taps ----------------------------------------------------------------------------------------------------


def _tapped(turn: Turn, door: SealedDoor, parts: list[str]) -> list[Message]:
    """A button "i:start", or "i:<verb>:<tag>[:<more>]"; the tag keeps a button of an earlier telling from acting."""
    verb, tag, more = (*parts, "", "", "")[:3]
    state = turn.state.get(SEALED)
    if verb == "start":
        return _ask(turn, door) if state else _start(turn, door)
    if state is None or tag != _tag(turn):
        return [Say(words.OLD_BUTTON), *_ask(turn, door)] if state else [Say(words.OLD_BUTTON, (*_doors(turn), MENU))]
    step = state["s"]
    keys = [key for key, _, _ in door.questions()]
    match verb:
        case "drop":
            return _cancel(turn, door)
        case "go" if step == "!warn":
            state["s"] = "!who"
            return _ask(turn, door)
        case "not" if step == "!who":
            return _ask(turn, door, _ids(more))
        case "open" if step == "!who":
            state["d"] = door.begin(turn.agency.code, _ids(more))
            state["s"] = keys[0]
            return _ask(turn, door)
        case "skip" if step == more:
            return _skip(turn, door)
        case "edit" if step == "!review" and more in keys:
            state["s"] = f"{more}+"
            return _ask(turn, door)
        case "send" if step == "!review":
            return _submit(turn, door)
        case "on":
            return _ask(turn, door)
    return [Say(words.OLD_BUTTON), *_ask(turn, door)]


def _start(turn: Turn, door: SealedDoor) -> list[Message]:
    if not door.chat_open(turn.agency.code):
        return [Say(words.CLOSED, (*_doors(turn, chat=False), MENU))]
    turn.state[SEALED] = {"d": "", "s": "!warn"}
    dialogue.pause(turn)
    turn.state.pop("staff", None)
    return _ask(turn, door)


def _cancel(turn: Turn, door: SealedDoor) -> list[Message]:
    draft = turn.state[SEALED]["d"]
    if draft:
        door.cancel(draft)
    turn.state.pop(SEALED)
    return [Say(words.CANCELLED if draft else words.NOTHING_TOLD, (*_doors(turn, chat=False), MENU))]


def _submit(turn: Turn, door: SealedDoor) -> list[Message]:
    address = door.submit(turn.agency.code, turn.state[SEALED]["d"])
    turn.state.pop(SEALED)
    return [Say(words.SUBMITTED.format(address=address), (Choice("รับรหัสติดตาม", address, "link"), MENU))]


# -- from question to question -------------------------------------------------------------------------------


def _next(turn: Turn, door: SealedDoor) -> list[Message]:
    state = turn.state[SEALED]
    keys = [key for key, _, _ in door.questions()]
    if state["s"].endswith("+") or state["s"] == keys[-1]:
        state["s"] = "!review"
    else:
        state["s"] = keys[keys.index(state["s"]) + 1]
    return _ask(turn, door)


def _skip(turn: Turn, door: SealedDoor) -> list[Message]:
    needed = {key for key, _, required in door.questions() if required}
    return _ask(turn, door) if turn.state[SEALED]["s"].removesuffix("+") in needed else _next(turn, door)


def _back(turn: Turn, door: SealedDoor) -> list[Message]:
    state = turn.state[SEALED]
    keys = [key for key, _, _ in door.questions()]
    at = len(keys) if state["s"] == "!review" else keys.index(state["s"].removesuffix("+"))
    state["s"] = keys[max(at - 1, 0)]
    return _ask(turn, door)


def _ask(turn: Turn, door: SealedDoor, excluded: set[int] | None = None) -> list[Message]:
    """What the present step says."""
    step = turn.state[SEALED]["s"]
    if step == "!warn":
        return [Say(words.WARNING, _warning_choices(turn))]
    if step == "!who":
        return [_who(turn, door, excluded or set())]
    if step == "!review":
        return _review(turn, door)
    answered = door.answered(turn.state[SEALED]["d"])
    asked = door.questions()
    key = step.removesuffix("+")
    number, text, required = next((n, text, needed) for n, (k, text, needed) in enumerate(asked, 1) if k == key)
    again = "\n(มีคำตอบปิดผนึกไว้แล้ว ถ้าพิมพ์ใหม่จะแทนของเดิม)" if key in answered else ""
    skip = (Choice("ข้าม", f"i:skip:{_tag(turn)}:{step}"),) if not required else ()
    return [Say(f"ข้อ {number} จาก {len(asked)}\n{text}{again}", (*skip, _drop(turn)))]


def _review(turn: Turn, door: SealedDoor) -> list[Message]:
    answered = door.answered(turn.state[SEALED]["d"])
    rows = tuple(
        Row(
            f"ข้อ {number}",
            f"{'ตอบแล้ว' if key in answered else 'ไม่ได้ตอบ'} · {text.splitlines()[0]}",
            f"i:edit:{_tag(turn)}:{key}",
        )
        for number, (key, text, _) in enumerate(door.questions(), 1)
    )
    send = Choice("ส่งเรื่อง", f"i:send:{_tag(turn)}")
    return [Card("ตรวจก่อนส่ง", rows, words.REVIEW, (send, _drop(turn)))]


def _who(turn: Turn, door: SealedDoor, excluded: set[int]) -> Say:
    people = door.officers(turn.agency.code)
    chosen = [label for officer, label in people if officer in excluded]
    text = words.WHO_NOT + "\n".join(f"{n}. {label}" for n, (_, label) in enumerate(people, 1))
    if chosen:
        text += f"\n\n{words.CHOSEN}{', '.join(chosen)}"
    picks = tuple(
        Choice(f"{n}. {label}", f"i:not:{_tag(turn)}:{_text(excluded | {officer})}")
        for n, (officer, label) in enumerate(people, 1)
        if officer not in excluded
    )
    readers = {officer for officer, _ in people} - excluded
    done = Choice("พอแล้ว" if chosen else "ไม่มี", f"i:open:{_tag(turn)}:{_text(readers)}")
    return Say(text, (*picks[:MOST_PEOPLE], done, _drop(turn)))


# -- buttons -------------------------------------------------------------------------------------------------


def _tag(turn: Turn) -> str:
    """Which telling a button belongs to; too short to name the draft."""
    state = turn.state.get(SEALED)
    return (state["d"][:6] or "new") if state else ""


def _drop(turn: Turn) -> Choice:
    return Choice("ยกเลิกและลบ", f"i:drop:{_tag(turn)}")


def _ask_to_leave(turn: Turn) -> Say:
    return Say(words.ASK_TO_LEAVE, (Choice("ทำต่อ", f"i:on:{_tag(turn)}"), _drop(turn)))


def _warning_choices(turn: Turn) -> tuple[Choice, ...]:
    return (
        *_doors(turn, chat=False),
        Choice("เข้าใจ เล่าในแชตต่อ", f"i:go:{_tag(turn)}"),
        Choice("ไม่แจ้งแล้ว", "i:drop:new"),
    )


def _doors(turn: Turn, chat: bool = True) -> tuple[Choice, ...]:
    """The safe form first; `chat`: the chat as well."""
    if not turn.agency.integrity_open:
        return ()
    form = Choice("เปิดแบบฟอร์มปิดผนึก", f"{turn.agency.fields['integrity_url']}?openExternalBrowser=1", "link")
    return (form, Choice("เล่าในแชตต่อ", "i:start")) if chat else (form,)


def _text(ids: set[int]) -> str:
    return ",".join(map(str, sorted(ids)))


def _ids(text: str) -> set[int]:
    return {int(part) for part in text.split(",") if part.isdecimal()}
