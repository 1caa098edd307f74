"""Who may see a case and do what with it, and when: one place for pages, chat and operations."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, String, and_, cast, literal, not_, or_, select, true
from sqlalchemy.orm import Session

from handlers.complaints.labels import status_text
from models.agency import Staff
from models.case import Case

WHOLE_AGENCY = ("clerk", "mayor", "admin")  # see every unit's cases
LEADERS = ("clerk", "mayor")  # hear complaints about conduct whichever unit they sit in (R17)

_ANY_VERBS = frozenset({"note", "categorise", "forget"})
_OPEN_VERBS = _ANY_VERBS | {"assign", "progress", "done", "reject", "cancel", "merge", "transfer", "answer"}
_VERBS: dict[str, frozenset[str]] = {
    "new": _OPEN_VERBS | {"accept"},
    "accepted": _OPEN_VERBS,
    "in_progress": _OPEN_VERBS,
    "done": _ANY_VERBS | {"answer", "confirm", "not_done"},
    "confirmed": _ANY_VERBS | {"answer"},
    "rejected": _ANY_VERBS | {"answer"},
    "cancelled": _ANY_VERBS | {"answer"},
    "merged": _ANY_VERBS,
    "transferred": _ANY_VERBS | {"answer"},
}
# What ends a case otherwise than by doing the work, and what speaks for the reporter, is not for officers.
_HEADS_ONLY = frozenset({"reject", "cancel", "transfer", "confirm", "not_done"})


class CaseError(ValueError):
    """The case does not allow this; str() says in Thai why, for whoever asked."""


def visible_to(staff: Staff) -> ColumnElement[bool]:
    """Condition on Case: what this person may see. Never a complaint about one's own unit's conduct (R17), except
    for ปลัด and นายก, who answer for every unit."""
    seen: ColumnElement[bool] = Case.assignee_id == staff.id
    if staff.role in WHOLE_AGENCY:
        seen = true()
    elif staff.unit_id is not None:
        seen = or_(seen, Case.unit_id == staff.unit_id)
    if staff.unit_id is None or staff.role in LEADERS:
        return seen
    return and_(seen, or_(Case.accused_unit_id.is_(None), Case.accused_unit_id != staff.unit_id))


def hidden_subjects(staff: Staff) -> Select[str]:
    """The subjects ("case:7") of cases that this person may not see, to be left out of logs and lists."""
    return select(literal("case:") + cast(Case.id, String)).where(not_(visible_to(staff)))


def accused(case: Case, staff: Staff) -> bool:
    """True when the case complains of the unit where this person sits (R17); ปลัด and นายก stand above units."""
    return case.accused_unit_id is not None and case.accused_unit_id == staff.unit_id and staff.role not in LEADERS


def may_see(case: Case, staff: Staff) -> bool:
    """The same as visible_to, for a case in hand."""
    if not staff.active or case.agency_id != staff.agency_id or accused(case, staff):
        return False
    own = case.assignee_id == staff.id or (staff.unit_id is not None and case.unit_id == staff.unit_id)
    return own or staff.role in WHOLE_AGENCY


def allowed(case: Case, staff: Staff) -> set[str]:
    """Names of the verbs (handlers/complaints/operations.py) that this person may use now."""
    if not may_see(case, staff):
        return set()
    if case.forgotten:
        return {"forget"}  # once more, should words have come in at that very moment
    verbs = set(_VERBS[case.status])
    if staff.role == "officer":
        verbs -= _HEADS_ONLY
    if case.kind != "complaint" or (case.category.conduct and staff.role not in WHOLE_AGENCY):
        verbs -= {"categorise"}  # a form's requests have its kind; what is about staff stays with ปลัด
    if case.conversation_id is not None:
        verbs -= {"confirm", "not_done"}  # the reporter says it, in the chat
    return verbs


def locked(session: Session, case: Case) -> Case:
    """The case as it is now, locked until the transaction ends, so that of two clicks at once one sees the other."""
    session.flush()
    # NO KEY UPDATE: rows that refer to the case can still be added, so nobody waits crosswise with the hot path.
    session.refresh(case, with_for_update={"key_share": True})
    return case


def kept(case: Case) -> Case:
    """The case, for its reporter and others outside. Raises CaseError for one whose words were deleted for good."""
    if case.forgotten:
        raise CaseError(f"เรื่อง {case.number}\nปิดแล้วค่ะ")
    return case


def check(session: Session, case: Case, staff: Staff, verb: str) -> None:
    """Lock the case; raise CaseError unless this person may do `verb` to it now."""
    locked(session, case)
    if verb in allowed(case, staff):
        return
    if not may_see(case, staff):
        raise CaseError("ไม่พบเรื่องนี้ หรือคุณไม่มีสิทธิ์ดู")
    if case.forgotten:
        raise CaseError("ลบข้อความของเรื่องนี้แล้ว ทำอะไรต่อไม่ได้")
    if verb in _VERBS[case.status]:
        raise CaseError("สิทธิ์ของคุณทำขั้นตอนนี้ไม่ได้ กรุณาแจ้งหัวหน้าส่วนงาน")
    raise CaseError(f"ทำขั้นตอนนี้ไม่ได้ เพราะเรื่อง {case.number} อยู่ในสถานะ{status_text(case.status, case.sub_status)}แล้ว")
