"""The FAQ manager: find, write, confirm, publish and remove what the bot answers from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from handlers.questions import faq, operations
from models.question import FaqEntry, Question
from thai.dates import ThaiDateError, bangkok_date, format_date, parse_date
from web.console import access, inputs

pages = Blueprint("faq", __name__, url_prefix="/faq")

EDITORS = ("officer", "head", "clerk", "admin")
MANAGERS = ("head", "clerk", "admin")
PAGE = 40
REVIEW_SOON = timedelta(days=30)
SHOWN = {
    "": "ทั้งหมด",
    "published": "เผยแพร่",
    "draft": "ฉบับร่าง",
    "unconfirmed": "มีข้อเท็จจริงรอยืนยัน",
    "review": "ถึงเวลาทบทวน",
}


@pages.get("/")
@access.roles(*access.EVERYONE)
def index() -> str:
    show = request.args.get("show", "") if request.args.get("show") in SHOWN else ""
    words, unit, page = request.args.get("q", "").strip()[:100], request.args.get("unit", ""), _page_number()
    with access.reading() as session:
        where = [_shown(show), *_words(words)]
        if unit.isascii() and unit.isdigit():
            where.append(FaqEntry.unit_id == int(unit))
        total = session.scalar(select(func.count()).select_from(FaqEntry).where(*where)) or 0
        entries = session.scalars(
            select(FaqEntry).where(*where).order_by(FaqEntry.question, FaqEntry.id).limit(PAGE).offset(page * PAGE)
        ).all()
        counts = {
            name: session.scalar(select(func.count()).select_from(FaqEntry).where(_shown(name))) for name in SHOWN
        }
        return render_template(
            "console/faq.html",
            entries=entries,
            total=total,
            counts=counts,
            show=show,
            words=words,
            unit=unit,
            units=unit_choices(),
            shown=SHOWN,
            unsure=unsure,
            due_by=_review_day(),
            page=page,
            more=total > (page + 1) * PAGE,
        )


def _page_number() -> int:
    typed = request.args.get("page", "")
    return min(int(typed), 10_000) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0


def _review_day() -> date:
    return bangkok_date(access.now()) + REVIEW_SOON


def _shown(show: str) -> ColumnElement[bool]:
    match show:
        case "published" | "draft":
            return FaqEntry.status == show
        case "unconfirmed":
            return and_(FaqEntry.confirmed_at.is_(None), FaqEntry.answer.contains("⟦"))
        case "review":
            return FaqEntry.review_by <= _review_day()
    return FaqEntry.id.is_not(None)


def _words(words: str) -> list[ColumnElement[bool]]:
    return [
        or_(*(column.icontains(word, autoescape=True) for column in (FaqEntry.question, FaqEntry.answer, FaqEntry.key)))
        for word in words.split()
    ]


def unsure(entry: Any) -> bool:
    """True for an entry whose facts nobody has confirmed yet."""
    return entry.confirmed_at is None and "⟦" in entry.answer


def unit_choices() -> list[tuple[int, str]]:
    return [(unit.id, unit.name) for unit in access.agency().units.values()]


# -- writing ---------------------------------------------------------------------------------------------


@pages.get("/new")
@access.roles(*EDITORS)
def new() -> str:
    """An empty entry, or one begun from a question (?question=12)."""
    typed: Mapping[str, Any] = {}
    asked = request.args.get("question", "")
    if asked.isascii() and asked.isdigit():
        with access.reading() as session:
            typed = {**asdict(faq.draft_of(session, [_seen(session, int(asked))])), "status": "published"}
    return _form(None, typed, {}, asked=asked)


@pages.post("/new")
@access.roles(*EDITORS)
def create() -> ResponseReturnValue:
    asked = inputs.number("asked")
    try:
        with access.writing() as session:
            if asked is None:
                entry = faq.save_entry(session, None, _details(), access.actor())
            else:
                ids = [_seen(session, asked)]
                entry = faq.make_entry(session, ids, access.actor(), access.now(), _details())
    except faq.FaqError as error:
        return _form(None, request.form, {error.field: str(error)}, asked=str(asked or "")), 422
    flash("บันทึกแล้ว" if entry.status == "published" else "บันทึกเป็นฉบับร่างแล้ว", "good")
    return redirect(url_for("console.faq.edit", entry_id=entry.id))


@pages.get("/<int:entry_id>")
@access.roles(*access.EVERYONE)
def edit(entry_id: int) -> str:
    with access.reading() as session:
        entry = _entry(session, entry_id)
        return _form(entry, _typed(entry), {})


@pages.post("/<int:entry_id>")
@access.roles(*EDITORS)
def save(entry_id: int) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            entry = _entry(session, entry_id)
            faq.save_entry(session, entry, _details(), access.actor())
    except faq.FaqError as error:
        with access.reading() as session:
            return _form(_entry(session, entry_id), request.form, {error.field: str(error)}), 422
    flash("บันทึกแล้ว ระบบใช้คำตอบใหม่ทันที", "good")
    return redirect(url_for("console.faq.edit", entry_id=entry_id))


@pages.post("/<int:entry_id>/confirm")
@access.roles(*EDITORS)
def confirm(entry_id: int) -> ResponseReturnValue:
    with access.writing() as session:
        faq.confirm_entry(session, _entry(session, entry_id), access.me(session), access.now())
    flash("ยืนยันข้อเท็จจริงแล้ว", "good")
    return redirect(url_for("console.faq.edit", entry_id=entry_id))


@pages.post("/<int:entry_id>/publish")
@access.roles(*EDITORS)
def publish(entry_id: int) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            faq.publish(session, _entry(session, entry_id), access.actor())
        flash("เผยแพร่แล้ว", "good")
    except faq.FaqError as error:
        flash(str(error), "warn")
    return redirect(url_for("console.faq.edit", entry_id=entry_id))


@pages.post("/<int:entry_id>/draft")
@access.roles(*EDITORS)
def draft(entry_id: int) -> ResponseReturnValue:
    with access.writing() as session:
        faq.draft(session, _entry(session, entry_id), access.actor())
    flash("เก็บเป็นฉบับร่างแล้ว ระบบจะไม่ใช้ตอบ", "good")
    return redirect(url_for("console.faq.edit", entry_id=entry_id))


@pages.post("/<int:entry_id>/remove")
@access.roles(*MANAGERS)
def remove(entry_id: int) -> ResponseReturnValue:
    with access.writing() as session:
        faq.remove_entry(session, _entry(session, entry_id), access.actor())
    flash("ลบข้อนี้แล้ว", "good")
    return redirect(url_for("console.faq.index"))


def _entry(session: Session, entry_id: int) -> FaqEntry:
    return access.found(session, select(FaqEntry).options(joinedload(FaqEntry.unit)).where(FaqEntry.id == entry_id))


def _seen(session: Session, question_id: int) -> int:
    """The question's id, if this person may see it; 404 otherwise."""
    visible = operations.visible_to(access.me())
    return access.found(session, select(Question.id).where(Question.id == question_id, visible))


