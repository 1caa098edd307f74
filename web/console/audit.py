"""The audit log: who did what to which row. It holds no content and cannot be changed."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, render_template, request
from sqlalchemy import select

from handlers.complaints.rules import hidden_subjects
from models.agency import Staff, Unit
from models.audit import AuditEntry
from thai.dates import ThaiDateError, at_bangkok, bangkok_date, parse_date
from web.console import access, audit_details, audit_words
from web.console.inputs import query_id

pages = Blueprint("audit", __name__, url_prefix="/audit")
PAGE = 50


def _day(name: str) -> date | None:
    typed = request.args.get(name, "").strip()
    try:
        return parse_date(typed, bangkok_date(access.now())) if typed else None
    except ThaiDateError:
        return None


@pages.get("/")
@access.roles("admin", "clerk", "mayor")
def index() -> str:
    given = {name: request.args.get(name, "").strip() for name in ("actor", "action", "subject", "since", "until")}
    seen = AuditEntry.subject.not_in(hidden_subjects(access.me()))
    query = select(AuditEntry).where(seen).order_by(AuditEntry.id.desc()).limit(PAGE + 1)
    for name in ("actor", "action"):
        if given[name]:
            query = query.where(getattr(AuditEntry, name) == given[name])
    if since := _day("since"):
        query = query.where(AuditEntry.at >= at_bangkok(since))
    if until := _day("until"):
        query = query.where(AuditEntry.at < at_bangkok(until + timedelta(days=1)))
    before = query_id("before")
    if before is not None:
        query = query.where(AuditEntry.id < before)
    with access.reading() as session:
        if given["subject"]:
            query = query.where(AuditEntry.subject == audit_words.subject(session, given["subject"]))
        rows = session.scalars(query).all()
        names = {f"staff:{row.id}": row.name for row in session.execute(select(Staff.id, Staff.name))}
        units = dict(session.execute(select(Unit.id, Unit.name)).all())
        return render_template(
            "console/audit.html",
            about=audit_details.about,
            details={row.id: audit_details.in_words(row.subject, row.detail, names, units) for row in rows},
            rows=rows[:PAGE],
            older=rows[PAGE - 1].id if len(rows) > PAGE else None,
            first=before is None,
            given=given,
            actions=audit_words.ACTIONS,
            actors={**names, **audit_words.ACTORS},
            subjects={**names, **audit_words.numbers(session, (row.subject for row in rows))},
        )
