"""Building a form in the console: every step is kept, what is wrong is said at the field, and who may do what."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from handlers.agencies import Agencies
from handlers.services import answering, definition, operations, starter
from handlers.services.answering import Submission
from handlers.services.field_types import TYPES
from models.agency import Staff, Unit
from models.audit import AuditEntry
from models.case import Case
from models.db import Database
from models.form import FormDefinition, FormVersion
from models.question import ServiceEntry
from tests import codes
from tests.handlers.services.forms import FIELDS, PIN
from tests.web.conftest import Browser, Login

sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
PAGES = ("edit", "settings", "page", "try", "versions", "answers", "statistics", "answers.xlsx", "answers.csv")
SECRET = "k" * 40


def new_form(browser: Browser, title: str = "ขอยืมเต็นท์", **typed: Any) -> int:
    answer = browser.send("/console/forms/new", **{"title": title, "kind": "request", "key": "tents", **typed})
    assert answer.status_code == 302, answer.text
    found = re.search(r"/forms/(\d+)/edit", answer.location)
    assert found
    return int(found[1])


def step(browser: Browser, form_id: int, do: str, **typed: Any) -> str:
    """Press a button of the builder; the page after it."""
    answer = browser.send(f"/console/forms/{form_id}/edit", do=do, **typed)
    assert answer.status_code == 303, answer.text
    return browser.get(answer.location.partition("#")[0]).text


def fields(database: Database, form_id: int) -> list[dict[str, Any]]:
    """The questions of the draft, or those in use."""
    with database.read(1) as session:
        form = session.get_one(FormDefinition, form_id)
        version = operations.draft_of(session, form) or operations.version_in_use(session, form)
        return list(version.fields) if version else []


def publish(browser: Browser, form_id: int, note: str = "") -> int:
    page = browser.get(f"/console/forms/{form_id}/publish").text
    mark = re.search(r'name="mark" value="(\w+)"', page)
    assert mark, page
    return browser.send(f"/console/forms/{form_id}/publish", mark=mark[1], note=note).status_code


def tents(browser: Browser, **typed: Any) -> int:
    """A form with branching: what? -> tents -> how many; then the name and something for the desk."""
    form_id = new_form(browser, **typed)
    step(browser, form_id, "add:choice")
    step(browser, form_id, "add:number", open="q1", f_label="ต้องการยืมอะไร", f_required="1",
         f_option_value=["o1", "o2"], f_option=["เต็นท์", "โต๊ะ"])  # fmt: skip
    step(browser, form_id, "add:text", open="q2", f_label="จำนวนหลัง", f_required="1", f_least="๑", f_most="20",
         f_whole="1", f_unit="หลัง", w_q1=["o1"])  # fmt: skip
    step(browser, form_id, "add:number", open="q3", f_label="ชื่อผู้ยืม", f_required="1", f_use="name")
    step(browser, form_id, "close", open="q4", f_label="ค่ามัดจำ", f_staff="1")
    return form_id


def answered(database: Database, form_id: int, answers: dict[str, Any]) -> None:
    agencies = Agencies(database, "http://localhost")
    agency = agencies.refresh("demo")
    assert agency is not None
    with database.write(1) as session:
        version = operations.version_in_use(session, session.get_one(FormDefinition, form_id))
        assert version is not None
        answering.submit(session, agency, version, Submission(answers=answers), "web", datetime.now(UTC), SECRET)


def table(browser: Browser, form_id: int, query: str = "") -> list[dict[str, str]]:
    """The rows of the exported workbook."""
    answer = browser.get(f"/console/forms/{form_id}/answers.xlsx{query}")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    header, *rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_a_form_is_put_together_and_published(login: Login, database: Database) -> None:
    browser = login("admin")
    form_id = tents(browser)
    assert fields(database, form_id) == [
        {"id": "q1", "type": "choice", "label": "ต้องการยืมอะไร",
         "options": [{"value": "o1", "label": "เต็นท์"}, {"value": "o2", "label": "โต๊ะ"}]},
        {"id": "q2", "type": "number", "label": "จำนวนหลัง", "least": 1, "most": 20, "whole": True,
         "unit": "หลัง", "when": [{"field": "q1", "is": "o1"}]},
        {"id": "q3", "type": "text", "label": "ชื่อผู้ยืม", "use": "name"},
        {"id": "q4", "type": "number", "label": "ค่ามัดจำ", "required": False, "staff": True},
    ]  # fmt: skip
    page = browser.get(f"/console/forms/{form_id}/edit").text
    assert "ต้องการยืมอะไรคะ" in page  # the chat's own words
    assert "กรณี “ต้องการยืมอะไร” คือ เต็นท์" in page
    assert browser.get("/demo/forms/tents").status_code == 410  # nobody is asked before it is published
    assert publish(browser, form_id, "รุ่นแรก") == 302
    assert "จำนวนหลัง" in browser.get("/demo/forms/tents").text
    history = browser.get(f"/console/forms/{form_id}/versions").text
    assert "รุ่นแรก" in history
    assert "นายแอดมิน ตัวอย่าง" in history
    listed = browser.get("/console/forms/").text
    assert "/demo/qr/form.png?key=tents" in listed
    (address,) = codes.read(codes.drawn(browser.get("/demo/qr/form.svg?key=tents").data))
    assert address.endswith("/demo/forms/tents")


class Inputs(HTMLParser):
    """What a browser would send of the builder's form if only a button were pressed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._area: str | None = None
        self._select = ""
        self.feed(page[page.index("data-steps") : page.index("</form>", page.index("data-steps"))])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.sent.setdefault(given["name"], []).append(given.get("value", ""))
        elif tag == "textarea":
            self._area = given["name"]
            self.sent[self._area] = [""]
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and ("selected" in given or self._select not in self.sent):
            self.sent[self._select] = [given["value"]]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.sent[self._area] = [data.removeprefix("\n")]


