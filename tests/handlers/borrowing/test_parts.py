"""A loan that comes back in parts: what is free, what is told, what is counted, when the request is done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.borrowing import loans, statistics
from handlers.borrowing.assets import BorrowingError
from models.asset import Loan
from models.case import Case
from models.db import Database
from tests.handlers.borrowing.lending import (
    DUE,
    NOW,
    OUT,
    approve,
    ask,
    desk,
    free,
    give_back,
    link_line,
    remind,
    words_to,
)
from tests.handlers.turns import view
from thai.dates import format_date

DAY = timedelta(days=1)
sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_some_today_and_the_rest_later(office: Database) -> None:
    case_id = ask(office)
    (loan_id,) = approve(office, case_id, chair=50)
    link_line(office, "khlang", "S1")
    assert free(office, "chair", OUT, DUE, OUT) == 50
    give_back(office, [loan_id], DUE - DAY, quantity=20)
    # From the next day on they are free for others, and no earlier; the other thirty are not.
    assert free(office, "chair", DUE - DAY, DUE - DAY, DUE) == 50
    assert free(office, "chair", DUE, DUE, DUE) == 70
    assert free(office, "chair", DUE + 3 * DAY, DUE + 3 * DAY, DUE + 3 * DAY) == 70
    with desk(office) as (session, staff):
        loan = session.get_one(Loan, loan_id)
        assert (loan.left, loan.returned_on, loan.condition) == (30, None, "good")
        assert session.get_one(Case, case_id).status == "in_progress"
        with pytest.raises(BorrowingError, match="รับคืนไปบางส่วนแล้ว"):
            loans.call_off(session, loan, staff, NOW)
    for wrong in (0, 31):
        with pytest.raises(BorrowingError, match="ยังไม่คืน 30 ตัว"):
            give_back(office, [loan_id], DUE, quantity=wrong)
    with pytest.raises(BorrowingError, match="วันคืนต้องไม่ก่อนวันรับ"):
        give_back(office, [loan_id], OUT - DAY)

    assert remind(office, DUE + DAY) == 1  # of what is still out
    assert "เก้าอี้ 30 ตัว" in words_to(office, "U1")
    assert "เก้าอี้ 30 ตัว" in words_to(office, "S1")

    give_back(office, [loan_id], DUE + DAY, "damaged", "ขาหัก", quantity=2)
    give_back(office, [loan_id], DUE + DAY, quantity=27)
    with desk(office) as (session, staff):
        year = statistics.of_year(session, 2570, DUE + 2 * DAY)
        total = year.total
        assert (total.times, total.pieces, total.waiting, total.overdue) == (1, 50, 1, 1)
        assert (total.harmed, total.pieces_out, total.pieces_harmed) == (1, 1, 2)
    give_back(office, [loan_id], DUE + 2 * DAY, "lost", "หาย")
    assert remind(office, DUE + 9 * DAY) == 0
    assert "ได้รับของคืนครบแล้วค่ะ" in words_to(office, "U1")
    with desk(office) as (session, staff):
        loan = session.get_one(Loan, loan_id)
        assert (loan.left, loan.returned_on, loan.condition) == (0, DUE + 2 * DAY, "lost")
        assert session.get_one(Case, case_id).status == "done"
        total = statistics.of_year(session, 2570, DUE + 9 * DAY).total
        assert (total.in_time, total.late, total.waiting, total.harmed, total.pieces_out) == (0, 1, 0, 1, 0)
        assert total.pieces_harmed == 3
        heading, *rows = statistics.register(session, view(office), staff, 2570)
        at = heading.index("จำนวนที่คืน")
        assert [row[at : at + 4] for row in rows] == [
            ("20", format_date(DUE - DAY), "ใช้ได้ปกติ", ""),
            ("2", format_date(DUE + DAY), "ชำรุด", "ขาหัก"),
            ("27", format_date(DUE + DAY), "ใช้ได้ปกติ", ""),
            ("1", format_date(DUE + 2 * DAY), "สูญหาย", "หาย"),
        ]
        assert {row[heading.index("จำนวนที่ยืม")] for row in rows} == {"50"}


@sqlite_only
def test_what_is_out_stands_in_the_register_beside_what_came_back(office: Database) -> None:
    (loan_id,) = approve(office, ask(office), tent=2)
    give_back(office, [loan_id], OUT, quantity=1)
    with desk(office) as (session, staff):
        heading, back, out = statistics.register(session, view(office), staff, 2570)
        at = heading.index("จำนวนที่คืน")
        assert (back[at], out[at]) == ("1", "")
        assert back[-1] == out[-1] != ""
