"""ท่านเสนอ เราทำ: proposed in chat, answered in public, told to the author."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from handlers.participation import proposals
from handlers.participation.activities import ParticipationError
from models.agency import Staff
from models.db import Database
from models.participation import Proposal
from tests.handlers.turns import choice, link, say, tap, told, view, words


def _propose(database: Database) -> None:
    say(database, "demo", "U1", "เสนอเรื่อง")
    said = say(database, "demo", "U1", "ยินยอม")
    assert "อยากให้เราทำอะไร" in words(said)
    say(database, "demo", "U1", "ขอลานออกกำลังกาย")
    assert "เลขหมู่" in words(say(database, "demo", "U1", "แถวบ้าน"))
    say(database, "demo", "U1", "หมู่ที่ ๓")
    review = say(database, "demo", "U1", "ข้าม")
    assert "หมู่ 3" in words(review)
    assert "รับข้อเสนอแล้ว" in words(tap(database, "demo", "U1", choice(review, "ส่งเรื่อง")))


def test_a_proposal_is_answered_in_public(database: Database, agency_id: int) -> None:
    link(database, "demo", "palad", "UP")
    _propose(database)
    assert "ข้อเสนอใหม่ P70-000001" in words(told(database, "demo", "UP"))
    agency, now = view(database), datetime.now(UTC)
    with database.write(agency_id) as session:
        staff = session.scalars(select(Staff).where(Staff.username == "palad")).one()
        one = session.scalars(select(Proposal)).one()
        assert (one.moo, one.text, proposals.public(session)) == (3, "ขอลานออกกำลังกาย", [])
        for status in proposals.ANSWERED:
            with pytest.raises(ParticipationError) as refused:
                proposals.decide(session, agency, one, staff, now, status=status, summary="ลานกีฬา หมู่ 3", answer=" ")
            assert refused.value.field == "answer"
        with pytest.raises(ParticipationError) as refused:
            proposals.decide(session, agency, one, staff, now, status="considering", summary="", answer="")
        assert refused.value.field == "summary"
        values = {"status": "will_do", "summary": "ลานกีฬา หมู่ 3", "answer": "ตั้งงบปี 2571"}
        proposals.decide(session, agency, one, staff, now, **values)
        proposals.decide(session, agency, one, staff, now, **values)  # nothing new: not told again
        assert proposals.public(session) == [one]
    said = words(told(database, "demo", "U1"))
    assert said.count("ตั้งงบปี 2571") == 1
    assert "จะดำเนินการ" in said
