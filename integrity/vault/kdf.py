"""From secrets to keys: Argon2id for what people type, HKDF for what is random already."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from nacl import pwhash

from integrity.gate import DERIVATIONS

KEY_SIZE = 32
SALT_SIZE = pwhash.argon2id.SALTBYTES  # 16


@dataclass(frozen=True, slots=True)
class Cost:
    """What one Argon2id derivation costs: passes over `memory_kib` of memory, one lane."""

    passes: int
    memory_kib: int


RECEIPT_COST = Cost(passes=2, memory_kib=19 * 1024)  # a receipt has 63 bits of its own
OFFICER_COST = Cost(passes=3, memory_kib=64 * 1024)  # a passphrase was chosen by a person


def stretch(secret: bytes, salt: bytes, cost: Cost) -> bytes:
    """32 bytes by Argon2id v1.3 (RFC 9106); `salt` is 16 bytes. Slow and memory-hungry on purpose, and therefore only
    when the gate has a place: never call it while holding a lock. Raises gate.Busy."""
    with DERIVATIONS.place(cost.memory_kib):
        return pwhash.argon2id.kdf(KEY_SIZE, secret, salt, opslimit=cost.passes, memlimit=cost.memory_kib * 1024)


def branch(key: bytes, purpose: str) -> bytes:
    """A 32-byte key of its own for each purpose, by HKDF-SHA256 (RFC 5869, no salt). Knowing one tells nothing about
    `key` or the others."""
    extracted = hmac.digest(bytes(hashlib.sha256().digest_size), key, "sha256")
    return hmac.digest(extracted, purpose.encode() + b"\x01", "sha256")
