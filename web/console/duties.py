"""Duties: what has to be done by when, its evidence, and the second person who closes it (R47)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from handlers import evidence, files
from handlers.duties import crosswalk, moves, operations, rules, schedule, telling, year
from handlers.duties.operations import DutyError
from handlers.duties.rules import DutyDetails
from handlers.evidence import EvidenceDetails, EvidenceError
from handlers.files import FileRefused, StoredFile, clean_name
from models.agency import Staff, Unit
from models.duty import Duty, DutyEvent
from models.measure import Evidence
from models.thread import Attachment
from thai.dates import ThaiDateError, bangkok_date, parse_date
from thai.fiscal import fiscal_year
from web.console import access, duty_list, duty_pages, people_choice
from web.console.attempt import Attempt, typed
from web.console.duty_list import Filters
from web.console.people_choice import NotChosen
from web.services import services

pages = Blueprint("duties", __name__, url_prefix="/duties")

LEADERS = ("head", "clerk", "mayor", "admin")
STARTERS = ("clerk", "admin")  # who begin a year and hand over people's work
DONE_WORDS = {
    "progress": "บันทึกความคืบหน้าแล้ว",
    "url": "เพิ่มหลักฐานแล้ว",
    "order": "เพิ่มหลักฐานแล้ว",
    "event": "เพิ่มหลักฐานแล้ว",
    "file": "เพิ่มหลักฐานแล้ว",
    "remove": "ลบหลักฐานแล้ว",
    "submit": "ส่งตรวจรับแล้ว ผู้ตรวจรับได้รับแจ้ง",
    "approve": "ตรวจรับแล้ว งานนี้เสร็จสมบูรณ์",
    "send_back": "ส่งกลับให้แก้ไขแล้ว",
    "postpone": "เลื่อนกำหนดแล้ว",
    "cancel": "บันทึกว่าไม่ต้องทำแล้ว",
    "reopen": "เปิดงานอีกครั้งแล้ว",
    "edit": "บันทึกแล้ว",
    "tell": "ส่งแล้ว และเก็บเป็นหลักฐานของงานนี้",
}
Act = Callable[[Session, Duty, Staff], object]


def today() -> date:
    """The present day in Bangkok."""
    return bangkok_date(access.now())


def a_day(text: str, future: bool = False) -> date | None:
    """A day as it was typed, None for nothing. Raises DutyError."""
    if not text.strip():
        return None
    try:
        return parse_date(text, today(), prefer="future" if future else "past")
    except ThaiDateError:
        raise DutyError("กรุณากรอกวันที่ เช่น 12 ธ.ค. 69") from None


def unit_choices(session: Session) -> list[tuple[int, str]]:
    """The units in use, as (id, name)."""
    return list(session.execute(select(Unit.id, Unit.name).where(Unit.active).order_by(Unit.id)).all())


# -- the list --------------------------------------------------------------------------------------------


@pages.get("/")
@access.roles(*access.EVERYONE)
def index() -> str:
    filters = Filters.read(request.args)
    me, day = access.me(), today()
    with access.reading() as session:
        years = year.years(session, access.now())
        return render_template(
            "console/duties/index.html",
            groups=duty_list.load(session, me, filters, day),
            counts=duty_list.counts(session, me, day),
            filters=filters,
            choices=duty_list,
            years=years,
            units=unit_choices(session),
            state=lambda duty: duty_list.state(duty, day),
            pack=moves.pending_pack(session, me),
            begun=year.begun(session, fiscal_year(day)),
            begun_before=year.begun(session, fiscal_year(day) - 1),
            this_year=fiscal_year(day),
            starters=STARTERS,
        )


# -- one duty --------------------------------------------------------------------------------------------


@pages.get("/<int:duty_id>")
@access.roles(*access.EVERYONE)
def show(duty_id: int) -> str:
    return _page(duty_id)


def _page(duty_id: int, attempt: Attempt | None = None) -> str:
    me, day = access.me(), today()
    with access.reading() as session:
        duty = access.found(
            session,
            select(Duty)
            .options(joinedload(Duty.owner), joinedload(Duty.unit), joinedload(Duty.rule))
            .where(Duty.id == duty_id, operations.visible_to(me)),
        )
        events = session.scalars(
            select(DutyEvent)
            .options(joinedload(DutyEvent.staff))
            .where(DutyEvent.duty_id == duty_id)
            .order_by(DutyEvent.id.desc())
        ).all()
        codes = duty.rule.item_codes if duty.rule else []
        pieces = evidence.of(session, duty)
        return render_template(
            "console/duties/show.html",
            duty=duty,
            state=duty_list.state(duty, day),
            status_labels=operations.STATUS_LABELS,
            pieces=pieces,
            names=_names(session, pieces, duty),
            evidence=evidence,
            events=events,
            actions=operations.ACTION_LABELS,
            may=operations.allowed(duty, me),
            may_edit=rules.may_edit(me, duty.unit_id),
            may_tell=telling.may_tell(duty, me),
            ready_words=telling.ready_words(duty),
            codes=[(code, crosswalk.confirmed(code, duty.fiscal_year)) for code in codes],
            pages=duty_pages.of(duty),
            rule_words=schedule.in_words(duty.rule.schedule) if duty.rule else "",
            people=people_choice.load(session),
            attempt=attempt or Attempt(),
        )


def _names(session: Session, pieces: list[Evidence], duty: Duty) -> dict[int, str]:
    ids = {duty.submitted_by_id, duty.approved_by_id}
    ids |= {piece.added_by_id for piece in pieces} | {piece.approved_by_id for piece in pieces}
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids - {None})))
    return dict(rows.all())


def _act(duty_id: int, verb: str, act: Act) -> ResponseReturnValue:
    """Do one act and go back to the page; if it is refused, the page says why and keeps what was typed."""
    try:
        with access.writing() as session:
            me = access.me(session)
            duty = access.found(session, select(Duty).where(Duty.id == duty_id, operations.visible_to(me)))
            act(session, duty, me)
            session.flush()
            mine = operations.may_see(duty, me)
    except (DutyError, EvidenceError, NotChosen) as error:
        return _page(duty_id, Attempt(verb, str(error), request.form)), 422
    flash(DONE_WORDS[verb], "good")
    if not mine:  # given to another unit
        return redirect(url_for("console.duties.index"))
    return redirect(url_for("console.duties.show", duty_id=duty_id))


@pages.post("/<int:duty_id>/progress")
@access.roles(*access.EVERYONE)
def progress(duty_id: int) -> ResponseReturnValue:
    def act(session: Session, duty: Duty, me: Staff) -> None:
        if not typed("note"):
            raise DutyError("กรุณาเล่าว่าทำถึงไหนแล้ว")
        operations.record_progress(session, access.agency(), duty, me, typed("note"), access.now())

    return _act(duty_id, "progress", act)


@pages.post("/<int:duty_id>/evidence/<any(url, order, event):kind>")
@access.roles(*access.EVERYONE)
def add_evidence(duty_id: int, kind: str) -> ResponseReturnValue:
    def act(session: Session, duty: Duty, me: Staff) -> None:
        details = EvidenceDetails(kind, typed("title"), typed("url"), typed("number"), a_day(typed("dated")))
        evidence.add_evidence(session, duty, details, me, access.now())

    return _act(duty_id, kind, act)


@pages.post("/<int:duty_id>/evidence/file")
@access.roles(*access.EVERYONE)
def add_file(duty_id: int) -> ResponseReturnValue:
    """A file or a photo: stored before the transaction begins, and taken back if it cannot be evidence."""
    with access.reading() as session:  # 404 before a file is taken
        access.found(session, select(Duty.id).where(Duty.id == duty_id, operations.visible_to(access.me())))
    upload = request.files.get("file")
    stored: StoredFile | None = None
    problem = "กรุณาเลือกไฟล์หรือรูป"
    if upload is not None and upload.filename:
        try:
            stored = files.store_file(upload.stream.read(files.FILE_BYTES + 1), services().data, access.agency().id)
        except FileRefused as error:
            problem = str(error)
    if stored is None or upload is None:
        return _page(duty_id, Attempt("file", problem, request.form)), 422
    kept, name = stored, clean_name(upload.filename or "")

    def act(session: Session, duty: Duty, me: Staff) -> None:
        attachment = Attachment(role="evidence", status="stored", file_name=name)
        files.fill(attachment, kept)
        session.add(attachment)
        session.flush()
        kind = "photo" if kept.kind == "image" else "file"
        details = EvidenceDetails(kind, typed("title"), dated=a_day(typed("dated")), attachment_id=attachment.id)
        evidence.add_evidence(session, duty, details, me, access.now())

    response = _act(duty_id, "file", act)
    if isinstance(response, tuple):  # refused: nothing refers to it
        files.remove(services().data, kept.path)
    return response


@pages.post("/<int:duty_id>/evidence/<int:evidence_id>/remove")
@access.roles(*access.EVERYONE)
def remove_evidence(duty_id: int, evidence_id: int) -> ResponseReturnValue:
    def act(session: Session, duty: Duty, me: Staff) -> None:
        piece = access.found(session, select(Evidence).where(Evidence.id == evidence_id, Evidence.duty_id == duty.id))
        evidence.remove_evidence(session, piece, me, access.now())

    return _act(duty_id, "remove", act)


@pages.post("/<int:duty_id>/submit")
@access.roles(*access.EVERYONE)
def submit(duty_id: int) -> ResponseReturnValue:
    return _act(
        duty_id,
        "submit",
        lambda session, duty, me: operations.submit(session, access.agency(), duty, me, access.now()),
    )


@pages.post("/<int:duty_id>/approve")
@access.roles(*LEADERS)
def approve(duty_id: int) -> ResponseReturnValue:
    seen = {int(value) for value in request.form.getlist("seen") if value.isascii() and value.isdigit()}
    return _act(
        duty_id,
        "approve",
        lambda session, duty, me: operations.approve(session, access.agency(), duty, me, access.now(), seen),
    )


@pages.post("/<int:duty_id>/send-back")
@access.roles(*LEADERS)
def send_back(duty_id: int) -> ResponseReturnValue:
    return _act(
        duty_id,
        "send_back",
        lambda session, duty, me: operations.send_back(
            session, access.agency(), duty, me, typed("reason"), access.now()
        ),
    )


@pages.post("/<int:duty_id>/postpone")
@access.roles(*access.EVERYONE)
def postpone(duty_id: int) -> ResponseReturnValue:
    def act(session: Session, duty: Duty, me: Staff) -> None:
        day = a_day(typed("day"), future=True)
        if day is None:
            raise DutyError("กรุณากรอกวันใหม่ เช่น 12 ธ.ค. 69")
        operations.postpone(session, access.agency(), duty, me, day, typed("reason"), access.now())

    return _act(duty_id, "postpone", act)


@pages.post("/<int:duty_id>/cancel")
@access.roles(*LEADERS)
def cancel(duty_id: int) -> ResponseReturnValue:
    return _act(
        duty_id,
        "cancel",
        lambda session, duty, me: operations.cancel(session, access.agency(), duty, me, typed("reason"), access.now()),
    )


@pages.post("/<int:duty_id>/reopen")
@access.roles(*LEADERS)
def reopen(duty_id: int) -> ResponseReturnValue:
    return _act(
        duty_id,
        "reopen",
        lambda session, duty, me: operations.reopen(session, access.agency(), duty, me, typed("reason"), access.now()),
    )


@pages.post("/<int:duty_id>/tell")
@access.roles(*LEADERS)
def tell(duty_id: int) -> ResponseReturnValue:
    return _act(
        duty_id, "tell", lambda session, duty, me: telling.tell_staff(session, duty, me, typed("words"), access.now())
    )


@pages.post("/<int:duty_id>/edit")
@access.roles(*LEADERS)
def edit(duty_id: int) -> ResponseReturnValue:
    def act(session: Session, duty: Duty, me: Staff) -> None:
        unit_id, owner_id = people_choice.read(session, typed("to"), duty.unit_id)
        details = DutyDetails(title=typed("title"), detail=typed("detail"), unit_id=unit_id, owner_id=owner_id)
        rules.edit_duty(session, access.agency(), duty, details, me, access.now())

    return _act(duty_id, "edit", act)


# -- a duty of its own -----------------------------------------------------------------------------------


@pages.get("/new")
@access.roles("officer", *LEADERS)
def new() -> str:
    return _new()


def _new(problem: str = "") -> str:
    with access.reading() as session:
        return render_template(
            "console/duties/new.html", people=people_choice.load(session), values=request.form, problem=problem
        )


@pages.post("/new")
@access.roles("officer", *LEADERS)
def add() -> ResponseReturnValue:
    try:
        with access.writing() as session:
            me = access.me(session)
            unit_id, owner_id = people_choice.read(session, typed("to"), me.unit_id)
            due = a_day(typed("due"), future=True)
            if due is None:
                raise DutyError("กรุณากรอกวันครบกำหนด เช่น 12 ธ.ค. 69")
            details = DutyDetails(title=typed("title"), detail=typed("detail"), unit_id=unit_id, owner_id=owner_id)
            duty = rules.add_one_off(session, access.agency(), details, due, fiscal_year(due), me, access.now())
            duty_id = duty.id
    except (DutyError, NotChosen) as error:
        return _new(str(error)), 422
    flash("เพิ่มงานแล้ว", "good")
    return redirect(url_for("console.duties.show", duty_id=duty_id))
