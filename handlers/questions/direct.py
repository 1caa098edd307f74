"""สายตรงนายก (R06): a message to the executive, seen by นายก, ปลัด and admins only."""

from __future__ import annotations

from typing import Any

from handlers import consent
from handlers.dialogue import Flow
from handlers.forms import Answers, ConsentField, Field, Form, PhoneField, TextField
from handlers.messages import Choice, Message
from handlers.questions import operations, words
from handlers.turn import Turn
from models.conversation import Consent
from thai.phone import format_phone

FORM = Form(
    "direct",
    "ข้อความถึงนายก",
    (
        ConsentField(
            name="consent",
            label="ความยินยอม",
            ask="ข้อความนี้ถึงนายกและปลัดค่ะ\nยินยอมให้เก็บข้อมูลเพื่อตอบคุณไหมคะ",
        ),
        TextField(
            name="message",
            label="ข้อความ",
            ask="อยากบอกอะไรกับนายกคะ",
            example="อยากให้มีไฟทางเข้าหมู่บ้าน",
            shortest=5,
            too_short="ขอรายละเอียดอีกสักนิดนะคะ",
        ),
        TextField(
            name="name",
            label="ชื่อผู้ส่ง",
            ask="ให้เรียกคุณว่าอะไรคะ",
            optional=True,
            longest=100,
            skip_label="ไม่ระบุ",
        ),
        PhoneField(name="phone", label="เบอร์โทร", ask="เบอร์โทรติดต่อกลับค่ะ", optional=True, skip_label="ไม่ระบุ"),
    ),
)


def _skip(turn: Turn, field: Field, answers: Answers) -> bool:
    """Consent is asked once for each version of the notice."""
    return field.name == "consent" and (turn.talk.consent_version or 0) >= max(turn.agency.notice_version, 1)


def _submit(turn: Turn, answers: dict[str, Any]) -> list[Message]:
    if answers.get("consent") is not None:
        turn.talk.consent_version = answers["consent"]
        turn.session.add(
            Consent(conversation_id=turn.talk.id, notice_version=answers["consent"], given=True, at=turn.now)
        )
    lines = [answers["message"], *answers.get("late", ())]
    if answers.get("name"):
        lines.append(f"ชื่อ {answers['name']}")
    if answers.get("phone"):
        lines.append(f"โทร {format_phone(answers['phone'])}")
    question = operations.hand_over(
        turn.session, turn.agency, "\n".join(lines), turn.now, conversation_id=turn.talk.id, direct_line=True
    )
    turn.talk.handoff_id = question.id
    turn.subject = f"question:{question.id}"
    return words.handed_over(turn.agency, question, turn.now)


def _options(turn: Turn, field: Field) -> tuple[Choice, ...]:
    return (consent.full_notice(turn),) if field.name == consent.FIELD else ()


DIRECT = Flow(FORM, _submit, skip=_skip, options=_options)
