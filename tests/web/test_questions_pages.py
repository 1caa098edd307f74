"""The page of a question, and questions that staff type in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from handlers.questions import operations
from models.agency import Staff
from models.conversation import Conversation
from models.outbox import OutboxMessage
from models.question import Question
from models.thread import Attachment, ThreadMessage
from tests.web import work


def act(browser: Any, question_id: int, verb: str, **form: Any) -> Any:
    return browser.send(f"/console/questions/{question_id}/{verb}", **form)


def told(app: Flask, question_id: int) -> list[str]:
    with work.known(app).database.read(work.agency_of(app).id) as session:
        query = select(OutboxMessage.messages).where(OutboxMessage.subject == f"question:{question_id}")
        return list(session.scalars(query))


def test_answer_goes_to_the_chat_and_close_ends_the_talk(app: Flask, login: Any) -> None:
    conversation = work.citizen(app)
    question_id = work.ask(app, conversation_id=conversation)
    palad = login("palad")
    page = palad.get(f"/console/questions/{question_id}").text
    assert "ศูนย์เด็กเล็กเปิดวันไหนคะ" in page
    assert "รอตอบ" in page
    refused = act(palad, question_id, "answer", text="  ")
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert act(palad, question_id, "answer", text="เปิดวันจันทร์ค่ะ", photo=work.photo()).status_code == 302
    assert work.question(app, question_id).status == "answered"
    assert any("เปิดวันจันทร์ค่ะ" in message for message in told(app, question_id))
    page = palad.get(f"/console/questions/{question_id}").text
    assert "รอส่ง" in page
    with work.writing(app) as session:
        photo = session.scalars(select(Attachment.id)).one()
        assert session.get_one(Conversation, conversation).handoff_id == question_id
    assert palad.get(f"/console/files/{photo}/small").status_code == 200
    assert login("khlang").get(f"/console/files/{photo}").status_code == 404
    assert act(palad, question_id, "close").status_code == 302
    assert work.question(app, question_id).status == "closed"
    with work.writing(app) as session:
        assert session.get_one(Conversation, conversation).handoff_id is None
    assert act(palad, question_id, "reopen").status_code == 302
    assert work.question(app, question_id).status == "waiting"


def test_notes_stay_inside(app: Flask, login: Any) -> None:
    question_id = work.ask(app, conversation_id=work.citizen(app))
    palad = login("palad")
    assert act(palad, question_id, "note", text="ถามกองการศึกษาแล้ว").status_code == 302
    assert "ถามกองการศึกษาแล้ว" in palad.get(f"/console/questions/{question_id}").text
    assert not [message for message in told(app, question_id) if "ถามกองการศึกษาแล้ว" in message]


def test_a_suggested_answer_is_put_in_with_its_reservation(app: Flask, login: Any) -> None:
    question_id = work.ask(app, "จ่ายภาษีที่ดินได้ถึงวันไหนคะ", conversation_id=work.citizen(app))
    palad = login("palad")
    page = palad.get(f"/console/questions/{question_id}").text
    answer = work.agency_of(app).answers["land-tax-pay"]
    assert 'name="suggestion" value="land-tax-pay"' in page
    shown = act(palad, question_id, "answer", text="เรียนคุณสมศรี", suggestion="land-tax-pay")
    assert shown.status_code == 200
    assert "เรียนคุณสมศรี\n" in shown.text
    assert "⟦" in answer.answer
    assert "(รอยืนยัน)" in shown.text
    assert work.question(app, question_id).status == "waiting"


def test_assign_out_of_sight_and_what_others_see(app: Flask, login: Any) -> None:
    question_id = work.ask(app, unit_id=work.unit_id(app, "กองช่าง"))
    head = login("changhead")
    assert act(head, question_id, "assign", to="").status_code == 422
    moved = act(head, question_id, "assign", to=f"unit-{work.unit_id(app, 'กองคลัง')}")
    assert moved.location.endswith("/console/inbox/")
    assert head.get(f"/console/questions/{question_id}").status_code == 404
    assert act(head, question_id, "answer", text="x").status_code == 404
    khlang = login("khlang")
    assert khlang.get(f"/console/questions/{question_id}").status_code == 200
    direct = work.ask(app, "ขอเรียนท่านนายก", direct_line=True)
    assert khlang.get(f"/console/questions/{direct}").status_code == 404
    with work.writing(app) as session:
        officer = work.person(session, "khlang").id
    assert act(login("nayok"), direct, "assign", to=f"staff-{officer}").status_code == 422


def test_a_question_by_telephone(app: Flask, login: Any) -> None:
    officer = login("khlang")
    finance = work.unit_id(app, "กองคลัง")
    empty = officer.send("/console/questions/new", channel="phone", text=" ", contact="คุณสมชาย 081-234-5678")
    assert empty.status_code == 422
    assert "คุณสมชาย" in empty.text
    form = {"channel": "phone", "text": "ภาษีป้ายคิดอย่างไร", "unit_id": str(finance), "contact": "คุณสมชาย 081-234-5678"}
    filed = officer.send("/console/questions/new", **form, answer="คิดตามขนาดป้าย แจ้งทางโทรศัพท์แล้ว")
    assert filed.status_code == 302
    page = officer.get(filed.location).text
    for shown in ("ภาษีป้ายคิดอย่างไร", "คุณสมชาย", "แจ้งทางโทรศัพท์แล้ว", "โทรหรือแจ้งผู้ถามด้วยตนเอง"):
        assert shown in page
    with work.writing(app) as session:
        question = session.scalars(select(Question)).one()
        assert (question.channel, question.status, question.unit_id) == ("phone", "answered", finance)
        notes = session.scalars(select(ThreadMessage.text).where(ThreadMessage.direction == "note")).all()
        assert notes == ["ติดต่อกลับ: คุณสมชาย 081-234-5678"]
    # Typed in for another unit: it is kept, and the one who typed it goes back to their own inbox.
    other = officer.send(
        "/console/questions/new", channel="walk_in", text="ไฟดับ", unit_id=str(work.unit_id(app, "กองช่าง"))
    )
    assert other.location.endswith("/console/inbox/")


def test_an_unsent_message_is_not_shown(app: Flask, login: Any) -> None:
    question_id = work.ask(app, "ข้อความลับ", conversation_id=work.citizen(app))
    with work.writing(app) as session:
        session.execute(update(ThreadMessage).values(text="", unsent=True))
        session.execute(update(Question).values(text=""))
    page = login("palad").get(f"/console/questions/{question_id}").text
    assert "ผู้ส่งยกเลิกข้อความนี้" in page
    assert "ข้อความลับ" not in page


def test_what_turns_out_to_be_corruption_leaves_no_word(app: Flask, login: Any) -> None:
    canary = "นายช่างขอซองสองหมื่นตรงลานจอดรถ"
    conversation = work.citizen(app)
    question_id = work.ask(app, canary, conversation_id=conversation, unit_id=work.unit_id(app, "กองช่าง"))
    with work.writing(app) as session:
        for staff in session.scalars(select(Staff)):  # so that notices with the words go out
            staff.line_user_id = f"S{staff.id}"
            session.add(Conversation(line_user_id=f"S{staff.id}"))
        session.flush()
        question = session.get_one(Question, question_id)
        operations.hear(session, work.agency_of(app), question, datetime.now(UTC), text=canary)
        operations.note(session, question, work.person(session, "chang"), canary, datetime.now(UTC))
    assert canary.encode() in work.everything_stored(app) or canary in work.everything_stored(app).decode(
        errors="replace"
    )
    chang = login("chang")
    assert act(chang, question_id, "forget").status_code == 422, "not without the box ticked"
    assert act(chang, question_id, "forget", sure="yes").status_code == 302
    left = work.everything_stored(app)
    assert canary.encode() not in left
    assert canary not in left.decode(errors="replace")
    assert told(app, question_id) == []
    page = chang.get(f"/console/questions/{question_id}").text
    assert canary not in page
    assert "บอกช่องทางเฉพาะให้ผู้ถามแล้ว" in page
    with work.writing(app) as session:
        assert session.get_one(Conversation, conversation).handoff_id is None
        message = session.scalars(
            select(OutboxMessage.messages).where(OutboxMessage.conversation_id == conversation)
        ).one()
    assert "ช่องทางเฉพาะ" in message
    assert "ทุจริต" not in message, "somebody else may hold the telephone"
