"""What is asked and told of the lines."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, UnsetType

from gateways.http.settings_file import LineSet
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
    set: LineSet | None
    """What the settings' file says of it; null: nothing, as of a simulated line or another node's."""
    pending: bool
    """Whether that counts only after a restart."""


class Switches(msgspec.Struct, frozen=True, kw_only=True):
    """The switches for the real 112: what counts now, and what the file says."""

    live: bool
    last_resort: str
    live_set: bool
    last_resort_set: str
    trunks: list[str]
    writable: bool


class LinesView(msgspec.Struct, frozen=True, kw_only=True):
    """All lines, this node's first, in the settings' order."""

    lines: list[LineRow]
    switches: Switches


class LineFields(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the settings' file says of a line; what is not set is not meant."""

    trunk: str | UnsetType = UNSET
    number: str | UnsetType = UNSET
    inbound: bool | UnsetType = UNSET
    gain_in_db: float | UnsetType = UNSET
    gain_out_db: float | UnsetType = UNSET
    agc: bool | UnsetType = UNSET


class LineWritten(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says of a line now."""

    line: LineId
    trunk: str
    number: str
    inbound: bool
    gain_in_db: float
    gain_out_db: float
    agc: bool


class LineChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted, and what the file said when it was seen."""

    was: LineFields
    now: LineFields


class LiveChange(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the real 112 may be called. `typed`: the sentence, to turn it on."""

    was: bool
    now: bool
    typed: str = ""


class PinTyped(msgspec.Struct, frozen=True, kw_only=True):
    """The PIN of a line's SIM; told to nobody again."""

    pin: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4,8}$(?!\n)")]


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


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    verdict: str
    """`ok`, `warn`, `fail`."""
    text: str
    """In English, for the person on duty."""


class CheckView(msgspec.Struct, frozen=True, kw_only=True):
    """What the doctor finds of this node's lines and modems, the worst first."""

    found: list[Checked]
