"""Questions on the web: the bot's answers, danger first, nothing of corruption kept, and a person who answers."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from handlers.questions import operations
from models.agency import Staff
from models.audit import AuditEntry
from models.question import Question
from models.thread import ThreadMessage
from tests.web.public_forms import hidden, known


def search(client: FlaskClient, words: str) -> str:
    return client.post("/demo/ask", data={"q": words}).text


def hand_over(client: FlaskClient, words: str, page: str = "", **more: str) -> TestResponse:
    page = page or client.get("/demo/ask/officer").text
    data = {"csrf_token": hidden(page, "csrf_token"), "once": hidden(page, "once"), "text": words, **more}
    return client.post("/demo/ask/officer", data=data)


def questions(app: Flask) -> list[Question]:
    with known(app).database.read() as session:
        return list(session.scalars(select(Question)))


def test_a_question_gets_the_bots_answer_with_the_agencys_own_facts(client: FlaskClient) -> None:
    page = search(client, "ขยะเก็บวันไหน")
    assert "วันจันทร์และวันพฤหัสบดี" in page
    assert "ยังไม่ใช่คำตอบ" in page


def test_a_search_needs_no_cookie(client: FlaskClient) -> None:
    assert client.post("/demo/ask", data={"q": "ไฟไหม้บ้าน"}).status_code == 200


def test_unconfirmed_facts_say_so_and_no_marks_are_seen(client: FlaskClient) -> None:
    page = search(client, "ภาษีที่ดินจ่ายเมื่อไหร่")
    assert "(รอยืนยัน)" in page
    assert "⟦" not in page + client.get("/demo/services/1").text + client.get("/demo/ask").text


def test_danger_gets_the_number_first(client: FlaskClient) -> None:
    page = search(client, "ไฟไหม้บ้าน")
    assert page.index('href="tel:199"') < page.index("คำถามที่พบบ่อย")


def test_words_about_corruption_are_neither_repeated_nor_kept(app: Flask, client: FlaskClient) -> None:
    words = "นายกรับสินบนโครงการถนน"
    for page in (search(client, words), hand_over(client, words).text):
        assert "1205" in page
        assert words not in page
    assert questions(app) == []


def test_markup_in_a_question_is_only_text(client: FlaskClient) -> None:
    page = search(client, "<script>alert(1)</script> ตลาดนัด")
    assert "<script>alert" not in page


def test_what_nothing_answers_goes_to_an_officer_who_answers_on_the_page(app: Flask, client: FlaskClient) -> None:
    asked = "ตลาดนัดพุธหน้าย้ายไปตรงไหนคะ"
    answer = hand_over(client, asked)
    assert answer.status_code == 303
    address = answer.headers["Location"]
    page = client.get(address)
    assert asked in page.text
    assert "จะมีคนตอบในหน้านี้" in page.text
    assert page.headers["X-Robots-Tag"].startswith("noindex")
    assert page.headers["Referrer-Policy"] == "same-origin"
    (question,) = questions(app)
    assert (question.channel, question.status) == ("web", "waiting")
    assert question.number
    assert question.number in page.text
    services = known(app)
    view = services.agencies.get("demo")
    assert view
    with services.database.write(view.id) as session:
        staff = session.get_one(Staff, question.assignee_id)
        now = datetime.now(UTC)
        operations.note(session, session.get_one(Question, question.id), staff, "ถามปลัดก่อน", now)
        operations.answer(session, view, session.get_one(Question, question.id), staff, "ย้ายไปลานหน้าอำเภอ", now)
    page = client.get(address)
    assert "ย้ายไปลานหน้าอำเภอ" in page.text
    assert "ถามปลัดก่อน" not in page.text
    client.post(address, data={"csrf_token": hidden(page.text, "csrf_token"), "good": "yes"})
    assert questions(app)[0].feedback is True


def test_the_button_pressed_twice_asks_once(app: Flask, client: FlaskClient) -> None:
    page = client.get("/demo/ask/officer").text
    addresses = {hand_over(client, "ขอเลื่อนนัดได้ไหมคะ", page).headers["Location"] for _ in range(2)}
    assert len(addresses) == 1
    assert len(questions(app)) == 1


def test_further_words_reach_the_thread_once(app: Flask, client: FlaskClient) -> None:
    address = hand_over(client, "ขอเลื่อนนัดได้ไหมคะ").headers["Location"]
    page = client.get(address).text
    for _ in range(2):
        data = {"csrf_token": hidden(page, "csrf_token"), "once": hidden(page, "once"), "text": "เป็นวันศุกร์ค่ะ"}
        client.post(address, data=data)
    with known(app).database.read() as session:
        count = select(func.count()).where(ThreadMessage.text == "เป็นวันศุกร์ค่ะ")
        assert session.scalar(count) == 1


def test_the_link_of_one_agency_opens_nothing_at_another(client: FlaskClient) -> None:
    address = hand_over(client, "ขอเลื่อนนัดได้ไหมคะ").headers["Location"]
    assert client.get(address.replace("/demo/", "/other/")).status_code == 404


def test_danger_in_a_question_to_an_officer_is_answered_first_and_can_still_be_sent(
    app: Flask, client: FlaskClient
) -> None:
    words = "ไฟไหม้บ้านข้างวัด"
    first = hand_over(client, words)
    assert 'href="tel:199"' in first.text
    assert words in first.text
    assert questions(app) == []
    assert hand_over(client, words, first.text, seen="yes").status_code == 303


def test_nothing_typed_is_lost(app: Flask, client: FlaskClient) -> None:
    assert hand_over(client, "").status_code == 422
    long = "ถาม" * 900
    answer = hand_over(client, long)
    assert answer.status_code == 422
    assert long in answer.text
    page = client.get("/demo/ask/officer").text
    client.delete_cookie(app.config["SESSION_COOKIE_NAME"])
    stale = hand_over(client, "ขอถามเรื่องน้ำค่ะ", page)
    assert stale.status_code == 422
    assert "ขอถามเรื่องน้ำค่ะ" in stale.text
    assert questions(app) == []


def test_the_audit_log_holds_no_words(app: Flask, client: FlaskClient) -> None:
    hand_over(client, "ขอเลื่อนนัดวันศุกร์ได้ไหมคะ")
    with known(app).database.read() as session:
        for entry in session.scalars(select(AuditEntry)):
            assert "เลื่อนนัด" not in f"{entry.subject} {entry.detail}"
