"""The reporter's keys, made from the receipt alone and kept nowhere."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from nacl.public import PrivateKey

from integrity.vault import kdf
from integrity.vault.kdf import RECEIPT_COST, Cost, branch


@dataclass(frozen=True, slots=True)
class ReporterKeys:
    """`lookup`: 32 bytes by which the report is found (Report.lookup). `private`, `public`: X25519, 32 bytes each."""

    lookup: bytes = field(repr=False)
    private: bytes = field(repr=False)
    public: bytes = field(repr=False)


def derive(receipt: str, pepper: bytes, site_salt: bytes, cost: Cost = RECEIPT_COST) -> ReporterKeys:
    """The keys of a receipt that `receipt.parse` or `receipt.new_receipt` gave. Takes some 40 ms.

    `pepper` (32 bytes) is not in the database: without it there is nothing to try receipts against."""
    peppered = hmac.digest(pepper, receipt.encode(), "sha256")
    root = kdf.stretch(peppered, site_salt, cost)
    private = PrivateKey.from_seed(branch(root, "box"))
    return ReporterKeys(branch(root, "lookup"), bytes(private), bytes(private.public_key))
