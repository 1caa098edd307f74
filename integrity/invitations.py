"""An appointed officer makes the key on a device of their own: a signed address, good for a week and for one key.

Nothing is stored. Who steals the address can at worst hand in a key, which fails when the second officer compares its
fingerprint with the officer's own.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import asdict, dataclass

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from integrity.config import Config
from integrity.officers import NotAllowed
from integrity.tables import OFFICER_ROLES, Desk, Officer

GOOD_FOR = 7 * 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whom the desk appoints. `by`: id of the officer who invites; None: the command line."""

    username: str
    name: str
    position: str
    role: str
    by: int | None


def address(session: Session, config: Config, desk: Desk, invitation: Invitation) -> str:
    """Where the invited officer sets up passphrase, telephone and paper. Raises NotAllowed (Thai)."""
    wanted = Invitation(
        invitation.username.strip().lower(), invitation.name.strip(), invitation.position.strip(), invitation.role,
        invitation.by,
    )  # fmt: skip
    if wanted.role not in OFFICER_ROLES or not wanted.username or not wanted.name:
        raise NotAllowed("กรุณากรอกชื่อผู้ใช้ ชื่อ และบทบาทให้ครบ")
    if guest(session, desk, wanted) is not None:
        raise NotAllowed("ชื่อผู้ใช้นี้มีอยู่แล้ว")
    token = _signer(config, desk).dumps(asdict(wanted))
    return f"{config.public_url}/{desk.code}/integrity/desk/join/{token}"


def read(session: Session, config: Config, desk: Desk, token: str) -> Invitation | None:
    """The invitation, or None when it is not ours, too old, or its sender is no officer any more; also when its key
    has been approved: then there is nothing left to set up."""
    try:
        invitation = Invitation(**_signer(config, desk).loads(token, max_age=GOOD_FOR))
    except (BadData, TypeError):
        return None
    made = guest(session, desk, invitation)
    if (made and made.approved_by_id is not None) or (invitation.by and sender(session, desk, invitation) is None):
        return None
    return invitation


def guest(session: Session, desk: Desk, invitation: Invitation) -> Officer | None:
    """The officer whom the invitation made, if it was used."""
    chosen = select(Officer).where(Officer.desk_id == desk.id, Officer.username == invitation.username)
    return session.scalar(chosen.execution_options(populate_existing=True))


def sender(session: Session, desk: Desk, invitation: Invitation) -> Officer | None:
    """The active officer who invited, if it was one."""
    found = session.get(Officer, invitation.by) if invitation.by else None
    return found if found and found.desk_id == desk.id and found.status == "active" else None


def _signer(config: Config, desk: Desk) -> URLSafeTimedSerializer:
    key = base64.b64encode(config.cookie_key)
    return URLSafeTimedSerializer(key, salt=f"invitation|{desk.code}", signer_kwargs={"digest_method": hashlib.sha256})
