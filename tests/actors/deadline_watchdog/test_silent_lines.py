"""A line from which no sound came in two alerts in a row."""

from __future__ import annotations

from actors.deadline_watchdog.alarms import SilentLines, lines_without_sound
from messages import events as ev
from messages.ids import SECOND, LegId, LineId, Party
from messages.proofs import ProofStep, StepResult
from messages.trials import WayShown
from model.alarms.active import Key, active_alarms, alarm_changes
from tests.support.recorded import recorded

LINE, OTHER = LineId("m1"), LineId("m2")


class Lines:
    """Calls, one after the other, and what is made of them."""

    def __init__(self) -> None:
        self.fold = SilentLines()
        self.now_s = 0.0
        self.stands: dict[Key, str] = {}

    def _tell(self, event: ev.Event) -> None:
        self.fold.apply(recorded(event, at_us=round(self.now_s * SECOND), stream="alert-a"))

    def call(
        self,
        alert: str,
        line: LineId = LINE,
        *,
        silent: bool = False,
        back: bool = False,
        lasts_s: float = 30,
        confirmed: bool = True,
    ) -> Lines:
        leg = LegId(f"{alert}:user")
        self._tell(ev.LegOriginating(leg=leg, party=Party.USER, number=None, line=line, attempt=1))
        self._tell(ev.LegAnswered(leg=leg, attempt=1, confirmed=confirmed))
        if silent:
            self._tell(ev.LegSoundLost(leg=leg, attempt=1, line=line))
        if back:
            self._tell(ev.LegSoundBack(leg=leg, attempt=1))
        self.now_s += lasts_s
        self._tell(ev.LegReleased(leg=leg, attempt=1, cause=16))
        return self

    def proved(self, *ways: WayShown) -> Lines:
        step = ev.ProofStepEnded(proof="n", step=ProofStep.VOICE, result=StepResult.OK, ways=ways)
        self._tell(step)
        return self

    def alarms(self) -> list[tuple[str, str]]:
        """What is said now, by kind and line."""
        made = alarm_changes(self.stands, lines_without_sound(self.fold.broken))
        self.stands = active_alarms(made, self.stands)
        return [(type(event).__name__, event.subject) for event in made]


def test_one_silent_call_is_nobodys_fault() -> None:
    assert Lines().call("a", silent=True).alarms() == []


def test_two_alerts_in_a_row_are_an_alarm_said_once_and_taken_back_by_a_call_with_sound() -> None:
    lines = Lines().call("a", silent=True).call("b", silent=True)
    assert lines.alarms() == [("AlarmRaised", LINE)]
    assert lines.call("c", silent=True).alarms() == []
    assert lines.call("d").alarms() == [("AlarmCleared", LINE)]
    assert lines.call("e", silent=True).alarms() == []


def test_the_same_alert_twice_is_one_phone_perhaps() -> None:
    assert Lines().call("a", silent=True).call("a", silent=True).alarms() == []


def test_a_call_with_sound_in_between_acquits_it() -> None:
    assert Lines().call("a", silent=True).call("b").call("c", silent=True).alarms() == []
    assert Lines().call("a", silent=True, back=True).call("c", silent=True).alarms() == []


def test_what_was_too_short_or_perhaps_not_answered_proves_nothing() -> None:
    short = Lines().call("a", silent=True).call("b", lasts_s=4).call("c", silent=True)
    assert short.alarms() == [("AlarmRaised", LINE)]
    unsure = Lines().call("a", silent=True).call("b", confirmed=False).call("c", silent=True)
    assert unsure.alarms() == [("AlarmRaised", LINE)]


def test_other_lines_and_other_hours_do_not_count() -> None:
    assert Lines().call("a", silent=True).call("b", OTHER, silent=True).alarms() == []
    assert Lines().call("a", silent=True, lasts_s=3601).call("b", silent=True).alarms() == []


def test_a_proof_in_which_the_line_has_heard_another_takes_the_suspicion_away() -> None:
    lines = Lines().call("a", silent=True).call("b", silent=True)
    assert lines.alarms() == [("AlarmRaised", LINE)]
    lines.proved(WayShown(speaker=LINE, listener=OTHER, heard=8), WayShown(speaker=OTHER, listener=LINE))
    assert lines.alarms() == []
    lines.proved(WayShown(speaker=OTHER, listener=LINE, heard=8))
    assert lines.alarms() == [("AlarmCleared", LINE)]
