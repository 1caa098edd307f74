"""Things that the invented agency lends. All numbers are made up."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.borrowing.assets import AssetDetails, save_asset
from models.agency import Staff, Unit

# name, number, kind, counter, quantity, unit
ASSETS = (
    ("เต็นท์ผ้าใบ 5 x 12 เมตร", "ตย-001", "tent", "หลัง", 6, "กองคลัง"),
    ("โต๊ะพับหน้าขาว", "ตย-002", "table", "ตัว", 60, "กองคลัง"),
    ("เก้าอี้พลาสติกมีพนักพิง", "ตย-003", "chair", "ตัว", 400, "กองคลัง"),
    ("เครื่องเสียงเคลื่อนที่", "ตย-004", "sound", "ชุด", 2, "กองคลัง"),
    ("พัดลมอุตสาหกรรม 24 นิ้ว", "ตย-005", "", "ตัว", 8, "กองคลัง"),
    ("แผงกั้นจราจร", "ตย-006", "", "แผง", 30, "กองช่าง"),
)


def load(session: Session, staff: Staff) -> None:
    """Give the session's agency the invented assets, in this staff member's name."""
    units = {unit.name: unit.id for unit in session.scalars(select(Unit))}
    for name, number, kind, counter, quantity, unit in ASSETS:
        details = AssetDetails(
            name=name,
            number=number,
            kind=kind,
            counter=counter,
            quantity=quantity,
            unit_id=units[unit],
            note="ข้อมูลสมมุติ",
        )
        save_asset(session, None, details, staff)
