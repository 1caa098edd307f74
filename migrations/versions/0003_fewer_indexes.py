"""Fewer indexes on what every message writes: a composite one begins with the agency, and most dates are empty"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

HAS_DUE = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    for table in ("conversation", "outbox_message", "question"):
        op.drop_index(op.f(f"ix_{table}_agency_id"), table)
    op.drop_index(op.f("ix_question_due_at"), "question")
    op.create_index(op.f("ix_question_due_at"), "question", ["due_at"], sqlite_where=HAS_DUE, postgresql_where=HAS_DUE)
