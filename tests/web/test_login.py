"""Logging in to the console, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import Flask
from sqlalchemy import select

from handlers.agencies import content_changed
from handlers.people import operations as people
from handlers.people.agency_setup import DEMO_PASSWORD
from models.agency import Agency, Staff
from models.audit import AuditEntry
from models.db import Database
from web.security import limiter
from web.services import services_of

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Login


def change(database: Database, username: str, **columns: object) -> None:
    with database.write(1) as session:
        person = session.scalars(select(Staff).where(Staff.username == username)).one()
        for name, value in columns.items():
            setattr(person, name, value)


def test_anonymous_visitors_are_shown_the_log_in_and_come_back(client: Browser) -> None:
    asked = client.get("/console/staff/?x=1")
    assert asked.status_code == 302
    assert asked.location == "/console/login?next=/console/staff/?x%3D1"
    page = client.get(asked.location).text
    assert 'value="/console/staff/?x=1"' in page
    inside = client.send("/console/login", username="admin", password=DEMO_PASSWORD, next="/console/staff/?x=1")
    assert inside.location == "/console/staff/?x=1"
    assert client.get("/console/staff/").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example/console/",
        "https://evil.example/console/",
        "/\\evil.example",
        "/demo/",
        "javascript:alert(1)",
        "",
    ],
)
def test_nobody_is_sent_away_after_logging_in(client: Browser, address: str) -> None:
    inside = client.send("/console/login", username="admin", password=DEMO_PASSWORD, next=address)
    assert inside.location == "/console/"


def test_only_the_invented_agency_shows_who_can_log_in(client: Browser, database: Database) -> None:
    assert DEMO_PASSWORD in client.get("/console/login").text
    with database.write(1) as session:
        session.get_one(Agency, 1).settings = {}
        content_changed(session, 1)
    services_of(client.application).agencies.refresh("demo")
    assert DEMO_PASSWORD not in client.get("/console/login").text


def test_whoever_is_inside_is_not_asked_again(login: Login) -> None:
    assert login("admin").get("/console/login?next=/console/staff/").location == "/console/staff/"


def test_guessing_the_old_password_is_stopped(login: Login) -> None:
    browser = login("chang")
    form = {"old": "wrong", "password": "แกงส้มชะอมไข่", "again": "แกงส้มชะอมไข่"}
    answers = [browser.send("/console/account/password", **form).status_code for _ in range(11)]
    assert answers == [400] * 10 + [429]


def test_a_wrong_password_is_refused_in_thai_and_the_name_is_kept(client: Browser, database: Database) -> None:
    for username, password in (("admin", "wrong"), ("nobody", DEMO_PASSWORD)):
        refused = client.send("/console/login", username=username, password=password)
        assert refused.status_code == 401
        assert "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง" in refused.text
        assert f'value="{username}"' in refused.text
        assert f'value="{password}"' not in refused.text
    assert client.get("/console/account/").status_code == 302
    with database.read(1) as session:
        failed = session.scalars(select(AuditEntry).where(AuditEntry.action == "login_failed")).all()
        assert len(failed) == 2
        assert all(row.subject == "" and row.detail == {} for row in failed)


def test_who_left_cannot_log_in(client: Browser, database: Database) -> None:
    change(database, "chang", active=False)
    assert client.send("/console/login", username="chang", password=DEMO_PASSWORD).status_code == 401


def test_guessing_one_name_is_stopped(client: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    answers = [client.send("/console/login", username="admin", password="wrong").status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]
    assert "admin" not in caplog.text
    stopped = client.send("/console/login", username="admin", password=DEMO_PASSWORD)
    assert stopped.status_code == 429
    assert "15 นาที" in stopped.text
    assert client.send("/console/login", username="chang", password=DEMO_PASSWORD).status_code == 302


def test_guessing_many_names_from_one_address_is_stopped(client: Browser) -> None:
    answers = [client.send("/console/login", username=f"u{n}", password="wrong").status_code for n in range(31)]
    assert answers == [401] * 30 + [429]


def test_good_log_ins_of_an_office_behind_one_address_do_not_count(client: Browser) -> None:
    for _ in range(35):
        assert client.send("/console/login", username="admin", password=DEMO_PASSWORD).status_code == 302
    limiter.reset()


def test_a_log_in_belongs_to_one_agency(login: Login, database: Database) -> None:
    change(database, "admin", name="แอดมินของเดโม")
    assert "แอดมินของเดโม" in login("admin").get("/console/account/").text
    theirs = login("admin", agency="other").get("/console/account/")
    assert theirs.status_code == 200
    assert "แอดมินของเดโม" not in theirs.text


def test_an_unknown_agency_is_not_there(client: Browser) -> None:
    assert client.get("/console/login?agency=nowhere").status_code == 404


def test_logging_out_ends_it(login: Login) -> None:
    browser = login("admin")
    assert browser.get("/console/logout").status_code == 405  # a link cannot log anybody out
    assert browser.send("/console/logout").location == "/console/login"
    assert browser.get("/console/account/").status_code == 302


@pytest.mark.parametrize("change_of", [{"session_version": 2}, {"active": False}])
def test_open_log_ins_end_at_once(login: Login, database: Database, change_of: dict[str, object]) -> None:
    browser = login("chang")
    assert browser.get("/console/account/").status_code == 200
    change(database, "chang", **change_of)
    assert browser.get("/console/account/").status_code == 302


def test_a_temporary_password_must_be_changed_first(login: Login, database: Database) -> None:
    change(database, "chang", must_change_password=True)
    browser, elsewhere = login("chang"), login("chang")
    assert browser.get("/console/account/").location == "/console/account/password"
    form = {"old": DEMO_PASSWORD, "password": "แกงส้มชะอมไข่", "again": "แกงส้มชะอมไข่"}
    assert "ไม่ตรงกัน" in browser.send("/console/account/password", **{**form, "again": "x"}).text
    assert "เดิมไม่ถูกต้อง" in browser.send("/console/account/password", **{**form, "old": "x"}).text
    assert browser.send("/console/account/password", **form).location == "/console/account/"
    assert browser.get("/console/account/").status_code == 200
    assert elsewhere.get("/console/account/password").status_code == 302
    with database.read(1) as session:
        assert people.verify_login(session, "chang", "แกงส้มชะอมไข่")


def test_forms_without_a_token_are_refused(app: Flask, login: Login) -> None:
    browser = login("admin")
    assert app.test_client().post("/console/login", data={"username": "admin"}).status_code == 400
    refused = browser.post("/console/account/end-sessions")
    assert refused.status_code == 400
    assert "โหลดหน้าใหม่" in refused.text


def test_pages_are_protected(login: Login) -> None:
    page = login("admin").get("/console/account/")
    assert page.headers["Cache-Control"] == "no-store"
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_the_cookie_is_only_for_us(client: Browser, app: Flask) -> None:
    cookie = client.send("/console/login", username="admin", password=DEMO_PASSWORD).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert app.config["SESSION_COOKIE_SECURE"] is False  # the test's address is http
