"""The figures once more, by the book and row by row: no condition is shared with handlers/summaries."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.case import Case, CaseEvent, CasePause
from models.duty import Duty
from models.question import Question
from models.thread import ThreadMessage
from thai.working_time import WorkCalendar

BANGKOK = ZoneInfo("Asia/Bangkok")


def bounds(first: date, last: date, now: datetime) -> tuple[datetime, datetime]:
    start = datetime(first.year, first.month, first.day, tzinfo=BANGKOK)
    after = last + timedelta(days=1)
    end = datetime(after.year, after.month, after.day, tzinfo=BANGKOK)
    if now < end:
        end = now
    return start, max(start, end)


def cases(session: Session, first: date, last: date, now: datetime) -> dict[str, Any]:
    start, end = bounds(first, last, now)
    found: dict[str, set[int]] = {
        name: set()
        for name in (
            "received", "closed", "finished", "confirmed", "open", "late", "paused", "in_time", "reopened", "rated"
        )
    }  # fmt: skip
    stars, took = [], []
    for case in session.scalars(select(Case)):
        if case.kind != "complaint":
            continue
        if start <= case.opened_at < end:
            found["received"].add(case.id)
        if case.closed_at and start <= case.closed_at < end:
            found["closed"].add(case.id)
            if case.rating:
                found["rated"].add(case.id)
                stars.append(case.rating)
            if case.status in ("done", "confirmed"):
                found["finished"].add(case.id)
                took.append((case.closed_at - case.opened_at).total_seconds() / 86_400)
                if case.closed_at <= case.due_at:
                    found["in_time"].add(case.id)
        if case.confirmed_at and start <= case.confirmed_at < end:
            found["confirmed"].add(case.id)
        if case.opened_at < end and not (case.closed_at and case.closed_at < end):
            found["open"].add(case.id)
            waits = False
            for pause in session.scalars(select(CasePause).where(CasePause.case_id == case.id)):
                lasts = pause.started_at < end and (pause.ended_at is None or pause.ended_at > end)
                waits = waits or (lasts and pause.started_at < case.due_at)
            if waits:
                found["paused"].add(case.id)
            elif case.due_at < end:
                found["late"].add(case.id)
        for event in session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id)):
            if event.action == "reopened" and start <= event.at < end:
                found["reopened"].add(case.id)
    numbers: dict[str, Any] = {name: len(ids) for name, ids in found.items()}
    promised = numbers["finished"] + numbers["late"]
    numbers["in_time_share"] = round(numbers["in_time"] * 100 / promised, 1) if promised else None
    numbers["median_days"] = round(median(took), 1) if took else None
    numbers["rating"] = round(sum(stars) / len(stars), 2) if stars else None
    numbers["ids"] = found
    return numbers


def questions(session: Session, calendar: WorkCalendar, first: date, last: date, now: datetime) -> dict[str, Any]:
    start, end = bounds(first, last, now)
    numbers: dict[str, Any] = dict.fromkeys(("asked", "bot", "missed", "person", "ended", "unanswered"), 0)
    took = []
    for question in session.scalars(select(Question)):
        if not start <= question.asked_at < end:
            continue
        numbers["asked"] += 1
        if question.number is None:
            numbers["missed" if question.answered_at is None or question.feedback is False else "bot"] += 1
            continue
        out = select(ThreadMessage).where(ThreadMessage.question_id == question.id, ThreadMessage.direction == "out")
        answers = sorted(message.at for message in session.scalars(out))
        if answers and answers[0] < end:
            numbers["person"] += 1
            took.append(calendar.office_time_between(question.asked_at, answers[0]).total_seconds() / 60)
        elif question.closed_at and question.closed_at < end:
            numbers["ended"] += 1
        else:
            numbers["unanswered"] += 1
    known = numbers["bot"] + numbers["person"]
    numbers["bot_share"] = round(numbers["bot"] * 100 / known, 1) if known else None
    numbers["median_minutes"] = round(median(took)) if took else None
    return numbers


def duties(session: Session, first: date, last: date, now: datetime) -> dict[str, Any]:
    today = now.astimezone(BANGKOK).date()
    numbers: dict[str, Any] = dict.fromkeys(("due", "on_time", "late", "pending"), 0)
    for duty in session.scalars(select(Duty)):
        if duty.status == "cancelled" or not first <= duty.due_on <= last:
            continue
        numbers["due"] += 1
        if duty.status == "done":
            sent = duty.submitted_at or duty.done_at
            assert sent is not None
            in_time = sent.astimezone(BANGKOK).date() <= duty.due_on
            numbers["on_time" if in_time else "late"] += 1
        elif today > duty.due_on:  # still open, or sent in and not approved
            numbers["late"] += 1
        else:
            numbers["pending"] += 1
    judged = numbers["on_time"] + numbers["late"]
    numbers["on_time_share"] = round(numbers["on_time"] * 100 / judged, 1) if judged else None
    return numbers
