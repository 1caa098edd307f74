"""What an admin does in the console, through the pages' own forms, on both databases."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from sqlalchemy import select

from handlers.people import operations as people
from handlers.people.agency_setup import DEMO_PASSWORD
from models.agency import Agency, Holiday, LinkCode, PrivacyNotice, Staff, Unit
from models.audit import AuditEntry
from models.case import CannedReply, Category
from models.conversation import Conversation
from models.db import Database
from models.outbox import ChannelState, OutboxMessage
from models.question import Question
from thai.dates import bangkok_date
from web.services import services_of

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Login


@pytest.fixture
def admin(login: Login) -> Browser:
    return login("admin")


def form_of(browser: Browser, address: str, nth: int = 0) -> tuple[str, dict[str, str]]:
    """Where the page's nth form of its own (not the menu's) goes, and what is in it."""
    page = browser.get(address).text
    main = page[page.index("<main") : page.index("</main>")]
    form = re.findall(r'<form[^>]*method="post"([^>]*)>(.*?)</form>', main, re.DOTALL)[nth]
    action = re.search(r'action="([^"]+)"', form[0])
    values = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form[1]))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form[1], re.DOTALL):
        values[name] = text
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form[1], re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        values[name] = chosen[1] if chosen else ""
    for tick in re.findall(r'<input[^>]*type="checkbox"[^>]*>', form[1]):
        if " checked" not in tick:
            values.pop(re.search(r'name="([^"]+)"', tick)[1])  # type: ignore[index]
    values.pop("csrf_token")
    return action[1] if action else address, values


def one(database: Database, table, agency_id: int = 1, **where):  # type: ignore[no-untyped-def]
    with database.read(agency_id) as session:
        return session.scalars(select(table).filter_by(**where)).one()


# -- people ----------------------------------------------------------------------------------------------


def test_a_new_colleague_can_log_in(admin: Browser, client: Browser, database: Database) -> None:
    works = one(database, Unit, name="กองช่าง")
    _, form = form_of(admin, "/console/staff/new")
    form |= {"name": "นางใหม่ มาดี", "username": "mai", "password": "ต้นไม้ริมคลอง", "unit_id": str(works.id)}
    again = admin.send("/console/staff/new", **{**form, "username": "chang"})
    assert again.status_code == 400
    assert "มีคนใช้ชื่อผู้ใช้นี้แล้ว" in again.text
    assert "นางใหม่ มาดี" in again.text  # nothing typed is lost
    assert "ต้นไม้ริมคลอง" not in again.text
    assert admin.send("/console/staff/new", **form).status_code == 302
    assert client.send("/console/login", username="mai", password="ต้นไม้ริมคลอง").status_code == 302
    assert client.get("/console/").status_code == 302
    assert client.get("/console/account/").location == "/console/account/password"


def test_a_persons_page_saves_what_it_shows(admin: Browser, database: Database) -> None:
    chang = one(database, Staff, username="chang")
    address, form = form_of(admin, f"/console/staff/{chang.id}")
    assert form["name"] == chang.name
    assert admin.send(address, **{**form, "phone": "081-234-5678", "role": "head"}).status_code == 302
    after = one(database, Staff, username="chang")
    assert (after.phone, after.role, after.unit_id, after.name) == ("081-234-5678", "head", chang.unit_id, chang.name)


def test_a_password_given_by_the_admin(admin: Browser, client: Browser, database: Database) -> None:
    chang = one(database, Staff, username="chang")
    admin.send(f"/console/staff/{chang.id}/password", password="สั้น")
    assert client.send("/console/login", username="chang", password=DEMO_PASSWORD).status_code == 302
    admin.send(f"/console/staff/{chang.id}/password", password="ตลาดนัดวันพุธ")
    assert client.get("/console/account/").status_code == 302  # that log-in ended
    assert client.send("/console/login", username="chang", password="ตลาดนัดวันพุธ").status_code == 302
    assert one(database, Staff, username="chang").must_change_password


def test_closing_and_opening_an_account(admin: Browser, database: Database) -> None:
    chang, me = one(database, Staff, username="chang"), one(database, Staff, username="admin")
    admin.send(f"/console/staff/{chang.id}/active")
    assert not one(database, Staff, username="chang").active
    admin.send(f"/console/staff/{chang.id}/active", active="1")
    assert one(database, Staff, username="chang").active
    refused = admin.send(f"/console/staff/{me.id}/active")
    assert "อย่างน้อยหนึ่งคน" in admin.get(refused.location).text
    assert one(database, Staff, username="admin").active


@pytest.mark.parametrize("who", ["self", "admin"])
def test_a_link_code_is_shown_once_and_works(
    app: Flask, admin: Browser, login: Login, database: Database, who: str
) -> None:
    chang = one(database, Staff, username="chang")
    page = (
        login("chang").send("/console/account/link") if who == "self" else admin.send(f"/console/staff/{chang.id}/link")
    )
    code = re.search(r"เชื่อมต่อ (\d{6})", page.text)
    assert code
    assert 'src="data:image/svg+xml;base64,' in page.text
    assert code[1] not in one(database, LinkCode).code_hash
    agency = services_of(app).agencies.get("demo")
    assert agency is not None
    with database.write(1) as session:
        linked = people.redeem_link_code(session, agency, code[1], "U1", datetime.now(UTC))
        assert linked is not None
        assert linked.id == chang.id
    browser = login("chang")
    assert "เชื่อมบัญชีแล้ว" in browser.get("/console/account/").text
    browser.send("/console/account/unlink")
    assert one(database, Staff, username="chang").line_user_id is None


# -- the office ------------------------------------------------------------------------------------------


def test_a_suggested_unit_is_kept_renamed_or_merged(admin: Browser, database: Database) -> None:
    with database.write(1) as session:
        for name in ("ก", "ข", "ค"):
            session.add(Unit(name=name, suggested=True))
    keep, rename, merge = (one(database, Unit, name=name) for name in "กขค")
    works = one(database, Unit, name="กองช่าง")
    assert admin.get("/console/units/").text.count("รอยืนยัน") == 3
    admin.send(f"/console/units/{keep.id}/keep")
    address, form = form_of(admin, f"/console/units/{rename.id}")
    admin.send(address, **{**form, "name": "กองสวัสดิการ"})
    admin.send(f"/console/units/{merge.id}/merge", into=works.id)
    assert "รอยืนยัน" not in admin.get("/console/units/").text
    assert not one(database, Unit, name="ก").suggested
    assert one(database, Unit, name="กองสวัสดิการ").active
    assert not one(database, Unit, name="ค").active


def test_a_unit_gets_its_answerer(app: Flask, admin: Browser, database: Database) -> None:
    office, palad = one(database, Unit, name="สำนักปลัด"), one(database, Staff, username="palad")
    address, form = form_of(admin, f"/console/units/{office.id}")
    assert "02-000-1201" in form["phone"]
    admin.send(address, **{**form, "answerer_id": palad.id, "phone": "02-000-9999"})
    assert one(database, Unit, id=office.id).answerer_id == palad.id
    agency = services_of(app).agencies.get("demo")
    assert agency is not None
    assert agency.unit_phone(office.id) == "02-000-9999"  # the bot knows at once


def test_a_category_keeps_its_code_and_changes_the_rest(admin: Browser, database: Database) -> None:
    road = one(database, Category, code="road")
    address, form = form_of(admin, f"/console/categories/{road.id}")
    assert form["sla_value"] == "7"
    words = "ถนน\nหลุม, หลุม\n\n บ่อ "
    admin.send(address, **{**form, "code": "hacked", "sla_value": "๑๐", "keywords": words, "label": "ถนน"})
    after = one(database, Category, id=road.id)
    assert (after.code, after.sla_value, after.keywords, after.label) == ("road", 10, ["ถนน", "หลุม", "บ่อ"], "ถนน")
    assert (after.active, after.unit_id, after.position) == (True, road.unit_id, road.position)
    form.pop("active")
    admin.send(address, **form)
    assert not one(database, Category, id=road.id).active
    refused = admin.send(address, **{**form, "sla_value": "เร็ว"})
    assert refused.status_code == 400
    assert "1-999" in refused.text


def test_a_new_category_comes_last(admin: Browser, database: Database) -> None:
    _, form = form_of(admin, "/console/categories/new")
    assert admin.send("/console/categories/new", **{**form, "label": "ซ้ำ", "code": "road"}).status_code == 400
    form |= {"label": "เสียงดัง", "code": "noise2"}
    assert admin.send("/console/categories/new", **form).status_code == 302
    added = one(database, Category, code="noise2")
    with database.read(1) as session:
        assert added.position == max(session.scalars(select(Category.position)))


def test_holidays_are_added_seeded_and_removed(admin: Browser, database: Database) -> None:
    year = datetime.now(UTC).year + 4
    added = admin.send("/console/holidays/", day=f"5/5/{year + 543}", name="วันพิเศษ")
    assert added.location == f"/console/holidays/?year={year + 543}"
    special = one(database, Holiday, day=date(year, 5, 5))
    assert "วันพิเศษ" in admin.get(added.location).text
    admin.send("/console/holidays/seed", year=year + 543)
    assert one(database, Holiday, day=date(year, 4, 13)).name.startswith("วันสงกรานต์")
    assert one(database, Holiday, day=date(year, 5, 5)).id == special.id
    admin.send(f"/console/holidays/{special.id}/remove")
    with database.read(1) as session:
        assert session.get(Holiday, special.id) is None
    refused = admin.send("/console/holidays/", day="วันไหนสักวัน", name="ก")
    assert refused.status_code == 400
    assert "วันไหนสักวัน" in refused.text
    assert "2 ปี" not in admin.send("/console/holidays/seed", year="2400").text


def test_the_agencys_own_facts(app: Flask, admin: Browser, database: Database) -> None:
    address, form = form_of(admin, "/console/settings/", 0)
    admin.send(address, **{**form, "opens": "๘.๐๐", "closes": "16:00", "name": "อบต.ใหม่"})
    address, form = form_of(admin, "/console/settings/", 1)
    assert form["field.office_phone"] == "02-000-1234"
    admin.send(address, **{**form, "field.office_phone": "02-111-2222", "field.evil": "x"})
    agency = services_of(app).agencies.get("demo")
    assert agency is not None
    assert (agency.name, agency.calendar.opens.hour, agency.fields["office_phone"]) == ("อบต.ใหม่", 8, "02-111-2222")
    assert "evil" not in agency.fields
    refused = admin.send(address, **{**form, "field.latitude": "ข้างวัด"})
    assert refused.status_code == 400
    assert "ข้างวัด" in refused.text
    assert "กรุณากรอกเป็นตัวเลข" in refused.text
    assert (
        admin.send("/console/settings/identity", name="ก", short_name="ก", opens="เช้า", closes="16.30").status_code
        == 400
    )
    assert one(database, Agency, 2, id=2).name == "อบต.บ้านตัวอย่าง"


def test_a_new_version_of_the_notice(app: Flask, admin: Browser, database: Database) -> None:
    address, form = form_of(admin, "/console/settings/notice")
    admin.send(address, **{**form, "short_text": "เราเก็บเท่าที่จำเป็นค่ะ\nคุณขอลบได้ทุกเมื่อค่ะ"})
    agency = services_of(app).agencies.get("demo")
    assert agency is not None
    assert agency.notice_version == 2
    assert "เราเก็บเท่าที่จำเป็นค่ะ" in agency.notice_text
    assert one(database, PrivacyNotice, version=1).short_text != one(database, PrivacyNotice, version=2).short_text
    assert admin.send(address, short_text="สั้น", full_text="สั้น").status_code == 400


def test_texts_to_reuse(login: Login, database: Database) -> None:
    head = login("changhead")
    _, form = form_of(head, "/console/settings/replies/new")
    head.send("/console/settings/replies/new", **{**form, "title": "รับเรื่อง", "text": "ได้รับเรื่องแล้วค่ะ"})
    reply = one(database, CannedReply)
    address, form = form_of(head, f"/console/settings/replies/{reply.id}")
    head.send(address, **{**form, "text": "<b>ขอบคุณค่ะ</b>"})
    page = head.get("/console/settings/replies").text
    assert "&lt;b&gt;ขอบคุณค่ะ" in page
    head.send(f"/console/settings/replies/{reply.id}/remove")
    with database.read(1) as session:
        assert session.scalars(select(CannedReply)).all() == []


# -- the log and the channel -----------------------------------------------------------------------------


def test_the_audit_log_is_filtered_and_paged(admin: Browser, database: Database) -> None:
    old = datetime.now(UTC) - timedelta(days=400)
    with database.write(1) as session:
        session.add_all([AuditEntry(actor="clock", action="case_warned", subject=f"case:{n}") for n in range(120)])
        session.add(AuditEntry(actor="cli", action="once_only", subject="case:7", at=old))
    rows = lambda page: page.count("<tr>") - 1  # noqa: E731 - the heading
    assert rows(admin.get("/console/audit/").text) == 50
    page = admin.get("/console/audit/?actor=clock&action=case_warned").text
    seen = 0
    while True:
        seen += rows(page)
        older = re.search(r'href="([^"]*before=\d+[^"]*)"', page)
        if older is None:
            break
        page = admin.get(older[1].replace("&amp;", "&")).text
    assert seen == 120
    assert rows(admin.get("/console/audit/?subject=case:7").text) == 2
    assert rows(admin.get("/console/audit/?subject=case:7&since=1+ต.ค.+2569&action=once_only").text) <= 1
    assert "once_only" in admin.get("/console/audit/?until=" + bangkok_date(old).strftime("%d/%m/%Y")).text
    with database.write(1) as session:
        session.add(Question(id=7, number="Q70-000007", text="?"))
        session.add(AuditEntry(actor="cli", action="question_closed", subject="question:7"))
    named = admin.get("/console/audit/?subject=q๗๐-000007").text
    assert rows(named) == 1
    assert "Q70-000007" in named
    assert "เข้าระบบ" in admin.get("/console/audit/?action=logged_in").text
    assert admin.get("/console/audit/?since=garbage&before=x").status_code == 200


def failed_message(database: Database) -> int:
    with database.write(1) as session:
        talk = Conversation(line_user_id="U1")
        session.add(talk)
        session.flush()
        row = OutboxMessage(
            conversation_id=talk.id,
            dedupe_key="a",
            retry_key="old",
            messages='[{"type":"say","text":"ข้อความลับ"}]',
            status="failed",
            error="ผู้รับบล็อกบัญชีนี้",
            subject="case:1",
            next_attempt_at=datetime.now(UTC),
        )
        session.add(row)
        session.add(
            ChannelState(
                quota_limit=300, quota_used=290, checked_at=datetime.now(UTC), worker_seen_at=datetime.now(UTC)
            )
        )
    return row.id


def test_a_failed_message_is_sent_again_once(login: Login, database: Database) -> None:
    message_id = failed_message(database)
    clerk = login("palad")
    page = clerk.get("/console/deliveries/").text
    assert "ผู้รับบล็อกบัญชีนี้" in page
    assert "ใกล้หมด" in page
    assert "ทำงานอยู่" in page
    assert "ข้อความลับ" not in page
    for said in ("กลับเข้าคิว", "เฉพาะข้อความที่ส่งไม่สำเร็จ"):
        again = clerk.send(f"/console/deliveries/{message_id}/again")
        assert said in clerk.get(again.location).text
    row = one(database, OutboxMessage, id=message_id)
    assert row.status == "pending"
    assert row.retry_key != "old"
    assert one(database, AuditEntry, action="sent_again").subject == f"message:{message_id}"


def test_the_menu_counts_what_waits(admin: Browser, login: Login, database: Database) -> None:
    assert 'class="count"' not in admin.get("/console/account/").text
    failed_message(database)
    with database.write(1) as session:
        session.add_all([Unit(name="ก", suggested=True), Unit(name="ข", suggested=True)])
    with database.write(2) as session:
        session.add(Unit(name="ก", suggested=True))
    page = admin.get("/console/account/").text
    side = page[page.index('<nav class="side') : page.index("</nav>")]
    assert re.findall(r'class="count">(\d+)', side) == ["1", "2"]
    assert 'class="count"' not in login("chang").get("/console/account/").text


def test_a_failed_message_is_given_up(login: Login, database: Database) -> None:
    message_id = failed_message(database)
    login("palad").send(f"/console/deliveries/{message_id}/withdraw")
    assert one(database, OutboxMessage, id=message_id).status == "withdrawn"


def test_pages_ask_nobody_else_for_anything_and_hold_no_script(app: Flask, admin: Browser) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("console.") and "GET" in (rule.methods or ()) and not rule.arguments:
            page = admin.get(rule.rule).text
            assert not re.search(r'(?:src|href|action)="(?:https?:)?//(?!line\.me/|localhost/)', page), rule
            assert not re.search(r"<script(?![^>]*\bsrc=)|\son[a-z]+=\"|style=\"", page), rule
