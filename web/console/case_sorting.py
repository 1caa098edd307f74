"""What the page of a case offers besides the way of the work: another kind, photos for everybody, and forgetting."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from handlers.complaints import operations, showing, sorting
from handlers.complaints.due import state_of, words_for
from models.agency import Staff
from models.case import OPEN_STATUSES, Case
from web.console import access, cases
from web.console.attempt import typed
from web.console.cases import pages


@pages.post("/<int:case_id>/categorise")
@access.roles(*access.EVERYONE)
def categorise(case_id: int) -> ResponseReturnValue:
    def act(session: Session, case: Case, me: Staff) -> str:
        unit, accused = typed("unit"), typed("accused")
        to_unit: sorting.ToUnit = int(unit) if _is_id(unit) else "same" if unit == "same" else "category"
        accused_unit_id = int(accused) if _is_id(accused) else None
        agency, now = access.agency(), access.now()
        changed = operations.categorise(session, agency, case, me, typed("category"), now, to_unit, accused_unit_id)
        said = [f"เปลี่ยนประเภทเป็น “{case.category.label}” แล้ว"]
        if changed.unit:
            said.append(f"ผู้รับผิดชอบคือ{case.assignee.name if case.assignee else agency.unit_name(case.unit_id)}")
        if state_of(case, now) == "paused":
            said.append("เรื่องนี้หยุดนับเวลาอยู่ กำหนดจะนับต่อเมื่อเริ่มงานอีกครั้ง")
        elif changed.due:
            said.append(f"กำหนดใหม่ {words_for(case.due_at, case.category.sla_unit)}")
        elif case.status in OPEN_STATUSES:
            said.append("กำหนดเดิมไม่เปลี่ยน")
        return " · ".join(said)

    return cases.do(case_id, "categorise", act)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= access.LARGEST_ID


@pages.post("/<int:case_id>/photos")
@access.roles(*access.EVERYONE)
def photos(case_id: int) -> ResponseReturnValue:
    """Which photos everybody may see: "photo-12" is before, after or empty."""
    marks = {
        int(number): request.form[name]
        for name in request.form
        if name.startswith("photo-") and _is_id(number := name.removeprefix("photo-"))
    }
    return cases.do(
        case_id, "photos", lambda session, case, me: showing.show_photos(session, case, me, marks, access.now())
    )


@pages.post("/<int:case_id>/forget")
@access.roles(*access.EVERYONE)
def forget(case_id: int) -> ResponseReturnValue:
    def act(session: Session, case: Case, me: Staff) -> str:
        if typed("sure") != "yes":
            raise operations.CaseError("กรุณาทำเครื่องหมายยืนยันก่อน เพราะกู้คืนไม่ได้")
        told = case.conversation_id is not None
        operations.forget(session, access.agency(), case, me, access.now())
        door = "บอกช่องทางเฉพาะให้ผู้แจ้งแล้ว" if told else "ผู้แจ้งจะเห็นช่องทางเฉพาะ เมื่อเปิดดูเรื่องด้วยเลขเรื่องและรหัส"
        return f"ลบข้อความทั้งหมดของเรื่องนี้แล้ว {door}"

    return cases.do(case_id, "forget", act)
