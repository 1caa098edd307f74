"""What the person sees of a form in chat: a question with its taps, the summary, the choice of what to mend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from handlers.agencies import AgencyView
from handlers.forms import Answers, ConsentField, Field
from handlers.messages import MENU, OFFICER, Card, Choice, Message, Row, Say

LABEL = 20  # code points of a button's label
VISIBLE_CHOICES = 10  # LINE shows 13 quick replies; two or three are ours
MOST_TAPS = 13  # quick replies that LINE shows
CARD_ROWS = 10  # of the summary, on one card
BRIEF = 120  # characters of an answer there, when there are several cards


def question(
    agency: AgencyView, draft: dict[str, Any], shown: Sequence[Field], item: Field, options: Iterable[Choice], lead: str
) -> Say:
    """`item` as one of the questions `shown`, with its taps and `options`; `lead`: what was wrong with the answer."""
    text = f"({shown.index(item) + 1}/{len(shown)}) {item.question(agency)}"
    prefix = f"f:{draft['id']}"
    has = draft["answers"].get(item.name)
    if lead:
        text = f"{lead}\n{text}" if not has else lead
    elif has and not isinstance(has, list):
        text += f"\nตอนนี้คือ {brief(item.show(has, agency))}"
    elif item.example:
        text += f"\nเช่น {item.example}"
    taps = [
        Choice(option.label, f"{prefix}:{item.name}:{option.value}")
        for option in item.choices(agency, draft["answers"])[:VISIBLE_CHOICES]
    ]
    taps += options
    taps += item.chat_actions()
    if isinstance(has, list) and has:
        taps.append(Choice("พอแล้ว", f"{prefix}:!done"))
    elif item.optional:
        taps.append(Choice(item.skip_label, f"{prefix}:!skip"))
    if isinstance(item, ConsentField) and not any(tap.label == "ไม่ยินยอม" for tap in taps):
        taps.append(Choice("ไม่ยินยอม", f"{prefix}:!drop"))
    if has and not isinstance(has, list):
        taps.append(Choice("ใช้ตามเดิม", f"{prefix}:!summary"))
    if shown.index(item) > 0:
        taps.append(Choice("ย้อนกลับ", f"{prefix}:!back"))
    if len(taps) < MOST_TAPS:
        taps.append(OFFICER)  # a way to a person from every question
    return Say(text, tuple(taps))


def introduction(item: Field, answers: Answers) -> list[Message]:
    """What stands before a question: a section's heading, an explanation."""
    said = [intro.text for intro in item.intro if all(condition.holds(answers) for condition in intro.when)]
    return [Say("\n\n".join(said))] if said else []


def summary(agency: AgencyView, draft: dict[str, Any], title: str, asked: Iterable[Field]) -> list[Message]:
    """All answers; every line can be tapped and mended."""
    prefix = f"f:{draft['id']}"
    rows = [
        Row(item.label, item.show(draft["answers"].get(item.name), agency), f"{prefix}:!edit:{item.name}")
        for item in asked
    ]
    rows += [Row("เพิ่มเติม", brief(words)) for words in draft.get("late", ())]
    title = f"ตรวจดูอีกครั้งนะคะ · {title}"
    before: list[Message] = []
    if len(rows) > CARD_ROWS:  # more would be refused as one card
        rows = [Row(row.label, brief(row.value), row.edit) for row in rows]
        parts = [tuple(rows[at : at + CARD_ROWS]) for at in range(0, len(rows), CARD_ROWS)]
        before = [Card(title=title if at == 0 else "(ต่อ)", rows=part) for at, part in enumerate(parts[:-1])]
        rows, title = list(parts[-1]), "(ต่อ)"
    return [
        *before,
        Card(
            title=title,
            rows=tuple(rows),
            note="แตะบรรทัดที่อยากแก้ได้เลยค่ะ\nหรือพิมพ์ เช่น แก้เบอร์",
            buttons=(Choice("ส่งเรื่อง", f"{prefix}:!send"),),
            choices=(
                Choice("ส่งเรื่อง", f"{prefix}:!send"),
                Choice("แก้ไข", f"{prefix}:!mend"),
                Choice("ย้อนกลับ", f"{prefix}:!back"),
                OFFICER,
                MENU,
            ),
        ),
    ]


def which_to_mend(draft: dict[str, Any], asked: Iterable[Field]) -> Say:
    """Each question that was answered as a button; at the summary the way to send, before it the way on."""
    prefix = f"f:{draft['id']}"
    taps = [
        Choice(_short(item.label), f"{prefix}:!edit:{item.name}")
        for item in asked
        if item.name in draft["answers"] and not isinstance(item, ConsentField)
    ]
    if draft.get("review"):
        on, words = Choice("ส่งเรื่อง", f"{prefix}:!send"), "ถ้าถูกต้องแล้ว กด “ส่งเรื่อง” ค่ะ"
    else:
        on, words = Choice("ทำต่อ", f"{prefix}:!resume"), "หรือกด “ทำต่อ” ไปข้อถัดไปค่ะ"
    return Say(f"อยากแก้ข้อไหนคะ กดเลือกได้เลย\n{words}", (on, *taps[: MOST_TAPS - 3], OFFICER, MENU))


def _short(label: str) -> str:
    return label if len(label) <= LABEL else f"{label[: LABEL - 1]}…"


def brief(text: str) -> str:
    """The text, cut to BRIEF characters."""
    return text if len(text) <= BRIEF else f"{text[: BRIEF - 1]}…"
