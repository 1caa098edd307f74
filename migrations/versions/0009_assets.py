"""Assets and loans"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OUT = sa.text("returned_on IS NULL AND cancelled_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "asset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("counter", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_asset_quantity")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_asset_agency_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_asset_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
        sa.UniqueConstraint("agency_id", "number", name=op.f("uq_asset_agency_id_number")),
    )
    op.create_index(op.f("ix_asset_agency_id"), "asset", ["agency_id"])
    op.create_table(
        "loan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("borrower", sa.String(), nullable=False),
        sa.Column("out_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("approved_at", models.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("return_note", sa.String(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", models.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_loan_quantity")),
        sa.CheckConstraint("due_on >= out_on", name=op.f("ck_loan_days")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_loan_agency_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["approved_by_id"], ["staff.id"], name=op.f("fk_loan_approved_by_id")),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_loan_asset_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_loan_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["receiver_id"], ["staff.id"], name=op.f("fk_loan_receiver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan")),
    )
    op.create_index(op.f("ix_loan_agency_id"), "loan", ["agency_id"])
    op.create_index(op.f("ix_loan_case_id"), "loan", ["case_id"])
    op.create_index("ix_loan_asset", "loan", ["asset_id", "due_on"])
    op.create_index("ix_loan_remind", "loan", ["agency_id", "remind_on"], sqlite_where=OUT, postgresql_where=OUT)
