"""The `sujarit` command. Each command imports what it needs, so that none waits for another's parts."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from models.agency import Agency
    from models.db import Database


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """สุจริต: แชตบอต LINE และระบบรับเรื่องของ อบต. และเทศบาล"""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s")
    try:
        context.obj = load_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


def _database(settings: Settings) -> Database:
    from models.db import Database

    return Database(settings.database)


def _agency_id(database: Database, code: str) -> int:
    from sqlalchemy import select

    from models.agency import Agency

    with database.read() as session:
        agency_id = session.scalars(select(Agency.id).where(Agency.code == code)).first()
    if agency_id is None:
        raise click.ClickException(f"ไม่มีหน่วยงานรหัส {code} (ดูด้วย: sujarit agency list)")
    return agency_id


def _until_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


@main.command()
@click.pass_obj
def serve(settings: Settings) -> None:
    """Run everything in one go."""
    from bot import serving

    _prepare(settings)
    names = ["web", "worker"] if settings.live else ["simulator", "web", "worker"]
    _greet(settings)
    serving.run(names)


def _prepare(settings: Settings) -> None:
    """Migrate, and load the invented demo agency when the default agency is asked for and missing."""
    from datetime import UTC, datetime

    from sqlalchemy import select

    from handlers.people.agency_setup import add_demo
    from migrations.upgrade import upgrade
    from models.agency import Agency
    from thai.dates import bangkok_date

    database = _database(settings)
    upgrade(database)
    if settings.agency == "demo":
        with database.write() as session:
            if session.scalars(select(Agency.id).where(Agency.code == "demo")).first() is None:
                add_demo(session, "demo", bangkok_date(datetime.now(UTC)))
    database.close()


def _greet(settings: Settings) -> None:
    from handlers.people.agency_setup import DEMO_PASSWORD, DEMO_STAFF

    click.echo(f"\nสุจริต  หน้าเว็บเจ้าหน้าที่: {settings.url}/console/")
    click.echo(f"        แจ้งเรื่องทางเว็บ:   {settings.url}/{settings.agency}/complain")
    if not settings.live:
        click.echo(f"        แชตทดลอง:          {settings.simulator_address}/")
    if settings.agency == "demo":
        names = ", ".join(f"{row[0]} ({row[2]})" for row in DEMO_STAFF)
        click.echo(f"        เข้าระบบ (ข้อมูลสมมุติ): {names}\n        รหัสผ่านทุกคน: {DEMO_PASSWORD}\n")


@main.command()
@click.pass_obj
def web(settings: Settings) -> None:
    """Run the web server: webhook, pages and console."""
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "bot.wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        blocking_threads=settings.web_threads,
        log_access=False,
        log_level="warning",  # type: ignore[arg-type]
    ).serve()


@main.command()
@click.pass_obj
def worker(settings: Settings) -> None:
    """Send the outbox and fetch attachments."""
    from bot.attachments import AttachmentWorker
    from bot.line_api import LineApi
    from bot.outbox import OutboxWorker

    stop = _until_signal()
    database = _database(settings)
    api = LineApi(settings.channel_access_token, settings.api_base, connections=settings.outbox_threads)
    files = threading.Thread(target=AttachmentWorker(_database(settings), api, settings.data).run, args=(stop,))
    files.start()
    OutboxWorker(database, api, threads=settings.outbox_threads, allow_loopback=not settings.live).run(stop)
    files.join()


@main.command()
@click.pass_obj
def simulator(settings: Settings) -> None:
    """Run the LINE stand-in with its chat page (never with LINE credentials)."""
    if settings.live:
        raise click.ClickException("ตั้งค่า LINE จริงไว้แล้ว จึงไม่เปิดตัวจำลอง")
    from urllib.parse import urlsplit

    from bot.simulator import server
    from bot.simulator.platform import Persona

    personas = [
        Persona("ยายบุญมี", "ผู้สูงอายุ หมู่ 3"),
        Persona("นายสมชาย", "ชาวบ้าน หมู่ 5"),
        Persona("นายวิชัย", "นายช่างโยธา กองช่าง", staff=True),
        Persona("นางสมศรี", "ปลัด อบต.", staff=True),
    ]
    server.run(
        port=urlsplit(settings.simulator_address).port or 8001,
        channel_secret=settings.channel_secret,
        channel_access_token=settings.channel_access_token,
        webhook_url=f"http://127.0.0.1:{settings.port}/line/{settings.agency}/webhook",
        state_path=settings.data / "simulator.sqlite3",
        personas=personas,
        links=[("หน้าเว็บเจ้าหน้าที่", f"{settings.url}/console/")],
    )


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@click.pass_obj
def db_upgrade(settings: Settings) -> None:
    """Bring the tables up to date."""
    from migrations.upgrade import upgrade

    upgrade(_database(settings))
    click.echo("ฐานข้อมูลเป็นรุ่นล่าสุดแล้ว")


@main.group()
def agency() -> None:
    """Agencies of this installation."""


@agency.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--kind", default="อบต.", show_default=True)
@click.pass_obj
def agency_add(settings: Settings, code: str, name: str, kind: str) -> None:
    """Add an agency with the starter packs."""
    from datetime import UTC, datetime

    from handlers.people.agency_setup import add_agency
    from thai.dates import bangkok_date

    with _database(settings).write() as session:
        try:
            add_agency(session, code, name, bangkok_date(datetime.now(UTC)), kind)
        except ValueError as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"เพิ่ม {name} ({code}) แล้ว")


@agency.command("list")
@click.pass_obj
def agency_list(settings: Settings) -> None:
    """List the agencies."""
    from sqlalchemy import select

    from models.agency import Agency

    with _database(settings).read() as session:
        row: Agency
        for row in session.scalars(select(Agency).order_by(Agency.code)):
            click.echo(f"{row.code}\t{row.name}")


@main.group()
def faq() -> None:
    """Questions and answers."""


@faq.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--agency", "code", required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def faq_import(settings: Settings, file: Path, code: str, yes: bool) -> None:
    """Read questions and answers from a CSV or XLSX file."""
    from handlers.questions import exchange

    database = _database(settings)
    agency_id = _agency_id(database, code)
    preview = exchange.preview(file.read_bytes(), file.name)
    for problem in preview.problems:
        click.echo(str(problem), err=True)
    click.echo(f"อ่านได้ {len(preview.rows)} ข้อ มีปัญหา {len(preview.problems)} แถว")
    if not yes:
        click.confirm("นำเข้าเลยไหม", abort=True)
    with database.write(agency_id) as session:
        exchange.apply(session, agency_id, preview, "cli")
    click.echo("นำเข้าแล้ว")


@faq.command("export")
@click.option("--agency", "code", required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.pass_obj
def faq_export(settings: Settings, code: str, out: Path) -> None:
    """Write questions and answers to a CSV or XLSX file."""
    from handlers.questions import exchange

    database = _database(settings)
    with database.read(_agency_id(database, code)) as session:
        out.write_bytes(exchange.export_xlsx(session) if out.suffix == ".xlsx" else exchange.export_csv(session))
    click.echo(f"เขียน {out} แล้ว")


@faq.command("ask")
@click.option("--agency", "code", required=True)
@click.option("--batch", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON line per question.")
@click.pass_obj
def faq_ask(settings: Settings, code: str, batch: Path, as_json: bool) -> None:
    """Ask a file of questions, one a line, and print what the bot would decide."""
    import json

    from handlers.agencies import Agencies
    from handlers.questions.decide import decide

    database = _database(settings)
    _agency_id(database, code)
    view = Agencies(database, settings.url).get(code)
    assert view is not None
    for query in batch.read_text("utf-8-sig").splitlines():
        decision = decide(query, view.index)
        ranking = [{"id": hit.id, "score": round(hit.score, 4)} for hit in decision.ranking]
        line = {"query": query, "decision": decision.kind, "ranking": ranking}
        click.echo(json.dumps(line, ensure_ascii=False) if as_json else f"{decision.kind}\t{query}\t{ranking[:1]}")


if __name__ == "__main__":
    main()
