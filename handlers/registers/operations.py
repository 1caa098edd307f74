"""The verbs that change a register's entries. None commits; each is in the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from handlers import audit
from handlers.evidence import WHOLE_AGENCY, EvidenceError, clean_url
from handlers.registers.kinds import REGISTERS, Column, Register
from models.agency import Staff
from models.measure import RegisterEntry
from thai.dates import ThaiDateError, bangkok_date, format_date, parse_date
from thai.digits import to_arabic
from thai.fiscal import fiscal_year

LONGEST_TITLE = 500
LONGEST_TEXT = 5_000
MOST_MONEY = Decimal("1e12")


class RegisterError(ValueError):
    """An entry that cannot be kept so. The message is Thai, for staff; `field`: the input it is about."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class EntryDetails:
    """An entry as typed. Days as people write them; `values`: the register's own columns by name."""

    title: str
    dated: str = ""
    unit_id: int | None = None
    expires_on: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def register_of(name: str) -> Register:
    """Raises RegisterError for a register that is none."""
    if name not in REGISTERS:
        raise RegisterError("register", "ไม่มีทะเบียนนี้")
    return REGISTERS[name]


# -- who -------------------------------------------------------------------------------------------------


def may_edit(staff: Staff, entry: RegisterEntry) -> bool:
    """Officers and heads their unit's, what has no unit and what they put in; the others all."""
    own = entry.unit_id is None or entry.unit_id == staff.unit_id or entry.created_by_id == staff.id
    return staff.role in WHOLE_AGENCY or own


def editable_by(staff: Staff) -> ColumnElement[bool]:
    """As may_edit, for a query."""
    if staff.role in WHOLE_AGENCY:
        return true()
    return or_(
        RegisterEntry.unit_id.is_(None),
        RegisterEntry.unit_id == staff.unit_id,
        RegisterEntry.created_by_id == staff.id,
    )


# -- saving ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checked:
    """An entry as it can be kept."""

    title: str
    dated: date | None
    ends: date | None
    data: dict[str, Any]


def check(name: str, details: EntryDetails, today: date) -> Checked:
    """What would be kept of the details. Raises RegisterError."""
    register = register_of(name)
    title = " ".join(details.title.split())
    if not title:
        raise RegisterError("title", f"กรุณากรอก{register.title}")
    if len(title) > LONGEST_TITLE:
        raise RegisterError("title", f"ยาวเกิน {LONGEST_TITLE} ตัวอักษร")
    dated = read_day("dated", details.dated, today)
    if dated is None and not register.standing:
        raise RegisterError("dated", f"กรุณากรอก{register.dated}")
    if dated is not None and dated > today:
        raise RegisterError("dated", f"{register.dated}ต้องไม่เกินวันนี้ ({format_date(today)})")
    ends = read_day("expires_on", details.expires_on, today, ahead=True) if register.ends else None
    if ends and dated and ends < dated:
        raise RegisterError("expires_on", f"วัน{register.ends}ต้องไม่มาก่อน{register.dated}")
    data = {column.name: read_value(column, details.values.get(column.name, "")) for column in register.columns}
    return Checked(title, dated, ends, {key: value for key, value in data.items() if value not in ("", [])})


def save_entry(
    session: Session,
    name: str,
    entry: RegisterEntry | None,
    details: EntryDetails,
    staff: Staff | None,
    now: datetime,
) -> RegisterEntry:
    """Add or change an entry of the register `name`. Its fiscal year is that of its day. Raises RegisterError."""
    kept = check(name, details, bangkok_date(now))
    new = entry is None
    if entry is None:
        entry = RegisterEntry(
            register=name, title=kept.title, created_by_id=staff.id if staff else None, created_at=now
        )
        session.add(entry)
    entry.title, entry.dated, entry.unit_id, entry.expires_on = kept.title, kept.dated, details.unit_id, kept.ends
    entry.fiscal_year = fiscal_year(kept.dated or bangkok_date(now))
    entry.data = kept.data
    session.flush()
    actor = f"staff:{staff.id}" if staff else "cli"
    act = "register_entry_added" if new else "register_entry_edited"
    audit.record(session, actor, act, f"register_entry:{entry.id}", register=name)
    return entry


