"""Golden figures: they always add up, zeros are said aloud, and nothing unfinished is shown."""

from __future__ import annotations

import csv
import io
import itertools
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook

from integrity import reports, retention, setup, statistics
from integrity.config import Config
from integrity.database import Database
from integrity.reports import NewReport
from integrity.statistics import NONE, NOT_OPEN, NOT_OVER, Row
from integrity.tables import Approval, Desk, Report
from tests.integrity.conftest import NOW, KnownDesk

DURING_2571 = date(2027, 11, 20)
# Received, status, closed.
REPORTS = [
    (date(2026, 10, 1), "closed", date(2026, 12, 1)),
    (date(2026, 12, 31), "received", None),
    (date(2027, 3, 31), "forwarded", date(2027, 9, 30)),
    (date(2027, 4, 1), "withdrawn", date(2027, 10, 1)),  # done after the last period that is over
    (date(2027, 10, 5), "received", None),  # fiscal year 2571, not over
]
_ids = itertools.count(1)


def _report(desk: Desk, received: date, status: str, closed: date | None) -> Report:
    return Report(
        id=f"{next(_ids):032x}", desk_id=desk.id, box_public=b"b" * 32, status=status,
        received_on=received, due_on=received, closed_on=closed,
    )  # fmt: skip


@pytest.fixture
def filled(desk_database: Database) -> Desk:
    with desk_database.writing() as session:
        desk = setup.ensure_desk(session, "obt", "อบต.ตัวอย่าง", date(2026, 10, 1))
        other = setup.ensure_desk(session, "other", "เทศบาลอื่น", date(2026, 10, 1))
        session.add_all(_report(desk, *columns) for columns in REPORTS)
        session.add(_report(other, date(2026, 10, 1), "received", None))
    return desk


def _rows(database: Database, desk: Desk, year: int, period: str | None, today: date = DURING_2571) -> list[Row]:
    with database.reading() as session:
        table = statistics.counts(session, desk, year, period, today)
    return [*table.rows, table.sum]


def test_half_years_are_the_default(desk_database: Database, filled: Desk) -> None:
    assert _rows(desk_database, filled, 2570, None) == [
        Row("รอบ 6 เดือนแรก ปีงบประมาณ 2570", 3, 2, 1),
        Row("รอบ 6 เดือนหลัง ปีงบประมาณ 2570", 1, 0, 1),
        Row("รวม", 4, 2, 2),
    ]


def test_quarters(desk_database: Database, filled: Desk) -> None:
    assert _rows(desk_database, filled, 2570, "quarter") == [
        Row("ไตรมาส 1/2570", 2, 1, 1),
        Row("ไตรมาส 2/2570", 1, 1, 0),
        Row("ไตรมาส 3/2570", 1, 0, 1),
        Row("ไตรมาส 4/2570", 0, 0, 0, NONE),
        Row("รวม", 4, 2, 2),
    ]


def test_months(desk_database: Database, filled: Desk) -> None:
    rows = _rows(desk_database, filled, 2570, "month")
    assert [row.label for row in rows[:3]] == ["ตุลาคม 2569", "พฤศจิกายน 2569", "ธันวาคม 2569"]
    assert [row.label for row in rows[11:]] == ["กันยายน 2570", "รวม"]
    assert [row.total for row in rows] == [1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 4]
    assert rows[1].note == NONE
    # October 2027 is over, so what was closed on its first day is done by now.
    assert rows[-1] == Row("รวม", 4, 3, 1)


def test_what_is_not_over_is_not_published(desk_database: Database, filled: Desk) -> None:
    assert _rows(desk_database, filled, 2571, "half") == [
        Row("รอบ 6 เดือนแรก ปีงบประมาณ 2571", None, None, None, NOT_OVER),
        Row("รอบ 6 เดือนหลัง ปีงบประมาณ 2571", None, None, None, NOT_OVER),
        Row("รวม", 0, 0, 0, NOT_OVER),
    ]


