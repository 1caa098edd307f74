"""What people say and where they take part, as tables for everybody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.participation import activities, results
from handlers.services import satisfaction as yearly
from handlers.services.statistics import UnitRating
from handlers.summaries import sets
from handlers.transparency.parts import FEW, FEWEST, Row, Table, as_at, average, by_month, months_of, year_span
from models.agency import Unit
from models.case import Case
from models.participation import Proposal
from reports.document import Chart
from thai.dates import bangkok_date
from thai.fiscal import year_period


def satisfaction(session: Session, agency: AgencyView, year: int, now: datetime) -> Table:
    """What people gave after their matter was closed, 1 to 5, by unit."""
    span = year_span(agency, year, now)
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
        (name, count, average(mean)) if count >= FEWEST else (name, FEW.strip(), "–") for name, count, mean in counted
    )
    shown = [(name, float(mean)) for name, count, mean in counted if count >= FEWEST]
    chart = Chart(
        f"คะแนนความพึงพอใจ ปีงบประมาณ {year}",
        tuple(name for name, _ in shown),
        (("คะแนนเฉลี่ย", tuple(round(mean, 2) for _, mean in shown)),),
        "เต็ม 5",
    )
    # With a line kept back, the total would give it away.
    total: Row = ("รวม", people, average(stars)) if people >= FEWEST and len(shown) == len(counted) else ()
    return Table(
        f"ความพึงพอใจหลังรับบริการ ปีงบประมาณ {year}",
        ("ส่วนงาน", "ผู้ให้คะแนน (คน)", "คะแนนเฉลี่ย (เต็ม 5)"),
        rows,
        total,
        f"คะแนน 1-5 ที่ผู้แจ้งให้เมื่อเรื่องเสร็จ ส่วนงานที่มีผู้ให้คะแนน{FEW}คนไม่แสดงคะแนน {as_at(now)}",
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
        f"{note} {as_at(now)}",
        chart if shown else None,
    )


def _marks(rating: UnitRating) -> Row:
    """Marks from 5 to 1, their mean and how many of a hundred are 4 or 5."""
    if not rating.answers:
        return (*reversed(rating.counts), "–", "–")
    return (*reversed(rating.counts), rating.mean_hundredths / 100, rating.satisfied_percent)


def participation(session: Session, agency: AgencyView, year: int, now: datetime) -> Table:
    """Activities with outsiders by the month they began, with who came and what was said; proposals as they came."""
    months = months_of(year)
    counts = {month.key: [0, 0, 0, 0] for month in months}

    def of(moment: datetime) -> list[int]:
        day = bangkok_date(moment)
        return next(counts[month.key] for month in months if month.first <= day <= month.last)

    for row in activities.of_year(session, year):
        if row.status in ("open", "done") and row.starts_at <= now:
            found = results.numbers(session, row)
            line = of(row.starts_at)
            line[0] += 1
            line[1] += found.attended if row.status == "done" else 0
            line[2] += sum(found.opinions.values())
    whole = year_span(agency, year, now)
    came = select(Proposal.at).where(Proposal.agency_id == agency.id, sets.within(Proposal.at, whole))
    for at in session.scalars(came):
        of(at)[3] += 1
    return by_month(
        f"สถิติการมีส่วนร่วมของประชาชน ปีงบประมาณ {year}",
        ("กิจกรรม", "ผู้เข้าร่วม (คน)", "ความเห็น", "ข้อเสนอ"),
        months,
        [counts[month.key] for month in months],
        now,
        "กิจกรรมที่เปิดให้บุคคลภายนอกร่วม นับตามวันที่จัด ผู้เข้าร่วมนับเมื่อรายงานผลแล้ว",
        (1,),
    )
