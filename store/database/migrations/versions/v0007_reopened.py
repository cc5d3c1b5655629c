"""An alert that was closed can be open again."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SQLITE = (
    "CREATE TRIGGER alert_reopens AFTER INSERT ON event WHEN NEW.type = 'alert.reopened' "
    "BEGIN INSERT OR IGNORE INTO open_alert (alert, seq) VALUES (substr(NEW.stream, 7), NEW.seq); END"
)
_POSTGRESQL = (
    "CREATE TRIGGER alert_reopens AFTER INSERT ON event FOR EACH ROW "
    "WHEN (NEW.type = 'alert.reopened') EXECUTE FUNCTION alert_opens()"
)


def upgrade() -> None:
    """The table of the open alerts is kept by triggers; one more."""
    op.execute(_SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL)
