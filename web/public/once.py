"""A form is taken once: a token in the page, whose first arrival is stored with what it caused.

The second press of the button, in the same moment or a day later, finds what the first one made.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from handlers import audit
from handlers.numbers import SECRET_ALPHABET, SECRET_LENGTH
from models.audit import AuditEntry
from models.conversation import WebhookEvent


def new_token() -> str:
    return secrets.token_urlsafe(24)


def take(session: Session, agency_id: int, token: str, now: datetime) -> bool:
    """True for the first who comes with `token`; whoever comes meanwhile waits until the first has committed."""
    dialect = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = dialect(WebhookEvent).values(
        agency_id=agency_id, event_id=_event_id(token), kind="web_form", received_at=now
    )
    taken = session.execute(statement.on_conflict_do_nothing().returning(WebhookEvent.event_id)).first()
    return taken is not None


def remember(session: Session, token: str, subject: str) -> None:
    """Note in the audit log what the form became ("case:12")."""
    audit.record(session, "web", "form_taken", _event_id(token), became=subject)


def became(session: Session, token: str) -> str:
    """What the form became ("case:12"), or "" when it was never taken."""
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.subject == _event_id(token), AuditEntry.action == "form_taken")
    ).first()
    return str(entry.detail["became"]) if entry else ""


def secret_of(key: str, token: str) -> str:
    """A case's secret that belongs to this form: whoever sends the same form again is shown the same one, and it
    is stored nowhere."""
    digest = int.from_bytes(hmac.new(key.encode(), b"case-secret|" + token.encode(), hashlib.sha256).digest())
    letters = []
    for _ in range(SECRET_LENGTH):
        digest, place = divmod(digest, len(SECRET_ALPHABET))
        letters.append(SECRET_ALPHABET[place])
    return "".join(letters)


def _event_id(token: str) -> str:
    return "web:" + hashlib.sha256(token.encode()).hexdigest()[:40]