EVERYTHING: list[dict[str, Any]] = [
    *FIELDS,
    {"id": "stars", "type": "rating", "label": "คะแนน", "help": "เต็ม 5"},
    {"id": "why", "type": "text", "label": "เพราะอะไร", "longest": 800, "shortest": 2, "sensitive": True,
     "ask": "เล่าค่ะ", "when": [{"field": "stars", "at_least": 4}, {"field": "what", "is": ["cut", "insects"]}]},
    {"id": "eight", "type": "number", "label": "แปด", "least": 0, "when": [{"field": "trees", "is": [1, 2]}]},
    {"id": "picture", "type": "photo", "label": "รูป", "required": False, "most": 3},
    {"id": "paper", "type": "file", "label": "เอกสาร", "required": True},
    {"id": "note", "type": "explanation", "text": "บรรทัดแรก\nบรรทัดที่สอง"},
    {"id": "some", "type": "choices", "label": "บ้าง", "most": 2, "example": "เลื่อย",
     "options": [{"value": "a", "label": "ก"}, {"value": "b", "label": "ข & <ค>"}]},
    {"id": "mail", "type": "email", "label": "อีเมล", "when": [{"field": "agree", "is": "yes"}]},
    {"id": "desk", "type": "unit", "label": "ส่วนงาน"},
    {"id": "spot", "type": "location", "label": "ที่ไหน"},
    {"id": "checked", "type": "choice", "label": "ผลตรวจ", "staff": True,
     "options": [{"value": "ok", "label": "ผ่าน"}, {"value": "no", "label": "ไม่ผ่าน"}]},
    {"id": "reason", "type": "text", "label": "เหตุผล", "staff": True, "when": [{"field": "checked", "is": "no"}]},
]  # fmt: skip


def test_opening_and_closing_a_field_changes_nothing(login: Login, database: Database) -> None:
    """Of every kind, with all that it may have: its editor shows all of it, and reads it back."""
    assert {spec["type"] for spec in EVERYTHING} == set(TYPES)
    assert definition.check(EVERYTHING) == []
    browser = login("admin")
    form_id = new_form(browser)
    with database.write(1) as session:
        form, staff = session.get_one(FormDefinition, form_id), session.get_one(Staff, 1)
        operations.save_draft(session, form, EVERYTHING, "", staff, datetime.now(UTC))
    for spec in EVERYTHING:
        page = browser.get(f"/console/forms/{form_id}/edit?open={spec['id']}").text
        sent = {name: value for name, value in Inputs(page).sent.items() if name != "csrf_token"}
        step(browser, form_id, "close", **sent)
        assert fields(database, form_id) == EVERYTHING, spec["id"]
    assert drafted(database) == [("staff:1", 1)]  # a line for the sitting, not for each of its steps


def drafted(database: Database) -> list[tuple[str, int]]:
    """Who worked on which version, as the audit log has it."""
    with database.read(1) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "form_drafted").order_by(AuditEntry.id))
        return [(entry.actor, entry.detail["version"]) for entry in entries]


