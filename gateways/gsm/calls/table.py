"""The call table: which calls a modem holds, out of lists that tell the truth late and lines that hint
at once.

+CLCC is the truth, unsolicited lines are hints (27.007 clause 7.18). A call has one `CallReleased`, whatever
mixture of lines and lists says so. This module sends nothing and asks nothing: `looks` says when a list is
wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gateways.gsm.at.parse import ClccRow, Direction, Stat
from gateways.gsm.calls.book import CallBook
from gateways.gsm.calls.by_hint import HintReader
from gateways.gsm.calls.by_list import ListReader
from gateways.gsm.calls.call import COMING_IN, SETTING_UP, CallView, view_of
from gateways.gsm.dialects.hints import Hint
from gateways.gsm.driver.events import CallEvent, CallId, Ref
from gateways.gsm.numbers import same

REPORT_S: Final = 1.0
"""So long the report about an end is waited for: what a modem half a second away needs."""


class CallTable:
    """See the module. Times in seconds of any one clock that only goes forward."""

    def __init__(self) -> None:
        self._book = CallBook()
        self._lists = ListReader(self._book)
        self._hints = HintReader(self._book, self._lists)

    def configure(self, *, settle_s: float, dial_appears_s: float, early_answer: bool) -> None:
        """What the dialect says: see `dialect.Times` and `answer_trust`."""
        self._book.settle_s = settle_s
        self._book.dial_appears_s = dial_appears_s
        self._book.early_answer = early_answer

    # --------------------------------------------------------------------------------------- what there is

    def calls(self) -> tuple[CallView, ...]:
        """The calls that have not been released, oldest first."""
        return tuple(view_of(call) for call in self._book.calls)

    def view(self, call: CallId) -> CallView | None:
        """One of them."""
        found = self._book.by_id(call)
        return view_of(found) if found is not None else None

    @property
    def busy(self) -> bool:
        """Whether any call is left."""
        return bool(self._book.calls)

    @property
    def unsettled(self) -> bool:
        """Whether a call is being set up, rings, or may be ending: the list is wanted often."""
        return any(
            call.state in SETTING_UP
            or call.state in COMING_IN
            or call.ending is not None
            or call.misses
            or not call.announced
            for call in self._book.calls
        )

    @property
    def one_row(self) -> bool:
        """Whether in the last list one row stood for all members of a conference."""
        return self._lists.conference

    @property
    def looks(self) -> bool:
        """Whether something has happened that makes the list of calls worth asking for."""
        return self._book.look

    def want_look(self) -> None:
        """Somebody wants the list of calls."""
        self._book.look = True

    def take_look(self) -> bool:
        """The same as `looks`; said once."""
        look, self._book.look = self._book.look, False
        return look

    def take_events(self) -> list[CallEvent]:
        """What has happened, in order."""
        events, self._book.events = self._book.events, []
        return events

    def next_deadline(self) -> float | None:
        """When `tick` has something to do."""
        times = [call.ending.due_s for call in self._book.calls if call.ending is not None]
        if self._book.look_again_s is not None:
            times.append(self._book.look_again_s)
        return min(times, default=None)

    def unexplained(self, now_s: float) -> CallId | None:
        """A call that has surely ended and of which nobody said why; each is named once. Its report is waited
        for.
        """
        for call in self._book.calls:
            ending = call.ending
            if ending is not None and ending.certain and not ending.certain_cause and not ending.report_asked:
                ending.report_asked = True
                ending.due_s = max(ending.due_s, now_s + REPORT_S)
                return call.id
        return None

    # -------------------------------------------------------------------------------------- what we do to it

    def dialled(self, ref: Ref | None, number: str, now_s: float, *, emergency: bool = False) -> CallId:
        """A dial is on its way to the modem."""
        self._book.settle_certain(now_s)
        call = self._book.new(Direction.OUT, Stat.DIALING, now_s, number=number, ref=ref)
        call.awaiting_dial, call.emergency = True, emergency
        self._book.announce(call, now_s)
        return call.id

    def dial_taken(self, call: CallId, now_s: float, *, written_s: float | None = None) -> None:
        """ATD, which was written then, has a result, or will get none: from now on the call must show up in
        the list."""
        found = self._book.by_id(call)
        if found is not None:
            found.dialled_s = written_s
        if found is not None and found.awaiting_dial:
            found.awaiting_dial = False
            found.appears_by_s = now_s + self._book.dial_appears_s
            self._book.look = True

    def adopt(self, ref: Ref, number: str, direction: Direction, now_s: float) -> CallId:
        """The journal says that this call stands on this modem: take it over, or expect it in the list.

        Reported as it is found; released when two lists do not show it. Where one row stands for all members
        of a conference it is one of them: who they are nothing but the journal knows.
        """
        for call in self._book.calls:
            if call.ref == ref:
                return call.id
        for call in self._book.calls:
            if call.ref is None and call.direction is direction and same(call.number, number):
                call.ref = ref
                return call.id
        state = Stat.DIALING if direction is Direction.OUT else Stat.INCOMING
        self._book.look = True
        made = self._book.new(direction, state, now_s, number=number, ref=ref)
        if self._lists.conference:
            made.state, made.answered, made.in_conference, made.seen = Stat.ACTIVE, True, True, True
            self._book.announce(made, now_s, found=True)
        return made.id

    def name(self, call: CallId, ref: Ref) -> None:
        """This call, incoming or found, is that requester's from now on."""
        found = self._book.by_id(call)
        if found is not None:
            found.ref = ref

    def answer_asked(self, call: CallId) -> None:
        """We are answering it."""
        found = self._book.by_id(call)
        if found is not None:
            found.answer_asked = True

    def answered(self, call: CallId, now_s: float) -> None:
        """The modem has taken our answer (ATA, +CHLD=2)."""
        found = self._book.by_id(call)
        if found is not None:
            found.last_sign_s = now_s
            self._book.advance(found, Stat.ACTIVE, now_s)
            self._book.look = True

    def hang_up_asked(self, call: CallId) -> None:
        """We are ending it: its end needs no other explanation."""
        found = self._book.by_id(call)
        if found is not None:
            found.hang_up_asked = True

    def ended(
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
        """A command's result says that this call has ended."""
        found = self._book.by_id(call)
        if found is not None:
            self._book.end(
                found, now_s, cause=cause, certain_cause=certain_cause, certain=certain, text=text, kind=kind
            )

    def over(self, call: CallId, now_s: float, *, cause: int, text: str, kind: str) -> None:
        """The call has ended, and it is known why."""
        self.ended(call, now_s, cause=cause, text=text, certain=True, certain_cause=True, kind=kind)

    def explain(self, call: CallId, cause: int | None, text: str, now_s: float) -> None:
        """The modem's report about an end (+CEER); none when it knows nothing: a line may still say why."""
        found = self._book.by_id(call)
        if found is None or found.ending is None:
            return
        if cause is None:
            self._book.settle(found.ending, now_s)
            return
        found.ending.cause, found.ending.certain_cause, found.ending.text = cause, True, text
        if found.ending.certain:
            self._book.release(found, now_s)

    def all_lost(self, now_s: float, *, cause: int | None, text: str, certain: bool) -> None:
        """The modem has started anew, or is gone."""
        for call in list(self._book.calls):
            self._book.end(
                call, now_s, cause=cause, certain_cause=True, certain=certain, text=text, kind="lost"
            )

    def port_gone(self) -> None:
        """Nothing is heard of calls until the port is back; the line has lost whichever has ended then."""
        for call in self._book.calls:
            call.port_gone = True

    def port_back(self) -> None:
        """The port is back, and the modem was not reset: a call that is gone has ended by itself."""
        for call in self._book.calls:
            call.port_gone = False

    def dials_lost(self, now_s: float, *, cause: int, text: str) -> None:
        """Nobody answers: dials of which the modem has shown nothing yet are given up."""
        for call in list(self._book.calls):
            if call.direction is Direction.OUT and call.state is Stat.DIALING and not call.seen:
                self._book.end(
                    call, now_s, cause=cause, certain_cause=True, certain=True, text=text, kind="lost"
                )

    def went(self, call: CallId, state: Stat, now_s: float) -> None:
        """A supplementary service has put the call into this state (+CHLD, and no list to see it in)."""
        found = self._book.by_id(call)
        if found is None:
            return
        if state is Stat.RELEASED:
            found.hang_up_asked = True
            self._book.end(
                found, now_s, cause=None, certain_cause=False, certain=True, text="hung up here", kind="chld"
            )
        else:
            self._book.advance(found, state, now_s)

    def settle(self, now_s: float) -> None:
        """Nothing more will be heard: every end that was spoken of is one."""
        for call in list(self._book.calls):
            if call.ending is not None:
                self._book.release(call, now_s)

    def joined(self) -> None:
        """The modem has joined its held and active calls (+CHLD=3)."""
        for call in self._book.calls:
            if call.state in (Stat.ACTIVE, Stat.HELD):
                call.in_conference = True
        self._book.look = True

    # ------------------------------------------------------------------------------------ what is heard

    def hint(self, hint: Hint, now_s: float, *, can_ask: bool) -> None:
        """An unsolicited line. `can_ask`: a list of calls can be had soon, so that doubt can wait for it."""
        self._hints.read(hint, now_s, can_ask=can_ask)

    def snapshot(
        self,
        rows: Sequence[ClccRow],
        now_s: float,
        *,
        asked_s: float,
        conference: bool = False,
        spoilt: bool = False,
    ) -> None:
        """The whole list of calls, asked for at `asked_s`.

        `conference`: a row stood for all members of a conference, who have none of their own. `spoilt`: a
        row may have been lost on the line, so that a call without one need not be gone.
        """
        self._lists.snapshot(rows, now_s, asked_s=asked_s, conference=conference, spoilt=spoilt)

    def tick(self, now_s: float) -> None:
        """Time has passed."""
        self._book.tick(now_s)
