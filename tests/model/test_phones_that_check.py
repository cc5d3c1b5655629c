"""A phone is silent once it has missed two of its own checks; an alarm is half of them at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.ids import Instant
from model.rules.phones_that_check import (
    DAY_US,
    FEWEST,
    PhoneCheckState,
    PhoneCount,
    check_state,
    count_by_state,
    silent_phones_fault,
)

TODAY = Instant(20_000 * DAY_US + DAY_US // 2)


def days_ago(days: int) -> Instant:
    return Instant(TODAY - TODAY % DAY_US - days * DAY_US)


@pytest.mark.parametrize(
    ("every", "ago", "is_now"),
    [
        (7, 0, PhoneCheckState.LATELY),
        (7, 7, PhoneCheckState.LATELY),
        (7, 8, PhoneCheckState.LATE),
        (7, 14, PhoneCheckState.LATE),
        (7, 15, PhoneCheckState.SILENT),
        (1, 1, PhoneCheckState.LATELY),
        (1, 2, PhoneCheckState.LATE),
        (1, 3, PhoneCheckState.SILENT),
        (0, 90, PhoneCheckState.OFF),
    ],
)
def test_a_round_is_what_its_user_has_chosen_and_a_day_more(
    every: int, ago: int, is_now: PhoneCheckState
) -> None:
    assert check_state(days_ago(ago), every, TODAY) is is_now


def test_a_phone_that_has_never_checked_is_not_expected_to() -> None:
    assert check_state(None, None, TODAY) is PhoneCheckState.UNKNOWN


@given(st.integers(0, 200), st.integers(0, 200))
def test_half_of_those_that_are_due_are_an_alarm_and_fewer_are_none(lately: int, late: int) -> None:
    phones = count_by_state(
        [
            PhoneCount(days_ago(2), 7, lately),
            PhoneCount(days_ago(9), 7, late),
            PhoneCount(days_ago(60), 7, 500),
            PhoneCount(days_ago(60), 0, 500),
            PhoneCount(None, None, 500),
        ],
        TODAY,
    )
    assert sum(phones.values()) == lately + late + 1500
    assert bool(silent_phones_fault(phones)) is (late >= FEWEST and late >= lately)
