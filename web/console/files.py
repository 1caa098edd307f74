"""Attachments, shown to whoever may see what they belong to; and photos that come with the console's forms."""

from __future__ import annotations

from flask import Blueprint, abort, request, send_file
from sqlalchemy import exists, or_, select
from werkzeug.wrappers import Response

from handlers import files
from handlers.complaints import operations as complaints
from handlers.duties import operations as duties
from handlers.questions import operations as questions
from models.case import Case
from models.duty import Duty
from models.measure import Evidence
from models.question import Question
from models.thread import Attachment, ThreadMessage
from web.console import access
from web.public import photos
from web.services import services

pages = Blueprint("files", __name__, url_prefix="/files")

SHOWN_INLINE = ("image/", "video/", "audio/")  # a sandboxed PDF is not drawn: it is saved instead


@pages.get("/<int:attachment_id>")
@access.roles(*access.EVERYONE)
def show(attachment_id: int) -> Response:
    return _send(attachment_id, small=False)


@pages.get("/<int:attachment_id>/small")
@access.roles(*access.EVERYONE)
def thumbnail(attachment_id: int) -> Response:
    return _send(attachment_id, small=True)


def _send(attachment_id: int, small: bool) -> Response:
    me = access.me()
    case = exists().where(Case.id == Attachment.case_id, complaints.visible_to(me))
    in_case = exists().where(
        ThreadMessage.attachment_id == Attachment.id, ThreadMessage.case_id == Case.id, complaints.visible_to(me)
    )
    in_question = exists().where(
        ThreadMessage.attachment_id == Attachment.id,
        ThreadMessage.question_id == Question.id,
        questions.visible_to(me),
    )
    of_duty = exists().where(
        Evidence.attachment_id == Attachment.id, Evidence.duty_id == Duty.id, duties.visible_to(me)
    )
    # Measures, elements and registers are open to all who work here.
    of_others = exists().where(Evidence.attachment_id == Attachment.id, Evidence.duty_id.is_(None))
    with access.reading() as session:
        attachment = access.found(
            session,
            select(Attachment).where(
                Attachment.id == attachment_id,
                Attachment.status == "stored",
                or_(case, in_case, in_question, of_duty, of_others),
            ),
        )
        path = files.thumbnail(attachment.path) if small and attachment.kind == "image" else attachment.path
        found = files.locate(services().data, path)
        if not found.is_file():
            abort(404)
        response = send_file(
            found,
            mimetype="image/jpeg" if attachment.kind == "image" else attachment.content_type,
            as_attachment=not attachment.content_type.startswith(SHOWN_INLINE),
            download_name=attachment.file_name or found.name,
            max_age=0,
        )
    response.headers["Cache-Control"] = "private, no-store"  # an office's computer is shared
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


# -- uploads ---------------------------------------------------------------------------------------------


def uploaded(name: str, role: str, most: int = 5) -> tuple[list[int], str]:
    """(ids of the photos that came with this form, what is wrong with the rest).

    They are stored at once, before the act they belong to: if that is refused, the page shows again with the photos
    kept (`photos.shown`), as a browser cannot fill a file field again."""
    agency_id = access.agency().id
    ids = photos.kept(request.form.getlist(photos.TOKENS), request.form.getlist(photos.DROP), agency_id)
    fresh, problem = photos.store(request.files.getlist(name), agency_id, most - len(ids), role)
    return ids + fresh, problem
