"""The service catalogue: steps, papers, fee and days of what the agency does for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from handlers.questions import faq
from models.question import ServiceEntry
from web.console import access, inputs
from web.console.faq import EDITORS, MANAGERS, pages, unit_choices


@pages.get("/services")
@access.roles(*access.EVERYONE)
def services() -> str:
    words, show = request.args.get("q", "").strip()[:100], request.args.get("show", "")
    with access.reading() as session:
        query = select(ServiceEntry).order_by(ServiceEntry.name)
        for word in words.split():
            query = query.where(
                or_(
                    ServiceEntry.name.icontains(word, autoescape=True),
                    ServiceEntry.key.icontains(word, autoescape=True),
                )
            )
        rows = session.scalars(query).all()
        if show == "unconfirmed":
            rows = [row for row in rows if unsure(row)]
        return render_template("console/services.html", services=rows, words=words, show=show, unsure=unsure)


def unsure(service: ServiceEntry) -> bool:
    """True for a service whose facts nobody has confirmed yet."""
    texts = (*service.steps, *service.documents, service.fee, service.days, service.legal_note)
    return service.confirmed_at is None and any("⟦" in text for text in texts)


@pages.get("/services/new")
@access.roles(*EDITORS)
def new_service() -> str:
    return _form(None, {}, {})


@pages.post("/services/new")
@access.roles(*EDITORS)
def create_service() -> ResponseReturnValue:
    try:
        with access.writing() as session:
            service = faq.save_service(session, None, _details(), access.actor())
    except faq.FaqError as error:
        return _form(None, request.form, {error.field: str(error)}), 422
    flash("บันทึกบริการแล้ว", "good")
    return redirect(url_for("console.faq.edit_service", service_id=service.id))


@pages.get("/services/<int:service_id>")
@access.roles(*access.EVERYONE)
def edit_service(service_id: int) -> str:
    with access.reading() as session:
        service = _service(session, service_id)
        return _form(service, _typed(service), {})


@pages.post("/services/<int:service_id>")
@access.roles(*EDITORS)
def save_service(service_id: int) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            faq.save_service(session, _service(session, service_id), _details(), access.actor())
    except faq.FaqError as error:
        with access.reading() as session:
            return _form(_service(session, service_id), request.form, {error.field: str(error)}), 422
    flash("บันทึกแล้ว ระบบใช้ข้อมูลใหม่ทันที", "good")
    return redirect(url_for("console.faq.edit_service", service_id=service_id))


@pages.post("/services/<int:service_id>/confirm")
@access.roles(*EDITORS)
def confirm_service(service_id: int) -> ResponseReturnValue:
    with access.writing() as session:
        faq.confirm_service(session, _service(session, service_id), access.me(session), access.now())
    flash("ยืนยันข้อเท็จจริงแล้ว", "good")
    return redirect(url_for("console.faq.edit_service", service_id=service_id))


@pages.post("/services/<int:service_id>/remove")
@access.roles(*MANAGERS)
def remove_service(service_id: int) -> ResponseReturnValue:
    with access.writing() as session:
        faq.remove_service(session, _service(session, service_id), access.actor())
    flash("ลบบริการนี้แล้ว", "good")
    return redirect(url_for("console.faq.services"))


def _service(session: Session, service_id: int) -> ServiceEntry:
    return access.found(session, select(ServiceEntry).where(ServiceEntry.id == service_id))


def _typed(service: ServiceEntry) -> dict[str, Any]:
    return {
        "key": service.key,
        "name": service.name,
        "alternatives": "\n".join(service.alternatives or ()),
        "steps": "\n".join(service.steps or ()),
        "documents": "\n".join(service.documents or ()),
        "fee": service.fee,
        "days": service.days,
        "unit_id": service.unit_id,
        "legal_note": service.legal_note,
        "status": service.status,
    }


def _details() -> faq.ServiceDetails:
    names = ("name", "alternatives", "steps", "documents", "fee", "days", "key", "legal_note")
    typed = {name: request.form.get(name, "").replace("\r\n", "\n") for name in names}
    return faq.ServiceDetails(**typed, unit_id=inputs.number("unit_id"), status=request.form.get("status", "published"))


def _form(service: ServiceEntry | None, typed: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    forms = access.agency().forms.values()
    return render_template(
        "console/service_edit.html",
        service=service,
        form=next((one for one in forms if service is not None and one.service_id == service.id), None),
        typed=typed,
        errors=errors,
        units=unit_choices(),
        statuses=faq.STATUS_LABEL,
        unsure=service is not None and unsure(service),
        may_edit=access.me().role in EDITORS,
        may_remove=access.me().role in MANAGERS,
    )
