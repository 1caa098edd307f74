"""Asks any form one question at a time: back, edit, leave, resume days later, a summary before sending.

The draft lives in the conversation's state, so a restart or an expired token loses nothing:

    {"form": {"name", "id", "step", "answers", "asked": ms of the event after which the question was put,
              "review": True while the summary is shown, "paused": True while the person does something else,
              "version": which version of a form that can change,
              "late": words that belong to it and to no question of it}}

Buttons carry the draft's id and the field ("f:<id>:<field>:<value>"), so a tap on an old button is known as such.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers import form_cards
from handlers.commands import SKIP, wants_to_wait
from handlers.form_words import DONE_WORDS, MEND_SOMETHING, REFUSAL, SEND_WORDS, what_to_mend
from handlers.forms import (
    Answers,
    ConsentField,
    Field,
    FieldError,
    Form,
    Given,
    PhoneField,
    PhotosField,
)
from handlers.messages import MENU, OFFICER, Choice, Message, Say
from handlers.turn import Turn
from thai.text import fold_command

STALE = timedelta(hours=12)  # after so long a silence, say what the answer was taken for
SHORTEST_REMARK = 12  # characters of words at the photo's step that are worth keeping


@dataclass(frozen=True)
class Flow:
    """A form with what its slice does around it.

    `submit` stores the answers and says so. `intercept` sees each answer as it is given and may take the turn over
    (None: go on). `review` may speak before the summary is shown (None: show it). `options` adds taps to a question.
    `renew` gives the flow to begin anew with, where the form may have changed since.
    """

    form: Form
    submit: Callable[[Turn, dict[str, Any]], list[Message]]
    intercept: Callable[[Turn, Field, Given], list[Message] | None] = lambda turn, field, given: None
    review: Callable[[Turn, dict[str, Any]], list[Message] | None] = lambda turn, answers: None
    options: Callable[[Turn, Field], Sequence[Choice]] = lambda turn, field: ()
    skip: Callable[[Turn, Field, Answers], bool] = lambda turn, field, answers: False
    renew: Callable[[Turn], Flow | None] = lambda turn: None


def start(turn: Turn, flow: Flow, answers: dict[str, Any] | None = None) -> list[Message]:
    """Begin the form; an unfinished draft of the same form is offered first. That of another form is put on the
    shelf, from where it comes back when its form is begun again."""
    draft = turn.state.get("form")
    shelf = turn.state.get("shelf", {})
    if draft and draft["name"] != flow.form.name:
        if draft["answers"]:
            turn.state["shelf"] = {**shelf, draft["name"]: draft}
        draft = None
    if draft is None and flow.form.name in shelf:
        draft = turn.state["form"] = turn.state["shelf"].pop(flow.form.name)
    if draft and draft["answers"]:
        draft["paused"] = True
        return [offer_to_resume(turn, flow)]
    turn.state["form"] = {
        "name": flow.form.name,
        "id": secrets.token_hex(3),
        "step": flow.form.fields[0].name,
        "answers": dict(answers or {}),
    }
    if flow.form.version is not None:
        turn.state["form"]["version"] = flow.form.version
    return _advance(turn, flow)


def offer_to_resume(turn: Turn, flow: Flow) -> Say:
    """Say that there is an unfinished form, and offer to go on."""
    draft = turn.state["form"]
    done = sum(1 for item in flow.form.fields if item.name in draft["answers"])
    return Say(
        f"คุณมี{flow.form.title}ที่ยังกรอกไม่เสร็จค่ะ\n(ตอบไปแล้ว {done} ข้อ) ทำต่อเลยไหมคะ",
        (
            Choice("ทำต่อ", f"f:{draft['id']}:!resume"),
            Choice("เริ่มใหม่", f"f:{draft['id']}:!restart"),
            Choice("ทิ้งเรื่องนี้", f"f:{draft['id']}:!drop"),
            MENU,
        ),
    )


def active(turn: Turn) -> bool:
    """True while a form waits for this person's next message."""
    draft = turn.state.get("form")
    return draft is not None and not draft.get("paused")


