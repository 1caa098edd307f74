"""R17: a complaint about a unit's people reaches ปลัด, and never the unit complained of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers.complaints import operations
from handlers.complaints.operations import CaseError
from handlers.complaints.rules import allowed
from models.agency import Staff
from models.case import Case
from tests.handlers.complaints.conftest import NOW, Office


def file_conduct(office: Office, unit: str) -> int:
    return office.file(category_code="conduct", detail="เจ้าหน้าที่พูดจาไม่ดี", place=None, accused_unit_id=office.unit(unit))


def who_sees(office: Office, case_id: int) -> set[str]:
    """User names of all who see the case; the condition and the rule for a case in hand must agree."""
    with office.session() as session:
        case = session.get_one(Case, case_id)
        seen = set()
        for staff in session.scalars(select(Staff)):
            found = session.scalars(select(Case.id).where(operations.visible_to(staff))).first() is not None
            assert found == bool(allowed(case, staff)), staff.username
            if found:
                seen.add(staff.username)
        return seen


def told_staff(office: Office) -> set[str]:
    with office.session() as session:
        return {s.username for s in session.scalars(select(Staff)) if s.line_user_id and office_rows(office, s)}


def office_rows(office: Office, staff: Staff) -> bool:
    return bool(staff.line_user_id and office.outbox(staff.line_user_id))


def test_it_goes_to_the_clerk_and_not_to_the_unit(office: Office) -> None:
    case_id = file_conduct(office, "กองช่าง")
    case = office.case(case_id)
    assert case.unit_id is None
    assert who_sees(office, case_id) == {"palad", "nayok", "admin"}
    assert told_staff(office) == {"palad"}


def test_of_the_clerks_own_unit_the_mayor_hears_too_and_its_admin_sees_nothing(office: Office) -> None:
    case_id = file_conduct(office, "สำนักปลัด")
    assert who_sees(office, case_id) == {"palad", "nayok"}  # the admin sits in that unit
    assert told_staff(office) == {"palad", "nayok"}


def test_it_cannot_be_given_to_the_unit_nor_to_its_people(office: Office) -> None:
    case_id = file_conduct(office, "กองช่าง")
    with office.session() as session:
        case, palad = session.get_one(Case, case_id), office.staff(session, "palad")
        works, chang = office.unit("กองช่าง"), office.staff(session, "chang")
        for unit_id, assignee_id in ((works, None), (None, chang.id), (office.unit("กองคลัง"), chang.id)):
            with pytest.raises(CaseError, match="ร้องเรียน"):
                operations.assign(session, office.agency, case, palad, unit_id, assignee_id, NOW)
        khlang = office.staff(session, "khlang")
        operations.assign(session, office.agency, case, palad, None, khlang.id, NOW)
    assert who_sees(office, case_id) == {"palad", "nayok", "admin", "khlang"}


def test_through_its_whole_life_the_unit_hears_nothing(office: Office) -> None:
    case_id = file_conduct(office, "กองช่าง")
    with office.session() as session:
        case, palad = session.get_one(Case, case_id), office.staff(session, "palad")
        operations.accept(session, office.agency, case, palad, NOW)
        operations.progress(session, office.agency, case, palad, NOW, "survey", "กำลังสอบถาม")
        operations.hear(session, office.agency, case, NOW, text="ขอเพิ่มเติม")
        operations.done(session, office.agency, case, palad, NOW, "ตักเตือนแล้ว")
        operations.not_done(session, office.agency, case, f"citizen:{case.conversation_id}", NOW)
    with office.session() as session:
        assert operations.warn_and_escalate(session, office.agency, NOW + timedelta(days=40)) > 0
    assert told_staff(office) <= {"palad", "nayok"}


def test_one_who_moves_into_the_unit_loses_sight_of_it(office: Office) -> None:
    case_id = file_conduct(office, "กองช่าง")
    with office.session() as session:
        case, palad, khlang = (
            session.get_one(Case, case_id),
            office.staff(session, "palad"),
            office.staff(session, "khlang"),
        )
        operations.assign(session, office.agency, case, palad, None, khlang.id, NOW)
        khlang.unit_id = office.unit("กองช่าง")
    assert "khlang" not in who_sees(office, case_id)


def test_it_is_neither_shown_as_similar_nor_joined_nor_merged(office: Office) -> None:
    case_id, plain = file_conduct(office, "กองช่าง"), office.file()
    with office.session() as session:
        case, palad = session.get_one(Case, case_id), office.staff(session, "palad")
        place = {"moo": 3, "landmark": "หน้าวัด", "latitude": None, "longitude": None}
        assert operations.similar_open(session, office.agency, case.category_id, place, case.detail, NOW) == []
        with pytest.raises(CaseError):
            operations.subscribe(session, case, office_other(office, session), NOW)
        for first, second in ((case, session.get_one(Case, plain)), (session.get_one(Case, plain), case)):
            with pytest.raises(CaseError, match="เจ้าหน้าที่"):
                operations.merge(session, office.agency, first, second, palad, NOW)


def office_other(office: Office, session: object) -> int:
    from models.conversation import Conversation

    person = Conversation(line_user_id="U-other")
    session.add(person)  # type: ignore[attr-defined]
    session.flush()  # type: ignore[attr-defined]
    return person.id


def test_a_unit_named_for_an_ordinary_matter_is_not_accused(office: Office) -> None:
    case_id = office.file(accused_unit_id=office.unit("กองคลัง"))
    assert office.case(case_id).accused_unit_id is None
