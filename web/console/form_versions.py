"""A form's versions: what a draft changes, publishing it, who published what, and the way back."""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.services import building, operations, tallies
from handlers.services.operations import DefinitionError, FormError
from models.agency import Staff
from models.audit import AuditEntry
from models.form import FormDefinition, FormVersion
from web.console import access
from web.console.form_builder import EDITORS, form_of, pages

LONGEST_NOTE = 300
ACTS = {"form_published": "เผยแพร่รุ่นที่", "form_rolled_back": "กลับไปใช้รุ่นที่"}


def _mark(fields: list[dict[str, Any]]) -> str:
    """Says whether the draft is still the one that was looked at."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]


@pages.get("/<int:form_id>/publish")
@access.roles(*EDITORS)
def check(form_id: int) -> ResponseReturnValue:
    with access.reading() as session:
        form = form_of(session, form_id)
        if operations.draft_of(session, form) is None:
            flash("ไม่มีแบบร่างให้เผยแพร่", "bad")
            return redirect(url_for("console.form_builder.edit", form_id=form_id))
        return _check_page(session, form)


def _check_page(session: Session, form: FormDefinition, note: str | None = None, problem: str = "") -> str:
    draft, in_use = operations.draft_of(session, form), operations.version_in_use(session, form)
    fields = draft.fields if draft else []
    by_field, whole = building.problems(fields, form.kind)
    counts = tallies.by_version(session)
    return render_template(
        "console/forms/publish.html",
        form=form,
        draft=draft,
        in_use=in_use,
        changes=building.changes(in_use.fields if in_use else [], fields),
        problems=[
            {"at": at, "id": fields[at].get("id"), "title": building.title_of(fields[at]), "texts": texts}
            for at, texts in sorted(by_field.items())
        ],
        whole=whole,
        answers=sum(counts.get(version.id, 0) for version in operations.versions(session, form)),
        mark=_mark(fields),
        note=(draft.note if draft else "") if note is None else note,
        problem=problem,
    )


@pages.post("/<int:form_id>/publish")
@access.roles(*EDITORS)
def publish(form_id: int) -> ResponseReturnValue:
    note = request.form.get("note", "").strip()[:LONGEST_NOTE]
    try:
        with access.writing() as session:
            form, staff, now = form_of(session, form_id), access.me(session), access.now()
            draft = operations.draft_of(session, form)
            if draft is not None and _mark(draft.fields) != request.form.get("mark", ""):
                raise FormError("แบบร่างเพิ่งถูกแก้ไข ตรวจดูสิ่งที่เปลี่ยนอีกครั้งก่อนเผยแพร่")
            if draft is not None:
                operations.save_draft(session, form, draft.fields, note, staff, now)
            number = operations.publish(session, access.agency(), form, staff, now).number
    except (FormError, DefinitionError) as error:
        with access.reading() as session:
            return _check_page(session, form_of(session, form_id), note, str(error)), 400
    flash(f"เผยแพร่รุ่นที่ {number} แล้ว ใช้ได้ทันทีทั้งในแชตและบนเว็บ", "good")
    return redirect(url_for("console.form_builder.history", form_id=form_id))


@pages.get("/<int:form_id>/versions")
@access.roles(*EDITORS)
def history(form_id: int) -> str:
    with access.reading() as session:
        form = form_of(session, form_id)
        counts = tallies.by_version(session)
        known = operations.versions(session, form)
        older = {version.id: before for version, before in pairwise(known)}
        return render_template(
            "console/forms/versions.html",
            form=form,
            draft=next((version for version in known if version.published_at is None), None),
            rows=[
                {
                    "version": version,
                    "answers": counts.get(version.id, 0),
                    "changes": building.changes(older[version.id].fields, version.fields)
                    if version.id in older
                    else [],
                }
                for version in known
                if version.published_at is not None
            ],
            acts=_acts(session, form),
        )


def _acts(session: Session, form: FormDefinition) -> list[dict[str, Any]]:
    """Who put which version in use when, the newest first, out of the audit log."""
    people = {f"staff:{staff_id}": name for staff_id, name in session.execute(select(Staff.id, Staff.name))}
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject == f"form:{form.id}", AuditEntry.action.in_(ACTS))
        .order_by(AuditEntry.id.desc())
        .limit(20)
    )
    return [
        {"at": one.at, "who": people.get(one.actor, ""), "what": f"{ACTS[one.action]} {one.detail.get('version', '')}"}
        for one in entries
    ]


def _version(session: Session, form: FormDefinition, number: int) -> FormVersion:
    query = select(FormVersion).where(FormVersion.form_id == form.id, FormVersion.number == number)
    return access.found(session, query)


@pages.post("/<int:form_id>/versions/<int:number>/use")
@access.roles(*EDITORS)
def use(form_id: int, number: int) -> ResponseReturnValue:
    """Put an older version in use again."""
    try:
        with access.writing() as session:
            form = form_of(session, form_id)
            version = _version(session, form, number)
            operations.roll_back(session, access.agency(), form, version, access.me(session), access.now())
    except FormError as error:
        flash(str(error), "bad")
    else:
        flash(f"กลับไปใช้รุ่นที่ {number} แล้ว คำตอบทุกรุ่นยังอยู่ครบ", "good")
    return redirect(url_for("console.form_builder.history", form_id=form_id))


@pages.post("/<int:form_id>/discard")
@access.roles(*EDITORS)
def discard(form_id: int) -> ResponseReturnValue:
    """Throw the draft away."""
    try:
        with access.writing() as session:
            operations.discard_draft(session, form_of(session, form_id), access.me(session))
    except FormError as error:
        flash(str(error), "bad")
    else:
        flash("ทิ้งแบบร่างแล้ว", "good")
    return redirect(url_for("console.form_builder.edit", form_id=form_id))
