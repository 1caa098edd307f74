"""Loans that come back in parts, and later due days"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ASKED = sa.text("status = 'asked'")


def upgrade() -> None:
    op.create_table(
        "loan_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_loan_return_quantity")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_loan_return_agency_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_loan_return_loan_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["receiver_id"], ["staff.id"], name=op.f("fk_loan_return_receiver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_return")),
    )
    op.create_index(op.f("ix_loan_return_agency_id"), "loan_return", ["agency_id"])
    op.create_index(op.f("ix_loan_return_loan_id"), "loan_return", ["loan_id"])
    # What came back before came back in one part.
    op.execute(
        "INSERT INTO loan_return (loan_id, quantity, returned_on, condition, note, receiver_id, agency_id) "
        "SELECT id, quantity, returned_on, condition, return_note, receiver_id, agency_id FROM loan "
        "WHERE returned_on IS NOT NULL ORDER BY id"
    )
    op.create_table(
        "loan_extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.Integer(), nullable=False),
        sa.Column("due_before", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", models.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("granted_until", sa.Date(), nullable=True),
        sa.Column("decided_at", models.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("until > due_before", name=op.f("ck_loan_extension_later")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_loan_extension_agency_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_loan_extension_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff.id"], name=op.f("fk_loan_extension_decided_by_id")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_loan_extension_loan_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_extension")),
    )
    op.create_index(op.f("ix_loan_extension_agency_id"), "loan_extension", ["agency_id"])
    op.create_index(op.f("ix_loan_extension_loan_id"), "loan_extension", ["loan_id"])
    op.create_index(
        "ix_loan_asked",
        "loan_extension",
        ["loan_id"],
        unique=True,
        sqlite_where=ASKED,
        postgresql_where=ASKED,
    )


def downgrade() -> None:
    op.drop_table("loan_extension")
    op.drop_table("loan_return")
