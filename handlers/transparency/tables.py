"""What everybody may know of an agency's work, as tables: counts by month of a fiscal year, never a person.

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
from handlers.eit.reach import reach
from handlers.services import satisfaction as yearly
from handlers.services.statistics import UnitRating
from handlers.summaries import periods, sets
from handlers.summaries.periods import Period
from handlers.summaries.sets import Span
from handlers.summaries.trend import trend
from models.agency import Unit
from models.case import Case, Category
from models.measure import RegisterEntry
from reports.document import Chart
from thai.dates import bangkok_date, format_date
from thai.fiscal import fiscal_year, year_period

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


def years(session: Session, agency: AgencyView, now: datetime) -> list[int]:
    """Fiscal years (BE) that there is something to say about, the latest first."""
    this = fiscal_year(bangkok_date(now))
    first = session.scalar(select(func.min(Case.opened_at)).where(Case.agency_id == agency.id))
    return list(range(this, (fiscal_year(bangkok_date(first)) if first else this) - 1, -1))


def _months(year: int) -> list[Period]:
    """October first, as the fiscal year goes."""
    return [periods.parse(f"{year}-m{number:02d}") for number in (10, 11, 12, *range(1, 10))]


def _begun(period: Period, now: datetime) -> bool:
    return period.first <= bangkok_date(now)


def _as_at(now: datetime) -> str:
    return f"ข้อมูล ณ วันที่ {format_date(bangkok_date(now), 'long')}"


def _by_month(
    title: str, columns: tuple[str, ...], months: Sequence[Period], numbers: Sequence[Sequence[int]], now: datetime,
    note: str, charted: Sequence[int],
) -> Table:  # fmt: skip
    """`numbers`: of each month, one per column; `charted`: the columns (from 0) that the picture shows."""
    unknown: tuple[Cell, ...] = (None,) * len(columns)
    rows: tuple[Row, ...] = tuple(
        (month.label.removeprefix("เดือน"), *(tuple(counts) if _begun(month, now) else unknown))
        for month, counts in zip(months, numbers, strict=True)
    )
    known = [counts for month, counts in zip(months, numbers, strict=True) if _begun(month, now)]
    chart = Chart(  # months to come are gaps in it, as in the table
        title,
        tuple(format_date(month.first).split()[1] for month in months),
        tuple((columns[at], tuple(float(counts[at]) for counts in known)) for at in charted),
    )
    empty = not any(counts[at] for counts in known for at in charted)
    total: Row = ("รวม", *(sum(counts[at] for counts in numbers) for at in range(len(columns))))
    return Table(title, ("เดือน", *columns), rows, total, f"{note} {_as_at(now)}", None if empty else chart)


# -- the tables ------------------------------------------------------------------------------------------


def complaints(session: Session, agency: AgencyView, year: int, now: datetime) -> Table:
    months = _months(year)
    found = trend(session, agency, months, now)
    return _by_month(
        f"สถิติเรื่องร้องเรียนทั่วไป ปีงบประมาณ {year}",
        ("รับเรื่อง", "ดำเนินการแล้วเสร็จ", "เสร็จทันกำหนด", "ผู้แจ้งยืนยันผล"),
        months,
        [[row["received"], row["finished"], row["in_time"], row["confirmed"]] for row in found],
        now,
        "นับตามวันที่เกิดเหตุการณ์นั้น ไม่รวมเรื่องทุจริตซึ่งมีช่องทางและสถิติแยก",
        (0, 1),
    )


def categories(session: Session, agency: AgencyView, year: int, now: datetime) -> Table:
    """By kind of matter over the whole year, the most first."""
    span = _year_span(agency, year, now)
    counted = session.execute(
        select(Category.label, func.count(), func.count(Case.closed_at))
        .join(Category, Category.id == Case.category_id)
        .where(sets.cases_of(span, None), sets.within(Case.opened_at, span))
        .group_by(Category.label)
        .order_by(func.count().desc(), Category.label)
    ).all()
    return _broken_down(f"เรื่องร้องเรียนทั่วไปแยกตามประเภท ปีงบประมาณ {year}", "ประเภท", counted, now)


def services(session: Session, agency: AgencyView, year: int, now: datetime) -> Table:
    """How many came, by what they came for (OIT: สถิติการให้บริการ, R28)."""
    months = _months(year)
    found = trend(session, agency, months, now)
    requests = _counted(session, agency, months, now, Case.opened_at, Case.kind == "request")
    numbers = [
        [row["asked"], row["received"], asked, row["asked"] + row["received"] + asked]
        for row, asked in zip(found, requests, strict=True)
    ]
    return _by_month(
        f"สถิติการให้บริการ ปีงบประมาณ {year}",
        ("ถาม-ตอบ", "รับเรื่องร้องเรียน", "คำขอบริการ", "รวม"),
        months,
        numbers,
        now,
        "นับทุกช่องทางที่บันทึกในระบบ รวมที่เจ้าหน้าที่บันทึกแทนผู้มาติดต่อ",
        (3,),
    )


def questions(session: Session, agency: AgencyView, year: int, now: datetime) -> Table:
    months = _months(year)
    numbers = []
    for month in months:
        span = Span(agency.id, month.first, month.last, now)
        conditions = sets.question_conditions(span)
        names = ("questions.asked", "questions.bot", "questions.person", "questions.unanswered")
        flags = [func.count().filter(conditions[name]) for name in names]
        if _begun(month, now):
            counted = session.execute(select(*flags).where(sets.questions_of(span, None), conditions[names[0]])).one()
            numbers.append(list(counted))
        else:
            numbers.append([0] * len(names))
    return _by_month(
        f"สถิติการถาม-ตอบ ปีงบประมาณ {year}",
        ("คำถาม", "ระบบตอบ", "เจ้าหน้าที่ตอบ", "รอตอบ"),
        months,
        numbers,
        now,
        "คำถามที่ผู้ถามเลิกถามหรือบอกว่าคำตอบไม่ตรง นับรวมในช่องคำถามเท่านั้น",
        (0,),
    )


def satisfaction(session: Session, agency: AgencyView, year: int, now: datetime) -> Table:
    """What people gave after their matter was closed, 1 to 5, by unit."""
    span = _year_span(agency, year, now)
    rated = (Case.agency_id == agency.id, Case.rating.is_not(None), sets.within(Case.closed_at, span))
    counted = session.execute(
        select(func.coalesce(Unit.name, agency.short_name), func.count(), func.avg(Case.rating))
        .outerjoin(Unit, Unit.id == Case.unit_id)
        .where(*rated)
        .group_by(Unit.name)
        .order_by(func.count().desc())
    ).all()
    people, stars = session.execute(select(func.count(), func.avg(Case.rating)).where(*rated)).one()
    rows: tuple[Row, ...] = tuple(
        (name, count, _average(mean)) if count >= FEWEST else (name, FEW.strip(), "–") for name, count, mean in counted
    )
    shown = [(name, float(mean)) for name, count, mean in counted if count >= FEWEST]
    chart = Chart(
        f"คะแนนความพึงพอใจ ปีงบประมาณ {year}",
        tuple(name for name, _ in shown),
        (("คะแนนเฉลี่ย", tuple(round(mean, 2) for _, mean in shown)),),
        "เต็ม 5",
    )
    # With a line kept back, the total would give it away.
    total: Row = ("รวม", people, _average(stars)) if people >= FEWEST and len(shown) == len(counted) else ()
    return Table(
        f"ความพึงพอใจหลังรับบริการ ปีงบประมาณ {year}",
        ("ส่วนงาน", "ผู้ให้คะแนน (คน)", "คะแนนเฉลี่ย (เต็ม 5)"),
        rows,
        total,
        f"คะแนน 1-5 ที่ผู้แจ้งให้เมื่อเรื่องเสร็จ ส่วนงานที่มีผู้ให้คะแนน{FEW}คนไม่แสดงคะแนน {_as_at(now)}",
        chart if shown else None,
    )


def survey(session: Session, agency: AgencyView, year: int, now: datetime) -> Table:
    """The yearly survey (R29): how many marks of 5 to 1 each unit got; the suggestions stay with the agency."""
    whole = year_period(year)
    form = yearly.form_of(session)
    found = yearly.figures(session, agency, form, whole.start, whole.end, year) if form is not None else None
    shown = yearly.for_everybody(found).by_unit if found is not None else []
    answers = found.answers if found is not None else 0
    too_few: Row = ("ทุกส่วนงาน", f"น้อยกว่า {yearly.FEW}" if answers else 0, *("–",) * 7)
    rows = tuple((unit, people, *_marks(rating)) for unit, people, rating in shown) or (too_few,)
    chart = Chart(
        f"ผลสำรวจความพึงพอใจ ปีงบประมาณ {year}",
        tuple(unit for unit, _, _ in shown),
        (("คะแนนเฉลี่ย", tuple(rating.mean_hundredths / 100 for _, _, rating in shown)),),
        "เต็ม 5",
    )
    note = f"แบบสำรวจที่ไม่เก็บว่าใครตอบ ช่อง 5 ถึง 1 คือจำนวนคำตอบทุกข้อรวมกัน ส่วนงานที่มีผู้ตอบน้อยกว่า {yearly.FEW} คนรวมไว้ด้วยกัน"
    return Table(
        f"ผลสำรวจความพึงพอใจประจำปี ปีงบประมาณ {year}",
        ("ส่วนงาน", "ผู้ตอบ (คน)", "5", "4", "3", "2", "1", "คะแนนเฉลี่ย (เต็ม 5)", "ให้ 4-5 (ร้อยละ)"),
        rows,
        ("รวม", answers, *_marks(yearly.total(shown))) if shown else (),
        f"{note} {_as_at(now)}",
        chart if shown else None,
    )


def _marks(rating: UnitRating) -> Row:
    """Marks from 5 to 1, their mean and how many of a hundred are 4 or 5."""
    if not rating.answers:
        return (*reversed(rating.counts), "–", "–")
    return (*reversed(rating.counts), rating.mean_hundredths / 100, rating.satisfied_percent)


def villages(session: Session, agency: AgencyView, year: int, now: datetime) -> Table:
    span = _year_span(agency, year, now)
    counted = session.execute(
        select(Case.moo, func.count(), func.count(Case.closed_at))
        .where(sets.cases_of(span, None), sets.within(Case.opened_at, span), Case.moo.is_not(None))
        .group_by(Case.moo)
        .order_by(Case.moo)
    ).all()
    rows = [(f"หมู่ {moo}", count, closed) for moo, count, closed in counted]
    return _broken_down(f"เรื่องร้องเรียนทั่วไปแยกตามหมู่บ้าน ปีงบประมาณ {year}", "หมู่ที่", rows, now)


def eit(session: Session, agency: AgencyView, year: int, now: datetime) -> Table:
    """Reach of the EIT survey: openings of the address, never who or what they answered."""
    found = reach(session, year, now)
    target = found["target"]
    rows: list[Row] = [
        ("เป้าหมายผู้ตอบ (คน)", target if target is not None else NOBODY_YET),
        ("ผู้ตอบตามระบบ ITAS (คน)", found["reported"] if found["reported"] is not None else NOBODY_YET),
        ("เปิดลิงก์จากคิวอาร์โค้ด (ครั้ง)", found["scans"]["total"]),
        ("จุดที่ติดคิวอาร์โค้ด (จุด)", sum(1 for point in found["scans"]["by_point"] if point["active"])),
    ]
    note = "การเปิดลิงก์ไม่ใช่จำนวนผู้ตอบ ระบบไม่รู้ว่าใครตอบและตอบอะไร"
    return Table(f"การเข้าถึงแบบวัด EIT ปีงบประมาณ {year}", ("รายการ", "จำนวน"), tuple(rows), (), f"{note} {_as_at(now)}")


def channels(session: Session, agency: AgencyView, year: int, now: datetime) -> Table:
    """The ways to reach the agency that its register says are alive (R04)."""
    del year  # channels stand; they do not belong to a year
    entries = session.scalars(
        select(RegisterEntry).where(RegisterEntry.register == "channels").order_by(RegisterEntry.title)
    )
    rows: list[Row] = []
    for entry in entries:
        if entry.data.get("alive") != "no":
            checked = format_date(entry.dated, "short") if entry.dated else "–"
            rows.append((entry.title, str(entry.data.get("address", "")), checked))
    own: tuple[Row, ...] = tuple(
        (word, agency.fields[name], "–")
        for word, name in (("โทรศัพท์", "office_phone"), ("อีเมล", "email"), ("LINE", "line_id"), ("เว็บไซต์", "website"))
        if agency.fields.get(name) and not rows
    )
    return Table(f"ช่องทางติดต่อ{agency.short_name}", ("ช่องทาง", "ที่อยู่หรือเบอร์", "ตรวจล่าสุด"), (*rows, *own), (), _as_at(now))


KINDS: dict[str, Kind] = {
    "complaints": Kind("เรื่องร้องเรียน", "รับกี่เรื่อง เสร็จกี่เรื่อง ทันกำหนดกี่เรื่อง แต่ละเดือน", complaints),
    "categories": Kind("เรื่องร้องเรียนตามประเภท", "ไฟ ถนน น้ำ ขยะ เรื่องใดมีมาก", categories),
    "villages": Kind("เรื่องร้องเรียนตามหมู่บ้าน", "แต่ละหมู่มีเรื่องเท่าไร", villages),
    "services": Kind("สถิติการให้บริการ", "ผู้มาใช้บริการแต่ละเดือน", services),
    "questions": Kind("การถาม-ตอบ", "คำถามและการตอบแต่ละเดือน", questions),
    "satisfaction": Kind("ความพึงพอใจ", "คะแนนที่ประชาชนให้แต่ละส่วนงาน", satisfaction),
    "survey": Kind("ผลสำรวจประจำปี", "คะแนนจากแบบสำรวจที่ไม่เก็บว่าใครตอบ", survey),
    "eit": Kind("แบบวัด EIT", "มีผู้เข้าถึงแบบประเมินเท่าไร", eit),
    "channels": Kind("ช่องทางติดต่อ", "ติดต่อเราได้ทางใดบ้าง", channels),
}


# -- inside ----------------------------------------------------------------------------------------------


def _broken_down(title: str, by: str, counted: Iterable[Sequence[Any]], now: datetime) -> Table:
    """`counted`: (label, received, closed). The small ones stand together in one line."""
    rows = put_together([(str(label), int(count), int(closed)) for label, count, closed in counted])
    total: Row = ("รวม", sum(row[1] for row in rows), sum(row[2] for row in rows)) if rows else ()
    note = f"รายการที่มี{FEW}เรื่องรวมไว้ด้วยกัน เพื่อไม่ให้รู้ว่าใครแจ้ง {_as_at(now)}"
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


def _average(mean: Any) -> Cell:
    return round(float(mean), 2) if mean is not None else "–"


def _year_span(agency: AgencyView, year: int, now: datetime) -> Span:
    whole = year_period(year)
    return Span(agency.id, whole.start, whole.end, now)


def _counted(
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
