"""How often people are woken because of one alarm that comes and goes, and that what stays wakes."""

from __future__ import annotations

from features.duty.callout_rules import WakingBook, morning_after, pending_alarms
from messages import events as ev
from messages.events import Event
from messages.ids import SECOND, AlertId, CalloutEnd, Instant, NodeId, OperatorId
from messages.journal import Recorded
from model.callouts.callout import Callouts
from tests.support.recorded import recorded

T0 = 1_795_000_000 * SECOND
N = NodeId("n")
LINE = ("line.no_network", "sim1")


def no_alert(alert: AlertId) -> None:
    """Nothing is known of any."""


class Night:
    def __init__(self) -> None:
        self.book, self.callouts = WakingBook(no_alert), Callouts()
        self.now, self.version = Instant(T0), 0

    def _recorded(self, event: Event) -> Recorded:
        self.version += 1
        return recorded(event, self.version, self.now, node=N)

    def is_told(self, seconds: int) -> bool:
        """Whether somebody is told of something within this time, which passes."""
        told = False
        for _ in range(0, seconds, 3):
            self.now = Instant(self.now + 3 * SECOND)
            found = pending_alarms(
                self.book,
                self.callouts,
                self.now,
                alive={N},
                staff_present=False,
                zone="UTC",
                morning="07:00",
            ).at_once
            if found:
                told = True
                self.callouts.apply(self._recorded(ev.CalloutOpened(callout=str(self.now), alarms=found)))
        return told

    def stands(self, of: tuple[str, str]) -> None:
        self.raised_at = self.now
        self.book.apply(N, self._recorded(ev.AlarmRaised(alarm=of[0], subject=of[1], text="")))

    def seen(self, of: tuple[str, str]) -> None:
        seen = ev.AlarmSeen(alarm=of[0], subject=of[1], raised_at=self.raised_at, by=OperatorId("eva"))
        self.book.apply(N, self._recorded(seen))

    def taken(self) -> None:
        """The newest callout, by somebody who then does nothing."""
        newest = self.callouts.open[-1].id
        self.callouts.apply(self._recorded(ev.CalloutTaken(callout=newest, person="anna")))
        self.callouts.apply(self._recorded(ev.CalloutEnded(callout=newest, why=CalloutEnd.TAKEN)))

    def joins(self, of: tuple[str, str]) -> None:
        """The newest that has ended: its taker is written to."""
        alarm = ev.CalloutAlarm(alarm=of[0], subject=of[1], node=N, raised_at=self.raised_at)
        ended = self.callouts.ended[-1].id
        self.callouts.apply(self._recorded(ev.CalloutJoined(callout=ended, alarms=(alarm,))))

    def raised(self, seconds: int, of: tuple[str, str] = LINE) -> bool:
        """The same, while this alarm stands."""
        self.stands(of)
        told = self.is_told(seconds)
        self.book.apply(N, self._recorded(ev.AlarmCleared(alarm=of[0], subject=of[1], text="")))
        return told


def test_a_line_that_flaps_100_times_an_hour_wakes_nobody_100_times() -> None:
    night, told = Night(), 0
    for _ in range(800):
        told += night.raised(9)
        night.is_told(27)
    assert 3 <= told <= 9, f"{told} times within eight hours"
    assert night.raised(9, ("journal.not_durable", "")), "another alarm wakes as ever"


def test_what_has_come_and_gone_and_then_stays_is_told_and_each_time_later() -> None:
    night = Night()
    assert [night.raised(9) for _ in range(4)] == [True, True, True, False]
    steady = 5 * 60
    assert not night.raised(steady - 6)
    assert night.raised(steady + 6)
    assert not night.raised(steady + 6)
    assert night.raised(2 * steady + 6)
    night.is_told(4 * 3600)
    assert night.raised(9), "four hours later it is as if it had not been"


def test_what_was_taken_and_still_stands_after_an_hour_unseen_is_told_again() -> None:
    night = Night()
    night.stands(LINE)
    assert night.is_told(60)
    night.taken()
    assert not night.is_told(3600 - 60)
    assert night.is_told(120), "who has taken it may have fallen asleep"
    assert not night.is_told(7200), "it is a callout now, which goes on until somebody takes it"
    night.taken()
    night.seen(LINE)
    assert not night.is_told(7200), "somebody at a console has it"


def test_what_calls_by_day_calls_once_it_is_morning_and_once() -> None:
    night = Night()
    night.now = Instant(morning_after(night.now, "UTC", "05:00"))
    of = ("proof.certificate", "certificate")
    night.stands(of)
    assert not night.is_told(7200 - 6)
    assert night.is_told(12)
    night.taken()
    assert not night.is_told(12 * 3600)


def test_what_has_joined_one_that_was_taken_is_told_again_after_an_hour_as_well() -> None:
    night = Night()
    night.stands(LINE)
    assert night.is_told(60)
    night.taken()
    night.seen(LINE)
    other = ("line.no_network", "sim2")
    night.stands(other)
    night.joins(other)
    assert not night.is_told(3600 - 30)
    assert night.is_told(60)
