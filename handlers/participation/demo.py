"""An activity that is coming, an answered proposal and an open poll, for the demo agency. All of it is invented."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.numbers import next_number
from handlers.participation import activities
from handlers.participation.activities import ActivityDetails
from models.agency import Unit
from models.participation import Poll, Proposal
from thai.dates import at_bangkok, format_date


def load(session: Session, agency_id: int, today: date) -> None:
    """Fill the demo agency; `session` is scoped to it, `today` is the day (Bangkok) on which it begins."""
    now = at_bangkok(today)
    office = session.scalars(select(Unit).where(Unit.name == "สำนักปลัด")).first()
    activity = activities.save(
        session,
        None,
        ActivityDetails(
            title="ประชุมประชาคมหมู่ 3 (สมมุติ)",
            kind="forum",
            day=format_date(today + timedelta(days=14), "long"),
            starts="09.00",
            ends="12.00",
            place="ศาลาประชาคมหมู่ 3 (สมมุติ)",
            detail="ร่วมเสนอโครงการลงแผนพัฒนาท้องถิ่น\nมีอาหารว่าง มาทั้งครอบครัวได้",
            unit_id=office.id if office else None,
            seats="60",
        ),
        None,
        now,
    )
    activities.publish(session, activity, None, now)
    number, year = next_number(session, agency_id, "P", today)
    session.add(
        Proposal(
            number=number,
            fiscal_year=year,
            text="อยากให้มีลานออกกำลังกายใกล้ศาลาประชาคม (สมมุติ)",
            moo=3,
            channel="web",
            status="will_do",
            summary="ลานออกกำลังกายใกล้ศาลาประชาคมหมู่ 3 (สมมุติ)",
            answer="บรรจุในร่างแผนพัฒนาท้องถิ่นแล้ว จะนำเข้าประชาคมครั้งถัดไป",
            at=now,
            answered_at=now,
        )
    )
    session.add(
        Poll(
            question="ควรทำเรื่องใดก่อนในหมู่บ้าน (สมมุติ)",
            options=["ไฟทาง", "ลานกีฬา", "ท่อระบายน้ำ"],
            opens_on=today,
            closes_on=today + timedelta(days=30),
            published=True,
            created_at=now,
        )
    )
    session.flush()
