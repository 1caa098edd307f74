"""A flood is bounded, costs the flooder, and keeps nobody out."""

from __future__ import annotations

import base64
import inspect
import itertools
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity import gate
from integrity.gate import Busy, Challenge, Door, KdfGate, ProofOfWork, Window
from integrity.vault import kdf
from thai.digits import to_thai

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
RECEIPT, OFFICER = kdf.RECEIPT_COST.memory_kib, kdf.OFFICER_COST.memory_kib


class Crowd:
    """Threads that go through a gate; `most` is the most that were inside at once."""

    def __init__(self, door: KdfGate) -> None:
        self.door, self.most, self.most_memory, self.done, self.refused = door, 0, 0, 0, 0
        self._inside: list[int] = []
        self._lock = threading.Lock()

    def send(self, memories: list[int], stay: float = 0.005) -> None:
        threads = [threading.Thread(target=self._go, args=(memory, stay)) for memory in memories]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _go(self, memory: int, stay: float) -> None:
        try:
            with self.door.place(memory):
                with self._lock:
                    self._inside.append(memory)
                    self.most = max(self.most, len(self._inside))
                    self.most_memory = max(self.most_memory, sum(self._inside))
                time.sleep(stay)
                with self._lock:
                    self._inside.remove(memory)
                    self.done += 1
        except Busy:
            with self._lock:
                self.refused += 1


def until(reached: Callable[[], bool]) -> None:
    """Wait for a state that is bound to come."""
    for _ in range(6000):
        if reached():
            return
        time.sleep(0.005)
    pytest.fail("it did not come")


def test_forty_receipts_at_once_never_take_more_than_two_places() -> None:
    crowd = Crowd(KdfGate(patience=60))
    crowd.send([RECEIPT] * 40)

    assert (crowd.most, crowd.done, crowd.refused) == (2, 40, 0)
    assert crowd.most_memory < 80 * 1024


def test_receipts_and_log_ins_together_stay_below_80_mib() -> None:
    crowd = Crowd(KdfGate(heavy_waiting=99, patience=60))
    crowd.send([RECEIPT, OFFICER, RECEIPT] * 12)

    assert crowd.done == 36
    assert crowd.most_memory < 80 * 1024


def test_who_finds_the_queue_full_is_told_at_once() -> None:
    door = KdfGate(threads=1, waiting=2, patience=60)
    waiting = [threading.Thread(target=Crowd(door).send, args=([RECEIPT],)) for _ in range(2)]
    with door.place(RECEIPT):
        for number, thread in enumerate(waiting, start=1):
            thread.start()
            until(lambda number=number: len(door._queue) == number)
        # The place is not given back before this is refused: whoever waited for it would wait for ever.
        with pytest.raises(Busy), door.place(RECEIPT):
            pytest.fail("room in a full queue")
    for thread in waiting:
        thread.join()


def test_a_flood_of_log_ins_leaves_the_queue_to_reporters() -> None:
    crowd = Crowd(KdfGate(waiting=20, heavy_waiting=2, patience=60))
    reporters = Crowd(crowd.door)
    with crowd.door.place(OFFICER):  # one is inside
        flood = threading.Thread(target=crowd.send, args=([OFFICER] * 20,))
        flood.start()
        until(lambda: crowd.refused == 18)  # two wait, the others are sent away
        small = threading.Thread(target=reporters.send, args=([RECEIPT] * 5,))
        small.start()
        until(lambda: len(crowd.door._queue) == 7)  # there is room for reporters
    for thread in (flood, small):
        thread.join()

    assert (reporters.done, reporters.refused) == (5, 0)
    assert (crowd.done, crowd.refused) == (2, 18)


def test_patience_ends() -> None:
    door = KdfGate(threads=1, patience=0.05)

    with door.place(RECEIPT), pytest.raises(Busy), door.place(RECEIPT):
        pytest.fail("two at once")
    with door.place(RECEIPT):  # who gave up left nothing behind
        pass


def test_a_failure_inside_gives_the_place_back() -> None:
    door = KdfGate(threads=1, patience=60)

    for _ in range(3):
        with pytest.raises(ZeroDivisionError), door.place(RECEIPT):
            1 / 0  # noqa: B018
    with door.place(10 * OFFICER):  # more than there is: runs alone
        pass


def test_first_come_first_served() -> None:
    door = KdfGate(threads=1, patience=60)
    order: list[int] = []

    def go(number: int) -> None:
        with door.place(RECEIPT):
            order.append(number)

    threads = [threading.Thread(target=go, args=(number,)) for number in range(10)]
    with door.place(RECEIPT):
        for number, thread in enumerate(threads, start=1):
            thread.start()
            until(lambda number=number: len(door._queue) == number)
    for thread in threads:
        thread.join()

    assert order == list(range(10))


def test_every_derivation_goes_through_the_gate() -> None:
    assert "DERIVATIONS.place(cost.memory_kib)" in inspect.getsource(kdf).split("def stretch")[1]
    assert gate.DERIVATIONS._threads * RECEIPT < 80 * 1024
    assert gate.DERIVATIONS._memory < 80 * 1024


