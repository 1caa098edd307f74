"""A form in chat: found by words and QR code, branching, mended, resumed, and finished under its own version."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.render import render
from bot.simulator.contract import check_messages
from handlers.services import chat, operations, preview
from models.case import Case
from models.conversation import Consent, Conversation
from models.db import Database
from models.form import FormAnswer, Request
from models.outbox import OutboxMessage
from models.thread import Attachment
from tests.handlers.services.forms import FIELDS, PIN, in_use, put_in_use
from tests.handlers.turns import choice, choices, link, new_agency, say, send, tap, told, view, words

U = "U-somsri"


@pytest.fixture
def agency_id(database: Database) -> int:
    return new_agency(database)


def chat_with(database: Database, *said: str, user: str = U) -> str:
    """Say these one after the other; the last answer in words."""
    return [words(say(database, "demo", user, text)) for text in said][-1]


def requests(database: Database, agency_id: int) -> list[Request]:
    with database.read(agency_id) as session:
        found = list(session.scalars(select(Request).order_by(Request.id)))
        for request in found:
            assert request.case.kind == "request"
        return found


def test_from_the_list_to_a_number(database: Database, agency_id: int) -> None:
    put_in_use(database)
    staff = "U-chang"
    link(database, "demo", "chang", staff)
    listed = say(database, "demo", U, "ขอบริการ")
    tap(database, "demo", U, choice(listed, "ขอตัดต้นไม้"))
    said = chat_with(database, "ยินยอม", "ตัดต้นไม", "๕ ต้น", "1 3", "ซอยวัด", "สมศรี ใจดี", PIN, "ไม่มี", "๑๒/๓ ม.๕", "ข้าม")
    assert "(11/11)" in said
    review = say(database, "demo", U, "ยอมรับ")
    assert "เครื่องมือที่ต้องใช้: เลื่อย, รถกระเช้า" in words(review)
    filed = tap(database, "demo", U, choice(review, "ส่งเรื่อง"))
    assert "R70-000001" in words(filed)
    (request,) = requests(database, agency_id)
    assert request.answers["trees"] == 5
    assert request.answers["home"]["house"] == "12/3"
    (card,) = told(database, "demo", staff)
    assert "มีคำขอใหม่" in words([card])
    assert "สมศรี" not in words([card])  # names and numbers of persons stay in the console
    assert PIN not in words([card])
    assert "R70-000001" in words(say(database, "demo", U, "ติดตามเรื่อง"))
    assert "R70-000001" in words(say(database, "demo", U, "อาร์ 70-1"))
    with database.read(agency_id) as session:
        assert session.scalar(select(func.count()).select_from(Consent)) == 1


def test_a_qr_code_starts_right_there_and_what_was_unfinished_comes_back(database: Database, agency_id: int) -> None:
    put_in_use(database)
    chat_with(database, "แจ้งเรื่องร้องเรียน", "ยินยอม", "ไฟทางหน้าวัดดับมาสามคืน")
    said = chat_with(database, "แบบฟอร์ม trees")
    assert "ต้องการให้ทำอะไร" in said  # consent is known already
    assert "ข้อมูลคำขอ" in said
    back = tap(database, "demo", U, "start:complaint")
    assert "ยังกรอกไม่เสร็จ" in words(back)
    assert "ประเภท" in words(tap(database, "demo", U, choice(back, "ทำต่อ")))
    assert chat.deep_link("@demo", "trees").startswith("https://line.me/R/oaMessage/%40demo/?%E0%B9%81")


def test_a_changed_answer_asks_what_it_now_needs_and_drops_what_it_does_not(database: Database, agency_id: int) -> None:
    put_in_use(database)
    review = [
        say(database, "demo", U, text)
        for text in ("แบบฟอร์ม trees", "ยินยอม", "กำจัดแมลง", "สมศรี", PIN, "ข้าม", "หมู่ 5", "ข้าม", "ยอมรับ")
    ][-1]
    assert "จำนวนต้น" not in words(review)
    asked = tap(database, "demo", U, choice(review, "ต้องการให้ทำอะไร"))
    assert "จำนวนต้น" in words(tap(database, "demo", U, choice(asked, "ตัดต้นไม้")))
    review = say(database, "demo", U, "2")
    assert "จำนวนต้น: 2 ต้น" in words(review)
    tap(database, "demo", U, choice(tap(database, "demo", U, choice(review, "ต้องการให้ทำอะไร")), "กำจัดแมลง"))
    say(database, "demo", U, "ส่ง")
    (request,) = requests(database, agency_id)
    assert request.answers["what"] == "insects"
    assert "trees" not in request.answers


def test_an_answer_that_need_not_be_given_can_be_taken_back(database: Database, agency_id: int) -> None:
    fields = [
        {"id": "a", "type": "text", "label": "เรื่อง"},
        {"id": "b", "type": "text", "label": "เบอร์", "required": False},
    ]
    put_in_use(database, "ask", fields)
    chat_with(database, "แบบฟอร์ม ask", "ยินยอม", "ขอข้อมูล")
    review = say(database, "demo", U, "081")
    asked = tap(database, "demo", U, choice(review, "เบอร์"))
    assert "เบอร์: ไม่ระบุ" in words(tap(database, "demo", U, choice(asked, "ข้าม")))


def test_several_choices_by_tapping(database: Database, agency_id: int) -> None:
    put_in_use(database, "tools", [{"id": "t", "type": "choices", "label": "ใช้อะไร", "options": FIELDS[3]["options"]}])
    say(database, "demo", U, "แบบฟอร์ม tools")
    asked = say(database, "demo", U, "ยินยอม")
    for label in ("เลื่อย", "รถบรรทุก", "เลื่อย"):  # the second tap takes it out again
        asked = tap(database, "demo", U, choice(asked, label))
    assert "เลือกแล้ว: รถบรรทุก" in words(asked)
    tap(database, "demo", U, choice(asked, "พอแล้ว"))
    say(database, "demo", U, "ส่ง")
    assert requests(database, agency_id)[0].answers == {"t": ["truck"]}


def test_photos_and_documents_go_with_the_request(database: Database, agency_id: int) -> None:
    fields = [
        {"id": "map", "type": "location", "label": "จุดที่ขอ"},
        {"id": "pic", "type": "photo", "label": "รูปสถานที่", "most": 2},
        {"id": "doc", "type": "file", "label": "สำเนาเอกสาร", "required": False},
    ]
    put_in_use(database, "permit", fields)
    chat_with(database, "แบบฟอร์ม permit", "ยินยอม")
    send(database, "demo", U, "location", latitude=13.7, longitude=100.5, title="บ้าน", address="หมู่ 2")
    assert "ขอเป็นรูป" in chat_with(database, "ไม่มีรูปค่ะ")
    send(database, "demo", U, "image")
    chat_with(database, "พอแล้ว")
    send(database, "demo", U, "file", fileName="deed.pdf")
    chat_with(database, "พอแล้ว", "ส่ง")
    (request,) = requests(database, agency_id)
    with database.read(agency_id) as session:
        case = session.get_one(Case, request.case_id)
        assert (case.moo, case.latitude) == (2, 13.7)
        kept = session.scalars(select(Attachment).where(Attachment.case_id == case.id).order_by(Attachment.id)).all()
        assert [one.kind for one in kept] == ["image", "file"]
        assert [one.id for one in kept] == [*request.answers["pic"], *request.answers["doc"]]


def test_a_form_that_changes_meanwhile_is_finished_under_its_version(database: Database, agency_id: int) -> None:
    form_id, first = put_in_use(database)
    chat_with(database, "แบบฟอร์ม trees", "ยินยอม", "กำจัดแมลง", "สมศรี")
    fewer: list[dict[str, Any]] = [one for one in FIELDS if one["id"] not in ("tel", "day")]
    _, second = put_in_use(database, fields=fewer)
    assert "เบอร์โทร" in chat_with(database, PIN)  # still asked of who began before
    chat_with(database, "081-234-5678", "หมู่ 5", "ข้าม", "ยอมรับ", "ส่ง")
    assert "เบอร์โทร" not in chat_with(database, "แบบฟอร์ม trees", "ยินยอม", "กำจัดแมลง", "บุญมา", PIN, user="U-boonma")
    chat_with(database, "หมู่ 6", "ยอมรับ", "ส่ง", user="U-boonma")
    in_use(database, form_id, 1)
    assert "เบอร์โทร" in chat_with(database, "แบบฟอร์ม trees", "ยินยอม", "กำจัดแมลง", "มานี", PIN, user="U-manee")
    found = requests(database, agency_id)
    assert [request.form_version_id for request in found] == [first, second]
    assert found[0].answers["tel"] == "0812345678"


def test_start_anew_takes_the_newest_version(database: Database, agency_id: int) -> None:
    put_in_use(database, "ask", [{"id": "a", "type": "text", "label": "เก่า"}])
    chat_with(database, "แบบฟอร์ม ask", "ยินยอม")
    put_in_use(database, "ask", [{"id": "b", "type": "text", "label": "ใหม่"}])
    offered = say(database, "demo", U, "แบบฟอร์ม ask")
    assert "ใหม่" in words(tap(database, "demo", U, choice(offered, "เริ่มใหม่")))


def test_a_closed_form_and_a_double_tap(database: Database, agency_id: int) -> None:
    put_in_use(database, "ask", [{"id": "a", "type": "text", "label": "อะไร"}], kind="opinion", title="ความเห็น")
    chat_with(database, "แบบฟอร์ม ask", "ยินยอม")
    review = say(database, "demo", U, "ถนนดีขึ้นมาก")
    send_it = choice(review, "ส่งเรื่อง")
    assert "ส่งความเห็น" in words(tap(database, "demo", U, send_it))
    assert "ส่งให้เรียบร้อยแล้ว" in words(tap(database, "demo", U, send_it))
    with database.read(agency_id) as session:
        assert [row.answers for row in session.scalars(select(FormAnswer))] == [{"a": "ถนนดีขึ้นมาก"}]
    assert "ปิดรับแล้ว" in words(tap(database, "demo", U, "start:form:nothing"))


def test_the_counter_of_a_qr_code_is_remembered(database: Database, agency_id: int) -> None:
    put_in_use(database, "praise", [{"id": "a", "type": "text", "label": "อยากบอกอะไร"}], kind="opinion")
    chat_with(database, "แบบฟอร์ม praise โต๊ะ 1", "ยินยอม", "เจ้าหน้าที่ดูแลดีมาก", "ส่ง")
    with database.read(agency_id) as session:
        assert session.scalars(select(FormAnswer.source)).one() == "โต๊ะ 1"


def test_the_preview_says_what_the_chat_says(database: Database, agency_id: int) -> None:
    put_in_use(database)
    agency = view(database)
    bubbles = preview.as_chat(operations.open_form(agency.forms["trees"]), agency)
    asked = [say(database, "demo", U, text) for text in ("แบบฟอร์ม trees", "ยินยอม", "ตัดต้นไม้", "5", "3")]
    for bubble, messages in zip(bubbles, asked, strict=False):
        *before, question = messages
        assert bubble.text.partition(") ")[2] == words([question]).partition(") ")[2]
        assert bubble.before == tuple(words([one]) for one in before)
        assert set(bubble.taps) <= {one.label for one in choices([question])}
    assert bubbles[2].hint == "กรณี “ต้องการให้ทำอะไร” คือ ตัดต้นไม้"


def test_every_button_fits_line(database: Database, agency_id: int) -> None:
    put_in_use(database, title="ขอความอนุเคราะห์ตัดแต่งกิ่งไม้ใหญ่ริมถนนสาธารณะ")
    messages = say(database, "demo", U, "บริการออนไลน์")
    assert all(len(one.label) <= 20 for one in choices(messages) if not one.value.startswith("http"))
    assert "ขอความอนุเคราะห์ตัดแต่งกิ่งไม้ใหญ่ริมถนนสาธารณะ" in words(messages)


def test_the_review_of_a_long_form_is_sent(database: Database, agency_id: int) -> None:
    fields = [{"id": f"f{n}", "type": "text", "label": f"คำถามที่ {n}"} for n in range(40)]
    put_in_use(database, "long", fields)
    chat_with(database, "แบบฟอร์ม long", "ยินยอม", *(f"คำตอบ {n} " + "ก" * 40 for n in range(39)))
    review = say(database, "demo", U, "ข้อสุดท้าย")
    rendered = render(review)
    assert [one["type"] for one in rendered] == ["flex"] * 5
    check_messages("reply", {"replyToken": "t", "messages": rendered})
    assert sum("!edit" in (one.value or "") for one in choices(review)) == 41
    assert "R70-000001" in words(tap(database, "demo", U, choice(review, "ส่งเรื่อง")))
    with database.read(agency_id) as session:
        assert session.scalars(select(OutboxMessage.status).where(OutboxMessage.status == "failed")).all() == []
        state = session.scalars(select(Conversation.state)).one()
        assert "form" not in json.loads(state)
