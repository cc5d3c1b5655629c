"""By what a phone's number was proved, and which short message brings an invitation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what is there it is not known."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.add_column("device_key", sa.Column("proved_by", text, nullable=False, server_default=""))
    op.add_column("invitation", sa.Column("text", text, nullable=True))
