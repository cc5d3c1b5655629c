"""Which clock a node starts with after a step, and what it does at a step while it runs."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from application.state.state_dir import StateDir, write_json
from center.node.clock import ClockWatch, clock_for
from center.node.composition import journal_opened
from messages.events import AlarmCleared, AlarmRaised, AlertClosed
from messages.ids import E164, AlertId, Channel, NodeId, Outcome
from model.rules.signal import Signal
from model.wall_clock import STANDS_S, ClockFacts
from runtime.clock import SystemClock
from store import streams
from store.alerts.accepting import accept, has_open_alert
from store.journal.journal import Append, Journal
from tests.support.node_files import node_file

HOUR_US = 3600 * 1_000_000


class Earlier:
    """A state directory in which a node has run, by a clock that is off by so much from now's wall clock."""

    def __init__(self, path: Path, off_us: int, *, boot: str | None = None) -> None:
        self.state = StateDir(path)
        self.state.create()
        self.clock = SystemClock(SystemClock.anchored().anchor_us + off_us)
        self.journal = self.open()
        since = {"since_us": self.clock.now_us(), "anchor_us": self.clock.anchor_us}
        file = node_file(self.state.journal_url, **since, **({} if boot is None else {"boot": boot}))
        write_json(self.state.node_file, file)

    def open(self) -> Journal:
        return journal_opened(self.state.journal_url, NodeId("n"), self.clock, self.state.run)

    def alert(self) -> AlertId:
        signal = Signal(channel=Channel.DATA, phone=E164("+393331112223"), received_at=self.clock.now_us())
        return accept(self.journal, signal, 50.0).alert

    def next(self) -> SystemClock:
        return clock_for(self.state, self.state.journal_url, NodeId("n1"))


def off_by_us(clock: SystemClock) -> float:
    """From the wall clock."""
    return clock.now_us() - time.time_ns() / 1000


@pytest.mark.parametrize("step_us", [-HOUR_US, HOUR_US])
def test_while_an_alert_is_open_the_earlier_clock_goes_on(tmp_path: Path, step_us: int) -> None:
    earlier = Earlier(tmp_path, step_us)
    alert = earlier.alert()
    assert earlier.next() == earlier.clock
    earlier.journal.append(Append(streams.case(alert), None, (AlertClosed(outcome=Outcome.FALSE_ALARM),)))
    assert not has_open_alert(earlier.journal)
    assert abs(off_by_us(earlier.next())) < 1_000_000


def test_where_nothing_is_open_the_wall_clock_is_right(tmp_path: Path) -> None:
    assert abs(off_by_us(Earlier(tmp_path, HOUR_US).next())) < 1_000_000


def test_where_the_clock_was_not_moved_the_same_one_goes_on_and_no_journal_is_read(tmp_path: Path) -> None:
    earlier = Earlier(tmp_path, 100)
    earlier.journal.close()
    (tmp_path / "journal.db").unlink()
    assert earlier.next() == earlier.clock


def test_what_another_boot_has_anchored_is_worth_nothing(tmp_path: Path) -> None:
    earlier = Earlier(tmp_path, HOUR_US, boot="another")
    earlier.alert()
    assert abs(off_by_us(earlier.next())) < 1_000_000


def test_a_journal_that_cannot_be_read_may_hold_open_alerts(tmp_path: Path) -> None:
    earlier = Earlier(tmp_path, HOUR_US)
    earlier.journal.close()
    for file in tmp_path.glob("journal.db*"):
        file.write_bytes(b"torn" * 5000)
    assert earlier.next() == earlier.clock


def test_a_first_start_takes_the_wall_clock(tmp_path: Path) -> None:
    state = StateDir(tmp_path)
    state.create()
    assert abs(off_by_us(clock_for(state, state.journal_url, NodeId("n1")))) < 1_000_000


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
