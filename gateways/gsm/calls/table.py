"""The call table: the calls of a modem, derived from true but late lists and from early lines.

+CLCC is the truth, unsolicited lines are hints (27.007 clause 7.18). A call has one `CallReleased`,
regardless of the mixture of lines and lists that report its end. This module sends and requests nothing:
`list_wanted` reports that a list is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gateways.gsm.at.parse import ClccRow, Direction, Stat
from gateways.gsm.calls.book import CallBook
from gateways.gsm.calls.call import INCOMING_STATES, OUTGOING_SETUP_STATES, CallView, view_of
from gateways.gsm.calls.hint_reader import HintReader
from gateways.gsm.calls.list_reader import ListReader
from gateways.gsm.dialects.hints import Hint
from gateways.gsm.driver.events import CallEvent, CallId, Ref
from gateways.gsm.numbers import is_same_number

END_REPORT_WAIT_S: Final = 1.0
"""Longest wait for the report about an end, in seconds: enough for an answer after half a second."""


class CallTable:
    """The calls of one modem. Times are in seconds of any clock that only goes forward."""

    def __init__(self) -> None:
        self._book = CallBook()
        self._lists = ListReader(self._book)
        self._hints = HintReader(self._book, self._lists)

    def configure(self, *, settle_s: float, dial_appears_s: float, early_answer: bool) -> None:
        """Set the values of the dialect: see `dialect.Times` and `answer_trust`."""
        self._book.settle_s = settle_s
        self._book.dial_appears_s = dial_appears_s
        self._book.early_answer = early_answer

    # ----------------------------------------------------------------------------------------------- calls

    def calls(self) -> tuple[CallView, ...]:
        """Return the calls that have not been released, oldest first."""
        return tuple(view_of(call) for call in self._book.calls)

    def view(self, call: CallId) -> CallView | None:
        """Return the call with this id; None if it was released."""
        found = self._book.by_id(call)
        return view_of(found) if found is not None else None

    @property
    def has_calls(self) -> bool:
        """True if any call is left."""
        return bool(self._book.calls)

    @property
    def has_changing_call(self) -> bool:
        """True if a call is being set up, rings, or may be ending: the list is wanted often."""
        return any(
            call.state in OUTGOING_SETUP_STATES
            or call.state in INCOMING_STATES
            or call.ending is not None
            or call.misses
            or not call.announced
            for call in self._book.calls
        )

    @property
    def one_row_for_conference(self) -> bool:
        """True if, in the last list, one row stood for all members of a conference."""
        return self._lists.one_row_for_conference

    @property
    def list_wanted(self) -> bool:
        """True if something has happened that makes the list of calls worth requesting."""
        return self._book.list_wanted

    def want_list(self) -> None:
        """Note that the list of calls is wanted."""
        self._book.list_wanted = True

    def take_list_wanted(self) -> bool:
        """Return `list_wanted`, and clear the mark."""
        wanted, self._book.list_wanted = self._book.list_wanted, False
        return wanted

    def take_events(self) -> list[CallEvent]:
        """Return the events since the last call, in order."""
        events, self._book.events = self._book.events, []
        return events

    def next_deadline(self) -> float | None:
        """Return the time, in seconds, of the next necessary `tick`; None if none is necessary."""
        times = [call.ending.release_at_s for call in self._book.calls if call.ending is not None]
        if self._book.list_wanted_at_s is not None:
            times.append(self._book.list_wanted_at_s)
        return min(times, default=None)

    def take_unexplained(self, now_s: float) -> CallId | None:
        """Return a call that has certainly ended without a certain cause; None without such a call. Each call
        is returned once. The release then waits for the report about the end.
        """
        for call in self._book.calls:
            ending = call.ending
            if (
                ending is not None
                and ending.certain
                and not ending.certain_cause
                and not ending.report_requested
            ):
                ending.report_requested = True
                ending.release_at_s = max(ending.release_at_s, now_s + END_REPORT_WAIT_S)
                return call.id
        return None

    # --------------------------------------------------------------------------------- the center's own acts

    def add_dial(self, ref: Ref | None, number: str, now_s: float, *, emergency: bool = False) -> CallId:
        """Note a dial command that is being sent to the modem."""
        self._book.release_certain(now_s)
        call = self._book.add_call(Direction.OUT, Stat.DIALING, now_s, number=number, ref=ref)
        call.awaiting_dial, call.emergency = True, emergency
        self._book.announce(call, now_s)
        return call.id

    def on_dial_result(self, call: CallId, now_s: float, *, written_s: float | None = None) -> None:
        """Note that ATD, written at `written_s`, has a result or gets none: the list must show the call."""
        found = self._book.by_id(call)
        if found is not None:
            found.dialled_s = written_s
        if found is not None and found.awaiting_dial:
            found.awaiting_dial = False
            found.appears_by_s = now_s + self._book.dial_appears_s
            self._book.list_wanted = True

    def adopt(self, ref: Ref, number: str, direction: Direction, now_s: float) -> CallId:
        """Add a call that the journal records for this modem: claim the found call, or expect it in the list.

        The call is reported as found, and released if two lists do not show the call. If one row stands for
        all members of a conference, the call counts as a member: only the journal knows the members.
        """
        for call in self._book.calls:
            if call.ref == ref:
                return call.id
        for call in self._book.calls:
            if call.ref is None and call.direction is direction and is_same_number(call.number, number):
                call.ref = ref
                return call.id
        state = Stat.DIALING if direction is Direction.OUT else Stat.INCOMING
        self._book.list_wanted = True
        made = self._book.add_call(direction, state, now_s, number=number, ref=ref)
        if self._lists.one_row_for_conference:
            made.state, made.answered, made.in_conference, made.listed = Stat.ACTIVE, True, True, True
            self._book.announce(made, now_s, found=True)
        return made.id

    def assign(self, call: CallId, ref: Ref) -> None:
        """Assign this call, incoming or found, to the requester."""
        found = self._book.by_id(call)
        if found is not None:
            found.ref = ref

    def on_answer_requested(self, call: CallId) -> None:
        """Note that the center is answering the call."""
        found = self._book.by_id(call)
        if found is not None:
            found.answer_requested = True

    def on_answer_accepted(self, call: CallId, now_s: float) -> None:
        """Note that the modem has accepted the answer (ATA, +CHLD=2)."""
        found = self._book.by_id(call)
        if found is not None:
            found.last_sign_s = now_s
            self._book.advance(found, Stat.ACTIVE, now_s)
            self._book.list_wanted = True

    def on_hang_up_requested(self, call: CallId) -> None:
        """Note that the center is ending the call: the end needs no other explanation."""
        found = self._book.by_id(call)
        if found is not None:
            found.hang_up_requested = True

    def on_end_reported(
        self,
        call: CallId,
        now_s: float,
        *,
        cause: int | None,
        text: str,
        certain: bool,
        certain_cause: bool,
        kind: str = "",
    ) -> None:
        """Note that a command's result reports the end of this call."""
        found = self._book.by_id(call)
        if found is not None:
            self._book.end(
                found, now_s, cause=cause, certain_cause=certain_cause, certain=certain, text=text, kind=kind
            )

    def end_with_cause(self, call: CallId, now_s: float, *, cause: int, text: str, kind: str) -> None:
        """Note that the call has ended, with a known cause."""
        self.on_end_reported(call, now_s, cause=cause, text=text, certain=True, certain_cause=True, kind=kind)

    def on_cause_report(self, call: CallId, cause: int | None, text: str, now_s: float) -> None:
        """Process the modem's report about an end (+CEER); None without a cause: a line may yet report it."""
        found = self._book.by_id(call)
        if found is None or found.ending is None:
            return
        if cause is None:
            self._book.schedule_release(found.ending, now_s)
            return
        found.ending.cause, found.ending.certain_cause, found.ending.text = cause, True, text
        if found.ending.certain:
            self._book.release(found, now_s)

    def end_all(self, now_s: float, *, cause: int | None, text: str, certain: bool) -> None:
        """End every call: the modem has restarted, or is lost."""
        for call in list(self._book.calls):
            self._book.end(
                call, now_s, cause=cause, certain_cause=True, certain=certain, text=text, kind="lost"
            )

    def on_port_lost(self) -> None:
        """Note that the port is lost: the state of calls is unknown until the port is back, and a call that
        has ended by then was lost by the line.
        """
        for call in self._book.calls:
            call.port_was_lost = True

    def on_port_restored(self) -> None:
        """Note that the port is back and the modem was not reset: a call that the modem no longer lists has
        ended normally.
        """
        for call in self._book.calls:
            call.port_was_lost = False

    def end_unlisted_dials(self, now_s: float, *, cause: int, text: str) -> None:
        """Give up the dials that the modem has not shown yet: the modem does not answer."""
        for call in list(self._book.calls):
            if call.direction is Direction.OUT and call.state is Stat.DIALING and not call.listed:
                self._book.end(
                    call, now_s, cause=cause, certain_cause=True, certain=True, text=text, kind="lost"
                )

    def set_state(self, call: CallId, state: Stat, now_s: float) -> None:
        """Set the state of the call after a supplementary service (+CHLD, without a list to show it)."""
        found = self._book.by_id(call)
        if found is None:
            return
        if state is Stat.RELEASED:
            found.hang_up_requested = True
            self._book.end(
                found, now_s, cause=None, certain_cause=False, certain=True, text="hung up here", kind="chld"
            )
        else:
            self._book.advance(found, state, now_s)

    def release_ended(self, now_s: float) -> None:
        """Release every call with a reported end: no further line will come."""
        for call in list(self._book.calls):
            if call.ending is not None:
                self._book.release(call, now_s)

    def on_calls_joined(self) -> None:
        """Note that the modem has joined its held and active calls (+CHLD=3)."""
        for call in self._book.calls:
            if call.state in (Stat.ACTIVE, Stat.HELD):
                call.in_conference = True
        self._book.list_wanted = True

    # -------------------------------------------------------------------------------------------- input

    def process_hint(self, hint: Hint, now_s: float, *, list_available: bool) -> None:
        """Process an unsolicited line. `list_available`: a list of calls can be requested soon, so that a
        doubt can wait for the list."""
        self._hints.read(hint, now_s, list_available=list_available)

    def process_list(
        self,
        rows: Sequence[ClccRow],
        now_s: float,
        *,
        requested_s: float,
        conference: bool = False,
        damaged: bool = False,
    ) -> None:
        """Process the whole list of calls, requested at `requested_s`.

        `conference`: one row stood for all members of a conference, which have no rows of their own.
        `damaged`: a row may have been lost on the line, so that a call without a row need not be gone.
        """
        self._lists.process_list(rows, now_s, requested_s=requested_s, conference=conference, damaged=damaged)

    def tick(self, now_s: float) -> None:
        """Release the calls whose waiting time for a cause is over at `now_s` (seconds)."""
        self._book.tick(now_s)
