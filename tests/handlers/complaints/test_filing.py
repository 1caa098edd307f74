"""Filing in chat, from the webhook's bytes to the stored case: the straight way, and every way people stray."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import time_machine
from sqlalchemy import select

from models.case import Case, CaseSubscriber
from models.conversation import Consent, Conversation
from models.thread import Attachment
from tests.handlers.complaints.conftest import Office, Person
from tests.handlers.turns import choice, choices, told, words

U = "U-somchai"
PIN = {"latitude": 13.7563, "longitude": 100.5018, "title": "หน้าวัด", "address": "หมู่ 3"}


def cases(office: Office) -> list[Case]:
    with office.database.read(office.agency.id) as session:
        return list(session.scalars(select(Case).order_by(Case.id)))


def test_sloppy_words_photo_and_pin_become_a_case(office: Office) -> None:
    person = Person(office)
    said = person.say("แจ้งเรื่อง ร้องเรียนค่าา")
    assert "ยินยอมไหมคะ" in said
    assert "(1/7)" in said
    said = person.say("ตกลงค่ะ")
    assert "เกิดอะไรขึ้นคะ" in said
    said = person.say("ไฟทางหน้าวัดดับมา3คืนแล้วค้าบ มืดมากกก")
    assert "ประเภทไหนคะ" in said
    assert person.labels()[0] == "ไฟทางดับ"
    assert len([label for label in person.labels() if label not in ("ดูทั้งหมด", "ย้อนกลับ", "คุยกับเจ้าหน้าที่")]) <= 5
    person.tap("ไฟทางดับ")
    assert "ได้รับรูปแล้วค่ะ (1 รูป)" in person.send("image")
    person.send("image")
    assert "เกิดที่ไหนคะ" in person.tap("พอแล้ว")
    person.send("location", **PIN)
    person.say("นาย สมชาย ดีใจ")
    said = person.say("๐๘๑ ๒๓๔ ๕๖๗๘ ครับ")
    for part in ("ตรวจดูอีกครั้ง", "ไฟทางหน้าวัด", "2 รูป", "13.75630", "สมชาย", "081-234-5678"):
        assert part in said
    said = person.say("ส่งเรื่อง")
    assert "รับเรื่องแล้วค่ะ" in said
    assert "C70-000001" in said
    assert "กองช่าง" in said
    assert "48 ชั่วโมง" in said
    case = cases(office)[0]
    assert (case.latitude, case.moo) == (13.7563, 3)
    assert (case.reporter_name, case.reporter_phone) == ("นาย สมชาย ดีใจ", "0812345678")
    with office.session() as session:
        assert [a.case_id for a in session.scalars(select(Attachment))] == [case.id, case.id]
        assert session.scalars(select(Consent)).one().notice_version == 1
    secret = re.search(r"รหัสลับ: (\w{8})", said)
    assert secret is not None
    person.say("ส่งเรื่อง")  # once more, typed
    assert len(cases(office)) == 1
    assert "C70-000001" in words(told(office.database, "demo", "U-chang"))


def test_send_tapped_twice_files_once_and_says_so(office: Office) -> None:
    person = Person(office)
    person.fill()
    send_data = choice(person.seen, "ส่งเรื่อง")
    person.tap_data(send_data)
    assert "ส่งให้เรียบร้อยแล้วค่ะ" in person.tap_data(send_data)
    assert len(cases(office)) == 1


def test_consent_is_asked_once_and_declining_keeps_nothing(office: Office) -> None:
    person = Person(office)
    person.say("ร้องเรียน")
    assert "ไม่ได้เก็บอะไรไว้" in person.tap("ไม่ยินยอม")
    assert "ยินยอมไหมคะ" in person.say("ร้องเรียน")
    person.say("ยินยอม")
    person.say("เมนู")
    person.tap("ทำเรื่องที่ค้างต่อ")
    person.say("ถนนเป็นหลุมลึกมาก")
    with office.session() as session:
        assert session.scalars(select(Consent)).one().given
        talk = session.scalars(select(Conversation).where(Conversation.line_user_id == U)).one()
        assert talk.consent_version == 1
    person.tap("ถนนชำรุด")
    for words_given in ("ข้าม", "หมู่ 2", "ข้าม", "ข้าม", "ส่ง"):
        person.say(words_given)
    assert len(cases(office)) == 1
    assert "เกิดอะไรขึ้นคะ" in person.say("ร้องเรียน")


def test_back_edit_leave_and_resume_days_later(office: Office) -> None:
    person = Person(office)
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=True):
        person.begin("น้ำไม่ไหลตั้งแต่เช้า")
        person.tap("น้ำประปา")
        assert "ประเภทไหนคะ" in person.say("ย้อนกลับ")
        person.tap("น้ำประปา")
        person.say("ยกเลิก")
        person.tap("เก็บไว้ก่อน")
    with time_machine.travel(start + timedelta(days=6), tick=True):
        person.say("เมนู")
        assert "มีรูปไหมคะ" in person.tap("ทำเรื่องที่ค้างต่อ")
        person.say("ไม่มีค่ะ")
        person.say("บ้านยายมี ม.5")
        person.say("ข้าม")
        assert "น้ำไม่ไหลตั้งแต่เช้า" in person.say("ข้าม")
        person.tap("สถานที่")
        assert "หมู่ 7" in person.say("หมู่ 7 ข้างโรงเรียน")
        person.tap("ส่งเรื่อง")
    case = cases(office)[0]
    assert (case.moo, case.detail) == (7, "น้ำไม่ไหลตั้งแต่เช้า")


def test_leaving_for_good_files_nothing(office: Office) -> None:
    person = Person(office)
    person.fill()
    person.say("ยกเลิก")
    assert "ไม่มีการบันทึกไว้" in person.tap("ทิ้งเรื่องนี้")
    assert cases(office) == []


def test_all_categories_can_be_seen_and_words_may_name_one(office: Office) -> None:
    person = Person(office)
    person.begin("อยากให้มาดูหน่อยนะ")
    person.tap("ดูทั้งหมด")
    assert len([c for c in choices(person.seen) if ":category:" in c.value]) == 19
    assert all(len(label) <= 20 for label in person.labels())
    assert "มีรูปไหมคะ" in person.say("ยุงเยอะมาก")
    person.say("ข้าม")
    person.say("หมู่ 1")
    person.say("ข้าม")
    assert "ควบคุมโรค/พ่นยุง" in person.say("ข้าม")


def test_about_staff_the_unit_is_asked_and_no_place(office: Office) -> None:
    person = Person(office)
    person.begin("เจ้าหน้าที่พูดจาไม่ดี ชักสีหน้าใส่")
    said = person.tap("การทำงานเจ้าหน้าที่")
    assert "เรื่องจะไม่ไปถึงส่วนงานนั้น" in said
    assert "เป็นเรื่องทุจริต" in person.labels()
    person.tap("กองช่าง")
    person.say("ข้าม")
    assert "ขอทราบชื่อ" in person.seen[-1].text  # type: ignore[union-attr]
    person.say("ไม่บอก")
    person.say("ไม่ให้")
    said = person.tap("ส่งเรื่อง")
    assert "ปลัด อบต." in said
    assert cases(office)[0].accused_unit_id == office.unit("กองช่าง")
    assert told(office.database, "demo", "U-chang") == []
    assert told(office.database, "demo", "U-palad") != []


def test_another_category_asks_what_it_needs(office: Office) -> None:
    person = Person(office)
    person.fill()
    person.tap("ประเภท")
    person.tap("ดูทั้งหมด")
    said = person.tap("การทำงานเจ้าหน้าที่")
    assert "ส่วนงานไหนคะ" in said
    assert "ตรวจดูอีกครั้ง" in person.tap("กองคลัง")


def test_words_of_corruption_are_shown_the_other_door_and_may_go_on(office: Office) -> None:
    person = Person(office)
    person.say("แจ้งเรื่อง")
    person.say("ยินยอม")
    words_given = "นายช่างเรียกเงินใต้โต๊ะตอนขอซ่อมถนน"
    assert "1205" in person.say(words_given)
    with office.session() as session:
        talk = session.scalars(select(Conversation).where(Conversation.line_user_id == U)).one()
        assert "ใต้โต๊ะ" not in talk.state
    assert "เกิดอะไรขึ้นคะ" in person.tap("ทำเรื่องที่ค้างต่อ")
    assert "ประเภทไหนคะ" in person.say(words_given)


def test_the_place_of_a_photo_is_used_only_with_a_yes(office: Office) -> None:
    for user, place, answer, pinned in (
        ("U-a", "หมู่ 3 ทางเข้าวัด", "ใช่ค่ะ", True),
        ("U-b", "หมู่ 8 ท้ายซอย", "ไม่ใช้", False),
    ):
        person = Person(office, user)
        person.begin("ถนนเป็นหลุมลึกมาก")
        person.tap("ถนนชำรุด")
        person.send("image")
        person.say("พอแล้ว")
        person.say(place)
        with office.session() as session:  # the photo is fetched meanwhile
            photo = session.scalars(select(Attachment).order_by(Attachment.id.desc())).first()
            assert photo is not None
            photo.status, photo.gps_latitude, photo.gps_longitude = "stored", 13.1 + pinned, 100.1
        person.say("ข้าม")
        assert "ตำแหน่งที่ถ่าย" in person.say("ข้าม")
        assert "กด" in person.say("อะไรนะ")
        assert "ตรวจดูอีกครั้ง" in person.say(answer)
        person.say("ส่ง")
        case = cases(office)[-1]
        assert (case.latitude is not None) == pinned
        assert case.landmark == place


def test_at_the_place_step_the_photos_place_is_a_button(office: Office) -> None:
    person = Person(office)
    person.begin("ถนนเป็นหลุมลึกมาก")
    person.tap("ถนนชำรุด")
    person.send("image")
    with office.session() as session:
        photo = session.scalars(select(Attachment)).one()
        photo.gps_latitude, photo.gps_longitude = 13.5, 100.5
    person.tap("พอแล้ว")
    assert "ขอทราบชื่อ" in person.tap("ใช้ตำแหน่งจากรูป")


def test_a_neighbour_follows_instead_of_filing_again(office: Office) -> None:
    Person(office, "U-first").fill()
    first = Person(office, "U-first")
    first.say("ส่งเรื่อง")
    person = Person(office)
    said = person.fill("หลอดไฟหน้าวัดเสีย", "ไฟทางดับ", "ม.3 หน้าวัด")
    assert "เรื่องเดียวกันไหมคะ" in said
    assert "3 คืน" not in said  # another person's words stay theirs
    said = person.say("ใช่")
    assert "ผู้ติดตาม" in said
    assert "C70-000001" in said
    assert len(cases(office)) == 1
    with office.session() as session:
        assert session.scalars(select(CaseSubscriber)).one().case_id == session.scalars(select(Case.id)).one()
    person.say("ติดตามเรื่อง")
    assert "C70-000001" in words(person.seen)
    assert "3 คืน" not in person.tap("ดูเรื่องนี้")
    assert "เลิกติดตาม" in person.tap("เลิกติดตาม")
    assert "ยังไม่มีเรื่อง" in person.say("ติดตามเรื่อง")


def test_an_offer_that_is_passed_over_blocks_nothing(office: Office) -> None:
    Person(office, "U-first").fill()
    Person(office, "U-first").say("ส่งเรื่อง")
    person = Person(office)
    assert "เรื่องเดียวกันไหมคะ" in person.fill("หลอดไฟหน้าวัดเสีย", "ไฟทางดับ", "ม.3 หน้าวัด")
    assert "ขอทราบชื่อ" in person.say("ย้อนกลับ")
    assert "ตรวจดูอีกครั้ง" in person.say("สมชาย")
    assert "C70-000002" in person.say("ส่งเรื่อง")


def test_another_matter_nearby_is_filed(office: Office) -> None:
    Person(office, "U-first").fill()
    Person(office, "U-first").say("ส่งเรื่อง")
    person = Person(office)
    person.fill("หลอดไฟหน้าวัดเสีย", "ไฟทางดับ", "ม.3 หน้าวัด")
    assert "ตรวจดูอีกครั้ง" in person.tap("ไม่ใช่ แจ้งใหม่")
    assert "C70-000002" in person.say("ส่งเรื่อง")
    third = Person(office, "U-third")
    assert "ตรวจดูอีกครั้ง" in third.fill("ไฟดับ", "ไฟทางดับ", "หมู่ 9 ท้ายบ้าน")  # far away: nothing is offered


def test_a_photo_or_a_pin_out_of_the_blue_begins_a_complaint(office: Office) -> None:
    person = Person(office)
    person.send("image")
    person.tap("แจ้งเรื่องด้วยรูปนี้")
    person.say("ยินยอม")
    person.say("ขยะล้นถัง")
    said = person.tap("ขยะ")
    assert "เกิดที่ไหนคะ" in said  # the photo is there already
    person.say("ยกเลิก")
    person.tap("ทิ้งเรื่องนี้")
    person.send("location", **PIN)
    assert "เกิดอะไรขึ้นคะ" in person.tap("แจ้งเรื่องที่จุดนี้")
    person.say("ขยะล้นถัง")
    person.tap("ขยะ")
    assert "ขอทราบชื่อ" in person.say("ข้าม")
    stranger = Person(office, "U-stranger")
    with office.session() as session:
        photo_id = session.scalars(select(Attachment.id)).one()
    assert "หมดอายุ" in stranger.tap_data(f"photo:{photo_id}")


def test_an_old_button_of_another_draft_says_so(office: Office) -> None:
    person = Person(office)
    for data in (
        "c:same:abc:1",
        "c:gps:abc",
        "c:new:abc",
        "c:pin",
        "c:",
        "c:ok:1",
        "c:ok:99999999999999",
        "c:rate:x:9",
        "c:ok:²",
        "photo:99999999999",
        "photo:²",
    ):
        assert "หมดอายุ" in person.tap_data(data), data
