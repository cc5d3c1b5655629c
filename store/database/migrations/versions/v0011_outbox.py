"""Short messages that the center is to send: their words are in a row that is deleted with their end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing waits yet."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "outbox",
        sa.Column("id", text, primary_key=True),
        sa.Column("node", text, nullable=False),
        sa.Column("phone", text, nullable=False),
        sa.Column("words", text, nullable=False),
        sa.Column("purpose", text, nullable=False),
        sa.Column("asked_us", sa.BigInteger, nullable=False),
        sa.Column("until_us", sa.BigInteger, nullable=False),
        sa.Column("line", text, nullable=True),
        sa.Column("begun_us", sa.BigInteger, nullable=True),
    )
