"""The records of persons: sealed with a key of each person's, and their pictures beside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has one yet."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "record_key",
        sa.Column("person", text, primary_key=True),
        sa.Column("key", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "record",
        sa.Column("person", text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("changed_us", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "picture",
        sa.Column("id", text, primary_key=True),
        sa.Column("person", text, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_picture_person", "picture", ["person"])
