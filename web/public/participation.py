"""Taking part on the web: activities (sign up, come, say). Proposals and polls are in voices.py."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import evidence
from handlers.participation import activities, chat, joining, polls, results
from handlers.participation.activities import KIND_LABELS, ParticipationError
from handlers.participation.form import OPINION, SIGN_UP
from handlers.participation.joining import Visitor
from models.measure import RegisterEntry
from models.participation import Activity
from web.public import form_page, once
from web.public.complain import STALE, TRAP, TRAPPED
from web.public.site import agency, keeps_typed, line_address, now, pages, private_page, site
from web.security import limiter
from web.services import services

LARGEST_ID = 2**31 - 1
SHOWN_PAST = 50


# -- activities ------------------------------------------------------------------------------------------


@pages.get("/activities", endpoint="activities")
def activities_page() -> str:
    """What is coming and what was."""
    moment = now()
    with services().database.read(agency().id) as session:
        coming = activities.upcoming(session, moment, 100)
        past = session.scalars(
            select(Activity)
            .where(Activity.status == "done")
            .order_by(Activity.starts_at.desc(), Activity.id.desc())
            .limit(SHOWN_PAST)
        ).all()
        return render_template(
            "public/activities.html",
            coming=coming,
            past=past,
            kinds=KIND_LABELS,
            when=activities.when,
            voting=polls.open_now(session, moment),
        )


@pages.get("/activities/<int:activity_id>")
def activity(activity_id: int) -> str:
    with services().database.read(agency().id) as session:
        return _activity_page(session, _found(session, activity_id))


def _found(session: Session, activity_id: int) -> Activity:
    row = session.get(Activity, activity_id) if activity_id <= LARGEST_ID else None
    if row is None or row.status == "draft":
        abort(404)
    return row


def _activity_page(
    session: Session,
    row: Activity,
    given: dict[str, dict[str, Any]] | None = None,
    errors: dict[str, dict[str, str]] | None = None,
    message: str = "",
) -> str:
    given, errors = given or {}, errors or {}
    view, moment = agency(), now()
    return render_template(
        "public/activity.html",
        activity=row,
        kind=KIND_LABELS[row.kind],
        when=activities.when(row),
        left=joining.seats_left(session, row),
        is_open=joining.is_open(row, moment),
        before=moment < row.starts_at,
        numbers=results.numbers(session, row),
        photos=_photos(session, row),
        forms={
            form.name: form_page.controls(form, view, given.get(form.name, {}), errors.get(form.name, {}))
            for form in (SIGN_UP, OPINION)
        },
        once=request.form.get("once") or once.new_token(),
        message=message,
        line_url=line_address(view),
    )


def _photos(session: Session, row: Activity) -> list[int]:
    """Attachment ids of the report's photos that a second person has approved."""
    entry = session.get(RegisterEntry, row.register_entry_id) if row.register_entry_id else None
    if row.status != "done" or entry is None:
        return []
    return [
        piece.attachment_id
        for piece in evidence.of(session, entry)
        if piece.kind == "photo" and piece.approved_at is not None and piece.attachment_id is not None
    ]


@pages.post("/activities/<int:activity_id>/join")
@keeps_typed
@limiter.limit("12/minute;120/hour")
def join_activity(activity_id: int) -> ResponseReturnValue:
    view, moment = agency(), now()
    given = form_page.read_typed(SIGN_UP, request.form)
    answers, errors = SIGN_UP.read_all(form_page.for_reading(SIGN_UP, given), view)
    message = trouble()
    status, people = "", 0
    if not errors and not message:
        visitor = Visitor(answers["name"], answers["phone"], answers["consent"])
        try:
            with services().database.write(view.id) as session:
                _found(session, activity_id)
                if once.take(session, view.id, token(), moment):
                    row = joining.join(
                        session, activity_id, "web", moment, people=int(answers["people"]), visitor=visitor
                    )
                    once.remember(session, token(), f"{row.status}:{row.people}")
                status, _, count = once.became(session, token()).partition(":")
                people = int(count)
        except ParticipationError as error:
            message = str(error)
    if status:
        words = (
            [f"ลงชื่อให้แล้ว {people} คน", "แล้วพบกันนะคะ"]
            if status == "joined"
            else [f"ที่นั่งเต็มแล้ว ลงชื่อสำรองให้ {people} คน", "มีที่ว่างเมื่อไร เจ้าหน้าที่จะโทรบอกค่ะ"]
        )
        return done("ลงชื่อแล้วค่ะ", [*words, "มาไม่ได้ โทรบอกเราได้เลยค่ะ"])
    with services().database.read(view.id) as session:
        page = _activity_page(
            session, _found(session, activity_id), {SIGN_UP.name: given}, {SIGN_UP.name: errors}, message
        )
    return page, 422


