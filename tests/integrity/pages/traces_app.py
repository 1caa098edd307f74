"""The desk as a process of its own, for test_traces.py: the database's address comes from the environment."""

from __future__ import annotations

import os

from integrity.config import Config
from integrity.database import Database
from integrity.pages.app import create_app

config = Config(
    database_url=os.environ["DESK_DATABASE"],
    public_url="https://obt.example",
    pepper=b"p" * 32,
    site_salt=b"s" * 16,
    cookie_key=b"c" * 32,
)
app = create_app(config, Database(config.database_url))
