"""What a center needs before anybody in danger relies on it, and which of it there is. Pure.

The order is that in which a new center is gone through. What can be measured is; what no measurement tells is
confirmed by a person, whose name stands with it. A confirmation never outweighs a measurement.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from messages.ids import Instant, OperatorId

PUBLIC_LINES_WANTED: Final = 2
"""Operator and user are called at the same time."""
EMERGENCY_LINES_WANTED: Final = 2
"""112 busy or silent: at once again on another reserved line (case 15)."""
OPERATORS_WANTED: Final = 2


class Need(StrEnum):
    """One thing. The names are permanent: confirmations are kept by them."""

    CERTIFICATE = "certificate"
    """Phones and browsers trust the center's address."""
    LINES = "lines"
    """Real ones, enough for one alert."""
    TEST_ALERT = "test_alert"
    """One that went well, with a telephone that rang."""
    SECOND_OPERATOR = "second_operator"
    DUTY = "duty"
    """Somebody is called when something is wrong with the center, at each hour, and has taken a test."""
    EMERGENCY_TRUNK = "emergency_trunk"
    """The first of the two switches without which 112 is never dialled."""
    SECOND_EMERGENCY_LINE = "second_emergency_line"
    BACKUP = "backup"
    BACKUP_CHECKED = "backup_checked"
    """It was restored for trial."""
    CLOCK = "clock"
    """The machine's is synchronised."""
    UPS = "ups"
    """Machine, modems and network go on when the mains fail."""
    PSAP_AGREEMENT = "psap_agreement"
    """112 knows that this center calls, and from which numbers."""
    PSAP_LIVE = "psap_live"
    """The second switch, `psap.live`: the last thing that is done."""


class Trust(StrEnum):
    """By what phones and browsers know the center's address."""

    NONE = "none"
    """There is no TLS."""
    OWN = "own"
    """An authority of the center's own, which each device has to be told of."""
    PUBLIC = "public"
    """An authority that every device knows."""
    OTHER = "other"
    """One that this machine does not know, or a proxy's."""


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What was found on the machine. None: it cannot be measured here."""

    simulated: bool = False
    """Calls go to a simulated carrier."""
    backup: bool = False
    backup_checked: bool = False
    clock: bool | None = None
    trust: Trust = Trust.NONE
    names: tuple[str, ...] = ()
    """For which the certificate is."""
    until: str = ""
    """Its last day."""
    fingerprint: str = ""
    """SHA-256 of the authority's certificate where it is our own, as phones show it."""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """All that was found."""

    machine: Machine
    public_lines: int
    emergency_lines: int
    emergency_trunk: bool
    psap_live: bool
    operators: int
    duty: bool
    test_alert: bool


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """Who says that something is so, since when."""

    by: OperatorId
    at: Instant
    note: str = ""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with one need."""

    need: Need
    done: bool
    by_person: bool
    """No measurement tells: a person confirms it, or takes that back."""
    confirmed: Confirmed | None = None


def rows(found: Measured, confirmed: Mapping[Need, Confirmed]) -> tuple[Row, ...]:
    """All needs, in their order."""
    return tuple(_row(need, _measure(need, found), confirmed.get(need)) for need in Need)


def missing(all_rows: tuple[Row, ...]) -> int:
    """How many are not met."""
    return sum(not row.done for row in all_rows)


def is_a_persons(need: Need, found: Measured) -> bool:
    """Whether a person may confirm it: nothing measures it here."""
    return _measure(need, found) is None


def _row(need: Need, measured: bool | None, said: Confirmed | None) -> Row:
    if measured is not None:
        return Row(need=need, done=measured, by_person=False)
    return Row(need=need, done=said is not None, by_person=True, confirmed=said)


def _measure(need: Need, found: Measured) -> bool | None:
    machine, real = found.machine, not found.machine.simulated
    match need:
        case Need.CERTIFICATE:
            return {Trust.NONE: False, Trust.PUBLIC: True}.get(machine.trust)
        case Need.LINES:
            return real and found.public_lines >= PUBLIC_LINES_WANTED
        case Need.TEST_ALERT:
            return real and found.test_alert
        case Need.SECOND_OPERATOR:
            return found.operators >= OPERATORS_WANTED
        case Need.DUTY:
            return found.duty
        case Need.EMERGENCY_TRUNK:
            return real and found.emergency_trunk
        case Need.SECOND_EMERGENCY_LINE:
            return real and found.emergency_lines >= EMERGENCY_LINES_WANTED
        case Need.BACKUP:
            return machine.backup
        case Need.BACKUP_CHECKED:
            return machine.backup_checked
        case Need.CLOCK:
            return machine.clock
        case Need.UPS | Need.PSAP_AGREEMENT:
            return None
        case Need.PSAP_LIVE:
            return real and found.psap_live
