"""Duties in the staff chat, through the real router."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.duties.notices import remind
from handlers.duties.reminders import next_wake
from handlers.people import conduct
from models.duty import Duty, DutyEvent, DutyNotice
from models.measure import Evidence
from models.thread import Attachment
from tests.handlers.duties.conftest import Office
from tests.handlers.turns import choice, choices, say, send, tap, words
from thai.dates import at_bangkok, bangkok_date, be_year, format_date

CHANG, HEAD = "U-chang", "U-changhead"
TODAY = bangkok_date(datetime.now(UTC))  # the webhook's clock is the real one
FAR = TODAY + timedelta(days=90)


@pytest.fixture
def duty_id(office: Office) -> int:
    with office.session() as session:
        day = office.agency.calendar.next_working_day(TODAY + timedelta(days=20))
        return office.duty(session, due_on=day, planned_on=day, detail="ตรวจช่องทางติดต่อทุกช่อง").id


def load(office: Office, duty_id: int) -> Duty:
    with office.database.read(office.agency.id) as session:
        return session.get_one(Duty, duty_id)


def evidence_of(office: Office, duty_id: int) -> list[Evidence]:
    with office.database.read(office.agency.id) as session:
        return list(session.scalars(select(Evidence).where(Evidence.duty_id == duty_id).order_by(Evidence.id)))


def test_a_link_is_evidence_and_sends_the_duty_in(office: Office, duty_id: int) -> None:
    asked = tap(office.database, "demo", CHANG, f"s:d:{duty_id}:done")
    assert "ส่งหลักฐาน" in words(asked)
    answered = say(office.database, "demo", CHANG, "ประกาศช่องทาง https://example.go.th/news/1 ค่ะ")
    assert "ส่งให้หัวหน้าตรวจรับแล้ว" in words(answered)
    (piece,) = evidence_of(office, duty_id)
    assert (piece.kind, piece.url, piece.title) == ("url", "https://example.go.th/news/1", "ประกาศช่องทาง ค่ะ")
    assert load(office, duty_id).status == "submitted"
    assert any("รอตรวจรับ" in text for text in office.told("changhead"))


def test_photos_land_in_the_register_one_after_the_other(office: Office, duty_id: int) -> None:
    tap(office.database, "demo", CHANG, f"s:d:{duty_id}:done")
    send(office.database, "demo", CHANG, "image")
    answered = send(office.database, "demo", CHANG, "image")
    assert "(2 ชิ้น)" in words(answered)
    assert [piece.kind for piece in evidence_of(office, duty_id)] == ["photo", "photo"]
    with office.database.read(office.agency.id) as session:
        assert len(session.scalars(select(Attachment)).all()) == 2
    # What comes next that is no evidence is an ordinary talk again.
    assert "เก็บหลักฐาน" not in words(say(office.database, "demo", CHANG, "สวัสดีค่ะ"))
    assert len(evidence_of(office, duty_id)) == 2


@pytest.mark.parametrize(
    ("typed", "number", "dated"),
    [
        ("คำสั่งที่ ๑๒/๒๕๗๐ ลงวันที่ 3 พ.ย. 69", "12/2570", date(2026, 11, 3)),
        ("คำสั่ง อบต.บ้านตัวอย่าง ที่ 12 / 2570 ลงวันที่ ๓ พฤศจิกายน ๒๕๖๙", "12/2570", date(2026, 11, 3)),
        ("หนังสือเลขที่ กท 55101/123", "กท 55101/123", TODAY),
        ("คำสั่งที่ 12/2570", "12/2570", TODAY),
    ],
)
def test_an_order_is_known_by_its_number_and_its_date(
    office: Office, duty_id: int, typed: str, number: str, dated: date
) -> None:
    tap(office.database, "demo", CHANG, f"s:d:{duty_id}:done")
    answered = say(office.database, "demo", CHANG, typed)
    if "ลงวันที่เท่าไร" in words(answered):
        say(office.database, "demo", CHANG, "วันนี้")
    (piece,) = evidence_of(office, duty_id)
    assert (piece.kind, piece.order_number, piece.dated) == ("order", number, dated)
    assert load(office, duty_id).status == "submitted"


def test_a_few_words_are_evidence_of_today(office: Office, duty_id: int) -> None:
    tap(office.database, "demo", CHANG, f"s:d:{duty_id}:done")
    say(office.database, "demo", CHANG, "ประชุมชี้แจงช่องทางติดต่อแล้ว ที่ห้องประชุม")
    (piece,) = evidence_of(office, duty_id)
    assert (piece.kind, piece.title, piece.dated) == ("event", "ประชุมชี้แจงช่องทางติดต่อแล้ว ที่ห้องประชุม", TODAY)


def test_progress_with_or_without_words(office: Office, duty_id: int) -> None:
    asked = tap(office.database, "demo", CHANG, f"s:d:{duty_id}:doing")
    tap(office.database, "demo", CHANG, choice(asked, "ข้าม"))
    assert load(office, duty_id).status == "in_progress"
    tap(office.database, "demo", CHANG, f"s:d:{duty_id}:doing")
    said = say(office.database, "demo", CHANG, "ร่างเสร็จแล้ว รอลงนาม")
    assert load(office, duty_id).note == "ร่างเสร็จแล้ว รอลงนาม"
    assert "อยู่ระหว่างดำเนินการ" in words(said)
    say(office.database, "demo", CHANG, "ขยะเก็บวันไหน")
    assert load(office, duty_id).note == "ร่างเสร็จแล้ว รอลงนาม"


def test_postponing_with_a_tap_or_a_typed_day_and_a_reason(office: Office, duty_id: int) -> None:
    before = load(office, duty_id).due_on
    asked = tap(office.database, "demo", CHANG, f"s:d:{duty_id}:postpone")
    assert [c.label[:3] for c in choices(asked)[:3]] == ["+3 ", "+7 ", "+14"]
    assert all(len(c.label) <= 20 for c in choices(asked))
    tap(office.database, "demo", CHANG, choice(asked, "+7"))
    said = say(office.database, "demo", CHANG, "รอข้อมูลจากกองคลัง")
    week_later = office.agency.calendar.shift_deadline(before + timedelta(days=7))
    assert load(office, duty_id).due_on == week_later
    assert format_date(week_later, "weekday") in words(said)
    tap(office.database, "demo", CHANG, f"s:d:{duty_id}:postpone")
    assert "อีกครั้ง" in words(say(office.database, "demo", CHANG, "ไม่แน่ใจ"))
    assert "เพราะอะไร" in words(say(office.database, "demo", CHANG, format_date(FAR).rpartition(" ")[0]))
    say(office.database, "demo", CHANG, "รอพัสดุ")
    with office.database.read(office.agency.id) as session:
        reasons = session.scalars(select(DutyEvent.note).where(DutyEvent.action == "postponed")).all()
    assert reasons == ["รอข้อมูลจากกองคลัง", "รอพัสดุ"]
    assert load(office, duty_id).due_on == office.agency.calendar.shift_deadline(FAR)


@pytest.mark.parametrize(
    ("typed", "earliest", "latest"),
    [
        ("อีก ๕ วัน", 24, 31),  # after the last day, which is some 20 days off
        ("สิ้นเดือนหน้า", 20, 62),
        (f"{FAR.day}/{FAR.month}/{be_year(FAR)}", 90, 100),
        ("พรุ่งนี้", 1, 8),
    ],
)
def test_a_new_day_as_people_type_it(office: Office, duty_id: int, typed: str, earliest: int, latest: int) -> None:
    tap(office.database, "demo", CHANG, f"s:d:{duty_id}:postpone")
    say(office.database, "demo", CHANG, typed)
    say(office.database, "demo", CHANG, "รอข้อมูล")
    day = load(office, duty_id).due_on
    assert earliest <= (day - TODAY).days <= latest
    assert office.agency.calendar.is_working_day(day)


def test_one_can_always_leave_and_a_question_grows_old(office: Office, duty_id: int) -> None:
    tap(office.database, "demo", CHANG, f"s:d:{duty_id}:done")
    assert "ยกเลิกแล้ว" in words(say(office.database, "demo", CHANG, "ยกเลิก"))
    tap(office.database, "demo", CHANG, f"s:d:{duty_id}:done")
    assert "งานของฉัน" in words(say(office.database, "demo", CHANG, "งานของฉัน"))
    assert evidence_of(office, duty_id) == []
    assert load(office, duty_id).status == "open"


def test_my_duties_are_listed_and_open_with_a_tap(office: Office, duty_id: int) -> None:
    listed = say(office.database, "demo", CHANG, "งานของฉัน")
    assert "รายงานช่องทางติดต่อ" in words(listed)
    shown = tap(office.database, "demo", CHANG, choice(listed, "เรื่องที่ 1"))
    assert "ตรวจช่องทางติดต่อทุกช่อง" in words(shown)
    assert {"ทำแล้ว", "กำลังทำ", "เลื่อน"} <= {c.label for c in choices(shown)}
    assert "ไม่มี" in words(say(office.database, "demo", "U-khlang", "งานของฉัน"))


def test_only_those_concerned_can_act(office: Office, duty_id: int) -> None:
    for user in ("U-khlang", "U-citizen"):
        answered = tap(office.database, "demo", user, f"s:d:{duty_id}:done")
        assert "ส่งหลักฐาน" not in words(answered)
    assert "งานของฉัน 1 เรื่อง" not in words(say(office.database, "demo", "U-citizen", "งานของฉัน"))
    with office.session() as session:
        session.get_one(Duty, duty_id).status = "done"
    assert "ไปแล้ว" in words(tap(office.database, "demo", CHANG, f"s:d:{duty_id}:postpone"))


def test_a_head_takes_note_of_what_is_late(office: Office) -> None:
    calendar = office.agency.calendar
    due_on = calendar.previous_working_day(TODAY - timedelta(days=12))
    with office.session() as session:
        duty = office.duty(session, due_on=due_on)
        duty_id = duty.id
        duty.wake_at = next_wake(duty, calendar, at_bangkok(due_on))
    spoken = at_bangkok(calendar.previous_working_day(TODAY)) + timedelta(hours=9)
    with office.session() as session:
        assert remind(session, office.agency, spoken) == 2
    answered = tap(office.database, "demo", HEAD, f"s:d:{duty_id}:ack")
    assert "รับทราบแล้ว" in words(answered)
    assert "จะยังไม่แจ้งขั้นถัดไป" in words(answered)
    with office.database.read(office.agency.id) as session:
        noted = session.scalars(select(DutyNotice).where(DutyNotice.acknowledged_at.is_not(None))).all()
        assert [notice.level for notice in noted] == [1]


# -- without a button ------------------------------------------------------------------------------------


def test_postponing_in_words_needs_no_button_and_no_date_at_once(office: Office, duty_id: int) -> None:
    assert "เลื่อนไปวันไหนคะ" in words(say(office.database, "demo", CHANG, "เลื่อน"))
    say(office.database, "demo", CHANG, "ยกเลิก")
    assert "เลื่อนไปวันไหนคะ" in words(say(office.database, "demo", CHANG, "ขอเลื่อนไปอาทิตย์หน้า")), "a week is no day"
    say(office.database, "demo", CHANG, "ยกเลิก")
    assert "เลื่อนไปวันไหนคะ" not in words(say(office.database, "demo", CHANG, "เลื่อนนัดฉีดวัคซีนได้ไหม"))
    assert "เพราะอะไรคะ" in words(say(office.database, "demo", CHANG, f"ขอเลื่อนไป {format_date(FAR)}"))
    assert "เลื่อนแล้วค่ะ" in words(say(office.database, "demo", CHANG, "รอผู้รับจ้าง"))
    assert load(office, duty_id).due_on >= FAR


def test_which_of_several_duties_is_asked(office: Office, duty_id: int) -> None:
    with office.session() as session:
        day = office.agency.calendar.next_working_day(TODAY + timedelta(days=40))
        other = office.duty(session, title="รายงานแผน", due_on=day, planned_on=day).id
    asked = say(office.database, "demo", CHANG, "ทำแล้วครับ")
    assert "งานไหนคะ" in words(asked)
    assert choice(asked, "เรื่องที่ 2") == f"s:d:{other}:done"
    asked = say(office.database, "demo", CHANG, f"เลื่อนไป {format_date(FAR)}")
    assert "เพราะอะไรคะ" in words(tap(office.database, "demo", CHANG, choice(asked, "เรื่องที่ 1")))


def test_photos_sent_first_are_evidence_of_the_duty_that_is_named(office: Office, duty_id: int) -> None:
    send(office.database, "demo", CHANG, "image")
    asked = send(office.database, "demo", CHANG, "file", fileName="report.pdf", fileSize=10)
    assert "เป็นหลักฐานของงานไหนคะ" in words(asked)
    answered = tap(office.database, "demo", CHANG, choice(asked, "เรื่องที่ 1"))
    assert "ส่งให้หัวหน้าตรวจรับแล้ว" in words(answered)
    assert [piece.kind for piece in evidence_of(office, duty_id)] == ["photo", "file"]
    assert "ส่งหลักฐาน" in words(tap(office.database, "demo", CHANG, choice(asked, "เรื่องที่ 1"))), "never twice"
    assert len(evidence_of(office, duty_id)) == 2


@pytest.mark.parametrize("text", ["เลื่อน", "ทำแล้ว", "รับทราบ"])
def test_the_same_words_of_a_citizen_are_no_duty(office: Office, duty_id: int, text: str) -> None:
    said = words(say(office.database, "demo", "U-citizen", text))
    assert "งานไหนคะ" not in said
    assert "หลักฐาน" not in said


def test_staff_who_ask_about_conduct_get_do_and_dont_and_citizens_do_not(office: Office) -> None:
    answer = words(say(office.database, "demo", CHANG, "ควรทำ ไม่ควรทำ"))
    assert "ลงทะเบียนของขวัญ" in answer
    assert "ถามหัวหน้า" in answer
    assert "ถามหัวหน้า" not in words(say(office.database, "demo", "U-citizen", "ควรทำ ไม่ควรทำ"))
    card = conduct.card(replace(office.agency, fields={"ethics_url": "https://example.go.th/ethics"}))
    assert [button.value for button in card.buttons] == ["https://example.go.th/ethics"]
    assert all(len(line) < 60 for line in (*conduct.DO, *conduct.DONT))
