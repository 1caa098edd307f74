"""The commands with which an administrator looks after an installation: db, agency, staff, rich-menu, faq.

Each command imports what it needs, so that none waits for another's parts.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.settings import Settings

if TYPE_CHECKING:
    from models.agency import Agency
    from models.db import Database


def open_database(settings: Settings) -> Database:
    from models.db import Database

    return Database(settings.database)


def agency_id_of(database: Database, code: str) -> int:
    from sqlalchemy import select

    from models.agency import Agency

    with database.read() as session:
        agency_id = session.scalars(select(Agency.id).where(Agency.code == code)).first()
    if agency_id is None:
        raise click.ClickException(f"ไม่มีหน่วยงานรหัส {code} (ดูด้วย: sujarit agency list)")
    return agency_id


def prepare(settings: Settings) -> None:
    """Migrate, and load the invented demo agency when the default agency is asked for and missing."""
    from datetime import UTC, datetime

    from sqlalchemy import select

    from bot import demo, integrity_desk
    from handlers.agencies import load_agency
    from handlers.people.agency_setup import add_demo
    from migrations.upgrade import upgrade
    from models.agency import Agency
    from thai.dates import bangkok_date

    database = open_database(settings)
    upgrade(database)
    if settings.agency == "demo":
        with database.write() as session:
            if session.scalars(select(Agency.id).where(Agency.code == "demo")).first() is None:
                row = add_demo(session, "demo", bangkok_date(datetime.now(UTC)))
                demo.open_forms(session, load_agency(session, row, settings.url))
                if not settings.live:
                    demo.link_staff(session)
    with database.read() as session:
        integrity_desk.open_desks(settings, session)
    database.close()


@click.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@click.pass_obj
def db_upgrade(settings: Settings) -> None:
    """Bring the tables up to date."""
    from bot import integrity_desk
    from migrations.upgrade import upgrade

    database = open_database(settings)
    upgrade(database)
    with database.read() as session:
        integrity_desk.open_desks(settings, session)
    click.echo("ฐานข้อมูลเป็นรุ่นล่าสุดแล้ว")


@click.group()
def agency() -> None:
    """Agencies of this installation."""


@agency.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--kind", default="อบต.", show_default=True)
@click.option("--starter-answers", is_flag=True, help="Also load the starter questions and services.")
@click.pass_obj
def agency_add(settings: Settings, code: str, name: str, kind: str, starter_answers: bool) -> None:
    """Add an agency with units, holidays and complaint categories."""
    from datetime import UTC, datetime

    from bot import integrity_desk
    from handlers.people.agency_setup import add_agency
    from thai.dates import bangkok_date

    with open_database(settings).write() as session:
        try:
            add_agency(session, code, name, bangkok_date(datetime.now(UTC)), kind, starter_answers)
        except ValueError as error:
            raise click.ClickException(str(error)) from None
        integrity_desk.open_desks(settings, session)
    click.echo(f"เพิ่ม {name} ({code}) แล้ว")


@agency.command("list")
@click.pass_obj
def agency_list(settings: Settings) -> None:
    """List the agencies."""
    from sqlalchemy import select

    from models.agency import Agency

    with open_database(settings).read() as session:
        row: Agency
        for row in session.scalars(select(Agency).order_by(Agency.code)):
            click.echo(f"{row.code}\t{row.name}")


@click.group()
def staff() -> None:
    """People who work in the console."""


@staff.command("add")
@click.argument("username")
@click.option("--name", required=True, help="Name as citizens see it.")
@click.option("--role", type=click.Choice(["officer", "head", "clerk", "mayor", "admin"]), default="officer")
@click.option("--unit", "unit_name", default="", help="Name of the unit; officers and heads need one.")
@click.option("--position", default="")
@click.option("--agency", "code", default="", help="Default: SUJARIT_AGENCY.")
@click.pass_obj
def staff_add(
    settings: Settings, username: str, name: str, role: str, unit_name: str, position: str, code: str
) -> None:
    """Add a person; asks for a password, or makes one up and shows it once."""
    import secrets

    from sqlalchemy import select

    from handlers.people.operations import PeopleError, StaffDetails, add_staff
    from models.agency import Unit

    database = open_database(settings)
    agency_id = agency_id_of(database, code or settings.agency)
    password = ""
    if sys.stdin.isatty():
        password = click.prompt("รหัสผ่าน (เว้นว่างให้ระบบตั้งให้)", default="", hide_input=True, show_default=False)
    made_up = password or secrets.token_urlsafe(12)
    with database.write(agency_id) as session:
        unit_id = session.scalars(select(Unit.id).where(Unit.name == unit_name)).first() if unit_name else None
        if unit_name and unit_id is None:
            units = ", ".join(session.scalars(select(Unit.name).order_by(Unit.id)))
            raise click.ClickException(f"ไม่พบส่วนงาน {unit_name} (มี: {units})")
        details = StaffDetails(username=username, name=name, role=role, unit_id=unit_id, position=position)
        try:
            add_staff(session, details, made_up, "cli")
        except PeopleError as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"เพิ่ม {username} แล้ว เข้าระบบที่ {settings.url}/console/")
    if not password:
        click.echo(f"รหัสผ่านชั่วคราว (แสดงครั้งเดียว): {made_up}")


@staff.command("link")
@click.argument("username")
@click.option("--agency", "code", default="", help="Default: SUJARIT_AGENCY.")
@click.pass_obj
def staff_link(settings: Settings, username: str, code: str) -> None:
    """Make a one-time code with which a person links a LINE account."""
    from sqlalchemy import select

    from handlers.people.operations import LINK_CODE_LIFE, new_link_code
    from models.agency import Staff
    from models.base import utc_now

    database = open_database(settings)
    with database.write(agency_id_of(database, code or settings.agency)) as session:
        person = session.scalars(select(Staff).where(Staff.username == username, Staff.active)).first()
        if person is None:
            raise click.ClickException(f"ไม่พบเจ้าหน้าที่ {username}")
        digits = new_link_code(session, person, utc_now())
    minutes = int(LINK_CODE_LIFE.total_seconds() // 60)
    click.echo(f"ให้ {username} ส่งข้อความนี้ในแชต LINE ของหน่วยงาน ภายใน {minutes} นาที:\nเชื่อมต่อ {digits}")


@click.group("rich-menu")
def rich_menu() -> None:
    """The menu below the chat."""


@rich_menu.command("upload")
@click.pass_obj
def rich_menu_upload(settings: Settings) -> None:
    """Make our menu the one that everybody sees; an unchanged menu is left alone."""
    from bot.channel import in_words
    from bot.integrity_desk import OpenDoors
    from bot.line_api import LineApi, LineFailure
    from bot.rich_menu import upload

    # A plain link once the integrity desk is open: no webhook, so nothing shows who tapped it.
    is_open = OpenDoors(settings)(settings.agency) and settings.url.startswith("https://")
    door = f"{settings.url}/{settings.agency}/integrity/?openExternalBrowser=1" if is_open else ""
    api = LineApi(settings.channel_access_token, settings.api_base, connections=1)
    try:
        upload(api, settings.agency, door)
    except LineFailure as failure:
        raise click.ClickException(in_words(failure)) from None
    click.echo("ตั้งเมนูแล้ว")


@click.group()
def faq() -> None:
    """Questions and answers."""


@faq.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--agency", "code", required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def faq_import(settings: Settings, file: Path, code: str, yes: bool) -> None:
    """Read questions and answers from a CSV or XLSX file."""
    from handlers.questions import exchange, starter

    database = open_database(settings)
    agency_id = agency_id_of(database, code)
    preview = exchange.preview(file.read_bytes(), file.name)
    for problem in preview.problems:
        click.echo(str(problem), err=True)
    click.echo(f"อ่านได้ {len(preview.rows)} ข้อ มีปัญหา {len(preview.problems)} แถว")
    if not yes:
        click.confirm("นำเข้าเลยไหม", abort=True)
    with database.write(agency_id) as session:
        exchange.apply(session, agency_id, preview, "cli")
        stepped = starter.step_back(session, agency_id, preview.rows, "cli")
    click.echo("นำเข้าแล้ว")
    if stepped:
        click.echo(f"พักข้อตั้งต้นในเรื่องเดียวกันที่ยังไม่มีใครยืนยัน {stepped} ข้อ (เปิดใช้ได้ในหน้า คลังคำตอบ)")


@faq.command("starter")
@click.option("--agency", "code", required=True)
@click.pass_obj
def faq_starter(settings: Settings, code: str) -> None:
    """Load the starter questions and services; what the agency has already is left alone."""
    from handlers.questions import starter

    database = open_database(settings)
    agency_id = agency_id_of(database, code)
    with database.write(agency_id) as session:
        starter.load(session, agency_id)
    click.echo("โหลดชุดคำถาม-คำตอบตั้งต้นแล้ว ข้อที่ยังไม่ยืนยันจะบอกประชาชนว่ารอยืนยัน")


@faq.command("export")
@click.option("--agency", "code", required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.pass_obj
def faq_export(settings: Settings, code: str, out: Path) -> None:
    """Write questions and answers to a CSV or XLSX file."""
    from handlers.questions import exchange

    database = open_database(settings)
    with database.read(agency_id_of(database, code)) as session:
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

    database = open_database(settings)
    agency_id_of(database, code)
    view = Agencies(database, settings.url).get(code)
    assert view is not None
    for query in batch.read_text("utf-8-sig").splitlines():
        decision = decide(query, view.index)
        ranking = [{"id": hit.id, "score": round(hit.score, 4)} for hit in decision.ranking]
        line = {"query": query, "decision": decision.kind, "ranking": ranking}
        click.echo(json.dumps(line, ensure_ascii=False) if as_json else f"{decision.kind}\t{query}\t{ranking[:1]}")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(settings: Settings, file: Path) -> None:
    """Write everything into one .tar.gz while it runs."""
    from bot.backup import BackupError, back_up

    try:
        size = back_up(settings, file)
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"สำรองแล้ว {file} ({size / 1e6:.1f} MB) ในไฟล์มีข้อมูลส่วนบุคคลและกุญแจ เก็บในที่ปลอดภัย")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def restore(settings: Settings, file: Path) -> None:
    """Put a backup into an installation that is still empty."""
    from bot.backup import BackupError
    from bot.backup import restore as put_back

    try:
        put_back(settings, file)
    except BackupError as error:
        raise click.ClickException(str(error)) from None
    click.echo("กู้คืนแล้ว ต่อไปรัน: sujarit db upgrade แล้ว sujarit doctor")
