"""`sujarit eit`: the year's EIT link, the points where its code stands, posters, and how far it has come."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.manage import agency_id_of, open_database
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.agencies import AgencyView
    from models.db import Database
    from models.eit import EitPoint

agency_option = click.option("--agency", "code", default="", help="Default: SUJARIT_AGENCY.")
year_option = click.option("--fy", "fiscal_year", type=int, required=True, help="Fiscal year, Buddhist (2570).")


@click.group()
def eit() -> None:
    """The ITA's survey of outside people (EIT): link, points, QR codes, reach."""


def _open(settings: Settings, code: str) -> tuple[Database, int, AgencyView]:
    from bot.integrity_desk import OpenDoors
    from handlers.agencies import Agencies

    database = open_database(settings)
    agency_id = agency_id_of(database, code or settings.agency)
    view = Agencies(database, settings.url, OpenDoors(settings)).get(code or settings.agency)
    if view is None:
        raise click.ClickException(f"ไม่มีหน่วยงานรหัส {code or settings.agency}")
    return database, agency_id, view


def _day(text: str) -> date:
    from handlers.eit.operations import EitError
    from models.base import utc_now
    from thai.dates import ThaiDateError, bangkok_date, parse_date

    try:
        return parse_date(text, bangkok_date(utc_now()), prefer="future")
    except ThaiDateError:
        raise EitError("day", f"อ่านวันที่ “{text}” ไม่ได้ พิมพ์แบบ 2027-01-01 หรือ 1 ม.ค. 2570") from None


def _publish(settings: Settings, agency: AgencyView, fiscal_year: int, points: Sequence[EitPoint]) -> None:
    """Put the files where websites take them from; trouble is said and stops nothing."""
    from handlers.eit import images

    try:
        images.write(images.folder_of(settings.qr, agency, fiscal_year), agency, points)
    except images.ImagesError as error:
        click.echo(f"! {error}", err=True)


@eit.command("set")
@agency_option
@year_option
@click.option("--url", required=True, help="The EIT link that ITAS issued for this year.")
@click.option("--opens", default="", help="First day, such as 2027-01-01.")
@click.option("--closes", default="", help="Last day, such as 2027-06-30.")
@click.option("--target", type=int, default=None, help="Respondents wanted.")
@click.pass_obj
def eit_set(
    settings: Settings, code: str, fiscal_year: int, url: str, opens: str, closes: str, target: int | None
) -> None:
    """Keep a year's link, window and target; an unusual link is kept with a warning."""
    from sqlalchemy import select

    from handlers.eit import operations, rounds
    from models.base import utc_now
    from models.eit import EitPoint
    from thai.dates import bangkok_date

    database, agency_id, agency = _open(settings, code)
    try:
        details = operations.RoundDetails(
            fiscal_year=fiscal_year,
            url=url,
            opens_on=_day(opens) if opens else None,
            closes_on=_day(closes) if closes else None,
            target=target,
        )
        with database.write(agency_id) as session:
            today = bangkok_date(utc_now())
            round_, warnings = operations.set_round(session, details, "cli", today)
            points = session.scalars(select(EitPoint).where(EitPoint.active).order_by(EitPoint.id)).all()
    except operations.EitError as error:
        raise click.ClickException(str(error)) from None
    for warning in warnings:
        click.echo(f"! {warning}", err=True)
    if rounds.state(round_, today) in ("not_yet", "open"):
        _publish(settings, agency, fiscal_year, points)
    click.echo(f"บันทึก EIT ปีงบประมาณ {fiscal_year} แล้ว หน้าสำหรับประชาชน: {agency.url('/eit')}")


@eit.group("point")
def point() -> None:
    """Places where the code stands."""


@point.command("add")
@agency_option
@click.option("--name", required=True, help="As it is printed on the poster.")
@click.option("--kind", default="counter", show_default=True, help="counter, desk, vehicle, hall or officer.")
@click.option("--unit", "unit_name", default="", help="Name of the unit it belongs to.")
@click.pass_obj
def point_add(settings: Settings, code: str, name: str, kind: str, unit_name: str) -> None:
    """Add a point; its short address stays the same every year."""
    from sqlalchemy import select

    from handlers.eit import operations, posters, rounds
    from models.agency import Unit
    from models.base import utc_now
    from thai.dates import bangkok_date

    database, agency_id, agency = _open(settings, code)
    with database.write(agency_id) as session:
        unit_id = session.scalars(select(Unit.id).where(Unit.name == unit_name)).first() if unit_name else None
        if unit_name and unit_id is None:
            raise click.ClickException(f"ไม่พบส่วนงาน {unit_name}")
        try:
            added = operations.add_point(session, name, "cli", kind=kind, unit_id=unit_id)
        except operations.EitError as error:
            raise click.ClickException(str(error)) from None
        today = bangkok_date(utc_now())
        round_ = rounds.current(session, today)
    if round_ is not None and rounds.state(round_, today) in ("not_yet", "open"):
        _publish(settings, agency, round_.fiscal_year, [added])
    click.echo(f"เพิ่ม {added.name} แล้ว\n{posters.address(agency, added)}")


