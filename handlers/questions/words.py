"""What is said about a question that a person answers: to the citizen and, on LINE, to the staff."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from handlers.agencies import AgencyView
from handlers.files import sign_link
from handlers.messages import MENU, Card, Choice, Message, Picture, Row, Say
from models.agency import Staff
from models.question import Question
from models.thread import ThreadMessage
from thai.dates import bangkok_date, format_datetime, format_time
from thai.text import normalise

SHORTEST_FOREIGN = 4  # letters of another language that tell that somebody writes no Thai
_THAI = re.compile("[ก-ฮ]")
LINK_LIFE = timedelta(days=30)  # of a photo in the chat
QUOTED = 40  # characters of a question said back to who asked it
SHOWN_TO_STAFF = 300  # characters of the citizen's words on a card; all of them are in the console
FILE_WORDS = {"image": "[รูปภาพ]", "video": "[วิดีโอ]", "audio": "[เสียง]", "file": "[ไฟล์]"}


def is_foreign(text: str) -> bool:
    """True for words in another language (Lao counts as Thai: it reads as such)."""
    return not _THAI.search(normalise(text)) and sum(map(str.isalpha, text)) >= SHORTEST_FOREIGN


def feedback_choices(question_id: int) -> tuple[Choice, ...]:
    """The two buttons that stand below every answer."""
    return (Choice("ได้คำตอบแล้ว", f"q:ok:{question_id}"), Choice("ยังไม่ใช่", f"q:no:{question_id}"))


def when(agency: AgencyView, due_at: datetime, now: datetime) -> str:
    """The promised time, as short as it can be told: "วันนี้ 15.30 น.", "วันจันทร์ที่ 23 พ.ย. 69 9.30 น."."""
    days = (bangkok_date(due_at) - bangkok_date(now)).days
    if days in (0, 1):
        return f"{('วันนี้', 'พรุ่งนี้')[days]} {format_time(due_at)}"
    return format_datetime(due_at, "weekday")


def office_of(agency: AgencyView, question: Question) -> str:
    """Who answers, as the citizen knows them."""
    if question.direct_line:
        return agency.fields.get("mayor_title") or "นายก"
    return agency.unit_name(question.unit_id)


def handed_over(agency: AgencyView, question: Question, now: datetime, quote: bool = False) -> list[Message]:
    """To the citizen: who will answer, by when, what to do if it is urgent. `quote`: say which question is meant."""
    lines = [f"ดิฉันส่งคำถามให้{office_of(agency, question)}แล้วค่ะ"]
    if quote:
        lines.insert(0, f"“{shortened(question.text, QUOTED)}”")
    if not agency.calendar.is_open(now):
        lines.append("ตอนนี้นอกเวลาทำการค่ะ")
    if question.due_at:
        lines += ["จะมีคนตอบในแชตนี้ ภายใน", when(agency, question.due_at, now)]
    if phone := agency.unit_phone(question.unit_id):
        lines += ["ถ้าด่วน โทร", phone]
    lines.append(f"เลขที่ {question.number}")
    return [Say("\n".join(lines), waiting_choices(question.id))]


def waiting_choices(question_id: int) -> tuple[Choice, ...]:
    """Ways on for somebody who waits for an officer."""
    return (Choice("ถามเรื่องอื่นก่อน", f"q:leave:{question_id}"), Choice("ไม่รอแล้ว", f"q:close:{question_id}"), MENU)


def answered(
    agency: AgencyView, question: Question, staff: Staff, message: ThreadMessage, secret_key: str
) -> list[Message]:
    """To the citizen: an officer's answer, named, with the two buttons. `secret_key` signs the link of a photo."""
    unit = "" if staff.unit_id is None else f" {agency.unit_name(staff.unit_id)}"
    messages: list[Message] = []
    if message.attachment_id is not None and secret_key:
        token = sign_link(secret_key, message.attachment_id, message.at + LINK_LIFE)
        messages.append(Picture(f"{agency.public_url}/files/{token}", "รูปจากเจ้าหน้าที่ค่ะ"))
    text = f"{staff.name}{unit} ตอบค่ะ\n\n{message.text}" if message.text else f"{staff.name}{unit} ส่งรูปให้ค่ะ"
    messages.append(Say(f"{text}\n\nพิมพ์ถามต่อได้เลยนะคะ", (*feedback_choices(question.id), MENU)))
    return messages


def closed(question: Question) -> list[Message]:
    """To the citizen: the officer has closed the question and the bot is back."""
    was = "ตอบแล้ว" if question.answered_at else "ปิดเรื่องแล้ว"
    return [
        Say(
            f"เจ้าหน้าที่{was}ค่ะ (เลขที่ {question.number})\nดิฉันกลับมาช่วยต่อแล้วค่ะ\nได้คำตอบที่ต้องการไหมคะ",
            (*feedback_choices(question.id), MENU),
        )
    ]


# -- to staff --------------------------------------------------------------------------------------------


def staff_card(agency: AgencyView, question: Question, title: str, text: str) -> Card:
    """A question as an officer sees it on LINE: what, due when, one tap to act ("s:q:<id>:<verb>")."""
    rows = [Row("เลขที่", question.number or "-"), Row("คำถาม", shortened(text))]
    if question.due_at:
        rows.append(Row("ตอบภายใน", format_datetime(question.due_at)))
    return Card(
        title=title,
        rows=tuple(rows),
        buttons=(
            Choice("ตอบ", f"s:q:{question.id}:answer"),
            Choice("ปิดเรื่อง", f"s:q:{question.id}:close"),
            Choice("เปิดหน้าเว็บ", f"{agency.public_url}/console/questions/{question.id}", "link"),
        ),
    )


def shortened(text: str, most: int = SHOWN_TO_STAFF) -> str:
    """At most `most` characters, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
