"""EIT rounds, points and scans"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('counter', 'desk', 'vehicle', 'hall', 'officer', 'website', 'chat')"


def _table(name: str, *columns: sa.schema.SchemaItem, agency_index: bool = True) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *columns,
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f(f"fk_{name}_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    if agency_index:
        op.create_index(op.f(f"ix_{name}_agency_id"), name, ["agency_id"])


def _points_to(table: str, column: str, target: str, cascade: bool = True) -> sa.ForeignKeyConstraint:
    ondelete = "CASCADE" if cascade else None
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def upgrade() -> None:
    _table(
        "eit_round",
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.Column("reported", sa.Integer(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("invited_until", models.base.UTCDateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("agency_id", "fiscal_year", name=op.f("uq_eit_round_agency_id_fiscal_year")),
        agency_index=False,
    )
    _table(
        "eit_count",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        _points_to("eit_count", "round_id", "eit_round"),
        sa.UniqueConstraint("round_id", "day", name=op.f("uq_eit_count_round_id_day")),
    )
    _table(
        "eit_point",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        _points_to("eit_point", "unit_id", "unit", cascade=False),
        _points_to("eit_point", "staff_id", "staff", cascade=False),
        sa.UniqueConstraint("code", name=op.f("uq_eit_point_code")),
        sa.CheckConstraint(_KINDS, name=op.f("ck_eit_point_kind")),
    )
    _table(
        "eit_scan",
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        _points_to("eit_scan", "point_id", "eit_point"),
        sa.UniqueConstraint("point_id", "day", name=op.f("uq_eit_scan_point_id_day")),
    )
    _table(
        "eit_invitation",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("at", models.base.UTCDateTime(timezone=True), nullable=False),
        _points_to("eit_invitation", "round_id", "eit_round"),
        _points_to("eit_invitation", "conversation_id", "conversation"),
        sa.UniqueConstraint("agency_id", "subject", name=op.f("uq_eit_invitation_agency_id_subject")),
        sa.UniqueConstraint("round_id", "conversation_id", name=op.f("uq_eit_invitation_round_id_conversation_id")),
        agency_index=False,
    )
    op.create_index(op.f("ix_eit_invitation_conversation_id"), "eit_invitation", ["conversation_id"])
    _table(
        "eit_decline",
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("at", models.base.UTCDateTime(timezone=True), nullable=False),
        _points_to("eit_decline", "conversation_id", "conversation"),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_eit_decline_conversation_id")),
    )
