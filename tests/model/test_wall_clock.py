"""When a machine's wall clock is believed, and when a step of it is taken over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.wall_clock import (
    AGAIN_AFTER_S,
    ASKS_EVERY_S,
    OVERDUE_S,
    SETTLES_WITHIN_S,
    STANDS_S,
    STEP_S,
    ClockFacts,
    StepWatch,
    is_about_to_be_set,
    why_not_trusted,
)
from tests.support.there import there

HOUR_S = 3600.0


def facts(
    follows: bool | None, *, service: bool = True, own_clock: bool = False, up_s: float = 20.0
) -> ClockFacts:
    return ClockFacts(follows=follows, service=service, own_clock=own_clock, up_s=up_s)


@pytest.mark.parametrize(
    ("known", "waits"),
    [
        (facts(False), True),
        (facts(False, own_clock=True), True),  # a service is about to set it
        (facts(False, service=False), True),  # it has only the time of the last shutdown
        (facts(False, service=False, own_clock=True), False),  # nobody is going to set it
        (facts(True), False),
        (facts(None), False),
        (facts(False, up_s=SETTLES_WITHIN_S), False),  # never for ever
        (facts(False, service=False, up_s=90 * 86_400.0), False),  # a container, on a host without NTP
    ],
)
def test_a_clock_is_waited_for_only_just_after_a_boot_and_where_it_will_be_set(
    known: ClockFacts, waits: bool
) -> None:
    assert is_about_to_be_set(known) is waits


@pytest.mark.parametrize(
    ("known", "followed", "said"),
    [
        (facts(True, up_s=HOUR_S), True, False),
        (facts(False, up_s=HOUR_S), True, True),
        (facts(False, service=False, up_s=HOUR_S), True, True),
        (facts(False, up_s=OVERDUE_S + 1), False, True),
        (facts(False, up_s=OVERDUE_S), False, False),
        (facts(False, service=False, up_s=HOUR_S), False, False),  # no NTP: as the machine is meant to be
        (facts(None, up_s=HOUR_S), False, False),
    ],
)
def test_what_is_said_of_a_clock_without_a_server_is_never_said_where_there_is_to_be_none(
    known: ClockFacts, followed: bool, said: bool
) -> None:
    assert bool(why_not_trusted(known, followed=followed)) is said


class Steps:
    def __init__(self, last_start_s: float | None = None, now_s: float = 100.0) -> None:
        self.watch = StepWatch(last_start_s)
        self.now_s = now_s
        self.busy = False
        self.asked = 0
        self.words = ""

    def _is_busy(self) -> bool:
        self.asked += 1
        return self.busy

    def after(self, seconds: float, step_s: float) -> float | None:
        """Look each second for so long; when it is taken anew, from the beginning of these seconds."""
        began_s = self.now_s
        while self.now_s - began_s < seconds:
            self.now_s += 1
            self.words, anew = self.watch.look(step_s, self.now_s, self._is_busy)
            if anew:
                return self.now_s - began_s
        return None


@pytest.mark.parametrize("step_s", [HOUR_S, -HOUR_S, STEP_S + 1, -STEP_S - 1])
def test_a_step_that_stands_is_taken_over_where_nothing_is_open(step_s: float) -> None:
    assert Steps().after(60, step_s) == STANDS_S + 1


def test_a_clock_that_is_only_slewed_is_left_alone() -> None:
    steps = Steps()
    assert steps.after(600, STEP_S) is None
    assert (steps.words, steps.asked) == ("", 0)


def test_while_an_alert_is_open_the_clock_goes_on_and_that_is_said() -> None:
    steps = Steps()
    steps.busy = True
    assert steps.after(600, HOUR_S) is None
    assert "+3600 s" in steps.words
    assert steps.asked <= 600 / ASKS_EVERY_S
    steps.busy = False
    assert steps.after(60, HOUR_S) is not None


def test_a_step_that_is_taken_back_at_once_is_none() -> None:
    steps = Steps()
    assert steps.after(STANDS_S - 1, HOUR_S) is None
    assert steps.after(60, 0) is None
    assert steps.after(STANDS_S - 1, HOUR_S) is None


def test_a_clock_that_does_not_come_to_rest_is_taken_over_once_it_does() -> None:
    steps = Steps()
    for step_s in range(10, 200, 10):
        assert steps.after(5, step_s) is None
    assert steps.after(60, 200) is not None


def test_a_clock_that_is_stepped_again_and_again_does_not_keep_a_center_away() -> None:
    steps = Steps(last_start_s=100.0)
    assert there(steps.after(3600, HOUR_S)) >= AGAIN_AFTER_S
    assert steps.after(AGAIN_AFTER_S - 1, -HOUR_S) is None
    assert steps.words


@given(st.lists(st.tuples(st.floats(-1e5, 1e5), st.booleans()), max_size=200))
def test_nothing_is_taken_over_while_something_is_open(looks: list[tuple[float, bool]]) -> None:
    watch = StepWatch(None)
    for number, (step_s, busy) in enumerate(looks):
        _, anew = watch.look(step_s, 100.0 + 6 * number, lambda busy=busy: busy)  # type: ignore[misc]
        assert not (anew and (busy or abs(step_s) <= STEP_S))
