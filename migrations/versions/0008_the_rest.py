"""What the pages of the fourth and fifth issue still needed"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Duties: how far one has climbed for which day (handlers/duties/reminders.py).
    op.add_column("duty", sa.Column("escalated_for", sa.Date(), nullable=True))
    op.add_column("duty", sa.Column("climb_after", sa.Date(), nullable=True))
