"""Integrity measures: the year's list, one measure with its progress and evidence, last year's, weak indicators."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from handlers.measures import items, operations, scores
from handlers.measures.operations import MeasureDetails, MeasureError, Progress
from models.agency import Unit
from models.measure import MEASURE_STATUSES, Evidence, Measure
from thai.dates import bangkok_date
from thai.fiscal import fiscal_year
from web.console import access, people_choice, proofs
from web.console.attempt import Attempt, typed
from web.console.inputs import number, query_id
from web.console.people_choice import NotChosen

pages = Blueprint("measures", __name__, url_prefix="/measures")

EDITORS = ("officer", "head", "clerk", "mayor", "admin")
LEADERS = ("clerk", "mayor", "admin")


def this_year() -> int:
    """The present fiscal year (Buddhist)."""
    return fiscal_year(bangkok_date(access.now()))


def asked_year(known: Sequence[int]) -> int:
    """The year in the address; else this year, or the newest before it that has something."""
    wanted = query_id("fy")
    if wanted and 2500 <= wanted < 2700:
        return wanted
    return max((year for year in known if year <= this_year()), default=this_year())


def year_choices(known: Sequence[int]) -> list[int]:
    """Years to choose from, newest first: those with something, last year, this year and the next."""
    return sorted({*known, this_year() - 1, this_year(), this_year() + 1}, reverse=True)


def unit_choices(session: Session) -> list[tuple[int, str]]:
    rows = session.execute(select(Unit.id, Unit.name).where(Unit.active).order_by(Unit.id))
    return [(row.id, row.name) for row in rows]


# -- the list --------------------------------------------------------------------------------------------


@pages.get("/")
@access.roles(*access.EVERYONE)
def index() -> str:
    instrument, status = request.args.get("instrument", ""), request.args.get("status", "")
    unit_id, words = query_id("unit"), " ".join(request.args.get("q", "").split())[:100]
    with access.reading() as session:
        known = operations.years(session)
        year = asked_year(known)
        query = select(Measure).options(joinedload(Measure.unit), joinedload(Measure.owner))
        query = query.where(Measure.fiscal_year == year)
        if instrument in operations.INSTRUMENTS:
            query = query.where(Measure.instrument == instrument)
        if unit_id:
            query = query.where(Measure.unit_id == unit_id)
        if words:
            pattern = f"%{words.replace('%', '').replace('_', '')}%"
            query = query.where(Measure.title.like(pattern) | Measure.issue.like(pattern))
        counted = dict.fromkeys(MEASURE_STATUSES, 0)
        rows = session.scalars(query.order_by(Measure.position, Measure.id)).all()
        for row in rows:
            counted[row.status] += 1
        shown = [row for row in rows if status not in MEASURE_STATUSES or row.status == status]
        proofs_of = session.execute(
            select(Evidence.measure_id, func.count())
            .where(Evidence.measure_id.is_not(None))
            .group_by(Evidence.measure_id)
        )
        return render_template(
            "console/measures/index.html",
            rows=shown,
            total=len(rows),
            counted=counted,
            proofs={measure_id: count for measure_id, count in proofs_of},  # noqa: C416 - rows are no tuples to mypy
            year=year,
            years=year_choices(known),
            instrument=instrument,
            status=status,
            unit_id=unit_id,
            words=words,
            units=unit_choices(session),
            labels=operations.STATUS_LABELS,
            leaders=LEADERS,
        )


# -- one measure -----------------------------------------------------------------------------------------


@pages.get("/<int:measure_id>")
@access.roles(*access.EVERYONE)
def show(measure_id: int) -> str:
    return page(measure_id)


def page(measure_id: int, attempt: Attempt | None = None) -> str:
    """A measure with what can be done to it."""
    with access.reading() as session:
        measure = _measure(session, measure_id)
        place = operations.listed(session, measure.fiscal_year).index(measure) + 1
        return render_template(
            "console/measures/show.html",
            measure=measure,
            place=place,
            may_edit=operations.may_edit(access.me(), measure),
            labels=operations.STATUS_LABELS,
            cadences=operations.CADENCES,
            indicators=scores.indicator_names(),
            evidence=proofs.load(session, measure),
            attempt=attempt or Attempt(),
        )


proofs.SHOW["measures"] = page


def _measure(session: Session, measure_id: int) -> Measure:
    query = select(Measure).options(joinedload(Measure.unit), joinedload(Measure.owner))
    return access.found(session, query.where(Measure.id == measure_id))


@pages.post("/<int:measure_id>/progress")
@access.roles(*EDITORS)
def progress(measure_id: int) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            measure = _measure(session, measure_id)
            operations.check_may_edit(access.me(), measure)
            told = Progress(typed("status"), typed("results").split("\n"), typed("outcome"), typed("suggestion"))
            operations.record_progress(session, measure, told, access.actor(), access.now())
    except MeasureError as error:
        return page(measure_id, Attempt("progress", str(error), request.form)), 422
    flash("บันทึกความคืบหน้าแล้ว", "good")
    return redirect(url_for("console.measures.show", measure_id=measure_id))


@pages.post("/<int:measure_id>/move")
@access.roles(*LEADERS)
def move(measure_id: int) -> ResponseReturnValue:
    with access.writing() as session:
        measure = _measure(session, measure_id)
        place = number("place")
        if place:
            operations.reorder(session, measure, place, access.actor())
        year = measure.fiscal_year
    flash("เปลี่ยนลำดับแล้ว" if place else "กรุณากรอกลำดับเป็นตัวเลข", "good" if place else "warn")
    return redirect(url_for("console.measures.index", fy=year))


@pages.post("/<int:measure_id>/remove")
@access.roles(*LEADERS)
def remove(measure_id: int) -> ResponseReturnValue:
    with access.writing() as session:
        measure = _measure(session, measure_id)
        year = measure.fiscal_year
        if typed("sure") == "1":
            operations.remove(session, measure, access.actor())
    if typed("sure") != "1":
        return page(measure_id, Attempt("remove", "กรุณาติ๊กยืนยันก่อนลบ", request.form)), 422
    flash("ลบมาตรการแล้ว", "good")
    return redirect(url_for("console.measures.index", fy=year))


# -- editing ---------------------------------------------------------------------------------------------


@pages.get("/new")
@access.roles(*EDITORS)
def new() -> str:
    with access.reading() as session:
        return _form(session, None, {"fiscal_year": str(asked_year(operations.years(session)))})


@pages.post("/new")
@access.roles(*EDITORS)
def add() -> ResponseReturnValue:
    return _save(None)


@pages.get("/<int:measure_id>/edit")
@access.roles(*EDITORS)
def edit(measure_id: int) -> str:
    with access.reading() as session:
        return _form(session, _measure(session, measure_id), None)


@pages.post("/<int:measure_id>/edit")
@access.roles(*EDITORS)
def save(measure_id: int) -> ResponseReturnValue:
    return _save(measure_id)


def _save(measure_id: int | None) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            measure = None if measure_id is None else _measure(session, measure_id)
            if measure is not None:
                operations.check_may_edit(access.me(), measure)
            measure = operations.save_measure(session, measure, _details(session), access.actor(), access.now())
            if not operations.may_edit(access.me(), measure):
                raise MeasureError("to", "เลือกส่วนงานของท่านเป็นผู้รับผิดชอบในระบบ")
            saved_id, unread = measure.id, bool(measure.period_text) and measure.ends_on is None
    except (MeasureError, NotChosen) as error:
        field = error.field if isinstance(error, MeasureError) else "to"
        with access.reading() as session:
            measure = None if measure_id is None else _measure(session, measure_id)
            return _form(session, measure, request.form, {field: str(error)}), 422
    flash("บันทึกแล้ว", "good")
    if unread:
        flash("ระบบอ่านช่วงเวลาเป็นวันที่ไม่ได้ เก็บไว้เป็นข้อความ พิมพ์แบบ ต.ค. 69 - มี.ค. 70 จะช่วยเตือนได้", "warn")
    return redirect(url_for("console.measures.show", measure_id=saved_id))


def _details(session: Session) -> MeasureDetails:
    unit_id, owner_id = people_choice.read(session, typed("to"), None) if typed("to") else (None, None)
    return MeasureDetails(
        fiscal_year=number("fiscal_year") or 0,
        title=typed("title"),
        instrument=typed("instrument"),
        indicator=number("indicator"),
        item_code=typed("item_code"),
        item_text=typed("item_text"),
        issue=typed("issue"),
        steps=typed("steps").split("\n"),
        responsible_units=typed("responsible_units").split("\n"),
        responsible_roles=typed("responsible_roles").split("\n"),
        unit_id=unit_id,
        owner_id=owner_id,
        period_text=typed("period_text"),
        supervision=typed("supervision").split("\n"),
        cadence=typed("cadence"),
        notes=typed("notes"),
    )


def _form(session: Session, measure: Measure | None, typed_in: object, errors: dict[str, str] | None = None) -> str:
    year = measure.fiscal_year if measure else this_year()
    known = items.items(year)
    return render_template(
        "console/measures/edit.html",
        measure=measure,
        typed=typed_in,
        errors=errors or {},
        people=people_choice.load(session),
        years=year_choices(operations.years(session)),
        instruments=operations.INSTRUMENTS,
        indicators=scores.indicator_names().items(),
        cadences=operations.CADENCES.items(),
        items=[(code, f"{code} {item.title}") for code, item in known.items()],
    )


# -- out of other years ----------------------------------------------------------------------------------


@pages.get("/copy")
@access.roles(*LEADERS)
def copy_page() -> str:
    with access.reading() as session:
        known = operations.years(session)
        source = query_id("source") or max((year for year in known if year <= this_year()), default=this_year() - 1)
        target = query_id("target") or source + 1
        target = target if 2500 <= target < 2700 else this_year()
        return render_template(
            "console/measures/copy.html",
            copies=operations.preview_copy(session, source, target),
            source=source,
            target=target,
            years=known,
            targets=year_choices(known),
        )


@pages.post("/copy")
@access.roles(*LEADERS)
def copy() -> ResponseReturnValue:
    source, target = number("source") or 0, number("target") or 0
    ids = [int(value) for value in request.form.getlist("measure") if value.isascii() and value.isdigit()]
    try:
        with access.writing() as session:
            if not 2500 <= target < 2700:
                raise MeasureError("to", "เลือกปีปลายทาง")
            made = operations.copy_year(session, source, target, ids, access.actor(), access.now())
    except MeasureError as error:
        flash(str(error), "warn")
        return redirect(url_for("console.measures.copy_page"))
    flash(f"คัดลอกแล้ว {len(made)} มาตรการ ทุกข้อเริ่มที่ยังไม่ดำเนินการ", "good")
    return redirect(url_for("console.measures.index", fy=target))


@pages.get("/weak")
@access.roles(*LEADERS)
def weak() -> str:
    with access.reading() as session:
        known = scores.years(session)
        source = query_id("source") or (known[0] if known else this_year() - 1)
        found = operations.proposals(session, source)
        have = {row.indicator for row in operations.listed(session, source + 1)}
        questions = {
            one.weak.indicator: [
                item for item in items.items(source).values() if item.indicator == str(one.weak.indicator)
            ]
            for one in found
        }
        return render_template(
            "console/measures/weak.html",
            proposals=found,
            source=source,
            years=known,
            have=have,
            questions=questions,
            mark=scores.pass_mark(source),
        )


@pages.post("/weak")
@access.roles(*LEADERS)
def make_weak() -> ResponseReturnValue:
    source = number("source") or 0
    chosen = [
        (int(value), typed(f"title-{value}"))
        for value in request.form.getlist("indicator")
        if value.isascii() and value.isdigit() and len(value) < 3
    ]
    if not chosen:
        flash("เลือกตัวชี้วัดอย่างน้อย 1 ข้อ", "warn")
        return redirect(url_for("console.measures.weak", source=source))
    try:
        with access.writing() as session:
            operations.create_proposed(session, source, source + 1, chosen, access.actor(), access.now())
    except MeasureError as error:
        flash(str(error), "warn")
        return redirect(url_for("console.measures.weak"))
    flash(f"สร้างแล้ว {len(chosen)} มาตรการ เติมขั้นตอนและผู้รับผิดชอบได้เลย", "good")
    return redirect(url_for("console.measures.index", fy=source + 1))
