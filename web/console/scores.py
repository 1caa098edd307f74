"""ITA scores of a year: typed in or uploaded, recomputed, wrong sums flagged; and (elements.py) the year's O-items."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from handlers.measures import score_file
from handlers.measures import scores as ita
from handlers.measures.scores import SUM_LABELS, WHAT, ScoreError
from handlers.sheet import LARGEST_FILE, SheetError
from web.console import access
from web.console.inputs import number, query_id
from web.console.measures import this_year, year_choices

pages = Blueprint("ita", __name__, url_prefix="/ita")

EDITORS = ("clerk", "admin")


def _year(known: list[int]) -> int:
    """The year in the address; else the newest that has scores."""
    wanted = query_id("fy")
    return wanted if wanted and 2500 <= wanted < 2700 else (known[0] if known else this_year() - 1)


@pages.get("/scores")
@access.roles(*access.EVERYONE)
def scores() -> str:
    return _page(None)


def _page(typed: Mapping[str, str] | None, errors: Mapping[str, str] | None = None) -> str:
    with access.reading() as session:
        known = ita.years(session)
        year = number("fiscal_year") if typed is not None else _year(known)
        year = year or this_year() - 1
        found = ita.load(session, year)
    names = ita.indicator_names()
    return render_template(
        "console/ita/scores.html",
        year=year,
        years=year_choices(known),
        known=known,
        indicators=[(no, names[no], ita.instrument_of(no)) for no in names],
        sums=SUM_LABELS,
        values=typed if typed is not None else {what: str(score) for what, score in found.items()},
        errors=errors or {},
        result=ita.grade(found, year) if found else None,
        found=found,
        weights=ita.weights(year),
        weak={one.indicator for one in ita.weak_indicators(found, year)},
        may_edit=access.me().role in EDITORS,
    )


@pages.post("/scores")
@access.roles(*EDITORS)
def save() -> ResponseReturnValue:
    given: dict[str, Decimal] = {}
    errors: dict[str, str] = {}
    for what in WHAT:
        if text := request.form.get(f"score-{what}", "").strip():
            try:
                given[what] = ita.read_score(what, text)
            except ScoreError as error:
                errors[what] = str(error)
    year = number("fiscal_year") or 0
    if not errors:
        try:
            with access.writing() as session:
                ita.save(session, year, given, access.actor(), access.now())
        except ScoreError as error:
            errors[error.what] = str(error)
    if errors:
        return _page({what: request.form.get(f"score-{what}", "") for what in WHAT}, errors), 422
    flash("บันทึกคะแนนแล้ว", "good")
    return redirect(url_for("console.ita.scores", fy=year))


@pages.post("/scores/import")
@access.roles(*EDITORS)
def import_scores() -> ResponseReturnValue:
    """Take the scores of a small CSV or XLSX file; what is wrong in it is said."""
    upload, year = request.files.get("file"), number("fiscal_year") or 0
    data = upload.stream.read(LARGEST_FILE + 1) if upload and upload.filename else b""
    try:
        if not data:
            raise SheetError("เลือกไฟล์ CSV หรือ Excel ก่อน")
        found = score_file.read(data)
        with access.writing() as session:
            ita.save(session, year, found.scores, access.actor(), access.now())
    except (SheetError, ScoreError) as error:
        flash(str(error), "warn")
        return redirect(url_for("console.ita.scores", fy=year))
    for problem in found.problems:
        flash(problem, "warn")
    flash(f"นำเข้าคะแนนแล้ว {len(found.scores)} รายการ", "good")
    return redirect(url_for("console.ita.scores", fy=year))
