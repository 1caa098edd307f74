"""The integrity desk beside the rest: its own database and secrets, mounted at /<agency>/integrity/.

Only here do the two houses meet, and all that passes is an agency's code and name, and whether its door is open.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.settings import Settings
from integrity import officers, retention
from integrity.config import Config, load_secrets
from integrity.database import Database
from integrity.setup import ensure_desk
from integrity.tables import Desk
from models.agency import Agency

DESK_PATH = re.compile(r"/[^/]+/integrity(/|$)")
OPEN_SECONDS = 60.0  # how old the knowledge may be that a door is open

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
