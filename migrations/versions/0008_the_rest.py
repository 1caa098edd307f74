"""What the pages of the fourth and fifth issue still needed"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Duties: how far one has climbed for which day (handlers/duties/reminders.py).
    op.add_column("duty", sa.Column("escalated_for", sa.Date(), nullable=True))
    op.add_column("duty", sa.Column("climb_after", sa.Date(), nullable=True))
    # Measures: text that an import found no place for; elements of a year whose list is not confirmed.
    op.add_column("measure", sa.Column("notes", sa.String(), nullable=False, server_default=""))
    op.add_column("element", sa.Column("confirmed", sa.Boolean(), nullable=False, server_default=sa.true()))
    # Executives: when an agency's next summary is due, its receipts' addresses, and the counting of a period.
    op.add_column("agency", sa.Column("summaries_due_at", models.base.UTCDateTime(timezone=True), nullable=True))
    op.create_index("ix_agency_summaries_due_at", "agency", ["summaries_due_at"])
    op.add_column("summary_receipt", sa.Column("via", sa.String(), server_default="", nullable=False))
    op.add_column("summary_receipt", sa.Column("token_hash", sa.String(), nullable=True))
    op.add_column(
        "summary_receipt", sa.Column("token_expires_at", models.base.UTCDateTime(timezone=True), nullable=True)
    )
    with op.batch_alter_table("summary_receipt") as table:
        table.create_unique_constraint("uq_summary_receipt_token_hash", ["token_hash"])
    op.drop_index("ix_case_opened_at", "case")
    op.create_index("ix_case_opened", "case", ["agency_id", "opened_at"])
    op.create_index("ix_case_closed", "case", ["agency_id", "closed_at"])
    op.create_index("ix_case_confirmed", "case", ["agency_id", "confirmed_at"])
    op.drop_index("ix_question_asked_at", "question")
    op.create_index("ix_question_asked", "question", ["agency_id", "asked_at"])
