"""The integrity desk beside the rest: its own database and secrets, mounted at /<agency>/integrity/.

Only here do the two houses meet. What passes: an agency's code and name, whether its door is open, and through ChatDoor
what somebody tells in the chat, inwards only.
"""

from __future__ import annotations

import logging
import re
import smtplib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot import mailer
from bot.settings import Settings
from handlers.integrity.door import Gone, Refused, SealedDoor
from handlers.messages import Message
from handlers.turn import Turn
from integrity import drafts, notices, officers, retention, setup
from integrity.config import Config, load_secrets
from integrity.database import Database
from integrity.questions import QUESTIONS, AnswersRefused
from integrity.sealing import NobodyLeft
from integrity.setup import ensure_desk
from integrity.tables import Desk
from models.agency import Agency

DESK_PATH = re.compile(r"/[^/]+/integrity(/|$)")
OPEN_SECONDS = 60.0  # how old the knowledge may be that a door is open
_OUTSIDE = {"outside": "(นอกหน่วยงาน)"}
MOST_GIVEN = 20  # submits of which the outcome is remembered, in memory only
_AWAY = "ขออภัยค่ะ ตอนนี้ระบบปิดผนึกขัดข้อง ขั้นนี้ยังไม่สำเร็จ\nรอสักครู่แล้วลองใหม่ หรือใช้สายด่วน ป.ป.ช. ได้ค่ะ"

log = logging.getLogger("sujarit.integrity")

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def configuration(settings: Settings) -> Config:
    """The desk's configuration; its secrets are made at the first use, in a folder of their own."""
    return Config(
        database_url=settings.integrity_database,
        public_url=settings.url,
        **load_secrets(settings.data / "integrity"),
    )


def open_database(settings: Settings) -> Database:
    """The desk's own database; the folder for its file is made."""
    settings.data.mkdir(parents=True, exist_ok=True)
    return Database(settings.integrity_database)


def open_desks(settings: Settings, session: Session) -> None:
    """Give every agency of `session` (the case desk's, unscoped) its desk."""
    database = open_database(settings)
    with database.writing() as desks:
        for agency in session.scalars(select(Agency)):
            ensure_desk(desks, agency.code, agency.name)
    database.close()


def clean(settings: Settings) -> Callable[[datetime], int]:
    """What the clock calls every hour: reports go whose time is over and on whose deletion two officers agreed."""
    config, database = configuration(settings), open_database(settings)

    def integrity_retention(now: datetime) -> int:
        return retention.run(database, config, now)

    return integrity_retention


def notify(settings: Settings) -> Callable[[datetime], int]:
    """What the clock calls every hour: officers for whom something moved get the one sentence by e-mail."""
    database = open_database(settings)

    def send(address: str, subject: str, words: str) -> bool:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = subject, settings.smtp_from, address
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(words)
        try:
            with mailer.connect(settings) as server:
                server.send_message(mail)
        except (OSError, smtplib.SMTPException) as error:
            log.warning("notice_not_sent error=%s", type(error).__name__)
            return False
        return True

    def integrity_notices(now: datetime) -> int:
        return notices.deliver(database, send if settings.sends_mail else None, now)

    return integrity_notices


def mount(wsgi: WSGI, settings: Settings) -> WSGI:
    """`wsgi` with the desk's own application in front of it for the desk's addresses."""
    from integrity.pages.app import create_app

    desk: WSGI = create_app(configuration(settings), open_database(settings)).wsgi_app

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        chosen = desk if DESK_PATH.match(environ.get("PATH_INFO", "")) else wsgi
        return chosen(environ, start_response)

    return serve


class OpenDoors:
    """Which agencies' desks take reports now: enough officers with approved keys."""

    def __init__(self, settings: Settings) -> None:
        self._database = open_database(settings)
        self._known: Mapping[str, bool] = {}
        self._looked = -OPEN_SECONDS

    def __call__(self, code: str) -> bool:
        if time.monotonic() - self._looked > OPEN_SECONDS:
            with self._database.reading() as session:
                self._known = {
                    desk.code: not officers.readiness(session, desk) for desk in session.scalars(select(Desk))
                }
            self._looked = time.monotonic()
        return self._known.get(code, False)