@sqlite_only
def test_the_log_names_who_works_on_which_version(login: Login, database: Database) -> None:
    browser = login("admin")
    form_id = new_form(browser)
    for _ in range(3):
        step(browser, form_id, "add:text")
    with database.write(1) as session:
        form, other = session.get_one(FormDefinition, form_id), session.get_one(Staff, 2)
        draft = operations.draft_of(session, form)
        assert draft
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        for now in (datetime.now(UTC), datetime.now(UTC), tomorrow):
            operations.save_draft(session, form, draft.fields, "", other, now)
    assert drafted(database) == [("staff:1", 1), ("staff:2", 1), ("staff:2", 1)]


def test_what_is_wrong_is_kept_and_said_at_the_field(login: Login, database: Database) -> None:
    browser = login("admin")
    form_id = new_form(browser)
    step(browser, form_id, "add:number")
    page = step(browser, form_id, "save", open="q1", f_label="จำนวน", f_least="สองสาม", f_help="นับรวมเด็ก")
    assert fields(database, form_id)[0]["least"] == "สองสาม"
    assert fields(database, form_id)[0]["help"] == "นับรวมเด็ก"
    field = page[page.index('id="f-q1"') : page.index("fb-editor")]
    assert "ขีดจำกัดต้องเป็นตัวเลข" in field
    assert 'value="สองสาม"' in page
    assert publish(browser, form_id) == 400
    assert browser.get("/demo/forms/tents").status_code == 410
    step(browser, form_id, "save", open="q1", f_label="จำนวน", f_least="2")
    assert fields(database, form_id)[0]["least"] == 2
    assert publish(browser, form_id) == 302


def test_every_button_keeps_what_is_typed_in_the_open_field(login: Login, database: Database) -> None:
    browser = login("admin")
    form_id = tents(browser)
    for at, do in enumerate(("up:q3", "down:q1", "open:q2", "more", "add:date", "save", "nonsense:7", "open:gone")):
        step(browser, form_id, do, open="q3", f_label=f"ชื่อ {at}", f_use="1")
        assert f"ชื่อ {at}" in {spec["label"] for spec in fields(database, form_id)}
    assert len(fields(database, form_id)) == 5


def test_fields_move_go_and_never_get_an_old_id(login: Login, database: Database) -> None:
    browser = login("admin")
    form_id = tents(browser)
    step(browser, form_id, "up:q3")
    assert [spec["id"] for spec in fields(database, form_id)] == ["q1", "q3", "q2", "q4"]
    step(browser, form_id, "save", open="q3", f_label="ชื่อผู้ยืม", f_place="4")
    assert [spec["id"] for spec in fields(database, form_id)] == ["q1", "q2", "q4", "q3"]
    assert publish(browser, form_id) == 302
    step(browser, form_id, "remove:q4", open="q4", f_label="ไม่เอาแล้ว")
    step(browser, form_id, "add:text")
    assert [spec["id"] for spec in fields(database, form_id)] == ["q1", "q2", "q3", "q5"]
    page = step(browser, form_id, "save", open="q4", f_label="ค่ามัดจำ")  # another browser still had it open
    assert "ถูกผู้อื่นเอาออกไปแล้ว" in page


def test_options_keep_their_values_when_they_are_renamed_moved_or_pasted(login: Login, database: Database) -> None:
    browser = login("admin")
    form_id = tents(browser)
    assert publish(browser, form_id) == 302
    step(browser, form_id, "option_up:o2", open="q1", f_label="ยืมอะไร", f_option_value=["o1", "o2", ""],
         f_option=["เต็นท์ใหญ่", "โต๊ะ", "เก้าอี้"], f_option_lines="พัดลม\nเวที\n")  # fmt: skip
    assert fields(database, form_id)[0]["options"] == [
        {"value": "o2", "label": "โต๊ะ"},
        {"value": "o1", "label": "เต็นท์ใหญ่"},
        {"value": "o3", "label": "เก้าอี้"},
        {"value": "o4", "label": "พัดลม"},
        {"value": "o5", "label": "เวที"},
    ]
    page = step(browser, form_id, "save", open="q1", f_label="ยืมอะไร", f_option_value=["o2"], f_option=["โต๊ะ"])
    assert "ตัวเลือกต้องมี 2 ถึง 60 ข้อ" in page
    step(browser, form_id, "save", open="q1", f_label="ยืมอะไร", f_option_value=["o2", ""], f_option=["โต๊ะ", "จาน"])
    page = step(browser, form_id, "open:q2")
    assert "คำตอบในเงื่อนไขไม่มีในช่อง" in page  # it asked for tents
    assert "ตัวเลือกที่เอาออกไปแล้ว" in page


