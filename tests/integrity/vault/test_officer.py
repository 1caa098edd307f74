"""An officer's private key comes back by the passphrase or by the printed code, and by nothing else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.vault import kdf, officer
from integrity.vault.kdf import Cost
from integrity.vault.officer import WeakPassphrase, WrongPassphrase
from tests.integrity.vault_costs import QUICK

GOOD = "ช้าง ป่า ร่ม เหล็ก ฝน"
PRIVATE = officer.new_pair().private


@given(st.text(min_size=1, max_size=60).filter(str.strip))
def test_the_passphrase_opens_what_it_wrapped(passphrase: str) -> None:
    assert officer.unwrap(officer.wrap(PRIVATE, passphrase, QUICK), passphrase) == PRIVATE


@given(st.text(min_size=1, max_size=60).filter(lambda text: officer._normal(text) != GOOD))
def test_another_passphrase_does_not(passphrase: str) -> None:
    with pytest.raises(WrongPassphrase):
        officer.unwrap(officer.wrap(PRIVATE, GOOD, QUICK), passphrase)


def test_spacing_and_the_way_a_keyboard_writes_sara_am_do_not_matter() -> None:
    blob = officer.wrap(PRIVATE, "น้ำ ตำลึง ค่ำ ทำนา กำไร", QUICK)

    assert officer.unwrap(blob, "  น\u0e49\u0e4d\u0e32 ตำลึง  ค่ำ\tทำนา กำไร ") == PRIVATE


def test_the_cost_is_stored_with_the_key() -> None:
    blob = officer.wrap(PRIVATE, GOOD, Cost(passes=2, memory_kib=16))

    assert officer.unwrap(blob, GOOD) == PRIVATE
    assert officer.wrap(PRIVATE, GOOD, QUICK) != officer.wrap(PRIVATE, GOOD, QUICK)


def test_every_flipped_byte_is_refused() -> None:
    code = officer.new_recovery_code()
    by_passphrase, by_code = officer.wrap(PRIVATE, GOOD, QUICK), officer.wrap_by_code(PRIVATE, code)

    for place in range(len(by_passphrase)):
        if place not in (1, 2, 3, 4):  # those are the cost: see the next test
            with pytest.raises(WrongPassphrase):
                officer.unwrap(_flipped(by_passphrase, place), GOOD)
    for place in range(len(by_code)):
        with pytest.raises(WrongPassphrase):
            officer.unwrap_by_code(_flipped(by_code, place), code)


@pytest.mark.parametrize(("passes", "memory"), [(0, 64), (17, 64), (1, 0), (1, 7), (1, 2**31), (255, 2**32 - 1)])
def test_a_forged_cost_cannot_eat_the_machine(passes: int, memory: int, monkeypatch: pytest.MonkeyPatch) -> None:
    blob = officer.wrap(PRIVATE, GOOD, QUICK)
    forged = blob[:1] + bytes([passes]) + memory.to_bytes(4, "big") + blob[6:]
    monkeypatch.setattr(kdf, "stretch", lambda *_: pytest.fail("derived at a forged cost"))

    with pytest.raises(WrongPassphrase):
        officer.unwrap(forged, GOOD)


@pytest.mark.parametrize("typed", ["", "   ", "x" * 501, "ก" * 1_000_000])
def test_what_cannot_be_a_passphrase_costs_nothing(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    blob = officer.wrap(PRIVATE, GOOD, QUICK)
    monkeypatch.setattr(kdf, "stretch", lambda *_: pytest.fail("derived for nothing"))
    started = time.thread_time()

    with pytest.raises(WrongPassphrase):
        officer.unwrap(blob, typed)

    assert time.thread_time() - started < 0.2


@given(st.binary(max_size=120))
def test_rubbish_in_the_database_never_breaks(rubbish: bytes) -> None:
    with pytest.raises(WrongPassphrase):
        officer.unwrap(rubbish, GOOD)
    with pytest.raises(WrongPassphrase):
        officer.unwrap_by_code(rubbish, officer.new_recovery_code())


def test_the_recovery_code_opens_and_forgives_how_it_is_typed() -> None:
    code = officer.new_recovery_code()
    blob = officer.wrap_by_code(PRIVATE, code)

    assert len(code.replace("-", "")) == 32
    assert officer.unwrap_by_code(blob, code) == PRIVATE
    assert officer.unwrap_by_code(blob, f"  {code.lower().replace('-', ' ')} ") == PRIVATE
    assert officer.unwrap_by_code(blob, code.replace("O", "0").replace("I", "1").replace("B", "8")) == PRIVATE


@pytest.mark.parametrize("typed", ["", "ABCD", "รหัส", "A" * 33, "A" * 32, "A" * 40])
def test_another_code_does_not_open(typed: str) -> None:
    with pytest.raises(WrongPassphrase):
        officer.unwrap_by_code(officer.wrap_by_code(PRIVATE, officer.new_recovery_code()), typed)


def test_one_wrapping_is_not_taken_for_the_other() -> None:
    code = officer.new_recovery_code()

    with pytest.raises(WrongPassphrase):
        officer.unwrap(officer.wrap_by_code(PRIVATE, code), code)
    with pytest.raises(WrongPassphrase):
        officer.unwrap_by_code(officer.wrap(PRIVATE, code, QUICK), code)


def test_the_private_key_does_not_show_when_printed() -> None:
    pair = officer.new_pair()

    assert repr(pair.private) not in repr(pair)


def test_fingerprints_are_thirty_digits_in_six_groups() -> None:
    pairs = [officer.new_pair() for _ in range(20)]
    prints = {officer.fingerprint(pair.public) for pair in pairs}

    assert len(prints) == 20
    assert all(len(group) == 5 and group.isdigit() for one in prints for group in one.split(" "))
    assert officer.fingerprint(pairs[0].public) in prints


@pytest.mark.parametrize(
    "good", [GOOD, "correct horse battery staple boat", "กระต่ายกระโดดข้ามรั้วไม้ไผ่", "A9f-2kd_8Qpz+17xwLmv"]
)
def test_good_passphrases(good: str) -> None:
    officer.check_passphrase(good)


@pytest.mark.parametrize(
    "weak",
    ["", "   ", "password", "ช้าง ป่า ร่ม", "a b c d e", "1" * 40, "ก ก ก ก ก ก", "abcabcabcabcabcabcabc", "x y " * 300],
)
def test_weak_passphrases(weak: str) -> None:
    with pytest.raises(WeakPassphrase, match="วลีรหัสผ่าน"):
        officer.check_passphrase(weak)


def _flipped(blob: bytes, place: int) -> bytes:
    return blob[:place] + bytes([blob[place] ^ 0x40]) + blob[place + 1 :]
