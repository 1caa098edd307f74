"""Proposals of citizens and polls, under การมีส่วนร่วม."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.participation import polls, proposals
from handlers.participation.activities import ParticipationError
from models.participation import Poll, Proposal
from thai.dates import format_date
from web.console import access
from web.console.attempt import typed
from web.console.inputs import number
from web.console.measures import unit_choices
from web.console.participation import KEEPERS, pages

DECIDERS = ("admin", "clerk", "mayor", "head")
SHOWN = 300


# -- proposals -------------------------------------------------------------------------------------------


@pages.get("/proposals/")
@access.roles(*access.EVERYONE)
def proposal_list() -> str:
    """All proposals: those without an answer first, then the newest."""
    with access.reading() as session:
        rows = list(session.scalars(select(Proposal).order_by(Proposal.id.desc()).limit(SHOWN)))
        rows.sort(key=lambda row: row.status not in ("received", "considering"))
        return render_template("console/participation/proposals.html", rows=rows, labels=proposals.STATUS_LABELS)


@pages.get("/proposals/<int:proposal_id>")
@access.roles(*access.EVERYONE)
def proposal(proposal_id: int) -> str:
    with access.reading() as session:
        row = _proposal(session, proposal_id)
        return _proposal_page(session, row, row)


def _proposal(session: Session, proposal_id: int) -> Proposal:
    return access.found(session, select(Proposal).where(Proposal.id == proposal_id))


def _proposal_page(session: Session, row: Proposal, values: Any, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "console/participation/proposal.html",
        proposal=row,
        values=values,
        errors=errors or {},
        labels=proposals.STATUS_LABELS,
        units=unit_choices(session),
        decides=access.me().role in DECIDERS,
    )


@pages.post("/proposals/<int:proposal_id>")
@access.roles(*DECIDERS)
def decide(proposal_id: int) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            proposals.decide(
                session,
                access.agency(),
                _proposal(session, proposal_id),
                access.me(session),
                access.now(),
                status=typed("status"),
                summary=typed("summary"),
                answer=typed("answer"),
                unit_id=number("unit_id"),
            )
    except ParticipationError as error:
        with access.reading() as session:
            row = _proposal(session, proposal_id)
            return _proposal_page(session, row, request.form, {error.field: str(error)}), 422
    flash("บันทึกแล้ว ผู้เสนอทาง LINE ได้รับแจ้ง", "good")
    return redirect(url_for("console.participation.proposal_list"))


# -- polls -----------------------------------------------------------------------------------------------


@pages.get("/polls/")
@access.roles(*access.EVERYONE)
def poll_list() -> str:
    moment = access.now()
    with access.reading() as session:
        rows = session.scalars(select(Poll).order_by(Poll.id.desc()).limit(SHOWN)).all()
        return render_template(
            "console/participation/polls.html",
            rows=rows,
            totals={row.id: polls.result(session, row).total for row in rows},
            is_open=polls.is_open,
            is_over=polls.result_is_public,
            moment=moment,
            keeps=access.me().role in KEEPERS,
        )


@pages.get("/polls/new")
@access.roles(*KEEPERS)
def new_poll() -> str:
    return _poll_form(None, {})


@pages.post("/polls/new")
@access.roles(*KEEPERS)
def add_poll() -> ResponseReturnValue:
    return _save_poll(None)


@pages.get("/polls/<int:poll_id>")
@access.roles(*access.EVERYONE)
def poll(poll_id: int) -> str:
    """A draft to publish; a poll with how many voted. What they voted is shown when it is over, to staff too."""
    moment = access.now()
    with access.reading() as session:
        row = _poll(session, poll_id)
        found = polls.result(session, row)
        return render_template(
            "console/participation/poll.html",
            poll=row,
            result=found,
            shown=polls.result_is_public(row, moment),
            is_open=polls.is_open(row, moment),
            keeps=access.me().role in KEEPERS,
        )


def _poll(session: Session, poll_id: int) -> Poll:
    return access.found(session, select(Poll).where(Poll.id == poll_id))


@pages.get("/polls/<int:poll_id>/edit")
@access.roles(*KEEPERS)
def edit_poll(poll_id: int) -> str:
    with access.reading() as session:
        row = _poll(session, poll_id)
        values = {
            "question": row.question,
            "options": "\n".join(row.options),
            "opens": format_date(row.opens_on, "long"),
            "closes": format_date(row.closes_on, "long"),
        }
        return _poll_form(row, values)


@pages.post("/polls/<int:poll_id>/edit")
@access.roles(*KEEPERS)
def save_poll(poll_id: int) -> ResponseReturnValue:
    return _save_poll(poll_id)


def _save_poll(poll_id: int | None) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            row = None if poll_id is None else _poll(session, poll_id)
            saved = polls.save(
                session,
                row,
                access.me(session),
                access.now(),
                question=typed("question"),
                options=typed("options").splitlines(),
                opens=typed("opens"),
                closes=typed("closes"),
            )
            saved_id = saved.id
    except ParticipationError as error:
        with access.reading() as session:
            row = None if poll_id is None else _poll(session, poll_id)
            return _poll_form(row, request.form, {error.field: str(error)}), 422
    flash("บันทึกร่างแล้ว ตรวจดู แล้วกดเผยแพร่", "good")
    return redirect(url_for("console.participation.poll", poll_id=saved_id))


def _poll_form(row: Poll | None, values: Any, errors: dict[str, str] | None = None) -> str:
    return render_template("console/participation/poll_edit.html", poll=row, values=values, errors=errors or {})


@pages.post("/polls/<int:poll_id>/publish")
@access.roles(*KEEPERS)
def publish_poll(poll_id: int) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            polls.publish(session, _poll(session, poll_id), access.me(session), access.now())
    except ParticipationError as error:
        flash(str(error), "bad")
    else:
        flash("เผยแพร่แล้ว", "good")
    return redirect(url_for("console.participation.poll", poll_id=poll_id))
