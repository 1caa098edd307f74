"""Any two shares give the secret back; one tells nothing; a damaged one is noticed."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.vault import escrow
from integrity.vault.escrow import BadShares


@given(st.binary(min_size=1, max_size=64))
def test_any_two_of_three(secret: bytes) -> None:
    shares = escrow.split(secret)

    for one, other in permutations(shares, 2):
        assert escrow.join(one, other) == secret


@given(st.integers(0, 2), st.integers(0, 40), st.integers(1, 255))
def test_a_damaged_share_is_noticed(which: int, place: int, change: int) -> None:
    shares = list(escrow.split(b"k" * 32))
    damaged = bytearray(shares[which])
    damaged[place] ^= change

    with pytest.raises(BadShares):
        escrow.join(bytes(damaged), shares[(which + 1) % 3])


def test_shares_of_two_secrets_do_not_mix() -> None:
    first, second = escrow.split(b"a" * 32), escrow.split(b"b" * 32)

    with pytest.raises(BadShares):
        escrow.join(first[0], second[1])
    with pytest.raises(BadShares):
        escrow.join(first[0], first[0])
    for rubbish in (b"", b"\x01", b"\x01" * 9, b"\x09" + first[1][1:]):
        with pytest.raises(BadShares):
            escrow.join(first[0], rubbish)


def test_one_share_tells_nothing() -> None:
    """Whatever the secret is, each byte of a share is as likely as any other."""
    for secret in (b"\x00", b"\xff"):
        for share in escrow.split(secret * 8000):
            seen = Counter(share[1:8001])
            assert len(seen) == 256
            assert max(seen.values()) < 90  # 31 on average


def test_multiplication_is_that_of_aes() -> None:
    assert escrow._times(0x57, 0x83) == 0xC1  # FIPS 197, 4.2
    assert sorted(escrow._times(7, b) for b in range(256)) == list(range(256))
