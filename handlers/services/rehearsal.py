"""A form tried out as a chat by who builds it: the chat's own questions and answers, and nothing is kept.

What was said so far is said again from the beginning at each step, so that no draft is stored anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from handlers import dialogue
from handlers.agencies import AgencyView
from handlers.dialogue import Flow
from handlers.forms import Given
from handlers.messages import Card, Choice, Message, Say, plain
from handlers.services.chat import THANKS
from handlers.services.definition import Definition
from handlers.turn import Turn
from models.db import Transaction
from models.inbox import Talk

MOST_STEPS = 200
TAKEN = "รับคำขอแล้วค่ะ (ของจริงจะได้เลขที่และวันครบกำหนด)"
DONE = "จบการทดลอง ไม่มีการบันทึกคำตอบ"
# What LINE's own buttons would bring.
SAMPLES = {
    "location": ("ส่งตำแหน่ง", Given(latitude=13.7563, longitude=100.5018, place="จุดตัวอย่าง")),
    "photo": ("ส่งรูปหรือไฟล์ 1 ไฟล์", Given(photos=(0,))),
}


@dataclass(frozen=True, slots=True)
class Tap:
    """A button. `said`: what to add to what was said when it is pressed; "" for one that leads out of the form."""

    label: str
    said: str


@dataclass(frozen=True, slots=True)
class Line:
    """A bubble: of the bot, or (`mine`) of the person; `heading` is a card's title."""

    text: str
    mine: bool = False
    heading: str = ""
    taps: tuple[Tap, ...] = ()


def converse(known: Definition, kind: str, agency: AgencyView, said: Sequence[str], now: datetime) -> list[Line]:
    """The conversation: `said` holds words ("text:หมู่ 5"), taps ("tap:what:cut") and samples ("at:photo"), as they
    came. `kind` is the form's. What can be tapped stands at the last line only."""
    nobody = Talk(0, "", "", None, True, None, None, None)
    nothing = cast(Transaction, None)  # a form that is only asked never looks into the database
    turn = Turn(nothing, agency, nobody, "text", "", now, now, "")
    flow = Flow(form=known.form, submit=lambda turn, answers: [Say(THANKS.get(kind, TAKEN)), Say(DONE)])
    messages = dialogue.start(turn, flow)
    lines = _lines(messages)
    for words in said[:MOST_STEPS]:
        if "form" not in turn.state:
            break
        lines.append(Line(_shown(words, messages), mine=True))
        messages = _answer(turn, flow, words)
        lines += _lines(messages)
    return [*(Line(one.text, one.mine, one.heading) for one in lines[:-1]), lines[-1]]


def _answer(turn: Turn, flow: Flow, words: str) -> list[Message]:
    manner, _, rest = words.partition(":")
    if manner == "tap":
        return dialogue.tapped(turn, flow, [turn.state["form"]["id"], *rest.split(":")])
    given = SAMPLES[rest][1] if manner == "at" and rest in SAMPLES else Given(text=rest)
    return dialogue.spoken(turn, flow, given)


def _shown(words: str, messages: Sequence[Message]) -> str:
    manner, _, rest = words.partition(":")
    if manner == "at" and rest in SAMPLES:
        return SAMPLES[rest][0]
    labels = {tap.said: tap.label for message in messages for tap in _taps(message)}
    return labels.get(words, rest)


def _lines(messages: Sequence[Message]) -> list[Line]:
    return [_line(message) for message in messages]


def _line(message: Message) -> Line:
    if isinstance(message, Card):
        rest = "\n".join(plain(message).split("\n")[1:])
        return Line(rest, heading=message.title, taps=_taps(message))
    return Line(plain(message), taps=_taps(message))


def _taps(message: Message) -> tuple[Tap, ...]:
    found: list[Tap] = []
    if isinstance(message, Card):
        found += [Tap(f"แก้ {row.label}", _after_draft(row.edit)) for row in message.rows if row.edit]
    if isinstance(message, Say | Card):
        found += [Tap(choice.label, _said(choice)) for choice in message.choices]
    return tuple(dict.fromkeys(found))


def _said(choice: Choice) -> str:
    actions: dict[Any, str] = {"location": "at:location", "camera": "at:photo", "album": "at:photo"}
    return actions.get(choice.action) or _after_draft(choice.value)


def _after_draft(data: str) -> str:
    """ "f:<draft>:what:cut" as "tap:what:cut"."""
    parts = data.split(":", 2)
    return f"tap:{parts[2]}" if parts[0] == "f" and len(parts) == 3 else ""
