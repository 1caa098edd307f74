"""Registers: orders, committees, activities, channels, news, gifts, procurement, improvements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers import links
from handlers.registers import counts, exchange, operations
from handlers.registers.kinds import REGISTERS, Column, Register
from handlers.registers.operations import EntryDetails, RegisterError
from handlers.sheet import LARGEST_FILE, SheetError
from models.measure import RegisterEntry
from thai.dates import bangkok_date, format_date
from thai.fiscal import half_period, quarter, quarter_period
from web.console import access, proofs, waiting_file
from web.console.attempt import Attempt, typed
from web.console.inputs import number, query_id
from web.console.measures import this_year, unit_choices, year_choices

pages = Blueprint("registers", __name__, url_prefix="/registers")

ONE_OF = "<any(orders, committees, activities, channels, news, gifts, procurement, improvements):name>"
LEADERS = ("head", "clerk", "mayor", "admin")
IMPORT = "register_import"
SHOWN_ROWS = 30
SHOWN_PROBLEMS = 100


# -- looking ---------------------------------------------------------------------------------------------


@pages.get("/")
@access.roles(*access.EVERYONE)
def index() -> str:
    """All registers with their numbers, and what ends soon."""
    today = bangkok_date(access.now())
    with access.reading() as database:
        rows = database.execute(
            select(RegisterEntry.register, RegisterEntry.fiscal_year, func.count()).group_by(
                RegisterEntry.register, RegisterEntry.fiscal_year
            )
        ).all()
        totals = {name: sum(row[2] for row in rows if row[0] == name) for name in REGISTERS}
        years = {name: sum(row[2] for row in rows if row[0] == name and row[1] == this_year()) for name in REGISTERS}
        return render_template(
            "console/registers/index.html",
            registers=REGISTERS.values(),
            totals=totals,
            in_year=years,
            year=this_year(),
            ending=counts.ending(database, today),
            today=today,
        )


@pages.get(f"/{ONE_OF}/")
@access.roles(*access.EVERYONE)
def register(name: str) -> str:
    with access.reading() as database:
        found = REGISTERS[name]
        year = _year(found)
        known = database.scalars(
            select(RegisterEntry.fiscal_year).where(RegisterEntry.register == name).distinct()
        ).all()
        entries = operations.listed(database, name, year)
        return render_template(
            "console/registers/register.html",
            register=found,
            entries=entries,
            columns=_listed_columns(found),
            shown=operations.shown,
            year=year,
            years=year_choices(known),
            summary=_summary(database, name, year),
            today=bangkok_date(access.now()),
        )


def _year(found: Register) -> int | None:
    """The year in the address; None shows all, as standing registers do unless a year is asked for."""
    wanted = query_id("fy")
    if wanted and 2500 <= wanted < 2700:
        return wanted
    return None if found.standing or request.args.get("fy") == "all" else this_year()


def _listed_columns(found: Register) -> list[Column]:
    """The columns that fit into a list."""
    return [column for column in found.columns if column.kind not in ("long", "lines")][:4]


def _summary(database: Session, name: str, year: int | None) -> list[tuple[str, str]]:
    """Numbers above the list, as (label, number)."""
    today = bangkok_date(access.now())
    match name:
        case "channels":
            channels = counts.channels(database, today)
            return [
                ("ช่องทางที่ใช้อยู่", str(channels.total)),
                *((label, str(count)) for label, count in channels.by_state.items()),
                ("มีการประชาสัมพันธ์", str(channels.publicised)),
            ]
        case "news":
            period = quarter_period(this_year(), quarter(today))
            news = counts.news(database, period.start, period.end)
            silent = ", ".join(news.silent) or "ไม่มี"
            return [(f"เผยแพร่ใน{period.label}", str(news.total)), ("ส่วนงานที่ยังไม่มี", silent)]
        case "gifts":
            pairs = []
            for half in (1, 2):
                gifts, period = (
                    counts.gifts(database, year or this_year(), half),
                    half_period(year or this_year(), half),
                )
                words = " · ".join(f"{label} {count}" for label, count in gifts.pieces.items())
                if gifts.declared_none and not gifts.total:
                    words += " (รายงานเป็นศูนย์แล้ว)"
                pairs.append((period.label, words))
            return pairs
        case "procurement":
            months = counts.procurement(database, year or this_year())
            empty = [month for month in months if not month.contracts and month.first <= today - timedelta(days=31)]
            return [
                ("สัญญา", str(sum(month.contracts for month in months))),
                ("ราคาที่ตกลงรวม (บาท)", f"{sum(month.price for month in months):,.2f}"),
                ("เดือนที่ผ่านมาและไม่มีรายการ", str(len(empty))),
            ]
    return []


# -- one entry -------------------------------------------------------------------------------------------


@pages.get("/<int:entry_id>")
@access.roles(*access.EVERYONE)
def show(entry_id: int) -> str:
    return page(entry_id)


def page(entry_id: int, attempt: Attempt | None = None) -> str:
    with access.reading() as database:
        entry = _entry(database, entry_id)
        return render_template(
            "console/registers/show.html",
            entry=entry,
            register=REGISTERS[entry.register],
            shown=operations.shown,
            may_edit=operations.may_edit(access.me(), entry),
            evidence=proofs.load(database, entry),
            attempt=attempt or Attempt(),
            link=_link(entry),
        )


proofs.SHOW["entries"] = page


def _entry(database: Session, entry_id: int) -> RegisterEntry:
    return access.found(database, select(RegisterEntry).where(RegisterEntry.id == entry_id))


def _link(entry: RegisterEntry) -> str:
    """The entry's own web address, "" for none."""
    link = str(entry.data.get("url") or entry.data.get("address") or "")
    return link if link.startswith(("http://", "https://")) else ""


