"""One entry of the audit, and what binds it to the one before. Pure.

An entry names persons and alerts by their ids, never by names or numbers: so nothing in it has to be erased.
"""

from __future__ import annotations

import hmac
from enum import StrEnum
from hashlib import sha256
from typing import Final

import msgspec

from messages.ids import Instant

EVERYBODY: Final = "*"
"""Among the subjects: all that the center knows, or too many to be named."""
GENESIS: Final = bytes(32)
"""What stands before the first entry of a chain."""


class Action(StrEnum):
    """What was done. Permanent: the names are in every audit."""

    READ_LIST = "read.list"
    READ_ALERT = "read.alert"
    READ_PERSON = "read.person"
    READ_STAFF = "read.staff"
    READ_FIGURES = "read.figures"
    READ_AUDIT = "read.audit"
    EXPORT = "export"
    IMPORT = "import"
    PLAYED = "recording.played"
    CHANGE_PERSON = "change.person"
    CHANGE_STAFF = "change.staff"
    CHANGE_KEY = "change.key"
    CHANGE_ALERT = "change.alert"
    """What is said of an alert afterwards: another outcome, how it was handled."""
    CHANGE_KEPT = "change.kept"
    """How long something is kept, or in which form."""
    CHANGE_LINE = "change.line"
    """A line is taken out of service or put back, tried, or its SIM is opened."""
    CHANGE_SETTINGS = "change.settings"
    SIGN_ON = "sign_on"
    SIGN_OFF = "sign_off"
    REFUSED = "refused"
    """A sign-on, a key, a token or a role that was not enough."""
    PRUNED = "audit.pruned"
    """Entries that were old enough have gone: `chain number mac` of the last one of them."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be entered."""

    actor: str
    """An operator's id, `account:NAME` of the machine, `app`, `center`; empty where nobody knows."""
    origin: str
    """An address, or `cli`."""
    action: str
    """An `Action`; what is read may have been changed by somebody."""
    subjects: tuple[str, ...] = ()
    """Ids of persons, alerts and operators; a list that was shown is one entry."""
    detail: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as it is kept."""

    chain: str
    """The node, and behind a `~` since when for what was written in memory while its disk failed."""
    number: int
    at: Instant
    said: Said
    mac: bytes


class Head(msgspec.Struct, frozen=True):
    """Where a chain is: the last entry's number and mac."""

    number: int = 0
    mac: bytes = GENESIS


def mac_of(key: bytes, before: bytes, entry: Entry) -> bytes:
    """HMAC-SHA256 over the mac before and everything in the entry but its own."""
    said = entry.said
    row = (
        entry.chain,
        entry.number,
        entry.at,
        said.actor,
        said.origin,
        said.action,
        said.subjects,
        said.detail,
    )
    return hmac.digest(key, before + msgspec.msgpack.encode(row), sha256)


def sealed(key: bytes, before: Head, chain: str, at: Instant, said: Said) -> Entry:
    """The entry that comes after `before`."""
    entry = Entry(chain=chain, number=before.number + 1, at=at, said=said, mac=b"")
    return msgspec.structs.replace(entry, mac=mac_of(key, before.mac, entry))


def is_in_memory(chain: str) -> bool:
    """Whether it was begun while the disk of its node failed."""
    return "~" in chain


def node_of(chain: str) -> str:
    """Whose chain it is."""
    return chain.partition("~")[0]
