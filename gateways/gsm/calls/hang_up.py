"""End of calls: the command for each attempt, repeated until the call has really ended. Decides; sends
nothing.

Hang-ups without effect are among the commonest faults of this hardware: a request is kept until the list of
calls no longer shows the call. If one command does not end the call, the next may; then the radio is switched
off, then the modem is reset. These last two steps end every call of the modem.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from gateways.gsm.at.parse import Stat
from gateways.gsm.calls.call import COMING_IN, SETTING_UP, CallView
from gateways.gsm.dialects.dialect import Dialect
from gateways.gsm.driver.events import CallId

AGAIN_S: Final = 1.0
"""Seconds between two attempts."""
LOOK_AGAIN_S: Final = 0.25
"""Seconds until the next check if the modem has not reported a needed state of the call lately."""
STUCK_S: Final = 5.0
"""Seconds after which an unended call loses its leg: the leg's alert cannot wait for the call."""
SELDOM_S: Final = 5.0
"""Seconds between two attempts once each command has been tried. Not longer: these attempts free the phone as
soon as the modem works again."""
RADIO_OFF: Final = "AT+CFUN=4"
"""27.007 clause 8.2."""
_END_ACTIVE: Final = "AT+CHLD=1"
_END_ONE: Final = "AT+CHLD=1{id}"
_VERBS: Final = 6
_RADIO: Final = 6
_RESET: Final = 7
"""Index of the first attempt of each kind; after the last kind the commands start again."""


class _Wanted(msgspec.Struct):
    since_s: float | None = None
    """Time from which the call should end, answered or not; None before."""
    attempts: int = 0
    next_s: float = 0.0
    unless_answered: bool = False
    stuck: bool = False


class HangUps:
    """The requested ends of calls."""

    def __init__(self) -> None:
        self._wanted: dict[CallId, _Wanted] = {}

    def want(self, call: CallId, now_s: float, *, unless_answered: bool = False) -> None:
        """Request the end of this call, or its end only while unanswered. Repetition changes nothing."""
        wanted = self._wanted.setdefault(call, _Wanted(unless_answered=unless_answered))
        wanted.unless_answered &= unless_answered
        if not unless_answered and wanted.since_s is None:
            wanted.since_s = now_s

    def wanted(self, call: CallId) -> bool:
        """Return True if the end of the call is requested."""
        return call in self._wanted

    def stuck(self, now_s: float) -> list[CallId]:
        """Return the calls that should have ended by now; each call is returned once."""
        found: list[CallId] = []
        for call, wanted in self._wanted.items():
            if not wanted.stuck and wanted.since_s is not None and now_s >= wanted.since_s + STUCK_S:
                wanted.stuck = True
                found.append(call)
        return found

    def stuck_s(self) -> float | None:
        """Return the time, in seconds, at which `stuck` may return a call; None if no end of a call is
        pending.
        """
        since = (one.since_s for one in self._wanted.values() if not one.stuck and one.since_s is not None)
        return min((when + STUCK_S for when in since), default=None)

    def waits_to_see(self, calls: Sequence[CallView]) -> bool:
        """Return True if one of these calls is to end unless answered, and is neither answered nor ending."""
        return any(
            call.call in self._wanted
            and self._wanted[call.call].unless_answered
            and not (call.answered or call.ending)
            for call in calls
        )

    def gone(self, call: CallId) -> None:
        """Drop the request: the call has ended."""
        self._wanted.pop(call, None)

    def due(
        self, calls: Sequence[CallView], dialect: Dialect, now_s: float, *, seen: bool, spares: bool
    ) -> list[tuple[CallView, str]]:
        """Return the calls and the commands that end them, to be sent now.

        `seen`: `calls` agrees with the modem's own list of a moment ago. A modem that did not respond for a
        while may have an answered call by now. `spares`: the modem may have another, unknown call, so that
        the modem is neither switched off nor reset.
        """
        ready: list[tuple[CallView, str]] = []
        for call in calls:
            wanted = self._wanted.get(call.call)
            if wanted is None or call.ending or now_s < wanted.next_s:
                continue
            if wanted.unless_answered and call.answered:
                del self._wanted[call.call]
                continue
            if wanted.unless_answered and not seen:
                wanted.next_s = now_s + LOOK_AGAIN_S
                continue
            others = [other for other in calls if other.call != call.call and not other.ending]
            verb = hang_up_verb(call, others, dialect, wanted.attempts)
            if not others and not spares:
                verb = {_RADIO: RADIO_OFF, _RESET: dialect.reset}.get(wanted.attempts, verb)
            if verb is None:
                wanted.next_s = now_s + AGAIN_S / 2
            else:
                ready.append((call, verb))
        return ready

    def sent(self, call: CallId, now_s: float) -> None:
        """Note that an attempt was sent."""
        wanted = self._wanted[call]
        wanted.attempts += 1
        wanted.since_s = now_s if wanted.since_s is None else wanted.since_s
        wanted.next_s = now_s + (AGAIN_S if wanted.attempts < _VERBS else SELDOM_S)

    def attempts(self, call: CallId) -> int:
        """Return the number of attempts so far."""
        return self._wanted[call].attempts if call in self._wanted else 0

    def next_deadline(self, calls: Sequence[CallView]) -> float | None:
        """Return the time, in seconds, at which `due` may return a call; None if no end of a call is
        requested.
        """
        return min(
            (
                self._wanted[call.call].next_s
                for call in calls
                if call.call in self._wanted and not call.ending
            ),
            default=None,
        )


def hang_up_verb(call: CallView, others: Sequence[CallView], dialect: Dialect, attempts: int) -> str | None:
    """Return the command that ends this call and spares the others; None while the call's index is unknown.

    27.007 clause 7.13 (+CHLD) ends one of several calls; +CHUP and ATH end the current calls.
    """
    if call.state is Stat.WAITING and others:
        return dialect.reject_waiting
    early = call.state is Stat.DIALING and not dialect.hang_up_one_before_ringing
    if not others:
        verbs = _verbs_for_the_only_one(call, dialect, by_id=call.index is not None and not early)
        return verbs[attempts % len(verbs)]
    # A vendor's own command for a conference over VoLTE has no effect in the circuit-switched network.
    vendors_turn = attempts % 2 == 0 or call.index is None
    if (
        call.in_conference
        and dialect.drop
        and vendors_turn
        and ("{id}" not in dialect.drop or call.index is not None)
    ):
        return dialect.drop.format(id=call.index, number=call.caller)
    if call.index is not None and dialect.hang_up_one and not early:
        return dialect.hang_up_one.format(id=call.index)
    if call.state in SETTING_UP or call.state in COMING_IN:
        return dialect.hang_up
    return None


def _verbs_for_the_only_one(call: CallView, dialect: Dialect, *, by_id: bool) -> list[str]:
    """Return the commands in the order of attempts: some firmware's +CHUP and ATH only decline calls."""
    verbs = [dialect.hang_up, dialect.hang_up_again]
    if by_id:
        verbs += [verb.format(id=call.index) for verb in (dialect.hang_up_one, _END_ONE)]
    if call.answered:
        verbs.append(_END_ACTIVE)
    return list(dict.fromkeys(filter(None, verbs)))
