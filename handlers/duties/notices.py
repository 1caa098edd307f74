"""What the clock does about duties: reminders and steps up the ladder, in the ledger first, then one message a person
and day.

The ledger (DutyNotice) decides what is said: a row for each duty, person, last day and mark, never two on one day. Rows
of duties are locked before they are looked at again, so that of two clocks the second finds nothing left to do.
A digest that did not get through is followed, not repeated: the next one takes its duties over and withdraws it.

Several agencies are looked after in one transaction: what they need is asked for at once, and written at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from handlers import audit, notify
from handlers.agencies import AgencyView
from handlers.duties import digest, hearers, reminders
from handlers.duties.digest import Item
from handlers.duties.hearers import Hearers, Person
from handlers.duties.unsent import (
    PREFIX,
    STATUSES,
    Digest,
    digest_key,
    digests,
    notices_of,
    still_matters,
    withdraw,
)  # fmt: skip
from handlers.messages import dump
from handlers.notify import Telling
from models.audit import AuditEntry
from models.duty import LIVE_DUTY_STATUSES, Duty, DutyEvent, DutyNotice
from models.outbox import MailMessage, OutboxMessage
from thai.dates import bangkok_date

_SUPERSEDED = "รวมไว้ในข้อความแจ้งงานฉบับถัดไปแล้ว"
_MOOT = "งานถูกเลื่อนหรือปิดไปก่อนส่ง"


def remind_due(session: Session, now: datetime) -> list[int]:
    """The ids of the agencies with a duty to look at, each as often as it has one; `session` is not scoped."""
    return list(session.scalars(select(Duty.agency_id).where(Duty.wake_at <= now)))


def remind(session: Session, agency: AgencyView, now: datetime) -> int:
    """Say what is due of the duties whose time has come (`wake_at`). How many notices were written.

    Outside office hours nothing is said; the next working morning makes up for it, of missed days only the latest."""
    return remind_together(session, [agency], now)


def remind_together(session: Session, agencies: Sequence[AgencyView], now: datetime) -> int:
    """As remind, for several agencies; `session` need not be scoped."""
    woken = _woken(session, [agency.id for agency in agencies], now)
    at_work: list[AgencyView] = []
    for agency in agencies:
        if woken[agency.id] and reminders.may_speak(now, agency.calendar):
            at_work.append(agency)
            continue
        for duty in woken[agency.id]:
            morning = reminders.next_speaking_time(now, agency.calendar)
            duty.wake_at = morning if duty.status in LIVE_DUTY_STATUSES else None
    return _run(session, at_work, woken, now) if at_work else 0


def _woken(session: Session, agency_ids: Collection[int], now: datetime) -> dict[int, list[Duty]]:
    """By agency; locked: a second clock waits here, and then sees that the time of these duties has moved on."""
    query = (
        select(Duty)
        .where(Duty.agency_id.in_(agency_ids), Duty.wake_at <= now)
        .order_by(Duty.id)
        .options(selectinload(Duty.rule))
        .with_for_update(of=Duty, key_share=True)
    )
    found: dict[int, list[Duty]] = defaultdict(list)
    for duty in session.scalars(query):
        found[duty.agency_id].append(duty)
    return found


def _run(session: Session, agencies: Sequence[AgencyView], woken: dict[int, list[Duty]], now: datetime) -> int:
    """These agencies' duties, in office hours. How many notices were written."""
    people = hearers.load(session, [agency.id for agency in agencies])
    rounds = [_Round(session, agency, now, woken[agency.id], people[agency.id]) for agency in agencies]
    ledger = _ledger(session, [duty for one in rounds for duty in one.woken])
    for one in rounds:
        one.look(ledger)
    known = digests(
        session, [i for one in rounds for i in one.spoken_to], bangkok_date(now), any(a.sends_mail for a in agencies)
    )
    said = [telling for one in rounds for telling in one.tell(known)]
    notify.tell_many(session, said)
    written = [notice for one in rounds for notice in one.finish()]
    session.bulk_save_objects(written)
    session.bulk_save_objects([entry for one in rounds for entry in one.log])
    return len(written)


def _ledger(session: Session, duties: Collection[Duty]) -> dict[int, list[DutyNotice]]:
    """By duty what was said of it before, about the last day that it has now."""
    days = {duty.id: duty.due_on for duty in duties}
    found: dict[int, list[DutyNotice]] = defaultdict(list)
    for row in session.scalars(select(DutyNotice).where(DutyNotice.duty_id.in_(days))):
        if row.due_on == days[row.duty_id]:
            found[row.duty_id].append(row)
    return found


