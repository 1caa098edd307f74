"""The pages that everybody may read."""

from __future__ import annotations

import csv
import io
from datetime import date

import openpyxl
import pytest
from flask import Flask

from integrity import officers, setup
from integrity.database import Database
from integrity.tables import Desk, Officer, Report, YearNumber
from tests.integrity.conftest import KnownDesk
from tests.integrity.pages.visitor import BASE, BOTH, Visitor, words

# There is no general act that protects whistleblowers: no page may say that there is, or promise what nobody can keep.
BANNED = (
    "พ.ร.บ.คุ้มครองผู้แจ้งเบาะแส", "พระราชบัญญัติคุ้มครองผู้แจ้งเบาะแส", "กฎหมายคุ้มครองผู้แจ้งเบาะแส", "ปลอดภัย 100", "ปลอดภัยร้อยเปอร์เซ็นต์",
    "ไม่มีใครรู้", "รับรองความปลอดภัย", "เป็นความลับที่สุด", "ไม่มีทางรู้",
)  # fmt: skip
PAGES = ("/", "/limits", "/statistics", "/poster", "/report", "/follow", "/claim/abc", "/nothing")


def received(database: Database, desk: KnownDesk, *days: str, status: str = "received", closed: str = "") -> None:
    with database.writing() as session:
        for number, day in enumerate(days):
            session.add(
                Report(
                    id=f"{day}-{status}-{number}", desk_id=desk.row.id, box_public=b"b", status=status,
                    received_on=date.fromisoformat(day), due_on=date.fromisoformat(day),
                    closed_on=date.fromisoformat(closed) if closed else None,
                )
            )  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_nothing_from_elsewhere_and_nothing_kept(visitor: Visitor, path: str) -> None:
    page = visitor.get(BASE + path, headers={"User-Agent": "Mozilla Line/14.1"})
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for strange in ("<script", "javascript:", "onclick", "<iframe", "@import", 'src="http', "fonts."):
        assert strange not in page.text
    assert not any(phrase in words(page) for phrase in BANNED)


def test_safety_comes_before_the_doors(visitor: Visitor) -> None:
    said = words(visitor.get(f"{BASE}/"))
    assert said.index("ก่อนเริ่ม เพื่อความปลอดภัย") < said.index("แจ้งในหน้านี้") < said.index("เล่าในแชต LINE")
    assert "15 วัน" in said
    assert "1205" in said
    assert "คุณเปิดหน้านี้อยู่ใน LINE" not in said


def test_inside_line_the_way_out_comes_first(visitor: Visitor) -> None:
    page = visitor.get(f"{BASE}/", headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari Line/14.1.0"})
    assert 'href="https://obt.example/obt/integrity/?openExternalBrowser=1"' in page.text
    assert page.text.index("openExternalBrowser") < page.text.index("<h1")
    for path in ("/report", "/follow", "/claim/abc"):
        page = visitor.get(BASE + path, headers={"User-Agent": "Line/14.1.0"})
        assert f'href="https://obt.example{BASE}{path}?openExternalBrowser=1"' in page.text
        assert "openExternalBrowser" not in visitor.get(BASE + path).text


def test_the_agency_may_close_the_chat_door(visitor: Visitor, desk_database: Database, desk: KnownDesk) -> None:
    with desk_database.writing() as session:
        setup.change(session.get_one(Desk, desk.row.id), settings={"chat_door": False})
    assert "เล่าในแชต LINE" not in words(visitor.get(f"{BASE}/"))


def test_a_desk_without_its_people_says_that_it_is_not_open(
    visitor: Visitor, desk_database: Database, desk: KnownDesk
) -> None:
    with desk_database.writing() as session:
        session.get_one(Officer, desk.officers[2].id).status = "left"
        assert officers.readiness(session, desk.row)
    for path in ("/", "/report"):
        said = words(visitor.get(BASE + path))
        assert "ยังไม่เปิดรับเรื่อง" in said
        assert "1205" in said
        assert "q_what" not in said


def test_statistics_say_explicitly_that_there_was_nothing(
    visitor: Visitor, desk_database: Database, desk: KnownDesk
) -> None:
    with desk_database.writing() as session:
        session.get_one(Desk, desk.row.id).opened_on = date(2025, 10, 1)
    assert words(visitor.get(f"{BASE}/statistics?year=2569")).count("ไม่มีเรื่องร้องเรียน") >= 2
    assert visitor.get(f"{BASE}/statistics?year=2500").status_code == 404


@BOTH
def test_statistics_as_page_and_as_files(visitor: Visitor, desk_database: Database, desk: KnownDesk) -> None:
    with desk_database.writing() as session:
        session.get_one(Desk, desk.row.id).opened_on = date(2025, 10, 1)
    received(desk_database, desk, "2025-11-03", "2026-02-10")
    received(desk_database, desk, "2026-05-01", status="closed", closed="2026-06-01")
    page = words(visitor.get(f"{BASE}/statistics?year=2569"))
    for text in ("ปีงบประมาณ พ.ศ. 2569 (ราย 6 เดือน)", "รอบ 6 เดือนแรก ปีงบประมาณ 2569", "รวม"):
        assert text in page
    table = visitor.get(f"{BASE}/statistics.csv?year=2569")
    assert table.data.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(table.data.decode("utf-8-sig"))))
    assert [row[1:4] for row in rows[-3:]] == [["2", "0", "2"], ["1", "1", "0"], ["3", "1", "2"]]
    book = openpyxl.load_workbook(io.BytesIO(visitor.get(f"{BASE}/statistics.xlsx?year=2569").data))
    assert [cell.value for cell in list(book.worksheets[0].rows)[-1]][1:4] == [3, 1, 2]
    assert visitor.get(f"{BASE}/statistics.pdf").status_code == 404


def test_the_years_own_numbers(visitor: Visitor, desk_database: Database, desk: KnownDesk) -> None:
    with desk_database.writing() as session:
        row = setup.year_number(session, desk.row, 2570)
        if row is None:
            row = YearNumber(desk_id=desk.row.id, fiscal_year=2570)
            session.add(row)
        row.guideline, row.statistics = "O88", "O99"
    assert "O88" in words(visitor.get(f"{BASE}/"))
    assert "O99" in words(visitor.get(f"{BASE}/statistics"))


def test_poster_is_the_same_for_everybody(visitor: Visitor) -> None:
    page = visitor.get(f"{BASE}/poster?from=line")
    assert "https://obt.example/obt/integrity/" in page.text.replace("<wbr>", "")
    assert page.text == visitor.get(f"{BASE}/poster").text


def test_other_agencies_and_other_pages_are_not_found(app: Flask, visitor: Visitor) -> None:
    for path in ("/nowhere/integrity/", "/nowhere/integrity/report", "/", f"{BASE}/nothing"):
        page = visitor.get(path)
        assert page.status_code == 404
        assert "ไม่พบหน้านี้" in page.text
    assert visitor.get(f"{BASE}/static/../app.py").status_code == 404
    assert visitor.get(f"{BASE}/static/desk.css").mimetype == "text/css"
