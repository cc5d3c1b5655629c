"""An operator's password, and the one role that an operator has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has a password yet; of several roles the highest is kept."""
    op.alter_column("operator", "roles", new_column_name="role")
    operator = sa.table("operator", sa.column("role", sa.Text))
    op.execute(
        operator.update().values(
            role=sa.case(
                (operator.c.role.contains("admin"), "admin"),
                (operator.c.role.contains("supervisor"), "supervisor"),
                else_="operator",
            )
        )
    )
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.add_column("operator", sa.Column("password", text, nullable=False, server_default=""))
