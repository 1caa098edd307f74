"""Another kind for a case: due date, unit, who is told, and complaints about staff (R17)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from handlers.complaints import operations
from handlers.complaints.operations import CaseError
from handlers.complaints.rules import allowed
from handlers.complaints.sorting import Sorted, ToUnit
from models.audit import AuditEntry
from models.case import Case, CaseSubscriber
from models.question import Question
from models.thread import Attachment
from tests.handlers.complaints.conftest import NOW, Office
from tests.handlers.turns import told, words

CITIZEN = "U-citizen"
sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
GARBAGE_DUE = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)  # three days after NOW, as the office closes


def sort(
    office: Office,
    case_id: int,
    code: str,
    username: str = "chang",
    now: datetime = NOW,
    to_unit: ToUnit = "category",
    accused: int | None = None,
) -> Sorted:
    with office.session() as session:
        case, staff = session.get_one(Case, case_id), office.staff(session, username)
        return operations.categorise(session, office.agency, case, staff, code, now, to_unit, accused)


def said(office: Office, user: str = CITIZEN) -> str:
    return words(told(office.database, "demo", user))


def test_the_new_kind_brings_its_due_date_and_its_unit(office: Office) -> None:
    case_id = office.file()
    assert sort(office, case_id, "garbage") == Sorted(due=True, unit=True)
    with office.session() as session:
        case = session.get_one(Case, case_id)
        assert (case.category.code, case.due_at) == ("garbage", GARBAGE_DUE)
        assert (case.unit_id, case.status) == (office.unit("งานสาธารณสุข"), "new")
        assert case.assignee is not None
        assert case.assignee.role == "clerk", "nobody works in that unit"
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "case_categorised")).one()
        assert (entry.detail["was"], entry.detail["category"]) == ("streetlight", "garbage")
        assert "ไฟ" not in str(entry.detail)
        new = case.assignee.line_user_id
    assert "งานสาธารณสุขดูแลให้ค่ะ" in said(office)
    assert "26 พ.ย. 69" in said(office)
    assert new is not None
    assert "มีเรื่องเปลี่ยนประเภทมาถึงคุณ" in said(office, new)


@sqlite_only
def test_the_citizen_hears_nothing_when_neither_date_nor_unit_changes(office: Office) -> None:
    case_id = office.file(category_code="water")
    before = len(office.outbox(CITIZEN))
    assert sort(office, case_id, "water_leak") == Sorted(due=False, unit=False)
    assert len(office.outbox(CITIZEN)) == before


@sqlite_only
def test_the_desk_may_keep_the_unit_or_choose_another(office: Office) -> None:
    kept, chosen = office.file(), office.file()
    assert sort(office, kept, "garbage", to_unit="same") == Sorted(due=True, unit=False)
    assert office.case(kept).unit_id == office.unit("กองช่าง")
    sort(office, chosen, "garbage", to_unit=office.unit("กองคลัง"))
    assert office.case(chosen).unit_id == office.unit("กองคลัง")


@sqlite_only
def test_never_earlier_than_today_and_late_stays_late(office: Office) -> None:
    next_week = NOW + timedelta(days=7)
    early, late = office.file(category_code="canal"), office.file()
    sort(
        office, early, "garbage", "palad", next_week
    )  # three days from the opening: past, and nobody was promised that
    assert office.case(early).due_at == datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
    was = office.case(late).due_at
    assert sort(office, late, "garbage", "palad", next_week).due is False
    assert office.case(late).due_at == was < next_week
    # By a longer promise it was never late: the ladder begins again.
    with office.session() as session:
        operations.warn_and_escalate(session, office.agency, next_week)
    assert office.case(late).escalation == 3
    sort(office, late, "canal", "palad", next_week)
    assert (office.case(late).escalation, office.case(late).look_at) == (0, None)


@sqlite_only
def test_a_wait_that_lasts_is_counted_once(office: Office) -> None:
    case_id = office.file(category_code="canal")
    with office.session() as session:
        case, staff = session.get_one(Case, case_id), office.staff(session, "chang")
        operations.progress(session, office.agency, case, staff, NOW + timedelta(hours=1), "budget", "รองบ")
    later = NOW + timedelta(days=10)
    sort(office, case_id, "garbage", "palad", later)
    assert office.case(case_id).due_at == GARBAGE_DUE  # the clock stands still since an hour after the opening
    assert "ตอนนี้หยุดนับเวลา" in said(office)
    with office.session() as session:
        case, staff = session.get_one(Case, case_id), office.staff(session, "palad")
        operations.progress(session, office.agency, case, staff, later, "", "ได้งบแล้ว")
        lost = office.agency.calendar.office_time_between(NOW + timedelta(hours=1), later)
        assert case.due_at == office.agency.calendar.add_office_time(GARBAGE_DUE, lost)


@sqlite_only
def test_what_has_ended_keeps_its_date_and_unit_and_tells_nobody(office: Office) -> None:
    case_id = office.file()
    with office.session() as session:
        operations.done(session, office.agency, session.get_one(Case, case_id), office.staff(session, "chang"), NOW, "")
    due, before = office.case(case_id).due_at, len(office.outbox(CITIZEN))
    assert sort(office, case_id, "garbage") == Sorted(due=False, unit=False)
    case = office.case(case_id)
    assert (case.due_at, case.unit_id, case.status) == (due, office.unit("กองช่าง"), "done")
    assert len(office.outbox(CITIZEN)) == before


def test_about_staff_it_leaves_the_sight_of_their_unit(office: Office) -> None:
    case_id, neighbour = office.file(), office.citizen("U-neighbour")
    with office.session() as session:
        operations.subscribe(session, session.get_one(Case, case_id), neighbour, NOW)
        photo = Attachment(case_id=case_id, status="stored", path="x", shown_as="before", shown_key="k")
        session.add(photo)
        session.flush()
        photo_id = photo.id
    works = office.unit("กองช่าง")
    sort(office, case_id, "conduct", accused=works)
    with office.session() as session:
        case = session.get_one(Case, case_id)
        assert (case.unit_id, case.accused_unit_id) == (None, works)
        assert case.assignee is not None
        assert case.assignee.role == "clerk"
        for username, sees in (("chang", False), ("changhead", False), ("palad", True)):
            assert bool(allowed(case, office.staff(session, username))) == sees, username
        assert session.scalars(select(CaseSubscriber)).all() == []
        assert session.get_one(Attachment, photo_id).shown_key is None
    assert not office.outbox("U-neighbour")
    assert "เปลี่ยนประเภท" not in said(office, "U-changhead")
    # Back again is for those who see all units, and the unit sees it then.
    sort(office, case_id, "streetlight", "palad", to_unit="same")
    assert (office.case(case_id).unit_id, office.case(case_id).accused_unit_id) == (works, None)


@sqlite_only
def test_what_cannot_be(office: Office) -> None:
    case_id = office.file()
    for code in ("streetlight", "nothing"):
        with pytest.raises(CaseError, match="ประเภท"):
            sort(office, case_id, code)
    with pytest.raises(CaseError, match="ส่วนงาน"):
        sort(office, case_id, "garbage", to_unit=10**8)
    with pytest.raises(CaseError, match="ไม่พบเรื่องนี้"):
        sort(office, case_id, "garbage", "khlang")
    conduct = office.file(category_code="conduct")
    with office.session() as session:
        case, officer = session.get_one(Case, conduct), office.staff(session, "khlang")
        case.assignee_id = officer.id
        session.flush()
        assert "categorise" not in allowed(case, officer), "what is about staff stays with ปลัด"


def test_whatever_changes_many_rows_makes_the_clock_look(office: Office) -> None:
    case_id = office.file()
    with office.session() as session:
        session.add(Question(text="ถาม", status="waiting", due_at=NOW))
        session.flush()
        for table in (Case, Question):
            for change in ({"due_at": NOW - timedelta(days=9)}, {"status": "new" if table is Case else "waiting"}):
                session.execute(update(table).values(look_at=NOW + timedelta(days=9)))
                session.execute(update(table).values(**change))
                assert session.scalars(select(table.look_at)).all() == [None], (table, change)
        assert operations.warn_and_escalate(session, office.agency, NOW) > 0
    look = office.case(case_id).look_at
    assert look is not None
    with office.session() as session:
        session.get_one(Case, case_id).due_at = NOW + timedelta(days=9)
    assert office.case(case_id).look_at is None
