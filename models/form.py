"""Forms that an agency builds itself, their versions, and what was answered: requests, surveys, anonymous answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Staff, Unit
from models.base import AgencyOwned, Base, utc_now
from models.case import Case, Category

# Where an answer goes: to the desk as a case with number and secret; to a list with the person known; or to a list
# without a trace of who answered.
FORM_KINDS = ("request", "survey", "opinion", "anonymous")


class FormDefinition(AgencyOwned, Base):
    """A form of an agency; what it asks is in its versions, of which one is `in_use`.

    `key` (a-z, 0-9, -) stands in addresses, QR codes and deep links. The promised time of a request is `sla_value` in
    `sla_unit` ("hours", "working_days", "days"); `category_id` is the desk's category "form:<key>", made when a request
    form is first published. `settings` belongs to the slice that adds something to a form (borrowing ...)."""

    __tablename__ = "form"
    __table_args__ = (
        UniqueConstraint("agency_id", "key"),
        CheckConstraint(f"kind IN {FORM_KINDS!r}", name="kind"),
        CheckConstraint("sla_unit IN ('hours','working_days','days')", name="sla_unit"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    title: Mapped[str]
    about: Mapped[str] = mapped_column(default="")  # a line below the title: who needs it, what to have at hand
    kind: Mapped[str] = mapped_column(default="request")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    sla_value: Mapped[int] = mapped_column(default=15)
    sla_unit: Mapped[str] = mapped_column(default="days")
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service_entry.id", ondelete="SET NULL"))
    active: Mapped[bool] = mapped_column(default=True)
    listed: Mapped[bool] = mapped_column(default=True)  # False: only by its QR code or link
    position: Mapped[int] = mapped_column(default=0)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    unit: Mapped[Unit | None] = relationship()
    category: Mapped[Category | None] = relationship()


class FormVersion(AgencyOwned, Base):
    """The questions of a form (handlers/services/definition.py says what `fields` holds). A version without
    `published_at` is the draft, of which a form has at most one; once published it never changes. To roll back is to
    put an older version in use again."""

    __tablename__ = "form_version"
    __table_args__ = (
        UniqueConstraint("form_id", "number"),
        Index("uq_form_version_in_use", "form_id", unique=True, sqlite_where=text("in_use"),
              postgresql_where=text("in_use")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("form.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    fields: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(default="")  # what changed, for staff
    in_use: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    form: Mapped[FormDefinition] = relationship()
    created_by: Mapped[Staff | None] = relationship(foreign_keys=[created_by_id])
    published_by: Mapped[Staff | None] = relationship(foreign_keys=[published_by_id])


class Request(AgencyOwned, Base):
    """What a case of kind "request" asks for: the answers, by field id, under the version they were given under.
    Answers to fields that staff fill in stand among them."""

    __tablename__ = "request"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), unique=True)
    form_version_id: Mapped[int] = mapped_column(ForeignKey("form_version.id"), index=True)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)

    case: Mapped[Case] = relationship()
    version: Mapped[FormVersion] = relationship()


class FormAnswer(AgencyOwned, Base):
    """An answer to a survey or an opinion: no case, nobody is due to do anything. `source` is the counter or place
    whose QR code led here."""

    __tablename__ = "form_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    form_version_id: Mapped[int] = mapped_column(ForeignKey("form_version.id"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"))
    channel: Mapped[str] = mapped_column(default="line")
    source: Mapped[str] = mapped_column(default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)

    version: Mapped[FormVersion] = relationship()


class AnonymousAnswers(AgencyOwned, Base):
    """The anonymous answers given to one version on one Bangkok day, shuffled at each arrival.

    An answer has no row, id or time of its own, so that neither the order of rows nor the database's own marks on a
    row (SQLite's rowid, PostgreSQL's xmin) lead from an answer to the person who was busy in the same moment."""

    __tablename__ = "anonymous_answers"

    form_version_id: Mapped[int] = mapped_column(ForeignKey("form_version.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    answers: Mapped[list[dict[str, Any]]] = mapped_column(default=list)

    version: Mapped[FormVersion] = relationship()


class AnsweredMarks(AgencyOwned, Base):
    """Who has answered an anonymous form already: keyed hashes (of person and fiscal year), sorted, in one row a form.
    No day, and no key in common with an answer: there is nothing to join."""

    __tablename__ = "answered_marks"

    form_id: Mapped[int] = mapped_column(ForeignKey("form.id", ondelete="CASCADE"), primary_key=True)
    people: Mapped[list[str]] = mapped_column(default=list)
