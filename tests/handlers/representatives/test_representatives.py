"""A citizen who helps with a complaint, from the invitation to the end: what they see, what they never see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.complaints import operations as complaints
from handlers.complaints.operations import NewCase
from handlers.messages import Message, Pin
from handlers.registers.operations import EntryDetails, save_entry
from handlers.representatives import inviting, listing, operations, words
from handlers.representatives.inviting import Invitation
from handlers.representatives.rules import RepresentativeError
from handlers.representatives.watching import BEFORE, KEPT, watch_representatives, watch_representatives_due
from models.agency import Staff
from models.audit import AuditEntry
from models.case import Case
from models.conversation import Conversation
from models.db import Database
from models.outbox import OutboxMessage
from models.representative import Representative
from models.thread import Attachment, ThreadMessage
from tests.conftest import Copies
from tests.handlers import turns
from thai.dates import at_bangkok, bangkok_date, format_date
from thai.fiscal import fiscal_year

NAME = "นายสมมุติ ช่วยงาน"
REPORTER, HELPER = "U-reporter", "U-helper"
SECRETS = ("สมศรี", "0812345678", "บ้านเลขที่ 9", "เจ้าหน้าที่ตอบว่าคุณสมศรี")
sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


class Town:
    """The invented agency, a complaint about a street light whose reporter is known, and its staff."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.today = bangkok_date(datetime.now(UTC))
        self.agency_id = turns.view(database).id
        with self.writing() as session:
            reporter = Conversation(line_user_id=REPORTER)
            session.add(reporter)
            session.flush()
            reporter_id = reporter.id
        self.case_id = self.file(conversation_id=reporter_id)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.database.write(self.agency_id) as session:
            yield session

    def file(self, category: str = "streetlight", **given: object) -> int:
        fields: dict[str, object] = {
            "detail": "ไฟดับหน้า บ้านเลขที่ 9",
            "place": {"moo": 3, "landmark": "หน้าวัด", "latitude": 13.75, "longitude": 100.5},
            "name": "สมศรี ใจดี",
            "phone": "0812345678",
        }
        new = NewCase(category, **{**fields, **given})  # type: ignore[arg-type]
        with self.writing() as session:
            case, _ = complaints.open_case(
                session, turns.view(self.database), new, "web", datetime.now(UTC), turns.SECRET_KEY
            )
            return case.id

    def person(self, session: Session, username: str = "palad") -> Staff:
        return session.scalars(select(Staff).where(Staff.username == username)).one()

    def invite(self, case_id: int | None = None, days: int = 60, **given: object) -> tuple[int, str]:
        """Ids and code of an invitation that ends in so many days."""
        now = datetime.now(UTC)
        fields: dict[str, object] = {
            "name": NAME, "ends_on": format_date(self.today + timedelta(days=days)), "agreed": True,
        }  # fmt: skip
        with self.writing() as session:
            case = session.get_one(Case, case_id or self.case_id)
            given_ = Invitation(**{**fields, **given})  # type: ignore[arg-type]
            row, code = inviting.invite(session, case, given_, self.person(session), now, turns.SECRET_KEY)
            return row.id, code

    def accepted(self, **given: object) -> int:
        """The id of a representative who has agreed."""
        row_id, code = self.invite(**given)  # type: ignore[arg-type]
        asked = self.say(f"ผู้แทน {code}")
        self.tap(turns.choice(asked, "ยินดีช่วย"))
        return row_id

    def say(self, text: str, user: str = HELPER) -> list[Message]:
        return turns.say(self.database, "demo", user, text)

    def tap(self, data: str, user: str = HELPER) -> list[Message]:
        return turns.tap(self.database, "demo", user, data)

    def told(self, user: str) -> str:
        return turns.words(turns.told(self.database, "demo", user))

    def noon(self, days: int) -> datetime:
        """12.00 in Bangkok, so many days from today."""
        return at_bangkok(self.today + timedelta(days=days), time(12))

    def row(self, row_id: int) -> Representative:
        with self.database.read(self.agency_id) as session:
            return session.get_one(Representative, row_id)

    def progress(self, verb: str = "progress", **given: object) -> None:
        with self.writing() as session:
            case, staff = session.get_one(Case, self.case_id), self.person(session)
            agency, now = turns.view(self.database), datetime.now(UTC)
            if verb == "progress":
                complaints.progress(session, agency, case, staff, now, "survey", "เจ้าหน้าที่ตอบว่าคุณสมศรี")
            elif verb == "done":
                complaints.done(session, agency, case, staff, now, "เสร็จแล้ว")
            else:
                complaints.reject(session, agency, case, staff, now, "คุณสมศรีแจ้งซ้ำ")

    def watch(self, now: datetime | None = None) -> int:
        """A tick of the clock at `now`; 0 when nothing is due."""
        now = now or datetime.now(UTC)
        with self.database.read() as session:
            due = watch_representatives_due(session, now)
        if not due:
            return 0
        assert due == [self.agency_id]
        with self.writing() as session:
            return watch_representatives(session, turns.view(self.database), now)


