"""Following a complaint on the web: the number alone shows nothing, and what the reporter says arrives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from handlers.complaints import operations
from handlers.files import store_upload
from models.agency import Staff
from models.case import Case
from models.thread import Attachment, ThreadMessage
from tests.web.public_forms import cases, filed, hidden, known, photo, unlock, upload
from web.public.status import number_of


def act(app: Flask, *, finish: bool = True) -> None:
    """The officer's side: accept, answer, note, tell how far it is and, to finish, show the work done."""
    services = known(app)
    view = services.agencies.get("demo")
    assert view
    now = datetime.now(UTC)
    with services.database.write(view.id) as session:
        case = session.scalars(select(Case)).first()
        staff = session.scalars(select(Staff).where(Staff.username == "chang")).one()
        assert case
        operations.accept(session, view, case, staff, now)
        operations.answer(session, view, case, staff, "จะเข้าไปดูพรุ่งนี้เช้า", now)
        operations.note(session, case, staff, "เบิกหลอดแล้ว (ภายใน)", now)
        operations.progress(session, view, case, staff, now, "procurement", "รอหลอดไฟ", now.date() + timedelta(days=3))
        if finish:
            after = store_upload(session, services.data, view.id, photo(), "after.jpg", role="after", images_only=True)
            operations.done(session, view, case, staff, now, "เปลี่ยนหลอดแล้ว", [after.id])


def send(client: FlaskClient, number: str, verb: str, **data: object) -> TestResponse:
    page = client.get(f"/demo/status/{number}").text
    token = {"csrf_token": hidden(page, "csrf_token"), "once": hidden(page, "once")}
    return client.post(f"/demo/status/{number}/{verb}", data={**token, **data}, follow_redirects=True)


def test_number_and_secret_open_the_case_and_the_number_alone_does_not(app: Flask, client: FlaskClient) -> None:
    number, secret = filed(client)
    detail = cases(app)[0].detail
    locked = client.get(f"/demo/status/{number}")
    unknown = client.get("/demo/status/C70-999999")
    assert detail not in locked.text
    assert locked.status_code == unknown.status_code
    assert _same(locked, number) == _same(unknown, "C70-999999")
    answer = unlock(client, number, secret)
    assert answer.status_code == 303
    assert secret.replace("-", "") not in answer.headers["Location"]
    page = client.get(answer.headers["Location"])
    assert detail in page.text
    assert "รอรับเรื่อง" in page.text
    assert page.headers["X-Robots-Tag"].startswith("noindex")
    assert detail not in app.test_client().get(f"/demo/status/{number}").text  # another browser


def _same(answer: TestResponse, number: str) -> str:
    token = hidden(answer.text, "csrf_token")
    return answer.text.replace(number, "NUMBER").replace(token, "TOKEN")


@pytest.mark.parametrize("number", ["c70-1", "70-000001", " C70 000001 ", "๗๐-๐๐๐๐๐๑", "C๗๐-1"])
def test_the_number_is_read_as_people_type_it(number: str) -> None:
    assert number_of(number) == "C70-000001"


def test_the_secret_is_read_as_people_type_it(client: FlaskClient) -> None:
    number, secret = filed(client)
    assert unlock(client, number.lower(), secret.lower().replace("-", " ")).status_code == 303


def test_a_wrong_secret_and_an_unknown_number_are_answered_alike(client: FlaskClient) -> None:
    number, _ = filed(client)
    wrong, unknown = unlock(client, number, "AAAA2222"), unlock(client, "C70-777777", "AAAA2222")
    assert (wrong.status_code, unknown.status_code) == (403, 403)
    assert _same(wrong, number) == _same(unknown, "C70-777777")


def test_another_agencys_pages_do_not_open_the_case(client: FlaskClient) -> None:
    number, secret = filed(client)
    unlock(client, number, secret)
    assert "ไฟทางหน้าวัด" not in client.get(f"/other/status/{number}").text


def test_wrong_secrets_are_limited_and_right_ones_do_not_count(client: FlaskClient) -> None:
    number, secret = filed(client)
    assert [unlock(client, number, secret).status_code for _ in range(12)] == [303] * 12
    codes = [unlock(client, number, "AAAA2222").status_code for _ in range(11)]
    assert codes == [403] * 10 + [429]


def test_the_qr_address_fills_in_the_number_and_never_takes_a_secret(client: FlaskClient) -> None:
    number, secret = filed(client)
    page = client.get(f"/demo/status?number={number}&secret={secret}").text
    assert f'value="{number}"' in page
    assert secret not in page
    assert "ไฟทางหน้าวัด" not in page


