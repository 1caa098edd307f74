"""To whom work can be given: one list of units with their people, so that unit and person always fit together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.agency import Staff, Unit


class NotChosen(ValueError):
    """Nobody who exists was chosen; str() is Thai."""


@dataclass(frozen=True, slots=True)
class Group:
    """A unit (None: those who work for the whole agency) and its people, as (value, label) of a select."""

    label: str
    options: Sequence[tuple[str, str]]


def load(session: Session, without_unit: int | None = None) -> list[Group]:
    """Everybody active, unit by unit; `without_unit` is left out with its people (R17)."""
    staff = session.scalars(select(Staff).where(Staff.active).order_by(Staff.name)).all()
    groups = [
        Group(
            unit.name,
            [
                (f"unit-{unit.id}", f"{unit.name} (ตามผู้รับผิดชอบของส่วนงาน)"),
                *(_person(person) for person in staff if person.unit_id == unit.id),
            ],
        )
        for unit in session.scalars(select(Unit).where(Unit.active).order_by(Unit.id))
        if unit.id != without_unit
    ]
    others = [_person(person) for person in staff if person.unit_id is None]
    return [*groups, Group("ผู้บริหารและผู้ดูแล", others)] if others else groups


def _person(person: Staff) -> tuple[str, str]:
    return f"staff-{person.id}", f"{person.name} · {person.position}" if person.position else person.name


def read(session: Session, value: str, unit_id: int | None) -> tuple[int | None, int | None]:
    """(unit id, staff id or None) of what was chosen; a person without a unit leaves the work's unit as it is.

    Raises NotChosen."""
    kind, _, number = value.partition("-")
    if number.isascii() and number.isdigit():
        if kind == "unit" and session.scalar(select(Unit.id).where(Unit.id == int(number), Unit.active)):
            return int(number), None
        if kind == "staff":
            person = session.scalars(select(Staff).where(Staff.id == int(number), Staff.active)).first()
            if person:
                return person.unit_id or unit_id, person.id
    raise NotChosen("เลือกส่วนงานหรือเจ้าหน้าที่ที่จะมอบหมาย")
