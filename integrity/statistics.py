"""The public statistics: all, done and in progress, for the periods of a fiscal year that are over.

Required wording: จำนวนเรื่องร้องเรียนทั้งหมด, ที่ดำเนินการแล้วเสร็จ, ที่อยู่ระหว่างดำเนินการ, by month, quarter or half-year, and
"ไม่มีเรื่องร้องเรียน" where there was none (OIT 2569 O18 and its forerunners).

A page that counted day by day would date a report for whoever looks every day. So a period is published when it is
over, and what is done is counted as of the last day of the latest period that is over: nothing moves in between.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from integrity.setup import PERIODS, setting
from integrity.tables import DONE, AuditRow, Desk, Report
from thai.dates import format_date
from thai.fiscal import FiscalPeriod, fiscal_year, half_period, quarter_period, year_period

HEADINGS = ("ช่วงเวลา", "เรื่องร้องเรียนทั้งหมด", "ดำเนินการแล้วเสร็จ", "อยู่ระหว่างดำเนินการ", "หมายเหตุ")
NONE = "ไม่มีเรื่องร้องเรียน"
NOT_OVER = "เผยแพร่เมื่อสิ้นสุดช่วงเวลา"
NOT_OPEN = "ยังไม่เปิดช่องทางนี้"


@dataclass(frozen=True, slots=True)
class Row:
    """One period. The three figures are None for a period that is not published; `note` says why, or NONE for zeros.
    Otherwise `total` is `done` + `in_progress`."""

    label: str
    total: int | None
    done: int | None
    in_progress: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A fiscal year (B.E.) by `period` ("month", "quarter", "half"); `sum` adds up the published `rows`.
    `as_at`: the day on which the figures were true."""

    agency: str
    fiscal_year: int
    period: str
    as_at: date
    rows: list[Row]
    sum: Row

    @property
    def title(self) -> str:
        return f"สถิติเรื่องร้องเรียนการทุจริตและประพฤติมิชอบ ปีงบประมาณ พ.ศ. {self.fiscal_year} ({PERIODS[self.period]})"

    @property
    def as_at_text(self) -> str:
        return f"ข้อมูล ณ วันที่ {format_date(self.as_at, 'long')}"


def counts(session: Session, desk: Desk, fiscal_year: int, period: str | None, today: date) -> Table:
    """The published figures of a fiscal year (B.E.) as they stand on `today` (Bangkok).

    `period` None: the agency's setting, which public pages should use: a choice of months in the address would date
    what the agency chose not to date. Raises KeyError for an unknown period."""
    period = period or str(setting(desk, "period"))
    PERIODS[period]
    as_at = _last_day_published(period, today)
    arrivals = _arrivals(session, desk, fiscal_year, as_at)
    rows = [_row(part, desk, as_at, arrivals) for part in _parts(fiscal_year, period)]
    published = [row for row in rows if row.total is not None]
    total, done = sum(row.total or 0 for row in published), sum(row.done or 0 for row in published)
    note = NONE if published and not total else "" if published else NOT_OVER
    return Table(desk.name, fiscal_year, period, as_at, rows, Row("รวม", total, done, total - done, note))


def years(desk: Desk, today: date) -> list[int]:
    """Fiscal years (B.E.) that there is something to say about, the latest first."""
    this = fiscal_year(today)
    first = fiscal_year(desk.opened_on) if desk.opened_on else this
    return list(range(this, min(first, this) - 1, -1))


def to_csv(table: Table) -> bytes:
    """UTF-8 with a byte order mark, without which Excel takes Thai for something else."""
    out = io.StringIO()
    csv.writer(out).writerows(_lines(table))
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(table: Table) -> bytes:
    """The same in one sheet."""
    from openpyxl import Workbook  # 15 MB that a web process seldom needs
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = f"ปีงบประมาณ {table.fiscal_year}"
    for line in _lines(table):
        sheet.append(list(line))
    sheet["A1"].font = Font(bold=True, size=14)
    for cell in sheet[5]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for column, width in zip("ABCDE", (34, 18, 18, 22, 28), strict=True):
        sheet.column_dimensions[column].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _lines(table: Table) -> Iterator[Sequence[str | int | None]]:
    yield from ([table.title], [table.agency], [table.as_at_text], [], HEADINGS)
    for row in (*table.rows, table.sum):
        yield [row.label, row.total, row.done, row.in_progress, row.note]


def _arrivals(session: Session, desk: Desk, year: int, as_at: date) -> list[tuple[date, bool]]:
    """Of every report of the year up to `as_at`: the day it was received, and whether it was done by then."""
    whole = year_period(year)
    inside = Report.received_on.between(whole.start, min(whole.end, as_at))
    reports = select(Report.received_on, Report.status, Report.closed_on).where(Report.desk_id == desk.id, inside)
    found = [
        (day, status in DONE and (closed is None or closed <= as_at))
        for day, status, closed in session.execute(reports)
    ]
    # A report that was done and deleted is still counted: the log knows when it had come.
    came, went = aliased(AuditRow), aliased(AuditRow)
    removed = (
        select(came.day)
        .join(went, (went.desk_id == came.desk_id) & (went.subject == came.subject))
        .where(came.desk_id == desk.id, came.action == "report.submitted", went.action == "report.deleted")
        .where(came.day.between(whole.start, min(whole.end, as_at)))
    )
    return found + [(day, True) for day in session.scalars(removed)]


def _row(part: FiscalPeriod, desk: Desk, as_at: date, arrivals: list[tuple[date, bool]]) -> Row:
    if part.end > as_at:
        return Row(part.label, None, None, None, NOT_OVER)
    if desk.opened_on and part.end < desk.opened_on:
        return Row(part.label, None, None, None, NOT_OPEN)
    inside = [done for day, done in arrivals if part.start <= day <= part.end]
    total, done = len(inside), sum(inside)
    return Row(part.label, total, done, total - done, "" if total else NONE)


def _parts(year: int, period: str) -> list[FiscalPeriod]:
    if period == "half":
        return [half_period(year, half) for half in (1, 2)]
    quarters = [quarter_period(year, quarter) for quarter in (1, 2, 3, 4)]
    return quarters if period == "quarter" else [month for quarter in quarters for month in _months(quarter)]


def _months(quarter: FiscalPeriod) -> Iterator[FiscalPeriod]:
    start = quarter.start
    while start <= quarter.end:
        following = (start + timedelta(days=31)).replace(day=1)
        label = format_date(start, "long").split(" ", 1)[1]  # "ตุลาคม 2569"
        yield FiscalPeriod(quarter.fy, start, following - timedelta(days=1), label)
        start = following


def _last_day_published(period: str, today: date) -> date:
    """The last day of the latest period that is over."""
    running = next(part for part in _parts(fiscal_year(today), period) if part.start <= today <= part.end)
    return running.start - timedelta(days=1)
