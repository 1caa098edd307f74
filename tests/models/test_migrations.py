"""The migrations make the tables that the models declare, on both databases."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from migrations.upgrade import is_current, upgrade
from models import Base
from models.agency import Agency
from models.audit import AuditEntry
from models.db import Database


def test_the_migrations_and_the_models_agree(database_url: str) -> None:
    database = Database(database_url)
    assert not is_current(database)
    upgrade(database)
    upgrade(database)  # a second run changes nothing
    assert is_current(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []
    database.close()


def test_a_migrated_database_keeps_its_audit_log(database_url: str) -> None:
    database = Database(database_url)
    upgrade(database)
    with database.write() as session:
        agency = Agency(code="demo", name="อบต.ตัวอย่าง", short_name="อบต.ตัวอย่าง")
        session.add(agency)
        session.flush()
        session.add(AuditEntry(agency_id=agency.id, actor="cli", action="test"))
    with pytest.raises(DBAPIError, match="append-only"), database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM audit_entry")
    database.close()