def test_the_page_closes_by_itself_and_by_hand(client: FlaskClient) -> None:
    number, secret = filed(client)
    with time_machine.travel(datetime.now(UTC) - timedelta(hours=3)):
        unlock(client, number, secret)
    assert "ไฟทางหน้าวัด" not in client.get(f"/demo/status/{number}").text
    unlock(client, number, secret)
    page = client.get(f"/demo/status/{number}").text
    assert "ไฟทางหน้าวัด" in page
    client.post("/demo/status/leave", data={"csrf_token": hidden(page, "csrf_token")})
    assert "ไฟทางหน้าวัด" not in client.get(f"/demo/status/{number}").text


def test_the_timeline_tells_what_concerns_the_reporter(app: Flask, client: FlaskClient) -> None:
    number, secret = filed(client)
    act(app)
    unlock(client, number, secret)
    page = client.get(f"/demo/status/{number}").text
    for words in ("เจ้าหน้าที่รับเรื่องแล้ว", "จะเข้าไปดูพรุ่งนี้เช้า", "จัดซื้อจัดจ้าง", "รอหลอดไฟ", "คาดว่าเสร็จ", "เปลี่ยนหลอดแล้ว"):
        assert words in page
    assert "ภายใน)" not in page  # the internal note
    picture = page.split('href="/files/')[1].split('"')[0]
    assert client.get(f"/files/{picture}").content_type == "image/jpeg"


def test_the_reporter_adds_words_and_photos_once(app: Flask, client: FlaskClient) -> None:
    number, secret = filed(client)
    unlock(client, number, secret)
    page = client.get(f"/demo/status/{number}").text
    data = {"csrf_token": hidden(page, "csrf_token"), "once": hidden(page, "once"), "text": "ตอนนี้มืดมากค่ะ"}
    for _ in range(2):
        client.post(f"/demo/status/{number}/say", data={**data, "photos": upload(photo())})
    (case,) = cases(app)
    with known(app).database.read(case.agency_id) as session:
        heard = session.scalars(select(ThreadMessage).where(ThreadMessage.case_id == case.id)).all()
        assert [(message.direction, message.text) for message in heard] == [("in", "ตอนนี้มืดมากค่ะ")]
        kept = session.get_one(Attachment, heard[0].attachment_id)
        assert (kept.case_id, kept.role) == (case.id, "thread")
    assert "ตอนนี้มืดมากค่ะ" in client.get(f"/demo/status/{number}").text


def test_words_that_are_too_long_come_back_to_be_shortened(client: FlaskClient) -> None:
    number, secret = filed(client)
    unlock(client, number, secret)
    answer = send(client, number, "say", text="ยาว" * 800)
    assert answer.status_code == 422
    assert "ยาว" * 800 in answer.text


def test_forms_of_private_pages_work_over_https(app: Flask, client: FlaskClient) -> None:
    """Over https a token counts only with a referrer of ours: the pages must let browsers send one."""
    number, secret = filed(client)
    page = client.get("/demo/status", base_url="https://localhost")
    assert page.headers["Referrer-Policy"] == "same-origin"
    answer = client.post(
        "/demo/status",
        base_url="https://localhost",
        headers={"Referer": "https://localhost/demo/status"},
        data={"csrf_token": hidden(page.text, "csrf_token"), "number": number, "secret": secret},
    )
    assert answer.status_code == 303


def test_nobody_else_can_speak_or_judge(app: Flask, client: FlaskClient) -> None:
    number, _ = filed(client)
    act(app)
    token = hidden(client.get("/demo/status").text, "csrf_token")
    for verb, data in (("say", {"text": "x"}), ("verdict", {"answer": "confirm"})):
        answer = client.post(f"/demo/status/{number}/{verb}", data={"csrf_token": token, **data})
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/demo/status?")
    (case,) = cases(app)
    assert case.status == "done"


def test_well_with_a_rating_confirms_the_case(app: Flask, client: FlaskClient) -> None:
    number, secret = filed(client)
    act(app)
    unlock(client, number, secret)
    page = send_verdict(client, number, answer="confirm", rating="5")
    assert "คุณให้คะแนน 5 จาก 5" in page
    (case,) = cases(app)
    assert (case.status, case.rating) == ("confirmed", 5)


def test_not_well_opens_the_case_again(app: Flask, client: FlaskClient) -> None:
    number, secret = filed(client)
    act(app)
    unlock(client, number, secret)
    page = send_verdict(client, number, answer="not_done", words="ยังดับอยู่ดวงหนึ่ง")
    assert "ยังดับอยู่ดวงหนึ่ง" in page
    (case,) = cases(app)
    assert (case.status, case.reopened) == ("in_progress", 1)


def test_a_verdict_too_early_is_answered_kindly(app: Flask, client: FlaskClient) -> None:
    number, secret = filed(client)
    act(app, finish=False)
    unlock(client, number, secret)
    assert "ตอนนี้อยู่ในสถานะ" in send_verdict(client, number, answer="confirm")
    assert cases(app)[0].status == "in_progress"


def send_verdict(client: FlaskClient, number: str, **data: object) -> str:
    return send(client, number, "verdict", **data).text
