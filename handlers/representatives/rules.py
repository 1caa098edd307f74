"""What may be done when, and what the slice's verbs share."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.complaints import notices
from handlers.representatives import words
from models.case import OPEN_STATUSES, Case, Category
from models.representative import Representative

WORKING = (*OPEN_STATUSES, "done")  # somebody may still help
CURRENT = ("invited", "active")


class RepresentativeError(ValueError):
    """It cannot be done so; str() says in Thai why. `field`: the input it is about, "" for none."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def state_of(case: Case) -> str:
    """What `Representative.told` is compared with."""
    return f"{case.status}:{case.sub_status}"


def why_not(case: Case) -> str:
    """Why nobody may help with this case, in Thai; "" when somebody may: a general complaint that is being worked on.
    A request holds its writer's own data, and a complaint about conduct (R17) its writer's name in all but letters."""
    if case.kind != "complaint":
        return "คำขอมีข้อมูลส่วนตัวของผู้ขอ จึงเพิ่มผู้แทนภาคประชาชนไม่ได้"
    if case.category.conduct or case.accused_unit_id is not None:
        return "เรื่องเกี่ยวกับเจ้าหน้าที่ เพิ่มผู้แทนภาคประชาชนไม่ได้"
    if case.status not in WORKING or case.forgotten:
        return "เรื่องนี้ปิดแล้ว จึงเพิ่มผู้แทนภาคประชาชนไม่ได้"
    return ""


def is_helpable() -> ColumnElement[bool]:
    """Condition on Case: why_not is "". Staff may find out later that a case is about conduct."""
    return and_(
        Case.kind == "complaint",
        Case.status.in_(WORKING),
        Case.detail != "",  # not forgotten
        Case.accused_unit_id.is_(None),
        Case.category_id.not_in(select(Category.id).where(Category.conduct)),
    )


def lock(session: Session, row: Representative) -> None:
    """The row as it is now, until the transaction ends."""
    session.flush()
    # OF: what was loaded beside it by an outer join cannot be locked, and need not be.
    session.refresh(row, with_for_update={"key_share": True, "of": Representative})


def tell_staff(session: Session, agency: AgencyView, row: Representative, title: str, key: str) -> None:
    """Tell whoever the case lies with; the name stays in the console."""
    people = notices.responsible(session, row.case)
    notices.to_staff(session, agency, row.case, people, title, key, words.mark(row))
