"""Names of a node's workers and of the mixers that hold their voices. Pure.

Workers are named `c00`, `c01` and so on, mixers `m0`, `m1` and so on. Ten workers share a mixer: workers are
taken in the order of their names, so that few mixers are in use, and each has much to do.
"""

from __future__ import annotations

from typing import Final

SHARE: Final = 10
"""Workers of one mixer, and so the most conferences in its process."""


def worker_name(number: int) -> str:
    """Return the name of a worker: `c00`, `c01` and so on."""
    return f"c{number:02d}"


def mixer_of(worker: str) -> str:
    """Return the mixer that holds the voices of this worker."""
    return f"m{int(worker[1:]) // SHARE}"


def workers_of(mixer: str) -> list[str]:
    """Return the workers whose voices this mixer holds."""
    first = int(mixer[1:]) * SHARE
    return [worker_name(number) for number in range(first, first + SHARE)]