def pause(turn: Turn) -> None:
    """Put the form aside; its answers stay."""
    if "form" in turn.state:
        turn.state["form"]["paused"] = True


def resume_choice(turn: Turn) -> tuple[Choice, ...]:
    """The button that leads back into a paused form."""
    draft = turn.state.get("form")
    return (Choice("ทำเรื่องที่ค้างต่อ", f"f:{draft['id']}:!resume"),) if draft else ()


def ask_to_leave(turn: Turn) -> list[Message]:
    """Answer "ยกเลิก": keep the draft or throw it away, the person decides."""
    draft = turn.state["form"]
    draft["paused"] = True
    return [
        Say(
            "หยุดไว้ก่อนได้ค่ะ ที่พิมพ์มาแล้วยังอยู่ครบ\nจะเก็บไว้ทำต่อทีหลัง หรือทิ้งเลยคะ",
            (
                Choice("เก็บไว้ก่อน", f"f:{draft['id']}:!keep"),
                Choice("ทิ้งเรื่องนี้", f"f:{draft['id']}:!drop"),
                Choice("ทำต่อ", f"f:{draft['id']}:!resume"),
                MENU,
            ),
        )
    ]


def back(turn: Turn, flow: Flow) -> list[Message]:
    """Go to the question before this one (the summary goes back to the last question)."""
    draft = turn.state["form"]
    asked = _asked(turn, flow)
    names = [item.name for item in asked]
    at = len(names) if draft.get("review") or draft["step"] not in names else names.index(draft["step"])
    if at == 0:
        return [Say("นี่เป็นข้อแรกแล้วค่ะ"), *_ask(turn, flow, asked[0])]
    draft.pop("review", None)
    return _ask(turn, flow, asked[at - 1])


def tapped(turn: Turn, flow: Flow | None, parts: list[str]) -> list[Message]:
    """A button of a form: parts are [draft id, field or "!verb", value...]."""
    draft = turn.state.get("form")
    if parts[0] and parts[0] == turn.state.get("sent"):
        # Tapped twice: to say "expired, start again?" would make a second case of it.
        return [Say("ส่งให้เรียบร้อยแล้วค่ะ\nไม่ต้องส่งซ้ำนะคะ", (Choice("ติดตามเรื่อง", "menu:follow"), MENU))]
    if not draft or flow is None or draft["id"] != parts[0] or len(parts) < 2:
        return [expired_button(flow)]
    target, value = parts[1], ":".join(parts[2:])
    match target:
        case "!resume":
            draft.pop("paused", None)
            return ask_again(turn, flow)
        case "!restart":
            turn.state.pop("form")
            return start(turn, flow.renew(turn) or flow)
        case "!keep":
            return [Say("เก็บไว้ให้แล้วค่ะ\nกลับมาเมื่อไหร่ กด “ทำเรื่องที่ค้างต่อ” ในเมนูได้เลยค่ะ", (MENU,))]
        case "!drop":
            turn.state.pop("form")
            return [Say("ทิ้งเรื่องนี้ให้แล้วค่ะ ไม่มีการบันทึกไว้\nมีอะไรให้ช่วยอีกไหมคะ", (MENU, OFFICER))]
        case "!back":
            draft.pop("paused", None)
            return back(turn, flow)
        case "!mend":
            draft.pop("paused", None)
            return [form_cards.which_to_mend(draft, _asked(turn, flow))]
        case "!edit" if value in {item.name for item in flow.form.fields}:
            draft.pop("paused", None)
            return _ask(turn, flow, flow.form[value])
        case "!send" if draft.get("review"):
            return _submit(turn, flow)
        case "!send" | "!summary":
            draft.pop("paused", None)
            return _advance(turn, flow)
        case "!skip" | "!done":
            return _next(turn, flow, flow.form[draft["step"]], skipped=target == "!skip")
        case _ if target in {item.name for item in flow.form.fields}:
            draft.pop("paused", None)
            return take(turn, flow, flow.form[target], Given(value=value))
    return [expired_button(flow)]