def test_who_looks_every_day_sees_nothing_move(desk_database: Database, filled: Desk) -> None:
    before = _rows(desk_database, filled, 2570, None)
    with desk_database.writing() as session:
        for report in session.query(Report).filter_by(status="received"):
            report.status, report.closed_on = "closed", DURING_2571
        session.add(_report(filled, DURING_2571, "received", None))
    for day in (date(2027, 10, 1), DURING_2571, date(2028, 3, 31)):
        assert _rows(desk_database, filled, 2570, None, day) == before
        assert all(row.total is None for row in _rows(desk_database, filled, 2571, None, day)[:-1])
    assert _rows(desk_database, filled, 2571, None, date(2028, 4, 1))[0].total == 2


def test_no_reports_is_said_aloud_and_only_of_times_when_the_desk_was_open(desk_database: Database) -> None:
    with desk_database.writing() as session:
        desk = setup.ensure_desk(session, "obt", "อบต.ตัวอย่าง", date(2027, 5, 1))
    first, second, total = _rows(desk_database, desk, 2570, None)
    assert first == Row("รอบ 6 เดือนแรก ปีงบประมาณ 2570", None, None, None, NOT_OPEN)
    assert second == Row("รอบ 6 เดือนหลัง ปีงบประมาณ 2570", 0, 0, 0, NONE)
    assert total == Row("รวม", 0, 0, 0, NONE)
    assert statistics.years(desk, DURING_2571) == [2571, 2570]
    assert statistics.years(desk, date(2027, 5, 1)) == [2570]


def test_figures_always_add_up(desk_database: Database, filled: Desk) -> None:
    days = date(2026, 12, 1), date(2027, 1, 31), date(2027, 6, 30), DURING_2571
    for year, period, today in itertools.product((2570, 2571), ("month", "quarter", "half"), days):
        *rows, total = _rows(desk_database, filled, year, period, today)
        published = [row for row in rows if row.total is not None]
        for figure in ("total", "done", "in_progress"):
            assert getattr(total, figure) == sum(getattr(row, figure) for row in published)
        assert all((row.done or 0) + (row.in_progress or 0) == (row.total or 0) for row in (*rows, total))


def test_a_deleted_report_stays_counted(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    """From the form to the deletion by two officers' word: the public figures do not change."""
    for _ in range(2):
        with desk_database.writing() as session:
            number = reports.submit(session, config, desk.row, NewReport({"what": "ก"}), NOW)
    with desk_database.writing() as session:
        opened = reports.find(session, config, desk.row, number)
        assert opened
        reports.withdraw(session, opened, NOW)
        first, second, _ = (officer.id for officer in desk.officers)
        agreed = Approval(
            report_id=opened.report.id, what="deletion", asked_by_id=first, approved_by_id=second,
            reason=b"sealed", day=NOW.date(),
        )  # fmt: skip
        session.add(agreed)
    later = NOW + timedelta(days=3651)
    before = _rows(desk_database, desk.row, 2570, "quarter", later.date())
    assert before[0] == Row("ไตรมาส 1/2570", 2, 1, 1)
    assert retention.run(desk_database, config, later) == 1
    with desk_database.reading() as session:
        assert len(session.query(Report).all()) == 1
    assert _rows(desk_database, desk.row, 2570, "quarter", later.date()) == before


def test_downloads_say_the_same(desk_database: Database, filled: Desk) -> None:
    with desk_database.reading() as session:
        table = statistics.counts(session, filled, 2570, "quarter", DURING_2571)
    text = statistics.to_csv(table).decode("utf-8-sig")
    assert statistics.to_csv(table).startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[:3] == [
        ["สถิติเรื่องร้องเรียนการทุจริตและประพฤติมิชอบ ปีงบประมาณ พ.ศ. 2570 (รายไตรมาส)"],
        ["อบต.ตัวอย่าง"],
        ["ข้อมูล ณ วันที่ 30 กันยายน 2570"],
    ]
    assert lines[8] == ["ไตรมาส 4/2570", "0", "0", "0", "ไม่มีเรื่องร้องเรียน"]
    assert lines[9] == ["รวม", "4", "2", "2", ""]
    sheet = load_workbook(io.BytesIO(statistics.to_xlsx(table))).worksheets[0]
    cells = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert [[cell for cell in row if cell] for row in cells] == [[cell for cell in row if cell] for row in lines]
