"""A receipt leads to one pair of keys and one address, and nothing leads back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from integrity.vault import envelope, kdf, receipt, reporter
from integrity.vault.envelope import Context
from tests.integrity.vault_costs import QUICK

PEPPER, SALT = b"p" * 32, b"s" * 16


def test_the_same_receipt_gives_the_same_keys() -> None:
    mine = receipt.new_receipt()

    first = reporter.derive(mine, PEPPER, SALT, QUICK)

    assert reporter.derive(mine, PEPPER, SALT, QUICK) == first
    assert len({first.lookup, first.private, first.public}) == 3
    assert {len(first.lookup), len(first.private), len(first.public)} == {32}


def test_what_the_database_has_does_not_make_the_private_key() -> None:
    keys = reporter.derive(receipt.new_receipt(), PEPPER, SALT, QUICK)

    for known in (keys.lookup, keys.public):
        assert keys.private not in (
            known,
            bytes(PrivateKey.from_seed(known)),
            bytes(PrivateKey.from_seed(kdf.branch(known, "box"))),
        )


def test_receipt_pepper_and_salt_each_matter() -> None:
    mine, other = receipt.new_receipt(), receipt.new_receipt()

    keys = [
        reporter.derive(mine, PEPPER, SALT, QUICK),
        reporter.derive(other, PEPPER, SALT, QUICK),
        reporter.derive(mine, b"q" * 32, SALT, QUICK),
        reporter.derive(mine, PEPPER, b"t" * 16, QUICK),
    ]

    assert len({one.lookup for one in keys}) == len({one.private for one in keys}) == 4


def test_the_keys_do_not_show_when_printed() -> None:
    keys = reporter.derive(receipt.new_receipt(), PEPPER, SALT, QUICK)

    assert repr(keys.private) not in repr(keys)
    assert repr(keys.lookup) not in repr(keys)


@given(st.integers(min_value=0, max_value=10**19 - 1))
def test_a_reporter_reads_what_was_sealed_to_the_receipt(number: int) -> None:
    keys = reporter.derive(f"{number:020d}", PEPPER, SALT, QUICK)
    data_key = envelope.new_data_key()
    where = Context("r1", "key", "reporter", "")

    assert envelope.open_key(envelope.seal_key(data_key, keys.public, where), keys.private, where) == data_key
