"""My account: my password, my LINE account, my other log-ins."""

from __future__ import annotations

import base64
import io
from urllib.parse import quote

import qrcode
import qrcode.image.svg
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from handlers.people import operations as people
from web.console import access
from web.security import limiter

pages = Blueprint("account", __name__, url_prefix="/account")


@pages.get("/")
@access.roles(*access.EVERYONE)
def index() -> str:
    return render_template("console/account/index.html")


@pages.get("/password")
@access.roles(*access.EVERYONE)
@access.without_new_password
def password() -> str:
    return render_template("console/account/password.html", errors={})


@pages.post("/password")
@limiter.limit(
    "10 per 15 minutes", key_func=lambda: access.actor(), deduct_when=lambda answer: answer.status_code == 400
)
@access.roles(*access.EVERYONE)
@access.without_new_password
def change_password() -> ResponseReturnValue:
    new = request.form.get("password", "")
    try:
        if new != request.form.get("again", ""):
            raise people.PeopleError("again", "รหัสผ่านใหม่ทั้งสองช่องไม่ตรงกัน")
        with access.writing() as session:
            staff = access.me(session)
            people.change_password(session, staff, request.form.get("old", ""), new)
    except people.PeopleError as error:
        return render_template("console/account/password.html", errors={error.field: str(error)}), 400
    access.sign_in(access.agency(), staff)
    flash("เปลี่ยนรหัสผ่านแล้ว การเข้าระบบที่เครื่องอื่นสิ้นสุดลง", "good")
    return redirect(url_for("console.account.index"))


@pages.post("/link")
@access.roles(*access.EVERYONE)
def link() -> str:
    """A fresh code, shown once: only its hash is kept."""
    with access.writing() as session:
        code = people.new_link_code(session, access.me(session), access.now())
    return render_template("console/account/link.html", **link_help(code))


@pages.post("/unlink")
@access.roles(*access.EVERYONE)
def unlink() -> ResponseReturnValue:
    with access.writing() as session:
        people.unlink(session, access.me(session), access.actor())
    flash("ยกเลิกการเชื่อมบัญชี LINE แล้ว", "good")
    return redirect(url_for("console.account.index"))


@pages.post("/end-sessions")
@access.roles(*access.EVERYONE)
def end_sessions() -> ResponseReturnValue:
    with access.writing() as session:
        staff = access.me(session)
        people.end_sessions(session, staff, access.actor())
    access.sign_in(access.agency(), staff)
    flash("ออกจากระบบที่เครื่องอื่นทั้งหมดแล้ว", "good")
    return redirect(url_for("console.account.index"))


def link_help(code: str) -> dict[str, str]:
    """What to show with a link code: the words to send, and a QR code that types them (none without a LINE ID)."""
    words = f"เชื่อมต่อ {code}"
    line_id = access.agency().fields.get("line_id", "")
    address = f"https://line.me/R/oaMessage/{quote(line_id)}/?{quote(words)}" if line_id else ""
    return {"code": code, "words": words, "address": address, "qr": _qr(address) if address else ""}


def _qr(text: str) -> str:
    """A QR code as a data: address of an SVG picture."""
    picture = io.BytesIO()
    qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage, box_size=12, border=3).save(picture)
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.getvalue()).decode()}"
