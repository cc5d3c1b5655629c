"""Let msgspec learn the types of messages and files before there are threads.

msgspec learns a Struct where it is first met, and two threads that meet it at once end the process with
SIGSEGV.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache

import msgspec


@cache
def learn_structs() -> None:
    """Learn every Struct that is imported by now, once a process. One that is held in memory alone may have
    types that cannot be read from bytes, or names that are not there: it is left out.
    """
    for kind in _below(msgspec.Struct):
        with suppress(TypeError, NameError):
            msgspec.json.Decoder(kind)


def _below(kind: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)
