"""Process that keeps the operators' own lines: headsets that come and go, and nailed-up calls.

If the process is killed, no voice ends: a headset belongs to the browser and a call to the modem. The
successor finds the headsets, takes the calls over from their modems, and receives orders of the legs within a
second.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from msgspec.structs import replace
from thespian.actors import ActorAddress

from actors.operator_lines import headset, nailed
from actors.operator_lines.decider import (
    ABSENT,
    UNKNOWN,
    Order,
    OwnLineAttempt,
    Ref,
    Voice,
    forget,
    is_in_use,
    moved,
    on_order,
    on_voice_change,
)
from messages import calls, lines
from messages.envelope import Envelope
from messages.events import LineSeized
from messages.ids import SECOND, Instant, LegId, LineId, OperatorId, OperatorLine, Role, ShiftState
from messages.operators import OperatorVoice, OperatorVoices
from model.alarms.active import Key
from model.rules.calls.own_line import mode_of, nailed_up_leg, operator_of, own_line
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.logs import Outage
from runtime.published import voice_files
from runtime.published.own_voices import is_at
from store import streams
from store.alarms import NodeAlarms
from store.errors import JournalError, StoreError, VersionConflict
from store.journal.following import FollowedFolds
from store.journal.journal import Append, Journal
from store.journal.notify import topic_of_kind
from store.journal.projections import LineHold, Lines, Operators
from store.registry.people import Operator
from store.registry.registry import Registry

ALARM: Final = "operator.line_lost"
ALARM_AFTER_US: Final = Instant(15 * SECOND)
"""Time without a nailed-up line before the alarm, in microseconds: a phone must be dialled, ring and be
answered.
"""
GIVES_WAY_US: Final = Instant(15 * SECOND)
"""Time without a nailed-up call after an alert has taken its line, in microseconds."""


class OperatorLinesActor(CenterActor):
    """Own lines of all operators."""

    role: ClassVar[Role] = Role.OPERATOR_LINES

    def started(self) -> None:
        """Read the shifts and the nailed-up calls, then update them."""
        setup = self.env.settings_as(Setup)
        self._mode, self._own = setup.settings.operator.line, setup.settings.lines
        self._journal = self.close_at_end(self.env.open_journal_as(Journal))
        self._registry = Registry(self._journal)
        self._no_journal = Outage(self.log, "the journal cannot be read")
        self._operators, self._lines = Operators(), Lines()
        self._follower = self.close_at_end(FollowedFolds(self._journal, self._operators, self._lines))
        self._headsets = voice_files.Headsets(self.env.run)
        self._coming = self.close_at_end(self._journal.notify.listen(topic_of_kind(voice_files.HEADSET)))
        self.watch(self._coming.fileno(), self._headset_changed)
        self._people: dict[OperatorId, Operator] = {}
        self._legs: dict[Ref, OwnLineAttempt] = {}
        self._who: dict[LegId, ActorAddress] = {}
        self._present: dict[OperatorId, headset.Headset] = {}
        self._nailed: dict[OperatorId, nailed.Nailed] = {}
        self._gives_way: dict[OperatorId, Instant] = {}
        """Time until which no new line is nailed up for an operator, after an alert has requested the
        line.
        """
        self._told = voice_files.read(self.env.run)
        self._alarms = NodeAlarms(self._journal, self.env.node)
        self._refresh()

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Handle an order of a leg, a modem's report on a nailed-up call, or an answer of the TrunkPool."""
        body = envelope.body
        match body:
            case calls.DialCall() | calls.AnswerCall() | calls.AttachCall() | calls.HangUpCall():
                self._who[body.leg] = sender
                self._obey(body, envelope.at_us)
            case calls.CallReport():
                self._on_call_report(body)
            case lines.LineGranted():
                self._granted(body)
            case lines.LineRefused(leg=leg, reason=reason):
                known = self._nailed_by(leg)
                if known is not None:
                    self._nailed[known.operator] = nailed.refused(known, reason)
            case lines.GiveWay(line=line):
                self._give_way(line)
            case _:
                super().receive(envelope, sender)

    def tick(self, now_us: Instant) -> None:
        """Update all lines, and publish their state again."""
        self._legs = forget(self._legs, now_us)
        asked = {leg for leg, _ in self._legs}
        self._who = {leg: who for leg, who in self._who.items() if leg in asked}
        self._refresh()
        self._update_alarms(now_us)
        self._publish_voices(again=True)

    def timer(self, timer: object, now_us: Instant) -> None:
        """Check the headsets again: the time for which a headset may be briefly absent is over."""
        self._headset_changed()

    def _headset_changed(self) -> None:
        """Check the headsets after a notification of the web; only the socket counts."""
        self._coming.drain()
        self._look_for_headsets()
        self._publish_voices()

    # ------------------------------------------------------------ legs

    def _obey(self, order: Order, said_at: Instant) -> None:
        line = order.line
        operator = None if line is None else operator_of(line)
        if line is None or operator is None:
            self.log.warning("order dropped: its line is not an operator's line", leg=order.leg, line=line)
            return
        if mode_of(line) is OperatorLine.NAILED_UP and operator not in self._nailed:
            # The operator's call may have moved to this node just now.
            self._refresh()
        self._legs, said = on_order(self._legs, line, order, self._voice(line), said_at, self.now_us())
        self._report_to_legs(said)

    def _voice_changed(self, line: LineId) -> None:
        self._legs, said = on_voice_change(self._legs, line, self._voice(line))
        self._report_to_legs(said)

    def _report_to_legs(self, said: Iterable[calls.CallReport]) -> None:
        for report in said:
            who = self._who.get(report.leg)
            if who is not None:
                self.answer(who, report)

    def _voice(self, line: LineId) -> Voice:
        """Return the present state of the line."""
        operator = operator_of(line)
        if operator is None:
            return ABSENT
        if mode_of(line) is OperatorLine.NAILED_UP:
            known = self._nailed.get(operator)
            if known is not None:
                return nailed.voice(known, self._wanted(operator))
            # While a line is seized for the operator, another node has the call or is about to take it over
            # and report.
            return ABSENT if self._hold(operator) is None else UNKNOWN
        there = self._present.get(operator)
        return ABSENT if there is None else headset.voice(there, self._headsets.path(operator), self.now_us())

    # ------------------------------------------------------------ updates

    def _refresh(self) -> None:
        try:
            self._follower.catch_up()
            self._people = {one.id: one for one in self._registry.operators()}
            self._no_journal.works()
        except StoreError as error:
            self._no_journal.failed(error)
        self._look_for_headsets()
        kept = {one for one in (*self._people, *self._nailed, *self._holders()) if self._is_kept_here(one)}
        # The state of a call that another node keeps now is soon outdated.
        self._nailed = {one: known for one, known in self._nailed.items() if one in kept}
        wanted = self._people if self._mode is OperatorLine.NAILED_UP else ()
        for operator in dict.fromkeys((*wanted, *self._holders())):
            if operator in kept:
                self._go_on(operator)

    def _holders(self) -> list[OperatorId]:
        return [hold.operator for hold in self._lines.lines.values() if hold.operator is not None]

    def _is_kept_here(self, operator: OperatorId) -> bool:
        """Return True if this node keeps the operator's nailed-up call: the node of the shift, or, if that
        node is lost, the first of the remaining nodes.
        """
        peers = self.env.peers
        state = self._operators.operators.get(operator)
        if peers.alone or state is None or state.node == self.env.node:
            return True
        if not (peers.settled and peers.alive):
            # A missing node may only be late: two nodes must not take the same call.
            return operator in self._nailed
        alive = [place.node for place in peers.places]
        return state.node not in alive and self.env.node == min((self.env.node, *alive))

    def _look_for_headsets(self) -> None:
        if self._mode is not OperatorLine.HEADSET:
            return
        now_us = self.now_us()
        for operator in self._people:
            line = LineId(own_line(operator, OperatorLine.HEADSET) or "")
            in_use = is_in_use(self._legs, line)
            there = self._headsets.is_there(operator, now_us / SECOND, in_use=in_use)
            self._present[operator] = headset.after_check(self._present.get(operator), there, now_us)
            until = headset.wavers_until(self._present[operator])
            if until is not None and now_us < until:
                self.at(until, ("blink", operator))
            if in_use and not there and is_at(self.env.peers.places, line):
                self._legs = moved(self._legs, line)
            elif in_use:
                self._voice_changed(line)

    # ------------------------------------------------------------ nailed up

    def _wanted(self, operator: OperatorId) -> nailed.DesiredCall:
        state, person = self._operators.operators.get(operator), self._people.get(operator)
        on_shift = state is not None and state.state is not ShiftState.OFF
        shift = on_shift and person is not None and self._mode is OperatorLine.NAILED_UP
        # An alert calls the operator's phone, which a nailed-up call would keep busy.
        dialled = state is not None and state.reserved_by is not None and state.mode is OperatorLine.ON_DEMAND
        shift = shift and self.now_us() >= self._gives_way.get(operator, 0)
        hold, known, peers = self._hold(operator), self._nailed.get(operator), self.env.peers
        line, attempt = (None, 0) if hold is None else (hold.line, hold.attempt)
        if known is not None and line is None and (line := nailed.stands_on(known, self.now_us())):
            # A user has called in on the line meanwhile: the line is seized for the user, the operator's call
            # moves.
            attempt = known.attempt
        leg = is_in_use(self._legs, LineId(own_line(operator, OperatorLine.NAILED_UP) or ""))
        call = shift and not dialled
        return nailed.DesiredCall(
            call=call,
            keep=call or leg,
            number=None if person is None else person.phone,
            line=line,
            attempt=attempt,
            lost=line is not None and not peers.alone and peers.is_lost(line, self._own),
        )

    def _hold(self, operator: OperatorId) -> LineHold | None:
        return next((hold for hold in self._lines.lines.values() if hold.operator == operator), None)

    def _nailed_by(self, leg: LegId) -> nailed.Nailed | None:
        return next((one for one in self._nailed.values() if nailed_up_leg(one.operator) == leg), None)

    def _go_on(self, operator: OperatorId) -> None:
        """Take the next step of the operator's call."""
        now_us = self.now_us()
        wanted = self._wanted(operator)
        act = nailed.step(self._nailed.get(operator) or nailed.begin(operator, now_us), wanted, now_us)
        self._nailed[operator] = act.nailed
        self._claim_again(operator, wanted)
        if act.request is not None:
            self.tell(Role.TRUNK_POOL, "", act.request)
        if act.order is not None and wanted.line is not None:
            self.tell_line(Role.GSM_MODEM, wanted.line, act.order)
        if act.free and wanted.line is not None:
            self.log.info("a nailed-up call has ended", operator=operator, reason=act.nailed.text)
            if self._hold(operator) is not None:
                self._seize(wanted.line, LegId(""), wanted.attempt, operator, None)
            self._voice_changed(LineId(own_line(operator, OperatorLine.NAILED_UP) or ""))

    def _claim_again(self, operator: OperatorId, wanted: nailed.DesiredCall) -> None:
        """Claim the line of the operator's call again if the journal has it as free."""
        hold = None if wanted.line is None else self._lines.lines.get(wanted.line)
        if hold is not None and hold.leg is None and wanted.keep:
            leg = nailed_up_leg(operator)
            self._seize(hold.line, leg, wanted.attempt, operator, hold.version)

    def _granted(self, granted: lines.LineGranted) -> None:
        known = self._nailed_by(granted.leg)
        if known is None or known.asking != granted.attempt:
            return
        self._refresh()
        known, wanted = self._nailed[known.operator], self._wanted(known.operator)
        if known.asking != granted.attempt or not wanted.call or wanted.line is not None:
            return
        if self._seize(granted.line, granted.leg, granted.attempt, known.operator, granted.version):
            self._go_on(known.operator)

    def _give_way(self, line: LineId) -> None:
        hold = self._lines.lines.get(line)
        if hold is None or hold.operator is None or hold.operator not in self._nailed:
            return  # freed meanwhile, or kept by another node
        self.log.info("a nailed-up call gives way to an alert", operator=hold.operator, line=line)
        self._gives_way[hold.operator] = Instant(self.now_us() + GIVES_WAY_US)
        self._go_on(hold.operator)

    def _on_call_report(self, said: calls.CallReport) -> None:
        known = self._nailed_by(said.leg)
        if known is None:
            return
        if said.line is not None and said.voice is not None:
            said = replace(said, voice=self.env.peers.voice_of(said.line, said.voice, self._own))
        self._nailed[known.operator] = nailed.on_report(known, said, self.now_us())
        self._voice_changed(LineId(own_line(known.operator, OperatorLine.NAILED_UP) or ""))
        if said.state in (calls.CallState.RELEASED, calls.CallState.UNKNOWN):
            self._go_on(known.operator)
        self._publish_voices()

    def _seize(
        self, line: LineId, leg: LegId, attempt: int, operator: OperatorId, version: int | None
    ) -> bool:
        """Seize the line for this call, or free it. Return False on a conflict or if the journal cannot be
        written.
        """
        seized = LineSeized(line=line, leg=leg, attempt=attempt, operator=operator)
        return self._write(Append(streams.line(line), version, (seized,)))

    # ------------------------------------------------------------ publishing

    def _voices(self) -> list[OperatorVoice]:
        """Return the state of every operator's line."""
        found: list[OperatorVoice] = []
        if self._mode is OperatorLine.ON_DEMAND:
            return found
        now_us = self.now_us()
        for operator in self._people:
            line = own_line(operator, self._mode)
            voice = ABSENT if line is None else self._voice(line)
            before = self._told.get(operator)
            now = OperatorVoice(
                operator=operator,
                mode=self._mode,
                state=calls.CallState.RELEASED if voice.wavering else voice.state,
                text=self._why(operator, voice),
                wavering=voice.wavering,
            )
            if self._mode is OperatorLine.NAILED_UP:
                now = replace(now, line=self._wanted(operator).line)
            same = before is not None and before.state is now.state
            found.append(replace(now, since=before.since if same and before is not None else now_us))
        return found

    def _why(self, operator: OperatorId, voice: Voice) -> str:
        if voice.state is calls.CallState.ANSWERED and not voice.wavering:
            return ""
        if self._mode is OperatorLine.HEADSET:
            return "the headset is not connected"
        known = self._nailed.get(operator)
        return "" if known is None else known.text

    def _publish_voices(self, *, again: bool = False) -> None:
        """Publish the lines' state to the OperatorPool at every change and every second, and to the readers
        of the file.
        """
        voices = self._voices()
        new = {one.operator: one for one in voices}
        if new != self._told:
            voice_files.write(self.env.run, OperatorVoices(voices=tuple(voices)))
        if new != self._told or again:
            self.tell(Role.OPERATOR_POOL, "", OperatorVoices(voices=tuple(voices)))
        self._told = new

    def _update_alarms(self, now_us: Instant) -> None:
        """Raise an alarm for each requested call of an operator that has been missing for a while."""
        if self._mode is not OperatorLine.NAILED_UP:
            return
        found: dict[Key, str] = {}
        for one in self._voices():
            # The node that keeps a call also raises its alarm.
            here = one.operator in self._nailed
            if not here or one.up or not self._wanted(one.operator).call:
                found[ALARM, one.operator] = ""
            elif now_us - one.since >= ALARM_AFTER_US:
                name, why = self._people[one.operator].name, one.text or "the call is being set up"
                text = f"{name} has no nailed-up call, and is called by phone for an alert: {why}."
                found[ALARM, one.operator] = text
        try:
            self._alarms.tell(found)
        except JournalError as error:
            self.log.error("the alarms cannot be written and stay pending", error=str(error))

    def _write(self, append: Append) -> bool:
        try:
            self._journal.append(append)
            self._follower.catch_up()
        except VersionConflict:
            return False
        except JournalError as error:
            self.log.error("the journal cannot be written", stream=append.stream, error=str(error))
            return False
        return True
