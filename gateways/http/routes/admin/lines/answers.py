"""What is asked and told of the lines."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from messages.base import Gains
from messages.ids import Instant, LineId, NodeId, TrunkId
from messages.trials import LineTrial

REASON_MAX: Final = 200
Reason = Annotated[str, msgspec.Meta(max_length=REASON_MAX, description="In the operator's own words.")]


class LineRow(msgspec.Struct, frozen=True, kw_only=True):
    """One configured line: what the settings say of it, and where its modem is.

    How it is from moment to moment the console's feed tells (`LineView`).
    """

    line: LineId
    node: NodeId
    """Whose it is."""
    own: bool
    """Whether it is this node's: of another one's modem nothing is told here."""
    trunk: TrunkId
    emergency: bool
    number: str
    imei: str
    port: str
    """Where its modem is now; empty where that is not known."""
    dialect: str
    gains: Gains
    text: str
    """What is wrong, in English, for the person on duty."""


class LinesView(msgspec.Struct, frozen=True, kw_only=True):
    """All lines, this node's first, in the settings' order."""

    lines: list[LineRow]


class TakeOut(msgspec.Struct, frozen=True, kw_only=True):
    """Why the line is taken out of service. `typed`: its name, where no other line is left for 112."""

    reason: Reason
    typed: str = ""


class NewTrial(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to call: a number, or the name of another line of this node, which answers."""

    to: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class TrialAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The last test call of a line. Times are microseconds UTC."""

    trial: LineTrial | None = None
    now_us: Instant