@dataclass(slots=True)
class _Round:
    """One agency's duties of one moment: `look`, then `tell`, then `finish`."""

    session: Session
    agency: AgencyView
    now: datetime
    woken: Sequence[Duty]
    hearers: Hearers
    today: date = field(init=False)
    told: dict[tuple[int, int], date] = field(default_factory=dict)  # (duty, person): the last day of telling
    fresh: dict[int, dict[int, DutyNotice]] = field(default_factory=lambda: defaultdict(dict))  # person, duty
    spoken_to: list[int] = field(init=False)  # those of whom the ledger knows, before and now
    spoken_of: set[int] = field(default_factory=set)  # the duties of which somebody was told by LINE or e-mail
    log: list[AuditEntry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.today = bangkok_date(self.now)

    def look(self, ledger: dict[int, list[DutyNotice]]) -> None:
        """Climb, and put into the ledger what is to be said."""
        before = [row for duty in self.woken for row in ledger.get(duty.id, ())]
        for row in before:
            if row.withdrawn_at is None:
                key = row.duty_id, row.staff_id
                self.told[key] = max(self.told.get(key, date.min), bangkok_date(row.planned_at))
        for duty in self.woken:
            self._look_at(duty)
        everybody = {row.staff_id for row in before} | set(self.fresh)
        self.spoken_to = [staff_id for staff_id in sorted(everybody) if staff_id in self.hearers.staff]

    def finish(self) -> list[DutyNotice]:
        """Say when the clock has to look again. The ledger's new rows."""
        end, morning = reminders.end_of_day(self.now), reminders.next_speaking_time(self.now, self.agency.calendar)
        for duty in self.woken:
            duty.wake_at = reminders.next_wake(duty, self.agency.calendar, end)
            if duty.wake_at is not None and duty.id in self.spoken_of:  # did it get through?
                duty.wake_at = min(duty.wake_at, morning)
        return [notice for notices in self.fresh.values() for notice in notices.values()]

    def _look_at(self, duty: Duty) -> None:
        if duty.status not in LIVE_DUTY_STATUSES:
            return
        calendar = self.agency.calendar
        mark = reminders.latest_mark(duty.due_on, calendar, self.today)
        if mark is not None:
            for person in self.hearers.of(duty, reminders.OWNER):
                self._note(duty, person, mark.days, reminders.OWNER, since=mark.day)
        step = reminders.next_step(duty, calendar)
        if step is not None and step[0] <= self.today:
            self._climb(duty, step[1])
        elif duty.escalated_for != duty.due_on:
            duty.escalation = reminders.OWNER  # it was moved

    def _climb(self, duty: Duty, level: int) -> None:
        duty.escalation, duty.escalated_for = level, duty.due_on
        duty.climb_after = reminders.held_until(self.today, level, self.agency.calendar)
        people = self.hearers.of(duty, level)
        for person in people:
            self._note(duty, person, (duty.due_on - self.today).days, level, since=self.today)
        self._story(duty, "escalated", level=level, to=[person.id for person in people])

    def _note(self, duty: Duty, person: Person, mark: int, level: int, since: date) -> None:
        """Into the ledger, unless this person was told of this duty on that day or later."""
        if self.told.get((duty.id, person.id), date.min) >= since:
            return
        self.fresh[person.id][duty.id] = DutyNotice(
            agency_id=self.agency.id, duty_id=duty.id, staff_id=person.id,
            due_on=duty.due_on, mark=mark, level=level, planned_at=self.now,
        )  # fmt: skip

    def _story(self, duty: Duty, action: str, **detail: Any) -> None:
        event = DutyEvent(agency_id=self.agency.id, duty_id=duty.id, at=self.now, action=action, detail=detail)
        self.session.add(event)
        self.log.append(audit.clock_entry(self.agency.id, f"duty_{action}", f"duty:{duty.id}", **detail))

    # -- telling -------------------------------------------------------------------------------------------

    def tell(self, known: dict[int, list[Digest]]) -> Iterator[Telling]:
        """One message for each person who has something new, or whose last one did not get through: what goes to the
        outbox; e-mails are kept here. `known`: digests, by staff id."""
        for person in (self.hearers.staff[staff_id] for staff_id in self.spoken_to):
            notices = self.fresh.get(person.id, {})
            rows = known.get(person.id, [])
            waiting = [row for row in rows if row.status in STATUSES and (notices or not self._of_today(row))]
            carried = self._take_over(waiting, notices)
            items = [*notices.values(), *carried]
            if items:
                key = digest_key(self.today, person.id)
                if any(row.dedupe_key == f"{PREFIX}{key}" for row in rows):
                    # Made or moved in the course of the day: a second message, of this very moment.
                    key = f"{key}:{self.now:%H%M%S%f}"
                yield from self._send(person, items, key)

    def _of_today(self, row: Digest) -> bool:
        return row.dedupe_key.startswith(f"{PREFIX}{self.today.isoformat()}:")

    def _take_over(self, rows: Iterable[Digest], notices: dict[int, DutyNotice]) -> list[DutyNotice]:
        """Withdraw digests that did not get through; their notices that still matter, of each duty the latest."""
        carried: dict[int, DutyNotice] = {}
        for row in rows:
            if withdraw(self.session, row, _SUPERSEDED):
                for notice in notices_of(self.session, row):
                    if notice.duty_id not in notices and still_matters(self.session, notice):
                        carried[notice.duty_id] = notice
        return list(carried.values())

    def _send(self, person: Person, notices: Sequence[DutyNotice], key: str) -> Iterator[Telling]:
        """Hand one digest over: what goes to the outbox with the others', or nothing for one by mail."""
        duties = {duty.id: duty for duty in self.woken}
        items = [
            _item(self.hearers, duties.get(notice.duty_id) or self.session.get_one(Duty, notice.duty_id), notice)
            for notice in notices
        ]
        via = "line" if person.talk else "email" if self.agency.sends_mail and person.email else "console"
        if person.talk:
            urgent = any(notice.mark == 0 or notice.level > reminders.OWNER for notice in notices)
            messages = digest.messages(self.agency, items, self.hearers.staff, self.today)
            subject = f"{PREFIX}s{person.id}"
            yield Telling(person.talk, messages, f"{PREFIX}{key}", subject, urgent, self.agency.id)
        elif via == "email":
            title, body = digest.mail(self.agency, items, self.hearers.staff, self.today)
            self.session.add(
                MailMessage(
                    agency_id=self.agency.id,
                    staff_id=person.id,
                    dedupe_key=f"{PREFIX}{key}",
                    subject_key=f"{PREFIX}s{person.id}",
                    title=title,
                    body=body,
                    next_attempt_at=self.now,
                )
            )
        for notice in notices:
            notice.digest_key, notice.via, notice.sent_at = key, via, self.now
        about = f"staff:{person.id}"
        self.log.append(audit.clock_entry(self.agency.id, "duties_reminded", about, count=len(items), via=via))
        if via != "console":
            self.spoken_of.update(notice.duty_id for notice in notices)


def _item(everybody: Hearers, duty: Duty, notice: DutyNotice) -> Item:
    """Whoever it is to do can act on it, even when they hear of it as a head too."""
    own = any(person.id == notice.staff_id for person in everybody.of(duty, reminders.OWNER))
    return Item(duty, reminders.OWNER if own else notice.level)


# -- what was to be said of a duty that is moved or closed ---------------------------------------------------


def withdraw_unsent(session: Session, agency: AgencyView, duty: Duty, now: datetime) -> int:
    """After a duty was moved, closed or cancelled: take back what was to be said of it and has not been sent. A digest
    that speaks of other duties too goes out without it. How many notices were withdrawn."""
    session.flush()
    rows = session.scalars(
        select(DutyNotice).where(DutyNotice.duty_id == duty.id, DutyNotice.withdrawn_at.is_(None))
    ).all()
    moot = {row.id: row for row in rows if row.via in ("line", "email") and not still_matters(session, row)}
    taken = 0
    for waiting in digests(session, {row.staff_id for row in moot.values()}).values():
        for message in waiting:
            said = notices_of(session, message)
            gone = [notice for notice in said if notice.id in moot]
            kept = [notice for notice in said if still_matters(session, notice)]
            if gone and (_rewrite(session, agency, message, kept, now) if kept else withdraw(session, message, _MOOT)):
                for notice in gone:
                    notice.withdrawn_at = now
                taken += len(gone)
    if taken:
        audit.record(session, "clock", "duty_notices_withdrawn", f"duty:{duty.id}", count=taken)
    return taken


def _rewrite(
    session: Session,
    agency: AgencyView,
    message: Digest,
    notices: Sequence[DutyNotice],
    now: datetime,
) -> bool:
    """Let a digest that waits speak of these notices only; False when it is on its way already."""
    everybody = hearers.load(session, [agency.id])[agency.id]
    items = [_item(everybody, session.get_one(Duty, notice.duty_id), notice) for notice in notices]
    table = type(message)
    values: dict[str, str] = {}
    if isinstance(message, OutboxMessage):
        values["messages"] = dump(digest.messages(agency, items, everybody.staff, bangkok_date(now)))
    else:
        values["title"], values["body"] = digest.mail(agency, items, everybody.staff, bangkok_date(now))
    changed = session.execute(
        update(table).where(table.id == message.id, table.status.in_(STATUSES)).values(**values).returning(table.id)
    ).all()
    return bool(changed)
