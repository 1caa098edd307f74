"""Bringing a database to the present tables: `sujarit db upgrade`."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from models.db import Database


def config(connection: Connection) -> Config:
    """Alembic's configuration for this connection; there is no alembic.ini."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.attributes["connection"] = connection
    return settings


def upgrade(database: Database) -> None:
    """Apply every migration that is missing; all or nothing."""
    with database.engine.connect().execution_options(write=True) as connection, connection.begin():
        command.upgrade(config(connection), "head")


def is_current(database: Database) -> bool:
    """True when no migration is missing."""
    with database.engine.connect() as connection:
        script = ScriptDirectory.from_config(config(connection))
        return MigrationContext.configure(connection).get_current_heads() == tuple(script.get_heads())
