"""Waiting in tests: on a condition, with a deadline, and never for a fixed time."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LONGEST_PAUSE_S = 0.05
"""Whoever waits long looks seldom: a look may cost what is waited for could use."""


class NotInTime(AssertionError):
    """What was waited for did not come true."""


def wait_until(condition: Callable[[], T], *, within_s: float = 10.0, what: str = "the condition") -> T:
    """Returns the condition's value once it is true; raises AssertionError when that takes longer."""
    began = time.monotonic()
    while not (value := condition()):
        if (waited_s := time.monotonic() - began) > within_s:
            raise NotInTime(f"{what} did not come true within {within_s} s; last: {value!r}")
        time.sleep(min(LONGEST_PAUSE_S, 0.002 + waited_s / 20))
    return value


def comes_true(condition: Callable[[], T], *, within_s: float) -> bool:
    """The same for who goes on either way: whether it came true in time."""
    try:
        wait_until(condition, within_s=within_s)
    except NotInTime:
        return False
    return True


async def wait_until_async(
    condition: Callable[[], T], *, within_s: float = 10.0, what: str = "the condition"
) -> T:
    """The same inside an event loop, which goes on meanwhile."""
    began = time.monotonic()
    while not (value := condition()):
        if (waited_s := time.monotonic() - began) > within_s:
            raise NotInTime(f"{what} did not come true within {within_s} s; last: {value!r}")
        await asyncio.sleep(min(LONGEST_PAUSE_S, 0.002 + waited_s / 20))
    return value
