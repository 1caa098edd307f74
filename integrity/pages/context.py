"""What every page of the desk stands on: its configuration, its database, the clock and the agency asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import abort, current_app, g
from sqlalchemy import select

from integrity.config import Config
from integrity.database import Database
from integrity.gate import Door
from integrity.tables import Desk
from integrity.vault.reporter import ReporterKeys, derive
from thai.dates import bangkok_date


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class House:
    """What create_app() was given. `clock` returns an aware UTC moment; tests set their own."""

    config: Config
    database: Database
    door: Door
    clock: Callable[[], datetime] = _utc_now


def house() -> House:
    """The house of the running application."""
    found: House = current_app.extensions["integrity"]
    return found


def now() -> datetime:
    """The moment of this request (aware, UTC)."""
    return house().clock()


def today() -> date:
    """The day in Bangkok."""
    return bangkok_date(now())


def enter(_: str | None, values: dict[str, Any] | None) -> None:
    """Before a page of a blueprint: the agency of the address, in `g.code` and `g.desk`. 404 when there is none."""
    g.code = (values or {})["code"]
    with house().database.reading() as session:
        desk = session.scalar(select(Desk).where(Desk.code == g.code))
    if desk is None:
        abort(404)
    g.desk = desk


def this_desk() -> Desk:
    """The desk that this request is about; enter() has run."""
    desk: Desk = g.desk
    return desk


def keys_of(receipt: str) -> ReporterKeys:
    """What a receipt derives to. Slow, and waits for its turn: never while a session is open. Raises gate.Busy."""
    config = house().config
    return derive(receipt, config.pepper, config.site_salt)
