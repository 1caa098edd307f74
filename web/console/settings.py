"""The agency itself: name and hours, phones and names that answers use, the privacy notice, texts to reuse."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.complaints.labels import STATUS_LABEL
from handlers.people import organisation
from handlers.people.operations import PeopleError
from models.agency import Agency, PrivacyNotice
from models.case import CannedReply, Category
from web.console import access
from web.console.inputs import clock, number

pages = Blueprint("settings", __name__, url_prefix="/settings")


def _row(session: Session) -> Agency:
    return session.get_one(Agency, access.agency().id)


def _page(error: PeopleError | None = None) -> str:
    with access.reading() as session:
        row = _row(session)
        own = {name: name for name in row.fields if name not in organisation.FIELD_LABELS}
        return render_template(
            "console/settings/index.html",
            row=row,
            typed=request.form if error else None,
            labels={**organisation.FIELD_LABELS, **own},
            errors={error.field: str(error)} if error else {},
        )


@pages.get("/")
@access.roles("admin")
def index() -> str:
    return _page()


@pages.post("/identity")
@access.roles("admin")
def identity() -> ResponseReturnValue:
    form = request.form
    try:
        with access.writing() as session:
            organisation.save_identity(
                session,
                name=form.get("name", ""),
                short_name=form.get("short_name", ""),
                kind=form.get("kind", ""),
                opens=clock("opens"),
                closes=clock("closes"),
                actor=access.actor(),
            )
    except PeopleError as error:
        return _page(error), 400
    flash("บันทึกชื่อและเวลาทำการแล้ว", "good")
    return redirect(url_for("console.settings.index"))


@pages.post("/fields")
@access.roles("admin")
def fields() -> ResponseReturnValue:
    try:
        with access.writing() as session:
            names = {*organisation.FIELD_LABELS, *_row(session).fields}
            typed = {name: request.form[f"field.{name}"] for name in names if f"field.{name}" in request.form}
            organisation.save_fields(session, typed, access.actor())
    except PeopleError as error:
        return _page(error), 400
    flash("บันทึกแล้ว แชตบอตใช้ข้อมูลใหม่ทันที", "good")
    return redirect(url_for("console.settings.index"))


# -- the privacy notice ----------------------------------------------------------------------------------


def _notice_page(error: PeopleError | None = None) -> str:
    with access.reading() as session:
        versions = session.scalars(select(PrivacyNotice).order_by(PrivacyNotice.version.desc())).all()
        return render_template(
            "console/settings/notice.html",
            versions=versions,
            values=request.form if error or not versions else versions[0],
            errors={error.field: str(error)} if error else {},
        )


@pages.get("/notice")
@access.roles("admin")
def notice() -> str:
    return _notice_page()


@pages.post("/notice")
@access.roles("admin")
def publish_notice() -> ResponseReturnValue:
    short, full = request.form.get("short_text", ""), request.form.get("full_text", "")
    try:
        with access.writing() as session:
            published = organisation.publish_notice(session, short, full, access.actor(), access.now())
    except PeopleError as error:
        return _notice_page(error), 400
    flash(f"เผยแพร่ประกาศฉบับที่ {published.version} แล้ว", "good")
    return redirect(url_for("console.settings.notice"))


# -- texts to reuse --------------------------------------------------------------------------------------


def _reply(session: Session, reply_id: int) -> CannedReply:
    return access.found(session, select(CannedReply).where(CannedReply.id == reply_id))


def _reply_form(session: Session, reply: CannedReply | None, error: PeopleError | None = None) -> str:
    return render_template(
        "console/settings/reply.html",
        reply=reply,
        values=request.form if error else reply,
        errors={error.field: str(error)} if error else {},
        categories=session.execute(select(Category.id, Category.label).order_by(Category.position)).all(),
        statuses=STATUS_LABEL.items(),
    )


def _save_reply(session: Session, reply: CannedReply | None) -> None:
    category = number("category_id")
    if category is not None:
        access.found(session, select(Category).where(Category.id == category))
    status = request.form.get("status", "")
    organisation.save_canned_reply(
        session,
        reply,
        title=request.form.get("title", ""),
        text=request.form.get("text", ""),
        category_id=category,
        status=status if status in STATUS_LABEL else "",
        actor=access.actor(),
    )


@pages.get("/replies")
@access.roles("admin", "clerk", "head")
def replies() -> str:
    with access.reading() as session:
        rows = session.scalars(select(CannedReply).order_by(CannedReply.title)).all()
        labels = {row.id: row.label for row in session.execute(select(Category.id, Category.label))}
        return render_template("console/settings/replies.html", rows=rows, labels=labels, statuses=STATUS_LABEL)


@pages.get("/replies/new")
@access.roles("admin", "clerk", "head")
def new_reply() -> str:
    with access.reading() as session:
        return _reply_form(session, None)


@pages.post("/replies/new")
@access.roles("admin", "clerk", "head")
def add_reply() -> ResponseReturnValue:
    try:
        with access.writing() as session:
            _save_reply(session, None)
    except PeopleError as error:
        with access.reading() as session:
            return _reply_form(session, None, error), 400
    flash("บันทึกข้อความแล้ว", "good")
    return redirect(url_for("console.settings.replies"))


@pages.get("/replies/<int:reply_id>")
@access.roles("admin", "clerk", "head")
def edit_reply(reply_id: int) -> str:
    with access.reading() as session:
        return _reply_form(session, _reply(session, reply_id))


@pages.post("/replies/<int:reply_id>")
@access.roles("admin", "clerk", "head")
def save_reply(reply_id: int) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            _save_reply(session, _reply(session, reply_id))
    except PeopleError as error:
        with access.reading() as session:
            return _reply_form(session, _reply(session, reply_id), error), 400
    flash("บันทึกข้อความแล้ว", "good")
    return redirect(url_for("console.settings.replies"))


@pages.post("/replies/<int:reply_id>/remove")
@access.roles("admin", "clerk", "head")
def remove_reply(reply_id: int) -> ResponseReturnValue:
    with access.writing() as session:
        organisation.remove_canned_reply(session, _reply(session, reply_id), access.actor())
    flash("ลบข้อความแล้ว", "good")
    return redirect(url_for("console.settings.replies"))
