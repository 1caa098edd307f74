"""Whatever happens to keys, in any order: exactly the authorised officers open each report, and the reporter always."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from integrity import audit, casework, credentials, drafts, escrow, officers, rekey, reports, sealing, sessions, setup
from integrity.config import Config
from integrity.database import Database
from integrity.tables import Desk, Entry, Report
from integrity.vault.envelope import Tampered
from tests.integrity import people
from tests.integrity.conftest import NOW
from tests.integrity.people import Person
from tests.integrity.vault_costs import quick_vault  # noqa: F401

CONFIG = Config("sqlite://", "https://obt.example", pepper=b"p" * 32, site_salt=b"s" * 16, cookie_key=b"c" * 32)
some = st.integers(min_value=0, max_value=11)


@dataclass
class Known:
    """What the model believes of an officer."""

    person: Person
    status: str
    joined_on: date
    approved: bool
    appointed_by: int | None = None


@dataclass
class Told:
    """What the model believes of a report: who has a key to it."""

    received_on: date
    readers: set[int]
    receipt: str | None = None
    old_keys: list[bytes] = field(default_factory=list)


class KeyLife(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.database = Database("sqlite://")
        self.now = NOW
        self.known: dict[int, Known] = {}
        self.told: dict[str, Told] = {}
        self.drafts: dict[str, set[int]] = {}
        self.count = self.steps = 0

    def teardown(self) -> None:
        self.the_log_is_whole()
        self.database.close()

    # -- parts ---

    @property
    def today(self) -> date:
        return self.now.date()

    def having(self, *status: str) -> list[Known]:
        return [known for known in self.known.values() if known.status in status]

    def pick(self, which: int, *status: str) -> Known:
        among = self.having(*status)
        return among[which % len(among)]

    def desk(self, session: Session) -> Desk:
        return session.scalars(select(Desk)).one()

    def join(self, session: Session, role: str, by: Known | None) -> Known:
        self.count += 1
        appointer = by.person if by else None
        person = people.appoint(session, self.desk(session), f"officer{self.count}", self.now, role, appointer)
        first = not self.having("active")
        known = Known(person, "active" if first else "pending", self.today, False, by.person.id if by else None)
        self.known[person.id] = known
        return known

    # -- rules ---

    @initialize()
    def open(self) -> None:
        with self.database.writing() as session:
            setup.ensure_desk(session, "obt", "อบต.ตัวอย่าง", self.today)
            for role in ("officer", "officer", "custodian"):
                self.join(session, role, None)
        self.approve(0, 0, 0)
        self.approve(0, 0, 0)

    @rule(role=st.sampled_from(["officer", "custodian", "outside"]), by=some, from_cli=st.booleans())
    @precondition(lambda self: len(self.known) < 7)
    def appoint(self, role: str, by: int, from_cli: bool) -> None:
        with self.database.writing() as session:
            self.join(session, role, None if from_cli else self.pick(by, "active"))

    @rule(which=some, by=some, sharing=some)
    @precondition(lambda self: self.having("pending"))
    def approve(self, which: int, by: int, sharing: int) -> None:
        known, voucher = self.pick(which, "pending"), self.pick(by, "active")
        chosen = [report_id for number, report_id in enumerate(self.told) if sharing >> (number % 3) & 1]
        with self.database.writing() as session:
            arguments = session, self.desk(session), known.person, voucher.person, self.now
            if voucher.person.id == known.appointed_by and len(self.having("active")) > 1:
                with pytest.raises(officers.NotAllowed):
                    people.approve(*arguments)
                return
            people.approve(*arguments, share_reports=chosen)
        if not known.approved:
            known.joined_on = self.today
        known.status, known.approved = "active", True
        for report_id in chosen:
            told = self.told[report_id]
            if voucher.person.id in told.readers and told.received_on < known.joined_on:
                told.readers.add(known.person.id)

    @rule(which=some, by=some, from_cli=st.booleans())
    @precondition(lambda self: len(self.having("active")) > 1)
    def leave(self, which: int, by: int, from_cli: bool) -> None:
        known, remover = self.pick(which, "active", "pending"), self.pick(by, "active")
        last_two = known.status == "active" and len(self.having("active")) == 2
        if last_two and known is remover:
            return
        with self.database.writing() as session:
            acting = None if from_cli else remover.person.row(session)
            if last_two and not from_cli:  # nobody makes themselves the only one
                with pytest.raises(officers.NotAllowed):
                    officers.leave(session, self.desk(session), known.person.row(session), acting, self.now)
                return
            officers.leave(session, self.desk(session), known.person.row(session), acting, self.now)
        known.status = "left"
        others = {other.person.id for other in self.having("active")}
        for readers in [told.readers for told in self.told.values()]:
            if readers & others:
                readers.discard(known.person.id)
        for readers in self.drafts.values():
            if len(readers) > 1:
                readers.discard(known.person.id)

    @rule(which=some, by=some)
    @precondition(lambda self: self.having("left"))
    def readmit(self, which: int, by: int) -> None:
        known = self.pick(which, "left")
        with self.database.writing() as session:
            desk, row = self.desk(session), known.person.row(session)
            officers.readmit(session, desk, row, self.pick(by, "active").person.row(session), self.now)
            row.totp_wrapped = None
        known.status = "pending"

    @rule(which=some)
    @precondition(lambda self: len(self.having("active")) > 1)
    def rotate(self, which: int) -> None:
        known = self.pick(which, "active")
        with self.database.writing() as session:
            person, desk = known.person, self.desk(session)
            private = person.private(session)
            person.recovery_code = credentials.rotate_key(
                session, desk, person.row(session), private, person.passphrase, self.now
            )
        known.status = "pending"

    @rule(which=some)
    def change_passphrase(self, which: int) -> None:
        person, new = self.pick(which, "active").person, self.new_passphrase()
        with self.database.writing() as session:
            row = person.row(session)
            credentials.change_passphrase(session, self.desk(session), row, person.passphrase, new, self.now)
        person.passphrase = new

    @rule(which=some)
    def recover(self, which: int) -> None:
        person, new = self.pick(which, "active").person, self.new_passphrase()
        self.replace_phone(person)
        self.now += timedelta(minutes=2)
        with self.database.writing() as session:
            desk, code = self.desk(session), person.code(self.now)
            fresh = credentials.recover(session, desk, person.username, person.recovery_code, code, new, self.now)
        assert fresh
        person.passphrase, person.recovery_code = new, fresh

    @rule(which=some)
    @precondition(lambda self: len(self.having("active")) > 3)
    def lose_everything(self, which: int) -> None:
        known = self.pick(which, "active")
        holders = [other.person for other in self.having("active") if other is not known][:3]
        person, new = known.person, self.new_passphrase()
        with self.database.writing() as session:
            desk, row = self.desk(session), person.row(session)
            rows = [holder.row(session) for holder in holders]
            escrow.set_up(session, desk, row, person.private(session), rows, self.now)
            one, other = (
                escrow.open_share(session, desk, row, holder.row(session), holder.private(session), self.now)
                for holder in holders[1:]
            )
            paper = credentials.restore_from_escrow(session, desk, person.username, (one, other), new, self.now)
        person.passphrase = new
        person.take(paper)

    @rule(by=some)
    def rekey(self, by: int) -> None:
        person = self.pick(by, "active").person
        mine = [report_id for report_id, told in self.told.items() if person.id in told.readers]
        with self.database.writing() as session:
            row, private = person.row(session), person.private(session)
            for report_id in mine:
                old = sealing.open_data_key(session, report_id, person.reader, private)
                assert old
                self.told[report_id].old_keys.append(old)
            assert rekey.rekey_reports(session, self.desk(session), row, private, self.now) == len(mine)
        left = {known.person.id for known in self.having("left")}
        for report_id in mine:
            self.told[report_id].readers -= left

    @rule(excluding=st.sets(some, max_size=2))
    @precondition(lambda self: len(self.told) < 6)
    def tell(self, excluding: set[int]) -> None:
        active = {known.person.id for known in self.having("active")}
        excluded = excluding if active - excluding else set()
        with self.database.writing() as session:
            receipt, report_id = people.tell(session, CONFIG, self.desk(session), self.now, excluded=excluded)
        self.told[report_id] = Told(self.today, active - excluded, receipt)

    @rule(excluding=st.sets(some, max_size=2))
    @precondition(lambda self: len(self.drafts) < 2)
    def begin_in_chat(self, excluding: set[int]) -> None:
        active = {known.person.id for known in self.having("active")}
        excluded = excluding if active - excluding else set()
        with self.database.writing() as session:
            draft = drafts.begin(session, self.desk(session), excluded, self.now)
            drafts.put(session, draft, "what", "เก็บเงินใต้โต๊ะ", self.now)
        self.drafts[draft] = active - excluded

    @rule(claimed=st.booleans())
    @precondition(lambda self: self.drafts and len(self.told) < 8)
    def submit_from_chat(self, claimed: bool) -> None:
        draft, readers = self.drafts.popitem()
        with self.database.writing() as session:
            token = drafts.submit(session, CONFIG, self.desk(session), draft, self.now)
            receipt = drafts.claim(session, CONFIG, token, self.now) if claimed else None
            (report_id,) = set(session.scalars(select(Report.id))) - set(self.told)
        self.told[report_id] = Told(self.today, readers, receipt)

    @rule(days=st.integers(min_value=1, max_value=3))
    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)

    def new_passphrase(self) -> str:
        self.count += 1
        return f"ต้นตาล นกกระจาบ ผักบุ้ง ทุ่งนา วลีใหม่{self.count}"

    def replace_phone(self, person: Person) -> None:
        with self.database.writing() as session:
            uri = credentials.new_phone(
                session, self.desk(session), person.username, person.passphrase, person.recovery_code, self.now
            )
        assert uri
        person.totp_secret = people.secret_of(uri)

    # -- what must hold ---

    @invariant()
    def exactly_the_authorised_read(self) -> None:
        """One of them by a whole log-in, another at every step; the rest by the key under their passphrase."""
        self.steps += 1
        for number, known in enumerate(self.known.values()):
            if number == self.steps % len(self.known):
                unlocked = self.log_in(known.person)
                assert (unlocked is not None) == (known.status == "active")
            elif known.status == "active":
                with self.database.reading() as session:
                    row = known.person.row(session)
                    unlocked = sessions.Unlocked(row, known.person.private(session))
            else:
                unlocked = None
            if unlocked:
                self.reads_what_the_model_says(known, unlocked)

    def reads_what_the_model_says(self, known: Known, unlocked: sessions.Unlocked) -> None:
        with self.database.writing() as session:
            readable = {report.id for report in casework.visible(session, unlocked.officer)}
            assert readable == {report_id for report_id, told in self.told.items() if known.person.id in told.readers}
            for report_id in self.told:
                try:
                    view = casework.take_up(session, CONFIG, unlocked.officer, unlocked.private, report_id)
                    assert view.answers["what"]
                except casework.NotThere:
                    assert report_id not in readable
                else:
                    assert report_id in readable

    @invariant()
    def the_reporter_reads(self) -> None:
        with self.database.reading() as session:
            for report_id, told in self.told.items():
                if told.receipt:
                    opened = reports.find(session, CONFIG, self.desk(session), told.receipt)
                    assert opened is not None
                    assert opened.report.id == report_id
                    assert opened.entries or opened.data_key is None

    @invariant()
    def copied_keys_are_worthless_after_a_rekey(self) -> None:
        with self.database.reading() as session:
            for entry in session.scalars(select(Entry)):
                for key in self.told[entry.report_id].old_keys:
                    with pytest.raises(Tampered):
                        sealing.open_entry(key, entry)

    def the_log_is_whole(self) -> None:
        with self.database.reading() as session:
            for desk in session.scalars(select(Desk)):
                assert audit.verify(session, desk) == []

    def log_in(self, person: Person) -> sessions.Unlocked | None:
        self.now += timedelta(seconds=45)
        with self.database.writing() as session:
            row = person.row(session)
            if row.status == "active" and row.totp_wrapped is None:  # came back: a new telephone first
                uri = credentials.new_phone(
                    session, self.desk(session), person.username, person.passphrase, person.recovery_code, self.now
                )
                assert uri
                person.totp_secret = people.secret_of(uri)
            token = person.log_in(session, CONFIG, self.desk(session), self.now)
            return sessions.session_of(session, token, self.now) if token else None


TestKeyLife = KeyLife.TestCase
TestKeyLife.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
