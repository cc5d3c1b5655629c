"""What a network's report says of a short message (3GPP TS 23.040 clause 9.2.3.15). Pure."""

from __future__ import annotations

from typing import Final

from messages.ids import Carried

_RECEIVED: Final = 0x00
_DONE: Final = range(0x20)
"""The transaction is completed; but for 0 nothing says that the phone has it: 1 is a message that was passed
on to where nobody can tell."""
_TRIES: Final = range(0x20, 0x40)
"""A temporary error: the service centre is still trying."""


def meaning(status: int) -> Carried | None:
    """What becomes of the message; None where the report does not tell. Reserved values count as rejected."""
    if status == _RECEIVED:
        return Carried.DELIVERED
    if status in _DONE:
        return None
    return Carried.WAITS if status in _TRIES else Carried.UNDELIVERED


def is_final(status: int) -> bool:
    """Whether no other report follows."""
    return status not in _TRIES
