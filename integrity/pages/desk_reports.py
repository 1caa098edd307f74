"""The officer's reports: list, read, write back, move on, and what needs a second officer."""

from __future__ import annotations

import io
from collections.abc import Callable

from flask import Response, render_template, request, send_file

from integrity import casework, forwarding, identity, logbook, officers, worklist
from integrity.casework import View
from integrity.pages import access, forms
from integrity.pages.access import Work
from integrity.pages.context import house, today
from integrity.pages.officers import pages, to
from integrity.questions import QUESTIONS
from integrity.tables import DONE, STATUSES
from thai.dates import parse_date

PER_PAGE = 50
Act = Callable[[Work, View], object]


@pages.get("/")
@access.policy(*access.EVERYONE)
def reports() -> str:
    """Reports that this officer has a key to, and nothing that tells of others."""
    wanted = request.args.get("status", "")
    page = max(1, request.args.get("page", 1, type=int))
    with access.reading() as work:
        lines = worklist.lines(work.session, house().config, work.me, today())
        chosen = [line for line in lines if wanted not in STATUSES or line.report.status == wanted]
        return render_template(
            "integrity/desk/reports.html",
            lines=chosen[(page - 1) * PER_PAGE : page * PER_PAGE],
            page=page,
            last_page=max(1, -(-len(chosen) // PER_PAGE)),
            counts=worklist.counts(lines),
            total=len(lines),
            wanted=wanted,
            missing=officers.readiness(work.session, work.desk),
            to_approve=officers.waiting_for(work.session, work.desk, work.me),
        )


@pages.get("/reports/<report_id>")
@access.policy(*access.EVERYONE, about="report")
def report(report_id: str) -> str:
    """Everything in it but who the reporter is. The look is logged."""
    return _page(report_id)


@pages.get("/reports/<report_id>/files/<file_id>")
@access.policy(*access.EVERYONE, about="report")
def file(report_id: str, file_id: str) -> Response:
    """A cleaned file, to be saved and not shown: whatever is in it must not run on this address."""
    with access.writing() as work:
        about, data = casework.read_file(
            work.session, house().config, work.me, work.private, report_id, file_id, work.now
        )
    return _download(data, about.name, about.content_type)


# -- acts on a report ---------------------------------------------------------------------------------------


@pages.post("/reports/<report_id>/reply")
@access.policy(*access.EVERYONE, about="report")
def reply(report_id: str) -> Response | str:
    return _act(report_id, "replied", lambda work, view: casework.reply(work.session, view, _text(), work.now))


@pages.post("/reports/<report_id>/note")
@access.policy(*access.EVERYONE, about="report")
def note(report_id: str) -> Response | str:
    return _act(report_id, "noted", lambda work, view: casework.note(work.session, view, _text(), work.now))


@pages.post("/reports/<report_id>/status")
@access.policy(*access.EVERYONE, about="report")
def status(report_id: str) -> Response | str:
    wanted = request.form.get("status", "")
    return _act(
        report_id, "status", lambda work, view: casework.set_status(work.session, view, wanted, _text(), work.now)
    )


@pages.post("/reports/<report_id>/due")
@access.policy(*access.EVERYONE, about="report")
def due(report_id: str) -> Response | str:
    def move(work: Work, view: View) -> None:
        day = parse_date(request.form.get("due_on", ""), today(), prefer="future")
        casework.set_due(work.session, view, day, _text(), work.now)

    return _act(report_id, "due", move)


@pages.post("/reports/<report_id>/reopen")
@access.policy(*access.EVERYONE, about="report")
def reopen(report_id: str) -> Response | str:
    return _act(report_id, "reopened", lambda work, view: casework.reopen(work.session, view, _text(), work.now))


@pages.post("/reports/<report_id>/packet")
@access.policy(*access.EVERYONE, about="report")
def packet(report_id: str) -> Response | str:
    """The file for another authority. To mark the report as forwarded is another step."""
    made = []

    def pack(work: Work, view: View) -> None:
        chosen = request.form.getlist("entry"), request.form.getlist("file")
        made.append(forwarding.forward_packet(work.session, view, request.form.get("recipient", ""), *chosen, work.now))

    answer = _act(report_id, "", pack)
    return _download(made[0], forwarding.FILE_NAME, "application/octet-stream") if made else answer


# -- what needs a second officer ----------------------------------------------------------------------------


@pages.post("/reports/<report_id>/deletion/ask")
@access.policy(*access.EVERYONE, about="report")
def ask_deletion(report_id: str) -> Response | str:
    return _act(report_id, "asked", lambda work, view: casework.ask_deletion(work.session, view, _text(), work.now))


@pages.post("/reports/<report_id>/deletion/approve")
@access.policy(*access.EVERYONE, about="report")
def approve_deletion(report_id: str) -> Response | str:
    return _act(report_id, "approved", lambda work, view: casework.approve_deletion(work.session, view, work.now))


@pages.post("/reports/<report_id>/identity/ask")
@access.policy("custodian", about="report")
def ask_identity(report_id: str) -> Response | str:
    return _act(report_id, "asked", lambda work, view: identity.ask_identity(work.session, view, _text(), work.now))


@pages.post("/reports/<report_id>/identity/approve")
@access.policy(*access.EVERYONE, about="report")
def approve_identity(report_id: str) -> Response | str:
    return _act(report_id, "approved", lambda work, view: identity.approve_identity(work.session, view, work.now))


@pages.post("/reports/<report_id>/<any(identity, deletion):what>/refuse")
@access.policy(*access.EVERYONE, about="report")
def refuse(report_id: str, what: str) -> Response | str:
    return _act(report_id, "refused", lambda work, view: casework.refuse(work.session, view, what, work.now))


@pages.post("/reports/<report_id>/identity")
@access.policy("custodian", about="report")
def read_identity(report_id: str) -> Response | str:
    """Who the reporter is: shown once, to the custodian who asked."""
    told: dict[str, str] = {}

    def read(work: Work, view: View) -> None:
        told.update(identity.read_identity(work.session, view, work.private, work.now))

    answer = _act(report_id, "", read)
    if not told:
        return answer
    return render_template("integrity/desk/identity.html", report_id=report_id, told=told, labels=forms.IDENTITY)


# -- parts --------------------------------------------------------------------------------------------------


def _act(report_id: str, done: str, act: Act) -> Response | str:
    """One act on the report in one transaction; what is wrong with it is said on the report's page, with the text."""
    try:
        with access.writing() as work:
            act(work, work.take_up(report_id))
    except ValueError as wrong:  # NotAllowed too; a Thai message
        return _page(report_id, str(wrong))
    return to("report", report_id=report_id, done=done)


def _page(report_id: str, problem: str = "") -> str:
    with access.writing() as work:
        view = work.read(report_id)
        return render_template(
            "integrity/desk/report.html",
            view=view,
            report=view.report,
            titles={question.key: question.title for question in QUESTIONS},
            names=logbook.officer_names(work.session, work.desk),
            next=casework.NEXT.get(view.report.status, ()),
            ended=view.report.status in DONE,
            may_delete=casework.may_be_deleted(view.report, today()),
            keeps_identity=identity.is_keeper(work.session, view),
            asked={asked.what: asked for asked in view.asked},
            overdue=view.report.status not in DONE and view.report.due_on < today(),
            problem=problem,
            failed=str(request.endpoint).rpartition(".")[2] if problem else "",
            written=request.form.get("text", ""),
        )


def _text() -> str:
    return request.form.get("text", "")


def _download(data: bytes, name: str, content_type: str) -> Response:
    return send_file(io.BytesIO(data), content_type, as_attachment=True, download_name=name, conditional=False)
