"""Phones that hear each other without a modem's host in between: a direct call, a network conference, a
transfer.

Pure. It must not decide who hears whom: the carrier names the pairs, this keeps their voices flowing.
"""

from __future__ import annotations

from collections.abc import Iterable

from simulator.modem.modem import Modem
from simulator.network.call import Call, CallState, Party
from simulator.network.phone import Phone, as_phone
from simulator.network.sound import RATE_HZ, SAMPLE_BYTES

Pair = tuple[Phone, Phone]
"""Listener, speaker."""


class Conversations:
    """The pairs that are connected now, each with the instant up to which the listener has heard the
    speaker."""

    def __init__(self) -> None:
        self._heard_until_s: dict[Pair, float] = {}

    def __bool__(self) -> bool:
        return bool(self._heard_until_s)

    def connect(self, pairs: Iterable[Pair], now_s: float) -> None:
        """From now on these pairs, and no others, are connected; what was said until now is heard first."""
        self.flow(now_s)
        self._heard_until_s = {pair: self._heard_until_s.get(pair, now_s) for pair in pairs}

    def flow(self, now_s: float) -> None:
        """Let everybody hear what was said until now."""
        for (listener, speaker), since_s in self._heard_until_s.items():
            recording = listener.recording
            said_since = speaker.recording.answered_at_s if speaker.recording is not None else since_s
            if recording is None:
                continue
            first = round((since_s - recording.answered_at_s) * RATE_HZ)
            count = round((now_s - recording.answered_at_s) * RATE_HZ) - first
            # One distance for the whole call: rounded anew for each stretch, it would now and then be one
            # sample more or less, and the voice would jump there.
            apart = round((recording.answered_at_s - said_since) * RATE_HZ)
            recording.put(first, speaker.said.at(max(0, first + apart), count * SAMPLE_BYTES))
            self._heard_until_s[listener, speaker] = now_s


def pairs(calls: Iterable[Call], modems: Iterable[Modem]) -> set[Pair]:
    """Who hears whom: both ends of a call between phones, the members of each modem's conversation,
    transferred ones."""
    found: set[Pair] = set()
    for call in calls:
        if call.state is not CallState.ACTIVE:
            continue
        ends = [call.caller, call.callee]
        if call.transferred_to is not None:
            ends = [_far_end(call), _far_end(call.transferred_to)]
        found |= _all_pairs(ends)
    for modem in modems:
        found |= _all_pairs(call.other(modem.line) for call in modem.line.talking())
    return found


def _far_end(call: Call) -> Party | None:
    """The end that is a phone; of a transferred call the modem has left."""
    return as_phone(call.caller) or as_phone(call.callee)


def _all_pairs(parties: Iterable[Party | None]) -> set[Pair]:
    phones = [phone for phone in map(as_phone, parties) if phone is not None]
    return {(one, other) for one in phones for other in phones if one is not other}
