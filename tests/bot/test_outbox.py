"""The outbox against the stand-in over real HTTP, on both databases: every answer once, whatever happens."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import select, text, update

from bot.line_api import LineApi
from bot.outbox import ORDERED_ATTEMPTS, OutboxWorker
from bot.simulator.testing import TOKEN, World, running
from handlers.messages import Card, Message, Pin, Say, dump
from handlers.outbox import delivery_label, reserve, send_again
from models.agency import Agency
from models.conversation import Conversation
from models.db import Database
from models.outbox import ChannelState, OutboxMessage


@dataclass
class Desk:
    """A database with one agency, the stand-in, and a worker between them."""

    database: Database
    line: World
    worker: OutboxWorker
    keys: Iterator[int] = field(default_factory=itertools.count)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def person(self, reachable: bool = True) -> Conversation:
        with self.database.write(1) as session:
            conversation = Conversation(line_user_id=self.line.person(), reachable=reachable)
            session.add(conversation)
        return conversation

    def say(self, to: Conversation, *messages: Message | str, token: bool | str = False, **columns: Any) -> int:
        """Put something into the outbox; with `token` as the answer to an event that LINE just delivered."""
        if token:
            issued = self.line.platform.reply_tokens.issue(to.line_user_id) if token is True else token
            columns |= {"reply_token": issued, "reply_expires_at": self.now + timedelta(seconds=50)}
        row = OutboxMessage(
            conversation_id=to.id,
            dedupe_key=str(next(self.keys)),
            retry_key=str(uuid.uuid4()),
            messages=dump([Say(m) if isinstance(m, str) else m for m in messages]),
            next_attempt_at=self.now - timedelta(seconds=1),
            **columns,
        )
        with self.database.write(1) as session:
            session.add(row)
        return row.id

    def row(self, row_id: int) -> OutboxMessage:
        with self.database.read() as session:
            return session.get_one(OutboxMessage, row_id)

    def state(self) -> ChannelState:
        with self.database.read() as session:
            return session.scalars(select(ChannelState)).one()

    def quota_limits(self) -> list[int | None]:
        """What is noted of each channel's quota; nothing before LINE was first asked."""
        with self.database.read() as session:
            return list(session.scalars(select(ChannelState.quota_limit)))

    def label(self, row_id: int) -> str:
        return delivery_label(self.row(row_id))

    def heard(self, who: Conversation) -> list[str]:
        """What the person got: the texts, with a flag for paid ones."""
        said = []
        for entry in self.line.from_bot(who.line_user_id, 0):
            message = entry["message"]
            words = message.get("text") or message.get("altText") or message["type"]
            said.append(words if entry["how"] == "reply" else f"{words} (push)")
        return said

    def fault(self, endpoint: str, kind: str, **more: Any) -> None:
        self.line.control("POST", "/faults", {"endpoint": endpoint, "kind": kind, **more})

    def later(self, **delta: float) -> datetime:
        return self.now + timedelta(**delta)

    @contextmanager
    def at_work(self, *workers: OutboxWorker) -> Iterator[None]:
        stop = threading.Event()
        threads = [threading.Thread(target=worker.run, args=(stop,)) for worker in workers or (self.worker,)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(30)
            assert not any(thread.is_alive() for thread in threads)

    def until(self, true: Callable[[], bool], seconds: float = 30.0) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, "it did not happen"
            time.sleep(0.02)

    def open_rows(self) -> int:
        with self.database.read() as session:
            return len(
                session.scalars(select(OutboxMessage.id).where(OutboxMessage.status.in_(("pending", "sending")))).all()
            )


@pytest.fixture
def line() -> Iterator[World]:
    with running("http://127.0.0.1:9/nobody") as world:
        world.platform.webhook.configure(paused=True)
        yield world


@pytest.fixture
def desk(database: Database, line: World) -> Iterator[Desk]:
    with database.write() as session:
        session.add(Agency(id=1, code="demo", name="อบต. ทดลอง", short_name="อบต."))
    api = LineApi(TOKEN, line.base, timeout=(2, 1))
    yield Desk(database, line, OutboxWorker(database, api))
    api.close()


# -- reply before push -----------------------------------------------------------------------------------


def test_an_answer_is_a_free_reply_and_a_notice_a_push(desk: Desk) -> None:
    person = desk.person()
    answer, notice = desk.say(person, "คำตอบ", token=True), desk.say(person, "แจ้งผล")
    assert desk.worker.drain_once(desk.now) == 2
    assert desk.heard(person) == ["คำตอบ", "แจ้งผล (push)"]
    assert (desk.label(answer), desk.label(notice)) == ("ส่งแล้ว (ตอบกลับ ฟรี)", "ส่งแล้ว (push)")
    row = desk.row(answer)
    assert row.sent_at
    assert row.line_request_id
    assert row.lease_owner is None
    assert desk.worker.drain_once(desk.now) == 0


def test_a_token_past_its_minute_is_not_even_tried(desk: Desk) -> None:
    person = desk.person()
    desk.say(person, "คำตอบ", token=True)
    desk.worker.drain_once(desk.later(seconds=51))
    assert desk.heard(person) == ["คำตอบ (push)"]
    assert not [call for call in desk.line.control("GET", "/log")["calls"] if call["what"].endswith("/reply")]


def test_a_token_that_line_refuses_at_once_becomes_a_push(desk: Desk) -> None:
    person = desk.person()
    row = desk.say(person, "คำตอบ", token="0" * 32)
    desk.worker.drain_once(desk.now)
    assert desk.heard(person) == ["คำตอบ (push)"]
    assert desk.label(row) == "ส่งแล้ว (push)"


def test_more_than_five_messages_go_on_as_pushes_each_once(desk: Desk) -> None:
    person = desk.person()
    pins = [Pin(f"จุดที่ {n}", "หมู่ 3", 13.0, 99.0) for n in range(12)]
    row = desk.say(person, *pins, token=True)
    desk.fault("push", "accepted_status")
    desk.worker.drain_once(desk.now)
    assert desk.row(row).status == "pending"
    desk.worker.drain_once(desk.later(seconds=10))
    assert desk.label(row) == "ส่งแล้ว (ตอบกลับ ฟรี)"
    assert Counter(desk.heard(person)) == {"location": 5, "location (push)": 7}


# -- trouble ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [True, False], ids=["reply", "push"])
@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("status", {"status": 500}),
        ("accepted_status", {"status": 500}),
        ("timeout", {"seconds": 1.5}),
        ("reset", {}),
        ("accepted_reset", {}),
        ("rate_limit", {}),
    ],
)
def test_after_trouble_it_is_said_once(desk: Desk, token: bool, kind: str, more: dict[str, Any]) -> None:
    person = desk.person()
    row = desk.say(person, "คำตอบ", token=token)
    desk.fault("*", kind, **more)
    assert desk.worker.drain_once(desk.now) == 1
    assert desk.row(row).status == "pending"
    assert desk.label(row).startswith("รอส่ง: ")
    desk.worker.drain_once(desk.later(seconds=10))
    assert desk.row(row).status == "sent"
    assert desk.heard(person) == ["คำตอบ" if token else "คำตอบ (push)"]


