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

from features.duty.calling import Calling, leg_of
from features.duty.callout_rules import SETTLES_US, due, end_of, joins, standing
from features.duty.notifications import Brought, Letter, Writing
from features.duty.read_model import Watching
from features.duty.store import new_id
from features.duty.words import Told, told
from gateways.callouts import decider
from gateways.callouts.channels.sending import send
from gateways.callouts.decider import LINE_US, Try
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

NOBODY: Final = "duty.nobody"
UNREADABLE: Final = "duty.unreadable"
TURN_US: Final = Instant(SECOND // 4)


class _Asked(msgspec.Struct):
    """A line requested from the TrunkPool for one attempt."""

    callout: str
    wanted: Try
    at: Instant
    number: int = 0
    """Number that the attempt will have in the journal."""


class DutyCallerActor(CenterActor):
    """Actor for duty callouts. Watches alarms of all nodes; each node carries out the callouts it began."""

    role: ClassVar[Role] = Role.DUTY_CALLER

    def started(self) -> None:
        """Resume the work recorded in the journal."""
        self._setup = self.env.settings_as(Setup)
        self._journal = self.keep(self.env.open_journal_as(Journal))
        self._watching = Watching(self._journal)
        self._alarms = NodeAlarms(self._journal, self.env.node)
        self._waker = self.keep(Waker())
        self._writing = Writing(
            self._journal,
            self._setup,
            self.env.node,
            self._watching,
            self.courier(self._waker),
            self._told,
        )
        self._calling = self.calling()
        self._asked: _Asked | None = None
        self._wants: list[tuple[str, Try]] = []
        """Attempts that are due now, each with the id of its callout; called one after another."""
        self._turns = False
        self.watch(self._waker.fileno(), self._back)
        self._look()
        self._calling.let_go_of_lines(self._watching.callouts, self._alive())

    def courier(self, waker: Waker) -> Courier[Letter, Brought]:
        """Return the courier of written notifications: a thread each, so that no slow server
        delays others.
        """
        setup = self._setup
        return ThreadCourier(lambda letter: (letter[1], send(*letter, setup)), waker, "duty")

    def calling(self) -> Calling:
        """Return the manager of the current call."""
        return Calling(self, self._journal, self._setup, self._told)

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Handle a modem's report on a call, an answer of the TrunkPool, or an alert that needs the line."""
        match envelope.body:
            case CallReport() as report:
                self._calling.heard(report)
                return  # this report answers an order; a new order now would start an endless exchange
            case LineGranted() as granted:
                self._granted(granted)
            case LineRefused():
                pass  # requested again each second, until the limit
            case GiveWay(line=line):
                if not self._calling.give_way(line):
                    # Also release the line of a call whose process died before the call was begun.
                    self._calling.let_go_of_lines(self._watching.callouts, self._alive())
                self._turn()
            case _:
                super().receive(envelope, sender)

    def tick(self, now_us: Instant) -> None:
        """Check alarms and pending work."""
        self._look()

    def timer(self, timer: object, now_us: Instant) -> None:
        """Advance the current call, several times a second."""
        self._turns = False
        self._turn()

    def stopping(self) -> None:
        """Leave the current call up."""
        self._calling.leave()

    def _back(self) -> None:
        self._waker.take()
        self._look()

    # ------------------------------------------------------------ polling

    def _alive(self) -> list[NodeId]:
        return [self.env.node, *(place.node for place in self.env.peers.places)]

    def _look(self) -> None:
        if self.env.clock_settles():
            return  # with the time of the last shutdown the wrong people would be called
        now_us = self.now_us()
        try:
            self._watching.look(self._alive(), now_us)
            self._calling.go_on_with(self._watching.callouts, self._watching.roster, self._alive())
            self._writing.take_back()
            self._open(now_us)
            wrong: dict[Key, str] = {(NOBODY, ""): "", (NO_WAY, ""): ""}
            self._wants = []
            for callout in self._watching.callouts.open:
                found = self._carry(callout, now_us)
                wrong |= {key: words for key, words in found.items() if words}
            self._want_line(now_us)
            self._writing.tell_takers(now_us)
            self._alarms.tell(wrong, over="A person on duty was reached, or no callout is needed.")
            fault = self._watching.unreadable
            self._alarms.tell({(UNREADABLE, ""): fault and f"The roster cannot be read: {fault}"})
        except VersionConflict:
            pass  # another node was first; polled again in a second
        except StoreError as error:
            self.log.error("the journal cannot be used", error=str(error))
        self._turn()

    def _open(self, now_us: Instant) -> None:
        """Open a callout for alarms that have no callout yet."""
        watching, roster = self._watching, self._watching.roster
        if not roster.people:
            return
        alive = set(self._alive())
        lines = self.env.peers.lines_with(self._setup.settings.lines)
        kept = self._setup.settings.limits.inbound_lines_kept * len(alive)
        found = due(
            watching.book,
            watching.callouts,
            now_us,
            alive=alive,
            present=watching.present,
            zone=roster.zone,
            morning=self._setup.settings.duty.morning,
            none_of=watching.tests,
            waits=watching.lines_that_wait(lines, kept, alive, now_us),
        )
        if self._is_ours(found.at_once, now_us):
            known = joins(found.at_once, watching.callouts, roster, now_us)
            if known is not None:
                self._watching.append(CalloutJoined(callout=known.id, alarms=found.at_once))
            else:
                self._begin(CalloutKind.ALARM, found.at_once)
        if self._is_ours(found.morning, now_us):
            self._begin(CalloutKind.MORNING, found.morning)

    def _is_ours(self, alarms: Sequence[CalloutAlarm], now_us: Instant) -> bool:
        """Return True if this node reports these alarms. The node that raised one of them is first; another
        node follows soon after if that node does not act.
        """
        own = any(one.node == self.env.node for one in alarms)
        return bool(alarms) and (
            own or now_us - min(one.raised_at for one in alarms) >= decider.LATE_US + SETTLES_US
        )

    def _begin(self, kind: CalloutKind, alarms: tuple[CalloutAlarm, ...]) -> None:
        def work(tx: Transaction) -> None:
            opened = CalloutOpened(callout=new_id(tx), kind=kind, alarms=alarms)
            tx.append(Append(streams.DUTY, self._watching.callouts.version, (opened,)))

        self._journal.transact(work)
        self._watching.look_at_callouts()
        self.log.warning(
            "a callout to the people on duty is opened", kind=str(kind), alarms=[one.alarm for one in alarms]
        )

    # ------------------------------------------------------------ a callout

    def _people(self, callout: Callout, now_us: Instant) -> tuple[Person, ...]:
        roster = self._watching.roster
        if callout.kind is CalloutKind.TEST:
            return tuple(one for one in roster.people if one.id == callout.person)
        return on_duty(roster, now_us)

    def _carry(self, callout: Callout, now_us: Instant) -> dict[Key, str]:
        """Carry out the pending steps of a callout; return the alarms about the callout, with their texts."""
        people, alive = self._people(callout, now_us), self._alive()
        step = decider.due(callout, people, now_us)
        peers = self.env.peers
        sure = peers.alone or (peers.settled and peers.alive)
        end = end_of(callout, self._watching.book, now_us, alive=set(alive)) or step.end
        if not decider.is_mine(callout, step, self.env.node, alive, now_us, sure=sure):
            return {}
        going = self._calling.number_of(callout.id)
        if end is not None and not (going is not None and self._calling.answered):
            self._watching.append(CalloutEnded(callout=callout.id, why=end))
            return {}
        for one in decider.left_behind(callout, self.env.node, alive, now_us, going):
            self._watching.append(
                CalloutFailed(callout=callout.id, attempt=one.number, why=CalloutFailure.LOST)
            )
        self._writing.look_at_texts(callout, now_us)
        if step.written:
            self._writing.write(callout, step.written, now_us)
        self._writing.send_again(callout, people)
        if step.call is not None and not self._calling.busy:
            self._wants.append((callout.id, step.call))
        tries = [one for one in callout.attempts if one.way is DutyWay.CALL]
        no_line = bool(tries) and tries[-1].failure in decider.NO_CALL
        return {
            (NOBODY, ""): "All people on duty were called, and no one has taken the callout."
            if step.nobody
            else "",
            (NO_WAY, ""): "People on duty cannot be called." if step.no_way or no_line else "",
        }

    def _told(self, callout: Callout, person: Person) -> Told:
        alarms = standing(callout, self._watching.book, alive=set(self._alive())) or callout.alarms
        return told(callout.kind, alarms, person.language, self._setup.settings.spoken)

    # ------------------------------------------------------------ the call

    def _want_line(self, now_us: Instant) -> None:
        """Request a line for the first of the pending calls."""
        first = next(iter(self._wants), None)
        callout = None if first is None else self._watching.callouts.get(first[0])
        if first is None or callout is None:
            self._asked = None
            return
        if self._asked is None or (self._asked.callout, self._asked.wanted) != first:
            self._asked = _Asked(*first, now_us)
        asked = self._asked
        asked.number = number = len(callout.attempts) + 1
        refused = why_number_unfit(E164(asked.wanted.to), self._setup.settings) is not None
        if refused or now_us - asked.at >= LINE_US:
            self._asked = None
            why = CalloutFailure.REFUSED if refused else CalloutFailure.NO_LINE
            failed = CalloutFailed(callout=callout.id, attempt=number, why=why)
            self._watching.append(asked.wanted.tried(callout.id, number), failed)
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

    def _granted(self, granted: LineGranted) -> None:
        asked = self._asked
        if asked is None or granted.leg != leg_of(asked.callout, asked.number) or self._calling.busy:
            return
        now_us = self.now_us()
        seized = LineSeized(line=granted.line, leg=granted.leg, attempt=1, callout=asked.callout)
        tried = asked.wanted.tried(asked.callout, asked.number, line=granted.line)
        try:
            self._watching.look(self._alive(), now_us)
            callout = self._watching.callouts.get(asked.callout)
            if callout is None or callout.ended_at is not None:
                return
            step = decider.due(callout, self._people(callout, now_us), now_us)
            if step.call != asked.wanted or len(callout.attempts) + 1 != asked.number:
                return
            self._journal.append(
                Append(streams.line(granted.line), granted.version, (seized,)),
                Append(streams.DUTY, self._watching.callouts.version, (tried,)),
            )
            self._asked = None
            self._watching.look_at_callouts()
            self._calling.go_on_with(self._watching.callouts, self._watching.roster, self._alive())
        except VersionConflict:
            return  # another process has the line, or was first; a line is requested again
        except StoreError as error:
            self.log.error("the callout cannot be continued: the journal cannot be used", error=str(error))
            return
        self._turn()

    def _turn(self) -> None:
        over = self._calling.turn(self._watching)
        if self._calling.busy and not self._turns:
            self._turns = True
            self.at(Instant(self.now_us() + TURN_US), "turn")
        if over:
            self._look()
