"""A backup in the wrong hands shows nothing; in the right ones receipt and key open every report again."""

from __future__ import annotations

import tarfile
from pathlib import Path

from sqlalchemy import select

from bot.backup import back_up, restore
from bot.integrity_desk import configuration, open_database
from bot.settings import Settings
from integrity import casework, reports, setup
from integrity.tables import Desk
from models import Base
from models.db import Database
from tests.integrity.conftest import NOW
from tests.integrity.people import open_desk, tell
from tests.integrity.test_thief import CANARIES, NAME, Clean
from tests.integrity.vault_costs import quick_vault  # noqa: F401


def test_a_backup_shows_nothing_and_brings_everything_back(tmp_path: Path) -> None:
    before, after = (Settings(data=tmp_path / name, _env_file=None) for name in ("one", "two"))  # type: ignore[call-arg]
    before.data.mkdir()
    main = Database(before.database)
    Base.metadata.create_all(main.engine)
    main.close()
    config, database = configuration(before), open_database(before)
    with database.writing() as session:
        desk = setup.ensure_desk(session, "obt", "อบต.ตัวอย่าง", NOW.date())
        malee, _, custodian, _ = open_desk(session, desk, NOW)
    with database.writing() as session:
        desk = session.scalars(select(Desk)).one()
        receipt, report_id = tell(session, config, desk, NOW, identity={"name": NAME}, files=[Clean()])
    with database.writing() as session:
        opened = reports.find(session, config, desk, receipt)
        assert opened
        reports.add_message(session, opened, CANARIES["fears"], NOW)
        back_up(before, tmp_path / "backup.tar.gz")  # while somebody is at work
    database.close()

    with tarfile.open(tmp_path / "backup.tar.gz") as archive:
        members = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        contents = {name: file.read() for name, file in members.items() if file}
    assert any(name.endswith("pepper") for name in contents), "with every secret of the server"
    assert any("คุณmalee".encode() in raw for raw in contents.values()), "an officer's name is in clear, and so is found"
    for word in ("เงินทอน", NAME, "canary", CANARIES["fears"], receipt, malee.passphrase, malee.recovery_code):
        assert not any(word.encode() in raw for raw in contents.values()), word

    restore(after, tmp_path / "backup.tar.gz")
    config, database = configuration(after), open_database(after)
    with database.writing() as session:
        view = casework.open_report(session, config, malee.row(session), malee.private(session), report_id, NOW)
        assert "เงินทอน" in view.answers["what"]
        assert view.files[0].name == Clean().name
        assert casework.take_up(session, config, custodian.row(session), custodian.private(session), report_id)
        assert reports.find(session, config, session.scalars(select(Desk)).one(), receipt)
    database.close()