def test_a_reply_that_nobody_heard_is_pushed_after_its_minute(desk: Desk) -> None:
    person = desk.person()
    row = desk.say(person, "คำตอบ", token=True)
    desk.fault("reply", "status", status=500)
    desk.worker.drain_once(desk.now)
    desk.worker.drain_once(desk.later(seconds=55))
    assert desk.heard(person) == ["คำตอบ (push)"]
    assert desk.label(row) == "ส่งแล้ว (push)"


def test_a_push_that_was_tried_never_becomes_a_reply(desk: Desk) -> None:
    person = desk.person()
    desk.say(person, "คำตอบ", token=True, via="push")
    desk.worker.drain_once(desk.now)
    assert desk.heard(person) == ["คำตอบ (push)"]


def test_pauses_grow_and_the_end_is_a_visible_failure(desk: Desk) -> None:
    person = desk.person()
    row = desk.say(person, "แจ้งผล", attempts=499)
    desk.fault("push", "status", times=5)
    desk.worker.drain_once(desk.now)
    assert desk.row(row).status == "failed"
    assert desk.label(row).startswith("ส่งไม่สำเร็จ: LINE ขัดข้อง")


def test_a_key_that_line_may_have_forgotten_is_not_used_again(desk: Desk) -> None:
    person = desk.person()
    row = desk.say(person, "แจ้งผล", via="push", attempts=1)
    desk.worker.drain_once(desk.later(hours=25))
    assert desk.heard(person) == []
    assert desk.label(row).startswith("ส่งไม่สำเร็จ: ค้างส่งนานเกินไป")


