"""Every page of the console, with every role, and with another agency's ids, on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import IntegerConverter, Rule

from models.agency import ROLES, Staff, Unit
from models.base import AgencyOwned, Base
from models.case import CannedReply, Case, Category
from models.conversation import Conversation
from models.db import Database
from models.outbox import OutboxMessage
from models.question import Question
from models.thread import Attachment, ThreadMessage
from web.console import access
from web.console.navigation import NAVIGATION

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Login

WHO = {"officer": "chang", "head": "changhead", "clerk": "palad", "mayor": "nayok", "admin": "admin"}


def rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every way into the console: (rule, method)."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("console."):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method


def ids_of(rule: Rule) -> set[str]:
    """The arguments of a rule that are ids."""
    return {name for name in rule.arguments if isinstance(rule._converters[name], IntegerConverter)}


def address(app: Flask, rule: Rule, row_id: int) -> str:
    """The rule's address with this id; of other arguments, the first value that they take."""
    values = {
        name: row_id if name in ids_of(rule) else sorted(rule._converters[name].items)[0]  # type: ignore[attr-defined]
        for name in rule.arguments
    }
    return str(app.url_map.bind("").build(rule.endpoint, values))


def ask(browser: Browser, method: str, where: str) -> int:
    return (browser.get(where) if method == "GET" else browser.send(where)).status_code


def test_every_view_declares_who_may_open_it(app: Flask) -> None:
    access.check(app)
    public = {rule.endpoint for rule, _ in rules(app) if access.declared(app, rule.endpoint) is None}
    assert public == {"console.login.page", "console.login.enter"}


def test_a_view_without_a_declaration_stops_the_program(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.view_functions, "console.forgotten", lambda: "secret")
    with pytest.raises(LookupError, match=re.escape("console.forgotten")):
        access.check(app)


def test_a_declaration_names_roles() -> None:
    for names in ((), ("king",)):
        with pytest.raises(ValueError):
            access.roles(*names)


def test_every_menu_line_leads_to_a_page_that_its_readers_may_open(app: Flask) -> None:
    for entry in NAVIGATION:
        allowed = access.declared(app, entry.endpoint)
        assert allowed is not None
        assert set(entry.roles) <= allowed, entry


def test_anonymous_visitors_get_nowhere(app: Flask, client: Browser) -> None:
    for rule, method in rules(app):
        if access.declared(app, rule.endpoint) is None:
            continue
        where = address(app, rule, 1)
        answer = client.get(where) if method == "GET" else client.send(where)
        assert answer.status_code == 302, (where, method)
        assert answer.location.startswith("/console/login"), (where, method)


# Who may open what is the same on both databases; admin opens everything on both, and no id is a 500 there.
@pytest.mark.parametrize(
    ("role", "database_kind"),
    [*((role, "sqlite") for role in ROLES), ("admin", "postgresql")],
    indirect=["database_kind"],
)
def test_each_role_opens_what_is_declared_for_it(app: Flask, login: Login, role: str) -> None:
    browser = login(WHO[role])
    for rule, method in rules(app):
        allowed = access.declared(app, rule.endpoint)
        if allowed is None or rule.endpoint == "console.login.leave":
            continue
        # An id that nobody has: a page that may be opened says 404 at the most, and nothing changes.
        status = ask(browser, method, address(app, rule, 10**8))
        if role in allowed:
            assert status < 500, (rule.rule, method, status)
            assert status not in (401, 403), (rule.rule, method, status)
            if rule.endpoint.startswith("console.account.") and method == "POST":
                browser = login(WHO[role])  # other log-ins ended
        else:
            assert status == 403, (rule.rule, method, status)


def test_ids_beyond_all_tables_are_not_there(app: Flask, login: Login) -> None:
    browser = login("admin")
    for rule, method in rules(app):
        if method == "GET" and ids_of(rule):
            assert ask(browser, method, address(app, rule, 10**25)) == 404, rule.rule
    for page in ("audit", "deliveries"):
        assert ask(browser, "GET", f"/console/{page}/?before={10**25}") == 200


