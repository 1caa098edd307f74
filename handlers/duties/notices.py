"""What the clock does about duties: reminders and steps up the ladder, in the ledger first, then one message a person
and day.

The ledger (DutyNotice) decides what is said: a row for each duty, person, last day and mark, never two on one day. Rows
of duties are locked before they are looked at again, so that of two clocks the second finds nothing left to do.
A digest that did not get through is followed, not repeated: the next one takes its duties over and withdraws it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, selectinload

from handlers import audit, notify, outbox
from handlers.agencies import AgencyView
from handlers.duties import digest, hearers, reminders
from handlers.duties.digest import Item
from handlers.duties.hearers import Hearers
from handlers.messages import dump
from handlers.notify import Telling
from handlers.outbox import OutboxRefused
from models.agency import Staff
from models.duty import LIVE_DUTY_STATUSES, Duty, DutyEvent, DutyNotice
from models.outbox import MailMessage, OutboxMessage
from thai.dates import bangkok_date

PREFIX = "duties:"  # of a digest's dedupe_key; what follows is its digest_key
UNSENT = ("pending", "failed")
_SUPERSEDED = "รวมไว้ในข้อความแจ้งงานฉบับถัดไปแล้ว"
_MOOT = "งานถูกเลื่อนหรือปิดไปก่อนส่ง"


def remind_due(session: Session, now: datetime) -> list[int]:
    """The ids of the agencies with a duty to look at; `session` is not scoped."""
    return list(
        set(session.scalars(select(Duty.agency_id).where(Duty.wake_at <= now)))
    )  # DISTINCT makes SQLite read all of another index


def remind(session: Session, agency: AgencyView, now: datetime) -> int:
    """Say what is due of the duties whose time has come (`wake_at`). How many notices were written.

    Outside office hours nothing is said; the next working morning makes up for it, of missed days only the latest."""
    woken = _woken(session, now)
    if not woken:
        return 0
    if not reminders.may_speak(now, agency.calendar):
        morning = reminders.next_speaking_time(now, agency.calendar)
        for duty in woken:
            duty.wake_at = morning if duty.status in LIVE_DUTY_STATUSES else None
        return 0
    return _Round(session, agency, now, woken).run()


def _woken(session: Session, now: datetime) -> list[Duty]:
    """Locked: a second clock waits here, and then sees that the time of these duties has moved on."""
    query = (
        select(Duty)
        .where(Duty.wake_at <= now)
        .order_by(Duty.id)
        .options(selectinload(Duty.rule))
        .with_for_update(of=Duty, key_share=True)
    )
    return list(session.scalars(query))


@dataclass(slots=True)
class _Round:
    """One agency's duties of one moment."""

    session: Session
    agency: AgencyView
    now: datetime
    woken: Sequence[Duty]
    hearers: Hearers = field(init=False)
    told: dict[tuple[int, int], date] = field(init=False)  # (duty, person): the last day on which they were told
    fresh: dict[int, dict[int, DutyNotice]] = field(default_factory=lambda: defaultdict(dict))  # person, duty

    @property
    def today(self) -> date:
        return bangkok_date(self.now)

    def run(self) -> int:
        self.hearers = hearers.load(self.session)
        before = self._ledger()
        for duty in self.woken:
            self._look_at(duty)
        spoken_of = self._tell({notice.staff_id for notice in before} | set(self.fresh))
        written = [notice for notices in self.fresh.values() for notice in notices.values()]
        self.session.add_all(written)
        end, morning = reminders.end_of_day(self.now), reminders.next_speaking_time(self.now, self.agency.calendar)
        for duty in self.woken:
            duty.wake_at = reminders.next_wake(duty, self.agency.calendar, end)
            if duty.wake_at is not None and duty.id in spoken_of:  # did it get through?
                duty.wake_at = min(duty.wake_at, morning)
        return len(written)

    def _ledger(self) -> list[DutyNotice]:
        """What was said of these duties before, about the last day that they have now."""
        days = {duty.id: duty.due_on for duty in self.woken}
        rows = self.session.scalars(select(DutyNotice).where(DutyNotice.duty_id.in_(days)))
        found = [row for row in rows if row.due_on == days[row.duty_id]]
        self.told = {}
        for row in found:
            if row.withdrawn_at is None:
                key = row.duty_id, row.staff_id
                self.told[key] = max(self.told.get(key, date.min), bangkok_date(row.planned_at))
        return found

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

    def _note(self, duty: Duty, person: Staff, mark: int, level: int, since: date) -> None:
        """Into the ledger, unless this person was told of this duty on that day or later."""
        if self.told.get((duty.id, person.id), date.min) >= since:
            return
        self.fresh[person.id][duty.id] = DutyNotice(
            duty_id=duty.id, staff_id=person.id, due_on=duty.due_on, mark=mark, level=level, planned_at=self.now
        )

    def _story(self, duty: Duty, action: str, **detail: Any) -> None:
        self.session.add(DutyEvent(duty_id=duty.id, at=self.now, action=action, detail=detail))
        audit.record(self.session, "clock", f"duty_{action}", f"duty:{duty.id}", **detail)

    # -- telling -------------------------------------------------------------------------------------------

    def _tell(self, people: Collection[int]) -> set[int]:
        """One message for each person who has something new, or whose last one did not get through; the ids of the
        duties of which somebody was told by LINE or e-mail."""
        taken = {f"{PREFIX}{self._key(staff_id)}" for staff_id in people}
        known = digests(self.session, people, taken, self.agency.sends_mail)
        spoken_of: set[int] = set()
        said: list[Telling] = []
        for person in (self.hearers.staff[staff_id] for staff_id in sorted(people) if staff_id in self.hearers.staff):
            notices = self.fresh.get(person.id, {})
            rows = known.get(person.id, [])
            waiting = [row for row in rows if row.status in UNSENT and (notices or not self._of_today(row))]
            carried = self._take_over(waiting, notices)
            items = [*notices.values(), *carried]
            if items:
                key = self._key(person.id)
                if any(row.dedupe_key == f"{PREFIX}{key}" for row in rows):
                    # Made or moved in the course of the day: a second message, of this very moment.
                    key = f"{key}:{self.now:%H%M%S%f}"
                spoken_of |= self._send(person, items, key, said)
        notify.tell_many(self.session, said)
        return spoken_of

    def _key(self, staff_id: int) -> str:
        """The digest_key of this person's message of the day."""
        return f"{self.today.isoformat()}:s{staff_id}"

    def _of_today(self, row: OutboxMessage | MailMessage) -> bool:
        return row.dedupe_key.startswith(f"{PREFIX}{self.today.isoformat()}:")

    def _take_over(
        self, rows: Iterable[OutboxMessage | MailMessage], notices: dict[int, DutyNotice]
    ) -> list[DutyNotice]:
        """Withdraw digests that did not get through; their notices that still matter, of each duty the latest."""
        carried: dict[int, DutyNotice] = {}
        for row in rows:
            if withdraw(self.session, row, _SUPERSEDED):
                for notice in notices_of(self.session, row):
                    if notice.duty_id not in notices and still_matters(self.session, notice):
                        carried[notice.duty_id] = notice
        return list(carried.values())

    def _send(self, person: Staff, notices: Sequence[DutyNotice], key: str, said: list[Telling]) -> set[int]:
        """Hand one digest over: to `said`, which goes to the outbox with the others', or to the mail."""
        duties = {duty.id: duty for duty in self.woken}
        items = [
            _item(self.hearers, duties.get(notice.duty_id) or self.session.get_one(Duty, notice.duty_id), notice)
            for notice in notices
        ]
        via = self.hearers.via(person, self.agency.sends_mail)
        if via == "line":
            urgent = any(notice.mark == 0 or notice.level > reminders.OWNER for notice in notices)
            messages = digest.messages(self.agency, items, self.hearers.staff, self.today)
            talk = self.hearers.talks[person.id]
            said.append(Telling(talk, messages, f"{PREFIX}{key}", f"{PREFIX}s{person.id}", urgent))
        elif via == "email":
            title, body = digest.mail(self.agency, items, self.hearers.staff, self.today)
            self.session.add(
                MailMessage(
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
        audit.record(self.session, "clock", "duties_reminded", f"staff:{person.id}", count=len(items), via=via)
        return set() if via == "console" else {notice.duty_id for notice in notices}


def _item(everybody: Hearers, duty: Duty, notice: DutyNotice) -> Item:
    """Whoever it is to do can act on it, even when they hear of it as a head too."""
    own = any(person.id == notice.staff_id for person in everybody.of(duty, reminders.OWNER))
    return Item(duty, reminders.OWNER if own else notice.level)


# -- digests that wait to be sent --------------------------------------------------------------------------


def digests(
    session: Session, people: Collection[int], keys: Collection[str] = (), mail: bool = True
) -> dict[int, list[OutboxMessage | MailMessage]]:
    """The digests of these people (staff ids) that wait or failed, and those with one of these dedupe_keys, oldest
    first. `mail`: e-mails too."""
    subjects = {f"{PREFIX}s{staff_id}": staff_id for staff_id in people}
    found: dict[int, list[OutboxMessage | MailMessage]] = defaultdict(list)
    by_line = select(OutboxMessage).where(
        OutboxMessage.subject.in_(subjects),
        or_(OutboxMessage.status.in_(UNSENT), OutboxMessage.dedupe_key.in_(keys)),
    )
    for row in session.scalars(by_line.order_by(OutboxMessage.id)):
        found[subjects[row.subject]].append(row)
    by_mail = select(MailMessage).where(
        MailMessage.subject_key.in_(subjects),
        or_(MailMessage.status.in_(UNSENT), MailMessage.dedupe_key.in_(keys)),
    )
    for letter in session.scalars(by_mail.order_by(MailMessage.id)) if mail else ():
        found[subjects[letter.subject_key]].append(letter)
    return found


def notices_of(session: Session, row: OutboxMessage | MailMessage) -> Sequence[DutyNotice]:
    """The ledger's rows of which a digest speaks."""
    key = row.dedupe_key.removeprefix(PREFIX)
    return session.scalars(
        select(DutyNotice)
        .where(DutyNotice.digest_key == key, DutyNotice.withdrawn_at.is_(None))
        .order_by(DutyNotice.id)
    ).all()


def still_matters(session: Session, notice: DutyNotice) -> bool:
    """Whether what a notice says is so still: the duty is open and due on that day, and this person has neither sent
    it in nor taken note."""
    duty = session.get_one(Duty, notice.duty_id)
    sent_in = duty.status == "submitted" and duty.submitted_by_id == notice.staff_id
    live = duty.status in LIVE_DUTY_STATUSES and not sent_in
    return live and duty.due_on == notice.due_on and notice.acknowledged_at is None


def withdraw(session: Session, row: OutboxMessage | MailMessage, reason: str) -> bool:
    """Do not send it any more; False when it was sent a moment ago, or is being sent."""
    try:
        outbox.withdraw(session, row, reason)
    except OutboxRefused:
        return False
    return True


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
    message: OutboxMessage | MailMessage,
    notices: Sequence[DutyNotice],
    now: datetime,
) -> bool:
    """Let a digest that waits speak of these notices only; False when it is on its way already."""
    everybody = hearers.load(session)
    items = [_item(everybody, session.get_one(Duty, notice.duty_id), notice) for notice in notices]
    table = type(message)
    values: dict[str, str] = {}
    if isinstance(message, OutboxMessage):
        values["messages"] = dump(digest.messages(agency, items, everybody.staff, bangkok_date(now)))
    else:
        values["title"], values["body"] = digest.mail(agency, items, everybody.staff, bangkok_date(now))
    changed = session.execute(
        update(table).where(table.id == message.id, table.status.in_(UNSENT)).values(**values).returning(table.id)
    ).all()
    return bool(changed)
