"""Following one's own complaint: number and secret open the page; what the reporter says goes to the officer.

The secret is only ever posted. What it opened is kept in the signed session for a while, so that the address of the
page carries nothing but the number, and the number alone shows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import abort, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.borrowing.loans import still_out
from handlers.complaints import operations
from handlers.complaints.due import state_of, words_for
from handlers.complaints.labels import SUB_STATUS_LABEL, status_text
from handlers.complaints.lookup import find_number
from handlers.complaints.notices import handler_name
from models.case import Case, CaseEvent
from models.thread import Attachment, ThreadMessage
from thai.dates import format_date
from web.public import once, photos
from web.public.files import file_address
from web.public.site import agency, now, pages, private_page, site
from web.security import limiter
from web.services import services

OPEN_FOR = timedelta(hours=2)
LONGEST = 2000
MOST_PHOTOS = 5
MOST_BYTES = 60_000_000
OPENED = "opened_cases"
WRONG = "เลขที่หรือรหัสไม่ตรงค่ะ\nดูจากกระดาษหรือข้อความตอนแจ้งเรื่อง แล้วลองอีกครั้งนะคะ"
# What the reporter is told of on the timeline, in their words; acts within the office are not theirs to follow.
STEPS = {
    "opened": "คุณแจ้งเรื่อง",
    "accepted": "เจ้าหน้าที่รับเรื่องแล้ว",
    "progress": "มีความคืบหน้า",
    "done": "เจ้าหน้าที่แจ้งว่าดำเนินการแล้ว",
    "confirmed": "คุณยืนยันว่าเรียบร้อย",
    "reopened": "คุณบอกว่ายังไม่เรียบร้อย",
    "rejected": "หน่วยงานไม่รับเรื่อง",
    "cancelled": "ยกเลิกเรื่อง",
    "merged": "รวมกับเรื่องเดียวกันที่มีผู้แจ้งแล้ว",
    "transferred": "ส่งต่อหน่วยงานอื่น",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the page's timeline. `who`: "office" or "you"."""

    at: datetime
    who: str
    title: str
    text: str = ""
    photos: tuple[str, ...] = ()


@site.app_template_filter()
def status_words(case: Case) -> str:
    return status_text(case.status, case.sub_status)


@site.app_template_filter()
def due_words(case: Case) -> str:
    """The promised moment, with the hour where the promise was in hours."""
    return words_for(case.due_at, case.category.sla_unit)


@site.app_template_filter()
def who_works(case: Case) -> str:
    """Who works on the case, as citizens are told."""
    return handler_name(agency(), case)


def number_of(text: str) -> str:
    """A case number as it stands in our books, from what people type ("c70-123", "๗๐ ๑๒๓"); "" if it is none."""
    return find_number(text) or find_number(f"C{text.strip()}") or ""


@pages.get("/status")
def status() -> ResponseReturnValue:
    """Where number and secret are asked for; ?number= from the QR code is filled in."""
    return _ask(number_of(request.args.get("number", "")))


@pages.post("/status", endpoint="open_status")
@limiter.limit("10/minute;60/hour", deduct_when=lambda response: response.status_code == 403)
def unlock() -> ResponseReturnValue:
    view, known = agency(), services()
    typed, secret = request.form.get("number", ""), request.form.get("secret", "")
    number = number_of(typed)
    with known.database.read(view.id) as db:
        case = operations.find_by_secret(db, number, secret, known.secret_key) if number and secret else None
        case_id = case.id if case else None
    if case_id is None:
        return _ask(number or typed, WRONG, 403)
    opened = [entry for entry in session.get(OPENED, []) if entry[1] != case_id][-4:]
    session[OPENED] = [*opened, [view.id, case_id, int(now().timestamp())]]
    return redirect(url_for("public.case", number=number), 303)


@pages.get("/status/<number>")
def case(number: str) -> ResponseReturnValue:
    """The case, for who has opened it; for everyone else the question for the secret, known number or not."""
    with services().database.read(agency().id) as db:
        found = opened(db, number)
        if found is None:
            return _ask(number_of(number))
        return _case_page(db, found)


@pages.post("/status/<number>/say")
@limiter.limit("10/minute;60/hour")
def say(number: str) -> ResponseReturnValue:
    """More words or photos for the officer."""
    view, moment = agency(), now()
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    with services().database.read(view.id) as db:
        found = opened(db, number)
        if found is None:
            return redirect(url_for("public.status", number=number), 303)
        if found.forgotten:  # its page says what to do instead
            return redirect(url_for("public.case", number=number), 303)
        if len(text) > LONGEST:
            flash(f"ข้อความยาวไปนิดค่ะ ส่งได้ครั้งละ {LONGEST:,} ตัวอักษร", "bad")
            return _case_page(db, found, 422, text)
    files, problem = photos.store(request.files.getlist("photos"), view.id, MOST_PHOTOS, role="thread")
    if problem:
        flash(problem, "bad")
    if not text and not files:
        if not problem:
            flash("พิมพ์ข้อความ หรือเลือกรูปก่อนนะคะ", "warn")
        return redirect(url_for("public.case", number=number), 303)
    key = f"say|{number}|{request.form.get('once', '')}|{text}"
    with services().database.write(view.id) as db:
        found = opened(db, number)
        if found is None or found.forgotten:
            return redirect(url_for("public.status", number=number), 303)
        if once.take(db, view.id, key, moment):
            operations.hear(db, view, found, moment, text=text, attachment_id=files[0] if files else None)
            for attachment_id in files[1:]:
                operations.hear(db, view, found, moment, attachment_id=attachment_id)
    flash("ส่งถึงเจ้าหน้าที่แล้วค่ะ", "good")
    return redirect(url_for("public.case", number=number), 303)


