"""My duties in my own calendar: a private address, shown once, revocable."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from handlers.duties import feed as feeds
from models.duty import CalendarFeed
from web.console import access

pages = Blueprint("calendar", __name__, url_prefix="/calendar")


@pages.get("/")
@access.roles(*access.EVERYONE)
def index() -> str:
    with access.reading() as session:
        mine = {"unit" if feed.unit_id else "own": feed for feed in feeds.of(session, access.me())}
    return render_template("console/calendar/index.html", feeds=mine)


@pages.post("/new")
@access.roles(*access.EVERYONE)
def create() -> ResponseReturnValue:
    """A fresh address, shown once: only the hash of its token is kept."""
    unit = request.form.get("whose") == "unit"
    try:
        with access.writing() as session:
            _, token = feeds.create(session, access.me(session), unit, access.now())
    except feeds.FeedError as error:
        flash(str(error), "bad")
        return redirect(url_for("console.calendar.index"))
    address = f"{access.agency().public_url}/calendar/{token}.ics"
    tap = "webcal://" + address.partition("://")[2]
    return render_template("console/calendar/new.html", address=address, tap=tap, unit=unit)


@pages.post("/<int:feed_id>/revoke")
@access.roles(*access.EVERYONE)
def revoke(feed_id: int) -> ResponseReturnValue:
    with access.writing() as session:
        me = access.me(session)
        own = select(CalendarFeed).where(CalendarFeed.id == feed_id, CalendarFeed.created_by_id == me.id)
        feeds.revoke(session, access.found(session, own), me, access.now())
    flash("ยกเลิกที่อยู่ปฏิทินแล้ว", "good")
    return redirect(url_for("console.calendar.index"))
