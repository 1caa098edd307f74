"""The inbox: who sees what, filters, search, order, paging."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from handlers.complaints import operations
from models.case import Case
from models.question import Question
from tests.web import work
from web.console import worklist
from web.console.filters import Filters

INBOX = "/console/inbox/"


def numbers(page: str) -> list[str]:
    """The numbers of the rows, in order."""
    return re.findall(r'class="number"><a href="[^"]+">([^<]+)</a>', page)


def chips(page: str) -> dict[str, int]:
    found = re.findall(r'class="chip[^>]*>([^<]+) <strong>([\d,]+)</strong>', page)
    return {label: int(count.replace(",", "")) for label, count in found}


def due(app: Flask, model: Any, row_id: int, at: datetime) -> None:
    with work.writing(app) as session:
        session.execute(update(model).where(model.id == row_id).values(due_at=at))


def test_questions_and_cases_stand_together_soonest_first(app: Flask, login: Any) -> None:
    now = datetime.now(UTC)
    late, asked, later = work.file_case(app), work.ask(app), work.file_case(app, "ถนนเป็นหลุม", category="road")
    due(app, Case, late, now - timedelta(days=1))
    due(app, Question, asked, now + timedelta(hours=1))
    due(app, Case, later, now + timedelta(days=9))
    page = login("palad").get(INBOX).text
    assert [n[0] for n in numbers(page)] == ["C", "Q", "C"]
    assert numbers(page)[0] == work.case(app, late).number
    assert chips(page) == {"ที่ต้องทำ": 3, "ของฉัน": 1, "เกินกำหนด": 1, "ใกล้ครบกำหนด": 1, "หยุดนับเวลา": 0}


def test_an_officer_sees_the_unit_only(app: Flask, login: Any) -> None:
    work.file_case(app, category="streetlight")
    ask = work.ask(app, "ภาษีที่ดินจ่ายเมื่อไรคะ", unit_id=work.unit_id(app, "กองคลัง"))
    assert [n[0] for n in numbers(login("chang").get(INBOX).text)] == ["C"]
    assert numbers(login("khlang").get(INBOX).text) == [work.question(app, ask).number]
    assert len(numbers(login("nayok").get(INBOX).text)) == 2


def test_the_direct_line_is_for_the_executives(app: Flask, login: Any) -> None:
    work.ask(app, "ขอเรียนท่านนายก", direct_line=True)
    assert numbers(login("chang").get(INBOX).text) == []
    assert "สายตรงผู้บริหาร" in login("nayok").get(INBOX).text


def test_another_agencys_work_is_not_there(app: Flask, login: Any) -> None:
    case_id, question_id = work.file_case(app, code="other"), work.ask(app, code="other")
    admin = login("admin")
    assert numbers(admin.get(INBOX).text) == []
    assert admin.get(f"/console/cases/{case_id}").status_code == 404
    assert admin.get(f"/console/questions/{question_id}").status_code == 404
    assert admin.send(f"/console/cases/{case_id}/note", text="x").status_code == 404
    assert admin.send(f"/console/questions/{question_id}/answer", text="x").status_code == 404


def test_a_complaint_about_ones_own_unit_is_not_seen(app: Flask, login: Any) -> None:
    unit = work.unit_id(app, "กองช่าง")
    case_id = work.file_case(app, "พูดจาไม่ดี", category=work.conduct_code(app), accused_unit_id=unit)
    for username in ("chang", "changhead"):
        browser = login(username)
        assert numbers(browser.get(INBOX).text) == []
        assert browser.get(f"/console/cases/{case_id}").status_code == 404
    assert login("palad").get(f"/console/cases/{case_id}").status_code == 200


def test_search(app: Flask, login: Any) -> None:
    ids = {
        "light": work.file_case(app, name="สมศรี ใจดี", phone="0812345678"),
        "road": work.file_case(app, "ถนนเป็นหลุม", category="road", place={"moo": 5, "landmark": "ทางเข้าโรงเรียน"}),
    }
    expected = {name: work.case(app, row_id).number for name, row_id in ids.items()}
    expected["question"] = str(work.question(app, work.ask(app)).number)
    palad = login("palad")
    for words, found in (
        ("ไฟทาง", "light"),
        ("หมู่ 3", "light"),
        ("หมู่ ๓", "light"),
        ("ม.5 หลุม", "road"),
        ("081-234-5678", "light"),
        ("5678", "light"),
        ("สมศรี", "light"),
        ("เด็กเล็ก", "question"),
        ("ไฟทาง หมู่ 5", None),
        ("100%", None),
    ):
        page = palad.get(INBOX, query_string={"q": words}).text
        assert numbers(page) == ([expected[found]] if found else []), words
        assert ("ไม่พบ" in page) == (found is None)


def test_a_whole_number_leads_to_the_page(app: Flask, login: Any) -> None:
    case_id, question_id = work.file_case(app), work.ask(app)
    number = work.case(app, case_id).number
    palad = login("palad")
    for typed in (number, number.lower(), number.replace("-", " "), f"C{number[1:3]}-1"):
        assert palad.get(INBOX, query_string={"q": typed}).location == f"/console/cases/{case_id}"
    asked = palad.get(INBOX, query_string={"q": work.question(app, question_id).number})
    assert asked.location == f"/console/questions/{question_id}"
    # What one may not see is simply not found.
    assert "ไม่พบ" in login("khlang").get(INBOX, query_string={"q": number}).text


def test_filters(app: Flask, login: Any) -> None:
    now = datetime.now(UTC)
    agency = work.agency_of(app)
    light = work.file_case(app, channel="phone")
    road = work.file_case(app, "ถนนเป็นหลุม", category="road", ago=timedelta(days=1))
    asked = work.ask(app)
    with work.writing(app) as session:
        head = work.person(session, "changhead")
        paused = session.get_one(Case, road)
        operations.accept(session, agency, paused, head, now)
        operations.progress(session, agency, paused, head, now, "budget", "รองบประมาณค่ะ")
    due(app, Case, light, now - timedelta(hours=3))
    light_number, road_number = work.case(app, light).number, work.case(app, road).number
    palad = login("palad")

    def shown(**query: object) -> set[str]:
        return set(numbers(palad.get(INBOX, query_string=query).text))

    category = agency.category("road")
    assert category is not None
    assert shown(due="late") == {light_number}
    assert shown(due="paused") == {road_number}
    assert shown(kind="question") == {work.question(app, asked).number}
    assert shown(kind="case") == {light_number, road_number}
    assert shown(category=category.id) == {road_number}
    assert shown(channel="phone") == {light_number}
    assert shown(status="in_progress") == {road_number}
    assert shown(status="new", kind="case") == {light_number}
    assert shown(status="closed") == set()
    assert shown(scope="mine", status="any") <= {work.question(app, asked).number}
    assert shown(scope="nonsense", status="nonsense", category="x", after="nonsense") == shown()


def test_the_empty_inbox_is_kind(login: Any) -> None:
    assert "ไม่มีงานค้างแล้ว" in login("chang").get(INBOX).text


def test_paging_shows_every_row_once(app: Flask, login: Any) -> None:
    agency = work.agency_of(app)
    same = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
    with work.writing(app) as session:
        _many(session, agency, 45, same)
    palad, address, seen = login("palad"), INBOX, []
    for _ in range(5):
        page = palad.get(address).text
        seen += numbers(page)
        link = re.search(r'rel="next" href="([^"]+)"', page)
        if not link:
            break
        address = html.unescape(link[1])
    assert len(seen) == 90
    assert len(set(seen)) == 90
    # Backwards through what is over, the same.
    with work.writing(app) as session:
        session.execute(update(Case).values(status="confirmed"))
        session.execute(update(Question).values(status="closed"))
        staff = work.person(session, "palad")
        seen, after = [], ""
        for _ in range(5):
            page = worklist.listing(session, staff, Filters(status="closed", after=after), datetime.now(UTC))
            seen += [row.number for row in page.rows]
            after = page.next_cursor
            if not after:
                break
    assert len(seen) == len(set(seen)) == 90


def _many(session: Session, agency: Any, count: int, due_at: datetime) -> None:
    for i in range(count):
        session.add(
            Case(
                number=f"C70-{i:06d}", fiscal_year=2570, secret_hash="x", category_id=agency.categories[0].id,
                detail="ไฟดับ", due_at=due_at + timedelta(hours=i // 7),
            )
        )  # fmt: skip
        session.add(Question(number=f"Q70-{i:06d}", text="ถาม", due_at=due_at + timedelta(hours=i // 7)))
    session.flush()


def test_a_visitor_is_sent_to_the_log_in(client: Any) -> None:
    answer = client.get(INBOX)
    assert answer.status_code == 302
    assert answer.location.startswith("/console/login")
