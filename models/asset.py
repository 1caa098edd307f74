"""What the agency lends: assets and their loans (the borrow-return register)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Staff, Unit
from models.base import AgencyOwned, Base, utc_now
from models.case import Case

CONDITIONS = ("good", "damaged", "lost")
OUT = "returned_on IS NULL AND cancelled_at IS NULL"  # still with the borrower, or kept for them
ASKED = "status = 'asked'"


class Asset(AgencyOwned, Base):
    """A thing, or many alike, that a unit keeps and lends. `number` is that of the asset register (เลขพัสดุ); `kind` is
    the form's option that means it ("tent"), "" for what nobody asks for by name."""

    __tablename__ = "asset"
    __table_args__ = (
        UniqueConstraint("agency_id", "number"),
        CheckConstraint("quantity >= 0", name="quantity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    number: Mapped[str]
    kind: Mapped[str] = mapped_column(default="")
    counter: Mapped[str] = mapped_column(default="ชิ้น")  # ลักษณนาม: ตัว, หลัง, ชุด
    quantity: Mapped[int] = mapped_column(default=1)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    condition: Mapped[str] = mapped_column(default="good")
    note: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)

    unit: Mapped[Unit | None] = relationship()


class Loan(AgencyOwned, Base):
    """So many of an asset, lent from `out_on` to `due_on` (Bangkok days, both included) on a request; `due_on` is the
    day as it was last extended. It may come back in parts: `returned_on`, `return_note` and `receiver_id` are those of
    the part with which all was back, `condition` the worst of the parts so far. `remind_on`: the day from which the
    clock has something to say about it; None once it is back or called off."""

    __tablename__ = "loan"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("due_on >= out_on", name="days"),
        Index("ix_loan_remind", "agency_id", "remind_on", sqlite_where=text(OUT), postgresql_where=text(OUT)),
        Index("ix_loan_asset", "asset_id", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), index=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    quantity: Mapped[int]
    borrower: Mapped[str] = mapped_column(default="citizen")  # handlers/borrowing/loans.py BORROWERS
    out_on: Mapped[date]
    due_on: Mapped[date]
    approved_at: Mapped[datetime] = mapped_column(default=utc_now)
    approved_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    returned_on: Mapped[date | None]
    condition: Mapped[str] = mapped_column(default="")  # one of CONDITIONS
    return_note: Mapped[str] = mapped_column(default="")
    receiver_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    cancelled_at: Mapped[datetime | None]
    remind_on: Mapped[date | None]

    case: Mapped[Case] = relationship()
    asset: Mapped[Asset] = relationship()
    approved_by: Mapped[Staff] = relationship(foreign_keys=[approved_by_id])
    receiver: Mapped[Staff | None] = relationship(foreign_keys=[receiver_id])
    parts: Mapped[list[LoanReturn]] = relationship(order_by="LoanReturn.id", lazy="selectin", passive_deletes=True)
    extensions: Mapped[list[LoanExtension]] = relationship(
        order_by="LoanExtension.id", lazy="selectin", passive_deletes=True
    )

    @property
    def left(self) -> int:
        """How many are still with the borrower."""
        back = sum(part.quantity for part in self.parts)
        return 0 if self.returned_on is not None else self.quantity - back

    @property
    def wish(self) -> LoanExtension | None:
        """The later due day that is asked for and not decided yet."""
        return next((one for one in self.extensions if one.status == "asked"), None)


class LoanReturn(AgencyOwned, Base):
    """So many of a loan that came back together: on which Bangkok day, in what condition, to whom."""

    __tablename__ = "loan_return"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id", ondelete="CASCADE"), index=True)
    quantity: Mapped[int]
    returned_on: Mapped[date]
    condition: Mapped[str]  # one of CONDITIONS
    note: Mapped[str] = mapped_column(default="")
    receiver_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    receiver: Mapped[Staff | None] = relationship()


class LoanExtension(AgencyOwned, Base):
    """A later due day for a loan, by whom it was asked (None: the borrower), and what became of it. `due_before`: the
    due day when it was asked; `until`: the day asked for; `granted_until`: the day it became, which may be an earlier
    one. All Bangkok days."""

    __tablename__ = "loan_extension"
    __table_args__ = (
        CheckConstraint("until > due_before", name="later"),
        Index("ix_loan_asked", "loan_id", unique=True, sqlite_where=text(ASKED), postgresql_where=text(ASKED)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id", ondelete="CASCADE"), index=True)
    due_before: Mapped[date]
    until: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    status: Mapped[str] = mapped_column(default="asked")  # "asked", "approved", "refused", "withdrawn"
    granted_until: Mapped[date | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str] = mapped_column(default="")

    asked_by: Mapped[Staff | None] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[Staff | None] = relationship(foreign_keys=[decided_by_id])
