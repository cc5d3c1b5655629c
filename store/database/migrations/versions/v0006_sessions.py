"""Sessions of the console are rows. What was kept of ended ones is of no use any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """None yet: cookies of before are worth nothing, and everybody signs on once more."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "session",
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sa.Column("id", text, nullable=False, index=True),
        sa.Column("operator", text, nullable=False, index=True),
        sa.Column("csrf", text, nullable=False),
        sa.Column("begun_us", sa.BigInteger, nullable=False),
        sa.Column("until_us", sa.BigInteger, nullable=False),
        sa.Column("node", text, nullable=False),
        sa.Column("address", text, nullable=False),
        sa.Column("ticket", sa.LargeBinary, nullable=True, unique=True),
        sa.Column("ended_us", sa.BigInteger, nullable=True),
    )
    op.drop_table("spent")
