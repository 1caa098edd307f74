"""SQLAlchemy tables, one file per subject. Importing the package registers them all."""

from models import (
    agency,
    announcement,
    asset,
    audit,
    case,
    conversation,
    document,
    duty,
    eit,
    form,
    measure,
    outbox,
    participation,
    question,
    representative,
    thread,
    walkin,
)
from models.base import Base

__all__ = [
    "Base",
    "agency",
    "announcement",
    "asset",
    "audit",
    "case",
    "conversation",
    "document",
    "duty",
    "eit",
    "form",
    "measure",
    "outbox",
    "participation",
    "question",
    "representative",
    "thread",
    "walkin",
]
