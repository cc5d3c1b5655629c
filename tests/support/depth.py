"""How far a search goes: in the suite as far as finds most, and at night (`scripts/nightly`) the whole way.

The suite draws other examples each time, so that what one run leaves out the next ones try.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

WHOLE: Final = os.environ.get("TESTS_WHOLE") == "1"


def often(times: int) -> int:
    """`times` at night; in the suite a fifth of it, though ten where it is that many."""
    return times if WHOLE else max(times // 5, min(times, 10))


def some(few: int, of: Sequence[T]) -> Sequence[T]:
    """All of them at night; in the suite a few, drawn by chance."""
    return of if WHOLE or few >= len(of) else random.sample(of, few)


def every(step: int, of: Iterable[T]) -> list[T]:
    """All of them at night; in the suite the first of each `step`, for what is collected as an item each."""
    return list(of)[:: 1 if WHOLE else step]
