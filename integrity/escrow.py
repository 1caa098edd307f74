"""Optional: an officer's private key in three shares, each sealed to another officer; any two give it back.

A holder's share is shown on that holder's page and carried by hand, so that no two holders need to meet the server at
one time, and nobody but the officer ever puts two together.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from datetime import datetime

from nacl.public import PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from integrity import audit
from integrity.sealing import officer_reader
from integrity.tables import Desk, Officer
from integrity.vault.envelope import Context, open_key, seal_key
from integrity.vault.escrow import BadShares, join, split

__all__ = ["BadShares", "drop_holder", "open_share", "reseal_to", "restore", "set_up"]

HOLDERS = 3


def set_up(
    session: Session, desk: Desk, officer: Officer, private: bytes, holders: Sequence[Officer], now: datetime
) -> None:
    """Three other active officers hold the shares from now; an earlier escrow is void. Raises ValueError (Thai)."""
    fit = {holder.id for holder in holders if holder.status == "active" and holder.desk_id == desk.id} - {officer.id}
    if len(fit) != HOLDERS or len(holders) != HOLDERS:
        raise ValueError("ผู้ถือส่วนกุญแจต้องเป็นเจ้าหน้าที่คนอื่นที่เปิดใช้กุญแจแล้ว 3 คน")
    officer.escrow = {
        str(holder.id): _text(seal_key(share, holder.public_key, _context(officer.id, holder.id)))
        for holder, share in zip(holders, split(private), strict=True)
    }
    audit.append(session, desk, officer_reader(officer.id), "escrow.set_up", b"", now=now)


def open_share(
    session: Session, desk: Desk, officer: Officer, holder: Officer, holder_private: bytes, now: datetime
) -> str:
    """The holder's share, in groups of four letters to be written down for the officer. Raises ValueError (Thai)."""
    sealed = (officer.escrow or {}).get(str(holder.id))
    if sealed is None or officer.desk_id != desk.id:
        raise ValueError("ท่านไม่ได้ถือส่วนกุญแจของเจ้าหน้าที่คนนี้")
    share = open_key(base64.b64decode(sealed), holder_private, _context(officer.id, holder.id))
    audit.append(session, desk, officer_reader(holder.id), "escrow.share_opened", b"", now=now, officer=officer.id)
    letters = base64.b32encode(share).decode().rstrip("=")
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def restore(officer: Officer | None, shares: tuple[str, str]) -> bytes:
    """The private key from two written shares. Raises BadShares, also when the shares are another officer's."""
    one, other = (_share(text) for text in shares)
    private = join(one, other)
    if officer is None or officer.escrow is None or bytes(PrivateKey(private).public_key) != officer.public_key:
        raise BadShares
    return private


def reseal_to(session: Session, holder: Officer, private: bytes, new_public: bytes) -> None:
    """The holder changes keys: the shares that the holder keeps for others move along."""
    for officer in _holding(session, holder):
        context = _context(officer.id, holder.id)
        share = open_key(base64.b64decode((officer.escrow or {})[str(holder.id)]), private, context)
        officer.escrow = {**(officer.escrow or {}), str(holder.id): _text(seal_key(share, new_public, context))}


def drop_holder(session: Session, holder: Officer) -> None:
    """The holder left; an escrow with fewer than two holders is none."""
    for officer in _holding(session, holder):
        rest = {number: sealed for number, sealed in (officer.escrow or {}).items() if number != str(holder.id)}
        officer.escrow = rest if len(rest) > 1 else None


def _holding(session: Session, holder: Officer) -> list[Officer]:
    others = session.scalars(select(Officer).where(Officer.desk_id == holder.desk_id))
    return [officer for officer in others if str(holder.id) in (officer.escrow or {})]


def _context(officer_id: int, holder_id: int) -> Context:
    return Context("", "escrow", str(officer_id), officer_reader(holder_id))


def _text(sealed: bytes) -> str:
    return base64.b64encode(sealed).decode()


def _share(text: str) -> bytes:
    # The alphabet has no 0, 1 and 8: who reads one of them on paper meant O, I and B.
    letters = re.sub(r"[^A-Z2-7]", "", text.upper().translate(str.maketrans("018", "OIB")))
    try:
        return base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:
        raise BadShares from None