def expired_button(flow: Flow | None = None) -> Say:
    """Answer a tap on a button that no longer applies."""
    start_again = (Choice("เริ่มใหม่", f"start:{flow.form.name}"),) if flow else ()
    return Say("ปุ่มนี้หมดอายุแล้วค่ะ เริ่มใหม่ให้เลยไหมคะ", (*start_again, MENU, OFFICER))


def spoken(turn: Turn, flow: Flow, given: Given) -> list[Message]:
    """A message (words, pin or photo) while the form waits for one."""
    draft = turn.state["form"]
    step = flow.form[draft["step"]]
    if given.text and turn.at < _asked_at(draft):
        # Sent before the question was put (LINE delivered it late): it cannot be the answer. Keep it all the same.
        draft.setdefault("late", []).append(given.text)
        return [Say("ได้รับข้อความที่ส่งมาก่อนหน้านี้แล้วค่ะ\nเก็บไว้ในเรื่องนี้ให้ด้วยค่ะ"), *_ask(turn, flow, step)]
    said = fold_command(given.text)
    if given.text and wants_to_wait(given.text):
        return [Say("ได้ค่ะ ไม่ต้องรีบนะคะ\nที่ตอบมาแล้วยังอยู่ครบค่ะ"), *ask_again(turn, flow)]
    if draft.get("review") and said in SEND_WORDS:
        return _submit(turn, flow)
    if given.text and (mending := _mended(turn, flow, step, given.text)) is not None:
        return mending
    if draft.get("review"):
        return _taken_at_summary(turn, flow, given) or [
            form_cards.which_to_mend(turn.state["form"], _asked(turn, flow))
        ]
    if said in DONE_WORDS and draft["answers"].get(step.name):
        return _next(turn, flow, step, skipped=False)
    if said in SKIP or (isinstance(step, PhotosField) and said in DONE_WORDS):
        return _next(turn, flow, step, skipped=True)
    if isinstance(step, ConsentField) and said in REFUSAL:
        return declined(turn)
    if isinstance(step, PhotosField) and len(given.text) >= SHORTEST_REMARK and not step.skipped(given):
        # Somebody tells more instead: it belongs to the matter.
        draft.setdefault("late", []).append(given.text)
        return _ask(turn, flow, step, "เก็บข้อความนี้ไว้ในเรื่องแล้วค่ะ")
    late_answer = turn.at - _asked_at(draft) > STALE
    messages = take(turn, flow, step, given)
    if late_answer:
        messages.insert(0, Say(f"ดิฉันรับเป็นคำตอบของ{flow.form.title}ที่ค้างไว้นะคะ"))
    return messages


def declined(turn: Turn) -> list[Message]:
    """No consent: nothing is kept, and there are other ways to be heard."""
    turn.state.pop("form", None)
    phone = turn.agency.fields.get("office_phone", "")
    return [Say(f"ไม่เป็นไรค่ะ ไม่ได้เก็บอะไรไว้\nโทรแจ้ง หรือมาที่สำนักงานได้นะคะ\n{phone}".rstrip(), (OFFICER, MENU))]


def _mended(turn: Turn, flow: Flow, step: Field, text: str) -> list[Message] | None:
    """ "แก้เบอร์", "ชื่อผิด", "แก้ไข": the question that is meant, once more; None for other words."""
    draft = turn.state["form"]
    answered = any(value is not None for value in draft["answers"].values())
    if fold_command(text) in MEND_SOMETHING and answered and not step.free:
        return [form_cards.which_to_mend(draft, _asked(turn, flow))]
    what = what_to_mend(text)
    meant = [item for item in _asked(turn, flow) if what in item.called()]
    known = [item for item in meant if item.name in draft["answers"]]
    if known:
        draft.pop("review", None)
        return _ask(turn, flow, known[0])
    if meant and not step.free and meant[0] != step:
        return [Say(f"เรื่อง{meant[0].label} เดี๋ยวดิฉันจะถามต่อจากนี้ค่ะ"), *ask_again(turn, flow)]
    return None


