"""Any form, answered in chat by one citizen and on the page by another, stores the same answers."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from handlers.services import answering, definition, operations
from models import Base
from models.conversation import Conversation
from models.db import Database
from models.form import FormVersion, Request
from tests.handlers.services.forms import PIN, put_in_use
from tests.handlers.turns import SECRET_KEY, new_agency, say, view
from web.public import form_page

Answer = tuple[str, Any]  # (words in chat, what the page sends)
keys = itertools.count(1)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('forms') / 'test.sqlite3'}")
    Base.metadata.create_all(database.engine)
    new_agency(database)
    yield database
    database.close()


def options(count: int) -> list[dict[str, str]]:
    return [{"value": f"v{n}", "label": f"ตัวเลือก{'กขคงจ'[n]}"} for n in range(count)]


@st.composite
def fields_with_answers(draw: st.DrawFn) -> tuple[list[dict[str, Any]], dict[str, Answer]]:
    """A definition in order with conditions on earlier fields, and for every field an answer in both manners."""
    specs: list[dict[str, Any]] = []
    answers: dict[str, Answer] = {}
    for n in range(draw(st.integers(2, 8))):
        name = f"f{n}"
        kind = draw(st.sampled_from(["text", "number", "choice", "choices", "rating", "consent", "date", "phone",
                                     "email", "citizen_id", "address", "section", "explanation"]))  # fmt: skip
        spec: dict[str, Any] = {"id": name, "type": kind}
        spec["text" if kind in ("section", "explanation") else "label"] = f"ข้อ {n}"
        spec["required"] = draw(st.booleans())
        match kind:
            case "text":
                words = draw(st.sampled_from(["ซอยหลังวัด", "  มีสองต้น  ", "ไม่มี", "บรรทัดแรก\nบรรทัดสอง"]))
                answers[name] = words, words.replace("\n", "\r\n")
            case "number":
                number = draw(st.integers(0, 12))
                answers[name] = draw(st.sampled_from([str(number), f"{number} ต้น"])), str(number)
            case "choice" | "choices":
                count = draw(st.integers(2, 5))
                spec["options"] = options(count)
                chosen = draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=count, unique=True))
                if kind == "choice":
                    answers[name] = spec["options"][chosen[0]]["label"], f"v{chosen[0]}"
                else:
                    answers[name] = ", ".join(str(at + 1) for at in chosen), [f"v{at}" for at in chosen]
            case "rating":
                number = draw(st.integers(1, 5))
                answers[name] = str(number), str(number)
            case "consent":
                answers[name] = "ยอมรับค่ะ", "yes"
            case "date":
                answers[name] = "๑ ธ.ค. ๘๐", "1/12/2580"
            case "phone":
                answers[name] = "๐๘๑-๒๓๔-๕๖๗๘", "0812345678"
            case "email":
                answers[name] = "a@example.com", "a@example.com"
            case "citizen_id":
                answers[name] = "1-2345-67890-12-1", PIN
            case "address":
                answers[name] = "12/3 หมู่ 5", "12/3 หมู่ 5"
        if not spec["required"] and kind not in ("section", "explanation") and draw(st.booleans()):
            answers[name] = draw(st.sampled_from(["ข้าม", "ไมมี", "ไม่มีค่ะ"])), ""
        lookable = [one for one in specs if one["type"] in ("choice", "choices", "rating", "number", "consent")]
        if lookable and draw(st.booleans()):
            spec["when"] = [draw(condition(draw(st.sampled_from(lookable))))]
        specs.append(spec)
    specs.append({"id": "last", "type": "text", "label": "ข้อสุดท้าย"})
    answers["last"] = "จบแล้วค่ะ", "จบแล้วค่ะ"
    return specs, answers


def condition(spec: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    name = spec["id"]
    match spec["type"]:
        case "choice":
            return st.sampled_from([{"field": name, "is": one["value"]} for one in spec["options"]])
        case "choices":
            return st.sampled_from([{"field": name, "contains": one["value"]} for one in spec["options"]])
        case "consent":
            return st.just({"field": name, "is": "yes"})
    return st.integers(1, 6).map(lambda least: {"field": name, "at_least": least})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(fields_with_answers())
def test_chat_and_page_store_the_same(office: Database, made: tuple[list[dict[str, Any]], dict[str, Answer]]) -> None:
    specs, answers = made
    assert definition.check(specs) == []
    key = f"form-{next(keys)}"
    _, version_id = put_in_use(office, key, specs)
    user = f"U-{key}"
    say(office, "demo", user, f"แบบฟอร์ม {key}")
    for _ in range(len(specs) + 2):
        draft = draft_of(office, user)
        if draft is None or draft.get("review"):
            break
        say(office, "demo", user, "ยินยอม" if draft["step"] == "consent" else answers[draft["step"]][0])
    say(office, "demo", user, "ส่งเลย")
    assert draft_of(office, user) is None
    submit_page(office, version_id, {name: sent for name, (_, sent) in answers.items()})
    with office.read(view(office).id) as session:
        by_chat, by_page = session.scalars(
            select(Request).where(Request.form_version_id == version_id).order_by(Request.id)
        ).all()
        assert by_chat.answers == by_page.answers
        assert by_chat.case.channel == "line"
        assert by_page.case.channel == "web"


def draft_of(office: Database, user: str) -> dict[str, Any] | None:
    with office.read(view(office).id) as session:
        talk = session.scalars(select(Conversation).where(Conversation.line_user_id == user)).one()
        found: dict[str, Any] | None = json.loads(talk.state).get("form")
        return found


def submit_page(office: Database, version_id: int, sent: dict[str, Any]) -> None:
    """What web/public/forms.py does with a page's fields."""
    agency = view(office)
    with office.write(agency.id) as session:
        version = session.get_one(FormVersion, version_id)
        form = operations.definition_of(version).form
        given = form_page.read_typed(form, MultiDict({**sent, "consent": "yes"}))
        read, errors = form.read_all(form_page.for_reading(form, given), agency)
        assert errors == {}
        wanted = answering.Submission(answers=read, channel="web")
        answering.submit(session, agency, version, wanted, "web", datetime.now(UTC), SECRET_KEY)
