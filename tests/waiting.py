"""Waiting in tests: on a condition, with a deadline, and never for a fixed time."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LONGEST_PAUSE_S = 0.05
"""Whoever waits long looks seldom: a look may cost what is waited for could use."""


def wait_until(condition: Callable[[], T], *, within_s: float = 10.0, what: str = "the condition") -> T:
    """Returns the condition's value once it is true; raises AssertionError when that takes longer."""
    began = time.monotonic()
    while not (value := condition()):
        if (waited_s := time.monotonic() - began) > within_s:
            raise AssertionError(f"{what} did not come true within {within_s} s; last: {value!r}")
        time.sleep(min(LONGEST_PAUSE_S, 0.002 + waited_s / 20))
    return value


async def wait_until_async(
    condition: Callable[[], T], *, within_s: float = 10.0, what: str = "the condition"
) -> T:
    """The same inside an event loop, which goes on meanwhile."""
    began = time.monotonic()
    while not (value := condition()):
        if (waited_s := time.monotonic() - began) > within_s:
            raise AssertionError(f"{what} did not come true within {within_s} s; last: {value!r}")
        await asyncio.sleep(min(LONGEST_PAUSE_S, 0.002 + waited_s / 20))
    return value
