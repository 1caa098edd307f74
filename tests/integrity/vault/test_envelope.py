"""What is sealed opens for its readers, in its place, unchanged; and not otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import SealedBox

from integrity.vault import envelope, officer
from integrity.vault.envelope import FILE_BLOCK, Context, Tampered

HERE = Context("5f2a", "message", "e1", "reporter")
ELSEWHERE = [
    replace(HERE, report="5f2b"),
    replace(HERE, kind="note"),
    replace(HERE, row="e2"),
    replace(HERE, author="officer:1"),
]
contexts = st.builds(Context, *[st.text(st.characters(exclude_characters="|", codec="utf-8"), max_size=20)] * 4)
contents = st.binary(max_size=3000)
DATA_KEY = envelope.new_data_key()
READER = officer.new_pair()


@given(contents, contexts)
def test_round_trip(plaintext: bytes, context: Context) -> None:
    assert envelope.decrypt(DATA_KEY, envelope.encrypt(DATA_KEY, plaintext, context), context) == plaintext


@given(contents, contexts)
def test_round_trip_by_the_box(plaintext: bytes, context: Context) -> None:
    boxed = envelope.seal_to_box(envelope.box_public(DATA_KEY), plaintext, context)

    assert envelope.open_from_box(DATA_KEY, boxed, context) == plaintext


@given(contexts)
def test_round_trip_of_a_key(context: Context) -> None:
    sealed = envelope.seal_key(DATA_KEY, READER.public, context)

    assert envelope.open_key(sealed, READER.private, context) == DATA_KEY
    assert len(sealed) == 112


@given(contexts, contexts)
def test_a_ciphertext_opens_in_its_own_place_only(one: Context, other: Context) -> None:
    if one == other:
        return
    sealed = envelope.encrypt(DATA_KEY, b"", one)

    with pytest.raises(Tampered):
        envelope.decrypt(DATA_KEY, sealed, other)


@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=["report", "kind", "row", "author"])
def test_nothing_can_be_moved_or_relabelled(elsewhere: Context) -> None:
    text = envelope.encrypt(DATA_KEY, "เขาเรียกเงิน".encode(), HERE)
    boxed = envelope.seal_to_box(envelope.box_public(DATA_KEY), b"...", HERE)
    key = envelope.seal_key(DATA_KEY, READER.public, HERE)

    with pytest.raises(Tampered):
        envelope.decrypt(DATA_KEY, text, elsewhere)
    with pytest.raises(Tampered):
        envelope.open_from_box(DATA_KEY, boxed, elsewhere)
    with pytest.raises(Tampered):
        envelope.open_key(key, READER.private, elsewhere)


def test_every_flipped_byte_is_refused() -> None:
    text = envelope.encrypt(DATA_KEY, "สามแสนบาท".encode(), HERE)
    boxed = envelope.seal_to_box(envelope.box_public(DATA_KEY), b"...", HERE)
    key = envelope.seal_key(DATA_KEY, READER.public, HERE)

    for place in range(len(text)):
        with pytest.raises(Tampered):
            envelope.decrypt(DATA_KEY, _flipped(text, place), HERE)
    for place in range(0, len(boxed), 7):
        with pytest.raises(Tampered):
            envelope.open_from_box(DATA_KEY, _flipped(boxed, place), HERE)
    for place in range(len(key)):
        with pytest.raises(Tampered):
            envelope.open_key(_flipped(key, place), READER.private, HERE)


@given(st.binary(max_size=200))
def test_rubbish_is_refused_and_never_breaks(rubbish: bytes) -> None:
    with pytest.raises(Tampered):
        envelope.decrypt(DATA_KEY, rubbish, HERE)
    with pytest.raises(Tampered):
        envelope.open_from_box(DATA_KEY, rubbish, HERE)
    with pytest.raises(Tampered):
        envelope.open_key(rubbish, READER.private, HERE)


def test_cut_short_is_refused() -> None:
    text = envelope.encrypt(DATA_KEY, b"hello", HERE)
    key = envelope.seal_key(DATA_KEY, READER.public, HERE)

    for length in range(0, len(text), 13):
        with pytest.raises(Tampered):
            envelope.decrypt(DATA_KEY, text[:length], HERE)
    for length in range(len(key)):
        with pytest.raises(Tampered):
            envelope.open_key(key[:length], READER.private, HERE)


def test_a_box_whose_owner_lied_about_the_length_is_refused() -> None:
    from nacl.public import PublicKey

    bound = envelope._bound(HERE)
    lied = SealedBox(PublicKey(envelope.box_public(DATA_KEY))).encrypt(bound + (10**6).to_bytes(8, "big"))

    with pytest.raises(Tampered):
        envelope.open_from_box(DATA_KEY, lied, HERE)


@given(st.integers(0, 1016), st.integers(0, 1016))
def test_within_a_block_the_length_does_not_show(one: int, other: int) -> None:
    first, second = (envelope.encrypt(DATA_KEY, b"x" * length, HERE) for length in (one, other))
    box = envelope.box_public(DATA_KEY)

    assert len(first) == len(second)
    assert len(envelope.seal_to_box(box, b"x" * one, HERE)) == len(envelope.seal_to_box(box, b"x" * other, HERE))


@settings(max_examples=20)
@given(st.integers(0, 200_000))
def test_files_grow_by_64_kib(length: int) -> None:
    data = bytes(length)
    sealed = envelope.encrypt(DATA_KEY, data, HERE, FILE_BLOCK)
    overhead = len(envelope.encrypt(DATA_KEY, b"", HERE)) - envelope.BLOCK

    assert (len(sealed) - overhead) % FILE_BLOCK == 0
    assert envelope.decrypt(DATA_KEY, sealed, HERE) == data


def test_the_same_text_is_never_the_same_ciphertext() -> None:
    assert len({envelope.encrypt(DATA_KEY, b"same", HERE) for _ in range(50)}) == 50


def test_another_reader_and_another_report_open_nothing() -> None:
    stranger, other_key = officer.new_pair(), envelope.new_data_key()
    sealed = envelope.seal_key(DATA_KEY, READER.public, HERE)
    text = envelope.encrypt(DATA_KEY, b"hello", HERE)
    boxed = envelope.seal_to_box(envelope.box_public(DATA_KEY), b"hello", HERE)

    with pytest.raises(Tampered):
        envelope.open_key(sealed, stranger.private, HERE)
    with pytest.raises(Tampered):
        envelope.decrypt(other_key, text, HERE)
    with pytest.raises(Tampered):
        envelope.open_from_box(other_key, boxed, HERE)


def test_a_separator_cannot_be_smuggled_into_a_context() -> None:
    with pytest.raises(ValueError, match="separator"):
        Context("a|b", "c", "d", "e")


def test_errors_carry_nothing() -> None:
    with pytest.raises(Tampered) as caught:
        envelope.decrypt(DATA_KEY, b"\x01" + b"secret" * 20, HERE)

    assert str(caught.value) == ""
    assert caught.value.__cause__ is None


def _flipped(blob: bytes, place: int) -> bytes:
    return blob[:place] + bytes([blob[place] ^ 0x40]) + blob[place + 1 :]
