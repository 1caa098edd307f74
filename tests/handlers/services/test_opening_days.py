"""A form that is open only on certain days."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from handlers.agencies import content_changed
from handlers.services.chat import open_forms
from handlers.services.fields import today
from models.db import Database
from models.form import FormDefinition
from tests.handlers.services.forms import put_in_use
from tests.handlers.turns import new_agency, say, view, words


def test_before_and_after_its_days_a_form_says_so_and_is_not_listed(database: Database) -> None:
    new_agency(database)
    day = timedelta(days=1)
    put_in_use(database, "later", title="ขอทุน", settings={"opens_on": (today() + day).isoformat()})
    put_in_use(database, "over", title="ขอถังขยะ", settings={"closes_on": (today() - day).isoformat()})
    put_in_use(database, "now", settings={"opens_on": today().isoformat(), "closes_on": today().isoformat()})
    keys = {form.key for form in open_forms(view(database))}
    assert "now" in keys
    assert not {"later", "over"} & keys
    assert "เปิดรับ" in words(say(database, "demo", "U1", "แบบฟอร์ม later"))
    assert "ปิดรับแล้ว" in words(say(database, "demo", "U1", "แบบฟอร์ม over"))
    assert "ยินยอมไหม" in words(say(database, "demo", "U1", "แบบฟอร์ม now"))


def test_who_has_begun_finishes_after_the_last_day(database: Database) -> None:
    new_agency(database)
    form = [{"id": "q1", "type": "text", "label": "ความเห็น"}]
    put_in_use(database, "poll", form, kind="survey")
    say(database, "demo", "U1", "แบบฟอร์ม poll")
    say(database, "demo", "U1", "ยินยอม")
    agency = view(database)
    with database.write(agency.id) as session:
        stored = session.scalars(select(FormDefinition).where(FormDefinition.key == "poll")).one()
        stored.settings = {"closes_on": (today() - timedelta(days=1)).isoformat()}
        content_changed(session, agency.id)
    assert "ปิดรับแล้ว" in words(say(database, "demo", "U2", "แบบฟอร์ม poll"))
    assert "ดีมากค่ะ" in words(say(database, "demo", "U1", "ดีมากค่ะ"))