@given(st.lists(st.integers(0, 400), max_size=200), st.integers(1, 120))
def test_a_window_never_forgets_what_is_recent_and_never_keeps_what_is_old(steps: list[int], seconds: int) -> None:
    window = Window(seconds)
    moment, came = NOW, []
    for step in steps:
        moment += timedelta(seconds=step)
        window.add(moment)
        came.append(moment)
        count = window.count(moment)
        within_slot = sum(int(one.timestamp()) // seconds == int(moment.timestamp()) // seconds for one in came)
        within_two = sum(one > moment - timedelta(seconds=2 * seconds) for one in came)
        assert within_slot <= count <= within_two

    assert window.count(moment + timedelta(seconds=2 * seconds)) == 0


def test_a_window_slides() -> None:
    window = Window(60)
    for _ in range(40):
        window.add(NOW + timedelta(seconds=30))

    counts = [window.count(NOW + timedelta(seconds=later)) for later in (59, 60, 75, 90, 119, 120)]

    assert counts == [40, 40, 30, 20, 0, 0]


def solve(challenge: Challenge) -> str:
    return next(str(n) for n in itertools.count() if gate.worked(challenge.token, str(n), challenge.bits))


def add_up(challenge: Challenge) -> str:
    tens, ones = challenge.question.removesuffix(" ได้เท่าไรคะ").split(" บวก ")
    by_word = {word: 10 * n for n, word in gate._THAI_TENS.items()} | {word: n for n, word in gate._THAI_ONES.items()}
    return str(by_word[tens] + by_word[ones])


def test_work_is_accepted_once() -> None:
    work = ProofOfWork(b"k" * 32)
    challenge = work.challenge(NOW, 8)
    answer = solve(challenge)

    assert work.accepts(challenge.token, answer, NOW)
    assert not work.accepts(challenge.token, answer, NOW)


def test_the_sum_is_accepted_in_thai_digits_after_a_moment() -> None:
    work = ProofOfWork(b"k" * 32)
    early, late = work.challenge(NOW, 30), work.challenge(NOW, 30)

    assert not work.accepts(early.token, add_up(early), NOW)
    assert work.accepts(late.token, f" {to_thai(add_up(late))} ", NOW + timedelta(seconds=3))


def test_a_wrong_answer_spends_the_challenge() -> None:
    work = ProofOfWork(b"k" * 32)
    challenge = work.challenge(NOW, 30)
    later = NOW + timedelta(seconds=5)

    assert not work.accepts(challenge.token, "1", later)
    assert not work.accepts(challenge.token, add_up(challenge), later)


def test_expired_foreign_and_changed_challenges_are_refused() -> None:
    work = ProofOfWork(b"k" * 32)
    challenge = work.challenge(NOW, 30)
    answer, later = add_up(challenge), NOW + timedelta(seconds=5)
    raw = base64.urlsafe_b64decode(challenge.token)

    assert not work.accepts(challenge.token, answer, NOW + timedelta(seconds=700))
    assert not work.accepts(challenge.token, answer, NOW - timedelta(seconds=60))
    assert not ProofOfWork(b"j" * 32).accepts(challenge.token, answer, later)
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        assert not work.accepts(base64.urlsafe_b64encode(changed).decode(), answer, later)
    assert work.accepts(challenge.token, answer, later)


@given(st.text(max_size=200), st.text(max_size=200))
def test_rubbish_is_refused_and_never_breaks(token: str, answer: str) -> None:
    assert not ProofOfWork(b"k" * 32).accepts(token, answer, NOW)


@given(st.text(max_size=200))
def test_whatever_is_answered_never_breaks(answer: str) -> None:
    work = ProofOfWork(b"k" * 32)
    challenge = work.challenge(NOW, 40)

    assert work.accepts(challenge.token, answer, NOW + timedelta(seconds=9)) in (True, False)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ProofOfWork, "REMEMBERED", 10)
    work = ProofOfWork(b"k" * 32)
    for _ in range(50):
        work.accepts(work.challenge(NOW, 0).token, "", NOW)

    assert len(work._used) == 10


def test_a_classroom_comes_in_without_being_asked() -> None:
    door = Door(b"k" * 32)

    assert all(door.ask("", "", NOW + timedelta(seconds=n / 10)) is None for n in range(30))


def test_beyond_the_calm_a_challenge_is_asked_and_lets_in() -> None:
    door = Door(b"k" * 32, calm=5)
    for _ in range(5):
        assert door.ask("", "", NOW) is None

    challenge = door.ask("", "", NOW)
    assert challenge is not None
    assert challenge.bits == gate.EASIEST

    assert door.ask(challenge.token, solve(challenge), NOW) is None
    assert door.ask(challenge.token, solve(challenge), NOW) is not None
    assert door.ask("", "", NOW + timedelta(minutes=2)) is None


def test_knocking_without_an_answer_makes_it_no_harder_for_others() -> None:
    door = Door(b"k" * 32, calm=5)
    asked = [door.ask("", "", NOW) for _ in range(2000)]

    assert {one.bits for one in asked if one is not None} == {gate.EASIEST}


def test_the_work_grows_with_the_flood_and_has_an_end() -> None:
    door = Door(b"k" * 32, calm=1)
    seen = []
    for _ in range(100):
        challenge = door.ask("", "", NOW)
        if challenge is not None:
            seen.append(challenge.bits)
            assert door.ask(challenge.token, add_up(challenge), NOW + timedelta(seconds=3)) is None

    assert seen == sorted(seen)
    assert seen[0] == gate.EASIEST
    assert seen[-1] == gate.HARDEST


def test_nothing_about_the_visitor_is_kept() -> None:
    """No parameter through which an address could come in."""
    for function in (Door.ask, ProofOfWork.accepts, Window.add, KdfGate.place):
        assert not {"address", "ip", "agent", "request"} & set(inspect.signature(function).parameters)


def test_a_door_may_always_ask() -> None:
    challenge = Door(b"k" * 32, calm=0).ask("", "", NOW)

    assert challenge is not None
    assert challenge.bits == gate.EASIEST
