"""The tables, for statements. The migrations alone make them, and repeat them as they were at the time."""

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
    # Given by the writer under the write lock, so that the order of seq is the order of commits.
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("stream", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("node", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("stream", "version"),
    # For `store.journal.rows.NEWEST_OF_TYPE`: streams of lines, operators and nodes grow for ever.
    Index("event_newest", "stream", "type", "version"),
)

open_alert = Table(
    "open_alert",
    metadata,
    # Kept by a trigger on event; derived, so that a start need not read the whole journal.
    Column("alert", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

alert_row = Table(
    "alert_row",
    metadata,
    # Of the alert's receipt.
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    # A `model.figures.Row`.
    Column("data", LargeBinary, nullable=False),
)

alert_rows_kept = Table(
    "alert_rows_kept",
    metadata,
    # What a row says and how: rows of another form are worth nothing.
    Column("form", Integer, primary_key=True, autoincrement=False),
    # The rows are those of the journal up to here.
    Column("seq", BigInteger, nullable=False),
)

alert_key = Table(
    "alert_key",
    metadata,
    # What is personal in an alert's events is sealed with these (`store.journal.sealing`). A destroyed key is
    # null; a row that is left says that nothing more of that kind is kept.
    Column("alert", Text, primary_key=True),
    Column("number", LargeBinary, nullable=True),
    Column("position", LargeBinary, nullable=True),
    Column("words", LargeBinary, nullable=True),
    # The id of the person, where one is known.
    Column("person", Text, nullable=True),
    # A row is written with each alert: one tree, and no index for what is asked once in a month.
    sqlite_with_rowid=False,
)

alias = Table(
    "alias",
    metadata,
    # The stream of a number or device, which is named by chance and says nothing of it.
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
    # Names and numbers as they are searched for (`store.registry.users.finding`); made of the others.
    Column("found_by", Text, nullable=False, server_default=""),
)

merged = Table(
    "merged",
    metadata,
    # The id of a person who was found to be another; the journal goes on naming it.
    Column("person", Text, primary_key=True),
    # The id of the person who is there: one step, and never two.
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
    # Until when the token signs on to the console; none where there is no token.
    Column("token_until_us", BigInteger, nullable=True),
)

authenticator = Table(
    "authenticator",
    metadata,
    # A passkey's credential id, a recovery code's hash, chance.
    Column("id", LargeBinary, primary_key=True),
    Column("operator", Text, nullable=False, index=True),
    # A `store.registry.access.authenticators.Kind`.
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    # A passkey's public key, the seed of codes.
    Column("secret", LargeBinary, nullable=False),
    # Of the last use: a passkey's signatures, the time step of a code.
    Column("counter", BigInteger, nullable=False),
    # A passkey: whether its maker keeps a copy of it (WebAuthn, 6.1.3, BS).
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
    # A node that takes part while the database's clock is before `until_us`.
    Column("node", Text, primary_key=True),
    # Grows each time the node joins anew.
    Column("term", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    Column("address", Text, nullable=False),
    Column("places", LargeBinary, nullable=False),
    Column("draining", Boolean, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    # Whose the alert is: that member's, as long as it is alive and has this very term.
    Column("alert", Text, primary_key=True),
    Column("node", Text, nullable=False),
    Column("term", BigInteger, nullable=False),
    # Grows by one with each change of owner.
    Column("epoch", BigInteger, nullable=False),
)

keyring = Table(
    "keyring",
    metadata,
    # What all nodes of a center know and nobody else does.
    Column("name", Text, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
)

session = Table(
    "session",
    metadata,
    # Of the cookie's secret.
    Column("hash", LargeBinary, primary_key=True),
    # Cookies of one id are one session: an operator's, gone on with at other nodes.
    Column("id", Text, nullable=False, index=True),
    Column("operator", Text, nullable=False, index=True),
    Column("csrf", Text, nullable=False),
    Column("begun_us", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    Column("node", Text, nullable=False),
    Column("address", Text, nullable=False),
    # Of the ticket or challenge by which it was begun; so none does twice.
    Column("ticket", LargeBinary, nullable=True, unique=True),
    Column("ended_us", BigInteger, nullable=True),
    # A `store.registry.access.sessions.Way`.
    Column("way", Text, nullable=False, server_default=""),
    # When it was last seen in use, as `store.registry.access.idle` says; none: not looked at yet.
    Column("used_us", BigInteger, nullable=True),
)

device_key = Table(
    "device_key",
    metadata,
    Column("device", Text, primary_key=True),
    Column("person", Text, nullable=False, index=True),
    # The number that it proves.
    Column("phone", Text, nullable=False),
    # A point of P-256, uncompressed (SEC 1, 2.3.3).
    Column("key", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    # When an alert was last raised with it.
    Column("seen_us", BigInteger, nullable=True),
    Column("revoked_us", BigInteger, nullable=True),
    # A `store.registry.devices.ProvedBy`.
    Column("proved_by", Text, nullable=False, server_default=""),
    # The beginning of the day (UTC) of its last check, and each how many days it makes one by itself.
    Column("checked_us", BigInteger, nullable=True),
    Column("check_days", Integer, nullable=True),
    # A `store.registry.devices.Seeming`; empty where the key is what it looks like.
    Column("seeming", Text, nullable=False, server_default=""),
)

enrolment = Table(
    "enrolment",
    metadata,
    # A device whose number is not proved yet.
    Column("device", Text, primary_key=True),
    Column("phone", Text, nullable=False, index=True),
    Column("key", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False, index=True),
    # Of the code that was sent to the number.
    Column("code", LargeBinary, nullable=False),
    Column("tries", Integer, nullable=False),
)

invitation = Table(
    "invitation",
    metadata,
    # Of the secret in it.
    Column("hash", LargeBinary, primary_key=True),
    Column("phone", Text, nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    Column("used_us", BigInteger, nullable=True),
    # The short message that brings it; none: it is handed over.
    Column("text", Text, nullable=True),
)

record_key = Table(
    "record_key",
    metadata,
    # What opens the person's record and pictures (`store.registry.users.records`); destroyed with the person.
    Column("person", Text, primary_key=True),
    Column("key", LargeBinary, nullable=False),
)

record = Table(
    "record",
    metadata,
    # A sealed `model.record.PersonRecord`.
    Column("person", Text, primary_key=True),
    # Grows by one with each change.
    Column("version", BigInteger, nullable=False),
    Column("changed_us", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

picture = Table(
    "picture",
    metadata,
    # Of a record, by chance; never changed.
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
    # Short messages that are to be sent: what must not stay in the journal, and what is looked up often.
    Column("id", Text, primary_key=True),
    # Which node sends it.
    Column("node", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("asked_us", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    # Which line has begun to send it, and when.
    Column("line", Text, nullable=True),
    Column("begun_us", BigInteger, nullable=True),
)

shift_note = Table(
    "shift_note",
    metadata,
    # What operators leave to those after them (`store.shift_notes`).
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
    # One row, a sealed `model.callouts.roster.Roster` (`store.roster`).
    Column("name", Text, primary_key=True),
    # Grows by one with each change.
    Column("version", BigInteger, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

watched_day = Table(
    "watched_day",
    metadata,
    # What one watcher has found at the intake on one day (`store.watched`).
    Column("watcher", Text, primary_key=True),
    # Of UTC, since 1970.
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    # `store.audit.entry.Entry`; append-only by trigger, but for the oldest entries of a chain.
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
    # Of one of the center's needs (`model.first_run.Need`), which no measurement tells.
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
"""The tables that hold what can be erased. All of them are small, but for pictures."""
