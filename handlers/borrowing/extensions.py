"""Keeping a loan longer: asked for by the borrower or by staff, decided by who keeps the assets. None commits.

Never at the cost of somebody else: what is approved for another borrower stays free for them. Every wish and what
became of it is kept with the loan (models/asset.py LoanExtension).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import audit, notify
from handlers.agencies import AgencyView
from handlers.borrowing import loans
from handlers.borrowing.assets import BorrowingError, keeps
from handlers.borrowing.availability import free_until
from handlers.complaints.rules import check, locked
from handlers.complaints.timeline import actor_of, step
from handlers.messages import MENU, OFFICER, Card, Choice, Row, Say
from models.agency import Staff
from models.asset import Asset, Loan, LoanExtension
from models.case import Case
from thai.dates import bangkok_date, format_date

LONGEST_REASON = 300
SHOWN = 6
STATUS_LABELS = {"asked": "รอพิจารณา", "approved": "ให้ยืมต่อ", "refused": "ไม่ให้ยืมต่อ", "withdrawn": "ยกเลิกคำขอ"}


def ask(
    session: Session,
    agency: AgencyView,
    case: Case,
    until: date,
    reason: str,
    now: datetime,
    staff: Staff | None = None,
) -> list[LoanExtension]:
    """Ask to keep what is still out of a request until this Bangkok day; who decides is told. `staff`: who asks for
    the borrower (None: they do). An earlier wish that is not decided yet is replaced. Raises BorrowingError."""
    locked(session, case)
    out = loans.still_out(session, case)
    if staff is not None:
        out = [loan for loan in out if loans.hands(staff, loan)]
    _check_day(out, until, now)
    for loan in out:
        _withdraw(loan)
    session.flush()
    wishes = []
    for loan in out:
        if until > loan.due_on:
            wish = LoanExtension(
                due_before=loan.due_on,
                until=until,
                reason=reason.strip()[:LONGEST_REASON],
                asked_at=now,
                asked_by_id=staff.id if staff else None,
            )
            loan.extensions.append(wish)
            wishes.append(wish)
    session.flush()
    actor = actor_of(staff) if staff else (f"citizen:{case.conversation_id}" if case.conversation_id else "web")
    audit.record(session, actor, "loan_extension_asked", f"case:{case.id}", until=until.isoformat())
    _tell_keepers(session, agency, case, [loan for loan in out if loan.wish], wishes[0])
    return wishes


def _check_day(out: Collection[Loan], until: date, now: datetime) -> None:
    if not out:
        raise BorrowingError("ไม่มีของที่ยังไม่คืน")
    due_on = min(loan.due_on for loan in out)
    if until <= due_on:
        raise BorrowingError(f"วันคืนใหม่ต้องหลัง {format_date(due_on)} ซึ่งเป็นกำหนดเดิม")
    if until < bangkok_date(now):
        raise BorrowingError("วันคืนใหม่ผ่านไปแล้ว")
    if until - min(loan.out_on for loan in out) > loans.LONGEST:
        raise BorrowingError("ยืมได้ไม่เกิน 1 ปี")


def _withdraw(loan: Loan) -> None:
    if (wish := loan.wish) is not None:
        wish.status = "withdrawn"


def _tell_keepers(session: Session, agency: AgencyView, case: Case, out: list[Loan], wish: LoanExtension) -> None:
    """The head of the assets' unit decides; the officer who gives them out hears of it too."""
    units = sorted({loan.asset.unit_id or 0 for loan in out})
    people: dict[int, Staff] = {}
    for unit_id in units:
        for person in (notify.answerer(session, unit_id or None), *notify.unit_heads(session, unit_id or None)):
            if person is not None and person.id != wish.asked_by_id:
                people[person.id] = person
    card = Card(
        title=f"ขอยืมต่อ {case.number}",
        rows=(
            Row("กำหนดคืนเดิม", format_date(wish.due_before)),
            Row("ขอคืน", format_date(wish.until)),
            *(Row("พัสดุ", thing) for thing in loans.things(out)[:SHOWN]),
            *((Row("เหตุผล", wish.reason),) if wish.reason else ()),
        ),
        note="",
        buttons=(Choice("พิจารณา", f"{agency.public_url}/console/assets/loans/{case.id}/longer", "link"),),
    )
    key = f"loan:{case.id}:longer:{wish.id}"
    notify.tell_staff(session, people.values(), [card], key, f"case:{case.id}")


def latest(session: Session, loan: Loan, until: date, today: date) -> date | None:
    """Until when, at most until `until`, all that is still out of this loan can stay out without taking it from who
    comes next; None when not one day longer."""
    others = loans.bookings(session, loan.asset, today, without=loan.id)
    return free_until(loan.asset.quantity, others, max(loan.due_on + timedelta(days=1), today), until, loan.left)


