"""Activities in the chat: signing up, waiting, stepping back, coming, saying; and the report that is owed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.participation import activities, joining, results
from handlers.participation.activities import ParticipationError
from handlers.participation.joining import Visitor
from models.agency import Staff
from models.db import Database
from models.measure import RegisterEntry
from models.participation import Activity, ActivityOpinion, SignUp
from scheduler.clock import DUTIES, tick
from tests.handlers.participation.conftest import Plan, details, move
from tests.handlers.turns import _agencies, choice, say, tap, told, view, words
from thai.dates import at_bangkok, bangkok_date


def _statuses(database: Database, agency_id: int, activity_id: int) -> list[str]:
    with database.read(agency_id) as session:
        rows = session.scalars(select(SignUp).where(SignUp.activity_id == activity_id).order_by(SignUp.id))
        return [row.status for row in rows]


def test_two_seats_and_three_families(database: Database, agency_id: int, plan: Plan) -> None:
    activity_id = plan(seats="2")
    card = say(database, "demo", "U1", "กิจกรรม")
    assert "ประชาคมหมู่ 3" in words(card)
    assert "2 จาก 2 ที่" in words(card)
    assert "ลงชื่อให้แล้วค่ะ 1 คน" in words(tap(database, "demo", "U1", choice(card, "ลงชื่อ 1 คน")))
    tap(database, "demo", "U1", f"a:join:{activity_id}")  # twice is once
    assert "สำรอง" in words(tap(database, "demo", "U2", f"a:join:{activity_id}:2"))
    assert "ลงชื่อให้แล้ว" in words(tap(database, "demo", "U3", f"a:join:{activity_id}"))
    assert _statuses(database, agency_id, activity_id) == ["joined", "waiting", "joined"]

    # One seat does not do for two people; the second one does.
    assert "ยกเลิกให้แล้ว" in words(tap(database, "demo", "U1", f"a:leave:{activity_id}"))
    assert told(database, "demo", "U2") == []
    tap(database, "demo", "U3", f"a:leave:{activity_id}")
    assert "ได้ที่นั่งแล้ว" in words(told(database, "demo", "U2"))
    assert _statuses(database, agency_id, activity_id) == ["cancelled", "joined", "cancelled"]
    assert "ไม่มีชื่อคุณ" in words(tap(database, "demo", "U3", f"a:leave:{activity_id}"))


def test_a_sign_up_without_a_name_or_a_phone_is_refused(database: Database, agency_id: int, plan: Plan) -> None:
    activity_id, now = plan(), datetime.now(UTC)
    for visitor, field in ((Visitor(" ", "0812345678", 1), "name"), (Visitor("นางสมมุติ", "12", 1), "phone")):
        with database.write(agency_id) as session, pytest.raises(ParticipationError) as refused:
            joining.join(session, activity_id, "web", now, visitor=visitor)
        assert refused.value.field == field
    assert _statuses(database, agency_id, activity_id) == []


def test_after_the_last_day_nobody_signs_up(database: Database, agency_id: int, plan: Plan) -> None:
    activity_id = plan(signup_until="วันนี้")
    with database.write(agency_id) as session:
        session.get_one(Activity, activity_id).signup_until = bangkok_date(datetime.now(UTC)) - timedelta(days=1)
    assert "ปิดรับ" in words(tap(database, "demo", "U1", f"a:join:{activity_id}"))
    assert _statuses(database, agency_id, activity_id) == []


def test_a_reminder_on_the_day_before_once(database: Database, agency_id: int, plan: Plan) -> None:
    activity_id = plan()
    tap(database, "demo", "U1", f"a:join:{activity_id}")
    with database.read(agency_id) as session:
        activity = session.get_one(Activity, activity_id)
        assert activity.remind_at is not None
        morning = activity.remind_at
    assert morning == at_bangkok(bangkok_date(activity.starts_at) - timedelta(days=1), activities.REMIND_AT)
    view(database)
    duty = [one for one in DUTIES if one.name == "remind_participants"]
    assert tick(database, _agencies[database], morning - timedelta(minutes=1), duty).changed == {}
    assert tick(database, _agencies[database], morning, duty).changed == {"remind_participants": 1}
    assert tick(database, _agencies[database], morning + timedelta(minutes=1), duty).changed == {}
    assert "พรุ่งนี้พบกัน" in words(told(database, "demo", "U1"))


def test_coming_is_marked_and_counted_once(database: Database, agency_id: int, plan: Plan) -> None:
    activity_id = plan()
    tap(database, "demo", "U1", f"a:join:{activity_id}:3")
    with database.read(agency_id) as session:
        code = session.get_one(Activity, activity_id).code
    assert "วันนั้นสแกนอีกครั้ง" in words(say(database, "demo", "U1", f"ร่วมกิจกรรม {code}"))
    move(database, agency_id, activity_id, timedelta(days=-7))
    for person in ("U1", "U1", "U2", "U2"):
        said = say(database, "demo", person, f"ร่วมกิจกรรม {code.upper()}")
    assert "ไม่ต้องสแกนซ้ำ" in words(said)
    with database.write(agency_id) as session:
        assert joining.count_walk_in(session, session.get_one(Activity, activity_id), datetime.now(UTC))
    with database.read(agency_id) as session:
        found = results.numbers(session, session.get_one(Activity, activity_id))
    assert (found.came_signed, found.came_other, found.attended) == (3, 2, 5)
    assert "ไม่พบกิจกรรมนี้" in words(say(database, "demo", "U1", "ร่วมกิจกรรม zzzzzzzz"))


def test_an_opinion_before_and_one_after(database: Database, agency_id: int, plan: Plan) -> None:
    activity_id = plan(seats="40")
    asked = tap(database, "demo", "U1", f"a:say:{activity_id}")
    assert "คิดอย่างไร" in words(asked)
    heard = say(database, "demo", "U1", "อยากให้จัดตอนเย็น")
    assert "โดยไม่มีชื่อคุณ" in words(heard)
    tap(database, "demo", "U1", choice(heard, "4 คะแนน"))
    assert "ที่ว่าง" in words(tap(database, "demo", "U1", f"a:show:{activity_id}"))
    more = tap(database, "demo", "U1", f"a:say:{activity_id}") and say(database, "demo", "U1", "อยากให้จัดตอนเย็น")
    assert "คะแนน" not in words(more)  # rated already
    move(database, agency_id, activity_id, timedelta(days=-8))
    tap(database, "demo", "U1", f"a:rate:{activity_id}:2")
    tap(database, "demo", "U1", f"a:rate:{activity_id}:5")
    assert "1 ถึง 5" in words(tap(database, "demo", "U1", f"a:rate:{activity_id}:9"))
    with database.read(agency_id) as session:
        rows = session.scalars(select(ActivityOpinion).order_by(ActivityOpinion.id)).all()
        assert [(row.phase, row.rating, row.text) for row in rows] == [
            ("before", 4, "อยากให้จัดตอนเย็น"),
            ("after", 5, ""),
        ]


def test_calling_it_off_tells_everybody_why(database: Database, agency_id: int, plan: Plan) -> None:
    activity_id = plan(seats="1")
    for person in ("U1", "U2"):
        tap(database, "demo", person, f"a:join:{activity_id}")
    with database.write(agency_id) as session:
        staff = session.scalars(select(Staff)).first()
        assert staff is not None
        activity = session.get_one(Activity, activity_id)
        with pytest.raises(ParticipationError):
            activities.cancel(session, activity, staff, " ")
        assert activities.cancel(session, activity, staff, "น้ำท่วมถนน") == 2
    assert "น้ำท่วมถนน" in words(told(database, "demo", "U2"))
    assert "ไม่เปิดแล้ว" in words(tap(database, "demo", "U3", f"a:join:{activity_id}"))


def test_the_report_stands_in_the_register(database: Database, agency_id: int, plan: Plan) -> None:
    activity_id = plan()
    result = {"attended": "๔๒", "who": "ชาวบ้านหมู่ 3", "said": "ขอไฟทาง", "result": "บรรจุในแผนพัฒนา"}
    now = datetime.now(UTC)
    with database.write(agency_id) as session:
        staff = session.scalars(select(Staff).where(Staff.username == "palad")).one()
        activity = session.get_one(Activity, activity_id)
        with pytest.raises(ParticipationError, match="ยังไม่ถึงเวลา"):
            results.report(session, activity, staff, now, **result)
        later = now + timedelta(days=9)
        with pytest.raises(ParticipationError, match="ผลที่ได้"):
            results.report(session, activity, staff, later, **{**result, "result": ""})
        first = results.report(session, activity, staff, later, **result)
        mended = results.report(session, activity, staff, later, **{**result, "attended": "43"})
        assert mended.id == first.id
    with database.read(agency_id) as session:
        entry = session.scalars(select(RegisterEntry).where(RegisterEntry.title.contains("ประชาคมหมู่ 3"))).one()
        assert entry.register == "activities"
        assert entry.data["attendees"] == 43
        assert entry.data["result"] == "บรรจุในแผนพัฒนา"
        assert session.get_one(Activity, activity_id).status == "done"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"kind": "party"}, "kind"),
        ({"day": ""}, "day"),
        ({"starts": "เช้า"}, "starts"),
        ({"ends": "08.00"}, "ends"),
        ({"seats": "0"}, "seats"),
        ({"seats": "มาก"}, "seats"),
        ({"unit_id": 10**6}, "unit_id"),
    ],
)
def test_what_cannot_be_planned_is_said(
    database: Database, agency_id: int, changes: dict[str, object], field: str
) -> None:
    with database.write(agency_id) as session, pytest.raises(ParticipationError) as refused:
        activities.save(session, None, details(**changes), None, datetime.now(UTC))
    assert refused.value.field == field


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_menu_leads_to_activities_and_news_and_keeps_what_is_unfinished(
    database: Database, agency_id: int, plan: Plan
) -> None:
    plan()
    say(database, "demo", "U1", "เสนอเรื่อง")
    assert "ประชาคมหมู่ 3" in words(tap(database, "demo", "U1", "menu:activities"))
    assert "อยากรับข่าวเรื่องไหน" in words(tap(database, "demo", "U1", "menu:news"))
    resume = choice(say(database, "demo", "U1", "เมนู"), "ทำเรื่องที่ค้างต่อ")
    assert "ยินยอม" in words(tap(database, "demo", "U1", resume))
