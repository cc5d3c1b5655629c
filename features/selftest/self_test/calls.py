"""Steps that are calls: between lines, to the number agreed for tests, and those of a whole alert.

The LineTest makes such a call like an ordered one, and gives way by itself if an alert needs the line. For
the whole chain the center's own phone raises a check, which rings one of the center's lines. That line
answers like a tested line, and both voice paths are measured: between the alert's bridge and the line.
Without such a line the check goes only as far as the case.
"""

from __future__ import annotations

from msgspec.structs import replace

from features.selftest import line_trials
from features.selftest.self_test.work import CheckWork, StepContext, failed
from features.selftest.settings import SelfTestSettings
from features.selftest.trial import LineTrial, TrialOrder, leg_of
from messages.calls import CallState, OwnCallEnd
from messages.events import LineSeized
from messages.ids import E164, SECOND, Instant, LineId
from messages.proofs import ProofWhy, Shown, StepResult
from messages.trials import PROOF, Finding, WayFault
from model.rules.calls.withheld_numbers import why_unfit_for_test
from model.settings.lines import Modem
from store import streams
from store.journal.journal import Append, Transaction

TALKS_US = Instant(16 * SECOND)
"""Time of measuring the voice: several bursts in each direction, for any delay that can be detected."""
_WHY = {
    WayFault.UNHEARD: ProofWhy.MUTE,
    WayFault.UNUSABLE_DELAY: ProofWhy.DELAYED,
    WayFault.DELAYED: ProofWhy.DELAYED,
    WayFault.CUT: ProofWhy.LOSSY,
    WayFault.GAPS: ProofWhy.LOSSY,
    WayFault.FAINT: ProofWhy.FAINT,
    WayFault.LOUD: ProofWhy.FAINT,
}
_NO_VOICE = {Finding.NO_PORT, Finding.REFUSED, Finding.NOTHING, Finding.NOT_TAKEN}


class CallWork:
    """A test call. `number`: number to be called; `other`: the center's line of that number. With `answers`
    the number is the line's own, and an alert of the center calls it.
    """

    def __init__(
        self, line: LineId, number: E164, other: LineId | None = None, *, answers: bool = False
    ) -> None:
        self._line, self._number, self._other, self._answers = line, number, other, answers
        self._name = ""

    def why_not(self, around: StepContext) -> ProofWhy:
        if not self._answers and why_unfit_for_test(self._number, around.setup.settings) is not None:
            return ProofWhy.NOT_SET
        return around.why_not(*self._lines)

    def begin(self, tx: Transaction, name: str, around: StepContext) -> str:
        spec = around.spec(self._line)
        wanted = TrialOrder(
            trial=name,
            line=self._line,
            number=self._number,
            other=self._other,
            caller=None if self._other is None or spec is None else spec.number or None,
            by=PROOF,
            begun_at=around.now_us,
            answers=self._answers,
        )
        for place, line in enumerate(self._lines, 1):
            hold = around.holds.get(line)
            seized = LineSeized(line=line, leg=leg_of(name, place), attempt=1, tester=PROOF)
            tx.append(Append(streams.line(line), 0 if hold is None else hold.version, (seized,)))
        # Ahead of the commit: a line without an order counts as left behind by a test.
        line_trials.order(around.run, wanted)
        return name

    def resume(self, work: str) -> None:
        self._name = work

    def told(self, around: StepContext) -> LineTrial | None:
        """Return the LineTest's state of this call; None if the LineTest has not reported."""
        trial = line_trials.trial_of(around.run, self._line)
        return trial if trial is not None and trial.trial == self._name else None

    def result(self, around: StepContext) -> Shown | None:
        trial, wanted = self.told(around), self._order(around)
        if trial is None:
            # Order and state are both missing: the call never began.
            return None if wanted is not None else failed(ProofWhy.TROUBLE, self._line)
        if trial.ended_at is not None:
            return shown_of(trial)
        answered = trial.answered_at
        if wanted is not None and answered is not None and around.now_us - answered >= TALKS_US:
            self._stop(around, wanted)
        return None

    def end(self, around: StepContext) -> None:
        if (wanted := self._order(around)) is not None:
            self._stop(around, wanted)

    @property
    def _lines(self) -> tuple[LineId, ...]:
        return (self._line,) if self._other is None else (self._line, self._other)

    def _order(self, around: StepContext) -> TrialOrder | None:
        wanted = line_trials.order_of(around.run, self._line)
        return wanted if wanted is not None and wanted.trial == self._name else None

    @staticmethod
    def _stop(around: StepContext, wanted: TrialOrder) -> None:
        if not wanted.stop:
            line_trials.order(around.run, replace(wanted, stop=True))


