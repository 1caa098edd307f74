"""The desk's tables. Nothing here names a LINE user, a staff row or a reporter's address; days, not moments, are kept.

Ciphertext columns say what seals them. In clear is only what statistics and deadlines need.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    CheckConstraint,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    LargeBinary,
    TypeDecorator,
    UniqueConstraint,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

STATUSES = (
    "received",  # รับเรื่อง
    "screening",  # ตรวจสอบเบื้องต้น
    "investigating",  # สอบสวน
    "closed",  # ยุติ
    "forwarded",  # ส่งต่อ ป.ป.ช./ป.ป.ท.
    "withdrawn",  # ผู้แจ้งถอนเรื่อง
)
DONE = ("closed", "forwarded", "withdrawn")
OFFICER_ROLES = ("officer", "custodian", "outside")


class UTCDateTime(TypeDecorator[datetime]):
    """Aware moments in, UTC out, on both databases. (SQLite keeps no time zone.)"""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("an aware datetime is needed")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    type_annotation_map = {
        dict[str, Any]: JSON().with_variant(JSONB(), "postgresql"),
        bytes: LargeBinary,
        date: Date,
        datetime: UTCDateTime(),
    }


class Desk(Base):
    """One agency's desk. `code` is the agency's code in addresses. `texts`: the agency's own words (guideline,
    responsible unit, days, phones ...); `settings`: {"chat_door": bool, "period": "half"|"quarter"|"month",
    "retention_days": int, "answer_days": int}; see setup.py for the keys and what stands in for a missing one."""

    __tablename__ = "desk"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    opened_on: Mapped[date | None]  # statistics say nothing about earlier periods


class Officer(Base):
    """Somebody who may read reports. The private key is stored twice, wrapped by the passphrase and by the printed
    recovery code; `totp_wrapped` is the TOTP secret, sealed to the officer's own key. `status`: pending (key not
    approved by a second officer yet), active, left."""

    __tablename__ = "officer"
    __table_args__ = (
        UniqueConstraint("desk_id", "username"),
        CheckConstraint(f"role IN {OFFICER_ROLES!r}", name="officer_role"),
        CheckConstraint("status IN ('pending','active','left')", name="officer_status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    username: Mapped[str]
    name: Mapped[str]  # shown to reporters who choose who must not see their report
    position: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="", server_default="")  # where notices go; the officer's own choice
    role: Mapped[str] = mapped_column(default="officer")
    status: Mapped[str] = mapped_column(default="pending")
    public_key: Mapped[bytes]
    private_by_passphrase: Mapped[bytes]
    private_by_recovery: Mapped[bytes]
    totp_wrapped: Mapped[bytes | None]
    totp_last_used: Mapped[int] = mapped_column(default=0)  # time step; a code works once
    appointed_by_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))  # None: the command line
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    escrow: Mapped[dict[str, Any] | None]  # sealed shares, if escrow was set up
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    joined_on: Mapped[date]
    left_on: Mapped[date | None]


class OfficerSession(Base):
    """A log-in: the unlocked private key under a key that only the cookie holds. `token_hash`: SHA-256 of it."""

    __tablename__ = "officer_session"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id", ondelete="CASCADE"))
    private_sealed: Mapped[bytes]
    expires_at: Mapped[datetime]


class Report(Base):
    """One report. `id` is random (hex). `lookup`: what the receipt derives to (never the receipt). `box_public`:
    the public half of the report's data key, for sealing what arrives while nobody holds the key (chat door)."""

    __tablename__ = "report"
    __table_args__ = (CheckConstraint(f"status IN {STATUSES!r}", name="report_status"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"), index=True)
    lookup: Mapped[bytes | None] = mapped_column(unique=True)  # None until a chat reporter has taken the receipt
    reporter_public: Mapped[bytes | None]
    box_public: Mapped[bytes]
    status: Mapped[str] = mapped_column(default="received")
    received_on: Mapped[date]
    due_on: Mapped[date]
    closed_on: Mapped[date | None]
    retain_until: Mapped[date | None]  # set when closed, cleared when reopened
    claim_hash: Mapped[bytes | None] = mapped_column(unique=True)  # chat door: SHA-256 of the one-time claim token
    claim_until: Mapped[datetime | None]


class ReportKey(Base):
    """The report's data key sealed to one reader: "officer:<id>" or "reporter". Who has no row cannot read, and is
    not told that there is anything to read."""

    __tablename__ = "report_key"

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    reader: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]


class Entry(Base):
    """Something written: `kind` "answers", "message", "note", "status"; `author` "reporter" or "officer:<id>".
    `sealed`: padded ciphertext under the data key; its associated data binds report, kind, id and author.
    `boxed` marks ciphertext sealed to `Report.box_public` instead (chat door)."""

    __tablename__ = "entry"

    id: Mapped[str] = mapped_column(primary_key=True)  # random hex
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    kind: Mapped[str]
    author: Mapped[str]
    day: Mapped[date]
    sealed: Mapped[bytes]
    boxed: Mapped[bool] = mapped_column(default=False)


class SealedFile(Base):
    """A cleaned file: `sealed` its bytes, `about` its name, type and what was found in it, both under the data key,
    or sealed to `Report.box_public` when `boxed`."""

    __tablename__ = "sealed_file"

    id: Mapped[str] = mapped_column(primary_key=True)  # random hex
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    author: Mapped[str]
    day: Mapped[date]
    about: Mapped[bytes]
    sealed: Mapped[bytes]
    boxed: Mapped[bool] = mapped_column(default=False)


class Identity(Base):
    """Who the reporter is, if they said so: under a key of its own, sealed to the custodians only."""

    __tablename__ = "identity"

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes]
    day: Mapped[date]


