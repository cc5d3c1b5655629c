"""Entry of the audit, and the mac that binds it to the entry before. Pure.

An entry names persons and alerts by ids, never by names or numbers: none of its content has to be erased.
"""

from __future__ import annotations

import hmac
from enum import StrEnum
from hashlib import sha256
from typing import Final

import msgspec

from messages.ids import Instant

EVERYBODY: Final = "*"
"""Subject that stands for all persons, or for too many to be named."""
GENESIS: Final = bytes(32)
"""Mac before the first entry of a chain."""


class Action(StrEnum):
    """Kind of action. Permanent: the names are in every audit."""

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
    """Later statement about an alert: another outcome, or how it was handled."""
    CHANGE_KEPT = "change.kept"
    """Retention of an item was changed, or its form."""
    CHANGE_LINE = "change.line"
    """A line was taken out of service or returned to it, was tested, or its SIM was unlocked."""
    CHANGE_SETTINGS = "change.settings"
    SIGN_ON = "sign_on"
    SIGN_OFF = "sign_off"
    REFUSED = "refused"
    """A sign-on was refused, or a key, token or role was not sufficient."""
    PRUNED = "audit.pruned"
    """Entries were pruned by age: `chain number mac` of the last pruned entry."""


class EntryContent(msgspec.Struct, frozen=True, kw_only=True):
    """Content of an entry, before it is chained."""

    actor: str
    """Operator id, `account:NAME` of the machine, `app` or `center`; empty if unknown."""
    origin: str
    """IP address, or `cli`."""
    action: str
    """An `Action`; a stored entry may hold any text, because it may have been altered."""
    subjects: tuple[str, ...] = ()
    """Ids of persons, alerts and operators; a list that was shown is one entry."""
    detail: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Entry as stored."""

    chain: str
    """Node; for a chain begun in memory while the disk failed, followed by `~` and the time of its beginning.
    """
    number: int
    at: Instant
    said: EntryContent
    mac: bytes


class ChainHead(msgspec.Struct, frozen=True):
    """End of a chain: number and mac of the last entry."""

    number: int = 0
    mac: bytes = GENESIS


def mac_of(key: bytes, before: bytes, entry: Entry) -> bytes:
    """Return the HMAC-SHA256 over the mac before and all fields of the entry except its own mac."""
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


def chained_entry(key: bytes, before: ChainHead, chain: str, at: Instant, said: EntryContent) -> Entry:
    """Return the entry that follows `before`."""
    entry = Entry(chain=chain, number=before.number + 1, at=at, said=said, mac=b"")
    return msgspec.structs.replace(entry, mac=mac_of(key, before.mac, entry))


def is_in_memory(chain: str) -> bool:
    """Return True if the chain was begun in memory while the disk of its node failed."""
    return "~" in chain


def node_of(chain: str) -> str:
    """Return the node of a chain."""
    return chain.partition("~")[0]
