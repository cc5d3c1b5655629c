"""What can be done to a center, and by whom: each a line of JSON. Plain data."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from messages.ids import OperatorCommand, Party, Role, ShiftState
from tests.nodes.storms import What

USERS: Final = 24
NODES: Final = 2
OPERATORS: Final = 4
PUBLIC, EMERGENCY = 6, 3
LINES: Final = tuple(f"m{n}" for n in range(1, PUBLIC + EMERGENCY + 1))
RIGHT_PIN, DURESS_PIN, WRONG_PIN = "1111", "9999", "5555"
KNOWN_USERS: Final = 6
"""So many of the users are in the registry, with these PINs."""


class _Deed(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=str.lower):
    """One thing that is done, so many seconds after the beginning."""

    at_s: float


class How(StrEnum):
    """How an alert comes in."""

    DATA = "data"
    SILENT = "silent"
    TEST = "test"
    SMS = "sms"
    CALL = "call"


class Alert(_Deed, frozen=True):
    """A cry for help. `line`: of the public ones, for SMS and calls."""

    id: str
    user: int
    how: How
    line: int
    needs_112: bool = True
    """The operator finds out so; else it is a false alarm."""
    aloud: bool = False
    withdrawn: bool = False
    thinks_s: float = 1.0
    """So long the operator waits before each order."""


class Again(_Deed, frozen=True):
    """The app sends the same packet once more."""

    id: str


class Cancel(_Deed, frozen=True):
    """A PIN is typed in the app."""

    id: str
    pin: str


class Message(_Deed, frozen=True):
    """The user writes, and the app sends it twice."""

    id: str
    message: str


class Position(_Deed, frozen=True):
    """The app tells where the user is now."""

    id: str


class CallIn(_Deed, frozen=True):
    """A user calls the center, whatever else goes on."""

    user: int
    line: int


class Order(_Deed, frozen=True):
    """A key that some operator presses for no reason, on an alert that is open or on any, once or more."""

    command: OperatorCommand
    operator: int
    pick: int
    only_open: bool
    times: int
    party: Party
    text: str


class Shift(_Deed, frozen=True):
    """An operator's shift changes for a while."""

    operator: int
    state: ShiftState
    for_s: float


class Strike(_Deed, frozen=True):
    """A process is killed; or frozen, where it is for some time. Of several the busy ones first, if asked."""

    role: Role
    pick: int
    busy: bool
    frozen_s: float = 0.0


class Whole(_Deed, frozen=True):
    """All of the center ends, and is started again."""

    how: str
    """`stop` in order, `kill` all at once, `node` alone is killed."""
    down_s: float
    node: int = 0
    """Which of several."""


class Node(_Deed, frozen=True):
    """One of several nodes, or their database, is in trouble for a while."""

    what: What
    node: int
    for_s: float


class Line(_Deed, frozen=True):
    """A modem or its line fails for a while."""

    line: str
    fault: str
    for_s: float


class Phone(_Deed, frozen=True):
    """A telephone is not as it should be for a while. `whose`: user, operator or psap; users in an alert
    first.
    """

    whose: Party
    pick: int
    does: str
    for_s: float


class Headset(_Deed, frozen=True):
    """An operator's browser is closed for a while."""

    operator: int
    for_s: float


class Lock(_Deed, frozen=True):
    """Another program holds the journal."""

    for_s: float
    whole: bool
    """Against readers, too."""


class Disk(_Deed, frozen=True):
    """Not a byte is free."""

    for_s: float


class Command(_Deed, frozen=True):
    """A command of the machine's, or an admin's order."""

    words: str
    pick: int


Deed = (
    Alert
    | Again
    | Cancel
    | Message
    | Position
    | CallIn
    | Order
    | Shift
    | Strike
    | Whole
    | Node
    | Line
    | Phone
    | Headset
    | Lock
    | Disk
    | Command
)

VICES: Final[dict[str, tuple[dict[str, object], dict[str, object]]]] = {
    "no_voice": ({"no_voice": True}, {"no_voice": False}),
    "takes_no_voice": ({"takes_no_voice": True}, {"takes_no_voice": False}),
    "voice_port_gone": ({"voice_port_gone": True}, {"voice_port_gone": False}),
    "searching": ({"registration": "searching"}, {"registration": "home"}),
    "slow": ({"slow_s": {"D": 2.0, "+CHUP": 3.0, "+CLCC": 1.5}}, {"slow_s": {}}),
    "refuses": ({"refuses": ["D"]}, {"refuses": []}),
}
"""Faults of a line by what the carrier calls them: as it is, and as it was."""
FAULTS: Final = ("unplug", "unplug", "mute", "garble", "reboot", *VICES)
BEHAVIOURS: Final[dict[str, dict[str, object]]] = {
    **{name: {"behaviour": name} for name in ("no_answer", "busy", "reject", "unreachable", "voicemail")},
    "late": {"answers_after_s": 7.0},
    "hangs_up": {"hangs_up_after_s": 3.0},
    "early": {"rings_after_s": 0.05, "answers_after_s": 0.05},
}
HANGS_UP_NOW: Final = "hangs_up_now"
COMMANDS: Final = (
    "backup",
    "journal verify",
    "audit verify",
    "operator list",
    "user erase",
    "proof run --step journal --step audit",
    "setting",
    "line out",
)


def in_order(*deeds: Deed) -> tuple[Deed, ...]:
    """By time."""
    return tuple(sorted(deeds, key=lambda deed: deed.at_s))


def to_json(deeds: Iterable[Deed]) -> str:
    """A deed a line, to be cut down by hand."""
    return "".join(msgspec.json.encode(deed).decode() + "\n" for deed in deeds)


def from_json(text: str) -> tuple[Deed, ...]:
    """What was written so, by time."""
    decoder: msgspec.json.Decoder[Deed] = msgspec.json.Decoder(Deed)
    return in_order(*(decoder.decode(line) for line in text.splitlines() if line.strip()))