def extend(
    session: Session,
    agency: AgencyView,
    case: Case,
    loan_ids: Collection[int],
    until: date,
    note: str,
    staff: Staff,
    now: datetime,
) -> list[Loan]:
    """Let these loans of one request stay out until this Bangkok day. Wishes for its other loans are refused with it;
    the borrower is told all at once, and the reminders move. Raises BorrowingError, CaseError."""
    today = bangkok_date(now)
    locked(session, case)
    chosen = {loan.id: loan for loan in loans.still_out(session, case) if loan.id in loan_ids}
    if not chosen:
        raise BorrowingError("กรุณาเลือกของที่ให้ยืมต่อ")
    _check_day(chosen.values(), until, now)
    # In order of their ids: no two wait crosswise.
    for loan in sorted(chosen.values(), key=lambda one: one.asset_id):
        session.scalars(select(Asset.id).where(Asset.id == loan.asset_id).with_for_update()).one()
        loans.lock_open(session, loan, staff)
        _check_free(session, loan, until, staff, today)
    for loan in chosen.values():
        _decide(loan, "approved", until, note, staff, now)
        loan.due_on, loan.remind_on = until, loans.first_reminder(until, today)
    refused = [loan for loan in loans.still_out(session, case) if loan.id not in chosen and loan.wish is not None]
    for loan in refused:
        _decide(loan, "refused", None, note, staff, now)
    session.flush()
    case.due_at = loans.due_back(agency, max(loan.due_on for loan in loans.still_out(session, case)))
    lines = ["ให้ยืมต่อได้ค่ะ", *loans.things(chosen.values()), f"คืนภายใน {format_date(until)}"]
    if refused:
        lines += ["ส่วนนี้ยืมต่อไม่ได้ค่ะ", *_with_days(refused)]
    _say(session, case, lines, note, staff, now)
    audit.record(
        session, actor_of(staff), "loan_extended", f"case:{case.id}", loans=sorted(chosen), until=until.isoformat()
    )
    return list(chosen.values())


def _check_free(session: Session, loan: Loan, until: date, staff: Staff, today: date) -> None:
    if not keeps(staff, loan.asset.unit_id):
        raise BorrowingError("อนุมัติได้เฉพาะพัสดุของส่วนงานท่าน")
    if until <= loan.due_on:
        raise BorrowingError(f"{loan.asset.name} กำหนดคืน {format_date(loan.due_on)} อยู่แล้ว")
    last = latest(session, loan, until, today)
    if last != until:
        longest = f"ยืมต่อได้ถึง {format_date(last)}" if last else "ยืมต่อไม่ได้"
        raise BorrowingError(f"{loan.asset.name} มีผู้ยืมรายอื่นรออยู่ {longest}")


def refuse(session: Session, case: Case, note: str, staff: Staff, now: datetime) -> list[Loan]:
    """What is asked for a request is not possible; the borrower is told why. Raises BorrowingError, CaseError."""
    if not note.strip():
        raise BorrowingError("กรุณาบอกเหตุผล ผู้ยืมจะได้รับข้อความนี้")
    locked(session, case)
    asked = {loan.id: loan for loan in loans.still_out(session, case) if loan.wish is not None}
    if not asked:
        raise BorrowingError("ไม่มีคำขอยืมต่อที่รออยู่")
    for loan in asked.values():
        if not keeps(staff, loan.asset.unit_id):
            raise BorrowingError("อนุมัติได้เฉพาะพัสดุของส่วนงานท่าน")
        _decide(loan, "refused", None, note, staff, now)
    session.flush()
    _say(session, case, ["ขออภัยค่ะ ยืมต่อไม่ได้", *_with_days(asked.values())], note, staff, now)
    audit.record(session, actor_of(staff), "loan_extension_refused", f"case:{case.id}", loans=sorted(asked))
    return list(asked.values())


def _decide(loan: Loan, status: str, until: date | None, note: str, staff: Staff, now: datetime) -> None:
    """Close the wish for this loan; what staff give without a wish is written down as one of theirs."""
    wish = loan.wish
    if wish is None and until is not None:
        wish = LoanExtension(due_before=loan.due_on, until=until, asked_at=now, asked_by_id=staff.id)
        loan.extensions.append(wish)
    if wish is not None:
        wish.status, wish.granted_until, wish.note = status, until, note.strip()[:LONGEST_REASON]
        wish.decided_at, wish.decided_by_id = now, staff.id


def _with_days(out: Iterable[Loan]) -> list[str]:
    return [f"{thing} คืนภายใน {format_date(loan.due_on)}" for loan in out for thing in loans.things([loan])]


def _say(session: Session, case: Case, lines: list[str], note: str, staff: Staff, now: datetime) -> None:
    """A step on the request's timeline, and the same to the borrower on LINE."""
    words = "\n".join([*lines, *([f"หมายเหตุ: {note.strip()}"] if note.strip() else [])])
    check(session, case, staff, "progress")
    event = step(session, case, actor_of(staff), "progress", now, words)
    if case.conversation_id is not None:
        said = Say(f"คำขอ {case.number}\n{words}", (Choice("ของที่ยืม", "b:list"), OFFICER, MENU))
        key = f"case:{case.id}:longer:{event.id}:c{case.conversation_id}"
        notify.tell(session, case.conversation_id, [said], key, f"case:{case.id}")


def waiting(session: Session, staff: Staff) -> list[tuple[Case, list[Loan]]]:
    """Requests with a wish that waits for a decision, as this person sees them; the due day first."""
    asked = (
        select(Loan)
        .join(LoanExtension, LoanExtension.loan_id == Loan.id)
        .join(Case, Case.id == Loan.case_id)
        .join(Asset, Asset.id == Loan.asset_id)
        .where(LoanExtension.status == "asked", loans.visible_to(staff))
        .order_by(Loan.due_on, Loan.case_id, Loan.id)
    )
    found: dict[int, tuple[Case, list[Loan]]] = {}
    for loan in session.scalars(asked):
        found.setdefault(loan.case_id, (loan.case, []))[1].append(loan)
    return list(found.values())
