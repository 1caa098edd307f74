"""People who come to the desk without a matter of their own in the system: counted, and nothing else of them (R28)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import AgencyOwned, Base


class WalkinCount(AgencyOwned, Base):
    """How many came to a unit for a service on a day (Bangkok). `service` is the key of a ServiceEntry, "" for
    anything else; what was counted stays when the service goes. No person, no moment."""

    __tablename__ = "walkin_count"
    agency_index = False
    __table_args__ = (
        UniqueConstraint("agency_id", "day", "unit_id", "service"),
        CheckConstraint("count >= 0", name="count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    service: Mapped[str] = mapped_column(default="")
    day: Mapped[date]
    count: Mapped[int]
