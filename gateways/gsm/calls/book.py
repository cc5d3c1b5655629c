"""The life of calls: from the first sign to the only `CallReleased`, forward only, each step reported once.

`hint_reader` and `list_reader` decide which call a line or a row concerns; this module applies the
consequences.
"""

from __future__ import annotations

from typing import Final

from gateways.gsm.at.parse import Direction, Stat
from gateways.gsm.calls.call import Call, Ending, e164_of
from gateways.gsm.driver.events import (
    CallActive,
    CallAnswered,
    CallDialing,
    CallEvent,
    CallFound,
    CallHeld,
    CallId,
    CallIdentified,
    CallIncoming,
    CallReleased,
    CallRinging,
    CallWaiting,
    CallWithheld,
    Ref,
)
from gateways.gsm.numbers import is_same_number
from messages.base import HangupCause

IMMEDIATE_FAILURE_S: Final = 1.0
"""Seconds in which no phone is found, rings and is declined: a call that ends so soon never left the line."""
_UNINFORMATIVE_CAUSES: Final = frozenset({None, HangupCause.NORMAL, HangupCause.NORMAL_UNSPECIFIED})
UNCONFIRMED_END_S: Final = 2.5
"""Seconds after which an end that no list confirms or denies counts as certain."""
LATE_ROW_S: Final = 2.0
"""Seconds in which a released call may still appear in a list."""
MAX_CALLS: Final = 16
"""A subscriber has seven calls at most (24.008 clause 4.4); a damaged line may seem to show more."""
MAX_REMEMBERED: Final = 32
REMEMBERED_S: Final = 4.0
"""Seconds for which a released call is kept, to separate its late lines from lines about new calls."""


