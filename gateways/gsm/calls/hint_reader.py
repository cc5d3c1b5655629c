"""Unsolicited lines about calls: the call that each line concerns, and the lines that are trusted at once.

A hint of progress is trusted at once, unless it shows another call in the place of a call that stands: one
damaged byte would end a call, so that the list decides if a list can be requested. A hint of an end is
trusted if the hint names the call, if a list agrees, or if no list can be requested. Several lines may report
one end; each line counts once.
"""

from __future__ import annotations

from typing import Final

from gateways.gsm.at.parse import Direction, Stat
from gateways.gsm.calls.book import CallBook
from gateways.gsm.calls.call import INCOMING_STATES, OUTGOING_SETUP_STATES, Call
from gateways.gsm.calls.list_reader import ListReader
from gateways.gsm.dialects.hints import Hint, Sign
from gateways.gsm.numbers import is_same_number

REPEATED_REPORT_S: Final = 1.5
"""Seconds within which a further line about an end already reported arrives."""
MISSED_S: Final = 2.5
"""Seconds within which the report of a missed call follows the end."""
RING_GAP_S: Final = 12.0
"""Rings come every 4 to 6 s; after a longer silence, in seconds, a ring belongs to another call."""
JUST_ANSWERED_S: Final = 2.0
"""Seconds after the center's answer in which a ring may still arrive."""

_INCOMING_SIGNS: Final = frozenset({Sign.RING, Sign.CALLER_ID, Sign.INCOMING, Sign.WAITING})
_PROGRESS_SIGNS: Final = frozenset({Sign.DIALING, Sign.RINGING, Sign.ANSWERED, Sign.ACTIVE, Sign.HELD})


