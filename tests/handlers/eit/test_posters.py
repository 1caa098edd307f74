"""The words on posters, and where their codes lead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from handlers.agencies import AgencyView, FormView
from handlers.eit import posters
from models.eit import EitPoint, EitRound
from thai.working_time import WorkCalendar

AGENCY = AgencyView(
    id=1, code="demo", name="อบต.บ้านตัวอย่าง", short_name="อบต.บ้านตัวอย่าง", kind="อบต.", version=1,
    public_url="https://line.example.go.th",
    fields={"line_id": "@demo", "office_phone": "02-000-1234", "hotline_nacc": "1205",
            "integrity_url": "https://line.example.go.th/demo/integrity/"},
    settings={}, calendar=WorkCalendar(), units={}, categories=(), notice_version=1, notice_text="", answers={},
)  # fmt: skip
LINE = "https://line.me/R/ti/p/%40demo"
STEERING = ("ดีที่สุด", "คะแนนเต็ม", "รางวัล", "แจก", "ช่วยให้คะแนน", "โปร่งใสจริง", "5 ดาว")


def test_the_surveys_poster_steers_nobody() -> None:
    round_ = EitRound(fiscal_year=2570, url="https://x", opens_on=date(2027, 1, 1), closes_on=date(2027, 6, 30))
    (poster,) = posters.for_points(AGENCY, round_, [EitPoint(code="k7m2xq", name="เคาน์เตอร์")])
    said = " ".join((poster.title, poster.subtitle, *poster.facts, poster.call, poster.foot))
    assert not [word for word in STEERING if word in said]
    for word in ("ป.ป.ช.", "5 นาที", "ไม่ต้องบอกชื่อ", "1 ม.ค. 70 ถึง 30 มิ.ย. 70"):
        assert word in said
    assert (poster.address, poster.shown) == ("https://line.example.go.th/e/k7m2xq", "line.example.go.th/e/k7m2xq")


@pytest.mark.parametrize(
    ("door", "address"),
    [
        ("line", LINE),
        ("complain", "https://line.example.go.th/demo/complain"),
        ("ask", "https://line.example.go.th/demo/ask"),
        ("integrity", "https://line.example.go.th/demo/integrity/"),
    ],
)
def test_each_door_has_a_poster(door: str, address: str) -> None:
    poster = posters.for_door(replace(AGENCY, integrity_open=True), door, LINE)
    assert poster is not None
    assert poster.address == address
    assert door in posters.DOORS


def test_a_door_that_is_not_there_has_none() -> None:
    assert posters.for_door(AGENCY, "integrity", LINE) is None
    assert posters.for_door(AGENCY, "line", "") is None
    assert posters.for_door(AGENCY, "window", LINE) is None


@pytest.mark.parametrize(("kind", "words"), [("request", "ได้เลขที่เรื่องทันที"), ("anonymous", "ไม่ต้องบอกชื่อ")])
def test_a_forms_poster_promises_what_the_form_does(kind: str, words: str) -> None:
    form = FormView(
        id=1, key="trees", title="ขอตัดต้นไม้", about="", kind=kind, unit_id=None, sla_value=7, sla_unit="days",
        listed=True, service_id=None, version_id=1, fields="[]",
    )  # fmt: skip
    poster = posters.for_form(AGENCY, form)
    assert poster.address == "https://line.example.go.th/demo/forms/trees"
    others = {"ได้เลขที่เรื่องทันที", "ไม่ต้องบอกชื่อ"} - {words}
    assert words in poster.facts
    assert not others & set(poster.facts)