# -- one agency cannot see another -----------------------------------------------------------------------


def fill(database: Database, agency_id: int) -> None:
    """One row at least of everything that an address can name."""
    with database.write(agency_id) as session:
        talk = Conversation(line_user_id=f"U{agency_id}")
        session.add(talk)
        session.flush()
        category = session.scalars(select(Category)).first()
        assert category is not None
        case = Case(
            number="C70-000001",
            fiscal_year=2570,
            secret_hash="x",
            category_id=category.id,
            detail="ลับ",
            due_at=access.now(),
            conversation_id=talk.id,
        )
        question = Question(number="Q70-000001", text="ลับ", conversation_id=talk.id)
        photo = Attachment(conversation_id=talk.id, status="stored", path="x", content_type="image/jpeg")
        failed = OutboxMessage(
            conversation_id=talk.id,
            dedupe_key=f"a{agency_id}",
            retry_key="r",
            messages="[]",
            status="failed",
            next_attempt_at=access.now(),
        )
        session.add_all([case, question, photo, failed, CannedReply(title="ก", text="ข")])
        session.flush()
        photo.case_id = case.id
        session.add(ThreadMessage(case_id=case.id, direction="out", text="ลับ", outbox_id=failed.id))
        session.add(ThreadMessage(question_id=question.id, direction="out", text="ลับ", outbox_id=failed.id))


def everything(database: Database, agency_id: int) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of an agency, table by table."""
    found = {}
    with database.read() as session:
        for mapper in Base.registry.mappers:
            if issubclass(mapper.class_, AgencyOwned):
                table = mapper.local_table
                query = select(table).where(table.c.agency_id == agency_id).order_by(*table.primary_key.columns)
                found[str(table)] = [tuple(row) for row in session.execute(query)]
    return found


def ids_in(database: Database, agency_id: int, most: int | None = None) -> set[int]:
    """Ids of the agency's rows, at most `most` of each table."""
    with database.read(agency_id) as session:
        return {
            row_id
            for mapper in Base.registry.mappers
            if issubclass(mapper.class_, AgencyOwned) and hasattr(mapper.class_, "id")
            for row_id in session.scalars(select(mapper.class_.id).limit(most))
        }


def test_another_agencys_ids_are_not_there_and_nothing_of_it_changes(
    app: Flask, login: Login, database: Database
) -> None:
    fill(database, 1)
    fill(database, 2)
    theirs = sorted(ids_in(database, 2, most=3) - ids_in(database, 1))
    assert theirs, "the second agency must have ids of its own"
    before = everything(database, 2)
    browser = login("admin")
    for rule, method in rules(app):
        if not ids_of(rule):
            continue
        for row_id in theirs:
            where = address(app, rule, row_id)
            assert ask(browser, method, where) == 404, (where, method)
    assert everything(database, 2) == before


def test_forms_that_name_another_agencys_rows_change_nothing(login: Login, database: Database) -> None:
    with database.read(2) as session:
        unit_id = session.scalars(select(Unit.id)).first()
        staff_id = session.scalars(select(Staff.id)).first()
    before = everything(database, 2)
    browser = login("admin")
    for where, form, expected in (
        ("/console/units/1", {"name": "ใหม่", "answerer_id": staff_id, "active": "1"}, 400),
        ("/console/units/1/merge", {"into": unit_id}, 404),
        ("/console/staff/1", {"username": "admin", "name": "ก", "role": "admin", "unit_id": unit_id}, 400),
        ("/console/categories/1", {"label": "ก", "unit_id": unit_id, "sla_value": 1, "sla_unit": "days"}, 400),
    ):
        assert browser.send(where, **form).status_code == expected, where
    assert everything(database, 2) == before
