"""Calls of this node to people on duty: resumed, advanced, recorded in the journal; their lines released."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import Final

from features.duty.read_model import DutyReadModel
from features.duty.words import NotificationText, already_taken_reply
from gateways.callouts.call import NEXT, TAKES, DutyCall, Reply, Voice
from gateways.callouts.decider import LONGEST_US
from media.conference.conference import Conference
from media.conference.sounds import Sounds
from media.ports.node_port import node_pass
from media.ports.opening import open_port
from messages.calls import CallReport
from messages.events import (
    CalloutAnswered,
    CalloutEnded,
    CalloutFailed,
    CalloutTaken,
    CalloutTold,
    Event,
)
from messages.ids import (
    E164,
    CalloutEnd,
    CalloutFailure,
    DutyWay,
    Instant,
    LegId,
    LineId,
    NodeId,
    Role,
)
from model.callouts.callout import Attempt, Callout, Callouts
from model.callouts.roster import Person, Roster
from model.setup import Setup
from runtime.actor import CenterActor
from store import streams
from store.errors import StoreError, VersionConflict
from store.journal.journal import Append, Journal
from store.lines_held import LinesHeld

_DUTY: Final = "duty-"


def leg_of(callout: str, attempt: int) -> LegId:
    """Return the leg's id for an attempt of a callout."""
    return LegId(f"{_DUTY}{callout}:{attempt}")