@pytest.fixture(scope="module")
def agencies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, quick_passwords: None) -> Copies:
    return Copies(request, tmp_path_factory.mktemp("agencies"), lambda database: turns.new_agency(database) and None)


@pytest.fixture
def town(database_kind: str, agencies: Copies, tmp_path: Path) -> Iterator[Town]:
    database = agencies.copy(database_kind, tmp_path)
    yield Town(database)
    agencies.give_back(database)


def test_from_invitation_to_the_first_photo(town: Town) -> None:
    staff_line = "U-palad"
    turns.link(town.database, "demo", "palad", staff_line)
    with town.writing() as session:
        session.get_one(Case, town.case_id).assignee_id = town.person(session).id
    row_id, code = town.invite(order_number="๑๒/๒๕๗๐", task="ช่วยดูจุดไฟดับ")
    asked = town.say(f"ผู้แทน {code[:4]} {code[4:].lower()}")
    said = turns.words(asked)
    for expected in (NAME, "ไฟ", "ช่วยดูจุดไฟดับ", "๑๒/๒๕๗๐", "เป็นความลับ", "ไม่เห็นชื่อ", "เลิกได้ทุกเมื่อ"):
        assert expected in said
    assert town.row(row_id).status == "invited"

    card = town.tap(turns.choice(asked, "ยินดีช่วย"))
    assert "รอรับเรื่อง" in turns.words(card)
    assert town.row(row_id).terms_version == words.TERMS_VERSION
    assert "มีผู้แทนภาคประชาชน" in town.told(REPORTER)
    assert NAME not in town.told(REPORTER)
    assert "ตอบรับแล้ว" in town.told(staff_line)

    town.tap(turns.choice(card, "ส่งข้อความหรือรูป"))
    assert "ส่งให้เจ้าหน้าที่แล้ว" in turns.words(town.say("ไปดูแล้ว ดับ 3 ดวง"))
    turns.send(town.database, "demo", HELPER, "image")
    turns.send(town.database, "demo", HELPER, "location", latitude=13.7, longitude=100.5, title="หน้าวัด", address="")
    with town.database.read(town.agency_id) as session:
        messages = session.scalars(select(ThreadMessage).order_by(ThreadMessage.id)).all()
        assert [message.direction for message in messages] == ["note"] * 3
        assert messages[0].text == "ผู้แทนภาคประชาชน คนที่ 1\nไปดูแล้ว ดับ 3 ดวง"
        assert session.get_one(Attachment, messages[1].attachment_id).case_id == town.case_id
        assert session.get_one(Representative, row_id).notes == 3
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("representative_%"))).all()
        assert acts == [f"representative_{act}" for act in ("invited", "opened", "accepted", "heard", "heard", "heard")]
    assert "ส่งข้อมูล" in town.told(staff_line)
    assert "ดับ 3 ดวง" not in town.told(REPORTER)
    town.tap("r:enough")
    assert "ส่งให้เจ้าหน้าที่แล้ว" not in turns.words(town.say("ขยะเก็บวันไหน"))


def test_a_new_state_is_told_once_and_the_end_with_thanks(town: Town) -> None:
    row_id = town.accepted()
    assert town.watch() == 0
    town.progress()
    assert town.watch() == 1
    assert town.watch() == 0
    assert "สำรวจหน้างาน" in town.told(HELPER)
    town.progress("reject")
    assert town.watch() == 1
    assert town.watch() == 0
    assert "ไม่รับเรื่อง" in town.told(HELPER)
    assert "ขอบคุณ" in town.told(HELPER)
    row = town.row(row_id)
    assert (row.status, row.end_reason, row.conversation_id) == ("ended", "case", None)
    assert "ไม่ได้เป็นผู้แทน" in turns.words(town.tap(f"r:show:{row_id}"))
    assert "ไม่ได้เป็นผู้แทน" in turns.words(town.say("ผู้แทน"))


