"""The trend agrees with the figures of each of its periods."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.summaries import card
from handlers.summaries.figures import collect, totals
from handlers.summaries.periods import holding, parse
from handlers.summaries.trend import back_from, short_label, trend
from models.duty import Duty
from tests.handlers.complaints.conftest import Office
from tests.handlers.summaries.conftest import add_case, add_question, moment

NOW = moment("2027-01-20 10:00")


def test_each_period_counts_what_its_figures_count(office: Office) -> None:
    stretch = back_from(parse("2570-q2"), 4)
    with office.session() as session:
        for day, count in (("2026-05-05", 2), ("2026-09-30", 1), ("2026-10-01", 3), ("2027-01-19", 1)):
            opened, closed = moment(f"{day} 23:00"), moment(f"{day} 23:30")
            for _ in range(count):
                add_case(session, opened_at=opened, due_at=closed, closed_at=closed, done_at=closed, status="done")
                add_case(
                    session, opened_at=opened, due_at=opened, closed_at=closed, confirmed_at=closed, status="confirmed"
                )
                add_case(session, opened_at=opened, due_at=closed, closed_at=closed, status="rejected")
                add_case(session, opened_at=opened, due_at=closed, kind="request")
                add_question(session, asked_at=opened)
                add_question(session, person=False, asked_at=opened, status="answered_by_bot", answered_at=opened)
            due = date.fromisoformat(day)
            sent = {"status": "done", "submitted_at": opened, "done_at": opened}
            session.add(Duty(fiscal_year=2570, title="งาน", planned_on=due, due_on=due, **sent))
        session.flush()
        moved = trend(session, office.agency, stretch, NOW)
        assert [row["label"] for row in moved] == ["ไตรมาส 3/69", "ไตรมาส 4/69", "ไตรมาส 1/70", "ไตรมาส 2/70"]
        for row, period in zip(moved, stretch, strict=True):
            figures = collect(session, office.agency, period.first, period.last, NOW)
            for name in ("received", "closed", "finished", "in_time", "confirmed"):
                assert row[name] == figures["cases"][name], (name, row["label"])
            assert row["asked"] == figures["questions"]["asked"]
            assert row["handed"] == sum(figures["questions"][name] for name in ("person", "unanswered", "ended"))
            assert (row["on_time"], row["late"]) == (figures["duties"]["on_time"], figures["duties"]["late"])
            alone = totals(session, office.agency, period.first, period.last, NOW)
            assert {name: alone[name] for name in ("cases", "questions", "duties")} == {
                name: figures[name] for name in ("cases", "questions", "duties")
            }
    assert [row["received"] for row in moved] == [6, 3, 9, 3]
    chart = card.chart({"trend": moved})
    assert chart.series[0] == ("รับเรื่อง", (6.0, 3.0, 9.0, 3.0))


@pytest.mark.parametrize(
    ("kind", "label"),
    [("quarter", "ไตรมาส 2/70"), ("half", "ครึ่งปี 1/70"), ("year", "ปี 2570"), ("month", "มกราคม 2570")],
)
def test_labels_are_short(kind: str, label: str) -> None:
    assert short_label(holding(kind, date(2027, 1, 20))) == label
