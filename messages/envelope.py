"""Envelope of every message between processes, and its only encoder and decoder.

MessageError
  ├── DecodeError        the peer's bytes are not a message; `path` names the place
  └── EncodeError        the value cannot be encoded; a defect of the caller

Undecodable bytes raise one typed error, never a crash; unknown fields are ignored, so that a node can
exchange messages with a node one version older or newer.
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
    | bridge.MixerReady
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
    | cases.WorkerWanted
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
"""Closed union of all messages between processes."""


class MessageError(Exception):
    """Root of the package's errors."""


class EncodeError(MessageError):
    """The value is no message."""


class DecodeError(MessageError):
    """The bytes are no message. `path` names the field, `$` the whole."""

    def __init__(self, reason: str, path: str) -> None:
        super().__init__(f"{reason} at {path}")
        self.reason = reason
        self.path = path


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A message in transit, with its sender and time."""

    id: str
    """Unique id of the message, never used again; a repetition carries the same id."""
    role: Role
    """Role of the sender."""
    key: str
    """Key of the sender within its role: a line, a worker, a leg's place; empty if unique."""
    incarnation: int
    """Incarnation of the sender, which only grows. Messages of an older incarnation are dropped."""
    at_us: Instant
    body: Body
    alert: AlertId | None = None
    node: NodeId = NodeId("")
    """Node of the sender; each of two nodes has a `CallLeg/c00/user`."""
    to: str = ""
    """Receiver, `CallLeg/c00/user`; empty if the sender knows only an address. An address is a port that may
    have a new owner: a receiver drops a message addressed to another.
    """


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Envelope)
_PATH: Final = re.compile(r"^(?P<reason>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)


def encode(envelope: Envelope) -> bytes:
    """Return the envelope as MessagePack. Raises EncodeError for a value that cannot be encoded."""
    try:
        return _encoder.encode(envelope)
    except (TypeError, ValueError, OverflowError, msgspec.MsgspecError) as error:
        raise EncodeError(str(error)) from error


def decode(data: bytes) -> Envelope:
    """Return the envelope in `data`. Raises DecodeError with the path of the fault."""
    try:
        return _decoder.decode(data)
    except MALFORMED as error:
        raise decode_error(error) from error


def decode_error(error: Exception) -> DecodeError:
    """Return msgspec's error as a DecodeError, with its text split into reason and path."""
    match = _PATH.match(str(error))
    if match is None:
        return DecodeError(str(error), "$")
    return DecodeError(match["reason"], match["path"] or "$")
