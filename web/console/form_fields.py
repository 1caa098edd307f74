"""The builder: a form's questions one below the other, one of them open. Every press of a button keeps what is typed
and stores the draft."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.services import building, definition, operations, preview
from handlers.services.building import Fields
from handlers.services.definition import CASE_ONLY, LONGEST_LABEL, MOST_FIELDS, Definition
from handlers.services.field_types import TYPES
from models.form import FormDefinition, FormVersion
from web.console import access, form_typed
from web.console.form_builder import EDITORS, form_of, pages
from web.console.inputs import number

ICONS = {
    "text": "input-cursor-text",
    "number": "123",
    "choice": "ui-radios",
    "choices": "ui-checks",
    "unit": "diagram-3",
    "date": "calendar-event",
    "phone": "telephone",
    "email": "envelope",
    "citizen_id": "person-vcard",
    "address": "house",
    "location": "geo-alt",
    "photo": "camera",
    "file": "paperclip",
    "rating": "star",
    "consent": "check2-square",
    "section": "type-h2",
    "explanation": "info-circle",
}
IN_TIME = (("any", "วันใดก็ได้"), ("past", "วันที่ผ่านมาแล้ว"), ("future", "วันนี้เป็นต้นไป"))


def fields_now(session: Session, form: FormDefinition) -> tuple[FormVersion | None, Fields]:
    """(the draft, the questions to go on with: the draft's, else those in use)."""
    draft = operations.draft_of(session, form)
    version = draft or operations.version_in_use(session, form)
    return draft, [dict(spec) for spec in version.fields] if version else []


def shown(form: FormDefinition, fields: Fields) -> Definition | None:
    """The definition as far as it is in order, for previews; None while nothing is."""
    sound = building.sound(fields, form.kind)
    return definition.read(sound, key=form.key, title=form.title, kind=form.kind, version=None) if sound else None


@pages.get("/<int:form_id>/edit")
@access.roles(*EDITORS)
def edit(form_id: int) -> str:
    with access.reading() as session:
        form = form_of(session, form_id)
        draft, fields = fields_now(session, form)
        known = shown(form, fields)
        in_use = operations.version_in_use(session, form)
        at = building.position(fields, request.args.get("open", ""))
        by_field, whole = building.problems(fields, form.kind)
        return render_template(
            "console/forms/edit.html",
            form=form,
            draft=draft,
            in_use=in_use,
            rows=[
                {
                    "spec": spec,
                    "kind": TYPES.get(str(spec.get("type"))),
                    "icon": ICONS.get(str(spec.get("type")), "question-circle"),
                    "title": building.title_of(spec),
                    "problems": by_field.get(place, []),
                    "hint": known.hints.get(str(spec.get("id")), "") if known else "",
                    "open": place == at,
                }
                for place, spec in enumerate(fields)
            ],
            at=at,
            editor=_editor(form, fields, at) if at is not None else None,
            offered=[(kind.name, kind.label, ICONS[kind.name]) for kind in building.offered(form.kind)],
            most=MOST_FIELDS,
            whole=whole if fields else [],
            wrong=len(by_field),
            bubbles=preview.as_chat(known, access.agency()) if known else [],
            changed=draft is not None and (in_use is None or draft.fields != in_use.fields),
        )


def _editor(form: FormDefinition, fields: Fields, at: int) -> dict[str, Any]:
    """What the open field's inputs show."""
    spec = fields[at]
    kind = TYPES[spec["type"]]
    return {
        "asks": kind.make is not None,
        "keys": kind.keys,
        "staff": form.kind == "request" and kind.make is not None and kind.name not in CASE_ONLY,
        "blanks": form_typed.BLANKS,
        "lookables": form_typed.lookables(fields, at),
        "lost": form_typed.lost(fields, at),
        "in_time": IN_TIME,
        "longest": LONGEST_LABEL,
        "sensitive": not kind.sensitive,
    }


@pages.post("/<int:form_id>/edit")
@access.roles(*EDITORS)
def change(form_id: int) -> ResponseReturnValue:
    """One step: `do` is save, close, more, or open:, add:, up:, down:, remove:, option_up: with what it is about; the
    open field's inputs come along with every one of them."""
    verb, _, about = request.form.get("do", "save").partition(":")
    opened = request.form.get("open", "")
    with access.writing() as session:
        form = form_of(session, form_id)
        draft, before = fields_now(session, form)
        after = before
        if opened and (verb, about) != ("remove", opened):
            after = _kept(session, form, before, opened)
        after, opened = _step(session, form, after, verb, about, opened)
        if after != before:
            note = draft.note if draft else ""
            operations.save_draft(session, form, after, note, access.me(session), access.now())
    return redirect(
        url_for("console.form_builder.edit", form_id=form_id, open=opened or None, _anchor=f"f-{opened or about}"), 303
    )


def _kept(session: Session, form: FormDefinition, fields: Fields, opened: str) -> Fields:
    """The fields with what was typed into the open one."""
    at = building.position(fields, opened)
    if at is None or fields[at].get("type") not in TYPES:
        flash("ช่องที่เปิดอยู่ถูกผู้อื่นเอาออกไปแล้ว", "bad")
        return fields
    taken = {
        str(option.get("value"))
        for version in operations.versions(session, form)
        for spec in version.fields
        if spec.get("id") == opened
        for option in spec.get("options", ())
    }
    fields = building.replace(fields, form_typed.read(fields, at, request.form, taken))
    wanted = number("f_place")
    return building.place(fields, opened, wanted - 1) if wanted and wanted - 1 != at else fields


def _step(
    session: Session, form: FormDefinition, fields: Fields, verb: str, about: str, opened: str
) -> tuple[Fields, str]:
    """(the fields after this step, the field that is open then)."""
    at = building.position(fields, about)
    match verb:
        case "add" if about in {kind.name for kind in building.offered(form.kind)} and len(fields) < MOST_FIELDS:
            name = _new_name(session, form, fields)
            return building.add(fields, about, name, opened), name
        case "open" if at is not None:
            return fields, about
        case "close":
            return fields, ""
        case "up" | "down" if at is not None:
            return building.place(fields, about, at - 1 if verb == "up" else at + 1), opened
        case "remove" if at is not None:
            flash(f"เอา “{building.title_of(fields[at]) or TYPES[fields[at]['type']].label}” ออกจากแบบร่างแล้ว", "good")
            return building.remove(fields, about), ""
        case "option_up":
            return _option_up(fields, opened, about), opened
    return fields, opened


def _new_name(session: Session, form: FormDefinition, fields: Fields) -> str:
    """An id that no version of the form has used."""
    lists = session.scalars(select(FormVersion.fields).where(FormVersion.form_id == form.id)).all()
    names = [spec.get("id") for one in (*lists, fields) for spec in one]
    return f"q{building.next_number(names)}"


def _option_up(fields: Fields, opened: str, value: str) -> Fields:
    at = building.position(fields, opened)
    if at is None:
        return fields
    options = list(fields[at].get("options", ()))
    place = next((n for n, one in enumerate(options) if one["value"] == value), 0)
    if place:
        options.insert(place - 1, options.pop(place))
    return building.replace(fields, {**fields[at], "options": options})