class CallManager:
    """Manager of this node's current call to a person on duty; at most one call at a time."""

    def __init__(
        self,
        actor: CenterActor,
        journal: Journal,
        setup: Setup,
        words_for: Callable[[Callout, Person], NotificationText],
    ) -> None:
        """`words_for`: returns the words for a person."""
        self._actor = actor
        self._words_for = words_for
        self._env = actor.env
        self._journal = journal
        self._setup = setup
        self._call: DutyCall | None = None
        self._callout = ""
        self._number = 0
        self._person: Person | None = None
        self._held = LinesHeld(journal, (spec.line for spec in setup.settings.lines))

    @property
    def busy(self) -> bool:
        """True if a call is on."""
        return self._call is not None

    @property
    def answered(self) -> bool:
        """True if the current call is answered."""
        return self._call is not None and self._call.answered

    def number_of(self, callout: str) -> int | None:
        """Return the number of this callout's current attempt; None if no call of the callout is on."""
        return self._number if self._call is not None and self._callout == callout else None

    def new_voice(self) -> Voice:
        """Return a new conference for the line's voice port."""
        setup, nodes = self._setup, self._env.node_voice
        own = Path(setup.settings.announcements.folder) if setup.settings.announcements.folder else None
        let_in_by = None if nodes is None else node_pass(nodes.secret)
        return Conference(
            load_sound=Sounds(own, setup.settings.language).load,
            open_port=partial(open_port, let_in_by=let_in_by, locks=self._env.run),
        )

    def resume_call(self, callouts: Callouts, roster: Roster, alive: Collection[NodeId]) -> None:
        """Resume the call that the journal assigns to this node, if no call is on."""
        if self._call is not None:
            return
        now_us = self._actor.now_us()
        for callout in (*callouts.open, *callouts.ended):
            for one in callout.now:
                if (
                    one.way is DutyWay.CALL
                    and one.node == self._env.node
                    and one.line is not None
                    and now_us - one.at < LONGEST_US
                ):
                    self._start(callout, one, one.line, roster, now_us)
                    return

    def _start(
        self, callout: Callout, attempt: Attempt, line: LineId, roster: Roster, now_us: Instant
    ) -> None:
        person = roster.person(attempt.person)
        if person is None or attempt.contact >= len(person.contacts):
            return  # removed from the roster: the attempt is failed as lost
        self._callout, self._number, self._person = callout.id, attempt.number, person
        self._call = DutyCall(
            line=line,
            leg=leg_of(callout.id, attempt.number),
            number=E164(person.contacts[attempt.contact].to),
            language=person.language,
            words=self._words_for(callout, person).spoken,
            voice=self.new_voice(),
            began_at=attempt.at,
            now_us=now_us,
        )

    def on_call_report(self, report: CallReport) -> None:
        """Apply a modem's report on the state of the call."""
        if self._call is not None:
            self._call.on_report(report, self._actor.now_us())

    def give_way(self, line: LineId) -> bool:
        """Hang up because an alert needs the line; return False if the call is on another line."""
        if self._call is None or self._call.line != line:
            return False
        self._call.hang_up(CalloutFailure.GAVE_WAY)
        return True

    def detach(self) -> None:
        """Detach from the call at the end of this process: the call stays up."""
        if self._call is not None:
            self._call.leave()
        self._held.close()

    def advance(self, model: DutyReadModel) -> bool:
        """Advance the call; return True if it has ended now."""
        call = self._call
        if call is None:
            return False
        now_us = self._actor.now_us()
        try:
            model.refresh_callouts()
            self._check_line(call)
            self._record_progress(call, model.callouts, now_us)
        except VersionConflict:
            pass  # retried at the next turn
        except StoreError as error:
            self._actor.log.error("the journal cannot be used", error=str(error))
        port = call.port
        if port is not None:
            port = self._env.peers.voice_of(call.line, port, self._setup.settings.lines)
        order, over = call.advance(now_us, port)
        if order is not None:
            self._actor.tell_line(Role.GSM_MODEM, call.line, order)
        return over and self._finish(call, model)

    def _check_line(self, call: DutyCall) -> None:
        self._held.follow()
        if not self._held.has(call.line, call.leg):
            # A caller rings in on this line, which now belongs to the incoming call.
            call.hang_up(CalloutFailure.GAVE_WAY)

    def _record_progress(self, call: DutyCall, callouts: Callouts, now_us: Instant) -> None:
        """Record answer and pressed keys in the journal, and only then reply to the person."""
        callout = callouts.get(self._callout)
        attempt = None if callout is None else callout.attempt(self._number)
        if callout is None or attempt is None or call.hanging_up:
            return
        if call.answered and attempt.answered_at is None and attempt.open:
            self._append(callouts, CalloutAnswered(callout=callout.id, attempt=attempt.number))
        key = "" if call.replied else call.key(now_us)
        if callout.ended_at is not None and not call.replied:
            if not call.answered:
                call.hang_up(CalloutFailure.ENDED)
            elif key:
                taken = already_taken_reply(self._language(), self._setup.settings.spoken)
                call.reply(Reply.OTHER, taken, now_us)
        elif key == TAKES:
            person = "" if self._person is None else self._person.id
            self._append(
                callouts,
                CalloutTaken(callout=callout.id, person=person, way=DutyWay.CALL),
                CalloutTold(callout=callout.id, attempt=attempt.number),
                CalloutEnded(callout=callout.id, why=CalloutEnd.TAKEN),
            )
            call.reply(Reply.TAKEN, "", now_us)
        elif key == NEXT:
            failed = CalloutFailed(callout=callout.id, attempt=attempt.number, why=CalloutFailure.NEXT)
            self._append(callouts, failed)
            call.reply(Reply.NEXT, "", now_us)

    def _language(self) -> str:
        return "" if self._person is None else self._person.language

    def _finish(self, call: DutyCall, model: DutyReadModel) -> bool:
        """Record the outcome and release the line; return False if this cannot be done now."""
        callouts = model.callouts
        try:
            callout = callouts.get(self._callout)
            attempt = None if callout is None else callout.attempt(self._number)
            if attempt is not None and attempt.open:
                why = call.failure or CalloutFailure.ENDED
                self._append(
                    callouts,
                    CalloutFailed(callout=self._callout, attempt=self._number, why=why, cause=call.cause),
                )
            self._held.let_go(call.line, call.leg)
        except VersionConflict:
            return False  # retried at the next turn
        except StoreError as error:
            self._actor.log.warning("the line cannot be released yet", line=call.line, error=str(error))
            return False
        self._actor.log.info(
            "a call to a person on duty has ended",
            callout=self._callout,
            attempt=self._number,
            why=str(call.failure or ""),
        )
        self._call = None
        self._held.close()
        return True

    def _append(self, callouts: Callouts, *events: Event) -> None:
        for recorded in self._journal.append(Append(streams.DUTY, callouts.version, events)):
            callouts.apply(recorded)

    def release_stale_lines(self, callouts: Callouts, alive: Collection[NodeId]) -> None:
        """Release this node's lines held for an attempt that is over, or for a node that no longer exists."""
        needed = {
            leg_of(callout.id, one.number)
            for callout in (*callouts.open, *callouts.ended)
            for one in callout.now
            if one.node in alive and self._actor.now_us() - one.at < LONGEST_US
        }
        if self._call is not None:
            needed.add(self._call.leg)
        try:
            self._held.follow()
            self._held.let_go_of(lambda hold: hold.callout is not None and hold.leg not in needed)
        except StoreError as error:
            self._actor.log.warning("the line cannot be released yet", error=str(error))
        if self._call is None:
            self._held.close()
