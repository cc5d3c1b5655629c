"""Secrets that all nodes of a center know."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """None yet; each is made by whoever needs it first."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "keyring",
        sa.Column("name", text, primary_key=True),
        sa.Column("secret", sa.LargeBinary, nullable=False),
    )