class HintReader:
    """A reader of the unsolicited lines about the calls of one modem."""

    def __init__(self, book: CallBook, lists: ListReader) -> None:
        self._book = book
        self._lists = lists

    def read(self, hint: Hint, now_s: float, *, list_available: bool) -> None:
        """Process an unsolicited line. `list_available`: a list of calls can be requested soon, so that a
        doubt can wait for the list."""
        self._book.list_wanted = True
        if list_available and self._contradicts(hint):
            return
        match hint.sign:
            case sign if sign in _INCOMING_SIGNS:
                self._on_incoming(hint, now_s, list_available)
            case Sign.CLCC if hint.row is not None:
                self._lists.process_row(hint.row, now_s)
            case Sign.DIALING:
                self._on_progress(hint, Stat.DIALING, now_s)
            case Sign.RINGING:
                self._on_progress(hint, Stat.RINGING, now_s)
            case Sign.ACTIVE | Sign.HELD if (
                hint.index is None and list_available and self._has_answered_call()
            ):
                pass  # the line names no call and may be late: the list shows which call
            case Sign.ANSWERED | Sign.ACTIVE:
                self._on_progress(hint, Stat.ACTIVE, now_s)
            case Sign.HELD:
                self._on_progress(hint, Stat.HELD, now_s)
            case Sign.RELEASED:
                self._on_released(hint, now_s, list_available)
            case Sign.MISSED:
                self._on_missed(hint, now_s)
            case _:
                pass

    def _contradicts(self, hint: Hint) -> bool:
        """Return True if the line shows another call in the place of a call that stands. The line may be
        damaged, so that the list decides whether the call has ended."""
        is_incoming = hint.sign in _INCOMING_SIGNS
        if not is_incoming and hint.sign not in _PROGRESS_SIGNS:
            return False
        alive = [call for call in self._book.calls if call.is_listed_alive]
        if hint.index is None:
            ringing = [call for call in alive if call.state in INCOMING_STATES]
            alone = is_incoming and hint.sign is not Sign.WAITING and len(ringing) == 1
            return alone and not ringing[0].may_have_number(hint.number)
        return any(
            not call.may_have_number(hint.number)
            or hint.direction not in (None, call.direction)
            or (is_incoming and call.state not in INCOMING_STATES)
            or (call.answered and hint.sign is Sign.DIALING)
            for call in alive
            if call.index == hint.index
        )

    def _on_incoming(self, hint: Hint, now_s: float, list_available: bool) -> None:
        call = self._find_ringing_call(hint, now_s)
        if call is not None:
            call.last_sign_s = now_s
            call.index = call.index if hint.index is None else hint.index
            self._book.identify(call, hint.number, hint.withheld, now_s)
            self._book.announce(call, now_s)
            if hint.sign is Sign.INCOMING and call.state is Stat.WAITING:
                self._book.advance(call, Stat.INCOMING, now_s)
            return
        others = [call for call in self._book.calls if not call.ended_for_certain]
        if any(
            call.direction is Direction.IN
            and call.answered
            and now_s - call.last_sign_s <= JUST_ANSWERED_S
            and call.may_have_number(hint.number)
            for call in others
        ):
            return
        if hint.sign is Sign.RING and others and list_available:
            return
        waiting = hint.sign is Sign.WAITING or (hint.sign is not Sign.INCOMING and bool(others))
        state = Stat.WAITING if waiting else Stat.INCOMING
        self._book.release_certain(now_s)
        call = self._book.add_call(Direction.IN, state, now_s, number=hint.number, index=hint.index)
        call.withheld = hint.withheld
        self._book.announce(call, now_s)

    def _find_ringing_call(self, hint: Hint, now_s: float) -> Call | None:
        """Return the call that rings; calls that this sign shows to be over are ended."""
        ringing = [
            call
            for call in self._book.calls
            if call.direction is Direction.IN and call.state in INCOMING_STATES and not call.ended_for_certain
        ]
        if hint.index is not None:
            for call in self._book.calls:
                if call.index == hint.index and call not in ringing and not call.ended_for_certain:
                    self._book.end_now(call, now_s)
            named = [call for call in ringing if call.index == hint.index]
            ringing = named or [call for call in ringing if call.index is None]
        for call in ringing:
            if hint.number and is_same_number(call.number, hint.number):
                return call
        for call in ringing:
            if not hint.number or not call.number:
                silent_s = now_s - call.last_sign_s
                if call.listed or silent_s <= RING_GAP_S:
                    return call
                self._book.end_now(call, now_s)
            elif len(ringing) == 1 and hint.sign is not Sign.WAITING:
                self._book.end_now(call, now_s)
        return None

    def _has_answered_call(self) -> bool:
        return any(call.answered for call in self._book.calls)

    def _on_progress(self, hint: Hint, state: Stat, now_s: float) -> None:
        call = self._find_advancing_call(hint, state, now_s) or self._find_renamed(hint, now_s)
        if call is None:
            if state is Stat.DIALING:
                self._book.release_certain(now_s)
                call = self._book.add_call(Direction.OUT, state, now_s, number=hint.number, index=hint.index)
                self._book.announce(call, now_s, found=True)
            return
        if hint.index is not None:
            call.index = hint.index
        call.last_sign_s = now_s
        if call.ended_for_certain:
            return
        self._book.identify(call, hint.number, False, now_s)
        self._book.advance(call, state, now_s)

    def _find_renamed(self, hint: Hint, now_s: float) -> Call | None:
        if hint.direction is not Direction.OUT or not hint.number:
            return None
        call = self._book.find_renamed(hint.number, hint.index, now_s)
        if call is not None:
            self._book.set_alias(call, hint.number)
        return call

    def _find_advancing_call(self, hint: Hint, state: Stat, now_s: float) -> Call | None:
        live = [
            call for call in self._book.calls if hint.direction is None or call.direction is hint.direction
        ]
        if hint.index is not None:
            for call in live:
                if call.index == hint.index:
                    reused = call.answered and state is Stat.DIALING
                    if not reused and call.may_have_number(hint.number):
                        return call
                    self._book.end_now(call, now_s)
            live = [call for call in live if call.index is None and call in self._book.calls]
        live = [call for call in live if call.may_have_number(hint.number) and not call.ended_for_certain]
        if state is Stat.HELD and hint.index is None:
            answered = [call for call in live if call.answered]
            return answered[0] if len(answered) == 1 else None
        outgoing = [
            call for call in live if call.direction is Direction.OUT and call.state in OUTGOING_SETUP_STATES
        ]
        if state in (Stat.DIALING, Stat.RINGING):
            return outgoing[-1] if outgoing else None
        answer_requested_calls = [
            call for call in live if call.state in INCOMING_STATES and call.answer_requested
        ]
        incoming = [call for call in live if call.state in INCOMING_STATES]
        # After a restart the ids of a conference's members are unknown if one row stands for the conference.
        answered_same_number = [
            call for call in live if hint.index is not None and call.answered and call.number == hint.number
        ]
        alone = hint.index is not None or len(self._book.calls) == 1
        for group in (answer_requested_calls, outgoing, incoming if alone else [], answered_same_number):
            if group:
                return group[-1]
        return None

    def _on_released(self, hint: Hint, now_s: float, list_available: bool) -> None:
        if self._is_repeated_report(hint, now_s, list_available):
            return
        call = self._find_ending_call(hint)
        if call is None:
            return
        self._book.identify(call, hint.number, False, now_s)
        self._book.end(
            call,
            now_s,
            cause=hint.cause,
            certain_cause=hint.certain_cause,
            text=hint.text,
            kind=hint.kind,
            certain=hint.index is not None or not list_available,
        )

    def _is_repeated_report(self, hint: Hint, now_s: float, list_available: bool) -> bool:
        """Return True if the line is a further line about an end already reported.

        If a list can be requested, a doubtful line counts as such: the list decides. Otherwise a live call
        that the line fits has precedence.
        """
        for call in reversed(self._book.recent):
            ending = call.ending
            if ending is None or hint.kind in ending.kinds or now_s - call.released_s > REPEATED_REPORT_S:
                continue
            if hint.index is not None and call.index is not None and hint.index != call.index:
                continue
            if not call.may_have_number(hint.number):
                continue
            fitting = self._find_ending_call(hint)
            if fitting is not None and fitting.began_s <= call.released_s and not list_available:
                continue
            ending.kinds.add(hint.kind)
            return True
        return False

    def _find_ending_call(self, hint: Hint) -> Call | None:
        live = [
            call
            for call in self._book.calls
            if (hint.direction is None or call.direction is hint.direction)
            and call.may_have_number(hint.number)
        ]
        if hint.index is not None:
            named = [call for call in live if call.index == hint.index]
            live = named or [call for call in live if call.index is None]
        live = [call for call in live if call.ending is None or hint.kind not in call.ending.kinds] or live
        ending = [call for call in live if call.ending is not None]
        setting_up = [call for call in live if call.state in OUTGOING_SETUP_STATES]
        unanswered = [call for call in live if call.state in INCOMING_STATES]
        hang_up_requested_calls = [call for call in live if call.hang_up_requested]
        about_the_far_end = hint.certain_cause and hint.index is None
        order = (
            (ending, setting_up, hang_up_requested_calls, unanswered, live)
            if about_the_far_end
            else (ending, hang_up_requested_calls, setting_up, unanswered, live)
        )
        for group in order:
            if group:
                return group[-1]
        return None

    def _on_missed(self, hint: Hint, now_s: float) -> None:
        if any(
            call.direction is Direction.IN
            and call.may_have_number(hint.number)
            and now_s - call.released_s <= MISSED_S
            for call in self._book.recent
        ):
            return
        ringing = [
            call
            for call in self._book.calls
            if call.direction is Direction.IN
            and call.state in INCOMING_STATES
            and call.may_have_number(hint.number)
        ]
        if ringing:
            call = ringing[-1]
            self._book.identify(call, hint.number, False, now_s)
        else:
            # The call came and ended unseen; the caller must not be lost.
            call = self._book.add_call(Direction.IN, Stat.INCOMING, now_s, number=hint.number)
            self._book.announce(call, now_s)
        self._book.end(
            call, now_s, cause=16, certain_cause=False, certain=True, text=hint.text, kind=hint.kind
        )
