"""A row an alert for the figures, with the place in the journal up to which the rows are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty: `store.alerts.figures` fills them from the journal, a little at a time."""
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "alert_row",
        sa.Column("seq", big, primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "alert_rows_kept",
        sa.Column("form", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )
