"""Photos that the public may see"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SHOWN = sa.text("shown_key IS NOT NULL")


def upgrade() -> None:
    # In SQL: SQLite takes a condition only with the column that it is about.
    op.execute(
        "ALTER TABLE attachment ADD COLUMN shown_as VARCHAR DEFAULT '' NOT NULL "
        "CONSTRAINT ck_attachment_shown_as CHECK (shown_as IN ('','before','after'))"
    )
    op.add_column("attachment", sa.Column("shown_key", sa.String(), nullable=True))
    op.create_index(
        "uq_attachment_shown_key",
        "attachment",
        ["shown_key"],
        unique=True,
        sqlite_where=SHOWN,
        postgresql_where=SHOWN,
    )


def downgrade() -> None:
    op.drop_index("uq_attachment_shown_key", "attachment")
    op.drop_column("attachment", "shown_key")
    op.drop_column("attachment", "shown_as")
