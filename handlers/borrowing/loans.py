"""Lending: a request is approved into loans (R69, R70). None commits.

The request is a case like any other (handlers/services): refusing it is the desk's own `reject`. How loans come back is
in returns.py, how they are kept longer in extensions.py. Who locks more than one row locks the case, then the assets
by their ids, then the loans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from handlers import audit, notify
from handlers.agencies import AgencyView
from handlers.borrowing.assets import BorrowingError, keeps
from handlers.borrowing.availability import Booking, free
from handlers.complaints import operations as desk
from handlers.complaints.rules import check, locked
from handlers.complaints.timeline import actor_of, start_clock, step
from handlers.messages import MENU, OFFICER, Choice, Say
from handlers.services import starter
from handlers.services.answering import request_of
from models.agency import Staff
from models.asset import Asset, Loan
from models.case import OPEN_STATUSES, Case
from thai.dates import at_bangkok, bangkok_date, format_date

USE = "borrowing"  # FormDefinition.settings["use"]
# The options of the form's field "borrower".
BORROWERS = {
    "citizen": "ประชาชน",
    "village": "หมู่บ้านหรือชุมชน",
    "temple_school": "วัดหรือโรงเรียน",
    "agency": "หน่วยงานอื่น",
    "insider": "เจ้าหน้าที่ของเรา",
}
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the request asks for, as far as its answers tell: quantities by asset kind, days, who borrows."""

    quantities: Mapping[str, int]
    out_on: date | None
    due_on: date | None
    borrower: str


def visible_to(staff: Staff) -> ColumnElement[bool]:
    """Condition on Loan joined with Case and Asset: those of requests that this person sees, or of the own unit's
    assets."""
    seen = desk.visible_to(staff)
    return or_(seen, Asset.unit_id == staff.unit_id) if staff.unit_id is not None else seen


def is_borrowing(session: Session, case: Case) -> bool:
    """True for a request made with a form for borrowing."""
    request = request_of(session, case) if case.kind == "request" else None
    return request is not None and request.version.form.settings.get("use") == USE


def waiting(session: Session, staff: Staff) -> list[Case]:
    """Requests to borrow that nobody has decided yet, the oldest first."""
    form = starter.form_for(session, USE)
    if form is None or form.category_id is None:
        return []
    decided = select(Loan.case_id)
    return list(
        session.scalars(
            select(Case)
            .where(
                Case.category_id == form.category_id,
                Case.status.in_(OPEN_STATUSES),
                Case.id.not_in(decided),
                desk.visible_to(staff),
            )
            .order_by(Case.opened_at, Case.id)
        )
    )


def wish(session: Session, case: Case) -> Wish:
    """What this request asks for. Raises BorrowingError for another kind of case."""
    if not is_borrowing(session, case):
        raise BorrowingError("เรื่องนี้ไม่ใช่คำขอยืมพัสดุ")
    request = request_of(session, case)
    answers = request.answers if request else {}
    counts = {kind: answers[kind] for kind in ("tent", "table", "chair", "sound")
              if isinstance(answers.get(kind), int)}  # fmt: skip
    borrower = str(answers.get("borrower", ""))
    return Wish(
        counts,
        _day(answers.get("out_on")),
        _day(answers.get("due_on")),
        borrower if borrower in BORROWERS else "citizen",
    )


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None  # a form that asks for the day in words


def bookings(session: Session, asset: Asset, today: date, without: int | None = None) -> list[Booking]:
    """When pieces of this asset are away: what is late is still away today, what is back was away until its day.
    `without`: the id of a loan that does not count."""
    loans = session.scalars(select(Loan).where(Loan.asset_id == asset.id, Loan.cancelled_at.is_(None)))
    found = []
    for one in loans:
        if one.id != without:
            found += [Booking(one.out_on, part.returned_on, part.quantity) for part in one.parts]
            if one.left:
                found.append(Booking(one.out_on, max(one.due_on, today), one.left))
    return found


def free_between(session: Session, asset: Asset, first: date, last: date, today: date) -> int:
    """How many of this asset can be lent on all of these days."""
    if not asset.active:
        return 0
    return free(asset.quantity, bookings(session, asset, today), first, last)


