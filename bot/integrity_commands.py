"""`sujarit integrity`: opening the integrity desk, and running it as a process and user of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bot.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from integrity.tables import Desk

HEAD_BYTES = 12  # of the log's end, as printed: 96 bits cannot be met by trying
ROLES = {"officer": "เจ้าหน้าที่", "custodian": "ผู้รักษาข้อมูลผู้แจ้ง", "outside": "ผู้รับเรื่องภายนอก"}


@click.group()
def integrity() -> None:
    """The integrity desk: corruption reports by a door of their own."""


@contextmanager
def _desk(settings: Settings, code: str, write: bool = False) -> Iterator[tuple[Session, Desk]]:
    """A session on the desk's own database, and the agency's desk."""
    from sqlalchemy import select

    from bot.integrity_desk import open_database
    from integrity.tables import Desk

    database = open_database(settings)
    with database.writing() if write else database.reading() as session:
        desk = session.scalars(select(Desk).where(Desk.code == (code or settings.agency))).first()
        if desk is None:
            raise click.ClickException(f"ไม่มีหน่วยงานรหัส {code or settings.agency} รัน: sujarit db upgrade")
        yield session, desk
    database.close()


@integrity.command("invite")
@click.argument("username")
@click.option("--name", required=True, help="Name as reporters see it who choose who must not read their report.")
@click.option("--role", type=click.Choice(list(ROLES)), default="officer", show_default=True)
@click.option("--position", default="")
@click.option("--agency", "code", default="", help="Default: SUJARIT_AGENCY.")
@click.pass_obj
def invite(settings: Settings, username: str, name: str, role: str, position: str, code: str) -> None:
    """Make the address at which an appointed officer chooses a passphrase and makes the key."""
    from bot.integrity_desk import configuration
    from integrity import invitations
    from integrity.officers import NotAllowed

    with _desk(settings, code) as (session, desk):
        invitation = invitations.Invitation(username, name, position, role, None)
        try:
            address = invitations.address(session, configuration(settings), desk, invitation)
        except NotAllowed as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"ส่งที่อยู่นี้ให้ {name} ({ROLES[role]}) เปิดด้วยเครื่องของตนเองภายใน 7 วัน\n{address}")


class _Head(click.ParamType):
    """The end of the log as `status` printed it earlier: "12-3f0a..."."""

    name = "end"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, bytes]:
        number, _, digits = value.strip().partition("-")
        try:
            head = int(number), bytes.fromhex(digits)
        except ValueError:
            head = 0, b""
        if head[0] < 1 or len(head[1]) != HEAD_BYTES:
            self.fail("รูปแบบคือ ลำดับที่-ตัวอักษร 24 ตัว ตามที่คำสั่ง status พิมพ์ไว้", param, ctx)
        return head


@integrity.command("status")
@click.option("--agency", "code", default="", help="Default: SUJARIT_AGENCY.")
@click.option("--since", "known", type=_Head(), help="The end of the log as written down earlier.")
@click.pass_obj
def status(settings: Settings, code: str, known: tuple[int, bytes] | None) -> None:
    """Say whether the desk is open, what is missing, and whether its log is whole.

    The end of the log is printed to be kept on paper, outside the machine: given back as --since, it shows whether
    somebody has written the whole log anew."""
    from integrity import audit, officers

    with _desk(settings, code) as (session, desk):
        missing = officers.readiness(session, desk)
        problems = audit.verify(session, desk, known)
        number, last = audit.head(session, desk)
    click.echo("เปิดรับเรื่องแล้ว" if not missing else "ยังไม่เปิดรับเรื่อง\n" + "\n".join(f"  → {line}" for line in missing))
    click.echo("บันทึกการทำงานครบถ้วน" if not problems else "บันทึกการทำงานถูกแก้ไข:\n" + "\n".join(problems))
    if number:
        click.echo(f"ท้ายบันทึก {number}-{last[:HEAD_BYTES].hex()} (จดลงกระดาษทุกเดือน)")
    if problems:
        sys.exit(1)


@integrity.command("leave")
@click.argument("username")
@click.option("--agency", "code", default="", help="Default: SUJARIT_AGENCY.")
@click.confirmation_option(prompt="คนนี้จะอ่านเรื่องไม่ได้อีก ดำเนินการต่อหรือไม่")
@click.pass_obj
def leave(settings: Settings, username: str, code: str) -> None:
    """An officer is gone and no colleague can say so in the desk: take the log-in and the keys away."""
    from datetime import UTC, datetime

    from sqlalchemy import select

    from integrity import officers
    from integrity.tables import Officer

    with _desk(settings, code, write=True) as (session, desk):
        chosen = select(Officer).where(Officer.desk_id == desk.id, Officer.username == username.strip().lower())
        officer = session.scalar(chosen)
        if officer is None:
            raise click.ClickException(f"ไม่มีเจ้าหน้าที่ชื่อผู้ใช้ {username}")
        try:
            officers.leave(session, desk, officer, None, datetime.now(UTC))
        except officers.NotAllowed as error:
            raise click.ClickException(str(error)) from None
        name = officer.name
    click.echo(f"บันทึกแล้วว่า {name} พ้นหน้าที่ ให้เจ้าหน้าที่ที่เหลือทุกคนเข้ารหัสเรื่องใหม่ในหน้า “เจ้าหน้าที่”")


@integrity.command("chat-door")
@click.argument("choice", type=click.Choice(["on", "off"]))
@click.option("--agency", "code", default="", help="Default: SUJARIT_AGENCY.")
@click.pass_obj
def chat_door(settings: Settings, choice: str, code: str) -> None:
    """Let people tell a report in the LINE chat too, or only in the browser. Tellings under way may be finished."""
    from integrity import setup

    with _desk(settings, code, write=True) as (_, desk):
        setup.change(desk, settings={"chat_door": choice == "on"})
    click.echo("เล่าเรื่องในแชต LINE ได้" if choice == "on" else "รับเรื่องทางเบราว์เซอร์เท่านั้น")


@integrity.command("serve")
@click.option("--port", type=int, default=8010, show_default=True)
@click.pass_obj
def serve(settings: Settings, port: int) -> None:
    """Run the desk alone, as a process and user of its own; a reverse proxy sends it /<agency>/integrity/."""
    from bot.serving import web_server

    web_server("bot.integrity_wsgi:app", settings.host, port, settings.web_threads).serve()
