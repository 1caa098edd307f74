"""Who takes the database and every secret of the server, but no passphrase and no receipt, opens nothing."""

from __future__ import annotations

import hashlib
import time
from base64 import b32encode
from collections.abc import Callable
from itertools import product
from statistics import median

from nacl.public import PrivateKey

from integrity.vault import envelope, kdf, officer, receipt, reporter
from integrity.vault.envelope import Context, Tampered
from integrity.vault.officer import WrongPassphrase
from tests.integrity.vault_costs import QUICK

PEPPER, SALT, COOKIE_KEY = b"p" * 32, b"s" * 16, b"c" * 32
TEXT = "นายกเรียกเงินสามแสน".encode()
AT = Context("r1", "answers", "e1", "reporter")
TO_REPORTER, TO_OFFICER = Context("r1", "key", "reporter", ""), Context("r1", "key", "officer:1", "")


def test_nothing_in_the_database_or_among_the_servers_secrets_opens_anything() -> None:
    pair = officer.new_pair()
    keys = reporter.derive(receipt.new_receipt(), PEPPER, SALT, QUICK)
    data_key = envelope.new_data_key()
    code = officer.new_recovery_code()
    database = {
        "lookup": keys.lookup,
        "reporter_public": keys.public,
        "officer_public": pair.public,
        "box_public": envelope.box_public(data_key),
        "by_passphrase": officer.wrap(pair.private, "ช้าง ป่า ร่ม เหล็ก ฝน", QUICK),
        "by_code": officer.wrap_by_code(pair.private, code),
        "to_officer": envelope.seal_key(data_key, pair.public, TO_OFFICER),
        "to_reporter": envelope.seal_key(data_key, keys.public, TO_REPORTER),
        "entry": envelope.encrypt(data_key, TEXT, AT),
        "boxed": envelope.seal_to_box(envelope.box_public(data_key), TEXT, AT),
    }
    everything = b"".join(database.values())
    for secret in (TEXT, data_key, pair.private, keys.private, code.encode()):
        assert secret not in everything

    thief_has = [*database.values(), PEPPER, SALT, COOKIE_KEY]
    guesses = {raw for blob in thief_has for raw in (blob[:32], blob[-32:], hashlib.sha256(blob).digest())}
    guesses |= {kdf.branch(key, purpose) for key, purpose in product(guesses, ("box", "lookup", "entries", "wrap"))}
    guesses |= {bytes(PrivateKey.from_seed(one)) for one in guesses if len(one) == 32}
    for guess in (one for one in guesses if len(one) == 32):
        assert _refused(envelope.open_key, database["to_officer"], guess, TO_OFFICER)
        assert _refused(envelope.open_key, database["to_reporter"], guess, TO_REPORTER)
        assert _refused(envelope.decrypt, guess, database["entry"], AT)
        assert _refused(envelope.open_from_box, guess, database["boxed"], AT)
        assert _refused(officer.unwrap, database["by_passphrase"], guess.hex())
        assert _refused(officer.unwrap_by_code, database["by_code"], b32encode(guess[:20]).decode())


def test_with_the_receipt_the_same_database_opens() -> None:
    """The counterpart: the test above fails to open for want of the receipt, not for want of a right call."""
    mine = receipt.new_receipt()
    data_key = envelope.new_data_key()
    sealed = envelope.seal_key(data_key, reporter.derive(mine, PEPPER, SALT, QUICK).public, TO_REPORTER)
    entry = envelope.encrypt(data_key, TEXT, AT)

    keys = reporter.derive(receipt.parse(receipt.show(mine)), PEPPER, SALT, QUICK)

    assert envelope.decrypt(envelope.open_key(sealed, keys.private, TO_REPORTER), entry, AT) == TEXT


def test_an_unknown_receipt_costs_what_a_known_one_costs() -> None:
    keys = reporter.derive(receipt.new_receipt(), PEPPER, SALT, QUICK)
    sealed = envelope.seal_key(envelope.new_data_key(), keys.public, TO_REPORTER)

    known, unknown = _typical(
        lambda: envelope.open_key(sealed, keys.private, TO_REPORTER), lambda: envelope.open_nothing(keys.private)
    )

    assert 0.6 < known / unknown < 1.6


def _refused(attempt: Callable[..., bytes], *arguments: object) -> bool:
    try:
        attempt(*arguments)
    except (Tampered, WrongPassphrase):
        return True
    return False


def _typical(*works: Callable[[], object]) -> list[float]:
    """CPU seconds of one call of each: the median of many, taken by turns, which a busy machine does not move."""
    took: list[list[float]] = [[] for _ in works]
    for _ in range(500):
        for work, times in zip(works, took, strict=True):
            started = time.thread_time()
            work()
            times.append(time.thread_time() - started)
    return [median(times) for times in took]
