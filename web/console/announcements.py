"""Announcements on LINE, to all or to who asked for such: write, look at it with its cost, test, send, set a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from handlers.announcements import operations
from handlers.announcements.operations import AnnouncementError
from models.announcement import Announcement
from models.outbox import OutboxMessage
from thai.dates import ThaiDateError, at_bangkok, bangkok_date, format_datetime, parse_date
from thai.digits import to_arabic
from web.console import access

pages = Blueprint("announcements", __name__, url_prefix="/announcements")

SENDERS = ("admin", "clerk")
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Fared:
    """An announcement and how many of its messages stand how; `open`: there is something left to hold back."""

    announcement: Announcement
    sent: int
    failed: int
    waiting: int

    @property
    def open(self) -> bool:
        return self.announcement.status == "waiting" or (self.waiting > 0 and self.announcement.status == "sent")


@pages.get("/")
@access.roles("admin", "clerk", "mayor")
def index() -> str:
    with access.reading() as session:
        return render_template(
            "console/announcements/index.html",
            fared=_fared(session),
            senders=SENDERS,
            label=operations.audience_label,
        )


@pages.get("/new")
@access.roles(*SENDERS)
def new() -> str:
    """Empty, or with the words and the link that another page begins it with."""
    given = {name: request.args.get(name, "")[: operations.LONGEST] for name in ("words", "link", "audience")}
    with access.reading() as session:
        return _form(session, given)


def _form(session: Session, given: Mapping[str, str], error: str = "") -> str:
    audience = _audience(given.get("audience", ""))
    return render_template(
        "console/announcements/new.html",
        given=given,
        errors={"words": error} if error else {},
        reach=operations.reach(session, audience),
        label=operations.audience_label(audience),
        segments=[(key, f"{label} ({count:,} คน)") for key, label, count in operations.segments(session)],
    )


def _audience(typed: str) -> dict[str, str]:
    """As operations.read_audience; what is no audience shows the numbers of everybody."""
    try:
        return operations.read_audience(typed)
    except AnnouncementError:
        return {}


@pages.post("/new")
@access.roles(*SENDERS)
def send() -> ResponseReturnValue:
    """First what will be sent is shown, with its cost; then, with `sure`, it is sent; with `test`, to oneself alone."""
    given = {name: request.form.get(name, "") for name in ("words", "link", "audience", "day", "clock")}
    asked = {name for name in ("change", "test", "morning") if request.form.get(name) is not None}
    moment = access.now()
    with access.writing() as session:
        try:
            audience = operations.read_audience(given["audience"])
            reach = operations.check(session, given["words"], given["link"], audience)
            send_at = operations.next_morning(moment) if "morning" in asked else _time(given, moment)
            if send_at is not None:
                operations.check_time(send_at, moment)
            if "test" in asked:
                operations.send_test(session, access.me(session), given["words"], given["link"], audience)
                flash("ส่งทดสอบถึง LINE ของท่านแล้ว", "good")
        except AnnouncementError as error:
            return _form(session, given, str(error)), 400
        if "change" in asked:
            return _form(session, given)
        if "test" in asked or request.form.get("sure") != "1":
            return render_template(
                "console/announcements/check.html",
                given=given,
                reach=reach,
                label=operations.audience_label(audience),
                send_at=send_at,
                night=send_at is None and operations.is_quiet(moment),
            )
        made = operations.announce(
            session, access.me(session), given["words"], given["link"], moment, audience, send_at
        )
    if send_at is not None:
        flash(f"ตั้งเวลาไว้ {format_datetime(send_at)} ถึง {made.recipients:,} คน ยกเลิกได้ก่อนถึงเวลา", "good")
    else:
        flash(f"ส่งประกาศถึง {made.recipients:,} คนแล้ว ดูผลการส่งได้ด้านล่าง", "good")
    return redirect(url_for("console.announcements.index"))


def _time(given: Mapping[str, str], moment: datetime) -> datetime | None:
    """The time that was set, None for at once. Raises AnnouncementError."""
    day, clock = given["day"].strip(), to_arabic(given["clock"]).replace("น.", "").strip().replace(".", ":")
    if not day and not clock:
        return None
    try:
        on = parse_date(day, bangkok_date(moment), prefer="future") if day else bangkok_date(moment)
        return at_bangkok(on, time.fromisoformat(clock.zfill(5)) if clock else operations.QUIET_UNTIL)
    except ThaiDateError as error:
        raise AnnouncementError(str(error).replace("\n", " ")) from None
    except ValueError:
        raise AnnouncementError("กรุณากรอกเวลา เช่น 09.30") from None


@pages.post("/<int:announcement_id>/withdraw")
@access.roles(*SENDERS)
def withdraw(announcement_id: int) -> ResponseReturnValue:
    """Hold back what has not been sent."""
    with access.writing() as session:
        row = access.found(session, select(Announcement).where(Announcement.id == announcement_id))
        try:
            held = operations.withdraw(session, row, access.me(session))
        except AnnouncementError as error:
            flash(str(error), "bad")
        else:
            flash(f"ยกเลิกแล้ว ไม่ส่งอีก (ดึงกลับ {held:,} ข้อความ)", "good")
    return redirect(url_for("console.announcements.index"))


def _fared(session: Session) -> list[Fared]:
    shown = session.scalars(
        select(Announcement).options(joinedload(Announcement.staff)).order_by(Announcement.id.desc()).limit(SHOWN)
    ).all()
    subjects = [f"announcement:{one.id}" for one in shown]
    counts: dict[str, dict[str, int]] = {}
    for subject, status, number in session.execute(
        select(OutboxMessage.subject, OutboxMessage.status, func.count())
        .where(OutboxMessage.subject.in_(subjects))
        .group_by(OutboxMessage.subject, OutboxMessage.status)
    ):
        counts.setdefault(subject, {})[status] = number
    return [
        Fared(
            one, n.get("sent", 0), n.get("failed", 0) + n.get("withdrawn", 0), n.get("pending", 0) + n.get("sending", 0)
        )
        for one in shown
        for n in [counts.get(f"announcement:{one.id}", {})]
    ]
