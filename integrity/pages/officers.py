"""The officers' side of the desk: its blueprint, log-in, and what an officer does before a log-in is possible."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, g, make_response, redirect, render_template, request
from flask import url_for as address_of
from werkzeug.exceptions import HTTPException, NotFound, ServiceUnavailable

from integrity import credentials, invitations, officers, sessions
from integrity.casework import STATUS_NAMES, NotThere
from integrity.gate import Busy, Challenge
from integrity.pages import access, context, forms
from integrity.pages.context import house, now, this_desk
from integrity.pages.public import qr_image
from integrity.vault.officer import WeakPassphrase, WrongPassphrase, fingerprint

pages = Blueprint(access.BLUEPRINT, __name__, url_prefix="/<code>/integrity/desk")
pages.before_request(access.guard)

ROLES = {"officer": "เจ้าหน้าที่ผู้รับเรื่อง", "custodian": "ผู้รักษาข้อมูลตัวตนผู้แจ้ง", "outside": "ผู้รับเรื่องจากนอกหน่วยงาน"}
OFFICER_STATUS = {"pending": "รอการรับรองกุญแจ", "active": "ปฏิบัติหน้าที่", "left": "พ้นหน้าที่"}
# What a page says after something was done; addresses carry the key, never content.
DONE = {
    "passphrase": "เปลี่ยนวลีรหัสผ่านแล้ว โปรดเข้าสู่ระบบด้วยวลีรหัสผ่านใหม่",
    "out": "ออกจากระบบแล้ว",
    "replied": "ส่งข้อความถึงผู้แจ้งแล้ว",
    "noted": "บันทึกแล้ว",
    "status": "เปลี่ยนสถานะแล้ว",
    "due": "เปลี่ยนวันครบกำหนดแล้ว",
    "reopened": "เปิดเรื่องขึ้นใหม่แล้ว",
    "asked": "บันทึกคำขอแล้ว รอการอนุมัติจากเจ้าหน้าที่อีกคนหนึ่ง",
    "approved": "อนุมัติแล้ว",
    "refused": "ยกเลิกคำขอแล้ว",
    "escrow": "ฝากส่วนกุญแจแล้ว การฝากครั้งก่อน (ถ้ามี) ใช้ไม่ได้แล้ว",
    "key": "รับรองกุญแจแล้ว",
    "left": "บันทึกการพ้นหน้าที่แล้ว โปรดให้เจ้าหน้าที่ทุกคนที่เหลือเข้ารหัสเรื่องใหม่ ที่ท้ายหน้านี้",
    "readmitted": "บันทึกการกลับเข้าหน้าที่แล้ว รอการรับรองกุญแจจากเจ้าหน้าที่อีกคนหนึ่ง",
    "email": "บันทึกอีเมลแล้ว",
    "settings": "บันทึกแล้ว หน้าสาธารณะใช้ข้อความใหม่ทันที",
    "rekeyed": "เข้ารหัสเรื่องที่ท่านอ่านได้ใหม่ทั้งหมดแล้ว",
}
ERRORS = {
    400: ("แบบฟอร์มนี้หมดอายุหรือไม่ครบถ้วน", "ยังไม่มีการเปลี่ยนแปลงใด โปรดย้อนกลับ โหลดหน้าใหม่ แล้วทำรายการอีกครั้ง"),
    401: ("ต้องเข้าสู่ระบบก่อน", "โปรดเข้าสู่ระบบแล้วทำรายการอีกครั้ง"),
    403: ("ไม่มีสิทธิ์เปิดหน้านี้", "หน้านี้สำหรับเจ้าหน้าที่ที่มีหน้าที่อื่น"),
    404: ("ไม่พบหน้าหรือเรื่องนี้", "ไม่มีเรื่องนี้ หรือไม่ใช่เรื่องที่ท่านอ่านได้"),
    405: ("เปิดหน้านี้โดยตรงไม่ได้", "โปรดเริ่มจากรายการเรื่อง"),
    503: ("ขณะนี้มีการเข้าสู่ระบบพร้อมกันมาก", "ระบบยังทำงานอยู่ โปรดรอสักครู่แล้วลองอีกครั้ง"),
    500: ("ระบบทำงานผิดพลาด", "ยังไม่มีการเปลี่ยนแปลงใด โปรดลองอีกครั้ง หากผิดพลาดซ้ำโปรดแจ้งผู้ดูแลระบบพร้อมรหัสด้านล่าง"),
}
WRONG = (
    "เข้าสู่ระบบไม่ได้ โปรดตรวจชื่อผู้ใช้ วลีรหัสผ่าน และรหัส 6 หลักให้ถูกต้อง "
    "รหัส 6 หลักใช้ได้ครั้งเดียว โปรดรอรหัสถัดไป หากผิดหลายครั้งติดกันระบบให้รอไม่เกิน 30 วินาที"
)
WRONG_PAPER = "ข้อมูลไม่ถูกต้อง โปรดตรวจทุกช่องอีกครั้ง"


def register(app: Flask) -> None:
    """Put the officers' pages into the application. Raises LookupError for a route whose policy is not declared."""
    from integrity.pages import desk_account, desk_escrow, desk_people, desk_reports, desk_settings

    for module in (desk_account, desk_escrow, desk_people, desk_reports, desk_settings):
        assert module.pages is pages  # their views belong to this blueprint; importing them was what counts
    app.register_blueprint(pages)
    access.check(app)


