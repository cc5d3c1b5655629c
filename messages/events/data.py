"""Data about an alert sent to 112's own systems, in `inbox-ALERT`: no rule acts on these events."""

from __future__ import annotations

from typing import Annotated, ClassVar

from messages.base import Message
from messages.ids import DataKind, PersonalKind
from messages.rows import ListItem, Sentence, listing


class DataSent(Message, frozen=True, kw_only=True, tag="data.sent"):
    """The sending of a version to one target has started, and is repeated until the version is accepted,
    refused or out of date.

    Versions of a target are numbered from 1; a version's content and name never change, so that a repetition
    is identical.
    """

    sentence: ClassVar = Sentence(
        "{kind} {version} of its data is sent to {target}",
        "dati a {target}: {kind}, versione {version}",
    )
    listed: ClassVar = listing(
        ListItem("112", "", "Called off at {reason}", {"text": "cancel"}),
        ListItem("112", "", "Data to {reason}"),
        reason="target",
        text="kind",
    )

    target: str
    """Name of the target in the settings (`[[psap.data]]`)."""
    version: int
    kind: DataKind
    digest: Annotated[str, PersonalKind.WORDS] = ""
    """Digest of the content; empty once erased."""


class DataReceived(Message, frozen=True, kw_only=True, tag="data.received"):
    """The target has accepted the version."""

    sentence: ClassVar = Sentence(
        "{target} has received {version} of its data ([{receipt}|erased])",
        "{target} ha ricevuto la versione {version} dei dati ([{receipt}|cancellata])",
    )
    listed: ClassVar = listing(ListItem("112", "ok", "{reason} has the data"), reason="target")

    target: str
    version: int
    receipt: Annotated[str, PersonalKind.WORDS] = ""
    """Receipt, in the other system's words."""


class DataRefused(Message, frozen=True, kw_only=True, tag="data.refused"):
    """The target has refused the version, which is not sent again."""

    sentence: ClassVar = Sentence(
        "{target} REFUSES {version} of its data[ with {status:some}][: {reason}]",
        "{target} RIFIUTA la versione {version} dei dati[ con {status:some}][: {reason}]",
    )
    listed: ClassVar = listing(
        ListItem("warn", "bad", "{reason} refuses the data: {text}"),
        reason="target",
        text="reason",
    )

    target: str
    version: int
    status: int = 0
    """HTTP status; 0 if none."""
    reason: Annotated[str, PersonalKind.WORDS] = ""
    """Reason in the other system's words."""
