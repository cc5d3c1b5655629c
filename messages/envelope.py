"""What every message between processes travels in, and the one place that turns it into bytes and back.

    MessageError
    ├── DecodeError        the peer's bytes are not a message; `path` says where
    └── EncodeError        ours cannot be said; a defect of the caller

Bytes that do not decode are one typed error, never a crash; unknown fields are ignored, so
that a node can talk to one a version older or newer.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from messages import bridge, calls, cases, lines, operators, sms, supervision
from messages.base import MALFORMED
from messages.ids import AlertId, Instant, NodeId, Role

Body = (
    bridge.BridgeReady
    | bridge.BridgeReport
    | bridge.SetMembers
    | calls.AnswerCall
    | calls.AttachCall
    | calls.CallReport
    | calls.DialCall
    | calls.HangUpCall
    | calls.IncomingCall
    | calls.IncomingCallGone
    | calls.LineBack
    | calls.RejectCall
    | cases.AskCase
    | cases.CaseStatus
    | cases.CrewWanted
    | cases.OpenCase
    | cases.ReturnCase
    | cases.Identified
    | cases.Identify
    | cases.LegReady
    | cases.Originate
    | cases.ReleaseLeg
    | cases.RestLeg
    | lines.AskLine
    | lines.GiveWay
    | lines.LineGranted
    | lines.LineRefused
    | lines.LineReport
    | lines.NodeLines
    | lines.PreemptCase
    | lines.RequestLine
    | operators.OperatorVoices
    | operators.OperatorsOffered
    | operators.RequestOperators
    | sms.SendText
    | sms.SmsArrived
    | sms.SmsKept
    | supervision.ActorReady
    | supervision.AdoptActor
    | supervision.Heartbeat
    | supervision.LegsWanted
    | supervision.RestartWanted
    | supervision.StartActor
    | supervision.StopActor
)
"""Everything that travels between processes: closed."""


class MessageError(Exception):
    """The root of the package's errors."""


class EncodeError(MessageError):
    """This value is no message."""


class DecodeError(MessageError):
    """These bytes are no message. `path` names the field, `$` the whole."""

    def __init__(self, reason: str, path: str) -> None:
        super().__init__(f"{reason} at {path}")
        self.reason = reason
        self.path = path


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """One message on its way, with who said it and when."""

    id: str
    """Unique for ever; a repetition carries the same one."""
    role: Role
    """What the sender is."""
    key: str
    """Which of its role the sender is: a line, a crew, a leg's place; empty for the only one."""
    incarnation: int
    """Which start of the sender this is; grows only. What an older one said is dropped."""
    at_us: Instant
    body: Body
    alert: AlertId | None = None
    node: NodeId = NodeId("")
    """Where the sender is; of two nodes each has a `CallLeg/c00/user`."""
    to: str = ""
    """Whom it is for, `CallLeg/c00/user`; empty where the sender knows an address only. An address is a port,
    and may by now be another's: whoever is not meant drops the message."""


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Envelope)
_PATH: Final = re.compile(r"^(?P<reason>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)


def encode(envelope: Envelope) -> bytes:
    """The envelope as MessagePack. Raises EncodeError for what cannot be said."""
    try:
        return _encoder.encode(envelope)
    except (TypeError, ValueError, OverflowError, msgspec.MsgspecError) as error:
        raise EncodeError(str(error)) from error


def decode(data: bytes) -> Envelope:
    """The envelope in `data`. Raises DecodeError with the path of the fault."""
    try:
        return _decoder.decode(data)
    except MALFORMED as error:
        raise decode_error(error) from error


def decode_error(error: Exception) -> DecodeError:
    """What msgspec says, as our error: its text taken apart into reason and path."""
    match = _PATH.match(str(error))
    if match is None:
        return DecodeError(str(error), "$")
    return DecodeError(match["reason"], match["path"] or "$")
