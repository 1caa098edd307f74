"""Sending summaries to ปลัด and นายก, and their acknowledgement. None of the verbs commits."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from handlers import audit, notify
from handlers.agencies import AgencyView
from handlers.eit.reach import reach
from handlers.messages import Card
from handlers.summaries import card, periods, trend
from handlers.summaries.figures import collect
from handlers.summaries.periods import Period
from handlers.summaries.proof import prove
from models.agency import Agency, Staff
from models.conversation import Conversation
from models.document import Summary, SummaryReceipt
from models.outbox import MailMessage
from thai.dates import bangkok_date

LINK_LIFE = timedelta(days=60)  # of the card's picture and PDF: LINE asks for a picture whenever it is scrolled to


class LinkEnded(ValueError):
    """The address is wrong or past its time. The message is Thai."""


# -- sending ---------------------------------------------------------------------------------------------


def send_summaries_due(session: Session, now: datetime) -> list[int]:
    """The ids of the agencies for which send_summaries has something to do at `now`; `session` is not scoped. One
    look into an index: each agency keeps when it is next."""
    waiting = or_(Agency.summaries_due_at.is_(None), Agency.summaries_due_at <= now)
    return list(session.scalars(select(Agency.id).where(waiting)))


def send_summaries(session: Session, agency: AgencyView, now: datetime) -> int:
    """Make and send what should have been reported by now: the latest quarter, half-year and year, else the month's
    digest. Of several on one day each person gets one message. Returns how many summaries were made."""
    # Of two clocks the second waits here, and then finds the next moment in the future.
    own = select(Agency).where(Agency.id == agency.id).with_for_update(key_share=True)
    row = session.scalars(own, execution_options={"populate_existing": True}).one()
    if row.summaries_due_at is not None and row.summaries_due_at > now:
        return 0
    row.summaries_due_at = periods.next_report_at(agency.calendar, now)
    made_before = select(Summary.id).where(Summary.agency_id == agency.id)
    due = [
        period
        for period in periods.due(agency.calendar, now)
        if period.last >= bangkok_date(row.created_at)  # nothing to tell of a time before the agency was here
        and session.scalars(made_before.where(Summary.period == period.key)).first() is None
    ]
    if any(period.kind != "month" for period in due):
        due = [period for period in due if period.kind != "month"]
    made = [(period, _make(session, agency, period, now)) for period in due]
    if made:
        for person in executives(session):
            _send(session, agency, person, made, now)
    return len(made)


def executives(session: Session) -> list[Staff]:
    """The active นายก and ปลัด; where no ปลัด is known, the admins."""
    mayors = session.scalars(select(Staff).where(Staff.role == "mayor", Staff.active).order_by(Staff.id)).all()
    return [*mayors, *notify.clerks(session)]


def figures_of(session: Session, agency: AgencyView, period: Period, now: datetime) -> dict[str, Any]:
    """What a summary and a report of the period are made of: the agency's figures, how they moved, the EIT's reach."""
    figures = collect(session, agency, period.first, period.last, now)
    moved = trend.trend(session, agency, trend.back_from(period, card.CHARTED), now)
    return {**figures, "label": period.label, "trend": moved, "eit": reach(session, period.fiscal_year, now)}


def _make(session: Session, agency: AgencyView, period: Period, now: datetime) -> Summary:
    figures = figures_of(session, agency, period, now)
    summary = Summary(period=period.key, fiscal_year=period.fiscal_year, figures=figures, created_at=now)
    session.add(summary)
    session.flush()
    audit.record(session, "clock", "summary_made", f"summary:{summary.id}", period=period.key)
    return summary


def _send(
    session: Session, agency: AgencyView, person: Staff, made: list[tuple[Period, Summary]], now: datetime
) -> None:
    """One message with a card for each: on LINE, or by e-mail to whoever cannot be reached there; they stand in the
    console for all."""
    cards: list[Card] = []
    receipts: list[SummaryReceipt] = []
    for period, summary in made:
        token = secrets.token_urlsafe(24)
        receipt = SummaryReceipt(
            summary_id=summary.id, staff_id=person.id, token_hash=_hash(token), token_expires_at=now + LINK_LIFE
        )
        session.add(receipt)
        session.flush()
        receipts.append(receipt)
        report = "" if period.kind == "month" else f"{agency.public_url}/summaries/{token}/report.pdf"
        picture = "" if period.kind == "month" else f"{agency.public_url}/summaries/{token}/chart.png"
        cards.append(card.card(agency, period, summary.figures, receipt.id, picture, report))
    first = made[0][1]
    key, subject = f"{agency.id}:summary:{first.period}", f"summary:{first.id}"
    if agency.sends_mail and person.email and not _reached_on_line(session, person):
        _write(session, agency, person, made, key, subject, now)
        via = "email"
    else:
        via = "line" if notify.tell_staff(session, [person], cards, key, subject) else "console"
    for receipt in receipts:
        receipt.sent_at, receipt.via = now, via


def _reached_on_line(session: Session, person: Staff) -> bool:
    """False without a linked account, and for whoever blocked us."""
    if not person.line_user_id:
        return False
    talk = select(Conversation.id).where(Conversation.line_user_id == person.line_user_id, Conversation.reachable)
    return session.scalars(talk).first() is not None


def _write(
    session: Session,
    agency: AgencyView,
    person: Staff,
    made: list[tuple[Period, Summary]],
    key: str,
    subject: str,
    now: datetime,
) -> None:
    """The same figures as an e-mail, which bot/mailer.py sends and tries again."""
    title, body = card.mail(agency, [(period, summary.figures) for period, summary in made])
    session.add(
        MailMessage(
            staff_id=person.id,
            dedupe_key=f"{key}:s{person.id}",
            subject_key=subject,
            title=title,
            body=body,
            next_attempt_at=now,
        )
    )


# -- reading ---------------------------------------------------------------------------------------------


def acknowledge(session: Session, receipt: SummaryReceipt, staff: Staff, now: datetime) -> bool:
    """ "รับทราบ", by the person whose receipt it is; True the first time. The moment is kept, in the audit log too, and
    is evidence of the duties to report (proof.py)."""
    session.refresh(receipt, ["acknowledged_at"], with_for_update=True)
    if receipt.staff_id != staff.id or receipt.acknowledged_at is not None:
        return False
    receipt.acknowledged_at = now
    audit.record(
        session, f"staff:{staff.id}", "summary_acknowledged", f"summary:{receipt.summary_id}", receipt=receipt.id
    )
    prove(session, periods.parse(receipt.summary.period), staff, now)
    return True


def own_receipt(session: Session, receipt_id: int, staff: Staff) -> SummaryReceipt | None:
    """This person's receipt with its summary, if it is theirs."""
    return session.scalars(
        select(SummaryReceipt)
        .options(joinedload(SummaryReceipt.summary))
        .where(SummaryReceipt.id == receipt_id, SummaryReceipt.staff_id == staff.id)
    ).first()


def by_token(session: Session, token: str, now: datetime) -> Summary:
    """The summary behind the address of a card's picture or PDF. Raises LinkEnded; an address also ends with the
    person's account."""
    receipt = session.scalars(
        select(SummaryReceipt)
        .options(joinedload(SummaryReceipt.summary), joinedload(SummaryReceipt.staff))
        .where(SummaryReceipt.token_hash == _hash(token))
    ).first()
    if receipt is None or not receipt.staff.active:
        raise LinkEnded("ลิงก์นี้ไม่ถูกต้อง")
    if receipt.token_expires_at is None or receipt.token_expires_at < now:
        raise LinkEnded("ลิงก์นี้หมดอายุแล้ว เปิดรายงานได้จากหน้าภาพรวมหลังเข้าสู่ระบบ")
    return receipt.summary


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
