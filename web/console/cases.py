"""The page of a case: what it is, what was said, what happened, and what this person may do about it now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from handlers.borrowing import loans
from handlers.complaints import operations, showing
from handlers.complaints.due import state_of
from handlers.complaints.labels import ACTION_LABEL, CHANNEL_LABEL, SUB_STATUS_LABEL
from handlers.documents import information_letters
from handlers.people import public_face
from handlers.services import answering, desk
from handlers.services.operations import FormError
from models.agency import Staff
from models.case import Case, CaseEvent, CasePause, CaseSubscriber
from models.thread import Attachment
from thai.dates import ThaiDateError, bangkok_date, parse_date
from web.console import access, files, people_choice, thread, worklist
from web.console.attempt import Attempt, typed
from web.public import form_page
from web.public.photos import shown
from web.services import services

pages = Blueprint("cases", __name__, url_prefix="/cases")

DONE_WORDS = {
    "accept": "รับเรื่องแล้ว ระบบแจ้งผู้แจ้งให้ทราบแล้ว",
    "assign": "มอบหมายแล้ว",
    "progress": "แจ้งความคืบหน้าแล้ว",
    "done": "บันทึกว่าดำเนินการแล้ว รอผู้แจ้งยืนยัน",
    "answer": "ส่งคำตอบให้ผู้แจ้งแล้ว",
    "note": "บันทึกภายในแล้ว",
    "reject": "บันทึกว่าไม่รับเรื่อง และแจ้งเหตุผลแล้ว",
    "cancel": "ยกเลิกเรื่องแล้ว",
    "merge": "รวมเรื่องแล้ว",
    "transfer": "ส่งต่อหน่วยงานอื่นแล้ว",
    "confirm": "บันทึกว่าผู้แจ้งยืนยันแล้ว",
    "not_done": "เปิดเรื่องอีกครั้งแล้ว และแจ้งหัวหน้าส่วนงานแล้ว",
    "fill": "บันทึกส่วนของเจ้าหน้าที่แล้ว",
    "photos": "บันทึกรูปสำหรับแผนที่สาธารณะแล้ว",
}
SAID = "content"  # where the page says what was done; without it browsers go back to the act's own form
Act = Callable[[Session, Case, Staff], object]  # what it returns, if that is text, is said instead of DONE_WORDS


@pages.get("/<int:case_id>")
@access.roles(*access.EVERYONE)
def show(case_id: int) -> str:
    return _page(case_id, Attempt())


def _page(case_id: int, attempt: Attempt) -> str:
    me, now = access.me(), access.now()
    with access.reading() as session:
        case = access.found(
            session,
            select(Case)
            .options(joinedload(Case.category), joinedload(Case.assignee), joinedload(Case.conversation))
            .where(Case.id == case_id, operations.visible_to(me)),
        )
        attachments = session.scalars(
            select(Attachment).where(Attachment.case_id == case.id).order_by(Attachment.id)
        ).all()
        events = session.scalars(
            select(CaseEvent)
            .options(joinedload(CaseEvent.staff))
            .where(CaseEvent.case_id == case.id)
            .order_by(CaseEvent.at.desc(), CaseEvent.id.desc())
        ).all()
        subscribers = session.scalar(
            select(func.count()).select_from(CaseSubscriber).where(CaseSubscriber.case_id == case.id)
        )
        joined = session.scalars(
            select(Case).where(Case.merged_into_id == case.id, operations.visible_to(me)).order_by(Case.id)
        ).all()
        into = None
        if case.merged_into_id:
            into = session.scalars(
                select(Case).where(Case.id == case.merged_into_id, operations.visible_to(me))
            ).first()
        sheet = desk.sheet(session, access.agency(), case)
        return render_template(
            "console/case.html",
            case=case,
            sheet=sheet,
            lends=sheet is not None and loans.is_borrowing(session, case),
            asks=sheet is not None and information_letters.request_for(session, case) is not None,
            staff_controls=_staff_controls(sheet, attempt),
            due_state=state_of(case, now),
            pauses=session.scalars(
                select(CasePause).where(CasePause.case_id == case.id, CasePause.ended_at.is_(None))
            ).all(),
            may=operations.allowed(case, me),
            before=[a for a in attachments if a.role == "before"],
            after=[a for a in attachments if a.role == "after"],
            thread=thread.load(session, f"case:{case.id}", case.conversation_id),
            events=events,
            subscribers=subscribers,
            joined=joined,
            into=into,
            canned=thread.canned_replies(session, case.category_id, case.status),
            people=people_choice.load(session, without_unit=case.accused_unit_id),
            attempt=attempt,
            kept=shown(attempt.kept, access.agency().id),
            categories=[one for one in access.agency().categories if one.id != case.category_id],
            to_unit=attempt.value("categorise", "unit") or _usual_unit(case),
            public_photos=showing.photos_of(session, case) if showing.may_be_shown(case) else [],
            photos_public=public_face.photos_on(access.agency().settings),
            actions=ACTION_LABEL,
            channels=CHANNEL_LABEL,
            sub_statuses=SUB_STATUS_LABEL,
        )


def _usual_unit(case: Case) -> str:
    """Where a case of another kind goes unless somebody says otherwise: to that kind's unit, or nowhere else when it
    was given to a unit by hand."""
    return "category" if case.unit_id == case.category.unit_id or case.category.conduct else "same"


def _staff_controls(sheet: desk.Sheet | None, attempt: Attempt) -> list[form_page.Control]:
    """The fields of a request that the desk fills in, as they are or as they were typed just now."""
    if sheet is None:
        return []
    given = form_page.read_typed(sheet.staff, request.form) if attempt.verb == "fill" else sheet.filled
    return form_page.controls(sheet.staff, access.agency(), given, {})


def do(case_id: int, verb: str, act: Act, kept: Sequence[int] = ()) -> ResponseReturnValue:
    """Do one act and go back to the page; if it is refused, the page says why and keeps what was typed."""
    try:
        with access.writing() as session:
            me = access.me(session)
            case = access.found(
                session,
                select(Case).where(Case.id == case_id, operations.visible_to(me)),
            )
            said = act(session, case, me)
            session.flush()
            still_mine = session.scalar(select(Case.id).where(Case.id == case_id, operations.visible_to(me)))
    except operations.CaseError as error:
        return _page(case_id, Attempt(verb, str(error), request.form, kept)), 422
    flash(said if isinstance(said, str) else DONE_WORDS[verb], "good")
    # A case that was assigned to another unit may be out of this person's sight now.
    page = (
        url_for("console.cases.show", case_id=case_id, _anchor=SAID) if still_mine else url_for("console.inbox.index")
    )
    return redirect(page)


@pages.post("/<int:case_id>/accept")
@access.roles(*access.EVERYONE)
def accept(case_id: int) -> ResponseReturnValue:
    return do(
        case_id,
        "accept",
        lambda session, case, me: operations.accept(session, access.agency(), case, me, access.now(), typed("note")),
    )


@pages.post("/<int:case_id>/assign")
@access.roles(*access.EVERYONE)
def assign(case_id: int) -> ResponseReturnValue:
    def act(session: Session, case: Case, me: Staff) -> None:
        try:
            unit_id, assignee_id = people_choice.read(session, typed("to"), case.unit_id)
        except people_choice.NotChosen as error:
            raise operations.CaseError(str(error)) from None
        operations.assign(session, access.agency(), case, me, unit_id, assignee_id, access.now())

    return do(case_id, "assign", act)


@pages.post("/<int:case_id>/progress")
@access.roles(*access.EVERYONE)
def progress(case_id: int) -> ResponseReturnValue:
    def act(session: Session, case: Case, me: Staff) -> None:
        expected = None
        if typed("expected"):
            try:
                expected = parse_date(typed("expected"), bangkok_date(access.now()), prefer="future")
            except ThaiDateError as error:
                raise operations.CaseError(f"วันที่คาดว่าจะแล้วเสร็จ: {error}".replace("ค่ะ", "")) from None
        operations.progress(
            session, access.agency(), case, me, access.now(), typed("sub_status"), typed("note"), expected
        )

    return do(case_id, "progress", act)


@pages.post("/<int:case_id>/done")
@access.roles(*access.EVERYONE)
def done(case_id: int) -> ResponseReturnValue:
    _look(case_id)
    photos, wrong = files.uploaded("photos", "after")
    if wrong:
        return _page(case_id, Attempt("done", wrong, request.form, photos)), 422
    return do(
        case_id,
        "done",
        lambda session, case, me: operations.done(
            session,
            access.agency(),
            case,
            me,
            access.now(),
            typed("note"),
            photos,
            secret_key=services().secret_key,
        ),
        photos,
    )


@pages.post("/<int:case_id>/answer")
@access.roles(*access.EVERYONE)
def answer(case_id: int) -> ResponseReturnValue:
    _look(case_id)
    photos, wrong = files.uploaded("photo", "thread", most=1)
    if request.form.get("insert"):
        with access.reading() as session:
            text = thread.with_canned(session, typed("text"), typed("canned"))
        return _page(case_id, Attempt("answer", wrong, {"text": text}, photos))
    if wrong:
        return _page(case_id, Attempt("answer", wrong, request.form, photos)), 422
    return do(
        case_id,
        "answer",
        lambda session, case, me: operations.answer(
            session,
            access.agency(),
            case,
            me,
            typed("text"),
            access.now(),
            photos[0] if photos else None,
            secret_key=services().secret_key,
        ),
        photos,
    )


@pages.post("/<int:case_id>/note")
@access.roles(*access.EVERYONE)
def note(case_id: int) -> ResponseReturnValue:
    return do(
        case_id,
        "note",
        lambda session, case, me: operations.note(session, case, me, typed("text"), access.now()),
    )


@pages.post("/<int:case_id>/reject")
@access.roles(*access.EVERYONE)
def reject(case_id: int) -> ResponseReturnValue:
    return do(
        case_id,
        "reject",
        lambda session, case, me: operations.reject(session, access.agency(), case, me, access.now(), typed("reason")),
    )


@pages.post("/<int:case_id>/cancel")
@access.roles(*access.EVERYONE)
def cancel(case_id: int) -> ResponseReturnValue:
    return do(
        case_id,
        "cancel",
        lambda session, case, me: operations.cancel(
            session, access.agency(), case, access.actor(), access.now(), typed("reason")
        ),
    )


@pages.post("/<int:case_id>/merge")
@access.roles(*access.EVERYONE)
def merge(case_id: int) -> ResponseReturnValue:
    def act(session: Session, case: Case, me: Staff) -> None:
        found = worklist.find_number(session, me, typed("into"))
        if found is None or found[0] != "case":
            raise operations.CaseError("ไม่พบเรื่องเลขที่นี้ พิมพ์เลขเต็ม เช่น C70-000123")
        operations.merge(session, access.agency(), case, session.get_one(Case, found[1]), me, access.now())

    return do(case_id, "merge", act)


@pages.post("/<int:case_id>/transfer")
@access.roles(*access.EVERYONE)
def transfer(case_id: int) -> ResponseReturnValue:
    return do(
        case_id,
        "transfer",
        lambda session, case, me: operations.transfer(
            session, access.agency(), case, me, access.now(), typed("to"), typed("reference"), typed("note")
        ),
    )


@pages.post("/<int:case_id>/confirm")
@access.roles(*access.EVERYONE)
def confirm(case_id: int) -> ResponseReturnValue:
    return do(
        case_id,
        "confirm",
        lambda session, case, me: operations.confirm(session, access.agency(), case, access.actor(), access.now()),
    )


@pages.post("/<int:case_id>/not_done")
@access.roles(*access.EVERYONE)
def not_done(case_id: int) -> ResponseReturnValue:
    return do(
        case_id,
        "not_done",
        lambda session, case, me: operations.not_done(
            session, access.agency(), case, access.actor(), access.now(), typed("words")
        ),
    )


@pages.post("/<int:case_id>/fill")
@access.roles(*access.EVERYONE)
def fill(case_id: int) -> ResponseReturnValue:
    """The staff-only fields of a request."""

    def act(session: Session, case: Case, me: Staff) -> None:
        sheet = desk.sheet(session, access.agency(), case)
        if sheet is None:
            raise operations.CaseError("เรื่องนี้ไม่ใช่คำขอ")
        given = form_page.for_reading(sheet.staff, form_page.read_typed(sheet.staff, request.form))
        answers, errors = sheet.staff.read_all(given, access.agency())
        if errors:
            wrong = (f"{sheet.staff[name].label}: {why}" for name, why in errors.items())
            raise operations.CaseError("\n".join(wrong).replace("ค่ะ", "").replace("นะคะ", ""))
        try:
            answering.fill_in(session, case, answers, me)
        except FormError as error:
            raise operations.CaseError(str(error)) from None

    return do(case_id, "fill", act)


@pages.get("/<int:case_id>/sheet")
@access.roles(*access.EVERYONE)
def sheet(case_id: int) -> str:
    """The request on paper, for the file and for signing."""
    with access.reading() as session:
        case = access.found(session, select(Case).where(Case.id == case_id, operations.visible_to(access.me())))
        found = desk.sheet(session, access.agency(), case) or abort(404)
        return render_template("console/request_sheet.html", case=case, sheet=found, channels=CHANNEL_LABEL)


def _look(case_id: int) -> None:
    """404 before a file is taken for a case that this person cannot see."""
    with access.reading() as session:
        access.found(session, select(Case.id).where(Case.id == case_id, operations.visible_to(access.me())))
