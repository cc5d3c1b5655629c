"""The notes that operators leave to those after them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has left one yet."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "shift_note",
        sa.Column("id", text, primary_key=True),
        sa.Column("at_us", sa.BigInteger, nullable=False, index=True),
        sa.Column("by", text, nullable=False),
        sa.Column("text", text, nullable=False),
        sa.Column("done_us", sa.BigInteger, nullable=True),
        sa.Column("done_by", text, nullable=True),
    )