class CallBook:
    """The calls of one modem. Times are in seconds of any clock that only goes forward."""

    def __init__(self) -> None:
        self.settle_s = 0.4
        self.dial_appears_s = 2.0
        self.early_answer = False
        self.calls: list[Call] = []
        """Calls that are not released yet, oldest first."""
        self.recent: list[Call] = []
        """Calls that were released recently."""
        self.list_wanted = False
        """True if the list of calls is wanted."""
        self.list_wanted_at_s: float | None = None
        """Time when the list of calls is wanted again without a new line; None if no such time is set."""
        self.events: list[CallEvent] = []
        self._last_id = 0
        self._aliases: dict[str, str] = {}
        """The number under which the modem lists a call, by dialled number, where the two differ."""

    def find_renamed(self, number: str, index: int | None, now_s: float) -> Call | None:
        """Return the call that the modem may list under this number although another number was dialled: the
        only outgoing call that the modem has not shown yet. None if the number belongs, or belonged recently,
        to another call."""
        if self.was_just_released(number, now_s) or any(
            call.number and call.may_have_number(number) for call in self.calls
        ):
            return None
        unseen = [
            call
            for call in self.calls
            if call.direction is Direction.OUT and not (call.listed or call.ending)
        ]
        return unseen[0] if len(unseen) == 1 and unseen[0].index in (None, index) else None

    def set_alias(self, call: Call, number: str) -> None:
        """Note the number under which the modem lists the call, and the next call to that dialled number."""
        call.alias = self._aliases[call.number] = number
        while len(self._aliases) > MAX_REMEMBERED:
            del self._aliases[next(iter(self._aliases))]

    def was_just_released(self, number: str, now_s: float) -> bool:
        """Return True if a row with this number may show a call that was released a moment ago."""
        return any(
            call.number and call.may_have_number(number) and now_s - call.released_s <= LATE_ROW_S
            for call in self.recent
        )

    def tick(self, now_s: float) -> None:
        """Release the calls whose waiting time for a cause is over at `now_s`, and request the list of calls
        again if due.
        """
        for call in list(self.calls):
            if call.ending is not None and now_s >= call.ending.release_at_s:
                self.release(call, now_s)
        if self.list_wanted_at_s is not None and now_s >= self.list_wanted_at_s:
            self.list_wanted, self.list_wanted_at_s = True, None

    def advance(self, call: Call, state: Stat, now_s: float) -> None:
        """Move the call forward to this state and report the state. After an answer only hold and retrieval
        change the state."""
        if call.ended_for_certain:
            return
        before = call.state
        match state:
            case Stat.DIALING:
                self.announce(call, now_s)
            case Stat.RINGING:
                self.announce(call, now_s)
                if not call.answered:
                    call.state = Stat.RINGING
                    if not call.ringing_reported:
                        call.ringing_reported = True
                        self.report(CallRinging, call, now_s)
            case Stat.INCOMING | Stat.WAITING:
                if not call.answered:
                    call.state = state
                    self.announce(call, now_s)
            case Stat.ACTIVE:
                self.report_answered(call, now_s)
                call.state = Stat.ACTIVE
                if before is Stat.HELD:
                    self.report(CallActive, call, now_s)
            case Stat.HELD:
                self.report_answered(call, now_s)
                call.state = Stat.HELD
                if before is not Stat.HELD:
                    self.report(CallHeld, call, now_s)
            case Stat.RELEASED:
                pass

    def report_answered(self, call: Call, now_s: float) -> None:
        """Report the call as answered, once."""
        self.announce(call, now_s)
        if not call.answered:
            call.answered = True
            call.last_sign_s = now_s
            call.confirmed = self._report_proves_answer(call.direction)
            self.events.append(
                CallAnswered(
                    at_s=now_s,
                    call=call.id,
                    ref=call.ref,
                    number=e164_of(call),
                    direction=call.direction,
                    confirmed=call.confirmed,
                )
            )

    def announce(self, call: Call, now_s: float, *, found: bool = False) -> None:
        """Report a new call, once. `found`: the call was found in the modem, not set up by this driver."""
        if call.announced:
            return
        call.announced = True
        number = e164_of(call)
        if found:
            event: CallEvent = CallFound(
                at_s=now_s,
                call=call.id,
                ref=call.ref,
                number=number,
                direction=call.direction,
                state=call.state,
            )
        elif call.direction is Direction.OUT:
            event = CallDialing(at_s=now_s, call=call.id, ref=call.ref, number=number)
        else:
            kind = CallWaiting if call.state is Stat.WAITING else CallIncoming
            event = kind(
                at_s=now_s,
                call=call.id,
                ref=call.ref,
                number=number,
                caller=call.number,
                withheld=call.withheld,
            )
        self.events.append(event)

    def identify(self, call: Call, number: str, withheld: bool, now_s: float) -> None:
        if number and (
            not call.number or (is_same_number(call.number, number) and not call.number.startswith("+"))
        ):
            told_before = bool(call.number)
            call.number, call.withheld, call.number_reports = number, False, call.number_reports + 1
            if call.announced and call.direction is Direction.IN and not told_before:
                self.events.append(
                    CallIdentified(
                        at_s=now_s, call=call.id, ref=call.ref, number=e164_of(call), caller=number
                    )
                )
        elif number and is_same_number(call.number, number):
            call.number_reports += 1
        elif withheld and not call.number and not call.withheld:
            call.withheld = True
            if call.announced:
                self.report(CallWithheld, call, now_s)

    def end(
        self,
        call: Call,
        now_s: float,
        *,
        cause: int | None,
        certain_cause: bool,
        certain: bool,
        text: str,
        kind: str,
    ) -> None:
        ending = call.ending
        if ending is None:
            ending = call.ending = Ending(since_s=now_s, release_at_s=now_s + UNCONFIRMED_END_S)
        if kind:
            ending.kinds.add(kind)
        if not ending.certain_cause and cause is not None:
            ending.cause, ending.certain_cause, ending.text = cause, certain_cause, text
        ending.text = ending.text or text
        if certain and not ending.certain:
            ending.certain = True
            self.schedule_release(ending, now_s)
        if ending.certain and (ending.certain_cause or call.hang_up_requested):
            self.release(call, now_s)

    def schedule_release(self, ending: Ending, now_s: float) -> None:
        """Set the time of release for a certain end: until then a line alone may still report the cause. The
        time runs from the first report of the end."""
        ending.release_at_s = max(now_s, ending.since_s + self.settle_s)

    def end_now(self, call: Call, now_s: float) -> None:
        """Release the call at once: another call has its place."""
        if call.ending is None:
            call.ending = Ending(
                since_s=now_s, release_at_s=now_s, text="another call has taken its place in the modem's list"
            )
        self.release(call, now_s)

    def release_certain(self, now_s: float) -> None:
        """Release the calls that have certainly ended, before the report of something new."""
        for call in list(self.calls):
            if call.ended_for_certain:
                self.release(call, now_s)

    def release(self, call: Call, now_s: float) -> None:
        ending = call.ending or Ending(since_s=now_s, release_at_s=now_s)
        call.ending = ending
        self.calls.remove(call)
        call.state, call.released_s = Stat.RELEASED, now_s
        cause = 16 if ending.cause is None and call.hang_up_requested else ending.cause
        if _failed_on_line(call, ending):
            cause = HangupCause.TEMPORARY_FAILURE
        self.recent = [old for old in self.recent if now_s - old.released_s <= REMEMBERED_S]
        self.recent = [*self.recent[1 - MAX_REMEMBERED :], call]
        self.list_wanted = True
        if call.announced or call.ref is not None:
            self.events.append(
                CallReleased(
                    at_s=now_s,
                    call=call.id,
                    ref=call.ref,
                    number=e164_of(call),
                    direction=call.direction,
                    cause=cause,
                    text=ending.text,
                    answered=call.answered,
                    ended_s=ending.since_s,
                )
            )

    def add_call(
        self,
        direction: Direction,
        state: Stat,
        now_s: float,
        *,
        number: str = "",
        ref: Ref | None = None,
        index: int | None = None,
    ) -> Call:
        """Add a call with the next id and return the call. If MAX_CALLS are present, end the oldest unowned
        call.
        """
        if len(self.calls) >= MAX_CALLS:
            strangers = [call for call in self.calls if call.ref is None]
            for call in strangers[:1]:
                self.end_now(call, now_s)
        self._last_id += 1
        call = Call(
            id=CallId(self._last_id),
            direction=direction,
            state=state,
            began_s=now_s,
            last_sign_s=now_s,
            number=number,
            alias=self._aliases.get(number, "") if direction is Direction.OUT else "",
            number_reports=1 if number else 0,
            ref=ref,
            index=index,
            confirmed=self._report_proves_answer(direction),
        )
        self.calls.append(call)
        return call

    def _report_proves_answer(self, direction: Direction) -> bool:
        """Return True if the modem's report proves an answer. An incoming call was answered by the center."""
        return direction is Direction.IN or not self.early_answer

    def report(
        self,
        kind: type[CallRinging] | type[CallHeld] | type[CallActive] | type[CallWithheld],
        call: Call,
        now_s: float,
    ) -> None:
        self.events.append(kind(at_s=now_s, call=call.id, ref=call.ref, number=e164_of(call)))

    def by_id(self, call: CallId) -> Call | None:
        """Return the live call with this id; None if there is none."""
        return next((found for found in self.calls if found.id == call), None)


def _failed_on_line(call: Call, ending: Ending) -> bool:
    """Return True if the line failed the call, as a line without IMS and without a network to fall back to
    does. The call ended at once, never rang, and no cause was reported. With the same text the call would
    count as hung up by the party."""
    return (
        call.dialled_s is not None
        and ending.since_s - call.dialled_s <= IMMEDIATE_FAILURE_S
        and not (call.ringing_reported or call.answered or call.hang_up_requested)
        and (ending.cause in _UNINFORMATIVE_CAUSES or not ending.certain_cause)
    )
