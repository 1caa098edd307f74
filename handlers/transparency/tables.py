"""What everybody may know of an agency's work, as tables: counts by month of a fiscal year, never a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.eit.reach import reach
from handlers.summaries import sets
from handlers.summaries.sets import Span
from handlers.summaries.trend import trend
from handlers.transparency import visits, voices
from handlers.transparency.parts import (
    NOBODY_YET,
    Kind,
    Row,
    Table,
    as_at,
    begun,
    broken_down,
    by_month,
    counted_by_month,
    months_of,
    year_span,
)
from handlers.walkins import counts as walkins
from models.case import Case, Category
from models.measure import RegisterEntry
from thai.dates import bangkok_date, format_date
from thai.fiscal import fiscal_year


def years(session: Session, agency: AgencyView, now: datetime) -> list[int]:
    """Fiscal years (BE) that there is something to say about, the latest first."""
    this = fiscal_year(bangkok_date(now))
    first = session.scalar(select(func.min(Case.opened_at)).where(Case.agency_id == agency.id))
    return list(range(this, (fiscal_year(bangkok_date(first)) if first else this) - 1, -1))


# -- the tables ------------------------------------------------------------------------------------------


def complaints(session: Session, agency: AgencyView, year: int, now: datetime) -> Table:
    months = months_of(year)
    found = trend(session, agency, months, now)
    return by_month(
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
    span = year_span(agency, year, now)
    counted = session.execute(
        select(Category.label, func.count(), func.count(Case.closed_at))
        .join(Category, Category.id == Case.category_id)
        .where(sets.cases_of(span, None), sets.within(Case.opened_at, span))
        .group_by(Category.label)
        .order_by(func.count().desc(), Category.label)
    ).all()
    return broken_down(f"เรื่องร้องเรียนทั่วไปแยกตามประเภท ปีงบประมาณ {year}", "ประเภท", counted, now)


def services(session: Session, agency: AgencyView, year: int, now: datetime) -> Table:
    """How many came, by what they came for (OIT: สถิติการให้บริการ, R28)."""
    months = months_of(year)
    found = trend(session, agency, months, now)
    requests = counted_by_month(session, agency, months, now, Case.opened_at, Case.kind == "request")
    desk = walkins.by_month(session, [(month.first, month.last) for month in months])
    numbers = [
        [row["asked"], row["received"], asked, came, row["asked"] + row["received"] + asked + came]
        for row, asked, came in zip(found, requests, desk, strict=True)
    ]
    return by_month(
        f"สถิติการให้บริการ ปีงบประมาณ {year}",
        ("ถาม-ตอบ", "รับเรื่องร้องเรียน", "คำขอบริการ", "มาที่สำนักงาน", "รวม"),
        months,
        numbers,
        now,
        "นับทุกช่องทางที่บันทึกในระบบ รวมที่เจ้าหน้าที่บันทึกแทนผู้มาติดต่อ ช่องมาที่สำนักงานคือผู้มาติดต่อที่เจ้าหน้าที่นับโดยไม่ได้บันทึกเรื่อง",
        (4,),
    )


def questions(session: Session, agency: AgencyView, year: int, now: datetime) -> Table:
    months = months_of(year)
    numbers = []
    for month in months:
        span = Span(agency.id, month.first, month.last, now)
        conditions = sets.question_conditions(span)
        names = ("questions.asked", "questions.bot", "questions.person", "questions.unanswered")
        flags = [func.count().filter(conditions[name]) for name in names]
        if begun(month, now):
            counted = session.execute(select(*flags).where(sets.questions_of(span, None), conditions[names[0]])).one()
            numbers.append(list(counted))
        else:
            numbers.append([0] * len(names))
    return by_month(
        f"สถิติการถาม-ตอบ ปีงบประมาณ {year}",
        ("คำถาม", "ระบบตอบ", "เจ้าหน้าที่ตอบ", "รอตอบ"),
        months,
        numbers,
        now,
        "คำถามที่ผู้ถามเลิกถามหรือบอกว่าคำตอบไม่ตรง นับรวมในช่องคำถามเท่านั้น",
        (0,),
    )


def villages(session: Session, agency: AgencyView, year: int, now: datetime) -> Table:
    span = year_span(agency, year, now)
    counted = session.execute(
        select(Case.moo, func.count(), func.count(Case.closed_at))
        .where(sets.cases_of(span, None), sets.within(Case.opened_at, span), Case.moo.is_not(None))
        .group_by(Case.moo)
        .order_by(Case.moo)
    ).all()
    rows = [(f"หมู่ {moo}", count, closed) for moo, count, closed in counted]
    return broken_down(f"เรื่องร้องเรียนทั่วไปแยกตามหมู่บ้าน ปีงบประมาณ {year}", "หมู่ที่", rows, now)


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
    title = f"การเข้าถึงแบบประเมิน EIT ปีงบประมาณ {year}"
    return Table(title, ("รายการ", "จำนวน"), tuple(rows), (), f"{note} {as_at(now)}")


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
    return Table(f"ช่องทางติดต่อ {agency.short_name}", ("ช่องทาง", "ที่อยู่หรือเบอร์", "ตรวจล่าสุด"), (*rows, *own), (), as_at(now))


KINDS: dict[str, Kind] = {
    "complaints": Kind("เรื่องร้องเรียน", "รับกี่เรื่อง เสร็จกี่เรื่อง ทันกำหนดกี่เรื่อง แต่ละเดือน", complaints),
    "categories": Kind("เรื่องร้องเรียนตามประเภท", "ไฟ ถนน น้ำ ขยะ เรื่องใดมีมาก", categories),
    "villages": Kind("เรื่องร้องเรียนตามหมู่บ้าน", "แต่ละหมู่มีเรื่องเท่าไร", villages),
    "services": Kind("สถิติการให้บริการ", "ผู้มาใช้บริการแต่ละเดือน", services),
    "by_service": Kind("ผู้มาใช้บริการแยกตามบริการ", "แต่ละบริการมีผู้มาใช้เดือนละกี่คน", visits.by_service),
    "questions": Kind("การถาม-ตอบ", "คำถามและการตอบแต่ละเดือน", questions),
    "satisfaction": Kind("ความพึงพอใจ", "คะแนนที่ประชาชนให้แต่ละส่วนงาน", voices.satisfaction),
    "survey": Kind("ผลสำรวจประจำปี", "คะแนนจากแบบสำรวจที่ไม่เก็บว่าใครตอบ", voices.survey),
    "participation": Kind("การมีส่วนร่วม", "กิจกรรม ผู้เข้าร่วม ความเห็น และข้อเสนอแต่ละเดือน", voices.participation),
    "eit": Kind("แบบประเมิน EIT", "มีผู้เข้าถึงแบบประเมินเท่าไร", eit),
    "channels": Kind("ช่องทางติดต่อ", "ติดต่อเราได้ทางใดบ้าง", channels),
}
