"""Every ready-made form: in order, loaded as a draft, and answered to the end in chat and on the web."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from handlers.services import answering, definition, operations, starter
from models.agency import Staff
from models.base import utc_now
from models.conversation import Conversation
from models.db import Database
from models.form import AnonymousAnswers, FormAnswer, FormDefinition, FormVersion, Request
from models.question import ServiceEntry
from tests.handlers.turns import SECRET_KEY, new_agency, say, tap, view
from web.public import form_page

PACKS = {pack["key"]: pack for pack in starter.packs()}
CHAT = {
    "text": "ทดลองกรอกค่ะ",
    "number": "2",
    "rating": "5",
    "consent": "ยอมรับ",
    "date": "1 ธ.ค. 2580",
    "phone": "081-234-5678",
    "email": "a@example.com",
    "address": "12/3 หมู่ 5",
    "location": "หมู่ 3 หน้าวัด",
    "photo": "ข้าม",
    "file": "ข้าม",
}
WEB = {
    **CHAT,
    "consent": "yes",
    "date": "1/12/2580",
    "phone": "0812345678",
    "photo": "",
    "file": "",
}


@pytest.mark.parametrize("key", PACKS)
def test_in_order(key: str) -> None:
    pack = PACKS[key]
    assert definition.check(pack["fields"], pack["kind"]) == []
    assert operations.KEY.fullmatch(key)
    assert pack["key"] == key
    assert pack["kind"] in operations.KIND_LABELS
    assert pack.get("sla_unit", "days") in operations.SLA_UNITS
    assert len(pack["title"]) <= 20  # it is a button's label in LINE
    known = definition.read(pack["fields"], key=key, title=pack["title"], kind=pack["kind"], version=1)
    if pack["kind"] == "request":
        assert any(spec.get("use") == "name" for spec in known.specs.values())
        assert known.of_type("phone")


def test_drafts_with_units_and_services(database: Database) -> None:
    agency_id = new_agency(database)
    with database.write(agency_id) as session:
        forms = {form.key: form for form in session.scalars(select(FormDefinition))}
        assert set(forms) == set(PACKS)
        assert not session.scalars(select(FormVersion).where(FormVersion.in_use)).all()
        for key, form in forms.items():
            unit = form.unit
            assert unit is not None
            assert unit.name == PACKS[key]["unit"]
            if "service" in PACKS[key]:
                service = session.get_one(ServiceEntry, form.service_id)
                assert service.key == PACKS[key]["service"]
        session.delete(forms["bin"])
        session.flush()
        assert starter.missing(session) == ["ขอถังขยะ"]
        assert starter.load_packs(session, agency_id) == 1
        assert starter.load_packs(session, agency_id) == 0
    assert view(database).forms == {}


@pytest.fixture
def office(database: Database) -> Database:
    agency_id = new_agency(database)
    with database.write(agency_id) as session:
        staff = session.scalars(select(Staff).where(Staff.username == "admin")).one()
        assert starter.publish_packs(session, view(database), staff, utc_now()) == len(PACKS)
        assert starter.publish_packs(session, view(database), staff, utc_now()) == 0
    view(database)
    return database


def answer_of(spec: dict[str, Any], words: dict[str, str]) -> Any:
    match spec["type"]:
        case "choice":
            return spec["options"][0]["label" if words is CHAT else "value"]
        case "choices":
            several = spec["options"][:2]
            return ", ".join(o["label"] for o in several) if words is CHAT else [o["value"] for o in several]
        case "unit":
            return None
        case "number":
            return str(max(int(spec.get("least", 0)), 2))
    return words[spec["type"]]


def draft_of(office: Database, user: str) -> dict[str, Any] | None:
    with office.read(view(office).id) as session:
        talk = session.scalars(select(Conversation).where(Conversation.line_user_id == user)).one()
        found: dict[str, Any] | None = json.loads(talk.state).get("form")
        return found


def answers_to(office: Database, key: str) -> list[dict[str, Any]]:
    with office.read(view(office).id) as session:
        version = session.scalars(
            select(FormVersion).join(FormDefinition).where(FormDefinition.key == key, FormVersion.in_use)
        ).one()
        found: list[dict[str, Any]] = []
        for table in (Request, FormAnswer):
            found += session.scalars(select(table.answers).where(table.form_version_id == version.id)).all()
        for box in session.scalars(select(AnonymousAnswers).where(AnonymousAnswers.form_version_id == version.id)):
            found += box.answers
        return found


@pytest.mark.parametrize("key", PACKS)
def test_answered_in_chat_and_on_the_web(office: Database, key: str) -> None:
    specs = {spec["id"]: spec for spec in PACKS[key]["fields"]}
    unit = next(iter(view(office).units.values()))
    assert say(office, "demo", "U1", f"แบบฟอร์ม {key}")
    for _ in range(2 * len(specs) + 4):
        draft = draft_of(office, "U1")
        if draft is None or draft.get("review"):
            break
        step = draft["step"]
        spec = specs.get(step, {"type": "consent"})
        words = "ยินยอม" if step == "consent" else answer_of(spec, CHAT) or unit.name
        say(office, "demo", "U1", words)
    draft = draft_of(office, "U1")
    assert draft is not None, "the form ended by itself"
    assert draft.get("review"), f"stuck at {draft['step']}"
    say(office, "demo", "U1", "ส่งเลย")
    assert draft_of(office, "U1") is None
    (by_chat,) = answers_to(office, key)

    agency = view(office)
    with office.write(agency.id) as session:
        version = session.get_one(FormVersion, agency.forms[key].version_id)
        form = operations.definition_of(version).form
        sent: dict[str, Any] = {name: answer_of(spec, WEB) or str(unit.id) for name, spec in specs.items()
                                if not spec.get("staff") and spec["type"] not in ("section", "explanation", "photo",
                                                                                  "file")}  # fmt: skip
        given = form_page.read_typed(form, MultiDict({**sent, "consent": "yes"}))
        read, errors = form.read_all(form_page.for_reading(form, given), agency)
        assert errors == {}
        answering.submit(
            session, agency, version, answering.Submission(answers=read, channel="web"), "web", datetime.now(UTC),
            SECRET_KEY,
        )  # fmt: skip
    assert answers_to(office, key).count(by_chat) == 2


def test_begun_from_the_list(office: Database) -> None:
    (card, *_) = say(office, "demo", "U1", "บริการออนไลน์")
    labels = [button.label for button in card.buttons]  # type: ignore[union-attr] # the list is a card
    assert labels[:3] == ["คำร้องทั่วไป", "ขอข้อมูลข่าวสาร", "ขอยืมพัสดุ"]
    assert tap(office, "demo", "U1", "start:form:borrow")
    draft = draft_of(office, "U1")
    assert draft is not None
    assert draft["name"] == "form:borrow"
