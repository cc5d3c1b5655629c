"""On which day a phone last saw that an alert of its would arrive, and how often it looks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No phone has looked yet."""
    op.add_column("device_key", sa.Column("checked_us", sa.BigInteger, nullable=True))
    op.add_column("device_key", sa.Column("check_days", sa.Integer, nullable=True))
