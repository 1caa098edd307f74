"""Registers as documents: what falls into the period, months without entries, standing entries."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.documents import lint, operations
from handlers.documents.register_figures import register
from handlers.registers.kinds import REGISTERS
from models.measure import RegisterEntry
from tests.handlers.documents.conftest import NOW, Place


def figures(place: Place, name: str, period: str, *entries: RegisterEntry) -> dict[str, Any]:
    def act(session: Session, agency: AgencyView) -> dict[str, Any]:
        session.add_all(entries)
        session.flush()
        return register(session, agency, 2566, period, name, NOW)

    found: dict[str, Any] = place.does(act)
    return found


def entry(name: str, title: str, dated: date | None, expires_on: date | None = None, **data: Any) -> RegisterEntry:
    return RegisterEntry(register=name, fiscal_year=2566, title=title, dated=dated, expires_on=expires_on, data=data)


def titles(found: dict[str, Any]) -> list[str]:
    return [row["title"] for section in found["register"]["sections"] for row in section["rows"]]


@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_every_register_can_be_printed_empty_and_in_every_format(place: Place, name: str) -> None:
    found = figures(place, name, "6m")
    assert titles(found) == []
    assert lint.register(found) == []
    for file_format in ("pdf", "docx", "xlsx"):
        assert operations.previewed("register", found, file_format)


def test_orders_of_the_period_with_their_numbers_and_links(place: Place) -> None:
    found = figures(
        place,
        "orders",
        "6m",
        entry("orders", "แต่งตั้งผู้ตอบคำถาม", date(2022, 12, 29), number="777/2565", url="https://example.go.th/777.pdf"),
        entry("orders", "แต่งตั้งคณะทำงาน", date(2023, 8, 17), number="812/2566"),
    )
    [row] = found["register"]["sections"][0]["rows"]
    assert [one["title"] for one in found["register"]["columns"]] == ["คำสั่งที่"]
    assert (row["values"], row["links"]) == (["777/2565"], ["https://example.go.th/777.pdf"])


def test_procurement_goes_by_month_and_names_months_without(place: Place) -> None:
    found = figures(
        place,
        "procurement",
        "6m",
        entry(
            "procurement",
            "ซื้อหลอดไฟ",
            date(2022, 12, 7),
            budget="12000.00",
            method="specific",
            winner="ร้านสมมุติ",
            price="11500.00",
        ),
    )
    headings = [section["heading"] for section in found["register"]["sections"]]
    assert headings == [
        "เดือนตุลาคม 2565 จำนวน 0 รายการ เป็นเงิน 0.00 บาท",
        "เดือนพฤศจิกายน 2565 จำนวน 0 รายการ เป็นเงิน 0.00 บาท",
        "เดือนธันวาคม 2565 จำนวน 1 รายการ เป็นเงิน 11,500.00 บาท",
        "เดือนมกราคม 2566 จำนวน 0 รายการ เป็นเงิน 0.00 บาท",
        "เดือนกุมภาพันธ์ 2566 จำนวน 0 รายการ เป็นเงิน 0.00 บาท",
        "เดือนมีนาคม 2566 จำนวน 0 รายการ เป็นเงิน 0.00 บาท",
    ]
    assert "เฉพาะเจาะจง" in found["register"]["sections"][2]["rows"][0]["values"]


def test_standing_entries_stay_until_they_end(place: Place) -> None:
    found = figures(
        place,
        "committees",
        "6m",
        entry("committees", "คณะที่ยังอยู่", date(2021, 5, 1), date(2025, 4, 30)),
        entry("committees", "คณะที่หมดวาระ", date(2018, 5, 1), date(2022, 4, 30)),
        entry("committees", "คณะที่ตั้งภายหลัง", date(2023, 5, 1)),
        entry("committees", "คณะที่ไม่บอกวัน", None),
    )
    assert sorted(titles(found)) == ["คณะที่ยังอยู่", "คณะที่ไม่บอกวัน"]
    channel = entry("channels", "เว็บไซต์", date(2023, 4, 3), kind="website", address="https://example.go.th")
    assert titles(figures(place, "channels", "6m", channel)) == ["เว็บไซต์"]  # looked at after the period, yet there


def test_another_organisations_name_is_found_in_a_register_too(place: Place) -> None:
    found = figures(place, "news", "", entry("news", "ข่าวของเทศบาลตำบลหนองสมมุติ", date(2023, 1, 5), medium="website"))
    [one] = lint.register(found)
    assert (one["code"], one["row"]["table"]) == ("foreign_organisation", "register")
