"""Ending calls: which verb, and again until the call is really gone. Decides; sends nothing.

Hang-ups without effect are among the commonest faults of this hardware: what was asked for stays asked
for until the list of calls no longer shows the call. What one verb does not end the next one may, then the
radio's being switched off, then a reset: neither spares any other call.
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
"""Between one attempt and the next."""
LOOK_AGAIN_S: Final = 0.25
"""While the modem has not said lately how the call stands, and that matters."""
STUCK_S: Final = 5.0
"""A call that has not ended by then goes on without its leg: its alert cannot wait for it."""
SELDOM_S: Final = 5.0
"""Between two, once each verb has been tried. No rarer: a modem that is well again frees a phone by it."""
RADIO_OFF: Final = "AT+CFUN=4"
"""27.007 clause 8.2."""
_END_ACTIVE: Final = "AT+CHLD=1"
_END_ONE: Final = "AT+CHLD=1{id}"
_VERBS: Final = 6
_RADIO: Final = 6
_RESET: Final = 7
"""Which attempt is the first of its kind; behind the last the verbs have their turn again."""


class _Wanted(msgspec.Struct):
    since_s: float | None = None
    """Since when it should have ended, whoever has answered it."""
    attempts: int = 0
    next_s: float = 0.0
    unless_answered: bool = False
    stuck: bool = False


class HangUps:
    """The calls that are to end."""

    def __init__(self) -> None:
        self._wanted: dict[CallId, _Wanted] = {}

    def want(self, call: CallId, now_s: float, *, unless_answered: bool = False) -> None:
        """This call is to end, or only if nobody has answered it; asking again changes nothing."""
        wanted = self._wanted.setdefault(call, _Wanted(unless_answered=unless_answered))
        wanted.unless_answered &= unless_answered
        if not unless_answered and wanted.since_s is None:
            wanted.since_s = now_s

    def wanted(self, call: CallId) -> bool:
        """Whether it is to end."""
        return call in self._wanted

    def stuck(self, now_s: float) -> list[CallId]:
        """Those that should have ended by now, each named once."""
        found: list[CallId] = []
        for call, wanted in self._wanted.items():
            if not wanted.stuck and wanted.since_s is not None and now_s >= wanted.since_s + STUCK_S:
                wanted.stuck = True
                found.append(call)
        return found

    def stuck_s(self) -> float | None:
        """When `stuck` may have something to say."""
        since = (one.since_s for one in self._wanted.values() if not one.stuck and one.since_s is not None)
        return min((when + STUCK_S for when in since), default=None)

    def waits_to_see(self, calls: Sequence[CallView]) -> bool:
        """Whether one of these is to end unless it is answered, and is not for all that is known."""
        return any(
            call.call in self._wanted
            and self._wanted[call.call].unless_answered
            and not (call.answered or call.ending)
            for call in calls
        )

    def gone(self, call: CallId) -> None:
        """It has ended."""
        self._wanted.pop(call, None)

    def due(
        self, calls: Sequence[CallView], dialect: Dialect, now_s: float, *, seen: bool, spares: bool
    ) -> list[tuple[CallView, str]]:
        """Calls and the commands that end them, to be sent now.

        `seen`: `calls` is how they stand by the modem's own list of a moment ago. Behind a modem that was
        deaf for a while somebody may be on the line by now. `spares`: the modem may have another call, of
        which nothing is known, so that it is neither switched off nor reset.
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
        """An attempt is on its way."""
        wanted = self._wanted[call]
        wanted.attempts += 1
        wanted.since_s = now_s if wanted.since_s is None else wanted.since_s
        wanted.next_s = now_s + (AGAIN_S if wanted.attempts < _VERBS else SELDOM_S)

    def attempts(self, call: CallId) -> int:
        """How often it has been tried."""
        return self._wanted[call].attempts if call in self._wanted else 0

    def next_deadline(self, calls: Sequence[CallView]) -> float | None:
        """When `due` may have something to say about one of these."""
        return min(
            (
                self._wanted[call.call].next_s
                for call in calls
                if call.call in self._wanted and not call.ending
            ),
            default=None,
        )


def hang_up_verb(call: CallView, others: Sequence[CallView], dialect: Dialect, attempts: int) -> str | None:
    """The command that ends this call and spares the others; none while its index is not known.

    27.007 clause 7.13 (+CHLD) for one of several; +CHUP and ATH end whatever is current.
    """
    if call.state is Stat.WAITING and others:
        return dialect.reject_waiting
    early = call.state is Stat.DIALING and not dialect.hang_up_one_before_ringing
    if not others:
        verbs = _verbs_for_the_only_one(call, dialect, by_id=call.index is not None and not early)
        return verbs[attempts % len(verbs)]
    # A vendor's own verb for a conference over VoLTE does nothing to one in the circuit-switched network.
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
    """In the order in which they are tried: of some firmware +CHUP and ATH decline a call, and end none."""
    verbs = [dialect.hang_up, dialect.hang_up_again]
    if by_id:
        verbs += [verb.format(id=call.index) for verb in (dialect.hang_up_one, _END_ONE)]
    if call.answered:
        verbs.append(_END_ACTIVE)
    return list(dict.fromkeys(filter(None, verbs)))
