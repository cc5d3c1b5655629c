"""The names of the journal's streams: a kind, a dash, whose it is. The one place that puts them together.

But for those of numbers and devices, which are named by chance: `store.journal.erasable`.
"""

from __future__ import annotations

import hmac
from enum import StrEnum
from typing import Final

from messages.ids import AlertId, LineId, NodeId, OperatorId, TextId, UserId
from store.errors import StoreMisuse


class StreamKind(StrEnum):
    """What a stream is about. Permanent: the names are in every journal."""

    INBOX = "inbox"
    CASE = "alert"
    NUMBER = "number"
    """Which alerts one number has raised."""
    DEVICE = "device"
    """Which alerts one device has raised."""
    SIGNAL = "signal"
    """To which alert one signal was brought, by the alias that its sender knows."""
    OPERATOR = "operator"
    LINE = "line"
    SERVICE = "service"
    """Whether a person has taken one line out of service. Its newest event says all."""
    TEXT = "text"
    REFERENCE = "reference"
    """Which text a network's report is about, by the line and the number that its network has given it."""
    PAGE = "page"
    """Of which alert 112's page is, by a digest of its code."""
    NODE = "node"
    SHELF = "shelf"
    """Which alarms are kept quiet for planned work; there is one."""
    PROOF = "proof"
    """The proofs of one node."""
    DUTY = "duty"
    """Who is called because of alarms; there is one."""
    USER = "user"
    FEATURE = "feature"
    """What a feature writes by itself, at one node."""


def inbox(alert: AlertId) -> str:
    """Facts from outside about one alert; anybody appends, at the end."""
    return f"inbox-{alert}"


def case(alert: AlertId) -> str:
    """What was decided about one alert; its AlertCase alone appends, at an expected version."""
    return f"alert-{alert}"


def signal(alias: AlertId) -> str:
    """To which alert the signal of this alias was brought."""
    return f"signal-{alias}"


def operator(operator_id: OperatorId) -> str:
    """One operator's shift and reservations."""
    return f"operator-{operator_id}"


def line(line_id: LineId) -> str:
    """One line's reservations and quarantine."""
    return f"line-{line_id}"


def service(line_id: LineId) -> str:
    """Who took one line out of service, and put it back."""
    return f"service-{line_id}"


def text(text_id: TextId) -> str:
    """What became of one short message that the center sends."""
    return f"text-{text_id}"


def reference(line_id: LineId, number: int) -> str:
    """The text that this line has sent last under this number of its network's (TP-Message-Reference)."""
    return f"reference-{line_id}.{number}"


def page(code: str, secret: bytes) -> str:
    """Where the alert stands that 112's page with this code is about. By the secret of all nodes: so short a
    code would be found by trying all of them."""
    return f"page-{hmac.digest(secret, code.encode(), 'sha256').hex()[:32]}"


def node(node_id: NodeId) -> str:
    """Starts, restarts and alarms of one node."""
    return f"node-{node_id}"


def proof(node_id: NodeId) -> str:
    """The proofs of one node, by night and on demand."""
    return f"proof-{node_id}"


SHELF: Final = f"{StreamKind.SHELF}-center"
DUTY: Final = f"{StreamKind.DUTY}-center"


def user(user_id: UserId) -> str:
    """Who wrote or saw one person's data."""
    return f"user-{user_id}"


def feature(name: str, node_id: NodeId) -> str:
    """What a feature writes by itself, at one node."""
    return f"feature-{name}.{node_id}"


def parse(stream: str) -> tuple[StreamKind, str]:
    """What the stream is about and whose it is. Raises StoreMisuse for a name of no kind."""
    kind, dash, owner = stream.partition("-")
    if not dash or not owner:
        raise StoreMisuse(f"{stream!r} is no stream")
    try:
        return StreamKind(kind), owner
    except ValueError as error:
        raise StoreMisuse(f"{stream!r} is no stream: unknown kind {kind!r}") from error


def alert_of(stream: str) -> AlertId | None:
    """The alert that an inbox or a case stream is about; none for any other stream."""
    kind, _, owner = stream.partition("-")
    return AlertId(owner) if kind in (StreamKind.INBOX, StreamKind.CASE) else None
