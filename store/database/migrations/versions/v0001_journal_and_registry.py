"""The journal, append-only by trigger, and the registry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SQLITE_TRIGGERS = (
    "CREATE TRIGGER event_is_never_updated BEFORE UPDATE ON event "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    "CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    # Also against INSERT OR REPLACE, which deletes without asking the trigger above.
    "CREATE TRIGGER event_comes_next BEFORE INSERT ON event "
    "WHEN NEW.version <> 1 + coalesce((SELECT max(version) FROM event WHERE stream = NEW.stream), 0) "
    "OR NEW.seq BETWEEN 0 AND coalesce((SELECT max(seq) FROM event), -1) "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only and has no holes'); END",
    "CREATE TRIGGER alert_opens AFTER INSERT ON event WHEN NEW.type = 'alert.received' AND NEW.version = 1 "
    "BEGIN INSERT OR IGNORE INTO open_alert (alert, seq) VALUES (substr(NEW.stream, 7), NEW.seq); END",
    "CREATE TRIGGER alert_closes AFTER INSERT ON event WHEN NEW.type = 'alert.closed' "
    "BEGIN DELETE FROM open_alert WHERE alert = substr(NEW.stream, 7); END",
)

_POSTGRESQL_TRIGGERS = (
    "CREATE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER event_is_never_updated BEFORE UPDATE ON event "
    "FOR EACH STATEMENT EXECUTE FUNCTION event_is_append_only()",
    "CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event "
    "FOR EACH STATEMENT EXECUTE FUNCTION event_is_append_only()",
    "CREATE TRIGGER event_is_never_truncated BEFORE TRUNCATE ON event "
    "FOR EACH STATEMENT EXECUTE FUNCTION event_is_append_only()",
    # Two writers at once see neither the other's row; the primary key and the order of locks see to those.
    "CREATE FUNCTION event_comes_next() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF NEW.version <> 1 + coalesce((SELECT max(version) FROM event WHERE stream = NEW.stream), 0) "
    "OR NEW.seq BETWEEN 0 AND coalesce((SELECT max(seq) FROM event), -1) THEN "
    "RAISE EXCEPTION 'the journal is append-only and has no holes' "
    "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER event_comes_next BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION event_comes_next()",
    "CREATE FUNCTION alert_opens() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "INSERT INTO open_alert (alert, seq) VALUES (substr(NEW.stream, 7), NEW.seq) ON CONFLICT DO NOTHING; "
    "RETURN NULL; END $$",
    "CREATE TRIGGER alert_opens AFTER INSERT ON event FOR EACH ROW "
    "WHEN (NEW.type = 'alert.received' AND NEW.version = 1) EXECUTE FUNCTION alert_opens()",
    "CREATE FUNCTION alert_closes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "DELETE FROM open_alert WHERE alert = substr(NEW.stream, 7); RETURN NULL; END $$",
    "CREATE TRIGGER alert_closes AFTER INSERT ON event FOR EACH ROW "
    "WHEN (NEW.type = 'alert.closed') EXECUTE FUNCTION alert_closes()",
)


def upgrade() -> None:
    """Make everything."""
    # Ordered by their bytes, as SQLite does it: by a language's rules `-` counts for nothing in a name.
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "event",
        sa.Column("seq", big, primary_key=True, autoincrement=False),
        sa.Column("stream", text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("type", text, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("node", text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("stream", "version"),
    )
    # Rare events in long streams; without it a start reads through every call a line ever made.
    rare = sa.text("type IN ('line.quarantined', 'line.returned', 'operator.shift_changed')")
    op.create_index("event_rare", "event", ["stream", "version"], sqlite_where=rare, postgresql_where=rare)
    op.create_table(
        "open_alert",
        sa.Column("alert", text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "person",
        sa.Column("id", text, primary_key=True),
        sa.Column("first_name", text, nullable=False),
        sa.Column("last_name", text, nullable=False),
        sa.Column("language", text, nullable=False),
        sa.Column("notes", text, nullable=False),
        sa.Column("cancel_pin", text, nullable=False),
        sa.Column("duress_pin", text, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("changed_us", sa.BigInteger, nullable=False),
    )
    for key in ("phone", "device"):
        op.create_table(
            f"person_{key}",
            sa.Column(key, text, primary_key=True),
            sa.Column("person", text, nullable=False),
            sa.Column("place", sa.Integer, nullable=False),
        )
        op.create_index(f"ix_person_{key}_person", f"person_{key}", ["person"])
    op.create_table(
        "operator",
        sa.Column("id", text, primary_key=True),
        sa.Column("name", text, nullable=False),
        sa.Column("phone", text, nullable=False),
        sa.Column("language", text, nullable=False),
        sa.Column("roles", text, nullable=False),
        sa.Column("on_call", sa.Boolean, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=True, unique=True),
        sa.Column("created_us", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "app_key",
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sa.Column("name", text, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("revoked_us", sa.BigInteger, nullable=True),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE_TRIGGERS if sqlite else _POSTGRESQL_TRIGGERS:
        op.execute(statement)
