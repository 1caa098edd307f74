"""The FAQ in and out as a file: upload, look at what it would bring, then take it over; export CSV and XLSX."""

from __future__ import annotations

import re
import secrets
import time
from pathlib import Path

from flask import Response, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from handlers import sheet
from handlers.files import clean_name
from handlers.questions import exchange, starter
from models.question import FaqEntry
from thai.dates import bangkok_date
from web.console import access
from web.console.faq import EDITORS, pages
from web.services import services

FOLDER = "imports"
UPLOAD = "faq_import"  # in the signed session: [token, file name] of the file that waits for a yes
KEPT_SECONDS = 24 * 3600
SHOWN_ROWS = 30
SHOWN_PROBLEMS = 100
_TOKEN = re.compile(r"[0-9a-f]{32}")


@pages.get("/import")
@access.roles(*EDITORS)
def import_page() -> str:
    return render_template("console/faq_import.html", problem="", columns=exchange.COLUMNS)


@pages.post("/import")
@access.roles(*EDITORS)
def upload() -> ResponseReturnValue:
    """Keep the file aside and show what it would bring; nothing is changed yet."""
    file = request.files.get("file")
    data = file.stream.read(sheet.LARGEST_FILE + 1) if file and file.filename else b""
    if not data:
        problem = "เลือกไฟล์ CSV หรือ Excel (.xlsx) ก่อน"
        return render_template("console/faq_import.html", problem=problem, columns=exchange.COLUMNS), 422
    folder = _folder()
    _sweep(folder)
    token = secrets.token_hex(16)
    path = folder / _name(token)
    path.touch(mode=0o600)
    path.write_bytes(data)
    session[UPLOAD] = [token, clean_name((file.filename if file else "") or "")]
    return redirect(url_for("console.faq.import_preview"))


@pages.get("/import/preview")
@access.roles(*EDITORS)
def import_preview() -> ResponseReturnValue:
    waiting = _waiting()
    if waiting is None:
        return _gone()
    path, name = waiting
    found = exchange.preview(path.read_bytes(), name)
    with access.reading() as database:
        known = set(database.scalars(select(FaqEntry.key)))
        units = {unit.name for unit in access.agency().units.values()}
        return render_template(
            "console/faq_preview.html",
            name=name,
            found=found,
            new=sum(row.key not in known for row in found.rows),
            known=known,
            new_units=sorted({row.unit for row in found.rows if row.unit} - units),
            shown_rows=SHOWN_ROWS,
            shown_problems=SHOWN_PROBLEMS,
        )


@pages.post("/import/apply")
@access.roles(*EDITORS)
def import_apply() -> ResponseReturnValue:
    waiting = _waiting()
    if waiting is None:
        return _gone()
    path, name = waiting
    found = exchange.preview(path.read_bytes(), name)
    with access.writing() as database:
        done = exchange.apply(database, access.agency().id, found, access.actor())
        stepped = starter.step_back(database, access.agency().id, found.rows, access.actor())
    path.unlink(missing_ok=True)
    session.pop(UPLOAD, None)
    words = f"นำเข้าแล้ว เพิ่ม {done.added:,} ข้อ แก้ไข {done.changed:,} ข้อ เหมือนเดิม {done.unchanged:,} ข้อ"
    if stepped:
        words += f" พักข้อตั้งต้นในเรื่องเดียวกันที่ยังไม่ยืนยัน {stepped:,} ข้อไว้เป็นฉบับร่าง"
    if done.new_units:
        words += f" มีส่วนงานใหม่ให้ผู้ดูแลตรวจ: {', '.join(done.new_units)}"
    flash(words, "good")
    return redirect(url_for("console.faq.index"))


@pages.post("/starter")
@access.roles(*EDITORS)
def load_starter() -> ResponseReturnValue:
    """Take the starter questions and services; what the agency has already is left alone."""
    with access.writing() as database:
        starter.load(database, access.agency().id, access.actor())
    flash("โหลดชุดตั้งต้นแล้ว โปรดอ่านและกดยืนยันทีละข้อ ข้อที่ยังไม่ยืนยันจะบอกประชาชนว่ารอยืนยัน", "good")
    return redirect(url_for("console.faq.index"))


@pages.post("/import/drop")
@access.roles(*EDITORS)
def import_drop() -> ResponseReturnValue:
    """Do not import after all."""
    if waiting := _waiting():
        waiting[0].unlink(missing_ok=True)
    session.pop(UPLOAD, None)
    return redirect(url_for("console.faq.index"))


@pages.get("/export.<any(csv, xlsx):kind>")
@access.roles(*EDITORS)
def export(kind: str) -> Response:
    with access.reading() as database:
        data = exchange.export_csv(database) if kind == "csv" else exchange.export_xlsx(database)
    types = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    name = f"faq-{access.agency().code}-{bangkok_date(access.now()).isoformat()}.{kind}"
    return Response(data, content_type=types[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _folder() -> Path:
    folder = services().data / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _name(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        abort(404)
    return f"{access.agency().id}-{access.me().id}-{token}"


def _waiting() -> tuple[Path, str] | None:
    """This person's uploaded file and its name, while it is still there."""
    token, name = session.get(UPLOAD) or ("", "")
    path = _folder() / _name(token) if token else None
    return (path, name) if path and path.is_file() else None


def _gone() -> ResponseReturnValue:
    flash("ไม่พบไฟล์ที่รอนำเข้า กรุณาเลือกไฟล์อีกครั้ง", "warn")
    return redirect(url_for("console.faq.import_page"))


def _sweep(folder: Path) -> None:
    """Forget files that nobody took over."""
    for path in folder.iterdir():
        if time.time() - path.stat().st_mtime > KEPT_SECONDS:
            path.unlink(missing_ok=True)
