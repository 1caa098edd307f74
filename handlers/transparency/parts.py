"""What the public tables are made of: their shape, months, and small counts that stand together.

A count of one or two beside a village or a kind of matter could point at somebody: such lines are put together, and
so that no subtraction from the total gives them away, never one alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from handlers.agencies import AgencyView
from handlers.summaries import periods, sets
from handlers.summaries.periods import Period
from handlers.summaries.sets import Span
from models.case import Case
from reports.document import Chart
from thai.dates import bangkok_date, format_date
from thai.fiscal import year_period

FEWEST = 3
FEW = f"น้อยกว่า {FEWEST} "
OTHERS = "รายการอื่นรวมกัน"
NOBODY_YET = "ยังไม่มีข้อมูล"
Cell = str | int | float | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`total`: the last line, () for none. `note` says what is counted, and as of when. A row's None: not yet."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Row = ()
    note: str = ""
    chart: Chart | None = None


Maker = Callable[[Session, AgencyView, int, datetime], Table]


@dataclass(frozen=True, slots=True)
class Kind:
    """`title` as the list of pages shows it; `about` in one line for citizens."""

    title: str
    about: str
    make: Maker


def months_of(year: int) -> list[Period]:
    """October first, as the fiscal year goes."""
    return [periods.parse(f"{year}-m{number:02d}") for number in (10, 11, 12, *range(1, 10))]


def begun(period: Period, now: datetime) -> bool:
    return period.first <= bangkok_date(now)


def as_at(now: datetime) -> str:
    return f"ข้อมูล ณ วันที่ {format_date(bangkok_date(now), 'long')}"


def year_span(agency: AgencyView, year: int, now: datetime) -> Span:
    whole = year_period(year)
    return Span(agency.id, whole.start, whole.end, now)


def by_month(
    title: str, columns: tuple[str, ...], months: Sequence[Period], numbers: Sequence[Sequence[int]], now: datetime,
    note: str, charted: Sequence[int],
) -> Table:  # fmt: skip
    """`numbers`: of each month, one per column; `charted`: the columns (from 0) that the picture shows."""
    unknown: tuple[Cell, ...] = (None,) * len(columns)
    rows: tuple[Row, ...] = tuple(
        (month.label.removeprefix("เดือน"), *(tuple(counts) if begun(month, now) else unknown))
        for month, counts in zip(months, numbers, strict=True)
    )
    known = [counts for month, counts in zip(months, numbers, strict=True) if begun(month, now)]
    chart = Chart(  # months to come are gaps in it, as in the table
        title,
        tuple(format_date(month.first).split()[1] for month in months),
        tuple((columns[at], tuple(float(counts[at]) for counts in known)) for at in charted),
    )
    empty = not any(counts[at] for counts in known for at in charted)
    total: Row = ("รวม", *(sum(counts[at] for counts in numbers) for at in range(len(columns))))
    return Table(title, ("เดือน", *columns), rows, total, f"{note} {as_at(now)}", None if empty else chart)


def broken_down(title: str, by: str, counted: Iterable[Sequence[Any]], now: datetime) -> Table:
    """`counted`: (label, received, closed). The small ones stand together in one line."""
    rows = put_together([(str(label), int(count), int(closed)) for label, count, closed in counted])
    total: Row = ("รวม", sum(row[1] for row in rows), sum(row[2] for row in rows)) if rows else ()
    note = f"รายการที่มี{FEW}เรื่องรวมไว้ด้วยกัน เพื่อไม่ให้รู้ว่าใครแจ้ง {as_at(now)}"
    return Table(title, (by, "รับเรื่อง", "ปิดเรื่องแล้ว"), tuple(rows), total, note)


def put_together(rows: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """The rows of FEWEST or more as they are, the others as one; with them, while they are still too few or only one,
    the smallest of the rest."""
    large = [row for row in rows if row[1] >= FEWEST]
    small = [row for row in rows if 0 < row[1] < FEWEST]
    while small and large and (len(small) < 2 or sum(row[1] for row in small) < FEWEST):
        small.append(large.pop(min(range(len(large)), key=lambda at: large[at][1])))
    if not small:
        return large
    together = (OTHERS, sum(row[1] for row in small), sum(row[2] for row in small))
    return [*large, together] if together[1] >= FEWEST else []


def average(mean: Any) -> Cell:
    return round(float(mean), 2) if mean is not None else "–"


def counted_by_month(
    session: Session, agency: AgencyView, months: Sequence[Period], now: datetime,
    moment: InstrumentedAttribute[Any], *more: ColumnElement[bool],
) -> list[int]:  # fmt: skip
    """How many rows fall into each month."""
    spans = [Span(agency.id, month.first, month.last, now) for month in months]
    counts = union_all(
        *(
            select(literal(at), func.count()).where(Case.agency_id == agency.id, sets.within(moment, span), *more)
            for at, span in enumerate(spans)
        )
    )
    found = {row[0]: row[1] for row in session.execute(counts)}
    return [int(found.get(at, 0)) for at in range(len(months))]
