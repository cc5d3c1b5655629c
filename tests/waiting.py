"""Waiting in tests: on a condition, with a deadline, and never for a fixed time."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

POLL_S = 0.005


def wait_until(condition: Callable[[], T], *, within_s: float = 10.0, what: str = "the condition") -> T:
    """Returns the condition's value once it is true; raises AssertionError when that takes longer."""
    deadline = time.monotonic() + within_s
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {within_s} s; last: {value!r}")
        time.sleep(POLL_S)
    return value


async def wait_until_async(
    condition: Callable[[], T], *, within_s: float = 10.0, what: str = "the condition"
) -> T:
    """The same inside an event loop, which goes on meanwhile."""
    deadline = time.monotonic() + within_s
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {within_s} s; last: {value!r}")
        await asyncio.sleep(POLL_S)
    return value
