"""The DutyCaller: notifies people on duty of alarms of the center, and calls them until one takes the alarm.

Each act is in the journal before it is carried out, at an expected version of one stream shared by all nodes:
of two nodes one acts, and a process that replaces a dead one repeats nothing. Alerts come first: a duty call
never takes a line that an alert needs, and gives way at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

import msgspec
from thespian.actors import ActorAddress

from features.duty.call_manager import CallManager, leg_of
from features.duty.callout_rules import (
    SETTLES_US,
    callout_to_join,
    pending_alarms,
    reason_to_end,
    standing_alarms,
)
from features.duty.notifications import NotificationSender, SendJob, SendResult
from features.duty.read_model import DutyReadModel
from features.duty.store import new_id
from features.duty.words import NotificationText, notification_text
from gateways.callouts import decider
from gateways.callouts.channels.sending import send
from gateways.callouts.decider import LINE_US, PlannedAttempt
from messages.calls import CallReport
from messages.envelope import Envelope
from messages.events import (
    CalloutAlarm,
    CalloutEnded,
    CalloutFailed,
    CalloutJoined,
    CalloutOpened,
    LineSeized,
)
from messages.ids import (
    E164,
    SECOND,
    CalloutFailure,
    CalloutKind,
    DutyWay,
    Instant,
    LineId,
    NodeId,
    Party,
    Role,
)
from messages.lines import GiveWay, LineGranted, LineRefused, RequestLine
from model.alarms.active import NO_WAY, Key
from model.alarms.kind import SubjectKind
from model.alarms.table import subject_kind_of
from model.callouts.callout import Callout
from model.callouts.roster import Person, on_duty
from model.rules.calls.withheld_numbers import why_number_unfit
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.threads import Courier, ThreadCourier, Waker
from store import streams
from store.alarms import NodeAlarms
from store.errors import StoreError, VersionConflict
from store.journal.journal import Append, Journal, Transaction

NOBODY_ANSWERS: Final = "duty.nobody"
ROSTER_UNREADABLE: Final = "duty.unreadable"
TURN_US: Final = Instant(SECOND // 4)


class _LineRequest(msgspec.Struct):
    """A line requested from the TrunkPool for one attempt."""

    callout: str
    planned: PlannedAttempt
    at: Instant
    number: int = 0
    """Number that the attempt will have in the journal."""


class DutyCallerActor(CenterActor):
    """Actor for duty callouts. Watches alarms of all nodes; each node carries out the callouts it began."""

    role: ClassVar[Role] = Role.DUTY_CALLER

    def started(self) -> None:
        """Resume the work recorded in the journal."""
        self._setup = self.env.settings_as(Setup)
        self._journal = self.close_at_end(self.env.open_journal_as(Journal))
        self._model = DutyReadModel(self._journal)
        self._alarms = NodeAlarms(self._journal, self.env.node)
        self._waker = self.close_at_end(Waker())
        self._notifications = NotificationSender(
            self._journal,
            self._setup,
            self.env.node,
            self._model,
            self.courier(self._waker),
            self._words_for,
        )
        self._calls = self.new_call_manager()
        self._line_request: _LineRequest | None = None
        self._pending_calls: list[tuple[str, PlannedAttempt]] = []
        """Calls to be made now, each with the id of its callout; called one after another."""
        self._turn_scheduled = False
        self.watch(self._waker.fileno(), self._on_results)
        self._poll()
        self._calls.release_stale_lines(self._model.callouts, self._live_nodes())

    def courier(self, waker: Waker) -> Courier[SendJob, SendResult]:
        """Return the courier of written notifications: a thread each, so that no slow server
        delays others.
        """
        setup = self._setup
        return ThreadCourier(lambda letter: (letter[1], send(*letter, setup)), waker, "duty")

    def new_call_manager(self) -> CallManager:
        """Return the manager of the current call."""
        return CallManager(self, self._journal, self._setup, self._words_for)

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Handle a modem's report on a call, an answer of the TrunkPool, or an alert that needs the line."""
        match envelope.body:
            case CallReport() as report:
                self._calls.on_call_report(report)
                return  # this report answers an order; a new order now would start an endless exchange
            case LineGranted() as granted:
                self._on_line_granted(granted)
            case LineRefused():
                pass  # requested again each second, until the limit
            case GiveWay(line=line):
                if not self._calls.give_way(line):
                    # Also release the line of a call whose process died before the call was begun.
                    self._calls.release_stale_lines(self._model.callouts, self._live_nodes())
                self._advance_call()
            case _:
                super().receive(envelope, sender)

    def tick(self, now_us: Instant) -> None:
        """Read the alarms and continue the pending callouts."""
        self._poll()

    def timer(self, timer: object, now_us: Instant) -> None:
        """Advance the current call, several times a second."""
        self._turn_scheduled = False
        self._advance_call()

    def stopping(self) -> None:
        """Leave the current call up."""
        self._calls.detach()

    def _on_results(self) -> None:
        self._waker.take()
        self._poll()

    # ------------------------------------------------------------ polling

    def _live_nodes(self) -> list[NodeId]:
        return [self.env.node, *(place.node for place in self.env.peers.places)]

    def _poll(self) -> None:
        if self.env.clock_settles():
            return  # with the time of the last shutdown the wrong people would be called
        now_us = self.now_us()
        try:
            self._model.refresh(self._live_nodes(), now_us)
            self._calls.resume_call(self._model.callouts, self._model.roster, self._live_nodes())
            self._notifications.record_results()
            self._open_callouts(now_us)
            wrong: dict[Key, str] = {(NOBODY_ANSWERS, ""): "", (NO_WAY, ""): ""}
            self._pending_calls = []
            for callout in self._model.callouts.open:
                found = self._run_callout(callout, now_us)
                wrong |= {key: words for key, words in found.items() if words}
            self._request_line(now_us)
            self._notifications.notify_takers(now_us)
            self._alarms.tell(wrong, over="A person on duty was reached, or no callout is needed.")
            fault = self._model.roster_fault
            self._alarms.tell({(ROSTER_UNREADABLE, ""): fault and f"The roster cannot be read: {fault}"})
        except VersionConflict:
            pass  # another node was first; polled again in a second
        except StoreError as error:
            self.log.error("the journal cannot be used", error=str(error))
        self._advance_call()

    def _open_callouts(self, now_us: Instant) -> None:
        """Open a callout for alarms that have no callout yet."""
        model, roster = self._model, self._model.roster
        if not roster.people:
            return
        alive = set(self._live_nodes())
        lines = self.env.peers.lines_with(self._setup.settings.lines)
        kept = self._setup.settings.limits.inbound_lines_kept * len(alive)
        found = pending_alarms(
            model.book,
            model.callouts,
            now_us,
            alive=alive,
            staff_present=model.staff_present,
            zone=roster.zone,
            morning=self._setup.settings.duty.morning,
            test_alerts=model.test_alerts,
            lines_that_can_wait=model.lines_that_can_wait(lines, kept, alive, now_us),
        )
        if self._is_opened_here(found.at_once, now_us):
            known = callout_to_join(found.at_once, model.callouts, roster, now_us)
            if known is not None:
                self._model.append(CalloutJoined(callout=known.id, alarms=found.at_once))
            else:
                self._append_callout(CalloutKind.ALARM, found.at_once)
        if self._is_opened_here(found.morning, now_us):
            self._append_callout(CalloutKind.MORNING, found.morning)

    def _is_opened_here(self, alarms: Sequence[CalloutAlarm], now_us: Instant) -> bool:
        """Return True if this node reports these alarms. The node that raised one of them is first; another
        node follows soon after if that node does not act.
        """
        own = any(one.node == self.env.node for one in alarms)
        return bool(alarms) and (
            own or now_us - min(one.raised_at for one in alarms) >= decider.LATE_US + SETTLES_US
        )

    def _append_callout(self, kind: CalloutKind, alarms: tuple[CalloutAlarm, ...]) -> None:
        def work(tx: Transaction) -> None:
            opened = CalloutOpened(callout=new_id(tx), kind=kind, alarms=alarms)
            tx.append(Append(streams.DUTY, self._model.callouts.version, (opened,)))

        self._journal.transact(work)
        self._model.refresh_callouts()
        self.log.warning(
            "a callout to the people on duty is opened", kind=str(kind), alarms=[one.alarm for one in alarms]
        )

    # ------------------------------------------------------------ a callout

    def _people_for(self, callout: Callout, now_us: Instant) -> tuple[Person, ...]:
        roster = self._model.roster
        if callout.kind is CalloutKind.TEST:
            return tuple(one for one in roster.people if one.id == callout.person)
        return on_duty(roster, now_us)

    def _run_callout(self, callout: Callout, now_us: Instant) -> dict[Key, str]:
        """Carry out the pending steps of a callout; return the alarms about the callout, with their texts."""
        people, alive = self._people_for(callout, now_us), self._live_nodes()
        step = decider.pending_actions(callout, people, now_us)
        peers = self.env.peers
        sure = peers.alone or (peers.settled and peers.alive)
        end = reason_to_end(callout, self._model.book, now_us, alive=set(alive)) or step.end
        if not decider.is_mine(callout, step, self.env.node, alive, now_us, sure=sure):
            return {}
        current = self._calls.number_of(callout.id)
        if end is not None and not (current is not None and self._calls.answered):
            self._model.append(CalloutEnded(callout=callout.id, why=end))
            return {}
        for one in decider.orphan_calls(callout, self.env.node, alive, now_us, current):
            self._model.append(CalloutFailed(callout=callout.id, attempt=one.number, why=CalloutFailure.LOST))
        self._notifications.record_text_results(callout, now_us)
        if step.written:
            self._notifications.begin_attempts(callout, step.written, now_us)
        self._notifications.send_open_attempts(callout, people)
        if step.call is not None and not self._calls.busy:
            self._pending_calls.append((callout.id, step.call))
        tries = [one for one in callout.attempts if one.way is DutyWay.CALL]
        no_line = bool(tries) and tries[-1].failure in decider.NO_CALL
        return {
            (NOBODY_ANSWERS, ""): "All people on duty were called, and no one has taken the callout."
            if step.exhausted
            else "",
            (NO_WAY, ""): "People on duty cannot be called." if step.no_way or no_line else "",
        }

    def _words_for(self, callout: Callout, person: Person) -> NotificationText:
        alarms = standing_alarms(callout, self._model.book, alive=set(self._live_nodes())) or callout.alarms
        return notification_text(callout.kind, alarms, person.language, self._setup.settings.spoken)

    # ------------------------------------------------------------ the call

    def _request_line(self, now_us: Instant) -> None:
        """Request a line for the first of the pending calls."""
        first = next(iter(self._pending_calls), None)
        callout = None if first is None else self._model.callouts.get(first[0])
        if first is None or callout is None:
            self._line_request = None
            return
        if self._line_request is None or (self._line_request.callout, self._line_request.planned) != first:
            self._line_request = _LineRequest(*first, now_us)
        asked = self._line_request
        asked.number = number = len(callout.attempts) + 1
        refused = why_number_unfit(E164(asked.planned.to), self._setup.settings) is not None
        if refused or now_us - asked.at >= LINE_US:
            self._line_request = None
            why = CalloutFailure.REFUSED if refused else CalloutFailure.NO_LINE
            failed = CalloutFailed(callout=callout.id, attempt=number, why=why)
            self._model.append(asked.planned.tried_event(callout.id, number), failed)
            return
        request = RequestLine(
            leg=leg_of(callout.id, number),
            attempt=1,
            party=Party.OPERATOR,
            callout=callout.id,
            avoid=self._to_avoid(callout),
        )
        self.tell(Role.TRUNK_POOL, "", request)

    def _to_avoid(self, callout: Callout) -> tuple[LineId, ...]:
        """Return the lines with an alarm of this callout, and those on which a call of the callout failed."""
        wrong = [one.subject for one in callout.alarms if subject_kind_of(one.alarm) is SubjectKind.LINE]
        failed = [
            one.line
            for one in callout.attempts
            if one.line is not None and one.failure in (CalloutFailure.AWAY, CalloutFailure.NO_VOICE)
        ]
        return tuple(dict.fromkeys((*map(LineId, wrong), *failed)))

    def _on_line_granted(self, granted: LineGranted) -> None:
        request = self._line_request
        if request is None or granted.leg != leg_of(request.callout, request.number) or self._calls.busy:
            return
        now_us = self.now_us()
        seized = LineSeized(line=granted.line, leg=granted.leg, attempt=1, callout=request.callout)
        tried = request.planned.tried_event(request.callout, request.number, line=granted.line)
        try:
            self._model.refresh(self._live_nodes(), now_us)
            callout = self._model.callouts.get(request.callout)
            if callout is None or callout.ended_at is not None:
                return
            step = decider.pending_actions(callout, self._people_for(callout, now_us), now_us)
            if step.call != request.planned or len(callout.attempts) + 1 != request.number:
                return
            self._journal.append(
                Append(streams.line(granted.line), granted.version, (seized,)),
                Append(streams.DUTY, self._model.callouts.version, (tried,)),
            )
            self._line_request = None
            self._model.refresh_callouts()
            self._calls.resume_call(self._model.callouts, self._model.roster, self._live_nodes())
        except VersionConflict:
            return  # another process has the line, or was first; a line is requested again
        except StoreError as error:
            self.log.error("the callout cannot be continued: the journal cannot be used", error=str(error))
            return
        self._advance_call()

    def _advance_call(self) -> None:
        over = self._calls.advance(self._model)
        if self._calls.busy and not self._turn_scheduled:
            self._turn_scheduled = True
            self.at(Instant(self.now_us() + TURN_US), "turn")
        if over:
            self._poll()
