"""The forms that an agency builds itself: the list, a new one, and what is said of a form beside its questions.

Admin and clerk keep all forms, a head those of the own unit; officers look at the answers to their unit's forms. The
questions are in form_fields.py, previews in form_preview.py, versions in form_versions.py, answers in form_answers.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, false, func, or_, select, true
from sqlalchemy.orm import Session

from handlers.services import operations, starter, tallies
from handlers.services.operations import KIND_LABELS, SLA_UNITS, FormDetails, FormError
from models.agency import Unit
from models.form import FormDefinition, FormVersion
from models.question import ServiceEntry
from thai.dates import ThaiDateError, bangkok_date, format_date, parse_date
from web.console import access
from web.console.inputs import number, ticked

pages = Blueprint("form_builder", __name__, url_prefix="/forms")

EDITORS = ("admin", "clerk", "head")
READERS = (*EDITORS, "officer")


def whole_agency() -> bool:
    """True for who keeps the forms of every unit."""
    return access.me().role in ("admin", "clerk")


def edits() -> bool:
    return access.me().role in EDITORS


def seen() -> ColumnElement[bool]:
    """Condition on FormDefinition: the forms that this person looks after."""
    if whole_agency():
        return true()
    unit_id = access.me().unit_id
    return FormDefinition.unit_id == unit_id if unit_id is not None else false()


def form_of(session: Session, form_id: int) -> FormDefinition:
    """The form, or 404 for one that is not this person's."""
    return access.found(session, select(FormDefinition).where(FormDefinition.id == form_id, seen()))


# -- the list --------------------------------------------------------------------------------------------


@pages.get("/")
@access.roles(*READERS)
def index() -> str:
    today = bangkok_date(access.now())
    with access.reading() as session:
        forms = session.scalars(
            select(FormDefinition).where(seen()).order_by(FormDefinition.position, FormDefinition.id)
        ).all()
        counts = tallies.by_version(session)
        rows: list[dict[str, Any]] = []
        for form in forms:
            known = operations.versions(session, form)
            in_use = next((version for version in known if version.in_use), None)
            rows.append(
                {
                    "form": form,
                    "answers": sum(counts.get(version.id, 0) for version in known),
                    "published": in_use is not None,
                    "number": in_use.number if in_use else None,
                    "draft": any(version.published_at is None for version in known),
                    "state": _state(form, in_use, today),
                }
            )
        return render_template(
            "console/forms/index.html",
            rows=[row for row in rows if row["form"].active],
            closed=[row for row in rows if not row["form"].active],
            edits=edits(),
            uses={str(form.settings.get("use", "")) for form in forms},
            missing=starter.missing(session) if whole_agency() else [],
            kinds=KIND_LABELS,
            has_line=bool(access.agency().fields.get("line_id", "").strip()),
        )


def _state(form: FormDefinition, in_use: FormVersion | None, today: date) -> tuple[str, str]:
    """(colour, words) of the mark in the list."""
    if not form.active:
        return "", "ปิดใช้"
    if in_use is None:
        return "wait", "ร่าง"
    opens, closes = (_stored_day(form, name) for name in ("opens_on", "closes_on"))
    if opens and today < opens:
        return "soon", f"เปิด {format_date(opens)}"
    if closes and closes < today:
        return "soon", f"ปิดรับเมื่อ {format_date(closes)}"
    return "good", "เปิดใช้"


def _stored_day(form: FormDefinition, name: str) -> date | None:
    return date.fromisoformat(form.settings[name]) if form.settings.get(name) else None


@pages.post("/packs")
@access.roles("admin", "clerk")
def add_packs() -> ResponseReturnValue:
    """All ready-made forms that the agency lacks, as drafts."""
    with access.writing() as session:
        count = starter.load_packs(session, access.agency().id, access.actor(), access.now())
    flash(f"เพิ่มแบบสำเร็จรูป {count} แบบเป็นร่าง ตรวจแล้วเผยแพร่ทีละแบบ", "good")
    return redirect(url_for("console.form_builder.index"))


# -- a new form ------------------------------------------------------------------------------------------


@pages.get("/new")
@access.roles(*EDITORS)
def new() -> str:
    with access.reading() as session:
        return _new_page(session, {"copy": request.args.get("copy", "")})