def _taken_at_summary(turn: Turn, flow: Flow, given: Given) -> list[Message] | None:
    """A phone number at the summary can only be the phone number."""
    for item in _asked(turn, flow):
        if isinstance(item, PhoneField) and any(letter.isdigit() for letter in given.text):
            try:
                turn.state["form"]["answers"][item.name] = item.read(given, turn.agency, {})
            except FieldError:
                return None
            return _review(turn, flow)
    return None


def ask_again(turn: Turn, flow: Flow) -> list[Message]:
    """Put the present question (or the summary) once more."""
    draft = turn.state["form"]
    return _review(turn, flow) if draft.get("review") else _ask(turn, flow, flow.form[draft["step"]])


def take(turn: Turn, flow: Flow, item: Field, given: Given) -> list[Message]:
    """Read an answer to `item`, store it in the draft, and go on."""
    taken_over = flow.intercept(turn, item, given)
    if taken_over is not None:
        return taken_over
    draft = turn.state["form"]
    try:
        value = item.read(given, turn.agency, draft["answers"])
    except FieldError as error:
        return _ask(turn, flow, item, str(error))
    draft["answers"][item.name] = value
    if more := item.more(given, value, turn.agency):
        return _ask(turn, flow, item, more)
    return _advance(turn, flow)


def _next(turn: Turn, flow: Flow, item: Field, skipped: bool) -> list[Message]:
    draft = turn.state["form"]
    draft.pop("paused", None)
    if skipped and not item.optional:
        return _ask(turn, flow, item, "ข้อนี้จำเป็นค่ะ เจ้าหน้าที่จะได้ช่วยได้ถูกต้อง")
    if skipped:  # also of a question that was answered before and is being mended
        draft["answers"][item.name] = None
    return _advance(turn, flow)


def _advance(turn: Turn, flow: Flow) -> list[Message]:
    """Ask the first question that has no answer yet, or show the summary."""
    missing = _missing(turn, flow)
    return _ask(turn, flow, missing) if missing else _review(turn, flow)


def _asked(turn: Turn, flow: Flow) -> list[Field]:
    """The questions that this person is asked, given the answers so far."""
    answers = turn.state["form"]["answers"]
    asked = flow.form.stored(answers)
    return [item for item in flow.form.fields if item.name in asked and not flow.skip(turn, item, answers)]


def _missing(turn: Turn, flow: Flow) -> Field | None:
    """The first question without an answer."""
    answers = turn.state["form"]["answers"]
    waiting = (f for f in _asked(turn, flow) if f.name not in answers or (answers[f.name] == [] and not f.optional))
    return next(waiting, None)


def _ask(turn: Turn, flow: Flow, item: Field, lead: str = "") -> list[Message]:
    draft = turn.state["form"]
    draft["step"] = item.name
    draft.pop("review", None)
    draft["asked"] = int(max(turn.at, _asked_at(draft)).timestamp() * 1000)
    asked = {f.name for f in _asked(turn, flow)}
    shown = [f for f in flow.form.fields if f.name == item.name or f.name in asked]
    new = not lead and item.name not in draft["answers"]
    before = form_cards.introduction(item, flow.form.stored(draft["answers"])) if new else []
    return [*before, form_cards.question(turn.agency, draft, shown, item, flow.options(turn, item), lead)]


def _review(turn: Turn, flow: Flow) -> list[Message]:
    draft = turn.state["form"]
    draft["review"] = True
    said = flow.review(turn, draft["answers"])
    if said is not None:
        return said
    return form_cards.summary(turn.agency, draft, flow.form.title, _asked(turn, flow))


def _submit(turn: Turn, flow: Flow) -> list[Message]:
    draft = turn.state["form"]
    if (missing := _missing(turn, flow)) is not None:
        return _ask(turn, flow, missing)
    answers = dict(draft["answers"])
    if draft.get("late"):
        answers["late"] = draft["late"]
    messages = flow.submit(turn, answers)
    turn.state.pop("form", None)
    turn.state["sent"] = draft["id"]
    return messages


def asked_at(turn: Turn) -> datetime:
    """When the present question was put: words from before it are no answer to it."""
    return _asked_at(turn.state["form"])


def _asked_at(draft: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(draft.get("asked", 0) / 1000, UTC)
