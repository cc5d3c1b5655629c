"""A step that is a whole alert: the center's own phone raises a check, which rings one of the center's lines.

That line answers as a line that is tried does, and both ways of the voice are heard: the alert's bridge hears
what it says, it hears what the bridge plays. Without such a line the check goes as far as the case.
"""

from __future__ import annotations

from msgspec.structs import replace

from features.selftest.prover.calls import CallWork
from features.selftest.prover.errands import LookWork
from features.selftest.prover.work import Around, failed
from messages.calls import OwnCallEnd
from messages.ids import SECOND, Instant
from messages.proofs import ProofWhy, Shown, StepResult
from messages.trials import LineTrial
from model.settings.lines import Modem
from store.journal.journal import Transaction

LATE_US = Instant(10 * SECOND)
"""After the alert's end the line's own is waited for no longer."""


def answering(around: Around) -> Modem | None:
    """The line that is to answer: the settings', or the first that can be called; None: there is none.

    Each line that may be taken to call it, of whichever node, has to be known by its number: a call from any
    other is somebody's.
    """
    setup = around.setup
    callers = [one for one in (*setup.settings.lines, *around.elsewhere) if not one.emergency]
    found = [one for one in setup.settings.lines if one.takes_calls and one.number]
    if setup.settings.proof.phone:
        found = [one for one in found if one.number == setup.settings.proof.phone]
    elif found:
        free = [one for one in found if around.why_not(one.line) is ProofWhy.NONE]
        found = free or found
    if len(callers) < 2 or any(not one.number for one in callers):
        return None
    return next(iter(found), None)


class ChainWork:
    """One such check. The process aside that raises it finds the line by its order."""

    def __init__(self, call: CallWork, look: LookWork) -> None:
        self._call, self._look = call, look
        self._seen: Shown | None = None
        self._seen_at = Instant(0)

    def why_not(self, around: Around) -> ProofWhy:
        return self._call.why_not(around)

    def begin(self, tx: Transaction, name: str, around: Around) -> str:
        return self._call.begin(tx, name, around)

    def goes_on(self, work: str) -> None:
        self._call.goes_on(work)
        self._look.goes_on(work)

    def shown(self, around: Around) -> Shown | None:
        if self._seen is None:
            self._seen, self._seen_at = self._look.shown(around), around.now_us
            if self._seen is None:
                return None
            self._call.end(around)
        trial = self._call.told(around)
        if trial is None or trial.ended_at is None:
            return None if around.now_us - self._seen_at < LATE_US else self._seen
        return both(self._seen, trial)

    def end(self, around: Around) -> None:
        self._look.end(around)
        self._call.end(around)


def both(seen: Shown, trial: LineTrial) -> Shown:
    """What the check has shown, and what the line that answered has heard of it."""
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


def chain_work(around: Around, look: LookWork) -> ChainWork | LookWork | ProofWhy:
    """What tries the whole chain."""
    spec = answering(around)
    if spec is not None and spec.number:
        return ChainWork(CallWork(spec.line, spec.number, answers=True), look)
    return ProofWhy.NOT_SET if around.setup.settings.proof.phone else look
