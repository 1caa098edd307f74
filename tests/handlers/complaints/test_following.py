"""Following a case in chat: one's own, by number and secret, the officer's thread, and the end of it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from handlers.complaints import operations
from handlers.complaints.lookup import find_number, find_secret
from handlers.complaints.operations import CaseError, NewCase
from models.case import Case, CaseEvent
from models.conversation import Conversation
from models.thread import Attachment, ThreadMessage
from tests.handlers.complaints.conftest import Office, Person
from tests.handlers.turns import SECRET_KEY, choice, told, words

U = "U-somchai"


def work(office: Office, case_id: int, verb: str, *args: object, username: str = "chang") -> None:
    now = datetime.now(UTC)
    with office.session() as session:
        case, staff = session.get_one(Case, case_id), office.staff(session, username)
        if verb == "answer":
            operations.answer(session, office.agency, case, staff, str(args[0]), now)
        else:
            getattr(operations, verb)(session, office.agency, case, staff, now, *args)


def filed(office: Office) -> tuple[Person, int]:
    return Person(office), office.file(datetime.now(UTC), conversation_id=office.citizen(U))


def test_from_accepted_on_line_to_confirmed_and_rated(office: Office) -> None:
    person, case_id = filed(office)
    staff = Person(office, "U-chang")
    assert "รับเรื่องแล้ว" in staff.tap_data(f"s:c:{case_id}:accept")
    staff.tap_data(f"s:c:{case_id}:done")
    staff.send("image")
    staff.say("เปลี่ยนหลอดแล้ว")
    asked = told(office.database, "demo", U)
    assert "เปลี่ยนหลอดแล้ว" in words(asked)
    assert "ยังไม่เรียบร้อยตรงไหนคะ" in person.tap_data(choice(asked, "ยังไม่เรียบร้อย"))
    assert "ส่งให้เจ้าหน้าที่แล้ว" in person.say("ยังกระพริบอยู่เลยค่า")
    work(office, case_id, "done", "เปลี่ยนขั้วหลอดด้วยแล้ว")
    assert "ให้คะแนน" in person.tap_data(f"c:ok:{case_id}")
    person.tap("5 ดีมาก")
    case = office.case(case_id)
    assert (case.status, case.rating, case.reopened) == ("confirmed", 5, 1)
    assert "สถานะ" in person.tap_data(f"c:ok:{case_id}")  # tapped once more: no scolding, no change
    with office.session() as session:
        assert [m.text for m in session.scalars(select(ThreadMessage))] == ["ยังกระพริบอยู่เลยค่า"]
        assert session.scalars(select(Attachment.role)).one() == "after"


def test_the_verdict_may_be_typed(office: Office) -> None:
    person, case_id = filed(office)
    work(office, case_id, "done", "ซ่อมแล้ว")
    assert "ตรงไหนคะ" in person.say("ยังไม่เรียบร้อยเลยค่ะ")
    person.tap("พอแล้ว")
    assert office.case(case_id).status == "in_progress"
    work(office, case_id, "done", "ซ่อมใหม่แล้ว")
    assert "ให้คะแนน" in person.say("เรียบร้อยค่ะ")
    assert "บันทึกคะแนน" in person.say("๔")
    case = office.case(case_id)
    assert (case.status, case.rating) == ("confirmed", 4)


def test_the_list_shows_status_due_date_and_last_step(office: Office) -> None:
    person, case_id = filed(office)
    work(office, case_id, "progress", "procurement", "รอหลอดไฟ")
    said = person.say("เรื่องถึงไหนแล้ว")
    for part in ("C70-000001", "จัดซื้อจัดจ้าง", "หยุดนับเวลา", "รอหลอดไฟ"):
        assert part in said
    said = person.tap("ดูเรื่องนี้")
    assert "ไฟทางหน้าวัดดับ" in said
    person.tap("ยกเลิกเรื่องนี้")
    assert "ยกเลิก C70-000001" in person.tap("ยกเลิกเรื่องนี้")
    assert office.case(case_id).status == "cancelled"


def test_another_persons_buttons_do_nothing(office: Office) -> None:
    _, case_id = filed(office)
    stranger = Person(office, "U-stranger")
    for verb in ("show", "ok", "no", "add", "cancel", "cancel:yes", "stop"):
        tail = verb.split(":")
        data = ":".join(["c", tail[0], str(case_id), *tail[1:]])
        assert "หมดอายุ" in stranger.tap_data(data), data
    assert "หมดอายุ" in stranger.tap_data(f"c:rate:{case_id}:1")
    assert "รหัสลับอีกครั้ง" in stranger.tap_data(f"c:track:{case_id}")
    assert office.case(case_id).status == "new"


# -- number and secret -----------------------------------------------------------------------------------


def by_phone(office: Office) -> tuple[int, str]:
    with office.session() as session:
        new = NewCase("road", "ถนนเป็นหลุม", {"moo": 2, "landmark": "หมู่ 2"}, channel="phone", name="สมศรี")
        case, secret = operations.open_case(session, office.agency, new, "staff:1", datetime.now(UTC), SECRET_KEY)
        return case.id, secret


def test_the_number_alone_shows_nothing_and_the_secret_opens_it(office: Office) -> None:
    case_id, secret = by_phone(office)
    person = Person(office)
    assert "รหัสลับ" in person.say("ขอดูเรื่อง c70-1 หน่อยค่ะ")
    unknown = person.say("C70-000099")
    assert unknown == person.say("C70-000001").replace("000001", "000099")  # nothing tells which one exists
    said = person.say(f"{secret[:4]} {secret[4:]}".lower())
    assert "ถนน" in said
    assert "สมศรี" not in said
    assert "จะแจ้งในแชตนี้" in person.tap("แจ้งในแชตนี้")
    assert office.case(case_id).conversation_id is not None
    work(office, case_id, "done", "ซ่อมแล้ว")
    assert "เรียบร้อยไหมคะ" in words(told(office.database, "demo", U))


def test_number_and_secret_in_one_message(office: Office) -> None:
    _, secret = by_phone(office)
    assert "ถนน" in Person(office).say(f"C70-000001 {secret}")


def test_guessing_is_slowed_down(office: Office) -> None:
    _, secret = by_phone(office)
    person, start = Person(office), datetime.now(UTC)
    with time_machine.travel(start, tick=True):
        for _ in range(5):
            assert "ไม่ตรงกัน" in person.say("C70-000001 23456789")
        assert "หลายครั้ง" in person.say(f"C70-000001 {secret}")
    with time_machine.travel(start + timedelta(minutes=61), tick=True):
        assert "ถนน" in person.say(f"C70-000001 {secret}")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("C70-000123", "C70-000123"),
        ("c70-123 ถึงไหนแล้ว", "C70-000123"),
        ("เรื่อง C๗๐-๐๐๐๑๒๓ ค่ะ", "C70-000123"),
        ("C 70 000123", "C70-000123"),
        ("covid19", None),
        ("โทร 0812345678", None),
        ("C70-1234567", None),
    ],
)
def test_numbers_as_people_write_them(text: str, number: str | None) -> None:
    assert find_number(text) == number


@pytest.mark.parametrize(
    ("text", "secret"), [("c70-1 abcd2345", "abcd2345"), ("รหัส ABCD-2345", "ABCD-2345"), ("ABCDEFGHJK", None)]
)
def test_secrets_as_people_write_them(text: str, secret: str | None) -> None:
    found = find_secret(text)
    assert (found.strip() if found else None) == secret


# -- the officer's thread --------------------------------------------------------------------------------


def test_words_photos_and_places_reach_the_officer(office: Office) -> None:
    person, case_id = filed(office)
    work(office, case_id, "answer", "เสาต้นไหนคะ")
    assert "C70-000001" in person.say("ต้นที่ 5 ข้างร้านค้า")
    person.send("image")
    person.send("location", latitude=13.7, longitude=100.5, title="ร้านค้า", address="")
    person.send("sticker", packageId="1", stickerId="1")
    person.send("audio")
    with office.session() as session:
        thread = session.scalars(select(ThreadMessage).order_by(ThreadMessage.id)).all()
        assert [m.direction for m in thread] == ["out", "in", "in", "in", "in"]
        assert thread[1].text == "ต้นที่ 5 ข้างร้านค้า"
        assert "13.7,100.5" in thread[3].text
        assert [a.role for a in session.scalars(select(Attachment))] == ["thread", "thread"]
    person.tap("ถามเรื่องอื่น")
    with office.session() as session:
        talk = session.scalars(select(Conversation).where(Conversation.line_user_id == U)).one()
        assert talk.reply_case_id is None


def test_unsent_words_go_from_the_thread(office: Office) -> None:
    person, case_id = filed(office)
    person.tap_data(f"c:add:{case_id}")
    person.say("เบอร์ผม 0812345678")
    with office.session() as session:
        message_id = session.scalars(select(ThreadMessage.line_message_id)).one()
    person.send("unsend", message_id=message_id)
    with office.session() as session:
        message = session.scalars(select(ThreadMessage)).one()
        assert (message.text, message.unsent) == ("", True)


def test_after_a_quiet_day_words_are_a_new_question(office: Office) -> None:
    person, case_id = filed(office)
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=True):
        work(office, case_id, "answer", "เสาต้นไหนคะ")
    with time_machine.travel(start + timedelta(hours=30), tick=True):
        assert "ส่งให้เจ้าหน้าที่แล้วค่ะ (C70" not in person.say("ภาษีที่ดินจ่ายวันไหน")
    with office.session() as session:
        thread = session.scalars(select(ThreadMessage.direction).where(ThreadMessage.case_id == case_id)).all()
        assert thread == ["out"]


# -- two at once -----------------------------------------------------------------------------------------


def test_two_clicks_at_once_do_not_both_win(office: Office) -> None:
    _, case_id = filed(office)
    ready, outcomes = threading.Barrier(2), []

    def click(username: str) -> None:
        ready.wait()
        try:
            work(office, case_id, "accept", username=username)
            outcomes.append("won")
        except CaseError:
            outcomes.append("refused")

    clicks = [threading.Thread(target=click, args=(name,)) for name in ("chang", "changhead")]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join(30)
    assert sorted(outcomes) == ["refused", "won"]
    with office.session() as session:
        assert len(session.scalars(select(CaseEvent).where(CaseEvent.action == "accepted")).all()) == 1