def shown_of(trial: LineTrial) -> Shown:
    """Evaluate an ended test call."""
    if trial.ends is OwnCallEnd.ALERT:
        return Shown(result=StepResult.GAVE_WAY)
    if trial.answered_at is None or trial.state is CallState.UNKNOWN:
        cause = {} if trial.cause is None else {"cause": float(trial.cause)}
        return failed(ProofWhy.NOT_CALLED, trial.line, **cause)
    figures = {"seconds_to_answer": (trial.answered_at - trial.begun_at) / SECOND}
    for voice in trial.voices:
        if not _NO_VOICE.isdisjoint(voice.findings):
            return failed(ProofWhy.NO_PORT, voice.line, **figures)
        if trial.other is None and Finding.MUTE in voice.findings:
            return failed(ProofWhy.DEAF, voice.line, **figures)
    if any(not way.proved and not way.faults for way in trial.ways):
        # The call was answered, and the audio was too short to measure.
        return failed(ProofWhy.TROUBLE, trial.line, **figures)
    bad = [way for way in trial.ways if not way.proved]
    result = StepResult.FAILED if bad else StepResult.OK
    why = _WHY[bad[0].faults[0]] if bad else ProofWhy.NONE
    # Several calls together show which of the two is at fault, see `alarms`.
    lines = () if not bad else (bad[0].speaker, bad[0].listener)
    return Shown(result=result, why=why, lines=lines, figures=figures, ways=trial.ways)


LATE_US = Instant(10 * SECOND)
"""Time after the check's end for which the report of the answering line is awaited."""


def answering(around: StepContext) -> Modem | None:
    """Return the line that is to answer: the settings', or the first that can be called; None if there is
    none.

    Each line of any node that may place the call must have a known number: a call from an unknown number may
    be a person's.
    """
    setup = around.setup
    callers = [one for one in (*setup.settings.lines, *around.elsewhere) if not one.emergency]
    found = [one for one in setup.settings.lines if one.takes_calls and one.number]
    if SelfTestSettings.of(setup.settings).phone:
        found = [one for one in found if one.number == SelfTestSettings.of(setup.settings).phone]
    elif found:
        free = [one for one in found if around.why_not(one.line) is ProofWhy.NONE]
        found = free or found
    if len(callers) < 2 or any(not one.number for one in callers):
        return None
    return next(iter(found), None)


class ChainWork:
    """Test of the whole chain. The separate process that raises the check finds the line by its order."""

    def __init__(self, call: CallWork, look: CheckWork) -> None:
        self._call, self._look = call, look
        self._seen: Shown | None = None
        self._seen_at = Instant(0)

    def why_not(self, around: StepContext) -> ProofWhy:
        return self._call.why_not(around)

    def begin(self, tx: Transaction, name: str, around: StepContext) -> str:
        return self._call.begin(tx, name, around)

    def resume(self, work: str) -> None:
        self._call.resume(work)
        self._look.resume(work)

    def result(self, around: StepContext) -> Shown | None:
        if self._seen is None:
            self._seen, self._seen_at = self._look.result(around), around.now_us
            if self._seen is None:
                return None
            self._call.end(around)
        trial = self._call.told(around)
        if trial is None or trial.ended_at is None:
            return None if around.now_us - self._seen_at < LATE_US else self._seen
        return both(self._seen, trial)

    def end(self, around: StepContext) -> None:
        self._look.end(around)
        self._call.end(around)


def both(seen: Shown, trial: LineTrial) -> Shown:
    """Combine the result of the check with the audio received by the answering line."""
    if trial.ends is OwnCallEnd.ALERT:
        return Shown(result=StepResult.GAVE_WAY)
    if seen.result is not StepResult.OK:
        return seen
    voice = next(iter(trial.voices), None)
    heard_s = 0.0 if voice is None else voice.into.voice_ms / 1000
    figures = {**seen.figures, "voice_s": heard_s}
    if voice is None or heard_s == 0:
        return failed(ProofWhy.MUTE, trial.line, **figures)
    return replace(seen, figures=figures)


def chain_work(around: StepContext, look: CheckWork) -> ChainWork | CheckWork | ProofWhy:
    """Return the work that tests the whole chain."""
    spec = answering(around)
    if spec is not None and spec.number:
        return ChainWork(CallWork(spec.line, spec.number, answers=True), look)
    return ProofWhy.NOT_SET if SelfTestSettings.of(around.setup.settings).phone else look
