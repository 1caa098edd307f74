"""`sujarit report`: an official document as a file, with what should be looked at on the error stream."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.settings import Settings

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.agencies import AgencyView
    from handlers.documents.kinds import Kind
    from models.db import Database

FORMATS = ("pdf", "docx", "xlsx")
MOST_LINKS = 500


@click.command()
@click.argument("kind")
@click.option("--agency", "code", default="", help="Default: SUJARIT_AGENCY.")
@click.option(
    "--fy",
    "fiscal_year",
    type=int,
    default=0,
    help="Buddhist fiscal year; default: the latest.",
)
@click.option("--period", default="", help="6m, 12m or q1 to q4; default: the one that ended last.")
@click.option(
    "--layout",
    default="",
    help="000 to 004 or own (measures); the register's name (register); the activity's number (activity).",
)
@click.option("--format", "file_format", type=click.Choice(FORMATS), default=None, help="Default: as --out ends.")
@click.option("--dated", default="", help='The day it bears ("4 เม.ย. 2566"); default: today.')
@click.option("--check-links", "look", is_flag=True, help="First ask for the links of its evidence.")
@click.option("--keep", is_flag=True, help="Issue it: keep it as the next version.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.pass_obj
def report(
    settings: Settings,
    kind: str,
    code: str,
    fiscal_year: int,
    period: str,
    layout: str,
    file_format: str | None,
    dated: str,
    look: bool,
    keep: bool,
    out: Path,
) -> None:
    """Write an official document to a file.

    KIND: measures, memo, announcement, elements, register, quarterly, half_year, participation, activity, satisfaction
    or borrowing."""
    from handlers.documents import operations
    from handlers.documents.findings import in_words
    from handlers.documents.kinds import KINDS
    from handlers.documents.periods import latest_ended
    from models.base import utc_now
    from thai.dates import ThaiDateError, bangkok_date, parse_date
    from thai.fiscal import fiscal_year as fiscal_year_of

    chosen = file_format or (out.suffix[1:] if out.suffix[1:] in FORMATS else "pdf")
    now = utc_now()
    year = fiscal_year
    if kind in KINDS and not year and not period:
        year, period = latest_ended(KINDS[kind].periods, bangkok_date(now))
    year = year or fiscal_year_of(bangkok_date(now))
    if kind in KINDS:
        period, layout = _without_needless(KINDS[kind], period, layout)
    database, agency = _agency(settings, code)
    said, findings = str(out), list[Mapping[str, Any]]()
    try:
        day = parse_date(dated, bangkok_date(now)) if dated else None
        if kind == "elements":
            _begin_elements(database, agency, year)
        if look:
            _look_at_links(database, agency, kind, year, period, layout, now)
        if keep:
            with database.write(agency.id) as session:
                issued = operations.issue(session, agency, kind, year, period, layout, None, now, day, actor="cli")
            figures = issued.figures
            findings += issued.findings
            said = f"{operations.summary(issued)} → {out}"
        else:
            with database.read(agency.id) as session:
                figures, found = operations.prepare(session, agency, kind, year, period, layout, now, day)
            findings += found
    except (operations.DocumentError, ThaiDateError) as error:
        raise click.ClickException(str(error)) from None
    finally:
        database.close()
    try:
        out.write_bytes(operations.previewed(kind, figures, chosen, settings.data))
    except OSError as error:
        raise click.ClickException(f"เขียนไฟล์ {out} ไม่ได้: {error.strerror}") from None
    for one in findings:
        click.echo(in_words(one), err=True)
    click.echo(said)


def _without_needless(kind: Kind, period: str, layout: str) -> tuple[str, str]:
    """A document that is one for the whole year, or has one layout only, is made all the same; the error stream says
    what was passed over."""
    if period and kind.periods == ("",):
        click.echo(f"{kind.label} เป็นของทั้งปี จึงไม่ใช้ --period {period}", err=True)
        period = ""
    if layout and not kind.layouts and not kind.one_of:
        click.echo(f"{kind.label} มีแบบเดียว จึงไม่ใช้ --layout {layout}", err=True)
        layout = ""
    return period, layout


def _begin_elements(database: Database, agency: AgencyView, year: int) -> None:
    """A year whose list nobody has begun yet is begun: all of it is still to be done."""
    from sqlalchemy import select

    from handlers.measures.elements import load_elements
    from models.measure import Element

    with database.write(agency.id) as session:
        if session.scalars(select(Element.id).where(Element.fiscal_year == year)).first() is None:
            added = load_elements(session, agency, year)
            click.echo(f"เริ่มรายการองค์ประกอบ OIT ปีงบประมาณ {year} แล้ว ({added} รายการ)", err=True)


def _look_at_links(
    database: Database, agency: AgencyView, kind: str, year: int, period: str, layout: str, now: datetime
) -> None:
    """The network is asked outside of any transaction."""
    from handlers import links
    from handlers.documents import collect, operations

    with database.read(agency.id) as session:
        figures, _ = operations.prepare(session, agency, kind, year, period, layout, now)
        asked = links.waiting(session, now, MOST_LINKS, collect.evidence_ids(figures))
    states = links.check_links(asked.values())
    with database.write(agency.id) as session:
        links.store(session, asked, states, "cli", now)


def _agency(settings: Settings, code: str) -> tuple[Database, AgencyView]:
    from bot.manage import agency_id_of, open_database
    from handlers.agencies import load_agency
    from models.agency import Agency

    database = open_database(settings)
    agency_id = agency_id_of(database, code or settings.agency)
    with database.read(agency_id) as session:
        return database, load_agency(session, session.get_one(Agency, agency_id), settings.url)
