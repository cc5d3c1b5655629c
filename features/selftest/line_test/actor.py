"""The LineTest: tries lines with ordered test calls. Alerts come first: a test call gives way.

The order is in the run directory, and `line.seized` in the journal assigns the line to the test. A killed
LineTest leaves the call up; its successor continues the call, or, if there is no order any more, ends it and
releases the line.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Final

from msgspec.structs import replace
from thespian.actors import ActorAddress

from features.selftest import line_trials
from features.selftest.line_test.decider import Trial, begin, told
from features.selftest.line_test.voice import SAID, LineVoice, shown_of, ways_of
from features.selftest.trial import LineTrial, TrialOrder, VoiceShown, WayNow, leg_of
from media.conference.sounds import Sounds
from media.trial.way import TONES_HZ
from messages.calls import CallReport, IncomingCall, OwnCallEnd
from messages.envelope import Envelope
from messages.ids import SECOND, Instant, LegId, LineId, Role
from messages.lines import GiveWay, LineLevels
from messages.trials import PROOF
from model.rules.calls.own_call import OwnCall, end_call, next_step, on_report, on_ringing
from model.rules.calls.withheld_numbers import why_number_unfit, why_unfit_for_test
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.published import line_files
from store.errors import JournalError
from store.journal.journal import Journal
from store.lines_held import LinesHeld

TURN_US: Final = Instant(SECOND // 4)
STALE_US: Final = Instant(5 * SECOND)
"""Age at which an order is dropped if its line was not assigned to the test."""


class LineTestActor(CenterActor):
    """Actor for all test calls on this node's lines."""

    role: ClassVar[Role] = Role.LINE_TEST

    def started(self) -> None:
        """Resume or end the test calls of an earlier process."""
        self._setup = self.env.settings_as(Setup)
        self._journal = self.close_at_end(self.env.open_journal_as(Journal))
        self._trials: dict[LineId, Trial] = {}
        self._voices: dict[LegId, LineVoice] = {}
        self._held = LinesHeld(self._journal, (spec.line for spec in self._setup.settings.lines))
        self._left_behind()
        self._look()

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Handle a modem's report on a test call, or an alert that needs the line."""
        now_us = self.now_us()
        match envelope.body:
            case CallReport() as report:
                for trial in self._trials.values():
                    trial.call = on_report(trial.call, report, now_us)
                # The report answers an order: a new order now would start an endless exchange.
                return
            case IncomingCall() as incoming:
                for trial in self._trials.values():
                    trial.call = on_ringing(trial.call, incoming, now_us)
            case GiveWay(line=needed):
                # Also release the line of a test that lost its order before it began: no other process would.
                self._left_behind()
                for trial in self._trials.values():
                    if needed in (one.line for one in trial.call.ends):
                        trial.call = end_call(trial.call, OwnCallEnd.ALERT)
            case _:
                super().receive(envelope, sender)
                return
        self._turn()

    def tick(self, now_us: Instant) -> None:
        """Check for new orders."""
        self._look()

    def timer(self, timer: object, now_us: Instant) -> None:
        """Advance the calls, several times a second."""
        self._look()

    def stopping(self) -> None:
        """Close the voices; the calls stay up, and end with the next start."""
        for voice in self._voices.values():
            voice.end()

    def new_voice(self, said: str, answered_at: Instant | None, tone_hz: float | None = None) -> LineVoice:
        """Return the voice of a line."""
        own = (
            Path(self._setup.settings.announcements.folder)
            if self._setup.settings.announcements.folder
            else None
        )
        return LineVoice(Sounds(own, self._setup.settings.language), said, answered_at, tone_hz)

    # ------------------------------------------------------------ orders

    def _look(self) -> None:
        now_us = self.now_us()
        orders = {order.line: order for order in line_trials.ordered(self.env.run)}
        if not orders and not self._trials:
            self._held.close()
            return
        if not self._follow():
            return
        for line, order in orders.items():
            if line not in self._trials:
                self._begin(order, now_us)
                continue
            trial = self._trials[line]
            if order.stop or order.trial != trial.order.trial:
                trial.call = end_call(trial.call, OwnCallEnd.ORDERED)
        for line, trial in self._trials.items():
            if line not in orders:
                trial.call = end_call(trial.call, OwnCallEnd.LOST)
        self._turn()
        if self._trials:
            self.at(Instant(self.now_us() + TURN_US), "turn")

    def _begin(self, order: TrialOrder, now_us: Instant) -> None:
        if not self._held.has(order.line, leg_of(order.trial, 1)):
            if now_us - order.begun_at >= STALE_US:
                line_trials.forget(self.env.run, order.line)
            return
        call = begin(order, now_us)
        number = None if order.answers else order.number
        fits = why_unfit_for_test if order.by == PROOF else why_number_unfit
        if order.stop or (number is not None and fits(number, self._setup.settings) is not None):
            # The web has checked the number; the file of the order may have been changed since.
            call = end_call(call, OwnCallEnd.ORDERED)
        self._trials[order.line] = Trial(order, call)
        self.log.info("a test call begins", line=order.line, other=order.other, by=order.by)

    def _left_behind(self) -> None:
        """Release the lines that the journal assigns to a test and that have no order."""
        if not self._follow():
            return
        known = {order.line for order in line_trials.ordered(self.env.run)}
        known |= {order.other for order in line_trials.ordered(self.env.run) if order.other is not None}
        known |= {one.line for trial in self._trials.values() for one in trial.call.ends}
        try:
            self._held.let_go_of(lambda hold: hold.tester is not None and hold.line not in known)
        except JournalError as error:
            self.log.warning("the line cannot be released yet", error=str(error))

    # ------------------------------------------------------------ turns

    def _turn(self) -> None:
        for trial in list(self._trials.values()):
            if not all(self._held.has(one.line, one.leg) for one in trial.call.ends):
                # A caller rings in on this line, which now belongs to the incoming call.
                trial.call = end_call(trial.call, OwnCallEnd.ALERT)
            due = next_step(trial.call, self.now_us())
            trial.call = due.call
            for where, order in due.orders:
                self.tell(Role.GSM_MODEM, where, order)
            self._listen(due.call)
            shown = self._shown(trial)
            if due.over:
                self._ended(trial, shown)
            else:
                line_trials.tell(self.env.run, shown)

    def _listen(self, call: OwnCall) -> None:
        for said, tone_hz, one in zip(SAID, TONES_HZ, call.ends, strict=False):
            if one.leg not in self._voices:
                if call.answered_at is None:
                    continue
                tone = None if len(call.ends) == 1 else tone_hz
                self._voices[one.leg] = self.new_voice(said, call.answered_at, tone)
            if call.why is not None:
                self._voices[one.leg].hush()
                continue
            if one.report is not None and one.report.voice is not None and not one.gone:
                self._voices[one.leg].begin(one.report.voice, self.now_us())

    def _shown(self, trial: Trial) -> LineTrial:
        now = []
        for one in trial.call.ends:
            voice = self._voices.get(one.leg)
            if voice is not None and (levels := voice.levels()) is not None:
                now.append(WayNow(line=one.line, into=levels[0], out=levels[1]))
        return replace(told(trial.order, trial.call), now=tuple(now))

    def _ended(self, trial: Trial, shown: LineTrial) -> None:
        ends, line = trial.call.ends, trial.order.line
        try:
            for one in ends:
                self._held.let_go(one.line, one.leg)
        except JournalError as error:
            self.log.warning("the line cannot be released yet", line=line, error=str(error))
            return  # retried at the next turn
        kept = [self._voices.get(one.leg) for one in ends]
        voices = tuple(self._heard(one.line, one.leg) for one in ends)
        carried = [None if voice is None else voice.carried for voice in kept]
        ways = ways_of([one.line for one in ends], carried)
        ended = replace(shown, now=(), voices=voices, ways=ways, ended_at=self.now_us())
        line_trials.tell(self.env.run, ended)
        line_trials.forget(self.env.run, line)
        del self._trials[line]
        self.log.info("a test call has ended", line=line, ends=trial.call.why)

    def _heard(self, line: LineId, leg: LegId) -> VoiceShown:
        voice = self._voices.pop(leg, None) or self.new_voice(SAID[0], None)
        report = voice.end()
        if report.into.ms:
            gains = next(spec.gains for spec in self._setup.settings.lines if spec.line == line)
            levels = LineLevels(line=line, at=self.now_us(), into=report.into, out=report.out, gains=gains)
            line_files.write_levels(self.env.state, levels)
        return shown_of(line, report)

    def _follow(self) -> bool:
        try:
            self._held.follow()
        except JournalError as error:
            self.log.error("the journal cannot be read", error=str(error))
            return False
        return True
