"""The starter calendar, the year's duties, edits of rules, and the roll-over, in the database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from handlers.duties import crosswalk, events, giving, operations, rules, schedule, year
from handlers.duties.operations import DutyError
from handlers.duties.rules import DutyDetails, RuleDetails
from handlers.people import organisation
from handlers.people.agency_setup import UNITS
from models.agency import Holiday, Unit
from models.duty import Duty, DutyEvent, DutyRule
from models.measure import RegisterEntry
from tests.handlers.duties.conftest import DUE, NOW, Office
from thai.dates import at_bangkok

NEW_YEAR = datetime(2026, 10, 1, 1, 30, tzinfo=UTC)  # the first working hour of fiscal year 2570

# The systems of the scope that name a cadence or a deadline, each with the kinds of rule that meet it.
DEADLINES = {
    "R01": {"year", "quarter"}, "R02": {"half"}, "R04": {"quarter"}, "R07": {"month", "year"}, "R08": {"month"},
    "R09": {"year", "quarter"}, "R10": {"quarter"}, "R11": {"year"}, "R13": {"year", "expiry"}, "R15": {"year"},
    "R16": {"year"}, "R17": {"quarter"}, "R18": {"quarter"}, "R19": {"year"}, "R20": {"year"}, "R21": {"year"},
    "R22": {"half"}, "R24": {"year"}, "R25": {"year"}, "R26": {"quarter"}, "R28": {"year"}, "R29": {"year"},
    "R30": {"year"}, "R32": {"year", "quarter"}, "R33": {"year"}, "R34": {"year", "quarter"}, "R36": {"year"},
    "R37": {"year"}, "R38": {"year"}, "R39": {"year"}, "R40": {"year"}, "R41": {"year"}, "R42": {"year"},
    "R43": {"year"}, "R44": {"year"}, "R45": {"quarter"}, "R46": {"year"}, "R47": {"quarter"},
    "R48": {"year", "quarter"}, "R49": {"year"}, "R50": {"quarter"}, "R51": {"half"}, "R52": {"year"}, "R53": {"half"},
    "R54": {"month"}, "R55": {"year"}, "R56": {"year"}, "R57": {"year"}, "R58": {"quarter"}, "R59": {"year", "event"},
    "R60": {"year"}, "R61": {"year"}, "R62": {"year"}, "R63": {"year"}, "R64": {"year"}, "R65": {"year"},
    "R66": {"year"}, "R67": {"year"}, "R68": {"year"}, "R69": {"year"}, "R70": {"quarter"}, "R71": {"year"},
    "R72": {"year"}, "R73": {"year"}, "R74": {"month"}, "R75": {"month", "year"}, "R76": {"year", "quarter"},
    "R77": {"year"}, "R78": {"event"}, "R79": {"year"}, "R80": {"year", "event"}, "R81": {"year"},
    "R82": {"year", "month"}, "R83": {"half", "quarter"},
}  # fmt: skip
# Those that name a month: the first and last month in which one of the rules may end.
MONTHS = {
    "R01": 1, "R07": 1, "R09": 1, "R32": 1, "R34": 1, "R46": 1, "R48": 1, "R76": 1, "R82": 1, "R55": 1,
    "R19": 12, "R63": 12, "R59": 12, "R13": 3, "R36": 3, "R37": 3, "R40": 3, "R43": 3, "R62": 3, "R68": 3, "R72": 3,
    "R79": 3, "R20": 4, "R24": 4, "R25": 4, "R28": 4, "R33": 4, "R52": 4, "R56": 4, "R61": 4, "R64": 4, "R81": 4,
    "R39": 6, "R41": 6, "R42": 6, "R49": 8, "R21": 9, "R67": 9, "R71": 9, "R73": 9, "R77": 9,
}  # fmt: skip


@pytest.mark.parametrize("system", DEADLINES)
def test_the_starter_calendar_covers_every_deadline_of_the_scope(system: str) -> None:
    serving = [row for row in rules.starter() if system in row.systems]
    assert {row.when["kind"] for row in serving} >= DEADLINES[system]
    if system in MONTHS:
        assert MONTHS[system] in {row.when.get("month") for row in serving if row.when["kind"] == "year"}


def test_every_starter_duty_says_what_to_do_what_proves_it_and_for_whom(office: Office) -> None:
    keys = [row.key for row in rules.starter()]
    assert len(set(keys)) == len(keys)
    for row in rules.starter():
        what, _, proof = row.detail.partition("\nหลักฐาน: ")
        assert what, row.key
        assert proof, row.key
        assert row.each_unit or rules.unit_named(office.agency, row.unit) is not None, row.key
        assert crosswalk.codes(row.items, 2566).unknown == (), row.key  # every function is in the pack


def test_words_that_are_ready_to_use_name_the_agency(office: Office) -> None:
    with office.session() as session:
        rules.load_starter(session, office.agency, 2570, NEW_YEAR)
        details = {rule.key: rule.detail for rule in session.scalars(select(DutyRule))}
    assert rules.READY in details["ita.meeting"]
    assert f"แบบวัด EIT ของ {office.agency.name}" in details["ita.meeting"]
    assert "02-000-1234" in details["march.publicise_channels"]
    assert not any("{" in detail for detail in details.values())


def test_units_are_found_under_the_names_that_offices_give_them(office: Office) -> None:
    units = {
        number: replace(unit, name=name)
        for (number, unit), name in zip(office.agency.units.items(), ("สำนักงานปลัด อบต.", "กองการคลัง"), strict=False)
    }
    agency = replace(office.agency, units=units)
    assert agency.unit_name(rules.unit_named(agency, "สำนักปลัด")) == "สำนักงานปลัด อบต."
    assert agency.unit_name(rules.unit_named(agency, "กองคลัง")) == "กองการคลัง"
    assert rules.unit_named(agency, "กองช่าง") is None


# -- O-codes ---------------------------------------------------------------------------------------------


def test_the_codes_of_a_function_change_from_year_to_year() -> None:
    assert [crosswalk.codes(["measures_report"], fy).codes for fy in (2565, 2566, 2567, 2568, 2569)] == [
        ("O43",),
        ("O43",),
        ("O35",),
        ("O28",),
        ("O26",),
    ]
    assert crosswalk.codes(["measures_report"], 2567).unconfirmed == ("O35",)
    assert crosswalk.codes(["measures_report"], 2569).unconfirmed == ()
    assert crosswalk.codes(["satisfaction"], 2568).dropped == ("satisfaction",)
    assert crosswalk.codes(["structure"], 2568).unknown == ("structure",)
    # A year that no source knows has the last known codes, to be confirmed.
    assert crosswalk.codes(["no_gift"], 2580) == crosswalk.Codes(("O20",), ("O20",))
    assert crosswalk.codes(["no_gift"], 2560).unknown == ("no_gift",)


def test_a_code_is_translated_by_year_and_never_by_number_alone() -> None:
    assert crosswalk.translate(["O11"], 2565, 2566).codes == ("O12",)  # the 6-month monitoring
    assert crosswalk.translate(["O28"], 2565, 2566).codes == ("O26",)  # the annual HR report
    assert crosswalk.translate(["O27", "O29"], 2566, 2569).codes == ("O16", "O18")
    assert crosswalk.translate(["O99"], 2566, 2567).unknown == ("O99",)
    assert crosswalk.translate(["O17"], 2566, 2568).dropped == ("O17",)
    assert crosswalk.confirmed("O43", 2566)
    assert not crosswalk.confirmed("O35", 2567)


# -- a year ----------------------------------------------------------------------------------------------


def _starter_duties(office: Office) -> int:
    """How many duties the starter calendar gives for a whole year."""
    days = [(row, len(schedule.occurrences(row.when, 2570, office.agency.calendar))) for row in rules.starter()]
    return sum(count * (len(UNITS) if row.each_unit else 1) for row, count in days)


def test_a_year_is_made_once_however_often_it_is_asked_for(office: Office) -> None:
    with office.session() as session:
        assert rules.load_starter(session, office.agency, 2570, NEW_YEAR) == len(rules.starter())
        made = year.make_year(session, office.agency, 2570, NEW_YEAR)
        assert made == _starter_duties(office) > 100
        assert rules.load_starter(session, office.agency, 2570, NEW_YEAR) == 0
        assert year.make_year(session, office.agency, 2570, NEW_YEAR) == 0
    with office.session() as session:
        duties = session.scalars(select(Duty)).all()
        assert len(duties) == made
        assert all(office.agency.calendar.is_working_day(duty.due_on) for duty in duties)
        assert all(duty.wake_at is not None and duty.unit_id is not None for duty in duties)
        quarter = [d for d in duties if d.rule is not None and d.rule.key == "quarter.executives"]
        assert sorted(d.period_key for d in quarter) == ["2570-q1", "2570-q2", "2570-q3", "2570-q4"]
        assert {d.rule.confirmed for d in duties if d.rule and d.rule.key == "year.no_gift_culture"} == {False}


def test_a_year_begun_late_does_not_begin_with_arrears(office: Office) -> None:
    with office.session() as session:
        rules.load_starter(session, office.agency, 2570, NOW)
        year.make_year(session, office.agency, 2570, NOW)
        first = session.scalar(select(func.min(Duty.due_on)))
        assert first is not None
        assert first >= date(2026, 11, 23)


# -- rules -----------------------------------------------------------------------------------------------


def _rule(**given: Any) -> RuleDetails:
    fields: dict[str, Any] = {"title": "ตรวจถังดับเพลิง", "schedule": {"kind": "quarter", "after": 0}}
    return RuleDetails(**{**fields, **given})


def test_an_edited_rule_takes_its_open_duties_along_and_leaves_what_was_done(office: Office) -> None:
    with office.session() as session:
        palad, chang = office.staff(session, "palad"), office.staff(session, "chang")
        works = office.unit("กองช่าง")
        rule = rules.save_rule(session, office.agency, None, 2570, _rule(unit_id=works), palad, NEW_YEAR)
        first, second, third, fourth = session.scalars(select(Duty).order_by(Duty.due_on)).all()
        first.status = "done"
        operations.postpone(session, office.agency, second, chang, date(2027, 4, 19), "รอช่าง", NEW_YEAR)
        rules.edit_duty(
            session, office.agency, third, DutyDetails(title="ของไตรมาสสาม", owner_id=palad.id), palad, NEW_YEAR
        )
        edited = _rule(
            title="ตรวจถังดับเพลิงทุกอาคาร",
            schedule={"kind": "quarter", "after": 10},
            unit_id=works,
            owner_id=chang.id,
            item_codes=["o12", "O12", " "],
        )
        rules.save_rule(session, office.agency, rule, 2570, edited, palad, NEW_YEAR)
        assert rule.item_codes == ["O12"]
        assert (first.title, first.due_on) == ("ตรวจถังดับเพลิง", date(2027, 1, 4))
        assert (second.title, second.owner_id) == ("ตรวจถังดับเพลิงทุกอาคาร", chang.id)
        assert (second.planned_on, second.due_on) == (date(2027, 4, 10), date(2027, 4, 19))  # postponed: stays
        assert (third.title, third.owner_id, third.unit_id) == ("ของไตรมาสสาม", palad.id, None)
        assert third.due_on == date(2027, 7, 12)  # the 10th is a Saturday
        assert fourth.due_on == date(2027, 10, 11)


def test_a_rule_switched_off_takes_back_what_nobody_touched_and_cancels_the_rest(office: Office) -> None:
    with office.session() as session:
        palad = office.staff(session, "palad")
        rule = rules.save_rule(session, office.agency, None, 2570, _rule(), palad, NEW_YEAR)
        begun = session.scalars(select(Duty).order_by(Duty.due_on)).first()
        assert begun is not None
        operations.record_progress(session, office.agency, begun, palad, "เริ่มแล้ว", NEW_YEAR)
        rules.save_rule(session, office.agency, rule, 2570, _rule(active=False), palad, NEW_YEAR)
        assert [d.id for d in session.scalars(select(Duty))] == [begun.id]
        assert (begun.status, begun.wake_at) == ("cancelled", None)
        rules.save_rule(session, office.agency, rule, 2570, _rule(), palad, NEW_YEAR)
        assert begun.status == "in_progress"
        assert session.scalar(select(func.count()).select_from(Duty)) == 4


# -- a duty for each unit --------------------------------------------------------------------------------


def _copies(session: Session, *statuses: str) -> dict[str, list[str]]:
    """The units' names by period ("q2"), of the duties with these statuses; "" is the whole agency's."""
    names = {unit.id: unit.name for unit in session.scalars(select(Unit))}
    found: dict[str, list[str]] = {}
    for duty in session.scalars(select(Duty).where(Duty.status.in_(statuses)).order_by(Duty.id)):
        found.setdefault(duty.period_key[5:7], []).append(names.get(duty.unit_id or 0, ""))
    return found


def test_a_rule_for_each_unit_gives_every_unit_its_own_duty(office: Office) -> None:
    with office.session() as session:
        palad = office.staff(session, "palad")
        session.add(Unit(name="กองที่นำเข้าเดา", suggested=True))
        given = _rule(each_unit=True, unit_id=office.unit("กองช่าง"), owner_id=palad.id)
        rule = rules.save_rule(session, office.agency, None, 2570, given, palad, NEW_YEAR)
        assert (rule.unit_id, rule.owner_id) == (None, None)
        assert _copies(session, "open") == {f"q{quarter}": list(UNITS) for quarter in (1, 2, 3, 4)}
        one = session.scalars(select(Duty).where(Duty.unit_id == office.unit("กองช่าง")).order_by(Duty.due_on)).first()
        assert one is not None
        assert one.period_label.endswith("· กองช่าง")
        assert year.make_year(session, office.agency, 2570, NEW_YEAR) == 0
        # A new day moves all of them along.
        rules.save_rule(
            session, office.agency, rule, 2570,
            _rule(each_unit=True, schedule={"kind": "quarter", "after": 10}), palad, NEW_YEAR,
        )  # fmt: skip
        assert {duty.planned_on for duty in session.scalars(select(Duty).where(Duty.period_key.like("2570-q1:%")))} == {
            date(2027, 1, 10)
        }
        plan = year.roll_over_preview(session, office.agency, 2570)
        assert (len(plan.rows), plan.duties) == (1, 4 * len(UNITS))
        year.roll_over(session, office.agency, 2570, NEW_YEAR, "cli")
        assert session.scalar(select(func.count()).where(Duty.fiscal_year == 2571)) == plan.duties


def test_what_is_begun_stays_whole_when_a_rule_is_changed_to_each_unit_and_back(office: Office) -> None:
    with office.session() as session:
        palad, works = office.staff(session, "palad"), office.unit("กองช่าง")
        rule = rules.save_rule(session, office.agency, None, 2570, _rule(unit_id=works), palad, NEW_YEAR)
        first, second, *_ = session.scalars(select(Duty).order_by(Duty.due_on)).all()
        operations.record_progress(session, office.agency, first, palad, "เริ่มแล้ว", NEW_YEAR)
        operations.postpone(session, office.agency, second, palad, date(2027, 4, 19), "รอ", NEW_YEAR)

        rules.save_rule(session, office.agency, rule, 2570, _rule(each_unit=True), palad, NEW_YEAR)
        assert _copies(session, "in_progress") == {"q1": ["กองช่าง"]}
        assert _copies(session, "open") == {quarter: list(UNITS) for quarter in ("q2", "q3", "q4")}
        assert _copies(session, "cancelled") == {"q2": ["กองช่าง"]}  # it has a story: its row stays

        rules.save_rule(session, office.agency, rule, 2570, _rule(unit_id=works), palad, NEW_YEAR)
        assert _copies(session, "in_progress") == {"q1": ["กองช่าง"]}
        assert _copies(session, "open") == {quarter: ["กองช่าง"] for quarter in ("q2", "q3", "q4")}
        assert second.status == "open"  # given again, not twice
        assert _copies(session, "cancelled") == {}


def test_the_duties_of_each_unit_follow_the_units(office: Office) -> None:
    with office.session() as session:
        palad = office.staff(session, "palad")
        rules.save_rule(session, office.agency, None, 2570, _rule(each_unit=True), palad, NEW_YEAR)
        works = session.get_one(Unit, office.unit("กองช่าง"))
        money = session.get_one(Unit, office.unit("กองคลัง"))
        begun, reminded, *_ = session.scalars(select(Duty).where(Duty.unit_id == works.id).order_by(Duty.due_on))
        operations.record_progress(session, office.agency, begun, palad, "เริ่มแล้ว", NEW_YEAR)
        operations.postpone(session, office.agency, reminded, palad, date(2027, 4, 19), "รอ", NEW_YEAR)

        organisation.merge_unit(session, works, money, "staff:1")
        assert giving.follow_units(session, office.agency, "staff:1", NOW) == 0
        rest = [name for name in UNITS if name != "กองช่าง"]
        assert _copies(session, "open") == {f"q{quarter}": rest for quarter in (1, 2, 3, 4)}
        assert _copies(session, "in_progress") == {"q1": ["กองคลัง"]}  # what was begun went along
        assert reminded.status == "cancelled"

        works.active, works.name = True, "กองช่างและโยธา"
        session.add(Unit(name="กองใหม่"))
        session.flush()
        assert giving.follow_units(session, office.agency, "staff:1", NOW) == 4 + 2  # its q1 and q2 are there already
        assert reminded.status == "open"
        assert reminded.period_label.endswith("กองช่าง")
        assert giving.follow_units(session, office.agency, "staff:1", NOW) == 0
        assert reminded.period_label.endswith("กองช่างและโยธา")


@pytest.mark.parametrize("when", [{"kind": "event", "event": "new_mayor"}, {"kind": "expiry", "register": "channels"}])
def test_what_waits_for_something_is_one_unit_s(office: Office, when: dict[str, Any]) -> None:
    with office.session() as session, pytest.raises(DutyError, match="ส่วนงานเดียว"):
        given = _rule(each_unit=True, schedule=when)
        rules.save_rule(session, office.agency, None, 2570, given, office.staff(session, "palad"), NEW_YEAR)


@pytest.mark.parametrize(("username", "unit"), [("chang", "กองช่าง"), ("changhead", "กองคลัง"), ("changhead", None)])
def test_rules_are_edited_by_those_who_answer_for_the_unit(office: Office, username: str, unit: str | None) -> None:
    unit_id = office.unit(unit) if unit else None
    with office.session() as session, pytest.raises(DutyError):
        rules.save_rule(
            session, office.agency, None, 2570, _rule(unit_id=unit_id), office.staff(session, username), NEW_YEAR
        )
    with office.session() as session:
        assert session.scalar(select(func.count()).select_from(DutyRule)) == 0


def test_a_duty_of_its_own_is_told_to_whom_it_is_given(office: Office) -> None:
    with office.session() as session:
        head, chang = office.staff(session, "changhead"), office.staff(session, "chang")
        details = DutyDetails(title="ซ่อมป้ายจุดบริการ", unit_id=office.unit("กองช่าง"), owner_id=chang.id)
        duty = rules.add_one_off(session, office.agency, details, date(2026, 12, 5), 2570, head, NOW)
        assert (duty.planned_on, duty.due_on, duty.rule_id) == (date(2026, 12, 5), date(2026, 12, 8), None)
        with pytest.raises(DutyError, match="ก่อนวันนี้"):
            rules.add_one_off(session, office.agency, details, date(2026, 11, 20), 2570, head, NOW)
        with pytest.raises(DutyError, match="ส่วนงานของคุณ"):
            other = replace(details, unit_id=office.unit("กองคลัง"))
            rules.add_one_off(session, office.agency, other, date(2026, 12, 5), 2570, head, NOW)
    assert "ซ่อมป้ายจุดบริการ" in office.told("chang")[0]


# -- the next year ---------------------------------------------------------------------------------------


def test_a_year_is_rolled_over_in_one_step_after_a_preview_that_changes_nothing(office: Office) -> None:
    with office.session() as session:
        palad, chang = office.staff(session, "palad"), office.staff(session, "chang")
        rules.load_starter(session, office.agency, 2566, NEW_YEAR)
        gift = session.scalars(select(DutyRule).where(DutyRule.key == "year.no_gift")).one()
        gift.title, gift.owner_id, gift.unit_id = "ประกาศ No Gift ปี 2566", chang.id, office.unit("กองช่าง")
        own = _rule(schedule={"kind": "date", "on": "2023-03-14"}, owner_id=palad.id, item_codes=["O29", "O77"])
        rules.save_rule(session, office.agency, None, 2566, own, palad, NEW_YEAR)
        off = session.scalars(select(DutyRule).where(DutyRule.key == "year.whistle")).one()
        off.active = False
        chang.active = False

        plan = year.roll_over_preview(session, office.agency, 2566)
        assert session.scalar(select(func.count()).where(DutyRule.fiscal_year == 2567)) == 0
        rows = {row.rule.key: row for row in plan.rows}
        assert "year.whistle" not in rows
        assert rows["year.no_gift"].owner_left
        assert rows["own.1"].codes == crosswalk.Codes(("O24",), ("O24",), ("O77",))
        assert rows["own.1"].days[0].due_on == date(2024, 3, 14)
        assert plan.to_check >= 2

        before = at_bangkok(date(2023, 9, 1))
        done = year.roll_over(session, office.agency, 2566, before, f"staff:{palad.id}")
        assert len(done.new_rows) == len(rules.starter())  # one switched off, one of its own
        copied = {rule.key: rule for rule in session.scalars(select(DutyRule).where(DutyRule.fiscal_year == 2567))}
        assert copied["year.no_gift"].title == "ประกาศ No Gift ปี 2567"
        assert (copied["year.no_gift"].unit_id, copied["year.no_gift"].owner_id) == (office.unit("กองช่าง"), None)
        assert copied["year.no_gift"].item_codes == ["O26"]
        assert (copied["own.1"].owner_id, copied["own.1"].schedule["on"]) == (palad.id, "2024-03-14")
        assert session.scalar(select(func.count()).where(Duty.fiscal_year == 2567)) == done.duties
        again = year.roll_over(session, office.agency, 2566, before, f"staff:{palad.id}")
        assert again.new_rows == []
        assert session.scalar(select(func.count()).where(Duty.fiscal_year == 2567)) == done.duties


# -- what happens and what ends --------------------------------------------------------------------------


def test_a_new_mayor_gives_a_duty_once(office: Office) -> None:
    with office.session() as session:
        rules.load_starter(session, office.agency, 2570, NOW)
        day = date(2026, 11, 23)
        made = events.record_event(session, office.agency, "new_mayor", day, "staff:3", "นายสมมุติ", "staff:1", NOW)
        assert [duty.title for duty in made] == ["นายกคนใหม่ลงนามประกาศ No Gift Policy และเจตนารมณ์"]
        assert (made[0].planned_on, made[0].period_label) == (day + timedelta(days=30), "นายสมมุติ")
        assert made[0].wake_at is not None
        again = events.record_event(session, office.agency, "new_mayor", day, "staff:3", "นายสมมุติ", "staff:1", NOW)
        assert again == []


def test_what_ends_gives_a_duty_before_it_ends_and_moves_with_the_end(office: Office) -> None:
    with office.session() as session:
        rules.load_starter(session, office.agency, 2570, NOW)
        entry = RegisterEntry(register="channels", fiscal_year=2570, title="โดเมน", expires_on=date(2027, 3, 30))
        session.add_all([entry, RegisterEntry(register="channels", fiscal_year=2570, title="LINE")])
        session.flush()

    def work() -> int:
        """What the clock does."""
        with office.database.read() as session:
            due = events.make_expiries_due(session, NOW)
        if not due:
            return 0
        with office.session() as session:
            return events.make_expiries(session, office.agency, NOW)

    def duties() -> list[tuple[str, date, str]]:
        with office.session() as session:
            found = session.scalars(select(Duty).where(Duty.period_key.like("entry:%")).order_by(Duty.id))
            return [(duty.title, duty.due_on, duty.status) for duty in found]

    def ends(day: date | None) -> None:
        with office.session() as session:
            session.execute(update(RegisterEntry).where(RegisterEntry.title == "โดเมน").values(expires_on=day))

    title = "ต่ออายุโดเมน โฮสติง หรือช่องทาง"
    assert (work(), work()) == (1, 0)
    assert duties() == [(title, date(2027, 3, 1), "open")]
    ends(date(2026, 12, 4))  # so soon that the usual day has passed
    assert (work(), work()) == (1, 0)
    assert duties() == [(title, date(2026, 12, 4), "open")]
    with office.session() as session:
        begun = session.scalars(select(Duty).where(Duty.period_key.like("entry:%"))).one()
        operations.record_progress(session, office.agency, begun, office.staff(session, "palad"), "จ่ายแล้ว", NOW)
    ends(date(2027, 12, 4))  # renewed: what was begun is somebody's to close, the next one is of the year after
    assert work() == 0
    assert duties() == [(title, date(2026, 12, 4), "in_progress")]
    with office.session() as session:
        year.roll_over(session, office.agency, 2570, NOW, "cli")
    assert duties()[1:] == [(title, date(2027, 11, 4), "open")]
    ends(None)
    assert (work(), work()) == (0, 0)
    assert duties() == [(title, date(2026, 12, 4), "in_progress")]


def test_a_rule_about_ends_that_is_added_later_finds_the_entries(office: Office) -> None:
    with office.session() as session:
        entry = RegisterEntry(register="committees", fiscal_year=2570, title="ชุดแผน", expires_on=date(2027, 3, 30))
        session.add(entry)
        session.flush()
        assert events.make_expiries(session, office.agency, NOW) == 0
        assert events.make_expiries_due(session, NOW) == []
        when = {"kind": "expiry", "register": "committees", "before": 60}
        palad = office.staff(session, "palad")
        rules.save_rule(session, office.agency, None, 2570, _rule(schedule=when), palad, NOW)
        assert events.make_expiries_due(session, NOW) == [office.agency.id]
        assert events.make_expiries(session, office.agency, NOW) == 1


def test_a_holiday_announced_later_moves_the_days_that_fall_on_it(office: Office) -> None:
    with office.session() as session:
        falls, stays = office.duty(session), office.duty(session, due_on=date(2026, 12, 23))
        done = office.duty(session, status="done")
        session.add(Holiday(day=falls.due_on, name="วันหยุดพิเศษ"))
        session.flush()
        assert year.move_off_holidays(session, office.agency, "staff:1", NOW) == 1
        assert (falls.due_on, stays.due_on, done.due_on) == (date(2026, 12, 25), date(2026, 12, 23), DUE)
        assert falls.planned_on == DUE
        assert year.move_off_holidays(session, office.agency, "staff:1", NOW) == 0
        assert session.scalars(select(DutyEvent.note)).all() == ["ตรงกับวันหยุด"]


def test_two_people_who_begin_or_roll_over_a_year_at_once_make_it_once(office: Office) -> None:
    def at_once(act: Callable[[Session], object]) -> None:
        start, troubles = threading.Barrier(2), []

        def run() -> None:
            start.wait()
            try:
                with office.session() as session:
                    act(session)
            except Exception as error:
                troubles.append(error)

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert troubles == []

    def many(fiscal_year: int) -> tuple[int, int]:
        with office.session() as session:
            made = select(func.count()).select_from(Duty).where(Duty.fiscal_year == fiscal_year)
            known = select(func.count()).select_from(DutyRule).where(DutyRule.fiscal_year == fiscal_year)
            return session.scalar(known) or 0, session.scalar(made) or 0

    expected = (
        len(rules.starter()),
        _starter_duties(office),
    )
    at_once(lambda session: year.begin_year(session, office.agency, 2570, NEW_YEAR, "cli"))
    assert many(2570) == expected
    at_once(lambda session: year.roll_over(session, office.agency, 2570, NEW_YEAR, "cli"))
    assert many(2571) == expected
