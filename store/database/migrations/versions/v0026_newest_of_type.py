"""An index for the newest event of a type in a stream, however far it lies from the stream's end."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """In place of the partial index, which knew three types."""
    op.drop_index("event_rare", "event")
    op.create_index("event_newest", "event", ["stream", "type", "version"])
