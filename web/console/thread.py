"""The thread of a case or a question as the pages show it: messages, how each fared on its way, send again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response

from handlers import audit
from handlers.complaints import operations as complaints
from handlers.outbox import OutboxRefused, delivery_label, send_again
from handlers.questions import operations as questions
from models.case import CannedReply, Case
from models.outbox import OutboxMessage
from models.question import Question
from models.thread import ThreadMessage
from web.console import access
from web.console.inbox import show_url

pages = Blueprint("thread", __name__, url_prefix="/messages")


@dataclass(frozen=True, slots=True)
class Delivery:
    label: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """`unsent_notices`: failed messages to the person that stand in no thread (status notices), by outbox id."""

    messages: Sequence[ThreadMessage]
    deliveries: Mapping[int, Delivery]
    failed_notices: Mapping[int, Delivery]


def load(session: Session, subject: str, conversation_id: int | None) -> Thread:
    """`subject` is "case:12" or "question:3"."""
    kind, _, row_id = subject.partition(":")
    owner = ThreadMessage.case_id if kind == "case" else ThreadMessage.question_id
    messages = session.scalars(
        select(ThreadMessage)
        .options(joinedload(ThreadMessage.staff), joinedload(ThreadMessage.attachment))
        .where(owner == int(row_id))
        .order_by(ThreadMessage.at, ThreadMessage.id)
    ).all()
    told = {message.outbox_id for message in messages if message.outbox_id}
    rows = session.scalars(
        select(OutboxMessage).where(
            or_(
                OutboxMessage.id.in_(told),
                (OutboxMessage.subject == subject)
                & (OutboxMessage.status == "failed")
                & (OutboxMessage.conversation_id == conversation_id),
            )
        )
    ).all()
    deliveries = {row.id: Delivery(delivery_label(row), row.status == "failed") for row in rows}
    return Thread(
        messages,
        {row_id: delivery for row_id, delivery in deliveries.items() if row_id in told},
        {row_id: delivery for row_id, delivery in deliveries.items() if row_id not in told},
    )


def canned_replies(session: Session, category_id: int | None = None, status: str = "") -> Sequence[CannedReply]:
    """Texts to reuse here: those for this category and status, and those for all."""
    return session.scalars(
        select(CannedReply)
        .where(
            or_(CannedReply.category_id.is_(None), CannedReply.category_id == category_id),
            or_(CannedReply.status == "", CannedReply.status == status),
        )
        .order_by(CannedReply.title)
    ).all()


def with_canned(session: Session, typed: str, reply_id: str) -> str:
    """What was typed, with the chosen text put after it."""
    reply = session.get(CannedReply, int(reply_id)) if reply_id.isascii() and reply_id.isdigit() else None
    return "\n".join(part for part in (typed.strip(), reply.text if reply else "") if part)


@pages.post("/<int:outbox_id>/again")
@access.roles("officer", "head", "clerk", "admin")
def again(outbox_id: int) -> Response:
    """Send a message that failed once more."""
    with access.writing() as session:
        message = access.found(session, select(OutboxMessage).where(OutboxMessage.id == outbox_id))
        kind, _, text_id = message.subject.partition(":")
        if kind == "case" and text_id.isdigit():
            row_id = access.found(
                session, select(Case.id).where(Case.id == int(text_id), complaints.visible_to(access.me()))
            )
        elif kind == "question" and text_id.isdigit():
            row_id = access.found(
                session, select(Question.id).where(Question.id == int(text_id), questions.visible_to(access.me()))
            )
        else:
            abort(404)
        try:
            send_again(session, message, access.now())
            audit.record(session, access.actor(), "sent_again", message.subject, outbox=message.id)
            flash("กำลังส่งอีกครั้ง", "good")
        except OutboxRefused as error:
            flash(str(error), "warn")
    return redirect(show_url(kind, row_id))
