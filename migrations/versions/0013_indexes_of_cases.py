"""Indexes that hold the agency beside the case or question: SQLite may take one of all the agency's rows instead, and
does so where there is one; what figures count is found in the indexes alone"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (
        ("case_event", "case_id"),
        ("case_pause", "case_id"),
        ("thread_message", "case_id"),
        ("thread_message", "question_id"),
    ):
        name = op.f(f"ix_{table}_{column}")
        op.drop_index(name, table)
        op.create_index(name, table, [column, "agency_id"])
    op.drop_index(op.f("ix_case_agency_id"), "case")
    op.drop_index("ix_case_inbox", "case")
    op.drop_index("ix_case_closed", "case")
    op.create_index("ix_case_inbox", "case", ["agency_id", "status", "kind", "due_at"])
    op.create_index("ix_case_closed", "case", ["agency_id", "kind", "closed_at", "status", "due_at", "opened_at"])
