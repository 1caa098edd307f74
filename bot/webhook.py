"""POST /line/<agency>/webhook: verify, read, decide, store; then 200. Nothing here calls LINE or anything slow.

All events of a POST, and of those that come meanwhile, share one transaction: a commit costs more than an event.
An event whose slice fails is undone alone, answered with an apology and marked. If the transaction itself fails (a
deadlock, a lost connection), each event is tried again in one of its own; only when the database stays away does LINE
get a 503, so that it redelivers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy.exc import OperationalError

from bot.events import Event, read_events, signature_is_valid
from bot.together import Together
from handlers.agencies import Agencies, AgencyView
from handlers.messages import Choice, Message, Say, dump
from handlers.turn import Turn
from models.base import utc_now
from models.db import Database, Transaction
from models.inbox import Outgoing, settle, take

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("sujarit.webhook")

# LINE promises a reply token for one minute after the webhook; we stop trusting it a little earlier.
REPLY_TOKEN_LIFE = timedelta(seconds=50)
MOST_TOGETHER = 16  # POSTs in one transaction
LARGEST_BODY = 4 * 1024 * 1024  # bytes; LINE's are far smaller


class DatabaseAway(Exception):
    """Nothing could be stored: LINE must deliver again."""


def register(app: Flask, webhook: Webhook, agency_code: str, channel_secret: str) -> None:
    """Answer POST /line/<agency_code>/webhook; an installation has one LINE channel."""
    app.wsgi_app = Door(app.wsgi_app, webhook, agency_code, channel_secret)  # type: ignore[method-assign]


class Door:
    """The webhook as plain WSGI in front of the pages: Flask's routing and request would cost more than all the rest
    of an event's way (benchmarks/webhook.py)."""

    def __init__(self, pages: WSGIApplication, webhook: Webhook, agency_code: str, channel_secret: str) -> None:
        self._pages = pages
        self._webhook = webhook
        self._code = agency_code
        self._secret = channel_secret.encode()
        self._path = f"/line/{agency_code}/webhook"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != self._path or environ["REQUEST_METHOD"] != "POST":
            return self._pages(environ, start_response)
        start_response(self._answer(environ), [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return []

    def _answer(self, environ: WSGIEnvironment) -> str:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return "413 Content Too Large"
        body = environ["wsgi.input"].read(int(length))
        if not signature_is_valid(self._secret, body, environ.get("HTTP_X_LINE_SIGNATURE")):
            return "403 Forbidden"
        try:
            self._webhook.handle(self._code, body)
        except DatabaseAway:
            return "503 Service Unavailable"
        return "200 OK"


Answer = Callable[[Turn], list[Message]]


@dataclass(slots=True)
class _Post:
    agency: AgencyView
    events: list[Event]
    stored: bool = False


class Webhook:
    """Handles the webhooks of one LINE channel. `answer` decides what to say to a turn. Thread-safe."""

    def __init__(self, database: Database, agencies: Agencies, secret_key: str, answer: Answer) -> None:
        self._database = database
        self._agencies = agencies
        self._secret_key = secret_key
        self._answer = answer
        self._together = Together(self._take_posts, MOST_TOGETHER)

    def handle(self, agency_code: str, body: bytes) -> None:
        """Take the events of a verified body; raises DatabaseAway, and nothing else."""
        events = read_events(body)
        if not events:
            return
        try:
            agency = self._agencies.get(agency_code)
            if agency is None:
                raise LookupError(agency_code)
        except Exception as error:
            raise _away(error) from None
        post = _Post(agency, events)
        self._together.do(post)
        if not post.stored:
            raise DatabaseAway

    def _take_posts(self, posts: list[_Post]) -> None:
        events = sorted((event for post in posts for event in post.events), key=lambda event: event.envelope.at)
        try:
            self._take(posts[-1].agency, events, self._answer)
        except Exception as error:
            log.warning("together_failed error=%s events=%d", type(error).__name__, len(events))
            self._database.forget_broken_connections()
        else:
            for post in posts:
                post.stored = True
            return
        for post in posts:
            try:
                for event in post.events:
                    self._take_alone(post.agency, event)
                post.stored = True
            except Exception as error:
                log.error("webhook_not_stored error=%s", type(error).__name__)

    def _take_alone(self, agency: AgencyView, event: Event) -> None:
        """Once more for one event: after a deadlock or a lost connection it works; otherwise apologise."""
        for answer in (self._answer, _apologise):
            try:
                self._take(agency, [event], answer)
                return
            except self._database.errors as error:
                trouble: Exception = error
            except Exception as error:
                trouble = error
        if isinstance(trouble, self._database.errors):
            raise trouble
        log.error("event_dropped id=%s error=%s", event.envelope.event_id, type(trouble).__name__)

    def _take(self, agency: AgencyView, events: Sequence[Event], answer: Answer) -> None:
        now = utc_now()
        with self._database.transaction(agency.id) as tx:
            fresh, talks = take(tx, [event.envelope for event in events], now)
            outgoing: list[Outgoing] = []
            failures: list[tuple[str, str]] = []
            touched = {}
            for event in events:
                envelope = event.envelope
                if envelope.event_id not in fresh or not envelope.user_id:
                    continue
                fresh.discard(envelope.event_id)  # the same id twice in one POST
                talk = talks[envelope.user_id]
                touched[talk.id] = talk
                turn = Turn(
                    tx=tx, agency=agency, talk=talk, kind=event.kind, event_id=envelope.event_id,
                    at=envelope.at, now=now, secret_key=self._secret_key, **event.fields,
                )  # fmt: skip
                messages, error = _decide(tx, turn, answer)
                if error:
                    failures.append((envelope.event_id, error))
                if messages:
                    outgoing.append(
                        Outgoing(
                            conversation_id=talk.id,
                            dedupe_key=f"{agency.id}:event:{envelope.event_id}",
                            messages=messages,
                            reply_token=event.reply_token,
                            reply_expires_at=now + REPLY_TOKEN_LIFE if event.reply_token else None,
                            subject=turn.subject,
                        )
                    )
            settle(tx, list(touched.values()), outgoing, failures, now)


def _decide(tx: Transaction, turn: Turn, answer: Answer) -> tuple[str, str]:
    """What to say, as JSON; if the slice fails, its work is undone, the person is told, and the error's name comes
    second. Raises OperationalError: then the transaction is lost, not only this event."""
    talk = turn.talk
    before = talk.state, talk.handoff_id, talk.reply_case_id, talk.consent_version, talk.reachable
    try:
        turn.load_state()
        messages = answer(turn)
        said = dump(messages) if messages else ""
        turn.store_state()
        tx.release()
    except OperationalError:
        raise
    except Exception as error:
        tx.undo()
        talk.state, talk.handoff_id, talk.reply_case_id, talk.consent_version, talk.reachable = before
        log.error("slice_failed kind=%s error=%s at=%s", turn.kind, type(error).__name__, _place(error))
        return dump([apology(turn.agency)]), type(error).__name__
    return said, ""


def _place(error: BaseException) -> str:
    """Where it was raised; an exception's message may hold what the person wrote."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""


def _away(error: Exception) -> DatabaseAway:
    log.error("webhook_not_stored error=%s", type(error).__name__)
    return DatabaseAway()


def _apologise(turn: Turn) -> list[Message]:
    return [apology(turn.agency)]


def apology(agency: AgencyView) -> Say:
    """What to say when a slice failed: what is kept, what to do, whom to ring."""
    return Say(
        "ขออภัยค่ะ ดิฉันทำข้อนี้ให้ไม่สำเร็จ\nเรื่องที่พิมพ์ไว้ก่อนหน้านี้ยังอยู่ครบค่ะ\n"
        f"ลองส่งใหม่อีกครั้ง หรือโทร\n{agency.fields.get('office_phone', '')}",
        (Choice("คุยกับเจ้าหน้าที่", "officer"), Choice("เมนู", "menu")),
    )
