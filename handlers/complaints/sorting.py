"""Another kind for a case: what a citizen took for one thing and the office knows to be another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.complaints import due, notices, routing, showing
from handlers.complaints.rules import CaseError, check
from handlers.complaints.timeline import actor_of, step
from models.agency import Staff
from models.case import OPEN_STATUSES, Case, CasePause, CaseSubscriber
from thai.dates import bangkok_date

SHOWN = 300  # characters of the complaint on a staff member's card
ToUnit = int | Literal["category", "same"]  # a unit's id, the unit of the new kind, or the one that has the case


@dataclass(frozen=True, slots=True)
class Sorted:
    """What changed with the kind: the due date, and who has the case."""

    due: bool
    unit: bool


def categorise(
    session: Session,
    agency: AgencyView,
    case: Case,
    staff: Staff,
    code: str,
    now: datetime,
    to_unit: ToUnit = "category",
    accused_unit_id: int | None = None,
) -> Sorted:
    """The case is of the kind `code`. An open case gets the due date and the unit of its kind, and whoever follows it
    is told if either changed; what has ended keeps both. A case about staff's conduct goes to ปลัด, and out of sight of
    the unit complained of and of everybody who followed it (R17). Raises CaseError."""
    check(session, case, staff, "categorise")
    category = agency.category(code)
    if category is None or category.kind != case.kind:
        raise CaseError("ไม่พบประเภทเรื่องนี้ กรุณาเลือกใหม่")
    if category.id == case.category_id:
        raise CaseError("เรื่องนี้อยู่ในประเภทนี้อยู่แล้ว กรุณาเลือกประเภทอื่น")
    if isinstance(to_unit, int) and to_unit not in agency.units:
        raise CaseError("ไม่พบส่วนงานนี้")
    was, was_due, had_it = case.category, case.due_at, (case.unit_id, case.accused_unit_id)
    is_open = case.status in OPEN_STATUSES
    if category.conduct:
        showing.hide_all(session, case, actor_of(staff), now)
        session.execute(delete(CaseSubscriber).where(CaseSubscriber.case_id == case.id))
        routing.to_leaders(session, agency, case, accused_unit_id)
    else:
        case.accused_unit_id = None
        if to_unit == "category" or (to_unit == "same" and was.conduct):
            unit_id = category.unit_id
        else:
            unit_id = case.unit_id if to_unit == "same" else to_unit
        if is_open and unit_id != case.unit_id:
            routing.to_unit(session, case, unit_id)
    case.category_id = category.id
    if is_open:
        case.due_at = due.of_other_kind(agency, category, case, _pauses(session, case), now)
        if case.due_at > was_due:
            case.escalation = 0  # the ladder begins again before the new date
    session.flush()
    session.expire(case, ["category", "unit", "assignee"])
    found = Sorted(case.due_at != was_due, (case.unit_id, case.accused_unit_id) != had_it)
    changed: dict[str, Any] = {"due": bangkok_date(case.due_at).isoformat()} if found.due else {}
    changed |= {"unit": case.unit_id} if found.unit else {}
    event = step(session, case, actor_of(staff), "categorised", now, was=was.code, category=category.code, **changed)
    if changed and is_open:
        notices.categorised(session, agency, case, event, actor_of(staff), now)
    if found.unit and is_open:
        people = [person for person in routing.first_told(session, case) if person.id != staff.id]
        key = f"categorised:{event.id}"
        notices.to_staff(session, agency, case, people, "มีเรื่องเปลี่ยนประเภทมาถึงคุณ", key, case.detail[:SHOWN])
    return found


def _pauses(session: Session, case: Case) -> list[CasePause]:
    return list(session.scalars(select(CasePause).where(CasePause.case_id == case.id).order_by(CasePause.started_at)))
