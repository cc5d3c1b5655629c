"""First form: the journal and the audit, append-only by trigger, and the registry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Ordered by bytes, as in SQLite: language rules ignore `-` in a name.
text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
big = sa.BigInteger().with_variant(sa.Integer, "sqlite")

_SAYS = "the audit is append-only"
_RAISE = f"RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'integrity_constraint_violation'"
_SQLITE_TRIGGERS = (
    "CREATE TRIGGER event_is_never_updated BEFORE UPDATE ON event "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    "CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    # Also against INSERT OR REPLACE, which deletes without firing the trigger above.
    "CREATE TRIGGER event_comes_next BEFORE INSERT ON event "
    "WHEN NEW.version <> 1 + coalesce((SELECT max(version) FROM event WHERE stream = NEW.stream), 0) "
    "OR NEW.seq BETWEEN 0 AND coalesce((SELECT max(seq) FROM event), -1) "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only and has no holes'); END",
    "CREATE TRIGGER alert_opens AFTER INSERT ON event WHEN NEW.type = 'alert.received' AND NEW.version = 1 "
    "BEGIN INSERT OR IGNORE INTO open_alert (alert, seq) VALUES (substr(NEW.stream, 7), NEW.seq); END",
    "CREATE TRIGGER alert_closes AFTER INSERT ON event WHEN NEW.type = 'alert.closed' "
    "BEGIN DELETE FROM open_alert WHERE alert = substr(NEW.stream, 7); END",
    "CREATE TRIGGER alert_reopens AFTER INSERT ON event WHEN NEW.type = 'alert.reopened' "
    "BEGIN INSERT OR IGNORE INTO open_alert (alert, seq) VALUES (substr(NEW.stream, 7), NEW.seq); END",
    f"CREATE TRIGGER audit_is_never_updated BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
    "CREATE TRIGGER audit_goes_from_its_beginning BEFORE DELETE ON audit "
    "WHEN OLD.number <> (SELECT min(number) FROM audit WHERE chain = OLD.chain) "
    f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
    # Also against INSERT OR REPLACE, which deletes without firing the trigger above.
    "CREATE TRIGGER audit_comes_after BEFORE INSERT ON audit "
    "WHEN NEW.number <= coalesce((SELECT max(number) FROM audit WHERE chain = NEW.chain), 0) "
    f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
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
    # Two concurrent writers see neither row of the other; the primary key and the lock order cover that case.
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
    "CREATE TRIGGER alert_reopens AFTER INSERT ON event FOR EACH ROW "
    "WHEN (NEW.type = 'alert.reopened') EXECUTE FUNCTION alert_opens()",
    f"CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_RAISE}; END $$",
    "CREATE TRIGGER audit_is_never_updated BEFORE UPDATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
    "CREATE TRIGGER audit_is_never_truncated BEFORE TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
    "CREATE FUNCTION audit_goes_from_its_beginning() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF OLD.number <> (SELECT min(number) FROM audit WHERE chain = OLD.chain) THEN "
    f"{_RAISE}; END IF; RETURN OLD; END $$",
    "CREATE TRIGGER audit_goes_from_its_beginning BEFORE DELETE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION audit_goes_from_its_beginning()",
    "CREATE FUNCTION audit_comes_after() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF NEW.number <= coalesce((SELECT max(number) FROM audit WHERE chain = NEW.chain), 0) THEN "
    f"{_RAISE}; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER audit_comes_after BEFORE INSERT ON audit "
    "FOR EACH ROW EXECUTE FUNCTION audit_comes_after()",
)
_SAMPLED = (
    ("alias", "value"),
    ("device_key", "phone"),
    ("enrolment", "phone"),
    ("invitation", "phone"),
    ("outbox", "phone"),
    ("outbox", "words"),
    ("person", "first_name"),
    ("person", "found_by"),
    ("person", "last_name"),
    ("person", "notes"),
    ("person_device", "device"),
    ("person_phone", "phone"),
)


def upgrade() -> None:
    """Create all tables and triggers."""
    _journal()
    _people()
    _staff()
    _nodes()
    _audit()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE_TRIGGERS if sqlite else _POSTGRESQL_TRIGGERS:
        op.execute(statement)
    if not sqlite:
        # Otherwise the planner's samples would hold names and numbers that no erasure reaches.
        for table, column in _SAMPLED:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")


def _journal() -> None:
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
    # Rare events in long streams: without the index a start reads every call that a line ever made.
    op.create_index("event_newest", "event", ["stream", "type", "version"])
    op.create_table(
        "open_alert",
        sa.Column("alert", text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "alert_row",
        sa.Column("seq", big, primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "alert_rows_kept",
        sa.Column("form", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )
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


def _people() -> None:
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
        sa.Column("found_by", text, nullable=False, server_default=""),
    )
    op.create_table(
        "merged",
        sa.Column("person", text, primary_key=True),
        sa.Column("kept", text, nullable=False, index=True),
        sa.Column("at_us", sa.BigInteger, nullable=False),
    )
    for key in ("phone", "device"):
        op.create_table(
            f"person_{key}",
            sa.Column(key, text, primary_key=True),
            sa.Column("person", text, nullable=False, index=True),
            sa.Column("place", sa.Integer, nullable=False),
        )
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
        sa.Column("proved_by", text, nullable=False, server_default=""),
        sa.Column("checked_us", sa.BigInteger, nullable=True),
        sa.Column("check_days", sa.Integer, nullable=True),
        sa.Column("seeming", text, nullable=False, server_default=""),
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
        sa.Column("text", text, nullable=True),
    )
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
        sa.Column("person", text, nullable=False, index=True),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "outbox",
        sa.Column("id", text, primary_key=True),
        sa.Column("node", text, nullable=False),
        sa.Column("phone", text, nullable=False),
        sa.Column("words", text, nullable=False),
        sa.Column("purpose", text, nullable=False),
        sa.Column("asked_us", sa.BigInteger, nullable=False),
        sa.Column("until_us", sa.BigInteger, nullable=False),
        sa.Column("line", text, nullable=True),
        sa.Column("begun_us", sa.BigInteger, nullable=True),
    )


def _staff() -> None:
    op.create_table(
        "operator",
        sa.Column("id", text, primary_key=True),
        sa.Column("name", text, nullable=False),
        sa.Column("phone", text, nullable=False),
        sa.Column("language", text, nullable=False),
        sa.Column("role", text, nullable=False),
        sa.Column("on_call", sa.Boolean, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=True, unique=True),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("password", text, nullable=False, server_default=""),
        sa.Column("token_until_us", sa.BigInteger, nullable=True),
    )
    op.create_table(
        "authenticator",
        sa.Column("id", sa.LargeBinary, primary_key=True),
        sa.Column("operator", text, nullable=False, index=True),
        sa.Column("kind", text, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("counter", sa.BigInteger, nullable=False),
        sa.Column("backed_up", sa.Boolean, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("used_us", sa.BigInteger, nullable=True),
        sa.Column("until_us", sa.BigInteger, nullable=True),
    )
    op.create_table(
        "app_key",
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sa.Column("name", text, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("revoked_us", sa.BigInteger, nullable=True),
    )
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
        sa.Column("way", text, nullable=False, server_default=""),
        sa.Column("used_us", sa.BigInteger, nullable=True),
    )
    op.create_table(
        "confirmation",
        sa.Column("need", text, primary_key=True),
        sa.Column("operator", text, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_table(
        "shift_note",
        sa.Column("id", text, primary_key=True),
        sa.Column("at_us", sa.BigInteger, nullable=False, index=True),
        sa.Column("by", text, nullable=False),
        sa.Column("text", text, nullable=False),
        sa.Column("done_us", sa.BigInteger, nullable=True),
        sa.Column("done_by", text, nullable=True),
    )
    op.create_table(
        "duty_roster",
        sa.Column("name", text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("by", text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )


def _nodes() -> None:
    op.create_table(
        "member",
        sa.Column("node", text, primary_key=True),
        sa.Column("term", sa.BigInteger, nullable=False),
        sa.Column("until_us", sa.BigInteger, nullable=False),
        sa.Column("address", text, nullable=False),
        sa.Column("places", sa.LargeBinary, nullable=False),
        sa.Column("draining", sa.Boolean, nullable=False),
    )
    op.create_table(
        "lease",
        sa.Column("alert", text, primary_key=True),
        sa.Column("node", text, nullable=False),
        sa.Column("term", sa.BigInteger, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "keyring",
        sa.Column("name", text, primary_key=True),
        sa.Column("secret", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "watched_day",
        sa.Column("watcher", text, primary_key=True),
        sa.Column("day", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("chain", text, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at_us", sa.BigInteger, nullable=False, index=True),
        sa.Column("actor", text, nullable=False),
        sa.Column("origin", text, nullable=False),
        sa.Column("action", text, nullable=False),
        sa.Column("subjects", text, nullable=False),
        sa.Column("detail", text, nullable=False),
        sa.Column("mac", sa.LargeBinary, nullable=False),
    )
