"""Trying out what the bot would answer, and making entries of what people asked in vain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from handlers.agencies import AnswerView
from handlers.messages import plain
from handlers.questions import answers, faq
from handlers.questions.decide import decide
from models.question import FaqEntry, Question
from web.console import access
from web.console.faq import EDITORS, MANAGERS, pages

DECISIONS = {
    "answer": "ตอบทันที",
    "clarify": "ถามกลับให้เลือก",
    "handoff": "ส่งต่อเจ้าหน้าที่",
    "smalltalk": "ทักทายหรือพูดคุยทั่วไป",
    "emergency": "เหตุฉุกเฉิน ให้เบอร์โทรก่อน",
    "integrity": "ชี้ไปช่องทางแจ้งเบาะแสทุจริต",
}
MOST_IDS = 500
SHOWN_GROUPS = 100
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Trial:
    """What the bot would do with a question."""

    decision: str
    said: str
    hits: Sequence[tuple[AnswerView, float]]


@pages.get("/try")
@access.roles(*access.EVERYONE)
def try_out() -> str:
    """Nothing is stored of what is tried."""
    words = request.args.get("q", "").strip()[:500]
    return render_template("console/faq_try.html", words=words, trial=_trial(words) if words else None)


def _trial(words: str) -> Trial:
    agency = access.agency()
    decision = decide(words, agency.index)
    hits = [(agency.answers[hit.id], hit.score) for hit in decision.ranking if hit.id in agency.answers]
    said = ""
    if decision.kind == "answer" and hits:
        said = "\n\n".join(plain(message) for message in answers.answer(agency, hits[0][0], words, 0))
    return Trial(DECISIONS[decision.kind], said, hits)


@pages.get("/asked")
@access.roles(*MANAGERS)
def asked() -> str:
    """Questions that found no answer, grouped, and wordings that people confirmed."""
    with access.reading() as session:
        groups = faq.groups(session)
        shown = groups[:SHOWN_GROUPS]
        wanted = [question_id for group in shown for question_id in group.question_ids[-EXAMPLES:]]
        texts = dict(session.execute(select(Question.id, Question.text).where(Question.id.in_(wanted))).all())
        return render_template(
            "console/faq_asked.html",
            groups=shown,
            total=len(groups),
            texts=texts,
            examples=EXAMPLES,
            learnt=faq.learnt(session)[:SHOWN_GROUPS],
        )


@pages.post("/asked/make")
@access.roles(*MANAGERS)
def make() -> ResponseReturnValue:
    """One click: a draft entry of a group of questions, opened for writing."""
    ids = [int(typed) for typed in request.form.getlist("question") if typed.isascii() and typed.isdigit()][:MOST_IDS]
    try:
        with access.writing() as session:
            entry = faq.make_entry(session, ids, access.actor(), access.now())
    except faq.FaqError as error:
        flash(str(error), "warn")
        return redirect(url_for("console.faq.asked"))
    except LookupError:
        flash("ไม่พบคำถามกลุ่มนี้แล้ว", "warn")
        return redirect(url_for("console.faq.asked"))
    flash("สร้างฉบับร่างแล้ว ตรวจคำตอบ ลบชื่อหรือเบอร์ของผู้ถาม แล้วเผยแพร่", "good")
    return redirect(url_for("console.faq.edit", entry_id=entry.id))


@pages.post("/<int:entry_id>/phrasing")
@access.roles(*EDITORS)
def add_phrasing(entry_id: int) -> ResponseReturnValue:
    """Teach an entry one more wording."""
    with access.writing() as session:
        entry = access.found(session, select(FaqEntry).where(FaqEntry.id == entry_id))
        faq.add_phrasing(session, entry, request.form.get("text", "")[: faq.LONGEST_WORDING], access.actor())
    flash("เพิ่มคำถามแบบอื่นแล้ว", "good")
    return redirect(url_for("console.faq.asked") if access.me().role in MANAGERS else url_for("console.faq.index"))
