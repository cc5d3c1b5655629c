"""Keys for what is personal in events; streams of numbers and devices that do not say whose they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_SAMPLED = (
    ("alias", "value"),
    ("device_key", "phone"),
    ("enrolment", "phone"),
    ("invitation", "phone"),
    ("outbox", "phone"),
    ("outbox", "words"),
    ("person", "first_name"),
    ("person", "last_name"),
    ("person", "notes"),
    ("person_device", "device"),
    ("person_phone", "phone"),
)


def upgrade() -> None:
    """What was written before stays as it is until it is sealed: streams that are named by a number are found
    by the same table as the others.
    """
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "alert_key",
        sa.Column("alert", text, primary_key=True),
        sa.Column("number", sa.LargeBinary, nullable=True),
        sa.Column("position", sa.LargeBinary, nullable=True),
        sa.Column("words", sa.LargeBinary, nullable=True),
        sa.Column("person", text, nullable=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alias",
        sa.Column("stream", text, primary_key=True),
        sa.Column("kind", text, nullable=False),
        sa.Column("value", text, nullable=False),
        sa.UniqueConstraint("kind", "value"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "unsealed",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("upto", sa.BigInteger, nullable=False),
    )
    op.execute("INSERT INTO unsealed (seq, upto) SELECT 0, max(seq) FROM event HAVING max(seq) > 0")
    if op.get_bind().dialect.name == "postgresql":
        # Else names and numbers would lie in the planner's samples, where nobody erases them.
        for table, column in _SAMPLED:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
    for kind in ("number", "device"):
        op.execute(
            f"INSERT INTO alias (stream, kind, value) SELECT stream, '{kind}', substr(stream, 8) FROM event "
            f"WHERE stream > '{kind}-' AND stream < '{kind}.' AND version = 1"
        )