def set_alive(session: Session, entry: RegisterEntry, alive: bool, actor: str, now: datetime) -> None:
    """A channel was looked at now: it answers or it does not."""
    entry.data = {**entry.data, "alive": "alive" if alive else "dead"}
    entry.dated = bangkok_date(now)
    session.flush()
    audit.record(session, actor, "channel_checked", f"register_entry:{entry.id}", alive=alive)


def remove_entry(session: Session, entry: RegisterEntry, staff: Staff) -> None:
    """Take an entry out, with its evidence."""
    subject = f"register_entry:{entry.id}"
    audit.record(session, f"staff:{staff.id}", "register_entry_removed", subject, register=entry.register)
    session.delete(entry)
    session.flush()


def read_day(name: str, text: str, today: date, ahead: bool = False) -> date | None:
    """A day as people write it; None for nothing. Raises RegisterError."""
    if not text.strip():
        return None
    try:
        return parse_date(text, today, prefer="future" if ahead else "past")
    except ThaiDateError as error:
        raise RegisterError(name, str(error).replace("\n", " ")) from None


def read_value(column: Column, text: str) -> Any:
    """What is kept of a column's text: a whole number, "1234.50" for money, a list for lines. Raises RegisterError."""
    text = text.strip()
    if column.kind == "choice" and not text and column.name == "alive":
        text = column.choices[0][0]
    if not text:
        if column.required:
            raise RegisterError(column.name, f"กรุณากรอก{column.label}")
        return ""
    if len(text) > LONGEST_TEXT:
        raise RegisterError(column.name, f"{column.label}ยาวเกิน {LONGEST_TEXT:,} ตัวอักษร")
    match column.kind:
        case "lines":
            return [line for raw in text.splitlines() if (line := " ".join(raw.split()))]
        case "whole":
            return _whole(column, text)
        case "money":
            return _money(column, text)
        case "choice":
            return _choice(column, text)
        case "url":
            try:
                return clean_url(text)
            except EvidenceError as error:
                raise RegisterError(column.name, str(error)) from None
    return text


def _whole(column: Column, text: str) -> int:
    plain = to_arabic(text).replace(",", "")
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 9):
        raise RegisterError(column.name, f"{column.label}ต้องเป็นจำนวนเต็ม")
    return int(plain)


def _money(column: Column, text: str) -> str:
    plain = to_arabic(text).replace(",", "").removesuffix("บาท").strip()
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        raise RegisterError(column.name, f"{column.label}ต้องเป็นจำนวนเงิน เช่น 12,500.00") from None
    if not amount.is_finite() or not 0 <= amount < MOST_MONEY:
        raise RegisterError(column.name, f"{column.label}ต้องเป็นจำนวนเงิน เช่น 12,500.00")
    return f"{amount:.2f}"


def _choice(column: Column, text: str) -> str:
    """The key of what was chosen: by its key, or in a file by its label."""
    keys = dict(column.choices)
    if text in keys:
        return text
    found = [key for key, label in keys.items() if "".join(label.split()) == "".join(text.split())]
    if not found:
        labels = ", ".join(keys.values())
        raise RegisterError(column.name, f"{column.label}ต้องเป็นอย่างใดอย่างหนึ่งใน: {labels}")
    return found[0]


def shown(column: Column, value: Any) -> str:
    """A kept value as people read it."""
    if value in (None, "", []):
        return ""
    match column.kind:
        case "lines":
            return "\n".join(value)
        case "money":
            return f"{Decimal(value):,.2f}"
        case "whole":
            return f"{value:,}"
        case "choice":
            return column.label_of(value)
    return str(value)


def listed(session: Session, name: str, year: int | None = None) -> list[RegisterEntry]:
    """The entries of a register, newest first; of one fiscal year if it is given."""
    query = select(RegisterEntry).where(RegisterEntry.register == name)
    if year is not None:
        query = query.where(RegisterEntry.fiscal_year == year)
    return list(session.scalars(query.order_by(RegisterEntry.dated.desc().nulls_last(), RegisterEntry.id.desc())))
