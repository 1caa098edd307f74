"""What the pages of the fourth and fifth issue still needed"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    """An index of some of the rows."""
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    # Duties: how far one has climbed for which day (handlers/duties/reminders.py).
    op.add_column("duty", sa.Column("escalated_for", sa.Date(), nullable=True))
    op.add_column("duty", sa.Column("climb_after", sa.Date(), nullable=True))
    op.drop_index("ix_duty_agency_id", "duty")  # ix_duty_list begins with the agency too
    _index("ix_duty_agency_wake", "duty", ["agency_id", "wake_at"], "wake_at IS NOT NULL")
    # Registers: the end that the duties to renew an entry were made for.
    op.add_column("register_entry", sa.Column("watched_until", sa.Date(), nullable=True))
    op.create_index(
        "ix_register_entry_watch",
        "register_entry",
        ["agency_id"],
        sqlite_where=sa.text("expires_on IS NOT watched_until"),
        postgresql_where=sa.text("expires_on IS DISTINCT FROM watched_until"),
    )
    # The clock: when it looks at a case or a question next; e-mail for staff without LINE.
    moment = models.base.UTCDateTime(timezone=True)
    op.add_column("case", sa.Column("look_at", moment, nullable=True))
    _index("ix_case_look", "case", ["look_at"], "status IN ('new','accepted','in_progress') AND escalation < 3")
    op.add_column("question", sa.Column("look_at", moment, nullable=True))
    _index("ix_question_look", "question", ["look_at"], "status = 'waiting' AND escalation < 2")
    op.create_table(
        "mail_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("subject_key", sa.String(), server_default="", nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", moment, nullable=False),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("sent_at", moment, nullable=True),
        sa.Column("error", sa.String(), server_default="", nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_mail_message_agency_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_mail_message_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_mail_message_dedupe_key")),
    )
    _index("ix_mail_message_open", "mail_message", ["next_attempt_at"], "status IN ('pending','sending')")
    op.create_index("ix_mail_message_subject", "mail_message", ["agency_id", "subject_key"])
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
    op.create_index("ix_case_opened", "case", ["agency_id", "kind", "opened_at"])
    op.create_index("ix_case_closed", "case", ["agency_id", "kind", "closed_at", "status", "due_at"])
    op.create_index("ix_case_confirmed", "case", ["agency_id", "kind", "confirmed_at"])
    op.drop_index("ix_question_asked_at", "question")
    op.create_index("ix_question_asked", "question", ["agency_id", "asked_at"])
    for name, column, where in (
        ("ix_question_person", "asked_at", "number IS NOT NULL"),
        ("ix_question_waiting", "escalation", "status = 'waiting'"),
    ):
        op.create_index(
            name, "question", ["agency_id", column], sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )
