"""Passkeys, one-time codes and recovery codes; how a session was begun, and when it was last in use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tokens and sessions that are there stay as they are."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "authenticator",
        sa.Column("id", sa.LargeBinary, primary_key=True),
        sa.Column("operator", text, nullable=False, index=True),
        sa.Column("kind", text, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("counter", sa.BigInteger, nullable=False),
        sa.Column("backed_up", sa.Boolean, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("used_us", sa.BigInteger, nullable=True),
        sa.Column("until_us", sa.BigInteger, nullable=True),
    )
    op.add_column("operator", sa.Column("token_until_us", sa.BigInteger, nullable=True))
    op.add_column("session", sa.Column("way", text, nullable=False, server_default=""))
    op.add_column("session", sa.Column("used_us", sa.BigInteger, nullable=True))
