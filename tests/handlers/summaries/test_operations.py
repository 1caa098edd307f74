"""Summaries over a simulated year: each once, on the first working day, acknowledged once, whatever the clock does."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from handlers.agencies import Agencies
from handlers.messages import Card, load
from handlers.summaries import operations, periods
from handlers.summaries.card import minutes_words, share_words
from models.agency import Agency, Holiday, Staff
from models.audit import AuditEntry
from models.conversation import Conversation
from models.db import Database
from models.document import Summary, SummaryReceipt
from models.duty import Duty, DutyRule
from models.measure import Evidence
from models.outbox import MailMessage
from scheduler.clock import ClockDuty, tick
from tests.handlers.complaints.conftest import Office
from tests.handlers.summaries.conftest import add_case, fresh_agency, moment
from tests.handlers.turns import say, tap, words

DUTIES = (ClockDuty(operations.send_summaries_due, operations.send_summaries),)
OPENING = "08:30"
# First working days of fiscal year 2570 (holidays of thai/holidays.py) and what is told on them.
TOLD = {
    date(2026, 11, 2): {"2570-m10"},
    date(2026, 12, 1): {"2570-m11"},
    date(2027, 1, 4): {"2570-q1"},
    date(2027, 2, 1): {"2570-m01"},
    date(2027, 3, 1): {"2570-m02"},
    date(2027, 4, 1): {"2570-q2", "2570-h1"},
    date(2027, 5, 3): {"2570-m04"},
    date(2027, 6, 1): {"2570-m05"},
    date(2027, 7, 1): {"2570-q3"},
    date(2027, 8, 2): {"2570-m07"},
    date(2027, 9, 1): {"2570-m08"},
    date(2027, 10, 1): {"2570-q4", "2570-h2", "2570"},
}


def _agencies(office: Office) -> Agencies:
    return Agencies(office.database, "https://example.test")


def _tick(office: Office, at: datetime, agencies: Agencies | None = None) -> int:
    done = tick(office.database, agencies or _agencies(office), at, DUTIES)
    assert done.troubles == 0
    return sum(done.changed.values())


def _begin(office: Office) -> None:
    """The agency has been there since the year began."""
    with office.database.write() as session:
        session.get_one(Agency, office.agency.id).created_at = moment("2026-10-01 08:00")


def _summaries(office: Office) -> dict[str, date]:
    """When each was made."""
    with office.database.read(office.agency.id) as session:
        return {row.period: (row.created_at + timedelta(hours=7)).date() for row in session.scalars(select(Summary))}


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def test_a_year_day_by_day(office: Office) -> None:
    _begin(office)
    agencies = _agencies(office)
    for day in _days(date(2026, 10, 1), date(2027, 10, 5)):
        before = _tick(office, moment(f"{day} 08:29"), agencies)
        told = _tick(office, moment(f"{day} {OPENING}"), agencies)
        assert (before, told) == (0, len(TOLD.get(day, ()))), day
        assert _tick(office, moment(f"{day} 15:00"), agencies) == 0
    assert _summaries(office) == {key: day for day, keys in TOLD.items() for key in keys}
    for user in ("U-palad", "U-nayok"):  # one message a day, with a card for each
        cards = [[card.title for card in load(row.messages) if isinstance(card, Card)] for row in office.outbox(user)]
        assert [len(titles) for titles in cards] == [len(keys) for keys in TOLD.values()]
    assert office.outbox("U-changhead") == []


def test_the_same_year_with_a_clock_that_is_often_down(office: Office) -> None:
    _begin(office)
    chance = random.Random(570)
    day, last = date(2026, 10, 1), date(2027, 10, 31)
    while day < last:
        _tick(office, moment(f"{day} {chance.randrange(24):02d}:{chance.randrange(60):02d}"))
        day += timedelta(days=chance.choice([1, 1, 2, 6, 20]))
    _tick(office, moment("2027-10-31 12:00"))
    expected = {key for keys in TOLD.values() for key in keys}
    wide = {key for key in expected if "-m" not in key}
    made = _summaries(office)
    assert wide <= set(made) <= expected  # a digest that another one overtook is not sent after it
    for key, day in made.items():
        assert day >= next(told for told, keys in TOLD.items() if key in keys)


def test_a_long_silence_is_caught_up_once(office: Office) -> None:
    _begin(office)
    assert _tick(office, moment("2027-10-20 11:00")) == 3
    assert set(_summaries(office)) == {"2570-q4", "2570-h2", "2570"}
    assert _tick(office, moment("2027-10-20 11:01")) == 0
    assert len(office.outbox("U-palad")) == 1


def test_a_new_agency_hears_nothing_of_the_time_before_it(database: Database) -> None:
    agency_id = fresh_agency(database, moment("2027-01-02 10:00"))
    agencies = Agencies(database, "https://example.test")
    for at, count in (("2027-01-04 09:00", 0), ("2027-02-01 09:00", 1), ("2027-04-01 09:00", 2)):
        done = tick(database, agencies, moment(at), DUTIES)
        assert (sum(done.changed.values()), done.troubles) == (count, 0)
    with database.read(agency_id) as session:
        assert session.scalar(select(func.count()).select_from(SummaryReceipt)) == 0  # nobody works there yet


def test_whoever_is_not_on_line_gets_one_e_mail(office: Office) -> None:
    _begin(office)
    with office.session() as session:
        palad, nayok = office.staff(session, "palad"), office.staff(session, "nayok")
        palad.email, nayok.email = "palad@example.go.th", "nayok@example.go.th"
        palad.line_user_id = None
        add_case(session, opened_at=moment("2026-11-05 09:00"))
    with_mail = Agencies(office.database, "https://example.test", sends_mail=True)
    for _ in range(2):  # a doubled tick
        _tick(office, moment("2027-01-04 09:00"), with_mail)
    with office.database.read(office.agency.id) as session:
        (letter,) = session.scalars(select(MailMessage)).all()
        assert letter.staff_id == office.staff(session, "palad").id
        receipts = {row.staff.username: row.via for row in session.scalars(select(SummaryReceipt))}
        assert receipts == {"palad": "email", "nayok": "line"}
    assert letter.title == "สรุปผลงาน ไตรมาส 1/2570 - อบต.บ้านตัวอย่าง"
    assert "รับเรื่อง: 1 เรื่อง" in letter.body
    assert "https://example.test/console/dashboard/?period=2570-q1" in letter.body
    assert "/summaries/" not in letter.body  # nothing that opens without signing in
    # Blocked on LINE: by e-mail from now on; and one message for what is due together.
    with office.session() as session:
        session.scalars(select(Conversation).where(Conversation.line_user_id == "U-nayok")).one().reachable = False
    _tick(office, moment("2027-04-01 09:00"), with_mail)
    with office.database.read(office.agency.id) as session:
        letters = session.scalars(select(MailMessage).order_by(MailMessage.id)).all()
    assert [row.title.partition(" - ")[0] for row in letters[1:]] == ["สรุปผลงาน ไตรมาส 2/2570 และอีก 1 ฉบับ"] * 2
    assert "ครึ่งปีแรก" in letters[1].body or "2570-h1" in letters[1].body
    # An installation that sends no e-mail leaves it in the console.
    _tick(office, moment("2027-07-01 09:00"))
    with office.database.read(office.agency.id) as session:
        last = session.scalars(select(SummaryReceipt).order_by(SummaryReceipt.id.desc())).first()
        assert last is not None
        assert last.via == "console"
        assert len(session.scalars(select(MailMessage)).all()) == len(letters)


def test_a_holiday_moves_it_to_the_next_working_day(office: Office) -> None:
    _begin(office)
    with office.session() as session:
        session.add(Holiday(day=date(2026, 11, 2), name="วันหยุดพิเศษ"))
        agency = session.get_one(Agency, office.agency.id)
        agency.content_version += 1
    assert _tick(office, moment("2026-11-02 09:00")) == 0
    assert _tick(office, moment("2026-11-03 08:30")) == 1


def test_two_clocks_at_once_send_once(office: Office) -> None:
    _begin(office)
    at, together = moment("2027-01-04 09:00"), threading.Barrier(2)

    def clock() -> None:
        agencies = _agencies(office)
        together.wait()
        tick(office.database, agencies, at, DUTIES)

    clocks = [threading.Thread(target=clock) for _ in range(2)]
    for one in clocks:
        one.start()
    for one in clocks:
        one.join()
    assert set(_summaries(office)) >= {"2570-q1"}
    assert len(office.outbox("U-palad")) == 1


def test_the_question_of_what_is_due_names_only_who_is_due(database: Database) -> None:
    begun = moment("2026-10-30 08:00")
    ids = [fresh_agency(database, begun) for _ in range(4)]
    with database.write() as session:
        for agency_id, due in zip(
            ids, (None, begun, begun + timedelta(hours=1), begun - timedelta(days=9)), strict=True
        ):
            session.get_one(Agency, agency_id).summaries_due_at = due
    with database.read() as session:
        assert sorted(operations.send_summaries_due(session, begun)) == [ids[0], ids[1], ids[3]]


# -- the card and its acknowledgement --------------------------------------------------------------------


@pytest.fixture
def quarter(office: Office) -> Office:
    """Quarter 1 has been told, with a case that is late."""
    _begin(office)
    with office.session() as session:
        add_case(session, opened_at=moment("2026-11-05 09:00"), due_at=moment("2026-11-12 16:30"), moo=3)
    _tick(office, moment("2027-01-04 08:30"))
    return office


def _card(office: Office, user: str) -> Card:
    (message,) = load(office.outbox(user)[-1].messages)
    assert isinstance(message, Card)
    return message


def test_the_card_is_read_in_ten_seconds(quarter: Office) -> None:
    card = _card(quarter, "U-palad")
    assert card.title == "สรุปผลงาน ไตรมาส 1/2570"
    assert len(card.rows) <= 8
    shown = {row.label: row.value for row in card.rows}
    assert shown["รับเรื่อง"] == "1 เรื่อง"
    assert shown["เกินกำหนด"] == "1 จาก 1 ที่ค้าง"
    assert shown["รอท่านตัดสินใจ"] == "ไม่มี"
    assert [button.label for button in card.buttons] == ["รับทราบ", "ดูรายละเอียด", "รายงานเต็ม (PDF)"]
    assert all(len(button.label) <= 20 for button in card.buttons)
    late = next(row.link for row in card.rows if row.label == "เกินกำหนด")
    assert late == "https://example.test/console/dashboard/list/cases.late?first=2026-10-01&last=2026-12-31"


def test_acknowledged_once_and_kept(quarter: Office) -> None:
    acknowledge = _card(quarter, "U-nayok").buttons[0].value
    assert "รับทราบแล้ว" in words(tap(quarter.database, "demo", "U-nayok", acknowledge))
    again = words(tap(quarter.database, "demo", "U-nayok", acknowledge))
    assert "ท่านรับทราบไว้แล้ว" in again
    with quarter.database.read(quarter.agency.id) as session:
        receipts = {r.staff.username: r.acknowledged_at for r in session.scalars(select(SummaryReceipt))}
        assert receipts.keys() == {"nayok", "palad"}
        assert receipts["nayok"] is not None
        assert receipts["palad"] is None
        kept = select(AuditEntry).where(AuditEntry.action == "summary_acknowledged")
        assert len(session.scalars(kept).all()) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_executives_ask_for_the_newest_card_in_words(quarter: Office) -> None:
    (again,) = say(quarter.database, "demo", "U-nayok", "สรุป")
    assert isinstance(again, Card)
    assert (again.title, again.rows) == (_card(quarter, "U-nayok").title, _card(quarter, "U-nayok").rows)
    assert "รับทราบแล้ว" in words(tap(quarter.database, "demo", "U-nayok", again.buttons[0].value))
    assert "ไตรมาส" not in words(say(quarter.database, "demo", "U-chang", "สรุป")), "an officer's word is a question"


def test_the_acknowledgement_is_evidence_of_the_duties_to_report(quarter: Office) -> None:
    with quarter.session() as session:
        duties = {}
        for key, period_key, status in (
            ("quarter.executives", "2570-q1", "open"),
            ("quarter.executives", "2570-q2", "open"),
            ("month.follow_up", "2570-m12", "submitted"),
            ("month.follow_up", "2570-m11", "open"),
            ("quarter.channels", "2570-q1", "open"),
        ):
            rule = session.scalars(select(DutyRule).where(DutyRule.key == key)).first()
            rule = rule or DutyRule(fiscal_year=2570, key=key, title=key)
            session.add(rule)
            session.flush()
            day = date(2027, 1, 4)
            duty = Duty(rule_id=rule.id, fiscal_year=2570, period_key=period_key, title=key, planned_on=day, due_on=day)
            duty.status = status
            session.add(duty)
            session.flush()
            duties[key, period_key] = duty.id
    for user in ("U-nayok", "U-palad"):
        tap(quarter.database, "demo", user, _card(quarter, user).buttons[0].value)
    with quarter.database.read(quarter.agency.id) as session:
        pieces = session.scalars(select(Evidence)).all()
        assert sorted(piece.duty_id or 0 for piece in pieces) == sorted(
            [duties["quarter.executives", "2570-q1"], duties["month.follow_up", "2570-m12"]]
        )
        assert {piece.title for piece in pieces} == {"ผู้บริหารรับทราบสรุปผลงาน ไตรมาส 1/2570 (นายก อบต.)"}
        assert {piece.approved_at for piece in pieces} == {None}  # that is a second person's


def test_nobody_acknowledges_for_somebody_else(quarter: Office) -> None:
    acknowledge = _card(quarter, "U-nayok").buttons[0].value
    assert "ท่านอื่น" in words(tap(quarter.database, "demo", "U-palad", acknowledge))
    assert "ท่านอื่น" in words(tap(quarter.database, "demo", "U-palad", "s:sum:999999:ack"))
    with quarter.database.read(quarter.agency.id) as session:
        assert session.scalars(select(SummaryReceipt.acknowledged_at)).all() == [None, None]


def test_who_has_no_line_finds_it_in_the_console(office: Office) -> None:
    _begin(office)
    with office.session() as session:
        office.staff(session, "nayok").line_user_id = None
    _tick(office, moment("2027-01-04 08:30"))
    with office.database.read(office.agency.id) as session:
        vias = {r.staff.username: r.via for r in session.scalars(select(SummaryReceipt))}
    assert vias == {"nayok": "console", "palad": "line"}


def test_the_addresses_of_picture_and_report_end(quarter: Office) -> None:
    card = _card(quarter, "U-palad")
    token = re.fullmatch(r"https://example\.test/summaries/([\w-]+)/chart\.png", card.image_url)
    assert token
    now = moment("2027-01-05 08:00")
    with quarter.session() as session:
        assert operations.by_token(session, token[1], now).period == "2570-q1"
        with pytest.raises(operations.LinkEnded, match="ไม่ถูกต้อง"):
            operations.by_token(session, token[1] + "x", now)
        with pytest.raises(operations.LinkEnded, match="หมดอายุ"):
            operations.by_token(session, token[1], now + operations.LINK_LIFE)
        quarter.staff(session, "palad").active = False
        session.flush()
        with pytest.raises(operations.LinkEnded, match="ไม่ถูกต้อง"):
            operations.by_token(session, token[1], now)


def test_figures_stay_as_they_were(quarter: Office) -> None:
    with quarter.session() as session:
        add_case(session, opened_at=moment("2026-11-06 09:00"))
    with quarter.database.read(quarter.agency.id) as session:
        summary = session.scalars(select(Summary)).one()
        assert summary.figures["cases"]["received"] == 1
        live = operations.figures_of(session, quarter.agency, periods.parse(summary.period), moment("2027-01-04 10:00"))
        assert live["cases"]["received"] == 2
        assert [row["received"] for row in live["trend"]] == [0, 0, 0, 2]


def test_an_agency_without_executives_tells_its_admins(office: Office) -> None:
    _begin(office)
    with office.session() as session:
        for person in session.scalars(select(Staff).where(Staff.role.in_(["clerk", "mayor"]))):
            person.active = False
    _tick(office, moment("2027-01-04 08:30"))
    assert len(office.outbox("U-admin")) == 1
    assert office.outbox("U-palad") == []


def test_words() -> None:
    assert minutes_words(None) == "-"
    assert minutes_words(42) == "42 นาที"
    assert minutes_words(605) == "10 ชม. 5 นาที"
    assert share_words(91.3, 21, 2) == "91.3 % (21/23)"
    assert share_words(None, 0, 0) == "-"
