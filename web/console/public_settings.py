"""The agency's public face: which websites may show its home page in a frame, and Open311 for other programs."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from handlers.people import organisation, public_face
from handlers.people.operations import PeopleError
from models.agency import Agency
from web.console import access
from web.console.inputs import lines, ticked
from web.console.settings import pages


def _page(error: PeopleError | None = None, fresh_key: str = "") -> str:
    with access.reading() as session:
        settings = session.get_one(Agency, access.agency().id).settings
        keys = [
            {**key, "issued_on": date.fromisoformat(key["issued_on"])} for key in public_face.open311_keys(settings)
        ]
        return render_template(
            "console/settings/public.html",
            hosts="\n".join(public_face.embed_hosts(settings)),
            on=public_face.open311_on(settings),
            map_on=bool(settings.get("public_map")),
            photos_on=bool(settings.get("public_photos")),
            keys=keys,
            fresh_key=fresh_key,
            name=access.agency().name,
            home=access.agency().url("/"),
            here=f"/{access.agency().code}/",
            open311=access.agency().url("/open311/v2/"),
            typed=request.form if error else {},
            errors={error.field: str(error)} if error else {},
        )


@pages.get("/public")
@access.roles("admin")
def public() -> str:
    return _page()


@pages.post("/public/embed")
@access.roles("admin")
def save_embed() -> ResponseReturnValue:
    try:
        with access.writing() as session:
            public_face.save_embed_hosts(session, lines("embed_hosts"), access.actor())
    except PeopleError as error:
        return _page(error), 400
    flash("บันทึกเว็บไซต์ที่ฝังหน้าแรกได้แล้ว", "good")
    return redirect(url_for("console.settings.public"))


@pages.post("/public/switches")
@access.roles("admin")
def save_switches() -> ResponseReturnValue:
    with access.writing() as session:
        shown = {name: ticked(name) for name in ("public_map", "public_photos")}
        organisation.save_settings(session, shown, access.actor())
        public_face.switch_open311(session, ticked("open311"), access.actor())
    flash("บันทึกแล้ว", "good")
    return redirect(url_for("console.settings.public"))


@pages.post("/public/keys")
@access.roles("admin")
def issue_key() -> ResponseReturnValue:
    try:
        with access.writing() as session:
            key = public_face.issue_open311_key(session, request.form.get("holder", ""), access.actor(), access.now())
    except PeopleError as error:
        return _page(error), 400
    return _page(fresh_key=key)


@pages.post("/public/keys/withdraw")
@access.roles("admin")
def withdraw_key() -> ResponseReturnValue:
    with access.writing() as session:
        public_face.withdraw_open311_key(session, request.form.get("key", ""), access.actor())
    flash("ยกเลิกคีย์แล้ว ใช้ไม่ได้ตั้งแต่ตอนนี้", "good")
    return redirect(url_for("console.settings.public"))
