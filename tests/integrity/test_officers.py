"""Who joins, with whose approval, who leaves; passphrase, paper and telephone; escrow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from integrity import audit, casework, credentials, escrow, officers, rekey, setup
from integrity.config import Config
from integrity.database import Database
from integrity.tables import AuditRow, Desk, Officer, OfficerSession, Report, ReportKey
from integrity.vault import officer as keys
from tests.integrity.conftest import NOW
from tests.integrity.people import Person, appoint, approve, open_desk, secret_of, tell
from tests.integrity.vault_costs import quick_vault  # noqa: F401

NEW = "ต้นตาล นกกระจาบ ผักบุ้ง ทุ่งนา ศาลา"


@pytest.fixture
def session(desk_database: Database) -> Iterator[Session]:
    with desk_database.writing() as session:
        yield session


@pytest.fixture
def empty(session: Session) -> Desk:
    return setup.ensure_desk(session, "obt", "อบต.ตัวอย่าง", NOW.date())


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditRow.action).order_by(AuditRow.number)))


def readable(session: Session, config: Config, person: Person, report_id: str) -> bool:
    try:
        casework.open_report(session, config, person.row(session), person.private(session), report_id, NOW)
    except casework.NotThere:
        return False
    return True


def share(session: Session, desk: Desk, person: Person, report_id: str, by: Person, now: datetime) -> int:
    return rekey.share(session, desk, person.row(session), [report_id], by.row(session), by.private(session), now)


# -- joining ---


def test_the_desk_opens_with_two_officers_and_one_from_outside_all_approved(session: Session, empty: Desk) -> None:
    assert len(officers.readiness(session, empty)) == 2
    first = appoint(session, empty, "malee", NOW)
    assert first.row(session).status == "active"  # nobody there to ask
    second = appoint(session, empty, "prasit", NOW)
    assert second.row(session).status == "pending"
    outside = appoint(session, empty, "jangwat", NOW, "outside")
    approve(session, empty, second, first, NOW)
    approve(session, empty, outside, first, NOW)
    assert officers.readiness(session, empty) == ["กุญแจของ คุณmalee ยังไม่ได้รับการรับรองจากเจ้าหน้าที่คนที่สอง"]
    approve(session, empty, first, second, NOW)
    assert officers.readiness(session, empty) == []


def test_two_from_inside_alone_do_not_open_it(session: Session, empty: Desk) -> None:
    first = appoint(session, empty, "malee", NOW)
    second = appoint(session, empty, "prasit", NOW)
    approve(session, empty, second, first, NOW)
    approve(session, empty, first, second, NOW)
    assert officers.readiness(session, empty) == ["ต้องมีผู้รับเรื่องจากนอกหน่วยงานอย่างน้อย 1 คน (ขณะนี้ 0 คน)"]


def test_a_new_key_gets_nothing_before_a_second_officer_vouches_for_it(
    session: Session, empty: Desk, config: Config
) -> None:
    one, two, *_ = open_desk(session, empty, NOW)
    new = appoint(session, empty, "anan", NOW, by=one)
    _, report_id = tell(session, config, empty, NOW)
    assert session.get(ReportKey, (report_id, new.reader)) is None
    assert new.log_in(session, config, empty, NOW) is None
    for vouching, word in ((new, "ตนเอง"), (one, "ผู้แต่งตั้ง")):
        if vouching is new:
            new.row(session).status = "active"  # even if it were let in
        with pytest.raises(officers.NotAllowed, match=word):
            approve(session, empty, new, vouching, NOW)
        new.row(session).status = "pending"
    approve(session, empty, new, two, NOW)
    assert not readable(session, config, new, report_id)  # nothing old unless asked
    _, later = tell(session, config, empty, NOW)
    assert readable(session, config, new, later)
    with pytest.raises(officers.NotAllowed, match="รอการรับรอง"):
        approve(session, empty, new, one, NOW)


def test_fingerprints_tell_keys_apart(session: Session, empty: Desk) -> None:
    people = open_desk(session, empty, NOW)
    assert len({keys.fingerprint(person.row(session).public_key) for person in people}) == len(people)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"username": " "}, officers.NotAllowed),
        ({"name": ""}, officers.NotAllowed),
        ({"role": "mayor"}, officers.NotAllowed),
        ({"username": "MALEE"}, officers.NotAllowed),
        ({"passphrase": "123456"}, keys.WeakPassphrase),
    ],
)
def test_appointments_that_cannot_be(
    session: Session, empty: Desk, changed: dict[str, str], error: type[Exception]
) -> None:
    appoint(session, empty, "malee", NOW)
    given = {"username": "anan", "name": "อนันต์", "role": "officer", "passphrase": NEW, **changed}
    with pytest.raises(error):
        officers.appoint(session, empty, actor=None, now=NOW, **given)


def test_old_reports_are_handed_on_only_where_nobody_can_have_been_excluded(
    session: Session, empty: Desk, config: Config
) -> None:
    one, two, *_ = open_desk(session, empty, NOW)
    _, old = tell(session, config, empty, NOW)
    _, secret = tell(session, config, empty, NOW, excluded={two.id})
    tomorrow = NOW + timedelta(days=1)
    new = appoint(session, empty, "anan", tomorrow)
    approve(session, empty, new, one, tomorrow, share_reports=[old])
    assert readable(session, config, new, old)
    assert not readable(session, config, new, secret)
    assert share(session, empty, two, secret, by=one, now=tomorrow) == 0
    assert not readable(session, config, two, secret)
    assert (
        rekey.share(session, empty, new.row(session), [secret], two.row(session), two.private(session), tomorrow) == 0
    )
    assert (
        rekey.share(session, empty, new.row(session), [secret], one.row(session), one.private(session), tomorrow) == 1
    )


# -- leaving ---


def test_who_leaves_reads_nothing_any_more(session: Session, empty: Desk, config: Config) -> None:
    one, two, *_ = open_desk(session, empty, NOW)
    _, report_id = tell(session, config, empty, NOW)
    token = two.log_in(session, config, empty, NOW)
    assert token
    officers.leave(session, empty, two.row(session), one.row(session), NOW)
    assert two.log_in(session, config, empty, NOW + timedelta(minutes=5)) is None
    assert session.scalar(select(func.count()).select_from(OfficerSession)) == 0
    assert not readable(session, config, two, report_id)
    assert readable(session, config, one, report_id)
    assert not any("ต้องมีเจ้าหน้าที่" in missing for missing in officers.readiness(session, empty))
    with pytest.raises(officers.NotAllowed):
        officers.leave(session, empty, two.row(session), one.row(session), NOW)


def test_nobody_makes_themselves_the_only_one(session: Session, empty: Desk) -> None:
    """Alone they could appoint and approve whom they like."""
    one, two, custodian, outside = open_desk(session, empty, NOW)
    for gone in (outside, custodian):
        officers.leave(session, empty, gone.row(session), one.row(session), NOW)
    with pytest.raises(officers.NotAllowed, match="คนเดียว"):
        officers.leave(session, empty, two.row(session), one.row(session), NOW)
    officers.leave(session, empty, two.row(session), None, NOW)  # who looks after the server may
    assert [officer.id for officer in officers.active(session, empty)] == [one.id]


def test_who_comes_back_under_another_name_to_log_in_stays_excluded(
    session: Session, empty: Desk, config: Config
) -> None:
    one, two, _, _ = open_desk(session, empty, NOW)
    _, report_id = tell(session, config, empty, NOW, excluded={two.id})
    officers.leave(session, empty, two.row(session), one.row(session), NOW)
    later = NOW + timedelta(days=9)
    again, other = (appoint(session, empty, name, later) for name in ("prasit2", "dao"))
    again.row(session).name = "นาย " + two.row(session).name
    for person in (again, other):
        approve(session, empty, person, one, later, share_reports=[report_id])
    readers = set(session.scalars(select(ReportKey.reader).where(ReportKey.report_id == report_id)))
    assert again.reader not in readers
    assert other.reader in readers


def test_leaving_looks_the_same_whether_or_not_a_report_would_be_lost(
    session: Session, empty: Desk, config: Config
) -> None:
    one, two, custodian, outside = open_desk(session, empty, NOW)
    _, about_one = tell(session, config, empty, NOW, excluded={one.id, custodian.id, outside.id})
    officers.leave(session, empty, two.row(session), one.row(session), NOW)  # two was the only reader
    assert session.get(ReportKey, (about_one, two.reader)) is not None
    officers.readmit(session, empty, two.row(session), one.row(session), NOW)
    approve(session, empty, two, custodian, NOW)
    uri = credentials.new_phone(session, empty, two.username, two.passphrase, two.recovery_code, NOW)
    assert uri
    assert readable(session, config, two, about_one)
    assert not readable(session, config, one, about_one)


# -- passphrase, paper, telephone ---


def test_a_changed_passphrase_ends_every_session(session: Session, empty: Desk, config: Config) -> None:
    one, *_ = open_desk(session, empty, NOW)
    assert one.log_in(session, config, empty, NOW)
    with pytest.raises(keys.WrongPassphrase):
        credentials.change_passphrase(session, empty, one.row(session), "ไม่ใช่อันนี้", NEW, NOW)
    with pytest.raises(keys.WeakPassphrase):
        credentials.change_passphrase(session, empty, one.row(session), one.passphrase, "สั้น", NOW)
    credentials.change_passphrase(session, empty, one.row(session), one.passphrase, NEW, NOW)
    assert session.scalar(select(func.count()).select_from(OfficerSession)) == 0
    soon = NOW + timedelta(minutes=1)
    assert one.log_in(session, config, empty, soon) is None
    one.passphrase = NEW
    assert one.log_in(session, config, empty, soon + timedelta(minutes=1))


def test_paper_and_telephone_make_a_new_passphrase(session: Session, empty: Desk, config: Config) -> None:
    one, *_ = open_desk(session, empty, NOW)
    _, report_id = tell(session, config, empty, NOW)
    recover = credentials.recover
    assert recover(session, empty, one.username, one.recovery_code, "000000", NEW, NOW) is None
    soon = NOW + timedelta(minutes=1)
    assert recover(session, empty, one.username, keys.new_recovery_code(), one.code(soon), NEW, soon) is None
    fresh = recover(session, empty, one.username, one.recovery_code.lower(), one.code(soon), NEW, soon)
    assert fresh
    old, one.passphrase, one.recovery_code = one.recovery_code, NEW, fresh
    soon += timedelta(minutes=1)
    assert recover(session, empty, one.username, old, one.code(soon), NEW, soon) is None  # the old paper is void
    assert one.log_in(session, config, empty, soon)
    assert readable(session, config, one, report_id)


def test_passphrase_and_paper_take_a_new_telephone(session: Session, empty: Desk, config: Config) -> None:
    one, two, *_ = open_desk(session, empty, NOW)
    new_phone = credentials.new_phone
    assert new_phone(session, empty, one.username, one.passphrase, two.recovery_code, NOW) is None
    assert new_phone(session, empty, one.username, two.passphrase, one.recovery_code, NOW) is None
    assert new_phone(session, empty, "nobody", one.passphrase, one.recovery_code, NOW) is None
    uri = new_phone(session, empty, one.username, one.passphrase, one.recovery_code, NOW)
    assert uri
    assert one.log_in(session, config, empty, NOW) is None  # the old telephone
    one.totp_secret = secret_of(uri)
    assert one.log_in(session, config, empty, NOW + timedelta(minutes=1))


def test_a_rotated_key_reads_as_before_and_waits_for_approval(session: Session, empty: Desk, config: Config) -> None:
    one, two, *_ = open_desk(session, empty, NOW)
    _, report_id = tell(session, config, empty, NOW)
    _, about_one = tell(session, config, empty, NOW, excluded={one.id})
    old_private = one.private(session)
    with pytest.raises(keys.WrongPassphrase):
        credentials.rotate_key(session, empty, one.row(session), old_private, NEW, NOW)
    one.recovery_code = credentials.rotate_key(session, empty, one.row(session), old_private, one.passphrase, NOW)
    assert one.private(session) != old_private
    assert one.log_in(session, config, empty, NOW) is None
    _, meanwhile = tell(session, config, empty, NOW)
    approve(session, empty, one, two, NOW)
    assert one.log_in(session, config, empty, NOW + timedelta(minutes=1))
    assert readable(session, config, one, report_id)
    assert not readable(session, config, one, about_one)
    assert not readable(session, config, one, meanwhile)
    tomorrow = NOW + timedelta(days=1)
    assert (
        rekey.share(session, empty, one.row(session), [about_one], two.row(session), two.private(session), tomorrow)
        == 0
    )


def test_who_left_gets_back_in_by_no_other_way(session: Session, empty: Desk) -> None:
    one, two, custodian, outside = open_desk(session, empty, NOW)
    holders = [person.row(session) for person in (two, custodian, outside)]
    escrow.set_up(session, empty, one.row(session), one.private(session), holders, NOW)
    first, second = (
        escrow.open_share(session, empty, one.row(session), person.row(session), person.private(session), NOW)
        for person in (two, custodian)
    )
    officers.leave(session, empty, one.row(session), None, NOW)
    code = one.code(NOW)
    assert credentials.recover(session, empty, one.username, one.recovery_code, code, NEW, NOW) is None
    assert credentials.new_phone(session, empty, one.username, one.passphrase, one.recovery_code, NOW) is None
    with pytest.raises(escrow.BadShares):
        credentials.restore_from_escrow(session, empty, one.username, (first, second), NEW, NOW)


# -- escrow ---


def test_two_of_three_holders_bring_a_lost_key_back(session: Session, empty: Desk, config: Config) -> None:
    one, two, custodian, outside = open_desk(session, empty, NOW)
    _, report_id = tell(session, config, empty, NOW)
    holders = [two, custodian, outside]
    escrow.set_up(session, empty, one.row(session), one.private(session), [h.row(session) for h in holders], NOW)

    def share(holder: Person) -> str:
        return escrow.open_share(session, empty, one.row(session), holder.row(session), holder.private(session), NOW)

    two.recovery_code = credentials.rotate_key(
        session, empty, two.row(session), two.private(session), two.passphrase, NOW
    )
    approve(session, empty, two, custodian, NOW)
    first, second = share(two), share(outside)
    restore = credentials.restore_from_escrow
    for wrong in ((first, first), (first, second[:-2] + "AA"), (first, ""), ("?", second)):
        with pytest.raises(escrow.BadShares):
            restore(session, empty, one.username, wrong, NEW, NOW)
    with pytest.raises(escrow.BadShares):  # another officer's shares
        restore(session, empty, two.username, (first, second), NEW, NOW)
    one.take(restore(session, empty, one.username, (first.lower(), second), NEW, NOW))
    one.passphrase = NEW
    assert one.log_in(session, config, empty, NOW + timedelta(minutes=1))
    assert readable(session, config, one, report_id)
    with pytest.raises(escrow.BadShares):  # used up
        restore(session, empty, one.username, (first, second), NEW, NOW)


def test_who_holds_no_share_opens_none(session: Session, empty: Desk) -> None:
    one, two, custodian, outside = open_desk(session, empty, NOW)
    rows = [person.row(session) for person in (two, custodian, outside)]
    escrow.set_up(session, empty, one.row(session), one.private(session), rows, NOW)
    with pytest.raises(ValueError, match="ไม่ได้ถือ"):
        escrow.open_share(session, empty, one.row(session), one.row(session), one.private(session), NOW)
    for holders in (rows[:2], [*rows[:2], one.row(session)], [rows[0], rows[0], rows[1]]):
        with pytest.raises(ValueError, match="3 คน"):
            escrow.set_up(session, empty, one.row(session), one.private(session), holders, NOW)
    officers.leave(session, empty, rows[0], None, NOW)
    assert set(one.row(session).escrow or {}) == {str(custodian.id), str(outside.id)}
    officers.leave(session, empty, rows[1], None, NOW)
    assert one.row(session).escrow is None


# -- the log ---


def test_every_act_leaves_one_row(session: Session, empty: Desk, config: Config) -> None:
    one, two, *_ = open_desk(session, empty, NOW)
    before = len(actions(session))
    one.recovery_code = credentials.rotate_key(
        session, empty, one.row(session), one.private(session), one.passphrase, NOW
    )
    approve(session, empty, one, two, NOW)
    credentials.change_passphrase(session, empty, one.row(session), one.passphrase, NEW, NOW)
    one.passphrase = NEW
    one.log_in(session, config, empty, NOW + timedelta(minutes=1))
    rekey.rekey_reports(session, empty, one.row(session), one.private(session), NOW)
    officers.leave(session, empty, one.row(session), two.row(session), NOW)
    assert actions(session)[before:] == [
        "key.rotated", "officer.approved", "passphrase.changed", "session.opened", "reports.rekeyed", "officer.left",
    ]  # fmt: skip
    assert audit.verify(session, empty) == []
    assert session.scalar(select(func.count()).select_from(Report)) == 0
    assert session.scalar(select(func.count()).select_from(Officer)) == 4


def test_a_database_of_an_earlier_version_gets_the_new_column(desk_database_url: str) -> None:
    earlier = Database(desk_database_url)
    with earlier.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE officer DROP COLUMN email")
    earlier.close()
    later = Database(desk_database_url)
    with later.writing() as session:
        desk = setup.ensure_desk(session, "obt", "อบต.ตัวอย่าง", NOW.date())
        assert open_desk(session, desk, NOW)[0].row(session).email == ""
    later.close()
