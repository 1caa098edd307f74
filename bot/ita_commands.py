"""`sujarit measures` and `sujarit scores`: the files of past reports and the year's result brought in."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.settings import Settings

if TYPE_CHECKING:
    from handlers.measures.importing import Preview
    from handlers.measures.scores import Result

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
AGENCY = click.option("--agency", "code", default="", help="Default: SUJARIT_AGENCY.")
YEAR = click.option("--fy", "fiscal_year", type=click.IntRange(2500, 2699), required=True, help="Buddhist: 2566.")
SHOWN = 20


@click.group()
def measures() -> None:
    """Integrity measures."""


@measures.command("import")
@click.argument("file", type=FILE)
@YEAR
@AGENCY
@click.option("--map", "changes", multiple=True, metavar="HEADING=FIELD", help="Say what a column is; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Import at once and print what was read as JSON.")
@click.option("--dry-run", is_flag=True, help="Only show what would be imported.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def measures_import(
    settings: Settings,
    file: Path,
    fiscal_year: int,
    code: str,
    changes: tuple[str, ...],
    as_json: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Import the measures of a report (XLSX, CSV or DOCX), after showing what would come in."""
    from bot.manage import agency_id_of, open_database
    from handlers.measures import importing
    from models.base import utc_now
    from thai.dates import bangkok_date

    database = open_database(settings)
    agency_id = agency_id_of(database, code or settings.agency)
    now = utc_now()
    data = file.read_bytes()
    found = importing.preview(data, file.name, fiscal_year, bangkok_date(now))
    if changes:
        found = importing.preview(data, file.name, fiscal_year, bangkok_date(now), _mapping(found, changes))
    if not as_json:
        _show(found)
    if found.trouble:
        if as_json:
            click.echo(json.dumps({**found.as_dict(), "imported": None}, ensure_ascii=False, indent=2))
        raise click.ClickException(found.trouble)
    if dry_run or not (as_json or yes or _sure(found)):
        if as_json:
            click.echo(json.dumps({**found.as_dict(), "imported": None}, ensure_ascii=False, indent=2))
        return
    with database.write(agency_id) as session:
        done = importing.apply(session, found, "cli", None, now)
    if as_json:
        imported = {"added": done.added, "known": done.known, "evidence": done.proofs}
        click.echo(json.dumps({**found.as_dict(), "imported": imported}, ensure_ascii=False, indent=2))
    else:
        click.echo(f"นำเข้าแล้ว {done.added} มาตรการ หลักฐาน {done.proofs} รายการ (มีอยู่แล้ว {done.known})")


def _sure(found: Preview) -> bool:
    if not sys.stdin.isatty():
        raise click.ClickException("ตรวจแล้วถูกต้อง ให้สั่งซ้ำพร้อม --yes เพื่อนำเข้า")
    return click.confirm(f"นำเข้า {len(found.drafts)} มาตรการ ปีงบประมาณ {found.fiscal_year}?")


def _mapping(found: Preview, changes: tuple[str, ...]) -> dict[str, str]:
    """ "ผลเป็นอย่างไร=results" for the tables' columns with that heading."""
    from handlers.measures.headings import FIELDS

    mapping = {}
    for change in changes:
        heading, _, field = change.rpartition("=")
        columns = [
            f"{table.index}.{column.place}"
            for table in found.tables
            for column in table.columns
            if column.heading == heading.strip()
        ]
        if field not in FIELDS:
            raise click.ClickException(f"ไม่รู้จักช่อง {field} (มี: {', '.join(filter(None, FIELDS))})")
        if not columns:
            raise click.ClickException(f"ไม่พบคอลัมน์ {heading.strip()}")
        mapping.update(dict.fromkeys(columns, field))
    return mapping


def _show(found: Preview) -> None:
    from handlers.measures.headings import FIELDS
    from handlers.measures.operations import STATUS_LABELS

    for table in found.tables:
        click.echo(f"\n{table.place}: {table.measures} มาตรการ")
        for column in table.columns:
            mark = " " if column.sure else "?"
            click.echo(f"  {mark} {column.heading or '(ไม่มีหัว)'} → {FIELDS[column.field]}")
    for one in found.drafts[:SHOWN]:
        details = one.details
        item = details.item_code or (f"ตัวชี้วัด {details.indicator}" if details.indicator else "-")
        click.echo(f"\n{one.place} [{item}] {details.title}")
        days = f" ({one.days})" if one.days else ""
        click.echo(f"    {details.period_text or 'ไม่มีระยะเวลา'}{days} · {STATUS_LABELS[one.progress.status]}")
        for doubt in one.doubts:
            click.echo(f"    ? {doubt}")
    if found.warning:
        click.echo(f"\n! {found.warning}")
    if len(found.drafts) > SHOWN:
        click.echo(f"\nและอีก {len(found.drafts) - SHOWN} มาตรการ")
    if found.unread:
        click.echo(f"\nสิ่งที่ไม่ได้เป็นข้อมูลในช่อง {len(found.unread)} จุด")
    for unread in found.unread:
        click.echo(f"  - {unread}")
    for note in found.notes:
        click.echo(f"  · {note}")


@click.group()
def scores() -> None:
    """ITA scores of a year."""


@scores.command("import")
@click.argument("file", type=FILE)
@YEAR
@AGENCY
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def scores_import(settings: Settings, file: Path, fiscal_year: int, code: str, as_json: bool) -> None:
    """Import a year's scores (CSV: indicator,score for 1-10, optionally iit, eit, oit, total as typed by a person)."""
    from bot.manage import agency_id_of, open_database
    from handlers.measures import score_file
    from handlers.measures import scores as ita
    from handlers.sheet import SheetError
    from models.base import utc_now

    database = open_database(settings)
    agency_id = agency_id_of(database, code or settings.agency)
    try:
        found = score_file.read(file.read_bytes())
    except SheetError as error:
        raise click.ClickException(str(error)) from None
    with database.write(agency_id) as session:
        changed = ita.save(session, fiscal_year, found.scores, "cli", utc_now())
    result = ita.grade(found.scores, fiscal_year)
    if as_json:
        click.echo(json.dumps(_as_dict(result, found.problems, changed), ensure_ascii=False, indent=2))
        return
    for what, label in ita.SUM_LABELS.items():
        value = result.sum_of(what)
        click.echo(f"{label}: {value if value is not None else 'ยังคำนวณไม่ได้'}")
    click.echo(f"ระดับ: {result.level or '-'}{'' if result.rule_confirmed else ' (เกณฑ์ของปีนี้รอยืนยัน)'}")
    for problem in (*found.problems, *map(str, result.flags)):
        click.echo(f"! {problem}")
    if result.missing:
        click.echo(f"! ยังไม่มีคะแนนตัวชี้วัดที่ {', '.join(map(str, result.missing))}")


def _as_dict(result: Result, problems: tuple[str, ...], changed: int) -> dict[str, object]:
    from handlers.measures.scores import SUMS

    sums = {what: str(value) if (value := result.sum_of(what)) is not None else None for what in SUMS}
    flags = [
        {"what": flag.what, "typed": str(flag.typed), "computed": str(flag.computed), "same_as": list(flag.same_as)}
        for flag in result.flags
    ]
    return {
        "fiscal_year": result.fiscal_year,
        **sums,
        "level": result.level,
        "rule_confirmed": result.rule_confirmed,
        "flags": flags,
        "missing": list(result.missing),
        "problems": list(problems),
        "changed": changed,
    }
