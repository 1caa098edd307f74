"""`sujarit services starter`, run as an administrator runs it; and what the demo agency begins with."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from bot import manage
from bot.settings import Settings
from handlers.services import starter
from models.asset import Asset
from models.db import Database
from models.form import FormDefinition, FormVersion
from tests.bot.commands import database, run


def published(database: Database) -> int:
    with database.read(1) as session:
        return session.scalar(select(func.count()).select_from(FormVersion).where(FormVersion.in_use)) or 0


def test_what_is_missing_is_added_and_published_on_demand(data: Path) -> None:
    assert run(data, "services", "starter", "--agency", "demo").stdout == "มีแบบฟอร์มสำเร็จรูปครบแล้ว\n"
    known = database(data)
    with known.write(1) as session:
        session.delete(session.scalars(select(FormDefinition).where(FormDefinition.key == "borrow")).one())
    added = run(data, "services", "starter", "--agency", "demo")
    assert (added.returncode, added.stdout) == (0, "เพิ่มแบบฟอร์มสำเร็จรูป 1 แบบ (แบบร่าง)\n")
    assert published(known) == 0
    nobody = run(data, "services", "starter", "--agency", "demo", "--publish", "nobody")
    assert (nobody.returncode, "nobody" in nobody.stderr) == (1, True)
    assert run(data, "staff", "add", "palad", "--name", "ปลัด", "--role", "clerk").returncode == 0
    done = run(data, "services", "starter", "--agency", "demo", "--publish", "palad")
    assert done.returncode == 0, done.stderr
    assert f"เผยแพร่แล้ว {len(starter.packs())} แบบ" in done.stdout
    assert published(known) == len(starter.packs())
    known.close()


def test_the_demo_agency_lends_and_has_its_forms_open(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", secret_key="k" * 40)
    settings.data.mkdir()
    manage.prepare(settings)
    manage.prepare(settings)  # a second start changes nothing
    known = manage.open_database(settings)
    assert published(known) == len(starter.packs())
    with known.read(1) as session:
        assert session.scalar(select(func.count()).select_from(Asset)) == 6
    known.close()