@pages.url_value_preprocessor
def _enter(endpoint: str | None, values: dict[str, Any] | None) -> None:
    context.enter(endpoint, values)
    (values or {}).pop("code", None)


@pages.url_defaults
def _with_code(_: str, values: dict[str, Any]) -> None:
    values.setdefault("code", g.code)


@pages.context_processor
def _words() -> dict[str, Any]:
    return {
        "token": access.token,
        "me": g.get("officer"),
        "statuses": STATUS_NAMES,
        "roles": ROLES,
        "officer_statuses": OFFICER_STATUS,
        "fingerprint": fingerprint,
        "done": DONE.get(request.args.get("done", "")),
    }


@pages.errorhandler(HTTPException)
def _error(error: HTTPException) -> tuple[str, int]:
    status = error.code or 500
    title, text = ERRORS.get(status, ERRORS[500] if status >= 500 else ERRORS[400])
    page = render_template(
        "integrity/desk/error.html", title=title, text=text, incident=g.get("incident"), written=access.written()
    )
    return page, status


@pages.errorhandler(NotThere)
def _not_there(_: NotThere) -> tuple[str, int]:
    return _error(NotFound())


@pages.errorhandler(Busy)
def _busy(_: Busy) -> tuple[str, int]:
    return _error(ServiceUnavailable())


def to(endpoint: str, **values: Any) -> Response:
    """See other: after something was done, so that reloading the page does not do it again."""
    return make_response(redirect(address_of(f"{access.BLUEPRINT}.{endpoint}", **values), 303))


# -- log-in -------------------------------------------------------------------------------------------------


@pages.get("/log-in")
@access.stranger
def log_in() -> str:
    """Ask for name, passphrase and the telephone's code."""
    return _ask_log_in()


@pages.post("/log-in")
@access.stranger
def enter() -> Response | str | tuple[str, int]:
    """The same answer whatever was wrong; in a flood a sum is asked for before the slow derivation."""
    typed = request.form
    challenge = house().door.ask(typed.get(forms.CHALLENGE, ""), typed.get(forms.ANSWER, ""), now())
    if challenge is not None:
        return _ask_log_in(challenge=challenge)
    at, desk = house(), this_desk()
    with at.database.reading() as session:
        attempt = sessions.try_passphrase(
            session, at.config, desk, typed.get("username", ""), typed.get("passphrase", ""), now(),
            request.cookies.get(access.BROWSER_COOKIE, ""),
        )  # fmt: skip
    with at.database.writing() as session:
        value = sessions.enter(session, desk, attempt, typed.get("code", ""), now())
        unlocked = sessions.session_of(session, value, now()) if value else None
        if value is None or unlocked is None:
            return _ask_log_in(WRONG), 403
        mark = sessions.browser_mark(at.config, unlocked.officer)
    return access.let_in(to("reports"), value, mark)


@pages.post("/log-out")
@access.policy(*access.EVERYONE)
def log_out() -> Response:
    with house().database.writing() as session:
        sessions.log_out(session, request.cookies.get(access.COOKIE, ""))
    return access.let_out(to("log_in", done="out"))


def _ask_log_in(problem: str = "", challenge: Challenge | None = None) -> str:
    return render_template(
        "integrity/desk/log_in.html",
        problem=problem,
        challenge=challenge,
        username=request.form.get("username", ""),
    )


# -- first set-up -------------------------------------------------------------------------------------------


@pages.get("/join/<invitation>")
@access.stranger
def join(invitation: str) -> str | tuple[str, int]:
    """The appointed officer, on a device of their own, chooses a passphrase."""
    return _ask_join(invitation)


