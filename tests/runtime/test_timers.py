"""Timers: a pure heap of absolute times."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from messages.ids import Instant
from runtime.timers import Timers


def drain(timers: Timers, now: int) -> list[object]:
    due = []
    while (name := timers.pop_due(Instant(now))) is not None:
        due.append(name)
    return due


def test_a_handler_may_cancel_what_is_due_at_the_same_moment() -> None:
    timers = Timers()
    timers.set("first", Instant(1))
    timers.set("second", Instant(1))
    assert timers.pop_due(Instant(1)) == "first"
    timers.cancel("second")
    assert timers.pop_due(Instant(1)) is None
    assert timers.next_us() is None


class Model(RuleBasedStateMachine):
    """A dictionary does the same, slowly."""

    def __init__(self) -> None:
        super().__init__()
        self.timers = Timers()
        self.model: dict[int, tuple[int, int]] = {}
        """When each is due, and the how manieth it was set."""
        self.count = 0
        self.now = 0

    @rule(name=st.integers(0, 20), after=st.integers(0, 50))
    def set(self, name: int, after: int) -> None:
        self.timers.set(name, Instant(self.now + after))
        self.count += 1
        self.model[name] = (self.now + after, self.count)

    @rule(name=st.integers(0, 20))
    def cancel(self, name: int) -> None:
        self.timers.cancel(name)
        self.model.pop(name, None)

    @rule(by=st.integers(0, 60))
    def pass_time(self, by: int) -> None:
        self.now += by
        due = drain(self.timers, self.now)
        expected = [name for name, (when, _) in self.model.items() if when <= self.now]
        assert due == sorted(expected, key=self.model.__getitem__)
        for name in expected:
            del self.model[name]

    @invariant()
    def knows_the_next(self) -> None:
        assert self.timers.next_us() == min((when for when, _ in self.model.values()), default=None)
        assert len(self.timers) == len(self.model)


TestModel = Model.TestCase


@given(st.integers(1, 400))
def test_a_timer_that_is_moved_for_ever_does_not_fill_the_memory(moves: int) -> None:
    timers = Timers()
    for move in range(moves):
        timers.set("tick", Instant(move))
    assert len(timers._heap) <= 70
