"""Private calendar addresses (.ics) of a person's or a unit's duties. Whoever has the address can read the titles and
days, so it is long, kept only as its SHA-256, revocable, and dead once the person who asked for it has left."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import AgencyView
from handlers.duties.digest import name
from handlers.duties.operations import STATUS_LABELS
from models.agency import Staff
from models.duty import LIVE_DUTY_STATUSES, CalendarFeed, Duty
from thai.dates import bangkok_date

TOKEN_BYTES = 32
PAST = timedelta(days=400)  # a fiscal year and its aftermath
ALARMS = (timedelta(days=6, hours=15), timedelta(hours=15))  # at nine a week before, and the day before
_DAY = timedelta(days=1)


class FeedError(ValueError):
    """The address cannot be made. The message is Thai."""


def create(session: Session, staff: Staff, unit: bool, now: datetime) -> tuple[CalendarFeed, str]:
    """A new address for this person's own duties, or those of their unit; the one they had before ends. The token is
    known only now. Raises FeedError for somebody without a unit."""
    if unit and staff.unit_id is None:
        raise FeedError("บัญชีนี้ไม่ได้สังกัดส่วนงาน")
    for old in of(session, staff):
        if (old.unit_id is not None) == unit:
            old.revoked_at = now
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = CalendarFeed(
        token_hash=_hash(token),
        staff_id=None if unit else staff.id,
        unit_id=staff.unit_id if unit else None,
        created_by_id=staff.id,
        created_at=now,
    )
    session.add(feed)
    session.flush()
    audit.record(session, f"staff:{staff.id}", "calendar_feed_created", f"calendar_feed:{feed.id}", unit=feed.unit_id)
    return feed, token


def of(session: Session, staff: Staff) -> Sequence[CalendarFeed]:
    """The addresses that this person made and that are alive."""
    mine = (CalendarFeed.created_by_id == staff.id, CalendarFeed.revoked_at.is_(None))
    return session.scalars(select(CalendarFeed).where(*mine).order_by(CalendarFeed.id)).all()


def revoke(session: Session, feed: CalendarFeed, staff: Staff, now: datetime) -> None:
    """The address ends; calendars that follow it keep what they have until they look again."""
    feed.revoked_at = feed.revoked_at or now
    audit.record(session, f"staff:{staff.id}", "calendar_feed_revoked", f"calendar_feed:{feed.id}")


def find(session: Session, token: str) -> CalendarFeed | None:
    """The address with this token, while it is alive; `session` is not scoped to an agency.

    That of a unit ends with its maker's transfer to another one."""
    feed = session.scalars(
        select(CalendarFeed).where(CalendarFeed.token_hash == _hash(token), CalendarFeed.revoked_at.is_(None))
    ).first()
    if feed is None or feed.created_by_id is None:
        return None
    maker = session.get(Staff, feed.created_by_id)
    if maker is None or not maker.active or (feed.unit_id is not None and maker.unit_id != feed.unit_id):
        return None
    return feed


def calendar(session: Session, agency: AgencyView, feed: CalendarFeed, now: datetime) -> bytes:
    """The duties behind an address as iCalendar (RFC 5545): all-day events on their last day, alarms for open ones."""
    today = bangkok_date(now)
    duties = session.scalars(
        select(Duty).where(_whose(feed), Duty.due_on >= today - PAST).order_by(Duty.due_on, Duty.id)
    ).all()
    book = Calendar()
    book.add("prodid", "-//Sujarit//Duties//TH")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    title = f"งานตามกำหนด {agency.unit_name(feed.unit_id) if feed.unit_id else ''}".strip()
    for key in ("name", "x-wr-calname"):
        book.add(key, f"{title} {agency.short_name}")
    book.add("x-wr-timezone", "Asia/Bangkok")
    book.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    book.add("x-published-ttl", "PT6H")
    for duty in duties:
        book.add_component(_event(agency, duty, now))
    return bytes(book.to_ical())


def _whose(feed: CalendarFeed) -> ColumnElement[bool]:
    if feed.unit_id is not None:
        return Duty.unit_id == feed.unit_id
    # What a person sent in stays theirs, whoever checks it.
    return or_(Duty.owner_id == feed.staff_id, Duty.submitted_by_id == feed.staff_id)


def _event(agency: AgencyView, duty: Duty, now: datetime) -> Event:
    live = duty.status in LIVE_DUTY_STATUSES
    label = STATUS_LABELS[duty.status]
    event = Event()
    event.add("uid", f"duty-{duty.id}@{agency.code}.sujarit")
    event.add("dtstamp", now)
    event.add("dtstart", duty.due_on)
    event.add("dtend", duty.due_on + _DAY)
    event.add("summary", name(duty) if live and duty.status != "submitted" else f"[{label}] {name(duty)}")
    lines = [f"สถานะ: {label}", *([f"ล่าสุด: {duty.note}"] if duty.note else []), duty.detail]
    event.add("description", "\n".join(line for line in lines if line))
    event.add("url", f"{agency.public_url}/console/duties/{duty.id}")
    event.add("status", "CANCELLED" if duty.status == "cancelled" else "CONFIRMED")
    event.add("categories", [label])
    event.add("transp", "TRANSPARENT")
    if duty.status in ("open", "in_progress"):
        for before in ALARMS:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", name(duty))
            alarm.add("trigger", -before)
            event.add_component(alarm)
    return event


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
