"""The alarm that no line of the emergency trunk can carry a call, whoever may want one. Pure.

All lines of all nodes are known here. A line that is only started or plugged in again is back before it
counts as gone; that an alert waits for one is said by its AlertCase, and at once. Lines that are taken are
not an alarm of the center's: of them, too, the alert says it that cannot have one.
"""

from __future__ import annotations

from typing import Final

import msgspec

from messages.ids import TrunkId
from model.alarms import NO_LINE_FOR_112, Key
from model.policy import LastResort, Policy

BACK: Final = "A line for 112 is of use again."


class LinesFor112(msgspec.Struct, frozen=True, kw_only=True):
    """How the emergency trunk is at one moment."""

    trunk: TrunkId
    gone: bool
    """No line of it can carry a call, for certain."""
    back: bool
    """One can, for certain."""
    public: bool
    """A public line with a voice can."""


def no_line_for_112(lines: LinesFor112, policy: Policy) -> dict[Key, str]:
    """What is found wrong with the trunk, or well; nothing where neither is certain."""
    if lines.back:
        return {(NO_LINE_FOR_112, lines.trunk): ""}
    if not lines.gone:
        return {}
    resort = lines.public and policy.psap_last_resort is LastResort.PUBLIC
    then = "112 is called on a public line." if resort else "112 can be called from another phone alone."
    return {(NO_LINE_FOR_112, lines.trunk): f"No line of trunk {lines.trunk} carries calls: {then}"}
