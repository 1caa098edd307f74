"""People who come to the desk are counted by unit, service and day (R28); how many staff answered the IIT (R42)"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

IIT = (("iit_target", sa.Integer()), ("iit_reported", sa.Integer()), ("iit_reported_on", sa.Date()))


def upgrade() -> None:
    op.create_table(
        "walkin_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_walkin_count_count")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_walkin_count_agency_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_walkin_count_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walkin_count")),
        sa.UniqueConstraint(
            "agency_id", "day", "unit_id", "service", name=op.f("uq_walkin_count_agency_id_day_unit_id_service")
        ),
    )
    for name, kind in IIT:
        op.add_column("eit_round", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name, _ in IIT:
        op.drop_column("eit_round", name)
    op.drop_table("walkin_count")
