"""A service's sheet for the wall: its code opens the form, or the service's page."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from sqlalchemy import select

from handlers.services import starter
from models.agency import Staff
from models.base import utc_now
from models.db import Database
from models.question import ServiceEntry
from tests.handlers.turns import view
from tests.web.conftest import Browser


def code_of(pdf: bytes, folder: Path) -> str:
    """What the code on the page holds."""
    (folder / "sheet.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", folder / "sheet.pdf", folder / "page"], check=True)
    (code,) = zxingcpp.read_barcodes(Image.open(folder / "page.png"))
    return code.text


def services(database: Database) -> dict[str, int]:
    with database.read(view(database).id) as session:
        return {row.key: row.id for row in session.execute(select(ServiceEntry.key, ServiceEntry.id))}


def test_every_service_has_a_sheet(app: Flask, client: Browser, database: Database, tmp_path: Path) -> None:
    ids = services(database)
    row_id = ids["borrow-equipment"]
    page = client.get(f"/demo/services/{row_id}").text
    assert f"/demo/services/{row_id}.pdf" in page
    assert "ขอออนไลน์" not in page
    answer = client.get(f"/demo/services/{row_id}.pdf")
    assert answer.mimetype == "application/pdf"
    code = code_of(answer.data, tmp_path)
    assert code == f"http://localhost/demo/services/{row_id}"
    assert client.get("/demo/services/999999.pdf").status_code == 404


@pytest.mark.parametrize("key", ["borrow-equipment", "information-request"])
def test_with_a_form_the_code_opens_it(
    app: Flask, client: Browser, login: Any, database: Database, tmp_path: Path, key: str
) -> None:
    agency = view(database)
    with database.write(agency.id) as session:
        admin = session.scalars(select(Staff).where(Staff.username == "admin")).one()
        starter.publish_packs(session, agency, admin, utc_now())
    app.extensions["sujarit"].agencies.refresh("demo")
    row_id = services(database)[key]
    code = code_of(client.get(f"/demo/services/{row_id}.pdf").data, tmp_path)
    path = code.removeprefix("http://localhost")
    assert path == f"/demo/forms/{'borrow' if key == 'borrow-equipment' else 'information'}"
    assert client.get(path).status_code == 200
    assert path in client.get(f"/demo/services/{row_id}").text
    console = login("palad").get(f"/console/faq/services/{row_id}").text
    assert f"/demo/services/{row_id}.pdf" in console
