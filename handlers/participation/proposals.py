"""ท่านเสนอ เราทำ: a proposal is looked at, answered in public, and its author is told. No verb commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import audit, notify
from handlers.agencies import AgencyView
from handlers.messages import MENU, OFFICER, Card, Choice, Row
from handlers.numbers import next_number
from handlers.participation.activities import ParticipationError
from models.agency import Staff, Unit
from models.participation import PROPOSAL_STATUSES, Proposal
from thai.dates import bangkok_date, format_date

STATUS_LABELS = {
    "received": "รับเรื่องแล้ว",
    "considering": "กำลังพิจารณา",
    "will_do": "จะดำเนินการ",
    "done": "ทำแล้ว",
    "cannot": "ยังทำไม่ได้",
}
ANSWERED = ("will_do", "done", "cannot")
LONGEST = 2000
LONGEST_SUMMARY = 300


def propose(
    session: Session,
    agency: AgencyView,
    words: str,
    now: datetime,
    actor: str,
    *,
    moo: int | None = None,
    contact: str = "",
    conversation_id: int | None = None,
    channel: str = "line",
) -> Proposal:
    """Keep a proposal and tell the ปลัด. Raises ParticipationError."""
    words = words.strip()
    if len(words) < 5:
        raise ParticipationError("words", "ขอรายละเอียดอีกสักนิดนะคะ")
    if len(words) > LONGEST:
        raise ParticipationError("words", f"ขอไม่เกิน {LONGEST:,} ตัวอักษรค่ะ")
    number, year = next_number(session, agency.id, "P", bangkok_date(now))
    proposal = Proposal(
        number=number,
        fiscal_year=year,
        text=words,
        moo=moo,
        contact=contact.strip()[:200],
        conversation_id=conversation_id,
        channel=channel,
        at=now,
    )
    session.add(proposal)
    session.flush()
    audit.record(session, actor, "proposal_made", f"proposal:{proposal.id}")
    card = Card(
        title=f"ข้อเสนอใหม่ {number}",
        rows=(Row("หมู่", str(moo)),) if moo else (),
        note=words[:300],
        buttons=(Choice("เปิดในระบบ", f"{agency.public_url}/console/participation/proposals/{proposal.id}", "link"),),
    )
    subject = f"proposal:{proposal.id}"
    notify.tell_staff(session, notify.clerks(session), [card], f"{subject}:new", subject)
    return proposal


def decide(
    session: Session,
    agency: AgencyView,
    proposal: Proposal,
    staff: Staff,
    now: datetime,
    *,
    status: str,
    summary: str,
    answer: str,
    unit_id: int | None = None,
) -> None:
    """Say publicly where a proposal stands; the author hears of it on LINE. Raises ParticipationError."""
    summary, answer = " ".join(summary.split()), answer.strip()
    if status not in PROPOSAL_STATUSES:
        raise ParticipationError("status", "กรุณาเลือกสถานะ")
    if status != "received" and not summary:
        raise ParticipationError("summary", "กรุณาสรุปข้อเสนอสำหรับเผยแพร่ โดยไม่มีชื่อหรือเบอร์โทรของผู้ใด")
    if len(summary) > LONGEST_SUMMARY:
        raise ParticipationError("summary", f"สรุปยาวเกิน {LONGEST_SUMMARY} ตัวอักษร")
    if status in ANSWERED and not answer:
        need = "เหตุผลที่ยังทำไม่ได้" if status == "cannot" else "คำตอบ: จะทำอะไร เมื่อใด หรือทำอะไรไปแล้ว"
        raise ParticipationError("answer", f"กรุณาเขียน{need} ทุกคนจะอ่านได้")
    if len(answer) > LONGEST:
        raise ParticipationError("answer", f"คำตอบยาวเกิน {LONGEST:,} ตัวอักษร")
    if unit_id is not None and session.get(Unit, unit_id) is None:
        raise ParticipationError("unit_id", "ไม่พบส่วนงานนี้")
    news = (proposal.status, proposal.answer) != (status, answer)
    proposal.status, proposal.summary, proposal.answer, proposal.unit_id = status, summary, answer, unit_id
    if news and answer:
        proposal.answered_at = now
    session.flush()
    subject = f"proposal:{proposal.id}"
    audit.record(session, f"staff:{staff.id}", "proposal_decided", subject, status=status)
    if news and proposal.conversation_id is not None:
        buttons = (Choice("ดูข้อเสนอทั้งหมด", agency.url("/proposals"), "link"),)
        card = Card(
            title=f"ข้อเสนอ {proposal.number}",
            rows=(Row("เรื่อง", (summary or proposal.text)[:120]), Row("สถานะ", STATUS_LABELS[status])),
            note=answer[:600],
            buttons=buttons,
            choices=(OFFICER, MENU),
        )
        key = f"{subject}:{status}:{int(now.timestamp())}:c{proposal.conversation_id}"
        notify.tell(session, proposal.conversation_id, [card], key, subject)


def public(session: Session, most: int = 200) -> list[Proposal]:
    """What everybody may read: proposals with a summary of ours, the newest first."""
    query = select(Proposal).where(Proposal.summary != "", Proposal.status != "received")
    return list(session.scalars(query.order_by(Proposal.id.desc()).limit(most)))


def of_person(session: Session, conversation_id: int, most: int = 5) -> list[Proposal]:
    """A LINE user's own proposals, the newest first."""
    query = select(Proposal).where(Proposal.conversation_id == conversation_id)
    return list(session.scalars(query.order_by(Proposal.id.desc()).limit(most)))


def line(proposal: Proposal) -> str:
    """ "P70-000001 · กำลังพิจารณา · 12 ธ.ค. 69"."""
    return f"{STATUS_LABELS[proposal.status]} · {format_date(bangkok_date(proposal.answered_at or proposal.at))}"
