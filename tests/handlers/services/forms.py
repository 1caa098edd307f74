"""A form with branching for the tests, and how to put one in use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from handlers.services import operations
from handlers.services.operations import FormDetails
from models.agency import Staff
from models.db import Database
from models.form import FormDefinition, FormVersion
from tests.handlers.turns import view

# ขอตัดต้นไม้หรือกำจัดแมลง: what is asked depends on what is wanted, and then on how many trees there are.
FIELDS: list[dict[str, Any]] = [
    {"id": "top", "type": "section", "text": "ข้อมูลคำขอ"},
    {"id": "what", "type": "choice", "label": "ต้องการให้ทำอะไร",
     "options": [{"value": "cut", "label": "ตัดต้นไม้"}, {"value": "insects", "label": "กำจัดแมลง"}]},
    {"id": "trees", "type": "number", "label": "จำนวนต้น", "whole": True, "least": 1, "most": 50, "unit": "ต้น",
     "when": [{"field": "what", "is": "cut"}]},
    {"id": "tools", "type": "choices", "label": "เครื่องมือที่ต้องใช้", "required": False,
     "options": [{"value": "saw", "label": "เลื่อย"}, {"value": "truck", "label": "รถบรรทุก"},
                 {"value": "crane", "label": "รถกระเช้า"}],
     "when": [{"field": "trees", "at_least": 3}]},
    {"id": "crane_road", "type": "text", "label": "ถนนที่รถเข้าได้", "when": [{"field": "tools", "contains": "crane"}]},
    {"id": "who", "type": "section", "text": "ผู้ขอ"},
    {"id": "name", "type": "text", "label": "ชื่อ-สกุล", "use": "name"},
    {"id": "pin", "type": "citizen_id", "label": "เลขประจำตัวประชาชน"},
    {"id": "tel", "type": "phone", "label": "เบอร์โทร", "required": False},
    {"id": "home", "type": "address", "label": "ที่อยู่"},
    {"id": "day", "type": "date", "label": "วันที่สะดวก", "in_time": "future", "required": False},
    {"id": "agree", "type": "consent", "label": "รับรองข้อมูล", "text": "ขอรับรองว่าข้อมูลเป็นจริง"},
    {"id": "fee", "type": "number", "label": "ค่าธรรมเนียม", "unit": "บาท", "staff": True, "required": False},
]  # fmt: skip
PIN = "1234567890121"  # invented; its check digit is right


def put_in_use(
    database: Database,
    key: str = "trees",
    fields: list[dict[str, Any]] | None = None,
    *,
    kind: str = "request",
    title: str = "ขอตัดต้นไม้",
    code: str = "demo",
    **details: Any,
) -> tuple[int, int]:
    """Save the form if it is new, and publish these fields; (form id, version id)."""
    agency = view(database, code)
    now = datetime.now(UTC)
    with database.write(agency.id) as session:
        staff = session.scalars(select(Staff).where(Staff.username == "admin")).one()
        form = session.scalars(select(FormDefinition).where(FormDefinition.key == key)).first()
        unit_id = next(unit.id for unit in agency.units.values() if unit.name == "กองช่าง")
        if form is None:
            wanted = FormDetails(**{"key": key, "title": title, "kind": kind, "unit_id": unit_id, **details})
            form = operations.save_form(session, agency, None, wanted, staff, now)
        operations.save_draft(session, form, FIELDS if fields is None else fields, "", staff, now)
        version = operations.publish(session, agency, form, staff, now)
        ids = form.id, version.id
    view(database, code)
    return ids


def in_use(database: Database, form_id: int, version_number: int, code: str = "demo") -> None:
    """Roll the form back to this version."""
    agency = view(database, code)
    with database.write(agency.id) as session:
        staff = session.scalars(select(Staff).where(Staff.username == "admin")).one()
        form = session.get_one(FormDefinition, form_id)
        version = session.scalars(
            select(FormVersion).where(FormVersion.form_id == form_id, FormVersion.number == version_number)
        ).one()
        operations.roll_back(session, agency, form, version, staff, datetime.now(UTC))
    view(database, code)