@pages.post("/new")
@access.roles(*EDITORS)
def create() -> ResponseReturnValue:
    """An empty form, or one with the questions of another."""
    try:
        with access.writing() as session:
            source = _source(session)
            form = operations.save_form(
                session, access.agency(), None, _new_details(session, source), _me(session), access.now()
            )
            if source.fields:
                operations.save_draft(session, form, source.fields, "", _me(session), access.now())
            form_id = form.id
    except FormError as error:
        with access.reading() as session:
            return _new_page(session, request.form, str(error)), 400
    return redirect(url_for("console.form_builder.edit", form_id=form_id))


def _me(session: Session) -> Any:
    return access.me(session)


@dataclass(frozen=True, slots=True)
class Source:
    """What a new form begins with."""

    fields: list[dict[str, Any]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    key: str = ""


def _source(session: Session) -> Source:
    """A ready-made form ("pack:borrow"), another form of this person's, or nothing."""
    wanted = request.form.get("copy", "")
    details: dict[str, Any]
    for pack in starter.packs():
        if wanted == f"pack:{pack['key']}":
            details = {name: pack[name] for name in ("title", "about", "kind", "sla_value", "sla_unit") if name in pack}
            settings = {"settings": {"use": pack["use"]}} if "use" in pack else {}
            return Source([dict(spec) for spec in pack["fields"]], details | settings, pack["key"])
    original = number("copy")
    if original is None:
        return Source()
    form = form_of(session, original)
    version = operations.version_in_use(session, form) or operations.draft_of(session, form)
    details = {name: getattr(form, name) for name in ("title", "about", "kind", "sla_value", "sla_unit")}
    return Source([dict(spec) for spec in version.fields] if version else [], details)


def _new_details(session: Session, source: Source) -> FormDetails:
    key = request.form.get("key", "").strip() or _free_key(session, source.key)
    details: dict[str, Any] = {"kind": request.form.get("kind", ""), "title": "", **source.details}
    if title := request.form.get("title", "").strip():
        details["title"] = title
    return FormDetails(key=key, unit_id=_unit(), position=_last_position(session) + 1, **details)


def _free_key(session: Session, liked: str = "") -> str:
    taken = set(session.scalars(select(FormDefinition.key)))
    if liked and liked not in taken:
        return liked
    return next(key for at in range(1, len(taken) + 2) if (key := f"form-{at}") not in taken)


def _last_position(session: Session) -> int:
    return session.scalar(select(func.max(FormDefinition.position))) or 0


def _unit() -> int | None:
    """The unit that was chosen; a head's forms are those of the own unit."""
    return number("unit_id") if whole_agency() else access.me().unit_id


def _new_page(session: Session, values: Mapping[str, str], problem: str = "") -> str:
    forms = session.scalars(select(FormDefinition).where(seen()).order_by(FormDefinition.title)).all()
    return render_template(
        "console/forms/new.html",
        values=values,
        problem=problem,
        kinds=list(KIND_LABELS.items()),
        units=_units(session),
        packs=[(f"pack:{pack['key']}", pack["title"]) for pack in starter.packs()],
        copies=[(form.id, form.title) for form in forms],
        whole=whole_agency(),
    )


def _units(session: Session) -> list[tuple[int, str]]:
    rows = session.execute(select(Unit.id, Unit.name).where(Unit.active).order_by(Unit.id))
    return [(unit_id, name) for unit_id, name in rows]


# -- what is said of a form ------------------------------------------------------------------------------


@pages.get("/<int:form_id>/settings")
@access.roles(*EDITORS)
def settings(form_id: int) -> str:
    with access.reading() as session:
        form = form_of(session, form_id)
        return _settings_page(session, form, _as_typed(form))


@pages.post("/<int:form_id>/settings")
@access.roles(*EDITORS)
def save_settings(form_id: int) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            form = form_of(session, form_id)
            operations.save_form(session, access.agency(), form, _details(session, form), _me(session), access.now())
    except FormError as error:
        with access.reading() as session:
            return _settings_page(session, form_of(session, form_id), _typed(), str(error)), 400
    flash("บันทึกการตั้งค่าแล้ว", "good")
    return redirect(url_for("console.form_builder.edit", form_id=form_id))


@pages.post("/<int:form_id>/archive")
@access.roles(*EDITORS)
def archive(form_id: int) -> ResponseReturnValue:
    """Take the form out of use, or back into use; its answers stay."""
    with access.writing() as session:
        form = form_of(session, form_id)
        form_details = _unchanged(form, active=not form.active)
        operations.save_form(session, access.agency(), form, form_details, _me(session), access.now())
        active = form.active
    flash("เปิดใช้แบบฟอร์มแล้ว" if active else "ปิดใช้แบบฟอร์มแล้ว คำตอบเดิมยังอยู่ครบ", "good")
    return redirect(url_for("console.form_builder.index"))


def _unchanged(form: FormDefinition, **changes: Any) -> FormDetails:
    names = ("key", "title", "about", "kind", "unit_id", "sla_value", "sla_unit", "active", "listed", "position",
             "service_id", "settings")  # fmt: skip
    return FormDetails(**{**{name: getattr(form, name) for name in names}, **changes})


TYPED = ("title", "about", "key", "kind", "unit_id", "sla_value", "sla_unit", "opens_on", "closes_on", "position",
         "service_id")  # fmt: skip
TICKS = ("listed", "liff")


def _typed() -> dict[str, Any]:
    return {**{name: request.form.get(name, "") for name in TYPED}, **{name: ticked(name) for name in TICKS}}


def _as_typed(form: FormDefinition) -> dict[str, Any]:
    days = {name: format_date(day, "long") if (day := _stored_day(form, name)) else ""
            for name in ("opens_on", "closes_on")}  # fmt: skip
    values = {name: getattr(form, name) for name in TYPED if name not in days}
    return {**values, **days, "listed": form.listed, "liff": form.settings.get("liff") is not False}


def _details(session: Session, form: FormDefinition) -> FormDetails:
    """What was typed. Raises FormError."""
    opens, closes = _day("opens_on"), _day("closes_on")
    if opens and closes and closes < opens:
        raise FormError("วันปิดรับต้องไม่มาก่อนวันเปิดรับ")
    kept = {name: value for name, value in form.settings.items() if name not in ("opens_on", "closes_on", "liff")}
    published = operations.version_in_use(session, form) is not None
    return _unchanged(
        form,
        title=request.form.get("title", ""),
        about=request.form.get("about", "").replace("\r\n", "\n"),
        key=form.key if published else request.form.get("key", ""),
        kind=form.kind if published else request.form.get("kind", ""),
        unit_id=_unit(),
        sla_value=(number("sla_value") or 0) if "sla_value" in request.form else form.sla_value,
        sla_unit=request.form.get("sla_unit", form.sla_unit),
        listed=ticked("listed"),
        position=place if (place := number("position")) is not None else form.position,
        service_id=_service(session),
        settings={
            **kept,
            **({"opens_on": opens.isoformat()} if opens else {}),
            **({"closes_on": closes.isoformat()} if closes else {}),
            "liff": ticked("liff"),
        },
    )


def _service(session: Session) -> int | None:
    """The entry of the catalogue whose form this is; 404 for one of another agency."""
    service_id = number("service_id")
    if service_id is not None:
        access.found(session, select(ServiceEntry).where(ServiceEntry.id == service_id))
    return service_id


def _day(name: str) -> date | None:
    """A day as people write it; None for an empty field. Raises FormError."""
    typed = request.form.get(name, "").strip()
    try:
        return parse_date(typed, bangkok_date(access.now()), prefer="future") if typed else None
    except ThaiDateError:
        raise FormError("กรุณากรอกวันที่ เช่น 1 ธ.ค. 2569") from None


def _settings_page(session: Session, form: FormDefinition, values: Mapping[str, Any], problem: str = "") -> str:
    return render_template(
        "console/forms/settings.html",
        form=form,
        values=values,
        problem=problem,
        published=operations.version_in_use(session, form) is not None,
        kinds=list(KIND_LABELS.items()),
        units=_units(session),
        sla_units=list(SLA_UNITS.items()),
        services=[
            (service_id, name)
            for service_id, name in session.execute(
                select(ServiceEntry.id, ServiceEntry.name)
                .where(or_(ServiceEntry.status == "published", ServiceEntry.id == form.service_id))
                .order_by(ServiceEntry.name)
            )
        ],
        whole=whole_agency(),
        has_liff=bool(access.agency().fields.get("liff_id", "").strip()),
    )
