"""Names of the journal's streams, `KIND-OWNER`: the one place that composes and parses them.

Streams of numbers and devices have random names: `store.journal.erasable`.
"""

from __future__ import annotations

import hmac
from enum import StrEnum
from typing import Final

from messages.ids import AlertId, LineId, NodeId, OperatorId, TextId, UserId
from store.errors import StoreMisuse


class StreamKind(StrEnum):
    """Subject of a stream. Permanent: the names are in every journal."""

    INBOX = "inbox"
    CASE = "alert"
    NUMBER = "number"
    """Alerts that one number has raised."""
    DEVICE = "device"
    """Alerts that one device has raised."""
    SIGNAL = "signal"
    """Alert that one signal has joined, by the alias that its sender knows."""
    OPERATOR = "operator"
    LINE = "line"
    SERVICE = "service"
    """Removal of a line from service, and its return; the newest event holds the whole state."""
    TEXT = "text"
    REFERENCE = "reference"
    """Text that a network's delivery report is about, by line and message number of the network."""
    PAGE = "page"
    """Alert of a page for 112, by a digest of the page's code."""
    NODE = "node"
    SHELF = "shelf"
    """Alarms that are shelved for planned work; a single stream."""
    PROOF = "proof"
    """Self-tests of one node."""
    DUTY = "duty"
    """Callouts of people on duty because of alarms; a single stream."""
    USER = "user"
    FEATURE = "feature"
    """Events of one feature at one node."""


def inbox(alert: AlertId) -> str:
    """Return the stream of external facts about one alert; any process appends at its end."""
    return f"inbox-{alert}"


def case(alert: AlertId) -> str:
    """Return the stream of decisions about one alert; only its AlertCase appends, at an expected version."""
    return f"alert-{alert}"


def signal(alias: AlertId) -> str:
    """Return the stream that names the alert joined by the signal of this alias."""
    return f"signal-{alias}"


def operator(operator_id: OperatorId) -> str:
    """Return the stream of one operator's shift and reservations."""
    return f"operator-{operator_id}"


def line(line_id: LineId) -> str:
    """Return the stream of one line's reservations and quarantine."""
    return f"line-{line_id}"


def service(line_id: LineId) -> str:
    """Return the stream of one line's removals from service and returns."""
    return f"service-{line_id}"


def text(text_id: TextId) -> str:
    """Return the stream of one short message sent by the center, with its outcome."""
    return f"text-{text_id}"


def reference(line_id: LineId, number: int) -> str:
    """Return the stream that names the last text sent by this line under this number of its network
    (TP-Message-Reference, 3GPP TS 23.040).
    """
    return f"reference-{line_id}.{number}"


def page(code: str, secret: bytes) -> str:
    """Return the stream that names the alert of the page for 112 with this code. The name is a keyed digest
    with the secret of all nodes: a plain digest of so short a code could be reversed by trying all codes.
    """
    return f"page-{hmac.digest(secret, code.encode(), 'sha256').hex()[:32]}"


def node(node_id: NodeId) -> str:
    """Return the stream of one node's starts, restarts and alarms."""
    return f"node-{node_id}"


def proof(node_id: NodeId) -> str:
    """Return the stream of one node's self-tests, nightly and on demand."""
    return f"proof-{node_id}"


SHELF: Final = f"{StreamKind.SHELF}-center"
DUTY: Final = f"{StreamKind.DUTY}-center"


def user(user_id: UserId) -> str:
    """Return the stream of writes and reads of one person's data."""
    return f"user-{user_id}"


def feature(name: str, node_id: NodeId) -> str:
    """Return the stream of one feature's events at one node."""
    return f"feature-{name}.{node_id}"


def parse(stream: str) -> tuple[StreamKind, str]:
    """Return the kind and the owner of a stream. Raises StoreMisuse for a name of no kind."""
    kind, dash, owner = stream.partition("-")
    if not dash or not owner:
        raise StoreMisuse(f"{stream!r} is no stream")
    try:
        return StreamKind(kind), owner
    except ValueError as error:
        raise StoreMisuse(f"{stream!r} is no stream: unknown kind {kind!r}") from error


def alert_of(stream: str) -> AlertId | None:
    """Return the alert of an inbox or case stream; None for any other stream."""
    kind, _, owner = stream.partition("-")
    return AlertId(owner) if kind in (StreamKind.INBOX, StreamKind.CASE) else None
