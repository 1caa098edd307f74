"""The inbox: questions and cases in one list, with filters, search and what is due."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from handlers.complaints.labels import CHANNEL_LABEL, SUB_STATUS_LABEL, status_text
from web.console import access, filters, worklist

pages = Blueprint("inbox", __name__, url_prefix="/inbox")


@pages.get("/")
@access.roles(*access.EVERYONE)
def index() -> str | Response:
    wanted = filters.Filters.read(request.args)
    with access.reading() as session:
        if wanted.words and (found := worklist.find_number(session, access.me(), wanted.words)):
            return redirect(show_url(*found))
        now = access.now()
        return render_template(
            "console/inbox.html",
            filters=wanted,
            choices=filters,
            narrowed=_narrowed(wanted),
            page=worklist.listing(session, access.me(), wanted, now),
            counts=worklist.counts(session, access.me(), now),
            channels=CHANNEL_LABEL,
            sub_statuses=SUB_STATUS_LABEL,
            show_url=show_url,
        )


def _narrowed(wanted: filters.Filters) -> list[str]:
    """The chosen filters in words."""
    category = access.agency().category(wanted.category) if wanted.category is not None else None
    usual = "any" if wanted.words else "open"
    return [
        *([filters.SCOPES[wanted.scope]] if wanted.scope != "all" else []),
        *([filters.KINDS[wanted.kind]] if wanted.kind else []),
        *([filters.STATUS_CHOICES[wanted.status]] if wanted.status != usual else []),
        *([filters.DUES[wanted.due]] if wanted.due else []),
        *([category.label] if category else []),
        *([filters.CHANNELS[wanted.channel]] if wanted.channel else []),
    ]


def show_url(kind: str, row_id: int) -> str:
    """The page of a case or a question."""
    if kind == "case":
        return url_for("console.cases.show", case_id=row_id)
    return url_for("console.questions.show", question_id=row_id)


@pages.app_template_global()
def status_words(kind: str, status: str, sub_status: str = "") -> str:
    """The status of a case or a question in words for staff."""
    return status_text(status, sub_status) if kind == "case" else worklist.QUESTION_STATUS[status]
