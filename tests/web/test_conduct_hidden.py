"""A complaint about a unit's conduct (R17) leaves no trace where an administrator of that unit looks."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import update

from models.outbox import OutboxMessage
from tests.web import work

PLACES = ("/console/inbox/?status=any", "/console/audit/", "/console/deliveries/", "/console/audit/?subject={number}")


def test_the_log_and_the_deliveries_show_nothing_of_it(app: Flask, login: Any) -> None:
    admin, clerk = login("admin"), login("palad")  # admin sits in สำนักปลัด
    office = work.unit_id(app, "สำนักปลัด")
    case_id = work.file_case(
        app, "พูดจาไม่ดี", category=work.conduct_code(app), accused_unit_id=office, conversation_id=work.citizen(app)
    )
    other, opened_at = work.citizen(app, "U2"), work.case(app, case_id).opened_at
    with work.writing(app) as session:
        session.add(
            OutboxMessage(
                conversation_id=other,
                dedupe_key="x",
                retry_key="00000000-0000-0000-0000-000000000000",
                messages="[]",
                subject=f"case:{case_id}",
                status="failed",
                next_attempt_at=opened_at,
            )
        )
        session.execute(update(OutboxMessage).where(OutboxMessage.subject == f"case:{case_id}").values(status="failed"))
    number = work.case(app, case_id).number
    for place in PLACES:
        address = place.format(number=number)
        assert number not in admin.get(address).text.replace(f'value="{number}"', ""), address
        assert f"case:{case_id}" not in admin.get(address).text, address
    assert number in clerk.get("/console/audit/").text
    assert number in clerk.get("/console/deliveries/").text
