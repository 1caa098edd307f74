"""`sujarit clock`: the clock itself, and one tick of it at a given time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from bot import manage, serving
from bot.settings import Settings

if TYPE_CHECKING:
    from handlers.agencies import Agencies
    from models.db import Database


def _agencies(settings: Settings, database: Database) -> Agencies:
    from bot import integrity_desk
    from handlers.agencies import Agencies

    return Agencies(database, settings.url, integrity_desk.OpenDoors(settings), settings.sends_mail)


@click.group(invoke_without_command=True)
@click.pass_context
def clock(context: click.Context) -> None:
    """Remind of what is due, pass on what is late, delete what was kept long enough."""
    if context.invoked_subcommand is not None:
        return
    from bot import integrity_desk
    from scheduler import clock as scheduler_clock

    settings: Settings = context.obj
    database = manage.open_database(settings)
    scheduler_clock.run(
        database,
        _agencies(settings, database),
        settings.data,
        serving.until_signal(),
        also_clean=[integrity_desk.clean(settings), integrity_desk.notify(settings)],
    )
    database.close()


@clock.command()
@click.option("--at", "moment", help="2026-12-24T09:00+07:00; left out: now")
@click.option("--yes", is_flag=True, help="also where real people on LINE are told")
@click.pass_obj
def tick(settings: Settings, moment: str | None, yes: bool) -> None:
    """Do once what is due at a time. What it tells is told by the worker at once, whatever the time says."""
    from scheduler import clock as scheduler_clock

    now = _moment(moment)
    if settings.live and not yes:
        raise click.ClickException(
            "ตั้งค่า LINE จริงไว้แล้ว คนจริงจะได้รับข้อความทันที หากต้องการจริง ให้เพิ่ม --yes\n"
            "A live LINE channel is set: real people would be told at once. Add --yes if that is meant."
        )
    database = manage.open_database(settings)
    done = scheduler_clock.tick(database, _agencies(settings, database), now)
    database.close()
    for duty in scheduler_clock.DUTIES:
        click.echo(f"{duty.name}: agencies={done.agencies.get(duty.name, 0)} changed={done.changed.get(duty.name, 0)}")
    if done.troubles:
        raise click.ClickException(f"troubles={done.troubles} (ดู log)")


def _moment(text: str | None) -> datetime:
    """An aware moment in UTC; raises click.BadParameter for anything else."""
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise click.BadParameter("ต้องเป็นเวลาพร้อมเขตเวลา เช่น 2026-12-24T09:00+07:00", param_hint="--at")
    return moment.astimezone(UTC)
