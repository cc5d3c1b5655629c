"""Which phones only seem enrolled, or only seem revoked, to the app."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every phone is what it looks like."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.add_column("device_key", sa.Column("seeming", text, nullable=False, server_default=""))
