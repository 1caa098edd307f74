"""A case as its reporter, or somebody who follows it, sees it in the chat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.complaints import due
from handlers.complaints.labels import ACTION_LABEL, status_text
from handlers.complaints.notices import handler_name, place_words
from handlers.messages import MENU, OFFICER, Card, Choice, Row
from models.case import OPEN_STATUSES, Case, CaseEvent
from thai.dates import bangkok_date, format_date

# What the reporter is shown of the timeline; assignments and reminders are the office's own business.
_TOLD = ("opened", "accepted", "progress", "done", "confirmed", "reopened", "rejected", "cancelled", "merged",
         "transferred")  # fmt: skip
RATINGS = ((5, "5 ดีมาก"), (4, "4 ดี"), (3, "3 พอใช้"), (2, "2 ควรปรับปรุง"), (1, "1 ไม่ดี"))


def steps(session: Session, case: Case, most: int) -> Sequence[CaseEvent]:
    """The newest steps that the reporter was told of, oldest first."""
    told = (
        select(CaseEvent)
        .where(CaseEvent.case_id == case.id, CaseEvent.action.in_(_TOLD))
        .order_by(CaseEvent.at.desc(), CaseEvent.id.desc())
        .limit(most)
    )
    return session.scalars(told).all()[::-1]


def step_words(event: CaseEvent) -> str:
    """ "12 ธ.ค. 69 แจ้งความคืบหน้า: รอหลอดไฟ"."""
    said = f"{format_date(bangkok_date(event.at))} {ACTION_LABEL[event.action]}"
    if event.public_note:
        said += f": {event.public_note}"
    if expected := event.detail.get("expected"):
        said += f" (คาดว่าเสร็จ {format_date(datetime.fromisoformat(expected).date())})"
    return said


def when_words(case: Case, now: datetime) -> str:
    """By when, or why not now, or when it ended."""
    match due.state_of(case, now):
        case "paused":
            return "หยุดนับเวลาระหว่างรอ"
        case "late":
            return f"เกินกำหนด {due.words_for(case.due_at, case.category.sla_unit)}"
        case "":
            ended = case.confirmed_at or case.closed_at
            return format_date(bangkok_date(ended)) if ended else "-"
    return due.words_for(case.due_at, case.category.sla_unit)


def short_card(session: Session, case: Case, now: datetime) -> Card:
    """One case of a list: status, due date, last step."""
    last = steps(session, case, 1)
    return Card(
        title=case.number,
        rows=(
            Row("เรื่อง", case.category.label),
            Row("สถานะ", status_text(case.status, case.sub_status)),
            Row("ภายใน" if case.status in OPEN_STATUSES else "เมื่อ", when_words(case, now)),
            *(Row("ล่าสุด", step_words(event)) for event in last),
        ),
        buttons=(Choice("ดูเรื่องนี้", f"c:show:{case.id}"),),
    )


def full_card(session: Session, agency: AgencyView, case: Case, now: datetime, own: bool) -> Card:
    """Everything its reporter may know; others who follow see neither the words nor what they could change."""
    rows = [
        Row("เรื่อง", case.category.label),
        Row("สถานะ", status_text(case.status, case.sub_status)),
        Row("ผู้ดูแล", handler_name(agency, case)),
        Row("ภายใน" if case.status in OPEN_STATUSES else "เมื่อ", when_words(case, now)),
    ]
    if own:
        rows.insert(1, Row("ที่แจ้งไว้", case.detail[:200]))
    if where := place_words(case):
        rows.append(Row("สถานที่", where))
    note = "\n".join(step_words(event) for event in steps(session, case, 5))
    return Card(title=case.number, rows=tuple(rows), note=note, buttons=_taps(case, own), choices=(OFFICER, MENU))


def _taps(case: Case, own: bool) -> tuple[Choice, ...]:
    if not own:
        return (Choice("เลิกติดตามเรื่องนี้", f"c:stop:{case.id}"),)
    add = Choice("ส่งข้อมูลเพิ่ม", f"c:add:{case.id}")
    if case.status == "done":
        return Choice("เรียบร้อย", f"c:ok:{case.id}"), Choice("ยังไม่เรียบร้อย", f"c:no:{case.id}"), add
    if case.status in OPEN_STATUSES:
        return add, Choice("ยกเลิกเรื่องนี้", f"c:cancel:{case.id}")
    return (add,)


def rating_choices(case: Case) -> tuple[Choice, ...]:
    return tuple(Choice(label, f"c:rate:{case.id}:{value}") for value, label in RATINGS)


def filed_card(agency: AgencyView, case: Case, secret: str) -> Card:
    """The number, what next, by when, how to follow. The secret is shown here and never again."""
    span = f" ({due.span_words(case.category)})"
    return Card(
        title="รับเรื่องแล้วค่ะ",
        rows=(
            Row("เลขเรื่อง", case.number),
            Row("รหัสลับ", secret),
            Row("ผู้ดูแล", handler_name(agency, case)),
            Row("ภายใน", due.words_for(case.due_at, case.category.sla_unit) + span),
        ),
        note=(
            "มีความคืบหน้า ดิฉันจะแจ้งในแชตนี้ค่ะ\n"
            "ดูเองได้ทุกเมื่อ กด “ติดตามเรื่อง”\n"
            "ดูบนเว็บใช้เลขเรื่องกับรหัสลับค่ะ\n"
            "รหัสลับบอกครั้งเดียว เก็บไว้นะคะ"
        ),
        buttons=(
            Choice("ดูเรื่องนี้", f"c:show:{case.id}"),
            Choice("ส่งข้อมูลเพิ่ม", f"c:add:{case.id}"),
            Choice("ดูบนเว็บ", agency.url(f"/status?number={case.number}"), "link"),
        ),
        choices=(Choice("ติดตามเรื่อง", "menu:follow"), MENU),
    )


def without_taps(card: Card) -> Card:
    """The same card to look at only."""
    return Card(title=card.title, rows=card.rows, note=card.note)
