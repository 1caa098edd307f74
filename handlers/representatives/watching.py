"""The clock's part: a case's new state is told, a term ends by itself, the names of those who did not help go.

A state is compared with what the person was told last, so that two changes within a tick are one push (quota), and a
doubled tick finds nothing to tell."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlalchemy.orm import Session

from handlers import audit, notify
from handlers.agencies import AgencyView
from handlers.complaints import notices
from handlers.complaints.closing import REOPEN_WITHIN
from handlers.representatives import words
from handlers.representatives.operations import end
from handlers.representatives.rules import CURRENT, is_helpable, state_of, why_not
from models.case import Case
from models.representative import Representative
from thai.dates import bangkok_date, format_date, to_bangkok

BEFORE = timedelta(days=7)  # the end of a term is announced so long before
KEPT = timedelta(days=29)  # the name of somebody who declined or never answered; 30 days are promised
FROM, UNTIL = time(8), time(20)  # what only the calendar brings wakes nobody


def watch_representatives_due(session: Session, now: datetime) -> list[int]:
    """Agencies with something to do for representatives at `now` (UTC). `session` is not scoped."""
    helping = select(Representative.agency_id).join(Case, Case.id == Representative.case_id).where(_coming(now))
    idle = select(Representative.agency_id).where(*_forgettable(now))
    return sorted({*session.scalars(helping.distinct()), *session.scalars(idle.distinct())})


def watch_representatives(session: Session, agency: AgencyView, now: datetime) -> int:
    """Do it for this agency; how many rows changed."""
    rows = session.scalars(
        select(Representative)
        .join(Case, Case.id == Representative.case_id)
        .where(_coming(now))
        .order_by(Representative.id)
        # Another clock that looked at the same moment waits here, and then finds nothing left to tell.
        .with_for_update(of=Representative, key_share=True)
    ).all()
    today = bangkok_date(now)
    for row in rows:
        if _is_over(row.case, now):
            end(session, row, "case", "clock", now)
        elif row.ends_on < today:
            end(session, row, "term", "clock", now)
        elif row.told != state_of(row.case):
            _tell_state(session, row, now)
        else:
            _announce_end(session, agency, row, today)
    return len(rows) + _forget(session, now)


def _coming(now: datetime) -> ColumnElement[bool]:
    """Condition on Representative and Case: `watch_representatives` has something to do."""
    today = bangkok_date(now)
    closed = or_(not_(is_helpable()), and_(Case.status == "done", Case.done_at < now - REOPEN_WITHIN))
    active = Representative.status == "active"
    found = [closed, and_(active, Case.status + ":" + Case.sub_status != Representative.told)]
    if FROM <= to_bangkok(now).time() < UNTIL:
        found.append(Representative.ends_on < today)
        found.append(and_(active, Representative.reminded.is_(False), Representative.ends_on <= today + BEFORE))
    return and_(Representative.status.in_(CURRENT), or_(*found))


def _is_over(case: Case, now: datetime) -> bool:
    """True when nobody may help with the case any more, or will open it again."""
    waited = case.done_at is not None and case.done_at < now - REOPEN_WITHIN
    return bool(why_not(case)) or (case.status == "done" and waited)


def _tell_state(session: Session, row: Representative, now: datetime) -> None:
    row.told = state_of(row.case)
    if row.conversation_id is not None:
        key = f"representative:{row.id}:{row.told}:{int(now.timestamp())}:c{row.conversation_id}"
        notify.tell(session, row.conversation_id, words.changed(row), key, f"case:{row.case_id}")


def _announce_end(session: Session, agency: AgencyView, row: Representative, today: date) -> None:
    row.reminded = True
    if row.conversation_id is not None:
        key = f"representative:{row.id}:ending:c{row.conversation_id}"
        notify.tell(session, row.conversation_id, words.ending(row, today), key, f"case:{row.case_id}")
    title = f"ผู้แทนครบวาระ {format_date(row.ends_on)}"
    people = notices.responsible(session, row.case)
    notices.to_staff(session, agency, row.case, people, title, f"represented:{row.id}:ending", words.mark(row))


def _forgettable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions: invited, never helped, and over for KEPT."""
    return (
        Representative.status.in_(("declined", "ended")),
        Representative.ended_at < now - KEPT,
        Representative.terms_version.is_(None),
        Representative.name != "",
    )


def _forget(session: Session, now: datetime) -> int:
    rows = session.scalars(select(Representative).where(*_forgettable(now))).all()
    for row in rows:
        row.name = ""
    if rows:
        audit.record(session, "clock", "representatives_forgotten", count=len(rows))
    return len(rows)
