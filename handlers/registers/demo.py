"""A few entries of the registers, so that the demo agency has something to show. All of it is invented."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.registers import operations
from handlers.registers.operations import EntryDetails
from models.agency import Unit
from thai.dates import at_bangkok, format_date
from thai.fiscal import fiscal_year, year_period


def load(session: Session, today: date) -> None:
    """Fill the demo agency; `session` is scoped to it, `today` is the day (Bangkok) on which it begins."""
    now = at_bangkok(today)
    units = {unit.name: unit.id for unit in session.scalars(select(Unit))}
    day = format_date(today, "long")
    year = fiscal_year(today)
    start, end = (format_date(one, "long") for one in (year_period(year).start, year_period(year).end))
    entries: tuple[tuple[str, str, str, str, str, dict[str, str]], ...] = (
        (
            "channels",
            "เว็บไซต์ (สมมุติ)",
            "",
            "สำนักปลัด",
            end,
            {
                "kind": "website",
                "address": "https://example.go.th",
                "owner": "เจ้าหน้าที่ประชาสัมพันธ์",
                "publicity": "พิมพ์บนหนังสือทุกฉบับ",
            },
        ),
        ("channels", "LINE ทางการ (สมมุติ)", "", "สำนักปลัด", "", {"kind": "line", "address": "@demo", "alive": "alive"}),
        ("channels", "โทรศัพท์สำนักงาน", "", "สำนักปลัด", "", {"kind": "phone", "address": "02-000-1234", "alive": "alive"}),
        (
            "orders",
            "แต่งตั้งคณะทำงานขับเคลื่อน ITA (สมมุติ)",
            start,
            "สำนักปลัด",
            "",
            {"number": f"1/{year - 1}", "people": "นางสมศรี ตัวอย่าง\nนายวิชัย ตัวอย่าง"},
        ),
        (
            "committees",
            "คณะกรรมการตรวจสอบทรัพย์สิน (สมมุติ)",
            start,
            "กองคลัง",
            end,
            {"members": "นางการเงิน ตัวอย่าง - ประธาน", "citizens": "2"},
        ),
        ("news", "กำหนดการเก็บขยะ (สมมุติ)", day, "งานสาธารณสุข", "", {"medium": "line"}),
        ("news", "ประกาศรับขึ้นทะเบียนผู้สูงอายุ (สมมุติ)", start, "งานสวัสดิการสังคม", "", {"medium": "website"}),
        ("gifts", "ไม่มีการรับของขวัญ", start, "สำนักปลัด", "", {"outcome": "none"}),
        (
            "procurement",
            "ซื้อวัสดุสำนักงาน (สมมุติ)",
            start,
            "กองคลัง",
            "",
            {
                "budget": "12000",
                "reference_price": "12000",
                "method": "specific",
                "bidders": "ร้านสมมุติ 11,500",
                "winner": "ร้านสมมุติ",
                "price": "11500",
                "reason": "ราคาต่ำสุดและตรงตามที่กำหนด",
                "contract_number": f"1/{year}",
            },
        ),
    )  # fmt: skip
    for name, title, dated, unit, ends, values in entries:
        operations.save_entry(session, name, None, EntryDetails(title, dated, units.get(unit), ends, values), None, now)