@pages.post("/status/<number>/verdict")
@limiter.limit("20/minute")
def verdict(number: str) -> ResponseReturnValue:
    """ "เรียบร้อย" with a rating, "ยังไม่เรียบร้อย" with words, or a rating later on."""
    view, moment = agency(), now()
    answer = request.form.get("answer", "")
    rating = request.form.get("rating", type=int)
    words = request.form.get("words", "").replace("\r\n", "\n").strip()[:LONGEST]
    try:
        with services().database.write(view.id) as db:
            found = opened(db, number)
            if found is None:
                return redirect(url_for("public.status", number=number), 303)
            if answer == "not_done":
                operations.not_done(db, view, found, "web", moment, words)
                flash("ขอโทษที่ยังไม่เรียบร้อยค่ะ เปิดเรื่องใหม่ให้แล้ว และแจ้งหัวหน้าด้วยแล้วค่ะ", "good")
            elif answer == "confirm":
                operations.confirm(db, view, found, "web", moment)
                flash("ขอบคุณที่ยืนยันนะคะ", "good")
            elif not rating:
                abort(400)
            if rating and answer != "not_done":
                operations.rate(db, found, max(1, min(rating, 5)), "web", moment)
                if answer != "confirm":
                    flash("ขอบคุณสำหรับคะแนนค่ะ", "good")
    except operations.CaseError as error:
        flash(str(error), "warn")
    return redirect(url_for("public.case", number=number), 303)


@pages.post("/status/leave")
def leave() -> ResponseReturnValue:
    """Close what was opened: for a computer that others use too."""
    session.pop(OPENED, None)
    flash("ปิดหน้าเรื่องของคุณแล้วค่ะ", "good")
    return redirect(url_for("public.status"), 303)


def _ask(number: str, error: str = "", status: int = 200) -> ResponseReturnValue:
    return private_page("public/status.html", status, number=number, error=error)


def _case_page(db: Session, found: Case, status: int = 200, typed: str = "") -> ResponseReturnValue:
    return private_page(
        "public/case.html",
        status,
        case=found,
        steps=_steps(db, found),
        before=_photos(db, found, "before"),
        state=state_of(found, now()),
        borrowed=still_out(db, found),
        once=once.new_token(),
        longest=LONGEST,
        typed=typed,
    )


def opened(db: Session, number: str) -> Case | None:
    """The case of this number if its secret was given here within OPEN_FOR."""
    since = int((now() - OPEN_FOR).timestamp())
    ids = [case_id for owner, case_id, at in session.get(OPENED, []) if owner == agency().id and at >= since]
    return db.scalars(select(Case).where(Case.id.in_(ids), Case.number == number)).first() if ids else None


def _photos(db: Session, found: Case, role: str) -> tuple[str, ...]:
    rows = db.scalars(
        select(Attachment.id)
        .where(Attachment.case_id == found.id, Attachment.role == role)
        .where(Attachment.status == "stored", Attachment.kind == "image")
        .order_by(Attachment.id)
    )
    return tuple(file_address(attachment_id) for attachment_id in rows)


def _steps(db: Session, found: Case) -> list[Step]:
    """Timeline and thread in one, oldest first; internal notes and acts stay inside."""
    steps = []
    after = _photos(db, found, "after")
    events = db.scalars(select(CaseEvent).where(CaseEvent.case_id == found.id).order_by(CaseEvent.id)).all()
    last_done = max((event.id for event in events if event.action == "done"), default=None)
    for event in events:
        if event.action in STEPS:
            who = "you" if event.action in ("opened", "confirmed", "reopened") else "office"
            shown = after if event.id == last_done else ()
            steps.append(Step(event.at, who, STEPS[event.action], _words(event), shown))
    for message in db.scalars(select(ThreadMessage).where(ThreadMessage.case_id == found.id)):
        if message.direction == "note":
            continue
        who = "you" if message.direction == "in" else "office"
        file = message.attachment
        pictures = (file_address(file.id),) if file and file.status == "stored" and file.kind == "image" else ()
        text = "(ยกเลิกข้อความแล้ว)" if message.unsent else message.text
        steps.append(Step(message.at, who, "คุณเขียนว่า" if who == "you" else "เจ้าหน้าที่ตอบว่า", text, pictures))
    return sorted(steps, key=lambda step: step.at)


def _words(event: CaseEvent) -> str:
    """What a step says to the reporter: where it waits, the officer's words, the date expected."""
    lines = [SUB_STATUS_LABEL.get(event.detail.get("sub_status") or "", ""), event.public_note]
    if expected := event.detail.get("expected"):
        lines.append(f"คาดว่าเสร็จ {format_date(date.fromisoformat(expected))}")
    return "\n".join(line for line in lines if line)


say.most_bytes = MOST_BYTES  # type: ignore[attr-defined]
