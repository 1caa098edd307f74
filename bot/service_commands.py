"""`sujarit services`: the ready-made forms of the form service."""

from __future__ import annotations

import click

from bot import manage
from bot.settings import Settings


@click.group()
def services() -> None:
    """Forms that the agency offers online."""


@services.command("starter")
@click.option("--agency", "code", default="", help="Default: SUJARIT_AGENCY.")
@click.option("--publish", "username", default="", help="Also publish them, in this staff member's name.")
@click.pass_obj
def starter(settings: Settings, code: str, username: str) -> None:
    """Give an agency the ready-made forms that it lacks, as drafts."""
    from sqlalchemy import select

    from handlers.agencies import load_agency
    from handlers.services import starter as packs
    from models.agency import Agency, Staff
    from models.base import utc_now

    database = manage.open_database(settings)
    agency_id = manage.agency_id_of(database, code or settings.agency)
    now = utc_now()
    with database.write(agency_id) as session:
        added = packs.load_packs(session, agency_id, "cli", now)
        published = 0
        if username:
            staff = session.scalars(select(Staff).where(Staff.username == username, Staff.active)).first()
            if staff is None:
                raise click.ClickException(f"ไม่มีเจ้าหน้าที่ชื่อผู้ใช้ {username}")
            agency = load_agency(session, session.get_one(Agency, agency_id), settings.url)
            published = packs.publish_packs(session, agency, staff, now)
    click.echo(f"เพิ่มแบบฟอร์มสำเร็จรูป {added} แบบ (แบบร่าง)" if added else "มีแบบฟอร์มสำเร็จรูปครบแล้ว")
    if published:
        click.echo(f"เผยแพร่แล้ว {published} แบบ")