def test_a_card_that_line_refuses_is_said_in_plain_words(desk: Desk) -> None:
    person = desk.person()
    card = Card("รับเรื่องแล้วค่ะ", note="C70-000123")
    row = desk.say(person, card, token=True)
    desk.fault("reply", "status", status=400)
    desk.worker.drain_once(desk.now)
    assert desk.heard(person) == ["รับเรื่องแล้วค่ะ\nC70-000123"]
    assert desk.row(row).status == "sent"


def test_what_line_refuses_is_a_failure_that_staff_see_and_can_repeat(desk: Desk) -> None:
    person = desk.person()
    row = desk.say(person, "แจ้งผล")
    desk.fault("push", "status", status=400)
    desk.worker.drain_once(desk.now)
    assert desk.label(row).startswith("ส่งไม่สำเร็จ: LINE ไม่รับข้อความนี้ (รหัส 400)")
    assert desk.row(row).line_request_id
    assert desk.worker.drain_once(desk.later(hours=1)) == 0
    with desk.database.write(1) as session:
        send_again(session, session.get_one(OutboxMessage, row), desk.now)
    desk.worker.drain_once(desk.now)
    assert desk.heard(person) == ["แจ้งผล (push)"]


def test_a_spent_month_is_a_failure_and_sends_again_after_a_bigger_plan(desk: Desk) -> None:
    desk.line.platform.quota.set(0, 0)
    person = desk.person()
    row, key = (r := desk.say(person, "แจ้งผล")), desk.row(r).retry_key
    desk.worker.drain_once(desk.now)
    assert "โควตาข้อความของเดือนนี้หมดแล้ว" in desk.label(row)
    desk.line.platform.quota.set(300, 0)
    with desk.database.write(1) as session:
        send_again(session, session.get_one(OutboxMessage, row), desk.now)
    assert desk.row(row).retry_key != key
    desk.worker.drain_once(desk.now)
    assert desk.heard(person) == ["แจ้งผล (push)"]


def test_one_broken_row_stops_nobody(desk: Desk) -> None:
    person = desk.person()
    broken, fine = desk.say(person, messages_of := "x"), desk.say(person, "คำตอบ", token=True)
    with desk.database.write() as session:
        session.get_one(OutboxMessage, broken).messages = f"[{messages_of}"
    desk.worker.drain_once(desk.now)
    assert desk.label(broken) == "ส่งไม่สำเร็จ: เตรียมข้อความไม่สำเร็จ แจ้งผู้ดูแลระบบ"
    assert desk.row(fine).status == "sent"


# -- quota and people who left ---------------------------------------------------------------------------


def test_the_last_messages_of_the_month_are_kept_for_what_is_urgent(desk: Desk) -> None:
    assert (reserve(300), reserve(100), reserve(15_000)) == (30, 20, 1500)
    desk.line.platform.quota.set(100, 79)
    desk.worker.channel.read_quota()
    first, second = desk.person(), desk.person()
    last_free, held = desk.say(first, "ข่าวแรก"), desk.say(second, "ข่าวสอง")
    urgent, answer = desk.say(second, "ด่วน", urgent=True), desk.say(second, "คำตอบ", token=True)
    desk.worker.drain_once(desk.now)
    assert [desk.row(r).status for r in (last_free, held, urgent, answer)] == ["sent", "pending", "sent", "sent"]
    assert desk.heard(second) == ["ด่วน (push)", "คำตอบ"]
    assert desk.label(held).startswith("รอส่ง: โควตาเดือนนี้ใกล้หมด")
    desk.line.platform.quota.set(300, 81)
    desk.worker.channel.read_quota()
    desk.worker.drain_once(desk.later(minutes=11))
    assert desk.heard(second)[-1] == "ข่าวสอง (push)"
    assert desk.row(held).attempts == 1


def test_no_push_to_who_left_but_an_answer_to_who_writes(desk: Desk) -> None:
    person = desk.person(reachable=False)
    notice, answer = desk.say(person, "แจ้งผล"), desk.say(person, "คำตอบ", token=True)
    desk.worker.drain_once(desk.now)
    assert desk.label(notice) == "ไม่ได้ส่ง: ผู้ใช้บล็อกหรือเลิกเป็นเพื่อน"
    assert desk.heard(person) == ["คำตอบ"]
    assert desk.row(answer).status == "sent"


