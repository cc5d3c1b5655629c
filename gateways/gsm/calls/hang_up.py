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
from gateways.gsm.calls.call import INCOMING_STATES, OUTGOING_SETUP_STATES, CallView
from gateways.gsm.dialects.dialect import Dialect
from gateways.gsm.driver.events import CallId

RETRY_S: Final = 1.0
"""Seconds between two attempts."""
RECHECK_S: Final = 0.25
"""Seconds until the next check if the modem has not reported a needed state of the call lately."""
STUCK_S: Final = 5.0
"""Seconds after which an unended call loses its leg: the leg's alert cannot wait for the call."""
SLOW_RETRY_S: Final = 5.0
"""Seconds between two attempts once each command has been tried. Not longer: these attempts free the phone as
soon as the modem works again."""
RADIO_OFF: Final = "AT+CFUN=4"
"""27.007 clause 8.2."""
_END_ACTIVE: Final = "AT+CHLD=1"
_END_ONE: Final = "AT+CHLD=1{id}"
_QUICK_ATTEMPTS: Final = 6
_RADIO_OFF_ATTEMPT: Final = 6
_RESET_ATTEMPT: Final = 7
"""Index of the first attempt of each kind; after the last kind the commands start again."""


class _HangUpRequest(msgspec.Struct):
    since_s: float | None = None
    """Time from which the call should end, answered or not; None before."""
    attempts: int = 0
    next_s: float = 0.0
    unless_answered: bool = False
    stuck: bool = False


class HangUpRequests:
    """The requested ends of calls."""

    def __init__(self) -> None:
        self._requests: dict[CallId, _HangUpRequest] = {}

    def request(self, call: CallId, now_s: float, *, unless_answered: bool = False) -> None:
        """Request the end of this call, or its end only while unanswered. Repetition changes nothing."""
        request = self._requests.setdefault(call, _HangUpRequest(unless_answered=unless_answered))
        request.unless_answered &= unless_answered
        if not unless_answered and request.since_s is None:
            request.since_s = now_s

    def is_requested(self, call: CallId) -> bool:
        """Return True if the end of the call is requested."""
        return call in self._requests

    def take_stuck(self, now_s: float) -> list[CallId]:
        """Return the calls that should have ended by now; each call is returned once."""
        found: list[CallId] = []
        for call, request in self._requests.items():
            if not request.stuck and request.since_s is not None and now_s >= request.since_s + STUCK_S:
                request.stuck = True
                found.append(call)
        return found

    def next_stuck_s(self) -> float | None:
        """Return the time, in seconds, at which `take_stuck` may return a call; None if no end of a call is
        pending.
        """
        since = (one.since_s for one in self._requests.values() if not one.stuck and one.since_s is not None)
        return min((when + STUCK_S for when in since), default=None)

    def has_unanswered_condition(self, calls: Sequence[CallView]) -> bool:
        """Return True if one of these calls is to end unless answered, and is neither answered nor ending."""
        return any(
            call.call in self._requests
            and self._requests[call.call].unless_answered
            and not (call.answered or call.ending)
            for call in calls
        )

    def on_released(self, call: CallId) -> None:
        """Drop the request: the call has ended."""
        self._requests.pop(call, None)

    def due_commands(
        self,
        calls: Sequence[CallView],
        dialect: Dialect,
        now_s: float,
        *,
        list_is_current: bool,
        may_have_unknown_call: bool,
    ) -> list[tuple[CallView, str]]:
        """Return the calls and the commands that end them, to be sent now.

        `list_is_current`: `calls` agrees with the modem's own list of a moment ago. A modem that did not
        respond for a while may have an answered call by now. `may_have_unknown_call`: the modem may have
        another, unknown call, so that the modem is neither switched off nor reset.
        """
        ready: list[tuple[CallView, str]] = []
        for call in calls:
            request = self._requests.get(call.call)
            if request is None or call.ending or now_s < request.next_s:
                continue
            if request.unless_answered and call.answered:
                del self._requests[call.call]
                continue
            if request.unless_answered and not list_is_current:
                request.next_s = now_s + RECHECK_S
                continue
            others = [other for other in calls if other.call != call.call and not other.ending]
            command = hang_up_command(call, others, dialect, request.attempts)
            if not others and not may_have_unknown_call:
                command = {_RADIO_OFF_ATTEMPT: RADIO_OFF, _RESET_ATTEMPT: dialect.reset}.get(
                    request.attempts, command
                )
            if command is None:
                request.next_s = now_s + RETRY_S / 2
            else:
                ready.append((call, command))
        return ready

    def on_sent(self, call: CallId, now_s: float) -> None:
        """Note that an attempt was sent."""
        request = self._requests[call]
        request.attempts += 1
        request.since_s = now_s if request.since_s is None else request.since_s
        request.next_s = now_s + (RETRY_S if request.attempts < _QUICK_ATTEMPTS else SLOW_RETRY_S)

    def attempts(self, call: CallId) -> int:
        """Return the number of attempts so far."""
        return self._requests[call].attempts if call in self._requests else 0

    def next_deadline(self, calls: Sequence[CallView]) -> float | None:
        """Return the time, in seconds, at which `due_commands` may return a call; None if no end of a call is
        requested.
        """
        return min(
            (
                self._requests[call.call].next_s
                for call in calls
                if call.call in self._requests and not call.ending
            ),
            default=None,
        )


def hang_up_command(
    call: CallView, others: Sequence[CallView], dialect: Dialect, attempts: int
) -> str | None:
    """Return the command that ends this call and spares the others; None while the call's index is unknown.

    27.007 clause 7.13 (+CHLD) ends one of several calls; +CHUP and ATH end the current calls.
    """
    if call.state is Stat.WAITING and others:
        return dialect.reject_waiting
    early = call.state is Stat.DIALING and not dialect.hang_up_one_before_ringing
    if not others:
        commands = _commands_for_only_call(call, dialect, by_id=call.index is not None and not early)
        return commands[attempts % len(commands)]
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
    if call.state in OUTGOING_SETUP_STATES or call.state in INCOMING_STATES:
        return dialect.hang_up
    return None


def _commands_for_only_call(call: CallView, dialect: Dialect, *, by_id: bool) -> list[str]:
    """Return the commands in the order of attempts: some firmware's +CHUP and ATH only decline calls."""
    commands = [dialect.hang_up, dialect.hang_up_again]
    if by_id:
        commands += [command.format(id=call.index) for command in (dialect.hang_up_one, _END_ONE)]
    if call.answered:
        commands.append(_END_ACTIVE)
    return list(dict.fromkeys(filter(None, commands)))
