"""Activities and projects with outsiders: plan, announce, see who comes, report each of them (R34)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers import sheet
from handlers.participation import activities, joining, posters, results
from handlers.participation.activities import KIND_LABELS, STATUS_LABELS, ActivityDetails, ParticipationError
from models.measure import RegisterEntry
from models.participation import Activity, Poll, Proposal, SignUp
from reports import qr
from thai.dates import bangkok_date, format_date, format_time
from web.console import access, proofs
from web.console.announcements import SENDERS
from web.console.attempt import typed
from web.console.eit_points import print_posters
from web.console.inputs import number, query_id
from web.console.measures import this_year, unit_choices, year_choices

pages = Blueprint("participation", __name__, url_prefix="/participation")

KEEPERS = ("admin", "clerk", "head", "officer")
FIELDS = ("title", "kind", "day", "last_day", "starts", "ends", "place", "detail", "seats", "signup_until")
RESULT = ("attended", "who", "said", "result")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MIME = {"png": "image/png", "svg": "image/svg+xml"}


# -- the list --------------------------------------------------------------------------------------------


@pages.get("/")
@access.roles(*access.EVERYONE)
def index() -> str:
    """The year's activities; those that are over and have no report stand first."""
    year = _year()
    moment = access.now()
    with access.reading() as session:
        rows = activities.of_year(session, year)
        return render_template(
            "console/participation/index.html",
            rows=rows,
            owed=[row for row in rows if row.status == "open" and row.ends_at < moment],
            numbers={row.id: results.numbers(session, row) for row in rows},
            when=activities.when,
            kinds=KIND_LABELS,
            labels=STATUS_LABELS,
            year=year,
            years=year_choices([year]),
            waiting=session.scalar(
                select(func.count()).select_from(Proposal).where(Proposal.status.in_(("received", "considering")))
            ),
            polls=session.scalar(
                select(func.count()).select_from(Poll).where(Poll.published, Poll.closes_on >= bangkok_date(moment))
            ),
            keeps=access.me().role in KEEPERS,
        )


def _year() -> int:
    wanted = query_id("fy")
    return wanted if wanted and 2500 <= wanted < 2700 else this_year()