def approve(
    session: Session,
    agency: AgencyView,
    case: Case,
    quantities: Mapping[int, int],
    first: date,
    last: date,
    staff: Staff,
    now: datetime,
) -> list[Loan]:
    """Lend these quantities (by asset id) from `first` to `last` (Bangkok days) on a request; the borrower is told.

    Never more than is free on every day. From now on the request is due when the things are due back. Raises
    BorrowingError, CaseError."""
    asked, today = wish(session, case), bangkok_date(now)
    wanted = {asset_id: count for asset_id, count in sorted(quantities.items()) if count > 0}
    if not wanted:
        raise BorrowingError("ยังไม่ได้ใส่จำนวนที่ให้ยืม")
    if last < first or last < today or last - first > LONGEST:
        raise BorrowingError("วันคืนต้องไม่มาก่อนวันรับ และยืมได้ไม่เกิน 1 ปี")
    locked(session, case)
    if of_case(session, case):
        raise BorrowingError("คำขอนี้อนุมัติไปแล้ว")
    loans, told = [], []
    for asset_id, count in wanted.items():  # in order of their ids: no two wait crosswise
        asset = session.scalars(select(Asset).where(Asset.id == asset_id).with_for_update()).first()
        if asset is None or not keeps(staff, asset.unit_id):
            raise BorrowingError("อนุมัติได้เฉพาะพัสดุของส่วนงานท่าน")
        spare = free_between(session, asset, first, last, today)
        if count > spare:
            raise BorrowingError(f"{asset.name} ว่างในช่วงนี้ {spare:,} {asset.counter} ให้ยืม {count:,} ไม่ได้")
        loan = Loan(
            case_id=case.id,
            asset_id=asset.id,
            quantity=count,
            borrower=asked.borrower,
            out_on=first,
            due_on=last,
            approved_at=now,
            approved_by_id=staff.id,
            remind_on=first_reminder(last, today),
        )
        session.add(loan)
        loans.append(loan)
        told.append(f"{asset.name} {count:,} {asset.counter}")
    session.flush()
    note = "\n".join((*told, f"รับของ {format_date(first)}", f"คืนภายใน {format_date(last)}"))
    check(session, case, staff, "progress")
    start_clock(session, agency, case, now)
    case.status, case.sub_status, case.accepted_at = "in_progress", "", case.accepted_at or now
    event = step(session, case, actor_of(staff), "progress", now, f"อนุมัติให้ยืมแล้ว\n{note}")
    if case.conversation_id is not None:
        said = Say(f"คำขอ {case.number}\nอนุมัติให้ยืมแล้วค่ะ\n{note}", (Choice("ของที่ยืม", "b:list"), OFFICER, MENU))
        key = f"case:{case.id}:lent:{event.id}:c{case.conversation_id}"
        notify.tell(session, case.conversation_id, [said], key, f"case:{case.id}")
    case.due_at = due_back(agency, last)
    audit.record(session, f"staff:{staff.id}", "loan_approved", f"case:{case.id}", loans=[one.id for one in loans])
    return loans


def due_back(agency: AgencyView, last: date) -> datetime:
    """The end of the first working day after the last day of the loan (UTC)."""
    return agency.calendar.add_working_days(at_bangkok(agency.calendar.shift_deadline(last + timedelta(days=1))), 0)


def first_reminder(due_on: date, today: date) -> date:
    """The day before it is due; for who has just been told, the day after."""
    return due_on - timedelta(days=1) if due_on - timedelta(days=1) > today else due_on + timedelta(days=1)


def of_case(session: Session, case: Case) -> list[Loan]:
    """The loans of a request that were not called off."""
    return list(
        session.scalars(select(Loan).where(Loan.case_id == case.id, Loan.cancelled_at.is_(None)).order_by(Loan.id))
    )


def still_out(session: Session, case: Case) -> list[Loan]:
    """The loans of a request of which something is not back yet."""
    return [loan for loan in of_case(session, case) if loan.returned_on is None]


def things(loans: Iterable[Loan]) -> list[str]:
    """ "เต็นท์ 2 หลัง": what is still out of these loans, a line each."""
    return [f"{one.asset.name} {one.left:,} {one.asset.counter}" for one in loans]


def hands(staff: Staff, loan: Loan) -> bool:
    """True for who gives out and takes back this loan's asset: everybody of its unit, and who keeps it."""
    own = staff.unit_id is not None and staff.unit_id == loan.asset.unit_id
    return own or keeps(staff, loan.asset.unit_id)


def call_off(session: Session, loan: Loan, staff: Staff, now: datetime) -> None:
    """The things were not taken after all: they are free again. Raises BorrowingError."""
    lock_open(session, loan, staff)
    if loan.parts:
        raise BorrowingError("รับคืนไปบางส่วนแล้ว ยกเลิกไม่ได้")
    loan.cancelled_at, loan.remind_on = now, None
    for wish in loan.extensions:
        if wish.status == "asked":
            wish.status = "withdrawn"
    audit.record(session, f"staff:{staff.id}", "loan_cancelled", f"loan:{loan.id}")


def lock_open(session: Session, loan: Loan, staff: Staff) -> None:
    """Lock the loan as it is now. Raises BorrowingError unless it is open and this person's to handle."""
    session.flush()
    session.refresh(loan, with_for_update={"of": Loan})
    if not hands(staff, loan):
        raise BorrowingError("รับคืนได้เฉพาะพัสดุของส่วนงานท่าน")
    if loan.returned_on is not None or loan.cancelled_at is not None:
        raise BorrowingError("รายการนี้คืนหรือยกเลิกไปแล้ว")
