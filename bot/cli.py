"""The `sujarit` command. Each command imports what it needs, so that none waits for another's parts."""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING

import click

from bot import (
    clock_commands,
    eit_commands,
    integrity_commands,
    ita_commands,
    logs,
    manage,
    report_commands,
    service_commands,
    serving,
)
from bot.settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from bot.line_api import LineApi


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """สุจริต: แชตบอต LINE และระบบรับเรื่องของ อบต. และเทศบาล"""
    logs.configure()
    try:
        context.obj = load_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.pass_obj
def serve(settings: Settings) -> None:
    """Run everything in one go."""
    for port in [settings.port] if settings.live else [settings.port, settings.simulator_port or settings.port + 1]:
        if not serving.is_free(settings.host, port):
            raise click.ClickException(
                f"พอร์ต {port} มีโปรแกรมอื่นใช้อยู่ ปิดโปรแกรมนั้น หรือเลือกพอร์ตอื่น เช่น PORT=8100 script/server\n"
                f"Port {port} is in use: stop that program, or choose another with PORT."
            )
    manage.prepare(settings)
    _greet(settings)
    serving.run(["web"] if settings.live else ["web", "simulator"], ["worker", "clock"], settings.port)


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
    from bot.serving import web_server

    web_server("bot.wsgi:app", settings.host, settings.port, settings.web_threads).serve()


@main.command()
@click.pass_obj
def worker(settings: Settings) -> None:
    """Send the outbox and e-mails, and fetch attachments."""
    from bot.attachments import AttachmentWorker
    from bot.line_api import LineApi
    from bot.mailer import MailWorker
    from bot.outbox import OutboxWorker

    stop = serving.until_signal()
    database = manage.open_database(settings)
    api = LineApi(settings.channel_access_token, settings.api_base, connections=settings.outbox_threads)
    files = threading.Thread(
        target=AttachmentWorker(manage.open_database(settings), api, settings.data).run, args=(stop,)
    )
    files.start()
    if settings.sends_mail:
        mailer = MailWorker(manage.open_database(settings), settings)
        threading.Thread(target=mailer.run, args=(stop,), daemon=True).start()
    if not settings.live:
        threading.Thread(target=_show_menu, args=(settings, api, stop), daemon=True).start()
    OutboxWorker(database, api, threads=settings.outbox_threads, allow_loopback=not settings.live).run(stop)
    files.join()


def _show_menu(settings: Settings, api: LineApi, stop: threading.Event) -> None:
    """Give the stand-in our rich menu once it answers; without it the chat still works."""
    from bot.line_api import LineFailure
    from bot.rich_menu import upload

    for _ in range(20):
        try:
            upload(api, settings.agency)
            return
        except LineFailure as failure:
            kind = failure.kind
        if stop.wait(0.5):
            return
    logging.getLogger("sujarit.worker").warning("rich_menu_not_shown failure=%s", kind)


@main.command()
@click.pass_obj
def doctor(settings: Settings) -> None:
    """Look whether everything is right, and say what to do."""
    from bot import doctor as bot_doctor
    from models.base import utc_now

    logs.configure(logging.CRITICAL)  # what is wrong is said below, in plain words
    signs = {"ok": "✓", "warn": "!", "bad": "✗"}
    levels = []
    for finding in bot_doctor.examine(settings, utc_now()):
        levels.append(finding.level)
        click.echo(f"{signs[finding.level]} {finding.what}: {finding.words}")
        for line in finding.advice.splitlines():
            click.echo(f"    → {line}")
    if "bad" in levels:
        click.echo("\nมีสิ่งที่ต้องแก้ ทำตามลูกศรด้านบน แล้วรัน sujarit doctor อีกครั้ง")
        sys.exit(1)
    click.echo("\nพร้อมใช้งาน")


@main.command()
@click.pass_obj
def simulator(settings: Settings) -> None:
    """Run the LINE stand-in with its chat page (never with LINE credentials)."""
    if settings.live:
        raise click.ClickException("ตั้งค่า LINE จริงไว้แล้ว จึงไม่เปิดตัวจำลอง")
    from urllib.parse import urlsplit

    from bot import demo
    from bot.simulator import server
    from handlers.people.agency_setup import DEMO_FIELDS

    server.run(
        port=urlsplit(settings.simulator_address).port or 8001,
        channel_secret=settings.channel_secret,
        channel_access_token=settings.channel_access_token,
        webhook_url=f"http://127.0.0.1:{settings.port}/line/{settings.agency}/webhook",
        state_path=settings.data / "simulator.sqlite3",
        personas=demo.PERSONAS,
        bot_name=DEMO_FIELDS["agency"] if settings.agency == "demo" else settings.agency,
        links=[("หน้าเว็บเจ้าหน้าที่", f"{settings.url}/console/")],
    )


for command in (
    manage.db, manage.agency, manage.staff, manage.rich_menu, manage.faq, manage.backup, manage.restore,
    integrity_commands.integrity, eit_commands.eit, report_commands.report, ita_commands.measures, ita_commands.scores,
    clock_commands.clock, service_commands.services,
):  # fmt: skip
    main.add_command(command)

if __name__ == "__main__":
    main()
