"""Measures of two years and last year's scores for the demo agency. All of it is invented."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import evidence
from handlers.evidence import EvidenceDetails
from handlers.measures import operations, scores
from handlers.measures.operations import MeasureDetails, Progress
from models.agency import Staff
from thai.dates import at_bangkok
from thai.fiscal import fiscal_year, year_period

SCORES = dict(
    zip(
        scores.INDICATORS,
        map(Decimal, "92.40 81.75 88.10 79.32 83.06 90.15 84.20 86.77 96.50 93.00".split()),
        strict=True,
    )
)
# Indicator, title, issue, steps, unit, period, cadence, how far it is, results
MEASURES: tuple[tuple[int, str, str, tuple[str, ...], str, str, str, str, tuple[str, ...]], ...] = (
    (
        7,
        "เพิ่มช่องทางติดต่อและบอกให้ประชาชนรู้",
        "ประชาชนหลายหมู่ยังไม่ทราบว่าติดต่อทาง LINE ได้",
        ("สำรวจช่องทางที่มีและตรวจว่าใช้ได้", "ติดป้าย QR ทุกจุดบริการ", "รายงานจำนวนช่องทางทุกไตรมาส"),
        "สำนักปลัด",
        "ตลอดปีงบประมาณ",
        "quarter",
        "done",
        ("ติดป้าย QR ครบ 5 จุด", "รายงานผู้บริหารครบ 4 ไตรมาส"),
    ),
    (
        4,
        "ประกาศหลักเกณฑ์การยืมทรัพย์สินและทำทะเบียนยืมคืน",
        "บุคลากรและประชาชนไม่ทราบขั้นตอนการยืม",
        ("ประกาศหลักเกณฑ์", "ทำทะเบียนยืมคืน", "ชี้แจงในที่ประชุมประจำเดือน"),
        "กองคลัง",
        "ไตรมาส 1-2",
        "half",
        "in_progress",
        ("ประกาศหลักเกณฑ์แล้ว",),
    ),
    (
        2,
        "เปิดเผยแผนการใช้จ่ายงบประมาณต่อบุคลากรทุกเดือน",
        "บุคลากรรับรู้แผนการใช้จ่ายน้อย",
        ("สรุปการใช้จ่าย 1 หน้า", "ชี้แจงในที่ประชุมประจำเดือน"),
        "กองคลัง",
        "ทุกเดือน",
        "month",
        "in_progress",
        (),
    ),
    (
        8,
        "ทบทวนขั้นตอนขออนุญาตก่อสร้างให้สั้นลง",
        "ผู้รับบริการเห็นว่าขั้นตอนยังยาว",
        ("ทบทวนขั้นตอนร่วมกับผู้รับบริการ", "ปรับผังขั้นตอนหน้าเคาน์เตอร์"),
        "กองช่าง",
        "ไตรมาส 2-3",
        "once",
        "not_started",
        (),
    ),
    (
        5,
        "ทบทวนมาตรการป้องกันการทุจริตและประกาศเจตนารมณ์",
        "",
        ("ทบทวนผลปีก่อน", "ประกาศเจตนารมณ์ No Gift Policy"),
        "สำนักปลัด",
        "ไตรมาส 1",
        "year",
        "not_started",
        (),
    ),
)


def load(session: Session, today: date) -> None:
    """Fill the demo agency; `session` is scoped to it, `today` is the day (Bangkok) on which it begins."""
    this_year, now = fiscal_year(today), at_bangkok(today)
    scores.save(session, this_year - 1, SCORES, "cli", now)
    for year, most in ((this_year - 1, 3), (this_year, len(MEASURES))):
        _measures(session, year, year < this_year, most, now)


def _measures(session: Session, year: int, past: bool, most: int, now: datetime) -> None:
    clerk = session.scalars(select(Staff).where(Staff.role == "clerk").order_by(Staff.id)).first()
    for indicator, title, issue, steps, unit, period, cadence, status, results in MEASURES[:most]:
        details = MeasureDetails(
            fiscal_year=year,
            title=title,
            indicator=indicator,
            issue=issue,
            steps=steps,
            responsible_units=(unit,),
            period_text=period,
            supervision=("รายงานปลัดและนายกตามรอบ",),
            cadence=cadence,
            notes="ข้อมูลสมมุติ",
        )
        measure = operations.save_measure(session, None, details, "cli", now)
        done = past or status == "done"
        outcome = "ประชาชนติดต่อได้สะดวกขึ้น" if done and indicator == 7 else ""
        words = results or (("ดำเนินการครบตามขั้นตอน",) if done else ())
        # This year has only begun: nothing of it is done yet.
        state = "done" if past else "in_progress" if status == "done" else status
        told = Progress(state, words[:1] if not past else words, outcome if past else "", "")
        operations.record_progress(session, measure, told, "cli", now)
        if clerk is not None and past:
            title_of = EvidenceDetails("event", title="รายงานในที่ประชุมประจำเดือน (สมมุติ)", dated=_in(year, 120))
            evidence.add_evidence(session, measure, title_of, clerk, now)


def _in(year: int, days: int) -> date:
    """A day of a fiscal year, so many days after its first."""
    start = year_period(year).start
    return date.fromordinal(start.toordinal() + days)