@pages.get(f"/{ONE_OF}/new")
@access.roles(*access.EVERYONE)
def new(name: str) -> str:
    with access.reading() as database:
        return _form(database, REGISTERS[name], None, {"unit_id": access.me().unit_id or ""})


@pages.post(f"/{ONE_OF}/new")
@access.roles(*access.EVERYONE)
def add(name: str) -> ResponseReturnValue:
    return _save(name, None)


@pages.get("/<int:entry_id>/edit")
@access.roles(*access.EVERYONE)
def edit(entry_id: int) -> str:
    with access.reading() as database:
        entry = _entry(database, entry_id)
        found = REGISTERS[entry.register]
        values: dict[str, Any] = {column.name: _typed(column, entry.data.get(column.name)) for column in found.columns}
        values |= {
            "title": entry.title,
            "dated": format_date(entry.dated, "long") if entry.dated else "",
            "unit_id": entry.unit_id or "",
            "expires_on": format_date(entry.expires_on, "long") if entry.expires_on else "",
        }
        return _form(database, found, entry, values)


def _typed(column: Column, value: Any) -> str:
    """A kept value as it would be typed."""
    return str(value or "") if column.kind == "choice" else operations.shown(column, value)


@pages.post("/<int:entry_id>/edit")
@access.roles(*access.EVERYONE)
def save(entry_id: int) -> ResponseReturnValue:
    with access.reading() as database:
        name = _entry(database, entry_id).register
    return _save(name, entry_id)


def _save(name: str, entry_id: int | None) -> ResponseReturnValue:
    found = REGISTERS[name]
    try:
        with access.writing() as database:
            me = access.me(database)
            entry = None if entry_id is None else _entry(database, entry_id)
            unit_id = number("unit_id")
            if unit_id is not None and unit_id not in dict(unit_choices(database)):
                raise RegisterError("unit_id", "กรุณาเลือกส่วนงาน")
            if entry is not None and not operations.may_edit(me, entry):
                raise RegisterError("title", "รายการนี้เป็นของส่วนงานอื่น")
            values = {column.name: typed(column.name) for column in found.columns}
            details = EntryDetails(typed("title"), typed("dated"), unit_id, typed("expires_on"), values)
            saved = operations.save_entry(database, name, entry, details, me, access.now())
            saved_id = saved.id
    except RegisterError as error:
        with access.reading() as database:
            entry = None if entry_id is None else _entry(database, entry_id)
            return _form(database, found, entry, request.form, {error.field: str(error)}), 422
    flash("บันทึกแล้ว", "good")
    return redirect(url_for("console.registers.show", entry_id=saved_id))


def _form(
    database: Session,
    found: Register,
    entry: RegisterEntry | None,
    values: Any,
    errors: dict[str, str] | None = None,
) -> str:
    return render_template(
        "console/registers/edit.html",
        register=found,
        entry=entry,
        values=values,
        errors=errors or {},
        units=unit_choices(database),
    )