@sqlite_only
def test_nothing_tells_who_complained(town: Town) -> None:
    with town.writing() as session:
        case = session.get_one(Case, town.case_id)
        complaints.hear(session, turns.view(town.database), case, datetime.now(UTC), text="ฉันสมศรี บ้านเลขที่ 9")
    row_id = town.accepted()
    number = _number(town)
    seen = [town.say("ผู้แทน"), town.say(number), town.tap(f"r:show:{row_id}"), town.tap(f"r:add:{row_id}")]
    town.progress()
    town.watch()
    town.progress("reject")
    town.watch()
    everything = "\n".join(turns.words(messages) for messages in seen) + town.told(HELPER)
    assert number in everything
    for secret in (*SECRETS, "หน้าวัด", "แจ้งซ้ำ"):
        assert secret not in everything
    # The reporter's own doors stay shut.
    assert "คุณสมศรี" not in turns.words(town.tap(f"c:show:{town.case_id}"))
    assert "คุณสมศรี" not in turns.words(town.tap(f"c:add:{town.case_id}"))


def _number(town: Town) -> str:
    with town.database.read(town.agency_id) as session:
        return session.get_one(Case, town.case_id).number


@sqlite_only
def test_the_exact_place_is_shown_only_when_staff_say_so(town: Town) -> None:
    row_id = town.accepted(exact_place=True)
    card = town.tap(f"r:show:{row_id}")
    assert isinstance(card[0], Pin)
    assert "หน้าวัด" in turns.words(card)
    assert "บ้านเลขที่ 9" not in turns.words(card)


@sqlite_only
def test_a_code_serves_one_person_and_only_for_a_while(town: Town) -> None:
    row_id, code = town.invite()
    assert "ใช้ไม่ได้" in turns.words(town.say("ผู้แทน ABCD2345", "U-x"))
    town.say(f"ผู้แทนภาคประชาชน {code}")
    assert "ใช้ไม่ได้" in turns.words(town.say(f"ผู้แทน {code}", "U-thief"))
    assert "ขอเชิญ" in turns.words(town.say(f"ผู้แทน {code}"))  # opened again by the same person
    assert "ไม่ได้เป็นผู้แทน" in turns.words(town.tap(f"r:yes:{row_id}", "U-thief"))
    with town.writing() as session:
        row = session.get_one(Representative, row_id)
        fresh = inviting.renew_code(session, row, town.person(session), datetime.now(UTC), turns.SECRET_KEY)
    assert "ใช้ไม่ได้" in turns.words(town.say(f"ผู้แทน {code}"))
    with town.writing() as session:
        session.get_one(Representative, row_id).code_until = datetime.now(UTC) - timedelta(minutes=1)
    assert "ใช้ไม่ได้" in turns.words(town.say(f"ผู้แทน {fresh}", "U-late"))
    for _ in range(5):
        town.say("ผู้แทน ABCD2345", "U-x")
    assert "รอ 1 ชั่วโมง" in turns.words(town.say("ผู้แทน ABCD2345", "U-x"))


@sqlite_only
def test_neither_the_reporter_nor_staff_help_and_the_code_stays_good(town: Town) -> None:
    turns.link(town.database, "demo", "chang", "U-chang")
    _, code = town.invite()
    assert "แจ้งไว้เอง" in turns.words(town.say(f"ผู้แทน {code}", REPORTER))
    assert "ของเจ้าหน้าที่" in turns.words(town.say(f"ผู้แทน {code}", "U-chang"))
    assert "ขอเชิญ" in turns.words(town.say(f"ผู้แทน {code}"))


@sqlite_only
def test_declining_and_leaving_cut_the_link(town: Town) -> None:
    row_id, code = town.invite()
    asked = town.say(f"ผู้แทน {code}")
    assert "ไม่เป็นไร" in turns.words(town.tap(turns.choice(asked, "ไม่สะดวก")))
    row = town.row(row_id)
    assert (row.status, row.conversation_id, row.code_hash) == ("declined", None, None)
    assert "ผู้แทน" not in town.told(REPORTER)
    other = town.accepted()
    assert "เลิกเป็นผู้แทนของเรื่องนี้ใช่ไหม" in turns.words(asked := town.tap(f"r:leave:{other}"))
    assert "เลิกให้แล้ว" in turns.words(town.tap(turns.choice(asked, "เลิกเป็นผู้แทน")))
    row = town.row(other)
    assert (row.status, row.end_reason, row.conversation_id, row.position) == ("ended", "left", None, 2)


