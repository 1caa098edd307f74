"""What the pages need of the program, put into the app by bot/app.py: the web floor never imports the front door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from flask import Flask, current_app

from handlers.agencies import Agencies
from models.db import Database

KEY = "sujarit"


@dataclass(frozen=True, slots=True)
class Services:
    """`data` is SUJARIT_DATA, `public_url` has no slash at its end, `default_agency` is an agency's code."""

    database: Database
    agencies: Agencies
    secret_key: str = field(repr=False)
    data: Path
    public_url: str
    default_agency: str
    qr: Path = Path("static/qr")  # SUJARIT_QR: where images of QR codes are put
    # The LINE user of an ID token that a page brought, by the word of LINE's server for this LINE Login channel; None
    # when LINE denies it or does not answer.
    line_user: Callable[[str, str], str | None] = lambda token, channel: None

    def install(self, app: Flask) -> None:
        """Make these the services of `app`."""
        app.extensions[KEY] = self


def services_of(app: Flask) -> Services:
    """The services of `app`."""
    return cast(Services, app.extensions[KEY])


def services() -> Services:
    """The services of the app that answers this request."""
    return services_of(current_app)