def test_publishing_says_what_changes_and_only_what_was_looked_at_is_published(
    login: Login, database: Database
) -> None:
    browser = login("admin")
    form_id = tents(browser)
    assert publish(browser, form_id) == 302
    step(browser, form_id, "remove:q4")
    page = browser.get(f"/console/forms/{form_id}/publish").text
    assert "เอาออก “ค่ามัดจำ”" in page
    mark = re.search(r'name="mark" value="(\w+)"', page)
    assert mark
    step(browser, form_id, "add:phone")  # meanwhile, by somebody else
    answer = browser.send(f"/console/forms/{form_id}/publish", mark=mark[1], note="ตัดค่ามัดจำ")
    assert answer.status_code == 400
    assert "แบบร่างเพิ่งถูกแก้ไข" in answer.text
    assert "ตัดค่ามัดจำ" in answer.text
    browser.send(f"/console/forms/{form_id}/discard")
    assert len(fields(database, form_id)) == 4
    assert browser.get(f"/console/forms/{form_id}/publish").status_code == 302  # there is no draft any more


def test_answers_outlive_a_change_and_the_way_back(login: Login, database: Database) -> None:
    browser = login("admin")
    form_id = tents(browser)
    publish(browser, form_id)
    answered(database, form_id, {"consent": 1, "q1": "o1", "q2": 3, "q3": "สมศรี"})
    step(browser, form_id, "remove:q2")
    publish(browser, form_id)
    answered(database, form_id, {"consent": 1, "q1": "o2", "q3": "บุญมา"})
    both = [("สมศรี", "3", "1"), ("บุญมา", "", "2")]
    assert [(r["ชื่อผู้ยืม"], r["จำนวนหลัง"], r["แบบฟอร์มรุ่นที่"]) for r in table(browser, form_id)] == both
    assert browser.send(f"/console/forms/{form_id}/versions/1/use").status_code == 302
    history = browser.get(f"/console/forms/{form_id}/versions").text
    assert re.search("กลับไปใช้รุ่นที่ 1 · นายแอดมิน ตัวอย่าง.*เผยแพร่รุ่นที่ 2.*เผยแพร่รุ่นที่ 1", history)
    assert "จำนวนหลัง" in browser.get("/demo/forms/tents").text
    assert [(r["ชื่อผู้ยืม"], r["จำนวนหลัง"], r["แบบฟอร์มรุ่นที่"]) for r in table(browser, form_id)] == both
    assert "สมศรี" in browser.get(f"/console/forms/{form_id}/answers.csv").get_data(as_text=True)
    page = browser.get(f"/console/forms/{form_id}/answers?status=new").text
    assert page.count('class="panel fb-answer"') == 2
    assert browser.get(f"/console/forms/{form_id}/answers?status=done").text.count("fb-answer") == 0
    assert len(table(browser, form_id, f"?month={datetime.now(UTC) + timedelta(hours=7):%Y-%m}")) == 2
    statistics = browser.get(f"/console/forms/{form_id}/statistics").text
    assert "<td>2</td>" in statistics
    assert statistics.count("data:image/svg+xml") == 2  # by month, and what was wanted
    with database.read(1) as session:
        taken = session.scalars(select(AuditEntry).where(AuditEntry.action == "form_exported")).all()
        assert len(taken) == 4


def test_previews_are_the_real_page_and_the_real_chat_and_store_nothing(login: Login, database: Database) -> None:
    browser = login("admin")
    form_id = tents(browser)
    step(browser, form_id, "add:choice")  # not in order yet: left out
    page = browser.get(f"/console/forms/{form_id}/page")
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert "จำนวนหลัง" in page.text
    assert "ค่ามัดจำ" not in page.text  # the desk fills that in
    assert "ขอแก้อีก" in browser.send(f"/console/forms/{form_id}/page", q1="o1", q3="สมศรี", consent="yes").text
    good = browser.send(f"/console/forms/{form_id}/page", q1="o2", q3="สมศรี", consent="yes").text
    assert "ไม่มีการบันทึก" in good
    said = ["tap:consent:yes", "tap:q1:o2"]
    talk = browser.send(f"/console/forms/{form_id}/try", said=said, words="สมศรี").text
    assert "ตรวจดูอีกครั้ง" in talk
    talk = browser.send(f"/console/forms/{form_id}/try", said=[*said, "text:สมศรี"], tap="tap:!send").text
    assert "จบการทดลอง" in talk
    with database.read(1) as session:
        assert session.scalars(select(FormVersion).where(FormVersion.form_id == form_id)).one().published_at is None
    assert table_is_empty(browser, form_id)