@sqlite_only
def test_what_they_write_elsewhere_stays_elsewhere(town: Town) -> None:
    row_id = town.accepted()

    def notes() -> int:
        return town.row(row_id).notes

    for elsewhere in (lambda: town.say("เมนู"), lambda: town.say("ติดตามเรื่อง"), lambda: town.tap("menu:ask")):
        town.tap(f"r:add:{row_id}")
        elsewhere()
        town.say("ขยะเก็บวันไหน")
        assert notes() == 0
    town.tap(f"r:add:{row_id}")
    town.say("ผู้รับเหมาจ่ายสินบนให้เจ้าหน้าที่")  # nothing about corruption is kept
    assert notes() == 0
    town.say("ไฟยังดับอยู่")
    assert notes() == 1


@sqlite_only
def test_an_unsent_message_is_emptied(town: Town) -> None:
    row_id = town.accepted()
    town.tap(f"r:add:{row_id}")
    event = {"type": "message", "message": {"type": "text", "text": "ผิดเรื่อง", "id": "m-wrong"}}
    turns.post(town.database, "demo", HELPER, event)
    turns.send(town.database, "demo", HELPER, "unsend", message_id="m-wrong")
    with town.database.read(town.agency_id) as session:
        message = session.scalars(select(ThreadMessage)).one()
        assert (message.text, message.unsent) == ("", True)


@sqlite_only
def test_the_term_is_announced_and_ends_by_day_only(town: Town) -> None:
    row_id = town.accepted(days=30)
    assert town.watch(town.noon(30) - BEFORE - timedelta(days=1)) == 0
    assert town.watch(town.noon(30) - BEFORE) == 1
    assert town.watch(town.noon(30) - BEFORE) == 0
    assert "จะครบกำหนดอีก 7 วัน" in town.told(HELPER)
    assert town.watch(town.noon(30)) == 0
    assert town.watch(town.noon(31) - timedelta(hours=6)) == 0  # 6.00: nobody is woken
    assert town.watch(town.noon(31)) == 1
    assert (town.row(row_id).end_reason, "ครบวาระ" in town.told(HELPER)) == ("term", True)


@sqlite_only
def test_a_finished_case_ends_it_once_it_cannot_be_opened_again(town: Town) -> None:
    row_id = town.accepted()
    town.progress("done")
    assert town.watch() == 1
    assert "บอกเราได้" in town.told(HELPER)
    assert town.row(row_id).status == "active"
    assert town.watch(town.noon(31)) == 1
    assert town.row(row_id).end_reason == "case"


@sqlite_only
def test_a_case_that_turns_out_to_be_about_conduct_is_out_of_sight_at_once(town: Town) -> None:
    row_id = town.accepted()
    with town.writing() as session:
        session.get_one(Case, town.case_id).accused_unit_id = next(iter(turns.view(town.database).units))
    assert "ไม่ได้เป็นผู้แทน" in turns.words(town.tap(f"r:show:{row_id}"))
    assert town.watch() == 1
    assert (town.row(row_id).status, "ไม่ต้องใช้ผู้แทนแล้ว" in town.told(HELPER)) == ("ended", True)


@sqlite_only
def test_names_of_those_who_did_not_help_go_and_others_on_request(town: Town) -> None:
    row_id, _ = town.invite()
    helper = town.accepted(name="นางสมมุติ สอง")
    with town.writing() as session:
        staff, now = town.person(session), datetime.now(UTC)
        for one in (row_id, helper):
            row = session.get_one(Representative, one)
            with pytest.raises(RepresentativeError):
                operations.forget(session, row, staff)
            operations.end(session, row, "staff", f"staff:{staff.id}", now)
        with pytest.raises(RepresentativeError):
            operations.end(session, row, "staff", f"staff:{staff.id}", now)
    assert "เจ้าหน้าที่แจ้งสิ้นสุด" in town.told(HELPER)
    later = datetime.now(UTC) + KEPT + timedelta(hours=1)
    assert town.watch(later) == 1
    assert town.watch(later) == 0
    assert (town.row(row_id).name, town.row(helper).name) == ("", "นางสมมุติ สอง")
    with town.writing() as session:
        operations.forget(session, session.get_one(Representative, helper), town.person(session))
        session.flush()
        known = [row.messages for row in session.scalars(select(OutboxMessage))]
        assert not any("สมมุติ สอง" in text for text in known if "ขอเชิญ" not in text)
    assert town.row(helper).name == ""