def _typed(entry: FaqEntry) -> dict[str, Any]:
    return {
        "key": entry.key,
        "question": entry.question,
        "alternatives": "\n".join(entry.alternatives or ()),
        "answer": entry.answer,
        "unit_id": entry.unit_id,
        "owner": entry.owner,
        "source": entry.source,
        "review_by": format_date(entry.review_by) if entry.review_by else "",
        "status": entry.status,
    }


def _details() -> faq.EntryDetails:
    """What was typed. Raises FaqError for a date that cannot be read."""
    form, review_by = request.form, None
    if typed := form.get("review_by", "").strip():
        try:
            review_by = parse_date(typed, bangkok_date(access.now()), prefer="future")
        except ThaiDateError:
            raise faq.FaqError("review_by", "อ่านวันที่ไม่ได้ พิมพ์เช่น 30 ก.ย. 70") from None
    return faq.EntryDetails(
        question=form.get("question", ""),
        answer=form.get("answer", "").replace("\r\n", "\n"),
        alternatives=form.get("alternatives", "").replace("\r\n", "\n"),
        key=form.get("key", ""),
        unit_id=inputs.number("unit_id"),
        owner=form.get("owner", ""),
        source=form.get("source", ""),
        review_by=review_by,
        status=form.get("status", "published"),
    )


def _form(entry: FaqEntry | None, typed: Mapping[str, Any], errors: Mapping[str, str], asked: str = "") -> str:
    fields = access.agency().fields
    return render_template(
        "console/faq_edit.html",
        entry=entry,
        typed=typed,
        errors=errors,
        asked=asked,
        units=unit_choices(),
        statuses=faq.STATUS_LABEL,
        unsure=entry is not None and unsure(entry),
        may_edit=access.me().role in EDITORS,
        may_remove=access.me().role in MANAGERS,
        fields=sorted(fields),
    )