def table_is_empty(browser: Browser, form_id: int) -> bool:
    return "ยังไม่มีคำตอบ" in browser.get(f"/console/forms/{form_id}/answers").text


def test_settings_are_kept_and_what_is_wrong_loses_nothing(login: Login, database: Database) -> None:
    browser = login("admin")
    form_id = tents(browser)
    where = f"/console/forms/{form_id}/settings"
    typed = {"title": "ยืมเต็นท์ฟรี", "about": "เตรียมบัตรประชาชน", "key": "tents", "kind": "request",
             "sla_value": "๕", "sla_unit": "working_days", "position": "๓", "listed": "1",
             "closes_on": "เมื่อไรดี"}  # fmt: skip
    wrong = browser.send(where, **typed)
    assert wrong.status_code == 400
    for words in ("ยืมเต็นท์ฟรี", "เตรียมบัตรประชาชน", "เมื่อไรดี", "กรุณากรอกวันที่"):
        assert words in wrong.text
    typed |= {"opens_on": "1 ธ.ค. 2580", "closes_on": "31 ธ.ค. 2580"}
    assert browser.send(where, **typed).status_code == 302
    with database.read(1) as session:
        form = session.get_one(FormDefinition, form_id)
        assert (form.sla_value, form.sla_unit, form.listed, form.position) == (5, "working_days", True, 3)
        assert form.settings == {"opens_on": "2037-12-01", "closes_on": "2037-12-31", "liff": False}
    publish(browser, form_id)
    page = browser.get("/demo/forms/tents")
    assert page.status_code == 410
    assert "เปิดรับ 1 ธันวาคม 2580" in page.text
    assert "ยืมเต็นท์ฟรี" not in browser.get("/demo/forms").text
    browser.send(where, **{**typed, "opens_on": "", "closes_on": ""})
    assert "ยืมเต็นท์ฟรี" in browser.get("/demo/forms").text
    browser.send(f"/console/forms/{form_id}/archive")
    assert browser.get("/demo/forms/tents").status_code == 410
    browser.send(f"/console/forms/{form_id}/archive")
    assert browser.get("/demo/forms/tents").status_code == 200


def test_a_form_belongs_to_a_service_of_the_own_agency(login: Login, database: Database) -> None:
    browser = login("admin")
    form_id = tents(browser)
    with database.read(1) as session:
        own = session.scalars(select(ServiceEntry.id)).first()
    with database.read(2) as session:
        other = session.scalars(select(ServiceEntry.id)).first()
    typed = {"title": "ยืมเต็นท์", "key": "tents", "kind": "request", "sla_value": "5", "sla_unit": "days"}
    where = f"/console/forms/{form_id}/settings"
    assert browser.send(where, **typed, service_id=str(own)).status_code == 302
    assert browser.send(where, **typed, service_id=str(other)).status_code == 404
    with database.read(1) as session:
        assert session.get_one(FormDefinition, form_id).service_id == own


def test_a_copy_begins_with_the_same_questions(login: Login, database: Database) -> None:
    browser = login("admin")
    form_id = tents(browser)
    copy = new_form(browser, "ขอยืมโต๊ะ", key="", copy=str(form_id))
    assert copy != form_id
    assert fields(database, copy) == fields(database, form_id)


def test_ready_made_forms_can_be_begun_with(login: Login, database: Database) -> None:
    browser = login("palad")
    for pack in starter.packs():
        form_id = new_form(browser, "", key=f"own-{pack['key']}", copy=f"pack:{pack['key']}")
        assert fields(database, form_id) == list(pack["fields"])
        with database.read(1) as session:
            form = session.get_one(FormDefinition, form_id)
            assert (form.title, form.kind) == (pack["title"], pack["kind"])
        assert publish(browser, form_id) == 302
    assert browser.send("/console/forms/new", title="", kind="request", copy="pack:none").status_code == 400


