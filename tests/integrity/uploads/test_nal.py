"""User data within coded pictures is overwritten, everything else stays byte for byte."""

from __future__ import annotations

import re
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.uploads import clean, nal, words
from tests.integrity.uploads import corpus
from tests.integrity.uploads.second_parser import canaries, samples

H264, H265 = nal.Coding(4, 1), nal.Coding(4, 2)


def _unit(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def _guarded(unit: bytes) -> bytes:
    """As it lies in a film: a 3 wherever bytes would look like the start of a unit."""
    return re.sub(rb"\x00\x00(?=[\x00-\x03])", b"\x00\x00\x03", unit)


def _message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + b"\xff" * (len(body) // 255) + bytes([len(body) % 255]) + body


@pytest.mark.parametrize(("coding", "head"), [(H264, b"\x06"), (H265, b"\x4e\x01"), (H265, b"\x50\x01")])
def test_only_user_data_is_overwritten(coding: nal.Coding, head: bytes) -> None:
    timing, told = _message(1, b"\x01\x02\x03"), _message(5, b"\x00\x00\x01" + corpus.CANARY.encode() * 40)
    picture = _unit((b"\x65" if coding.head == 1 else b"\x26\x01") + b"\x06\x05" + b"a picture")
    sample = bytearray(_unit(_guarded(head + timing + told + timing + b"\x80")) + picture)
    before = bytes(sample)
    assert nal.redact(sample, 0, len(sample), coding)
    assert len(sample) == len(before)
    assert corpus.CANARY.encode() not in sample
    assert sample.endswith(timing + b"\x80" + picture)
    assert sample[: len(head) + 4 + len(timing)] == before[: len(head) + 4 + len(timing)]
    assert not nal.redact(sample, 0, len(sample), coding)  # nothing is left to do


@given(st.binary(max_size=80), st.sampled_from([H264, H265]))
def test_any_bytes_keep_their_length(sample: bytes, coding: nal.Coding) -> None:
    changed = bytearray(sample)
    nal.redact(changed, 0, len(changed), coding)
    assert len(changed) == len(sample)


def test_within_a_film() -> None:
    secret = _unit(b"\x06" + _message(5, bytes(16) + corpus.CANARY.encode()) + b"\x80")
    picture = _unit(b"\x65picture")
    configuration = corpus.box(b"avcC", b"\x01\x64\x00\x1f\xff")
    entry = corpus.box(b"avc1", bytes(6), b"\x00\x01", bytes(70), configuration)
    film = corpus.chunked([[[secret + picture, picture], [secret]]], wide=False, entry=entry)
    cleaned = clean(film, "x.mp4")
    assert canaries(cleaned.data) == []
    assert words.TRACKS in cleaned.found
    (track,) = samples(cleaned.data)
    assert [len(sample) for sample in track] == [len(secret + picture), len(picture), len(secret)]
    assert track[0].endswith(picture)
    assert track[1] == picture
