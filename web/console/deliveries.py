"""The agency's LINE channel and the messages that did not get through."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from handlers import audit, outbox
from handlers.complaints.rules import hidden_subjects
from handlers.outbox import OutboxRefused
from models.agency import Staff
from models.outbox import ChannelState, MailMessage, OutboxMessage
from web.console import access
from web.console.audit_words import numbers
from web.console.inbox import show_url
from web.console.inputs import query_id

pages = Blueprint("deliveries", __name__, url_prefix="/deliveries")
PAGE = 50
QUIET = timedelta(minutes=2)  # a worker that lives says so more often than this


@pages.get("/")
@access.roles("admin", "clerk")
def index() -> str:
    before = query_id("before")
    failed = (
        select(OutboxMessage)
        .where(OutboxMessage.status == "failed", OutboxMessage.subject.not_in(hidden_subjects(access.me())))
        .order_by(OutboxMessage.id.desc())
    )
    if before is not None:
        failed = failed.where(OutboxMessage.id < before)
    now = access.now()
    with access.reading() as session:
        state = session.scalars(select(ChannelState)).first()
        rows = list(session.scalars(failed.limit(PAGE + 1)))
        waiting = session.scalar(
            select(func.count()).select_from(OutboxMessage).where(OutboxMessage.status.in_(("pending", "sending")))
        )
        held = session.scalar(
            select(func.count()).select_from(OutboxMessage)
            .where(OutboxMessage.status == "pending", OutboxMessage.via == "held")
        )  # fmt: skip
        mails = session.scalars(
            select(MailMessage)
            .options(joinedload(MailMessage.staff))
            .where(MailMessage.status == "failed")
            .order_by(MailMessage.id.desc())
            .limit(PAGE)
        ).all()
        mails_waiting = session.scalar(
            select(func.count()).select_from(MailMessage).where(MailMessage.status.in_(("pending", "sending")))
        )
        named = numbers(session, (row.subject for row in rows))
        return render_template(
            "console/deliveries.html",
            state=state,
            alive=bool(state and state.worker_seen_at and now - state.worker_seen_at < QUIET),
            waiting=waiting,
            held=held,
            rows=rows[:PAGE],
            reminded=_reminded(session, rows),
            mails=mails,
            mails_waiting=mails_waiting,
            sends_mail=access.agency().sends_mail,
            older=rows[PAGE - 1].id if len(rows) > PAGE else None,
            first=before is None,
            numbers=named,
            links={
                subject: show_url(kind, int(row_id))
                for subject in named
                for kind, _, row_id in [subject.partition(":")]
            },
        )


def _reminded(session: Session, rows: Sequence[OutboxMessage]) -> dict[str, str]:
    """Of reminders of duties: to whom. "duties:s7" -> the name."""
    wanted = {row.subject: row.subject.removeprefix("duties:s") for row in rows if row.subject.startswith("duties:s")}
    found = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_([int(i) for i in wanted.values()])))
    names = {str(staff_id): name for staff_id, name in found}
    return {subject: names.get(staff_id, "") for subject, staff_id in wanted.items()}


def _message(session: Session, message_id: int) -> OutboxMessage:
    seen = OutboxMessage.subject.not_in(hidden_subjects(access.me()))
    return access.found(session, select(OutboxMessage).where(OutboxMessage.id == message_id, seen))


@pages.post("/<int:message_id>/again")
@access.roles("admin", "clerk")
def again(message_id: int) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            outbox.send_again(session, _message(session, message_id), access.now())
            audit.record(session, access.actor(), "sent_again", f"message:{message_id}")
    except OutboxRefused as error:
        flash(str(error), "bad")
    else:
        flash("นำข้อความกลับเข้าคิวส่งแล้ว", "good")
    return redirect(url_for("console.deliveries.index"))


@pages.post("/<int:message_id>/withdraw")
@access.roles("admin", "clerk")
def withdraw(message_id: int) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            outbox.withdraw(session, _message(session, message_id), "เจ้าหน้าที่ยกเลิกการส่ง")
            audit.record(session, access.actor(), "message_withdrawn", f"message:{message_id}")
    except OutboxRefused as error:
        flash(str(error), "bad")
    else:
        flash("ยกเลิกการส่งข้อความนี้แล้ว", "good")
    return redirect(url_for("console.deliveries.index"))


@pages.post("/mail/<int:mail_id>/again")
@access.roles("admin", "clerk")
def mail_again(mail_id: int) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            mail = access.found(session, select(MailMessage).where(MailMessage.id == mail_id))
            outbox.send_mail_again(session, mail, access.now())
            audit.record(session, access.actor(), "sent_again", f"mail:{mail_id}")
    except OutboxRefused as error:
        flash(str(error), "bad")
    else:
        flash("นำอีเมลกลับเข้าคิวส่งแล้ว", "good")
    return redirect(url_for("console.deliveries.index"))


@pages.post("/mail/<int:mail_id>/withdraw")
@access.roles("admin", "clerk")
def mail_withdraw(mail_id: int) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            mail = access.found(session, select(MailMessage).where(MailMessage.id == mail_id))
            outbox.withdraw(session, mail, "เจ้าหน้าที่ยกเลิกการส่ง")
            audit.record(session, access.actor(), "message_withdrawn", f"mail:{mail_id}")
    except OutboxRefused as error:
        flash(str(error), "bad")
    else:
        flash("ยกเลิกการส่งอีเมลนี้แล้ว", "good")
    return redirect(url_for("console.deliveries.index"))