def test_the_ready_made_forms_that_lack_are_added_at_once(login: Login, database: Database) -> None:
    browser = login("admin")
    with database.write(1) as session:
        gone = session.scalars(select(FormDefinition).where(FormDefinition.key.in_(("borrow", "water")))).all()
        for form in gone:
            form.key = f"{form.key}-old"
    assert "เป็นร่าง" in browser.get("/console/forms/").text
    browser.send("/console/forms/packs")
    with database.read(1) as session:
        assert starter.missing(session) == []
    assert login("changhead").send("/console/forms/packs").status_code == 403


def test_anonymous_forms_offer_nothing_that_tells_who_it_was(login: Login, database: Database) -> None:
    browser = login("admin")
    form_id = new_form(browser, "แบบสำรวจ", kind="anonymous")
    page = browser.get(f"/console/forms/{form_id}/edit").text
    assert 'value="add:rating"' in page
    assert 'value="add:citizen_id"' not in page
    step(browser, form_id, "add:citizen_id")
    assert fields(database, form_id) == []
    step(browser, form_id, "add:rating")
    publish(browser, form_id)
    for stars in (5, 4):
        answered(database, form_id, {"q1": stars})
    statistics = browser.get(f"/console/forms/{form_id}/statistics").text
    assert "4.50" in statistics
    assert browser.get(f"/console/forms/{form_id}/answers").text.count('class="panel fb-answer"') == 2


def test_a_head_keeps_the_own_units_forms_and_officers_read_their_answers(login: Login, database: Database) -> None:
    admin, head, officer = login("admin"), login("changhead"), login("chang")
    with database.read(1) as session:
        mine = session.scalars(select(Staff.unit_id).where(Staff.username == "changhead")).one()
        other = session.scalars(select(Unit.id).where(Unit.id != mine)).first()
    theirs = tents(admin, key="theirs", unit_id=str(other))
    own = tents(head, key="own", unit_id=str(other))  # what a head makes belongs to the own unit
    with database.read(1) as session:
        assert session.get_one(FormDefinition, own).unit_id == mine
    publish(head, own)
    answered(database, own, {"consent": 1, "q1": "o1", "q2": 3, "q3": "สมศรี", "q4": None})
    for page in PAGES:
        assert head.get(f"/console/forms/{own}/{page}").status_code == 200, page
        assert head.get(f"/console/forms/{theirs}/{page}").status_code == 404, page
    assert head.send(f"/console/forms/{theirs}/edit", do="add:text").status_code == 404
    for page in PAGES:
        expected = 200 if page in ("answers", "statistics") else 403
        assert officer.get(f"/console/forms/{own}/{page}").status_code == expected, page
    assert officer.get(f"/console/forms/{theirs}/answers").status_code == 404
    assert "สมศรี" in officer.get(f"/console/forms/{own}/answers").text
    assert f"/forms/{own}/answers" in officer.get("/console/forms/").text
    assert login("nayok").get("/console/forms/").status_code == 403


@pytest.mark.parametrize("page", [*PAGES, "publish"])
def test_another_agencys_forms_are_not_there(login: Login, database: Database, page: str) -> None:
    form_id = tents(login("admin", "other"))
    assert login("admin").get(f"/console/forms/{form_id}/{page}").status_code == 404


def test_another_agencys_forms_cannot_be_changed(login: Login, database: Database) -> None:
    form_id = tents(login("admin", "other"))
    browser = login("admin")
    for where in ("edit", "settings", "archive", "publish", "discard", "versions/1/use", "page", "try"):
        assert browser.send(f"/console/forms/{form_id}/{where}", do="add:text").status_code == 404, where
    assert browser.send("/console/forms/new", title="ลอก", kind="request", copy=str(form_id)).status_code == 404


def test_a_request_that_went_to_another_unit_keeps_its_content_from_the_first(login: Login, database: Database) -> None:
    head = login("changhead")
    form_id = tents(head)
    publish(head, form_id)
    answered(database, form_id, {"consent": 1, "q1": "o1", "q2": 3, "q3": f"สมศรี {PIN}", "q4": None})
    assert PIN in login("chang").get(f"/console/forms/{form_id}/answers").text
    with database.write(1) as session:
        form = session.get_one(FormDefinition, form_id)
        other = session.scalars(select(Unit.id).where(Unit.id != form.unit_id)).first()
        case = next(iter(session.scalars(select(Case).where(Case.category_id == form.category_id))))
        case.unit_id, case.assignee_id = other, None
    page = login("chang").get(f"/console/forms/{form_id}/answers").text
    assert PIN not in page
    assert "อยู่กับส่วนงานอื่น" in page
