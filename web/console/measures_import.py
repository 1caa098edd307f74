"""Measures out of a report: upload, look at how its columns are understood and change it, then take it over."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from handlers.measures import importing, operations
from handlers.measures.headings import FIELDS
from handlers.measures.importing import Preview
from handlers.sheet import LARGEST_FILE
from thai.dates import bangkok_date
from web.console import access, waiting_file
from web.console.inputs import number
from web.console.measures import LEADERS, pages, this_year, year_choices
from web.console.waiting_file import WaitingFile

PURPOSE = "measures_import"
CHOSEN = "measures_import_choice"  # in the session: the year, and the columns that the clerk changed
MOST_CHANGES = 60
SHOWN = 50
SHOWN_UNREAD = 200


@pages.get("/import")
@access.roles(*LEADERS, "head")
def import_page() -> str:
    return _ask("")


def _ask(problem: str) -> str:
    with access.reading() as database:
        return render_template(
            "console/measures/import.html",
            problem=problem,
            years=year_choices(operations.years(database)),
            year=number("fiscal_year") or this_year(),
        )


@pages.post("/import")
@access.roles(*LEADERS, "head")
def upload() -> ResponseReturnValue:
    """Keep the file aside and show what it would bring; nothing is changed yet."""
    if not waiting_file.keep(PURPOSE, LARGEST_FILE):
        return _ask("เลือกไฟล์ Word (.docx) Excel (.xlsx) หรือ CSV ก่อน"), 422
    session[CHOSEN] = [number("fiscal_year") or this_year(), {}]
    return redirect(url_for("console.measures.import_preview"))


@pages.get("/import/preview")
@access.roles(*LEADERS, "head")
def import_preview() -> ResponseReturnValue:
    waiting = waiting_file.waiting(PURPOSE)
    if waiting is None:
        return _gone()
    found = _read(waiting)
    with access.reading() as database:
        known = {(row.title, row.item_code, row.issue) for row in operations.listed(database, found.fiscal_year)}
    return render_template(
        "console/measures/preview.html",
        found=found,
        fields=FIELDS,
        known=known,
        labels=operations.STATUS_LABELS,
        shown=SHOWN,
        shown_unread=SHOWN_UNREAD,
    )


@pages.post("/import/columns")
@access.roles(*LEADERS, "head")
def import_columns() -> ResponseReturnValue:
    """The clerk says what the columns are; only what differs from the guess is kept (it goes into a cookie)."""
    waiting = waiting_file.waiting(PURPOSE)
    if waiting is None:
        return _gone()
    year, _ = session.get(CHOSEN) or [this_year(), {}]
    session[CHOSEN] = [year, {}]
    changes = {}
    for table in _read(waiting).tables:
        for column in table.columns:
            place = f"{table.index}.{column.place}"
            field = request.form.get(f"column-{place}", column.field)
            if field in FIELDS and field != column.field:
                changes[place] = field
    session[CHOSEN] = [year, dict(list(changes.items())[:MOST_CHANGES])]
    return redirect(url_for("console.measures.import_preview"))


@pages.post("/import/apply")
@access.roles(*LEADERS, "head")
def import_apply() -> ResponseReturnValue:
    waiting = waiting_file.waiting(PURPOSE)
    if waiting is None:
        return _gone()
    found = _read(waiting)
    if found.trouble:
        flash(found.trouble, "warn")
        return redirect(url_for("console.measures.import_page"))
    with access.writing() as database:
        done = importing.apply(database, found, access.actor(), access.me(database), access.now())
    waiting_file.drop(PURPOSE)
    session.pop(CHOSEN, None)
    words = f"นำเข้าแล้ว {done.added} มาตรการ หลักฐานรอตรวจรับ {done.proofs} รายการ"
    flash(f"{words} มีอยู่แล้ว {done.known} มาตรการ" if done.known else words, "good")
    return redirect(url_for("console.measures.index", fy=found.fiscal_year))


@pages.post("/import/drop")
@access.roles(*LEADERS, "head")
def import_drop() -> ResponseReturnValue:
    """Do not import after all."""
    waiting_file.drop(PURPOSE)
    session.pop(CHOSEN, None)
    return redirect(url_for("console.measures.index"))


def _read(waiting: WaitingFile) -> Preview:
    year, changes = session.get(CHOSEN) or [this_year(), {}]
    today = bangkok_date(access.now())
    return importing.preview(waiting.path.read_bytes(), waiting.name, int(year), today, changes)


def _gone() -> ResponseReturnValue:
    flash("ไม่พบไฟล์ที่รอนำเข้า กรุณาเลือกไฟล์อีกครั้ง", "warn")
    return redirect(url_for("console.measures.import_page"))
