"""How a case ends: done and confirmed, not done after all, rejected, cancelled, merged, transferred."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.complaints import notices
from handlers.complaints.labels import status_text
from handlers.complaints.rules import CaseError, allowed, check, kept, locked
from handlers.complaints.timeline import actor_of, start_clock, step
from models.agency import Staff
from models.case import OPEN_STATUSES, Case, CaseSubscriber
from models.thread import Attachment, ThreadMessage

REOPEN_WITHIN = timedelta(days=30)  # after that a new case says more than an old one


def done(
    session: Session,
    agency: AgencyView,
    case: Case,
    staff: Staff,
    now: datetime,
    note: str,
    photos: Sequence[int] = (),
    *,
    secret_key: str = "",
) -> None:
    """The work is finished, says the unit; the reporter is asked. `photos` are attachment ids; they are shown to the
    reporter when `secret_key` (of the installation) can sign their links. Raises CaseError."""
    check(session, case, staff, "done")
    start_clock(session, agency, case, now)
    after = session.scalars(
        select(Attachment).where(
            Attachment.id.in_(photos), Attachment.case_id.is_(None) | (Attachment.case_id == case.id)
        )
    ).all()
    for photo in after:
        photo.case_id, photo.role = case.id, "after"
    case.status, case.sub_status = "done", ""
    case.accepted_at = case.accepted_at or now
    case.done_at = case.closed_at = now
    event = step(session, case, actor_of(staff), "done", now, note.strip(), photos=[photo.id for photo in after])
    notices.done(session, agency, case, event, after, secret_key)


def confirm(session: Session, agency: AgencyView, case: Case, actor: str, now: datetime) -> None:
    """The reporter says that it is well. Raises CaseError."""
    _check_actor(session, case, actor, "confirm")
    if case.status != "done":
        raise CaseError(_not_now(case))
    case.status, case.confirmed_at = "confirmed", now
    step(session, case, actor, "confirmed", now)


def not_done(session: Session, agency: AgencyView, case: Case, actor: str, now: datetime, words: str = "") -> None:
    """The reporter says that it is not well: open again on the same clock, and the head is told. Raises CaseError."""
    _check_actor(session, case, actor, "not_done")
    if case.status not in ("done", "confirmed"):
        raise CaseError(_not_now(case))
    if case.done_at is not None and now - case.done_at > REOPEN_WITHIN:
        raise CaseError("เรื่องนี้ปิดไปนานแล้วค่ะ\nแจ้งเป็นเรื่องใหม่ได้เลยนะคะ")
    case.status, case.sub_status = "in_progress", ""
    case.done_at = case.confirmed_at = case.closed_at = case.rating = None
    case.reopened += 1
    if words.strip():
        session.add(ThreadMessage(case_id=case.id, direction="in", text=words.strip(), at=now))
    event = step(session, case, actor, "reopened", now, times=case.reopened)
    people = {person.id: person for person in (*notices.responsible(session, case), *notices.superiors(session, case))}
    notices.to_staff(
        session, agency, case, people.values(), "ผู้แจ้งบอกว่ายังไม่เรียบร้อย", f"reopened:{event.id}", urgent=True
    )
    notices.reopened(session, agency, case, event, actor)


def rate(session: Session, case: Case, rating: int, actor: str, now: datetime) -> None:
    """1 (poor) to 5 (very good), by the reporter. Raises CaseError."""
    if not 1 <= rating <= 5:
        raise CaseError("ให้คะแนนได้ 1 ถึง 5 ค่ะ")
    kept(locked(session, case))
    if case.status not in ("done", "confirmed"):
        raise CaseError(_not_now(case))
    case.rating = rating
    step(session, case, actor, "rated", now, rating=rating)


def reject(session: Session, agency: AgencyView, case: Case, staff: Staff, now: datetime, reason: str) -> None:
    """Not ours to do; `reason` is told to the reporter. Raises CaseError."""
    check(session, case, staff, "reject")
    _end(session, agency, case, "rejected", now, reason)
    event = step(session, case, actor_of(staff), "rejected", now, case.close_reason)
    notices.ended(session, agency, case, event, actor_of(staff))


def cancel(session: Session, agency: AgencyView, case: Case, actor: str, now: datetime, reason: str) -> None:
    """Called off, by the reporter or for them; `reason` is told to those who follow. Raises CaseError."""
    _check_actor(session, case, actor, "cancel")
    if case.status not in OPEN_STATUSES:
        raise CaseError(_not_now(case))
    _end(session, agency, case, "cancelled", now, reason)
    event = step(session, case, actor, "cancelled", now, case.close_reason)
    notices.ended(session, agency, case, event, actor)
    if not actor.startswith("staff:"):
        people = notices.responsible(session, case)
        notices.to_staff(session, agency, case, people, "ผู้แจ้งยกเลิกเรื่อง", f"cancelled:{event.id}")


def merge(session: Session, agency: AgencyView, case: Case, into: Case, staff: Staff, now: datetime) -> None:
    """The same matter as `into`, which goes on; everybody who followed this one follows that one. Raises CaseError."""
    if case.id == into.id:
        raise CaseError("รวมเรื่องกับตัวเองไม่ได้")
    if case.kind != into.kind:
        raise CaseError("เรื่องร้องเรียนกับคำขอรวมกันไม่ได้")
    for one in sorted((case, into), key=lambda c: c.id):  # always in the same order: no two wait crosswise
        locked(session, one)
    check(session, case, staff, "merge")
    if "merge" not in allowed(into, staff):
        raise CaseError("รวมได้เฉพาะกับเรื่องที่ยังเปิดอยู่และคุณมีสิทธิ์ดู")
    if case.category.conduct or into.category.conduct:
        raise CaseError("เรื่องเกี่ยวกับเจ้าหน้าที่รวมกับเรื่องอื่นไม่ได้")
    _end(session, agency, case, "merged", now, f"รวมกับเรื่อง {into.number}")
    case.merged_into_id = into.id
    actor = actor_of(staff)
    event = step(session, case, actor, "merged", now, into=into.id)
    step(session, into, actor, "joined", now, joined=case.id)
    notices.merged(session, agency, case, into, event, actor)
    _move_followers(session, case, into, now)


def _move_followers(session: Session, case: Case, into: Case, now: datetime) -> None:
    following = select(CaseSubscriber.conversation_id).where(CaseSubscriber.case_id == case.id)
    known = set(session.scalars(select(CaseSubscriber.conversation_id).where(CaseSubscriber.case_id == into.id)))
    for conversation_id in dict.fromkeys((case.conversation_id, *session.scalars(following))):
        if conversation_id not in (None, into.conversation_id, *known):
            session.add(CaseSubscriber(case_id=into.id, conversation_id=conversation_id, at=now))


def transfer(
    session: Session,
    agency: AgencyView,
    case: Case,
    staff: Staff,
    now: datetime,
    to: str,
    reference: str,
    note: str = "",
) -> None:
    """Another agency's to do: sent on with a reference, closed here. Raises CaseError."""
    check(session, case, staff, "transfer")
    if not to.strip():
        raise CaseError("กรุณาระบุหน่วยงานที่ส่งต่อ")
    _end(session, agency, case, "transferred", now, f"ส่งต่อ{to.strip()}")
    case.transferred_to, case.transfer_reference = to.strip(), reference.strip()
    event = step(session, case, actor_of(staff), "transferred", now, note.strip())
    notices.transferred(session, agency, case, event, actor_of(staff))


def _end(session: Session, agency: AgencyView, case: Case, status: str, now: datetime, reason: str) -> None:
    if not reason.strip():
        raise CaseError("กรุณาบอกเหตุผล เพื่อแจ้งให้ผู้แจ้งทราบ")
    start_clock(session, agency, case, now)
    case.status, case.sub_status, case.close_reason, case.closed_at = status, "", reason.strip(), now


def _check_actor(session: Session, case: Case, actor: str, verb: str) -> None:
    """Staff who act for the reporter need the right to; the reporter is known to the edge that calls."""
    if actor.startswith("staff:"):
        check(session, case, session.get_one(Staff, int(actor.removeprefix("staff:"))), verb)
    else:
        kept(locked(session, case))


def _not_now(case: Case) -> str:
    return f"เรื่อง {case.number}\nตอนนี้อยู่ในสถานะ\n{status_text(case.status, case.sub_status)}ค่ะ"
