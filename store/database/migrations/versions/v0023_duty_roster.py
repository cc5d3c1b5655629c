"""Who is on duty for the center."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody is, yet."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "duty_roster",
        sa.Column("name", text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("by", text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