@pages.post("/join/<invitation>")
@access.stranger
def joined(invitation: str) -> str | tuple[str, int]:
    """Telephone, paper and fingerprint, shown once; again with the same passphrase until the key is approved."""
    passphrase, desk = request.form.get("passphrase", ""), this_desk()
    if passphrase != request.form.get("again", ""):
        return _ask_join(invitation, "วลีรหัสผ่านสองช่องไม่ตรงกัน")
    try:
        with house().database.writing() as session:
            asked = invitations.read(session, house().config, desk, invitation)
            if asked is None:
                return _void_invitation()
            officer = invitations.guest(session, desk, asked)
            if officer is not None:
                code, uri = credentials.show_again(session, desk, officer, passphrase, now())
            else:
                officer, code, uri = officers.appoint(
                    session, desk, asked.username, asked.name, asked.role, passphrase,
                    invitations.sender(session, desk, asked), now(), position=asked.position,
                )  # fmt: skip
    except WrongPassphrase:
        return _ask_join(invitation, "วลีรหัสผ่านไม่ตรงกับที่ตั้งไว้ หากท่านไม่ได้เป็นผู้ตั้ง โปรดแจ้งผู้แต่งตั้งทันที")
    except (WeakPassphrase, officers.NotAllowed) as wrong:
        return _ask_join(invitation, str(wrong))
    return paper_page(code, uri, officer.username, officer.public_key)


def _ask_join(invitation: str, problem: str = "") -> str | tuple[str, int]:
    with house().database.reading() as session:
        asked = invitations.read(session, house().config, this_desk(), invitation)
        if asked is None:
            return _void_invitation()
        used = invitations.guest(session, this_desk(), asked) is not None
    return render_template("integrity/desk/join.html", asked=asked, used=used, problem=problem)


def _void_invitation() -> tuple[str, int]:
    text = "ที่อยู่นี้พิมพ์ไม่ครบ เกิน 7 วัน หรือกุญแจได้รับการรับรองแล้ว หากรับรองแล้วเข้าสู่ระบบได้เลย หากยังไม่ได้ตั้งค่าโปรดขอที่อยู่ใหม่จากผู้แต่งตั้ง"
    return render_template("integrity/desk/error.html", title="ที่อยู่เชิญนี้ใช้ไม่ได้แล้ว", text=text), NotFound.code


def paper_page(recovery_code: str, totp_uri: str, username: str, public_key: bytes | None = None) -> str:
    """What is shown once: any of a QR code for the telephone, the recovery code to print, the key's fingerprint."""
    secret = totp_uri.partition("secret=")[2].partition("&")[0]
    return render_template(
        "integrity/desk/paper.html",
        username=username,
        recovery_code=recovery_code,
        qr=qr_image(totp_uri) if totp_uri else "",
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        public_key=public_key,
    )


# -- something was lost -------------------------------------------------------------------------------------


@pages.get("/recover")
@access.stranger
def recover() -> str:
    """Passphrase forgotten: paper and telephone make a new one."""
    return render_template("integrity/desk/recover.html")


@pages.post("/recover")
@access.stranger
def recovered() -> str | tuple[str, int]:
    typed = request.form
    username, new = typed.get("username", ""), typed.get("passphrase", "")
    if new != typed.get("again", ""):
        return render_template("integrity/desk/recover.html", problem="วลีรหัสผ่านสองช่องไม่ตรงกัน")
    try:
        with house().database.writing() as session:
            fresh = credentials.recover(
                session, this_desk(), username, typed.get("recovery_code", ""), typed.get("code", ""), new, now()
            )
    except WeakPassphrase as weak:
        return render_template("integrity/desk/recover.html", problem=str(weak))
    if fresh is None:
        return render_template("integrity/desk/recover.html", problem=WRONG_PAPER), 403
    return paper_page(fresh, "", username)


@pages.get("/telephone")
@access.stranger
def telephone() -> str:
    """Telephone lost: passphrase and paper take a new one."""
    return render_template("integrity/desk/telephone.html")


@pages.post("/telephone")
@access.stranger
def telephone_replaced() -> str | tuple[str, int]:
    typed = request.form
    username = typed.get("username", "")
    with house().database.writing() as session:
        uri = credentials.new_phone(
            session, this_desk(), username, typed.get("passphrase", ""), typed.get("recovery_code", ""), now()
        )
    if uri is None:
        return render_template("integrity/desk/telephone.html", problem=WRONG_PAPER), 403
    return paper_page("", uri, username)
