"""Between the AlertIntake, the AlertCases and the Supervisor. What is so is in the journal."""

from __future__ import annotations

from messages.base import Message
from messages.ids import AlertId, CrewId, LineId


class OpenCase(Message, frozen=True, kw_only=True, tag="case.open"):
    """This alert is yours: read the journal and go on from there."""

    alert: AlertId


class AskCase(Message, frozen=True, kw_only=True, tag="case.ask"):
    """Say what you are doing."""


class ReturnCase(Message, frozen=True, kw_only=True, tag="case.return"):
    """Give this alert back, if nothing has begun in it: one that is vouched for has no crew."""

    alert: AlertId


class CaseStatus(Message, frozen=True, kw_only=True, tag="case.status"):
    """What the AlertCase of this crew is doing: an alert, or nothing."""

    crew: CrewId
    alert: AlertId | None = None


class CrewWanted(Message, frozen=True, kw_only=True, tag="crew.wanted"):
    """The AlertIntake has this many crews at work and wants some ready beyond them."""

    busy: int
    waiting: int
    voiceless: bool = False
    """Whether among those that wait are people in conversation: without a bridge they hear nothing."""
    lines: tuple[LineId, ...] = ()
    """Lines with a call, or a dial, of those that wait."""
