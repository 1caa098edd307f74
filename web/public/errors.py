"""Error pages of the whole program, in words a person can use. No page says only that something is broken."""

from __future__ import annotations

import logging
import traceback

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from web.public.site import default_agency

log = logging.getLogger("sujarit.web")

PAGES: dict[int, tuple[str, list[str]]] = {
    400: ("ข้อมูลที่ส่งมาไม่ครบ", ["กดย้อนกลับ แล้วลองส่งอีกครั้งนะคะ", "สิ่งที่พิมพ์ไว้มักยังอยู่ในหน้าเดิมค่ะ"]),
    403: ("หน้านี้ไม่ได้เปิดให้ดู", ["ถ้าคุณควรได้ดู ติดต่อเจ้าหน้าที่ได้เลยค่ะ"]),
    404: ("ไม่พบหน้านี้", ["ลิงก์อาจพิมพ์ไม่ครบ หรือหน้านี้ย้ายไปแล้วค่ะ", "เริ่มจากหน้าแรกได้เลยนะคะ"]),
    405: ("เปิดหน้านี้แบบนี้ไม่ได้", ["เริ่มจากหน้าแรกได้เลยนะคะ"]),
    410: ("ไม่มีแล้ว", ["สิ่งที่คุณหาถูกนำออกไปแล้วค่ะ"]),
    413: (
        "ไฟล์ที่แนบใหญ่เกินไป",
        ["เรื่องนี้ยังไม่ได้ส่งค่ะ", "กดย้อนกลับ ข้อความที่พิมพ์ไว้ยังอยู่ แล้วเลือกรูปให้น้อยลงหรือเล็กลงนะคะ"],
    ),
    429: ("ส่งถี่เกินไป", ["พักสักครู่ แล้วลองใหม่นะคะ", "ถ้าเร่งด่วน โทรหาเราได้เลยค่ะ"]),
    500: (
        "ขออภัยค่ะ หน้านี้ทำงานไม่สำเร็จ",
        [
            "ถ้าคุณเห็นเลขที่เรื่องแล้ว เรื่องของคุณอยู่กับเราเรียบร้อยค่ะ",
            "ถ้ายังไม่เห็นเลขที่เรื่อง ยังไม่ได้ส่ง กดย้อนกลับแล้วส่งใหม่ได้เลย ไม่ซ้ำแน่นอนค่ะ",
            "ถ้ายังไม่สำเร็จ โทรแจ้งเราได้เลยค่ะ",
        ],
    ),
}
STALE = (
    "หน้านี้เปิดค้างไว้นาน",
    ["ยังไม่ได้ส่งค่ะ กดย้อนกลับ โหลดหน้าใหม่ แล้วส่งอีกครั้งนะคะ", "เบราว์เซอร์ต้องเปิดคุกกี้ไว้ จึงจะส่งได้ค่ะ"],
)


def register(app: Flask) -> None:
    """Show these pages for every error that people may meet in `app`."""
    app.register_error_handler(HTTPException, _page)
    app.register_error_handler(Exception, _broken)


def _page(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400 or _for_machines():
        return error.get_response()
    title, words = STALE if isinstance(error, CSRFError) else PAGES.get(error.code, PAGES[400])
    headers = {"Retry-After": "60"} if error.code == 429 else {}
    return _render(title, words), error.code, headers


def _broken(error: Exception) -> ResponseReturnValue:
    # Class and places only: an error's own words may quote what a person wrote.
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error("page_failed endpoint=%s error=%s\n%s", request.endpoint, type(error).__name__, places)
    if _for_machines():
        return "", 500
    return _render(*PAGES[500]), 500


def _for_machines() -> bool:
    return request.path.startswith(("/line/", "/healthz", "/assets/"))


def _render(title: str, words: list[str]) -> str:
    try:
        fallback = default_agency()
    except Exception:  # the page must come even when the database does not answer
        fallback = None
    return render_template("public/error.html", title=title, words=words, fallback=fallback)
