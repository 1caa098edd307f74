"""Work for the console's tests: cases and questions filed by the real operations."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.complaints import operations as complaints
from handlers.questions import operations as questions
from models import Base
from models.agency import Staff
from models.case import Case
from models.conversation import Conversation
from models.question import Question
from web.services import Services

PLACE = {"moo": 3, "landmark": "หมู่ 3 หน้าวัด", "latitude": 13.75, "longitude": 100.5}


def agency_of(app: Flask, code: str = "demo") -> AgencyView:
    view = known(app).agencies.refresh(code)
    assert view is not None
    return view


def known(app: Flask) -> Services:
    services = app.extensions["sujarit"]
    assert isinstance(services, Services)
    return services


@contextmanager
def writing(app: Flask, code: str = "demo") -> Iterator[Session]:
    with known(app).database.write(agency_of(app, code).id) as session:
        yield session


def person(session: Session, username: str) -> Staff:
    return session.scalars(select(Staff).where(Staff.username == username)).one()


def citizen(app: Flask, user_id: str = "U1", code: str = "demo") -> int:
    """The id of a conversation on LINE."""
    with writing(app, code) as session:
        conversation = session.scalars(select(Conversation).where(Conversation.line_user_id == user_id)).first()
        conversation = conversation or Conversation(line_user_id=user_id)
        session.add(conversation)
        session.flush()
        return conversation.id


def file_case(
    app: Flask,
    detail: str = "ไฟทางหน้าวัดดับ 3 ดวง",
    code: str = "demo",
    category: str = "streetlight",
    ago: timedelta = timedelta(),
    **given: Any,
) -> int:
    """The id of a new case, filed so long ago."""
    agency = agency_of(app, code)
    new = complaints.NewCase(category, detail, given.pop("place", PLACE), **given)
    with writing(app, code) as session:
        case, _ = complaints.open_case(session, agency, new, "web", datetime.now(UTC) - ago, known(app).secret_key)
        return case.id


def ask(app: Flask, text: str = "ศูนย์เด็กเล็กเปิดวันไหนคะ", code: str = "demo", **given: Any) -> int:
    """The id of a question that waits for a person."""
    agency = agency_of(app, code)
    ago = given.pop("ago", timedelta())
    with writing(app, code) as session:
        return questions.hand_over(session, agency, text, datetime.now(UTC) - ago, **given).id


def case(app: Flask, case_id: int) -> Case:
    with known(app).database.read(agency_of(app).id) as session:
        return session.get_one(Case, case_id)


def question(app: Flask, question_id: int) -> Question:
    with known(app).database.read(agency_of(app).id) as session:
        return session.get_one(Question, question_id)


def unit_id(app: Flask, name: str, code: str = "demo") -> int:
    return next(unit.id for unit in agency_of(app, code).units.values() if unit.name == name)


def conduct_code(app: Flask) -> str:
    """The category of complaints about staff (R17)."""
    return next(category.code for category in agency_of(app).categories if category.conduct)


def photo(colour: str = "red") -> tuple[io.BytesIO, str]:
    """A JPEG for a form."""
    data = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(data, "JPEG")
    data.seek(0)
    return data, "photo.jpg"


def everything_stored(app: Flask) -> bytes:
    """All that is in the database: SQLite's files as they are, of PostgreSQL every row."""
    database = known(app).database
    if database.sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        path = Path(str(database.url.database))
        return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    with database.engine.connect() as connection:
        rows = [row for table in Base.metadata.sorted_tables for row in connection.execute(select(table))]
    return repr(rows).encode()
