"""Who the reporter is opens for a custodian only, with a reason and a second officer, once, in one row of the log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from integrity import casework, identity, reports
from integrity.config import Config
from integrity.database import Database
from integrity.officers import NotAllowed
from integrity.tables import Approval, AuditRow, Identity, IdentityKey
from integrity.vault.envelope import Tampered, open_key
from tests.integrity import people
from tests.integrity.conftest import NOW
from tests.integrity.test_casework import House
from tests.integrity.vault_costs import quick_vault  # noqa: F401

WHO = {"name": "สมชาย ใจกล้า", "phone": "081-234-5678"}


@pytest.fixture
def house(desk_database: Database, config: Config) -> Iterator[House]:
    with desk_database.writing() as session:
        yield House(session, config)


def releases(session: Session) -> list[AuditRow]:
    return list(session.scalars(select(AuditRow).where(AuditRow.action == "identity.read")))


def test_reason_second_officer_one_look_one_row(house: House) -> None:
    _, report_id = house.tell(identity=WHO)
    session, custodian = house.session, house.custodian
    view = house.open(custodian, report_id)
    assert view.has_identity
    private = custodian.private(session)

    with pytest.raises(NotAllowed):  # nobody asked
        identity.read_identity(session, view, private, NOW)
    with pytest.raises(ValueError, match="เหตุผล"):
        identity.ask_identity(session, view, "  ", NOW)
    identity.ask_identity(session, view, "ต้องคุ้มครองพยานที่ถูกข่มขู่", NOW)
    with pytest.raises(NotAllowed):  # twice
        identity.ask_identity(session, view, "อีกครั้ง", NOW)
    with pytest.raises(NotAllowed):  # nobody agreed
        identity.read_identity(session, view, private, NOW)
    with pytest.raises(NotAllowed, match="ตนเอง"):
        identity.approve_identity(session, view, NOW)

    second = house.open(house.one, report_id)
    assert [asked.reason for asked in second.asked] == ["ต้องคุ้มครองพยานที่ถูกข่มขู่"]
    identity.approve_identity(session, second, NOW)
    with pytest.raises(NotAllowed):  # who agreed does not get to see it
        identity.read_identity(session, second, house.one.private(session), NOW)
    assert releases(session) == []

    assert identity.read_identity(session, view, private, NOW) == WHO
    with pytest.raises(NotAllowed):  # once
        identity.read_identity(session, view, private, NOW)
    (row,) = releases(session)
    assert (row.actor, row.detail) == (custodian.reader, {"approved_by": house.one.id})
    assert "สมชาย" not in str(vars(row))


def test_only_a_custodian_asks_and_only_for_what_is_there(house: House) -> None:
    _, named = house.tell(identity=WHO)
    _, unnamed = house.tell()
    _, not_for_custodian = house.tell(excluded={house.custodian.id})
    for person, report_id in ((house.one, named), (house.outside, named), (house.custodian, unnamed)):
        with pytest.raises(NotAllowed):
            identity.ask_identity(house.session, house.open(person, report_id), "เหตุผล", NOW)
    with pytest.raises(casework.NotThere):
        house.open(house.custodian, not_for_custodian)


def test_who_approved_does_not_look_with_the_others_request(house: House) -> None:
    session = house.session
    second = people.appoint(session, house.desk, "wanna", NOW, "custodian")
    people.approve(session, house.desk, second, house.one, NOW)
    _, report_id = house.tell(identity=WHO)
    first_view, second_view = house.open(house.custodian, report_id), house.open(second, report_id)
    identity.ask_identity(session, first_view, "ต้องคุ้มครองพยาน", NOW)
    identity.approve_identity(session, second_view, NOW)
    with pytest.raises(NotAllowed):
        identity.read_identity(session, second_view, second.private(session), NOW)
    assert identity.read_identity(session, first_view, house.custodian.private(session), NOW) == WHO


def test_an_officers_key_does_not_open_it(house: House) -> None:
    _, report_id = house.tell(identity=WHO)
    (key,) = house.session.scalars(select(IdentityKey)).all()
    assert key.reader == house.custodian.reader
    for person in (house.one, house.two, house.outside):
        with pytest.raises(Tampered):
            private = person.private(house.session)
            open_key(key.sealed, private, reports.identity_key_context(report_id, house.custodian.reader))
        view = house.open(person, report_id)
        assert "สมชาย" not in str([entry.content for entry in view.entries])
    assert "สมชาย".encode() not in house.session.get_one(Identity, report_id).sealed


def test_late_disclosure_opens_too(house: House) -> None:
    receipt, report_id = house.tell()
    reports.reveal_identity(house.session, house.reporter(receipt), WHO, NOW)
    view = house.open(house.custodian, report_id)
    identity.ask_identity(house.session, view, "ผู้แจ้งขอให้ติดต่อ", NOW)
    identity.approve_identity(house.session, house.open(house.two, report_id), NOW)
    assert identity.read_identity(house.session, view, house.custodian.private(house.session), NOW) == WHO


def test_a_refused_request_is_gone(house: House) -> None:
    _, report_id = house.tell(identity=WHO)
    view = house.open(house.custodian, report_id)
    identity.ask_identity(house.session, view, "อยากทราบ", NOW)
    casework.refuse(house.session, house.open(house.one, report_id), "identity", NOW)
    assert house.session.scalars(select(Approval)).all() == []
    with pytest.raises(NotAllowed):
        identity.approve_identity(house.session, house.open(house.one, report_id), NOW)
    with pytest.raises(NotAllowed):
        casework.refuse(house.session, view, "identity", NOW)
    with pytest.raises(NotAllowed):
        identity.read_identity(house.session, view, house.custodian.private(house.session), NOW)
