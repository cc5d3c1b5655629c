"""What happens in one run: people, alerts, trouble. Plain data, as JSON to be repeated by hand."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from messages.ids import E164, OperatorLine, Role

USERS: Final = tuple(E164(f"+39333111222{n}") for n in (3, 4, 5))
"""The first is known to the registry."""
OPERATORS: Final = tuple(E164(f"+39020000010{n}") for n in range(3))
PSAP: Final = E164("+390200000112")
ALTERNATE: Final = E164("+390200000113")
TEST_PSAP: Final = E164("+390200000199")
PSAPS: Final = frozenset({PSAP, ALTERNATE, E164("112")})

DIALECTS: Final = ("huawei", "simcom7600")
"""Modems that give their voice to the host."""

TROUBLE_S: Final = 60.0
"""Nothing is done to the center after this."""


class _Data(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One value of a script."""


class Intent(StrEnum):
    """What the operator finds out by talking to the user, if that can be."""

    FALSE_ALARM = "false_alarm"
    PSAP = "psap"


class Alert(_Data, frozen=True):
    """One cry for help, and what else comes of it."""

    at_s: float = 0.0
    user: int = 0
    voice: bool = False
    """The user's own call, not a packet."""
    test: bool = False
    silent: bool = False
    silent_s: float | None = None
    """It is signalled once more as a silent one, so long after the first."""
    ringing_s: float | None = None
    """The app says that the phone rings, so long after."""
    wrong_pins: int = 0
    """So many wrong PINs are typed, one a second, ten seconds after."""
    aloud: bool = False
    """The operator of a silent alert orders the call, and does not call 112 first."""
    withdrawn: bool = False
    """The first call to 112 is taken back, if it may be."""
    intent: Intent = Intent.FALSE_ALARM
    again_s: tuple[float, ...] = ()
    """The same signal again, so long after the first."""
    called_s: float | None = None
    """The user also calls the center, so long after."""
    cancelled_s: float | None = None
    duress: bool = False
    taken_s: float | None = None
    """An operator takes the alert without being called, so long after, if that may be."""
    handed_s: float | None = None
    """Whoever has it hands it over, so long after, if that may be."""
    reopened_s: float | None = None
    """Somebody opens the user's last alert again, so long after, if it is closed by then."""
    listened_s: float | None = None
    """Somebody else listens in, so long after, if that may be; until the end of it."""


class Person(_Data, frozen=True):
    """How a phone behaves until the trouble is over, and from then on."""

    first: str = "answer"
    then: str = "answer"
    hangs_up_s: float = 0.0
    """From the answer; 0: never."""


class Does(StrEnum):
    """What becomes of a message."""

    LOSE = "lose"
    REPEAT = "repeat"
    DELAY = "delay"


class Fault(_Data, frozen=True):
    """What becomes of some messages for some time."""

    does: Does = Does.LOSE
    kinds: tuple[str, ...] = ()
    """Tags of bodies; none means all."""
    to: Role | None = None
    share: float = 1.0
    by_s: float = 0.5
    """How much later a repeated or delayed one comes, at most."""
    from_s: float = 0.0
    for_s: float = 10.0


class Hit(StrEnum):
    """How an actor is struck."""

    KILL = "kill"
    KILL_AFTER_COMMIT = "kill_after_commit"
    """When it has next written to the journal, before it has told anybody."""
    KILL_AFTER_SENDING = "kill_after_sending"
    """When it has next told somebody, before it has told the others."""
    FREEZE = "freeze"


class Blow(_Data, frozen=True):
    """One actor is struck."""

    at_s: float = 1.0
    role: Role = Role.ALERT_CASE
    which: int = 0
    """Counted among the living of this role."""
    hit: Hit = Hit.KILL
    for_s: float = 10.0
    """How long a frozen one would stay so; it is usually killed and replaced before."""


class LineTrouble(StrEnum):
    """What is done to a modem."""

    UNPLUG = "unplug"
    MUTE = "mute"
    GARBLE = "garble"
    REFUSE = "refuse"
    """It refuses to dial."""
    HOLD = "hold"
    """It says that it hangs up, and does not."""


class LineFault(_Data, frozen=True):
    """One modem is struck."""

    at_s: float = 1.0
    line: int = 0
    does: LineTrouble = LineTrouble.UNPLUG
    for_s: float = 5.0


class HangUp(_Data, frozen=True):
    """Somebody hangs up in the middle of it."""

    at_s: float = 10.0
    who: E164 = USERS[0]


class Away(_Data, frozen=True):
    """An operator's browser is closed for a while."""

    at_s: float = 10.0
    who: int = 0
    for_s: float = 2.0


class Wanted(_Data, frozen=True):
    """The center is to send a short message."""

    at_s: float = 1.0
    within_s: float = 30.0
    answered_s: float = 2.0
    """So long the network needs, from then on."""


class Script(_Data, frozen=True):
    """One run."""

    alerts: tuple[Alert, ...] = (Alert(),)
    users: tuple[Person, ...] = (Person(),)
    operators: tuple[Person, ...] = (Person(),)
    psap: Person = Person()
    public: int = 4
    emergency: int = 2
    dialects: tuple[str, ...] = DIALECTS
    """Of the lines, in turn."""
    faults: tuple[Fault, ...] = ()
    blows: tuple[Blow, ...] = ()
    lines: tuple[LineFault, ...] = ()
    hang_ups: tuple[HangUp, ...] = ()
    line: OperatorLine = OperatorLine.ON_DEMAND
    away: tuple[Away, ...] = ()
    texts: tuple[Wanted, ...] = ()
    seed: int = 0
    """Of the dice that say which messages a fault meets."""

    @property
    def over_s(self) -> float:
        """When everything has been done that is done here; from then on it has to come right."""
        ends = [alert.at_s + 1 for alert in self.alerts]
        ends += [fault.from_s + fault.for_s for fault in self.faults]
        ends += [blow.at_s + 1 for blow in self.blows]
        ends += [fault.at_s + fault.for_s for fault in self.lines]
        ends += [hang_up.at_s for hang_up in self.hang_ups]
        ends += [away.at_s + away.for_s for away in self.away]
        ends += [text.at_s + 1 for text in self.texts]
        return min(max(ends), TROUBLE_S)


def to_json(script: Script) -> str:
    """To be given to `scripts/chaos/in_process --script`."""
    return msgspec.json.encode(script).decode()


def from_json(text: str) -> Script:
    """What `to_json` gave. Raises msgspec.ValidationError."""
    return msgspec.json.decode(text, type=Script)