def test_the_console_learns_how_the_channel_fares(desk: Desk) -> None:
    desk.line.platform.quota.set(300, 12)
    person = desk.person()
    desk.worker.channel.read_quota()
    desk.worker.channel.save()
    state = desk.state()
    assert (state.quota_limit, state.quota_used, state.last_error, state.last_ok_at) == (300, 12, "", None)
    assert state.worker_seen_at
    desk.fault("push", "status")
    desk.say(person, "แจ้งผล")
    desk.worker.drain_once(desk.now)
    desk.worker.channel.save()
    assert desk.state().last_error.startswith("LINE ขัดข้องชั่วคราว")
    desk.worker.drain_once(desk.later(seconds=10))
    desk.worker.channel.save()
    assert desk.state().last_error == ""
    assert desk.state().last_ok_at


def test_a_wrong_token_waits_and_says_so(desk: Desk) -> None:
    worker = OutboxWorker(desk.database, LineApi("wrong", desk.line.base))
    row = desk.say(desk.person(), "แจ้งผล")
    worker.drain_once(desk.now)
    worker.channel.save()
    assert desk.row(row).status == "pending"
    assert "channel access token" in desk.state().last_error


# -- order and leases ------------------------------------------------------------------------------------


def test_a_message_in_trouble_holds_back_its_own_conversation_only(desk: Desk) -> None:
    first, second = desk.person(), desk.person()
    desk.fault("push", "status")
    one, two = desk.say(first, "หนึ่ง"), desk.say(first, "สอง")
    desk.worker.drain_once(desk.now)
    assert desk.row(one).status == "pending"
    assert desk.row(two).attempts == 0
    desk.say(second, "สาม")
    desk.worker.drain_once(desk.now)
    assert desk.heard(second) == ["สาม (push)"]
    desk.worker.drain_once(desk.later(seconds=10))
    assert desk.heard(first) == ["หนึ่ง (push)", "สอง (push)"]


def test_after_a_minute_of_trouble_an_answer_may_overtake(desk: Desk) -> None:
    person = desk.person()
    stuck = desk.say(person, "ค้าง", attempts=ORDERED_ATTEMPTS)
    with desk.database.write() as session:
        session.get_one(OutboxMessage, stuck).next_attempt_at = desk.later(minutes=5)
    desk.say(person, "คำตอบ", token=True)
    desk.worker.drain_once(desk.now)
    assert desk.heard(person) == ["คำตอบ"]


def test_a_lease_protects_until_it_runs_out_and_the_late_owner_changes_nothing(desk: Desk) -> None:
    person = desk.person()
    row = desk.say(person, "แจ้งผล")
    slow, other = desk.worker, OutboxWorker(desk.database, desk.worker.api)
    [claimed] = slow._turn(desk.now, 10)
    assert (desk.row(row).status, desk.row(row).via, desk.label(row)) == ("sending", "push", "กำลังส่ง")
    assert other.drain_once(desk.now) == 0
    assert other.drain_once(desk.later(seconds=21)) == 1
    assert desk.row(row).status == "sent"
    from bot.sender import Outcome

    slow._done(Outcome(claimed.id, "failed", "push", 1, error="late"))
    slow._turn(desk.later(seconds=22), 0)
    assert desk.row(row).status == "sent"


# -- the running worker ----------------------------------------------------------------------------------


def test_two_workers_say_everything_once_and_in_order(desk: Desk) -> None:
    people = [desk.person() for _ in range(10)]
    expected = {p.id: [f"{n} (push)" if n % 2 else f"{n}" for n in range(12)] for p in people}
    second = Database(desk.database.url.render_as_string(hide_password=False))
    desk.line.platform.quota.set(None, 0)
    with desk.at_work(desk.worker, OutboxWorker(second, desk.worker.api)):
        for n in range(12):
            for person in people:
                desk.say(person, str(n), token=n % 2 == 0)
        desk.until(lambda: desk.open_rows() == 0)
    second.close()
    assert {p.id: desk.heard(p) for p in people} == expected


def test_it_is_woken_and_stops_when_told(desk: Desk) -> None:
    person = desk.person()
    with desk.at_work():
        row = desk.say(person, "แจ้งผล")
        desk.until(lambda: desk.row(row).status == "sent")
        desk.until(lambda: desk.quota_limits() == [300])
    assert desk.heard(person) == ["แจ้งผล (push)"]


