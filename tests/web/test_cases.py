"""The page of a case: what it shows, every act, refusals that keep what was typed, photos, the typed-in complaint."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from handlers.complaints import operations
from handlers.complaints.lookup import find_by_secret
from handlers.forgetting import MOVED
from handlers.messages import Say, plain
from handlers.numbers import hash_secret
from models.audit import AuditEntry
from models.case import CannedReply, Case, CaseSubscriber
from models.conversation import Conversation
from models.outbox import OutboxMessage
from models.representative import Representative
from models.thread import Attachment, ThreadMessage
from tests.handlers.complaints.conftest import Office, Person
from tests.web import work
from thai.dates import bangkok_date, format_date


def act(browser: Any, case_id: int, verb: str, **form: Any) -> Any:
    return browser.send(f"/console/cases/{case_id}/{verb}", **form)


def verbs(page: str) -> set[str]:
    """The acts that the page offers."""
    return set(re.findall(r'<details class="act" id="(\w+)"', page))


def outbox(app: Flask, subject: str) -> list[OutboxMessage]:
    with work.known(app).database.read(work.agency_of(app).id) as session:
        query = select(OutboxMessage).where(OutboxMessage.subject == subject).order_by(OutboxMessage.id)
        return list(session.scalars(query))


def test_a_case_from_new_to_done_and_confirmed_by_telephone(app: Flask, login: Any) -> None:
    case_id = work.file_case(app, name="สมศรี ใจดี", phone="0812345678", channel="phone")
    head = login("changhead")
    page = head.get(f"/console/cases/{case_id}").text
    for shown in ("ไฟทางหน้าวัดดับ", "สมศรี ใจดี", 'href="tel:0812345678"', "google.com/maps?q=13.75,100.5", "โทรศัพท์"):
        assert shown in page
    assert act(head, case_id, "accept", note="จะไปดูพรุ่งนี้ค่ะ").status_code == 302
    assert work.case(app, case_id).status == "accepted"
    answer = act(head, case_id, "progress", sub_status="procurement", note="รอซื้อหลอดไฟค่ะ", expected="20 ธ.ค. 2570")
    assert answer.status_code == 302
    page = head.get(f"/console/cases/{case_id}").text
    assert "จัดซื้อจัดจ้าง" in page
    assert "หยุดนับเวลา" in page
    done = act(head, case_id, "done", note="เปลี่ยนหลอดแล้วค่ะ", photos=[work.photo("green"), work.photo("blue")])
    assert done.status_code == 302
    page = head.get(f"/console/cases/{case_id}").text
    assert "รูปหลังดำเนินการ" in page
    assert "เปลี่ยนหลอดแล้วค่ะ" in page
    assert act(head, case_id, "confirm").status_code == 302
    assert work.case(app, case_id).status == "confirmed"


def test_the_page_offers_exactly_what_is_allowed(app: Flask, login: Any) -> None:
    case_id = work.file_case(app, conversation_id=work.citizen(app))
    for username in ("chang", "changhead", "palad", "nayok", "admin"):
        with work.known(app).database.read(work.agency_of(app).id) as session:
            staff, case = work.person(session, username), session.get_one(Case, case_id)
            expected = operations.allowed(case, staff)
        assert verbs(login(username).get(f"/console/cases/{case_id}").text) == expected
    # And what is not offered is refused, with a word, also when it is sent all the same.
    answer = act(login("chang"), case_id, "reject", reason="ไม่ใช่หน้าที่")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert work.case(app, case_id).status == "new"


def test_a_refusal_keeps_what_was_typed_and_the_photos(app: Flask, login: Any) -> None:
    case_id = work.file_case(app)
    head = login("changhead")
    answer = act(head, case_id, "progress", sub_status="survey", note="ไปดูแล้วค่ะ", expected="32 ธ.ค. 69")
    assert answer.status_code == 422
    assert "ไปดูแล้วค่ะ" in answer.text
    assert "32 ธ.ค. 69" in answer.text
    # A file that is no picture: the good photo stays and goes along the next time.
    bad = (io.BytesIO(b"not a picture at all"), "bad.jpg")
    answer = act(head, case_id, "done", note="เสร็จแล้วค่ะ", photos=[work.photo(), bad])
    assert answer.status_code == 422
    assert "เสร็จแล้วค่ะ" in answer.text
    tokens = re.findall(r'name="kept_photo" value="([^"]+)"', answer.text)
    assert len(tokens) == 1
    assert act(head, case_id, "done", note="เสร็จแล้วค่ะ", kept_photo=tokens).status_code == 302
    with work.known(app).database.read(work.agency_of(app).id) as session:
        after = session.scalars(select(Attachment).where(Attachment.case_id == case_id, Attachment.role == "after"))
        assert len(after.all()) == 1


def test_answer_note_and_delivery(app: Flask, login: Any) -> None:
    case_id = work.file_case(app, conversation_id=work.citizen(app))
    officer = login("chang")
    with work.writing(app) as session:
        session.add(CannedReply(title="จะไปตรวจ", text="จะเข้าไปตรวจสอบค่ะ"))
        session.flush()
        reply_id = session.scalar(select(CannedReply.id))
    inserted = act(officer, case_id, "answer", text="เรียนคุณสมศรี", canned=str(reply_id), insert="1")
    assert inserted.status_code == 200
    assert "เรียนคุณสมศรี\nจะเข้าไปตรวจสอบค่ะ" in inserted.text
    assert not [row for row in outbox(app, f"case:{case_id}") if "ตรวจสอบ" in row.messages]
    assert act(officer, case_id, "answer", text="ขอดูรูปเพิ่มค่ะ", photo=work.photo()).status_code == 302
    assert act(officer, case_id, "note", text="โทรแล้วไม่รับ").status_code == 302
    page = officer.get(f"/console/cases/{case_id}").text
    assert "รอส่ง" in page
    assert "โทรแล้วไม่รับ" in page
    assert not [row for row in outbox(app, f"case:{case_id}") if "โทรแล้วไม่รับ" in row.messages]

    with work.writing(app) as session:
        session.execute(update(OutboxMessage).values(status="failed", error="ผู้รับบล็อกบัญชี"))
        outbox_id = session.scalar(select(ThreadMessage.outbox_id).where(ThreadMessage.direction == "out"))
    page = officer.get(f"/console/cases/{case_id}").text
    assert "ส่งไม่สำเร็จ: ผู้รับบล็อกบัญชี" in page
    assert f"/console/messages/{outbox_id}/again" in page
    assert login("khlang").send(f"/console/messages/{outbox_id}/again").status_code == 404
    assert officer.send(f"/console/messages/{outbox_id}/again").status_code == 302
    with work.writing(app) as session:
        assert session.get_one(OutboxMessage, outbox_id).status == "pending"
        assert session.scalar(select(AuditEntry.id).where(AuditEntry.action == "sent_again"))
    assert "กำลังส่งอีกครั้ง" in officer.get(f"/console/cases/{case_id}").text


def test_assign_to_a_unit_or_a_person(app: Flask, login: Any) -> None:
    case_id = work.file_case(app)
    head, finance = login("changhead"), work.unit_id(app, "กองคลัง")
    assert act(head, case_id, "assign", to="nobody").status_code == 422
    with work.writing(app) as session:
        officer = work.person(session, "khlanghead").id
    answer = act(head, case_id, "assign", to=f"staff-{officer}")
    case = work.case(app, case_id)
    assert (case.unit_id, case.assignee_id) == (finance, officer)
    # It has left the head's sight: back to the inbox, not to a page that says "not found".
    assert answer.location.endswith("/console/inbox/")
    assert head.get(f"/console/cases/{case_id}").status_code == 404
    assert act(login("palad"), case_id, "assign", to=f"unit-{work.unit_id(app, 'กองช่าง')}").status_code == 302
    assert work.case(app, case_id).unit_id == work.unit_id(app, "กองช่าง")


def test_a_complaint_about_staff_is_never_offered_to_their_unit(app: Flask, login: Any) -> None:
    works = work.unit_id(app, "กองช่าง")
    case_id = work.file_case(app, "พูดไม่ดี", category=work.conduct_code(app), accused_unit_id=works)
    palad = login("palad")
    page = palad.get(f"/console/cases/{case_id}").text
    with work.writing(app) as session:
        theirs = work.person(session, "chang").id
    assert f'value="unit-{works}"' not in page
    assert f'value="staff-{theirs}"' not in page
    assert act(palad, case_id, "assign", to=f"staff-{theirs}").status_code == 422
    assert act(palad, case_id, "assign", to=f"unit-{works}").status_code == 422


def test_merge_transfer_reject_cancel(app: Flask, login: Any) -> None:
    head = login("changhead")
    first, second = work.file_case(app), work.file_case(app, conversation_id=work.citizen(app))
    assert act(head, second, "merge", into="C70-999999").status_code == 422
    assert act(head, second, "merge", into=work.case(app, first).number.lower()).status_code == 302
    assert work.case(app, second).status == "merged"
    assert work.case(app, second).number in head.get(f"/console/cases/{first}").text
    with work.writing(app) as session:
        assert session.scalar(select(func.count()).select_from(CaseSubscriber).where(CaseSubscriber.case_id == first))
    third, fourth, fifth = (work.file_case(app) for _ in range(3))
    assert act(head, third, "transfer", to="แขวงทางหลวงชนบท", reference="อบ 1/2569").status_code == 302
    assert "แขวงทางหลวงชนบท" in head.get(f"/console/cases/{third}").text
    assert act(head, fourth, "reject", reason=" ").status_code == 422
    assert act(head, fourth, "reject", reason="อยู่นอกเขต").status_code == 302
    assert act(head, fifth, "cancel", reason="ผู้แจ้งขอยกเลิก").status_code == 302
    assert [work.case(app, i).status for i in (third, fourth, fifth)] == ["transferred", "rejected", "cancelled"]


def test_files_are_shown_only_to_whom_the_case_is_shown(app: Flask, login: Any) -> None:
    case_id = work.file_case(app)
    head = login("changhead")
    act(head, case_id, "done", note="เสร็จแล้วค่ะ", photos=[work.photo()])
    with work.writing(app) as session:
        photo = session.scalars(select(Attachment).where(Attachment.case_id == case_id)).one().id
    shown = head.get(f"/console/files/{photo}")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert "no-store" in shown.headers["Cache-Control"]
    assert head.get(f"/console/files/{photo}/small").status_code == 200
    assert login("khlang").get(f"/console/files/{photo}").status_code == 404
    assert login("admin", agency="other").get(f"/console/files/{photo}").status_code == 404
    with work.writing(app) as session:
        session.execute(update(Attachment).values(case_id=None))  # a draft's photo belongs to nobody's sight
    assert head.get(f"/console/files/{photo}").status_code == 404


NEW = {
    "channel": "phone",
    "detail": "น้ำประปาไม่ไหลตั้งแต่เมื่อวาน",
    "category": "water",
    "place": "หมู่ 7 บ้านเลขที่ 12/3",
    "name": "สมชาย ดีงาม",
    "phone": "081-234-5678",
}


def test_a_complaint_by_telephone_is_typed_in_once(app: Flask, login: Any) -> None:
    officer = login("sawatdikan")
    assert "รับเรื่องร้องเรียน" in officer.get("/console/cases/new/").text
    refused = officer.send("/console/cases/new/", **{**NEW, "phone": "12", "channel": ""}, photos=[work.photo()])
    assert refused.status_code == 422
    assert "น้ำประปาไม่ไหล" in refused.text
    token = re.search(r'name="once" value="([^"]+)"', refused.text)
    kept = re.findall(r'name="kept_photo" value="([^"]+)"', refused.text)
    assert token
    assert len(kept) == 1
    form = {**NEW, "once": token[1], "kept_photo": kept}
    filed = officer.send("/console/cases/new/", **form)
    assert filed.location.endswith("/console/cases/new/slip")
    slip = officer.get(filed.location).text
    number = re.search(r"C\d\d-\d{6}", slip)
    secret = re.search(r"<dd>([A-Z0-9]{4}-[A-Z0-9]{4})</dd>", slip)
    assert number
    assert secret
    assert "data:image/svg+xml;base64," in slip
    # The button pressed twice files one case.
    officer.send("/console/cases/new/", **form)
    with work.writing(app) as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1
        case = find_by_secret(session, number[0], secret[1], work.known(app).secret_key)
        assert case
        assert (case.channel, case.reporter_phone, case.moo) == ("phone", "0812345678", 7)
        assert session.scalar(select(Attachment.case_id)) == case.id
        assert case.conversation_id is None
        actor = session.scalar(select(AuditEntry.actor).where(AuditEntry.action == "case_opened"))
        assert actor == f"staff:{work.person(session, 'sawatdikan').id}"
    # Another person's browser has no slip.
    assert login("chang").get("/console/cases/new/slip").status_code == 404


def test_before_filing_similar_cases_and_corruption_are_pointed_out(app: Flask, login: Any) -> None:
    palad = login("palad")
    first = work.file_case(app, NEW["detail"], category="water", place={"moo": 7, "landmark": NEW["place"]})
    shown = palad.send("/console/cases/new/", **NEW)
    assert shown.status_code == 422
    assert work.case(app, first).number in shown.text
    assert palad.send("/console/cases/new/", **NEW, seen="similar").status_code == 302
    bribe = {**NEW, "detail": "เจ้าหน้าที่เรียกรับเงินสินบนใต้โต๊ะ", "place": "หมู่ 1 ตลาด"}
    assert "ป.ป.ช." in palad.send("/console/cases/new/", **bribe).text


def test_late_and_soon_are_said_on_the_page(app: Flask, login: Any) -> None:
    case_id = work.file_case(app)
    with work.writing(app) as session:
        session.execute(update(Case).values(due_at=datetime.now(UTC) - timedelta(days=1)))
    assert "เกินกำหนด" in login("palad").get(f"/console/cases/{case_id}").text


def test_a_form_without_its_token_changes_nothing(app: Flask, login: Any) -> None:
    case_id = work.file_case(app)
    assert login("changhead").post(f"/console/cases/{case_id}/accept").status_code == 400
    assert work.case(app, case_id).status == "new"


def test_who_has_not_logged_in_cannot_send_much(app: Flask, client: Any, login: Any) -> None:
    too_large = b"x" * 200_000
    assert client.post("/console/login", data=too_large, content_type="text/plain").status_code == 413
    case_id = work.file_case(app)
    head = login("changhead")
    assert act(head, case_id, "done", note="เสร็จค่ะ", photos=[(io.BytesIO(too_large), "x.jpg")]).status_code == 422


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_another_kind_says_the_new_date(app: Flask, login: Any) -> None:
    case_id = work.file_case(app, conversation_id=work.citizen(app))
    head, health = login("changhead"), work.unit_id(app, "งานสาธารณสุข")
    page = head.get(f"/console/cases/{case_id}").text
    assert 'value="garbage"' in page
    assert 'value="streetlight"' not in page
    refused = act(head, case_id, "categorise", category="", unit=str(health))
    assert refused.status_code == 422
    assert f'value="{health}" selected' in refused.text
    assert act(head, case_id, "categorise", category="road", unit="category").status_code == 302
    case = work.case(app, case_id)
    page = head.get(f"/console/cases/{case_id}").text
    assert "เปลี่ยนประเภทเป็น “ถนน/ทางสาธารณะชำรุด” แล้ว" in page
    assert f"กำหนดใหม่ {format_date(bangkok_date(case.due_at))}" in page
    assert "เปลี่ยนประเภทเรื่อง" in page
    # To a unit that this head does not see: back to the inbox.
    moved = act(head, case_id, "categorise", category="garbage", unit="category")
    assert moved.location.endswith("/console/inbox/")
    assert "ผู้รับผิดชอบคือ" in head.get(moved.location).text
    # Given to another unit by hand: the page proposes to leave it there.
    act(login("palad"), case_id, "assign", to=f"unit-{work.unit_id(app, 'กองช่าง')}")
    assert '<option value="same" selected>' in head.get(f"/console/cases/{case_id}").text


def test_a_case_that_is_about_corruption_leaves_no_word(app: Flask, login: Any, client: Any) -> None:
    canary, neighbour = "กระเรียนเจ็ดหมื่น", work.citizen(app, "U-neighbour")
    chat = Person(Office(work.known(app).database, work.agency_of(app)), "U-teller")
    chat.fill(f"ไฟทางดับ {canary}", place=f"หมู่ 3 หน้าร้าน{canary}")
    said = chat.tap("ส่งเรื่อง")
    with work.writing(app) as session:
        case = session.scalars(select(Case)).one()
        case_id, number, talk_id = case.id, case.number, case.conversation_id
        operations.subscribe(session, case, neighbour, datetime.now(UTC))
        session.add(photo := Attachment(case_id=case_id, status="stored", path="1/x.jpg", file_name=canary))
        today = bangkok_date(datetime.now(UTC))
        helper = Representative(
            case_id=case_id, name=canary, task=canary, starts_on=today, ends_on=today, status="active"
        )
        session.add(helper)
        session.flush()
        photo_id = photo.id
    secret = said.split("รหัสลับ: ")[1].split()[0]
    head = login("changhead")
    assert act(head, case_id, "accept", note=f"จะไปดู {canary}").status_code == 302
    assert act(head, case_id, "answer", text=f"เรียนคุณ {canary}", photo=work.photo()).status_code == 302
    chat.say(f"ขอบคุณค่ะ {canary}")
    assert act(head, case_id, "progress", sub_status="survey", note=canary).status_code == 302
    assert act(head, case_id, "note", text=canary).status_code == 302
    assert canary in work.everything_stored(app).decode(errors="replace")
    assert act(head, case_id, "forget").status_code == 422, "not without the box ticked"
    with work.writing(app) as session:
        session.execute(
            update(OutboxMessage).where(OutboxMessage.subject == f"case:{case_id}").values(status="sending")
        )
    assert "กำลังส่งอยู่" in act(head, case_id, "forget", sure="yes").text
    with work.writing(app) as session:
        session.execute(update(OutboxMessage).where(OutboxMessage.status == "sending").values(status="sent"))

    assert act(head, case_id, "forget", sure="yes").status_code == 302
    left = work.everything_stored(app)
    assert canary.encode() not in left
    assert canary not in left.decode(errors="replace")
    assert outbox(app, f"case:{case_id}") == []
    page = head.get(f"/console/cases/{case_id}").text
    assert "บอกช่องทางเฉพาะให้ผู้แจ้งแล้ว" in page
    assert "(ลบข้อความของเรื่องนี้แล้ว)" in page
    assert verbs(page) == {"forget"}
    # What is counted stays: number, kind, village; nobody finds the person or the files by it.
    case = work.case(app, case_id)
    assert (case.number, case.status, case.moo, case.category_id is not None) == (number, "cancelled", 3, True)
    assert (case.conversation_id, case.reporter_phone, case.anonymous) == (None, "", True)
    assert work.case(app, work.file_case(app)).number == f"{number[:-1]}2"
    with work.writing(app) as session:
        assert session.scalars(select(CaseSubscriber)).all() == []
        assert session.get_one(Conversation, talk_id).reply_case_id is None
        files = session.scalars(select(Attachment)).all()
        assert {(file.status, file.case_id) for file in files} == {("gone", None)}
        assert photo_id in {file.id for file in files}
        assert session.scalars(select(Representative.status)).all() == ["ended"]
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "case_forgotten")).one()
        assert entry.detail == {}
        (told,) = session.scalars(
            select(OutboxMessage.messages).where(OutboxMessage.conversation_id == talk_id, OutboxMessage.subject == "")
        )
    assert "ช่องทางเฉพาะ" in told
    assert "ทุจริต" not in told, "somebody else may hold the telephone"
    # Whoever has number and secret is shown the same door, and what they add is not kept.
    assert chat.say(f"{number} {secret}") == plain(Say(MOVED))
    with work.writing(app) as session:  # the web's key is not the chat's here
        key = work.known(app).secret_key
        session.get_one(Case, case_id).secret_hash = hash_secret(key, number, secret)
    client.send("/demo/status", number=number, secret=secret)
    page = client.get(f"/demo/status/{number}").text
    assert "ช่องทางเฉพาะ" in page
    assert "ความเป็นมา" not in page
    client.send(f"/demo/status/{number}/say", text=canary)
    client.send(f"/demo/status/{number}/verdict", answer="not_done", words=canary)
    assert canary not in work.everything_stored(app).decode(errors="replace")
