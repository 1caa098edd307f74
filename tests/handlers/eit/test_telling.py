"""What people hear about the survey: in the chat, once after a case, and each week for the ITA admin."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from handlers.eit import invitations, operations, rounds, scans, weekly
from handlers.eit.operations import RoundDetails
from handlers.messages import Card, Picture, load, plain
from models.case import Case, Category
from models.conversation import Conversation
from models.db import Database
from models.eit import EitDecline, EitInvitation, EitRound
from models.outbox import OutboxMessage
from tests.handlers import turns

URL = "https://itas.nacc.go.th/go/eit/u4gpi2"
FIRST, LAST = date(2027, 1, 1), date(2027, 6, 30)
OPEN = datetime(2027, 3, 10, 3, tzinfo=UTC)  # Wednesday 10.00 in Bangkok
PRAISE = ("รางวัล", "ของขวัญ", "คะแนนเต็ม", "ดีที่สุด", "ช่วยให้คะแนน", "5 ดาว", "แจก")


@pytest.fixture
def agency_id(database: Database) -> int:
    agency_id = turns.new_agency(database)
    with database.write(agency_id) as session:
        operations.set_round(
            session, RoundDetails(fiscal_year=2570, url=URL, opens_on=FIRST, closes_on=LAST, target=400), "cli", FIRST
        )
    return agency_id


def file(database: Database, agency_id: int, user: str, closed: datetime | None, **more: object) -> int:
    """A case of this LINE user, closed at that moment."""
    with database.write(agency_id) as session:
        talk = session.scalars(select(Conversation).where(Conversation.line_user_id == user)).first()
        if talk is None:
            talk = Conversation(line_user_id=user)
            session.add(talk)
            session.flush()
        category = session.scalars(select(Category).where(Category.code == more.pop("category", "road"))).one()
        number = session.query(Case).count() + 1
        case = Case(
            number=f"C70-{number:06d}", fiscal_year=2570, secret_hash="-", category_id=category.id, detail="ถนนพัง",
            conversation_id=talk.id, due_at=OPEN, closed_at=closed, **{"status": "confirmed", **more},
        )  # fmt: skip
        session.add(case)
        session.flush()
        return case.id


def invite(database: Database, agency_id: int, now: datetime = OPEN) -> int:
    """What the clock does at this moment."""
    with database.read() as session:
        due = invitations.invite_due(session, now)
    if agency_id not in due:
        with database.write(agency_id) as session:  # the question and the deed agree
            assert invitations.invite(session, turns.view(database), now) == 0
        return 0
    with database.write(agency_id) as session:
        return invitations.invite(session, turns.view(database), now)


# -- invitations -----------------------------------------------------------------------------------------


def test_an_invitation_goes_once_in_neutral_words(database: Database, agency_id: int) -> None:
    file(database, agency_id, "U1", OPEN - timedelta(days=2))
    file(database, agency_id, "U1", OPEN - timedelta(days=3))
    assert [invite(database, agency_id), invite(database, agency_id)] == [1, 0]
    file(database, agency_id, "U1", OPEN - timedelta(days=1))
    assert invite(database, agency_id, OPEN + timedelta(days=2)) == 0  # once a year is enough
    (message,) = turns.told(database, "demo", "U1")
    said = plain(message)
    assert isinstance(message, Card)
    assert message.buttons[0].value.startswith("https://example.test/e/")
    assert URL not in message.buttons[0].value
    assert "จะตอบหรือไม่ก็ได้" in said
    assert not [word for word in PRAISE if word in said]


@pytest.mark.parametrize("status", ["done", "confirmed", "rejected", "transferred"])
def test_everybody_is_asked_however_it_ended(database: Database, agency_id: int, status: str) -> None:
    file(database, agency_id, "U1", OPEN - timedelta(days=2), status=status)
    assert invite(database, agency_id) == 1


@pytest.mark.parametrize(
    "more", [{"status": "cancelled"}, {"status": "merged"}, {"category": "conduct"}, {"accused_unit_id": 1}]
)
def test_who_is_not_asked(database: Database, agency_id: int, more: dict[str, object]) -> None:
    if "accused_unit_id" in more:
        more = {"accused_unit_id": next(iter(turns.view(database).units))}
    file(database, agency_id, "U1", OPEN - timedelta(days=2), **more)
    assert invite(database, agency_id) == 0


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_invitation_itself_holds_the_way_out(database: Database, agency_id: int) -> None:
    file(database, agency_id, "U1", OPEN - timedelta(days=2))
    assert invite(database, agency_id) == 1
    stop = turns.choice(turns.told(database, "demo", "U1")[-1:], "ไม่ต้องส่งอีก")
    assert "ไม่ส่งคำชวน" in turns.words(turns.tap(database, "demo", "U1", stop))
    with database.read(agency_id) as session:
        assert session.scalar(select(EitDecline.conversation_id)) is not None


def test_staff_the_unreachable_and_those_who_declined_are_left_alone(database: Database, agency_id: int) -> None:
    turns.link(database, "demo", "chang", "U-staff")
    turns.send(database, "demo", "U-gone", "unfollow")
    turns.say(database, "demo", "U-no", "สวัสดี")
    assert "ไม่ส่งคำชวน" in turns.words(turns.tap(database, "demo", "U-no", "eit:stop"))
    turns.tap(database, "demo", "U-no", "eit:stop")
    with database.write(agency_id) as session:
        gone = session.scalars(select(Conversation).where(Conversation.line_user_id == "U-gone")).first()
        if gone is None:
            session.add(Conversation(line_user_id="U-gone", reachable=False))
    for user in ("U-staff", "U-gone", "U-no"):
        case_id = file(database, agency_id, user, OPEN - timedelta(days=2))
        with database.write(agency_id) as session:  # nor when another slice asks for it
            case = session.get_one(Case, case_id)
            assert case.conversation_id is not None
            view = turns.view(database)
            assert not invitations.invite_after(session, view, "request:1", case.conversation_id, OPEN)
    assert invite(database, agency_id) == 0


@pytest.mark.parametrize(
    ("closed", "now"),
    [
        (OPEN - timedelta(hours=23), OPEN),  # the case's own last words stand alone
        (OPEN - timedelta(days=15), OPEN),  # long ago
        (datetime(2026, 12, 30, 3, tzinfo=UTC), datetime(2027, 1, 4, 3, tzinfo=UTC)),  # closed before the window
        (OPEN - timedelta(days=2), OPEN.replace(hour=14)),  # 21.00 in Bangkok
        (datetime(2027, 6, 29, 3, tzinfo=UTC), datetime(2027, 7, 1, 3, tzinfo=UTC)),  # the window is over
        (None, OPEN),
    ],
)
def test_when_nobody_is_asked(database: Database, agency_id: int, closed: datetime | None, now: datetime) -> None:
    file(database, agency_id, "U1", closed, status="confirmed" if closed else "in_progress")
    assert invite(database, agency_id, now) == 0


def test_a_request_of_another_slice_is_followed_by_one_invitation(database: Database, agency_id: int) -> None:
    turns.say(database, "demo", "U1", "สวัสดี")
    with database.write(agency_id) as session:
        talk = session.scalars(select(Conversation.id).where(Conversation.line_user_id == "U1")).one()
        view = turns.view(database)
        asked = [
            invitations.invite_after(session, view, s, talk, OPEN) for s in ("request:1", "request:1", "request:2")
        ]
        assert asked == [True, False, False]
        row = session.scalars(select(EitInvitation)).one()
        assert row.subject == "request:1"


# -- the chat --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["แบบประเมิน EIT", "menu:eit"])
def test_the_chat_shows_code_and_link_inside_the_window(database: Database, agency_id: int, how: str) -> None:
    with time_machine.travel(OPEN, tick=False):
        answer = turns.tap(database, "demo", "U1", how) if ":" in how else turns.say(database, "demo", "U1", how)
    picture, card = answer
    assert isinstance(picture, Picture)
    assert picture.url == "https://example.test/demo/eit.png?y=2570"
    link = turns.choice([card], "เปิดแบบประเมิน")
    with database.read() as session:
        opened = scans.find(session, link.rsplit("/", 1)[1], OPEN.date())
    assert opened is not None
    assert opened.agency_id == agency_id
    assert "30 มิถุนายน 2570" in plain(card)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "จะเปิดวันที่ 1 มกราคม 2570ค่ะ"),
        (datetime(2027, 6, 30, 17, 0, tzinfo=UTC), "ปิดรับแล้ว เมื่อวันที่ 30 มิถุนายน 2570ค่ะ"),
        (datetime(2027, 10, 1, 3, 0, tzinfo=UTC), "ยังไม่ได้เปิดแบบประเมินของปีนี้ค่ะ"),
    ],
)
def test_the_chat_says_when_outside_the_window(
    database: Database, agency_id: int, moment: datetime, words: str
) -> None:
    with time_machine.travel(moment, tick=False):
        (answer,) = turns.say(database, "demo", "U1", "EIT")
    assert words in plain(answer)
    assert not [choice for choice in turns.choices([answer]) if choice.action == "link"]


# -- the week's word -------------------------------------------------------------------------------------


def week(database: Database, agency_id: int, now: datetime) -> list[str]:
    """What the clock tells the ITA admin at this moment, in words."""
    with database.read() as session:
        due = agency_id in weekly.weekly_due(session, now)
    before = len(_told(database, agency_id))
    with database.write(agency_id) as session:
        changed = weekly.weekly(session, turns.view(database), now) if due else 0
    told = _told(database, agency_id)[before:]
    assert changed == len(told)
    return told


def _told(database: Database, agency_id: int) -> list[str]:
    with database.read(agency_id) as session:
        rows = session.scalars(
            select(OutboxMessage).where(OutboxMessage.subject.like("eit:%")).order_by(OutboxMessage.id)
        )
        return [plain(message) for row in rows for message in load(row.messages)]


MONDAY = datetime(2027, 3, 8, 3, tzinfo=UTC)


def test_the_ita_admin_hears_of_the_reach_each_week(database: Database, agency_id: int) -> None:
    turns.link(database, "demo", "admin", "U-admin")
    with database.write(agency_id) as session:
        counter = operations.add_point(session, "เคาน์เตอร์กองคลัง", "cli")
        operations.add_point(session, "รถบริการ", "cli")
        for _ in range(12):
            scans.count(session, agency_id, counter.id, date(2027, 3, 3))
        round_ = session.scalars(select(EitRound)).one()
        operations.record_count(session, round_, date(2027, 3, 5), 120, "cli", date(2027, 3, 8))
        operations.record_iit(session, round_, 60, 45, date(2027, 3, 4), "cli", date(2027, 3, 8))
    assert week(database, agency_id, MONDAY.replace(hour=1)) == []  # 8.00, the office is closed
    (said,) = week(database, agency_id, MONDAY)
    for words in ("EIT ปี 2570", "30 มิ.ย. 70 (อีก 115 วัน)", "400 คน", "120 คน (30%) ณ 5 มี.ค. 70", "280 คน", "12 ครั้ง"):
        assert words in said
    assert "บุคลากรตอบ IIT: 45 จาก 60 คน (75%) ณ 4 มี.ค. 70" in said
    assert "ยังไม่มีคนสแกน: เว็บไซต์หน่วยงาน · แชต LINE · รถบริการ" in said
    assert "ไม่ชี้นำ" in said
    assert week(database, agency_id, MONDAY + timedelta(days=1)) == []
    assert week(database, agency_id, MONDAY + timedelta(days=5)) == []  # Saturday
    assert len(week(database, agency_id, MONDAY + timedelta(days=7))) == 1


def test_on_a_holiday_it_waits_for_the_next_working_day(database: Database, agency_id: int) -> None:
    turns.link(database, "demo", "admin", "U-admin")
    holidays = turns.view(database).calendar.holidays
    holiday = next(day for day in holidays if FIRST < day < LAST and day.weekday() < 4)
    noon = datetime(holiday.year, holiday.month, holiday.day, 5, tzinfo=UTC)
    assert week(database, agency_id, noon) == []
    working = noon + timedelta(days=1)
    while not turns.view(database).calendar.is_open(working):
        working += timedelta(days=1)
    assert len(week(database, agency_id, working)) == 1


def test_the_chosen_ita_admin_hears_it(database: Database, agency_id: int) -> None:
    turns.link(database, "demo", "admin", "U-admin")
    palad = turns.link(database, "demo", "palad", "U-palad")
    with database.write(agency_id) as session:
        operations.choose_ita_admin(session, palad, "cli")
    week(database, agency_id, MONDAY)
    assert turns.told(database, "demo", "U-admin") == []
    assert len(turns.told(database, "demo", "U-palad")) == 1


def test_before_the_opening_and_after_the_closing_one_word(database: Database, agency_id: int) -> None:
    turns.link(database, "demo", "admin", "U-admin")
    day = datetime(2026, 12, 14, 3, tzinfo=UTC)
    said = []
    while day < datetime(2027, 7, 31, tzinfo=UTC):
        said += [(day.date(), words.splitlines()[0]) for words in week(database, agency_id, day)]
        day += timedelta(days=1)
    titles = [title for _, title in said]
    assert titles[0] == "EIT ปี 2570 ใกล้เปิดรับ"
    assert titles[-1] == "EIT ปี 2570 ปิดรับแล้ว"
    assert set(titles[1:-1]) == {"EIT ปี 2570 ประจำสัปดาห์"}
    weeks = [moment.isocalendar().week for moment, _ in said[1:-1]]
    assert len(weeks) == len(set(weeks)) == 26
    assert said[-1][0] == date(2027, 7, 1)


def test_a_missing_link_is_a_task_for_the_admin(database: Database) -> None:
    agency_id = turns.new_agency(database)
    turns.link(database, "demo", "admin", "U-admin")
    assert week(database, agency_id, datetime(2026, 11, 23, 3, tzinfo=UTC)) == []  # nobody has one yet
    december = datetime(2026, 12, 1, 3, tzinfo=UTC)
    (said,) = week(database, agency_id, december)
    assert "ยังไม่มีลิงก์ EIT ปี 2570" in said
    assert week(database, agency_id, december + timedelta(days=27)) == []
    assert len(week(database, agency_id, december + timedelta(days=28))) == 1
    with database.write(agency_id) as session:
        assert rounds.state(rounds.of_year(session, 2570), date(2026, 12, 29)) == "unknown"
        operations.set_round(
            session, RoundDetails(fiscal_year=2570, url=URL, opens_on=FIRST, closes_on=LAST), "cli", date(2026, 12, 30)
        )
    assert "ประจำสัปดาห์" in week(database, agency_id, datetime(2027, 1, 4, 3, tzinfo=UTC))[0]
    assert week(database, agency_id, datetime(2027, 8, 2, 3, tzinfo=UTC)) == []