def test_stopping_finishes_what_is_being_sent_and_puts_the_rest_back(desk: Desk) -> None:
    desk.line.platform.quota.set(None, 0)
    desk.worker.threads = 2
    people = [desk.person() for _ in range(8)]
    desk.fault("push", "delay", times=8, seconds=0.5)
    rows = [desk.say(person, "แจ้งผล") for person in people]
    with desk.at_work():
        desk.until(lambda: desk.line.control("GET", "/settings")["faults"][0]["times"] == 6)
    states = Counter(desk.row(row).status for row in rows)
    assert set(states) == {"sent", "pending"}
    assert states["sent"] < 8
    assert all(desk.row(row).attempts == 0 for row in rows if desk.row(row).status == "pending")
    desk.worker.drain_once(datetime.now(UTC) + timedelta(seconds=1))
    assert [desk.heard(person) for person in people] == [["แจ้งผล (push)"]] * 8


def test_it_outlives_a_database_that_is_away(desk: Desk) -> None:
    person = desk.person()
    first = desk.say(person, "หนึ่ง")
    with desk.at_work():
        desk.until(lambda: desk.row(first).status == "sent")
        with structlog.testing.capture_logs() as logs:
            for names in (("outbox_message", "away"), ("away", "outbox_message")):
                with desk.database.write() as session:
                    session.execute(text("ALTER TABLE {} RENAME TO {}".format(*names)))
                if names[1] == "away":
                    desk.until(lambda: any(entry["event"] == "outbox.database" for entry in logs))
        second = desk.say(person, "สอง")
        desk.until(lambda: desk.row(second).status == "sent")
    assert desk.heard(person) == ["หนึ่ง (push)", "สอง (push)"]


WORKER = """
import sys, threading
from datetime import timedelta
from bot.line_api import LineApi
from bot.outbox import OutboxWorker
from models.db import Database

worker = OutboxWorker(Database(sys.argv[1]), LineApi(sys.argv[2], sys.argv[3]), lease=timedelta(seconds=2))
worker.run(threading.Event())
"""


@pytest.mark.e2e
def test_killed_in_the_middle_of_sending_every_answer_is_said_once(desk: Desk) -> None:
    desk.line.platform.quota.set(None, 0)
    desk.line.platform.reply_tokens.lifetime = 600  # a slow machine must not turn replies into pushes
    url = desk.database.url.render_as_string(hide_password=False)
    people = [desk.person() for _ in range(40)]
    expected = {p.id: [str(n) if n % 2 else f"{n} (push)" for n in range(8)] for p in people}
    # LINE takes a while, so that each kill strikes calls under way; some it carried out, some it did not.
    desk.fault("*", "delay", times=100, seconds=0.05)
    desk.fault("push", "accepted_reset", times=20)
    desk.fault("*", "delay", times=100, seconds=0.05)
    for n in range(8):
        for person in people:
            desk.say(person, str(n), token=n % 2 == 1)
    with desk.database.write() as session:
        session.execute(update(OutboxMessage).values(reply_expires_at=desk.later(minutes=9)))
    kills = 0
    while desk.open_rows():
        before = desk.open_rows()
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER, url, TOKEN, desk.line.base], stdout=subprocess.DEVNULL
        )
        if kills < 3:
            desk.until(lambda before=before: desk.open_rows() < before - 30)
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        else:
            desk.until(lambda: desk.open_rows() == 0, 60)
            process.kill()
        process.wait()
    assert kills == 3
    assert {p.id: desk.heard(p) for p in people} == expected


def test_logs_hold_no_content_no_token_and_no_person(desk: Desk) -> None:
    person = desk.person()
    issued = desk.line.platform.reply_tokens.issue(person.line_user_id)
    desk.fault("push", "status", status=400)
    with structlog.testing.capture_logs() as logs:
        desk.say(person, "ความลับของยายบุญมี", token=issued)
        desk.say(person, "ความลับอีกข้อ")
        desk.worker.drain_once(desk.now)
    assert {entry["event"] for entry in logs} >= {"outbox.send", "line.call"}
    for secret in ("ความลับ", issued, TOKEN, person.line_user_id):
        assert secret not in repr(logs)