class IdentityKey(Base):
    """The identity's key sealed to one custodian ("officer:<id>")."""

    __tablename__ = "identity_key"

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    reader: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]


class Approval(Base):
    """Something that needs a second person: `what` "identity" or "deletion", asked for by one officer, approved by
    another. `reason` is ciphertext under the report's data key."""

    __tablename__ = "approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    what: Mapped[str]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    used: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[bytes]
    day: Mapped[date]


class Draft(Base):
    """A report being told in chat: a random id, the public half of its data key, and nothing about who tells it.
    `report_id` is another random id, which the report will have and the chat never learns."""

    __tablename__ = "draft"

    id: Mapped[str] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    report_id: Mapped[str]
    box_public: Mapped[bytes]
    keys: Mapped[dict[str, Any]]  # reader: sealed data key, base64
    touched_on: Mapped[date]


class DraftPiece(Base):
    """One answer, sealed the moment it arrived. `entry_id`: the id of the entry that it will become."""

    __tablename__ = "draft_piece"

    draft_id: Mapped[str] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    entry_id: Mapped[str]
    sealed: Mapped[bytes]


class Notice(Base):
    """An officer is to be told that something moved. The row is there only until they are told; `since` is the full
    hour in which it moved first, so that nobody reads a minute out of it."""

    __tablename__ = "notice"

    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime]


class AuditRow(Base):
    """One act, hash-chained per desk; survives the report's deletion. `subject`: an HMAC of the report's id, so that
    the rows of one report belong together and lead nowhere. Never content. Triggers refuse UPDATE, DELETE, TRUNCATE."""

    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("desk_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    number: Mapped[int]
    day: Mapped[date]
    actor: Mapped[str]  # "officer:3", "reporter", "clock", "cli"
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)  # states and ids of officers only
    previous: Mapped[bytes]
    hash: Mapped[bytes]


class AuditHead(Base):
    """Where a desk's chain ends: without it nobody would miss rows cut from the end. Its row lock queues appends."""

    __tablename__ = "audit_head"

    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"), primary_key=True)
    number: Mapped[int]
    hash: Mapped[bytes]


class YearNumber(Base):
    """Which O-items the desk's pages serve in a fiscal year (B.E.), since the numbers move every year."""

    __tablename__ = "year_number"

    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"), primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    guideline: Mapped[str] = mapped_column(default="")  # "O16"
    channel: Mapped[str] = mapped_column(default="")
    statistics: Mapped[str] = mapped_column(default="")


_SQLITE_GUARDS = tuple(
    f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit BEGIN SELECT RAISE(ABORT, 'append-only'); END"
    for verb in ("UPDATE", "DELETE")
)
_POSTGRES_GUARDS = (
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'append-only'; END $$",
    "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
)
for _dialect, _statements in (("sqlite", _SQLITE_GUARDS), ("postgresql", _POSTGRES_GUARDS)):
    for _statement in _statements:
        event.listen(AuditRow.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))
