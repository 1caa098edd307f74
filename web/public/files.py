"""Files behind signed links that end: photos for LINE, for the reporter's page and for staff."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from handlers.files import LinkRefused, check_link, locate, sign_link, thumbnail
from models.thread import Attachment
from web.public.site import now, site
from web.services import services

LINK_LIFE = timedelta(hours=1)
SHOWN_IN_PAGE = ("image/", "video/", "audio/")  # anything else is offered for saving


@site.get("/files/<token>")
def file(token: str) -> ResponseReturnValue:
    """The file that the token names; `?small=1` asks for a photo's thumbnail."""
    known = services()
    try:
        attachment_id = check_link(known.secret_key, token, now())
    except LinkRefused as error:
        return _no_file(403, str(error))
    with known.database.read() as session:  # the link itself is the permission, whichever agency it is
        attachment = session.get(Attachment, attachment_id)
    if attachment is None or attachment.status in ("gone", "refused", "failed"):
        return _no_file(410, "ไฟล์นี้ไม่มีแล้วค่ะ ผู้ส่งอาจยกเลิกไปแล้ว")
    if attachment.status != "stored":
        return _no_file(404, "ไฟล์นี้กำลังมาค่ะ อีกสักครู่ลองเปิดใหม่นะคะ")
    path = locate(known.data, attachment.path)
    if request.args.get("small") and attachment.kind == "image":
        small = locate(known.data, thumbnail(attachment.path))
        path = small if small.exists() else path
    if not path.exists():
        return _no_file(410, "ไฟล์นี้ไม่มีแล้วค่ะ")
    response: Response = send_file(
        path,
        mimetype=attachment.content_type,
        as_attachment=not attachment.content_type.startswith(SHOWN_IN_PAGE),
        download_name=attachment.file_name or path.name,
        conditional=True,
        max_age=int(LINK_LIFE.total_seconds()),
    )
    response.cache_control.public = False
    response.cache_control.private = True
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@site.app_template_filter()
def file_address(attachment_id: int) -> str:
    """A link to show a file within one of our own pages; it ends after LINK_LIFE."""
    return url_for("site.file", token=sign_link(services().secret_key, attachment_id, now() + LINK_LIFE))


def _no_file(status: int, words: str) -> ResponseReturnValue:
    page = render_template(
        "public/error.html", title="เปิดไฟล์ไม่ได้", words=[words, "ถ้ายังต้องใช้ไฟล์ เปิดจากหน้าเรื่องของคุณอีกครั้งได้ค่ะ"]
    )
    return page, status, {"X-Robots-Tag": "noindex", "Cache-Control": "no-store"}
