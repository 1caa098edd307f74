"""The page of a question, and questions that staff type in (phone, walk-in)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from handlers.agencies import AnswerView
from handlers.complaints.labels import CHANNEL_LABEL
from handlers.questions import operations, sealing
from handlers.questions.answers import show_facts
from models.agency import Staff
from models.question import Question
from web.console import access, files, people_choice, thread, worklist
from web.console.attempt import Attempt, typed
from web.public.photos import shown
from web.services import services

pages = Blueprint("questions", __name__, url_prefix="/questions")

CHANNELS = {name: CHANNEL_LABEL[name] for name in ("phone", "walk_in", "facebook", "letter")}
DONE_WORDS = {
    "answer": "ส่งคำตอบแล้ว",
    "note": "บันทึกภายในแล้ว",
    "assign": "มอบหมายแล้ว",
    "close": "ปิดคำถามแล้ว",
    "reopen": "เปิดคำถามอีกครั้งแล้ว",
}
SUGGESTIONS = 3
SAID = "content"  # where the page says what was done; without it browsers go back to the act's own form
Act = Callable[[Session, Question, Staff], object]  # what it returns, if that is text, is said instead of DONE_WORDS


@pages.get("/<int:question_id>")
@access.roles(*access.EVERYONE)
def show(question_id: int) -> str:
    return _page(question_id, Attempt())


def _page(question_id: int, attempt: Attempt) -> str:
    me, now = access.me(), access.now()
    with access.reading() as session:
        question = access.found(
            session,
            select(Question)
            .options(joinedload(Question.assignee), joinedload(Question.conversation))
            .where(Question.id == question_id, operations.visible_to(me)),
        )
        return render_template(
            "console/question.html",
            question=question,
            due_state=worklist.question_state(question, now),
            thread=thread.load(session, f"question:{question.id}", question.conversation_id),
            canned=thread.canned_replies(session),
            people=people_choice.load(session),
            suggestions=_suggestions(question.text),
            bot_answer=_bot_answer(question),
            attempt=attempt,
            kept=shown(attempt.kept, access.agency().id),
            channels=CHANNEL_LABEL,
        )


def _suggestions(text: str) -> list[AnswerView]:
    """Answers that the officer may reuse."""
    agency = access.agency()
    hits = agency.index.rank(text, SUGGESTIONS)
    return [answer for hit in hits if (answer := agency.answers.get(hit.id)) and answer.kind == "faq"]


def _bot_answer(question: Question) -> AnswerView | None:
    """What the bot had answered, if it still stands."""
    return next((a for a in access.agency().answers.values() if a.kind == "faq" and a.row_id == question.faq_id), None)


def _act(question_id: int, verb: str, act: Act, kept: Sequence[int] = ()) -> ResponseReturnValue:
    """Do one act and go back to the page; if it is refused, the page says why and keeps what was typed."""
    try:
        with access.writing() as session:
            me = access.me(session)
            query = select(Question).where(Question.id == question_id, operations.visible_to(me))
            said = act(session, access.found(session, query), me)
            session.flush()
            still_mine = session.scalar(
                select(Question.id).where(Question.id == question_id, operations.visible_to(me))
            )
    except operations.QuestionError as error:
        return _page(question_id, Attempt(verb, str(error), request.form, kept)), 422
    flash(said if isinstance(said, str) else DONE_WORDS[verb], "good")
    if still_mine is None:  # given to another unit
        return redirect(url_for("console.inbox.index"))
    return redirect(url_for("console.questions.show", question_id=question_id, _anchor=SAID))


@pages.post("/<int:question_id>/answer")
@access.roles(*access.EVERYONE)
def answer(question_id: int) -> ResponseReturnValue:
    with access.reading() as session:  # 404 before a file is taken
        query = select(Question.id).where(Question.id == question_id, operations.visible_to(access.me()))
        access.found(session, query)
        inserted = thread.with_canned(session, typed("text"), typed("canned"))
    photos, wrong = files.uploaded("photo", "thread", most=1)
    if request.form.get("insert"):
        return _page(question_id, Attempt("answer", wrong, {"text": inserted}, photos))
    if suggested := access.agency().answers.get(typed("suggestion")):
        text = "\n".join(
            part
            for part in (typed("text"), show_facts(access.agency().fill(suggested.answer), suggested.confirmed))
            if part
        )
        return _page(question_id, Attempt("answer", wrong, {"text": text}, photos))
    if wrong:
        return _page(question_id, Attempt("answer", wrong, request.form, photos)), 422

    def act(session: Session, question: Question, me: Staff) -> None:
        photo, key = photos[0] if photos else None, services().secret_key
        operations.answer(session, access.agency(), question, me, typed("text"), access.now(), photo, key)

    return _act(question_id, "answer", act, photos)


@pages.post("/<int:question_id>/note")
@access.roles(*access.EVERYONE)
def note(question_id: int) -> ResponseReturnValue:
    return _act(
        question_id,
        "note",
        lambda session, question, me: operations.note(session, question, me, typed("text"), access.now()),
    )


@pages.post("/<int:question_id>/assign")
@access.roles(*access.EVERYONE)
def assign(question_id: int) -> ResponseReturnValue:
    def act(session: Session, question: Question, me: Staff) -> None:
        try:
            unit_id, assignee_id = people_choice.read(session, typed("to"), question.unit_id)
        except people_choice.NotChosen as error:
            raise operations.QuestionError(str(error)) from None
        operations.assign(session, access.agency(), question, me, unit_id, assignee_id, access.now())

    return _act(question_id, "assign", act)


@pages.post("/<int:question_id>/close")
@access.roles(*access.EVERYONE)
def close(question_id: int) -> ResponseReturnValue:
    return _act(
        question_id,
        "close",
        lambda session, question, me: operations.close(
            session, access.agency(), question, access.actor(), access.now()
        ),
    )


@pages.post("/<int:question_id>/reopen")
@access.roles(*access.EVERYONE)
def reopen(question_id: int) -> ResponseReturnValue:
    return _act(
        question_id,
        "reopen",
        lambda session, question, me: operations.reopen(
            session, access.agency(), question, access.actor(), access.now()
        ),
    )


@pages.post("/<int:question_id>/forget")
@access.roles(*access.EVERYONE)
def forget(question_id: int) -> ResponseReturnValue:
    def act(session: Session, question: Question, me: Staff) -> str:
        if typed("sure") != "yes":
            raise operations.QuestionError("กรุณาทำเครื่องหมายยืนยันก่อน เพราะกู้คืนไม่ได้")
        sealing.forget(session, access.agency(), question, me, access.now())
        door = "บอกช่องทางเฉพาะให้ผู้ถามแล้ว" if question.conversation_id else "ผู้ถามไม่ได้มาทาง LINE จึงไม่มีข้อความส่งถึง"
        return f"ลบข้อความทั้งหมดของเรื่องนี้แล้ว {door}"

    return _act(question_id, "forget", act)


# -- a question that came by another way -----------------------------------------------------------------


@pages.get("/new")
@access.roles(*access.EVERYONE)
def new() -> str:
    return _new_page({}, "")


@pages.post("/new")
@access.roles(*access.EVERYONE)
def create() -> ResponseReturnValue:
    """Take it down; who asked stands in an internal note, so that the officer knows whom to ring."""
    channel = typed("channel")
    try:
        if channel not in CHANNELS:
            raise operations.QuestionError("เลือกช่องทางที่ถามมา")
        with access.writing() as session:
            me = access.me(session)
            unit = typed("unit_id")
            unit_id = int(unit) if unit.isascii() and unit.isdigit() and int(unit) in access.agency().units else None
            question = operations.hand_over(
                session,
                access.agency(),
                typed("text"),
                access.now(),
                channel=channel,
                unit_id=unit_id,
                actor=access.actor(),
            )
            if contact := typed("contact"):
                operations.note(session, question, me, f"ติดต่อกลับ: {contact}", access.now())
            if typed("answer"):
                operations.answer(session, access.agency(), question, me, typed("answer"), access.now())
            number, question_id = question.number, question.id
            visible = session.scalar(select(Question.id).where(Question.id == question_id, operations.visible_to(me)))
    except operations.QuestionError as error:
        return _new_page(request.form, str(error)), 422
    flash(f"รับคำถามแล้ว เลขที่ {number}", "good")
    if visible is None:
        return redirect(url_for("console.inbox.index"))
    return redirect(url_for("console.questions.show", question_id=question_id))


def _new_page(typed: Mapping[str, str], problem: str) -> str:
    units = [(unit.id, unit.name) for unit in access.agency().units.values()]
    return render_template("console/question_new.html", typed=typed, problem=problem, channels=CHANNELS, units=units)
