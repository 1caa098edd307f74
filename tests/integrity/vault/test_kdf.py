"""The derivations are the published ones, at the costs that were decided."""

from __future__ import annotations

from argon2.low_level import Type, hash_secret_raw

from integrity.vault import kdf


def test_stretch_is_argon2id() -> None:
    other = hash_secret_raw(b"secret", b"s" * 16, 2, 64, 1, 32, Type.ID)

    assert kdf.stretch(b"secret", b"s" * 16, kdf.Cost(passes=2, memory_kib=64)) == other


def test_branch_is_hkdf_sha256() -> None:
    # RFC 5869, appendix A.3: no salt, no info.
    expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"

    assert kdf.branch(b"\x0b" * 22, "").hex() == expected
    assert kdf.branch(b"k" * 32, "lookup") != kdf.branch(b"k" * 32, "box")


def test_the_costs_are_those_that_were_measured() -> None:
    assert kdf.Cost(passes=2, memory_kib=19 * 1024) == kdf.RECEIPT_COST
    assert kdf.Cost(passes=3, memory_kib=64 * 1024) == kdf.OFFICER_COST