@pages.get("/list.<any(csv, xlsx):kind>")
@access.roles(*access.EVERYONE)
def export(kind: str) -> Response:
    """The year's activities with their results, as O30 asks for them."""
    year = _year()
    with access.reading() as session:
        rows = results.table(session, access.agency(), year)
    data = sheet.write_csv(rows) if kind == "csv" else sheet.write_xlsx(rows, f"กิจกรรม {year}")
    name = f"activities-{access.agency().code}-{year}.{kind}"
    return Response(data, content_type=TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'})


# -- planning --------------------------------------------------------------------------------------------


@pages.get("/new")
@access.roles(*KEEPERS)
def new() -> str:
    with access.reading() as session:
        return _form(session, None, {"unit_id": access.me().unit_id or "", "kind": "activity"})


@pages.post("/new")
@access.roles(*KEEPERS)
def add() -> ResponseReturnValue:
    return _save(None)


@pages.get("/<int:activity_id>/edit")
@access.roles(*KEEPERS)
def edit(activity_id: int) -> str:
    with access.reading() as session:
        row = _mine(session, activity_id)
        first, last = bangkok_date(row.starts_at), bangkok_date(row.ends_at)
        ends = format_time(row.ends_at).removesuffix(" น.")
        values: dict[str, Any] = {
            "title": row.title,
            "kind": row.kind,
            "day": format_date(first, "long"),
            "last_day": format_date(last, "long") if last != first else "",
            "starts": format_time(row.starts_at).removesuffix(" น."),
            "ends": "" if ends == "23.59" else ends,
            "place": row.place,
            "detail": row.detail,
            "seats": row.seats or "",
            "signup_until": format_date(row.signup_until, "long") if row.signup_until else "",
            "unit_id": row.unit_id or "",
        }
        return _form(session, row, values)


@pages.post("/<int:activity_id>/edit")
@access.roles(*KEEPERS)
def save(activity_id: int) -> ResponseReturnValue:
    return _save(activity_id)


def _save(activity_id: int | None) -> ResponseReturnValue:
    details = ActivityDetails(unit_id=number("unit_id"), **{name: typed(name) for name in FIELDS})
    try:
        with access.writing() as session:
            row = None if activity_id is None else _mine(session, activity_id)
            saved = activities.save(session, row, details, access.me(session), access.now())
            joining.move_up(session, saved, access.now())  # there may be more seats now
            saved_id = saved.id
    except ParticipationError as error:
        with access.reading() as session:
            row = None if activity_id is None else _mine(session, activity_id)
            return _form(session, row, request.form, {error.field: str(error)}), 422
    flash("บันทึกแล้ว", "good")
    return redirect(url_for("console.participation.show", activity_id=saved_id))


def _form(session: Session, row: Activity | None, values: Any, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "console/participation/edit.html",
        activity=row,
        values=values,
        errors=errors or {},
        kinds=KIND_LABELS.items(),
        units=unit_choices(session),
    )


def _found(session: Session, activity_id: int) -> Activity:
    return access.found(session, select(Activity).where(Activity.id == activity_id))


def _mine(session: Session, activity_id: int) -> Activity:
    """An activity that this person may change: 404 for one that is not there, 403 for another unit's."""
    row = _found(session, activity_id)
    if not activities.may_edit(access.me(), row):
        abort(403)
    return row


# -- one activity ----------------------------------------------------------------------------------------


@pages.get("/<int:activity_id>")
@access.roles(*access.EVERYONE)
def show(activity_id: int) -> str:
    return _page(activity_id)


def _page(activity_id: int, errors: dict[str, str] | None = None) -> str:
    moment = access.now()
    with access.reading() as session:
        row = _found(session, activity_id)
        entry = session.get(RegisterEntry, row.register_entry_id) if row.register_entry_id else None
        shown = request.form if errors else {name: getattr(row, name) for name in RESULT}
        return render_template(
            "console/participation/show.html",
            activity=row,
            kind=KIND_LABELS[row.kind],
            labels=STATUS_LABELS,
            when=activities.when(row),
            numbers=results.numbers(session, row),
            people=session.scalars(
                select(SignUp).where(SignUp.activity_id == row.id, SignUp.status != "walk_in").order_by(SignUp.id)
            ).all(),
            opinions=joining.opinions(session, row),
            entry=entry,
            evidence=proofs.load(session, entry) if entry else None,
            began=row.starts_at <= moment,
            may_edit=activities.may_edit(access.me(), row),
            check_in=posters.check_in_address(access.agency(), row),
            announce=_announcement(row) if access.me().role in SENDERS and row.status == "open" else "",
            values=shown,
            errors=errors or {},
        )


def _announcement(row: Activity) -> str:
    """The page where an announcement of it is written, with the words to begin with."""
    page = access.agency().url(f"/activities/{row.id}")
    lines = (f"ขอเชิญร่วม “{row.title}”", activities.when(row), row.place, "ลงชื่อที่นี่ได้เลยค่ะ พิมพ์ กิจกรรม")
    link = page if page.startswith("https://") else ""
    return url_for("console.announcements.new", words="\n".join(line for line in lines if line), link=link)


@pages.get("/<int:activity_id>/qr.<any(png, svg):kind>")
@access.roles(*access.EVERYONE)
def picture(activity_id: int, kind: str) -> Response:
    """The code that hangs at the door."""
    with access.reading() as session:
        address = posters.check_in_address(access.agency(), _found(session, activity_id))
    return Response(qr.draw(address, kind, "H"), mimetype=MIME[kind])


@pages.get("/<int:activity_id>/poster.pdf")
@access.roles(*access.EVERYONE)
def poster(activity_id: int) -> Response:
    """The same on paper, on the sheet that the address asks for."""
    with access.reading() as session:
        row = _found(session, activity_id)
        return print_posters([posters.check_in(access.agency(), row)], f"check-in-{row.code}")


@pages.post("/<int:activity_id>/<any(publish, tell, cancel, report):verb>")
@access.roles(*KEEPERS)
def act(activity_id: int, verb: str) -> ResponseReturnValue:
    """One step of an activity's life."""
    moment = access.now()
    try:
        with access.writing() as session:
            row, me = _mine(session, activity_id), access.me(session)
            match verb:
                case "publish":
                    activities.publish(session, row, me, moment)
                    said = "เผยแพร่แล้ว ประชาชนลงชื่อได้ทาง LINE และเว็บ"
                case "tell":
                    said = f"แจ้งผู้ลงชื่อทาง LINE แล้ว {activities.tell_change(session, row, me, moment)} คน"
                case "cancel":
                    said = f"ยกเลิกแล้ว แจ้งผู้ลงชื่อทาง LINE {activities.cancel(session, row, me, typed('reason'))} คน"
                case _:
                    results.report(session, row, me, moment, **{name: typed(name) for name in RESULT})
                    said = "บันทึกผลแล้ว และลงทะเบียนกิจกรรมให้แล้ว แนบภาพได้ด้านล่าง"
    except ParticipationError as error:
        return _page(activity_id, {error.field: str(error)}), 422
    flash(said, "good")
    return redirect(url_for("console.participation.show", activity_id=activity_id))


@pages.post("/sign-ups/<int:sign_up_id>/<any(came, absent, leave):verb>")
@access.roles(*KEEPERS)
def person(sign_up_id: int, verb: str) -> ResponseReturnValue:
    """At the door: this person has come, has not; or rang up to step back."""
    moment = access.now()
    with access.writing() as session:
        row = access.found(session, select(SignUp).where(SignUp.id == sign_up_id))
        activity_id = _mine(session, row.activity_id).id
        if verb == "leave":
            joining.step_back(session, activity_id, row.id, access.actor(), moment)
        else:
            joining.mark(session, row, verb == "came", access.me(session), moment)
    return redirect(url_for("console.participation.show", activity_id=activity_id) + "#people")
