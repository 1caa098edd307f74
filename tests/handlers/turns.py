"""A chat for tests: signed-webhook bodies through bot.webhook.Webhook, real database, real router.

agency_id = new_agency(database)
messages = say(database, "demo", "U1", "ขยะเก็บวันไหน")     what the bot answered to this very event
messages = tap(database, "demo", "U1", "q:ok:1")
messages = send(database, "demo", "U1", "location", latitude=13.7, longitude=100.5, title="หน้าวัด", address="")
told(database, "demo", "U1")                                 everything else that was put in the outbox for U1
"""

from __future__ import annotations

import itertools
import json
from datetime import UTC, date, datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import select

from bot.webhook import Webhook
from handlers.agencies import Agencies, AgencyView, AnswerView
from handlers.messages import Card, Choice, Message, Say, load, plain
from handlers.people.agency_setup import add_demo
from handlers.questions.decide import decide
from handlers.router import route
from models.agency import Agency, Staff
from models.conversation import Conversation, WebhookEvent
from models.db import Database
from models.outbox import OutboxMessage

SECRET_KEY = "for tests only"
TODAY = date(2026, 11, 23)

_events = itertools.count(1)
_agencies: WeakKeyDictionary[Database, Agencies] = WeakKeyDictionary()


def new_agency(database: Database, code: str = "demo") -> int:
    """The invented agency with its staff, answers, categories and holidays; returns its id."""
    with database.write() as session:
        return add_demo(session, code, TODAY).id


def view(database: Database, code: str = "demo") -> AgencyView:
    """The agency as the bot sees it now."""
    agencies = _agencies.setdefault(database, Agencies(database, "https://example.test"))
    agency = agencies.refresh(code)
    assert agency is not None
    return agency


def say(database: Database, code: str, user: str, text: str, **event: Any) -> list[Message]:
    """The person types `text`; returns what the bot answers. `event`: as for `post`."""
    return post(database, code, user, {"type": "message", "message": {"type": "text", "text": text}, **event})


def tap(database: Database, code: str, user: str, data: str, **event: Any) -> list[Message]:
    """The person taps a postback button with this data."""
    return post(database, code, user, {"type": "postback", "postback": {"data": data}, **event})


def send(database: Database, code: str, user: str, kind: str, **message: Any) -> list[Message]:
    """The person sends an "image", "location", "sticker", "audio" ...; or does "follow", "unfollow", or "unsend"s
    (message_id)."""
    if kind in ("follow", "unfollow"):
        return post(database, code, user, {"type": kind})
    if kind == "unsend":
        return post(database, code, user, {"type": kind, "unsend": {"messageId": message["message_id"]}})
    return post(database, code, user, {"type": "message", "message": {"type": kind, **message}})


def post(database: Database, code: str, user: str, event: dict[str, Any]) -> list[Message]:
    """Deliver one webhook event; `at` (aware datetime), `webhookEventId` and the message's id may be given.

    Fails if the slice raised: the webhook would hide that behind an apology."""
    number = next(_events)
    at: datetime = event.pop("at", None) or datetime.now(UTC)
    event_id = event.setdefault("webhookEventId", f"event-{number}")
    if "message" in event:
        event["message"].setdefault("id", f"message-{number}")
    body = {
        "destination": "U0",
        "events": [
            {
                "mode": "active",
                "timestamp": int(at.timestamp() * 1000),
                "source": {"type": "user", "userId": user},
                "replyToken": f"token-{number}",
                "deliveryContext": {"isRedelivery": False},
                **event,
            }
        ],
    }
    agency = view(database, code)
    agencies = _agencies[database]
    Webhook(database, agencies, SECRET_KEY, route).handle(code, json.dumps(body, ensure_ascii=False).encode())
    with database.read(agency.id) as session:
        failed = session.get_one(WebhookEvent, (agency.id, event_id))
        assert failed.outcome != "failed", f"the slice raised {failed.error}"
        row = session.scalars(
            select(OutboxMessage).where(OutboxMessage.dedupe_key == f"{agency.id}:event:{event_id}")
        ).first()
        return load(row.messages) if row else []


def known(database: Database, code: str = "demo") -> AnswerView:
    """An entry of กองคลัง with facts to confirm, whose question the bot answers at once, as the search is tuned now."""
    agency = view(database, code)
    return next(
        entry
        for entry in agency.answers.values()
        if entry.kind == "faq" and agency.unit_name(entry.unit_id) == "กองคลัง" and "⟦" in entry.answer
        for decision in [decide(entry.question, agency.index)]
        if decision.kind == "answer" and decision.ranking[0].id == entry.key
    )


def told(database: Database, code: str, user: str) -> list[Message]:
    """What was put in the outbox for this person other than as an answer to an event, oldest first."""
    agency = view(database, code)
    with database.read(agency.id) as session:
        rows = session.scalars(
            select(OutboxMessage)
            .join(Conversation, Conversation.id == OutboxMessage.conversation_id)
            .where(Conversation.line_user_id == user, OutboxMessage.dedupe_key.not_like(f"{agency.id}:event:%"))
            .order_by(OutboxMessage.id)
        )
        return [message for row in rows for message in load(row.messages)]


def link(database: Database, code: str, username: str, user: str) -> int:
    """Let this member of staff use this LINE account, with a conversation; returns the staff id."""
    agency = view(database, code)
    with database.write() as session:
        session.info["agency_id"] = session.get_one(Agency, agency.id).id
        staff = session.scalars(select(Staff).where(Staff.username == username)).one()
        staff.line_user_id = user
        if not session.scalars(select(Conversation).where(Conversation.line_user_id == user)).first():
            session.add(Conversation(line_user_id=user))
        return staff.id


def words(messages: list[Message]) -> str:
    """All that the messages say, in plain words."""
    return "\n".join(plain(message) for message in messages)


def choices(messages: list[Message]) -> list[Choice]:
    """All buttons and quick replies of the messages, in order."""
    found: list[Choice] = []
    for message in messages:
        if isinstance(message, Card):
            found += [Choice(row.label, row.edit) for row in message.rows if row.edit]
            found += message.buttons
        if isinstance(message, Say | Card):
            found += message.choices
    return found


def choice(messages: list[Message], label: str) -> str:
    """The value behind the button whose label contains `label`; fails when there is none."""
    values = [c.value for c in choices(messages) if label in c.label]
    assert values, f"no button {label!r} among {[c.label for c in choices(messages)]}"
    return values[0]
