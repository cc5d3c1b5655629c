"""A step that is a whole alert: the center's own phone raises a check, which rings one of the center's lines.

That line answers as a line that is tried does, and both ways of the voice are heard: the alert's bridge hears
what it says, it hears what the bridge plays. Without such a line the check goes as far as the case.
"""

from __future__ import annotations

from msgspec.structs import replace

from actors.prover.calls import CallWork
from actors.prover.looking import LookWork
from actors.prover.work import Around, failed
from messages.events import LineSeized
from messages.ids import SECOND, Instant
from messages.proofs import ProofWhy, Shown, StepResult
from messages.trials import PROOF, LineTrial, TrialEnd, TrialOrder, leg_of
from model.policy import LineSpec
from runtime.published import line_trials
from store import streams
from store.journal.journal import Append, Transaction

LATE_US = Instant(10 * SECOND)
"""After the alert's end the line's own is waited for no longer."""


def answering(around: Around) -> LineSpec | None:
    """The line that is to answer: the settings', or the first that can be called; None: there is none.

    Each line that may be taken to call it has to be known by its number: a call from any other is somebody's.
    """
    setup = around.setup
    callers = [one for one in setup.lines if not one.emergency]
    found = [one for one in callers if one.inbound and one.number is not None]
    if setup.proof.phone is not None:
        found = [one for one in found if one.number == setup.proof.phone]
    elif found:
        free = [one for one in found if around.why_not(one.line) is ProofWhy.NONE]
        found = free or found
    if len(callers) < 2 or any(one.number is None for one in callers):
        return None
    return next(iter(found), None)


class ChainWork(CallWork):
    """One such check. The process aside that raises it finds the line by its order."""

    def __init__(self, name: str, spec: LineSpec, look: LookWork) -> None:
        assert spec.number is not None
        super().__init__(name, spec.line, spec.number, None)
        self._look = look
        self._seen: Shown | None = None
        self._seen_at = Instant(0)

    def why_not(self, around: Around) -> ProofWhy:
        """It calls nobody: whether its number may be called is asked where that is done."""
        return around.why_not(self._line)

    def begin(self, tx: Transaction, around: Around) -> str:
        hold = around.holds.get(self._line)
        seized = LineSeized(line=self._line, leg=leg_of(self._name, 1), attempt=1, tester=PROOF)
        tx.append(Append(streams.line(self._line), 0 if hold is None else hold.version, (seized,)))
        wanted = TrialOrder(
            trial=self._name,
            line=self._line,
            number=self._number,
            by=PROOF,
            begun_at=around.now_us,
            answers=True,
        )
        line_trials.order(around.run, wanted)
        return self._name

    def goes_on(self, work: str, around: Around) -> None:
        super().goes_on(work, around)
        self._look.goes_on(work, around)

    def shown(self, around: Around) -> Shown | None:
        if self._seen is None:
            self._seen, self._seen_at = self._look.shown(around), around.now_us
            if self._seen is not None:
                super().end(around)
        if self._seen is None:
            return None
        trial = line_trials.trial_of(around.run, self._line)
        if trial is None or trial.trial != self._name or trial.ended_at is None:
            return None if around.now_us - self._seen_at < LATE_US else self._seen
        return both(self._seen, trial)

    def end(self, around: Around) -> None:
        self._look.end(around)
        super().end(around)


def both(seen: Shown, trial: LineTrial) -> Shown:
    """What the check has shown, and what the line that answered has heard of it."""
    if trial.ends is TrialEnd.ALERT:
        return Shown(result=StepResult.GAVE_WAY)
    if seen.result is not StepResult.OK:
        return seen
    voice = next(iter(trial.voices), None)
    heard_s = 0.0 if voice is None else voice.into.voice_ms / 1000
    figures = {**seen.figures, "voice_s": heard_s}
    if voice is None or heard_s == 0:
        return failed(ProofWhy.MUTE, trial.line, **figures)
    return replace(seen, figures=figures)


def chain_work(name: str, around: Around, look: LookWork) -> CallWork | LookWork | ProofWhy:
    """What tries the whole chain."""
    spec = answering(around)
    if spec is not None:
        return ChainWork(name, spec, look)
    return ProofWhy.NOT_SET if around.setup.proof.phone is not None else look
