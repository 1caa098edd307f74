"""Every public address: it answers in Thai, asks no third party, sets no cookie for reading, and errors are kind."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from bot.app import create_app
from bot.settings import Settings
from handlers.files import locate, sign_link, store_upload
from models.agency import Agency, PrivacyNotice
from tests.conftest import Copies
from tests.web.public_forms import known, photo

READING = (
    "/", "/demo/", "/demo/ask", "/demo/ask?q=ขยะเก็บวันไหน", "/demo/services", "/demo/contact", "/demo/privacy",
    "/demo/guide", "/demo/complain/same", "/demo/eit", "/demo/forms",
    "/demo/transparency/", "/demo/transparency/complaints", "/demo/activities", "/demo/proposals", "/demo/polls",
)  # fmt: skip
FORMS = (
    "/demo/complain",
    "/demo/status",
    "/demo/status?number=C70-000001",
    "/demo/status/C70-000001",
    "/demo/ask/officer",
    "/demo/proposals/new",
)


def test_every_public_page_answers_in_thai_and_asks_no_third_party(app: Flask, client: FlaskClient) -> None:
    entries = re.findall(r'href="(/demo/(?:ask|services)/\d+)"', client.get("/demo/ask").text)
    assert len(entries) > 100
    for path in (*READING, *FORMS, entries[0], entries[-1]):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert 'lang="th"' in answer.text
        assert re.search("[ก-๙]{3}", answer.text)
        assert not re.search(r'(?:src|action)="(?:https?:)?//', answer.text), path
        assert not re.search(r"<link[^>]+href=\"(?:https?:)?//", answer.text), path
        assert not re.search(r"<script(?![^>]+src=)|\son[a-z]+=\"|style=\"", answer.text), path
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        for asset in re.findall(r'(?:src|href)="(/(?:assets|bootstrap)[^"]+)"', answer.text):
            assert client.get(asset).status_code == 200, asset


def test_no_get_route_is_forgotten(app: Flask) -> None:
    """A new public page must join the lists above, or be one of those that are tested on their own."""
    own = {
        "public.faq", "public.service", "public.qr", "public.question", "public.case", "site.file", "site.robots",
        "public.static", "public.eit_picture", "site.open_point", "public.form",
        "public.transparency_file", "public.transparency_chart",
        "public.open311_services", "public.open311_service", "public.open311_requests", "public.open311_request",
        "public.open311_discovery", "public.village", "public.shown_photo",
        "public.map", "public.activity", "public.poll", "public.poll_chart", "public.service_sheet", "site.check_in",
        "site.calendar_feed", "site.summary_chart", "site.summary_report", "public.keep_longer",
    }  # fmt: skip
    adapter = app.url_map.bind("localhost")
    reached = {adapter.match(path.split("?")[0])[0] for path in (*READING, *FORMS)}
    rules = {
        r.endpoint
        for r in app.url_map.iter_rules()
        if r.endpoint.startswith(("public.", "site.")) and "GET" in r.methods
    }  # type: ignore[operator]
    assert rules - own - reached == set()


def test_reading_sets_no_cookie(client: FlaskClient) -> None:
    for path in READING[:2] + READING[4:]:
        assert "Set-Cookie" not in client.get(path).headers, path


def test_the_front_door_names_every_agency(client: FlaskClient) -> None:
    page = client.get("/").text
    assert page.index('href="/demo/"') < page.index('href="/other/"')


def test_one_agency_alone_is_where_the_front_door_leads(
    empty_databases: Copies, database_kind: str, tmp_path: Path
) -> None:
    database = empty_databases.copy(database_kind, tmp_path)
    with database.write() as session:
        session.add(Agency(code="alone", name="อบต.เดียว", short_name="อบต.เดียว"))
    settings = Settings(data=tmp_path / "data", secret_key="k" * 40, agency="alone")
    client = create_app(settings, database).test_client()
    assert client.get("/").headers["Location"] == "/alone/"
    # An agency that has filled in nothing yet: every page still answers.
    for path in (*READING, *FORMS):
        if path != "/":
            assert client.get(path.replace("/demo/", "/alone/")).status_code == 200, path


@pytest.mark.parametrize(
    ("what", "address"),
    [
        ("complain", "http://localhost/demo/complain"),
        ("status", "http://localhost/demo/status"),
        ("status.number", "http://localhost/demo/status?number=C70-000123"),
        ("ask", "http://localhost/demo/ask"),
        ("line", "https://line.me/R/ti/p/%40demo"),
    ],
)
def test_qr_codes_lead_where_they_say(client: FlaskClient, what: str, address: str) -> None:
    query = "?number=C70-000123" if what == "status.number" else ""
    name = what.split(".")[0]
    answer = client.get(f"/demo/qr/{name}.png{query}")
    found = zxingcpp.read_barcode(Image.open(io.BytesIO(answer.data)))
    assert found
    assert found.text == address
    assert client.get(f"/demo/qr/{name}.svg{query}").data.startswith(b"<?xml")


def test_no_qr_code_of_anything_else(client: FlaskClient) -> None:
    assert client.get("/demo/qr/evil.png").status_code == 404
    assert client.get("/demo/qr/status.png?number=%22%3E").status_code == 404


def test_without_a_line_id_no_page_speaks_of_a_code(app: Flask, client: FlaskClient) -> None:
    with known(app).database.write() as session:
        agency = session.query(Agency).filter_by(code="demo").one()
        agency.fields = {**agency.fields, "line_id": ""}
        agency.content_version += 1
    known(app).agencies.refresh("demo")
    assert client.get("/demo/qr/line.png").status_code == 404
    assert "/qr/line" not in client.get("/demo/").text + client.get("/demo/guide").text


def test_earlier_notices_stay_readable(app: Flask, client: FlaskClient) -> None:
    view = known(app).agencies.get("demo")
    assert view
    with known(app).database.write(view.id) as session:
        session.add(PrivacyNotice(version=2, short_text="สั้น", full_text="หัวข้อใหม่\n- ข้อหนึ่ง {office_phone}"))
    page = client.get("/demo/privacy").text
    assert "ฉบับที่ 2" in page
    assert "02-000-1234" in page
    assert 'href="/demo/privacy?v=1"' in page
    assert "นี่เป็นฉบับเก่า" in client.get("/demo/privacy?v=1").text
    assert client.get("/demo/privacy?v=9").status_code == 404


def test_contact_has_all_that_the_law_asks_for(client: FlaskClient) -> None:
    page = client.get("/demo/contact").text
    for words in ("99 หมู่ 1", "02-000-1234", "02-000-1235", "demo@example.go.th", "maps.google.com", "วันทำการ", "1669"):
        assert words in page


# -- files -----------------------------------------------------------------------------------------------


def _attachment(app: Flask, **changes: object) -> tuple[int, str]:
    services = known(app)
    view = services.agencies.get("demo")
    assert view
    with services.database.write(view.id) as session:
        row = store_upload(session, services.data, view.id, photo(), "ไฟดับ.jpg")
        for name, value in changes.items():
            setattr(row, name, value)
        return row.id, row.path


def _link(app: Flask, attachment_id: int, hours: int = 1) -> str:
    return f"/files/{sign_link(known(app).secret_key, attachment_id, datetime.now(UTC) + timedelta(hours=hours))}"


def test_a_signed_link_shows_the_file_and_keeps_it_private(app: Flask, client: FlaskClient) -> None:
    attachment_id, path = _attachment(app)
    answer = client.get(_link(app, attachment_id))
    assert answer.data == locate(known(app).data, path).read_bytes()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer.headers["Cache-Control"]
    assert "public" not in answer.headers["Cache-Control"]
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert len(client.get(_link(app, attachment_id) + "?small=1").data) <= len(answer.data)


def test_what_is_no_picture_is_saved_and_not_shown(app: Flask, client: FlaskClient) -> None:
    attachment_id, _ = _attachment(app, kind="file", content_type="application/pdf")
    assert client.get(_link(app, attachment_id)).headers["Content-Disposition"].startswith("attachment")


def test_links_end_and_cannot_be_forged(app: Flask, client: FlaskClient) -> None:
    attachment_id, _ = _attachment(app)
    expired = client.get(_link(app, attachment_id, hours=-1))
    assert expired.status_code == 403
    assert "หมดอายุ" in expired.text
    forged = client.get(_link(app, attachment_id)[:-2] + "xx")
    assert forged.status_code == 403
    assert "ไม่ถูกต้อง" in forged.text


@pytest.mark.parametrize(("status", "code"), [("gone", 410), ("refused", 410), ("waiting", 404)])
def test_files_that_are_not_there_say_why(app: Flask, client: FlaskClient, status: str, code: int) -> None:
    attachment_id, _ = _attachment(app, status=status)
    answer = client.get(_link(app, attachment_id))
    assert answer.status_code == code
    assert "ค่ะ" in answer.text
    assert client.get(_link(app, 9999)).status_code == 410


def test_a_file_lost_from_the_disk_is_gone(app: Flask, client: FlaskClient) -> None:
    attachment_id, path = _attachment(app)
    locate(known(app).data, path).unlink()
    assert client.get(_link(app, attachment_id)).status_code == 410


# -- errors ----------------------------------------------------------------------------------------------


def test_an_unknown_agency_or_page_is_said_kindly(client: FlaskClient) -> None:
    for path in (
        "/nowhere/",
        "/nowhere/complain",
        "/demo/nothing",
        "/demo/ask/99999",
        "/x.php",
        "/demo/question/forged",
    ):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert "ไม่พบหน้านี้" in answer.text


def test_a_post_without_its_token_is_refused_kindly(client: FlaskClient) -> None:
    answer = client.post("/demo/status", data={"number": "C70-000001", "secret": "AAAA2222"})
    assert answer.status_code == 400
    assert "ยังไม่ได้ส่ง" in answer.text


def test_a_broken_page_says_what_is_kept_and_whom_to_ring(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    typed = "นางสาวลับ 0812345678"

    def fail(*_: object) -> None:
        raise ValueError(typed)

    monkeypatch.setitem(app.view_functions, "public.contact", fail)
    answer = client.get("/demo/contact")
    assert answer.status_code == 500
    assert "02-000-1234" in answer.text
    assert "เลขที่เรื่อง" in answer.text
    assert "public.contact" in caplog.text
    assert "ลับ" not in caplog.text
    assert "0812345678" not in caplog.text
    assert "tests/web" in caplog.text  # where it broke is known all the same


def test_machines_get_no_page(client: FlaskClient) -> None:
    for path in ("/assets/static/nothing.css", "/line/demo/nothing"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "<header" not in answer.text


def test_search_engines_are_told_to_stay_out(client: FlaskClient) -> None:
    assert "Disallow: /files/" in client.get("/robots.txt").text
    assert "noindex" in client.get("/demo/status").headers["X-Robots-Tag"]
