"""What people say of what we do, on the web: proposals (ท่านเสนอ เราทำ) and the polls' results.

Polls are voted in LINE alone: without it nobody can tell one visitor from another, and a vote must count once.
"""

from __future__ import annotations

from typing import Any

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from handlers.participation import polls, proposals
from handlers.participation.activities import ParticipationError
from handlers.participation.form import PROPOSAL, words_of
from handlers.questions import guard
from models.participation import Poll
from reports import charts
from thai.dates import bangkok_date
from web.public import form_page, once
from web.public.participation import LARGEST_ID, done, token, trouble
from web.public.site import agency, keeps_typed, line_address, now, pages
from web.security import limiter
from web.services import services

# -- proposals -------------------------------------------------------------------------------------------


@pages.get("/proposals")
def proposals_page() -> str:
    """ท่านเสนอ เราทำ: every proposal that we have summed up, with its answer; no names."""
    with services().database.read(agency().id) as session:
        return render_template(
            "public/proposals.html", proposals=proposals.public(session), labels=proposals.STATUS_LABELS
        )


@pages.get("/proposals/new")
def propose() -> str:
    return _proposal_page({}, {})


def _proposal_page(given: dict[str, Any], errors: dict[str, str], message: str = "", integrity: bool = False) -> str:
    return render_template(
        "public/propose.html",
        controls=form_page.controls(PROPOSAL, agency(), given, errors),
        errors=errors,
        once=request.form.get("once") or once.new_token(),
        message=message,
        integrity=integrity,
    )


@pages.post("/proposals/new", endpoint="send_proposal")
@keeps_typed
@limiter.limit("12/minute;120/hour")
def send_proposal() -> ResponseReturnValue:
    view, moment = agency(), now()
    given = form_page.read_typed(PROPOSAL, request.form)
    answers, errors = PROPOSAL.read_all(form_page.for_reading(PROPOSAL, given), view)
    message = trouble()
    if errors or message:
        return _proposal_page(given, errors, message), 422
    warning = guard.classify(words_of(answers))
    if warning and warning.kind == "integrity" and request.form.get("seen") != "integrity":
        return _proposal_page(given, {}, integrity=True)
    try:
        with services().database.write(view.id) as session:
            if once.take(session, view.id, token(), moment):
                made = proposals.propose(
                    session,
                    view,
                    words_of(answers),
                    moment,
                    "web",
                    moo=answers["moo"],
                    contact=answers["contact"] or "",
                    channel="web",
                )
                once.remember(session, token(), made.number)
            number = once.became(session, token())
    except ParticipationError as error:
        return _proposal_page(given, {error.field: str(error)}), 422
    return done("รับข้อเสนอแล้วค่ะ", [f"เลขที่ {number}", "ตอบแล้วจะอยู่ในหน้า “ท่านเสนอ เราทำ” โดยไม่มีชื่อผู้เสนอค่ะ"])


# -- polls -----------------------------------------------------------------------------------------------


@pages.get("/polls")
def polls_page() -> str:
    moment = now()
    with services().database.read(agency().id) as session:
        return render_template(
            "public/polls.html", polls=polls.published(session), is_open=polls.is_open, moment=moment
        )


@pages.get("/polls/<int:poll_id>")
def poll(poll_id: int) -> str:
    """The question; how to vote while it is open, the result afterwards."""
    moment = now()
    with services().database.read(agency().id) as session:
        row = _poll(session, poll_id)
        shown = polls.result_is_public(row, moment)
        return render_template(
            "public/poll.html",
            poll=row,
            is_open=polls.is_open(row, moment),
            later=bangkok_date(moment) < row.opens_on,
            result=polls.result(session, row) if shown else None,
            line_url=line_address(agency()),
        )


@pages.get("/polls/<int:poll_id>.svg")
def poll_chart(poll_id: int) -> Response:
    with services().database.read(agency().id) as session:
        row = _poll(session, poll_id)
        if not polls.result_is_public(row, now()):
            abort(404)
        drawn = charts.svg(polls.chart(row, polls.result(session, row)))
    response = Response(drawn, mimetype="image/svg+xml")
    response.cache_control.max_age = 3600
    return response


def _poll(session: Session, poll_id: int) -> Poll:
    row = session.get(Poll, poll_id) if poll_id <= LARGEST_ID else None
    if row is None or not row.published:
        abort(404)
    return row
