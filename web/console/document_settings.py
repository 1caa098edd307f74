"""What stands on official documents: who signs, the place, the Garuda, digits; the columns of the own layout."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from handlers.documents import office, own_layout
from handlers.documents.office import Office, OfficeError
from reports.layouts.super_schema import FIELDS
from thai.organisation import organisation
from web.console import access
from web.console.documents import pages
from web.console.inputs import ticked

EDITORS = ("admin", "clerk")
GARUDA_MOST = 5_000_000  # bytes of a picture as it comes


@pages.get("/settings")
@access.roles(*EDITORS)
def settings() -> str:
    with access.reading() as session:
        return _settings_page(office.office_of(session, access.agency()))


def _settings_page(values: Office, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "console/documents/settings.html",
        values=values,
        errors=errors or {},
        body=organisation(access.agency().kind, access.agency().name),
    )


@pages.post("/settings")
@access.roles(*EDITORS)
def save_settings() -> ResponseReturnValue:
    with access.reading() as session:
        before = office.office_of(session, access.agency())
    typed: dict[str, Any] = {
        field.name: ticked(field.name) if field.type == "bool" else request.form.get(field.name, "").strip()
        for field in fields(Office)
    }
    typed["garuda"] = "" if ticked("no_garuda") else before.garuda
    given = Office(**typed)
    picture = request.files.get("picture")
    try:
        if picture is not None and picture.filename:
            given = Office(**{**typed, "garuda": office.garuda_of(picture.stream.read(GARUDA_MOST))})
        with access.writing() as session:
            office.save_office(session, given, access.actor())
    except OfficeError as error:
        return _settings_page(given, {error.field: str(error)}), 400
    flash("บันทึกแล้ว เอกสารที่ออกไปก่อนหน้ายังเหมือนเดิม", "good")
    return redirect(url_for("console.documents.settings"))


@pages.get("/layout")
@access.roles(*EDITORS)
def columns() -> str:
    return _columns_page(own_layout.chosen(access.agency()))


def _columns_page(chosen: list[dict[str, str]], error: str = "") -> str:
    """Chosen columns first, in their order, then the others."""
    order = [one["key"] for one in chosen]
    titles = {one["key"]: one["title"] for one in chosen}
    rows = [
        {
            "key": key,
            "usual": FIELDS[key].title,
            "title": titles.get(key, ""),
            "place": order.index(key) + 1 if key in order else "",
        }
        for key in (*order, *(key for key in FIELDS if key not in order))
    ]
    return render_template("console/documents/layout.html", rows=rows, error=error)


@pages.post("/layout")
@access.roles(*EDITORS)
def save_columns() -> ResponseReturnValue:
    typed = [(key, request.form.get(f"place.{key}", ""), request.form.get(f"title.{key}", "")) for key in FIELDS]
    try:
        with access.writing() as session:
            own_layout.save(session, typed, access.actor())
    except OfficeError as error:
        shown = [{"key": key, "title": title} for key, place, title in typed if place.strip()]
        return _columns_page(shown, str(error)), 400
    flash("บันทึกแบบของหน่วยงานแล้ว", "good")
    return redirect(url_for("console.documents.columns"))
