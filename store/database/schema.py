"""Tables, for statements. Only the migrations create tables, and repeat each as of its time."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

event = Table(
    "event",
    metadata,
    # Assigned by the writer under the write lock, so that the order of seq is the order of commits.
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("stream", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("node", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("stream", "version"),
    # For `store.journal.rows.NEWEST_OF_TYPE`: streams of lines, operators and nodes grow without limit.
    Index("event_newest", "stream", "type", "version"),
)

open_alert = Table(
    "open_alert",
    metadata,
    # Maintained by a trigger on event; derived, so that a start need not read the whole journal.
    Column("alert", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

alert_row = Table(
    "alert_row",
    metadata,
    # Position of the alert's receipt.
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    # A `model.figures.Row`.
    Column("data", LargeBinary, nullable=False),
)

alert_rows_kept = Table(
    "alert_rows_kept",
    metadata,
    # Version of the rows' form: rows of another form are unusable.
    Column("form", Integer, primary_key=True, autoincrement=False),
    # The rows cover the journal up to here.
    Column("seq", BigInteger, nullable=False),
)

alert_key = Table(
    "alert_key",
    metadata,
    # Keys that encrypt the personal data in an alert's events (`store.journal.sealing`). A destroyed key is
    # null; a remaining row records that no further data of that kind is kept.
    Column("alert", Text, primary_key=True),
    Column("number", LargeBinary, nullable=True),
    Column("position", LargeBinary, nullable=True),
    Column("words", LargeBinary, nullable=True),
    # Id of the person, if known.
    Column("person", Text, nullable=True),
    # A row is written with each alert: one tree, and no index for a query of once a month.
    sqlite_with_rowid=False,
)

alias = Table(
    "alias",
    metadata,
    # Stream of a number or device, with a random name that reveals nothing.
    Column("stream", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    UniqueConstraint("kind", "value"),
    sqlite_with_rowid=False,
)

person = Table(
    "person",
    metadata,
    Column("id", Text, primary_key=True),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("cancel_pin", Text, nullable=False),
    Column("duress_pin", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("changed_us", BigInteger, nullable=False),
    # Searchable names and numbers (`store.registry.users.finding`), derived from the other columns.
    Column("found_by", Text, nullable=False, server_default=""),
)

merged = Table(
    "merged",
    metadata,
    # Id of a person who was merged into another; the journal still contains the id.
    Column("person", Text, primary_key=True),
    # Id of the remaining person: always one step, never a chain.
    Column("kept", Text, nullable=False, index=True),
    Column("at_us", BigInteger, nullable=False),
)

person_phone = Table(
    "person_phone",
    metadata,
    Column("phone", Text, primary_key=True),
    Column("person", Text, nullable=False, index=True),
    Column("place", Integer, nullable=False),
)

person_device = Table(
    "person_device",
    metadata,
    Column("device", Text, primary_key=True),
    Column("person", Text, nullable=False, index=True),
    Column("place", Integer, nullable=False),
)

operator = Table(
    "operator",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("on_call", Boolean, nullable=False),
    Column("token_hash", LargeBinary, nullable=True, unique=True),
    Column("created_us", BigInteger, nullable=False),
    # Empty for none.
    Column("password", Text, nullable=False, server_default=""),
    # Time until which the token signs on to the console; null without token.
    Column("token_until_us", BigInteger, nullable=True),
)

authenticator = Table(
    "authenticator",
    metadata,
    # Credential id of a passkey, hash of a recovery code, or random.
    Column("id", LargeBinary, primary_key=True),
    Column("operator", Text, nullable=False, index=True),
    # A `store.registry.access.authenticators.AuthenticatorKind`.
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    # Public key of a passkey, or seed of codes.
    Column("secret", LargeBinary, nullable=False),
    # Value at the last use: signature counter of a passkey, time step of a code.
    Column("counter", BigInteger, nullable=False),
    # Passkey only: True if its provider keeps a copy (WebAuthn, 6.1.3, BS).
    Column("backed_up", Boolean, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("used_us", BigInteger, nullable=True),
    Column("until_us", BigInteger, nullable=True),
)

app_key = Table(
    "app_key",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("revoked_us", BigInteger, nullable=True),
)

member = Table(
    "member",
    metadata,
    # A node is a member while the database's clock is before `until_us`.
    Column("node", Text, primary_key=True),
    # Increases each time the node joins again.
    Column("term", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    Column("address", Text, nullable=False),
    Column("places", LargeBinary, nullable=False),
    Column("draining", Boolean, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    # Owner of the alert: that member, as long as it is alive and has this very term.
    Column("alert", Text, primary_key=True),
    Column("node", Text, nullable=False),
    Column("term", BigInteger, nullable=False),
    # Increases by one with each change of owner.
    Column("epoch", BigInteger, nullable=False),
)

keyring = Table(
    "keyring",
    metadata,
    # Secrets shared by all nodes of a center and by no other party.
    Column("name", Text, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
)

session = Table(
    "session",
    metadata,
    # Hash of the cookie's secret.
    Column("hash", LargeBinary, primary_key=True),
    # Cookies of one id are one session of an operator, continued at other nodes.
    Column("id", Text, nullable=False, index=True),
    Column("operator", Text, nullable=False, index=True),
    Column("csrf", Text, nullable=False),
    Column("begun_us", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    Column("node", Text, nullable=False),
    Column("address", Text, nullable=False),
    # Hash of the ticket or challenge that started the session, so that each works only once.
    Column("ticket", LargeBinary, nullable=True, unique=True),
    Column("ended_us", BigInteger, nullable=True),
    # A `store.registry.access.sessions.SignOnMethod`.
    Column("way", Text, nullable=False, server_default=""),
    # Time of last use (`store.registry.access.idle`); null: not determined yet.
    Column("used_us", BigInteger, nullable=True),
)

device_key = Table(
    "device_key",
    metadata,
    Column("device", Text, primary_key=True),
    Column("person", Text, nullable=False, index=True),
    # Number that the key proves.
    Column("phone", Text, nullable=False),
    # A point of P-256, uncompressed (SEC 1, 2.3.3).
    Column("key", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    # Time at which the key last raised an alert.
    Column("seen_us", BigInteger, nullable=True),
    Column("revoked_us", BigInteger, nullable=True),
    # A `store.registry.devices.ProofMethod`.
    Column("proved_by", Text, nullable=False, server_default=""),
    # Start of the day (UTC) of the last check, and the interval in days of automatic checks.
    Column("checked_us", BigInteger, nullable=True),
    Column("check_days", Integer, nullable=True),
    # A `store.registry.devices.DeviceAppearance`; empty if the key appears genuine.
    Column("seeming", Text, nullable=False, server_default=""),
)

enrolment = Table(
    "enrolment",
    metadata,
    # A device with a number that is not proved yet.
    Column("device", Text, primary_key=True),
    Column("phone", Text, nullable=False, index=True),
    Column("key", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False, index=True),
    # Hash of the code that was sent to the number.
    Column("code", LargeBinary, nullable=False),
    Column("tries", Integer, nullable=False),
)

invitation = Table(
    "invitation",
    metadata,
    # Hash of the secret in the invitation.
    Column("hash", LargeBinary, primary_key=True),
    Column("phone", Text, nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    Column("used_us", BigInteger, nullable=True),
    # Short message that delivers the invitation; null if it is handed over.
    Column("text", Text, nullable=True),
)

record_key = Table(
    "record_key",
    metadata,
    # Key of the person's record and pictures (`store.registry.users.records`); destroyed with the person.
    Column("person", Text, primary_key=True),
    Column("key", LargeBinary, nullable=False),
)

record = Table(
    "record",
    metadata,
    # An encrypted `model.record.PersonRecord`.
    Column("person", Text, primary_key=True),
    # Increases by one with each change.
    Column("version", BigInteger, nullable=False),
    Column("changed_us", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

picture = Table(
    "picture",
    metadata,
    # Random id of a picture of a record; pictures never change.
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False, index=True),
    Column("created_us", BigInteger, nullable=False),
    # A media type (`model.picture`).
    Column("kind", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    # Pending short messages: words that must not stay in the journal, in a form for frequent reads.
    Column("id", Text, primary_key=True),
    # Node that sends the text.
    Column("node", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("asked_us", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    # Line that has started sending, and the time of the start.
    Column("line", Text, nullable=True),
    Column("begun_us", BigInteger, nullable=True),
)

shift_note = Table(
    "shift_note",
    metadata,
    # Notes of operators for the next shift (`store.shift_notes`).
    Column("id", Text, primary_key=True),
    Column("at_us", BigInteger, nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("done_us", BigInteger, nullable=True),
    Column("done_by", Text, nullable=True),
)

duty_roster = Table(
    "duty_roster",
    metadata,
    # One row, an encrypted `model.callouts.roster.Roster` (`store.roster`).
    Column("name", Text, primary_key=True),
    # Increases by one with each change.
    Column("version", BigInteger, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

watched_day = Table(
    "watched_day",
    metadata,
    # Probe results of one watcher at the intake on one day (`store.probe_results`).
    Column("watcher", Text, primary_key=True),
    # Day of UTC, counted since 1970.
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    # `store.audit.entry.Entry`; append-only by trigger, except for the oldest entries of a chain.
    Column("chain", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at_us", BigInteger, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("action", Text, nullable=False),
    # Separated by a space.
    Column("subjects", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("mac", LargeBinary, nullable=False),
)

confirmation = Table(
    "confirmation",
    metadata,
    # Confirmation of a need of the center (`model.first_run.Need`) that cannot be measured.
    Column("need", Text, primary_key=True),
    Column("operator", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
)

PERSONAL: Final = (
    "alert_key",
    "alias",
    "person",
    "merged",
    "person_phone",
    "person_device",
    "device_key",
    "enrolment",
    "invitation",
    "record_key",
    "record",
    "picture",
    "outbox",
    "shift_note",
    "duty_roster",
)
"""Tables with erasable data. All are small, except pictures."""
