"""The register and the year's figures of lending (R70, R71)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from handlers.agencies import AgencyView
from handlers.borrowing.assets import CONDITION_LABELS
from handlers.borrowing.loans import BORROWERS, visible_to
from models.agency import Staff
from models.asset import Asset, Loan, LoanReturn
from models.case import Case
from thai.dates import format_date
from thai.fiscal import year_period

REGISTER = (
    "เลขคำขอ", "ผู้ยืม", "ประเภทผู้ยืม", "พัสดุ", "เลขพัสดุ", "จำนวนที่ยืม", "หน่วยนับ", "วันที่รับ", "กำหนดคืน", "เลื่อนจาก",
    "จำนวนที่คืน", "วันที่คืน", "สภาพ", "หมายเหตุ", "ผู้รับคืน", "ผู้อนุมัติ",
)  # fmt: skip
STATISTICS = (
    "พัสดุ", "ประเภทผู้ยืม", "ครั้ง", "จำนวน", "คืนตรงเวลา", "คืนช้า", "ยังไม่ครบ", "เลยกำหนด", "ชำรุด/หาย", "ยืมต่อ",
    "ค้าง (ชิ้น)", "ชำรุด/หาย (ชิ้น)",
)  # fmt: skip
HARMED = ("damaged", "lost")


@dataclass(slots=True)
class Count:
    """How often something was lent, how many pieces, and how it came back; a loan is back with its last part, in time
    by the day to which it was extended. `waiting`: something is still out, of which `overdue` are late today; `harmed`:
    something came back damaged or not at all. `pieces_out` and `pieces_harmed` count the pieces of these."""

    times: int = 0
    pieces: int = 0
    in_time: int = 0
    late: int = 0
    waiting: int = 0
    overdue: int = 0
    harmed: int = 0
    extended: int = 0
    pieces_out: int = 0
    pieces_harmed: int = 0

    def add(self, loan: Loan, today: date) -> None:
        self.times += 1
        self.pieces += loan.quantity
        if loan.returned_on is None:
            self.waiting += 1
            self.overdue += loan.due_on < today
        elif loan.returned_on <= loan.due_on:
            self.in_time += 1
        else:
            self.late += 1
        self.harmed += loan.condition in HARMED
        self.extended += any(one.status == "approved" for one in loan.extensions)
        self.pieces_out += loan.left
        self.pieces_harmed += sum(part.quantity for part in loan.parts if part.condition in HARMED)

    def cells(self) -> tuple[str, ...]:
        figures = (self.times, self.pieces, self.in_time, self.late, self.waiting, self.overdue, self.harmed)
        return tuple(str(figure) for figure in (*figures, self.extended, self.pieces_out, self.pieces_harmed))


@dataclass(slots=True)
class Year:
    """A fiscal year's loans (by the day they began), called-off ones left out."""

    fiscal_year: int
    total: Count = field(default_factory=Count)
    by_asset: dict[str, Count] = field(default_factory=dict)
    by_borrower: dict[str, Count] = field(default_factory=dict)
    by_both: dict[tuple[str, str], Count] = field(default_factory=dict)


def of_year(session: Session, fiscal_year: int, today: date) -> Year:
    """Count the loans of a Buddhist fiscal year of the session's agency; the most lent first."""
    period = year_period(fiscal_year)
    found = Year(fiscal_year)
    loans = session.scalars(
        select(Loan)
        .options(joinedload(Loan.asset))
        .where(Loan.out_on >= period.start, Loan.out_on <= period.end, Loan.cancelled_at.is_(None))
    )
    for loan in loans:
        thing, who = loan.asset.name, BORROWERS.get(loan.borrower, loan.borrower)
        for count in (
            found.total,
            found.by_asset.setdefault(thing, Count()),
            found.by_borrower.setdefault(who, Count()),
            found.by_both.setdefault((thing, who), Count()),
        ):
            count.add(loan, today)
    for name in ("by_asset", "by_borrower", "by_both"):
        ranked = sorted(getattr(found, name).items(), key=lambda one: (-one[1].times, one[0]))
        setattr(found, name, dict(ranked))
    return found


def table(year: Year) -> Iterator[tuple[str, ...]]:
    """The figures by item and kind of borrower, with the sum below."""
    yield STATISTICS
    for (thing, who), count in year.by_both.items():
        yield thing, who, *count.cells()
    yield "รวม", "", *year.total.cells()


def register(session: Session, agency: AgencyView, staff: Staff, fiscal_year: int) -> Iterator[tuple[str, ...]]:
    """The borrow-return register of a fiscal year as a table: what this person may see, in order, a row for each part
    that came back and one for what is still out."""
    period = year_period(fiscal_year)
    loans = session.scalars(
        select(Loan)
        .join(Case, Case.id == Loan.case_id)
        .join(Asset, Asset.id == Loan.asset_id)
        .options(joinedload(Loan.asset), joinedload(Loan.case), joinedload(Loan.approved_by))
        .where(Loan.out_on >= period.start, Loan.out_on <= period.end, Loan.cancelled_at.is_(None), visible_to(staff))
        .order_by(Loan.out_on, Loan.id)
    )
    yield REGISTER
    for loan in loans:
        parts: list[LoanReturn | None] = [*loan.parts, *([None] if loan.left else [])]
        for part in parts:
            yield (*_lent(loan), *_returned(part), loan.approved_by.name)


def _lent(loan: Loan) -> tuple[str, ...]:
    moved = [one.due_before for one in loan.extensions if one.status == "approved"]
    return (
        loan.case.number,
        loan.case.reporter_name,
        BORROWERS.get(loan.borrower, loan.borrower),
        loan.asset.name,
        loan.asset.number,
        str(loan.quantity),
        loan.asset.counter,
        format_date(loan.out_on),
        format_date(loan.due_on),
        ", ".join(map(format_date, moved)),
    )


def _returned(part: LoanReturn | None) -> tuple[str, ...]:
    if part is None:
        return ("",) * 5
    receiver = part.receiver.name if part.receiver else ""
    condition = CONDITION_LABELS.get(part.condition, "")
    return str(part.quantity), format_date(part.returned_on), condition, part.note, receiver
