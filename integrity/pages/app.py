"""create_app(): the desk's own Flask application, for the composition to mount or `sujarit integrity` to run.

What is typed here must not come out anywhere else: uploads stay in memory, an error's message never reaches a log,
and nothing is kept by the browser. Pages for reporters set no cookie and load nothing but our own style sheet.
"""

from __future__ import annotations

import io
import logging
import resource
import secrets
import threading
from contextlib import suppress
from typing import IO, Any

from flask import Flask, Request, Response, abort, g, render_template, request, send_from_directory
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from integrity.config import Config
from integrity.database import Database
from integrity.gate import Busy, Door
from integrity.pages import followup, forms, officers, public, reporter
from integrity.pages.context import House
from thai.dates import format_date

LARGEST_BODY = 160 * 1024 * 1024  # five files of 30 MB and what is written
LARGEST_TEXT = 2 * 1024 * 1024
# Uploads are held in memory several times over: so many at once, as many more wait so many seconds, and the server's
# other threads stay with those who only write.
UPLOADS, UPLOAD_PATIENCE = 2, 30
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noarchive",
}
ERRORS = {
    400: ("อ่านข้อมูลที่ส่งมาไม่ได้ค่ะ", "กรุณาเปิดหน้าแรกแล้วลองใหม่อีกครั้งค่ะ"),
    403: ("เปิดหน้านี้ไม่ได้ค่ะ", "กรุณากลับไปหน้าแรกค่ะ"),
    404: ("ไม่พบหน้านี้ค่ะ", "กรุณาตรวจที่อยู่ที่พิมพ์ หรือเริ่มจากหน้าแรกค่ะ"),
    405: ("เปิดหน้านี้ตรง ๆ ไม่ได้ค่ะ", "กรุณาเริ่มจากหน้าแรก หรือพิมพ์รหัสติดตามใหม่ค่ะ"),
    413: (
        "ไฟล์รวมกันใหญ่เกินไปค่ะ",
        "ยังไม่ได้ส่งอะไรค่ะ แนบได้ไม่เกิน 5 ไฟล์ ไฟล์ละไม่เกิน 30 MB กรุณาย้อนกลับ ถ้าเบราว์เซอร์ถามให้ยืนยันส่งข้อมูลซ้ำ "
        "สิ่งที่พิมพ์ไว้จะกลับมา แล้วเลือกไฟล์ให้เล็กลง "
        "ไฟล์ที่เหลือส่งเพิ่มทีหลังได้ด้วยรหัสติดตามค่ะ",
    ),
    429: (
        "ตอนนี้มีผู้ส่งไฟล์พร้อมกันมากค่ะ",
        "ยังไม่ได้ส่งอะไรค่ะ กรุณาย้อนกลับ ถ้าเบราว์เซอร์ถามให้ยืนยันส่งข้อมูลซ้ำ สิ่งที่พิมพ์ไว้จะกลับมา แล้วส่งเรื่องก่อนโดยไม่แนบไฟล์ "
        "ส่งไฟล์ทีหลังได้ด้วยรหัสติดตามค่ะ",
    ),
    503: ("ตอนนี้มีผู้ใช้พร้อมกันมากค่ะ", "ระบบยังทำงานอยู่ กรุณารอสักครู่แล้วลองอีกครั้งค่ะ ข้อความที่พิมพ์ไว้ยังอยู่ในหน้านี้"),
    500: ("ขออภัยค่ะ ระบบทำงานผิดพลาด", "กรุณารอสักครู่แล้วลองอีกครั้งค่ะ ถ้าพิมพ์อะไรไว้ ข้อความยังอยู่ในหน้านี้"),
}
_log = logging.getLogger("integrity")


class MemoryRequest(Request):
    """A request whose uploads stay in memory: Werkzeug's own way puts larger ones on disk in clear."""

    max_content_length = LARGEST_BODY
    max_form_memory_size = LARGEST_TEXT

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()


class QuietFlask(Flask):
    """An application whose log says that something went wrong and of what class, never with which words."""

    request_class = MemoryRequest

    def log_exception(self, exc_info: Any) -> None:
        """The class's name and an incident id, which the error page shows too."""
        g.incident = secrets.token_hex(4)
        _log.error("incident %s %s", g.incident, exc_info[0].__name__)


def create_app(config: Config, database: Database) -> Flask:
    """The desk's pages, all below `/<code>/integrity/`; `database` is the desk's own. From now on a crash of this
    process writes no core file: what was being typed would be in it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    app = QuietFlask("integrity.pages", static_folder=None)
    # An exception that went up to the server would be printed there with its message.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.extensions["integrity"] = House(config, database, Door(config.cookie_key))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.add_template_filter(lambda day: format_date(day, "long"), "day")
    app.add_template_filter(public.phone, "phone")
    app.add_template_global(forms.new_token, "form_token")
    app.context_processor(lambda: {"code": _code(), "out_of_line": _out_of_line(config)})
    app.register_blueprint(public.pages)
    app.register_blueprint(reporter.pages)
    app.register_blueprint(followup.pages)
    officers.register(app)
    app.add_url_rule("/<code>/integrity/static/<path:name>", "static", _static)
    app.register_error_handler(HTTPException, _error_page)
    app.register_error_handler(Busy, lambda _: _error_page(ServiceUnavailable()))
    uploads = _Uploads()
    app.before_request(uploads.wait)
    app.teardown_request(uploads.leave)
    app.after_request(_harden)
    return app


class _Uploads:
    """Bounds what uploads take of the machine; what is only written always passes."""

    def __init__(self) -> None:
        self._here = threading.BoundedSemaphore(2 * UPLOADS)
        self._places = threading.BoundedSemaphore(UPLOADS)

    def wait(self) -> None:
        """Take a place until the request is over. Aborts with 429."""
        length = request.content_length
        if request.method != "POST" or (length is not None and length <= LARGEST_TEXT):
            return
        if not self._here.acquire(blocking=False):
            abort(429)
        g.taken = [self._here]
        if not self._places.acquire(timeout=UPLOAD_PATIENCE):
            abort(429)
        g.taken.append(self._places)

    def leave(self, _: BaseException | None) -> None:
        """Give everything back."""
        for taken in g.pop("taken", ()):
            taken.release()


def _static(code: str, name: str) -> Response:
    """Our style sheets; the same for every agency."""
    del code
    return send_from_directory("../static", name)


def _harden(response: Response) -> Response:
    """Nothing from elsewhere, nothing kept, nothing passed on."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    if g.get("works"):
        response.headers["Content-Security-Policy"] += "; script-src 'self'"
    return response


def _error_page(error: HTTPException) -> tuple[str, int]:
    """What happened, in Thai, with everything that was typed, ready to be sent again."""
    status = error.code or 500
    title, text = ERRORS.get(status, ERRORS[500] if status >= 500 else ERRORS[400])
    if status >= 500 and request.method == "POST" and request.blueprint in ("reporter", "followup"):
        with suppress(HTTPException):  # the body may be what is wrong
            return forms.again(title, text), status
    return render_template("integrity/error.html", title=title, text=text), status


def _out_of_line(config: Config) -> str:
    """In the browser inside LINE: where to go with the phone's own; not while something typed would be lost by it."""
    if request.method != "GET" or "Line/" not in request.user_agent.string:
        return ""
    return config.public_url + request.path


def _code() -> str:
    """The agency's code as the address has it, known or not."""
    return request.path.split("/")[1] or "-"
