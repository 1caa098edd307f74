"""The agency's forms on the public web: listed, filled in without a script, never lost, taken once."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from sqlalchemy import select

from bot.line_api import LineLogin
from bot.simulator.testing import running
from handlers.people import organisation
from models.case import Case
from models.conversation import Consent, Conversation
from models.db import Database
from models.form import AnonymousAnswers, FormAnswer, Request
from models.thread import Attachment
from tests.handlers.services.forms import FIELDS, PIN, in_use, put_in_use
from tests.handlers.turns import view
from tests.web.conftest import Browser
from tests.web.public_forms import photo, upload

TYPED: dict[str, Any] = {
    "what": "cut",
    "trees": "๕ ต้น",
    "tools": ["saw", "crane"],
    "crane_road": "ซอยวัด",
    "name": "สมศรี ใจดี",
    "pin": "1-2345-67890-12-1",
    "tel": "",
    "home": "12/3 หมู่ 5",
    "day": "",
    "agree": "yes",
    "consent": "yes",
}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no {name} in the page"
    return found[1]


def carried(page: str) -> dict[str, str]:
    """What the page sends along by itself."""
    return {name: hidden(page, name) for name in ("csrf_token", "once", "version", "source")}


def test_listed_filled_in_and_filed(app: Flask, client: Browser, database: Database) -> None:
    put_in_use(database)
    app.extensions["sujarit"].agencies.refresh("demo")
    assert "ขอตัดต้นไม้" in client.get("/demo/forms").text
    page = client.get("/demo/forms/trees").text
    assert "กรณี “ต้องการให้ทำอะไร” คือ ตัดต้นไม้" in page
    assert 'data-only-when="trees&gt;=3"' in page
    assert "ค่าธรรมเนียม" not in page  # the desk fills that in
    done = client.post("/demo/forms/trees", data={**carried(page), **TYPED}).text
    number = re.search(r"R\d\d-\d{6}", done)
    assert number, done
    with database.read(view(database).id) as session:
        request = session.scalars(select(Request)).one()
        assert request.case.kind == "request"
        assert request.case.number == number[0]
        assert request.answers == {
            "what": "cut", "trees": 5, "tools": ["saw", "crane"], "crane_road": "ซอยวัด", "name": "สมศรี ใจดี",
            "pin": PIN, "tel": None, "day": None, "agree": True,
            "home": {"house": "12/3", "moo": 5, "subdistrict": "บ้านตัวอย่าง", "district": None, "province": None,
                     "postcode": None, "text": "12/3 หมู่ 5"},
        }  # fmt: skip
        assert PIN not in request.case.detail
        assert "สมศรี" not in request.case.detail
        assert request.case.reporter_name == "สมศรี ใจดี"
    secret = re.search(r"<dt>รหัส</dt><dd[^>]*>([A-Z0-9-]+)<", done)
    assert secret
    opened = client.get("/demo/status").text
    shown = client.post(
        "/demo/status",
        data={"csrf_token": hidden(opened, "csrf_token"), "number": number[0], "secret": secret[1]},
        follow_redirects=True,
    ).text
    assert "ขอตัดต้นไม้" in shown
    assert "จำนวนต้น: 5 ต้น" in shown


def test_what_was_typed_survives_an_error_and_a_second_press_files_nothing_more(
    app: Flask, client: Browser, database: Database
) -> None:
    put_in_use(database)
    app.extensions["sujarit"].agencies.refresh("demo")
    page = client.get("/demo/forms/trees").text
    wrong = client.post("/demo/forms/trees", data={**carried(page), **TYPED, "pin": "1234567890123"})
    assert wrong.status_code == 422
    assert "เลขประจำตัวไม่ถูกต้อง" in wrong.text
    assert 'value="๕ ต้น"' in wrong.text
    assert "ซอยวัด" in wrong.text
    sent = {**carried(wrong.text), **TYPED}
    first, second = (client.post("/demo/forms/trees", data=sent).text for _ in range(2))
    assert re.findall(r"R\d\d-\d{6}", first)[0] == re.findall(r"R\d\d-\d{6}", second)[0]
    with database.read(view(database).id) as session:
        assert len(session.scalars(select(Case).where(Case.kind == "request")).all()) == 1


def test_a_field_that_is_not_asked_is_neither_checked_nor_stored(
    app: Flask, client: Browser, database: Database
) -> None:
    put_in_use(database)
    app.extensions["sujarit"].agencies.refresh("demo")
    page = client.get("/demo/forms/trees").text
    typed = {**TYPED, "what": "insects", "trees": "มากมาย"}
    assert "R70-" in client.post("/demo/forms/trees", data={**carried(page), **typed}).text
    with database.read(view(database).id) as session:
        answers = session.scalars(select(Request)).one().answers
        assert "trees" not in answers
        assert "tools" not in answers
        assert "crane_road" not in answers


def test_a_page_opened_before_a_change_is_taken_under_its_version(
    app: Flask, client: Browser, database: Database
) -> None:
    form_id, first = put_in_use(database)
    app.extensions["sujarit"].agencies.refresh("demo")
    page = client.get("/demo/forms/trees").text
    changed = [{**one, "label": "กี่ต้น"} if one["id"] == "trees" else one for one in FIELDS if one["id"] != "tel"]
    _, second = put_in_use(database, fields=changed)
    app.extensions["sujarit"].agencies.refresh("demo")
    assert "R70-" in client.post("/demo/forms/trees", data={**carried(page), **TYPED, "tel": "081-234-5678"}).text
    in_use(database, form_id, 1)
    with database.read(view(database).id) as session:
        request = session.scalars(select(Request)).one()
        assert request.form_version_id == first != second
        assert request.answers["tel"] == "0812345678"


@pytest.mark.parametrize("kind", ["survey", "opinion", "anonymous"])
def test_other_kinds_make_no_case(app: Flask, client: Browser, database: Database, kind: str) -> None:
    fields: list[dict[str, Any]] = [
        {"id": "unit", "type": "unit", "label": "ส่วนงาน"},
        {"id": "score", "type": "rating", "label": "พอใจแค่ไหน"},
        {"id": "why", "type": "text", "label": "เพราะอะไร", "when": [{"field": "score", "is": [1, 2]}]},
    ]
    put_in_use(database, "rate", fields, kind=kind, title="ความพึงพอใจ")
    app.extensions["sujarit"].agencies.refresh("demo")
    unit = str(next(iter(view(database).units)))
    page = client.get(f"/demo/forms/rate?unit={unit}&from=โต๊ะ 1").text
    typed = {"unit": unit, "score": "2", "why": "รอนาน", "consent": "yes"}
    assert "ขอบคุณ" in client.post("/demo/forms/rate", data={**carried(page), **typed}).text
    with database.read(view(database).id) as session:
        assert session.scalars(select(Case)).all() == []
        kept = (
            [one for row in session.scalars(select(AnonymousAnswers)) for one in row.answers]
            if kind == "anonymous"
            else [row.answers for row in session.scalars(select(FormAnswer))]
        )
        assert kept == [{"unit": unit, "score": 2, "why": "รอนาน"}]


def test_a_closed_form_says_so_and_an_unknown_one_is_not_found(app: Flask, client: Browser, database: Database) -> None:
    put_in_use(database, active=False)
    app.extensions["sujarit"].agencies.refresh("demo")
    assert client.get("/demo/forms/trees").status_code == 410
    assert client.get("/demo/forms/nothing").status_code == 404
    assert client.post("/demo/forms/nothing", data={"version": "1"}).status_code == 404


def test_the_qr_code_of_a_form_leads_to_it(app: Flask, client: Browser, database: Database) -> None:
    put_in_use(database, "rate", [{"id": "unit", "type": "unit", "label": "ส่วนงาน"}], kind="survey")
    app.extensions["sujarit"].agencies.refresh("demo")
    assert "บริการออนไลน์" in client.get("/demo/").text
    image = client.get("/demo/qr/form.png?key=rate&from=โต๊ะ 1")
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(image.data)))
    assert code.text.startswith("http://localhost/demo/forms/rate?from=")
    landed = client.get(code.text.removeprefix("http://localhost"))
    assert landed.status_code == 200
    assert hidden(landed.text, "source") == "โต๊ะ 1"
    assert client.get("/demo/qr/form.svg?key=nothing").status_code == 404


def test_in_line_the_request_belongs_to_the_persons_chat(app: Flask, client: Browser, database: Database) -> None:
    """Only what LINE's server says counts: the stand-in's word, over HTTP."""
    put_in_use(database)
    agency_id = view(database).id
    with running("http://127.0.0.1:9/nobody") as line:
        user = line.person()
        with database.write(agency_id) as session:
            organisation.save_fields(session, {"liff_id": "1234567890-AbcdEfgh"}, "cli")
            session.add(Conversation(line_user_id=user))
        services = replace(app.extensions["sujarit"], line_user=LineLogin(line.base).user_of)
        services.agencies.refresh("demo")
        services.install(app)
        answer = client.get("/demo/forms/trees")
        assert "https://static.line-scdn.net/liff/edge/2/sdk.js" in answer.text
        assert "script-src 'self' https://static.line-scdn.net" in answer.headers["Content-Security-Policy"]
        assert "line-scdn" not in client.get("/demo/").headers["Content-Security-Policy"]
        token = line.control("POST", f"/users/{user}/id-token", {"channel": "1234567890"})["id_token"]
        for line_token in (token, f"{token}x", user):
            page = client.get("/demo/forms/trees").text
            done = client.post("/demo/forms/trees", data={**carried(page), **TYPED, "line_token": line_token}).text
            assert "R70-" in done
    with database.read(agency_id) as session:
        talk = session.scalars(select(Conversation).where(Conversation.line_user_id == user)).one()
        cases = session.scalars(select(Case).where(Case.kind == "request").order_by(Case.id)).all()
        assert [case.conversation_id for case in cases] == [talk.id, None, None]
        assert [case.channel for case in cases] == ["web", "web", "web"]
        assert session.scalars(select(Consent.conversation_id).where(Consent.conversation_id == talk.id)).all()


def test_files_are_kept_over_an_error_and_go_with_the_request(app: Flask, client: Browser, database: Database) -> None:
    fields: list[dict[str, Any]] = [
        {"id": "pic", "type": "photo", "label": "รูป", "most": 2},
        {"id": "doc", "type": "file", "label": "เอกสาร", "required": False},
        {"id": "a", "type": "text", "label": "อะไร"},
    ]
    put_in_use(database, "permit", fields)
    app.extensions["sujarit"].agencies.refresh("demo")
    page = client.get("/demo/forms/permit").text
    sent = {**carried(page), "consent": "yes", "a": ""}
    files = {"pic": upload(photo()), "doc": [(io.BytesIO(b"%PDF-1.4 demo"), "deed.pdf")]}
    wrong = client.post("/demo/forms/permit", data={**sent, **files})
    assert wrong.status_code == 422
    assert "deed.pdf" in wrong.text
    kept = {name: re.findall(rf'name="{name}" value="([^"]+)"', wrong.text) for name in ("kept_pic", "kept_doc")}
    assert [len(tokens) for tokens in kept.values()] == [1, 1]
    too_many = {"pic": upload(photo(), photo())}
    again = {**carried(wrong.text), **kept, "a": "ก", "consent": "yes"}
    refused = client.post("/demo/forms/permit", data={**again, **too_many})
    assert refused.status_code == 422
    assert "รับได้อีก 1 รูป" in refused.text
    done = client.post("/demo/forms/permit", data=again)
    assert "R70-000001" in done.text
    with database.read(view(database).id) as session:
        answers = session.scalars(select(Request)).one().answers
        rows = session.scalars(select(Attachment).where(Attachment.case_id.is_not(None))).all()
        assert {row.id: row.kind for row in rows} == {answers["pic"][0]: "image", answers["doc"][0]: "file"}
    page = client.get("/demo/forms/permit").text
    bare = client.post("/demo/forms/permit", data={**carried(page), "a": "ก", "consent": "yes"})
    assert "ข้อนี้ขอเป็นรูป" in bare.text


def test_words_about_corruption_are_not_kept_before_the_person_chose(
    app: Flask, client: Browser, database: Database
) -> None:
    put_in_use(database, "say", [{"id": "a", "type": "text", "label": "ความเห็น", "longest": 500}], kind="opinion")
    app.extensions["sujarit"].agencies.refresh("demo")
    page = client.get("/demo/forms/say").text
    typed = {"a": "นายช่างเรียกรับเงินใต้โต๊ะ 5000 บาท", "consent": "yes"}
    warned = client.post("/demo/forms/say", data={**carried(page), **typed}).text
    assert "เป็นเรื่องทุจริตหรือเปล่าคะ" in warned
    with database.read(view(database).id) as session:
        assert session.scalars(select(FormAnswer)).all() == []
    assert "ขอบคุณ" in client.post("/demo/forms/say", data={**carried(warned), **typed, "seen": "integrity"}).text


def test_another_agencys_form_is_not_there(app: Flask, client: Browser, database: Database) -> None:
    _, version = put_in_use(database)
    for code in ("demo", "other"):
        app.extensions["sujarit"].agencies.refresh(code)
    assert client.get("/other/forms/trees").status_code == 404
    page = client.get("/demo/forms/trees").text
    sent = {**carried(page), **TYPED, "version": str(version)}
    assert client.post("/other/forms/trees", data=sent).status_code == 404
    with database.read(view(database, "other").id) as session:
        assert session.scalars(select(Request)).all() == []
