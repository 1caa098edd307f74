"""Announcements to everybody on LINE: write, look at it with its cost, send."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from handlers.announcements import operations
from models.announcement import Announcement
from models.outbox import OutboxMessage
from web.console import access

pages = Blueprint("announcements", __name__, url_prefix="/announcements")

SENDERS = ("admin", "clerk")
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Fared:
    """An announcement and how many of its messages stand how."""

    announcement: Announcement
    sent: int
    failed: int
    waiting: int


@pages.get("/")
@access.roles("admin", "clerk", "mayor")
def index() -> str:
    with access.reading() as session:
        return render_template("console/announcements/index.html", fared=_fared(session), senders=SENDERS)


@pages.get("/new")
@access.roles(*SENDERS)
def new() -> str:
    with access.reading() as session:
        return render_template("console/announcements/new.html", given={}, errors={}, reach=operations.reach(session))


@pages.post("/new")
@access.roles(*SENDERS)
def send() -> ResponseReturnValue:
    """First what will be sent is shown, with its cost; then, with `sure`, it is sent."""
    given = {name: request.form.get(name, "") for name in ("words", "link")}
    change, sure = request.form.get("change") is not None, request.form.get("sure") == "1"
    with access.writing() as session:
        try:
            reach = operations.check(session, given["words"], given["link"])
        except operations.AnnouncementError as error:
            errors, reach = {"words": str(error)}, operations.reach(session)
            page = render_template("console/announcements/new.html", given=given, errors=errors, reach=reach)
            return page, 400
        if change:
            return render_template("console/announcements/new.html", given=given, errors={}, reach=reach)
        if not sure:
            return render_template("console/announcements/check.html", given=given, reach=reach)
        made = operations.announce(session, access.me(session), given["words"], given["link"], access.now())
    flash(f"ส่งประกาศถึง {made.recipients:,} คนแล้ว ดูผลการส่งได้ด้านล่าง", "good")
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
