"""Staff in the chat, through the real webhook and router, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import event, select

from handlers.complaints import operations as cases
from handlers.complaints.operations import NewCase
from handlers.people import operations as people
from handlers.questions import operations as questions
from models.agency import Staff
from models.case import Case
from models.conversation import Conversation
from models.db import Database
from models.question import Question
from models.thread import Attachment, ThreadMessage
from tests.handlers.turns import SECRET_KEY, choice, choices, link, new_agency, say, send, tap, told, view, words

CITIZEN, OFFICER, OTHER = ("U" + digit * 32 for digit in "123")


@pytest.fixture
def agency_id(database: Database) -> int:
    return new_agency(database)


def code_for(database: Database, agency_id: int, username: str) -> str:
    with database.write(agency_id) as session:
        staff = session.scalars(select(Staff).where(Staff.username == username)).one()
        return people.new_link_code(session, staff, datetime.now(UTC))


def asked(database: Database, agency_id: int) -> int:
    """A question that waits for กองช่าง."""
    say(database, "demo", CITIZEN, "สวัสดี")
    agency = view(database)
    with database.write(agency_id) as session:
        conversation = session.scalars(select(Conversation).where(Conversation.line_user_id == CITIZEN)).one()
        unit = next(unit.id for unit in agency.units.values() if unit.name == "กองช่าง")
        now = datetime.now(UTC)
        return questions.hand_over(
            session, agency, "ต่อเติมบ้านต้องขออนุญาตไหม", now, conversation_id=conversation.id, unit_id=unit
        ).id


def opened(database: Database, agency_id: int) -> int:
    """A complaint about a road, filed by the citizen."""
    say(database, "demo", CITIZEN, "สวัสดี")
    agency = view(database)
    with database.write(agency_id) as session:
        conversation = session.scalars(select(Conversation).where(Conversation.line_user_id == CITIZEN)).one()
        new = NewCase("road", "ถนนเป็นหลุมหน้าวัด", None, conversation_id=conversation.id)
        return cases.open_case(session, agency, new, "citizen:1", datetime.now(UTC), SECRET_KEY)[0].id


def case_row(database: Database, agency_id: int, case_id: int) -> Case:
    with database.read(agency_id) as session:
        return session.get_one(Case, case_id)


# -- linking ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form", ["เชื่อมต่อ {}", "  เชื่อมต่อ   {}  ", "เชื่อมบัญชี {}", "เชื่อมต่อ{}", "เชื่อม {}", "เชื่อมต่อ LINE: {}"]
)
def test_a_code_links_the_account(database: Database, agency_id: int, form: str) -> None:
    answer = say(database, "demo", OFFICER, form.format(code_for(database, agency_id, "chang")))
    assert "เชื่อมบัญชีแล้ว" in words(answer)
    with database.read(agency_id) as session:
        linked = people.linked_staff(session, OFFICER)
        assert linked is not None
        assert linked.username == "chang"


def test_thai_digits_and_gaps_in_the_code(database: Database, agency_id: int) -> None:
    code = code_for(database, agency_id, "chang").translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    assert "เชื่อมบัญชีแล้ว" in words(say(database, "demo", OFFICER, f"เชื่อมต่อ {code[:3]} {code[3:]}"))


def test_a_citizens_question_about_connecting_is_not_a_code(database: Database, agency_id: int) -> None:
    answer = say(database, "demo", CITIZEN, "เชื่อมต่อน้ำประปาบ้านใหม่ทำอย่างไร")
    assert "รหัส" not in words(answer)
    assert answer


def test_guessing_codes_is_stopped_for_an_hour(database: Database, agency_id: int) -> None:
    code = code_for(database, agency_id, "chang")
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        assert "ใช้ไม่ได้" in words(say(database, "demo", OTHER, f"เชื่อมต่อ {wrong}"))
    assert "หลายครั้ง" in words(say(database, "demo", OTHER, f"เชื่อมต่อ {code}"))
    with database.read(agency_id) as session:
        assert people.linked_staff(session, OTHER) is None
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61)):
        fresh = code_for(database, agency_id, "chang")
        assert "เชื่อมบัญชีแล้ว" in words(say(database, "demo", OTHER, f"เชื่อมต่อ {fresh}"))


def test_ordinary_turns_ask_the_database_nothing_for_us(database: Database, agency_id: int) -> None:
    say(database, "demo", CITIZEN, "สวัสดี")
    seen: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    say(database, "demo", CITIZEN, "เมนู")
    assert not any("FROM staff" in statement or "link_code" in statement for statement in seen)


# -- questions -------------------------------------------------------------------------------------------


def test_an_officer_answers_from_the_notice(database: Database, agency_id: int) -> None:
    link(database, "demo", "chang", OFFICER)
    question_id = asked(database, agency_id)
    answer = choice(told(database, "demo", OFFICER), "ตอบ")
    assert answer == f"s:q:{question_id}:answer"
    assert "พิมพ์คำตอบ" in words(tap(database, "demo", OFFICER, answer))
    sent = say(database, "demo", OFFICER, "ต้องยื่นขอที่กองช่างค่ะ")
    assert "ส่งคำตอบ" in words(sent)
    assert "ต้องยื่นขอที่กองช่างค่ะ" in words(told(database, "demo", CITIZEN))
    with database.read(agency_id) as session:
        assert session.get_one(Question, question_id).status == "answered"
    say(database, "demo", OFFICER, "เมนู")  # the next words are no answer
    with database.read(agency_id) as session:
        out = session.scalars(select(ThreadMessage.text).where(ThreadMessage.direction == "out")).all()
    assert out == ["ต้องยื่นขอที่กองช่างค่ะ"]
    closed = tap(database, "demo", OFFICER, f"s:q:{question_id}:close")
    assert "ปิดคำถาม" in words(closed)
    assert "ปิดไปแล้ว" in words(tap(database, "demo", OFFICER, answer))


@pytest.mark.parametrize("way_out", ["ยกเลิก", "เมนู"])
def test_the_answer_mode_can_be_left(database: Database, agency_id: int, way_out: str) -> None:
    link(database, "demo", "chang", OFFICER)
    question_id = asked(database, agency_id)
    tap(database, "demo", OFFICER, f"s:q:{question_id}:answer")
    assert say(database, "demo", OFFICER, way_out)
    say(database, "demo", OFFICER, "ขยะเก็บวันไหน")
    with database.read(agency_id) as session:
        assert session.get_one(Question, question_id).status == "waiting"


def test_tapping_the_menu_leaves_the_answer_mode(database: Database, agency_id: int) -> None:
    link(database, "demo", "chang", OFFICER)
    question_id = asked(database, agency_id)
    tap(database, "demo", OFFICER, f"s:q:{question_id}:answer")
    tap(database, "demo", OFFICER, "menu:ask")
    say(database, "demo", OFFICER, "ขยะเก็บวันไหน")
    with database.read(agency_id) as session:
        assert session.get_one(Question, question_id).status == "waiting"


def test_words_after_half_an_hour_are_not_sent(database: Database, agency_id: int) -> None:
    link(database, "demo", "chang", OFFICER)
    question_id = asked(database, agency_id)
    tap(database, "demo", OFFICER, f"s:q:{question_id}:answer")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31)):
        assert "หมดเวลา" in words(say(database, "demo", OFFICER, "กินข้าวหรือยัง"))
    with database.read(agency_id) as session:
        assert session.get_one(Question, question_id).status == "waiting"


def test_words_sent_before_the_tap_are_not_the_answer(database: Database, agency_id: int) -> None:
    link(database, "demo", "chang", OFFICER)
    question_id = asked(database, agency_id)
    tap(database, "demo", OFFICER, f"s:q:{question_id}:answer")
    say(database, "demo", OFFICER, "ขยะเก็บวันไหน", at=datetime.now(UTC) - timedelta(minutes=5))
    with database.read(agency_id) as session:
        assert session.get_one(Question, question_id).status == "waiting"


def test_buttons_do_nothing_for_strangers_other_units_and_people_who_left(database: Database, agency_id: int) -> None:
    question_id = asked(database, agency_id)
    link(database, "demo", "khlang", OTHER)
    for user, said in ((CITIZEN, "สำหรับเจ้าหน้าที่"), (OTHER, "ไม่อยู่ในความรับผิดชอบ")):
        assert said in words(tap(database, "demo", user, f"s:q:{question_id}:close"))
    link(database, "demo", "chang", OFFICER)
    tap(database, "demo", OFFICER, f"s:q:{question_id}:answer")
    with database.write(agency_id) as session:
        chang = session.scalars(select(Staff).where(Staff.username == "chang")).one()
        people.deactivate(session, chang, "staff:1")
    say(database, "demo", OFFICER, "ตอบไม่ได้แล้ว")
    with database.read(agency_id) as session:
        assert session.get_one(Question, question_id).status == "waiting"


def test_another_agencys_rows_are_not_there(database: Database, agency_id: int) -> None:
    question_id = asked(database, agency_id)
    new_agency(database, "other")
    link(database, "other", "admin", OFFICER)
    assert "ไม่อยู่ในความรับผิดชอบ" in words(tap(database, "other", OFFICER, f"s:q:{question_id}:close"))
    with database.read(agency_id) as session:
        assert session.get_one(Question, question_id).status == "waiting"


@pytest.mark.parametrize(
    "data", ["s", "s:", "s:q", "s:q:x:answer", "s:q:1", "s:c:1", "s:x:1:answer", "s:q:99999999:answer"]
)
def test_odd_buttons_get_a_polite_answer(database: Database, agency_id: int, data: str) -> None:
    link(database, "demo", "chang", OFFICER)
    assert choices(tap(database, "demo", OFFICER, data))


# -- cases -----------------------------------------------------------------------------------------------


def test_an_officer_works_a_case_from_the_chat(database: Database, agency_id: int) -> None:
    link(database, "demo", "chang", OFFICER)
    case_id = opened(database, agency_id)
    accept = choice(told(database, "demo", OFFICER), "รับเรื่อง")
    assert accept == f"s:c:{case_id}:accept"
    accepted = tap(database, "demo", OFFICER, accept)
    assert "รับเรื่องแล้ว" in words(accepted)
    assert "ทำรายการนี้ไม่ได้" in words(tap(database, "demo", OFFICER, accept))  # the old button, tapped again

    steps = tap(database, "demo", OFFICER, choice(accepted, "ความคืบหน้า"))
    tap(database, "demo", OFFICER, choice(steps, "รองบประมาณ"))
    assert "รองบประมาณ" in words(say(database, "demo", OFFICER, "รองบเดือนหน้า"))
    assert case_row(database, agency_id, case_id).sub_status == "budget"
    assert "รองบเดือนหน้า" in words(told(database, "demo", CITIZEN))

    tap(database, "demo", OFFICER, f"s:c:{case_id}:answer")
    say(database, "demo", OFFICER, "เข้าไปดูหน้างานพรุ่งนี้ค่ะ")
    assert "เข้าไปดูหน้างานพรุ่งนี้ค่ะ" in words(told(database, "demo", CITIZEN))

    tap(database, "demo", OFFICER, f"s:c:{case_id}:done")
    assert "1 รูป" in words(send(database, "demo", OFFICER, "image"))
    assert "ดำเนินการแล้ว" in words(say(database, "demo", OFFICER, "เทยางมะตอยเรียบร้อย"))
    assert case_row(database, agency_id, case_id).status == "done"
    with database.read(agency_id) as session:
        photo = session.scalars(select(Attachment)).one()
        assert (photo.case_id, photo.role) == (case_id, "after")


def test_an_answer_mode_takes_words_only(database: Database, agency_id: int) -> None:
    link(database, "demo", "chang", OFFICER)
    case_id = opened(database, agency_id)
    tap(database, "demo", OFFICER, f"s:c:{case_id}:answer")
    assert "ข้อความ" in words(send(database, "demo", OFFICER, "image"))
    with database.read(agency_id) as session:
        assert session.scalars(select(Attachment)).all() == []


def test_a_person_of_another_unit_does_nothing_to_a_case(database: Database, agency_id: int) -> None:
    link(database, "demo", "khlang", OTHER)
    case_id = opened(database, agency_id)
    for verb in ("accept", "done", "answer", "progress:budget"):
        assert "ไม่อยู่ในความรับผิดชอบ" in words(tap(database, "demo", OTHER, f"s:c:{case_id}:{verb}"))
    assert case_row(database, agency_id, case_id).status == "new"
