"""By what persons are searched for, and whose id leads to another's."""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everybody who is there is found at once. Nobody was merged yet."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "merged",
        sa.Column("person", text, primary_key=True),
        sa.Column("kept", text, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_merged_kept", "merged", ["kept"])
    op.add_column("person", sa.Column("found_by", text, nullable=False, server_default=""))
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        # As of the names themselves: v0013.
        op.execute("ALTER TABLE person ALTER COLUMN found_by SET STATISTICS 0")
    phones: dict[str, list[str]] = {}
    for person, phone in bind.execute(sa.text("SELECT person, phone FROM person_phone ORDER BY place")):
        phones.setdefault(person, []).append(phone)
    found = [
        {"who": who, "words": " ".join((_folded(f"{first} {last}"), *phones.get(who, ())))}
        for who, first, last in bind.execute(sa.text("SELECT id, first_name, last_name FROM person"))
    ]
    if found:
        bind.execute(sa.text("UPDATE person SET found_by = :words WHERE id = :who"), found)


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(one for one in apart if not unicodedata.combining(one)).split())
