"""Sharing one go among threads: everybody's work is done once, none is left waiting; POSTs share commits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import event

from bot.together import Together
from handlers.messages import Message, Say
from handlers.turn import Turn
from models.conversation import WebhookEvent
from models.db import Database
from tests.bot.test_webhook import Door


def at_once(threads: int, work: Callable[[int], None]) -> None:
    running = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(threads)]
    for one in running:
        one.start()
    for one in running:
        one.join(60)
    assert not any(one.is_alive() for one in running)


def test_every_item_is_done_once_and_in_company() -> None:
    batches: list[list[int]] = []
    at_work = threading.Lock()

    def work(items: list[int]) -> None:
        assert at_work.acquire(blocking=False)
        time.sleep(0.001)
        batches.append(items)
        at_work.release()

    together = Together(work, most=5)

    def bring(thread: int) -> None:
        for n in range(50):
            together.do(thread * 1000 + n)
            assert any(thread * 1000 + n in batch for batch in batches)

    at_once(8, bring)
    done = [item for batch in batches for item in batch]
    assert sorted(done) == sorted(thread * 1000 + n for thread in range(8) for n in range(50))
    assert max(map(len, batches)) == 5
    assert len(batches) < 200


def test_work_that_raises_leaves_nobody_waiting() -> None:
    raised: list[int] = []

    def work(items: list[int]) -> None:
        time.sleep(0.001)
        raise ZeroDivisionError

    together = Together(work, most=5)

    def bring(thread: int) -> None:
        for _ in range(10):
            try:
                together.do(thread)
            except ZeroDivisionError:
                raised.append(thread)

    at_once(8, bring)
    assert 0 < len(raised) <= 80


@pytest.fixture
def door(database: Database) -> Door:
    return Door(database)


def test_posts_that_come_at_the_same_time_share_a_commit(door: Door) -> None:
    door.send(door.event())
    commits: list[int] = []
    event.listen(door.database.engine, "commit", lambda connection: commits.append(1))
    posts = [[door.event(f"{thread} {n}", f"V{thread}") for n in range(10)] for thread in range(8)]

    def send(thread: int) -> None:
        for post in posts[thread]:
            door.send(post)

    at_once(8, send)
    assert len(commits) < 80
    assert door.count(WebhookEvent) == 81
    for thread in range(8):
        assert door.answers(f"V{thread}") == [f"{n + 1} text {thread} {n}" for n in range(10)]


def test_a_post_that_cannot_be_stored_takes_no_other_with_it(door: Door) -> None:
    """Each POST is told how it went for itself: 503 for the one, 200 for those that shared the transaction."""

    def answer(turn: Turn) -> list[Message]:
        time.sleep(0.002)
        if turn.text == "พัง":
            turn.tx.raw.execute("ROLLBACK")  # as SQLite does by itself when the disk is full
        return [Say(turn.text)]

    door.answer = answer
    told: dict[int, int] = {}
    posts = [door.event("พัง" if thread == 3 else f"ดี {thread}", f"U{thread}") for thread in range(8)]
    at_once(8, lambda thread: told.__setitem__(thread, door.send(posts[thread])))
    for thread in range(8):
        if thread != 3:
            assert told[thread] == 200
            assert door.answers(f"U{thread}") == [f"ดี {thread}"]
    # The apology stands in for the answer that breaks its transaction.
    assert told[3] == 200
    assert [said[:9] for said in door.answers("U3")] == ["ขออภัยค่ะ"]
