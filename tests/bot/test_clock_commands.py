"""`sujarit clock tick`: one tick at a given time; never by accident where real people are told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from bot.cli import main
from models.agency import Agency, Staff
from models.conversation import Conversation
from models.db import Database
from models.duty import Duty
from models.outbox import OutboxMessage

TICK = ["clock", "tick", "--at", "2026-12-24T09:00+07:00"]


@pytest.fixture
def database_url(migrated: Database) -> str:
    return migrated.url.render_as_string(hide_password=False)


@pytest.fixture
def runner(migrated: Database, database_url: str, tmp_path: Path) -> CliRunner:
    """An agency with one duty due on 24 December; a fresh .env-less folder."""
    with migrated.write() as session:
        session.add(agency := Agency(code="demo", name="อบต.ตัวอย่าง", short_name="อบต.ตัวอย่าง"))
        session.flush()
        session.info["agency_id"] = agency.id
        session.add(Conversation(line_user_id="U-palad"))
        session.add(Staff(username="palad", name="ปลัด", role="clerk", password_hash="", line_user_id="U-palad"))
        day = date(2026, 12, 24)
        session.add(
            Duty(fiscal_year=2570, title="งาน", planned_on=day, due_on=day, wake_at=datetime(2026, 12, 1, tzinfo=UTC))
        )
    return CliRunner(
        env={
            "SUJARIT_DATA": str(tmp_path),
            "SUJARIT_DATABASE_URL": database_url,
            "SUJARIT_AGENCY": "demo",
            "SUJARIT_LINE_CHANNEL_SECRET": "",
            "SUJARIT_LINE_CHANNEL_ACCESS_TOKEN": "",
        }
    )


def told(database_url: str) -> int:
    database = Database(database_url)
    with database.read() as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.dedupe_key.like("duties:%"))).all()
    database.close()
    return len(rows)


def test_a_tick_at_a_given_time_says_what_it_did(runner: CliRunner, database_url: str) -> None:
    first = runner.invoke(main, TICK)
    assert first.exit_code == 0, first.output
    assert "remind: agencies=1 changed=1" in first.output
    assert "warn_and_escalate: agencies=0 changed=0" in first.output
    assert "remind: agencies=0 changed=0" in runner.invoke(main, TICK).output
    assert told(database_url) == 1


def test_real_people_are_not_told_by_accident(runner: CliRunner, database_url: str) -> None:
    live = {"SUJARIT_LINE_CHANNEL_SECRET": "s" * 32, "SUJARIT_LINE_CHANNEL_ACCESS_TOKEN": "t" * 40}
    refused = runner.invoke(main, TICK, env=live)
    assert refused.exit_code == 1
    assert "--yes" in refused.output
    assert told(database_url) == 0
    assert runner.invoke(main, [*TICK, "--yes"], env=live).exit_code == 0
    assert told(database_url) == 1


@pytest.mark.parametrize("moment", ["2026-12-24T09:00", "พรุ่งนี้", "2026-13-40T09:00+07:00"])
def test_a_time_without_zone_is_refused(runner: CliRunner, database_url: str, moment: str) -> None:
    refused = runner.invoke(main, ["clock", "tick", "--at", moment])
    assert refused.exit_code == 2
    assert "เขตเวลา" in refused.output
    assert told(database_url) == 0