@pages.post("/<int:entry_id>/remove")
@access.roles(*access.EVERYONE)
def remove(entry_id: int) -> ResponseReturnValue:
    problem = ""
    with access.writing() as database:
        entry, me = _entry(database, entry_id), access.me(database)
        name = entry.register
        if not operations.may_edit(me, entry):
            problem = "รายการนี้เป็นของส่วนงานอื่น"
        elif typed("sure") != "1":
            problem = "กรุณาติ๊กยืนยันก่อนลบ"
        else:
            operations.remove_entry(database, entry, me)
    if problem:
        return page(entry_id, Attempt("remove", problem)), 422
    flash("ลบแล้ว", "good")
    return redirect(url_for("console.registers.register", name=name))


@pages.post("/channels/check")
@access.roles(*LEADERS)
def check_channels() -> ResponseReturnValue:
    """Ask whether the channels that are web pages are there; the network is asked between two transactions."""
    with access.reading() as database:
        asked = {entry.id: _link(entry) for entry in operations.listed(database, "channels") if _link(entry)}
    states = links.check_links(asked.values())
    dead = 0
    with access.writing() as database:
        for entry in operations.listed(database, "channels"):
            if (state := states.get(asked.get(entry.id, ""))) is None:
                continue
            operations.set_alive(database, entry, state.alive, access.actor(), access.now())
            dead += not state.alive
    flash(f"ตรวจแล้ว {len(asked)} ช่องทาง ใช้ไม่ได้ {dead} ช่องทาง", "warn" if dead else "good")
    return redirect(url_for("console.registers.register", name="channels"))


# -- files -----------------------------------------------------------------------------------------------


@pages.get(f"/{ONE_OF}/export.<any(csv, xlsx):kind>")
@access.roles(*access.EVERYONE)
def export(name: str, kind: str) -> Response:
    year = _year(REGISTERS[name])
    with access.reading() as database:
        make = exchange.export_csv if kind == "csv" else exchange.export_xlsx
        data = make(database, name, year)
    types = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    file_name = f"{name}-{access.agency().code}-{year or 'all'}.{kind}"
    disposition = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return Response(data, content_type=types[kind], headers=disposition)


@pages.get(f"/{ONE_OF}/import")
@access.roles(*LEADERS)
def import_page(name: str) -> str:
    return _ask(name, "")


def _ask(name: str, problem: str) -> str:
    labels = exchange.labels(REGISTERS[name])
    return render_template(
        "console/registers/import.html", register=REGISTERS[name], labels=labels.values(), problem=problem, found=None
    )


@pages.post(f"/{ONE_OF}/import")
@access.roles(*LEADERS)
def upload(name: str) -> ResponseReturnValue:
    if not waiting_file.keep(IMPORT, LARGEST_FILE):
        return _ask(name, "เลือกไฟล์ Excel (.xlsx) หรือ CSV ก่อน"), 422
    session[f"{IMPORT}_name"] = name
    return redirect(url_for("console.registers.import_preview", name=name))


@pages.get(f"/{ONE_OF}/import/preview")
@access.roles(*LEADERS)
def import_preview(name: str) -> ResponseReturnValue:
    waiting = waiting_file.waiting(IMPORT)
    if waiting is None or session.get(f"{IMPORT}_name") != name:
        return redirect(url_for("console.registers.import_page", name=name))
    try:
        with access.reading() as database:
            found = exchange.preview(database, name, waiting.path.read_bytes(), access.now())
    except SheetError as error:
        return _ask(name, str(error)), 422
    return render_template(
        "console/registers/import.html",
        register=found.register,
        labels=exchange.labels(found.register),
        problem="",
        found=found,
        name=waiting.name,
        shown_rows=SHOWN_ROWS,
        shown_problems=SHOWN_PROBLEMS,
    )


@pages.post(f"/{ONE_OF}/import/apply")
@access.roles(*LEADERS)
def import_apply(name: str) -> ResponseReturnValue:
    waiting = waiting_file.waiting(IMPORT)
    if waiting is None or session.get(f"{IMPORT}_name") != name:
        return redirect(url_for("console.registers.import_page", name=name))
    try:
        with access.writing() as database:
            found = exchange.preview(database, name, waiting.path.read_bytes(), access.now())
            made = exchange.apply(database, found, access.me(database), access.now())
    except SheetError as error:
        return _ask(name, str(error)), 422
    waiting_file.drop(IMPORT)
    flash(f"นำเข้าแล้ว {len(made)} รายการ", "good")
    return redirect(url_for("console.registers.register", name=name))
