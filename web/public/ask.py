"""Questions and answers on the web: the same search and the same answers as in the chat, and a way to a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeSerializer

from handlers.agencies import AgencyView, AnswerView
from handlers.questions import operations
from handlers.questions.answers import show_facts
from handlers.questions.decide import Decision, decide
from handlers.questions.packs import replies
from handlers.questions.words import office_of, when
from models.question import Question
from web.public import once
from web.public.complain import STALE, TRAP, TRAPPED
from web.public.service_sheets import online_form
from web.public.site import agency, keeps_typed, now, pages, private_page, site, without_token
from web.security import limiter
from web.services import services

LONGEST = 2000
OFFERED = 3  # entries offered when no answer is sure


@dataclass(frozen=True, slots=True)
class Reply:
    """What the page says to a question. `kind`: "answer", "clarify", "handoff", "smalltalk", "emergency",
    "integrity"; `entries` are answers or offers, `text` a fixed reply."""

    kind: str
    text: str = ""
    entries: tuple[AnswerView, ...] = ()


@site.app_template_filter()
def facts(text: str, entry: AnswerView) -> str:
    """An answer's text with the agency's own numbers; facts that staff have not confirmed say so."""
    return show_facts(agency().fill(text), entry.confirmed)


def reply_to(text: str, view: AgencyView) -> Reply:
    """Decide as the bot does, and put it into what a page shows."""
    decision = decide(text, view.index)
    match decision.kind:
        case "emergency":
            topic = decision.topic if decision.topic in replies.EMERGENCY else "crisis"
            return Reply("emergency", view.fill(replies.EMERGENCY[topic]))
        case "integrity":
            return Reply("integrity")
        case "smalltalk":
            return Reply("smalltalk", view.fill(replies.SMALLTALK.get(decision.topic, "")))
        case "answer":
            return Reply("answer", entries=_entries(decision, view, 1))
        case "clarify":
            return Reply("clarify", entries=_entries(decision, view, OFFERED))
    return Reply("handoff")


@pages.route("/ask", methods=["GET", "POST"])
@without_token
def ask() -> str:
    """Search box, answers and all topics. A search is posted, so that no question stands in an address or a log."""
    view = agency()
    text = request.values.get("q", "").strip()[:LONGEST]
    reply = reply_to(text, view) if text else None
    return render_template(
        "public/ask.html",
        q=text,
        reply=reply,
        groups=_groups(view, "faq"),
        services=[entry for entry in view.answers.values() if entry.kind == "service"],
        once=once.new_token(),
    )


@pages.get("/ask/<int:row_id>")
def faq(row_id: int) -> str:
    return _entry_page("faq", row_id)


@pages.get("/services")
def catalogue() -> str:
    return render_template("public/services.html", groups=_groups(agency(), "service"))


@pages.get("/services/<int:row_id>")
def service(row_id: int) -> str:
    return _entry_page("service", row_id)


@pages.get("/ask/officer")
def officer() -> str:
    """The form that goes to a person."""
    return _officer_page("")


@pages.post("/ask/officer", endpoint="send_question")
@keeps_typed
@limiter.limit("10/minute;60/hour")
def send() -> ResponseReturnValue:
    """Hand a question to an officer, once; danger first, and nothing about corruption is kept."""
    view, moment = agency(), now()
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    if not text:
        return _officer_page("", "พิมพ์คำถามก่อนนะคะ"), 422
    if len(text) > LONGEST:
        return _officer_page(text, f"ข้อความยาวไปนิดค่ะ ขอไม่เกิน {LONGEST:,} ตัวอักษรนะคะ"), 422
    if g.get("stale_token") or request.form.get(TRAP):
        return _officer_page(text, STALE if g.get("stale_token") else TRAPPED), 422
    reply = reply_to(text, view)
    if reply.kind == "integrity" or (reply.kind == "emergency" and not request.form.get("seen")):
        return _officer_page(text if reply.kind == "emergency" else "", reply=reply), 200
    token = request.form.get("once") or once.new_token()
    key = f"ask|{token}|{text}"
    try:
        with services().database.write(view.id) as db:
            if once.take(db, view.id, key, moment):
                unit_id = reply.entries[0].unit_id if reply.entries else None
                question = operations.hand_over(db, view, text, moment, channel="web", unit_id=unit_id)
                once.remember(db, key, f"question:{question.id}")
    except operations.QuestionError as error:
        return _officer_page(text, str(error)), 422
    with services().database.read(view.id) as db:
        question_id = int(once.became(db, key).removeprefix("question:"))
    return redirect(url_for("public.question", token=_signer().dumps([view.id, question_id])), 303)


@pages.get("/question/<token>")
def question(token: str) -> ResponseReturnValue:
    """One's own question and the officer's answer; who has the link may read it."""
    view, moment = agency(), now()
    with services().database.read(view.id) as db:
        asked = db.get(Question, _question_id(token))
        if asked is None:
            abort(404)
        return private_page(
            "public/question.html",
            question=asked,
            office=office_of(view, asked),
            thread=[message for message in operations.thread(db, asked) if message.direction != "note"],
            due=when(view, asked.due_at, moment) if asked.due_at else "",
            overdue=bool(asked.due_at and asked.due_at < moment),
            once=once.new_token(),
        )


@pages.post("/question/<token>")
@limiter.limit("10/minute;60/hour")
def add(token: str) -> ResponseReturnValue:
    """Further words, or whether the answer helped."""
    view, moment = agency(), now()
    text = request.form.get("text", "").replace("\r\n", "\n").strip()[:LONGEST]
    good = request.form.get("good", "")
    with services().database.write(view.id) as db:
        asked = db.get(Question, _question_id(token))
        if asked is None:
            abort(404)
        if good == "yes":
            operations.give_feedback(db, asked, True, "web", moment)
            flash("ขอบคุณค่ะ ดีใจที่ช่วยได้นะคะ", "good")
        elif text and once.take(db, view.id, f"say|{token}|{request.form.get('once', '')}|{text}", moment):
            operations.hear(db, view, asked, moment, text=text)
            flash("ส่งถึงเจ้าหน้าที่แล้วค่ะ", "good")
    return redirect(url_for("public.question", token=token), 303)


def _officer_page(text: str, error: str = "", reply: Reply | None = None) -> str:
    return render_template(
        "public/officer.html",
        text=text,
        error=error,
        reply=reply,
        once=request.form.get("once") or once.new_token(),
    )


def _entry_page(kind: str, row_id: int) -> str:
    entry = next((e for e in agency().answers.values() if e.kind == kind and e.row_id == row_id), None)
    if entry is None:
        abort(404)
    return render_template("public/entry.html", entry=entry, form=online_form(agency(), entry))


def _entries(decision: Decision, view: AgencyView, most: int) -> tuple[AnswerView, ...]:
    found = (view.answers.get(hit.id) for hit in decision.ranking[:most])
    return tuple(entry for entry in found if entry is not None)


def _groups(view: AgencyView, kind: str) -> list[tuple[str, Sequence[AnswerView]]]:
    """The published entries of a kind by the unit that answers for them."""
    groups: dict[str, list[AnswerView]] = {}
    for entry in view.answers.values():
        if entry.kind == kind:
            groups.setdefault(view.unit_name(entry.unit_id), []).append(entry)
    return sorted(groups.items())


def _question_id(token: str) -> int:
    try:
        owner, question_id = _signer().loads(token)
    except (BadData, ValueError, TypeError):
        abort(404)
    return int(question_id) if owner == agency().id else 0


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(services().secret_key, salt="own-question")
