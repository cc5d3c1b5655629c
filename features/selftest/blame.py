"""Which modem is at fault where ways between lines are bad, as far as several calls can tell. Pure.

A way is bad by what leaves the speaker's modem or by what the listener's hands on. Each of the two is cleared
by another way that goes through it and does not show the fault; who is left is blamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from messages.ids import LineId
from messages.trials import Blame, Side, WayFault, WayShown

_KINDS: Final = (
    frozenset((WayFault.UNHEARD,)),
    frozenset((WayFault.UNUSABLE_DELAY, WayFault.DELAYED)),
    frozenset((WayFault.CUT, WayFault.GAPS)),
    frozenset((WayFault.FAINT,)),
    frozenset((WayFault.LOUD,)),
)
"""Faults that are one, more and less of it."""
_GRAVEST = tuple(WayFault)

_End = tuple[LineId, Side]


def blamed(ways: Iterable[WayShown]) -> tuple[Blame, ...]:
    """Whom these ways accuse; ways that were too short to tell say nothing."""
    told = [way for way in ways if way.proved or way.faults]
    found: dict[tuple[_End, frozenset[WayFault]], Blame] = {}
    for kind in _KINDS:
        for way in told:
            if (fault := _of(way, kind)) is None:
                continue
            left = [end for end in _ends(way) if not _is_cleared(end, kind, told)]
            for line, side in left or _ends(way):
                key = (line, side), kind
                before = found.get(key)
                if before is not None:
                    fault = min(fault, before.fault, key=_GRAVEST.index)
                sure = len(left) == 1 or (before is not None and before.sure)
                found[key] = Blame(line=line, side=side, fault=fault, sure=sure)
    return tuple(sorted(found.values(), key=lambda one: (not one.sure, _GRAVEST.index(one.fault), one.line)))


def _ends(way: WayShown) -> tuple[_End, _End]:
    return (way.speaker, Side.OUT), (way.listener, Side.IN)


def _of(way: WayShown, kind: frozenset[WayFault]) -> WayFault | None:
    return next((fault for fault in way.faults if fault in kind), None)


def _is_cleared(end: _End, kind: frozenset[WayFault], ways: Sequence[WayShown]) -> bool:
    """Whether a way through it was measured, and has nothing of the kind."""
    return any(
        end in _ends(way) and WayFault.UNHEARD not in way.faults and _of(way, kind) is None for way in ways
    )