@point.command("list")
@agency_option
@click.pass_obj
def point_list(settings: Settings, code: str) -> None:
    """List the points with their addresses."""
    from sqlalchemy import select

    from handlers.eit import posters
    from models.eit import EitPoint

    database, agency_id, agency = _open(settings, code)
    with database.read(agency_id) as session:
        for row in session.scalars(select(EitPoint).where(EitPoint.active).order_by(EitPoint.id)):
            click.echo(f"{posters.address(agency, row)}\t{row.name}")


@eit.command("qr")
@agency_option
@year_option
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=None, help="Default: SUJARIT_QR.")
@click.option(
    "--sheet", type=click.Choice(["a4", "a5", "tent", "cards"]), default="a4", show_default=True, help="Of posters.pdf."
)
@click.pass_obj
def qr(settings: Settings, code: str, fiscal_year: int, out: Path | None, sheet: str) -> None:
    """PNG and SVG of every point, and one posters.pdf; nothing for a link that is unknown or over."""
    from handlers.eit import images, logo, operations, posters, rounds
    from models.base import utc_now
    from reports import posters as paper
    from reports.typeset import TypesetError
    from thai.dates import bangkok_date, format_date

    database, agency_id, agency = _open(settings, code)
    with database.read(agency_id) as session:
        round_ = rounds.of_year(session, fiscal_year)
        points = operations.to_print(session)
    state = rounds.state(round_, bangkok_date(utc_now()))
    if state == "closed" and round_ is not None and round_.closes_on is not None:
        raise click.ClickException(
            f"EIT ปีงบประมาณ {fiscal_year} ปิดรับแล้วเมื่อ {format_date(round_.closes_on)} จึงไม่สร้างคิวอาร์โค้ด"
        )
    if state == "unknown" or round_ is None:
        raise click.ClickException(
            f"ยังไม่มีลิงก์ EIT และวันเปิดปิดของปีงบประมาณ {fiscal_year} จึงไม่สร้างคิวอาร์โค้ด\n"
            f"กรอกด้วย: sujarit eit set --agency {agency.code} --fy {fiscal_year} --url ... --opens ... --closes ..."
        )
    folder = out or images.folder_of(settings.qr, agency, fiscal_year)
    with click.progressbar(length=2 * len(points), label=f"{len(points)} จุด") as bar:
        try:
            images.write(folder, agency, points, named=True, progress=lambda *_: bar.update(1))
            made = paper.draw(
                posters.for_points(agency, round_, points),
                sheet,  # type: ignore[arg-type] # click has checked it
                logo.load(settings.data, agency.code),
                progress=lambda *_: bar.update(1),
            )
            (folder / "posters.pdf").write_bytes(made)
        except (OSError, TypesetError) as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"สร้างแล้วที่ {folder} (PNG และ SVG ของ {len(points)} จุด, posters.pdf)")


@eit.command("reach")
@agency_option
@year_option
@click.option("--json", "as_json", is_flag=True, help="All figures as one JSON object.")
@click.pass_obj
def reach(settings: Settings, code: str, fiscal_year: int, as_json: bool) -> None:
    """ITAS's count against the target, and scans by point and week."""
    import json

    from handlers.eit.reach import reach as figures_of
    from models.base import utc_now

    database, agency_id, _ = _open(settings, code)
    with database.read(agency_id) as session:
        figures = figures_of(session, fiscal_year, utc_now())
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False, indent=1))
        return
    unknown = "ยังไม่ได้กรอก"
    click.echo(f"เป้าหมาย {unknown if figures['target'] is None else figures['target']}")
    click.echo(f"ตอบแล้ว (ITAS) {unknown if figures['reported'] is None else figures['reported']}")
    click.echo(f"เหลือ {figures['days_left']} วัน")
    click.echo(f"สแกน {figures['scans']['total']} ครั้ง")
    for row in figures["scans"]["by_point"]:
        click.echo(f"  {row['count']}\t{row['name']}")
