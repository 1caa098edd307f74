"""What the bot says for an entry of the FAQ or the service catalogue. Pure: no database, no clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz

from handlers.agencies import AgencyView, AnswerView
from handlers.messages import MENU, OFFICER, Card, Choice, Message, Row, Say
from handlers.questions.words import feedback_choices
from thai.text import detone, normalise, strip_courtesy

MOST_CHOICES = 3
LONGEST_LABEL = 20  # code points, LINE's
COMPLAIN = Choice("แจ้งเรื่องร้องเรียน", "start:complaint")  # offered where the answer speaks of it
_BY_FORM = (("ใบยืม", "ขอยืมออนไลน์", "borrow"), ("คำชม", "ส่งคำชมหรือแนะนำ", "opinion"))
LIKE = 60.0  # of 100: from here on a wording stands for the question
UNCONFIRMED = " (รอยืนยัน)"
RESERVATION = "ส่วนที่เขียนว่า (รอยืนยัน)\nขอให้ถามเจ้าหน้าที่อีกครั้งก่อนนะคะ"

_MARKS = "ัิีึืฺุู็่้๊๋์ํ๎ะาำๅ"
Aspect = Literal["documents", "fee", "days", "steps"]

_FACT = re.compile("⟦([^⟦⟧]*)⟧")
# Matched on text without tone marks and spaces; the first that fits counts ("นานเท่าไหร่" is about days).
_ASPECTS: tuple[tuple[Aspect, re.Pattern[str]], ...] = tuple(
    (aspect, re.compile(detone(pattern)))  # type: ignore[misc]
    for aspect, pattern in (
        ("documents", "เอกสาร|เอกสาน|หลักฐาน|(?:ใช้|เตรียม|เอา|ถือ|พก)(?:อะไร|อะหยัง|หยัง|ไร)(?:บ้าง|ไป|มา|ไหม|$)|ต้องใช้อะไร"),
        (
            "days",
            "กี่วัน|จักวัน|นานไหม|นานมั้ย|นานเท่า|นานแค่ไหน|นานขนาดไหน|ใช้เวลา|กี่เดือน|เมื่อไหร่(?:จะ)?(?:ได้|เสร็จ)|เสร็จเมื่อ|รอกี่",
        ),
        ("fee", "เท่าไ|เท่าใด|ท่อใด|ท่อได๋|กี่บาท|จักบาท|ค่าธรรมเนียม|ค่าทำ|เสียเงิน|เสียตัง|จ่ายตัง|ราคา|ฟรีไหม|ฟรีมั้ย|ฟรีป่าว|ค่าใช้จ่าย"),
        ("steps", "ขั้นตอน|ทำ(?:ยังไง|ไง|อย่างไร|จังใด|จังได๋)|ต้องทำอะไร"),
    )
)
# What remains of a question without these words is its subject.
_NO_SUBJECT = re.compile(
    detone(
        "ค่าธรรมเนียม|ค่าใช้จ่าย|เท่าไหร่|เท่าไร|เท่าใด|เอกสาร|เอกสาน|หลักฐาน|ขั้นตอน|กี่วัน|จักวัน|กี่บาท|กี่เดือน|ใช้เวลา|เมื่อไหร่|อย่างไร|ยังไง|อะไร"
        "|หยัง|นาน|แค่ไหน|ต้อง|เตรียม|เสร็จ|เสีย|จ่าย|เงิน|ตังค์|ตัง|ราคา|ฟรี|ใช้|บ้าง|ไหม|มั้ย|ได้|แล้ว|ด้วย|ประมาณ|รอ|ทำ|มี|ไป|มา|เอา|ถือ|พก|จะ|ละ|ล่ะ"
        "|ก็|กี่|วัน|บาท|ถึง|รับ|ไร|ไง|อัน|นี้|นี่"
    )
)


@lru_cache(maxsize=512)  # a turn asks several times
def aspect_of(text: str) -> Aspect | None:
    """Which side of a service is asked for: papers, fee, days or steps; None for the whole."""
    compact = detone(normalise(text)).replace(" ", "")
    return next((aspect for aspect, pattern in _ASPECTS if pattern.search(compact)), None)


@lru_cache(maxsize=512)
def is_only_aspect(text: str) -> bool:
    """True for "กี่วันคะ", "ใช้เอกสารอะไรบ้าง": about what was spoken of last, with no subject of its own."""
    compact = detone(strip_courtesy(text)).replace(" ", "")
    return aspect_of(text) is not None and len(_NO_SUBJECT.sub("", compact)) <= 2


def show_facts(text: str, confirmed: bool) -> str:
    """Facts in ⟦…⟧ as people read them: each with a reservation until a staff member has confirmed the entry."""
    if "⟦" not in text:
        return text
    return _FACT.sub(r"\1" if confirmed else rf"\1{UNCONFIRMED}", text)


def answer(agency: AgencyView, entry: AnswerView, asked: str, question_id: int) -> list[Message]:
    """Answer first, then where it comes from, then "ได้คำตอบแล้ว" and "ยังไม่ใช่" about the stored question."""
    if entry.kind == "service":
        side = aspect_of(asked)
        return _side_of_service(agency, entry, side, question_id) if side else service_card(agency, entry, question_id)
    lines = [show_facts(agency.fill(entry.answer), entry.confirmed)]
    if not entry.confirmed and "⟦" in entry.answer:
        lines.append(RESERVATION)
    lines += [origin] if (origin := _origin(agency, entry)) else []
    return [
        Say("\n\n".join(lines), (*feedback_choices(question_id), *_next(agency, entry, question_id), OFFICER, MENU))
    ]


def _next(agency: AgencyView, entry: AnswerView, question_id: int) -> tuple[Choice, ...]:
    """What the answer tells people to do, as buttons."""
    taps = []
    if "แจ้งเรื่อง" in entry.answer:
        taps.append(Choice(COMPLAIN.label, f"q:complain:{question_id}"))
    if "ถึงผู้บริหารในแชต" in entry.answer:
        taps.append(Choice("สายตรงนายก", "q:direct"))
    for word, label, key in _BY_FORM:
        form = agency.forms.get(key)
        if word in entry.answer and form is not None and form.listed:
            taps.append(Choice(label, f"start:form:{key}"))
    return tuple(taps)


def _origin(agency: AgencyView, entry: AnswerView) -> str:
    """Source and unit on one line; the unit only where the answer does not name it already."""
    source = _FACT.sub(r"\1", agency.fill(entry.source)).replace(UNCONFIRMED.strip(), "").strip()
    unit = agency.unit_name(entry.unit_id)
    named = unit in agency.fill(entry.answer)
    return " · ".join(part for part in (f"ที่มา {source}" if source else "", "" if named else unit) if part)


def _unit(agency: AgencyView, entry: AnswerView) -> str:
    return f"ดูแลโดย {agency.unit_name(entry.unit_id)}"


def service_card(agency: AgencyView, entry: AnswerView, question_id: int) -> list[Message]:
    """The whole of a service: steps, papers, fee, days, unit."""
    shown = {name: _service_text(agency, entry, name) for name in ("steps", "documents", "fee", "days")}
    labels = {"steps": "ขั้นตอน", "documents": "เอกสาร", "fee": "ค่าธรรมเนียม", "days": "ใช้เวลา"}
    rows = [Row(label, shown[name]) for name, label in labels.items() if shown[name]]
    phone = agency.unit_phone(entry.unit_id)
    rows.append(Row("ติดต่อ", "\n".join(part for part in (agency.unit_name(entry.unit_id), phone) if part)))
    if entry.source:
        rows.append(Row("กฎหมาย", show_facts(agency.fill(entry.source), entry.confirmed)))
    unsure = not entry.confirmed and any(UNCONFIRMED in row.value for row in rows)
    return [
        Card(
            title=entry.question,
            rows=tuple(rows),
            note=RESERVATION if unsure else "",
            buttons=(*feedback_choices(question_id), *_online(agency, entry)),
            choices=(OFFICER, MENU),
        )
    ]


def _online(agency: AgencyView, entry: AnswerView) -> tuple[Choice, ...]:
    """The form with which this service is asked for in the chat, where there is one."""
    keys = [form.key for form in agency.forms.values() if form.listed and form.service_id == entry.row_id]
    return tuple(Choice("ขอออนไลน์", f"start:form:{key}") for key in keys[:1])


def _side_of_service(agency: AgencyView, entry: AnswerView, side: Aspect, question_id: int) -> list[Message]:
    lead = {
        "documents": f"{entry.question}\nใช้เอกสารนี้ค่ะ",
        "fee": f"{entry.question}\nค่าธรรมเนียมเท่านี้ค่ะ",
        "days": f"{entry.question}\nใช้เวลาเท่านี้ค่ะ",
        "steps": f"{entry.question}\nทำตามนี้ค่ะ",
    }[side]
    text = _service_text(agency, entry, side)
    if not text:
        return service_card(agency, entry, question_id)
    lines = [f"{lead}\n\n{text}"]
    if UNCONFIRMED in text:
        lines.append(RESERVATION)
    lines.append(_unit(agency, entry))
    whole = Choice("ดูทั้งหมด", f"q:show:{question_id}:{entry.key}")
    return [Say("\n\n".join(lines), (*feedback_choices(question_id), whole, *_online(agency, entry), OFFICER))]


def _service_text(agency: AgencyView, entry: AnswerView, name: str) -> str:
    value = entry.service.get(name) or ""
    if name == "steps":
        value = "\n".join(f"{number}. {step}" for number, step in enumerate(value, 1))
    elif name == "documents":
        value = "\n".join(f"• {paper}" for paper in value)
    return show_facts(agency.fill(value), entry.confirmed)


def clarify(entries: Sequence[AnswerView], question_id: int, asked: str = "") -> list[Message]:
    """Offer up to three entries and "ไม่ใช่เรื่องเหล่านี้", as big buttons; the full questions stand above them.
    `asked`: the person's words, to which the buttons come close."""
    shown = entries[:MOST_CHOICES]
    labels: list[str] = []
    for entry in shown:
        label = short_label(entry, asked)
        labels.append(label if label not in labels else _cut(entry.question, LONGEST_LABEL - 3))
    taps = tuple(
        Choice(f"{number}. {label}", f"q:pick:{question_id}:{entry.key}")
        for number, (entry, label) in enumerate(zip(shown, labels, strict=True), 1)
    )
    return [
        Card(
            title="คุณหมายถึงเรื่องไหนคะ" if len(shown) > 1 else "หมายถึงเรื่องนี้ไหมคะ",
            rows=tuple(Row(f"ข้อ {number}", entry.question) for number, entry in enumerate(shown, 1)),
            buttons=(*taps, Choice("ไม่ใช่เรื่องเหล่านี้", f"q:none:{question_id}")),
            choices=(OFFICER, MENU),
        )
    ]


def short_label(entry: AnswerView, asked: str = "") -> str:
    """A name that fits on a button after "1. ": of the wordings that say what the question says, the one most like
    it and like what was asked; else the question cut short."""
    room = LONGEST_LABEL - 3
    fitting = [text for text in (entry.question, *entry.alternatives) if len(text) <= room]
    alike = [(fuzz.partial_ratio(text, entry.question), text) for text in fitting]
    said = detone(asked)
    scored = [(like + fuzz.ratio(detone(text), said), text) for like, text in alike if like >= LIKE]
    return max(scored)[1] if scored else _cut(entry.question, room)


def _cut(text: str, room: int) -> str:
    """At most `room` characters, never within a syllable's first vowel or marks."""
    if len(text) <= room:
        return text
    at = room - 1
    while at > 1 and (text[at] in _MARKS or text[at - 1] in "เแโใไ"):
        at -= 1
    return f"{text[:at].rstrip()}…"
