"""SQLAlchemy tables, one file per subject. Importing the package registers them all."""

from models import (
    agency,
    announcement,
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
    thread,
)
from models.base import Base

__all__ = [
    "Base",
    "agency",
    "announcement",
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
    "thread",
]
