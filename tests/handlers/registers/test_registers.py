"""Registers: entries kept by their declared columns, counts with zeros, files out and in again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import sheet
from handlers.people.agency_setup import add_agency
from handlers.registers import counts, exchange, operations
from handlers.registers.kinds import REGISTERS
from handlers.registers.operations import EntryDetails, RegisterError
from handlers.sheet import SheetError
from models.agency import Staff, Unit
from models.audit import AuditEntry
from models.db import Database
from models.measure import REGISTERS as KNOWN
from models.measure import RegisterEntry

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
TODAY = date(2026, 11, 21)
# A complete entry of every register, as typed.
TYPED: dict[str, EntryDetails] = {
    "orders": EntryDetails("แต่งตั้งผู้ตอบคำถาม", "๒๙ ต.ค. ๖๙", values={"number": "777/2569", "people": "นาย ก\n นาง ข "}),
    "committees": EntryDetails(
        "คณะทำงานเผยแพร่ข้อมูล", "1 ต.ค. 69", None, "30 ก.ย. 2570", {"members": "นาย ก - ประธาน", "citizens": "๓"}
    ),
    "activities": EntryDetails(
        "อบรมจริยธรรม", "4/11/69", values={"kind": "training", "attendees": "1,200", "place": "หอประชุม"}
    ),
    "channels": EntryDetails(
        "เว็บไซต์", values={"kind": "website", "address": "https://example.go.th", "budget": "5000"}
    ),
    "news": EntryDetails("แจ้งงดจ่ายน้ำ", "20 พ.ย. 69", values={"medium": "facebook", "url": "https://example.go.th/n"}),
    "gifts": EntryDetails("กระเช้าผลไม้", "15 พ.ย. 69", values={"outcome": "refused", "count": "2", "value": "๑,๕๐๐.๕"}),
    "procurement": EntryDetails(
        "ซื้อกระดาษ",
        "2 พ.ย. 69",
        values={"budget": "12,000 บาท", "method": "specific", "winner": "ร้านสมมุติ", "price": "11500"},
    ),
    "improvements": EntryDetails("ลดขั้นตอน", "10 พ.ย. 69", values={"source": "survey", "changed": "รวมสองเคาน์เตอร์"}),
}


@pytest.fixture
def agency(database: Database) -> int:
    with database.write() as session:
        return add_agency(session, "demo", "อบต.ทดลอง", TODAY).id


def add(session: Session, name: str, **changes: object) -> RegisterEntry:
    return operations.save_entry(session, name, None, replace(TYPED[name], **changes), None, NOW)


def value(session: Session, name: str, values: dict[str, str], **changes: object) -> RegisterEntry:
    return add(session, name, values={**TYPED[name].values, **values}, **changes)


def test_every_register_is_declared_and_takes_an_entry(database: Database, agency: int) -> None:
    assert tuple(REGISTERS) == KNOWN
    with database.write(agency) as session:
        for name in REGISTERS:
            entry = add(session, name)
            assert (entry.register, entry.title, entry.fiscal_year) == (name, TYPED[name].title, 2570)
        order, activity, gift, bought, channel = (
            session.scalars(select(RegisterEntry).where(RegisterEntry.register == name)).one()
            for name in ("orders", "activities", "gifts", "procurement", "channels")
        )
        assert (order.dated, order.data["people"]) == (date(2026, 10, 29), ["นาย ก", "นาง ข"])
        assert activity.data["attendees"] == 1200
        assert gift.data["value"] == "1500.50"
        assert (bought.data["budget"], bought.data["price"]) == ("12000.00", "11500.00")
        assert channel.data["alive"] == "unchecked"
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("register%"))).all()
        assert acts == ["register_entry_added"] * len(REGISTERS)


@pytest.mark.parametrize(
    ("name", "changes", "field"),
    [
        ("orders", {"title": " "}, "title"),
        ("orders", {"title": "ก" * 501}, "title"),
        ("orders", {"dated": ""}, "dated"),
        ("orders", {"dated": "วันไหนไม่รู้"}, "dated"),
        ("orders", {"dated": "1 ม.ค. 2570"}, "dated"),  # not yet
        ("orders", {"values": {}}, "number"),
        ("committees", {"expires_on": "1 ก.ย. 2569"}, "expires_on"),
        ("committees", {"values": {"citizens": "สาม"}}, "citizens"),
        ("gifts", {"values": {"outcome": "eaten"}}, "outcome"),
        ("gifts", {"values": {"outcome": "refused", "value": "แพง"}}, "value"),
        ("gifts", {"values": {"outcome": "refused", "value": "NaN"}}, "value"),
        ("news", {"values": {"medium": "website", "url": "javascript:alert(1)"}}, "url"),
        ("improvements", {"values": {"source": "survey", "changed": "ก" * 5001}}, "changed"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_its_field(
    database: Database, agency: int, name: str, changes: dict[str, object], field: str
) -> None:
    with database.write(agency) as session:
        with pytest.raises(RegisterError, match=r"[ก-๙]") as refused:
            add(session, name, **changes)
        assert refused.value.field == field
        assert session.scalars(select(RegisterEntry)).all() == []


def test_entries_are_changed_and_taken_out_by_who_may(database: Database, agency: int) -> None:
    with database.write(agency) as session:
        units = {unit.name: unit.id for unit in session.scalars(select(Unit))}
        chang = Staff(username="chang", name="ก", role="officer", unit_id=units["กองช่าง"], password_hash="-")
        palad = Staff(username="palad", name="ข", role="clerk", password_hash="-")
        session.add_all([chang, palad])
        session.flush()
        theirs, own = add(session, "news", unit_id=units["กองคลัง"]), add(session, "news", unit_id=units["กองช่าง"])
        free = add(session, "news")
        mine = operations.save_entry(session, "orders", None, TYPED["orders"], chang, NOW)
        for person, may in ((chang, [False, True, True, True]), (palad, [True] * 4)):
            assert [operations.may_edit(person, entry) for entry in (theirs, own, free, mine)] == may
            seen = set(session.scalars(select(RegisterEntry.id).where(operations.editable_by(person))))
            assert seen == {one.id for one, yes in zip((theirs, own, free, mine), may, strict=True) if yes}
        operations.save_entry(
            session, "orders", mine, EntryDetails("ใหม่", "1 ต.ค. 68", values={"number": "1/2568"}), chang, NOW
        )
        assert (mine.title, mine.fiscal_year, mine.data) == ("ใหม่", 2569, {"number": "1/2568"})
        operations.remove_entry(session, mine, chang)
        assert operations.listed(session, "orders") == []


# -- counts ----------------------------------------------------------------------------------------------


def test_channels_are_counted_by_kind_and_state(database: Database, agency: int) -> None:
    with database.write(agency) as session:
        value(session, "channels", {"alive": "alive", "publicity": "ติดป้าย"})
        value(session, "channels", {"kind": "phone", "address": "02-000-1234"})
        value(session, "channels", {"alive": "dead"}, expires_on="1 พ.ย. 69", dated="1 ต.ค. 69")
        found = counts.channels(session, TODAY)
        assert (found.total, found.publicised) == (2, 1)
        assert (found.by_kind["เว็บไซต์"], found.by_kind["โทรศัพท์"], found.by_kind["LINE"]) == (1, 1, 0)
        assert found.by_state == {"ยังไม่ได้ตรวจ": 1, "ใช้ได้": 1, "ใช้ไม่ได้": 0}
        assert counts.channels(session, date(2026, 10, 15)).total == 3


def test_news_by_unit_and_month_names_the_silent_units(database: Database, agency: int) -> None:
    with database.write(agency) as session:
        units = {unit.name: unit.id for unit in session.scalars(select(Unit))}
        for day, unit in (
            ("1 ต.ค. 69", "กองช่าง"),
            ("31 ต.ค. 69", "กองช่าง"),
            ("1 พ.ย. 69", "กองช่าง"),
            ("30 ก.ย. 69", "กองคลัง"),
        ):
            add(session, "news", dated=day, unit_id=units[unit])
        add(session, "news", dated="5 พ.ย. 69")
        found = counts.news(session, date(2026, 10, 1), date(2026, 12, 31))
        assert found.total == 4
        assert found.by_unit == {"กองช่าง": {"2026-10": 2, "2026-11": 1}, "ไม่ระบุส่วนงาน": {"2026-11": 1}}
        assert "กองคลัง" in found.silent
        assert "กองช่าง" not in found.silent


def test_gifts_of_half_a_year_are_counted_also_when_there_are_none(database: Database, agency: int) -> None:
    with database.write(agency) as session:
        found = counts.gifts(session, 2570, 1)
        assert (found.total, found.value, found.declared_none) == (0, Decimal(0), False)
        assert found.pieces == {"ปฏิเสธ": 0, "ส่งคืน": 0, "รับไว้ (รายงานแล้ว)": 0}
        value(session, "gifts", {"outcome": "none", "count": "", "value": ""})
        assert counts.gifts(session, 2570, 1).declared_none
        add(session, "gifts")
        value(session, "gifts", {"outcome": "returned", "count": "", "value": "100"})
        value(session, "gifts", {"outcome": "returned"}, dated="30 ก.ย. 69")  # the year before
        found = counts.gifts(session, 2570, 1)
        assert (found.pieces["ปฏิเสธ"], found.pieces["ส่งคืน"], found.total) == (2, 1, 3)
        assert found.value == Decimal("1600.50")
        assert counts.gifts(session, 2569, 2).total == 2
        assert counts.gifts(session, 2570, 2).total == 0


def test_procurement_has_all_twelve_months(database: Database, agency: int) -> None:
    with database.write(agency) as session:
        add(session, "procurement", dated="31 ต.ค. 69")
        add(session, "procurement", dated="1 พ.ย. 69")
        add(session, "procurement", dated="2 พ.ย. 69")
        found = counts.procurement(session, 2570)
        assert [month.first for month in found][:3] == [date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)]
        assert found[-1].first == date(2027, 9, 1)
        assert [month.contracts for month in found] == [1, 2] + [0] * 10
        assert found[1].price == Decimal("23000.00")


def test_what_ends_soon_is_found(database: Database, agency: int) -> None:
    with database.write(agency) as session:
        for day in ("25 พ.ย. 69", "21 ม.ค. 70", "1 พ.ย. 69", "1 ต.ค. 69"):
            add(session, "committees", expires_on=day, dated="1 ต.ค. 69")
        assert [entry.expires_on for entry in counts.ending(session, TODAY)] == [date(2026, 11, 1), date(2026, 11, 25)]


# -- files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REGISTERS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_goes_out_comes_in_again(database: Database, agency: int, name: str, kind: str) -> None:
    with database.write(agency) as session:
        unit = session.scalars(select(Unit.id).where(Unit.name == "กองช่าง")).one()
        before = add(session, name, unit_id=unit)
        kept = (before.title, before.dated, before.unit_id, before.expires_on, before.data)
        data = exchange.export_csv(session, name, None) if kind == "csv" else exchange.export_xlsx(session, name, 2570)
        found = exchange.preview(session, name, data, NOW)
        assert found.problems == ()
        assert all(column for _, column in found.columns)
        (after,) = exchange.apply(session, found, None, NOW)
        assert (after.title, after.dated, after.unit_id, after.expires_on, after.data) == kept


def test_rows_that_cannot_come_in_are_said_and_keep_none_out(database: Database, agency: int) -> None:
    text = (
        "ทะเบียนของขวัญ,,,,\n"
        "วันที่,รายการของ,การจัดการ,ส่วนงาน,สี\n"
        "15 พ.ย. 69,ผลไม้,ปฏิเสธ,กองช่าง,แดง\n"
        "15 พ.ย. 69,ขนม,กินแล้ว,กองช่าง,\n"
        ",ไม่มีวันที่,ปฏิเสธ,,\n"
        "16 พ.ย. 69,ดอกไม้,ส่งคืน,กองที่ไม่มี,\n"
    )
    with database.read(agency) as session:
        found = exchange.preview(session, "gifts", text.encode("cp874"), NOW)
        assert [row.details.title for row in found.rows] == ["ผลไม้", "ดอกไม้"]
        assert dict(found.columns) == {
            "วันที่": "dated",
            "รายการของ": "title",
            "การจัดการ": "outcome",
            "ส่วนงาน": "unit",
            "สี": "",
        }
        said = "\n".join(found.problems)
        for words in ("แถว 3: ไม่มีช่องสำหรับ “แดง”", "แถว 4 (การจัดการ)", "แถว 5 (วันที่)", "กองที่ไม่มี"):
            assert words in said


def test_a_file_that_is_none_is_said(database: Database, agency: int) -> None:
    with database.read(agency) as session:
        for data in (
            b"",
            b"a,b\n1,2\n",
            b"PK\x03\x04",
            ("วันที่,รายการ,การจัดการ\n" + "1 ต.ค. 69,ก,ปฏิเสธ\n" * 2001).encode(),
        ):
            with pytest.raises(SheetError, match=r"[ก-๙]"):
                exchange.preview(session, "gifts", data, NOW)
        with pytest.raises(RegisterError):
            exchange.preview(session, "nothing", b"a", NOW)


def test_a_formula_in_a_file_is_made_harmless(database: Database, agency: int) -> None:
    with database.write(agency) as session:
        add(session, "news", title="=cmd|' /C calc'!A0")
        exported = sheet.decode(exchange.export_csv(session, "news", None))
        assert "'=cmd" in exported
