"""Who is a member of the center, and which alert is whose; empty where there is one node."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables, changed in place: what they hold is true now, and the journal tells how it came about."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "member",
        sa.Column("node", text, primary_key=True),
        sa.Column("term", sa.BigInteger, nullable=False),
        sa.Column("until_us", sa.BigInteger, nullable=False),
        sa.Column("address", text, nullable=False),
        sa.Column("places", sa.LargeBinary, nullable=False),
        sa.Column("draining", sa.Boolean, nullable=False),
    )
    op.create_table(
        "lease",
        sa.Column("alert", text, primary_key=True),
        sa.Column("node", text, nullable=False),
        sa.Column("term", sa.BigInteger, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
    )
