"""What may not be used any more: tickets that were, and sessions that were ended before their time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet. A row may go when `until_us` is over, which nobody would believe in after that anyway."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "spent",
        sa.Column("id", text, primary_key=True),
        sa.Column("until_us", sa.BigInteger, nullable=False),
    )
