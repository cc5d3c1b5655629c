"""What a node says of the machine's clock: once, in words, and not after the clock is right."""

from __future__ import annotations

from center.node.clock_watch import ClockWatch
from messages.events import AlarmCleared, AlarmRaised
from model.wall_clock import STANDS_S, ClockFacts


class Machine:
    """A machine whose facts the test sets, looked at by the second."""

    def __init__(self) -> None:
        self.watch = ClockWatch(None)
        self.follows: bool | None = True
        self.step_s = 0.0
        self.open = True
        self.up_s = 1000.0
        self.said: list[object] = []

    def looks(self, times: int) -> bool:
        """Whether a new start was asked for, with which the watch ends."""
        for _ in range(times):
            self.up_s += 1
            known = ClockFacts(follows=self.follows, service=True, own_clock=True, up_s=self.up_s)
            alarms, now = self.watch.look(known, self.step_s, lambda: self.open)
            self.said += alarms
            if now:
                return True
        return False


def test_a_step_while_an_alert_is_open_is_said_once_and_taken_over_when_none_is() -> None:
    machine = Machine()
    assert not machine.looks(60)
    assert machine.said == []
    machine.step_s = 3600.0
    assert not machine.looks(60)
    (raised,) = machine.said
    assert isinstance(raised, AlarmRaised)
    assert (raised.alarm, raised.subject) == ("clock.wrong", "wall")
    machine.open = False
    assert machine.looks(10)


def test_a_step_in_quiet_times_is_taken_over_without_an_alarm() -> None:
    machine = Machine()
    machine.open, machine.step_s = False, -3600.0
    assert machine.looks(int(STANDS_S) + 2)
    assert machine.said == []


def test_a_lost_time_server_is_said_until_it_is_there_again() -> None:
    machine = Machine()
    machine.looks(5)
    machine.follows = False
    machine.looks(5)
    machine.follows = True
    machine.looks(5)
    assert [type(one) for one in machine.said] == [AlarmRaised, AlarmCleared]