@sqlite_only
def test_staff_write_to_a_representative(town: Town) -> None:
    row_id = town.accepted()
    with town.writing() as session:
        row = session.get_one(Representative, row_id)
        operations.write(session, row, town.person(session), "พรุ่งนี้ 9 โมงพบกันที่วัดค่ะ", datetime.now(UTC))
        with pytest.raises(RepresentativeError):
            operations.write(session, row, town.person(session), " ", datetime.now(UTC))
    assert "พรุ่งนี้ 9 โมง" in town.told(HELPER)
    assert "พรุ่งนี้ 9 โมง" not in town.told(REPORTER)


@sqlite_only
def test_who_may_be_helped_and_what_must_be_given(town: Town) -> None:
    agency = turns.view(town.database)
    conduct = next(category.code for category in agency.categories if category.conduct)
    about_staff = town.file(conduct, accused_unit_id=next(iter(agency.units)))
    with pytest.raises(RepresentativeError, match="เกี่ยวกับเจ้าหน้าที่"):
        town.invite(about_staff)
    if agency.request_categories:
        with pytest.raises(RepresentativeError, match="คำขอ"):
            town.invite(town.file(agency.request_categories[0].code))
    forgotten = town.file()
    with town.writing() as session:
        case = session.get_one(Case, forgotten)
        case.status, case.detail = "done", ""
    with pytest.raises(RepresentativeError, match="ปิดแล้ว"):
        town.invite(forgotten)
    today = bangkok_date(datetime.now(UTC))
    for field, given in (
        ("name", {"name": " "}),
        ("name", {"name": "ก" * 121}),
        ("ends_on", {"ends_on": ""}),
        ("ends_on", {"ends_on": "31 ก.พ. 70"}),
        ("ends_on", {"ends_on": format_date(today - timedelta(days=1), "long")}),
        ("ends_on", {"ends_on": format_date(today + timedelta(days=3000), "long")}),
        ("starts_on", {"starts_on": format_date(today + timedelta(days=2), "long")}),
        ("committee_id", {"committee_id": 999}),
        ("agreed", {"agreed": False}),
    ):
        with pytest.raises(RepresentativeError) as refused:
            town.invite(**given)  # type: ignore[arg-type]
        assert refused.value.field == field, given
    town.invite()
    with pytest.raises(RepresentativeError, match="ไว้แล้ว"):
        town.invite()
    for number in range(2, 6):
        town.invite(name=f"{NAME} {number}")
    with pytest.raises(RepresentativeError, match="ไม่เกิน 5"):
        town.invite(name=f"{NAME} 6")


@sqlite_only
def test_a_committee_gives_term_and_order_and_the_list_is_evidence(town: Town) -> None:
    now = datetime.now(UTC)
    term = bangkok_date(now) + timedelta(days=90)
    with town.writing() as session:
        details = EntryDetails(
            "คณะทำงานภาคประชาชน", expires_on=format_date(term, "long"), values={"order_number": "77/2569"}
        )
        committee = save_entry(session, "committees", None, details, town.person(session), now).id
    town.accepted(committee_id=committee, ends_on="")
    with town.database.read(town.agency_id) as session:
        palad, khlang = town.person(session), town.person(session, "khlang")
        found = listing.listed(session, palad, "current", fiscal_year(bangkok_date(now)))
        assert [(row.order_number, row.ends_on) for row in found] == [("77/2569", term)]
        assert listing.listed(session, palad, "past") == []
        assert listing.listed(session, palad, year=fiscal_year(bangkok_date(now)) - 1) == []
        assert listing.listed(session, khlang) == []  # another unit's case
        table = listing.export(found, now, "csv").decode("utf-8-sig")
    for expected in (NAME, "77/2569", "คณะทำงานภาคประชาชน", _number(town), format_date(term, "long"), "กำลังช่วย"):
        assert expected in table
