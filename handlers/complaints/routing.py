"""With whom a case lies: the unit of its kind and its named officer, or ปลัด for what is about staff (R17)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import notify
from handlers.agencies import AgencyView
from handlers.complaints import notices
from models.agency import Staff
from models.case import Case


def to_unit(session: Session, case: Case, unit_id: int | None) -> None:
    """To this unit, and to its named officer (R02)."""
    answerer = notify.answerer(session, unit_id)
    case.unit_id, case.assignee_id = unit_id, answerer.id if answerer else None


def to_leaders(session: Session, agency: AgencyView, case: Case, accused_unit_id: int | None) -> None:
    """R17: to ปลัด by name, through no unit, so that nobody of the unit complained of sees it."""
    case.unit_id, case.accused_unit_id = None, accused_unit_id if accused_unit_id in agency.units else None
    case.assignee_id = next((person.id for person in notices.leaders(session, case)), None)


def first_told(session: Session, case: Case) -> list[Staff]:
    """Whoever the case lies with; and นายก too when the ปลัด's own unit is complained of."""
    told = notices.responsible(session, case)
    if case.accused_unit_id is not None and any(person.unit_id == case.accused_unit_id for person in told):
        told += session.scalars(select(Staff).where(Staff.role == "mayor", Staff.active)).all()
    return told
