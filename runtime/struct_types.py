"""Preparation of msgspec for the types of messages and files, before any thread starts.

msgspec analyses a Struct at its first use, and two threads that do this at once end the process with SIGSEGV.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache

import msgspec


@cache
def learn_structs() -> None:
    """Analyse every imported Struct, once per process. A Struct that exists in memory only may have types
    that cannot be decoded, or undefined names: it is left out.
    """
    for kind in _below(msgspec.Struct):
        with suppress(TypeError, NameError):
            msgspec.json.Decoder(kind)


def _below(kind: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)
