"""Citizens who help with a case"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "representative",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=True),
        sa.Column("order_number", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("exact_place", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=True),
        sa.Column("code_until", models.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column("terms_version", sa.Integer(), nullable=True),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("reminded", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.Integer(), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("invited_at", models.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("answered_at", models.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", models.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('invited', 'active', 'declined', 'ended')", name=op.f("ck_representative_status")),
        sa.CheckConstraint(
            "end_reason IN ('', 'term', 'case', 'staff', 'left')", name=op.f("ck_representative_end_reason")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_representative_term")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_representative_agency_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_representative_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["committee_id"], ["register_entry.id"], name=op.f("fk_representative_committee_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_representative_conversation_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["invited_by_id"], ["staff.id"], name=op.f("fk_representative_invited_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representative")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_representative_code_hash")),
    )
    op.create_index(op.f("ix_representative_agency_id"), "representative", ["agency_id"])
    op.create_index(op.f("ix_representative_case_id"), "representative", ["case_id"])
    op.create_index(op.f("ix_representative_conversation_id"), "representative", ["conversation_id"])
    op.create_index("ix_representative_watch", "representative", ["status", "ended_at"])


def downgrade() -> None:
    op.drop_table("representative")
