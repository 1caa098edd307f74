"""Official documents as they were made, and the summaries that executives acknowledge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Staff
from models.base import AgencyOwned, Base, utc_now


class OfficialDocument(AgencyOwned, Base):
    """A document with the figures it was made from, so that it can be printed again exactly as it was. `kind`:
    measures, memo, announcement, quarterly, half_year, elements, register; `period`: "6m", "12m", "q1".."q4", "";
    `layout`: "000".."004", "own", "". A new issue of the same document is a new version."""

    __tablename__ = "official_document"
    __table_args__ = (UniqueConstraint("agency_id", "kind", "fiscal_year", "period", "layout", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    fiscal_year: Mapped[int]
    period: Mapped[str] = mapped_column(default="")
    layout: Mapped[str] = mapped_column(default="")
    version: Mapped[int]
    title: Mapped[str]
    dated: Mapped[date]
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the layout's input, as plain data
    findings: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # what the linter said when it was made
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    created_by: Mapped[Staff | None] = relationship()


class Summary(AgencyOwned, Base):
    """The figures of a period for the executives, as they were when it was made. `period`: "2570-q1", "2570-h1",
    "2570", "2570-m03" (the digest of March)."""

    __tablename__ = "summary"
    __table_args__ = (UniqueConstraint("agency_id", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str]
    fiscal_year: Mapped[int]
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class SummaryReceipt(AgencyOwned, Base):
    """A summary as one executive received it, and when they tapped รับทราบ. `via`: "line", "email" for a person who
    cannot be reached there, "console" for one who has neither. `token_hash`: SHA-256 of the secret in the addresses of
    its chart and PDF, which end at `token_expires_at`."""

    __tablename__ = "summary_receipt"
    __table_args__ = (UniqueConstraint("summary_id", "staff_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    summary_id: Mapped[int] = mapped_column(ForeignKey("summary.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    sent_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    via: Mapped[str] = mapped_column(default="", server_default="")
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    token_expires_at: Mapped[datetime | None]

    summary: Mapped[Summary] = relationship()
    staff: Mapped[Staff] = relationship()