def trouble() -> str:
    """Why a form is shown once more; "" to take it."""
    return STALE if g.get("stale_token") else TRAPPED if request.form.get(TRAP) else ""


def token() -> str:
    """The page's token; a form that came without one is a form of its own."""
    if "part_token" not in g:
        g.part_token = request.form.get("once", "") or once.new_token()
    return str(g.part_token)


def done(title: str, words: list[str], activity_id: int | None = None) -> ResponseReturnValue:
    """Thanks, with a way on: to this activity, if there is one."""
    return private_page("public/part_done.html", title=title, words=words, activity_id=activity_id)


@pages.post("/activities/<int:activity_id>/opinion")
@keeps_typed
@limiter.limit("12/minute;120/hour")
def say_of_activity(activity_id: int) -> ResponseReturnValue:
    view, moment = agency(), now()
    given = form_page.read_typed(OPINION, request.form)
    answers, errors = OPINION.read_all(form_page.for_reading(OPINION, given), view)
    message = trouble()
    if not errors and not message:
        rating = int(answers["rating"]) if answers["rating"] else None
        try:
            with services().database.write(view.id) as session:
                row = _found(session, activity_id)
                if once.take(session, view.id, token(), moment):
                    joining.give_opinion(session, row, moment, rating=rating, words=answers["words"] or "")
            return done("ขอบคุณค่ะ", ["บันทึกความเห็นแล้ว เราไม่เก็บว่าใครเป็นผู้ให้ความเห็นค่ะ"])
        except ParticipationError as error:
            message = str(error)
    with services().database.read(view.id) as session:
        page = _activity_page(
            session, _found(session, activity_id), {OPINION.name: given}, {OPINION.name: errors}, message
        )
    return page, 422


# -- coming ----------------------------------------------------------------------------------------------


@site.get("/a/<code>")
def check_in(code: str) -> ResponseReturnValue:
    """What the QR code at an activity opens: say it in LINE, or just be counted."""
    with services().database.read() as session:
        found = joining.by_code(session, code)
    view = services().agencies.get(found[0]) if found else None
    if found is None or view is None:
        words = ["รหัสอาจพิมพ์ไม่ครบ ลองสแกนภาพอีกครั้งนะคะ"]
        page = render_template("public/error.html", title="ไม่พบกิจกรรมนี้", words=words, fallback=None)
        return _unlisted(make_response(page, 404))
    g.public_agency = view
    with services().database.read(view.id) as session:
        row = _found(session, found[1])
        page = render_template(
            "public/check_in.html",
            activity=row,
            when=activities.when(row),
            is_today=joining.is_today(row, now()),
            line_url=chat.deep_link(view.fields.get("line_id", "").strip(), row.code),
            once=once.new_token(),
        )
    return _unlisted(make_response(page))


def _unlisted(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@pages.post("/activities/came/<code>")
@limiter.limit("120/minute")
def come(code: str) -> ResponseReturnValue:
    """One more who came, and nothing about who: a hall full of people may share one address."""
    view, moment = agency(), now()
    counted = False
    with services().database.write(view.id) as session:
        row = session.scalars(select(Activity).where(Activity.code == code.lower())).first()
        if row is None:
            abort(404)
        activity_id = row.id
        if once.take(session, view.id, token(), moment):
            counted = joining.count_walk_in(session, row, moment)
        elif not joining.is_today(row, moment):
            counted = False
        else:
            counted = True  # pressed twice
    if not counted:
        return redirect(url_for("public.activity", activity_id=activity_id))
    return done("ขอบคุณที่มาร่วมค่ะ", ["นับว่าคุณมาแล้ว เราไม่เก็บว่าคุณเป็นใคร", "เสร็จแล้วบอกความเห็นได้ที่หน้ากิจกรรมค่ะ"], activity_id)
