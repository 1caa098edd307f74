"""What is kept long enough goes, what is still needed stays; a second run finds nothing to do."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from handlers.files import FOLDER, thumbnail
from models.agency import Agency, LinkCode, Staff
from models.audit import AuditEntry
from models.case import Case, Category
from models.conversation import Conversation, WebhookEvent
from models.db import Database
from models.measure import Evidence
from models.outbox import MailMessage
from models.participation import Activity, SignUp
from models.question import Question
from models.thread import Attachment, ThreadMessage
from scheduler import retention
from scheduler.clock import clean

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
def kept(database: Database) -> Database:
    with database.write() as session:
        session.add_all(Agency(id=n, code=f"a{n}", name="x", short_name="x") for n in (1, 2))
    return database


def test_events_go_in_small_bites(kept: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    with kept.write() as session:
        for n in range(10):
            session.add(WebhookEvent(agency_id=1 + n % 2, event_id=f"old{n}", received_at=ago(31)))
        session.add(WebhookEvent(agency_id=1, event_id="new", received_at=ago(29)))
    assert clean(kept, tmp_path, NOW) == 10
    with kept.read() as session:
        assert session.scalars(select(WebhookEvent.event_id)).all() == ["new"]
    assert clean(kept, tmp_path, NOW) == 0


def test_link_codes_that_ran_out(kept: Database, tmp_path: Path) -> None:
    with kept.write(1) as session:
        session.add(staff := Staff(username="a", name="a", password_hash="x"))
        session.flush()
        for name, days in (("old", 2), ("fresh", 0.5), ("waiting", -0.01)):
            session.add(LinkCode(staff_id=staff.id, code_hash=name, expires_at=ago(days)))
    clean(kept, tmp_path, NOW)
    with kept.read() as session:
        assert set(session.scalars(select(LinkCode.code_hash))) == {"fresh", "waiting"}


def test_drafts_that_nobody_touches(kept: Database, tmp_path: Path) -> None:
    state = json.dumps({"form": {"name": "complaint", "answers": {"detail": "ถนน"}}, "seen": 1})
    shelved = json.dumps({"shelf": {"form:borrow": {"name": "form:borrow", "answers": {"a": "เต็นท์"}}}, "seen": 2})
    with kept.write(1) as session:
        session.add(Conversation(line_user_id="old", state=state, last_event_at=ago(91)))
        session.add(Conversation(line_user_id="new", state=state, last_event_at=ago(89)))
        session.add(Conversation(line_user_id="shelf", state=shelved, last_event_at=ago(91)))
    clean(kept, tmp_path, NOW)
    with kept.read() as session:
        states = {talk.line_user_id: talk.state for talk in session.scalars(select(Conversation))}
        assert json.loads(states["old"]) == {"seen": 1}
        assert states["new"] == state
        assert json.loads(states["shelf"]) == {"seen": 2}
        assert session.scalars(select(AuditEntry.action)).all() == ["drafts_dropped"]


def test_files_that_belong_to_nothing(kept: Database, tmp_path: Path) -> None:
    def file(name: str) -> str:
        path = tmp_path / FOLDER / "1" / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        (tmp_path / FOLDER / thumbnail(f"1/{name}.jpg")).write_bytes(b"x")
        return f"1/{name}.jpg"

    with kept.write(1) as session:
        session.add(talk := Conversation(line_user_id="U1"))
        session.add(question := Question(text="ถาม"))
        session.add(category := Category(code="road", label="ถนน"))
        session.flush()
        session.add(
            case := Case(
                number="C70-000001", fiscal_year=2570, secret_hash="x", category_id=category.id, detail="x", due_at=NOW
            )
        )
        session.flush()
        rows = {
            name: Attachment(path=file(name), status="stored", created_at=ago(8), conversation_id=talk.id)
            for name in ("orphan", "case", "thread", "draft", "shelf", "young")
        }
        rows["young"].created_at = ago(6)
        rows["case"].case_id = case.id
        rows["unfetched"] = Attachment(status="failed", created_at=ago(8))
        session.add_all(rows.values())
        session.flush()
        session.add(ThreadMessage(question_id=question.id, direction="in", attachment_id=rows["thread"].id))
        talk.state = json.dumps(
            {
                "form": {"answers": {"photos": [rows["draft"].id], "tools": ["saw"]}},
                "shelf": {"form:permit": {"answers": {"deed": [rows["shelf"].id]}}},
            }
        )
    assert clean(kept, tmp_path, NOW) == 2
    left = {"case", "thread", "draft", "shelf", "young"}
    with kept.read() as session:
        assert {path[2:-4] for path in session.scalars(select(Attachment.path))} == left
        assert set(session.scalars(select(Attachment.status))) == {"stored"}
    assert {path.name.split(".")[0] for path in (tmp_path / FOLDER / "1").iterdir()} == left
    assert clean(kept, tmp_path, NOW) == 0


def test_a_file_that_is_evidence_stays(kept: Database, tmp_path: Path) -> None:
    with kept.write(1) as session:
        session.add_all(
            [Attachment(status="stored", path=f"1/{name}.jpg", created_at=ago(40)) for name in ("proof", "x")]
        )
        session.flush()
        proof = session.scalars(select(Attachment.id).where(Attachment.path == "1/proof.jpg")).one()
        session.add(Evidence(kind="photo", attachment_id=proof))
    (tmp_path / FOLDER / "1").mkdir(parents=True)
    for name in ("proof", "x"):
        (tmp_path / FOLDER / "1" / f"{name}.jpg").write_bytes(b"x")
    clean(kept, tmp_path, NOW)
    assert [path.name for path in (tmp_path / FOLDER / "1").iterdir()] == ["proof.jpg"]
    with kept.read() as session:
        assert session.scalars(select(Attachment.path)).all() == ["1/proof.jpg"]


def test_trouble_with_one_file_stops_nothing_and_is_made_good(
    kept: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with kept.write(1) as session:
        session.add(Attachment(path="1/a.jpg", status="stored", created_at=ago(8)))
    with kept.write(2) as session:
        session.add(Attachment(path="2/b.jpg", status="stored", created_at=ago(8)))

    def refuse(data: Path, path: str) -> None:
        if path.startswith("1/"):
            raise PermissionError(path)

    with monkeypatch.context() as patch:
        patch.setattr(retention.files, "remove", refuse)
        assert clean(kept, tmp_path, NOW) == 1
    assert "clean_failed agency=a1 what=drop_orphans error=PermissionError" in caplog.text
    assert clean(kept, tmp_path, NOW) == 1
    with kept.read() as session:
        assert session.scalars(select(Attachment)).all() == []


def test_who_signed_up_is_forgotten_and_counted_still(kept: Database, tmp_path: Path) -> None:
    with kept.write(1) as session:
        for number, days in enumerate((400, 100)):
            activity = Activity(
                code=f"code{number}", title="ประชุมประชาคม", kind="forum", starts_at=ago(days + 1), ends_at=ago(days)
            )
            session.add(activity)
            session.flush()
            session.add(SignUp(activity_id=activity.id, name="นางบัวลอย", phone="0812345678", people=2))
    for expected in (1, 0):
        assert retention.forget_who_signed_up(kept, tmp_path, 1, NOW) == expected
    with kept.read(1) as session:
        rows = session.execute(select(SignUp.name, SignUp.phone, SignUp.people).order_by(SignUp.id)).all()
    assert [tuple(row) for row in rows] == [("", "", 2), ("นางบัวลอย", "0812345678", 2)]


def test_old_mail_goes_unless_it_still_waits(kept: Database, tmp_path: Path) -> None:
    with kept.write(1) as session:
        staff = Staff(username="a", name="a", password_hash="x")
        session.add(staff)
        session.flush()
        for key, status, days in (("a", "sent", 200), ("b", "pending", 200), ("c", "sent", 10)):
            session.add(
                MailMessage(
                    staff_id=staff.id, dedupe_key=key, title="เตือน", body="x", status=status, next_attempt_at=NOW,
                    created_at=ago(days),
                )
            )  # fmt: skip
    for expected in (1, 0):
        assert retention.drop_mail(kept, tmp_path, 1, NOW) == expected
    with kept.read(1) as session:
        assert set(session.scalars(select(MailMessage.dedupe_key))) == {"b", "c"}