class ChatDoor:
    """The desk as the chat may use it (handlers.integrity.door.SealedDoor): in, never out.

    It works in transactions of its own: a telling that was sealed stays sealed, whatever becomes of the chat's turn."""

    def __init__(self, config: Config, database: Database) -> None:
        self._config, self._database = config, database
        self._given: OrderedDict[str, str] = OrderedDict()

    def chat_open(self, code: str) -> bool:
        try:
            with self._database.reading() as session:
                desk = session.scalar(select(Desk).where(Desk.code == code))
                return desk is not None and _takes_chat(session, desk)
        except SQLAlchemyError:
            return False

    def officers(self, code: str) -> list[tuple[int, str]]:
        with _in_words(), self._database.reading() as session:
            return [
                (officer.id, " ".join(filter(None, (officer.name, officer.position, _OUTSIDE.get(officer.role)))))
                for officer in officers.active(session, _desk(session, code))
            ]

    def questions(self) -> list[tuple[str, str, bool]]:
        return [(question.key, question.ask_chat, question.required) for question in QUESTIONS]

    def begin(self, code: str, readers: set[int]) -> str:
        with _in_words(), self._database.writing() as session:
            desk = _desk(session, code)
            if not _takes_chat(session, desk):
                raise Refused("ตอนนี้รับเรื่องในแชตไม่ได้แล้วค่ะ ยังไม่มีอะไรถูกเก็บ")
            return drafts.begin(session, desk, set(), datetime.now(UTC), shown=readers)

    def put(self, draft: str, step: str, text: str) -> None:
        with _in_words(), self._database.writing() as session:
            drafts.put(session, draft, step, text, datetime.now(UTC))

    def answered(self, draft: str) -> set[str]:
        with _in_words(), self._database.reading() as session:
            return drafts.answered(session, draft)

    def submit(self, code: str, draft: str) -> str:
        if draft in self._given:  # the turn was undone after we had committed, and is tried again
            return self._given[draft]
        with _in_words():
            with self._database.writing() as session:
                token = drafts.submit(session, self._config, _desk(session, code), draft, datetime.now(UTC))
            address = f"{self._config.public_url}/{code}/integrity/claim/{token}?openExternalBrowser=1"
            self._given[draft] = address
            if len(self._given) > MOST_GIVEN:
                self._given.popitem(last=False)
            self._shred()
        return address

    def cancel(self, draft: str) -> None:
        with _in_words():
            with self._database.writing() as session:
                drafts.cancel(session, draft)
            self._shred()

    def _shred(self) -> None:
        with suppress(SQLAlchemyError):  # the rows are gone; what is left of them in the log is sealed
            self._database.shred()


def with_door(answer: Callable[[Turn], list[Message]], door: SealedDoor) -> Callable[[Turn], list[Message]]:
    """`answer` with the door to the desk in every turn."""

    def decide(turn: Turn) -> list[Message]:
        turn.door = door
        return answer(turn)

    return decide


def chat_door(settings: Settings) -> ChatDoor:
    return ChatDoor(configuration(settings), open_database(settings))


def _desk(session: Session, code: str) -> Desk:
    return session.scalars(select(Desk).where(Desk.code == code)).one()


def _takes_chat(session: Session, desk: Desk) -> bool:
    return bool(setup.setting(desk, "chat_door")) and not officers.readiness(session, desk)


@contextmanager
def _in_words() -> Iterator[None]:
    """The desk's errors as the chat knows them; `from None`, so that nothing of what was told hangs on them."""
    try:
        yield
    except drafts.DraftGone:
        raise Gone from None
    except AnswersRefused as refused:
        raise Refused("\n".join(refused.problems.values())) from None
    except NobodyLeft as nobody:
        raise Refused(str(nobody)) from None
    except SQLAlchemyError:
        raise Refused(_AWAY) from None
