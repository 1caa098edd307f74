"""Who can be played on the stand-in's chat page, and which of the demo agency's staff they are. All invented."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.simulator.platform import Persona
from handlers.agencies import AgencyView
from handlers.borrowing import demo as borrowing
from handlers.participation import demo as participation
from handlers.services import starter
from models.agency import Staff
from models.base import utc_now
from models.conversation import Conversation
from thai.dates import bangkok_date

CITIZENS = (
    Persona("ยายบุญมี", "ผู้สูงอายุ หมู่ 3"),
    Persona("นายสมชาย", "ชาวบ้าน หมู่ 5"),
)
# By the staff member's username in handlers/people/agency_setup.py.
STAFF = {
    "chang": Persona("นายวิชัย", "นายช่างโยธา กองช่าง", staff=True),
    "khlang": Persona("นางสาวบัญชี", "จัดเก็บรายได้ กองคลัง", staff=True),
    "palad": Persona("นางสมศรี", "ปลัด อบต.", staff=True),
}
PERSONAS = (*CITIZENS, *STAFF.values())


def link_staff(session: Session) -> None:
    """Link the demo agency's staff to the stand-in's personas, so that notices reach them from the first case on.

    `session` must be scoped to the demo agency; people who are linked already stay as they are."""
    for person in session.scalars(select(Staff).where(Staff.username.in_(STAFF), Staff.line_user_id.is_(None))):
        person.line_user_id = STAFF[person.username].user_id
        known = session.scalars(select(Conversation).where(Conversation.line_user_id == person.line_user_id)).first()
        if known is None:
            session.add(Conversation(line_user_id=person.line_user_id, display_name=person.name))


def open_forms(session: Session, agency: AgencyView) -> None:
    """Publish the demo agency's ready-made forms, so that a newcomer can fill one in at once; things to
    lend, and an activity to come to."""
    staff = session.scalars(select(Staff).where(Staff.username == "admin")).one()
    starter.publish_packs(session, agency, staff, utc_now())
    borrowing.load(session, staff)
    participation.load(session, agency.id, bangkok_date(utc_now()))
