"""What was lent comes back, all at once or in parts (R70). Does not commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import AgencyView
from handlers.borrowing import loans
from handlers.borrowing.assets import CONDITION_LABELS, BorrowingError
from handlers.complaints import operations as desk
from handlers.complaints.rules import locked
from models.agency import Staff
from models.asset import CONDITIONS, Loan, LoanReturn
from thai.dates import bangkok_date

LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """So many that came back together on a Bangkok day, in one condition. `quantity` None: all that is still out."""

    returned_on: date
    condition: str = "good"
    note: str = ""
    quantity: int | None = None


def give_back(session: Session, agency: AgencyView, loan: Loan, part: Part, staff: Staff, now: datetime) -> int:
    """Take back a part of a loan; how many of it are still out. With the last part of the last loan the request is
    done and the borrower is thanked. Raises BorrowingError, CaseError."""
    if part.condition not in CONDITIONS:
        raise BorrowingError("กรุณาเลือกสภาพที่ได้รับคืน")
    if part.condition != "good" and not part.note.strip():
        raise BorrowingError("กรุณาเขียนว่าชำรุดหรือสูญหายอย่างไร")
    case = locked(session, loan.case)
    loans.lock_open(session, loan, staff)
    quantity = loan.left if part.quantity is None else part.quantity
    if not 1 <= quantity <= loan.left:
        raise BorrowingError(f"ยังไม่คืน {loan.left:,} {loan.asset.counter} กรุณาใส่จำนวน 1 ถึง {loan.left:,}")
    if not loan.out_on <= part.returned_on <= bangkok_date(now):
        raise BorrowingError("วันคืนต้องไม่ก่อนวันรับ และไม่เกินวันนี้")
    loan.parts.append(
        LoanReturn(
            quantity=quantity,
            returned_on=part.returned_on,
            condition=part.condition,
            note=part.note.strip()[:LONGEST_NOTE],
            receiver_id=staff.id,
        )
    )
    loan.condition = max((one.condition for one in loan.parts), key=CONDITIONS.index)
    if not loan.left:
        _close(loan)
    session.flush()
    audit.record(
        session,
        f"staff:{staff.id}",
        "loan_returned",
        f"loan:{loan.id}",
        condition=part.condition,
        quantity=quantity,
        left=loan.left,
    )
    if not loans.still_out(session, case) and "done" in desk.allowed(case, staff):
        harmed = any(one.condition != "good" for one in loans.of_case(session, case))
        words = "ได้รับของคืนครบแล้วค่ะ" if harmed else f"ได้รับของคืนครบแล้วค่ะ ({CONDITION_LABELS['good']})"
        desk.done(session, agency, case, staff, now, words)
    return loan.left


def _close(loan: Loan) -> None:
    """All of it is back: as its parts say."""
    last = loan.parts[-1]
    loan.returned_on = max(one.returned_on for one in loan.parts)
    loan.return_note, loan.receiver_id, loan.remind_on = last.note, last.receiver_id, None
    if (wish := loan.wish) is not None:
        wish.status = "withdrawn"
