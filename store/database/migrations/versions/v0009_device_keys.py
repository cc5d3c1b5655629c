"""Keys by which enrolled phones prove their number, and invitations to enrol one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """None yet."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "device_key",
        sa.Column("device", text, primary_key=True),
        sa.Column("person", text, nullable=False, index=True),
        sa.Column("phone", text, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("seen_us", sa.BigInteger, nullable=True),
        sa.Column("revoked_us", sa.BigInteger, nullable=True),
    )
    op.create_table(
        "enrolment",
        sa.Column("device", text, primary_key=True),
        sa.Column("phone", text, nullable=False, index=True),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False, index=True),
        sa.Column("code", sa.LargeBinary, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
    )
    op.create_table(
        "invitation",
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sa.Column("phone", text, nullable=False, index=True),
        sa.Column("by", text, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("until_us", sa.BigInteger, nullable=False),
        sa.Column("used_us", sa.BigInteger, nullable=True),
    )
